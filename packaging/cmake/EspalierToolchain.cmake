# SPDX-License-Identifier: Apache-2.0
# Language level, warnings, sanitizers and compiler cache: the same for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(ESPALIER_CCACHE ccache)
if(ESPALIER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${ESPALIER_CCACHE}")
endif()

# Flags of every Espalier target; third-party targets never see them.
add_library(espalier_flags INTERFACE)
target_include_directories(espalier_flags INTERFACE "${PROJECT_SOURCE_DIR}")
if(MSVC)
  target_compile_options(espalier_flags INTERFACE /W4 /utf-8 /permissive-)
else()
  target_compile_options(espalier_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                                                  -ffp-contract=off)
endif()
if(ESPALIER_WERROR)
  target_compile_options(espalier_flags INTERFACE $<IF:$<CXX_COMPILER_ID:MSVC>,/WX,-Werror>)
endif()
if(ESPALIER_SANITIZE)
  target_compile_options(espalier_flags INTERFACE -fsanitize=${ESPALIER_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(espalier_flags INTERFACE -fsanitize=${ESPALIER_SANITIZE})
endif()
# Contracts (core/base/contract.h) abort everywhere but in release builds.
target_compile_definitions(espalier_flags INTERFACE $<$<NOT:$<CONFIG:Release>>:ESPALIER_CONTRACTS_ABORT>)
