# SPDX-License-Identifier: Apache-2.0
#
# Google Test executables that lit finds by their name.
find_package(GTest REQUIRED)

# A test executable. lit runs every file of the binary directory whose name
# ends in "Tests".
#
#   gemlir_add_unittest(GeMLIRLayoutTests FormatTest.cpp LINK_LIBS GeMLIRLayout)
function(gemlir_add_unittest name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  if(NOT name MATCHES "Tests$")
    message(FATAL_ERROR "unit test ${name}: lit finds only names ending in 'Tests'")
  endif()
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  llvm_update_compile_flags(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} GTest::gtest_main)
  set_property(GLOBAL APPEND PROPERTY GEMLIR_UNITTESTS ${name})
endfunction()
