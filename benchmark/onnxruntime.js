// SPDX-License-Identifier: Apache-2.0
//
// How long an inference takes in our host executor and in ONNX Runtime, one
// thread each, for models with references. Only inferences are measured, not
// loading; both copy inputs in and outputs out. Of many inferences the shortest
// counts, which other work on the machine disturbs least.
// scripts/benchmark-onnxruntime.sh installs ONNX Runtime and calls this.
//
// usage: node onnxruntime.js GEMC MODELS WORK [--repeat N] [--limit RATIO] [CASE...]
//
// MODELS has `onnx` and `golden`, WORK the npm package and what is compiled.
// Exit 1 when the geometric mean of the ratios exceeds the limit.
'use strict';
const {execFileSync} = require('child_process');
const fs = require('fs');
const path = require('path');

const CASES = {
  'mnist-8': 'mnist-8.onnx',
  fada_lenet: 'fada_lenet.onnx',
  ultraface: 'ultraface-rfb-320-simplified.onnx',
  yolox_nano: 'yolox_nano.onnx',
  ppocr_mobile_v2_cls: 'ppocr_mobile_v2_cls.onnx',
  ppocrv4_det: 'ppocrv4_det.onnx',
  silero_vad_ifless: 'silero_vad_op18_ifless.onnx',
  tiny_gpt2_prefill: 'tiny-gpt2-past-fp32.onnx',
  tiny_llama_fp16_prefill: 'tiny-llama-fp16/model.onnx',
  synthetic_llama_tiny: 'llama_tiny.onnx',
  qdq_tiny: 'qdq_tiny.onnx',
};
const ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
};

function parseArguments(words) {
  const options = {repeat: 0, limit: Infinity, names: []};
  const places = [];
  for (let i = 0; i < words.length; ++i) {
    if (words[i] === '--repeat' || words[i] === '--limit')
      options[words[i].slice(2)] = Number(words[++i]);
    else if (places.length < 3)
      places.push(path.resolve(words[i]));
    else
      options.names.push(words[i]);
  }
  [options.gemc, options.models, options.work] = places;
  const unknown = options.names.find((name) => !(name in CASES));
  if (places.length < 3 || unknown || Number.isNaN(options.repeat) ||
      Number.isNaN(options.limit)) {
    console.error(unknown ? `unknown case '${unknown}'` : 'see the head of this script');
    process.exit(2);
  }
  return options;
}

/// Seconds that a measurement of one model should take.
const SECONDS = 2;

async function measureOnnxRuntime(ort, model, inputs, repeat) {
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = {};
  for (const [name, {type, dims, file}] of Object.entries(inputs)) {
    const bytes = fs.readFileSync(file);
    const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    feeds[name] = new ort.Tensor(type, new ARRAYS[type](copy), dims);
  }
  const runOnce = async () => {
    const start = process.hrtime.bigint();
    await session.run(feeds);
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  await runOnce();
  // As many as fit the time, unless told.
  const first = Math.max(await runOnce(), 1e-3);
  const count = repeat || Math.min(2000, Math.max(5, Math.ceil(SECONDS * 1e3 / first)));
  const times = [];
  for (let i = 0; i < count; ++i)
    times.push(await runOnce());
  await session.release();
  return {count, milliseconds: Math.min(...times)};
}

function measureOurs(options, name, model, inputs, count) {
  const bundle = path.join(options.work, name + '.om');
  const shapes = Object.entries(inputs).map(([key, {dims}]) => `${key}:${dims.join(',')}`);
  execFileSync(options.gemc, ['compile', model, '-o', bundle, '--refresh', '*',
    '--input-shape', shapes.join(';')], {stdio: ['ignore', 'ignore', 'ignore']});
  // Of a slow model fewer repetitions are enough.
  const args = ['run', bundle, '--threads', '1', '--json'];
  for (const [key, {file}] of Object.entries(inputs))
    args.push('--input', `${key}=${file}`);
  const run = (repeat) => JSON.parse(execFileSync(
    options.gemc, [...args, '--repeat', String(repeat)], {maxBuffer: 1 << 28})).inferences[0];
  const few = run(3).min_ms;
  const most = Math.max(5, Math.ceil(SECONDS * 1e3 / Math.max(few, 1e-3)));
  return run(Math.min(count, most)).min_ms;
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  const ort = require(path.join(options.work, 'node_modules', 'onnxruntime-node'));
  const names = options.names.length ? options.names : Object.keys(CASES);
  const width = Math.max(...names.map((name) => name.length));
  console.log(`${'model'.padEnd(width)} ${'ours ms'.padStart(10)} ${'ORT ms'.padStart(10)} ${'ratio'.padStart(7)}`);
  let sum = 0;
  for (const name of names) {
    const golden = path.join(options.models, 'golden');
    const description = JSON.parse(fs.readFileSync(path.join(golden, name + '.json')));
    const inputs = description.inputs;
    for (const tensor of Object.values(inputs))
      tensor.file = path.join(golden, tensor.file);
    const model = path.join(options.models, 'onnx', CASES[name]);
    const theirs = await measureOnnxRuntime(ort, model, inputs, options.repeat);
    const ours = measureOurs(options, name, model, inputs, theirs.count);
    const ratio = ours / theirs.milliseconds;
    sum += Math.log(ratio);
    console.log(`${name.padEnd(width)} ${ours.toFixed(3).padStart(10)} ` +
      `${theirs.milliseconds.toFixed(3).padStart(10)} ${ratio.toFixed(2).padStart(7)}`);
  }
  const mean = Math.exp(sum / names.length);
  console.log(`${'geometric mean'.padEnd(width + 22)} ${mean.toFixed(2).padStart(7)}`);
  process.exitCode = mean > options.limit ? 1 : 0;
}

main().catch((error) => {
  console.error(String(error.stack || error));
  process.exitCode = 1;
});
