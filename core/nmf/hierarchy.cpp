// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/hierarchy.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/jobs/job_context.h"
#include "core/nmf/detail/tree_grower.h"
#include "core/nmf/nnls.h"

namespace espalier::nmf {
namespace {

using detail::GrowingLabel;

constexpr std::int64_t kDocumentsPerTask = 1024;

Status validate(const HierarchyOptions& o) {
    const auto refuse = [](const char* what) { return makeError(ErrorCode::InvalidArgument, what); };
    if (o.depth < 1) return refuse("The depth must be at least 1.");
    if (o.kMax < 2 || o.deepKMax < 2) return refuse("The largest number of labels under one must be at least 2.");
    if (o.minDocuments < 2) return refuse("The least number of documents of a label to split must be at least 2.");
    if (o.perturbations < 2) return refuse("At least 2 perturbations are needed to judge stability.");
    if (o.iterations < 1) return refuse("At least one iteration is needed.");
    if (o.kMin < 1 || o.kMin > 2) return refuse("The least number of labels under one must be 1 or 2.");
    if (o.exactK != 0 && (o.exactK < 2 || o.exactK > o.kMax))
        return refuse("The number of labels asked for must be at least 2 and no more than the largest allowed.");
    if (!(o.tolerance >= 0)) return refuse("The tolerance cannot be negative.");
    if (!std::isfinite(o.ruleOut)) return refuse("The silhouette that rules larger numbers out must be a number.");
    if (!(o.threshold > 0 && o.threshold <= 1)) return refuse("The stability threshold must lie in (0, 1].");
    if (!(o.noise >= 0 && o.noise < 1)) return refuse("The noise must lie in [0, 1).");
    if (!(o.leftOut > 0 && o.leftOut < 1)) return refuse("The share of documents left out must lie in (0, 1).");
    if (!std::isfinite(o.minGain) || o.termsPerLabel < 1 || o.threads < 0)
        return refuse("Gain, terms per label and threads must be at least 0, 1 and 0.");
    return {};
}

Status validate(const SparseRows& counts) {
    for (std::int64_t r = 0; r < counts.rows; ++r) {
        for (const float value : counts.rowValues(r)) {
            if (!(value >= 0) || !std::isfinite(value))
                return makeError(ErrorCode::InvalidArgument,
                                 "Document " + std::to_string(r) + " has a count that is negative or not a number.");
        }
    }
    return {};
}

/// Level by level, children of one label side by side.
void flatten(GrowingLabel& root, std::int64_t terms, Hierarchy& tree) {
    std::vector<GrowingLabel*> labels{&root};
    tree.nodes.resize(1);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        GrowingLabel& label = *labels[i];
        const auto first = tree.nodes.size();
        for (const auto& child : label.children) {
            labels.push_back(child.get());
            tree.nodes.emplace_back().parent = static_cast<int>(i);
        }
        HierarchyNode& node = tree.nodes[i];
        node.terms = std::move(label.strongest);
        node.stopReason = std::move(label.stopReason);
        node.stability = std::move(label.stability);
        node.documents = static_cast<std::int64_t>(label.documents.size());
        if (label.children.empty()) continue;
        node.idf = std::move(label.idf);
        node.W = {static_cast<std::int64_t>(label.children.size()), terms, {}};
        node.W.values.resize(static_cast<std::size_t>(node.W.rows * node.W.cols));
        for (std::size_t c = 0; c < label.children.size(); ++c) {
            node.children.push_back(static_cast<int>(first + c));
            const auto row = node.W.row(static_cast<std::int64_t>(c));
            for (std::size_t t = 0; t < label.terms.size(); ++t)
                row[static_cast<std::size_t>(label.terms[t])] =
                    label.w.at(static_cast<std::int64_t>(t), static_cast<int>(c));
        }
    }
}

}  // namespace

Result<Hierarchy> buildHierarchy(const SparseRows& counts, const HierarchyOptions& options, jobs::JobContext& context) {
    return buildHierarchy(counts, counts, options, context);
}

Result<Hierarchy> buildHierarchy(const SparseRows& counts, const SparseRows& rows, const HierarchyOptions& options,
                                 jobs::JobContext& context) {
    ESPALIER_TRY(validate(options));
    ESPALIER_TRY(validate(counts));
    if (&rows != &counts) {
        if (rows.rows != counts.rows || rows.cols != counts.cols)
            return makeError(ErrorCode::InvalidArgument,
                             "The rows and the counts are of different documents or terms.");
        ESPALIER_TRY(validate(rows));
    }
    Hierarchy tree;
    tree.terms = counts.cols;
    {
        detail::TreeGrower grower(counts, rows, options);
        if (const Status ended = grower.run(context); !ended) {
            const bool keep = options.keepOnStop && ended.error().code == ErrorCode::Cancelled &&
                              context.control() == jobs::Control::Stop && !grower.root().children.empty();
            if (!keep) return ended.error();
            tree.stopped = true;
        }
        tree.work = grower.work();
        flatten(grower.root(), counts.cols, tree);
    }
    // What is kept is folded in all the same; only a second word, Discard, ends that too.
    jobs::JobContext finishing([&](const nlohmann::json& event) {
        if (context.control() == jobs::Control::Discard) finishing.setControl(jobs::Control::Discard);
        context.emit(event);
    });
    ESPALIER_ASSIGN(auto shares, FoldIn(tree).sharesOf(rows, options.threads, "memberships",
                                                       options.keepOnStop ? finishing : context));
    tree.stopped = tree.stopped || context.control() == jobs::Control::Stop;
    tree.resting.reserve(shares.size());
    tree.fits.reserve(shares.size());
    for (auto& one : shares) {
        tree.resting.push_back(std::move(one.resting));
        tree.fits.push_back(std::move(one.fits));
    }
    return tree;
}

Result<std::vector<FoldIn::Shares>> FoldIn::sharesOf(const SparseRows& rows, int threads, const char* phase,
                                                     jobs::JobContext& context) const {
    std::vector<Shares> all(static_cast<std::size_t>(rows.rows));
    detail::WorkQueue queue(threads);
    std::atomic<std::int64_t> done{0};
    for (std::int64_t begin = 0; begin < rows.rows; begin += kDocumentsPerTask) {
        queue.add([&, begin] {
            const auto end = std::min(rows.rows, begin + kDocumentsPerTask);
            for (std::int64_t d = begin; d < end; ++d)
                all[static_cast<std::size_t>(d)] = shares(rows.rowColumns(d), rows.rowValues(d));
            done += end - begin;
        });
    }
    ESPALIER_TRY(queue.run(context, [&] { context.progress(phase, done, rows.rows); }));
    context.progress(phase, rows.rows, rows.rows);
    return all;
}

FoldIn::FoldIn(const Hierarchy& hierarchy) : m_terms(hierarchy.terms) {
    for (const auto& from : hierarchy.nodes) {
        Node& node = m_nodes.emplace_back();
        node.parent = from.parent;
        if (from.children.empty()) continue;
        node.children = from.children;
        node.idf = from.idf;
        const auto k = from.children.size();
        node.topics.resize(static_cast<std::size_t>(m_terms) * k);
        node.gram.assign(k * k, 0.0);
        for (std::size_t c = 0; c < k; ++c) {
            const auto row = from.W.row(static_cast<std::int64_t>(c));
            for (std::size_t t = 0; t < row.size(); ++t) node.topics[t * k + c] = row[t];
        }
        for (std::size_t t = 0; t < static_cast<std::size_t>(m_terms); ++t) {
            const float* topic = node.topics.data() + t * k;
            for (std::size_t i = 0; i < k; ++i) {
                if (topic[i] == 0) continue;
                for (std::size_t j = 0; j < k; ++j) node.gram[i * k + j] += double{topic[i]} * double{topic[j]};
            }
        }
    }
}

namespace {
/// ||x - W h|| / ||x|| of a row of unit length. \param rhs  W'x
float fitResidual(const std::vector<double>& gram, const std::vector<double>& rhs, const std::vector<double>& h) {
    const std::size_t k = h.size();
    double square = 1;
    for (std::size_t i = 0; i < k; ++i) {
        square -= 2 * h[i] * rhs[i];
        for (std::size_t j = 0; j < k; ++j) square += h[i] * h[j] * gram[i * k + j];
    }
    return static_cast<float>(std::sqrt(std::clamp(square, 0.0, 1.0)));
}
}  // namespace

FoldIn::Shares FoldIn::shares(std::span<const std::int32_t> columns, std::span<const float> counts) const {
    Shares result;
    const auto known = [&](std::size_t i) { return columns[i] >= 0 && columns[i] < m_terms && counts[i] > 0; };
    bool any = false;
    for (std::size_t i = 0; i < columns.size(); ++i) any = any || known(i);
    if (!any || m_nodes.empty()) return result;

    std::vector<double> mass(m_nodes.size(), 0.0);
    mass[0] = 1;
    NnlsWorkspace workspace;
    std::vector<double> rhs, h;
    for (std::size_t v = 0; v < m_nodes.size(); ++v) {
        const Node& node = m_nodes[v];
        if (node.children.empty() || mass[v] < kSmallestSplitMass) continue;
        const auto k = node.children.size();
        rhs.assign(k, 0.0);
        h.assign(k, 0.0);
        double square = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (!known(i)) continue;
            const auto term = static_cast<std::size_t>(columns[i]);
            const double weight = double{counts[i]} * double{node.idf[term]};
            square += weight * weight;
            const float* topic = node.topics.data() + term * k;
            for (std::size_t c = 0; c < k; ++c) rhs[c] += weight * double{topic[c]};
        }
        if (!(square > 0)) continue;  // all its words weigh nothing here
        const double scale = 1 / std::sqrt(square);
        for (double& value : rhs) value *= scale;
        nnls(node.gram, rhs, h, workspace);
        double sum = 0;
        for (const double value : h) sum += value;
        result.fits.emplace_back(static_cast<int>(v), fitResidual(node.gram, rhs, h));
        if (!(sum > 0)) continue;  // none of its words belongs to a child: it rests here
        const double whole = mass[v];
        for (std::size_t c = 0; c < k; ++c) mass[static_cast<std::size_t>(node.children[c])] = whole * h[c] / sum;
        mass[v] = 0;
    }
    // Parents come before children, so from the back a crumb can climb as far as it must.
    for (std::size_t v = m_nodes.size(); v-- > 1;) {
        if (mass[v] >= kSmallestShare) continue;
        mass[static_cast<std::size_t>(m_nodes[v].parent)] += mass[v];
        mass[v] = 0;
    }
    for (std::size_t v = 0; v < mass.size(); ++v) {
        if (mass[v] > 0) result.resting.emplace_back(static_cast<int>(v), static_cast<float>(mass[v]));
    }
    return result;
}

int hardNode(const Hierarchy& hierarchy, std::span<const std::pair<int, float>> resting) {
    std::vector<double> own(hierarchy.nodes.size(), 0.0);
    for (const auto& [node, mass] : resting) own[static_cast<std::size_t>(node)] += double{mass};
    auto branch = own;
    for (std::size_t v = branch.size(); v-- > 1;)
        branch[static_cast<std::size_t>(hierarchy.nodes[v].parent)] += branch[v];
    int at = 0;
    while (!resting.empty()) {
        const auto& children = hierarchy.nodes[static_cast<std::size_t>(at)].children;
        int best = -1;
        for (const int child : children) {
            if (best < 0 || branch[static_cast<std::size_t>(child)] > branch[static_cast<std::size_t>(best)] + 1e-6)
                best = child;
        }
        if (best < 0 || !(branch[static_cast<std::size_t>(best)] > 0) ||
            branch[static_cast<std::size_t>(best)] < own[static_cast<std::size_t>(at)])
            break;
        at = best;
    }
    return at;
}

}  // namespace espalier::nmf
