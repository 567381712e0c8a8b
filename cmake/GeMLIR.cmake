# SPDX-License-Identifier: Apache-2.0
# A library that contains no MLIR: Support, Layout, the OM container, the
# weight files, the executor. LLVM's Support library is its only LLVM part.
#
#   gemlir_add_library(GeMLIRSupport A.cpp B.cpp LINK_LIBS X Y)
function(gemlir_add_library name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  llvm_update_compile_flags(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} LLVM)
endfunction()

# MLIR's headers take five seconds per file; parsed once, less than one.
# Generated and own headers stay outside, so that changing them rebuilds only
# what includes them.
function(gemlir_add_mlir_headers)
  file(WRITE ${CMAKE_BINARY_DIR}/MLIRHeaders.cpp "")
  add_library(GeMLIRHeaders OBJECT ${CMAKE_BINARY_DIR}/MLIRHeaders.cpp)
  llvm_update_compile_flags(GeMLIRHeaders)
  # For ccache: the same headers give the same bytes.
  target_compile_options(GeMLIRHeaders PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  target_precompile_headers(GeMLIRHeaders PRIVATE
    <mlir/Bytecode/BytecodeOpInterface.h>
    <mlir/Dialect/Func/IR/FuncOps.h>
    <mlir/IR/Builders.h>
    <mlir/IR/BuiltinOps.h>
    <mlir/IR/DialectImplementation.h>
    <mlir/IR/OpImplementation.h>
    <mlir/IR/PatternMatch.h>
    <mlir/IR/SymbolTable.h>
    <mlir/Interfaces/InferTypeOpInterface.h>
    <mlir/Interfaces/SideEffectInterfaces.h>
    <mlir/Pass/Pass.h>
    <mlir/Pass/PassManager.h>)
endfunction()

# An MLIR library of ours (dialect, passes, conversion, translation).
#
#   gemlir_add_mlir_library(GeMLIRGe A.cpp DEPENDS GenTarget LINK_LIBS X Y)
function(gemlir_add_mlir_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK_LIBS" ${ARGN})
  add_mlir_library(${name} ${ARG_UNPARSED_ARGUMENTS} DISABLE_INSTALL
                   DEPENDS ${ARG_DEPENDS})
  if(TARGET obj.${name})
    target_precompile_headers(obj.${name} REUSE_FROM GeMLIRHeaders)
    # Headers of the libraries we link against may be generated.
    foreach(lib ${ARG_LINK_LIBS})
      target_link_libraries(obj.${name} ${lib})
    endforeach()
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS})
  mlir_target_link_libraries(${name} PUBLIC MLIRIR)
endfunction()

# An executable of ours.
#
#   gemlir_add_tool(gemc gemc.cpp LINK_LIBS X Y)
function(gemlir_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  llvm_update_compile_flags(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS})
  mlir_target_link_libraries(${name} PRIVATE MLIRIR)
endfunction()
