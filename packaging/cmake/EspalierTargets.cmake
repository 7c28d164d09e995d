# SPDX-License-Identifier: Apache-2.0
# One function per kind of target, so that a module's CMakeLists.txt says only what is its own.

# espalier_core_module(<name> [PUBLIC libs...] [PRIVATE libs...] [SYSTEM_INCLUDES dirs...])
# Static library espalier_core_<name> of all *.cpp in the folder (detail/ and simd/ included), alias espalier::core_<name>.
function(espalier_core_module name)
  cmake_parse_arguments(arg "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "*.cpp" "*.h" "detail/*.cpp" "detail/*.h" "simd/*.cpp" "simd/*.h")
  if(NOT sources)
    add_library(espalier_core_${name} INTERFACE)
    add_library(espalier::core_${name} ALIAS espalier_core_${name})
    return()
  endif()
  add_library(espalier_core_${name} STATIC ${sources})
  add_library(espalier::core_${name} ALIAS espalier_core_${name})
  target_link_libraries(espalier_core_${name} PUBLIC espalier_flags ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

# espalier_ui_module(<name> [PUBLIC libs...] [PRIVATE libs...] [KEYWORDS])
# Static library espalier_ui_<name>; QT_NO_KEYWORDS unless KEYWORDS is given (ui/plot alone).
function(espalier_ui_module name)
  cmake_parse_arguments(arg "KEYWORDS" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "*.cpp" "*.h")
  if(NOT sources)
    add_library(espalier_ui_${name} INTERFACE)
    add_library(espalier::ui_${name} ALIAS espalier_ui_${name})
    target_link_libraries(espalier_ui_${name} INTERFACE ${arg_PUBLIC})
    return()
  endif()
  add_library(espalier_ui_${name} STATIC ${sources})
  add_library(espalier::ui_${name} ALIAS espalier_ui_${name})
  set_target_properties(espalier_ui_${name} PROPERTIES AUTOMOC ON)
  target_link_libraries(espalier_ui_${name} PUBLIC espalier_flags ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  if(NOT arg_KEYWORDS)
    target_compile_definitions(espalier_ui_${name} PRIVATE QT_NO_KEYWORDS)
  endif()
endfunction()

# espalier_tests(<labels> <libs>...): one executable and one ctest per tst_*.cpp of the folder.
function(espalier_tests labels)
  file(GLOB sources CONFIGURE_DEPENDS "tst_*.cpp")
  foreach(source IN LISTS sources)
    get_filename_component(name "${source}" NAME_WE)
    espalier_test(${name} "${source}" "${labels}" ${ARGN})
    list(APPEND names ${name})
  endforeach()
  # `cmake --build build/dev --target tests_store` builds one folder's tests.
  get_filename_component(folder "${CMAKE_CURRENT_SOURCE_DIR}" NAME)
  add_custom_target(tests_${folder} DEPENDS ${names})
endfunction()

# espalier_test(<name> <source> <labels> <libs>...)
function(espalier_test name source labels)
  add_executable(${name} "${source}")
  set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests/bin")
  target_compile_definitions(${name} PRIVATE QT_NO_KEYWORDS
    ESPALIER_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" ESPALIER_BIN_DIR="${PROJECT_BINARY_DIR}/bin"
    ESPALIER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE espalier_flags espalier_test_support Qt6::Test ${ARGN})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT 300)
  if(ESPALIER_SANITIZE STREQUAL "thread")
    set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT
      "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/tsan_suppressions.txt")
  endif()
endfunction()
