// SPDX-License-Identifier: Apache-2.0
#include "core/nn/heal_loss.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/nn/detail/torch.h"

namespace espalier::nn {

namespace {

constexpr std::int64_t kBlockRows = 128;  // similarities held at once: kBlockRows x n

/// The items of one level sorted by label, so that the positives of an item are a range.
struct Level {
    std::vector<std::int32_t> order;  // items by (label, item)
    std::vector<std::int32_t> begin;  // range of the label of an item in `order`; empty for items without a label
    std::vector<std::int32_t> end;
    std::int64_t fed = 0;     // anchors with a positive
    double anchorWeight = 0;  // lambda_l / D_l, 0 where nobody is fed
    double meanWeight = 0;    // 1 / D_l

    std::span<const std::int32_t> members(std::int64_t item) const {
        const auto i = static_cast<std::size_t>(item);
        return {order.data() + begin[i], static_cast<std::size_t>(end[i] - begin[i])};
    }
    std::size_t positives(std::int64_t item) const {
        const std::size_t size = members(item).size();
        return size > 0 ? size - 1 : 0;
    }
};

Level groupLevel(const BatchLabels& labels, int level, const HealOptions& options) {
    Level out;
    const std::int64_t n = labels.items;
    out.begin.assign(static_cast<std::size_t>(n), 0);
    out.end.assign(static_cast<std::size_t>(n), 0);
    for (std::int64_t i = 0; i < n; ++i)
        if (labels.at(level, i) >= 0) out.order.push_back(static_cast<std::int32_t>(i));
    std::sort(out.order.begin(), out.order.end(), [&](std::int32_t a, std::int32_t b) {
        return std::pair(labels.at(level, a), a) < std::pair(labels.at(level, b), b);
    });
    for (std::size_t first = 0, last = 0; first < out.order.size(); first = last) {
        while (last < out.order.size() && labels.at(level, out.order[last]) == labels.at(level, out.order[first]))
            ++last;
        for (std::size_t k = first; k < last; ++k) {
            out.begin[static_cast<std::size_t>(out.order[k])] = static_cast<std::int32_t>(first);
            out.end[static_cast<std::size_t>(out.order[k])] = static_cast<std::int32_t>(last);
        }
        if (last - first > 1) out.fed += static_cast<std::int64_t>(last - first);
    }
    if (out.fed > 0) {
        out.meanWeight = 1.0 / static_cast<double>(options.levelMean == LevelMean::Batch ? n : out.fed);
        out.anchorWeight = options.levelWeights[static_cast<std::size_t>(level)] * out.meanWeight;
    }
    return out;
}

/// What the rows of one block need; rows are independent of each other.
struct RowInputs {
    std::int64_t n = 0;
    const std::vector<Level>* levels = nullptr;
    Denominator denominator = Denominator::All;
};

/// Results of one row; summed in row order afterwards, so that threads cannot change the result.
struct RowResult {
    double floor = 0;
    bool finite = true;
    std::vector<double> losses;  // L_{i,l}
};

/// Turns a row of similarities (already minus its largest entry; exponentials beside it) into a row of A and its
/// losses.
template <class Real>
class RowKernel {
public:
    explicit RowKernel(const RowInputs& inputs)
        : m_in(inputs),
          m_target(static_cast<std::size_t>(inputs.n), 0.0),
          m_mark(static_cast<std::size_t>(inputs.n), 0) {}

    void run(std::int64_t i, const Real* logits, Real* exponentials, RowResult& result) {
        if (m_in.denominator == Denominator::All)
            runAll(i, logits, exponentials, result);
        else
            runWithinParent(i, logits, exponentials, result);
    }

private:
    double positiveMean(const Level& level, std::int64_t i, const Real* logits) const {
        double sum = 0;
        for (const std::int32_t p : level.members(i))
            if (p != i) sum += static_cast<double>(logits[p]);
        return sum / static_cast<double>(level.positives(i));
    }

    double rowSum(const Real* values) const {
        double sum = 0;
        for (std::int64_t j = 0; j < m_in.n; ++j) sum += static_cast<double>(values[j]);
        return sum;
    }

    void runAll(std::int64_t i, const Real* logits, Real* row, RowResult& result) {
        const auto& levels = *m_in.levels;
        const double sum = rowSum(row);
        const double logSum = std::log(sum);
        double total = 0;  // R_i
        m_touched.clear();
        for (std::size_t l = 0; l < levels.size(); ++l) {
            const std::size_t positives = levels[l].positives(i);
            if (positives == 0) continue;
            result.losses[l] = logSum - positiveMean(levels[l], i, logits);
            total += levels[l].anchorWeight;
            const double share = levels[l].anchorWeight / static_cast<double>(positives);
            for (const std::int32_t p : levels[l].members(i)) {
                if (p == i || share == 0) continue;
                if (m_target[static_cast<std::size_t>(p)] == 0) m_touched.push_back(p);
                m_target[static_cast<std::size_t>(p)] += share;
            }
        }
        result.finite = std::isfinite(logSum);
        const Real scale = static_cast<Real>(total / sum);
        for (std::int64_t j = 0; j < m_in.n; ++j) row[j] *= scale;
        for (const std::int32_t p : m_touched) {
            double& target = m_target[static_cast<std::size_t>(p)];
            result.floor -= target * std::log(target / total);
            row[p] -= static_cast<Real>(target);
            target = 0;
        }
    }

    void runWithinParent(std::int64_t i, const Real* logits, Real* row, RowResult& result) {
        const auto& levels = *m_in.levels;
        // Level 0 is held against everybody, so its softmax can use the exponentials that are there.
        const double first = levels[0].positives(i) > 0 ? levels[0].anchorWeight : 0;
        const double sum = rowSum(row);
        result.finite = std::isfinite(std::log(sum));
        if (levels[0].positives(i) > 0) result.losses[0] = std::log(sum) - positiveMean(levels[0], i, logits);
        for (std::int64_t j = 0; j < m_in.n; ++j) row[j] *= static_cast<Real>(first / sum);
        for (std::size_t l = 1; l < levels.size(); ++l) {
            if (levels[l].positives(i) == 0) continue;
            m_touched.clear();
            for (const auto members : {levels[l - 1].members(i), levels[l].members(i)})
                for (const std::int32_t p : members)
                    if (p != i && !std::exchange(m_mark[static_cast<std::size_t>(p)], 1)) m_touched.push_back(p);
            double largest = -std::numeric_limits<double>::infinity();
            for (const std::int32_t p : m_touched) largest = std::max(largest, static_cast<double>(logits[p]));
            double levelSum = 0;
            for (const std::int32_t p : m_touched) levelSum += std::exp(static_cast<double>(logits[p]) - largest);
            result.losses[l] = largest + std::log(levelSum) - positiveMean(levels[l], i, logits);
            for (const std::int32_t p : m_touched) {
                const double q = std::exp(static_cast<double>(logits[p]) - largest) / levelSum;
                row[p] += static_cast<Real>(levels[l].anchorWeight * q);
                m_mark[static_cast<std::size_t>(p)] = 0;
            }
        }
        for (const Level& level : levels) {
            const std::size_t positives = level.positives(i);
            if (positives == 0) continue;
            const double share = level.anchorWeight / static_cast<double>(positives);
            for (const std::int32_t p : level.members(i))
                if (p != i) row[p] -= static_cast<Real>(share);
            result.floor += level.anchorWeight * std::log(static_cast<double>(positives));
        }
    }

    RowInputs m_in;
    std::vector<double> m_target;         // T_i, zero between rows
    std::vector<char> m_mark;             // members of a denominator, zero between rows
    std::vector<std::int32_t> m_touched;  // entries of either that are in use
};

Status checkArguments(std::size_t values, std::int64_t dim, const BatchLabels& labels, const HealOptions& options,
                      std::size_t gradientValues) {
    const auto invalid = [](const char* what) {
        return makeError(ErrorCode::InvalidArgument, std::string("HEAL loss: ") + what);
    };
    if (labels.levels < 1) return invalid("there is no level");
    if (labels.items < 2) return invalid("a batch needs at least two items");
    if (labels.items > std::numeric_limits<std::int32_t>::max() / 2) return invalid("the batch is too large");
    if (labels.values.size() != static_cast<std::size_t>(labels.levels) * static_cast<std::size_t>(labels.items))
        return invalid("the label matrix has another size than levels times items");
    if (dim < 1 || values != static_cast<std::size_t>(labels.items * dim))
        return invalid("the embeddings have another size than items times dimensions");
    if (gradientValues != 0 && gradientValues != values) return invalid("the gradient has another size");
    if (options.levelWeights.size() != static_cast<std::size_t>(labels.levels))
        return invalid("there must be one weight per level");
    for (const double w : options.levelWeights)
        if (!std::isfinite(w) || w < 0) return invalid("a level's weight is negative or not a number");
    if (!(options.temperature > 0) || !std::isfinite(options.temperature))
        return invalid("the temperature must be above 0");
    return {};
}

template <class Real>
Result<HealLoss> compute(std::span<const Real> embeddings, std::int64_t dim, const BatchLabels& labels,
                         const HealOptions& options, std::span<Real> gradient, bool wantAnchors) {
    const at::NoGradGuard noGrad;
    const std::int64_t n = labels.items;
    const auto levelCount = static_cast<std::size_t>(labels.levels);
    const auto tensorOptions = at::TensorOptions().dtype(c10::CppTypeToScalarType<Real>::value);

    std::vector<Level> levels;
    for (int l = 0; l < labels.levels; ++l) levels.push_back(groupLevel(labels, l, options));

    at::Tensor z = at::empty({n, dim}, tensorOptions);
    std::vector<double> norms(static_cast<std::size_t>(n));
    std::vector<double> sumOfRows(static_cast<std::size_t>(dim), 0.0);
    double squares = 0;
    for (std::int64_t i = 0; i < n; ++i) {
        const Real* u = embeddings.data() + i * dim;
        Real* out = z.template data_ptr<Real>() + i * dim;
        double square = 0;
        for (std::int64_t c = 0; c < dim; ++c) square += static_cast<double>(u[c]) * static_cast<double>(u[c]);
        if (!std::isfinite(square))
            return makeError(ErrorCode::Numerical, "embedding " + std::to_string(i) + " of the batch is not finite");
        const double norm = std::max(std::sqrt(square), 1e-12);
        norms[static_cast<std::size_t>(i)] = norm;
        squares += square / (norm * norm);
        for (std::int64_t c = 0; c < dim; ++c) {
            out[c] = static_cast<Real>(static_cast<double>(u[c]) / norm);
            sumOfRows[static_cast<std::size_t>(c)] += static_cast<double>(out[c]);
        }
    }

    HealLoss loss;
    loss.levels.assign(levelCount, 0.0);
    for (const Level& level : levels) loss.starved.push_back(n - level.fed);
    if (wantAnchors) loss.anchors.assign(levelCount * static_cast<std::size_t>(n), 0.0);
    const double all = std::inner_product(sumOfRows.begin(), sumOfRows.end(), sumOfRows.begin(), 0.0);
    loss.meanCosine = (all - squares) / (static_cast<double>(n) * static_cast<double>(n - 1));

    const bool wantGradient = !gradient.empty();
    at::Tensor dz = wantGradient ? at::zeros({n, dim}, tensorOptions) : at::Tensor();
    const RowInputs inputs{n, &levels, options.denominator};
    const at::Tensor zt = z.t();
    at::Tensor logitBlock = at::empty({std::min(n, kBlockRows), n}, tensorOptions);
    at::Tensor rowBlock = at::empty_like(logitBlock);
    std::vector<RowResult> results;
    for (std::int64_t first = 0; first < n; first += kBlockRows) {
        const std::int64_t rows = std::min(kBlockRows, n - first);
        at::Tensor logits = logitBlock.narrow(0, 0, rows);
        at::Tensor a = rowBlock.narrow(0, 0, rows);
        const at::Tensor zBlock = z.narrow(0, first, rows);
        at::mm_out(logits, zBlock, zt);
        logits.div_(options.temperature);
        logits.diagonal(first).fill_(-std::numeric_limits<double>::infinity());
        logits.sub_(logits.amax(1, true));
        at::exp_out(a, logits);
        results.assign(static_cast<std::size_t>(rows), RowResult{0, true, std::vector<double>(levelCount, 0.0)});
        at::parallel_for(0, rows, 16, [&](std::int64_t from, std::int64_t to) {
            RowKernel<Real> kernel(inputs);
            for (std::int64_t r = from; r < to; ++r)
                kernel.run(first + r, logits.template data_ptr<Real>() + r * n, a.template data_ptr<Real>() + r * n,
                           results[static_cast<std::size_t>(r)]);
        });
        for (std::int64_t r = 0; r < rows; ++r) {
            const RowResult& row = results[static_cast<std::size_t>(r)];
            if (!row.finite) return makeError(ErrorCode::Numerical, "the HEAL loss is not finite");
            loss.floor += row.floor;
            for (std::size_t l = 0; l < levelCount; ++l) {
                loss.levels[l] += row.losses[l] * levels[l].meanWeight;
                if (wantAnchors)
                    loss.anchors[l * static_cast<std::size_t>(n) + static_cast<std::size_t>(first + r)] = row.losses[l];
            }
        }
        if (wantGradient) {
            dz.narrow(0, first, rows).addmm_(a, z);
            dz.addmm_(a.t(), zBlock);
        }
    }
    for (std::size_t l = 0; l < levelCount; ++l) loss.loss += options.levelWeights[l] * loss.levels[l];
    if (!std::isfinite(loss.loss)) return makeError(ErrorCode::Numerical, "the HEAL loss is not finite");

    for (std::int64_t i = 0; wantGradient && i < n; ++i) {
        const Real* g = dz.template data_ptr<Real>() + i * dim;
        const Real* unit = z.template data_ptr<Real>() + i * dim;
        Real* out = gradient.data() + i * dim;
        double along = 0;
        for (std::int64_t c = 0; c < dim; ++c) along += static_cast<double>(g[c]) * static_cast<double>(unit[c]);
        const double scale = 1.0 / (options.temperature * norms[static_cast<std::size_t>(i)]);
        for (std::int64_t c = 0; c < dim; ++c)
            out[c] = static_cast<Real>((static_cast<double>(g[c]) - along * static_cast<double>(unit[c])) * scale);
    }
    return loss;
}

}  // namespace

template <class Real>
Result<HealLoss> healLoss(std::span<const Real> embeddings, std::int64_t dim, const BatchLabels& labels,
                          const HealOptions& options, std::span<Real> gradient, bool wantAnchors) {
    ESPALIER_TRY(checkArguments(embeddings.size(), dim, labels, options, gradient.size()));
    try {
        return compute<Real>(embeddings, dim, labels, options, gradient, wantAnchors);
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory, "not enough memory for the HEAL loss of this batch");
    } catch (const std::exception& problem) {
        return makeError(ErrorCode::Internal, std::string("HEAL loss: ") + problem.what());
    }
}

template Result<HealLoss> healLoss<float>(std::span<const float>, std::int64_t, const BatchLabels&, const HealOptions&,
                                          std::span<float>, bool);
template Result<HealLoss> healLoss<double>(std::span<const double>, std::int64_t, const BatchLabels&,
                                           const HealOptions&, std::span<double>, bool);

}  // namespace espalier::nn
