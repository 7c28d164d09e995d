// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/factors.h"

#include <algorithm>
#include <cmath>

#include "core/nmf/simd/kernels.h"

namespace espalier::nmf {

TwoWayMatrix::TwoWayMatrix(SparseRows documentsByTerms) : byDocument(std::move(documentsByTerms)) {
    const auto nonZeros = byDocument.columns.size();
    byTerm.rows = byDocument.cols;
    byTerm.cols = byDocument.rows;
    byTerm.offsets.assign(static_cast<std::size_t>(byTerm.rows) + 1, 0);
    byTerm.columns.resize(nonZeros);
    byTerm.values.resize(nonZeros);
    placeByTerm.resize(nonZeros);
    for (const auto term : byDocument.columns) ++byTerm.offsets[static_cast<std::size_t>(term) + 1];
    for (std::size_t t = 1; t < byTerm.offsets.size(); ++t) byTerm.offsets[t] += byTerm.offsets[t - 1];
    auto next = byTerm.offsets;
    for (std::int64_t d = 0; d < byDocument.rows; ++d) {
        const auto begin = static_cast<std::size_t>(byDocument.offsets[static_cast<std::size_t>(d)]);
        for (std::size_t i = begin; i < begin + byDocument.rowSize(d); ++i) {
            const auto place = next[static_cast<std::size_t>(byDocument.columns[i])]++;
            placeByTerm[i] = place;
            byTerm.columns[static_cast<std::size_t>(place)] = static_cast<std::int32_t>(d);
            byTerm.values[static_cast<std::size_t>(place)] = byDocument.values[i];
        }
    }
}

double squaredNorm(const SparseView& x) {
    double total = 0;
    for (std::int64_t r = 0; r < x.rows; ++r) {
        double row = 0;
        for (std::int64_t i = x.offsets[r]; i < x.offsets[r + 1]; ++i) row += double{x.values[i]} * double{x.values[i]};
        total += row;
    }
    return total;
}

double relativeError(const SparseView& byDocument, const Factor& w, const Factor& h) {
    const double norm = squaredNorm(byDocument);
    if (!(norm > 0)) return 0;
    const auto& kernels = simd::kernels();
    const auto stride = static_cast<std::size_t>(w.stride);
    std::vector<double> gramW(stride * stride), gramH(stride * stride);
    kernels.gram(w.values.data(), w.rows, w.stride, gramW.data());
    kernels.gram(h.values.data(), h.rows, h.stride, gramH.data());
    simd::mirrorGram(gramW.data(), w.stride);
    simd::mirrorGram(gramH.data(), h.stride);
    double fitted = 0;
    for (std::size_t i = 0; i < gramW.size(); ++i) fitted += gramW[i] * gramH[i];
    double inner = 0;
    for (std::int64_t d = 0; d < byDocument.rows; ++d) {
        double row = 0;
        for (std::int64_t i = byDocument.offsets[d]; i < byDocument.offsets[d + 1]; ++i)
            row += double{byDocument.values[i]} * kernels.dot(w.row(byDocument.columns[i]), h.row(d), w.stride);
        inner += row;
    }
    return std::sqrt(std::max(0.0, norm - 2 * inner + fitted) / norm);
}

void scaleColumnsToSumOne(Factor& w, Factor& h) {
    for (int c = 0; c < w.k; ++c) {
        double sum = 0;
        for (std::int64_t t = 0; t < w.rows; ++t) sum += double{w.at(t, c)};
        const double scale = sum > 0 ? 1 / sum : 0;
        for (std::int64_t t = 0; t < w.rows; ++t) w.at(t, c) = static_cast<float>(double{w.at(t, c)} * scale);
        for (std::int64_t d = 0; d < h.rows; ++d) h.at(d, c) = static_cast<float>(double{h.at(d, c)} * sum);
    }
}

}  // namespace espalier::nmf
