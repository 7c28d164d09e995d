// SPDX-License-Identifier: Apache-2.0
#include "core/text/terms.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/text/charset.h"
#include "core/text/sentences.h"
#include "core/text/stop_words.h"
#include "core/text/words.h"

namespace espalier::text {
namespace {

constexpr std::size_t kLongestEntry = 200;
constexpr std::size_t kMostEntries = 100000;
constexpr std::size_t kWordsBetweenStops = 4096;

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};
using WordSet = std::unordered_set<std::string, StringHash, std::equal_to<>>;

/// Elided words before an apostrophe, by language: they are articles, pronouns and prepositions, never terms.
struct Elisions {
    std::string_view language;
    std::string_view words;  // between spaces
};
constexpr Elisions kElisions[] = {
    {"fr", " c d j l m n s t qu jusqu lorsqu puisqu quoiqu quelqu "},
    {"it", " c d l m s t v gl un dell all dall nell sull coll quell quest "},
    {"ca", " d l m n s t "},
    {"ga", " b d m "},
};

constexpr std::string_view kAnyLanguage = "*";

bool isElided(std::string_view word, std::string_view language) {
    if (word.empty()) return false;
    const std::string entry = " " + std::string(word) + " ";
    return std::any_of(std::begin(kElisions), std::end(kElisions), [&](const Elisions& of) {
        return (of.language == language || language == kAnyLanguage) && of.words.find(entry) != std::string_view::npos;
    });
}

bool isAsciiBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/// A stretch of visible ASCII characters, and what it says of the words in it.
struct Run {
    std::size_t begin = 0, end = 0;
    bool isAddress = false;
    bool isFormula = false;
};

Run runAround(std::string_view text, std::size_t begin, std::size_t end) {
    const auto inside = [&](std::size_t i) {
        return !isAsciiBlank(text[i]) && static_cast<unsigned char>(text[i]) < 0x80;
    };
    Run run{begin, end};
    while (run.begin > 0 && inside(run.begin - 1)) --run.begin;
    while (run.end < text.size() && inside(run.end)) ++run.end;
    const std::string_view all = text.substr(run.begin, run.end - run.begin);
    const auto isPart = [&](std::size_t i) {
        const char c = i < all.size() ? all[i] : ' ';
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    const std::size_t at = all.find('@');
    run.isAddress = all.find("://") != std::string_view::npos || all.find("www.") < 2 ||  // perhaps after a bracket
                    (at != std::string_view::npos && at > 0 && isPart(at - 1) && isPart(at + 1));
    run.isFormula = all.find_first_of("${}^") != std::string_view::npos;
    return run;
}

/// Whether every part of a hyphenated word is a stop word ("so-called").
bool allPartsStop(std::string_view word, std::span<const std::string_view> languages) {
    if (word.find('-') == std::string_view::npos) return false;
    for (std::size_t begin = 0; begin <= word.size();) {
        const std::size_t end = std::min(word.find('-', begin), word.size());
        const std::string_view part = word.substr(begin, end - begin);
        if (std::none_of(languages.begin(), languages.end(), [&](auto tag) { return isStopWord(part, tag); }))
            return false;
        begin = end + 1;
    }
    return true;
}

/// Bytes of a possessive ending after a word ("'s"), 0 where there is none.
std::size_t possessiveAfter(std::string_view text, std::size_t end) {
    std::string_view rest = text.substr(end);
    std::size_t size = 0;
    if (rest.starts_with("'")) {
        size = 1;
    } else if (rest.starts_with("\xe2\x80\x99")) {
        size = 3;
    }
    if (size == 0) return 0;
    rest.remove_prefix(size);
    return rest.starts_with("s") || rest.starts_with("S") ? size + 1 : 0;
}

/// Whether what lies between two words lets them stand together: white space inside one line, or the wrapping of
/// running text, or nothing (scripts without spaces).
bool joins(std::string_view text, std::size_t begin, std::size_t end) {
    bool broken = false;
    for (std::size_t i = begin; i < end;) {
        const std::string_view rest = text.substr(i, end - i);
        if (rest[0] == '\n') {
            if (broken || !wrapsRunningText(text, i)) return false;
            broken = true;
            ++i;
        } else if (isAsciiBlank(rest[0])) {
            ++i;
        } else if (rest.starts_with("\xc2\xa0")) {  // no-break space
            i += 2;
        } else if (rest.starts_with("\xc2\xad") || rest.starts_with("\xe2\x80\x8b")) {  // unseen: U+00AD, U+200B
            i += rest[0] == '\xc2' ? 2 : 3;
        } else {
            return false;
        }
    }
    return true;
}

struct Word {
    std::size_t at = 0, size = 0;  // of the normal form in the arena
    std::size_t begin = 0, end = 0;
    bool stopped = false;
};

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<std::string> normalWords(WordBreaker& breaker, std::string_view text) {
    std::vector<std::string> words;
    breaker.forEachWord(text, [&](std::string_view word) { words.emplace_back(word); });
    return words;
}

/// What a user listed: single words, and phrases by their first word, longest first.
struct UserLists {
    struct Phrase {
        std::vector<std::string> words;
        std::string term;
        bool keep = false;
    };
    WordSet stop, keep;
    std::unordered_map<std::string, std::vector<Phrase>, StringHash, std::equal_to<>> phrases;

    void add(std::vector<std::string> words, bool isKept) {
        if (words.size() == 1) {
            (isKept ? keep : stop).insert(std::move(words.front()));
            return;
        }
        auto& group = phrases[words.front()];
        std::string term = joined(words);
        if (std::any_of(group.begin(), group.end(), [&](const Phrase& p) { return p.term == term; })) return;
        group.push_back({std::move(words), std::move(term), isKept});
        std::sort(group.begin(), group.end(), [](const Phrase& a, const Phrase& b) {
            return a.words.size() != b.words.size() ? a.words.size() > b.words.size() : a.term < b.term;
        });
    }
};

/// Cuts a text into words and remembers where they stand.
class CutText {
public:
    void cut(WordBreaker& breaker, std::string_view text, std::string_view language) {
        m_text = text;
        m_arena.clear();
        m_words.clear();
        breaker.forEachWord(text, [&](std::string_view word, std::string_view written) {
            auto begin = static_cast<std::size_t>(written.data() - text.data());
            const std::size_t end = begin + written.size();
            if (const auto mark = word.find('\'');
                mark != std::string_view::npos && mark + 1 < word.size() && isElided(word.substr(0, mark), language)) {
                word.remove_prefix(mark + 1);
                const auto ascii = written.find('\'');
                const auto curly = written.find("\xe2\x80\x99");
                begin += ascii < curly ? ascii + 1 : curly + 3;
            }
            m_words.push_back({m_arena.size(), word.size(), begin, end, false});
            m_arena += word;
        });
    }
    std::vector<Word>& words() { return m_words; }
    std::string_view normal(const Word& word) const { return std::string_view(m_arena).substr(word.at, word.size); }
    std::string_view text() const { return m_text; }
    bool follows(std::size_t i) const {  // the word before
        if (i == 0) return false;
        const std::size_t begin = m_words[i - 1].end + possessiveAfter(m_text, m_words[i - 1].end);
        return begin <= m_words[i].begin && joins(m_text, begin, m_words[i].begin);
    }
    /// Number of words of a phrase that stands at word i; 0 where it does not.
    std::size_t matches(std::span<const std::string> phrase, std::size_t i) const {
        if (i + phrase.size() > m_words.size()) return 0;
        for (std::size_t k = 0; k < phrase.size(); ++k) {
            if (normal(m_words[i + k]) != phrase[k] || (k > 0 && !follows(i + k))) return 0;
        }
        return phrase.size();
    }

private:
    std::string_view m_text;
    std::string m_arena;
    std::vector<Word> m_words;
};

}  // namespace

Result<std::vector<std::string>> readTermList(const std::filesystem::path& file) {
    ESPALIER_ASSIGN(const std::string bytes, readFile(file));
    std::int64_t number = 0;
    const auto refuse = [&](const std::string& why) {
        Error error = makeError(ErrorCode::Corrupt, file.string() + ", line " + std::to_string(number) + ": " + why,
                                file.string());
        error.line = number;
        return error;
    };
    std::vector<std::string> entries;
    WordBreaker breaker;
    std::string_view rest = bytes;
    if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
    while (!rest.empty()) {
        ++number;
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.find('\0') != std::string_view::npos || !isValidUtf8(line))
            return refuse("the list is not text in UTF-8");
        for (std::size_t i = line.find('#'); i != std::string_view::npos; i = line.find('#', i + 1)) {
            if (i > 0 && !isAsciiBlank(line[i - 1])) continue;  // C# is no comment
            line = line.substr(0, i);
            break;
        }
        while (!line.empty() && isAsciiBlank(line.front())) line.remove_prefix(1);
        while (!line.empty() && isAsciiBlank(line.back())) line.remove_suffix(1);
        if (line.empty()) continue;
        if (line.size() > kLongestEntry) return refuse("one word or phrase a line, of at most 200 bytes");
        if (normalWords(breaker, line).empty()) return refuse("\"" + std::string(line) + "\" has no word in it");
        if (entries.size() == kMostEntries) return refuse("a list has at most 100,000 entries");
        entries.emplace_back(line);
    }
    return entries;
}

struct TermReader::State {
    WordBreaker breaker;
    std::shared_ptr<const UserLists> lists;
    CutText cut;
};

TermReader::TermReader() : m_state(std::make_unique<State>()) {}
TermReader::~TermReader() = default;
TermReader::TermReader(TermReader&&) noexcept = default;
TermReader& TermReader::operator=(TermReader&&) noexcept = default;

Result<TermReader> TermReader::create(const TermLists& lists) {
    TermReader reader;
    if (lists.stop.empty() && lists.keep.empty()) return reader;
    auto user = std::make_shared<UserLists>();
    WordSet stopped;
    for (const bool isKept : {false, true}) {
        for (const auto& entry : isKept ? lists.keep : lists.stop) {
            auto words = normalWords(reader.m_state->breaker, entry);
            if (words.empty()) {
                return makeError(ErrorCode::InvalidState,
                                 "\"" + entry + "\" in the " + (isKept ? "keep" : "stop") + " list has no word in it");
            }
            const std::string term = joined(words);
            if (!isKept) stopped.insert(term);
            if (isKept && stopped.contains(term)) {
                return makeError(ErrorCode::InvalidState,
                                 "\"" + entry + "\" is in the stop list and in the keep list; take it out of one");
            }
            user->add(std::move(words), isKept);
        }
    }
    reader.m_state->lists = std::move(user);
    return reader;
}

TermReader TermReader::sharing() const {
    TermReader other;
    other.m_state->lists = m_state->lists;
    return other;
}

void TermReader::read(std::string_view text, std::span<const std::string_view> languages,
                      const std::function<void(const Found&)>& visit) {
    State& s = *m_state;
    s.cut.cut(s.breaker, text, languages.empty() ? std::string_view() : languages.front());
    const auto& words = s.cut.words();
    const UserLists* const lists = s.lists.get();
    Run run;
    bool unbroken = false;  // the term visited last is the word just before
    Found found;
    const auto report = [&](std::size_t first, std::size_t count, std::string_view term, bool kept) {
        const std::size_t begin = words[first].begin, end = words[first + count - 1].end;
        found.term = term;
        found.written = text.substr(begin, end - begin);
        found.writtenInside = text.substr(begin, end - begin + possessiveAfter(text, end));
        found.kept = kept;
        found.follows = unbroken && s.cut.follows(first);
        visit(found);
        unbroken = true;
    };
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Word& word = words[i];
        const std::string_view normal = s.cut.normal(word);
        if (lists != nullptr) {
            if (const auto group = lists->phrases.find(normal); group != lists->phrases.end()) {
                const auto phrase =
                    std::find_if(group->second.begin(), group->second.end(),
                                 [&](const UserLists::Phrase& p) { return s.cut.matches(p.words, i) > 0; });
                if (phrase != group->second.end()) {
                    if (phrase->keep) {
                        report(i, phrase->words.size(), phrase->term, true);
                    } else {
                        unbroken = false;
                    }
                    i += phrase->words.size() - 1;
                    continue;
                }
            }
            if (lists->keep.contains(normal)) {
                report(i, 1, normal, true);
                continue;
            }
            if (lists->stop.contains(normal)) {
                unbroken = false;
                continue;
            }
        }
        if (word.begin >= run.end) run = runAround(text, word.begin, word.end);
        const bool command = run.isFormula && word.begin > 0 && text[word.begin - 1] == '\\';
        const bool variable = run.isFormula && normal.find('_') != std::string_view::npos;
        const bool stops =
            std::any_of(languages.begin(), languages.end(), [&](auto tag) { return isStopWord(normal, tag); });
        if (run.isAddress || command || variable || stops || !isTerm(normal) || allPartsStop(normal, languages)) {
            unbroken = false;
            continue;
        }
        report(i, 1, normal, false);
    }
}

struct TermFinder::State {
    WordBreaker breaker;
    CutText cut;
    std::unordered_map<std::string, std::vector<std::vector<std::string>>, StringHash, std::equal_to<>> terms;
};

TermFinder::TermFinder(std::span<const std::string> terms) : m_state(std::make_unique<State>()) {
    for (const auto& term : terms) {
        auto words = normalWords(m_state->breaker, term);
        if (words.empty()) continue;
        auto& group = m_state->terms[words.front()];
        group.push_back(std::move(words));
        std::sort(group.begin(), group.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    }
}
TermFinder::~TermFinder() = default;
TermFinder::TermFinder(TermFinder&&) noexcept = default;
TermFinder& TermFinder::operator=(TermFinder&&) noexcept = default;

std::vector<Span> TermFinder::find(std::string_view text, const std::function<bool()>& stop) {
    std::vector<Span> spans;
    State& s = *m_state;
    if (s.terms.empty() || (stop && stop())) return spans;
    s.cut.cut(s.breaker, text, kAnyLanguage);
    const auto& words = s.cut.words();
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (stop && i % kWordsBetweenStops == 0 && stop()) return spans;
        const auto group = s.terms.find(s.cut.normal(words[i]));
        if (group == s.terms.end()) continue;
        for (const auto& term : group->second) {
            if (s.cut.matches(term, i) == 0) continue;
            i += term.size() - 1;
            spans.push_back({words[i + 1 - term.size()].begin, words[i].end});
            break;
        }
    }
    return spans;
}

}  // namespace espalier::text
