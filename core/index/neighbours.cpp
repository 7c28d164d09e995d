// SPDX-License-Identifier: Apache-2.0
#include "core/index/neighbours.h"

#include <faiss/IndexHNSW.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include "core/base/dot_products.h"
#include "core/index/detail/blocks.h"

namespace espalier::index {
namespace {

constexpr std::int64_t kQueriesPerBlock = 64;
constexpr std::int64_t kPanelRows = 512;
constexpr float kStep = 1e-6F;  // of a cosine
constexpr std::int64_t kNone = -1;

// HNSW. Fixed parts, so that graphs grow side by side and are the same on every machine.
constexpr std::int64_t kParts = 4;
constexpr int kLinks = 32;
constexpr int kBuildWidth = 80;
constexpr int kSearchWidthPerNeighbour = 2;
constexpr std::int64_t kRowsPerAdd = 2048;  // a stop is seen after so many

struct Candidate {
    std::int32_t similarity = 0;
    std::int32_t row = 0;
    friend bool operator<(const Candidate& a, const Candidate& b) {
        return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
    }
};

std::int32_t millionths(float cosine) {
    return static_cast<std::int32_t>(std::lround(static_cast<double>(cosine) * 1e6));
}

/// The best so far, best first. Rows must be offered in ascending order, so that equal ones keep it.
class NearestList {
public:
    explicit NearestList(std::size_t count) : m_count(count) { m_best.reserve(count + 1); }
    /// Nothing below this can enter, in floats: one step of slack for the rounding.
    float threshold() const {
        return m_best.size() < m_count ? 0.0F : static_cast<float>(m_best.back().similarity) * kStep - kStep;
    }
    void offer(std::int32_t row, float cosine) {
        const Candidate one{millionths(cosine), row};
        if (one.similarity <= 0 || (m_best.size() == m_count && !(one < m_best.back()))) return;
        m_best.insert(std::upper_bound(m_best.begin(), m_best.end(), one), one);
        if (m_best.size() > m_count) m_best.pop_back();
    }
    std::vector<Candidate> take() { return std::move(m_best); }

private:
    std::size_t m_count;
    std::vector<Candidate> m_best;
};

using Lists = std::vector<std::vector<Candidate>>;

Neighbours joined(const Lists& lists) {
    Neighbours all;
    std::size_t total = 0;
    for (const auto& list : lists) total += list.size();
    all.rows.reserve(total);
    all.similarity.reserve(total);
    all.offsets.reserve(lists.size() + 1);
    for (const auto& list : lists) {
        for (const Candidate& one : list) {
            all.rows.push_back(one.row);
            all.similarity.push_back(one.similarity);
        }
        all.offsets.push_back(static_cast<std::int64_t>(all.rows.size()));
    }
    return all;
}

struct Search {
    const DenseRows& queries;
    const DenseRows& unit;
    bool among = false;  ///< the queries are the rows themselves
    const NeighbourOptions& options;

    std::int64_t self(std::int64_t query) const { return among ? query : kNone; }
    std::int64_t blocks() const { return (queries.rows + kQueriesPerBlock - 1) / kQueriesPerBlock; }
    std::size_t count() const { return static_cast<std::size_t>(std::max(0, options.count)); }
};

Status searchExactly(const Search& search, Lists& lists, jobs::JobContext& context) {
    return detail::forEachBlock(
        search.blocks(), search.options.threads, "neighbours", context,
        [&](std::int64_t block, const std::function<bool()>& stopRequested) {
            const std::int64_t first = block * kQueriesPerBlock;
            const std::int64_t size = std::min(kQueriesPerBlock, search.queries.rows - first);
            std::vector<NearestList> best(static_cast<std::size_t>(size), NearestList(search.count()));
            std::vector<float> products(static_cast<std::size_t>(size * kPanelRows));
            for (std::int64_t begin = 0; begin < search.unit.rows; begin += kPanelRows) {
                if (begin % (kPanelRows * 64) == 0 && stopRequested()) return;
                const std::int64_t rows = std::min(kPanelRows, search.unit.rows - begin);
                dotProducts(search.queries.row(first).data(), size, search.unit.row(begin).data(), rows,
                            search.unit.cols, products.data(), kPanelRows);
                for (std::int64_t q = 0; q < size; ++q) {
                    NearestList& list = best[static_cast<std::size_t>(q)];
                    const float* cosines = products.data() + q * kPanelRows;
                    float threshold = list.threshold();
                    for (std::int64_t j = 0; j < rows; ++j) {
                        if (!(cosines[j] > threshold) || begin + j == search.self(first + q)) continue;
                        list.offer(static_cast<std::int32_t>(begin + j), cosines[j]);
                        threshold = list.threshold();
                    }
                }
            }
            for (std::int64_t q = 0; q < size; ++q)
                lists[static_cast<std::size_t>(first + q)] = best[static_cast<std::size_t>(q)].take();
        });
}

/// One graph over every kParts-th row that is not zero.
struct Graph {
    std::vector<std::int32_t> rows;
    std::unique_ptr<faiss::IndexHNSWFlat> index;
};

void grow(Graph& graph, const Search& search, std::int64_t part, const std::function<bool()>& stopRequested) {
    omp_set_num_threads(1);  // of this thread: faiss links rows in the order in which its threads come by
    const std::int64_t dim = search.unit.cols;
    graph.index = std::make_unique<faiss::IndexHNSWFlat>(static_cast<int>(dim), kLinks);
    graph.index->hnsw.efConstruction = kBuildWidth;
    graph.index->hnsw.efSearch = std::max(64, kSearchWidthPerNeighbour * search.options.count);
    std::vector<float> batch;
    const auto flush = [&] {
        if (!batch.empty()) graph.index->add(static_cast<std::int64_t>(batch.size()) / dim, batch.data());
        batch.clear();
    };
    for (std::int64_t row = part; row < search.unit.rows; row += kParts) {
        const auto vector = search.unit.row(row);
        if (std::all_of(vector.begin(), vector.end(), [](float x) { return x == 0; })) continue;
        graph.rows.push_back(static_cast<std::int32_t>(row));
        batch.insert(batch.end(), vector.begin(), vector.end());
        if (static_cast<std::int64_t>(graph.rows.size()) % kRowsPerAdd != 0) continue;
        if (stopRequested()) return;
        flush();
    }
    flush();
}

Status searchGraphs(const Search& search, Lists& lists, jobs::JobContext& context) {
    std::vector<Graph> graphs(kParts);
    ESPALIER_TRY(detail::forEachBlock(kParts, search.options.threads, "neighbours: graph", context,
                                      [&](std::int64_t part, const std::function<bool()>& stopRequested) {
                                          grow(graphs[static_cast<std::size_t>(part)], search, part, stopRequested);
                                      }));
    // One more of each part: the query itself may be among them.
    const std::int64_t wanted = search.options.count + 1;
    return detail::forEachBlock(
        search.blocks(), search.options.threads, "neighbours", context,
        [&](std::int64_t block, const std::function<bool()>& stopRequested) {
            omp_set_num_threads(1);
            const std::int64_t first = block * kQueriesPerBlock;
            const std::int64_t size = std::min(kQueriesPerBlock, search.queries.rows - first);
            std::vector<std::vector<std::int32_t>> found(static_cast<std::size_t>(size));
            std::vector<float> distances(static_cast<std::size_t>(size * wanted));
            std::vector<faiss::Index::idx_t> places(distances.size());
            for (const Graph& graph : graphs) {
                if (stopRequested()) return;
                if (graph.rows.empty()) continue;
                graph.index->search(size, search.queries.row(first).data(), wanted, distances.data(), places.data());
                for (std::size_t i = 0; i < places.size(); ++i) {
                    if (places[i] < 0) continue;
                    found[i / static_cast<std::size_t>(wanted)].push_back(
                        graph.rows[static_cast<std::size_t>(places[i])]);
                }
            }
            for (std::int64_t q = 0; q < size; ++q) {
                auto& rows = found[static_cast<std::size_t>(q)];
                std::sort(rows.begin(), rows.end());
                NearestList list(search.count());
                for (const std::int32_t row : rows) {
                    if (row == search.self(first + q)) continue;
                    list.offer(
                        row, dot(search.queries.row(first + q).data(), search.unit.row(row).data(), search.unit.cols));
                }
                lists[static_cast<std::size_t>(first + q)] = list.take();
            }
        });
}

Result<Neighbours> find(const Search& search, jobs::JobContext& context) {
    if (search.queries.cols != search.unit.cols)
        return makeError(ErrorCode::InvalidArgument, "the vectors have " + std::to_string(search.queries.cols) +
                                                         " and " + std::to_string(search.unit.cols) + " dimensions");
    Lists lists(static_cast<std::size_t>(search.queries.rows));
    if (search.options.count > 0 && search.unit.rows > 0 && search.queries.rows > 0) {
        const bool exact = search.queries.rows <= search.options.exactPairs / search.unit.rows;
        ESPALIER_TRY(exact ? searchExactly(search, lists, context) : searchGraphs(search, lists, context));
    }
    return joined(lists);
}

}  // namespace

Status scaleToUnitLength(DenseRows& rows) {
    for (std::int64_t r = 0; r < rows.rows; ++r) {
        const auto row = rows.row(r);
        double square = 0;
        for (const float x : row) square += double{x} * double{x};
        if (!std::isfinite(square))
            return makeError(ErrorCode::InvalidArgument,
                             "vector " + std::to_string(r) + " has a value that is not a number");
        if (square > 0) {
            const double scale = 1 / std::sqrt(square);
            for (float& x : row) x = static_cast<float>(double{x} * scale);
        }
    }
    return {};
}

Result<Neighbours> nearestNeighbours(const DenseRows& unit, const NeighbourOptions& options,
                                     jobs::JobContext& context) {
    return find({unit, unit, true, options}, context);
}

Result<Neighbours> nearestNeighbours(const DenseRows& queries, const DenseRows& unit, const NeighbourOptions& options,
                                     jobs::JobContext& context) {
    return find({queries, unit, false, options}, context);
}

}  // namespace espalier::index
