// SPDX-License-Identifier: Apache-2.0
/// \file core/project/expectation.h
/// A statement about the tree that the project keeps and looks at again after every change: a test of a taxonomy.
#pragma once
#include <cstdint>
#include <string>

namespace espalier::project {

struct Expectation {
    std::int64_t id = 0;  ///< never reused
    std::string text;     ///< statementText() with the labels' names as they are now
    bool ok = false;
    std::string why;  ///< what was found, one clause: "it is under \"Soil\"", "66 of 80 documents, 82.5 %"
};

}  // namespace espalier::project
