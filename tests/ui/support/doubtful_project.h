// SPDX-License-Identifier: GPL-3.0-or-later
/// \file tests/ui/support/doubtful_project.h
/// A project with something on its smart lists: weakly placed and borderline documents, and copies left out by import.
#pragma once
#include <QString>
#include <filesystem>
#include <string>

namespace espalier::test {

inline constexpr int kWeakDocuments = 8;        ///< a000 to a007
inline constexpr int kBorderlineDocuments = 6;  ///< a008 to a013: Peat .50, Clay .47
inline constexpr int kAllDocuments = 260;       ///< more than two pages of the document list

/// Soil (Peat, Clay) and Light (Lamp, Window); the other documents are at the four leaves in turn, .9 each. Copies:
/// copy-a and copy-b of a020, copy-c of a021. Aborts the test program on failure.
QString makeDoubtfulProject(const std::filesystem::path& folder);

void writeText(const std::filesystem::path& file, const std::string& text);

}  // namespace espalier::test
