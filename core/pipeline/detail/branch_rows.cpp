// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/detail/branch_rows.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "core/text/document.h"

namespace espalier::pipeline::detail {
namespace {

Result<std::string> inputOf(project::Project& project, DocumentKey key) {
    ESPALIER_ASSIGN(const project::DocumentRecord record, project.document(key));
    return text::inputString(record.document);
}

void append(SparseRows& all, const SparseRows& one, std::int64_t row) {
    const auto columns = one.rowColumns(row);
    const auto values = one.rowValues(row);
    all.columns.insert(all.columns.end(), columns.begin(), columns.end());
    all.values.insert(all.values.end(), values.begin(), values.end());
    all.offsets.push_back(static_cast<std::int64_t>(all.columns.size()));
    ++all.rows;
}

}  // namespace

Result<SparseRows> countsOf(project::Project& project, const text::TfidfModel& tfidf, std::span<const DocumentKey> keys,
                            jobs::JobContext& context) {
    SparseRows all;
    all.cols = static_cast<std::int64_t>(tfidf.vocabulary().size());
    for (const DocumentKey key : keys) {
        ESPALIER_TRY(context.checkStop());
        ESPALIER_ASSIGN(std::string text, inputOf(project, key));
        const SparseRows one = tfidf.counts(std::vector<std::string>{std::move(text)});
        append(all, one, 0);
    }
    return all;
}

Result<std::optional<project::ModelInfo>> lendersNow(project::Project& project, const SemanticSettings& settings,
                                                     jobs::JobContext& context) {
    ESPALIER_ASSIGN(const auto models, project.models());
    for (const auto& model : models) {
        if (model.name == settings.model && model.sha256 == settings.modelSha256 && !model.vectorsFile.empty())
            return std::optional(model);
    }
    context.warning("the tree was built with vectors of \"" + settings.model +
                    "\", which the project does not have any more: the documents are placed by their own words alone");
    return std::optional<project::ModelInfo>();
}

SparseRows pickRows(const SparseRows& rows, std::span<const std::int64_t> picked) {
    SparseRows some;
    some.cols = rows.cols;
    for (const std::int64_t row : picked) append(some, rows, row);
    return some;
}

Result<BranchRows> readBranchRows(project::Project& project, const text::TfidfModel& tfidf,
                                  const std::optional<SemanticSettings>& semantic,
                                  const std::vector<DocumentKey>& wanted, int threads, jobs::JobContext& context) {
    std::optional<project::ModelInfo> lenders;
    if (semantic) {
        ESPALIER_ASSIGN(lenders, lendersNow(project, *semantic, context));
    }
    const std::unordered_set<DocumentKey> isWanted(wanted.begin(), wanted.end());
    // Smoothing needs the words of the whole corpus, words alone only those of the documents themselves.
    SparseRows counts;
    counts.cols = static_cast<std::int64_t>(tfidf.vocabulary().size());
    std::vector<DocumentKey> keys;
    std::vector<std::string> hashes;
    ESPALIER_ASSIGN(const std::int64_t documents, project.documentCount());
    std::int64_t seen = 0;
    const Status walked = project.forEachDocument(
        [&](DocumentKey key, const text::Document& document, const std::string& hash) -> Status {
            ESPALIER_TRY(context.checkStop());
            context.progress("words", ++seen, documents);
            if (!lenders && isWanted.count(key) == 0) return {};
            keys.push_back(key);
            hashes.push_back(hash);
            append(counts, tfidf.counts(std::vector<std::string>{text::inputString(document)}), 0);
            return {};
        });
    ESPALIER_TRY(walked);
    std::vector<std::int64_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return hashes[static_cast<std::size_t>(a)] < hashes[static_cast<std::size_t>(b)];
    });
    counts = pickRows(counts, order);
    std::vector<DocumentKey> inOrder;
    std::vector<std::int64_t> picked;
    for (std::size_t i = 0; i < order.size(); ++i) {
        inOrder.push_back(keys[static_cast<std::size_t>(order[i])]);
        if (isWanted.count(inOrder.back()) > 0) picked.push_back(static_cast<std::int64_t>(i));
    }
    BranchRows branch;
    if (lenders) {
        ESPALIER_ASSIGN(const SemanticRows smoothed,
                        semanticRows(project, *lenders, *semantic, inOrder, counts, threads, context));
        branch.rows = pickRows(smoothed.rows, picked);
    }
    branch.counts = pickRows(counts, picked);
    if (!lenders) branch.rows = branch.counts;
    for (const std::int64_t place : picked) branch.keys.push_back(inOrder[static_cast<std::size_t>(place)]);
    return branch;
}

std::vector<std::pair<int, double>> dealOut(double mass, const std::vector<std::pair<int, float>>& shares,
                                            const nmf::Hierarchy& hierarchy) {
    if (mass < nmf::kSmallestSplitMass || shares.empty()) return {{0, mass}};
    double total = 0;
    for (const auto& [node, share] : shares) total += double{share};
    std::vector<double> rests(hierarchy.nodes.size(), 0.0);
    for (const auto& [node, share] : shares) rests[static_cast<std::size_t>(node)] += mass * double{share} / total;
    for (std::size_t v = rests.size(); v-- > 1;) {
        if (rests[v] >= nmf::kSmallestShare) continue;
        rests[static_cast<std::size_t>(hierarchy.nodes[v].parent)] += rests[v];
        rests[v] = 0;
    }
    std::vector<std::pair<int, double>> dealt;
    for (std::size_t v = 0; v < rests.size(); ++v) {
        if (rests[v] > 0) dealt.emplace_back(static_cast<int>(v), rests[v]);
    }
    return dealt;
}

}  // namespace espalier::pipeline::detail
