// SPDX-License-Identifier: Apache-2.0
// Shares that an expert set: the mass that follows from them, and what the model says of them.
#include <algorithm>
#include <cmath>
#include <map>

#include "core/project/detail/project_state.h"
#include "core/tree/share.h"

namespace espalier::project {
namespace {
constexpr double kSameMass = 1e-9;

std::size_t placeIn(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

Result<std::vector<tree::CellMass>> readRow(store::Statement rows) {
    std::vector<tree::CellMass> row;
    while (true) {
        ESPALIER_ASSIGN(const bool there, rows.step());
        if (!there) return row;
        row.push_back({LabelId{rows.integer(0)}, rows.real(1)});
    }
}

/// Newest entry in effect that dealt out the document's mass; 0: none. \param edits  whether set shares count
Result<std::int64_t> lastDealt(store::Connection& db, std::int64_t generation, DocumentKey document, bool edits) {
    return db.integer(
        "SELECT coalesce(max(g.entry), 0) FROM growth g JOIN journal j ON j.id = g.entry WHERE NOT j.undone AND "
        "j.generation_after = ?1 AND (?2 OR j.kind <> 'share') AND EXISTS (SELECT 1 FROM growth_resting r WHERE "
        "r.entry "
        "= g.entry AND r.document = ?3)",
        generation, edits, document.value);
}

Result<std::vector<tree::CellMass>> builtRow(store::Connection& db, std::int64_t generation, DocumentKey document) {
    ESPALIER_ASSIGN(auto rows,
                    db.prepare("SELECT label, mass FROM resting WHERE generation = ? AND document = ? ORDER BY label"));
    rows.bind(generation, document.value);
    return readRow(std::move(rows));
}

Result<std::vector<tree::CellMass>> dealtRow(store::Connection& db, const char* table, std::int64_t entry,
                                             DocumentKey document) {
    ESPALIER_ASSIGN(auto rows, db.prepare(std::string("SELECT label, mass FROM ") + table +
                                          " WHERE entry = ? AND document = ? ORDER BY label"));
    rows.bind(entry, document.value);
    return readRow(std::move(rows));
}

/// Mass by label of the tree.
std::map<LabelId, double> byOwner(const tree::LabelTree& tree, const std::vector<tree::CellMass>& row) {
    const auto owners = tree.massOwners();
    std::map<LabelId, double> mass;
    for (const tree::CellMass& cell : row) {
        const auto owner = owners.find(cell.cell);
        mass[owner == owners.end() ? tree.root() : owner->second] += cell.mass;
    }
    return mass;
}

/// Locked labels keep their mass.
Status requireLocksKept(const tree::LabelTree& tree, const std::vector<tree::CellMass>& before,
                        const std::vector<tree::CellMass>& after) {
    auto was = byOwner(tree, before), is = byOwner(tree, after);
    for (const auto* side : {&was, &is}) {
        for (const auto& [label, mass] : *side) {
            if (tree.at(label).locked && std::abs(was[label] - is[label]) > kSameMass) {
                return makeError(ErrorCode::InvalidState, "label '" + tree.at(label).name +
                                                              "' is locked and would hold another share of it; unlock "
                                                              "it first");
            }
        }
    }
    return {};
}
}  // namespace

std::vector<tree::CellMass> detail::rowOf(const MassTable& masses, std::int64_t position) {
    std::vector<tree::CellMass> row;
    if (!masses.has(position)) return row;
    for (auto e = masses.offsets[placeIn(position)]; e < masses.offsets[placeIn(position) + 1]; ++e)
        row.push_back({masses.cells[placeIn(masses.cell[placeIn(e)])], masses.mass[placeIn(e)]});
    return row;
}

Result<std::vector<tree::CellMass>> Project::State::storedRow(std::int64_t generation, DocumentKey document) {
    ESPALIER_ASSIGN(const std::int64_t entry, lastDealt(db(), generation, document, true));
    return entry == 0 ? builtRow(db(), generation, document) : dealtRow(db(), "growth_resting", entry, document);
}

Result<std::vector<tree::CellMass>> Project::State::fittedRow(std::int64_t generation, DocumentKey document) {
    ESPALIER_ASSIGN(const std::int64_t entry, lastDealt(db(), generation, document, false));
    if (entry == 0) return builtRow(db(), generation, document);
    ESPALIER_ASSIGN(auto fitted, dealtRow(db(), "growth_fitted", entry, document));
    if (!fitted.empty()) return fitted;
    return dealtRow(db(), "growth_resting", entry, document);
}

Result<FittedRows> Project::State::fittedRows(const View& now) {
    FittedRows fitted;
    DocumentKey last;
    for (const tree::SetShare& share : now.snapshot->tree.shares()) {
        if (share.document == last) continue;
        last = share.document;
        ESPALIER_ASSIGN(fitted[last], fittedRow(now.cursor.generation, last));
    }
    return fitted;
}

Result<std::vector<tree::CellMass>> Project::State::rowWithShare(const View& now, const tree::LabelTree& after,
                                                                 const tree::Edit& edit) {
    const std::int32_t position = now.documents->position(edit.document);
    const auto row = detail::rowOf(*now.masses, position);
    if (row.empty()) {
        return makeError(ErrorCode::InvalidState,
                         "document '" + edit.text + "' has no shares yet; place it first (assign)");
    }
    if (edit.kind == tree::EditKind::Share) {
        std::vector<LabelId> held;
        for (const tree::SetShare& share : tree::sharesInForce(after, edit.document)) held.push_back(share.label);
        return tree::withShare(after, row, edit.label, edit.share, held);
    }
    ESPALIER_ASSIGN(auto fitted, fittedRow(now.cursor.generation, edit.document));
    ESPALIER_ASSIGN(fitted, tree::withShares(after, std::move(fitted), tree::keptShares(after, edit.document, row)));
    ESPALIER_TRY(requireLocksKept(after, row, fitted));
    return fitted;
}

Status Project::State::storeDealt(const char* table, std::int64_t entry, DocumentKey document,
                                  const std::vector<tree::CellMass>& row) {
    ESPALIER_ASSIGN(auto put, db().prepare(std::string("INSERT INTO ") + table +
                                           " (entry, document, label, mass) VALUES (?, ?, ?, ?)"));
    for (const tree::CellMass& cell : row)
        ESPALIER_TRY(put.bind(entry, document.value, cell.cell.value, cell.mass).run());
    return {};
}

Status Project::State::storeShares(std::int64_t generation, const std::vector<tree::SetShare>& out,
                                   const std::vector<tree::SetShare>& in) {
    for (const tree::SetShare& share : out) {
        ESPALIER_TRY(db().run("DELETE FROM share WHERE generation = ? AND document = ? AND label = ?", generation,
                              share.document.value, share.label.value));
    }
    for (const tree::SetShare& share : in) {
        ESPALIER_TRY(db().run("INSERT INTO share (generation, document, label, value, revision) VALUES (?, ?, ?, ?, ?)",
                              generation, share.document.value, share.label.value, share.value, share.revision));
    }
    return {};
}

Result<std::vector<tree::SetShare>> Project::State::loadShares(std::int64_t generation) {
    std::vector<tree::SetShare> shares;
    ESPALIER_ASSIGN(auto rows, db().prepare("SELECT document, label, value, revision FROM share WHERE generation = ? "
                                            "ORDER BY document, label"));
    rows.bind(generation);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return shares;
        shares.push_back({DocumentKey{rows.integer(0)}, LabelId{rows.integer(1)}, rows.real(2), rows.integer(3)});
    }
}

Result<std::vector<DocumentShare>> Project::State::sharesSaid(const View& now, DocumentKey document) {
    std::vector<DocumentShare> said;
    const tree::LabelTree& tree = now.snapshot->tree;
    const auto inForce = tree::sharesInForce(tree, document);
    if (inForce.empty()) return said;
    const auto row = detail::rowOf(*now.masses, now.documents->position(document));
    ESPALIER_ASSIGN(const auto fitted, fittedRow(now.cursor.generation, document));
    for (const tree::SetShare& share : inForce) {
        DocumentShare one;
        one.label = share.label;
        one.said = share.value;
        one.share = tree::shareOf(tree, row, share.label);
        one.fitted = tree::shareOf(tree, fitted, share.label);
        one.fitAgrees = std::abs(one.fitted - one.share) <= tree::kSameShare;
        ESPALIER_ASSIGN(auto entry, db().prepare("SELECT time, actor FROM journal WHERE revision = ?"));
        ESPALIER_ASSIGN(const bool there, entry.bind(share.revision).step());
        if (there) {
            one.time = entry.text(0);
            one.actor = entry.text(1);
        }
        said.push_back(std::move(one));
    }
    std::sort(said.begin(), said.end(), [](const auto& a, const auto& b) { return a.label < b.label; });
    return said;
}

}  // namespace espalier::project
