// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/build_cost.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/platform.h"
#include "core/index/neighbours.h"
#include "core/nmf/cost.h"
#include "core/nmf/smoothing.h"
#include "core/project/project.h"
#include "core/text/document.h"
#include "core/text/tfidf.h"

namespace espalier::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kSampled = 2000;
// Measured once (tests/bench/README.md): what does not depend on the machine by more than the factor that is promised.
constexpr double kStoredSeconds = 60e-6;   // a document's shares, from the result to the disk
constexpr double kGraphSeconds = 3e-3;     // of one processor: a row's links and one search, beyond exactPairs
constexpr double kFixedSeconds = 0.05;     // open, plan, write, commit
constexpr double kBytesPerDocument = 400;  // key, hash, place, shares on their way into the database
constexpr double kBytesPerWord = 28;       // of a distinct word of a document while it is counted
constexpr double kMegabyte = 1048576;
constexpr double kMemorySlack = 1.5;  // the estimate may be that much too high

double secondsSince(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

struct Sample {
    std::vector<DocumentKey> keys;
    SparseRows counts;
    double seconds = 0;  ///< to read and count it
};

Result<Sample> readSample(project::Project& project, text::TfidfOptions options, std::int64_t& documents,
                          jobs::JobContext& context) {
    ESPALIER_ASSIGN(const auto ids, project.documentIds());
    documents = static_cast<std::int64_t>(ids.size());
    Sample sample;
    const std::int64_t wanted = std::min(documents, kSampled);
    std::vector<std::pair<std::string, DocumentKey>> inOrder;
    std::vector<std::string> texts;
    for (std::int64_t i = 0; i < wanted; ++i) {
        ESPALIER_TRY(context.checkStop());
        const DocumentKey key = ids[static_cast<std::size_t>(i * documents / wanted)].first;
        const auto begun = Clock::now();
        ESPALIER_ASSIGN(const auto record, project.document(key));
        if (i > 0) sample.seconds += secondsSince(begun);  // the first one also loads the tree
        sample.keys.push_back(key);
        texts.push_back(text::inputString(record.document));
    }
    // A term of the whole corpus stands in at least minDf of its documents: of the sample, in so many fewer.
    const std::int64_t least = options.minDf > 0 ? options.minDf : documents < 500 ? 2 : 5;
    options.minDf = static_cast<int>(std::max<std::int64_t>(1, least * wanted / std::max<std::int64_t>(1, documents)));
    const auto begun = Clock::now();
    ESPALIER_ASSIGN(text::TfidfModel::Fit fit, text::TfidfModel::fitCounts(
                                                   [&](const std::function<void(std::string_view)>& visit) -> Status {
                                                       for (const std::string& text : texts) visit(text);
                                                       return {};
                                                   },
                                                   options, context));
    sample.seconds += secondsSince(begun);
    sample.counts = std::move(fit.counts);
    return sample;
}

}  // namespace

Result<BuildCost> costOfBuild(project::Project& project, const std::optional<project::ModelInfo>& lenders,
                              const SemanticSettings& settings, const nmf::HierarchyOptions& options,
                              const text::TfidfOptions& text, jobs::JobContext& context) {
    BuildCost cost;
    jobs::JobContext quiet([&](const nlohmann::json&) {
        if (context.shouldStop()) quiet.setControl(jobs::Control::Discard);
    });
    ESPALIER_ASSIGN(const Sample sample, readSample(project, text, cost.documents, quiet));
    const auto n = static_cast<double>(cost.documents);
    const double scale = sample.counts.rows > 0 ? n / static_cast<double>(sample.counts.rows) : 0;
    const double threads = options.threads > 0 ? options.threads : platform::processorCount();
    double before = sample.seconds * scale;
    const double words = static_cast<double>(sample.counts.columns.size()) * scale;
    double held = words * 8 + n * kBytesPerDocument;
    double reading = words * kBytesPerWord + n * kBytesPerDocument;
    SparseRows smoothed;
    if (lenders && sample.counts.rows > 0) {
        const auto begun = Clock::now();
        ESPALIER_ASSIGN(const UnitVectors unit, unitVectors(project, *lenders, sample.keys));
        index::NeighbourOptions among;
        among.count = settings.neighbours;
        among.threads = options.threads;
        const auto searched = Clock::now();
        ESPALIER_ASSIGN(const auto found, index::nearestNeighbours(unit.rows, among, quiet));
        const double seconds = secondsSince(searched);
        const bool exact = n * n <= static_cast<double>(among.exactPairs);
        nmf::SmoothingOptions smoothing;
        smoothing.lent = settings.lent;
        smoothing.smallest = settings.smallest;
        smoothing.threads = options.threads;
        const auto weights = neighbourWeights(found, unit.places, sample.counts.rows, unit.places, sample.counts.rows);
        ESPALIER_ASSIGN(smoothed, nmf::smoothedRows(sample.counts, sample.counts, weights,
                                                    nmf::rootTermWeights(sample.counts), smoothing, quiet));
        before += (secondsSince(begun) - seconds) * scale;
        before += exact ? seconds * scale * scale : n * kGraphSeconds / threads;
        const double vectors = n * static_cast<double>(unit.rows.cols) * 4;
        const double neighbours = n * settings.neighbours * 8;
        held += static_cast<double>(smoothed.columns.size()) * scale * 8;
        // The vectors once as read, once scaled, and in a graph a third time with their links.
        reading = std::max(reading, held + (exact ? 2 : 3) * vectors + 2 * neighbours + (exact ? 0 : n * 280));
    }
    nmf::HierarchyOptions growing = options;
    growing.onSplit = {};
    growing.onWhole = {};
    ESPALIER_ASSIGN(const nmf::TreeCost tree, nmf::estimateTree(sample.counts, lenders ? smoothed : sample.counts,
                                                                cost.documents, growing, quiet));
    const double around = before + n * kStoredSeconds + kFixedSeconds;
    cost.seconds = around + tree.seconds;
    cost.low = around + tree.low;
    cost.high = around + tree.high;
    cost.neededMb = std::max(reading, held + static_cast<double>(tree.peakBytes)) / kMegabyte;
    cost.peakMb = static_cast<double>(platform::peakMemoryBytes()) / kMegabyte + cost.neededMb;
    cost.freeMb = static_cast<double>(platform::freeMemoryBytes()) / kMegabyte;
    return cost;
}

nlohmann::json toJson(const BuildCost& cost) {
    const auto rounded = [](double value) { return std::round(value * 100) / 100; };
    return {{"seconds", rounded(cost.seconds)},
            {"low", rounded(cost.low)},
            {"high", rounded(cost.high)},
            {"peak_mb", std::round(cost.peakMb)},
            {"free_mb", cost.freeMb > 0 ? nlohmann::json(std::round(cost.freeMb)) : nlohmann::json(nullptr)},
            {"documents", cost.documents}};
}

Status requireMemory(const BuildCost& cost) {
    if (!(cost.freeMb > 0) || cost.neededMb / kMemorySlack <= cost.freeMb) return {};
    const auto megabytes = [](double mb) { return std::to_string(std::llround(mb)) + " MB"; };
    return makeError(ErrorCode::OutOfMemory,
                     "growing this tree takes about " + megabytes(cost.neededMb) + " of memory and " +
                         megabytes(cost.freeMb) +
                         " are free: close other programs, lower --perturbations or --threads, or use fewer documents");
}

}  // namespace espalier::pipeline
