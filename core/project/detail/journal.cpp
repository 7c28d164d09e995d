// SPDX-License-Identifier: Apache-2.0
// Edits, undo, redo, history: one SQLite transaction each, tree change and journal row together.
#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>

#include "core/project/detail/project_state.h"
#include "core/tree/tree_json.h"

namespace espalier::project {

Status Project::State::addRevision(const Cursor& cursor, const char* act, std::int64_t entry) {
    return db().run("INSERT INTO revision (number, time, act, entry) VALUES (?, ?, ?, ?)", cursor.revision,
                    detail::timeNow(), act, entry);
}

Result<std::int64_t> Project::State::addEntry(Cursor& cursor, const JournalEntry& entry, std::int64_t generationBefore,
                                              const std::string& effect) {
    ++cursor.revision;
    ESPALIER_TRY(
        db().run("INSERT INTO journal (revision, time, kind, what, actor, undoable, parent, generation_before, "
                 "generation_after, effect) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 cursor.revision, detail::timeNow(), entry.kind, entry.what, actor, entry.undoable, cursor.head,
                 generationBefore, cursor.generation, effect));
    ESPALIER_ASSIGN(const std::int64_t id, db().integer("SELECT last_insert_rowid()"));
    if (entry.undoable) {
        cursor.head = id;
        cursor.treeRevision = cursor.revision;
    }
    ESPALIER_TRY(rememberDigest("entry", id));
    ESPALIER_TRY(addRevision(cursor, "do", id));
    ESPALIER_TRY(storeCursor(cursor));
    return id;
}

Status Project::State::storeLabels(std::int64_t generation, const std::vector<tree::Label>& out,
                                   const std::vector<tree::Label>& in, const std::vector<tree::FormerLabel>& formerOut,
                                   const std::vector<tree::FormerLabel>& formerIn) {
    std::unordered_set<LabelId> staying;
    for (const auto& label : in) staying.insert(label.id);
    ESPALIER_ASSIGN(auto remove, db().prepare("DELETE FROM label WHERE generation = ? AND id = ?"));
    for (const auto& label : out) {
        if (staying.count(label.id) == 0) ESPALIER_TRY(remove.bind(generation, label.id.value).run());
    }
    ESPALIER_ASSIGN(auto put, db().prepare("INSERT OR REPLACE INTO label (generation, id, parent, name, name_by_user, "
                                           "terms, alternative_names, note, stop_reason, locked, children, mass_of, "
                                           "exchange) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    for (const auto& label : in) {
        ESPALIER_TRY(put.bind(generation, label.id.value, label.parent.value, label.name, label.nameByUser,
                              tree::termsToJson(label.terms), tree::namesToJson(label.alternativeNames), label.note,
                              label.stopReason, label.locked, tree::idsToJson(label.children),
                              tree::idsToJson(label.massOf), tree::exchangeToJson(label.exchange))
                         .run());
    }
    for (const auto& former : formerOut) {
        ESPALIER_TRY(
            db().run("DELETE FROM former_label WHERE generation = ? AND id = ?", generation, former.label.id.value));
    }
    for (const auto& former : formerIn) {
        ESPALIER_TRY(db().run("INSERT OR REPLACE INTO former_label (generation, id, data) VALUES (?, ?, ?)", generation,
                              former.label.id.value, tree::formerToJson(former)));
    }
    return {};
}

Status Project::State::storePins(std::int64_t generation, const std::vector<tree::Pin>& out,
                                 const std::vector<tree::Pin>& in) {
    for (const tree::Pin& pin : out) {
        ESPALIER_TRY(db().run("DELETE FROM pin WHERE generation = ? AND document = ? AND label = ?", generation,
                              pin.document.value, pin.label.value));
    }
    for (const tree::Pin& pin : in) {
        ESPALIER_TRY(db().run("INSERT INTO pin (generation, document, label, must, revision) VALUES (?, ?, ?, ?, ?)",
                              generation, pin.document.value, pin.label.value, pin.must, pin.revision));
    }
    return {};
}

namespace {
using Contradiction = std::tuple<DocumentKey, LabelId, int, LabelId, bool>;
constexpr int kShare = 2;  // beside the two kinds of pins

/// Every pair of pins, or of a set share and a pin, that contradict each other, by document.
std::map<Contradiction, std::string> contradictionsIn(const tree::LabelTree& tree) {
    std::map<Contradiction, std::string> found;
    DocumentKey last;
    for (const tree::Pin& pin : tree.pins()) {
        if (pin.document == last) continue;
        last = pin.document;
        for (const auto& [a, b] : tree::contradictions(tree, tree::pinsInForce(tree, pin.document)))
            found.emplace(Contradiction(pin.document, a.label, a.must, b.label, b.must),
                          tree::describeContradiction(tree, a, b));
        for (const auto& [share, held] : tree::shareContradictions(tree, pin.document))
            found.emplace(Contradiction(pin.document, share.label, kShare, held.label, held.must),
                          tree::describeContradiction(tree, share, held));
    }
    return found;
}

Result<std::vector<PinContradiction>> named(store::Connection& db, const std::map<Contradiction, std::string>& pairs) {
    std::vector<PinContradiction> found;
    for (const auto& [pair, text] : pairs) {
        PinContradiction contradiction;
        contradiction.document = std::get<0>(pair);
        ESPALIER_ASSIGN(contradiction.id,
                        db.text("SELECT id FROM document WHERE key = ?", contradiction.document.value));
        contradiction.text = "document '" + contradiction.id + "': " + text;
        found.push_back(std::move(contradiction));
    }
    return found;
}
}  // namespace

Result<std::vector<PinContradiction>> Project::pinContradictions() {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    return named(m_state->db(), contradictionsIn(view.snapshot->tree));
}

Result<EditOutcome> Project::edit(const tree::Edit& wanted) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_ASSIGN(const auto before, s.current());
    Cursor cursor = before.cursor;
    tree::Edit edit = wanted;
    if (edit.kind == tree::EditKind::New) edit.label = LabelId{cursor.nextLabel++};
    const bool deals = edit.kind == tree::EditKind::Share || edit.kind == tree::EditKind::Unshare;
    if (deals || edit.kind == tree::EditKind::Pin || edit.kind == tree::EditKind::Unpin) {
        edit.revision = cursor.revision + 1;
        auto id = s.db().text("SELECT id FROM document WHERE key = ?", edit.document.value);
        if (!id && id.error().code == ErrorCode::NotFound) {
            return makeError(ErrorCode::NotFound,
                             "there is no document with the key " + std::to_string(edit.document.value));
        }
        ESPALIER_ASSIGN(edit.text, std::move(id));
    }
    JournalEntry entry;
    entry.kind = deals ? "share" : "edit";
    entry.what = tree::describe(before.snapshot->tree, edit);
    tree::LabelTree after = before.snapshot->tree;
    ESPALIER_ASSIGN(const tree::EditEffect effect, tree::apply(after, edit));
    ESPALIER_TRY(
        s.storeLabels(cursor.generation, effect.before, effect.after, effect.formerBefore, effect.formerAfter));
    ESPALIER_TRY(s.storePins(cursor.generation, effect.pinsBefore, effect.pinsAfter));
    ESPALIER_TRY(s.storeShares(cursor.generation, effect.sharesBefore, effect.sharesAfter));
    std::vector<tree::CellMass> row;
    if (deals) {
        ESPALIER_ASSIGN(row, s.rowWithShare(before, after, edit));
        ++cursor.stamp;  // the memberships are others
    }
    ESPALIER_ASSIGN(const std::int64_t id, s.addEntry(cursor, entry, cursor.generation, tree::effectToJson(effect)));
    if (deals) {
        ESPALIER_TRY(
            s.db().run("INSERT INTO growth (entry, factors, sources, labels, stability) VALUES (?, NULL, '[]', "
                       "'[]', '{}')",
                       id));
        ESPALIER_TRY(s.storeDealt("growth_resting", id, edit.document, row));
        ESPALIER_TRY(s.rememberDigest("growth", id));
        ESPALIER_TRY(s.rememberDigest("grown", id));
    }
    EditOutcome outcome{cursor.revision, id, entry.what, effect.subject, {}, edit.document};
    if (!after.pins().empty()) {
        auto pairs = contradictionsIn(after);
        for (const auto& [pair, text] : contradictionsIn(before.snapshot->tree)) pairs.erase(pair);
        ESPALIER_ASSIGN(outcome.contradictions, named(s.db(), pairs));
    }
    ESPALIER_TRY(scope.commit());
    if (deals)
        s.adoptRow(before, cursor, std::move(after), edit.document, row);
    else
        s.adoptTree(before, cursor, std::move(after));
    return outcome;
}

Result<std::int64_t> Project::documentsMovedBy(const tree::Edit& edit) {
    return documentsMovedBy(std::span(&edit, 1));
}

Result<std::int64_t> Project::documentsMovedBy(std::span<const tree::Edit> edits) {
    ESPALIER_ASSIGN(const auto before, m_state->current());
    tree::LabelTree after = before.snapshot->tree;
    std::int64_t nextLabel = before.cursor.nextLabel;
    State::View between = before;  // with the mass as set shares leave it
    bool deals = false;
    for (tree::Edit edit : edits) {
        if (edit.kind == tree::EditKind::New) edit.label = LabelId{nextLabel++};
        ESPALIER_TRY(tree::apply(after, edit));
        if (edit.kind != tree::EditKind::Share && edit.kind != tree::EditKind::Unshare) continue;
        ESPALIER_ASSIGN(const auto row, m_state->rowWithShare(between, after, edit));
        detail::ReplacedRows rows;
        for (const tree::CellMass& cell : row)
            rows[between.documents->position(edit.document)].emplace_back(cell.cell, cell.mass);
        between.masses = between.masses->with(rows, between.documents->size());
        deals = true;
    }
    const auto& was = before.snapshot->tree;
    const auto hard = deals ? detail::HardLabels::compute(after, *between.masses, *before.documents)
                            : detail::HardLabels::update(*before.hard, was, after, *before.masses, *before.documents);
    std::unordered_map<LabelId, bool> samePath;
    std::int64_t moved = 0;
    for (std::size_t d = 0; d < hard.labels.size(); ++d) {
        const LabelId now = hard.labels[d];
        if (!now) continue;
        if (now != before.hard->labels[d]) {
            ++moved;
            continue;
        }
        auto known = samePath.find(now);
        if (known == samePath.end()) known = samePath.emplace(now, was.path(now) == after.path(now)).first;
        if (!known->second) ++moved;
    }
    return moved;
}

Result<EditOutcome> Project::State::step(bool forward) {
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(*this));
    ESPALIER_ASSIGN(const auto before, current());
    Cursor cursor = before.cursor;
    ESPALIER_ASSIGN(
        auto found,
        db().prepare(std::string("SELECT id, kind, what, parent, generation_before, "
                                 "generation_after, effect FROM journal WHERE ") +
                     (forward ? "parent = ? AND undoable AND undone ORDER BY undone_at DESC LIMIT 1" : "id = ?")));
    found.bind(cursor.head);
    ESPALIER_ASSIGN(const bool there, found.step());
    if (!there)
        return makeError(ErrorCode::InvalidState, forward ? "there is nothing to redo" : "there is nothing to undo");
    EditOutcome outcome;
    outcome.journalId = found.integer(0);
    outcome.what = found.text(2);
    const std::string kind = found.text(1);
    const std::int64_t parent = found.integer(3);
    const std::int64_t generation = found.integer(forward ? 5 : 4);
    const std::string effectText = found.text(6);
    found.reset();

    cursor.head = forward ? outcome.journalId : parent;
    outcome.revision = cursor.treeRevision = ++cursor.revision;
    std::optional<tree::LabelTree> after;
    const bool grew = kind == "split" || kind == "refit";
    const bool deals = kind == "share";
    if (kind == "edit" || kind == "merge" || grew || deals) {
        after = before.snapshot->tree;
        ESPALIER_ASSIGN(const auto effect, tree::effectFromJson(effectText));
        ESPALIER_TRY(forward ? tree::reapply(*after, effect) : tree::revert(*after, effect));
        ESPALIER_TRY(forward ? storePins(cursor.generation, effect.pinsBefore, effect.pinsAfter)
                             : storePins(cursor.generation, effect.pinsAfter, effect.pinsBefore));
        ESPALIER_TRY(forward ? storeShares(cursor.generation, effect.sharesBefore, effect.sharesAfter)
                             : storeShares(cursor.generation, effect.sharesAfter, effect.sharesBefore));
        ESPALIER_TRY(
            forward
                ? storeLabels(cursor.generation, effect.before, effect.after, effect.formerBefore, effect.formerAfter)
                : storeLabels(cursor.generation, effect.after, effect.before, effect.formerAfter, effect.formerBefore));
        outcome.label = after->successor(effect.subject);
        for (const auto* pins : {&effect.pinsBefore, &effect.pinsAfter}) {
            if (!pins->empty()) outcome.document = pins->front().document;
        }
        for (const auto* shares : {&effect.sharesBefore, &effect.sharesAfter}) {
            if (!shares->empty()) outcome.document = shares->front().document;
        }
        if (!outcome.label && !effect.before.empty()) outcome.label = effect.before.front().id;
        if (grew || deals) ++cursor.stamp;  // the memberships are others
    } else if (kind == "assign") {
        ++cursor.stamp;
        ESPALIER_TRY(
            forward ? db().run("INSERT INTO resting (generation, document, label, mass) SELECT ?, document, label, "
                               "mass FROM journal_resting WHERE entry = ?",
                               cursor.generation, outcome.journalId)
                    : db().run("DELETE FROM resting WHERE generation = ? AND document IN (SELECT document FROM "
                               "journal_resting WHERE entry = ?)",
                               cursor.generation, outcome.journalId));
    } else {
        cursor.generation = generation;
        ESPALIER_ASSIGN(cursor.stamp, db().integer("SELECT stamp FROM generation WHERE id = ?", generation));
    }
    ESPALIER_TRY(forward ? db().run("UPDATE journal SET undone = 0 WHERE id = ?", outcome.journalId)
                         : db().run("UPDATE journal SET undone = 1, undone_at = ? WHERE id = ?", cursor.revision,
                                    outcome.journalId));
    ESPALIER_TRY(addRevision(cursor, forward ? "redo" : "undo", outcome.journalId));
    ESPALIER_TRY(storeCursor(cursor));
    std::vector<tree::CellMass> row;
    if (deals) {
        ESPALIER_ASSIGN(row, storedRow(cursor.generation, outcome.document));
    }
    ESPALIER_TRY(scope.commit());
    if (deals)
        adoptRow(before, cursor, std::move(*after), outcome.document, row);
    else if (after && !grew)
        adoptTree(before, cursor, std::move(*after));
    return outcome;
}

Result<EditOutcome> Project::undo() {
    return m_state->step(false);
}
Result<EditOutcome> Project::redo() {
    return m_state->step(true);
}

Result<std::vector<JournalEntry>> Project::history() {
    std::vector<JournalEntry> entries;
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare("SELECT id, revision, time, kind, what, actor, undoable, undone, "
                                                     "parent, undone_at FROM journal ORDER BY id"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        entries.push_back({rows.integer(0), rows.integer(1), rows.text(2), rows.text(3), rows.text(4), rows.text(5),
                           rows.integer(6) != 0, rows.integer(7) != 0, rows.integer(8), rows.integer(9)});
    }
    return entries;
}

namespace {
Result<std::string> textOrNone(Result<std::string> found) {
    if (!found && found.error().code == ErrorCode::NotFound) return std::string();
    return found;
}
}  // namespace

Result<std::string> Project::undoText() {
    return textOrNone(m_state->db().text("SELECT what FROM journal WHERE id = (SELECT head FROM state)"));
}

Result<std::string> Project::redoText() {
    return textOrNone(
        m_state->db().text("SELECT what FROM journal WHERE parent = (SELECT head FROM state) AND undoable AND "
                           "undone ORDER BY undone_at DESC LIMIT 1"));
}

}  // namespace espalier::project
