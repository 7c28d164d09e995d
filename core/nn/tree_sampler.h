// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/tree_sampler.h
/// Batches along the label tree, so that every level finds positives: random batches starve the deep ones.
///
/// A batch is filled group by group. A group: draw a level-0 branch with probability ~ (unseen documents in it)^0.5,
/// in it up to `leaves` leaves, also ~ unseen^0.5 and without repetition, and from each leaf the next `documents`
/// unseen ones of its shuffled queue. A leaf is a whole label path, so documents that rest at an inner label form one
/// of their own.
///  - No document is alone: where one unseen document of a leaf would be left over it comes along, or a seen one of
///    the leaf goes with it; a leaf of one document stands twice in the batch (a second dropout pass of itself).
///  - One branch takes at most half of a batch (rounded up) while there is another one; where the others have nothing
///    unseen left, seen documents of theirs stand in: a batch of one branch would have no coarse negatives.
///  - **Epoch**: ends when every document was drawn as an unseen one exactly once; documents that stand in are extra.
///    All queues are then shuffled anew and the batch under way is filled from them, so that batches are full (one
///    short where the last place would hold a document alone; smaller where the corpus, or what lies outside its
///    largest branch, is too small). At the start of an epoch unseen = all documents: the draw is ~ n^0.5 exactly.
/// Documents without a label at level 0 are not drawn. Everything follows from the seed, on every platform.
/// Not thread-safe; copy it freely (three integers a document).
#pragma once
#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/nn/heal_loss.h"

namespace espalier::nn {

/// Shape of a batch: branches x leaves x documents, the last two at least 2 where they exist.
struct BatchShape {
    int branches = 8;
    int leaves = 2;
    int documents = 4;
    int batch = 64;  ///< documents in a batch; groups are drawn until it is full

    /// A sensible shape for any size: 4 documents a leaf from 16 on, else 2; 2 leaves; the rest are branches.
    /// \pre batch >= 4
    static BatchShape forBatch(int batch);
};

class TreeSampler {
public:
    /// \param paths  label ids of each document, coarsest first, unique over the tree; -1 or a shorter path: no label
    ///               from there on. Empty paths are allowed and never drawn.
    /// \retval InvalidArgument  batch < 4, or fewer than 4 documents with a label at level 0
    static Result<TreeSampler> create(const std::vector<std::vector<std::int64_t>>& paths, const BatchShape& shape,
                                      std::uint64_t seed);

    /// Indices into `paths` of the next batch, groups one behind the other; an index stands twice only where its leaf
    /// has no other document.
    std::vector<std::int64_t> next();

    std::int64_t documents() const noexcept { return m_total; }  ///< those that can be drawn
    std::int64_t drawnUnseen() const noexcept { return m_epoch * m_total + m_seen; }
    /// Epochs so far, with the fraction of the one under way: 1.5 = every document once, half of them twice.
    double epochs() const noexcept;
    /// Batches that next() must give from here until `epochs` more epochs are complete. Simulates them: about a second
    /// for ten million documents.
    std::int64_t batchesUntil(double epochs) const;

private:
    struct Leaf {
        std::size_t branch = 0;
        std::vector<std::int64_t> queue;  ///< shuffled documents
        std::size_t taken = 0;            ///< queue[0..taken) were seen in this epoch
        std::size_t standIn = 0;          ///< rotates over seen documents that stand in
        std::size_t inBatch = 0;          ///< its documents in the batch under way
        std::size_t blocked = 0;          ///< those of them that a new epoch made unseen again: the queue's tail
        std::size_t available() const noexcept { return queue.size() - taken - blocked; }
    };
    struct Branch {
        std::vector<std::size_t> leaves;
        std::int64_t size = 0;
        std::int64_t available = 0;  ///< sum over its leaves
        std::int64_t inBatch = 0;
    };
    TreeSampler() = default;
    void startEpoch();
    bool drawGroup(std::vector<std::int64_t>& batch);
    void drawUnseen(Leaf& leaf, std::size_t limit, std::vector<std::int64_t>& batch);
    void drawSeen(Leaf& leaf, std::size_t limit, std::vector<std::int64_t>& batch);
    void put(Leaf& leaf, std::int64_t document, std::vector<std::int64_t>& batch);
    std::size_t capacity(const Branch& branch, std::size_t placesLeft) const;
    std::size_t pick(const std::vector<double>& weights);

    BatchShape m_shape;
    std::vector<Leaf> m_leaves;
    std::vector<Branch> m_branches;
    std::vector<std::uint32_t> m_lastBatch;  ///< per document: number of the batch it was last put into
    std::uint32_t m_batches = 0;
    std::int64_t m_total = 0;
    std::int64_t m_seen = 0;
    std::int64_t m_epoch = 0;
    SplitMix64 m_random;
};

/// Compact labels of a batch from the label paths of its documents: -1 where a path has none.
/// \param levels  number of levels; longer paths are cut
BatchLabels batchLabels(const std::vector<std::vector<std::int64_t>>& paths, const std::vector<std::int64_t>& batch,
                        int levels);

/// Carries the last label of a path down to `levels` levels where that label is a leaf, that is, where no other path
/// goes on below it; paths that end at an inner label stay as they are (no label is known below).
void carryForward(std::vector<std::vector<std::int64_t>>& paths, int levels);

}  // namespace espalier::nn
