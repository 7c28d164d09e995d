// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/build_cost.h
/// What a build will cost, told before it starts: a sample of the documents is read, cut into words, with vectors
/// smoothed, and given to nmf::estimateTree(). Takes a second or two whatever the size of the corpus.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "core/base/result.h"
#include "core/nmf/hierarchy.h"
#include "core/pipeline/semantic_rows.h"
#include "core/text/tfidf.h"

namespace espalier::pipeline {

struct BuildCost {
    std::int64_t documents = 0;
    double seconds = 0, low = 0, high = 0;  ///< from start to adopted tree; low and high as nmf::TreeCost
    double peakMb = 0;                      ///< resident memory of the process at its widest
    double neededMb = 0;                    ///< of those, what is not there yet
    double freeMb = 0;                      ///< what this machine can give now; 0: not known
};

/// \param text     what counts as a term
/// \param lenders  whose vectors make the tree semantic, as findLenders()
/// \retval InvalidArgument  as nmf::buildHierarchy()  \retval Cancelled
Result<BuildCost> costOfBuild(project::Project& project, const std::optional<project::ModelInfo>& lenders,
                              const SemanticSettings& settings, const nmf::HierarchyOptions& options,
                              const text::TfidfOptions& text, jobs::JobContext& context);

/// {"seconds","low","high","peak_mb","free_mb","documents"}; free_mb null where unknown.
nlohmann::json toJson(const BuildCost& cost);

/// Ok when the memory is there (or nobody knows). \retval OutOfMemory  a sentence with both figures
Status requireMemory(const BuildCost& cost);

}  // namespace espalier::pipeline
