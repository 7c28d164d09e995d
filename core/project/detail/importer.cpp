// SPDX-License-Identifier: Apache-2.0
// Import: rows stream into the database, duplicates are decided there, all in one transaction.
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/project/detail/project_state.h"
#include "core/text/corpus_reader.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
constexpr const char* kRejectedName = "rejected.csv";
constexpr std::size_t kExcerptBytes = 200;
enum Verdict { kKept = 0, kDuplicate = 1, kRejected = 2 };

std::string csvCell(std::string_view text) {
    if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
    std::string cell = "\"";
    for (const char c : text) {
        if (c == '"') cell += '"';
        cell += c;
    }
    return cell + '"';
}

/// One line, cut at a character boundary.
std::string excerptOf(std::string_view text) {
    std::string excerpt(text.substr(0, kExcerptBytes));
    if (text.size() > kExcerptBytes) {
        while (!excerpt.empty() && (static_cast<unsigned char>(excerpt.back()) & 0xc0) == 0x80) excerpt.pop_back();
        if (!excerpt.empty() && (static_cast<unsigned char>(excerpt.back()) & 0x80) != 0) excerpt.pop_back();
    }
    for (char& c : excerpt) {
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    return excerpt;
}

/// rejected.csv in the making: appears when the import has succeeded, or the old one goes away.
class RejectedFile {
public:
    explicit RejectedFile(fs::path path) : m_path(std::move(path)) {}

    Status add(const text::RejectedRow& row) {
        if (!m_file) {
            ESPALIER_ASSIGN(auto file, AtomicFile::create(m_path));
            m_file.emplace(std::move(file));
            ESPALIER_TRY(m_file->write(std::string_view("source,line,reason,excerpt\n")));
        }
        return m_file->write(std::string_view(csvCell(row.source) + ',' + std::to_string(row.line) + ',' +
                                              csvCell(row.reason) + ',' + csvCell(row.excerpt) + '\n'));
    }
    /// \return the file's path, empty when nothing was rejected
    Result<fs::path> finish() {
        std::error_code code;
        if (!m_file) {
            fs::remove(m_path, code);
            return fs::path();
        }
        ESPALIER_TRY(m_file->commit());
        return m_path;
    }

private:
    fs::path m_path;
    std::optional<AtomicFile> m_file;
};

class Importer {
public:
    Importer(Project::State& state, jobs::JobContext& context)
        : m_state(state), m_context(context), m_rejected(state.folder / kRejectedName) {}

    Result<ImportReport> run(const std::vector<fs::path>& sources, const text::CorpusOptions& options);

private:
    Status prepare();
    Status readSource(const fs::path& source, const text::CorpusOptions& options);
    Status stage(const text::CorpusRow& row);
    Status reject(const text::RejectedRow& row);
    Status settleIds();
    Status settleTexts();
    Status keep(std::int64_t import);
    Status storeQueries(text::CorpusReader& reader);
    store::Connection& db() { return m_state.db(); }

    Project::State& m_state;
    jobs::JobContext& m_context;
    RejectedFile m_rejected;
    ImportReport m_report;
    std::int64_t m_nextKey = 1;
    std::optional<store::Statement> m_content;
    std::optional<store::Statement> m_staged;
};

Status Importer::prepare() {
    // The page cache is bounded: a big import spills into the write-ahead log, not into memory.
    ESPALIER_TRY(db().execute("PRAGMA cache_size = -65536"));
    ESPALIER_ASSIGN(m_nextKey, db().integer("SELECT coalesce(max(key), 0) + 1 FROM document"));
    ESPALIER_ASSIGN(auto content, db().prepare("INSERT INTO content (document, text, labels, metadata, source) "
                                               "VALUES (?, ?, ?, ?, ?)"));
    m_content.emplace(std::move(content));
    ESPALIER_ASSIGN(auto staged, db().prepare("INSERT INTO staged_row (key, id, hash, title, source, line) "
                                              "VALUES (?, ?, ?, ?, ?, ?)"));
    m_staged.emplace(std::move(staged));
    return {};
}

Status Importer::reject(const text::RejectedRow& row) {
    ++m_report.rejected;
    return m_rejected.add(row);
}

Status Importer::stage(const text::CorpusRow& row) {
    const text::Document& document = row.document;
    const std::string input = text::inputString(document);
    const detail::Hash hash = detail::hashFromHex(text::textHash(input));
    const std::string id = document.id.empty() ? text::derivedId(input) : document.id;
    const std::int64_t key = m_nextKey++;
    ESPALIER_TRY(m_content
                     ->bind(key, document.text, tree::namesToJson(document.labels),
                            detail::safeJson(document.metadata, "{}"), document.source)
                     .run());
    const std::string_view hashBytes(reinterpret_cast<const char*>(hash.data()), hash.size());
    return m_staged->bind(key, id, store::Blob{hashBytes}, document.title, document.source, row.line).run();
}

/// A source that cannot be read is what was named wrongly, not a fault of the machine that holds the project.
Error refusedSource(Error error) {
    if (error.code == ErrorCode::Io) error.code = ErrorCode::InvalidArgument;
    return error;
}

Status Importer::readSource(const fs::path& source, const text::CorpusOptions& options) {
    auto opened = text::CorpusReader::open(source, options);
    if (!opened) return refusedSource(std::move(opened).error());
    const auto reader = std::move(opened).value();
    while (true) {
        ESPALIER_TRY(m_context.checkStop());
        auto next = reader->next();
        if (!next) return refusedSource(std::move(next).error());
        const auto row = std::move(next).value();
        if (!row) break;
        ++m_report.read;
        m_context.progress("import", reader->bytesRead(), reader->bytesTotal());
        switch (row->kind) {
            case text::CorpusRow::Kind::Document:
                ESPALIER_TRY(stage(*row));
                break;
            case text::CorpusRow::Kind::Empty:
                ++m_report.empty;
                break;
            case text::CorpusRow::Kind::Rejected:
                ESPALIER_TRY(reject(row->rejected));
                break;
        }
    }
    for (const auto& [extension, count] : reader->ignoredByExtension()) m_report.ignored[extension] += count;
    return storeQueries(*reader);
}

Status Importer::storeQueries(text::CorpusReader& reader) {
    std::vector<text::RejectedRow> faulty;
    const auto queries = reader.queries(&faulty);
    if (!queries) return refusedSource(queries.error());
    const auto judgements = reader.judgements(&faulty);
    if (!judgements) return refusedSource(judgements.error());
    ESPALIER_ASSIGN(auto query, db().prepare("INSERT OR REPLACE INTO query (id, text) VALUES (?, ?)"));
    for (const auto& entry : *queries) ESPALIER_TRY(query.bind(entry.id, entry.text).run());
    ESPALIER_ASSIGN(auto judgement,
                    db().prepare("INSERT OR REPLACE INTO judgement (query, document, score) VALUES (?, ?, ?)"));
    for (const auto& entry : *judgements) {
        ESPALIER_TRY(judgement.bind(entry.queryId, entry.documentId, entry.score).run());
    }
    // Such lines are rows that were read and refused like any other, or the counts would not add up.
    m_report.read += static_cast<std::int64_t>(faulty.size());
    for (const auto& row : faulty) ESPALIER_TRY(reject(row));
    return {};
}

/// An id belongs to one text: that of an earlier import, else the one of the first row that uses it.
Status Importer::settleIds() {
    ESPALIER_TRY(
        db().run("UPDATE staged_row SET verdict = ? WHERE EXISTS (SELECT 1 FROM document d WHERE d.id = "
                 "staged_row.id AND d.hash <> staged_row.hash)",
                 kRejected));
    const std::int64_t taken = db().changes();
    ESPALIER_TRY(
        db().run("UPDATE staged_row SET verdict = ?1 WHERE verdict = ?2 AND NOT EXISTS (SELECT 1 FROM document d "
                 "WHERE d.id = staged_row.id) AND hash <> (SELECT t.hash FROM staged_row t WHERE t.id = "
                 "staged_row.id ORDER BY t.key LIMIT 1)",
                 kRejected, kKept));
    if (taken + db().changes() == 0) return {};
    ESPALIER_ASSIGN(
        auto rows,
        db().prepare("SELECT s.source, s.line, s.id, c.text, k.source, k.line FROM staged_row s "
                     "JOIN content c ON c.document = s.key LEFT JOIN staged_row k ON k.key = (SELECT t.key FROM "
                     "staged_row t WHERE t.id = s.id AND t.verdict <> ?1 ORDER BY t.key LIMIT 1) "
                     "WHERE s.verdict = ?1 ORDER BY s.key"));
    rows.bind(kRejected);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return {};
        std::string reason = "the id \"" + excerptOf(rows.view(2)) + "\" is already used by another text";
        if (rows.isNull(4)) {
            reason += " of this project";
        } else {
            reason +=
                " (" + rows.text(4) + (rows.integer(5) > 0 ? ", line " + std::to_string(rows.integer(5)) : "") + ")";
        }
        ESPALIER_TRY(reject({rows.text(0), rows.integer(1), reason, excerptOf(rows.view(3))}));
    }
}

/// A text is kept once: as it is already, else under its smallest id. The further ORDER BY only decides between rows of
/// the same id and text that differ in title or metadata, so that row order never matters.
Status Importer::settleTexts() {
    ESPALIER_TRY(
        db().run("UPDATE staged_row SET verdict = ?1 WHERE verdict = ?2 AND EXISTS (SELECT 1 FROM document d "
                 "WHERE d.hash = staged_row.hash)",
                 kDuplicate, kKept));
    m_report.duplicates += db().changes();
    ESPALIER_TRY(
        db().run("UPDATE staged_row SET verdict = ?1 WHERE verdict = ?2 AND EXISTS (SELECT 1 FROM staged_row t "
                 "WHERE t.hash = staged_row.hash AND t.key <> staged_row.key AND t.verdict <> ?3) AND key <> "
                 "(SELECT t.key FROM staged_row t JOIN content c ON c.document = t.key WHERE t.hash = "
                 "staged_row.hash AND t.verdict <> ?3 ORDER BY t.id, t.title, c.text, c.labels, c.metadata, "
                 "c.source, t.line, t.key LIMIT 1)",
                 kDuplicate, kKept, kRejected));
    m_report.duplicates += db().changes();
    return {};
}

Status Importer::keep(std::int64_t import) {
    ESPALIER_TRY(
        db().run("INSERT INTO document (key, id, hash, title, import) SELECT key, id, hash, title, ? FROM "
                 "staged_row WHERE verdict = ? ORDER BY key",
                 import, kKept));
    m_report.kept = db().changes();
    ESPALIER_TRY(
        db().run("INSERT INTO duplicate (import, id, document, source, line) SELECT ?, s.id, d.key, s.source, "
                 "s.line FROM staged_row s JOIN document d ON d.hash = s.hash WHERE s.verdict = ? ORDER BY s.key",
                 import, kDuplicate));
    ESPALIER_TRY(
        db().run("DELETE FROM content WHERE document IN (SELECT key FROM staged_row WHERE verdict <> ?)", kKept));
    return db().execute("DELETE FROM staged_row");
}

Result<ImportReport> Importer::run(const std::vector<fs::path>& sources, const text::CorpusOptions& options) {
    if (sources.empty()) return makeError(ErrorCode::InvalidArgument, "name at least one file or folder to import");
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(m_state));
    ESPALIER_ASSIGN(Cursor cursor, m_state.cursor());
    ESPALIER_TRY(prepare());
    for (const auto& source : sources) ESPALIER_TRY(readSource(source, options));
    m_context.progress("find duplicates", 0, 0);
    ESPALIER_TRY(m_context.checkStop());
    ESPALIER_TRY(settleIds());
    ESPALIER_TRY(settleTexts());
    ESPALIER_TRY(m_context.checkStop());
    ESPALIER_ASSIGN(const std::int64_t import, db().integer("SELECT coalesce(max(id), 0) + 1 FROM import"));
    nlohmann::json names = nlohmann::json::array();
    std::string shown;
    for (const auto& source : sources) {
        names.push_back(fs::absolute(source).lexically_normal().string());
        shown += (shown.empty() ? "" : ", ") + fs::absolute(source).lexically_normal().filename().string();
    }
    ESPALIER_TRY(
        db().run("INSERT INTO import (id, time, sources, rows_read, kept, duplicates, empty, rejected) "
                 "VALUES (?, ?, ?, 0, 0, 0, 0, 0)",
                 import, detail::timeNow(), names.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
    ESPALIER_TRY(keep(import));
    ESPALIER_TRY(
        db().run("UPDATE import SET rows_read = ?, kept = ?, duplicates = ?, empty = ?, rejected = ? WHERE id = ?",
                 m_report.read, m_report.kept, m_report.duplicates, m_report.empty, m_report.rejected, import));
    ESPALIER_TRY(db().run("DELETE FROM meta WHERE key LIKE 'digest:queries:%'"));  // they are one set
    for (const char* kind : {"documents", "duplicates", "queries"}) ESPALIER_TRY(m_state.rememberDigest(kind, import));
    JournalEntry entry;
    entry.kind = "import";
    entry.undoable = false;
    entry.what = "Import " + std::to_string(m_report.kept) +
                 (m_report.kept == 1 ? " document from " : " documents from ") + shown;
    if (m_report.kept > 0) cursor.documentsRevision = cursor.revision + 1;
    ESPALIER_TRY(m_state.addEntry(cursor, entry, cursor.generation, ""));
    m_content.reset();
    m_staged.reset();
    ESPALIER_TRY(scope.commit());
    m_report.revision = cursor.revision;
    m_context.progress("import", m_report.read, m_report.read);
    ESPALIER_ASSIGN(m_report.rejectedFile, m_rejected.finish());
    return std::move(m_report);
}
}  // namespace

Result<ImportReport> Project::importCorpus(const std::vector<fs::path>& sources, const text::CorpusOptions& options,
                                           jobs::JobContext& context) {
    auto report = Importer(*m_state, context).run(sources, options);
    (void)m_state->db().execute("PRAGMA cache_size = -8192");
    return report;
}

Result<std::vector<DuplicateRow>> Project::duplicates(std::int64_t offset, std::int64_t limit, std::int64_t* total) {
    store::Connection& db = m_state->db();
    if (total != nullptr) {
        ESPALIER_ASSIGN(*total, db.integer("SELECT count(*) FROM duplicate"));
    }
    ESPALIER_ASSIGN(auto rows,
                    db.prepare("SELECT u.id, d.id, u.source, u.line FROM duplicate u JOIN document d ON d.key = "
                               "u.document ORDER BY u.seq LIMIT ? OFFSET ?"));
    rows.bind(limit, offset);
    std::vector<DuplicateRow> found;
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        found.push_back({rows.text(0), rows.text(1), rows.text(2), rows.integer(3)});
    }
    return found;
}

Result<std::vector<DuplicateRow>> Project::duplicatesOf(DocumentKey document) {
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare("SELECT u.id, d.id, u.source, u.line FROM duplicate u JOIN "
                                                     "document d ON d.key = u.document WHERE u.document = ? ORDER BY "
                                                     "u.seq"));
    rows.bind(document.value);
    std::vector<DuplicateRow> found;
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return found;
        found.push_back({rows.text(0), rows.text(1), rows.text(2), rows.integer(3)});
    }
}

}  // namespace espalier::project
