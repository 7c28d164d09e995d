// SPDX-License-Identifier: Apache-2.0
// Taxonomy files into the tree: a new one, the same one edited elsewhere, or a merge (tree_import.h).
#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/project/detail/tree_exchange.h"
#include "core/tree/difference.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
using taxonomy::Concept;
using taxonomy::Taxonomy;
using tree::Label;
using tree::LabelTree;

constexpr std::int64_t kMaxFileBytes = std::int64_t{1} << 30;

std::string counted(std::int64_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

template <class T>
bool holds(const std::vector<T>& list, const T& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

/// Three-way: what the file added comes in, what it dropped goes. \param base  nullptr: unknown, nothing goes
template <class T>
void mergeList(std::vector<T>& ours, const std::vector<T>& theirs, const std::vector<T>* base) {
    if (base != nullptr) {
        ours.erase(std::remove_if(ours.begin(), ours.end(),
                                  [&](const T& one) { return holds(*base, one) && !holds(theirs, one); }),
                   ours.end());
    }
    for (const T& one : theirs) {
        if (!holds(ours, one) && (base == nullptr || !holds(*base, one))) ours.push_back(one);
    }
}

/// Where the labels of a file are in the tree, and what was made of them.
class Importer {
public:
    Importer(Project::State& state, const Project::State::View& view, const TreeImportOptions& options,
             taxonomy::Reading reading, std::string source)
        : m_state(state),
          m_view(view),
          m_tree(view.snapshot->tree),
          m_options(options),
          m_file(std::move(reading.taxonomy)),
          m_source(std::move(source)),
          m_cursor(view.cursor) {
        m_outcome.report = std::move(reading.report);
        m_outcome.labels = static_cast<std::int64_t>(m_file.concepts.size());
    }

    Result<TreeImport> run() {
        m_outcome.revision = m_cursor.revision;
        m_outcome.unassigned = m_view.snapshot->unassigned;
        const bool grown = m_view.snapshot->grown();
        if (grown && !m_options.merge && !m_options.replace) {
            return makeError(
                ErrorCode::AlreadyExists,
                "the project has a label tree already; import with --replace to put this one in its place, "
                "or with --merge to bring it into the tree");
        }
        ESPALIER_ASSIGN(m_changeNotes, detail::changeNotes(m_state));
        dropChangeNotes();
        match();
        if (grown && m_options.merge) return merge();
        if (grown) ESPALIER_TRY(requireNoLock(m_tree));
        return grown && m_outcome.matched > 0 ? replaceSame() : replaceAll();
    }

    /// The tree that an effect gives, for the caller to adopt after the commit; none: load it anew.
    const std::optional<LabelTree>& after() const { return m_after; }
    const Cursor& cursor() const { return m_cursor; }

private:
    Concept& at(int concept_) { return m_file.concepts[static_cast<std::size_t>(concept_)]; }
    LabelId& idOf(int concept_) { return m_ids[static_cast<std::size_t>(concept_)]; }
    LabelId homeOf(const Concept& one) { return one.home < 0 ? m_tree.root() : idOf(one.home); }
    void refuse(std::string what, std::string why) {
        m_outcome.report.refused.push_back({std::move(what), std::move(why), 0});
        ++m_outcome.report.read;
    }
    void note(std::string text) { m_outcome.report.notes.push_back(std::move(text)); }

    /// Notes that this project's journal wrote into the file are no notes of the file.
    void dropChangeNotes() {
        const auto drop = [this](Concept& one) {
            auto& list = one.exchange.documentation;
            list.erase(std::remove_if(list.begin(), list.end(),
                                      [this](const tree::Documentation& doc) {
                                          return doc.kind == "changeNote" && m_changeNotes.count(doc.text.text) > 0;
                                      }),
                       list.end());
        };
        drop(m_file.root);
        for (Concept& one : m_file.concepts) drop(one);
    }

    /// Fills m_ids: labels of the tree (or former ones) that the file names; none for new ones.
    void match() {
        std::unordered_map<std::string, LabelId> byUri;
        for (const auto& [id, label] : m_tree.labels()) byUri.emplace(detail::uriOf(label, m_state.uuid), id);
        for (const auto& [id, former] : m_tree.formerLabels())
            byUri.emplace(detail::uriOf(former.label, m_state.uuid), id);
        m_ids.assign(m_file.concepts.size(), LabelId{});
        std::unordered_set<std::string> seen;
        std::unordered_set<LabelId> taken;
        for (std::size_t c = 0; c < m_ids.size(); ++c) {
            Concept& one = m_file.concepts[c];
            LabelId found;
            if (!one.uri.empty()) {
                if (!seen.insert(one.uri).second) {
                    note("the URI " + one.uri + " is given to several labels; the first keeps it");
                    one.uri.clear();
                    continue;
                }
                const auto known = byUri.find(one.uri);
                if (known != byUri.end() && known->second != m_tree.root()) found = known->second;
            } else if (m_options.merge) {
                std::int64_t id = 0;
                const auto [end, fault] = std::from_chars(one.id.data(), one.id.data() + one.id.size(), id);
                if (!one.id.empty() && fault == std::errc() && end == one.id.data() + one.id.size()) {
                    if (m_tree.find(LabelId{id}) != nullptr && LabelId{id} != m_tree.root()) found = LabelId{id};
                } else if (one.home < 0 || idOf(one.home)) {  // homes come first: the file is depth first
                    found = childCalled(homeOf(one), one.name);
                }
            }
            if (!found || !taken.insert(found).second) continue;
            if (!m_tree.contains(found) && !m_options.merge) continue;  // retired here: the file's is a new label
            m_ids[c] = found;
            m_outcome.matched += m_tree.contains(found) ? 1 : 0;
        }
    }

    LabelId childCalled(LabelId parent, const std::string& name) const {
        LabelId found;
        if (!m_tree.contains(parent)) return found;
        for (const LabelId child : m_tree.at(parent).children) {
            if (m_tree.at(child).name != name) continue;
            if (found) return {};  // several: no telling which
            found = child;
        }
        return found;
    }

    std::vector<LabelId> idsOf(const std::vector<int>& concepts) {
        std::vector<LabelId> ids;
        for (const int one : concepts) {
            if (idOf(one)) ids.push_back(idOf(one));
        }
        return ids;
    }

    /// A label as the file has it, without a place.
    Label labelOf(const Concept& one, LabelId id) {
        Label label;
        label.id = id;
        label.name = one.name;
        label.nameByUser = true;
        label.alternativeNames = one.alternativeNames;
        label.note = one.note;
        label.locked = one.locked;
        label.massOf = {id};
        label.exchange = one.exchange;
        label.exchange.uri = one.uri;
        return label;
    }

    /// Takes over from the file what its format can say.
    void takeOver(Label& label, const Concept& one) {
        if (!one.name.empty() && label.name != one.name) {
            label.name = one.name;
            label.nameByUser = true;
        }
        const auto& carries = m_file.carries;
        if (carries.notes) {
            label.alternativeNames = one.alternativeNames;
            label.note = one.note;
            label.exchange.alternatives = one.exchange.alternatives;
        }
        if (!carries.names) return;
        tree::Exchange whole = one.exchange;
        if (!carries.all) {
            whole = label.exchange;
            whole.language = one.exchange.language;
            whole.names = one.exchange.names;
            whole.notations = one.exchange.notations;
            whole.alternatives = label.exchange.alternatives;
            auto& list = whole.documentation;
            list.erase(
                std::remove_if(list.begin(), list.end(), [](const auto& doc) { return doc.kind == "scopeNote"; }),
                list.end());
            list.insert(list.end(), one.exchange.documentation.begin(), one.exchange.documentation.end());
        }
        whole.uri = label.exchange.uri;
        whole.created = label.exchange.created;
        whole.modified = label.exchange.modified;
        whole.conflicts = label.exchange.conflicts;
        if (!one.uri.empty() && one.uri != detail::uriOf(label, m_state.uuid)) whole.uri = one.uri;
        label.exchange = std::move(whole);
    }

    void takeLinks(Label& label, const Concept& one) {
        if (!m_file.carries.names) return;
        label.exchange.related = idsOf(one.related);
        label.exchange.alsoUnder = idsOf(one.alsoUnder);
    }

    Label rootLabel() {
        Label root = m_tree.at(m_tree.root());
        root.children.clear();
        takeOver(root, m_file.root);
        return root;
    }

    // A new tree: a generation of its own, without documents.
    Result<TreeImport> replaceAll() {
        Label root = rootLabel();
        root.exchange.created = m_file.root.exchange.created;
        root.exchange.modified = m_file.root.exchange.modified;
        root.terms.clear();
        root.stopReason.clear();
        root.locked = m_file.root.locked;
        root.massOf = {root.id};
        std::vector<Label> labels{std::move(root)};
        std::vector<LabelId> ids{m_tree.root()};
        for (LabelId& id : m_ids) {
            id = LabelId{m_cursor.nextLabel++};
            ids.push_back(id);
        }
        for (std::size_t c = 0; c < m_ids.size(); ++c) {
            const Concept& one = m_file.concepts[c];
            Label label = labelOf(one, m_ids[c]);
            takeLinks(label, one);
            label.parent = homeOf(one);
            labels[(static_cast<std::size_t>(one.home) + 1)].children.push_back(label.id);
            labels.push_back(std::move(label));
        }
        ESPALIER_ASSIGN(const auto made, LabelTree::fromLabels(m_tree.root(), labels));
        const std::int64_t before = m_cursor.generation;
        ESPALIER_ASSIGN(m_cursor.generation, m_state.db().integer("SELECT max(id) + 1 FROM generation"));
        m_cursor.stamp = 0;
        ESPALIER_TRY(
            m_state.db().run("INSERT INTO generation (id, revision, created, built, stamp, labels, options, hash, "
                             "simd, seconds, peak_mb, "
                             "factors) VALUES (?, ?, ?, 0, 0, ?, '{}', '', '', 0.0, 0.0, NULL)",
                             m_cursor.generation, m_cursor.revision + 1, detail::timeNow(), tree::idsToJson(ids)));
        ESPALIER_TRY(m_state.storeLabels(m_cursor.generation, {}, labels, {}, {}));
        ESPALIER_TRY(m_state.rememberDigest("build", m_cursor.generation));
        ESPALIER_TRY(m_state.rememberTree(m_cursor.generation, made));
        m_outcome.added = m_outcome.labels;
        m_outcome.unassigned = m_view.documents->size();
        return write("taxonomy", "Import taxonomy '" + m_source + "': " + counted(m_outcome.labels, "label", "labels"),
                     before, "");
    }

    // The tree that is there, edited elsewhere: its labels go on with what they have.
    Result<TreeImport> replaceSame() {
        std::unordered_map<LabelId, Label> labels;
        labels.emplace(m_tree.root(), rootLabel());
        for (LabelId& id : m_ids) {
            if (id) continue;
            id = LabelId{m_cursor.nextLabel++};
            ++m_outcome.added;
        }
        for (std::size_t c = 0; c < m_ids.size(); ++c) {
            const Concept& one = m_file.concepts[c];
            const LabelId id = m_ids[c];
            Label label = m_tree.contains(id) ? m_tree.at(id) : labelOf(one, id);
            if (m_tree.contains(id)) takeOver(label, one);
            takeLinks(label, one);
            label.children.clear();
            label.parent = homeOf(one);
            labels.emplace(id, std::move(label));
        }
        for (std::size_t c = 0; c < m_ids.size(); ++c)
            labels.at(labels.at(m_ids[c]).parent).children.push_back(m_ids[c]);
        std::vector<tree::FormerLabel> former;
        for (const auto& [id, one] : m_tree.formerLabels()) former.push_back(one);
        for (const auto& [id, label] : m_tree.labels()) {
            if (labels.count(id) > 0) continue;
            LabelId to = label.parent;
            while (labels.count(to) == 0) to = m_tree.at(to).parent;
            const auto& siblings = m_tree.at(label.parent).children;
            const auto index = std::find(siblings.begin(), siblings.end(), id) - siblings.begin();
            auto& mass = labels.at(to).massOf;
            mass.insert(mass.end(), label.massOf.begin(), label.massOf.end());
            std::sort(mass.begin(), mass.end());
            former.push_back({label, static_cast<std::size_t>(index), to, false});
            ++m_outcome.retired;
        }
        std::vector<Label> all;
        for (auto& [id, label] : labels) all.push_back(std::move(label));
        ESPALIER_ASSIGN(LabelTree made, LabelTree::fromLabels(m_tree.root(), std::move(all), std::move(former),
                                                              {m_tree.pins().begin(), m_tree.pins().end()}));
        return finish(std::move(made), "Import taxonomy '" + m_source + "' over the tree it came from");
    }

    // Merge ----------------------------------------------------------------------------------------------------------

    /// The tree that both sides began with.
    Result<LabelTree> commonPast() {
        const std::int64_t until = m_file.edit;
        if (until != 0 && until == m_cursor.head) return m_tree;
        LabelTree past = m_tree;
        std::optional<LabelTree> lastImport;
        for (std::int64_t head = m_cursor.head; head != 0;) {
            ESPALIER_ASSIGN(auto row, m_state.db().prepare("SELECT kind, parent, effect FROM journal WHERE id = ?"));
            ESPALIER_ASSIGN(const bool there, row.bind(head).step());
            if (!there || row.text(0) == "build" || row.text(0) == "taxonomy") break;
            if (row.text(0) == "merge" && !lastImport) lastImport = past;
            if (!row.view(2).empty()) {
                ESPALIER_ASSIGN(const auto effect, tree::effectFromJson(row.view(2)));
                ESPALIER_TRY(tree::revert(past, effect));
            }
            head = row.integer(1);
            if (until != 0 && head == until) return past;
        }
        return lastImport ? std::move(*lastImport) : std::move(past);
    }

    void conflict(Label& label, const char* field, const std::string& theirs) {
        auto& list = label.exchange.conflicts;
        const tree::Conflict made{field, theirs, m_source};
        for (auto& one : list) {
            if (one.field != field) continue;
            if (one.theirs != theirs) ++m_outcome.proposals;
            one = made;
            return;
        }
        list.push_back(made);
        ++m_outcome.proposals;
    }

    /// Of a name or note: taken where only the file changed it, proposed where both did.
    /// \return whether to take it
    bool choose(Label& label, const char* field, const std::string& ours, const std::string& theirs,
                const std::string* base) {
        if (theirs == ours || (base != nullptr && *base == theirs)) return false;
        if (base != nullptr && *base == ours) return true;
        conflict(label, field, theirs);
        return false;
    }

    /// What of a label's own words is different now; places and links come later.
    Label mergedWords(Label label, const Concept& one, const Label* base) {
        if (!one.name.empty() && choose(label, "name", label.name, one.name, base != nullptr ? &base->name : nullptr)) {
            label.name = one.name;
            label.nameByUser = true;
            if (m_file.carries.names) label.exchange.language = one.exchange.language;
        }
        const tree::Exchange* past = base != nullptr ? &base->exchange : nullptr;
        tree::Exchange& mine = label.exchange;
        if (m_file.carries.notes) {
            if (choose(label, "note", label.note, one.note, base != nullptr ? &base->note : nullptr)) {
                label.note = one.note;
                mine.noteLanguage = one.exchange.noteLanguage;
            }
            mergeList(label.alternativeNames, one.alternativeNames,
                      base != nullptr ? &base->alternativeNames : nullptr);
            mergeList(mine.alternatives, one.exchange.alternatives, past != nullptr ? &past->alternatives : nullptr);
        }
        if (!m_file.carries.names) return label;
        mergeList(mine.names, one.exchange.names, past != nullptr ? &past->names : nullptr);
        mergeList(mine.notations, one.exchange.notations, past != nullptr ? &past->notations : nullptr);
        std::vector<tree::Documentation> known =
            past != nullptr ? past->documentation : std::vector<tree::Documentation>{};
        if (!m_file.carries.all) {
            known.erase(
                std::remove_if(known.begin(), known.end(), [](const auto& doc) { return doc.kind != "scopeNote"; }),
                known.end());
        }
        mergeList(mine.documentation, one.exchange.documentation, past != nullptr ? &known : nullptr);
        if (!m_file.carries.all) return label;
        mergeList(mine.hiddenNames, one.exchange.hiddenNames, past != nullptr ? &past->hiddenNames : nullptr);
        mergeList(mine.kept, one.exchange.kept, past != nullptr ? &past->kept : nullptr);
        return label;
    }

    /// Puts a changed label in, unless it is locked.
    void put(LabelTree& made, const Label& label, const char* what) {
        Label* mine = made.findMutable(label.id);
        if (*mine == label) return;
        if (mine->locked) {
            refuse(std::string(what) + " of label '" + mine->name + "'", "the label is locked");
            return;
        }
        *mine = label;
    }

    void mergeHome(LabelTree& made, LabelId id, const Concept& one, const Label* base) {
        const LabelId theirs = made.successor(homeOf(one));
        const Label& label = made.at(id);
        if (!theirs || theirs == label.parent) return;
        const LabelId past = base != nullptr ? made.successor(base->parent) : LabelId{};
        if (past == theirs) return;
        if (past != label.parent) {
            Label changed = label;
            conflict(changed, "parent", std::to_string(theirs.value));
            put(made, changed, "a new place");
            return;
        }
        const std::string what = "a new place of label '" + label.name + "' under '" + made.at(theirs).name + "'";
        if (label.locked || made.at(theirs).locked || made.at(label.parent).locked) {
            refuse(what, "it, its parent or its new parent is locked");
        } else if (auto moved = made.reparent(id, theirs, made.at(theirs).children.size()); !moved) {
            refuse(what, moved.error().message);
        }
    }

    /// Blank nodes of a file that was not written from this tree are others than those of the same name here.
    void setBlanksApart() {
        Sha256 hash;
        hash.add(m_source);
        const std::string prefix = "m" + toHex(hash.finish()).substr(0, 8) + ".";
        const auto rename = [&prefix](tree::RdfTerm& term) {
            if (term.kind == tree::RdfTerm::Kind::Blank) term.value.insert(0, prefix);
        };
        const auto all = [&rename](Concept& one) {
            for (auto& statement : one.exchange.kept) {
                rename(statement.subject);
                rename(statement.object);
            }
        };
        all(m_file.root);
        for (Concept& one : m_file.concepts) all(one);
    }

    Result<TreeImport> merge() {
        if (m_file.edit == 0) setBlanksApart();
        ESPALIER_ASSIGN(const LabelTree past, commonPast());
        LabelTree made = m_tree;
        std::vector<int> same;
        put(made, mergedWords(made.at(made.root()), m_file.root, past.find(past.root())), "the words");
        for (std::size_t c = 0; c < m_ids.size(); ++c) {
            const Concept& one = m_file.concepts[c];
            LabelId& id = m_ids[c];
            if (id && !m_tree.contains(id)) {
                note("label '" + one.name + "' left the tree here; what the file says of it is left out");
                id = m_tree.successor(id);
                continue;
            }
            if (id) {
                put(made, mergedWords(made.at(id), one, past.find(id)), "the words");
                same.push_back(static_cast<int>(c));
                continue;
            }
            const LabelId parent = homeOf(one);
            if (made.at(parent).locked) {
                return makeError(ErrorCode::InvalidState, "the file puts '" + one.name + "' under the locked label '" +
                                                              made.at(parent).name + "'; unlock it first");
            }
            id = LabelId{m_cursor.nextLabel++};
            Label label = labelOf(one, id);
            label.parent = parent;
            ESPALIER_TRY(made.insert(std::move(label), made.at(parent).children.size()));
            ++m_outcome.added;
        }
        for (const int c : same) mergeHome(made, idOf(c), at(c), past.find(idOf(c)));
        if (m_file.carries.names) mergeLinks(made, past);
        if (m_file.edit > 0) proposeRetired(made, past);
        if (m_outcome.proposals > 0)
            note(counted(m_outcome.proposals, "label was", "labels were") +
                 " changed on both sides; the tree's word stands, the file's is a proposal");
        return finish(std::move(made), "Merge taxonomy '" + m_source + "'");
    }

    void mergeLinks(LabelTree& made, const LabelTree& past) {
        for (std::size_t c = 0; c < m_ids.size(); ++c) {
            const LabelId id = m_ids[c];
            if (!id || !made.contains(id) || id == made.root()) continue;
            const Label* base = past.find(id);
            Label label = made.at(id);
            const auto links = [&](std::vector<LabelId>& mine, const std::vector<int>& theirs,
                                   const std::vector<LabelId>* before) {
                std::vector<LabelId> ids = idsOf(theirs);
                ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
                mergeList(mine, ids, before);
            };
            links(label.exchange.related, m_file.concepts[c].related,
                  base != nullptr ? &base->exchange.related : nullptr);
            links(label.exchange.alsoUnder, m_file.concepts[c].alsoUnder,
                  base != nullptr ? &base->exchange.alsoUnder : nullptr);
            put(made, label, "the links");
        }
    }

    /// Labels that the file was written with and that it has no more.
    void proposeRetired(LabelTree& made, const LabelTree& past) {
        const std::unordered_set<LabelId> there(m_ids.begin(), m_ids.end());
        std::vector<LabelId> gone;
        for (const auto& [id, label] : past.labels()) {
            if (id != past.root() && there.count(id) == 0 && made.contains(id)) gone.push_back(id);
        }
        for (const LabelId id : gone) {
            Label label = made.at(id);
            if (label.locked) continue;
            conflict(label, "retire", "");
            put(made, label, "retiring");
        }
    }

    /// Writes what is different now, if anything is.
    Result<TreeImport> finish(LabelTree made, std::string what) {
        ESPALIER_TRY(made.checkInvariants());
        const tree::EditEffect effect = tree::difference(m_tree, made, made.root());
        for (const Label& label : effect.before) {
            const Label* now = made.find(label.id);
            if (now == nullptr) continue;
            Label alike = *now;
            alike.children = label.children;
            alike.massOf = label.massOf;
            m_outcome.changed += alike == label ? 0 : 1;
        }
        if (effect.before.empty() && effect.after.empty()) return std::move(m_outcome);
        if (m_outcome.added > 0) what += ": " + counted(m_outcome.added, "label", "labels") + " added";
        ESPALIER_TRY(m_state.storeLabels(m_cursor.generation, effect.before, effect.after, effect.formerBefore,
                                         effect.formerAfter));
        m_after = std::move(made);
        return write("merge", what, m_cursor.generation, tree::effectToJson(effect));
    }

    Result<TreeImport> write(const char* kind, const std::string& what, std::int64_t generationBefore,
                             const std::string& effect) {
        JournalEntry entry;
        entry.kind = kind;
        entry.what = what;
        ESPALIER_ASSIGN(m_outcome.journalId, m_state.addEntry(m_cursor, entry, generationBefore, effect));
        m_outcome.revision = m_cursor.revision;
        return std::move(m_outcome);
    }

    Project::State& m_state;
    const Project::State::View& m_view;
    const LabelTree& m_tree;
    const TreeImportOptions& m_options;
    Taxonomy m_file;
    std::string m_source;
    Cursor m_cursor;
    std::set<std::string> m_changeNotes;
    std::vector<LabelId> m_ids;
    std::optional<LabelTree> m_after;
    TreeImport m_outcome;
};

/// The edit that a proposal stands for.
Result<tree::Edit> editOf(const tree::Conflict& conflict, LabelId label) {
    tree::Edit edit;
    edit.label = label;
    if (conflict.field == "name") {
        edit.kind = tree::EditKind::Rename;
        edit.text = conflict.theirs;
    } else if (conflict.field == "note") {
        edit.kind = tree::EditKind::Note;
        edit.text = conflict.theirs;
    } else if (conflict.field == "parent") {
        edit.kind = tree::EditKind::Move;
        edit.parent = LabelId{std::atoll(conflict.theirs.c_str())};
    } else if (conflict.field == "retire") {
        edit.kind = tree::EditKind::Retire;
    } else {
        return makeError(ErrorCode::Corrupt, "a proposal is of an unknown kind: " + conflict.field);
    }
    return edit;
}
}  // namespace

Result<TreeImport> Project::importTree(const fs::path& file, const TreeImportOptions& options) {
    State& s = *m_state;
    const std::string name = file.filename().string();
    ESPALIER_ASSIGN(const std::string contents, readFile(file, kMaxFileBytes));
    const auto format = options.format ? options.format : taxonomy::formatOfFile(name, contents);
    if (!format) {
        return makeError(ErrorCode::InvalidArgument,
                         "the ending of " + name +
                             " does not tell its format; name it: --format turtle, rdfxml, jsonld, csv, json or text",
                         file.string());
    }
    auto reading = taxonomy::read(contents, *format, name);
    if (!reading) {
        Error error = std::move(reading).error();
        error.file = file.string();
        return error;
    }
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_ASSIGN(const auto before, s.current());
    Importer importer(s, before, options, std::move(reading).value(), name);
    ESPALIER_ASSIGN(TreeImport outcome, importer.run());
    if (outcome.journalId == 0) return outcome;
    ESPALIER_TRY(scope.commit());
    if (importer.after()) {
        s.adoptTree(before, importer.cursor(), *importer.after());
        ESPALIER_ASSIGN(const auto now, s.current());
        outcome.unassigned = now.snapshot->unassigned;
    }
    return outcome;
}

Result<std::vector<MergeProposal>> Project::mergeProposals() {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    const tree::LabelTree& tree = view.snapshot->tree;
    std::vector<MergeProposal> found;
    for (const LabelId id : tree.depthFirst()) {
        const Label& label = tree.at(id);
        for (const auto& conflict : label.exchange.conflicts) {
            MergeProposal made{id, tree.pathNames(id), conflict.field, {}, conflict.theirs, conflict.source};
            if (conflict.field == "name") made.ours = label.name;
            if (conflict.field == "note") made.ours = label.note;
            if (conflict.field == "parent") {
                const LabelId to = tree.successor(LabelId{std::atoll(conflict.theirs.c_str())});
                made.ours = label.parent ? LabelTree::formatPath(tree.pathNames(label.parent)) : std::string();
                made.theirs = to ? LabelTree::formatPath(tree.pathNames(to)) : "a label that is no more";
            }
            found.push_back(std::move(made));
        }
    }
    return found;
}

Result<EditOutcome> Project::resolveProposal(LabelId id, const std::string& field, bool accept) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_ASSIGN(const auto before, s.current());
    Cursor cursor = before.cursor;
    LabelTree after = before.snapshot->tree;
    const Label* label = after.find(id);
    const auto& list = label == nullptr ? std::vector<tree::Conflict>{} : label->exchange.conflicts;
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.field == field; });
    if (label == nullptr || found == list.end()) {
        return makeError(ErrorCode::NotFound,
                         "there is no proposal " + std::to_string(id.value) + ":" + field + "; proposals lists them");
    }
    if (label->locked)
        return makeError(ErrorCode::InvalidState, "label '" + label->name + "' is locked; unlock it first");
    ESPALIER_ASSIGN(tree::Edit edit, editOf(*found, id));
    if (edit.kind == tree::EditKind::Move) edit.parent = after.successor(edit.parent);
    JournalEntry entry;
    entry.kind = "edit";
    entry.what = (accept ? "Accept proposal: " : "Reject proposal: ") + tree::describe(after, edit);
    const auto index = found - list.begin();
    auto& conflicts = after.findMutable(id)->exchange.conflicts;
    conflicts.erase(conflicts.begin() + index);
    LabelId subject = id;
    if (accept) {
        ESPALIER_ASSIGN(const auto applied, tree::apply(after, edit));
        subject = applied.subject;
    }
    const tree::EditEffect effect = tree::difference(before.snapshot->tree, after, subject);
    ESPALIER_TRY(
        s.storeLabels(cursor.generation, effect.before, effect.after, effect.formerBefore, effect.formerAfter));
    ESPALIER_ASSIGN(const std::int64_t entryId,
                    s.addEntry(cursor, entry, cursor.generation, tree::effectToJson(effect)));
    EditOutcome outcome{cursor.revision, entryId, entry.what, subject, {}, {}};
    ESPALIER_TRY(scope.commit());
    s.adoptTree(before, cursor, std::move(after));
    return outcome;
}

}  // namespace espalier::project
