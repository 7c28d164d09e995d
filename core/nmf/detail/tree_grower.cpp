// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/detail/tree_grower.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "core/base/rng.h"
#include "core/jobs/job_context.h"
#include "core/nmf/detail/label_rows.h"
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf::detail {
namespace {

constexpr std::int64_t kDocumentsPerTask = 2048;
constexpr std::int64_t kSmallestChild = 5;
constexpr double kSmallestChildShare = 0.005;
constexpr double kSameWords = 1e-4;  // relative error of one topic below which all documents say the same

std::string plural(std::int64_t n, const char* one, const char* many) {
    return std::to_string(n) + " " + (n == 1 ? one : many);
}

/// Share of the squared norm that the strongest direction of structureless noise of this shape takes:
/// (sqrt(n) + sqrt(m))^2 / (n m), the edge of Marchenko and Pastur (1967).
double shareOfNoise(const SparseRows& x) {
    const double edge = 1 / std::sqrt(static_cast<double>(x.rows)) + 1 / std::sqrt(static_cast<double>(x.cols));
    return edge * edge;
}

}  // namespace

double factorisationWork(double nonZeros, double sides, int k) {
    constexpr double kSweep = 1.2;  // fitted to 16 trees of 400 to 18,000 documents: time within a third of this
    return nonZeros * k + kSweep * sides * k * k;
}

TreeGrower::TreeGrower(const SparseRows& counts, const SparseRows& rows, const HierarchyOptions& options)
    : m_counts(counts), m_rows(rows), m_options(options), m_queue(options.threads) {
    m_root.seed = options.seed;
    for (std::int64_t d = 0; d < counts.rows; ++d) {
        const auto values = counts.rowValues(d);
        if (std::any_of(values.begin(), values.end(), [](float v) { return v > 0; }))
            m_root.documents.push_back(static_cast<std::int32_t>(d));
    }
    m_unitsTotal = static_cast<std::int64_t>(m_root.documents.size()) * unitsFrom(0);
}

int TreeGrower::kMaxAt(int depth) const {
    return depth == 0 ? m_options.kMax : std::min(m_options.kMax, m_options.deepKMax);
}

std::int64_t TreeGrower::unitsAt(int depth) const {
    const std::int64_t k = kMaxAt(depth);
    return (k * (k + 1) / 2 - (m_options.kMin - 1)) * m_options.perturbations;
}

std::int64_t TreeGrower::unitsFrom(int depth) const {
    std::int64_t units = 0;
    for (int d = depth; d < m_options.depth; ++d) units += unitsAt(d);
    return units;
}

Status TreeGrower::run(jobs::JobContext& context) {
    if (m_counts.rows == 0) {
        m_root.stopReason = "There are no documents.";
    } else if (m_root.documents.empty()) {
        m_root.stopReason = "No document has a word that could be a term.";
    } else {
        begin(m_root);
    }
    Status ended = m_queue.run(context, [&] {
        tellSettled();
        context.progress("tree", m_unitsDone, m_unitsTotal);
    });
    if (!ended) {
        stopUnsettled(m_root);
        return ended;
    }
    tellSettled();
    context.progress("tree", m_unitsTotal, m_unitsTotal);
    return {};
}

void TreeGrower::stop(GrowingLabel& label, std::string reason) {
    label.stopReason = std::move(reason);
    if (m_options.onWhole) {
        const std::lock_guard lock(m_mutex);
        m_whole.emplace_back(label.number, label.stopReason);
    }
    label.x = TwoWayMatrix();
    label.w = Factor();
    label.h = Factor();
    label.terms.clear();
    label.idf.clear();
}

void TreeGrower::begin(GrowingLabel& label) {
    const auto count = static_cast<std::int64_t>(label.documents.size());
    std::string reason;
    if (label.depth >= m_options.depth) {
        reason = "It lies at the deepest level asked for (" + plural(m_options.depth, "level", "levels") + ").";
    } else if (count < m_options.minDocuments) {
        reason = "It has " + plural(count, "document", "documents") + "; a label is split from " +
                 std::to_string(m_options.minDocuments) + " on.";
    }
    if (!reason.empty()) {
        m_unitsDone += count * unitsFrom(label.depth);
        return stop(label, std::move(reason));
    }
    m_queue.add([this, &label] { prepare(label); });
}

void TreeGrower::weigh(GrowingLabel& label) {
    LabelRows weighed = weighRows(m_counts, m_rows, label.documents);
    label.terms = std::move(weighed.terms);
    label.idf = std::move(weighed.idf);
    label.x = TwoWayMatrix(std::move(weighed.x));
}

void TreeGrower::prepare(GrowingLabel& label) {
    weigh(label);
    NmfkOptions options;
    options.kMin = m_options.kMin;
    options.kMax = kMaxAt(label.depth);
    options.exactK = label.depth == 0 ? m_options.exactK : 0;
    options.perturbations = m_options.perturbations;
    options.noise = m_options.noise;
    options.leftOut = m_options.leftOut;
    options.threshold = m_options.threshold;
    options.iterations = m_options.iterations;
    options.solver = m_options.solver;
    options.matching = m_options.matching;
    options.resampler = m_options.resampler;
    options.rule = m_options.rule;
    options.search = m_options.search;
    options.tolerance = m_options.tolerance;
    options.ruleOut = m_options.ruleOut;
    options.permuteH = m_options.permuteH;
    options.scatterStart = m_options.scatterStart;
    options.fillStart = m_options.fillStart;
    const auto count = static_cast<std::int64_t>(label.documents.size());
    const auto search = std::make_shared<SplitSearch>(
        m_queue, label.x, options, label.seed,
        [this, count, &label](int k, bool tried) {
            m_unitsDone += count * k;
            const SparseRows& x = label.x.byDocument;
            if (tried)
                m_work += std::llround(
                    factorisationWork(static_cast<double>(x.columns.size()), static_cast<double>(x.rows + x.cols), k));
        },
        [this, &label](SplitOutcome outcome) { split(label, std::move(outcome)); });
    std::int64_t planned = 0;
    for (const int k : search->candidates()) planned += std::int64_t{k} * m_options.perturbations;
    m_unitsDone += count * (unitsAt(label.depth) - planned);
    if (search->candidates().empty()) {
        m_unitsDone += count * unitsFrom(label.depth + 1);
        return stop(label, "Its documents use too few different words.");
    }
    search->start();
}

void TreeGrower::split(GrowingLabel& label, SplitOutcome outcome) {
    label.stability = std::move(outcome.stability);
    label.rankOneError = outcome.rankOneError;
    if (outcome.k > 1 && outcome.rankOneError > kSameWords) {
        label.w = std::move(outcome.w);
        return fit(label);
    }
    m_unitsDone += static_cast<std::int64_t>(label.documents.size()) * unitsFrom(label.depth + 1);
    if (outcome.rankOneError <= kSameWords) return stop(label, "All its documents use the same words.");
    const int most = label.stability.empty() ? kMaxAt(label.depth) : label.stability.back().k;
    stop(label, most > 2 ? "No split into 2 to " + std::to_string(most) + " labels was stable."
                         : std::string("A split into 2 labels was not stable."));
}

void TreeGrower::fit(GrowingLabel& label) {
    label.h = Factor(label.x.byDocument.rows, label.w.k);
    label.gramW.assign(static_cast<std::size_t>(label.w.stride) * static_cast<std::size_t>(label.w.stride), 0.0);
    simd::kernels().gram(label.w.values.data(), label.w.rows, label.w.stride, label.gramW.data());
    simd::mirrorGram(label.gramW.data(), label.w.stride);
    const auto tasks = static_cast<int>((label.h.rows + kDocumentsPerTask - 1) / kDocumentsPerTask);
    addTasksThen(
        m_queue, tasks,
        [this, &label](int i) {
            if (m_queue.stopRequested()) return;
            fitRows(label.x.byDocument, label.w, label.gramW, label.h, i * kDocumentsPerTask,
                    std::min(label.h.rows, (i + 1) * kDocumentsPerTask));
        },
        [this, &label] {
            if (!m_queue.stopRequested()) route(label);
        });
}

void TreeGrower::route(GrowingLabel& label) {
    const int k = label.w.k;
    const auto count = static_cast<std::int64_t>(label.documents.size());
    std::vector<std::vector<std::int32_t>> routed(static_cast<std::size_t>(k));
    for (std::int64_t d = 0; d < count; ++d) {
        const float* row = label.h.row(d);
        const float* largest = std::max_element(row, row + k);
        // Near ties go to the lower index.
        const auto child = std::find_if(row, row + k, [&](float v) { return v >= *largest * (1 - 1e-6F); }) - row;
        routed[static_cast<std::size_t>(child)].push_back(label.documents[static_cast<std::size_t>(d)]);
    }
    const auto smallest = std::min_element(routed.begin(), routed.end(),
                                           [](const auto& a, const auto& b) { return a.size() < b.size(); });
    const auto least =
        m_options.mergeSmall
            ? std::max(kSmallestChild,
                       static_cast<std::int64_t>(std::ceil(kSmallestChildShare * static_cast<double>(count))))
            : std::int64_t{1};
    const bool sliver = static_cast<std::int64_t>(smallest->size()) < least;
    const auto leaf = [&](std::string reason) {
        m_unitsDone += count * unitsFrom(label.depth + 1);
        stop(label, std::move(reason));
    };
    if (sliver && k == 2) return leaf("Only one part would keep enough documents.");
    if (sliver) {
        mergeSliver(label, static_cast<int>(smallest - routed.begin()));
        return fit(label);
    }
    const double error = relativeError(label.x.byDocument, label.w, label.h);
    const double gain = label.rankOneError * label.rankOneError - error * error;
    if (gain < m_options.minGain * (k - 1) * shareOfNoise(label.x.byDocument))
        return leaf("A split would explain no more of its words than chance does.");

    std::vector<int> order(static_cast<std::size_t>(k));
    for (int c = 0; c < k; ++c) order[static_cast<std::size_t>(c)] = c;
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        const auto& first = routed[static_cast<std::size_t>(a)];
        const auto& second = routed[static_cast<std::size_t>(b)];
        return first.size() != second.size() ? first.size() > second.size() : first.front() < second.front();
    });
    Factor sorted(label.w.rows, k);
    for (int c = 0; c < k; ++c) {
        const int from = order[static_cast<std::size_t>(c)];
        for (std::int64_t t = 0; t < sorted.rows; ++t) sorted.at(t, c) = label.w.at(t, from);
        auto child = std::make_unique<GrowingLabel>();
        child->depth = label.depth + 1;
        child->parent = &label;
        child->seed = mixSeeds(label.seed, static_cast<std::uint64_t>(c) + 1);
        child->documents = std::move(routed[static_cast<std::size_t>(from)]);
        label.children.push_back(std::move(child));
    }
    label.w = std::move(sorted);
    label.x = TwoWayMatrix();
    label.h = Factor();
    describeChildren(label);
    announce(label);
    for (const auto& child : label.children) begin(*child);
}

/// Terms of the children, by w ln(w / mean over the siblings).
void TreeGrower::describeChildren(GrowingLabel& label) {
    std::unordered_set<std::int32_t> taken(m_options.saidAbove.begin(), m_options.saidAbove.end());  // by the ancestors
    for (const GrowingLabel* at = &label; at != nullptr; at = at->parent) {
        for (const auto& term : at->strongest) taken.insert(term.first);
    }
    auto strongest = strongestTerms(label.w, label.terms, taken, m_options.termsPerLabel);
    for (std::size_t c = 0; c < strongest.size(); ++c) label.children[c]->strongest = std::move(strongest[c]);
}

void TreeGrower::announce(GrowingLabel& label) {
    const std::lock_guard lock(m_mutex);
    GrownSplit split;
    split.label = label.number;
    for (const auto& child : label.children) {
        child->number = ++m_lastNumber;
        if (m_options.onSplit)
            split.children.push_back(
                {child->number, static_cast<std::int64_t>(child->documents.size()), child->strongest});
    }
    if (m_options.onSplit) m_splits.push_back(std::move(split));
}

void TreeGrower::tellSettled() {
    std::vector<GrownSplit> splits;
    std::vector<std::pair<int, std::string>> whole;  // the splits they came from are among `splits` or were told before
    {
        const std::lock_guard lock(m_mutex);
        splits.swap(m_splits);
        whole.swap(m_whole);
    }
    for (const GrownSplit& split : splits) m_options.onSplit(split);
    for (const auto& [label, reason] : whole) m_options.onWhole(label, reason);
}

void TreeGrower::stopUnsettled(GrowingLabel& label) {
    if (label.children.empty() && label.stopReason.empty()) stop(label, "The work was stopped before it was split.");
    for (const auto& child : label.children) stopUnsettled(*child);
}

void TreeGrower::mergeSliver(GrowingLabel& label, int sliver) {
    const Factor& w = label.w;
    const auto stride = static_cast<std::size_t>(w.stride);
    const auto gram = [&](int i, int j) {
        return label.gramW[static_cast<std::size_t>(i) * stride + static_cast<std::size_t>(j)];
    };
    int closest = -1;
    double best = -1;
    for (int c = 0; c < w.k; ++c) {
        const double lengths = std::sqrt(gram(c, c) * gram(sliver, sliver));
        const double cosine = lengths > 0 ? gram(c, sliver) / lengths : 0;
        if (c != sliver && cosine > best) {
            best = cosine;
            closest = c;
        }
    }
    // The joint topic weighs each by the mass that its documents gave it.
    double massSliver = 0;
    double massClosest = 0;
    for (std::int64_t d = 0; d < label.h.rows; ++d) {
        massSliver += double{label.h.at(d, sliver)};
        massClosest += double{label.h.at(d, closest)};
    }
    const double total = massSliver + massClosest;
    const double share = total > 0 ? massSliver / total : 0.5;
    Factor merged(w.rows, w.k - 1);
    for (std::int64_t t = 0; t < w.rows; ++t) {
        int target = 0;
        for (int c = 0; c < w.k; ++c) {
            if (c == sliver) continue;
            const double value =
                c == closest ? (1 - share) * double{w.at(t, c)} + share * double{w.at(t, sliver)} : double{w.at(t, c)};
            merged.at(t, target++) = static_cast<float>(value);
        }
    }
    label.w = std::move(merged);
}

}  // namespace espalier::nmf::detail
