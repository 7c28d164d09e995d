// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/nnls.h"

#include <algorithm>
#include <cmath>

namespace espalier::nmf {
namespace {

constexpr double kNegligible = 1e-12;

/// Solves G_free s = rhs_free by Cholesky. False when the last column of `free` adds no new direction.
bool solveFree(std::span<const double> gram, std::span<const double> rhs, NnlsWorkspace& work) {
    const std::size_t k = rhs.size();
    const std::size_t n = work.free.size();
    auto& l = work.factor;
    auto& s = work.solution;
    for (std::size_t i = 0; i < n; ++i) {
        const auto row = static_cast<std::size_t>(work.free[i]);
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = gram[row * k + static_cast<std::size_t>(work.free[j])];
            for (std::size_t q = 0; q < j; ++q) sum -= l[i * k + q] * l[j * k + q];
            if (i == j) {
                if (!(sum > kNegligible * gram[row * k + row])) return false;
                l[i * k + i] = std::sqrt(sum);
            } else {
                l[i * k + j] = sum / l[j * k + j];
            }
        }
        double sum = rhs[row];
        for (std::size_t q = 0; q < i; ++q) sum -= l[i * k + q] * s[q];
        s[i] = sum / l[i * k + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t q = i + 1; q < n; ++q) s[i] -= l[q * k + i] * s[q];
        s[i] /= l[i * k + i];
    }
    return true;
}

}  // namespace

void nnls(std::span<const double> gram, std::span<const double> rhs, std::span<double> h, NnlsWorkspace& work) {
    const std::size_t k = rhs.size();
    std::fill(h.begin(), h.end(), 0.0);
    work.factor.resize(k * k);
    work.solution.resize(k);
    work.gradient.resize(k);
    work.free.clear();
    work.barred.assign(k, 0);
    double scale = 0;
    for (const double value : rhs) scale = std::max(scale, std::abs(value));
    const double tolerance = 1e-11 * scale;

    for (std::size_t round = 0; round < 5 * k + 5; ++round) {
        for (std::size_t j = 0; j < k; ++j) {
            double sum = rhs[j];
            for (const int i : work.free)
                sum -= gram[j * k + static_cast<std::size_t>(i)] * h[static_cast<std::size_t>(i)];
            work.gradient[j] = sum;
        }
        int best = -1;
        for (std::size_t j = 0; j < k; ++j) {
            const bool isFree = std::find(work.free.begin(), work.free.end(), static_cast<int>(j)) != work.free.end();
            if (isFree || work.barred[j] || !(work.gradient[j] > tolerance)) continue;
            if (best < 0 || work.gradient[j] > work.gradient[static_cast<std::size_t>(best)])
                best = static_cast<int>(j);
        }
        if (best < 0) return;
        work.free.push_back(best);
        bool first = true;
        while (!work.free.empty()) {
            if (!solveFree(gram, rhs, work)) {
                // Only the newest column can be spanned by the others: they were solved without it before.
                work.barred[static_cast<std::size_t>(work.free.back())] = 1;
                h[static_cast<std::size_t>(work.free.back())] = 0;
                work.free.pop_back();
                continue;
            }
            double step = 1;
            for (std::size_t i = 0; i < work.free.size(); ++i) {
                if (work.solution[i] > 0) continue;
                const double from = h[static_cast<std::size_t>(work.free[i])];
                step = std::min(step, from > 0 ? from / (from - work.solution[i]) : 0.0);
            }
            if (first && step == 0 && !(work.solution[work.free.size() - 1] > 0)) {
                // Rounding: the newest one would not move up after all.
                work.barred[static_cast<std::size_t>(work.free.back())] = 1;
                work.free.pop_back();
                break;
            }
            first = false;
            std::size_t kept = 0;
            for (std::size_t i = 0; i < work.free.size(); ++i) {
                const auto place = static_cast<std::size_t>(work.free[i]);
                const bool falls = !(work.solution[i] > 0);
                h[place] += step * (work.solution[i] - h[place]);
                if (step < 1 && falls && !(h[place] > tolerance * 1e-3 / std::max(gram[place * k + place], 1e-300))) {
                    h[place] = 0;
                } else {
                    work.free[kept++] = work.free[i];
                }
            }
            const bool done = step >= 1;
            work.free.resize(kept);
            if (done) break;
        }
    }
}

std::vector<double> nnls(std::span<const double> gram, std::span<const double> rhs) {
    std::vector<double> h(rhs.size());
    NnlsWorkspace workspace;
    nnls(gram, rhs, h, workspace);
    return h;
}

}  // namespace espalier::nmf
