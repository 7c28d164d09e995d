// SPDX-License-Identifier: Apache-2.0
#include "core/nn/tree_sampler.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

namespace espalier::nn {

BatchShape BatchShape::forBatch(int batch) {
    BatchShape shape;
    shape.batch = batch;
    shape.documents = batch >= 16 ? 4 : 2;
    shape.leaves = 2;
    shape.branches = std::max(1, batch / (shape.documents * shape.leaves));
    return shape;
}

Result<TreeSampler> TreeSampler::create(const std::vector<std::vector<std::int64_t>>& paths, const BatchShape& shape,
                                        std::uint64_t seed) {
    if (shape.batch < 4) return makeError(ErrorCode::InvalidArgument, "a batch needs at least 4 documents");
    if (shape.branches < 1 || shape.leaves < 1 || shape.documents < 2)
        return makeError(ErrorCode::InvalidArgument,
                         "a batch is made of at least one branch, one leaf and two documents of it");
    // By path, so that the order of leaves depends on the tree and not on the order of the documents.
    std::map<std::vector<std::int64_t>, std::vector<std::int64_t>> byPath;
    std::int64_t total = 0;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto& path = paths[i];
        std::vector<std::int64_t> known(path.begin(), std::find(path.begin(), path.end(), -1));
        if (known.empty()) continue;
        byPath[std::move(known)].push_back(static_cast<std::int64_t>(i));
        ++total;
    }
    if (total < 4)
        return makeError(ErrorCode::InvalidArgument,
                         "training needs at least 4 documents with a label, here are " + std::to_string(total));
    TreeSampler sampler;
    sampler.m_shape = shape;
    sampler.m_total = total;
    sampler.m_random = SplitMix64(mixSeeds(seed, 0x7ee5));
    sampler.m_lastBatch.assign(paths.size(), 0);
    std::int64_t last = 0;
    for (auto& [path, documents] : byPath) {
        if (sampler.m_branches.empty() || path.front() != last) sampler.m_branches.emplace_back();
        last = path.front();
        Leaf leaf;
        leaf.branch = sampler.m_branches.size() - 1;
        leaf.queue = std::move(documents);
        Branch& branch = sampler.m_branches.back();
        branch.leaves.push_back(sampler.m_leaves.size());
        branch.size += static_cast<std::int64_t>(leaf.queue.size());
        sampler.m_leaves.push_back(std::move(leaf));
    }
    sampler.startEpoch();
    return sampler;
}

double TreeSampler::epochs() const noexcept {
    return static_cast<double>(m_epoch) + static_cast<double>(m_seen) / static_cast<double>(m_total);
}

void TreeSampler::startEpoch() {
    m_seen = 0;
    for (Branch& branch : m_branches) branch.available = 0;
    for (Leaf& leaf : m_leaves) {
        shuffle(leaf.queue, m_random);
        leaf.taken = 0;
        leaf.standIn = 0;
        leaf.blocked = 0;
        if (leaf.inBatch > 0) {  // the epoch begins inside a batch: what is in it waits for the next one
            const auto waiting = std::stable_partition(leaf.queue.begin(), leaf.queue.end(), [&](std::int64_t d) {
                return m_lastBatch[static_cast<std::size_t>(d)] != m_batches;
            });
            leaf.blocked = static_cast<std::size_t>(leaf.queue.end() - waiting);
        }
        m_branches[leaf.branch].available += static_cast<std::int64_t>(leaf.available());
    }
}

/// Index drawn with probability ~ weight. \pre some weight > 0
std::size_t TreeSampler::pick(const std::vector<double>& weights) {
    double sum = 0;
    for (const double w : weights) sum += w;
    double at = m_random.uniform() * sum;
    std::size_t chosen = weights.size();
    for (std::size_t k = 0; k < weights.size(); ++k) {
        if (weights[k] <= 0) continue;
        chosen = k;  // the last positive one where rounding runs past the end
        at -= weights[k];
        if (at < 0) break;
    }
    return chosen;
}

/// Places that the branch may still take; below 2 it is full.
std::size_t TreeSampler::capacity(const Branch& branch, std::size_t placesLeft) const {
    if (m_branches.size() < 2) return placesLeft;
    const auto half = (m_shape.batch + 1) / 2;
    const auto left = static_cast<std::int64_t>(half) - branch.inBatch;
    return std::min(placesLeft, static_cast<std::size_t>(std::max<std::int64_t>(0, left)));
}

void TreeSampler::put(Leaf& leaf, std::int64_t document, std::vector<std::int64_t>& batch) {
    batch.push_back(document);
    m_lastBatch[static_cast<std::size_t>(document)] = m_batches;
    ++leaf.inBatch;
    ++m_branches[leaf.branch].inBatch;
}

void TreeSampler::drawUnseen(Leaf& leaf, std::size_t limit, std::vector<std::int64_t>& batch) {
    std::size_t count = std::min({static_cast<std::size_t>(m_shape.documents), leaf.available(), limit});
    // One that would be left over alone comes along.
    if (leaf.available() == count + 1 && count < limit) ++count;
    const bool alone = count == 1 && leaf.inBatch == 0;
    for (std::size_t k = 0; k < count; ++k) put(leaf, leaf.queue[leaf.taken++], batch);
    m_seen += static_cast<std::int64_t>(count);
    m_branches[leaf.branch].available -= static_cast<std::int64_t>(count);
    if (!alone) return;
    if (leaf.queue.size() == 1)
        put(leaf, leaf.queue.front(), batch);
    else
        drawSeen(leaf, 1, batch);
}

/// Documents of the leaf that were seen in this epoch and are not in the batch.
void TreeSampler::drawSeen(Leaf& leaf, std::size_t limit, std::vector<std::int64_t>& batch) {
    const std::size_t wanted = std::min(static_cast<std::size_t>(m_shape.documents), limit);
    std::size_t found = 0;
    for (std::size_t tries = 0; tries < leaf.taken && found < wanted; ++tries) {
        const std::int64_t document = leaf.queue[leaf.standIn++ % leaf.taken];
        if (m_lastBatch[static_cast<std::size_t>(document)] == m_batches) continue;
        put(leaf, document, batch);
        ++found;
    }
    if (leaf.queue.size() == 1 && found == 1 && limit > 1) put(leaf, leaf.queue.front(), batch);
}

bool TreeSampler::drawGroup(std::vector<std::int64_t>& batch) {
    const auto places = [&] { return static_cast<std::size_t>(m_shape.batch) - batch.size(); };
    const auto seenOutside = [&](const Leaf& leaf) {  // could stand in
        return leaf.taken > 0 && leaf.taken + leaf.blocked > leaf.inBatch && leaf.inBatch < leaf.queue.size();
    };
    std::vector<double> weights(m_branches.size(), 0.0);
    bool any = false;
    for (std::size_t b = 0; b < m_branches.size(); ++b) {
        const Branch& branch = m_branches[b];
        if (branch.available == 0 || capacity(branch, places()) < 2) continue;
        weights[b] = std::sqrt(static_cast<double>(branch.available));
        any = true;
    }
    const bool unseen = any;
    if (!unseen) {
        for (std::size_t b = 0; b < m_branches.size(); ++b) {
            const Branch& branch = m_branches[b];
            if (capacity(branch, places()) < 2 || branch.available > 0) continue;
            if (std::none_of(branch.leaves.begin(), branch.leaves.end(),
                             [&](std::size_t l) { return seenOutside(m_leaves[l]); }))
                continue;
            weights[b] = std::sqrt(static_cast<double>(branch.size));
            any = true;
        }
    }
    if (!any) return false;

    const Branch& branch = m_branches[pick(weights)];
    weights.assign(branch.leaves.size(), 0.0);
    for (std::size_t k = 0; k < branch.leaves.size(); ++k) {
        const Leaf& leaf = m_leaves[branch.leaves[k]];
        if (unseen)
            weights[k] = std::sqrt(static_cast<double>(leaf.available()));
        else if (seenOutside(leaf))
            weights[k] = std::sqrt(static_cast<double>(leaf.queue.size()));
    }
    const std::size_t before = batch.size();
    for (int drawn = 0; drawn < m_shape.leaves; ++drawn) {
        const std::size_t limit = capacity(branch, places());
        if (limit < 2 || std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; })) break;
        const std::size_t chosen = pick(weights);
        weights[chosen] = 0;
        Leaf& leaf = m_leaves[branch.leaves[chosen]];
        if (unseen)
            drawUnseen(leaf, limit, batch);
        else
            drawSeen(leaf, limit, batch);
    }
    return batch.size() > before;
}

std::vector<std::int64_t> TreeSampler::next() {
    ++m_batches;
    std::vector<std::int64_t> batch;
    batch.reserve(static_cast<std::size_t>(m_shape.batch));
    while (batch.size() + 2 <= static_cast<std::size_t>(m_shape.batch)) {
        if (m_seen == m_total) {
            ++m_epoch;
            startEpoch();
        }
        if (!drawGroup(batch)) break;
    }
    for (Leaf& leaf : m_leaves) {
        m_branches[leaf.branch].available += static_cast<std::int64_t>(leaf.blocked);
        leaf.inBatch = leaf.blocked = 0;
    }
    for (Branch& branch : m_branches) branch.inBatch = 0;
    return batch;
}

std::int64_t TreeSampler::batchesUntil(double epochs) const {
    TreeSampler ahead = *this;
    const auto target = drawnUnseen() + static_cast<std::int64_t>(std::ceil(epochs * static_cast<double>(m_total)));
    std::int64_t batches = 0;
    while (ahead.drawnUnseen() < target) {
        ahead.next();
        ++batches;
    }
    return batches;
}

BatchLabels batchLabels(const std::vector<std::vector<std::int64_t>>& paths, const std::vector<std::int64_t>& batch,
                        int levels) {
    BatchLabels out;
    out.levels = levels;
    out.items = static_cast<std::int64_t>(batch.size());
    out.values.assign(static_cast<std::size_t>(levels) * batch.size(), -1);
    for (std::size_t l = 0; l < static_cast<std::size_t>(levels); ++l) {
        std::unordered_map<std::int64_t, std::int32_t> compact;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            const auto& path = paths[static_cast<std::size_t>(batch[i])];
            const auto end = std::find(path.begin(), path.end(), -1);
            if (l >= static_cast<std::size_t>(end - path.begin())) continue;
            out.values[l * batch.size() + i] =
                compact.emplace(path[l], static_cast<std::int32_t>(compact.size())).first->second;
        }
    }
    return out;
}

void carryForward(std::vector<std::vector<std::int64_t>>& paths, int levels) {
    std::set<std::int64_t> inner;
    for (const auto& path : paths)
        for (std::size_t l = 0; l + 1 < path.size() && path[l + 1] != -1; ++l) inner.insert(path[l]);
    for (auto& path : paths) {
        path.erase(std::find(path.begin(), path.end(), -1), path.end());
        if (path.empty() || inner.count(path.back()) > 0) continue;
        if (path.size() < static_cast<std::size_t>(levels)) path.resize(static_cast<std::size_t>(levels), path.back());
    }
}

}  // namespace espalier::nn
