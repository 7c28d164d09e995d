// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/nmf_solver.h"

#include <algorithm>
#include <cmath>

#include "core/nmf/detail/matrix_ops.h"
#include "core/nmf/nnls.h"
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf {
namespace {

using detail::Team;

constexpr int kWindow = 10;              // iterations over which the objective must still fall
constexpr float kFloor = 1.1920929e-7F;  // below it multiplicative updates would stand still for ever
// Extrapolation (Ang and Gillis, section 4): how far at first, how it grows, how it shrinks.
constexpr double kFirstStretch = 0.5;
constexpr double kStretchGrowth = 1.05;
constexpr double kLimitGrowth = 1.01;
constexpr double kStretchDecay = 1.5;
constexpr double kWholeShare = 1e-9;  // shares that sum to 1 but for this leave nothing for other columns

/// Everything one run keeps between iterations.
class Run {
public:
    Run(const MatrixView& x, Factor& w, Factor& h, const SolverOptions& options)
        : m_x(x),
          m_w(w),
          m_h(h),
          m_options(options),
          m_team(options.threads),
          m_productW(w.rows, w.k),
          m_productH(h.rows, h.k) {}

    Result<SolverOutcome> go() {
        prepare();
        SolverOutcome outcome;
        std::vector<double> history{objective()};
        if (m_options.kind == SolverKind::Hals) keep(history.back());
        for (int i = 1; i <= m_options.maxIterations; ++i) {
            if (m_options.stop && m_options.stop()) {
                outcome.stopped = true;
                break;
            }
            iterate(i);
            outcome.iterations = i;
            const bool due = m_options.kind != SolverKind::MultiplicativeKl || m_options.keepTrace ||
                             i % kWindow == 0 || i == m_options.maxIterations;
            history.push_back(!due                                 ? history.back()
                              : m_options.kind == SolverKind::Hals ? m_keptObjective
                                                                   : objective());
            if (m_options.keepTrace) outcome.trace.push_back(history.back());
            if (!std::isfinite(history.back()))
                return makeError(ErrorCode::Numerical, "The factorisation left the range of numbers.");
            if (!due || i < kWindow || !(m_options.tolerance > 0)) continue;
            const double before = history[static_cast<std::size_t>(i - kWindow)];
            if (before - history.back() < m_options.tolerance * before || history.back() <= m_negligible) {
                outcome.converged = true;
                break;
            }
        }
        outcome.objective = history.back();
        if (m_options.kind == SolverKind::Hals) {
            m_w.values.swap(m_keptW.values);
            m_h.values.swap(m_keptH.values);
        }
        return outcome;
    }

private:
    void prepare() {
        m_norm = squaredNorm(m_x.byDocument);
        m_negligible = 1e-14 * m_norm;
        if (m_options.kind != SolverKind::Hals) {
            lift(m_w);
            lift(m_h);
        }
        if (m_options.kind == SolverKind::MultiplicativeKl) return;
        if (m_options.constraints != nullptr) constrain(*m_options.constraints);
        gram(m_w, m_gramW, m_team);
        gram(m_h, m_gramH, m_team);
        product(m_x.byTerm, m_h, m_productW, m_team);
        pull();
    }

    /// Puts the start inside the limits and weighs the anchors by it.
    void constrain(const SolverConstraints& limits) {
        for (int c = 0; c < m_w.k; ++c) {
            double sum = 0;
            for (std::int64_t t = 0; t < m_w.rows; ++t) sum += double{m_w.at(t, c)};
            m_columnSum.push_back(sum);
        }
        bool shares = false;
        for (const auto& row : limits.rows) {
            for (int c = 0; c < m_h.k; ++c) {
                if (row.allowed[static_cast<std::size_t>(c)] == 0) m_h.at(row.document, c) = 0;
            }
            shares = shares || !row.shares.empty();
        }
        if (shares) {
            gram(m_w, m_gramW, m_team);
            product(m_x.byDocument, m_w, m_productH, m_team);
            for (const auto& row : limits.rows) {
                if (!row.shares.empty()) solveRow(row);
            }
        }
        gram(m_h, m_gramH, m_team);
        m_pull.assign(static_cast<std::size_t>(m_h.k), 0.0);
        for (int c = 0; c < m_h.k; ++c) {
            const auto column = static_cast<std::size_t>(c);
            m_pull[column] =
                limits.anchorWeight[column] * m_gramH[column * static_cast<std::size_t>(m_h.stride) + column];
            if (!(m_pull[column] > 0)) continue;
            double square = 0;
            for (std::int64_t t = 0; t < m_w.rows; ++t)
                square += double{limits.anchors.at(t, c)} * double{limits.anchors.at(t, c)};
            m_norm += m_pull[column] * square;
        }
    }

    /// The anchors as part of the quadratic in W: lambda on the diagonal of H'H, lambda a added to X'H. The objective
    /// written in both is then the penalised one.
    void pull() {
        if (m_pull.empty()) return;
        const Factor& anchors = m_options.constraints->anchors;
        for (int c = 0; c < m_w.k; ++c) {
            const double by = m_pull[static_cast<std::size_t>(c)];
            if (!(by > 0)) continue;
            m_gramH[static_cast<std::size_t>(c) * static_cast<std::size_t>(m_h.stride) + static_cast<std::size_t>(c)] +=
                by;
            for (std::int64_t t = 0; t < m_w.rows; ++t)
                m_productW.at(t, c) = static_cast<float>(double{m_productW.at(t, c)} + by * double{anchors.at(t, c)});
        }
    }

    static void lift(Factor& f) {
        for (std::int64_t r = 0; r < f.rows; ++r) {
            for (int c = 0; c < f.k; ++c) f.at(r, c) = std::max(f.at(r, c), kFloor);
        }
    }

    void iterate(int iteration) {
        switch (m_options.kind) {
            case SolverKind::Hals:
                descend();
                break;
            case SolverKind::MultiplicativeFrobenius:
                product(m_x.byDocument, m_w, m_productH, m_team);
                scaleByRatio(m_h, m_productH, m_gramW);
                gram(m_h, m_gramH, m_team);
                product(m_x.byTerm, m_h, m_productW, m_team);
                scaleByRatio(m_w, m_productW, m_gramH);
                break;
            case SolverKind::MultiplicativeKl:
                scaleByDivergence(m_x.byDocument, m_w, m_h, m_productH);
                scaleByDivergence(m_x.byTerm, m_h, m_w, m_productW);
                break;
        }
        if (m_options.kind != SolverKind::Hals && iteration % kWindow == 0) {
            lift(m_w);
            lift(m_h);
            if (m_options.kind == SolverKind::MultiplicativeFrobenius) gram(m_h, m_gramH, m_team);
        }
        if (m_options.kind == SolverKind::MultiplicativeFrobenius) gram(m_w, m_gramW, m_team);
    }

    /// One iteration of HALS from the stretched factors. Where it would end above the pair that is kept, that pair is
    /// taken up again and left by a plain iteration, which cannot rise.
    void descend() {
        product(m_x.byDocument, m_w, m_productH, m_team);
        sweepH();
        stretch(m_h, m_plainH);
        keepShares();
        gram(m_h, m_gramH, m_team);
        product(m_x.byTerm, m_h, m_productW, m_team);
        pull();
        sweep(m_w, m_productW, m_gramH, m_options.constraints != nullptr ? &m_options.constraints->frozen : nullptr);
        gram(m_w, m_gramW, m_team);
        const double reached = objective();
        // A number that is none is let through: go() refuses it.
        if (reached > m_keptObjective) {
            m_w.values = m_keptW.values;
            m_h.values = m_keptH.values;
            m_plainH.values = m_keptH.values;
            gram(m_w, m_gramW, m_team);
            m_limit = m_stretch;
            m_resumed = m_stretch / kStretchDecay;
            m_stretch = 0;
            return;
        }
        m_keptObjective = reached;
        m_keptH.values = m_h.values;
        if (m_stretch == 0) {
            m_stretch = m_resumed;
        } else {
            m_limit = std::min(1.0, m_limit * kLimitGrowth);
            m_stretch = std::min(m_limit, m_stretch * kStretchGrowth);
        }
        stretch(m_w, m_keptW);
        gram(m_w, m_gramW, m_team);
    }

    void keep(double objective) {
        m_keptW = m_w;
        m_keptH = m_h;
        m_plainH = m_h;
        m_keptObjective = objective;
    }

    /// f <- max(0, f + stretch (f - before)), before <- f.
    void stretch(Factor& f, Factor& before) {
        const auto by = static_cast<float>(m_stretch);
        forRows(f.rows, m_team, [&](std::int64_t begin, std::int64_t end) {
            float* values = f.row(begin);
            float* last = before.row(begin);
            const std::int64_t size = (end - begin) * f.stride;
            for (std::int64_t i = 0; i < size; ++i) {
                const float now = values[i];
                values[i] = std::max(0.0F, now + by * (now - last[i]));
                last[i] = now;
            }
        });
    }

    /// Every row of H; those of limited documents by their allowed columns alone.
    void sweepH() {
        if (m_options.constraints == nullptr) return sweep(m_h, m_productH, m_gramW);
        const auto& rows = m_options.constraints->rows;
        std::vector<std::vector<double>> before;
        before.reserve(rows.size());
        for (const auto& row : rows) before.emplace_back(m_h.row(row.document), m_h.row(row.document) + m_h.k);
        sweep(m_h, m_productH, m_gramW);
        const auto stride = static_cast<std::size_t>(m_h.stride);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!rows[i].shares.empty()) {
                solveRow(rows[i]);
                continue;
            }
            auto& h = before[i];
            const float* b = m_productH.row(rows[i].document);
            for (int round = 0; round < m_options.innerSweeps; ++round) {
                for (std::size_t j = 0; j < h.size(); ++j) {
                    const double diagonal = m_gramW[j * stride + j];
                    if (rows[i].allowed[j] == 0 || !(diagonal > 0)) continue;
                    double gradient = double{b[j]};
                    for (std::size_t l = 0; l < h.size(); ++l) gradient -= m_gramW[j * stride + l] * h[l];
                    h[j] = std::max(0.0, h[j] + gradient / diagonal);
                }
            }
            float* target = m_h.row(rows[i].document);
            for (std::size_t j = 0; j < h.size(); ++j) target[j] = static_cast<float>(h[j]);
        }
    }

    /// Rows with shares are not stretched: where others are cut off at 0, the parts would not hold.
    void keepShares() {
        if (m_options.constraints == nullptr) return;
        for (const auto& row : m_options.constraints->rows) {
            if (row.shares.empty()) continue;
            std::copy_n(m_plainH.row(row.document), m_h.k, m_h.row(row.document));
        }
    }

    /// The best row of H with its shares, exactly. The weights that are not said determine the others:
    /// h = A g, g >= 0, so that it is a non-negative least squares problem with A'(W'W)A and A'W'x.
    void solveRow(const SolverConstraints::Row& row) {
        const auto k = static_cast<std::size_t>(m_h.k);
        std::vector<std::size_t> said, open;
        double together = 0;
        for (std::size_t j = 0; j < k; ++j) {
            if (row.allowed[j] == 0 || !(m_columnSum[j] > 0)) continue;
            if (row.shares[j] < 0) {
                open.push_back(j);
            } else {
                said.push_back(j);
                together += row.shares[j];
            }
        }
        const bool whole = open.empty() || together > 1 - kWholeShare;
        const std::size_t unknowns = whole ? 1 : open.size();
        std::vector<double> a(k * unknowns, 0.0);  // row-major
        for (std::size_t u = 0; u < unknowns; ++u) {
            if (!whole) a[open[u] * unknowns + u] = 1;
            for (const std::size_t c : said) {
                a[c * unknowns + u] = whole ? row.shares[c] / m_columnSum[c]
                                            : row.shares[c] / (1 - together) * m_columnSum[open[u]] / m_columnSum[c];
            }
        }
        const auto stride = static_cast<std::size_t>(m_h.stride);
        const float* b = m_productH.row(row.document);
        std::vector<double> reduced(unknowns * unknowns, 0.0), rhs(unknowns, 0.0);
        for (std::size_t u = 0; u < unknowns; ++u) {
            for (std::size_t i = 0; i < k; ++i) {
                rhs[u] += a[i * unknowns + u] * double{b[i]};
                for (std::size_t j = 0; j < k; ++j) {
                    for (std::size_t v = 0; v < unknowns; ++v)
                        reduced[u * unknowns + v] +=
                            a[i * unknowns + u] * m_gramW[i * stride + j] * a[j * unknowns + v];
                }
            }
        }
        const auto g = nnls(reduced, rhs);
        float* target = m_h.row(row.document);
        for (std::size_t i = 0; i < k; ++i) {
            double weight = 0;
            for (std::size_t u = 0; u < unknowns; ++u) weight += a[i * unknowns + u] * g[u];
            target[i] = static_cast<float>(weight);
        }
    }

    /// HALS: coordinate descent on every row of f.
    void sweep(Factor& f, const Factor& b, const std::vector<double>& g, const std::vector<char>* frozen = nullptr) {
        const auto stride = static_cast<std::size_t>(f.stride);
        const AlignedFloats matrix(g.begin(), g.end());
        AlignedFloats inverse(stride);
        for (std::size_t j = 0; j < stride; ++j) {
            const double diagonal = g[j * stride + j];
            inverse[j] = diagonal > 0 ? static_cast<float>(1 / diagonal) : 0.0F;
            if (!std::isfinite(inverse[j])) inverse[j] = 0;  // a topic that has all but died
            if (frozen != nullptr && j < frozen->size() && (*frozen)[j] != 0) inverse[j] = 0;
        }
        const auto& kernels = simd::kernels();
        forRows(f.rows, m_team, [&](std::int64_t begin, std::int64_t end) {
            kernels.sweeps(f.row(begin), b.row(begin), end - begin, f.stride, f.k, matrix.data(), inverse.data(),
                           m_options.innerSweeps);
        });
    }

    /// f <- f * b / (f G + eps).
    void scaleByRatio(Factor& f, const Factor& b, const std::vector<double>& g) {
        const AlignedFloats matrix(g.begin(), g.end());
        const auto& kernels = simd::kernels();
        forRows(f.rows, m_team, [&](std::int64_t begin, std::int64_t end) {
            AlignedFloats denominator(static_cast<std::size_t>(end - begin) * static_cast<std::size_t>(f.stride));
            kernels.rowsTimesMatrix(f.row(begin), end - begin, f.stride, matrix.data(), denominator.data());
            float* values = f.row(begin);
            const float* numerator = b.row(begin);
            for (std::size_t i = 0; i < denominator.size(); ++i) values[i] *= numerator[i] / (denominator[i] + kFloor);
        });
    }

    /// own <- own * ((X / fitted) other) / column sums of other.
    void scaleByDivergence(const SparseView& x, const Factor& other, Factor& own, Factor& scratch) {
        std::vector<double> sums(static_cast<std::size_t>(other.k));
        for (std::int64_t r = 0; r < other.rows; ++r) {
            for (int c = 0; c < other.k; ++c) sums[static_cast<std::size_t>(c)] += double{other.at(r, c)};
        }
        const auto& kernels = simd::kernels();
        forRows(x.rows, m_team, [&](std::int64_t begin, std::int64_t end) {
            kernels.ratioProduct(x.offsets, x.columns, x.values, other.values.data(), own.values.data(), own.stride,
                                 kSmallestFit, scratch.values.data(), begin, end);
            for (std::int64_t r = begin; r < end; ++r) {
                for (int c = 0; c < own.k; ++c) {
                    const double sum = sums[static_cast<std::size_t>(c)];
                    own.at(r, c) =
                        sum > 0 ? static_cast<float>(double{own.at(r, c)} * double{scratch.at(r, c)} / sum) : 0.0F;
                }
            }
        });
    }

    double objective() {
        if (m_options.kind == SolverKind::MultiplicativeKl) return klDivergence(m_x.byDocument, m_w, m_h);
        double fitted = 0;
        for (std::size_t i = 0; i < m_gramW.size(); ++i) fitted += m_gramW[i] * m_gramH[i];
        return std::max(0.0, m_norm - 2 * dot(m_w, m_productW, m_team) + fitted);
    }

    static constexpr float kSmallestFit = 1e-30F;

    MatrixView m_x;
    Factor& m_w;
    Factor& m_h;
    const SolverOptions& m_options;
    Team m_team;
    Factor m_productW, m_productH;  // X'H and XW
    std::vector<double> m_gramW, m_gramH;
    // Hals: the best pair so far, the last H before it was stretched, and by how much factors are stretched now.
    Factor m_keptW, m_keptH, m_plainH;
    double m_keptObjective = 0;
    double m_stretch = kFirstStretch;
    double m_limit = 1;
    double m_resumed = kFirstStretch;
    std::vector<double> m_pull;       // lambda by column; empty: no anchors
    std::vector<double> m_columnSum;  // of W at the start; empty: no constraints
    double m_norm = 0;
    double m_negligible = 0;
};

Status validate(const SolverConstraints& limits, SolverKind kind, const Factor& w, const Factor& h) {
    const auto refuse = [](const char* what) { return makeError(ErrorCode::InvalidArgument, what); };
    const auto k = static_cast<std::size_t>(w.k);
    if (kind != SolverKind::Hals) return refuse("Only HALS keeps to constraints.");
    if (limits.anchorWeight.size() != k || limits.frozen.size() != k)
        return refuse("The constraints are for another number of columns.");
    bool anchored = false;
    for (const double weight : limits.anchorWeight) {
        if (!(weight >= 0) || !std::isfinite(weight)) return refuse("The weight of an anchor must be at least 0.");
        anchored = anchored || weight > 0;
    }
    if (anchored && (limits.anchors.rows != w.rows || limits.anchors.k != w.k))
        return refuse("The anchors do not have the shape of W.");
    std::int64_t last = -1;
    for (const auto& row : limits.rows) {
        double together = 0;
        for (std::size_t c = 0; c < row.shares.size() && c < row.allowed.size(); ++c) {
            if (!std::isfinite(row.shares[c])) return refuse("A share is not a number.");
            if (row.allowed[c] != 0 && row.shares[c] > 0) together += row.shares[c];
        }
        if ((!row.shares.empty() && row.shares.size() != k) || together > 1 + kWholeShare)
            return refuse("The shares of a document are more than 1, or for another number of columns.");
        if (row.document <= last || row.document >= h.rows || row.allowed.size() != k)
            return refuse("A constrained document is not one of the matrix, comes twice or out of order.");
        last = row.document;
    }
    return {};
}

}  // namespace

Result<SolverOutcome> solve(const MatrixView& x, Factor& w, Factor& h, const SolverOptions& options) {
    if (options.maxIterations < 1 || options.innerSweeps < 1 || options.threads < 1 || !(options.tolerance >= 0))
        return makeError(ErrorCode::InvalidArgument,
                         "Iterations, sweeps and threads must be at least 1, the tolerance at least 0.");
    const bool fits = w.k == h.k && w.k >= 1 && x.byDocument.rows == h.rows && x.byDocument.cols == w.rows &&
                      x.byTerm.rows == w.rows && x.byTerm.cols == h.rows;
    if (!fits) return makeError(ErrorCode::InvalidArgument, "The factors do not have the shape of the matrix.");
    if (options.constraints != nullptr) ESPALIER_TRY(validate(*options.constraints, options.kind, w, h));
    return Run(x, w, h, options).go();
}

double klDivergence(const SparseView& x, const Factor& w, const Factor& h) {
    double total = 0;
    for (std::int64_t d = 0; d < x.rows; ++d) {
        double row = 0;
        for (std::int64_t i = x.offsets[d]; i < x.offsets[d + 1]; ++i) {
            const double value = double{x.values[i]};
            if (!(value > 0)) continue;
            double fitted = 0;
            for (int c = 0; c < w.k; ++c) fitted += double{w.at(x.columns[i], c)} * double{h.at(d, c)};
            row += value * std::log(value / std::max(fitted, 1e-30)) - value;
        }
        total += row;
    }
    for (int c = 0; c < w.k; ++c) {
        double sumW = 0;
        double sumH = 0;
        for (std::int64_t t = 0; t < w.rows; ++t) sumW += double{w.at(t, c)};
        for (std::int64_t d = 0; d < h.rows; ++d) sumH += double{h.at(d, c)};
        total += sumW * sumH;
    }
    return total;
}

const char* simdLevelName() {
    return simd::kernels().name;
}

}  // namespace espalier::nmf
