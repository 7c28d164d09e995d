// SPDX-License-Identifier: Apache-2.0
#include "core/eval/detail/unit_vectors.h"

#include <cmath>
#include <numeric>

#include "core/base/rng.h"

namespace espalier::eval {

bool toUnit(const DenseRows& vectors, DenseRows& unit) {
    unit = vectors;
    for (std::int64_t row = 0; row < unit.rows; ++row) {
        const std::span<float> values = unit.row(row);
        double squares = 0;
        for (const float x : values) squares += static_cast<double>(x) * static_cast<double>(x);
        if (!std::isfinite(squares)) return false;
        if (squares <= 0) continue;
        const double length = std::sqrt(squares);
        for (float& x : values) x = static_cast<float>(static_cast<double>(x) / length);
    }
    return true;
}

DenseRows gathered(const DenseRows& from, const std::vector<std::int64_t>& rows) {
    DenseRows out;
    out.rows = static_cast<std::int64_t>(rows.size());
    out.cols = from.cols;
    out.values.reserve(rows.size() * static_cast<std::size_t>(from.cols));
    for (const std::int64_t row : rows) {
        const std::span<const float> values = from.row(row);
        out.values.insert(out.values.end(), values.begin(), values.end());
    }
    return out;
}

std::vector<std::int64_t> sampledRows(std::int64_t n, std::int64_t limit, std::uint64_t seed) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
    std::iota(rows.begin(), rows.end(), std::int64_t{0});
    if (n <= limit) return rows;
    SplitMix64 random(seed);
    shuffle(rows, random);
    rows.resize(static_cast<std::size_t>(std::max<std::int64_t>(limit, 0)));
    std::sort(rows.begin(), rows.end());
    return rows;
}

bool forEachBlock(std::int64_t blocks, int threads, const std::function<void(std::int64_t)>& work,
                  const std::function<bool(std::int64_t)>& goOn) {
    std::atomic<std::int64_t> next{0};
    std::atomic<std::int64_t> done{0};
    std::atomic<bool> stop{false};
    const auto run = [&](bool isCaller) {
        for (;;) {
            if (isCaller && !goOn(done.load())) stop = true;
            if (stop) return;
            const std::int64_t block = next.fetch_add(1);
            if (block >= blocks) return;
            work(block);
            done.fetch_add(1);
        }
    };
    std::vector<std::thread> helpers;
    for (std::int64_t i = 1; i < std::min<std::int64_t>(std::max(threads, 1), blocks); ++i)
        helpers.emplace_back(run, false);
    run(true);
    for (std::thread& helper : helpers) helper.join();
    return done.load() == blocks;
}

}  // namespace espalier::eval
