// SPDX-License-Identifier: Apache-2.0
// Readers of the formats that core/project writes: spreadsheet, JSON, indented text.
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "core/taxonomy/detail/rdf.h"
#include "core/tree/tree_json.h"

namespace espalier::taxonomy::detail {
namespace {
using Json = nlohmann::ordered_json;

std::optional<std::int64_t> wholeNumber(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos
               ? std::string()
               : std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' ? '_' : c;
    return text;
}

// Spreadsheet ---------------------------------------------------------------------------------------------------------

struct Row {
    std::vector<std::string> cells;
    std::int64_t line = 1;
};

/// RFC 4180 with any of , ; or tab between cells, and line breaks of any system.
/// \retval Corrupt  a quote is never closed
Result<std::vector<Row>> rowsOf(std::string_view text, const std::string& name) {
    char separator = ',';
    std::array<int, 3> counts{};
    for (std::size_t i = 0, quoted = 0; i < text.size() && (quoted != 0 || text[i] != '\n'); ++i) {
        if (text[i] == '"') quoted ^= 1;
        for (std::size_t s = 0; quoted == 0 && s < 3; ++s) counts[s] += text[i] == ",;\t"[s] ? 1 : 0;
    }
    separator = ",;\t"[std::max_element(counts.begin(), counts.end()) - counts.begin()];
    std::vector<Row> rows(1);
    std::int64_t line = 1;
    std::string cell;
    const auto endRow = [&] {
        rows.back().cells.push_back(std::move(cell));
        cell.clear();
        const auto& cells = rows.back().cells;
        if (std::all_of(cells.begin(), cells.end(), [](const std::string& one) { return one.empty(); }))
            rows.back().cells.clear();  // a blank line
        else
            rows.emplace_back();
        rows.back().line = line;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' && cell.empty()) {
            const std::int64_t opened = line;
            for (++i;; ++i) {
                if (i >= text.size()) {
                    return makeError(ErrorCode::Corrupt,
                                     name + " has a quote in line " + std::to_string(opened) +
                                         " that is never closed; it may have been cut off",
                                     name, opened);
                }
                if (text[i] == '"' && (i + 1 >= text.size() || text[i + 1] != '"')) break;
                if (text[i] == '"') ++i;
                if (text[i] == '\n') ++line;
                cell += text[i];
            }
        } else if (c == separator) {
            rows.back().cells.push_back(std::move(cell));
            cell.clear();
        } else if (c == '\n' || c == '\r') {
            if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
            ++line;
            endRow();
        } else {
            cell += c;
        }
    }
    endRow();
    if (rows.back().cells.empty()) rows.pop_back();
    return rows;
}

class CsvReader {
public:
    CsvReader(std::vector<Row> rows, const std::string& name) : m_rows(std::move(rows)), m_name(name) {}

    Result<Reading> read() {
        ESPALIER_TRY(readHeader());
        Taxonomy& taxonomy = m_made.taxonomy;
        Report& report = m_made.report;
        taxonomy.carries.all = false;
        taxonomy.carries.names = m_columns.count("uri") + m_columns.count("notations") > 0;
        taxonomy.carries.notes = m_columns.count("note") + m_columns.count("alternative_names") > 0;
        for (std::size_t r = 1; r < m_rows.size(); ++r) readRow(m_rows[r]);
        report.read = static_cast<std::int64_t>(m_rows.size()) - 1;
        report.mapped = report.read - static_cast<std::int64_t>(report.refused.size());
        if (taxonomy.concepts.empty())
            return makeError(ErrorCode::Corrupt, m_name + " holds no label: every row lacks a name or is refused",
                             m_name);
        place();
        ESPALIER_TRY(checkDepth(taxonomy, m_name));
        noteTwins(taxonomy, report);
        return std::move(m_made);
    }

private:
    Status readHeader() {
        if (m_rows.empty()) return makeError(ErrorCode::InvalidArgument, m_name + " is empty", m_name);
        static constexpr std::array kRead = {
            "id",  "parent",   "level", "name",      "path",        "locked",  "note",       "alternative_names",
            "uri", "language", "names", "notations", "scope_notes", "related", "also_under", "edit"};
        static constexpr std::array kDerived = {"terms", "documents", "mass", "stop_reason"};
        std::string strange;
        const auto& header = m_rows.front().cells;
        for (std::size_t i = 0; i < header.size(); ++i) {
            const std::string column = lower(trimmed(header[i]));
            if (std::find(kRead.begin(), kRead.end(), column) != kRead.end()) {
                m_columns.emplace(column, i);
            } else if (!column.empty() && std::find(kDerived.begin(), kDerived.end(), column) == kDerived.end()) {
                strange += (strange.empty() ? "" : ", ") + trimmed(header[i]);
            }
        }
        if (m_columns.count("name") == 0 && m_columns.count("path") == 0) {
            return makeError(ErrorCode::Corrupt,
                             m_name + " has neither a column 'name' nor one 'path' in its first row", m_name, 1);
        }
        if (!strange.empty()) m_made.report.notes.push_back("columns that mean nothing here are left out: " + strange);
        return {};
    }

    std::string cell(const Row& row, const char* column) const {
        const auto found = m_columns.find(column);
        return found == m_columns.end() || found->second >= row.cells.size() ? std::string()
                                                                             : csvPlain(row.cells[found->second]);
    }

    void readRow(const Row& row) {
        auto& refused = m_made.report.refused;
        const std::string what = "row " + std::to_string(row.line);
        if (row.cells.size() > m_rows.front().cells.size()) {
            refused.push_back({what, "it has more cells than the first row has columns", row.line});
            return;
        }
        std::vector<std::string> path;
        const std::string pathCell = cell(row, "path");
        if (!pathCell.empty() && pathCell != "/") path = splitPath(pathCell);
        std::string raw = cell(row, "name");
        if (raw.empty() && !path.empty()) raw = path.back();
        const auto name = cleanName(raw);
        if (!name) {
            refused.push_back(
                {what, raw.empty() ? "it has no name" : "its name is too long or holds a control character", row.line});
            return;
        }
        Concept made;
        made.name = *name;
        made.id = trimmed(cell(row, "id"));
        made.uri = trimmed(cell(row, "uri"));
        made.note = cell(row, "note");
        made.locked = cell(row, "locked") == "1" || lower(trimmed(cell(row, "locked"))) == "true";
        std::vector<tree::LanguageText> alternatives = splitTexts(cell(row, "alternative_names"));
        std::map<std::string, bool> tagged;
        for (const auto& one : alternatives) tagged[one.text] = tagged[one.text] || !one.language.empty();
        for (const auto& one : alternatives) {
            const auto clean = cleanName(one.text);
            if (!clean) continue;
            auto& names = made.alternativeNames;
            if (std::find(names.begin(), names.end(), *clean) == names.end()) names.push_back(*clean);
            if (tagged[one.text]) made.exchange.alternatives.push_back({*clean, one.language});
        }
        made.exchange.language = trimmed(cell(row, "language"));
        made.exchange.names = splitTexts(cell(row, "names"));
        for (const auto& one : splitTexts(cell(row, "notations")))
            made.exchange.notations.push_back({one.text, one.language});
        for (const auto& one : splitTexts(cell(row, "scope_notes")))
            made.exchange.documentation.push_back({"scopeNote", one});
        if (made.note.size() > kMaxTextBytes) {
            refused.push_back({what, "its note is longer than " + std::to_string(kMaxTextBytes) + " bytes", row.line});
            return;
        }
        if (const auto edit = wholeNumber(cell(row, "edit")))
            m_made.taxonomy.edit = std::max(m_made.taxonomy.edit, *edit);
        const auto level = wholeNumber(trimmed(cell(row, "level")));
        if (level == -1) {
            m_rootIds.push_back(made.id);
            m_made.taxonomy.root = std::move(made);
            return;
        }
        const int at = static_cast<int>(m_made.taxonomy.concepts.size());
        if (!made.id.empty()) m_byId.emplace(made.id, at);
        if (!made.uri.empty()) m_byId.emplace(made.uri, at);
        m_byName[made.name].push_back(at);
        if (path.size() > 1 || !pathCell.empty()) m_byPath.emplace(joined(path), at);
        m_placed.push_back({&row, std::move(path), level});
        m_made.taxonomy.concepts.push_back(std::move(made));
    }

    static std::vector<std::string> splitPath(std::string_view text) {
        if (!text.empty() && text.front() == '/') text.remove_prefix(1);
        if (!text.empty() && text.front() == '=' && wholeNumber(text.substr(1))) text.remove_prefix(1);
        std::vector<std::string> names(1);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\\' && i + 1 < text.size()) {
                names.back() += text[++i];
            } else if (text[i] == '/') {
                names.emplace_back();
            } else {
                names.back() += text[i];
            }
        }
        return names;
    }
    static std::string joined(const std::vector<std::string>& path) {
        std::string key;
        for (const auto& name : path) key.append(std::to_string(name.size())).append(":").append(name);
        return key;
    }

    /// One of the rows, by its id, its URI, or a name that only one row has.
    int find(const std::string& text) const {
        if (const auto id = m_byId.find(text); id != m_byId.end()) return id->second;
        const auto name = m_byName.find(text);
        return name != m_byName.end() && name->second.size() == 1 ? name->second.front() : -1;
    }
    bool isRoot(const std::string& text) const {
        return text == "/" ||
               (!text.empty() && (text == m_made.taxonomy.root.uri ||
                                  std::find(m_rootIds.begin(), m_rootIds.end(), text) != m_rootIds.end()));
    }

    void place() {
        auto& concepts = m_made.taxonomy.concepts;
        Report& report = m_made.report;
        std::vector<std::vector<Parent>> candidates(concepts.size());
        std::vector<int> last;  // by level, of the rows above
        for (std::size_t c = 0; c < concepts.size(); ++c) {
            const Placed& placed = m_placed[c];
            const std::string what = "row " + std::to_string(placed.row->line);
            const std::string parent = trimmed(cell(*placed.row, "parent"));
            int home = -1;
            if (!parent.empty() && !isRoot(parent)) {
                home = find(parent);
                if (home < 0)
                    report.notes.push_back(std::string(what)
                                               .append(": there is no row '")
                                               .append(parent)
                                               .append("' to be under; it stands at the top"));
            } else if (parent.empty() && placed.path.size() > 1) {
                auto above = placed.path;
                above.pop_back();
                const auto known = m_byPath.find(joined(above));
                if (known != m_byPath.end())
                    home = known->second;
                else
                    report.notes.push_back(what + ": no row has the path above '" + concepts[c].name +
                                           "'; it stands at the top");
            } else if (parent.empty() && placed.level && *placed.level > 0 && placed.path.empty()) {
                const auto above = std::min<std::size_t>(static_cast<std::size_t>(*placed.level), last.size());
                if (above > 0) home = last[above - 1];
            }
            if (home == static_cast<int>(c)) {
                report.notes.push_back(what + " is its own parent; it stands at the top");
                home = -1;
            }
            if (home >= 0) candidates[c].push_back({home, what, placed.row->line});
            for (const auto& one : splitTexts(cell(*placed.row, "also_under"))) {
                const int other = find(one.text);
                if (other >= 0 && other != static_cast<int>(c))
                    candidates[c].push_back({other, what, placed.row->line});
            }
            for (const auto& one : splitTexts(cell(*placed.row, "related"))) {
                const int other = find(one.text);
                if (other >= 0 && other != static_cast<int>(c)) concepts[c].related.push_back(other);
            }
            if (placed.level && *placed.level >= 0) {
                last.resize(std::min<std::size_t>(static_cast<std::size_t>(*placed.level), last.size()));
                last.push_back(static_cast<int>(c));
            }
        }
        // Where a top label is also under others, those are no homes.
        for (std::size_t c = 0; c < concepts.size(); ++c) {
            const std::string parent = trimmed(cell(*m_placed[c].row, "parent"));
            if (!isRoot(parent)) continue;
            for (const Parent& other : candidates[c]) concepts[c].alsoUnder.push_back(other.at);
            candidates[c].clear();
        }
        report.mapped -= settleHomes(m_made.taxonomy, candidates, report);
    }

    struct Placed {
        const Row* row;
        std::vector<std::string> path;
        std::optional<std::int64_t> level;
    };
    std::vector<Row> m_rows;
    const std::string& m_name;
    std::map<std::string, std::size_t, std::less<>> m_columns;
    std::vector<std::string> m_rootIds;
    std::vector<Placed> m_placed;
    std::unordered_map<std::string, int> m_byId, m_byPath;
    std::unordered_map<std::string, std::vector<int>> m_byName;
    Reading m_made;
};

// JSON ----------------------------------------------------------------------------------------------------------------

class JsonReader {
public:
    explicit JsonReader(const std::string& name) : m_name(name) {}

    Result<Reading> read(const Json& json) {
        Taxonomy& taxonomy = m_made.taxonomy;
        const bool isOurs = json.is_object() && json.value("level", Json()) == Json(-1);
        if (isOurs) {
            if (!node(json, taxonomy.root)) return wrong("its root has no name");
            ++m_made.report.read;
            m_rootUri = taxonomy.root.uri;
            ESPALIER_TRY(children(json));
        } else if (json.is_array()) {
            ESPALIER_TRY(all(json, -1));
        } else if (json.is_object()) {
            ESPALIER_TRY(all(Json::array({json}), -1));
        } else {
            return wrong("it holds neither a label nor a list of labels");
        }
        if (taxonomy.concepts.empty() && !isOurs) return wrong("it holds no label");
        if (taxonomy.concepts.empty())
            return makeError(ErrorCode::Corrupt, m_name + " holds a root and no label under it", m_name);
        link();
        m_made.report.mapped = m_made.report.read - static_cast<std::int64_t>(m_made.report.refused.size());
        noteTwins(taxonomy, m_made.report);
        return std::move(m_made);
    }

private:
    Error wrong(const std::string& why) const {
        return makeError(ErrorCode::Corrupt, m_name + " is no label tree: " + why, m_name);
    }
    static std::string text(const Json& json, const char* key) {
        const auto found = json.find(key);
        return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
    }

    static bool node(const Json& json, Concept& made) {
        const auto name = cleanName(text(json, "name"));
        if (!name) return false;
        made.name = *name;
        if (const auto id = json.find("id"); id != json.end() && id->is_number_integer())
            made.id = std::to_string(id->get<std::int64_t>());
        if (const auto id = json.find("id"); id != json.end() && id->is_string()) made.id = id->get<std::string>();
        made.note = text(json, "note");
        if (const auto locked = json.find("locked"); locked != json.end() && locked->is_boolean())
            made.locked = locked->get<bool>();
        if (const auto names = json.find("alternative_names"); names != json.end() && names->is_array()) {
            for (const Json& one : *names) {
                if (!one.is_string()) continue;
                if (const auto clean = cleanName(one.get<std::string>())) made.alternativeNames.push_back(*clean);
            }
        }
        if (const auto more = json.find("taxonomy"); more != json.end() && more->is_object()) {
            if (auto exchange = tree::exchangeFromJson(more->dump())) made.exchange = std::move(exchange).value();
            made.exchange.related.clear();  // ids of another project
            made.exchange.alsoUnder.clear();
            made.exchange.conflicts.clear();
            made.exchange.uri.clear();
        }
        made.uri = text(json, "uri");
        return true;
    }

    Status children(const Json& root) {
        const auto found = root.find("children");
        return found == root.end() || !found->is_array() ? Status{} : all(*found, -1);
    }

    /// Level by level would be simpler, but the order of the outline is depth first: an explicit stack, so that depth
    /// costs no stack of ours.
    Status all(const Json& top, int home) {
        struct Open {
            const Json* list;
            std::size_t next;
            int home;
        };
        std::vector<Open> open{{&top, 0, home}};
        while (!open.empty()) {
            Open& here = open.back();
            if (here.next >= here.list->size()) {
                open.pop_back();
                continue;
            }
            const Json& json = (*here.list)[here.next++];
            const int parent = here.home;
            ++m_made.report.read;
            Concept made;
            made.home = parent;
            if (!json.is_object() || !node(json, made)) {
                m_made.report.refused.push_back(
                    {parent < 0 ? "a label at the top" : "a label under '" + at(parent).name + "'",
                     "it has no usable name; what is under it is left out as well", 0});
                continue;
            }
            if (made.note.size() > kMaxTextBytes) {
                m_made.report.refused.push_back({"the note of '" + made.name + "'",
                                                 "it is longer than " + std::to_string(kMaxTextBytes) + " bytes", 0});
                ++m_made.report.read;
                made.note.clear();
            }
            const int place = static_cast<int>(m_made.taxonomy.concepts.size());
            if (!made.uri.empty()) m_byUri.emplace(made.uri, place);
            if (!made.id.empty()) m_byUri.emplace(made.id, place);
            m_made.taxonomy.concepts.push_back(std::move(made));
            m_sources.push_back(&json);
            const auto below = json.find("children");
            if (below == json.end() || !below->is_array() || below->empty()) continue;
            if (static_cast<int>(open.size()) >= kMaxDepth) {
                return makeError(
                    ErrorCode::Corrupt,
                    m_name + " is more than " + std::to_string(kMaxDepth) + " levels deep, which is the most", m_name);
            }
            open.push_back({&*below, 0, place});
        }
        return {};
    }

    void link() {
        for (std::size_t c = 0; c < m_sources.size(); ++c) {
            Concept& made = m_made.taxonomy.concepts[c];
            for (const auto& [key, to] :
                 {std::pair("related", &made.related), std::pair("also_under", &made.alsoUnder)}) {
                const auto list = m_sources[c]->find(key);
                if (list == m_sources[c]->end() || !list->is_array()) continue;
                for (const Json& one : *list) {
                    const auto found = m_byUri.find(one.is_string() ? one.get<std::string>() : one.dump());
                    if (found != m_byUri.end() && found->second != static_cast<int>(c)) to->push_back(found->second);
                }
            }
        }
    }

    Concept& at(int place) { return m_made.taxonomy.concepts[static_cast<std::size_t>(place)]; }

    const std::string& m_name;
    std::string m_rootUri;
    std::vector<const Json*> m_sources;
    std::unordered_map<std::string, int> m_byUri;
    Reading m_made;
};

/// "Soil (12)": the count of documents at the end of a line of the outline.
bool endsWithCount(std::string_view line) {
    if (line.empty() || line.back() != ')') return false;
    const auto open = line.rfind(" (");
    if (open == std::string_view::npos || open == 0 || open + 3 > line.size() - 1) return false;
    const std::string_view digits = line.substr(open + 2, line.size() - open - 3);
    return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}
}  // namespace

Result<Reading> readCsv(std::string_view text, const std::string& name) {
    ESPALIER_ASSIGN(auto rows, rowsOf(text, name));
    return CsvReader(std::move(rows), name).read();
}

Result<Reading> readJson(std::string_view text, const std::string& name) {
    Json json;
    try {
        json = Json::parse(text);
    } catch (const Json::parse_error& error) {
        const auto at = std::min(error.byte, text.size());
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
        return makeError(ErrorCode::Corrupt,
                         name + " is no JSON from line " + std::to_string(line) + " on; it may have been cut off", name,
                         line);
    }
    return JsonReader(name).read(json);
}

Result<Reading> readText(std::string_view text, const std::string& name) {
    struct Line {
        std::int64_t number;
        std::size_t indent;
        std::string text;
    };
    std::vector<Line> lines;
    std::int64_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        const std::string plain = trimmed(line);
        if (plain.empty()) continue;
        std::size_t indent = 0;
        for (const char c : line) {
            if (c == '\t') {
                indent = (indent / 8 + 1) * 8;
            } else if (c == ' ') {
                ++indent;
            } else {
                break;
            }
        }
        lines.push_back({number, indent, plain});
    }
    Reading made;
    Taxonomy& taxonomy = made.taxonomy;
    taxonomy.carries = {false, false, false};
    // As `tree --format text` writes it: every line has its count, and the first is the root.
    const bool isOurs =
        std::all_of(lines.begin(), lines.end(), [](const Line& line) { return endsWithCount(line.text); });
    const bool hasRoot = isOurs && std::all_of(lines.begin() + 1, lines.end(),
                                               [&](const Line& line) { return line.indent > lines.front().indent; });
    std::vector<std::pair<std::size_t, int>> open;  // indents that stand above, and whose they are
    std::size_t skipped = std::string::npos;        // below a refused line
    for (Line& line : lines) {
        ++made.report.read;
        if (skipped != std::string::npos && line.indent > skipped) {
            made.report.refused.push_back(
                {"line " + std::to_string(line.number), "the line above it is refused", line.number});
            continue;
        }
        skipped = std::string::npos;
        if (isOurs) line.text.resize(line.text.rfind(" ("));
        const auto clean = cleanName(line.text);
        if (!clean) {
            made.report.refused.push_back({"line " + std::to_string(line.number),
                                           "its name is too long or holds a control character", line.number});
            skipped = line.indent;
            continue;
        }
        if (hasRoot && &line == &lines.front()) {
            taxonomy.root.name = *clean;
            continue;
        }
        while (!open.empty() && open.back().first >= line.indent) open.pop_back();
        Concept one;
        one.name = *clean;
        one.home = open.empty() ? -1 : open.back().second;
        open.emplace_back(line.indent, static_cast<int>(taxonomy.concepts.size()));
        if (static_cast<int>(open.size()) > kMaxDepth) {
            return makeError(ErrorCode::Corrupt,
                             name + " is more than " + std::to_string(kMaxDepth) + " levels deep, which is the most",
                             name, line.number);
        }
        taxonomy.concepts.push_back(std::move(one));
    }
    if (taxonomy.concepts.empty()) return makeError(ErrorCode::Corrupt, name + " holds no label", name);
    made.report.mapped = made.report.read - static_cast<std::int64_t>(made.report.refused.size());
    noteTwins(taxonomy, made.report);
    return made;
}

}  // namespace espalier::taxonomy::detail
