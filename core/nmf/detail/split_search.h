// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/detail/split_search.h
/// NMFk as tasks of a work queue: one search among many that share the processors.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/nmf/detail/work_queue.h"
#include "core/nmf/nmfk.h"
#include "core/nmf/randomized_svd.h"

namespace espalier::nmf::detail {

/// What a search found. Empty w: no split.
struct SplitOutcome {
    int k = 1;
    std::vector<StabilityPoint> stability;
    Factor w;  ///< columns sum 1
    double rankOneError = 1;
};

/// Runs work(0) .. work(count - 1) as tasks, then `then` once, on the thread that ends last.
void addTasksThen(WorkQueue& queue, int count, std::function<void(int)> work, std::function<void()> then);

/// Rows begin..end-1 of the least-squares H for fixed W. \param gramW  W'W, stride x stride
void fitRows(const SparseView& byDocument, const Factor& w, const std::vector<double>& gramW, Factor& h,
             std::int64_t begin, std::int64_t end);

class SplitSearch : public std::enable_shared_from_this<SplitSearch> {
public:
    using Done = std::function<void(SplitOutcome)>;
    /// Called after each factorisation with its k, on the thread that made it. \param tried  false: it was skipped,
    /// because the search had ended
    using Progress = std::function<void(int k, bool tried)>;

    /// \param x     no empty row or column, outlives the search
    /// \param seed  of this split; every random number follows from it
    SplitSearch(WorkQueue& queue, const TwoWayMatrix& x, const NmfkOptions& options, std::uint64_t seed,
                Progress progress, Done done);

    /// Numbers of topics that will be tried; empty when the matrix is too small for two.
    const std::vector<int>& candidates() const noexcept { return m_candidates; }
    /// \pre candidates() is not empty
    void start();

private:
    struct Candidate {
        std::vector<Factor> w, h;
        std::vector<double> errors;
        StabilityPoint point;
        Factor centroids;
        std::atomic<int> left{0};
        bool evaluated = false;
    };

    void decompose(int perturbation);
    void factoriseAll();
    void addFactorisations(int candidate);
    void visitNext();
    void factorise(int candidate, int perturbation);
    void evaluate(Candidate& candidate);
    void conclude();
    void fitUndrawn(Factor& w, Factor& h, std::uint64_t seed) const;
    bool narrow(const StabilityPoint& point);
    bool drawsDocuments() const;
    bool searchIsOver(int k);
    std::size_t tableSize() const;

    WorkQueue& m_queue;
    const TwoWayMatrix& m_x;
    NmfkOptions m_options;
    std::uint64_t m_seed;
    Progress m_progress;
    Done m_done;
    std::vector<int> m_candidates;
    std::vector<Svd> m_decompositions;
    double m_rankOneError = 1;
    std::vector<std::unique_ptr<Candidate>> m_state;
    std::atomic<int> m_candidatesLeft{0};
    std::mutex m_mutex;  // Candidate::evaluated and point
    // Bisecting: one candidate is at work at a time.
    std::vector<int> m_visits;
    std::size_t m_nextVisit = 0;
    int m_stable = 0;
    int m_ruledOut = 0;
};

/// Places 0 .. count - 1 in the order of a bisecting search.
std::vector<int> visitOrder(int count, KSearch search);

/// How often each of n documents is in a copy: 0 or 1 under LeaveOut, n draws with replacement under the bootstrap.
std::vector<std::int32_t> documentDraws(std::int64_t documents, const NmfkOptions& options, std::uint64_t seed);

/// A copy of the data: values of both orders; RandomStart: as they are. Where documents are drawn, a row is scaled by
/// the square root of its draws, so that its squared error counts as often as it was drawn.
void perturb(const TwoWayMatrix& x, const NmfkOptions& options, std::uint64_t seed, std::vector<float>& byDocument,
             std::vector<float>& byTerm);

}  // namespace espalier::nmf::detail
