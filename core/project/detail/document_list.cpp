// SPDX-License-Identifier: Apache-2.0
// Lists of documents: which are in it, in which order, and what a row says.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/project/detail/diverse.h"
#include "core/project/detail/project_state.h"
#include "core/text/sentences.h"

namespace espalier::project {
namespace {
constexpr std::size_t kSnippetLooked = 4096;  // bytes of a text that a snippet is taken from
constexpr std::size_t kSnippetLead = 60;      // bytes before the first term that stay, where a sentence is long
constexpr std::size_t kSnippetLongest = 400;

std::size_t entryOf(std::int64_t index) {
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
    return a.branch == b.branch && a.unassigned == b.unassigned && a.list == b.list && a.since == b.since &&
           a.order == b.order && a.filter == b.filter;
}

/// Positions of the documents that the question is about, ascending id bytes.
Result<std::vector<std::int32_t>> wantedPositions(Project::State& s, const Project::State::View& view,
                                                  const DocumentQuery& query) {
    const auto& documents = *view.documents;
    std::vector<char> wanted(entryOf(documents.size()), 1);
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
                wanted[entryOf(position)] = 1;
        }
    }
    if (query.list) {
        ESPALIER_ASSIGN(const auto members, s.members(view, *query.list, query.since));
        for (std::size_t d = 0; d < wanted.size(); ++d) wanted[d] = wanted[d] != 0 && members[d] != 0 ? 1 : 0;
    }
    std::unordered_set<LabelId> branch;
    if (query.branch && !query.unassigned) {
        const auto below = view.snapshot->tree.branch(*query.branch);
        branch.insert(below.begin(), below.end());
    }
    std::vector<std::int32_t> found;
    for (const std::int32_t position : documents.byId) {
        const LabelId hard = view.hard->labels[entryOf(position)];
        if (wanted[entryOf(position)] == 0) continue;
        if (query.unassigned ? static_cast<bool>(hard) : query.branch && branch.count(hard) == 0) continue;
        found.push_back(position);
    }
    return found;
}

/// Sorts the positions by what the order looks at; ties keep the order of ids.
void sortByShares(const Project::State::View& view, const DocumentQuery& query, std::vector<std::int32_t>& positions) {
    const auto& tree = view.snapshot->tree;
    const detail::TreeIndex index(tree, *view.masses);
    detail::ShareCounter counter(index, *view.masses);
    const detail::PinRules rules = detail::pinRules(tree, *view.documents);
    const std::int32_t asked = query.branch ? index.index(*query.branch) : -1;
    std::vector<std::pair<double, std::int32_t>> ranked;
    ranked.reserve(positions.size());
    for (const std::int32_t position : positions) {
        const std::int32_t hard = index.index(view.hard->labels[entryOf(position)]);
        double value = 2;  // without shares: last
        if (counter.read(position) && hard >= 0) {
            const auto rule = rules.find(position);
            value = query.order == Order::Borderline
                        ? counter.narrowest(hard, rule == rules.end() ? nullptr : &rule->second).lead
                    : query.order == Order::Weakest ? counter.topShare(hard)
                                                    : -counter.share(asked >= 0 ? asked : hard);
        }
        ranked.emplace_back(value, position);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < ranked.size(); ++i) positions[i] = ranked[i].second;
}

/// Brings the list that is kept to the question.
Status makeList(Project& project, Project::State& s, const Project::State::View& view, const DocumentQuery& query) {
    if (query.branch && !view.snapshot->tree.contains(*query.branch)) {
        return makeError(ErrorCode::NotFound, "there is no label with the id " + std::to_string(query.branch->value));
    }
    // Vectors may come without a new revision of anything that is counted here.
    const bool kept = s.list.revision == view.cursor.revision && sameList(s.list.query, query);
    if (kept && query.order != Order::Diverse) return {};
    std::filesystem::path vectors;
    if (query.order == Order::Diverse) {
        if (const auto model = project.model({})) vectors = model->vectorsFile;
        if (kept && s.list.vectors == vectors) return {};
    }
    ESPALIER_ASSIGN(auto positions, wantedPositions(s, view, query));
    if (query.order != Order::Id) sortByShares(view, query, positions);
    if (query.order == Order::Diverse)
        positions = detail::farthestFirst(*view.documents, *view.masses, vectors, std::move(positions));
    s.list = {view.cursor.revision, query, std::move(vectors), std::move(positions)};
    return {};
}

/// Where terms stand in titles and texts, for rows of a page; the finder of a label is made once.
class Highlighter {
public:
    Highlighter(const tree::LabelTree& tree, store::Statement content) : m_tree(tree), m_content(std::move(content)) {}

    Status mark(DocumentRow& row, LabelId label) {
        const tree::Label* source = label ? m_tree.find(label) : nullptr;
        auto known = m_finders.find(label);
        if (known == m_finders.end()) {
            std::vector<std::string> terms;
            if (source != nullptr) {
                for (const tree::Term& term : source->terms) terms.push_back(term.text);
            }
            known = m_finders.emplace(label, text::TermFinder(terms)).first;
        }
        row.titleHits = known->second.find(row.title);
        ESPALIER_ASSIGN(const bool there, m_content.bind(row.key.value).step());
        if (there) quote(m_content.view(0), known->second, row);
        m_content.reset();
        return {};
    }

private:
    void quote(std::string_view looked, text::TermFinder& finder, DocumentRow& row) const {
        const auto hits = finder.find(looked);
        std::string_view best;
        std::size_t most = 0;
        for (const std::string_view sentence : text::sentences(looked)) {
            const auto begin = static_cast<std::size_t>(sentence.data() - looked.data());
            const auto inside = [&](const text::Span& hit) {
                return hit.begin >= begin && hit.end <= begin + sentence.size();
            };
            const auto count = static_cast<std::size_t>(std::count_if(hits.begin(), hits.end(), inside));
            if (best.empty() || count > most) {
                best = sentence;
                most = count;
            }
        }
        if (best.empty()) return;
        auto begin = static_cast<std::size_t>(best.data() - looked.data());
        const std::size_t end = begin + best.size();
        const auto first = std::find_if(hits.begin(), hits.end(), [&](const auto& hit) { return hit.begin >= begin; });
        const bool cut = first != hits.end() && first->end <= end && first->begin > begin + 2 * kSnippetLead;
        if (cut) {
            begin = looked.find(' ', first->begin - kSnippetLead);
            if (begin >= first->begin) begin = first->begin - 1;
            ++begin;
            row.snippet = "… ";
        }
        std::size_t stop = std::min(end, begin + kSnippetLongest);
        while (stop < end && (static_cast<unsigned char>(looked[stop]) & 0xC0) == 0x80) ++stop;
        const std::size_t before = row.snippet.size();
        for (std::size_t i = begin; i < stop; ++i) {
            const auto byte = static_cast<unsigned char>(looked[i]);
            row.snippet += byte < 0x20 ? ' ' : looked[i];
        }
        for (const text::Span& hit : hits) {
            if (hit.begin >= begin && hit.end <= stop)
                row.snippetHits.push_back({hit.begin - begin + before, hit.end - begin + before});
        }
    }

    const tree::LabelTree& m_tree;
    store::Statement m_content;
    std::unordered_map<LabelId, text::TermFinder> m_finders;
};

/// What only some lists say of a row.
Status addOfList(Project& project, Project::State& s, const Project::State::View& view, const DocumentQuery& query,
                 std::int32_t position, DocumentRow& row) {
    if (query.list == SmartList::Duplicates) {
        ESPALIER_ASSIGN(const auto copies, project.duplicatesOf(row.key));
        for (const DuplicateRow& copy : copies) row.copies.push_back(copy.id);
    }
    if (query.list == SmartList::Moved) {
        ESPALIER_TRY(s.compareWith(view, query.since));
        if (const LabelId before = s.hardThen->labels[entryOf(position)])
            row.before = s.hardThen->tree.pathNames(before);
    }
    return {};
}
}  // namespace

Result<std::vector<DocumentKey>> Project::documentKeys(const DocumentQuery& query) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto view, s.current());
    ESPALIER_TRY(makeList(*this, s, view, query));
    std::vector<DocumentKey> keys;
    keys.reserve(s.list.positions.size());
    for (const std::int32_t position : s.list.positions) keys.push_back(view.documents->keys[entryOf(position)]);
    return keys;
}

Result<std::int64_t> Project::documentRank(const DocumentQuery& query, DocumentKey key) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto view, s.current());
    ESPALIER_TRY(makeList(*this, s, view, query));
    const std::int32_t position = view.documents->position(key);
    const auto found = std::find(s.list.positions.begin(), s.list.positions.end(), position);
    return position < 0 || found == s.list.positions.end() ? std::int64_t{-1} : found - s.list.positions.begin();
}

Result<DocumentPage> Project::documents(const DocumentQuery& query) {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(s.db()));
    ESPALIER_ASSIGN(const auto view, s.current());
    if (query.offset < 0) return makeError(ErrorCode::InvalidArgument, "a list cannot begin before its first row");
    ESPALIER_TRY(makeList(*this, s, view, query));
    DocumentPage page;
    page.total = static_cast<std::int64_t>(s.list.positions.size());
    const std::int64_t end = query.limit < 0 ? page.total : std::min(page.total, query.offset + query.limit);
    const auto& tree = view.snapshot->tree;
    const detail::TreeIndex index(tree, *view.masses);
    detail::ShareCounter counter(index, *view.masses);
    ESPALIER_ASSIGN(auto names, s.db().prepare("SELECT id, title FROM document WHERE key = ?"));
    std::optional<Highlighter> highlighter;
    if (query.highlight) {
        ESPALIER_ASSIGN(auto content, s.db().prepare("SELECT substr(text, 1, " + std::to_string(kSnippetLooked) +
                                                     ") FROM content WHERE document = ?"));
        highlighter.emplace(tree, std::move(content));
    }
    for (std::int64_t i = query.offset; i < end; ++i) {
        const std::int32_t position = s.list.positions[entryOf(i)];
        DocumentRow row;
        row.key = view.documents->keys[entryOf(position)];
        ESPALIER_ASSIGN(const bool there, names.bind(row.key.value).step());
        if (!there) return makeError(ErrorCode::Corrupt, "a document is missing", s.db().path().string());
        row.id = names.text(0);
        row.title = names.text(1);
        const bool placed = counter.read(position);
        const std::int32_t hard = index.index(view.hard->labels[entryOf(position)]);
        if (hard >= 0) row.labels = tree.path(index.id(hard));
        if (placed && hard >= 0) {
            const tree::PinRule rule = tree::pinRule(tree, tree::pinsInForce(tree, row.key));
            row.share = counter.share(query.branch ? index.index(*query.branch) : hard);
            std::int32_t second = counter.second(hard, &rule);
            row.secondShare = second >= 0 ? counter.share(second) : 0;
            if (query.order == Order::Borderline || query.list == SmartList::Borderline) {
                const auto choice = counter.narrowest(hard, &rule);
                second = choice.rival;
                row.secondShare = choice.rivalShare;
            }
            if (second >= 0) row.second = index.id(second);
        }
        if (highlighter)
            ESPALIER_TRY(highlighter->mark(row, query.branch ? *query.branch : view.hard->labels[entryOf(position)]));
        if (query.list) ESPALIER_TRY(addOfList(*this, s, view, query, position, row));
        page.rows.push_back(std::move(row));
    }
    return page;
}

}  // namespace espalier::project
