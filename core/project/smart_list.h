// SPDX-License-Identifier: Apache-2.0
/// \file core/project/smart_list.h
/// Documents that want a look, found by what is stored of them: the smart lists of the window and `documents --list`.
///
/// A document that a pin says must be under a label is neither weakly placed nor borderline: the expert has decided. So
/// whoever works through such a list by pinning makes it shorter.
#pragma once
#include <cstdint>

#include "core/base/ids.h"

namespace espalier::project {

enum class SmartList {
    WeaklyPlaced,  ///< placed, but less than kWeakShare of the document lies under the top-level label of its hard path
    Borderline,    ///< at a step of its hard path, the choice was narrower than kBorderlineLead
    Pinned,        ///< a pin of it is in force, or a share that was set
    Duplicates,    ///< import left out rows of the same text
    Moved,         ///< was there at a revision and its hard path is another now
};

/// Share of the document, in [0, 1]. Of two corpora of 15,843 and 18,054 documents, 7 and 9 % lie below it.
inline constexpr double kWeakShare = 0.4;
/// Lead of the label that was taken over its best rival, as a part of its own share: 1 - rival / taken, in [0, 1].
/// Rivals are its siblings and staying at the label above; where the path ends, the labels below. Shares of different
/// levels are never compared. Of the same corpora, 11 and 10 % were narrower at some step.
inline constexpr double kBorderlineLead = 0.1;

/// How many documents each list has. One pass over the memberships: 100,000 documents take some tens of milliseconds.
struct SmartCounts {
    std::int64_t revision = 0;  ///< these counts are of
    std::int64_t weaklyPlaced = 0;
    std::int64_t borderline = 0;
    std::int64_t pinned = 0;
    std::int64_t duplicates = 0;     ///< documents
    std::int64_t duplicateRows = 0;  ///< rows that import left out for them
    std::int64_t proposals = 0;      ///< conflicts of merged taxonomies and what split and re-fit jobs propose
    std::int64_t moved = 0;
    std::int64_t since = 0;  ///< `moved` compares with this revision; 0: there is none to compare with
};

}  // namespace espalier::project
