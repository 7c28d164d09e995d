// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/smoothing.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/jobs/job_context.h"
#include "core/nmf/detail/work_queue.h"

namespace espalier::nmf {
namespace {

constexpr std::int64_t kDocumentsPerTask = 512;

/// 1 / length of each weighted row; 0 for an empty one.
std::vector<double> inverseLengths(const SparseRows& counts, std::span<const float> weights) {
    std::vector<double> inverse(static_cast<std::size_t>(counts.rows), 0.0);
    for (std::int64_t r = 0; r < counts.rows; ++r) {
        const auto columns = counts.rowColumns(r);
        const auto values = counts.rowValues(r);
        double square = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const double weight = double{values[i]} * double{weights[static_cast<std::size_t>(columns[i])]};
            square += weight * weight;
        }
        if (square > 0) inverse[static_cast<std::size_t>(r)] = 1 / std::sqrt(square);
    }
    return inverse;
}

/// A sum of sparse rows: a dense row with the list of the places in use.
class RowSum {
public:
    explicit RowSum(std::size_t terms) : m_values(terms, 0.0) {}

    void add(std::span<const std::int32_t> columns, std::span<const float> counts, std::span<const float> weights,
             double factor) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto term = static_cast<std::size_t>(columns[i]);
            const double value = factor * double{counts[i]} * double{weights[term]};
            if (!(value > 0)) continue;
            if (m_values[term] == 0) m_used.push_back(columns[i]);
            m_values[term] += value;
        }
    }
    /// Appends what is left after dropping, divided by the weights, and starts anew. False: nothing was left.
    bool flush(std::span<const float> weights, double smallest, SparseRows& out) {
        std::sort(m_used.begin(), m_used.end());
        double square = 0;
        for (const auto term : m_used) square += at(term) * at(term);
        const double length = std::sqrt(square);
        const auto before = out.columns.size();
        for (const auto term : m_used) {
            const double value = length > 0 ? at(term) / length : 0;
            m_values[static_cast<std::size_t>(term)] = 0;
            if (!(value > 0) || value < smallest) continue;
            out.columns.push_back(term);
            out.values.push_back(static_cast<float>(value / double{weights[static_cast<std::size_t>(term)]}));
        }
        m_used.clear();
        return out.columns.size() > before;
    }

private:
    double at(std::int32_t term) const { return m_values[static_cast<std::size_t>(term)]; }
    std::vector<double> m_values;
    std::vector<std::int32_t> m_used;
};

void keep(std::span<const std::int32_t> columns, std::span<const float> values, SparseRows& out) {
    out.columns.insert(out.columns.end(), columns.begin(), columns.end());
    out.values.insert(out.values.end(), values.begin(), values.end());
}

}  // namespace

std::vector<float> rootTermWeights(const SparseRows& counts) {
    std::vector<std::int64_t> df(static_cast<std::size_t>(counts.cols), 0);
    std::int64_t documents = 0;
    for (std::int64_t r = 0; r < counts.rows; ++r) {
        const auto columns = counts.rowColumns(r);
        const auto values = counts.rowValues(r);
        bool any = false;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (!(values[i] > 0)) continue;
            ++df[static_cast<std::size_t>(columns[i])];
            any = true;
        }
        documents += any ? 1 : 0;
    }
    std::vector<float> weights(df.size());
    for (std::size_t t = 0; t < df.size(); ++t)
        weights[t] =
            static_cast<float>(std::log((1 + static_cast<double>(documents)) / (1 + static_cast<double>(df[t]))) + 1);
    return weights;
}

Result<SparseRows> smoothedRows(const SparseRows& counts, const SparseRows& lenders, const SparseRows& neighbours,
                                std::span<const float> termWeights, const SmoothingOptions& options,
                                jobs::JobContext& context) {
    if (neighbours.rows != counts.rows || neighbours.cols != lenders.rows || lenders.cols != counts.cols ||
        static_cast<std::int64_t>(termWeights.size()) != counts.cols)
        return makeError(ErrorCode::InvalidArgument, "the documents, their neighbours and the terms do not agree");
    if (!(options.lent >= 0 && options.lent <= 1) || !(options.smallest >= 0 && options.smallest < 1))
        return makeError(ErrorCode::InvalidArgument, "the share of the neighbours must lie in [0, 1]");
    ESPALIER_TRY(context.checkStop());

    const std::vector<double> own = inverseLengths(counts, termWeights);
    std::vector<double> others;
    if (&lenders != &counts) others = inverseLengths(lenders, termWeights);
    const std::vector<double>& lenderLengths = &lenders == &counts ? own : others;
    const auto tasks = static_cast<std::size_t>((counts.rows + kDocumentsPerTask - 1) / kDocumentsPerTask);
    std::vector<SparseRows> parts(tasks);
    std::atomic<std::int64_t> done{0};
    detail::WorkQueue queue(options.threads);
    for (std::size_t task = 0; task < tasks; ++task) {
        queue.add([&, task] {
            SparseRows& part = parts[task];
            RowSum sum(termWeights.size());
            const std::int64_t first = static_cast<std::int64_t>(task) * kDocumentsPerTask;
            const std::int64_t end = std::min(counts.rows, first + kDocumentsPerTask);
            for (std::int64_t d = first; d < end; ++d) {
                const auto columns = counts.rowColumns(d);
                const auto values = counts.rowValues(d);
                const double length = own[static_cast<std::size_t>(d)];
                const auto from = neighbours.rowColumns(d);
                const auto weights = neighbours.rowValues(d);
                if (length > 0 && !from.empty() && options.lent > 0) {
                    sum.add(columns, values, termWeights, (1 - options.lent) * length);
                    for (std::size_t i = 0; i < from.size(); ++i)
                        sum.add(lenders.rowColumns(from[i]), lenders.rowValues(from[i]), termWeights,
                                options.lent * double{weights[i]} * lenderLengths[static_cast<std::size_t>(from[i])]);
                    if (!sum.flush(termWeights, options.smallest, part)) keep(columns, values, part);
                } else {
                    keep(columns, values, part);
                }
                part.offsets.push_back(static_cast<std::int64_t>(part.columns.size()));
            }
            done += end - first;
        });
    }
    ESPALIER_TRY(queue.run(context, [&] { context.progress("smooth", done, counts.rows); }));
    context.progress("smooth", counts.rows, counts.rows);

    SparseRows out;
    out.rows = counts.rows;
    out.cols = counts.cols;
    std::size_t entries = 0;
    for (const SparseRows& part : parts) entries += part.columns.size();
    out.columns.reserve(entries);
    out.values.reserve(entries);
    for (SparseRows& part : parts) {
        const auto base = static_cast<std::int64_t>(out.columns.size());
        keep(part.columns, part.values, out);
        for (std::size_t i = 1; i < part.offsets.size(); ++i) out.offsets.push_back(base + part.offsets[i]);
        part = {};
    }
    return out;
}

std::vector<double> ownShares(const SparseRows& counts, const SparseRows& lenders, const SparseRows& neighbours,
                              std::span<const float> termWeights, double lent, std::span<const std::int32_t> columns) {
    const auto from = neighbours.rowColumns(0);
    const auto weights = neighbours.rowValues(0);
    const double length = inverseLengths(counts, termWeights).front();
    if (from.empty() || !(length > 0) || !(lent > 0)) return std::vector<double>(columns.size(), 1.0);
    const auto lengths = inverseLengths(lenders, termWeights);
    const auto amountOf = [](const SparseRows& rows, std::int64_t row, std::int32_t term) {
        const auto all = rows.rowColumns(row);
        const auto found = std::lower_bound(all.begin(), all.end(), term);
        return found == all.end() || *found != term
                   ? 0.0
                   : double{rows.rowValues(row)[static_cast<std::size_t>(found - all.begin())]};
    };
    std::vector<double> own;
    own.reserve(columns.size());
    for (const std::int32_t term : columns) {  // the term's weight is a factor of both sides
        const double said = (1 - lent) * length * amountOf(counts, 0, term);
        double borrowed = 0;
        for (std::size_t i = 0; i < from.size(); ++i)
            borrowed += lent * double{weights[i]} * lengths[static_cast<std::size_t>(from[i])] *
                        amountOf(lenders, from[i], term);
        own.push_back(said + borrowed > 0 ? said / (said + borrowed) : 1.0);
    }
    return own;
}

}  // namespace espalier::nmf
