// SPDX-License-Identifier: Apache-2.0
#include "core/text/corpus_reader_folder.h"

#include <algorithm>
#include <set>

#include "core/text/charset.h"
#include "core/text/detail/byte_source.h"
#include "core/text/detail/row_builder.h"

namespace espalier::text {
namespace fs = std::filesystem;
namespace {

constexpr int kMaxFolderDepth = 64;
constexpr std::size_t kMaxPathLevels = 64;

std::string utf8(const fs::path& path) {
    const std::u8string name = path.generic_u8string();
    return repairUtf8({reinterpret_cast<const char*>(name.data()), name.size()});
}

std::string lowerExtension(const fs::path& file) {
    std::string extension = utf8(file.extension());
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return extension;
}

bool isHidden(const fs::path& file) {
    return utf8(file.filename()).starts_with('.');
}
bool isHtml(const fs::path& file) {
    return lowerExtension(file) == ".html";
}

/// A file's bytes and what they were decoded to.
Result<DecodedText> readText(const fs::path& file, const std::string& charset) {
    ESPALIER_ASSIGN(const std::unique_ptr<ByteSource> source, openByteSource(file));
    Result<std::string> bytes = readAll(*source, kMaxCellBytes);
    if (!bytes)
        return bytes.error().code == ErrorCode::InvalidArgument
                   ? makeError(ErrorCode::InvalidArgument, "the file is larger than 16 MiB")
                   : bytes.error();
    const std::string hint = isHtml(file) ? declaredCharset(*bytes) : std::string();
    return decodeText(*bytes, charset, hint);
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The file a relative link in a flat folder names, or "" when it leads elsewhere.
std::string targetOf(std::string href) {
    href.resize(std::min(href.find('#'), std::min(href.find('?'), href.size())));
    std::string decoded;
    for (std::size_t i = 0; i < href.size(); ++i) {
        if (href[i] == '%' && i + 2 < href.size() && hexDigit(href[i + 1]) >= 0 && hexDigit(href[i + 2]) >= 0) {
            decoded.push_back(static_cast<char>(hexDigit(href[i + 1]) * 16 + hexDigit(href[i + 2])));
            i += 2;
        } else {
            decoded.push_back(href[i]);
        }
    }
    while (decoded.starts_with("./")) decoded.erase(0, 2);
    return decoded.find('/') == std::string::npos && decoded.find(':') == std::string::npos ? decoded : std::string();
}

bool isRoman(std::string_view word) {
    return word.find_first_not_of("IVXLCDM") == std::string_view::npos;
}
bool isNumberWord(std::string_view word) {
    if (word.empty()) return false;
    if (word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z') return true;
    return isRoman(word) ||
           (word[0] >= '0' && word[0] <= '9' && word.find_first_not_of("0123456789.") == std::string_view::npos);
}

/// "Chapter 5. Data Definition" -> "Data Definition", "F.1. adminpack" -> "adminpack"; else the title as it is.
std::string withoutNumber(const std::string& title) {
    static const std::set<std::string_view> kParts = {"Part", "Chapter", "Appendix", "Section", "Book", "Annex"};
    std::string_view rest = title;
    const std::size_t firstSpace = rest.find(' ');
    if (firstSpace == std::string_view::npos) return title;
    const bool named = kParts.contains(rest.substr(0, firstSpace));
    if (named) rest.remove_prefix(firstSpace + 1);
    const std::size_t space = rest.find(' ');
    if (space == std::string_view::npos) return title;
    std::string_view number = rest.substr(0, space);
    if (!number.ends_with('.') && !number.ends_with(':')) return title;
    number.remove_suffix(1);
    const std::size_t dot = number.find('.');
    // Without "Chapter" before it, only digits and letter.digit are surely a number: "I. Newton" is not.
    const bool isNumber = named ? isNumberWord(number.substr(0, dot)) &&
                                      (dot == std::string_view::npos || isNumberWord(number.substr(dot + 1)))
                                : (number[0] >= '0' && number[0] <= '9' && isNumberWord(number)) ||
                                      (dot == 1 && isNumberWord(number.substr(0, 1)) && dot + 1 < number.size() &&
                                       number.find_first_not_of("0123456789.", 2) == std::string_view::npos);
    const std::string_view name = rest.substr(space + 1);
    return isNumber && !isBlank(name) ? std::string(name) : title;
}

/// "# Title" at the top of a Markdown file; taken off the text.
std::string takeMarkdownTitle(std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos || text.compare(begin, 2, "# ") != 0) return {};
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view title = std::string_view(text).substr(begin + 2, end - begin - 2);
    while (!title.empty() && (title.back() == '#' || title.back() == ' ' || title.back() == '\r'))
        title.remove_suffix(1);
    while (title.starts_with(' ')) title.remove_prefix(1);
    std::string taken(title);
    const std::size_t next = text.find_first_not_of("\r\n", end);
    if (taken.empty() || next == std::string::npos) return {};  // nothing but a heading: that is the text
    text.erase(0, next);
    return taken;
}

}  // namespace

bool FolderReader::reads(const fs::path& file) {
    const std::string extension = lowerExtension(file);
    return extension == ".txt" || extension == ".md" || extension == ".html";
}

Result<std::unique_ptr<CorpusReader>> FolderReader::create(const fs::path& source, const CorpusOptions& options) {
    ESPALIER_TRY(CharsetDecoder::create(options.charset));
    std::unique_ptr<FolderReader> reader(new FolderReader(options));
    std::error_code error;
    if (fs::is_directory(source, error)) {
        ESPALIER_TRY(reader->list(source));
    } else if (reads(source)) {
        ESPALIER_TRY(openByteSource(source));  // a source that cannot be read is refused, not a rejected row
        const std::uintmax_t bytes = fs::file_size(source, error);
        reader->m_entries.push_back(
            {source, utf8(source.filename()), error ? 0 : static_cast<std::int64_t>(bytes), {}});
    } else {
        return makeError(ErrorCode::InvalidArgument,
                         source.string() + " is neither a folder nor a .txt, .md or .html file", source.string());
    }
    for (const Entry& entry : reader->m_entries) reader->m_bytesTotal += entry.bytes;
    return std::unique_ptr<CorpusReader>(std::move(reader));
}

void FolderReader::ignore(const fs::path& file) {
    ++m_ignored[lowerExtension(file)];
}

Status FolderReader::list(const fs::path& folder) {
    struct Pending {
        fs::path folder;
        int depth;
    };
    std::vector<Pending> pending{{folder, 0}};
    while (!pending.empty()) {
        const Pending here = pending.back();
        pending.pop_back();
        std::error_code error;
        fs::directory_iterator entries(here.folder, error);
        const std::string id = utf8(here.folder.lexically_relative(folder));
        if (error || here.depth > kMaxFolderDepth) {
            if (here.depth == 0)
                return makeError(ErrorCode::Io, folder.string() + " cannot be read: " + error.message(),
                                 folder.string());
            m_entries.push_back(
                {here.folder, id, 0, error ? "the folder cannot be listed" : "folders nest too deeply"});
            continue;
        }
        for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
            const fs::path& file = entries->path();
            if (isHidden(file)) continue;
            std::error_code ignored;
            const fs::file_status target = fs::status(file, ignored);
            if (fs::is_directory(target)) {
                // A linked folder may lead back to one above: only real ones are gone into.
                if (!fs::is_symlink(fs::symlink_status(file, ignored))) pending.push_back({file, here.depth + 1});
            } else if (!reads(file) || (fs::exists(target) && !fs::is_regular_file(target))) {
                ignore(file);
            } else {
                const std::uintmax_t bytes = fs::file_size(file, ignored);
                m_entries.push_back(
                    {file, utf8(file.lexically_relative(folder)), ignored ? 0 : static_cast<std::int64_t>(bytes), {}});
            }
        }
        if (error) m_entries.push_back({here.folder, id, 0, "the folder cannot be listed to its end"});
    }
    std::sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
    return {};
}

void FolderReader::linkPages() {
    m_linked = true;
    const auto isFlat = [](const Entry& entry) {
        return entry.id.find('/') == std::string::npos && entry.fault.empty();
    };
    if (!std::all_of(m_entries.begin(), m_entries.end(), isFlat)) return;
    std::map<std::string, std::string> hrefs;
    for (const Entry& entry : m_entries) {
        if (!isHtml(entry.file)) continue;
        const Result<DecodedText> decoded = readText(entry.file, m_options.charset);
        if (!decoded) continue;
        const Result<HtmlPage> page = parseHtml(decoded->text);
        if (!page) continue;
        m_pages[entry.id].title = page->title;
        hrefs[entry.id] = targetOf(page->upHref);
    }
    bool anyLink = false;
    for (const auto& [id, target] : hrefs) {
        const auto above = m_pages.find(target);
        if (above == m_pages.end() || target == id) continue;
        m_pages[id].up = target;
        above->second.hasPagesBelow = true;
        anyLink = true;
    }
    if (!anyLink) m_pages.clear();
    nameLabels();
}

void FolderReader::nameLabels() {
    std::map<std::string, std::map<std::string, int>> names;  // per page above: how often a short name occurs
    for (const auto& [id, page] : m_pages)
        if (page.hasPagesBelow) ++names[page.up][withoutNumber(page.title)];
    for (auto& [id, page] : m_pages) {
        const std::string name = withoutNumber(page.title);
        page.label = names[page.up][name] > 1 ? page.title : name;
    }
}

std::vector<std::string> FolderReader::labelsOf(const std::string& id) const {
    std::vector<std::string> path;
    if (m_pages.empty()) {
        for (std::size_t begin = 0;;) {
            const std::size_t end = id.find('/', begin);
            if (end == std::string::npos) return path;
            path.push_back(id.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    auto page = m_pages.find(id);
    if (page != m_pages.end() && !page->second.hasPagesBelow) page = m_pages.find(page->second.up);
    // The page without one above it is the root, and no label.
    for (; page != m_pages.end() && !page->second.up.empty(); page = m_pages.find(page->second.up)) {
        path.push_back(page->second.label);
        if (path.size() > kMaxPathLevels) return {};  // the links go round in a circle
    }
    std::reverse(path.begin(), path.end());
    return cleanPath(std::move(path));
}

CorpusRow FolderReader::rowOf(const Entry& entry) {
    const std::string source = entry.file.string();
    if (!entry.fault.empty()) return rejectedRow(source, 0, entry.fault, entry.id);
    const Result<DecodedText> decoded = readText(entry.file, m_options.charset);
    if (!decoded) {
        const Error& error = decoded.error();
        return rejectedRow(source, 0,
                           error.code == ErrorCode::NotFound || error.code == ErrorCode::Io ? "the file cannot be read"
                                                                                            : error.message,
                           entry.id);
    }
    m_charset = decoded->charset;
    RowFields fields;
    fields.hasText = true;
    fields.document.id = entry.id;
    fields.document.labels = labelsOf(entry.id);
    fields.document.text = decoded->text;
    if (decoded->text.find('\0') != std::string::npos) {
        fields.refuse("the file holds a NUL character: it is no text");
    } else if (isHtml(entry.file)) {
        Result<HtmlPage> page = parseHtml(decoded->text);
        if (!page) fields.refuse(page.error().message);
        if (page) fields.document.title = std::move(page->title);
        if (page) fields.document.text = std::move(page->text);
    } else if (lowerExtension(entry.file) == ".md") {
        fields.document.title = takeMarkdownTitle(fields.document.text);
    }
    return finishRow(std::move(fields), m_options, source, 0, decoded->text);
}

Result<std::optional<CorpusRow>> FolderReader::next() {
    if (!m_linked) linkPages();
    if (m_at == m_entries.size()) return std::optional<CorpusRow>();
    const Entry& entry = m_entries[m_at++];
    m_bytesRead += entry.bytes;
    return std::optional(rowOf(entry));
}

}  // namespace espalier::text
