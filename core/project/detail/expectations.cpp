// SPDX-License-Identifier: Apache-2.0
// Expectations: statements resolved to keys and ids when they are added, looked at against the tree as it is.
#include <algorithm>
#include <cstdio>
#include <optional>

#include "core/project/detail/project_state.h"
#include "core/project/statement.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace {
using tree::LabelTree;

/// A statement by key and id, as stored.
struct Stored {
    std::int64_t id = 0;
    Statement::Kind kind = Statement::Kind::DocumentUnder;
    bool positive = true;
    DocumentKey document;
    LabelId label, other;
    std::string reference;
    double percent = 0;

    bool sameAs(const Stored& o) const {
        return kind == o.kind && positive == o.positive && document == o.document && label == o.label &&
               other == o.other && reference == o.reference && percent == o.percent;
    }
};

constexpr const char* kKindNames[] = {"document", "parents", "reference"};

std::string quotedPath(const LabelTree& tree, LabelId id) {
    return "\"" + LabelTree::formatPath(tree.pathNames(id)) + "\"";
}

std::vector<LabelId> labelsNamed(const LabelTree& tree, std::string_view name) {
    std::vector<LabelId> found;
    for (const LabelId id : tree.depthFirst()) {
        if (id != tree.root() && tree.at(id).name == name) found.push_back(id);
    }
    return found;
}

/// An id or a path as everywhere, else the name of one label wherever it is.
Result<LabelId> resolveLabel(const LabelTree& tree, const std::string& text) {
    auto named = tree.resolve(text);
    if (named && *named == tree.root()) {
        return makeError(ErrorCode::InvalidArgument, "everything is under the root; name one of the labels");
    }
    if (named || named.error().code != ErrorCode::NotFound) return named;
    const auto found = labelsNamed(tree, text);
    if (found.empty()) return named;
    if (found.size() == 1) return found.front();
    std::string paths;
    for (const LabelId id : found) paths += (paths.empty() ? "" : ", ") + quotedPath(tree, id);
    return makeError(ErrorCode::InvalidArgument, "'" + text + "' names several labels; use one of " + paths);
}

/// Where a label that an expectation names is now.
struct Place {
    LabelId label;     ///< none: gone
    std::string name;  ///< path as it is now, or as it last was
    std::string gone;  ///< why there is none
};

/// Names from the top as a generation last had them, of a label that may have left its tree.
Result<std::vector<std::string>> formerPath(store::Connection& db, LabelId id) {
    std::vector<std::string> names;
    const auto generation = db.integer(
        "SELECT max(generation) FROM (SELECT generation FROM label WHERE id = ?1 UNION ALL SELECT generation FROM "
        "former_label WHERE id = ?1) HAVING max(generation) IS NOT NULL",
        id.value);
    if (!generation) return names;
    for (int steps = 0; steps < 1000; ++steps) {
        ESPALIER_ASSIGN(auto row, db.prepare("SELECT name, parent FROM label WHERE generation = ? AND id = ?"));
        ESPALIER_ASSIGN(const bool there, row.bind(*generation, id.value).step());
        if (there) {
            if (row.integer(1) == 0) break;  // the root
            names.insert(names.begin(), row.text(0));
            id = LabelId{row.integer(1)};
            continue;
        }
        const auto data =
            db.text("SELECT data FROM former_label WHERE generation = ? AND id = ?", *generation, id.value);
        if (!data) break;
        ESPALIER_ASSIGN(const auto former, tree::formerFromJson(*data));
        names.insert(names.begin(), former.label.name);
        id = former.label.parent;
    }
    return names;
}

Result<Place> placeOf(store::Connection& db, const LabelTree& tree, LabelId id) {
    Place place;
    LabelId now = id;
    while (!tree.contains(now)) {
        const tree::FormerLabel* former = tree.findFormer(now);
        if (former == nullptr) break;
        if (!former->merged) {
            place.name = former->label.name;
            place.gone = "label '" + former->label.name + "' was retired";
            return place;
        }
        now = former->to;
    }
    if (tree.contains(now)) {
        place.label = now;
        place.name = LabelTree::formatPath(tree.pathNames(now));
        return place;
    }
    // Of a tree that a build replaced: the label of the same path, else the only one of the same name.
    ESPALIER_ASSIGN(const auto names, formerPath(db, id));
    place.name = LabelTree::formatPath(names);
    std::vector<LabelId> found;
    if (!names.empty()) {
        if (const auto same = tree.resolve("/" + place.name)) found = {*same};
        if (found.empty()) found = labelsNamed(tree, names.back());
    }
    if (found.size() == 1) {
        place.label = found.front();
        place.name = LabelTree::formatPath(tree.pathNames(place.label));
    } else {
        place.gone = found.empty() ? "there is no label '" + place.name + "' in this tree"
                                   : "this tree has several labels '" + names.back() + "'";
    }
    return place;
}

Result<std::vector<Stored>> allStored(store::Connection& db) {
    std::vector<Stored> found;
    ESPALIER_ASSIGN(auto rows, db.prepare("SELECT id, kind, positive, document, label, other, reference, percent FROM "
                                          "expectation ORDER BY id"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return found;
        Stored stored;
        stored.id = rows.integer(0);
        const std::string kind = rows.text(1);
        stored.kind = kind == kKindNames[0]   ? Statement::Kind::DocumentUnder
                      : kind == kKindNames[1] ? Statement::Kind::Parents
                                              : Statement::Kind::ReferenceUnder;
        stored.positive = rows.integer(2) != 0;
        stored.document = DocumentKey{rows.isNull(3) ? 0 : rows.integer(3)};
        stored.label = LabelId{rows.integer(4)};
        stored.other = LabelId{rows.integer(5)};
        stored.reference = rows.text(6);
        stored.percent = rows.real(7);
        found.push_back(std::move(stored));
    }
}

/// Whether a reference path has this label: one of its names, or the path from the top down to one.
bool hasReference(const std::vector<std::string>& path, const std::string& wanted) {
    for (std::size_t length = 1; length <= path.size(); ++length) {
        if (path[length - 1] == wanted) return true;
        if (LabelTree::formatPath({path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length)}) == wanted)
            return true;
    }
    return false;
}

Result<std::vector<std::int32_t>> withReference(Project::State& s, const Project::State::View& view,
                                                const std::string& wanted) {
    if (s.referencesRevision != view.cursor.documentsRevision) {
        s.references.clear();
        s.referencesRevision = view.cursor.documentsRevision;
    }
    if (const auto known = s.references.find(wanted); known != s.references.end()) return known->second;
    std::vector<std::int32_t> found;
    ESPALIER_ASSIGN(auto rows, s.db().prepare("SELECT document, labels FROM content WHERE labels <> '[]'"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        ESPALIER_ASSIGN(const auto path, tree::namesFromJson(rows.view(1)));
        if (!hasReference(path, wanted)) continue;
        if (const auto position = view.documents->position(DocumentKey{rows.integer(0)}); position >= 0)
            found.push_back(position);
    }
    s.references.emplace(wanted, found);
    return found;
}

std::string percentText(std::int64_t part, std::int64_t whole) {
    char text[80];
    std::snprintf(text, sizeof text, "%lld of %lld documents, %.4g %%", static_cast<long long>(part),
                  static_cast<long long>(whole),
                  whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
    return text;
}

class Looker {
public:
    Looker(Project::State& state, const Project::State::View& view)
        : m_state(state), m_view(view), m_tree(view.snapshot->tree) {}

    Result<Expectation> look(const Stored& stored) {
        Expectation expectation;
        expectation.id = stored.id;
        ESPALIER_ASSIGN(const Place place, placeOf(m_state.db(), m_tree, stored.label));
        Statement statement;
        statement.kind = stored.kind;
        statement.positive = stored.positive;
        statement.label = place.name;
        statement.reference = stored.reference;
        statement.percent = stored.percent;
        Place other;
        if (stored.kind == Statement::Kind::DocumentUnder) {
            ESPALIER_ASSIGN(statement.document,
                            m_state.db().text("SELECT id FROM document WHERE key = ?", stored.document.value));
        } else if (stored.kind == Statement::Kind::Parents) {
            ESPALIER_ASSIGN(other, placeOf(m_state.db(), m_tree, stored.other));
            statement.other = other.name;
        }
        expectation.text = statementText(statement);
        if (!place.label || (stored.kind == Statement::Kind::Parents && !other.label)) {
            expectation.why = place.label ? other.gone : place.gone;
            return expectation;
        }
        if (stored.kind == Statement::Kind::DocumentUnder) {
            documentUnder(stored, place, expectation);
        } else if (stored.kind == Statement::Kind::Parents) {
            parents(stored, place, other, expectation);
        } else {
            ESPALIER_TRY(referenceUnder(stored, place, expectation));
        }
        return expectation;
    }

private:
    LabelId hardOf(std::int32_t position) const {
        return position < 0 ? LabelId{} : m_view.hard->labels[static_cast<std::size_t>(position)];
    }

    void documentUnder(const Stored& stored, const Place& place, Expectation& expectation) const {
        const LabelId hard = hardOf(m_view.documents->position(stored.document));
        expectation.ok = (hard && m_tree.inBranch(hard, place.label)) == stored.positive;
        expectation.why = !hard                   ? "it has no label yet"
                          : hard == m_tree.root() ? "it rests at the top of the tree"
                                                  : "it is under " + quotedPath(m_tree, hard);
    }

    void parents(const Stored& stored, const Place& a, const Place& b, Expectation& expectation) const {
        if (a.label == b.label) {
            expectation.why = "both are one label now";
            return;
        }
        const LabelId above = m_tree.at(a.label).parent, otherAbove = m_tree.at(b.label).parent;
        const auto where = [this](LabelId parent) {
            return parent == m_tree.root() ? std::string("at the top level") : "under " + quotedPath(m_tree, parent);
        };
        expectation.ok = (above != otherAbove) == stored.positive;
        expectation.why = above == otherAbove ? "both are " + where(above)
                                              : "'" + m_tree.at(a.label).name + "' is " + where(above) + ", '" +
                                                    m_tree.at(b.label).name + "' is " + where(otherAbove);
    }

    Status referenceUnder(const Stored& stored, const Place& place, Expectation& expectation) {
        ESPALIER_ASSIGN(const auto documents, withReference(m_state, m_view, stored.reference));
        std::int64_t under = 0;
        for (const std::int32_t position : documents) {
            const LabelId hard = hardOf(position);
            if (hard && m_tree.inBranch(hard, place.label)) ++under;
        }
        const auto all = static_cast<std::int64_t>(documents.size());
        const double wanted = stored.percent * static_cast<double>(all), found = 100.0 * static_cast<double>(under);
        expectation.ok = all > 0 && (stored.positive ? found >= wanted : found <= wanted);
        expectation.why = all > 0 ? percentText(under, all) : "no document has that reference label";
        return {};
    }

    Project::State& m_state;
    const Project::State::View& m_view;
    const LabelTree& m_tree;
};

/// \retval NotFound, InvalidArgument  a name that means nothing here
Result<Stored> resolved(Project::State& s, const Project::State::View& view, const Statement& statement) {
    Stored stored;
    stored.kind = statement.kind;
    stored.positive = statement.positive;
    stored.reference = statement.reference;
    stored.percent = statement.percent;
    if (statement.kind == Statement::Kind::DocumentUnder) {
        const auto key = s.db().integer("SELECT key FROM document WHERE id = ?", statement.document);
        if (!key && key.error().code == ErrorCode::NotFound) {
            return makeError(ErrorCode::NotFound, "there is no document with the id \"" + statement.document + "\"");
        }
        if (!key) return key.error();
        stored.document = DocumentKey{*key};
    }
    ESPALIER_ASSIGN(stored.label, resolveLabel(view.snapshot->tree, statement.label));
    if (statement.kind == Statement::Kind::Parents) {
        ESPALIER_ASSIGN(stored.other, resolveLabel(view.snapshot->tree, statement.other));
        if (stored.other == stored.label) {
            return makeError(ErrorCode::InvalidArgument,
                             "'" + statement.label + "' and '" + statement.other + "' are the same label");
        }
    }
    if (statement.kind == Statement::Kind::ReferenceUnder) {
        ESPALIER_ASSIGN(const auto documents, withReference(s, view, statement.reference));
        if (documents.empty()) {
            return makeError(ErrorCode::NotFound, "no document has the reference label '" + statement.reference + "'");
        }
    }
    return stored;
}
}  // namespace

Result<Expectation> Project::addExpectation(std::string_view text) {
    State& s = *m_state;
    ESPALIER_ASSIGN(const auto readings, readStatement(text));
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_ASSIGN(const auto view, s.current());
    std::optional<Stored> wanted;
    std::optional<Error> fault;
    for (const Statement& reading : readings) {
        auto stored = resolved(s, view, reading);
        if (!stored) {
            if (!fault) fault = stored.error();
            continue;
        }
        if (wanted) {
            return makeError(ErrorCode::InvalidArgument,
                             "this can be read in several ways; put the names in double quotes");
        }
        wanted = *stored;
    }
    if (!wanted) {
        if (readings.size() > 1) fault->message += " (where names hold words of the form, put them in double quotes)";
        return *fault;
    }
    ESPALIER_ASSIGN(const auto before, allStored(s.db()));
    for (const Stored& other : before) {
        if (other.sameAs(*wanted)) {
            return makeError(ErrorCode::AlreadyExists,
                             "that is expected already, as number " + std::to_string(other.id));
        }
    }
    ESPALIER_ASSIGN(auto put, s.db().prepare("INSERT INTO expectation (kind, positive, document, label, other, "
                                             "reference, percent, created, actor) VALUES (?, ?, nullif(?, 0), ?, ?, ?, "
                                             "?, ?, ?)"));
    ESPALIER_TRY(put.bind(kKindNames[static_cast<int>(wanted->kind)], wanted->positive, wanted->document.value,
                          wanted->label.value, wanted->other.value, wanted->reference, wanted->percent,
                          detail::timeNow(), s.actor)
                     .run());
    ESPALIER_ASSIGN(wanted->id, s.db().integer("SELECT last_insert_rowid()"));
    ESPALIER_ASSIGN(auto expectation, Looker(s, view).look(*wanted));
    ESPALIER_TRY(scope.commit());
    return expectation;
}

Result<std::vector<Expectation>> Project::expectations() {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto stored, allStored(s.db()));
    std::vector<Expectation> found;
    if (stored.empty()) return found;
    ESPALIER_ASSIGN(const auto view, s.current());
    Looker looker(s, view);
    for (const Stored& one : stored) {
        ESPALIER_ASSIGN(auto expectation, looker.look(one));
        found.push_back(std::move(expectation));
    }
    return found;
}

Status Project::removeExpectation(std::int64_t id) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_TRY(s.db().run("DELETE FROM expectation WHERE id = ?", id));
    if (s.db().changes() == 0) {
        return makeError(ErrorCode::NotFound, "there is no expectation with the number " + std::to_string(id));
    }
    return scope.commit();
}

}  // namespace espalier::project
