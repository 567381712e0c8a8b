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

# An MLIR library of ours (dialect, passes, conversion, translation).
#
#   gemlir_add_mlir_library(GeMLIRGe A.cpp DEPENDS GenTarget LINK_LIBS X Y)
function(gemlir_add_mlir_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK_LIBS" ${ARGN})
  add_mlir_library(${name} ${ARG_UNPARSED_ARGUMENTS} DISABLE_INSTALL
                   DEPENDS ${ARG_DEPENDS})
  if(TARGET obj.${name})
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
