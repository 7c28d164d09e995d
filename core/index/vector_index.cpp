// SPDX-License-Identifier: Apache-2.0
#include "core/index/vector_index.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include "core/base/dot_products.h"

namespace espalier::index {
namespace {

constexpr std::int64_t kRowsPerThread = 4096;  // fewer are not worth a thread

double norm(std::span<const float> vector) {
    double sum = 0;
    for (const float x : vector) sum += static_cast<double>(x) * static_cast<double>(x);
    return std::sqrt(sum);
}

}  // namespace

Result<VectorIndex> VectorIndex::create(std::span<const float> values, std::int64_t dim, std::vector<DocumentKey> keys,
                                        std::vector<std::int32_t> order, std::shared_ptr<const void> owner) {
    const auto rows = static_cast<std::int64_t>(keys.size());
    if (dim < 1 || values.size() != keys.size() * static_cast<std::size_t>(dim) ||
        (!order.empty() && order.size() != keys.size()))
        return makeError(ErrorCode::InvalidArgument, std::to_string(values.size()) + " numbers are not " +
                                                         std::to_string(rows) + " vectors of " + std::to_string(dim) +
                                                         " dimensions");
    VectorIndex index;
    index.m_values = values;
    index.m_dim = dim;
    index.m_keys = std::move(keys);
    index.m_order = std::move(order);
    index.m_owner = std::move(owner);
    index.m_inverseNorm.resize(static_cast<std::size_t>(rows));
    for (std::int64_t row = 0; row < rows; ++row) {
        const double length = norm(index.vector(row));
        if (!std::isfinite(length))
            return makeError(ErrorCode::InvalidArgument,
                             "the vector of row " + std::to_string(row) + " holds a value that is not finite");
        index.m_inverseNorm[static_cast<std::size_t>(row)] = length > 0 ? static_cast<float>(1.0 / length) : 0.0F;
    }
    index.m_rowsByKey.resize(static_cast<std::size_t>(rows));
    std::iota(index.m_rowsByKey.begin(), index.m_rowsByKey.end(), 0);
    std::sort(index.m_rowsByKey.begin(), index.m_rowsByKey.end(),
              [&](std::int64_t a, std::int64_t b) { return index.key(a) < index.key(b); });
    return index;
}

Result<VectorIndex> VectorIndex::create(DenseRows values, std::vector<DocumentKey> keys,
                                        std::vector<std::int32_t> order) {
    const auto kept = std::make_shared<const DenseRows>(std::move(values));
    return create(kept->values, kept->cols, std::move(keys), std::move(order), kept);
}

std::span<const float> VectorIndex::vector(std::int64_t row) const {
    return m_values.subspan(static_cast<std::size_t>(row * m_dim), static_cast<std::size_t>(m_dim));
}

std::int64_t VectorIndex::rowOf(DocumentKey wanted) const {
    const auto found = std::lower_bound(m_rowsByKey.begin(), m_rowsByKey.end(), wanted,
                                        [&](std::int64_t row, DocumentKey k) { return key(row) < k; });
    return found != m_rowsByKey.end() && key(*found) == wanted ? *found : -1;
}

Result<std::vector<float>> VectorIndex::unit(std::span<const float> query) const {
    const double length = norm(query);
    if (static_cast<std::int64_t>(query.size()) != m_dim || !std::isfinite(length))
        return makeError(ErrorCode::InvalidArgument, "the query vector has " + std::to_string(query.size()) +
                                                         " dimensions or a value that is not finite; the index has " +
                                                         std::to_string(m_dim) + " dimensions");
    std::vector<float> scaled(query.size(), 0.0F);
    if (length > 0)
        std::transform(query.begin(), query.end(), scaled.begin(),
                       [&](float x) { return static_cast<float>(static_cast<double>(x) / length); });
    return scaled;
}

void VectorIndex::scan(const float* unitQuery, std::int64_t begin, std::int64_t end, float* out) const {
    dotProducts(unitQuery, 1, m_values.data() + begin * m_dim, end - begin, m_dim, out, end - begin);
    for (std::int64_t row = begin; row < end; ++row) out[row - begin] *= m_inverseNorm[static_cast<std::size_t>(row)];
}

Result<std::vector<float>> VectorIndex::scores(std::span<const float> query, int threads) const {
    ESPALIER_ASSIGN(const std::vector<float> scaled, unit(query));
    std::vector<float> out(static_cast<std::size_t>(rows()));
    const std::int64_t parts = std::clamp<std::int64_t>(rows() / kRowsPerThread, 1, std::max(1, threads));
    std::vector<std::thread> helpers;
    const auto part = [&](std::int64_t i) {
        const std::int64_t begin = rows() * i / parts;
        scan(scaled.data(), begin, rows() * (i + 1) / parts, out.data() + begin);
    };
    for (std::int64_t i = 1; i < parts; ++i) helpers.emplace_back(part, i);
    part(0);
    for (std::thread& helper : helpers) helper.join();
    return out;
}

Result<std::vector<Hit>> VectorIndex::search(std::span<const float> query, std::int64_t k, const RowRanges& ranges,
                                             int threads) const {
    const RowRanges inside = ranges.clipped(rows());
    constexpr std::int64_t kMostlyAll = 2;  // a branch of over half the rows is scanned as a whole, on all threads
    if (inside.rows() * kMostlyAll > rows()) {
        ESPALIER_ASSIGN(const std::vector<float> all, scores(query, threads));
        return topK(all, inside, k, m_order);
    }
    ESPALIER_ASSIGN(const std::vector<float> scaled, unit(query));
    std::vector<float> out(static_cast<std::size_t>(rows()));
    for (const RowRange& range : inside.ranges()) scan(scaled.data(), range.begin, range.end, out.data() + range.begin);
    return topK(out, inside, k, m_order);
}

}  // namespace espalier::index
