# SPDX-License-Identifier: Apache-2.0
# Every third-party library, declared once: its purpose, its smallest version and the target the modules link.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)               # JSON: project exchange, job wire, command line output
find_package(Eigen3 3.4 REQUIRED NO_MODULE)             # dense linear algebra of the tree engine
find_package(ZLIB REQUIRED)                             # .gz corpora
find_package(ICU 70 REQUIRED COMPONENTS uc i18n)        # Unicode: charsets, words, sentences, normalisation
find_package(spdlog 1.9 REQUIRED)                       # log sink (core/base/log.cpp alone)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)      # SHA-256
find_package(SQLiteCpp REQUIRED)                        # project database
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(GUMBO REQUIRED IMPORTED_TARGET gumbo) # HTML import
pkg_check_modules(SERD REQUIRED IMPORTED_TARGET serd-0)       # taxonomies in Turtle
pkg_check_modules(RAPTOR2 REQUIRED IMPORTED_TARGET raptor2)   # taxonomies in RDF/XML
find_package(CLI11 2.1 REQUIRED)                        # command line
find_library(ESPALIER_STEMMER stemmer REQUIRED)         # Snowball: no two words of one stem in a name
find_library(ESPALIER_CLD2 cld2 REQUIRED)               # the language of a document

if(ESPALIER_NN)
  find_package(OpenMP REQUIRED)
  find_package(BLAS REQUIRED)
  find_package(LAPACK REQUIRED)
  find_package(faiss CONFIG REQUIRED)                   # vector index and its file format
  find_package(LibTorch REQUIRED)                       # encoder and training; packaging/cmake/FindLibTorch.cmake
endif()
if(ESPALIER_UI OR ESPALIER_TESTS)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Core)
endif()
if(ESPALIER_UI)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets Svg PrintSupport)
  find_package(QCustomPlotQt6 REQUIRED)                 # curves
endif()
if(ESPALIER_TESTS)
  find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
endif()
