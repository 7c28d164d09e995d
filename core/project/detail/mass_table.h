// SPDX-License-Identifier: Apache-2.0
/// \file core/project/detail/mass_table.h
/// Documents and their resting mass as flat arrays, and what follows from them and a tree: hard labels and counts.
///
/// Positions: a document's position is its rank by key; new documents come at the end, so positions never change.
/// Everything here is immutable once made and may be shared between threads.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/project/tree_snapshot.h"
#include "core/store/connection.h"
#include "core/tree/memberships.h"

namespace espalier::project::detail {

using Hash = std::array<unsigned char, 32>;

struct DocumentTable {
    std::vector<DocumentKey> keys;       ///< ascending
    std::vector<Hash> hashes;            ///< by position
    std::vector<std::int32_t> byId;      ///< positions in ascending order of id bytes
    std::vector<std::int32_t> rankById;  ///< position -> rank
    std::int64_t size() const noexcept { return static_cast<std::int64_t>(keys.size()); }
    /// -1 for a key that is not there.
    std::int32_t position(DocumentKey key) const;
    static Result<std::shared_ptr<const DocumentTable>> load(store::Connection& db);
};

/// All rows of a document (label as stored, mass), by position.
using ReplacedRows = std::map<std::int32_t, std::vector<std::pair<LabelId, double>>>;

/// Mass as stored: per document (cell, mass), a cell being a label as it was grown. Edits never change it.
struct MassTable {
    std::vector<LabelId> cells;            ///< ascending
    std::vector<double> cellMass;          ///< sum over documents
    std::vector<std::int64_t> offsets{0};  ///< by position; documents beyond its end have no mass
    std::vector<std::int32_t> cell;
    std::vector<double> mass;
    std::vector<std::int64_t> cellOffsets;  ///< the same by cell: positions of its documents
    std::vector<std::int32_t> cellDocuments;
    std::int64_t documents() const noexcept { return static_cast<std::int64_t>(offsets.size()) - 1; }
    bool has(std::int64_t position) const {
        return position < documents() &&
               offsets[static_cast<std::size_t>(position)] < offsets[static_cast<std::size_t>(position) + 1];
    }
    /// As the build left it, what assign added, and the splits and re-fits in effect over it.
    static Result<std::shared_ptr<const MassTable>> load(store::Connection& db, std::int64_t generation,
                                                         const DocumentTable& documents);
    /// The same with the rows of some documents replaced. \param rows  by position
    std::shared_ptr<const MassTable> with(const ReplacedRows& rows, std::int64_t documents) const;
};

/// What the expert's pins say of the documents they name, by position; without what the pins leave open.
using PinRules = std::unordered_map<std::int32_t, tree::PinRule>;
/// Row of a document; empty: no mass.
std::vector<tree::CellMass> rowOf(const MassTable& masses, std::int64_t position);

PinRules pinRules(const tree::LabelTree& tree, const DocumentTable& documents);

/// A tree as flat arrays: index = rank of the id, so that index order is id order.
class TreeIndex {
public:
    TreeIndex(const tree::LabelTree& tree, const MassTable& masses);

    std::size_t size() const noexcept { return m_ids.size(); }
    LabelId id(std::int32_t index) const { return m_ids[static_cast<std::size_t>(index)]; }
    std::int32_t index(LabelId id) const;  ///< -1: not there
    std::int32_t parent(std::int32_t index) const { return m_parents[static_cast<std::size_t>(index)]; }
    std::int32_t root() const noexcept { return m_root; }
    std::int32_t owner(std::int32_t cell) const { return m_owners[static_cast<std::size_t>(cell)]; }
    /// Ids from the owner of a cell up to the root: two trees place its mass alike when these are equal.
    std::vector<LabelId> placeOf(std::int32_t cell) const;

private:
    std::vector<LabelId> m_ids;
    std::vector<std::int32_t> m_parents;
    std::vector<std::int32_t> m_owners;
    std::int32_t m_root = 0;
};

/// Shares of one document in a tree. Reused from document to document: no allocation in the inner loop.
class ShareCounter {
public:
    ShareCounter(const TreeIndex& index, const MassTable& masses);
    /// Branch shares of the document at `position`; false when it has no mass.
    bool read(std::int64_t position);
    /// End of the hard path as index, as tree::hardLabel(); -1: none. \param rule  nullptr: the fit alone decides
    std::int32_t hard(const tree::PinRule* rule = nullptr) const;
    double share(std::int32_t index) const { return m_share[static_cast<std::size_t>(index)]; }
    /// Label outside the path to `hard` with the largest share (near ties: the lowest id), or -1. \param rule  labels
    /// that it forbids, and what is below them, are left out
    std::int32_t second(std::int32_t hard, const tree::PinRule* rule = nullptr) const;
    /// The narrowest choice on the path to `hard` (kBorderlineLead).
    struct Choice {
        double lead = 1;          ///< 1 - rival / taken; below 0 where a pin overrules the shares
        std::int32_t rival = -1;  ///< that came second there, or -1
        double rivalShare = 0;
    };
    Choice narrowest(std::int32_t hard, const tree::PinRule* rule = nullptr) const;
    /// Share of the top-level label of the path to `hard`; 0 where that is the root.
    double topShare(std::int32_t hard) const;
    std::vector<tree::Resting> resting() const;  ///< ascending label id

private:
    bool barred(std::int32_t label, const tree::PinRule* rule) const;
    const TreeIndex& m_index;
    const MassTable& m_masses;
    std::vector<double> m_share;
    std::vector<double> m_own;
    std::vector<std::int32_t> m_touched;
    bool m_hasMass = false;
};

/// Hard label of every document (by position, none = unassigned: neither mass nor a pin that it must be somewhere).
struct HardLabels {
    std::vector<LabelId> labels;
    std::int64_t unassigned = 0;
    std::unordered_map<LabelId, std::int64_t> through;  ///< documents whose hard path goes through a label

    static HardLabels compute(const tree::LabelTree& tree, const MassTable& masses, const DocumentTable& documents);
    /// The same result from those of another tree over the same masses, looking only at documents whose mass moved and
    /// those with pins.
    /// \param changed  position of a document whose mass is another one, -1: none
    static HardLabels update(const HardLabels& before, const tree::LabelTree& treeBefore, const tree::LabelTree& tree,
                             const MassTable& masses, const DocumentTable& documents, std::int32_t changed = -1);
};

/// Counts of every label: documents from the hard labels, mass as sums over the branch.
std::unordered_map<LabelId, LabelCounts> countLabels(const tree::LabelTree& tree, const MassTable& masses,
                                                     const HardLabels& hard);

}  // namespace espalier::project::detail
