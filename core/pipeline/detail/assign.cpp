// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "core/index/neighbours.h"
#include "core/nmf/hierarchy.h"
#include "core/nmf/smoothing.h"
#include "core/pipeline/detail/branch_rows.h"
#include "core/pipeline/detail/jobs.h"
#include "core/pipeline/factors_file.h"
#include "core/pipeline/semantic_rows.h"
#include "core/project/job_results.h"
#include "core/project/project.h"
#include "core/text/document.h"

namespace espalier::pipeline::detail {
using nlohmann::json;

namespace {

struct Smoothed {
    SparseRows rows;
    std::int64_t withoutVector = 0;
};

/// Rows of later documents: each is lent the words of its nearest documents among those that the tree was built from,
/// so that the answer does not depend on what else was assigned before.
Result<Smoothed> smoothLater(project::Project& project, const SemanticSettings& settings, const Factors& factors,
                             std::span<const DocumentKey> later, SparseRows counts, int threads,
                             jobs::JobContext& context) {
    Smoothed result;
    result.withoutVector = counts.rows;
    ESPALIER_ASSIGN(const auto model, lendersNow(project, settings, context));
    const auto& weights = factors.hierarchy.nodes.front().idf;
    if (!model || weights.empty()) {  // a root without children needs no rows
        result.rows = std::move(counts);
        return result;
    }
    ESPALIER_ASSIGN(const UnitVectors queries, unitVectors(project, *model, later));
    ESPALIER_ASSIGN(const UnitVectors lenders, unitVectors(project, *model, factors.documents));
    result.withoutVector = counts.rows - queries.rows.rows;
    index::NeighbourOptions options;
    options.count = settings.neighbours;
    options.threads = threads;
    ESPALIER_ASSIGN(index::Neighbours found, index::nearestNeighbours(queries.rows, lenders.rows, options, context));

    // Only documents that lend a word are read and counted.
    std::vector<std::int32_t> asked = found.rows;
    std::sort(asked.begin(), asked.end());
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    std::vector<DocumentKey> keys;
    std::vector<std::int64_t> places(static_cast<std::size_t>(lenders.rows.rows), -1);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const auto row = static_cast<std::size_t>(asked[i]);
        places[row] = static_cast<std::int64_t>(i);
        keys.push_back(factors.documents[static_cast<std::size_t>(lenders.places[row])]);
    }
    ESPALIER_ASSIGN(const SparseRows lent, countsOf(project, factors.tfidf, keys, context));
    const SparseRows neighbours = neighbourWeights(found, queries.places, counts.rows, places, lent.rows);
    nmf::SmoothingOptions smoothing;
    smoothing.lent = settings.lent;
    smoothing.smallest = settings.smallest;
    smoothing.threads = threads;
    ESPALIER_ASSIGN(result.rows, nmf::smoothedRows(counts, lent, neighbours, weights, smoothing, context));
    return result;
}

/// A split or re-fit that took place in the tree since it was built, ready to deal out mass.
struct Growth {
    project::GrowthStep step;
    nmf::Hierarchy hierarchy;
    nmf::FoldIn foldIn;
    std::string fittedTo;  ///< Factors::rows
};

Result<std::vector<Growth>> readGrowth(project::Project& project, std::int64_t terms) {
    std::vector<Growth> growth;
    ESPALIER_ASSIGN(std::vector<project::GrowthStep> steps, project.growthSteps());
    for (project::GrowthStep& step : steps) {
        if (step.factorsFile.empty()) continue;
        ESPALIER_ASSIGN(Factors factors, readFactors(step.factorsFile));
        if (step.labelOfNode.size() != factors.hierarchy.nodes.size() || factors.hierarchy.terms != terms) {
            return makeError(ErrorCode::Corrupt,
                             "a split and its factors do not belong together; undo it and split again",
                             step.factorsFile.string());
        }
        nmf::FoldIn foldIn(factors.hierarchy);
        growth.push_back({std::move(step), std::move(factors.hierarchy), std::move(foldIn), std::move(factors.rows)});
    }
    return growth;
}

/// Mass by label as the build gives it, dealt out by what grew since, in order.
/// \param rows  beside growth: the documents as each saw them when it was fitted  \param fits  residual by label
void growOn(const std::vector<Growth>& growth, const std::vector<const SparseRows*>& rows, std::int64_t row,
            std::map<std::int64_t, double>& rests, std::map<std::int64_t, double>& fits) {
    for (std::size_t i = 0; i < growth.size(); ++i) {
        const Growth& one = growth[i];
        double mass = 0;
        for (const LabelId source : one.step.sources) {
            const auto found = rests.find(source.value);
            if (found == rests.end()) continue;
            mass += found->second;
            rests.erase(found);
        }
        if (!(mass > 0)) continue;
        const auto shares = one.foldIn.shares(rows[i]->rowColumns(row), rows[i]->rowValues(row));
        for (const auto& [node, part] : dealOut(mass, shares.resting, one.hierarchy))
            rests[one.step.labelOfNode[static_cast<std::size_t>(node)].value] += part;
        for (const auto& [node, residual] : shares.fits)
            fits[one.step.labelOfNode[static_cast<std::size_t>(node)].value] = double{residual};
    }
}

}  // namespace

Result<json> runAssign(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    const bool force = options.flag("force");
    const int threads = options.threads();
    (void)options.device();
    (void)options.seed();
    ESPALIER_TRY(options.finish());
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    project::AssignResult result;
    ESPALIER_ASSIGN(result.fromRevision, project->revision());
    result.force = force;
    ESPALIER_ASSIGN(const project::BuildInfo build, project->buildInfo());
    if (build.factorsFile.empty()) {
        return makeError(ErrorCode::InvalidState, "what assign needs of the build is not stored; build the tree again");
    }
    ESPALIER_ASSIGN(const Factors factors, readFactors(build.factorsFile));
    if (build.labelOfNode.size() != factors.hierarchy.nodes.size()) {
        return makeError(ErrorCode::Corrupt, "the tree and its factors do not belong together; build the tree again",
                         build.factorsFile.string());
    }
    ESPALIER_ASSIGN(const std::vector<DocumentKey> later, project->withoutMass());
    ESPALIER_ASSIGN(const SparseRows counts, countsOf(*project, factors.tfidf, later, context));
    // A branch may have been re-fitted with other vectors than the tree was built with: rows by how they are smoothed.
    std::map<std::string, Smoothed> rowsBy;
    const auto smoothedAs = [&](const std::string& fittedTo) -> Result<const Smoothed*> {
        const auto settings = semanticSettings(fittedTo);
        const auto [found, isNew] = rowsBy.try_emplace(semanticJson(settings).dump());
        if (isNew && (!settings || later.empty())) found->second.rows = counts;
        if (isNew && settings && !later.empty()) {
            ESPALIER_ASSIGN(found->second, smoothLater(*project, *settings, factors, later, counts, threads, context));
        }
        return &found->second;
    };
    ESPALIER_ASSIGN(const Smoothed* built, smoothedAs(build.options));
    const SparseRows& rows = built->rows;
    json withoutVector;
    if (semanticSettings(build.options) && !later.empty()) withoutVector = built->withoutVector;
    const nmf::FoldIn foldIn(factors.hierarchy);
    ESPALIER_ASSIGN(const std::vector<Growth> growth, readGrowth(*project, factors.hierarchy.terms));
    std::vector<const SparseRows*> grownRows;
    for (const Growth& one : growth) {
        ESPALIER_ASSIGN(const Smoothed* own, smoothedAs(one.fittedTo.empty() ? build.options : one.fittedTo));
        grownRows.push_back(&own->rows);
    }
    std::int64_t left = 0;
    ESPALIER_ASSIGN(const auto all, foldIn.sharesOf(rows, threads, "assign", context));
    for (std::size_t i = 0; i < later.size(); ++i) {
        const nmf::FoldIn::Shares& shares = all[i];
        if (shares.resting.empty()) {
            ++left;
            continue;
        }
        std::map<std::int64_t, double> rests;
        for (const auto& [node, mass] : shares.resting)
            rests[build.labelOfNode[static_cast<std::size_t>(node)].value] += double{mass};
        std::map<std::int64_t, double> fits;
        for (const auto& [node, residual] : shares.fits)
            fits[build.labelOfNode[static_cast<std::size_t>(node)].value] = double{residual};
        growOn(growth, grownRows, static_cast<std::int64_t>(i), rests, fits);
        result.resting.add(later[i], {rests.begin(), rests.end()}, {fits.begin(), fits.end()});
    }
    result.seconds = context.secondsSinceStart();
    ESPALIER_TRY(project::writeAssignResult(request.folder, result));
    return json{{"assigned", result.resting.documents.size()},
                {"unassigned", left},
                {"revision", nullptr},
                {"without_vector", withoutVector}};
}

}  // namespace espalier::pipeline::detail
