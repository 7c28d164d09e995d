// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/detail/matrix_ops.h"

#include <algorithm>

#include "core/nmf/simd/kernels.h"

namespace espalier::nmf::detail {
namespace {

std::int64_t blocks(std::int64_t rows) {
    return (rows + kBlockOfRows - 1) / kBlockOfRows;
}

}  // namespace

void forRows(std::int64_t rows, Team& team, const std::function<void(std::int64_t, std::int64_t)>& work) {
    team.run(blocks(rows),
             [&](std::int64_t block) { work(block * kBlockOfRows, std::min(rows, (block + 1) * kBlockOfRows)); });
}

void product(const SparseView& x, const Factor& f, Factor& out, Team& team) {
    const auto& kernels = simd::kernels();
    forRows(x.rows, team, [&](std::int64_t begin, std::int64_t end) {
        kernels.sparseProduct(x.offsets, x.columns, x.values, f.values.data(), f.stride, out.values.data(), begin, end);
    });
}

void gram(const Factor& f, std::vector<double>& out, Team& team) {
    const auto& kernels = simd::kernels();
    const auto size = static_cast<std::size_t>(f.stride) * static_cast<std::size_t>(f.stride);
    const std::int64_t count = blocks(f.rows);
    std::vector<double> partial(size * static_cast<std::size_t>(count));
    forRows(f.rows, team, [&](std::int64_t begin, std::int64_t end) {
        kernels.gram(f.row(begin), end - begin, f.stride,
                     partial.data() + static_cast<std::size_t>(begin / kBlockOfRows) * size);
    });
    out.assign(size, 0.0);
    for (std::size_t i = 0; i < partial.size(); ++i) out[i % size] += partial[i];
    simd::mirrorGram(out.data(), f.stride);
}

void multiplyRight(Factor& a, const std::vector<float>& m, Team& team) {
    const auto& kernels = simd::kernels();
    forRows(a.rows, team, [&](std::int64_t begin, std::int64_t end) {
        AlignedFloats rotated(static_cast<std::size_t>(end - begin) * static_cast<std::size_t>(a.stride));
        const AlignedFloats matrix(m.begin(), m.end());
        kernels.rowsTimesMatrix(a.row(begin), end - begin, a.stride, matrix.data(), rotated.data());
        std::copy(rotated.begin(), rotated.end(), a.row(begin));
    });
}

double dot(const Factor& a, const Factor& b, Team& team) {
    const auto& kernels = simd::kernels();
    std::vector<double> partial(static_cast<std::size_t>(blocks(a.rows)));
    forRows(a.rows, team, [&](std::int64_t begin, std::int64_t end) {
        partial[static_cast<std::size_t>(begin / kBlockOfRows)] =
            kernels.dot(a.row(begin), b.row(begin), (end - begin) * a.stride);
    });
    double total = 0;
    for (const double part : partial) total += part;
    return total;
}

}  // namespace espalier::nmf::detail
