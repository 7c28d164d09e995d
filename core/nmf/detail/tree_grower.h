// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/detail/tree_grower.h
/// The recursion of HNMFk as tasks of one work queue: several labels are split at once, and the tree does not depend on
/// which is done first.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/nmf/detail/split_search.h"
#include "core/nmf/detail/work_queue.h"
#include "core/nmf/hierarchy.h"

namespace espalier::nmf::detail {

/// A label while it grows.
struct GrowingLabel {
    int number = 0;  ///< of GrownSplit
    int depth = 0;   ///< 0: the root
    const GrowingLabel* parent = nullptr;
    std::uint64_t seed = 0;               ///< follows from the parent's and the place among its children
    std::vector<std::int32_t> documents;  ///< rows of the counts, ascending
    std::string stopReason;
    std::vector<StabilityPoint> stability;
    std::vector<std::unique_ptr<GrowingLabel>> children;    ///< most documents first
    std::vector<std::pair<std::int32_t, float>> strongest;  ///< HierarchyNode::terms

    // While it is split, later only what the tree keeps.
    std::vector<std::int32_t> terms;  ///< vocabulary index of each local term
    std::vector<float> idf;           ///< of the whole vocabulary
    TwoWayMatrix x;                   ///< documents x local terms, weighted
    Factor w;                         ///< local terms x children, columns sum 1
    Factor h;
    std::vector<double> gramW;
    double rankOneError = 1;
};

/// What one factorisation into k topics costs, beside others: the products pass every entry of the matrix k times, the
/// sweeps over W and H every row and column k times k. \param sides  rows + columns
double factorisationWork(double nonZeros, double sides, int k);

class TreeGrower {
public:
    /// \param counts  what terms are weighed by  \param rows  what is factorised once weighed (buildHierarchy)
    TreeGrower(const SparseRows& counts, const SparseRows& rows, const HierarchyOptions& options);

    /// \retval Cancelled  the root may have children nonetheless; labels that were not settled say so as stop reason
    /// \retval OutOfMemory, Internal
    Status run(jobs::JobContext& context);
    /// The root after run().
    GrowingLabel& root() { return m_root; }
    /// Hierarchy::work so far.
    double work() const { return static_cast<double>(m_work.load()); }

private:
    void begin(GrowingLabel& label);
    void prepare(GrowingLabel& label);
    void weigh(GrowingLabel& label);
    void split(GrowingLabel& label, SplitOutcome outcome);
    void fit(GrowingLabel& label);
    void route(GrowingLabel& label);
    void mergeSliver(GrowingLabel& label, int sliver);
    void describeChildren(GrowingLabel& label);
    void announce(GrowingLabel& label);
    void tellSettled();
    void stopUnsettled(GrowingLabel& label);
    void stop(GrowingLabel& label, std::string reason);
    int kMaxAt(int depth) const;
    std::int64_t unitsFrom(int depth) const;
    std::int64_t unitsAt(int depth) const;

    const SparseRows& m_counts;
    const SparseRows& m_rows;
    const HierarchyOptions& m_options;
    WorkQueue m_queue;
    GrowingLabel m_root;
    // Progress: a document costs the sum of the k tried at each level that it passes.
    std::atomic<std::int64_t> m_unitsDone{0};
    std::int64_t m_unitsTotal = 0;
    std::atomic<std::int64_t> m_work{0};  // whole numbers: their sum does not depend on the threads
    std::mutex m_mutex;                   // what follows: settled labels on their way to the job's thread
    std::vector<GrownSplit> m_splits;
    std::vector<std::pair<int, std::string>> m_whole;
    int m_lastNumber = 0;
};

}  // namespace espalier::nmf::detail
