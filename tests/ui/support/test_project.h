// SPDX-License-Identifier: GPL-3.0-or-later
/// \file tests/ui/support/test_project.h
/// A small project on disk for tests of the panels: documents about two neutral subjects, and a tree made by hand.
#pragma once
#include <QString>
#include <filesystem>

#include "core/project/project.h"

namespace espalier::test {

/// Writes a jsonl of `count` short documents about soil and light and returns its path.
std::filesystem::path writeCorpus(const std::filesystem::path& folder, int count);

/// A project with `count` documents and, with `tree`, the labels Soil (Peat, Clay) and Light. Documents stay
/// unassigned: nothing was built. Aborts the test program on failure.
QString makeProject(const std::filesystem::path& folder, int count, bool tree);

/// The same documents under a built tree: Soil (Peat, Clay) and Light (Lamp, Window), with terms, stop reasons, a
/// stability table and shares: even documents rest under Soil, odd ones under Light, every fifth leans to the other.
/// The last `unassigned` documents came later and have no label.
QString makeGrownProject(const std::filesystem::path& folder, int count, int unassigned = 0);

/// Adds what embedding would: an encoder “base” (a folder beside the project, never loaded) with vectors of all
/// documents.
void addEncoder(const std::filesystem::path& folder, const QString& project);

/// Adds a finished run “first” with 40 steps of curves, a checkpoint, and a comparison with “base”.
void addRun(const QString& project);

}  // namespace espalier::test
