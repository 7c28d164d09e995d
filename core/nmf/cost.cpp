// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/cost.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/base/platform.h"
#include "core/jobs/job_context.h"
#include "core/nmf/detail/tree_grower.h"

namespace espalier::nmf {
namespace {

constexpr std::int64_t kProbeDocuments = 1500;
constexpr std::int64_t kLeastProbed = 200;
constexpr int kProbePerturbations = 3;
constexpr int kOversample = 10;         // of the singular triplets
constexpr double kSplitOn = 0.75;       // share of the documents of a level whose labels are split again
constexpr int kUsualChildren = 5;       // of a label below the first level
constexpr double kBytesOfShares = 120;  // of a document: where its mass rests, and the allocator's own

double stride(int k) {
    const int padded = (k + 7) / 8 * 8;
    return padded;
}

/// What a search that tries every number of topics costs.
double searchWork(double nonZeros, double sides, int kMin, int kMax, int perturbations) {
    double sum = 0;
    for (int k = kMin; k <= kMax; ++k) sum += detail::factorisationWork(nonZeros, sides, k);
    return sum * perturbations;
}

/// Terms in the first rows of a matrix.
double termsOf(const SparseRows& rows, std::int64_t first) {
    std::vector<char> seen(static_cast<std::size_t>(rows.cols), 0);
    std::int64_t count = 0;
    for (std::int64_t r = 0; r < std::min(first, rows.rows); ++r) {
        for (const auto column : rows.rowColumns(r)) {
            char& mark = seen[static_cast<std::size_t>(column)];
            count += mark == 0;
            mark = 1;
        }
    }
    return static_cast<double>(count);
}

SparseRows everyNth(const SparseRows& rows, std::int64_t wanted) {
    SparseRows sample;
    sample.cols = rows.cols;
    for (std::int64_t i = 0; i < wanted; ++i) {
        const std::int64_t row = i * rows.rows / wanted;
        const auto columns = rows.rowColumns(row);
        const auto values = rows.rowValues(row);
        sample.columns.insert(sample.columns.end(), columns.begin(), columns.end());
        sample.values.insert(sample.values.end(), values.begin(), values.end());
        sample.offsets.push_back(static_cast<std::int64_t>(sample.columns.size()));
        ++sample.rows;
    }
    return sample;
}

/// Share of the documents that is searched for a split at a level, when the labels there have `average` documents:
/// labels differ in size, so that it fades where the average nears the least number that is split.
double largeEnough(double average, int minDocuments) {
    return std::clamp(average / (2.0 * minDocuments), 0.0, 1.0);
}

}  // namespace

std::int64_t peakBytesOfTree(std::int64_t documents, std::int64_t terms, std::int64_t nonZeros,
                             const HierarchyOptions& options) {
    const double threads = options.threads > 0 ? options.threads : platform::processorCount();
    const auto nz = static_cast<double>(nonZeros);
    const auto sides = static_cast<double>(documents + terms);
    const double factor = 4 * sides * stride(options.kMax);  // W and H of one factorisation
    const double matrix = 24 * nz + 16 * sides;              // both orders, and where each entry went
    const double starts = options.perturbations * factor;    // singular triplets of every copy
    // Of one number of topics all copies are held until the last is done; those of the next one are begun by then.
    const double compared = 2.0 * options.perturbations * factor;
    const double working = threads * (8 * nz + 3 * factor + 4 * sides * stride(options.kMax + kOversample));
    const double shares = kBytesOfShares * static_cast<double>(documents);
    return static_cast<std::int64_t>(std::max(matrix + starts + compared + working, shares));
}

Result<TreeCost> estimateTree(const SparseRows& counts, const SparseRows& rows, std::int64_t documents,
                              const HierarchyOptions& options, jobs::JobContext& context) {
    TreeCost cost;
    if (counts.rows == 0 || documents == 0) return cost;
    const double scale = static_cast<double>(documents) / static_cast<double>(counts.rows);
    cost.peakBytes = peakBytesOfTree(
        documents, counts.cols, static_cast<std::int64_t>(static_cast<double>(rows.columns.size()) * scale), options);

    const auto sampled = std::min(counts.rows, std::clamp(counts.rows / 4, kLeastProbed, kProbeDocuments));
    HierarchyOptions probe = options;
    probe.depth = 1;
    probe.perturbations = std::min(options.perturbations, kProbePerturbations);
    probe.minDocuments = static_cast<int>(
        std::max<std::int64_t>(2, std::int64_t{options.minDocuments} * sampled / std::max<std::int64_t>(1, documents)));
    probe.onSplit = {};
    probe.onWhole = {};
    probe.keepOnStop = false;
    const SparseRows someCounts = everyNth(counts, sampled);
    SparseRows someRows;
    if (&rows != &counts) someRows = everyNth(rows, sampled);
    jobs::JobContext quiet([&](const nlohmann::json&) {
        if (context.shouldStop()) quiet.setControl(jobs::Control::Discard);
    });
    const auto begun = std::chrono::steady_clock::now();
    ESPALIER_ASSIGN(const Hierarchy probed,
                    buildHierarchy(someCounts, &rows != &counts ? someRows : someCounts, probe, quiet));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    if (!(probed.work > 0)) return cost;  // nothing to split: too few words or documents

    const SparseRows& grown = &rows != &counts ? someRows : someCounts;
    const auto n = static_cast<double>(documents);
    const double perUnit = seconds / probed.work;
    const double probedSides = static_cast<double>(sampled) + termsOf(someCounts, sampled);
    const double tried = std::clamp(probed.work / searchWork(static_cast<double>(grown.columns.size()), probedSides,
                                                             options.kMin, options.kMax, probe.perturbations),
                                    0.0, 1.0);
    const double nonZeros = static_cast<double>(rows.columns.size()) * scale;
    const double whole =
        searchWork(nonZeros, n + static_cast<double>(counts.cols), options.kMin, options.kMax, options.perturbations);
    const auto children = static_cast<double>(std::max<std::size_t>(2, probed.nodes.front().children.size()));

    if (documents < options.minDocuments) return cost;
    cost.work = cost.lowWork = whole * tried;
    cost.highWork = whole;
    const int deepMost = std::min(options.kMax, options.deepKMax);
    double labels = children;
    double reached = 1;
    for (int level = 1; level < options.depth; ++level) {
        const double average = n / labels;
        const double terms = labels * termsOf(counts, std::llround(average));
        const double below = searchWork(nonZeros, n + terms, options.kMin, deepMost, options.perturbations);
        cost.work += below * tried * reached * largeEnough(average, options.minDocuments);
        cost.highWork += below;
        labels *= kUsualChildren;
        reached *= kSplitOn;
    }
    cost.seconds = cost.work * perUnit;
    cost.low = cost.lowWork * perUnit;
    cost.high = cost.highWork * perUnit;
    return cost;
}

}  // namespace espalier::nmf
