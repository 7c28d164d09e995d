// SPDX-License-Identifier: Apache-2.0
#include "core/text/corpus_reader_beir.h"

#include <algorithm>
#include <charconv>

#include "core/text/corpus_reader_jsonl.h"
#include "core/text/detail/byte_source.h"
#include "core/text/detail/row_builder.h"
#include "core/text/detail/text_source.h"

namespace espalier::text {
namespace fs = std::filesystem;
namespace {

fs::path plainOrPacked(const fs::path& file) {
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) return file;
    const fs::path packed = file.string() + ".gz";
    return fs::is_regular_file(packed, ignored) ? packed : fs::path();
}

void reject(std::vector<RejectedRow>* rejected, const fs::path& file, std::int64_t line, std::string reason,
            std::string_view text) {
    if (rejected != nullptr) rejected->push_back({file.string(), line, std::move(reason), excerptOf(text)});
}

/// Opens a file and hands every line that is not blank to `take`, with its number.
template <class Take>
Status forEachLine(const fs::path& file, Take take) {
    ESPALIER_ASSIGN(std::unique_ptr<ByteSource> bytes, openByteSource(file));
    ESPALIER_ASSIGN(TextSource text, TextSource::create(std::move(bytes), {}));
    Line line;
    for (std::int64_t number = 1;; ++number) {
        ESPALIER_ASSIGN(const bool any, readLine(text, static_cast<std::size_t>(kMaxRowBytes), line));
        if (!any) return {};
        if (line.tooLong || !isBlank(line.text)) take(number, line);
    }
}

std::vector<std::string_view> columnsOf(std::string_view line) {
    std::vector<std::string_view> columns;
    if (line.find('\t') != std::string_view::npos) {
        for (std::size_t at = 0; at <= line.size();) {
            const std::size_t end = std::min(line.find('\t', at), line.size());
            columns.push_back(line.substr(at, end - at));
            at = end + 1;
        }
        return columns;
    }
    for (std::size_t at = line.find_first_not_of(' '); at < line.size(); at = line.find_first_not_of(' ', at)) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        columns.push_back(line.substr(at, end - at));
        at = end;
    }
    return columns;
}

/// "2", "-1", "1.0"; fractions are not judgements.
bool parseScore(std::string_view written, int& score) {
    while (written.ends_with(' ')) written.remove_suffix(1);
    if (const std::size_t dot = written.find('.');
        dot != std::string_view::npos && written.find_first_not_of('0', dot + 1) == std::string_view::npos)
        written = written.substr(0, dot);
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), score);
    return error == std::errc() && end == written.data() + written.size() && !written.empty();
}

}  // namespace

Result<std::vector<Query>> readQueries(const fs::path& file, std::vector<RejectedRow>* rejected) {
    const CorpusOptions options;
    std::vector<Query> queries;
    ESPALIER_TRY(forEachLine(file, [&](std::int64_t number, const Line& line) {
        RowFields fields;
        std::vector<std::string> names;
        if (line.tooLong) fields.refuse("the line is longer than 32 MiB");
        if (fields.fault.empty()) parseJsonRow(line.text, options, fields, names);
        CorpusRow row = finishRow(std::move(fields), options, file.string(), number, line.text);
        if (row.kind == CorpusRow::Kind::Rejected)
            return reject(rejected, file, number, row.rejected.reason, line.text);
        if (row.kind == CorpusRow::Kind::Empty || row.document.id.empty())
            return reject(rejected, file, number, "the query has no id or no text", line.text);
        queries.push_back({std::move(row.document.id), std::move(row.document.text)});
    }));
    return queries;
}

Result<std::vector<Judgement>> readJudgements(const fs::path& file, std::vector<RejectedRow>* rejected) {
    std::vector<Judgement> judgements;
    bool first = true;
    ESPALIER_TRY(forEachLine(file, [&](std::int64_t number, const Line& line) {
        const bool mayBeHeader = first;
        first = false;
        const std::vector<std::string_view> columns = columnsOf(line.text);
        int score = 0;
        if (line.tooLong || (columns.size() != 3 && columns.size() != 4))
            return reject(rejected, file, number, "the line has not the columns query, document and score", line.text);
        if (!parseScore(columns.back(), score)) {
            if (!mayBeHeader) reject(rejected, file, number, "the score is no whole number", line.text);
            return;
        }
        const std::string_view query = columns.front();
        const std::string_view document = columns[columns.size() - 2];
        if (isBlank(query) || isBlank(document))
            return reject(rejected, file, number, "the query or the document is not named", line.text);
        judgements.push_back({std::string(query), std::string(document), score});
    }));
    return judgements;
}

fs::path BeirReader::corpusFile(const fs::path& folder) {
    return plainOrPacked(folder / "corpus.jsonl");
}
fs::path BeirReader::queriesFile(const fs::path& folder) {
    return plainOrPacked(folder / "queries.jsonl");
}

fs::path BeirReader::judgementsFile(const fs::path& folder) {
    fs::path split = plainOrPacked(folder / "qrels" / "test.tsv");
    if (!split.empty()) return split;
    fs::path single = plainOrPacked(folder / "qrels.tsv");
    if (!single.empty()) return single;
    for (const char* name : {"dev.tsv", "train.tsv"})
        if (fs::path other = plainOrPacked(folder / "qrels" / name); !other.empty()) return other;
    std::vector<fs::path> rest;
    std::error_code error;
    for (fs::directory_iterator it(folder / "qrels", error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (name.ends_with(".tsv") || name.ends_with(".tsv.gz")) rest.push_back(it->path());
    }
    std::sort(rest.begin(), rest.end());
    return rest.empty() ? fs::path() : rest.front();
}

Result<std::unique_ptr<CorpusReader>> BeirReader::create(const fs::path& folder, const CorpusOptions& options) {
    const fs::path file = corpusFile(folder);
    if (file.empty())
        return makeError(ErrorCode::InvalidArgument,
                         folder.string() + " is not in BEIR layout: it has no corpus.jsonl or corpus.jsonl.gz",
                         folder.string());
    ESPALIER_ASSIGN(std::unique_ptr<ByteSource> bytes, openByteSource(file));
    ESPALIER_ASSIGN(std::unique_ptr<CorpusReader> corpus,
                    JsonlReader::create(std::move(bytes), file.string(), options));
    return std::unique_ptr<CorpusReader>(new BeirReader(folder, std::move(corpus)));
}

Result<std::vector<Query>> BeirReader::queries(std::vector<RejectedRow>* rejected) {
    const fs::path file = queriesFile(m_folder);
    if (file.empty()) return std::vector<Query>();
    return readQueries(file, rejected);
}

Result<std::vector<Judgement>> BeirReader::judgements(std::vector<RejectedRow>* rejected) {
    const fs::path file = judgementsFile(m_folder);
    if (file.empty()) return std::vector<Judgement>();
    return readJudgements(file, rejected);
}

}  // namespace espalier::text
