// SPDX-License-Identifier: Apache-2.0
/// \file core/nmf/hierarchy.h
/// The label tree as the engine grows it: NMFk split by split, and every document's share along it (method.md 6, 7.1).
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/nmf/nmfk.h"

namespace espalier::nmf {

/// A split that is settled while the rest of the tree still grows. Labels are numbered as they come, 0 = root: who
/// watches can tell them apart and knows their parents, but the finished tree has other indices.
struct GrownSplit {
    struct Child {
        int label = 0;
        std::int64_t documents = 0;                         ///< that went there by hard routing
        std::vector<std::pair<std::int32_t, float>> terms;  ///< as HierarchyNode::terms
    };
    int label = 0;
    std::vector<Child> children;  ///< most documents first
};

struct HierarchyOptions {
    int depth = 2;           ///< levels below the root, at least 1
    int kMax = 15;           ///< children of the root at most, at least 2
    int deepKMax = 10;       ///< children below, at least 2; never more than kMax
    int minDocuments = 30;   ///< a label with fewer documents is not split, at least 2
    int perturbations = 10;  ///< at least 2
    int iterations = 300;
    double threshold = 0.8;  ///< of the silhouette, in (0, 1]
    double noise = 0.015;    ///< of Resampler::UniformNoise
    double leftOut = 0.15;   ///< of Resampler::LeaveOut
    SolverKind solver = SolverKind::Hals;
    KRule rule = KRule::Surplus;
    Matching matching = Matching::Hungarian;
    Resampler resampler = Resampler::LeaveOut;  ///< presetOptions(): DocumentBootstrap for smoothed rows
    KSearch search = KSearch::Linear;
    int exactK = 0;  ///< not 0: the root gets this many children, however stable; at least 2, at most kMax
    /// Terms that say nothing new, such as those of a label whose documents are split: in no list of terms.
    std::vector<std::int32_t> saidAbove;
    // What only a faithful T-ELF tree changes (core/nmf/presets.h); NmfkOptions says what each means.
    int kMin = 2;  ///< 1 or 2; under KRule::Telf 1 is what lets a label stay whole
    double tolerance = 1e-4;
    double ruleOut = 1;
    bool permuteH = true;
    bool scatterStart = true;
    bool fillStart = true;
    bool mergeSmall = true;  ///< parts below max(5, 0.5 %) join the closest one; false: only parts without a document
    /// A split into k must explain at least this many times what k - 1 directions of structureless noise of the same
    /// shape would: (e_1^2 - e_k^2) >= minGain (k - 1) (1 / sqrt(documents) + 1 / sqrt(terms))^2, e the relative error.
    /// (A fixed share, such as 1 % of e_1, turns every split of many short texts away: the plain fields of 12,000
    /// abstracts lower it by 0.95 %.)
    double minGain = 1;
    int termsPerLabel = 10;
    std::uint64_t seed = 42;
    int threads = 0;         ///< 0: all processors; does not change any bit of the result
    bool keepOnStop = true;  ///< Control::Stop ends the growing and keeps the tree so far; false: nothing is kept
    /// Called on the job's own thread as splits are settled, in the order in which they are; may be empty.
    std::function<void(const GrownSplit&)> onSplit;
    /// The same for a label that stays whole, after the split that it came from: its number and why.
    std::function<void(int label, const std::string& reason)> onWhole;
};

struct HierarchyNode {
    int parent = -1;
    /// Vocabulary index and distinctiveness w ln(w / mean over the siblings), strongest first, all > 0; terms among the
    /// parent's strongest are left out. The root has none.
    std::vector<std::pair<std::int32_t, float>> terms;
    std::string stopReason;  ///< why it has no children, one sentence; empty when it has
    std::vector<StabilityPoint> stability;
    std::vector<int> children;   ///< node index per row of W; most documents first
    DenseRows W;                 ///< children x terms, rows sum 1; empty for leaves
    std::vector<float> idf;      ///< weight of each term of the vocabulary at this node; empty for leaves
    std::int64_t documents = 0;  ///< that came here by hard routing
};

struct Hierarchy {
    std::int64_t terms = 0;            ///< size of the vocabulary
    std::vector<HierarchyNode> nodes;  ///< 0 = root, parents before children, level by level; never empty
    /// Per document: node and mass resting there, ascending node, summing to 1. Empty: unassigned (no usable word).
    std::vector<std::vector<std::pair<int, float>>> resting;
    /// Per document: fit residual ||x - W h|| / ||x|| in [0, 1], x = its row with the node's weights, at every node
    /// over whose topics its mass was dealt out; ascending node. Empty: unassigned, or the root has no children.
    std::vector<std::vector<std::pair<int, float>>> fits;
    /// The work that was done, summed over all factorisations: entries times k, and 1.2 (documents + terms) times k^2.
    /// What estimateTree() foretells.
    double work = 0;
    bool stopped = false;  ///< the job was stopped: labels that were not split any more say so as stop reason
};

/// Grows the tree.
/// \param counts  documents x terms, raw term counts, in canonical order (ascending text hash): ties and the random
///                numbers follow it, so equal input gives the same bits for any number of threads
/// \retval InvalidArgument  an option out of range, a count that is negative or not finite
/// \retval Cancelled        by Control::Discard, or by Control::Stop before the root was split: there is nothing to
/// keep.
///                          Stopped later, the finished splits are a tree (Hierarchy::stopped), and all documents are
///                          still folded into it
/// Too few documents, equal documents, no usable words: a root alone with its stop reason.
Result<Hierarchy> buildHierarchy(const SparseRows& counts, const HierarchyOptions& options, jobs::JobContext& context);

/// The same from other rows than the counts: those of smoothedRows() (core/nmf/smoothing.h) give a semantic tree.
/// At each label, terms are weighed by how many of its documents have them in `counts`; `rows` times those weights, to
/// unit length, is what is factorised and folded in. A term that a row was lent and that no document of the label has
/// itself is left out there. With rows == counts this is the plain build, bit for bit.
/// \param rows  the same documents x the same terms, finite and >= 0; empty where the counts are
/// \retval InvalidArgument  also when the sizes differ
Result<Hierarchy> buildHierarchy(const SparseRows& counts, const SparseRows& rows, const HierarchyOptions& options,
                                 jobs::JobContext& context);

/// What folding in needs of each node: rows of W, weights, and W W' worked out once.
class FoldIn {
public:
    /// Keeps no reference to the hierarchy.
    explicit FoldIn(const Hierarchy& hierarchy);

    struct Shares {
        std::vector<std::pair<int, float>> resting;  ///< as Hierarchy::resting
        std::vector<std::pair<int, float>> fits;     ///< as Hierarchy::fits
    };
    /// Shares of one document. Thread-safe.
    /// \param columns  places in the vocabulary, ascending; others are ignored
    /// \param counts   beside them: as given to buildHierarchy (raw counts, or a row of smoothedRows())
    Shares shares(std::span<const std::int32_t> columns, std::span<const float> counts) const;
    /// Of many, by some threads. \param rows  documents x terms, as given to buildHierarchy
    /// \param phase  of the progress events  \retval Cancelled, OutOfMemory
    Result<std::vector<Shares>> sharesOf(const SparseRows& rows, int threads, const char* phase,
                                         jobs::JobContext& context) const;

private:
    struct Node {
        int parent = -1;
        std::vector<int> children;
        std::vector<float> topics;  ///< terms x children
        std::vector<float> idf;
        std::vector<double> gram;
    };
    std::int64_t m_terms = 0;
    std::vector<Node> m_nodes;
};

/// Mass below which a share moves up to the parent, and below which a label's mass is not split further.
inline constexpr double kSmallestShare = 0.01;
inline constexpr double kSmallestSplitMass = 0.05;

/// Node a document ends at: from the root, the child with the largest branch mass (near ties, 1e-6: the lower index) is
/// entered while that mass is at least what rests where we stand. 0 for an unassigned document.
int hardNode(const Hierarchy& hierarchy, std::span<const std::pair<int, float>> resting);

}  // namespace espalier::nmf
