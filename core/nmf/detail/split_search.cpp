// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/detail/split_search.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/rng.h"
#include "core/nmf/detail/matrix_ops.h"
#include "core/nmf/nndsvd.h"
#include "core/nmf/nnls.h"
#include "core/nmf/silhouette.h"
#include "core/nmf/simd/kernels.h"

namespace espalier::nmf::detail {
namespace {

constexpr int kBadInARow = 3;
/// Of the singular triplets that a factorisation starts from. Where documents are left out the start should be exact:
/// its own scatter would pass for instability. Noise on the values alone hardly moves an exact start, and every k would
/// be stable; from two passes it differs from copy to copy, and that is what tells the numbers of topics apart.
int startIterations(const NmfkOptions& options) {
    constexpr int kExact = 12;
    constexpr int kScattered = 2;
    return options.resampler == Resampler::UniformNoise && options.scatterStart ? kScattered : kExact;
}
constexpr double kFillShare = 0.01;  // of the mean entry, where a multiplicative solver would start from 0

enum Purpose : std::uint64_t { kNoise = 1, kSketch = 2, kStart = 3 };

void walk(int begin, int end, KSearch search, std::vector<int>& order) {
    if (begin >= end) return;
    const int middle = begin + (end - begin) / 2;
    if (search == KSearch::BisectPre) order.push_back(middle);
    walk(begin, middle, search, order);
    if (search == KSearch::BisectIn) order.push_back(middle);
    walk(middle + 1, end, search, order);
    if (search == KSearch::BisectPost) order.push_back(middle);
}

/// A Poisson number by inversion; the mean is split where exp(-mean) would be too small (sums of Poisson are Poisson).
int poisson(double mean, SplitMix64& random) {
    constexpr double kPart = 16;
    int count = 0;
    for (; mean > 0; mean -= kPart) {
        const double part = std::min(mean, kPart);
        double left = random.uniform();
        double probability = std::exp(-part);
        for (int i = 1; left >= probability && probability > 0; ++i) {
            left -= probability;
            probability *= part / i;
            ++count;
        }
    }
    return count;
}

/// W and H of a random start: uniform numbers whose product has the mean of X.
void fillRandom(Factor& f, double most, SplitMix64& random) {
    for (std::int64_t r = 0; r < f.rows; ++r) {
        for (int c = 0; c < f.k; ++c) f.at(r, c) = static_cast<float>(most * random.uniform());
    }
}

double meanEntry(const SparseView& x) {
    double sum = 0;
    for (std::int64_t i = 0; i < x.nonZeros(); ++i) sum += double{x.values[i]};
    return sum / static_cast<double>(x.rows) / static_cast<double>(x.cols);
}

}  // namespace

std::vector<int> visitOrder(int count, KSearch search) {
    std::vector<int> order;
    if (search == KSearch::Linear) {
        for (int i = 0; i < count; ++i) order.push_back(i);
    } else {
        walk(0, count, search, order);
    }
    return order;
}

void addTasksThen(WorkQueue& queue, int count, std::function<void(int)> work, std::function<void()> then) {
    struct Shared {
        std::atomic<int> left;
        std::function<void(int)> work;
        std::function<void()> then;
    };
    auto shared = std::make_shared<Shared>();
    shared->left = count;
    shared->work = std::move(work);
    shared->then = std::move(then);
    if (count == 0) return queue.add([shared] { shared->then(); });
    for (int i = 0; i < count; ++i) {
        queue.add([shared, i] {
            shared->work(i);
            if (--shared->left == 0) shared->then();
        });
    }
}

void fitRows(const SparseView& x, const Factor& w, const std::vector<double>& gramW, Factor& h, std::int64_t begin,
             std::int64_t end) {
    const auto k = static_cast<std::size_t>(w.k);
    std::vector<double> gram(k * k), rhs(k), solution(k);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j < k; ++j) gram[i * k + j] = gramW[i * static_cast<std::size_t>(w.stride) + j];
    }
    NnlsWorkspace workspace;
    for (std::int64_t d = begin; d < end; ++d) {
        std::fill(rhs.begin(), rhs.end(), 0.0);
        for (std::int64_t i = x.offsets[d]; i < x.offsets[d + 1]; ++i) {
            const float* row = w.row(x.columns[i]);
            for (std::size_t c = 0; c < k; ++c) rhs[c] += double{x.values[i]} * double{row[c]};
        }
        nnls(gram, rhs, solution, workspace);
        for (std::size_t c = 0; c < k; ++c) h.row(d)[c] = static_cast<float>(solution[c]);
    }
}

std::vector<std::int32_t> documentDraws(std::int64_t documents, const NmfkOptions& options, std::uint64_t seed) {
    const auto n = static_cast<std::size_t>(documents);
    SplitMix64 random(seed);
    if (options.resampler == Resampler::DocumentBootstrap) {
        std::vector<std::int32_t> draws(n, 0);
        for (std::size_t i = 0; i < n; ++i) ++draws[random.below(n)];
        return draws;
    }
    std::vector<std::int32_t> draws(n, 1);
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto out = std::clamp<std::int64_t>(std::llround(options.leftOut * static_cast<double>(documents)),
                                              std::int64_t{1}, std::max<std::int64_t>(1, documents - 1));
    for (std::size_t i = 0; i < static_cast<std::size_t>(out) && i < n; ++i) {
        std::swap(order[i], order[i + random.below(n - i)]);
        draws[order[i]] = 0;
    }
    return draws;
}

void perturb(const TwoWayMatrix& x, const NmfkOptions& options, std::uint64_t seed, std::vector<float>& byDocument,
             std::vector<float>& byTerm) {
    const SparseRows& rows = x.byDocument;
    const auto size = rows.values.size();
    byDocument.resize(size);
    byTerm.resize(size);
    if (options.resampler == Resampler::UniformNoise) {
        SplitMix64 random(seed);
        for (std::size_t i = 0; i < size; ++i) {
            const double factor = 1 - options.noise + 2 * options.noise * random.uniform();
            byDocument[i] = static_cast<float>(double{rows.values[i]} * factor);
        }
    } else if (options.resampler == Resampler::PoissonNoise) {
        SplitMix64 random(seed);
        double unit = options.poissonUnit;
        if (!(unit > 0)) {
            double sum = 0;
            for (const float value : rows.values) sum += double{value};
            unit = size > 0 ? sum / static_cast<double>(size) : 1;
        }
        for (std::size_t i = 0; i < size; ++i)
            byDocument[i] = static_cast<float>(unit * poisson(double{rows.values[i]} / unit, random));
    } else if (options.resampler == Resampler::RandomStart) {
        byDocument = rows.values;
    } else {
        const auto draws = documentDraws(rows.rows, options, seed);
        for (std::size_t d = 0; d < draws.size(); ++d) {
            const auto factor = static_cast<float>(std::sqrt(static_cast<double>(draws[d])));
            for (auto i = static_cast<std::size_t>(rows.offsets[d]); i < static_cast<std::size_t>(rows.offsets[d + 1]);
                 ++i)
                byDocument[i] = rows.values[i] * factor;
        }
    }
    for (std::size_t i = 0; i < size; ++i) byTerm[static_cast<std::size_t>(x.placeByTerm[i])] = byDocument[i];
}

SplitSearch::SplitSearch(WorkQueue& queue, const TwoWayMatrix& x, const NmfkOptions& options, std::uint64_t seed,
                         Progress progress, Done done)
    : m_queue(queue),
      m_x(x),
      m_options(options),
      m_seed(seed),
      m_progress(std::move(progress)),
      m_done(std::move(done)) {
    const auto smaller = std::min(x.byDocument.rows, x.byDocument.cols);
    const int first = options.exactK > 0 ? options.exactK : std::max(options.kMin, 1);
    const int last = options.exactK > 0 ? options.exactK : options.kMax;
    for (int k = first; k <= last && k < smaller; ++k) m_candidates.push_back(k);
    if (!m_candidates.empty() && m_candidates.back() < 2) m_candidates.clear();
}

void SplitSearch::start() {
    const auto runs = static_cast<std::size_t>(m_options.perturbations);
    m_decompositions.resize(runs);
    for (std::size_t i = 0; i < m_candidates.size(); ++i) {
        auto candidate = std::make_unique<Candidate>();
        candidate->point.k = m_candidates[i];
        candidate->w.resize(runs);
        candidate->h.resize(runs);
        candidate->errors.resize(runs);
        candidate->left = m_options.perturbations;
        m_state.push_back(std::move(candidate));
    }
    m_candidatesLeft = static_cast<int>(m_candidates.size());
    auto self = shared_from_this();
    addTasksThen(
        m_queue, m_options.perturbations + 1, [self](int p) { self->decompose(p); }, [self] { self->factoriseAll(); });
}

void SplitSearch::factoriseAll() {
    const auto count = static_cast<int>(m_candidates.size());
    if (m_options.search == KSearch::Linear) {
        for (int i = 0; i < count; ++i) addFactorisations(i);
        return;
    }
    m_visits = visitOrder(count, m_options.search);
    m_ruledOut = m_candidates.back() + 1;
    visitNext();
}

void SplitSearch::addFactorisations(int candidate) {
    for (int p = 0; p < m_options.perturbations; ++p)
        m_queue.add([self = shared_from_this(), candidate, p] { self->factorise(candidate, p); });
}

/// The next candidate of a bisecting search whose answer is still open.
void SplitSearch::visitNext() {
    while (m_nextVisit < m_visits.size()) {
        const int candidate = m_visits[m_nextVisit++];
        const int k = m_candidates[static_cast<std::size_t>(candidate)];
        if (k > m_stable && k < m_ruledOut) return addFactorisations(candidate);
        for (int p = 0; p < m_options.perturbations; ++p) m_progress(k, false);
    }
    conclude();
}

void SplitSearch::decompose(int perturbation) {
    if (m_queue.stopRequested()) return;
    if (perturbation == m_options.perturbations) {
        // The best factorisation with one topic is the leading singular triplet.
        const double norm = squaredNorm(m_x.byDocument);
        const Svd svd = randomizedSvd(m_x.view(), {.rank = 1, .powerIterations = 6, .seed = mixSeeds(m_seed, kSketch)});
        const double first = svd.singular.empty() ? 0.0 : svd.singular.front();
        m_rankOneError = norm > 0 ? std::sqrt(std::max(0.0, 1 - first * first / norm)) : 0.0;
        return;
    }
    if (m_options.resampler == Resampler::RandomStart) return;
    const auto p = static_cast<std::uint64_t>(perturbation);
    std::vector<float> byDocument, byTerm;
    perturb(m_x, m_options, mixSeeds(m_seed, kNoise, p), byDocument, byTerm);
    MatrixView view = m_x.view();
    view.byDocument.values = byDocument.data();
    view.byTerm.values = byTerm.data();
    m_decompositions[p] = randomizedSvd(view, {.rank = m_candidates.back(),
                                               .powerIterations = startIterations(m_options),
                                               .seed = mixSeeds(m_seed, kSketch, p)});
}

bool SplitSearch::searchIsOver(int k) {
    if (!m_options.earlyStop) return false;
    const std::lock_guard lock(m_mutex);
    const std::size_t size = tableSize();
    return size > 0 && size < m_candidates.size() && k > m_candidates[size - 1];
}

/// Candidates up to the first that ends three bad ones in a row; only the known ones before any unknown count.
std::size_t SplitSearch::tableSize() const {
    int bad = 0;
    for (std::size_t i = 0; m_options.earlyStop && i < m_state.size(); ++i) {
        const Candidate& candidate = *m_state[i];
        if (!candidate.evaluated) break;
        bad = std::max(candidate.point.wMin, candidate.point.hMin) < 0 ? bad + 1 : 0;
        if (bad == kBadInARow) return i + 1;
    }
    return m_state.size();
}

void SplitSearch::factorise(int index, int perturbation) {
    Candidate& candidate = *m_state[static_cast<std::size_t>(index)];
    const int k = candidate.point.k;
    const auto p = static_cast<std::size_t>(perturbation);
    const bool tried = !m_queue.stopRequested() && !searchIsOver(k);
    if (tried) {
        std::vector<float> byDocument, byTerm;
        perturb(m_x, m_options, mixSeeds(m_seed, kNoise, p), byDocument, byTerm);
        MatrixView view = m_x.view();
        view.byDocument.values = byDocument.data();
        view.byTerm.values = byTerm.data();
        Start start;
        if (m_options.resampler == Resampler::RandomStart) {
            start = {Factor(view.byDocument.cols, k), Factor(view.byDocument.rows, k)};
            const double most = 2 * std::sqrt(meanEntry(view.byDocument) / k);
            SplitMix64 random(mixSeeds(m_seed, kStart, p, static_cast<std::uint64_t>(k)));
            fillRandom(start.w, most, random);
            fillRandom(start.h, most, random);
        } else {
            const bool filled = m_options.solver != SolverKind::Hals && m_options.fillStart;
            start = nndsvd(m_decompositions[p], k,
                           filled ? static_cast<float>(kFillShare * meanEntry(view.byDocument)) : 0.0F);
        }
        SolverOptions options;
        options.kind = m_options.solver;
        options.maxIterations = m_options.iterations;
        options.tolerance = m_options.tolerance;
        options.stop = [this] { return m_queue.stopRequested(); };
        // A factorisation that leaves the range of numbers counts as one that is not stable.
        if (!solve(view, start.w, start.h, options)) start = {Factor(start.w.rows, k), Factor(start.h.rows, k)};
        if (drawsDocuments()) fitUndrawn(start.w, start.h, mixSeeds(m_seed, kNoise, p));
        candidate.errors[p] = relativeError(m_x.byDocument, start.w, start.h);
        candidate.w[p] = std::move(start.w);
        candidate.h[p] = std::move(start.h);
    }
    m_progress(k, tried);
    if (--candidate.left > 0) return;
    if (m_queue.stopRequested()) return;
    evaluate(candidate);
    if (m_options.search == KSearch::Linear) {
        if (--m_candidatesLeft == 0) conclude();
        return;
    }
    const bool stable = narrow(candidate.point);
    if (!stable && candidate.point.hMin <= m_options.ruleOut) m_ruledOut = std::min(m_ruledOut, k);
    visitNext();
}

/// Takes from a bisecting search the smaller k that `point` leaves without a chance; whether larger ones still have
/// one.
bool SplitSearch::narrow(const StabilityPoint& point) {
    const double threshold = m_options.threshold;
    if (m_options.rule != KRule::Surplus) {
        const bool stable = std::min(point.wMin, point.hMin) >= threshold;
        if (stable) m_stable = std::max(m_stable, point.k);
        return stable;
    }
    // k topics have a surplus of k (1 - threshold) at most.
    const double surplus = point.k * (point.topicMean - threshold);
    if (surplus > 0 && threshold < 1)
        m_stable = std::max(m_stable, static_cast<int>(std::ceil((surplus - kSameSurplus) / (1 - threshold))) - 1);
    return surplus > 0;
}

bool SplitSearch::drawsDocuments() const {
    return m_options.resampler == Resampler::LeaveOut || m_options.resampler == Resampler::DocumentBootstrap;
}

/// H of a copy of drawn documents for the documents as they are: rows that were drawn are scaled back, the others
/// fitted.
void SplitSearch::fitUndrawn(Factor& w, Factor& h, std::uint64_t seed) const {
    std::vector<double> gramW(static_cast<std::size_t>(w.stride) * static_cast<std::size_t>(w.stride), 0.0);
    simd::kernels().gram(w.values.data(), w.rows, w.stride, gramW.data());
    simd::mirrorGram(gramW.data(), w.stride);
    const auto draws = documentDraws(h.rows, m_options, seed);
    for (std::int64_t d = 0; d < h.rows; ++d) {
        const auto drawn = draws[static_cast<std::size_t>(d)];
        if (drawn == 0) {
            fitRows(m_x.byDocument, w, gramW, h, d, d + 1);
            continue;
        }
        const auto scale = static_cast<float>(1 / std::sqrt(static_cast<double>(drawn)));
        for (int c = 0; c < h.k; ++c) h.at(d, c) *= scale;
    }
}

void SplitSearch::evaluate(Candidate& candidate) {
    const int k = candidate.point.k;
    const int runs = m_options.perturbations;
    const bool skipped = std::any_of(candidate.w.begin(), candidate.w.end(), [](const Factor& w) { return w.k == 0; });
    StabilityPoint point = candidate.point;
    point.threshold = m_options.threshold;
    Factor centroids;
    if (!skipped) {
        std::vector<const Factor*> w, h;
        for (std::size_t p = 0; p < candidate.w.size(); ++p) {
            w.push_back(&candidate.w[p]);
            h.push_back(&candidate.h[p]);
        }
        const auto cosinesW = columnCosines(w);
        const auto permutations = alignColumns(cosinesW, k, runs, m_options.matching);
        const auto ofW = silhouettes(cosinesW, k, runs, permutations);
        const auto ofH = m_options.permuteH ? silhouettes(columnCosines(h), k, runs, permutations)
                                            : silhouettes(columnCosines(h), k, runs);
        point.wMin = ofW.min;
        point.wMean = ofW.mean;
        point.hMin = ofH.min;
        point.hMean = ofH.mean;
        for (std::size_t c = 0; c < ofW.perCluster.size(); ++c) {
            const double lesser = std::min(ofW.perCluster[c], ofH.perCluster[c]);
            point.topicMean += lesser / k;
            point.stableShare += lesser >= m_options.threshold ? 1.0 / k : 0.0;
        }
        for (const double error : candidate.errors) point.errorMean += error / runs;
        for (const double error : candidate.errors)
            point.errorSd += (error - point.errorMean) * (error - point.errorMean) / runs;
        point.errorSd = std::sqrt(point.errorSd);

        // Mean of the unit columns of each cluster.
        centroids = Factor(m_x.byDocument.cols, k);
        std::vector<double> sums(static_cast<std::size_t>(centroids.rows));
        for (int c = 0; c < k; ++c) {
            std::fill(sums.begin(), sums.end(), 0.0);
            for (std::size_t p = 0; p < candidate.w.size(); ++p) {
                const Factor& run = candidate.w[p];
                const int column = permutations[p][static_cast<std::size_t>(c)];
                double square = 0;
                for (std::int64_t t = 0; t < run.rows; ++t)
                    square += double{run.at(t, column)} * double{run.at(t, column)};
                const double scale = square > 0 ? 1 / std::sqrt(square) : 0;
                for (std::int64_t t = 0; t < run.rows; ++t)
                    sums[static_cast<std::size_t>(t)] += double{run.at(t, column)} * scale;
            }
            double total = 0;
            for (const double value : sums) total += value;
            for (std::int64_t t = 0; t < centroids.rows; ++t)
                centroids.at(t, c) = total > 0 ? static_cast<float>(sums[static_cast<std::size_t>(t)] / total) : 0.0F;
        }
    }
    candidate.w.clear();
    candidate.h.clear();
    const std::lock_guard lock(m_mutex);
    candidate.point = point;
    candidate.centroids = std::move(centroids);
    candidate.evaluated = true;
}

void SplitSearch::conclude() {
    SplitOutcome outcome;
    outcome.rankOneError = m_rankOneError;
    const std::size_t size = m_options.search == KSearch::Linear ? tableSize() : m_state.size();
    for (std::size_t i = 0; i < size; ++i) {
        if (m_state[i]->evaluated) outcome.stability.push_back(m_state[i]->point);
    }
    outcome.k =
        m_options.exactK > 0 ? m_options.exactK : chooseK(outcome.stability, m_options.rule, m_options.threshold);
    for (auto& point : outcome.stability) point.chosen = point.k == outcome.k;
    for (const auto& candidate : m_state) {
        if (candidate->point.k == outcome.k && outcome.k > 1) outcome.w = std::move(candidate->centroids);
    }
    m_state.clear();
    m_decompositions.clear();
    m_done(std::move(outcome));
}

}  // namespace espalier::nmf::detail
