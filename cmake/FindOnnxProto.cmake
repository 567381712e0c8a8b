# SPDX-License-Identifier: Apache-2.0
# Debian's ONNX package has no CMake config; the generated header needs to be
# told the namespace and the flavour the library was built with.
find_path(OnnxProto_INCLUDE_DIR onnx/onnx_pb.h)
find_library(OnnxProto_LIBRARY onnx_proto)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OnnxProto DEFAULT_MSG OnnxProto_LIBRARY OnnxProto_INCLUDE_DIR)
if(OnnxProto_FOUND AND NOT TARGET OnnxProto::OnnxProto)
  add_library(OnnxProto::OnnxProto UNKNOWN IMPORTED)
  set_target_properties(OnnxProto::OnnxProto PROPERTIES
    IMPORTED_LOCATION ${OnnxProto_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${OnnxProto_INCLUDE_DIR}
    INTERFACE_COMPILE_DEFINITIONS "ONNX_NAMESPACE=onnx;ONNX_ML=1"
    INTERFACE_LINK_LIBRARIES protobuf::libprotobuf)
endif()
