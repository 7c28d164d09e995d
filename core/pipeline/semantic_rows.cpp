// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/semantic_rows.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/sha256.h"
#include "core/index/neighbours.h"
#include "core/nmf/smoothing.h"
#include "core/pipeline/corpus_rows.h"
#include "core/pipeline/model_lookup.h"
#include "core/pipeline/neighbour_cache.h"
#include "core/project/project.h"

namespace espalier::pipeline {
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// From the cache or computed. Documents with equal vectors are told apart by their place in the canonical order.
Result<index::Neighbours> neighboursOf(project::Project& project, const std::string& model, const DenseRows& unit,
                                       const index::NeighbourOptions& options, jobs::JobContext& context) {
    const fs::path file =
        project.folder() / "cache" / ("neighbours-" + sha256Hex(model).substr(0, 16) + ".safetensors");
    const std::string key = neighbourKey(unit, options);
    if (auto cached = readNeighbours(file, key); cached && cached->queries() == unit.rows) return std::move(*cached);
    ESPALIER_ASSIGN(auto found, index::nearestNeighbours(unit, options, context));
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    (void)writeNeighbours(file, key, found);
    return found;
}

}  // namespace

std::optional<SemanticSettings> semanticSettings(std::string_view options) {
    const json all = json::parse(options, nullptr, false);
    const auto found = all.is_object() ? all.find("semantic") : all.end();
    if (!all.is_object() || found == all.end() || !found->is_object()) return {};
    try {
        SemanticSettings settings;
        settings.model = found->at("model").get<std::string>();
        settings.modelSha256 = found->at("model_sha256").get<std::string>();
        settings.vectorsSha256 = found->at("vectors_sha256").get<std::string>();
        settings.neighbours = found->at("neighbours").get<int>();
        settings.lent = found->at("lent").get<double>();
        settings.smallest = found->at("smallest").get<double>();
        return settings;
    } catch (const json::exception&) {
        return {};
    }
}

json semanticJson(const std::optional<SemanticSettings>& settings) {
    if (!settings) return nullptr;
    return {{"model", settings->model},
            {"model_sha256", settings->modelSha256},
            {"vectors_sha256", settings->vectorsSha256},
            {"neighbours", settings->neighbours},
            {"lent", settings->lent},
            {"smallest", settings->smallest}};
}

Result<std::optional<project::ModelInfo>> findLenders(project::Project& project, std::string_view name) {
    if (name == "none") return std::optional<project::ModelInfo>();
    if (name.empty()) {
        ESPALIER_ASSIGN(const auto models, project.models());
        if (models.empty()) return std::optional<project::ModelInfo>();
    }
    ESPALIER_ASSIGN(auto model, findVectors(project, name));
    return std::optional<project::ModelInfo>(std::move(model));
}

Result<UnitVectors> unitVectors(project::Project& project, const project::ModelInfo& model,
                                std::span<const DocumentKey> keys) {
    ESPALIER_ASSIGN(const CorpusRows corpus, CorpusRows::read(project));
    ESPALIER_ASSIGN(const auto vectors, vectorIndex(model, corpus));
    UnitVectors unit;
    unit.rows.cols = vectors.dim();
    for (std::size_t place = 0; place < keys.size(); ++place) {
        const std::int64_t row = vectors.rowOf(keys[place]);
        if (row < 0) continue;
        const auto vector = vectors.vector(row);
        unit.places.push_back(static_cast<std::int64_t>(place));
        unit.rows.values.insert(unit.rows.values.end(), vector.begin(), vector.end());
    }
    unit.rows.rows = static_cast<std::int64_t>(unit.places.size());
    ESPALIER_TRY(index::scaleToUnitLength(unit.rows));
    return unit;
}

Result<SemanticRows> semanticRows(project::Project& project, const project::ModelInfo& model,
                                  const SemanticSettings& settings, std::span<const DocumentKey> keys,
                                  const SparseRows& counts, int threads, jobs::JobContext& context) {
    SparseRows weights;
    SemanticRows result;
    {
        ESPALIER_ASSIGN(const UnitVectors unit, unitVectors(project, model, keys));
        result.withoutVector = counts.rows - unit.rows.rows;
        index::NeighbourOptions options;
        options.count = settings.neighbours;
        options.threads = threads;
        ESPALIER_ASSIGN(const auto found, neighboursOf(project, model.name, unit.rows, options, context));
        weights = neighbourWeights(found, unit.places, counts.rows, unit.places, counts.rows);
    }
    nmf::SmoothingOptions smoothing;
    smoothing.lent = settings.lent;
    smoothing.smallest = settings.smallest;
    smoothing.threads = threads;
    ESPALIER_ASSIGN(result.rows,
                    nmf::smoothedRows(counts, counts, weights, nmf::rootTermWeights(counts), smoothing, context));
    return result;
}

SparseRows neighbourWeights(const index::Neighbours& found, std::span<const std::int64_t> placeOfQuery,
                            std::int64_t rows, std::span<const std::int64_t> placeOfRow, std::int64_t cols) {
    SparseRows weights;
    weights.rows = rows;
    weights.cols = cols;
    weights.columns.reserve(found.rows.size());
    weights.values.reserve(found.rows.size());
    weights.offsets.reserve(static_cast<std::size_t>(rows) + 1);
    std::vector<std::pair<std::int32_t, std::int32_t>> row;  // place, similarity
    std::size_t next = 0;
    for (std::int64_t place = 0; place < rows; ++place) {
        if (next < placeOfQuery.size() && placeOfQuery[next] == place) {
            row.clear();
            double sum = 0;
            const auto end = static_cast<std::size_t>(found.offsets[next + 1]);
            for (auto i = static_cast<std::size_t>(found.offsets[next]); i < end; ++i) {
                const auto lender = placeOfRow[static_cast<std::size_t>(found.rows[i])];
                row.emplace_back(static_cast<std::int32_t>(lender), found.similarity[i]);
                sum += found.similarity[i];
            }
            std::sort(row.begin(), row.end());
            for (const auto& [lender, similarity] : row) {
                weights.columns.push_back(lender);
                weights.values.push_back(static_cast<float>(similarity / sum));
            }
            ++next;
        }
        weights.offsets.push_back(static_cast<std::int64_t>(weights.columns.size()));
    }
    return weights;
}

}  // namespace espalier::pipeline
