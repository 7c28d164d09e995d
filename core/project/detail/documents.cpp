// SPDX-License-Identifier: Apache-2.0
// Reading documents and their memberships.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_set>

#include "core/project/detail/project_state.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace {
std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// LIKE pattern for "contains".
std::string containing(std::string_view part) {
    std::string pattern = "%";
    for (const char c : part) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

bool sameList(const DocumentQuery& a, const DocumentQuery& b) {
    return a.branch == b.branch && a.unassigned == b.unassigned && a.order == b.order && a.filter == b.filter;
}

Result<text::Document> readContent(const store::Statement& row, int first) {
    text::Document document;
    document.id = row.text(first);
    document.title = row.text(first + 1);
    document.text = row.text(first + 2);
    ESPALIER_ASSIGN(document.labels, tree::namesFromJson(row.view(first + 3)));
    document.metadata = row.text(first + 4);
    document.source = row.text(first + 5);
    return document;
}

constexpr const char* kContent =
    "d.key, d.id, d.title, c.text, c.labels, c.metadata, c.source, d.hash "
    "FROM document d JOIN content c ON c.document = d.key ";

std::string hexOf(std::string_view bytes) {
    detail::Hash hash{};
    std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
    return detail::hashHex(hash);
}

/// Order of a list: positions sorted by a key, ties by id bytes.
struct Ranked {
    std::int32_t position;
    double value;       ///< ascending
    std::int64_t turn;  ///< ascending, before value
};

Result<std::vector<std::int32_t>> listPositions(Project::State& s, const Project::State::View& view,
                                                const DocumentQuery& query) {
    const auto& documents = *view.documents;
    const auto& tree = view.snapshot->tree;
    std::vector<char> wanted(at(documents.size()), 1);
    if (!query.filter.empty()) {
        std::fill(wanted.begin(), wanted.end(), 0);
        ESPALIER_ASSIGN(auto rows,
                        s.db().prepare("SELECT key FROM document WHERE id LIKE ?1 ESCAPE '\\' OR title LIKE ?1 "
                                       "ESCAPE '\\'"));
        rows.bind(containing(query.filter));
        while (true) {
            ESPALIER_ASSIGN(const bool row, rows.step());
            if (!row) break;
            if (const auto position = documents.position(DocumentKey{rows.integer(0)}); position >= 0)
                wanted[at(position)] = 1;
        }
    }
    std::unordered_set<LabelId> branch;
    if (query.branch && !query.unassigned) {
        const auto below = tree.branch(*query.branch);
        branch.insert(below.begin(), below.end());
    }
    std::vector<std::int32_t> found;
    for (const std::int32_t position : documents.byId) {
        const LabelId hard = view.hard->labels[at(position)];
        if (wanted[at(position)] == 0) continue;
        if (query.unassigned ? static_cast<bool>(hard) : query.branch && branch.count(hard) == 0) continue;
        found.push_back(position);
    }
    if (query.order == Order::Id) return found;

    const detail::TreeIndex index(tree, *view.masses);
    detail::ShareCounter counter(index, *view.masses);
    const std::int32_t asked = query.branch ? index.index(*query.branch) : -1;
    std::vector<Ranked> ranked;
    std::vector<std::pair<std::int32_t, std::int32_t>> groups;
    for (const std::int32_t position : found) {
        const std::int32_t hard = index.index(view.hard->labels[at(position)]);
        if (!counter.read(position) || hard < 0) {
            ranked.push_back({position, 2.0, 0});  // without shares: last
            groups.emplace_back(-1, -1);
            continue;
        }
        const std::int32_t second = counter.second(hard);
        const double share = counter.share(asked >= 0 ? asked : hard);
        const double lead = counter.share(hard) - (second >= 0 ? counter.share(second) : 0.0);
        ranked.push_back({position, query.order == Order::Borderline ? lead : -share, 0});
        groups.emplace_back(hard, second);
    }
    const auto byValue = [&](const Ranked& a, const Ranked& b) {
        if (a.turn != b.turn) return a.turn < b.turn;
        if (a.value != b.value) return a.value < b.value;
        return documents.rankById[at(a.position)] < documents.rankById[at(b.position)];
    };
    if (query.order == Order::Diverse) {
        // Within its group the k-th most typical document gets turn k.
        std::vector<std::size_t> order(ranked.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(),
                  [&](std::size_t a, std::size_t b) { return byValue(ranked[a], ranked[b]); });
        std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> turns;
        for (const std::size_t i : order) ranked[i].turn = turns[groups[i]]++;
    }
    std::sort(ranked.begin(), ranked.end(), byValue);
    for (std::size_t i = 0; i < ranked.size(); ++i) found[i] = ranked[i].position;
    return found;
}
}  // namespace

Result<DocumentPage> Project::documents(const DocumentQuery& query) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto view, s.current());
    if (query.branch && !view.snapshot->tree.contains(*query.branch)) {
        return makeError(ErrorCode::NotFound, "there is no label with the id " + std::to_string(query.branch->value));
    }
    if (query.offset < 0) return makeError(ErrorCode::InvalidArgument, "a list cannot begin before its first row");
    if (s.list.revision != view.cursor.revision || !sameList(s.list.query, query)) {
        ESPALIER_ASSIGN(s.list.positions, listPositions(s, view, query));
        s.list.query = query;
        s.list.revision = view.cursor.revision;
    }
    DocumentPage page;
    page.total = static_cast<std::int64_t>(s.list.positions.size());
    const std::int64_t end = query.limit < 0 ? page.total : std::min(page.total, query.offset + query.limit);
    const detail::TreeIndex index(view.snapshot->tree, *view.masses);
    detail::ShareCounter counter(index, *view.masses);
    ESPALIER_ASSIGN(auto names, s.db().prepare("SELECT id, title FROM document WHERE key = ?"));
    for (std::int64_t i = query.offset; i < end; ++i) {
        const std::int32_t position = s.list.positions[at(i)];
        DocumentRow row;
        row.key = view.documents->keys[at(position)];
        ESPALIER_ASSIGN(const bool there, names.bind(row.key.value).step());
        if (!there) return makeError(ErrorCode::Corrupt, "a document is missing", s.db().path().string());
        row.id = names.text(0);
        row.title = names.text(1);
        const bool placed = counter.read(position);
        const std::int32_t hard = index.index(view.hard->labels[at(position)]);
        if (hard >= 0) row.labels = view.snapshot->tree.path(index.id(hard));
        if (placed && hard >= 0) {
            const std::int32_t second = counter.second(hard);
            row.share = counter.share(query.branch ? index.index(*query.branch) : hard);
            if (second >= 0) {
                row.second = index.id(second);
                row.secondShare = counter.share(second);
            }
        }
        page.rows.push_back(std::move(row));
    }
    return page;
}

Result<DocumentRecord> Project::document(DocumentKey key) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(auto rows, s.db().prepare(std::string("SELECT ") + kContent + "WHERE d.key = ?"));
    ESPALIER_ASSIGN(const bool there, rows.bind(key.value).step());
    if (!there) return makeError(ErrorCode::NotFound, "there is no document with the key " + std::to_string(key.value));
    DocumentRecord record;
    record.key = key;
    record.hash = hexOf(rows.view(7));
    ESPALIER_ASSIGN(record.document, readContent(rows, 1));
    ESPALIER_ASSIGN(record.resting, resting(key));
    std::stable_sort(record.resting.begin(), record.resting.end(),
                     [](const auto& a, const auto& b) { return a.mass > b.mass; });
    ESPALIER_ASSIGN(const auto view, s.current());
    const std::int32_t position = view.documents->position(key);
    if (position >= 0) record.hard = view.hard->labels[at(position)];
    const auto& tree = view.snapshot->tree;
    const auto pins = tree::pinsInForce(tree, key);
    const LabelId fit = pins.empty() ? LabelId{} : tree::hardLabel(tree, record.resting);
    for (const tree::PinInForce& pin : pins) {
        DocumentPin stated{pin.label, pin.must, {}};
        if (fit) stated.fitAgrees = tree.inBranch(fit, pin.label) == pin.must;
        record.pins.push_back(stated);
    }
    for (const auto& [a, b] : tree::contradictions(tree, pins))
        record.contradictions.push_back(tree::describeContradiction(tree, a, b));
    return record;
}

Result<DocumentKey> Project::findDocument(std::string_view id) {
    auto key = m_state->db().integer("SELECT key FROM document WHERE id = ?", id);
    if (!key && key.error().code == ErrorCode::NotFound) {
        return makeError(ErrorCode::NotFound, "there is no document with the id \"" + std::string(id) + "\"");
    }
    if (!key) return std::move(key).error();
    return DocumentKey{*key};
}

Result<DocumentRecord> Project::document(std::string_view id) {
    ESPALIER_ASSIGN(const DocumentKey key, findDocument(id));
    return document(key);
}

Result<std::vector<std::pair<DocumentKey, std::string>>> Project::documentIds() {
    std::vector<std::pair<DocumentKey, std::string>> ids;
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare("SELECT key, id FROM document ORDER BY id"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        ids.emplace_back(DocumentKey{rows.integer(0)}, rows.text(1));
    }
    return ids;
}

Result<std::vector<DocumentName>> Project::documentNames() {
    std::vector<DocumentName> names;
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare("SELECT key, id, title FROM document ORDER BY key"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return names;
        names.push_back({DocumentKey{rows.integer(0)}, rows.text(1), rows.text(2)});
    }
}

Status Project::forEachDocument(const DocumentVisitor& visit) {
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare(std::string("SELECT ") + kContent + "ORDER BY d.id"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return {};
        ESPALIER_ASSIGN(const auto document, readContent(rows, 1));
        ESPALIER_TRY(visit(DocumentKey{rows.integer(0)}, document, hexOf(rows.view(7))));
    }
}

Result<std::vector<text::Query>> Project::queries() {
    std::vector<text::Query> found;
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare("SELECT id, text FROM query ORDER BY id"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        found.push_back({rows.text(0), rows.text(1)});
    }
    return found;
}

Result<std::vector<text::Judgement>> Project::judgements() {
    std::vector<text::Judgement> found;
    ESPALIER_ASSIGN(auto rows,
                    m_state->db().prepare("SELECT query, document, score FROM judgement ORDER BY query, document"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        found.push_back({rows.text(0), rows.text(1), static_cast<int>(rows.integer(2))});
    }
    return found;
}

Result<std::vector<HardLabel>> Project::hardLabels() {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    std::vector<HardLabel> labels;
    labels.reserve(view.documents->keys.size());
    for (std::size_t d = 0; d < view.documents->keys.size(); ++d) {
        labels.push_back({view.documents->keys[d], view.hard->labels[d]});
    }
    return labels;
}

Result<std::vector<tree::Resting>> Project::resting(DocumentKey key) {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    const std::int32_t position = view.documents->position(key);
    if (position < 0) {
        return makeError(ErrorCode::NotFound, "there is no document with the key " + std::to_string(key.value));
    }
    const detail::TreeIndex index(view.snapshot->tree, *view.masses);
    detail::ShareCounter counter(index, *view.masses);
    if (!counter.read(position)) return std::vector<tree::Resting>{};
    return counter.resting();
}

Result<std::vector<DocumentKey>> Project::withoutMass() {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    std::vector<DocumentKey> found;
    for (std::int64_t d = 0; d < view.documents->size(); ++d) {
        if (!view.masses->has(d)) found.push_back(view.documents->keys[at(d)]);
    }
    return found;
}

Result<std::vector<DocumentResting>> Project::allResting() {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    const detail::TreeIndex index(view.snapshot->tree, *view.masses);
    detail::ShareCounter counter(index, *view.masses);
    std::vector<DocumentResting> found;
    for (std::int64_t d = 0; d < view.documents->size(); ++d) {
        if (counter.read(d)) found.push_back({view.documents->keys[at(d)], counter.resting()});
    }
    return found;
}

}  // namespace espalier::project
