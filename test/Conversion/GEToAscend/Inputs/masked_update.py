# SPDX-License-Identifier: Apache-2.0
#
# Prints a bundle (stage S3) whose masked update function has N weights.
import sys

count = int(sys.argv[1])
print("""func.func @infer() attributes {ge.graph = #ge.graph<name = "i">} {
  return
}""")
arguments, body = [], []
for i in range(count):
    print(f"wr.variable @v{i} : tensor<f32> storage(tensor<f32>) "
          f'road(#wr.road<[]>) constant("c{i}") index({i})')
    arguments.append(f'%n{i}: tensor<f32> {{ge.arg = #ge.arg<name = "n{i}", index = {i}>}}')
    body.append(f"  %f{i} = wr.fed %mask[{i}] : tensor<{count}xi32>\n"
                f"  wr.assign_if @v{i}, %n{i} fed(%f{i}) : tensor<f32>\n")
arguments.append(f"%mask: tensor<{count}xi32> "
                 f'{{ge.arg = #ge.arg<name = "mask", index = {count}>}}')
print("func.func @update(" + ",\n  ".join(arguments) + ")\n"
      '    attributes {ge.graph = #ge.graph<name = "u">} {\n'
      + "".join(body) + "  return\n}")
print("wr.bundle @main members([#wr.member<infer @infer>, "
      "#wr.member<update @update>]) update(masked)")
