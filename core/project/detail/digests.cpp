// SPDX-License-Identifier: Apache-2.0
// Digests of what is written once and never changes, kept in table meta, so that check notices a changed byte in the
// database as it does in a file. What does change (labels, state, runs) is checked through the journal.
#include <array>
#include <bit>
#include <charconv>

#include "core/base/sha256.h"
#include "core/project/detail/project_state.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace {
constexpr std::string_view kDigestKey = "digest:";  ///< in table meta, followed by kind:id

struct Kind {
    const char* name;
    const char* shown;    ///< followed by the id
    const char* sql;      ///< rows of the id ?1 in a fixed order
    const char* columns;  ///< i integer, t text or blob, r real
};
constexpr std::array<Kind, 11> kKinds{
    {{"documents", "the documents of import",
      "SELECT d.key, d.id, d.hash, d.title, c.labels, c.metadata, c.source FROM document d JOIN content c "
      "ON c.document = d.key WHERE d.import = ?1 ORDER BY d.key",
      "itttttt"},
     {"duplicates", "the duplicates of import",
      "SELECT seq, id, document, source, line FROM duplicate WHERE import = ?1 ORDER BY seq", "ititi"},
     {"queries", "the queries and judgements of import",
      "SELECT id, '', text, 0 FROM query WHERE ?1 > 0 UNION ALL SELECT query, document, '', score FROM judgement "
      "WHERE ?1 > 0 ORDER BY 1, 2, 3",
      "ttti"},
     {"build", "the tree built as number",
      "SELECT g.labels, g.options, g.hash, g.simd, s.label, s.data FROM generation g LEFT JOIN stability s "
      "ON s.generation = g.id WHERE g.id = ?1 ORDER BY s.label",
      "ttttit"},
     {"memberships", "the memberships of the tree built as number",
      "SELECT document, label, mass FROM resting WHERE generation = ?1 AND document NOT IN (SELECT r.document FROM "
      "journal_resting r JOIN journal j ON j.id = r.entry WHERE j.generation_after = ?1) ORDER BY document, label",
      "iir"},
     {"fits", "the fit residuals given by journal entry (of a build: less its number)",
      "SELECT document, label, residual FROM fit_residual WHERE generation = CASE WHEN ?1 < 0 THEN -?1 ELSE (SELECT "
      "generation_after FROM journal WHERE id = ?1) END AND entry = max(?1, 0) ORDER BY document, label",
      "iir"},
     {"assigned", "the documents assigned by journal entry",
      "SELECT document, label, mass FROM journal_resting WHERE entry = ?1 ORDER BY document, label", "iir"},
     {"growth", "the split or re-fit of journal entry",
      "SELECT g.sources, g.labels, g.stability, coalesce(a.sha256, '') FROM growth g LEFT JOIN artifact a ON a.id = "
      "g.factors WHERE g.entry = ?1",
      "tttt"},
     {"grown", "the memberships given by journal entry",
      "SELECT document, label, mass FROM growth_resting WHERE entry = ?1 ORDER BY document, label", "iir"},
     {"fitted", "what the model alone gives by journal entry",
      "SELECT document, label, mass FROM growth_fitted WHERE entry = ?1 ORDER BY document, label", "iir"},
     {"entry", "journal entry",
      "SELECT revision, time, kind, what, actor, undoable, parent, generation_before, generation_after, effect "
      "FROM journal WHERE id = ?1",
      "itttitiiit"}}};

const Kind* findKind(std::string_view name) {
    for (const Kind& kind : kKinds) {
        if (name == kind.name) return &kind;
    }
    return nullptr;
}

void addNumber(Sha256& hash, std::uint64_t value) {
    std::array<char, 8> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
    hash.add(std::string_view(bytes.data(), bytes.size()));
}

Result<std::string> digestOf(store::Connection& db, const Kind& kind, std::int64_t id) {
    ESPALIER_ASSIGN(auto rows, db.prepare(kind.sql));
    rows.bind(id);
    Sha256 hash;
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return toHex(hash.finish());
        int column = 0;
        for (const char* type = kind.columns; *type != '\0'; ++type, ++column) {
            if (*type == 'i') {
                addNumber(hash, static_cast<std::uint64_t>(rows.integer(column)));
            } else if (*type == 'r') {
                addNumber(hash, std::bit_cast<std::uint64_t>(rows.real(column)));
            } else {
                const std::string_view text = rows.isNull(column) ? std::string_view() : rows.view(column);
                addNumber(hash, text.size());
                hash.add(text);
            }
        }
    }
}

std::string keyOf(std::string_view kind, std::int64_t id) {
    return std::string(kDigestKey) + std::string(kind) + ":" + std::to_string(id);
}

Status put(store::Connection& db, const std::string& key, const std::string& hash) {
    return db.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, hash);
}

std::string digestOf(const tree::LabelTree& tree) {
    Sha256 hash;
    for (const auto& [id, label] : tree.labels()) hash.add(tree::labelToJson(label) + "\n");
    return toHex(hash.finish());
}
}  // namespace

Status Project::State::rememberDigest(std::string_view kind, std::int64_t id) {
    ESPALIER_ASSIGN(const std::string hash, digestOf(db(), *findKind(kind), id));
    return put(db(), keyOf(kind, id), hash);
}

Status Project::State::rememberTree(std::int64_t generation, const tree::LabelTree& grown) {
    return put(db(), keyOf("labels", generation), digestOf(grown));
}

bool Project::State::isTreeAsGrown(std::int64_t generation, const tree::LabelTree& grown) {
    const auto stored = db().text("SELECT value FROM meta WHERE key = ?", keyOf("labels", generation));
    return !stored || *stored == digestOf(grown);
}

Result<std::vector<std::string>> Project::State::changedDigests() {
    std::vector<std::pair<std::string, std::string>> stored;
    {
        ESPALIER_ASSIGN(auto rows, db().prepare("SELECT key, value FROM meta WHERE key LIKE ? || '%'"));
        rows.bind(kDigestKey);
        while (true) {
            ESPALIER_ASSIGN(const bool row, rows.step());
            if (!row) break;
            stored.emplace_back(rows.text(0).substr(kDigestKey.size()), rows.text(1));
        }
    }
    std::vector<std::string> changed;
    for (const auto& [key, hash] : stored) {
        const auto colon = key.find(':');
        const Kind* kind = findKind(std::string_view(key).substr(0, colon));
        std::int64_t id = 0;
        if (kind == nullptr || colon == std::string::npos) continue;
        std::from_chars(key.data() + colon + 1, key.data() + key.size(), id);
        ESPALIER_ASSIGN(const std::string now, digestOf(db(), *kind, id));
        if (now != hash) changed.push_back(std::string(kind->shown) + " " + std::to_string(id));
    }
    return changed;
}

}  // namespace espalier::project
