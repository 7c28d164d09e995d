// SPDX-License-Identifier: Apache-2.0
#include "core/eval/label_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "core/base/dot_products.h"
#include "core/eval/detail/unit_vectors.h"

namespace espalier::eval {
namespace {

constexpr std::int64_t kQueriesPerBlock = 32;
constexpr std::int64_t kPanelRows = 256;
// Cosines are compared in steps of 2^-20: what is nearer than float sums can tell goes to the lower row, and the
// neighbours do not depend on the processor's vector width.
constexpr float kStep = 1.0F / (1 << 20);
constexpr double kSmallestDistance = 1e-6;  // silhouettes of collapsed vectors: below this there is nothing to compare

struct Neighbour {
    std::int32_t row = 0;
    float similarity = 0;
};

/// The k best so far, best first.
class NearestList {
public:
    explicit NearestList(std::size_t k) : m_k(k) { m_best.reserve(k + 1); }
    void clear() { m_best.clear(); }
    float worst() const {
        return m_best.size() < m_k ? -std::numeric_limits<float>::infinity() : m_best.back().similarity;
    }
    /// Rows must come in ascending order, so that equal ones keep it.
    void offer(std::int32_t row, float similarity) {
        if (!(similarity > worst())) return;
        auto at = m_best.end();
        while (at != m_best.begin() && std::prev(at)->similarity < similarity) --at;
        m_best.insert(at, {row, similarity});
        if (m_best.size() > m_k) m_best.pop_back();
    }
    const std::vector<Neighbour>& best() const noexcept { return m_best; }

private:
    std::size_t m_k;
    std::vector<Neighbour> m_best;
};

/// Nearest neighbours among the labelled documents of each level, for a block of queries.
class NeighbourSearch {
public:
    NeighbourSearch(const DenseRows& unit, std::span<const Labels> labels, int k)
        : m_unit(unit), m_labels(labels), m_k(static_cast<std::size_t>(k)) {}

    /// lists[q * levels + l]
    std::vector<NearestList> find(std::span<const std::int64_t> queries) const {
        const std::size_t levels = m_labels.size();
        std::vector<NearestList> lists(queries.size() * levels, NearestList(m_k));
        std::vector<float> block;
        for (const std::int64_t query : queries) {
            const std::span<const float> row = m_unit.row(query);
            block.insert(block.end(), row.begin(), row.end());
        }
        std::vector<float> products(queries.size() * static_cast<std::size_t>(kPanelRows));
        for (std::int64_t begin = 0; begin < m_unit.rows; begin += kPanelRows) {
            const std::int64_t count = std::min(kPanelRows, m_unit.rows - begin);
            dotProducts(block.data(), static_cast<std::int64_t>(queries.size()),
                        m_unit.values.data() + begin * m_unit.cols, count, m_unit.cols, products.data(), kPanelRows);
            for (std::size_t q = 0; q < queries.size(); ++q)
                offerPanel(queries[q], begin, {products.data() + q * kPanelRows, static_cast<std::size_t>(count)},
                           std::span(lists).subspan(q * levels, levels));
        }
        return lists;
    }

private:
    void offerPanel(std::int64_t query, std::int64_t begin, std::span<const float> products,
                    std::span<NearestList> lists) const {
        const auto smallest = [&] {
            float worst = std::numeric_limits<float>::infinity();
            for (const NearestList& list : lists) worst = std::min(worst, list.worst());
            return worst - kStep;
        };
        float threshold = smallest();
        for (std::size_t j = 0; j < products.size(); ++j) {
            if (!(products[j] > threshold)) continue;
            const auto row = begin + static_cast<std::int64_t>(j);
            if (row == query) continue;
            const float similarity = std::nearbyint(products[j] / kStep) * kStep;
            for (std::size_t level = 0; level < lists.size(); ++level)
                if (m_labels[level][static_cast<std::size_t>(row)] >= 0)
                    lists[level].offer(static_cast<std::int32_t>(row), similarity);
            threshold = smallest();
        }
    }

    const DenseRows& m_unit;
    std::span<const Labels> m_labels;
    std::size_t m_k;
};

/// Votes of neighbours: weight max(cosine, 0), ties by sum of cosines, then lower label.
class Vote {
public:
    void add(std::int32_t label, float similarity) {
        const double cosine = similarity;
        m_total += std::max(cosine, 0.0);
        for (Entry& entry : m_entries) {
            if (entry.label != label) continue;
            entry.weight += std::max(cosine, 0.0);
            entry.sum += cosine;
            return;
        }
        m_entries.push_back({label, std::max(cosine, 0.0), cosine});
    }
    /// -1 without a vote.
    std::int32_t winner() const {
        const Entry* best = nullptr;
        for (const Entry& entry : m_entries) {
            if (entry.label < 0) continue;
            if (best == nullptr || entry.weight > best->weight ||
                (entry.weight == best->weight &&
                 (entry.sum > best->sum || (entry.sum == best->sum && entry.label < best->label))))
                best = &entry;
        }
        return best != nullptr ? best->label : -1;
    }
    /// Share of the whole weight, votes for "no label" included.
    double support(std::int32_t label) const {
        for (const Entry& entry : m_entries)
            if (entry.label == label) return m_total > 0 ? entry.weight / m_total : 0.0;
        return 0.0;
    }

private:
    struct Entry {
        std::int32_t label;
        double weight;
        double sum;
    };
    std::vector<Entry> m_entries;
    double m_total = 0;
};

LabelPath predictedPath(const std::vector<Neighbour>& neighbours, std::span<const Labels> labels) {
    constexpr double kLeastSupport = 0.5;
    LabelPath path;
    for (std::size_t level = 0; level < labels.size(); ++level) {
        Vote vote;
        for (const Neighbour& neighbour : neighbours) {
            const auto row = static_cast<std::size_t>(neighbour.row);
            if (level > 0 && labels[level - 1][row] != path.back()) continue;
            vote.add(labels[level][row], neighbour.similarity);
        }
        const std::int32_t winner = vote.winner();
        if (winner < 0 || vote.support(winner) < kLeastSupport) break;
        path.push_back(winner);
    }
    return path;
}

LabelPath truePath(std::size_t document, std::span<const Labels> labels) {
    LabelPath path;
    for (const Labels& level : labels) {
        if (level[document] < 0) break;
        path.push_back(level[document]);
    }
    return path;
}

/// What one document contributes to its levels.
struct Answer {
    bool asked = false;
    float correct = 0;
    float purity = 0;
    float silhouette = 0;
};

/// The labels of one level, numbered from 0, with the mean vector of each.
struct Clusters {
    std::vector<std::int32_t> of;  ///< per document, -1
    std::vector<std::int64_t> sizes;
    DenseRows means;
};

Clusters clustersOf(const DenseRows& unit, const Labels& labels) {
    Clusters clusters;
    std::map<std::int32_t, std::int32_t> numbers;
    for (const std::int32_t label : labels)
        if (label >= 0) numbers.emplace(label, 0);
    std::int32_t next = 0;
    for (auto& [label, number] : numbers) number = next++;
    const auto dim = static_cast<std::size_t>(unit.cols);
    std::vector<double> sums(numbers.size() * dim, 0.0);
    clusters.sizes.assign(numbers.size(), 0);
    clusters.of.assign(labels.size(), -1);
    for (std::size_t d = 0; d < labels.size(); ++d) {
        if (labels[d] < 0) continue;
        const std::int32_t c = numbers[labels[d]];
        clusters.of[d] = c;
        ++clusters.sizes[static_cast<std::size_t>(c)];
        const std::span<const float> row = unit.row(static_cast<std::int64_t>(d));
        for (std::size_t i = 0; i < dim; ++i)
            sums[static_cast<std::size_t>(c) * dim + i] += static_cast<double>(row[i]);
    }
    clusters.means.rows = static_cast<std::int64_t>(numbers.size());
    clusters.means.cols = unit.cols;
    clusters.means.values.resize(sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i)
        clusters.means.values[i] = static_cast<float>(sums[i] / static_cast<double>(clusters.sizes[i / dim]));
    return clusters;
}

/// \param products  of the document with the mean of every cluster; mean distance to a cluster is 1 - that
float silhouetteOf(std::size_t document, double ownSquare, std::span<const float> products, const Clusters& clusters) {
    const auto own = static_cast<std::size_t>(clusters.of[document]);
    const auto size = static_cast<double>(clusters.sizes[own]);
    if (clusters.sizes[own] < 2) return 0.0F;
    const double a = ((size - 1) - (size * static_cast<double>(products[own]) - ownSquare)) / (size - 1);
    double b = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < products.size(); ++c)
        if (c != own) b = std::min(b, 1.0 - static_cast<double>(products[c]));
    const double larger = std::max(a, b);
    return larger > kSmallestDistance ? static_cast<float>((b - a) / larger) : 0.0F;
}

std::optional<double> meanOf(const std::vector<float>& values) {
    if (values.empty()) return std::nullopt;
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value);
    return sum / static_cast<double>(values.size());
}

std::optional<double> chanceOf(const std::vector<std::int64_t>& sizes) {
    double total = 0;
    double pairs = 0;
    for (const std::int64_t size : sizes) {
        total += static_cast<double>(size);
        pairs += static_cast<double>(size) * static_cast<double>(size - 1);
    }
    if (total < 2) return std::nullopt;
    return pairs / (total * (total - 1));
}

Status validate(const DenseRows& vectors, std::span<const Labels> labels, const LabelMetricsOptions& options) {
    if (options.k < 1 || options.queryLimit < 1)
        return makeError(ErrorCode::InvalidArgument, "k and the number of queries must be at least 1");
    if (vectors.rows > std::numeric_limits<std::int32_t>::max() ||
        static_cast<std::int64_t>(vectors.values.size()) != vectors.rows * vectors.cols)
        return makeError(ErrorCode::InvalidArgument, "the vectors do not have the size they are said to have");
    for (const Labels& level : labels)
        if (static_cast<std::int64_t>(level.size()) != vectors.rows)
            return makeError(ErrorCode::InvalidArgument, "there are " + std::to_string(level.size()) + " labels for " +
                                                             std::to_string(vectors.rows) + " vectors");
    return {};
}

std::string protocolOf(std::int64_t documents, std::int64_t asked, bool sampled, int k) {
    std::string text =
        "leave one out, " + std::to_string(k) + " nearest by cosine, over " + std::to_string(documents) + " documents";
    if (sampled) text += "; a fixed-seed sample of " + std::to_string(asked) + " of them is asked against all";
    return text;
}

}  // namespace

Result<LabelReport> evaluateLabels(const DenseRows& vectors, std::span<const Labels> labels,
                                   const LabelMetricsOptions& options, jobs::JobContext& context) {
    ESPALIER_TRY(validate(vectors, labels, options));
    DenseRows unit;
    if (!toUnit(vectors, unit))
        return makeError(ErrorCode::InvalidArgument, "a vector holds a value that is not finite");

    const std::size_t levels = labels.size();
    std::vector<Clusters> clusters;
    for (const Labels& level : labels) clusters.push_back(clustersOf(unit, level));
    const std::vector<std::int64_t> asked = sampledRows(unit.rows, options.queryLimit, options.seed);
    const auto queries = static_cast<std::int64_t>(asked.size());
    std::vector<Answer> answers(asked.size() * levels);
    std::vector<LabelPath> predicted(asked.size());
    std::vector<char> hasNeighbours(asked.size(), 0);
    const NeighbourSearch search(unit, labels, options.k);

    const auto answerLevel = [&](std::size_t q, std::size_t level, const std::vector<Neighbour>& neighbours,
                                 std::span<const float> products) {
        const auto document = static_cast<std::size_t>(asked[q]);
        const std::int32_t own = labels[level][document];
        if (own < 0 || neighbours.empty()) return;
        Answer& answer = answers[q * levels + level];
        answer.asked = true;
        Vote vote;
        int same = 0;
        for (const Neighbour& neighbour : neighbours) {
            const std::int32_t label = labels[level][static_cast<std::size_t>(neighbour.row)];
            vote.add(label, neighbour.similarity);
            if (label == own) ++same;
        }
        answer.correct = vote.winner() == own ? 1.0F : 0.0F;
        answer.purity = static_cast<float>(same) / static_cast<float>(neighbours.size());
        if (clusters[level].means.rows < 2) return;
        const std::span<const float> row = unit.row(asked[q]);
        answer.silhouette = silhouetteOf(document, static_cast<double>(dot(row.data(), row.data(), unit.cols)),
                                         products, clusters[level]);
    };
    const auto work = [&](std::int64_t block) {
        const auto begin = static_cast<std::size_t>(block * kQueriesPerBlock);
        const std::size_t count = std::min<std::size_t>(kQueriesPerBlock, asked.size() - begin);
        const std::vector<NearestList> lists = search.find(std::span(asked).subspan(begin, count));
        std::vector<float> products;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t q = begin + i;
            for (std::size_t level = 0; level < levels; ++level) {
                const DenseRows& means = clusters[level].means;
                products.assign(static_cast<std::size_t>(means.rows), 0.0F);
                if (means.rows > 1)
                    dotProducts(unit.row(asked[q]).data(), 1, means.values.data(), means.rows, unit.cols,
                                products.data(), means.rows);
                answerLevel(q, level, lists[i * levels + level].best(), products);
            }
            if (levels > 0) predicted[q] = predictedPath(lists[i * levels].best(), labels);
            hasNeighbours[q] = levels > 0 && !lists[i * levels].best().empty() ? 1 : 0;
        }
    };
    const std::int64_t blocks = (queries + kQueriesPerBlock - 1) / kQueriesPerBlock;
    const bool finished = forEachBlock(levels > 0 ? blocks : 0, options.threads, work, [&](std::int64_t done) {
        context.progress("compare labels", std::min(done * kQueriesPerBlock, queries), queries);
        return !context.shouldStop();
    });
    if (!finished) return makeError(ErrorCode::Cancelled, "stopped");

    LabelReport report;
    report.sampled = queries < unit.rows;
    report.protocol = protocolOf(unit.rows, queries, report.sampled, options.k);
    for (std::size_t level = 0; level < levels; ++level) {
        LevelMetrics metrics;
        metrics.level = static_cast<int>(level);
        metrics.labels = clusters[level].means.rows;
        std::vector<float> silhouettes;
        for (std::size_t q = 0; q < asked.size(); ++q) {
            if (labels[level][static_cast<std::size_t>(asked[q])] >= 0) ++metrics.n;
            const Answer& answer = answers[q * levels + level];
            if (!answer.asked) continue;
            metrics.correct.push_back(answer.correct);
            metrics.purities.push_back(answer.purity);
            silhouettes.push_back(answer.silhouette);
        }
        metrics.knnAccuracy = meanOf(metrics.correct);
        metrics.purity = meanOf(metrics.purities);
        metrics.purityChance = chanceOf(clusters[level].sizes);
        if (metrics.labels > 1) metrics.silhouette = meanOf(silhouettes);
        report.levels.push_back(std::move(metrics));
    }
    std::vector<LabelPath> truths;
    std::vector<LabelPath> predictions;
    for (std::size_t q = 0; q < asked.size(); ++q) {
        LabelPath truth = truePath(static_cast<std::size_t>(asked[q]), labels);
        if (truth.empty() || hasNeighbours[q] == 0) continue;
        truths.push_back(std::move(truth));
        predictions.push_back(std::move(predicted[q]));
    }
    if (!truths.empty()) report.hierarchical = hierarchicalScores(truths, predictions);
    return report;
}

std::vector<Labels> pathLabels(std::span<const std::vector<std::string>> paths) {
    std::size_t levels = 0;
    for (const std::vector<std::string>& path : paths) levels = std::max(levels, path.size());
    std::vector<Labels> labels(levels, Labels(paths.size(), -1));
    for (std::size_t level = 0; level < levels; ++level) {
        std::map<std::vector<std::string>, std::int32_t> numbers;
        for (const std::vector<std::string>& path : paths)
            if (path.size() > level)
                numbers.try_emplace({path.begin(), path.begin() + static_cast<std::ptrdiff_t>(level) + 1}, 0);
        std::int32_t next = 0;
        for (auto& [prefix, number] : numbers) number = next++;
        for (std::size_t d = 0; d < paths.size(); ++d)
            if (paths[d].size() > level)
                labels[level][d] =
                    numbers.at({paths[d].begin(), paths[d].begin() + static_cast<std::ptrdiff_t>(level) + 1});
    }
    return labels;
}

std::optional<double> alignment(const DenseRows& vectors, const Labels& labels) {
    DenseRows unit;
    if (static_cast<std::int64_t>(labels.size()) != vectors.rows || !toUnit(vectors, unit)) return std::nullopt;
    const Clusters clusters = clustersOf(unit, labels);
    const std::size_t count = clusters.sizes.size();
    std::vector<double> squares(count, 0.0);
    for (std::size_t d = 0; d < labels.size(); ++d) {
        if (clusters.of[d] < 0) continue;
        for (const float x : unit.row(static_cast<std::int64_t>(d)))
            squares[static_cast<std::size_t>(clusters.of[d])] += static_cast<double>(x) * static_cast<double>(x);
    }
    // The sum over pairs of |x - y|^2 is n sum |x|^2 - |sum x|^2.
    double total = 0;
    double pairs = 0;
    for (std::size_t c = 0; c < count; ++c) {
        const auto n = static_cast<double>(clusters.sizes[c]);
        double mean2 = 0;
        for (const float x : clusters.means.row(static_cast<std::int64_t>(c)))
            mean2 += static_cast<double>(x) * static_cast<double>(x);
        total += n * squares[c] - n * n * mean2;
        pairs += n * (n - 1) / 2;
    }
    if (pairs <= 0) return std::nullopt;
    return std::max(0.0, total / pairs);
}

std::optional<double> uniformity(const DenseRows& vectors, int threads) {
    constexpr std::uint64_t kSeed = 42;
    DenseRows unit;
    if (vectors.rows < 2 || !toUnit(vectors, unit)) return std::nullopt;
    if (unit.rows > kLabelQueryLimit) unit = gathered(unit, sampledRows(unit.rows, kLabelQueryLimit, kSeed));
    const std::int64_t blocks = (unit.rows + kPanelRows - 1) / kPanelRows;
    std::vector<double> sums(static_cast<std::size_t>(blocks), 0.0);
    std::vector<float> squares(static_cast<std::size_t>(unit.rows));
    for (std::int64_t row = 0; row < unit.rows; ++row)
        squares[static_cast<std::size_t>(row)] = dot(unit.row(row).data(), unit.row(row).data(), unit.cols);
    forEachBlock(
        blocks, threads,
        [&](std::int64_t block) {
            std::vector<float> products(static_cast<std::size_t>(kPanelRows * kPanelRows));
            const std::int64_t top = block * kPanelRows;
            const std::int64_t rows = std::min(kPanelRows, unit.rows - top);
            double sum = 0;
            for (std::int64_t left = top; left < unit.rows; left += kPanelRows) {
                const std::int64_t columns = std::min(kPanelRows, unit.rows - left);
                dotProducts(unit.values.data() + top * unit.cols, rows, unit.values.data() + left * unit.cols, columns,
                            unit.cols, products.data(), kPanelRows);
                for (std::int64_t i = 0; i < rows; ++i) {
                    for (std::int64_t j = left == top ? i + 1 : 0; j < columns; ++j) {
                        const float distance = squares[static_cast<std::size_t>(top + i)] +
                                               squares[static_cast<std::size_t>(left + j)] -
                                               2 * products[static_cast<std::size_t>(i * kPanelRows + j)];
                        sum += static_cast<double>(std::exp(-2 * distance));
                    }
                }
            }
            sums[static_cast<std::size_t>(block)] = sum;
        },
        [](std::int64_t) { return true; });
    double total = 0;
    for (const double sum : sums) total += sum;
    const auto n = static_cast<double>(unit.rows);
    return std::log(total / (n * (n - 1) / 2));
}

}  // namespace espalier::eval
