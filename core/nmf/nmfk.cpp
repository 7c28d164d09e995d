// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/nmfk.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "core/jobs/job_context.h"
#include "core/nmf/detail/split_search.h"
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf {
namespace {

constexpr std::int64_t kDocumentsPerTask = 2048;

Status validate(const SparseRows& x, const NmfkOptions& o) {
    const auto refuse = [](const char* what) { return makeError(ErrorCode::InvalidArgument, what); };
    if (o.kMin < 1 || o.kMax < o.kMin)
        return refuse("The largest number of topics must be at least the smallest, and that at least 1.");
    if (!(o.poissonUnit >= 0 && std::isfinite(o.poissonUnit))) return refuse("The weight of a count must be above 0.");
    if (!std::isfinite(o.ruleOut)) return refuse("The silhouette that rules larger numbers out must be a number.");
    if (o.perturbations < 2) return refuse("At least 2 perturbations are needed to judge stability.");
    if (!(o.noise >= 0 && o.noise < 1)) return refuse("The noise must lie in [0, 1).");
    if (!(o.leftOut > 0 && o.leftOut < 1)) return refuse("The share of documents left out must lie in (0, 1).");
    if (!(o.threshold > 0 && o.threshold <= 1)) return refuse("The stability threshold must lie in (0, 1].");
    if (o.iterations < 1) return refuse("At least one iteration is needed.");
    if (!(o.tolerance >= 0)) return refuse("The tolerance cannot be negative.");
    if (o.threads < 0) return refuse("The number of threads cannot be negative.");
    for (std::int64_t r = 0; r < x.rows; ++r) {
        for (const float value : x.rowValues(r)) {
            if (!(value >= 0) || !std::isfinite(value))
                return makeError(ErrorCode::InvalidArgument,
                                 "Document " + std::to_string(r) + " has a weight that is negative or not a number.");
        }
    }
    return {};
}

/// The matrix without empty rows and columns (zeros that are stored count as empty too), and where its rows came from.
struct Pruned {
    TwoWayMatrix x;
    std::vector<std::int64_t> documents, terms;
};

Pruned prune(const SparseRows& x) {
    std::vector<std::int32_t> newTerm(static_cast<std::size_t>(x.cols), -1);
    for (std::size_t i = 0; i < x.columns.size(); ++i) {
        if (x.values[i] > 0) newTerm[static_cast<std::size_t>(x.columns[i])] = 0;
    }
    Pruned pruned;
    for (std::size_t t = 0; t < newTerm.size(); ++t) {
        if (newTerm[t] < 0) continue;
        newTerm[t] = static_cast<std::int32_t>(pruned.terms.size());
        pruned.terms.push_back(static_cast<std::int64_t>(t));
    }
    SparseRows kept;
    kept.cols = static_cast<std::int64_t>(pruned.terms.size());
    for (std::int64_t r = 0; r < x.rows; ++r) {
        const auto columns = x.rowColumns(r);
        const auto values = x.rowValues(r);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (!(values[i] > 0)) continue;
            kept.columns.push_back(newTerm[static_cast<std::size_t>(columns[i])]);
            kept.values.push_back(values[i]);
        }
        if (static_cast<std::int64_t>(kept.columns.size()) == kept.offsets.back()) continue;
        kept.offsets.push_back(static_cast<std::int64_t>(kept.columns.size()));
        pruned.documents.push_back(r);
        ++kept.rows;
    }
    pruned.x = TwoWayMatrix(std::move(kept));
    return pruned;
}

}  // namespace

int chooseK(std::span<const StabilityPoint> table, KRule rule, double threshold) {
    int chosen = 1;
    if (rule == KRule::Surplus) {
        double most = 0;
        for (const auto& point : table) {
            const double surplus = point.k * (point.topicMean - threshold);
            if (point.k < 2 || surplus <= most + kSameSurplus) continue;
            most = surplus;
            chosen = point.k;
        }
        return chosen;
    }
    if (rule == KRule::Ours) {
        for (const auto& point : table) {
            if (std::min(point.wMin, point.hMin) >= threshold) chosen = std::max(chosen, point.k);
        }
        return chosen;
    }
    double bestW = -1;
    double bestH = -1;
    for (const auto& point : table) {
        bestW = std::max(bestW, point.wMin);
        bestH = std::max(bestH, point.hMin);
    }
    const double lowered = std::min({threshold, bestW, bestH});
    int kW = 1;
    int kH = 1;
    for (const auto& point : table) {
        if (point.wMin >= lowered) kW = std::max(kW, point.k);
        if (point.hMin >= lowered) kH = std::max(kH, point.k);
    }
    return std::min(kW, kH);
}

Result<NmfkResult> nmfk(const SparseRows& x, const NmfkOptions& options, jobs::JobContext& context) {
    ESPALIER_TRY(validate(x, options));
    const Pruned pruned = prune(x);
    detail::WorkQueue queue(options.threads);
    NmfkResult result;
    Factor h;
    std::vector<double> gramW;
    std::atomic<std::int64_t> done{0};
    const auto search = std::make_shared<detail::SplitSearch>(
        queue, pruned.x, options, options.seed, [&](int k, bool) { done += k; },
        [&](detail::SplitOutcome outcome) {
            result.k = outcome.k;
            result.stability = std::move(outcome.stability);
            result.rankOneError = outcome.rankOneError;
            if (outcome.k < 2) return;
            result.w = std::move(outcome.w);
            h = Factor(pruned.x.byDocument.rows, result.k);
            gramW.assign(static_cast<std::size_t>(result.w.stride) * static_cast<std::size_t>(result.w.stride), 0.0);
            simd::kernels().gram(result.w.values.data(), result.w.rows, result.w.stride, gramW.data());
            simd::mirrorGram(gramW.data(), result.w.stride);
            const auto tasks = static_cast<int>((h.rows + kDocumentsPerTask - 1) / kDocumentsPerTask);
            detail::addTasksThen(
                queue, tasks,
                [&](int i) {
                    detail::fitRows(pruned.x.byDocument, result.w, gramW, h, i * kDocumentsPerTask,
                                    std::min(h.rows, (i + 1) * kDocumentsPerTask));
                },
                [&] { result.relativeError = relativeError(pruned.x.byDocument, result.w, h); });
        });
    if (search->candidates().empty()) return result;
    std::int64_t total = 0;
    for (const int k : search->candidates()) total += std::int64_t{k} * options.perturbations;
    search->start();
    ESPALIER_TRY(queue.run(context, [&] { context.progress("topics", done, total); }));

    if (result.k < 2) return result;
    Factor w(x.cols, result.k);
    for (std::size_t t = 0; t < pruned.terms.size(); ++t)
        std::copy_n(result.w.row(static_cast<std::int64_t>(t)), w.stride, w.row(pruned.terms[t]));
    result.w = std::move(w);
    result.h = Factor(x.rows, result.k);
    for (std::size_t d = 0; d < pruned.documents.size(); ++d)
        std::copy_n(h.row(static_cast<std::int64_t>(d)), h.stride, result.h.row(pruned.documents[d]));
    return result;
}

}  // namespace espalier::nmf
