# SPDX-License-Identifier: Apache-2.0
#
# Makes the files of docs/tutorial.md: one decoder layer of a transformer with
# random weights, an input, two tuned weights, and what NumPy computes for both.
#
#   PYTHONPATH=test/Support:test/Integration python3 test/Inputs/layer.py PROTOC DIRECTORY
import os
import sys

import numpy

import onnx_edit

TOKENS, HEADS, SIZE, HIDDEN = 4, 4, 8, 64
WIDTH = HEADS * SIZE


def make_weights():
    random = numpy.random.RandomState(5)

    def matrix(rows, columns):
        return (random.standard_normal((rows, columns)) / rows ** 0.5).astype("<f4")

    weights = {"norm1.weight": random.uniform(0.8, 1.2, WIDTH).astype("<f4"),
               "norm1.bias": random.uniform(-0.1, 0.1, WIDTH).astype("<f4"),
               "norm2.weight": random.uniform(0.8, 1.2, WIDTH).astype("<f4"),
               "norm2.bias": random.uniform(-0.1, 0.1, WIDTH).astype("<f4")}
    for name in ("q", "k", "v", "o"):
        weights[f"attn.{name}.weight"] = matrix(WIDTH, WIDTH)
    weights["mlp.gate.weight"] = matrix(WIDTH, HIDDEN)
    weights["mlp.up.weight"] = matrix(WIDTH, HIDDEN)
    weights["mlp.down.weight"] = matrix(HIDDEN, WIDTH)
    tuned = {name: (weights[name] + 0.02 * random.standard_normal(
        weights[name].shape)).astype("<f4")
        for name in ("attn.q.weight", "attn.v.weight")}
    return weights, tuned, random.standard_normal((1, TOKENS, WIDTH)).astype("<f4")


def make_model(onnx, weights):
    nodes = []

    def node(op, name, *inputs, attributes=""):
        nodes.append(onnx_edit.node(op, inputs, [name], name) + " " + attributes)
        return name

    def ints(name, values):
        return (f'attribute {{ name: "{name}" type: INTS '
                + " ".join(f"ints: {value}" for value in values) + " }")

    def heads(name, kind, perm):
        y = node("MatMul", f"attn.{name}", norm, f"attn.{name}.weight")
        y = node("Reshape", f"attn.{name}.heads", y, "heads")
        return node("Transpose", f"attn.{name}.{kind}", y,
                    attributes=ints("perm", perm))

    norm = node("LayerNormalization", "norm1", "x", "norm1.weight", "norm1.bias")
    q = heads("q", "rows", [0, 2, 1, 3])
    k = heads("k", "columns", [0, 2, 3, 1])
    v = heads("v", "rows", [0, 2, 1, 3])
    y = node("MatMul", "attn.scores", q, k)
    y = node("Div", "attn.scaled", y, "scale")
    y = node("Softmax", "attn.probs", y)
    y = node("MatMul", "attn.context", y, v)
    y = node("Transpose", "attn.merged", y, attributes=ints("perm", [0, 2, 1, 3]))
    y = node("Reshape", "attn.flat", y, "tokens")
    y = node("MatMul", "attn.o", y, "attn.o.weight")
    residual = node("Add", "residual1", "x", y)
    norm = node("LayerNormalization", "norm2", residual, "norm2.weight",
                "norm2.bias")
    gate = node("MatMul", "mlp.gate", norm, "mlp.gate.weight")
    y = node("Sigmoid", "mlp.sigmoid", gate)
    y = node("Mul", "mlp.silu", gate, y)
    up = node("MatMul", "mlp.up", norm, "mlp.up.weight")
    y = node("Mul", "mlp.product", y, up)
    y = node("MatMul", "mlp.down", y, "mlp.down.weight")
    nodes.append(onnx_edit.node("Add", [residual, y], ["y"], "residual2"))

    initializers = [onnx_edit.tensor(name, array) for name, array in weights.items()]
    initializers += [
        onnx_edit.tensor("scale", numpy.array(SIZE ** 0.5)),
        onnx_edit.tensor("heads", numpy.array([1, TOKENS, HEADS, SIZE]),
                         onnx_edit.INT64),
        onnx_edit.tensor("tokens", numpy.array([1, TOKENS, WIDTH]),
                         onnx_edit.INT64)]
    ports = [[onnx_edit.value_info(name, [1, TOKENS, WIDTH])] for name in "xy"]
    return onnx_edit.model(onnx, nodes, initializers, *ports, opset=17)


def compute(weights, x):
    """The layer in f64."""
    w = {name: array.astype("f8") for name, array in weights.items()}

    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        deviation = numpy.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-5)
        return centred / deviation * w[name + ".weight"] + w[name + ".bias"]

    def heads(y):
        return y.reshape(TOKENS, HEADS, SIZE).transpose(1, 0, 2)

    x = x[0].astype("f8")
    y = norm(x, "norm1")
    q, k, v = (heads(y @ w[f"attn.{name}.weight"]) for name in "qkv")
    scores = q @ k.transpose(0, 2, 1) / SIZE ** 0.5
    probs = numpy.exp(scores - scores.max(-1, keepdims=True))
    probs /= probs.sum(-1, keepdims=True)
    context = (probs @ v).transpose(1, 0, 2).reshape(TOKENS, WIDTH)
    x = x + context @ w["attn.o.weight"]
    y = norm(x, "norm2")
    gate = y @ w["mlp.gate.weight"]
    product = gate / (1 + numpy.exp(-gate)) * (y @ w["mlp.up.weight"])
    return (x + product @ w["mlp.down.weight"])[None].astype("<f4")


def main():
    protoc, directory = sys.argv[1:]
    weights, tuned, x = make_weights()
    with open(os.path.join(directory, "layer.onnx"), "wb") as file:
        file.write(make_model(onnx_edit.schema(protoc), weights))
    for name, array in (("x", x), ("y", compute(weights, x)),
                        ("tuned.y", compute({**weights, **tuned}, x))):
        numpy.save(os.path.join(directory, f"layer.{name}.npy"), array)
    numpy.savez(os.path.join(directory, "layer.tuned.npz"), **tuned)


main()
