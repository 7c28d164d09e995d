// SPDX-License-Identifier: Apache-2.0
// Which act put a document where it is: the journal walked back from now, looking at one document.
#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "core/project/detail/project_state.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace {

/// Where one document is in a tree.
struct Place {
    std::vector<LabelId> path;  ///< hard path
    double share = 0;           ///< of the label that was asked about
    bool here = false;          ///< whether the path leads through it
};

/// One document while the tree goes back in time.
class Walk {
public:
    Walk(tree::LabelTree tree, DocumentKey document, std::vector<tree::Resting> stored, LabelId label)
        : m_tree(std::move(tree)), m_document(document), m_stored(std::move(stored)), m_label(label) {
        look();
    }

    bool placed() const { return !m_place.path.empty() || !m_stored.empty(); }

    /// Takes back what an entry did to the tree, and, where it dealt out mass, to the document's. True: the document
    /// was elsewhere before.
    Result<bool> takeBack(const tree::EditEffect& effect,
                          std::optional<std::vector<tree::Resting>> massBefore = std::nullopt) {
        const bool concerned = massBefore || concerns(effect);
        ESPALIER_TRY(tree::revert(m_tree, effect));
        if (massBefore) m_stored = std::move(*massBefore);
        return concerned && movedSince();
    }
    /// Takes back what an entry did to the document's mass.
    bool takeBackMass(std::vector<tree::Resting> before) {
        m_stored = std::move(before);
        return movedSince();
    }

private:
    bool movedSince() {
        const Place after = std::move(m_place);
        look();
        if (!m_label) return after.path != m_place.path;
        return std::abs(after.share - m_place.share) > tree::kNearTie || after.here != m_place.here;
    }

    void look() {
        m_place = {};
        m_near.clear();
        std::vector<tree::Resting> resting;
        if (!m_stored.empty()) {
            const auto owners = m_tree.massOwners();
            for (const tree::Resting& rest : m_stored) {
                const auto owner = owners.find(rest.label);
                if (owner != owners.end()) resting.push_back({owner->second, rest.mass});
            }
        }
        const LabelId hard =
            tree::hardLabel(m_tree, resting, tree::pinRule(m_tree, tree::pinsInForce(m_tree, m_document)));
        if (hard) m_place.path = m_tree.path(hard);
        m_place.here = std::find(m_place.path.begin(), m_place.path.end(), m_label) != m_place.path.end();
        const auto shares = tree::branchShares(m_tree, resting);
        for (const auto& [id, share] : shares) m_near.insert(id);
        m_near.insert(m_place.path.begin(), m_place.path.end());
        for (const tree::Pin& pin : m_tree.pinsOf(m_document)) {
            m_near.insert(pin.label);
            if (const LabelId now = m_tree.successor(pin.label)) {
                for (const LabelId id : m_tree.path(now)) m_near.insert(id);
            }
        }
        if (const auto share = shares.find(m_label); share != shares.end()) m_place.share = share->second;
    }

    /// Whether the labels that an entry changed can matter to the document: those that its mass and its pins are at,
    /// and those above them.
    bool concerns(const tree::EditEffect& effect) const {
        const auto near = [this](LabelId id) { return m_near.count(id) > 0; };
        const auto isOf = [this](const tree::Pin& pin) { return pin.document == m_document; };
        const auto label = [&](const tree::Label& one) { return near(one.id); };
        const auto former = [&](const tree::FormerLabel& one) { return near(one.label.id); };
        return std::any_of(effect.pinsBefore.begin(), effect.pinsBefore.end(), isOf) ||
               std::any_of(effect.pinsAfter.begin(), effect.pinsAfter.end(), isOf) ||
               std::any_of(effect.before.begin(), effect.before.end(), label) ||
               std::any_of(effect.after.begin(), effect.after.end(), label) ||
               std::any_of(effect.formerBefore.begin(), effect.formerBefore.end(), former) ||
               std::any_of(effect.formerAfter.begin(), effect.formerAfter.end(), former);
    }

    tree::LabelTree m_tree;
    DocumentKey m_document;
    std::vector<tree::Resting> m_stored;  ///< by label as it was grown
    LabelId m_label;
    Place m_place;
    std::unordered_set<LabelId> m_near;
};

std::vector<tree::Resting> storedMass(const detail::MassTable& masses, std::int64_t position) {
    std::vector<tree::Resting> stored;
    if (!masses.has(position)) return stored;
    const auto from = masses.offsets[static_cast<std::size_t>(position)];
    const auto to = masses.offsets[static_cast<std::size_t>(position) + 1];
    for (auto e = static_cast<std::size_t>(from); e < static_cast<std::size_t>(to); ++e)
        stored.push_back({masses.cells[static_cast<std::size_t>(masses.cell[e])], masses.mass[e]});
    return stored;
}
/// Mass of a document before a split, a re-fit or a set share dealt it out: what the one before it left, else the
/// build's or assign's.
Result<std::vector<tree::Resting>> massBefore(Project::State& s, std::int64_t entry, DocumentKey document,
                                              std::int64_t generation) {
    ESPALIER_ASSIGN(auto grown, s.db().prepare("SELECT label, mass FROM growth_resting WHERE document = ?1 AND entry = "
                                               "(SELECT max(g.entry) FROM growth_resting g JOIN journal j ON j.id = "
                                               "g.entry WHERE g.document = ?1 AND g.entry < ?2 AND NOT j.undone AND "
                                               "j.generation_after = ?3)"));
    ESPALIER_ASSIGN(auto built, s.db().prepare("SELECT label, mass FROM resting WHERE document = ?1 AND generation = "
                                               "?2"));
    std::vector<tree::Resting> before;
    const auto read = [&before](auto& rows) -> Status {
        while (true) {
            ESPALIER_ASSIGN(const bool row, rows.step());
            if (!row) return {};
            before.push_back({LabelId{rows.integer(0)}, rows.real(1)});
        }
    };
    grown.bind(document.value, entry, generation);
    ESPALIER_TRY(read(grown));
    if (!before.empty()) return before;
    built.bind(document.value, generation);
    ESPALIER_TRY(read(built));
    return before;
}
}  // namespace

Result<std::optional<JournalEntry>> Project::lastMove(DocumentKey document, LabelId label) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto view, s.current());
    const std::int32_t position = view.documents->position(document);
    if (position < 0)
        return makeError(ErrorCode::NotFound, "there is no document with the key " + std::to_string(document.value));
    if (label && !view.snapshot->tree.contains(label))
        return makeError(ErrorCode::NotFound, "there is no label " + std::to_string(label.value));
    Walk walk(view.snapshot->tree, document, storedMass(*view.masses, position), label);
    std::int64_t at = view.cursor.head;
    while (at != 0) {
        ESPALIER_ASSIGN(auto row, s.db().prepare("SELECT id, revision, time, kind, what, actor, undoable, undone, "
                                                 "parent, undone_at, effect FROM journal WHERE id = ?"));
        row.bind(at);
        ESPALIER_ASSIGN(const bool there, row.step());
        if (!there) return makeError(ErrorCode::Corrupt, "an entry of the journal is missing", s.db().path().string());
        const JournalEntry entry{row.integer(0), row.integer(1), row.text(2),         row.text(3),
                                 row.text(4),    row.text(5),    row.integer(6) != 0, row.integer(7) != 0,
                                 row.integer(8), row.integer(9)};
        bool moved = false;
        if (entry.kind == "edit" || entry.kind == "merge") {
            ESPALIER_ASSIGN(const auto effect, tree::effectFromJson(row.view(10)));
            ESPALIER_ASSIGN(moved, walk.takeBack(effect));
        } else if (entry.kind == "split" || entry.kind == "refit" || entry.kind == "share") {
            ESPALIER_ASSIGN(const auto effect, tree::effectFromJson(row.view(10)));
            ESPALIER_ASSIGN(const std::int64_t rows,
                            s.db().integer("SELECT count(*) FROM growth_resting WHERE entry = ? AND document = ?",
                                           entry.id, document.value));
            std::optional<std::vector<tree::Resting>> before;
            if (rows > 0) {
                ESPALIER_ASSIGN(before, massBefore(s, entry.id, document, view.cursor.generation));
            }
            ESPALIER_ASSIGN(moved, walk.takeBack(effect, std::move(before)));
        } else if (entry.kind == "assign") {
            ESPALIER_ASSIGN(const std::int64_t rows,
                            s.db().integer("SELECT count(*) FROM journal_resting WHERE entry = ? AND document = ?",
                                           entry.id, document.value));
            if (rows > 0) moved = walk.takeBackMass({});
        } else {  // a new tree: whatever is in it was put there by it
            moved = walk.placed();
            if (!moved) return std::optional<JournalEntry>();
        }
        if (moved) return std::optional(entry);
        at = entry.parent;
    }
    return std::optional<JournalEntry>();
}

}  // namespace espalier::project
