// SPDX-License-Identifier: Apache-2.0
/// \file core/text/corpus_reader.h
/// One corpus source, row by row: jsonl, csv, tsv (each also gzipped), a folder of text files, a BEIR layout.
///
/// Memory does not grow with the source: a reader holds one row (a cell of at most kMaxCellBytes) and, for folders,
/// the list of file names. A fault of a row is a Rejected row and reading goes on; a fault of the source (unreadable,
/// broken gzip stream, a named field that occurs in no row) is an Error, which may show up only in the last next():
/// keep a whole import in one transaction.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/text/document.h"

namespace espalier::text {

constexpr std::int64_t kMaxCellBytes = std::int64_t{16} << 20;  ///< a larger cell makes its row a rejected one

enum class CorpusFormat {
    Auto,    ///< by the name's ending, then by content; a folder with corpus.jsonl[.gz] is Beir, another one Folder
    Jsonl,   ///< one JSON object a line
    Csv,     ///< RFC 4180 with a header row; `,` or, where the header has none, `;`, tab or `|`
    Tsv,     ///< the same with tabs
    Folder,  ///< .txt .md .html, recursively, hidden files left out; also a single such file
    Beir,    ///< corpus.jsonl[.gz], queries.jsonl[.gz], qrels/*.tsv or qrels.tsv
};

/// "auto", "jsonl", "csv", "tsv", "folder", "beir". \retval InvalidArgument  any other name
Result<CorpusFormat> corpusFormatFromName(std::string_view name);
const char* corpusFormatName(CorpusFormat format) noexcept;

struct CorpusOptions {
    CorpusFormat format = CorpusFormat::Auto;
    std::string idField = "_id";
    std::string titleField = "title";
    std::string textField = "text";
    std::string labelsField = "labels";
    /// Whether the user named the field: then a source in which it occurs in no row is refused (not for folders).
    bool idNamed = false;
    bool titleNamed = false;
    bool textNamed = false;
    bool labelsNamed = false;
    std::string charset;  ///< name known to ICU; empty: detect (byte order mark, UTF-8, then ICU's guess)
    char delimiter = 0;   ///< of csv and tsv; 0: by format
};

struct RejectedRow {
    std::string source;     ///< file
    std::int64_t line = 0;  ///< 1-based first line of the row; 0 for a whole file
    std::string reason;     ///< one sentence
    std::string excerpt;    ///< its beginning, at most 200 bytes of valid UTF-8 on one line
};

struct CorpusRow {
    enum class Kind { Document, Empty /*blank text*/, Rejected };
    Kind kind = Kind::Document;
    Document document;      ///< Document; for Empty its id, title and source
    RejectedRow rejected;   ///< Rejected
    std::int64_t line = 0;  ///< 1-based first line of the row in document.source; 0 for a whole file
};

struct Query {
    std::string id;
    std::string text;
};
struct Judgement {
    std::string queryId;
    std::string documentId;
    int score = 0;  ///< relevant when above 0
};

/// Threads: one thread at a time.
class CorpusReader {
public:
    /// \retval NotFound         no such file or folder
    /// \retval Io               it cannot be read
    /// \retval Unsupported      the format cannot be told from name and content
    /// \retval InvalidArgument  the source is not of the format asked for, unknown charset, or a csv header lacks a
    ///                          named field
    static Result<std::unique_ptr<CorpusReader>> open(const std::filesystem::path& source,
                                                      const CorpusOptions& options);
    virtual ~CorpusReader() = default;

    /// The next row; nullopt at the end. After an error or the end: do not call again.
    /// \retval Corrupt          broken gzip stream: the whole import is to be refused
    /// \retval Io               read error
    /// \retval InvalidArgument  at the end: a named field occurred in no row
    virtual Result<std::optional<CorpusRow>> next() = 0;

    /// What was really chosen for CorpusFormat::Auto.
    virtual CorpusFormat format() const noexcept = 0;
    /// Progress in bytes on disk (compressed bytes for .gz); bytesTotal() 0 = unknown.
    virtual std::int64_t bytesRead() const noexcept = 0;
    virtual std::int64_t bytesTotal() const noexcept = 0;
    /// Files of a folder that are not read, by lower-case extension with its dot ("" for none). Empty elsewhere.
    virtual const std::map<std::string, std::int64_t>& ignoredByExtension() const noexcept;
    /// Header of a csv; fields seen so far in jsonl, in order of appearance; empty for folders.
    virtual std::vector<std::string> fieldNames() const;
    /// Charset in use, for the import preview ("UTF-8", "windows-1252", ...).
    virtual std::string charset() const;

    /// Beir: queries and judgements beside the corpus (the test split where there are several, else dev, else train,
    /// else the first by name). Empty for other formats and where the files are absent. Faulty lines are left out and
    /// appended to `rejected`. \retval Io, Corrupt
    virtual Result<std::vector<Query>> queries(std::vector<RejectedRow>* rejected = nullptr);
    virtual Result<std::vector<Judgement>> judgements(std::vector<RejectedRow>* rejected = nullptr);
};

/// BEIR queries: one {"_id", "text"} a line, .gz accepted. Faulty lines are left out and appended to `rejected`.
/// \retval NotFound, Io, Corrupt
Result<std::vector<Query>> readQueries(const std::filesystem::path& file, std::vector<RejectedRow>* rejected = nullptr);
/// BEIR judgements: query-id, corpus-id, score by tabs, header optional; also trec_eval's four columns
/// (query, iteration, document, score). .gz accepted. \retval NotFound, Io, Corrupt
Result<std::vector<Judgement>> readJudgements(const std::filesystem::path& file,
                                              std::vector<RejectedRow>* rejected = nullptr);

}  // namespace espalier::text
