// SPDX-License-Identifier: Apache-2.0
#include "core/text/corpus_reader.h"

#include <algorithm>
#include <array>

#include "core/text/corpus_reader_beir.h"
#include "core/text/corpus_reader_csv.h"
#include "core/text/corpus_reader_folder.h"
#include "core/text/corpus_reader_jsonl.h"
#include "core/text/detail/byte_source.h"

namespace espalier::text {
namespace fs = std::filesystem;
namespace {

struct Name {
    CorpusFormat format;
    const char* name;
};
constexpr std::array<Name, 6> kNames = {{{CorpusFormat::Auto, "auto"},
                                         {CorpusFormat::Jsonl, "jsonl"},
                                         {CorpusFormat::Csv, "csv"},
                                         {CorpusFormat::Tsv, "tsv"},
                                         {CorpusFormat::Folder, "folder"},
                                         {CorpusFormat::Beir, "beir"}}};

std::string lowerExtension(const fs::path& file) {
    std::string extension = file.extension().string();
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return extension;
}

/// First character that is no white space and no byte order mark; 0 for an empty file.
Result<char> firstCharacter(ByteSource& source) {
    std::array<char, 4096> beginning{};
    ESPALIER_ASSIGN(const std::size_t count, source.read(beginning));
    ESPALIER_TRY(source.rewind());
    std::string_view text(beginning.data(), count);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const std::size_t at = text.find_first_not_of(" \t\r\n");
    return at == std::string_view::npos ? '\0' : text[at];
}

Error unknownFormat(const fs::path& source, const std::string& why) {
    return makeError(ErrorCode::Unsupported,
                     source.string() + " " + why + "; say which format it has (jsonl, csv, tsv, folder or beir)",
                     source.string());
}

Result<CorpusFormat> formatOf(const fs::path& source, ByteSource& bytes) {
    fs::path name = source;
    if (lowerExtension(name) == ".gz") name.replace_extension();
    const std::string extension = lowerExtension(name);
    if (extension == ".jsonl" || extension == ".ndjson") return CorpusFormat::Jsonl;
    if (extension == ".csv") return CorpusFormat::Csv;
    if (extension == ".tsv" || extension == ".tab") return CorpusFormat::Tsv;
    if (FolderReader::reads(source)) return CorpusFormat::Folder;
    ESPALIER_ASSIGN(const char first, firstCharacter(bytes));
    if (first == '{') return CorpusFormat::Jsonl;
    if (first == '[') return unknownFormat(source, "is one JSON array; jsonl has one object a line");
    return unknownFormat(source, "is of no kind that its name or beginning tells");
}

}  // namespace

Result<CorpusFormat> corpusFormatFromName(std::string_view name) {
    for (const Name& known : kNames)
        if (name == known.name) return known.format;
    return makeError(
        ErrorCode::InvalidArgument,
        "the format '" + std::string(name) + "' is not known; it is one of auto, jsonl, csv, tsv, folder, beir");
}

const char* corpusFormatName(CorpusFormat format) noexcept {
    for (const Name& known : kNames)
        if (format == known.format) return known.name;
    return "auto";
}

const std::map<std::string, std::int64_t>& CorpusReader::ignoredByExtension() const noexcept {
    static const std::map<std::string, std::int64_t> kNone;
    return kNone;
}
std::vector<std::string> CorpusReader::fieldNames() const {
    return {};
}
std::string CorpusReader::charset() const {
    return "UTF-8";
}
Result<std::vector<Query>> CorpusReader::queries(std::vector<RejectedRow>*) {
    return std::vector<Query>();
}
Result<std::vector<Judgement>> CorpusReader::judgements(std::vector<RejectedRow>*) {
    return std::vector<Judgement>();
}

Result<std::unique_ptr<CorpusReader>> CorpusReader::open(const fs::path& source, const CorpusOptions& options) {
    std::error_code error;
    const fs::file_status status = fs::status(source, error);
    if (!fs::exists(status))
        return makeError(error && error != std::errc::no_such_file_or_directory ? ErrorCode::Io : ErrorCode::NotFound,
                         "there is no file or folder " + source.string(), source.string());
    if (fs::is_directory(status)) {
        const bool beir = options.format == CorpusFormat::Beir ||
                          (options.format == CorpusFormat::Auto && !BeirReader::corpusFile(source).empty());
        if (beir) return BeirReader::create(source, options);
        if (options.format == CorpusFormat::Auto || options.format == CorpusFormat::Folder)
            return FolderReader::create(source, options);
        return makeError(ErrorCode::InvalidArgument,
                         source.string() + " is a folder, not a " + corpusFormatName(options.format) + " file",
                         source.string());
    }
    if (options.format == CorpusFormat::Beir)
        return makeError(ErrorCode::InvalidArgument, source.string() + " is not a folder in BEIR layout",
                         source.string());
    if (options.format == CorpusFormat::Folder) return FolderReader::create(source, options);
    ESPALIER_ASSIGN(std::unique_ptr<ByteSource> bytes, openByteSource(source));
    CorpusFormat format = options.format;
    if (format == CorpusFormat::Auto) {
        ESPALIER_ASSIGN(format, formatOf(source, *bytes));
    }
    if (format == CorpusFormat::Folder) return FolderReader::create(source, options);
    if (format == CorpusFormat::Jsonl) return JsonlReader::create(std::move(bytes), source.string(), options);
    return CsvReader::create(std::move(bytes), source.string(), options, format);
}

}  // namespace espalier::text
