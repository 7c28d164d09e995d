// SPDX-License-Identifier: Apache-2.0
/// \file core/eval/run_file.h
/// TREC run files: "qid Q0 docid rank score tag" a line, what trec_eval reads.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/eval/retrieval_metrics.h"

namespace espalier::eval {

/// Up to kRankingDepth lines a query, tag "espalier", "%.9g". trec_eval sorts by score (as float) and ignores the rank:
/// where scores are equal as floats the lower rank gets the next smaller float, so that the order written is the order
/// read. \retval InvalidArgument  an id is empty or holds white space  \retval Io
Status writeRunFile(const std::filesystem::path& file, std::span<const Ranking> rankings);

/// Sorted as trec_eval does, queries in order of first appearance. \retval NotFound, Io; Corrupt with the line
Result<std::vector<Ranking>> readRunFile(const std::filesystem::path& file);

}  // namespace espalier::eval
