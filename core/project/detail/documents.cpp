// SPDX-License-Identifier: Apache-2.0
// Reading documents and their memberships.
#include <algorithm>

#include "core/project/detail/project_state.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace {
std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
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
}  // namespace

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
    ESPALIER_ASSIGN(record.fits, s.fitsOf(view, key));
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
    for (const auto& [share, pin] : tree::shareContradictions(tree, key))
        record.contradictions.push_back(tree::describeContradiction(tree, share, pin));
    ESPALIER_ASSIGN(record.shares, s.sharesSaid(view, key));
    record.stored = detail::rowOf(*view.masses, position);
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
