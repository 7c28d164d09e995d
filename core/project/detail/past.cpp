// SPDX-License-Identifier: Apache-2.0
// The tree and the memberships of an earlier revision: the journal walked from where its generation stands to where it
// stood then. Nothing is stored for it, and nothing is written.
#include <algorithm>
#include <map>
#include <set>

#include "core/project/detail/project_state.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace {
std::size_t asIndex(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Where the project stood: newest journal entry in effect (0: none) and its generation.
struct Stand {
    std::int64_t head = 0;
    std::int64_t generation = 0;
};

struct Entry {
    std::int64_t id = 0, parent = 0;
    std::string kind, effect;
};

/// Where the project stood after `revision`, and where the generation in effect then was left when it was last in
/// effect: that is how its labels are stored.
Status findStands(store::Connection& db, std::int64_t revision, Stand& then, Stand& stored) {
    ESPALIER_ASSIGN(const std::int64_t first, db.integer("SELECT min(id) FROM generation"));
    std::map<std::int64_t, std::int64_t> generationOf{{0, first}};  // by head
    std::map<std::int64_t, std::int64_t> lastHead{{first, 0}};      // by generation
    ESPALIER_ASSIGN(auto rows, db.prepare("SELECT r.number, r.act, j.id, j.undoable, j.parent, j.generation_after FROM "
                                          "revision r JOIN journal j ON j.id = r.entry ORDER BY r.number"));
    then = {0, first};
    std::int64_t head = 0;
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        if (rows.integer(3) == 0) continue;
        generationOf[rows.integer(2)] = rows.integer(5);
        head = rows.view(1) == "undo" ? rows.integer(4) : rows.integer(2);
        lastHead[generationOf[head]] = head;
        if (rows.integer(0) <= revision) then = {head, generationOf[head]};
    }
    stored = {lastHead[then.generation], then.generation};
    return {};
}

/// Entries from `head` back to the beginning of its generation, newest first.
Result<std::vector<Entry>> chainOf(store::Connection& db, const Stand& stand) {
    std::vector<Entry> chain;
    ESPALIER_ASSIGN(auto rows, db.prepare("SELECT parent, kind, effect FROM journal WHERE id = ? AND "
                                          "generation_before = ? AND generation_after = ?"));
    for (std::int64_t id = stand.head; id != 0; id = chain.back().parent) {
        ESPALIER_ASSIGN(const bool there, rows.bind(id, stand.generation, stand.generation).step());
        if (!there) break;  // the entry that brought the generation
        chain.push_back({id, rows.integer(0), rows.text(1), rows.text(2)});
        rows.reset();
    }
    return chain;
}

bool changesMass(const Entry& entry) {
    return entry.kind == "assign" || entry.kind == "split" || entry.kind == "refit" || entry.kind == "share";
}

using Row = std::vector<std::pair<LabelId, double>>;

/// Rows of the documents whose mass an entry changed, by position.
Status readRows(store::Connection& db, const char* table, std::int64_t entry, const detail::DocumentTable& documents,
                std::map<std::int32_t, Row>& into) {
    ESPALIER_ASSIGN(auto rows, db.prepare(std::string("SELECT document, label, mass FROM ") + table +
                                          " WHERE entry = ? ORDER BY document, label"));
    rows.bind(entry);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return {};
        const std::int32_t position = documents.position(DocumentKey{rows.integer(0)});
        if (position >= 0) into[position].emplace_back(LabelId{rows.integer(1)}, rows.real(2));
    }
}

/// Mass of every document that an entry on either chain changed, as it was at the end of `then`.
Result<detail::ReplacedRows> massThen(store::Connection& db, const Stand& stand, const std::vector<Entry>& then,
                                      const std::vector<Entry>& stored, const detail::DocumentTable& documents) {
    detail::ReplacedRows rows;
    // What the build left, for whoever was dealt out anew; nothing for whoever an assign placed.
    std::set<std::int64_t> entries;
    for (const auto* chain : {&then, &stored}) {
        for (const Entry& entry : *chain) {
            if (changesMass(entry)) entries.insert(entry.id);
        }
    }
    std::map<std::int32_t, Row> touched, assigned;
    for (const std::int64_t entry : entries) {
        ESPALIER_TRY(readRows(db, "growth_resting", entry, documents, touched));
        ESPALIER_TRY(readRows(db, "journal_resting", entry, documents, assigned));
    }
    ESPALIER_ASSIGN(auto built, db.prepare("SELECT label, mass FROM resting WHERE generation = ? AND document = ? "
                                           "ORDER BY label"));
    for (const auto& [position, row] : touched) {
        if (assigned.count(position) > 0) continue;
        auto& base = rows[position];
        built.bind(stand.generation, documents.keys[asIndex(position)].value);
        while (true) {
            ESPALIER_ASSIGN(const bool there, built.step());
            if (!there) break;
            base.emplace_back(LabelId{built.integer(0)}, built.real(1));
        }
        built.reset();
    }
    for (const auto& [position, row] : assigned) rows[position] = {};
    for (auto entry = then.rbegin(); entry != then.rend(); ++entry) {
        if (!changesMass(*entry)) continue;
        std::map<std::int32_t, Row> changed;
        ESPALIER_TRY(readRows(db, entry->kind == "assign" ? "journal_resting" : "growth_resting", entry->id, documents,
                              changed));
        for (auto& [position, row] : changed) rows[position] = std::move(row);
    }
    return rows;
}

/// Tree of the generation as it was at the end of `then`, from what it was at the end of `stored`.
Status walk(tree::LabelTree& tree, const std::vector<Entry>& stored, const std::vector<Entry>& then) {
    const auto isIn = [](const std::vector<Entry>& chain, std::int64_t id) {
        return std::any_of(chain.begin(), chain.end(), [&](const Entry& entry) { return entry.id == id; });
    };
    const auto effectOf = [](const Entry& entry) -> Result<tree::EditEffect> {
        if (entry.effect.empty()) return tree::EditEffect{};  // assign: labels stay
        return tree::effectFromJson(entry.effect);
    };
    for (const Entry& entry : stored) {
        if (isIn(then, entry.id)) break;
        ESPALIER_ASSIGN(const auto effect, effectOf(entry));
        ESPALIER_TRY(tree::revert(tree, effect));
    }
    auto from = then.begin();
    while (from != then.end() && !isIn(stored, from->id)) ++from;
    while (from != then.begin()) {
        --from;
        ESPALIER_ASSIGN(const auto effect, effectOf(*from));
        ESPALIER_TRY(tree::reapply(tree, effect));
    }
    return {};
}

/// Documents that were there after a revision; they have the lowest keys.
Result<std::int64_t> documentsThen(store::Connection& db, std::int64_t revision) {
    return db.integer(
        "SELECT count(*) FROM document WHERE import IN (SELECT id FROM import ORDER BY id LIMIT (SELECT count(*) FROM "
        "journal WHERE kind = 'import' AND revision <= ?))",
        revision);
}
}  // namespace

Result<Project::State::Past> Project::State::past(const View& now, std::int64_t revision) {
    if (revision < 0 || revision > now.cursor.revision) {
        return makeError(ErrorCode::InvalidArgument, "there is no revision " + std::to_string(revision) +
                                                         "; the project is at revision " +
                                                         std::to_string(now.cursor.revision));
    }
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(db()));
    Stand then, stored;
    ESPALIER_TRY(findStands(db(), revision, then, stored));
    ESPALIER_ASSIGN(const auto chainThen, chainOf(db(), then));
    ESPALIER_ASSIGN(const auto chainStored, chainOf(db(), stored));
    Past past;
    past.revision = revision;
    past.generation = then.generation;
    ESPALIER_ASSIGN(past.documents, documentsThen(db(), revision));
    if (then.generation == now.cursor.generation) {
        past.tree = now.snapshot->tree;
        past.masses = now.masses;
    } else {
        ESPALIER_ASSIGN(past.tree, loadTree(then.generation));
        ESPALIER_ASSIGN(past.masses, detail::MassTable::load(db(), then.generation, *now.documents));
    }
    ESPALIER_TRY(walk(past.tree, chainStored, chainThen));
    ESPALIER_ASSIGN(const auto rows, massThen(db(), then, chainThen, chainStored, *now.documents));
    if (!rows.empty()) past.masses = past.masses->with(rows, now.documents->size());
    return past;
}

Status Project::State::compareWith(const View& now, std::int64_t revision) {
    if (hardThen && hardThen->revision == revision) return {};
    ESPALIER_ASSIGN(auto was, past(now, revision));
    HardThen made;
    made.revision = revision;
    made.generation = was.generation;
    made.documents = was.documents;
    made.labels = detail::HardLabels::compute(was.tree, *was.masses, *now.documents).labels;
    made.tree = std::move(was.tree);
    hardThen = std::move(made);
    return {};
}

Result<std::vector<char>> Project::State::movedSince(const View& now, std::int64_t revision) {
    ESPALIER_TRY(compareWith(now, revision));
    const auto& tree = now.snapshot->tree;
    const bool sameTree = hardThen->generation == now.cursor.generation;
    const auto isSame = [&](LabelId before, LabelId after) {
        if (!before || !after) return before == after;
        if (hardThen->tree.path(before) == tree.path(after)) return true;
        return !sameTree && hardThen->tree.pathNames(before) == tree.pathNames(after);
    };
    std::map<std::pair<LabelId, LabelId>, bool> known;
    std::vector<char> moved(asIndex(now.documents->size()), 0);
    for (std::int64_t d = 0; d < hardThen->documents; ++d) {
        const auto pair = std::pair(hardThen->labels[asIndex(d)], now.hard->labels[asIndex(d)]);
        auto same = known.find(pair);
        if (same == known.end()) same = known.emplace(pair, isSame(pair.first, pair.second)).first;
        moved[asIndex(d)] = same->second ? 0 : 1;
    }
    return moved;
}

Result<std::int64_t> Project::lastLearned() {
    ESPALIER_ASSIGN(std::int64_t revision,
                    m_state->db().integer("SELECT g.revision FROM state s JOIN generation g ON g.id = s.generation"));
    ESPALIER_ASSIGN(const auto all, runs());
    for (const RunInfo& run : all) {
        if (run.state == RunState::Done || run.state == RunState::Stopped)
            revision = std::max(revision, run.fromRevision);
    }
    return revision;
}

}  // namespace espalier::project
