# SPDX-License-Identifier: Apache-2.0
#
# Writes a model of 100,000 nodes with one name: same_name.py MODEL PROTOC.
import subprocess
import sys

model, protoc = sys.argv[1:]
tensor = "type { tensor_type { elem_type: 1 shape { dim { dim_value: 2 } } } }"
lines = ['ir_version: 7 opset_import { version: 13 } graph { name: "g"',
         f'input {{ name: "t0" {tensor} }} output {{ name: "t100000" {tensor} }}']
lines += [f'node {{ op_type: "Relu" name: "n" input: "t{i}" output: "t{i + 1}" }}'
          for i in range(100000)]
lines.append("}")
with open(model, "wb") as file:
    subprocess.run([protoc, "--encode=onnx.ModelProto", "--proto_path=/usr/include/onnx", "onnx.proto"],
                   input="\n".join(lines).encode(), stdout=file, check=True)
