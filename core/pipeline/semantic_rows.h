// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/semantic_rows.h
/// From a project's vectors to smoothed rows: what `build --vectors` and `assign` do before the tree engine sees a
/// document (core/nmf/smoothing.h).
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/index/neighbours.h"
#include "core/jobs/job_context.h"
#include "core/project/model_info.h"

namespace espalier::project {
class Project;
}

namespace espalier::pipeline {

/// Whose vectors made a tree semantic, and how: stored with the build, read again by assign.
struct SemanticSettings {
    std::string model;          ///< name
    std::string modelSha256;    ///< ModelInfo::sha256
    std::string vectorsSha256;  ///< ModelInfo::vectorsSha256
    int neighbours = 30;
    double lent = 0.8;
    double smallest = 0.01;
};
/// Member "semantic" of a build's options. \param options  JSON object text, as BuildInfo::options
std::optional<SemanticSettings> semanticSettings(std::string_view options);
/// The value of that member; none: null.
nlohmann::json semanticJson(const std::optional<SemanticSettings>& settings);

/// What `--vectors` means. \param name  empty: the model in use, if the project has vectors; "none"; else a model
/// \retval InvalidState, NotFound  no vectors of it; the message names `embed`
Result<std::optional<project::ModelInfo>> findLenders(project::Project& project, std::string_view name);

/// Vectors of length 1 of those documents that have one.
struct UnitVectors {
    std::vector<std::int64_t> places;  ///< ascending places in the keys asked for
    DenseRows rows;                    ///< beside them
};
/// \retval Corrupt  as vectorIndex()
Result<UnitVectors> unitVectors(project::Project& project, const project::ModelInfo& model,
                                std::span<const DocumentKey> keys);

struct SemanticRows {
    SparseRows rows;                 ///< for nmf::buildHierarchy, in the order of the counts
    std::int64_t withoutVector = 0;  ///< documents that keep their own words alone
};
/// Rows of a whole corpus. Neighbours come from the cache folder of the project when they are those of these vectors;
/// that they cannot be stored there is no error.
/// \param keys  documents of the counts, canonical order
Result<SemanticRows> semanticRows(project::Project& project, const project::ModelInfo& model,
                                  const SemanticSettings& settings, std::span<const DocumentKey> keys,
                                  const SparseRows& counts, int threads, jobs::JobContext& context);

/// Neighbours as the weights of core/nmf/smoothing.h: cosines of a row scaled to sum 1, columns ascending.
/// \param placeOfQuery, placeOfRow  ascending: where queries and searched rows stand in a matrix of `rows` x `cols`
SparseRows neighbourWeights(const index::Neighbours& found, std::span<const std::int64_t> placeOfQuery,
                            std::int64_t rows, std::span<const std::int64_t> placeOfRow, std::int64_t cols);

}  // namespace espalier::pipeline
