// SPDX-License-Identifier: Apache-2.0
#include "core/taxonomy/taxonomy.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/taxonomy/detail/rdf.h"
#include "core/text/charset.h"

namespace espalier::taxonomy {
namespace {
struct Known {
    Format format;
    const char* name;
};
constexpr std::array<Known, 6> kFormats{{{Format::Turtle, "turtle"},
                                         {Format::RdfXml, "rdfxml"},
                                         {Format::JsonLd, "jsonld"},
                                         {Format::Csv, "csv"},
                                         {Format::Json, "json"},
                                         {Format::Text, "text"}}};
constexpr std::size_t kMaxNotes = 1000;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
/// Language tags mean the same in any case; RFC 5646, 2.1.1 recommends en-GB, zh-Hant-TW. Readers change it.
std::string usualCase(std::string tag) {
    std::size_t begin = 0;
    for (std::size_t part = 0; begin < tag.size(); ++part) {
        const std::size_t end = std::min(tag.find('-', begin), tag.size());
        const std::size_t size = end - begin;
        for (std::size_t i = begin; i < end; ++i) {
            const bool upper = part > 0 && (size == 2 || (size == 4 && i == begin));
            const char low = tag[i] >= 'A' && tag[i] <= 'Z' ? static_cast<char>(tag[i] - 'A' + 'a') : tag[i];
            tag[i] = upper && low >= 'a' && low <= 'z' ? static_cast<char>(low - 'a' + 'A') : low;
        }
        begin = end + 1;
    }
    return tag;
}
bool looksLikeFormula(std::string_view cell) {
    const auto first = cell.find_first_not_of('\'');
    return first != std::string_view::npos && std::string_view("=+-@\t\r").find(cell[first]) != std::string_view::npos;
}
}  // namespace

std::vector<std::string> formatNames() {
    std::vector<std::string> names;
    for (const Known& known : kFormats) names.emplace_back(known.name);
    return names;
}

std::optional<Format> formatOfName(std::string_view name) {
    for (const Known& known : kFormats) {
        if (name == known.name) return known.format;
    }
    return std::nullopt;
}

std::optional<Format> formatOfFile(std::string_view fileName, std::string_view contents) {
    const auto dot = fileName.rfind('.');
    std::string ending(dot == std::string_view::npos ? std::string_view() : fileName.substr(dot + 1));
    for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (ending == "ttl" || ending == "turtle" || ending == "nt") return Format::Turtle;
    if (ending == "rdf" || ending == "xml" || ending == "owl") return Format::RdfXml;
    if (ending == "jsonld") return Format::JsonLd;
    if (ending == "csv" || ending == "tsv") return Format::Csv;
    if (ending == "txt") return Format::Text;
    if (ending == "json")
        return contents.find("\"@context\"") != std::string_view::npos ? Format::JsonLd : Format::Json;
    return std::nullopt;
}

std::optional<std::string> cleanName(std::string_view text) {
    std::string name;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        bool line = false;
        for (; end < text.size() && isSpace(text[end]); ++end) line = line || text[end] == '\n' || text[end] == '\r';
        if (line) {  // a name that somebody's editor broke
            name += ' ';
            i = end;
            continue;
        }
        end = std::max(end, i + 1);
        name.append(text.substr(i, end - i));
        i = end;
    }
    const auto first = name.find_first_not_of(" \t");
    if (first == std::string::npos) return std::nullopt;
    name = name.substr(first, name.find_last_not_of(" \t") - first + 1);
    const bool control =
        std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (control || name.size() > kMaxNameBytes) return std::nullopt;
    return name;
}

Result<Reading> read(std::string_view contents, Format format, const std::string& name) {
    if (contents.substr(0, 3) == "\xef\xbb\xbf") contents.remove_prefix(3);
    if (contents.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return makeError(ErrorCode::InvalidArgument, name + " is empty", name);
    if (!text::isValidUtf8(contents) || contents.find('\0') != std::string_view::npos) {
        return makeError(ErrorCode::Corrupt, name + " is not UTF-8 text; save it as UTF-8 and import it again", name);
    }
    std::vector<Refused> refused;
    detail::Graph graph;
    switch (format) {
        case Format::Csv:
            return detail::readCsv(contents, name);
        case Format::Json:
            return detail::readJson(contents, name);
        case Format::Text:
            return detail::readText(contents, name);
        case Format::Turtle: {
            ESPALIER_ASSIGN(graph, detail::readTurtle(contents, name));
            break;
        }
        case Format::RdfXml: {
            ESPALIER_ASSIGN(graph, detail::readRdfXml(contents, name));
            break;
        }
        case Format::JsonLd: {
            ESPALIER_ASSIGN(graph, detail::readJsonLd(contents, name, refused));
            break;
        }
    }
    const std::string plain = std::string(detail::kXsd) + "string";
    for (detail::Triple& triple : graph) {
        if (triple.object.datatype == plain) triple.object.datatype.clear();  // RDF 1.1: the same literal
        triple.object.language = usualCase(triple.object.language);
    }
    ESPALIER_ASSIGN(Reading reading, detail::fromGraph(graph, name));
    reading.report.read += static_cast<std::int64_t>(refused.size());
    auto& all = reading.report.refused;
    all.insert(all.end(), refused.begin(), refused.end());
    return reading;
}

Result<std::string> write(const Taxonomy& taxonomy, Format format) {
    const detail::Graph graph = detail::toGraph(taxonomy);
    if (format == Format::Turtle) return detail::writeTurtle(graph);
    if (format == Format::RdfXml) return detail::writeRdfXml(graph);
    if (format == Format::JsonLd) return detail::writeJsonLd(graph);
    return makeError(ErrorCode::Internal, "only SKOS is written here");
}

Taxonomy depthFirst(const Taxonomy& taxonomy) {
    std::vector<std::vector<int>> under(taxonomy.concepts.size() + 1);
    for (std::size_t c = 0; c < taxonomy.concepts.size(); ++c)
        under[(static_cast<std::size_t>(taxonomy.concepts[c].home) + 1)].push_back(static_cast<int>(c));
    std::vector<int> order, place(taxonomy.concepts.size(), -1), open(under[0].rbegin(), under[0].rend());
    while (!open.empty()) {
        const int next = open.back();
        open.pop_back();
        place[static_cast<std::size_t>(next)] = static_cast<int>(order.size());
        order.push_back(next);
        const auto& below = under[(static_cast<std::size_t>(next) + 1)];
        open.insert(open.end(), below.rbegin(), below.rend());
    }
    Taxonomy sorted = taxonomy;
    sorted.concepts.clear();
    for (const int old : order) {
        Concept node = taxonomy.concepts[static_cast<std::size_t>(old)];
        const auto moved = [&place](int& at) { at = at < 0 ? at : place[static_cast<std::size_t>(at)]; };
        moved(node.home);
        for (int& at : node.alsoUnder) moved(at);
        for (int& at : node.related) moved(at);
        sorted.concepts.push_back(std::move(node));
    }
    return sorted;
}

std::string csvCell(std::string_view text) {
    std::string safe = (looksLikeFormula(text) ? "'" : "") + std::string(text);
    if (safe.find_first_of("\",;\r\n\t") == std::string::npos) return safe;
    std::string cell = "\"";
    for (const char c : safe) {
        if (c == '"') cell += '"';
        cell += c;
    }
    return cell + '"';
}

std::string csvPlain(std::string_view cell) {
    if (cell.size() > 1 && cell.front() == '\'' && looksLikeFormula(cell)) cell.remove_prefix(1);
    return std::string(cell);
}

std::string joinTexts(const std::vector<tree::LanguageText>& texts) {
    std::string cell;
    for (const auto& [text, language] : texts) {
        if (&text != &texts.front().text) cell += "; ";
        for (const char c : text) {
            if (c == ';' || c == '@' || c == '\\') cell += '\\';
            cell += c;
        }
        if (!language.empty()) cell += " @" + language;
    }
    return cell;
}

std::vector<tree::LanguageText> splitTexts(std::string_view cell) {
    std::vector<tree::LanguageText> texts(1);
    std::string* to = &texts.back().text;
    const auto trim = [](std::string& text) {
        const auto first = text.find_first_not_of(" \t\r\n");
        text = first == std::string::npos ? std::string()
                                          : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
    };
    for (std::size_t i = 0; i < cell.size(); ++i) {
        if (cell[i] == '\\' && i + 1 < cell.size() &&
            std::string_view(";@\\").find(cell[i + 1]) != std::string_view::npos) {
            *to += cell[++i];
        } else if (cell[i] == ';') {
            texts.emplace_back();
            to = &texts.back().text;
        } else if (cell[i] == '@' && i > 0 && cell[i - 1] == ' ') {
            to = &texts.back().language;
        } else {
            *to += cell[i];
        }
    }
    for (auto& one : texts) {
        trim(one.text);
        trim(one.language);
    }
    texts.erase(std::remove_if(texts.begin(), texts.end(), [](const auto& one) { return one.text.empty(); }),
                texts.end());
    return texts;
}

namespace detail {

std::int64_t settleHomes(Taxonomy& taxonomy, const std::vector<std::vector<Parent>>& candidates, Report& report) {
    std::int64_t refused = 0;
    auto& concepts = taxonomy.concepts;
    const auto at = [&concepts](int c) -> Concept& { return concepts[static_cast<std::size_t>(c)]; };
    std::vector<bool> settled(concepts.size(), false);
    // A parent whose own home is not known yet is followed as soon as it is; circles close at the last of them.
    const auto circle = [&](int child, int parent) {
        std::string path = at(child).name;
        for (int up = parent; up >= 0; up = at(up).home) {
            if (path.size() < 200) path += " > " + at(up).name;
            if (up == child) return path;
        }
        return std::string();
    };
    for (std::size_t c = 0; c < concepts.size(); ++c) {
        const int child = static_cast<int>(c);
        for (const Parent& parent : candidates[c]) {
            if (const std::string path = circle(child, parent.at); !path.empty()) {
                report.refused.push_back({parent.what, "it closes a circle: " + path, parent.line});
                ++refused;
            } else if (!settled[c]) {
                at(child).home = parent.at;
                settled[c] = true;
            } else {
                at(child).alsoUnder.push_back(parent.at);
            }
        }
    }
    return refused;
}

Status checkDepth(const Taxonomy& taxonomy, const std::string& name) {
    std::vector<int> depth(taxonomy.concepts.size(), 0);
    std::vector<int> chain;
    for (std::size_t c = 0; c < depth.size(); ++c) {
        int up = static_cast<int>(c);
        chain.clear();
        for (; up >= 0 && depth[static_cast<std::size_t>(up)] == 0;
             up = taxonomy.concepts[static_cast<std::size_t>(up)].home) {
            chain.push_back(up);
        }
        int level = up < 0 ? 0 : depth[static_cast<std::size_t>(up)];
        for (auto one = chain.rbegin(); one != chain.rend(); ++one) depth[static_cast<std::size_t>(*one)] = ++level;
        if (level > kMaxDepth) {
            return makeError(ErrorCode::Corrupt,
                             name + " is more than " + std::to_string(kMaxDepth) + " levels deep, which is the most",
                             name);
        }
    }
    return {};
}

void noteTwins(const Taxonomy& taxonomy, Report& report) {
    std::map<std::pair<int, std::string_view>, int> counts;
    for (const Concept& one : taxonomy.concepts) ++counts[{one.home, one.name}];
    std::int64_t left = 0;
    for (const auto& [place, count] : counts) {
        if (count < 2) continue;
        if (report.notes.size() >= kMaxNotes) {
            ++left;
            continue;
        }
        const std::string parent =
            place.first < 0 ? "the root" : "'" + taxonomy.concepts[static_cast<std::size_t>(place.first)].name + "'";
        report.notes.push_back(std::to_string(count) + " labels under " + parent + " have the same name '" +
                               std::string(place.second) + "'; all are kept, paths to them are ambiguous");
    }
    if (left > 0) report.notes.push_back("and " + std::to_string(left) + " more names that siblings share");
}

}  // namespace detail
}  // namespace espalier::taxonomy
