// SPDX-License-Identifier: Apache-2.0
#include "core/text/words.h"

#include <libstemmer.h>
#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

namespace espalier::text {
namespace {

constexpr std::size_t kLongestTerm = 64;

constexpr std::string_view kRomanNumerals[] = {"ii",   "iii", "iv",  "ix",  "vii",  "viii",  "xii",
                                               "xiii", "xiv", "xix", "xvi", "xvii", "xviii", "xx"};

enum AsciiClass : std::uint8_t { kOther, kWordCharacter, kJoiner };

constexpr std::array<std::uint8_t, 128> kAsciiClasses = [] {
    std::array<std::uint8_t, 128> classes{};
    for (int c = 0; c < 128; ++c) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        classes[static_cast<std::size_t>(c)] = word ? kWordCharacter : (c == '-' || c == '\'') ? kJoiner : kOther;
    }
    return classes;
}();

bool isWordCharacter(UChar32 c) {
    if (c < 0) return false;
    if (c < 128) return kAsciiClasses[static_cast<std::size_t>(c)] == kWordCharacter;
    return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_NL_MASK)) != 0;
}

bool isJoiner(UChar32 c) {
    return c == '-' || c == '\'' || c == 0x2010 || c == 0x2011 || c == 0x2019;
}

/// Characters that are not seen: they neither end a word nor belong to its normal form.
bool isInvisible(UChar32 c) {
    return c == 0xAD || c == 0x200B || c == 0x200C || c == 0x200D || c == 0x2060 || c == 0xFEFF;
}

/// Whether UAX #29 never breaks between two such characters, so that no dictionary need be asked.
bool joinsAlways(UChar32 c) {
    if (c < 128) return true;
    switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
        case U_WB_ALETTER:
        case U_WB_HEBREW_LETTER:
        case U_WB_NUMERIC:
        case U_WB_EXTENDNUMLET:
        case U_WB_EXTEND:
        case U_WB_FORMAT:
        case U_WB_ZWJ:
            return true;
        default:
            return false;
    }
}

/// Scripts in which a mark is an accent or an optional vowel, not a letter.
bool marksAreOptional(UChar32 base) {
    UErrorCode status = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(base, &status);
    return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_HEBREW || script == USCRIPT_ARABIC ||
           script == USCRIPT_COMMON;
}

}  // namespace

struct WordBreaker::State {
    icu::Locale locale;
    std::unique_ptr<icu::BreakIterator> iterator;  // made when the first text needs a dictionary
    const icu::Normalizer2* decompose = nullptr;
    const icu::Normalizer2* compose = nullptr;
    std::string_view text;
    std::int32_t position = 0;
    std::int32_t size = 0;
    std::vector<std::int32_t> breaks;  // ICU's boundaries inside [runBegin, runEnd)
    std::int32_t runBegin = 0;
    std::int32_t runEnd = 0;
    std::string word;

    UChar32 decode(std::int32_t at, std::int32_t& after) const {
        UChar32 c = 0;
        after = at;
        U8_NEXT(reinterpret_cast<const std::uint8_t*>(text.data()), after, size, c);
        return c;
    }

    void findBreaks(std::int32_t begin) {
        runBegin = begin;
        runEnd = begin;
        while (runEnd < size &&
               !(text[static_cast<std::size_t>(runEnd)] == ' ' || text[static_cast<std::size_t>(runEnd)] == '\n'))
            ++runEnd;
        breaks.clear();
        UErrorCode status = U_ZERO_ERROR;
        if (!iterator) iterator.reset(icu::BreakIterator::createWordInstance(locale, status));
        if (U_FAILURE(status) || !iterator) return;
        UText view = UTEXT_INITIALIZER;
        utext_openUTF8(&view, text.data() + begin, runEnd - begin, &status);
        iterator->setText(&view, status);
        if (U_SUCCESS(status)) {
            for (auto at = iterator->first(); at != icu::BreakIterator::DONE; at = iterator->next())
                breaks.push_back(begin + at);
        }
        utext_close(&view);
    }

    bool isBreak(std::int32_t wordBegin, std::int32_t at) {
        if (at < runBegin || at >= runEnd) findBreaks(wordBegin);
        return std::binary_search(breaks.begin(), breaks.end(), at);
    }

    void normaliseAscii(std::string_view written) {
        word.resize(written.size());
        std::transform(written.begin(), written.end(), word.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    }

    void normalise(std::string_view written) {
        word.clear();
        UErrorCode status = U_ZERO_ERROR;
        icu::UnicodeString decomposed;
        const auto source =
            icu::UnicodeString::fromUTF8(icu::StringPiece(written.data(), static_cast<std::int32_t>(written.size())));
        decompose->normalize(source, decomposed, status);
        icu::UnicodeString kept;
        UChar32 base = 0;
        for (std::int32_t i = 0; i < decomposed.length();) {
            const UChar32 c = decomposed.char32At(i);
            i += U16_LENGTH(c);
            if (c == 0x2010 || c == 0x2011) {
                kept.append(u'-');
            } else if (c == 0x2019) {
                kept.append(u'\'');
            } else if (c == '-' || c == '\'') {
                kept.append(c);
            } else if (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK)) {
                if (!marksAreOptional(base)) kept.append(c);
            } else if (isWordCharacter(c)) {
                base = c;
                const UChar32 lower = u_tolower(c);
                kept.append(lower == 0x3C2 ? UChar32{0x3C3} : lower);  // final sigma is a sigma
            }
        }
        icu::UnicodeString composed;
        compose->normalize(kept, composed, status);
        if (U_SUCCESS(status)) composed.toUTF8String(word);
    }
};

WordBreaker::WordBreaker(std::string_view language) : m_state(std::make_unique<State>()) {
    m_state->locale = icu::Locale(std::string(language).c_str());
    UErrorCode status = U_ZERO_ERROR;
    m_state->decompose = icu::Normalizer2::getNFKDInstance(status);
    m_state->compose = icu::Normalizer2::getNFCInstance(status);
}
WordBreaker::~WordBreaker() = default;
WordBreaker::WordBreaker(WordBreaker&&) noexcept = default;
WordBreaker& WordBreaker::operator=(WordBreaker&&) noexcept = default;

void WordBreaker::start(std::string_view text) {
    constexpr auto kLimit = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max() - 1);
    State& s = *m_state;
    s.text = text.substr(0, std::min(text.size(), kLimit));
    s.size = static_cast<std::int32_t>(s.text.size());
    s.position = s.runBegin = s.runEnd = 0;
}

bool WordBreaker::next(std::string_view& word, std::string_view& written) {
    State& s = *m_state;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(s.text.data());
    while (s.position < s.size) {
        // Find the first word character.
        std::int32_t after = s.position;
        UChar32 c = bytes[s.position];
        if (c < 128) {
            ++after;
        } else {
            c = s.decode(s.position, after);
        }
        const std::int32_t begin = s.position;
        s.position = after;
        if (!isWordCharacter(c)) continue;

        // Run to its end; `end` stays behind a joiner until the character after it is known to belong to the word.
        bool ascii = c < 128;
        bool hasBase = ascii ? c != '_' : !(U_GET_GC_MASK(c) & U_GC_M_MASK);
        bool previousJoins = joinsAlways(c);
        bool afterJoiner = false;
        std::int32_t end = after;
        for (std::int32_t at = after; at < s.size;) {
            const std::uint8_t byte = bytes[at];
            if (byte < 128) {
                const auto kind = kAsciiClasses[byte];
                if (kind == kWordCharacter) {
                    if (!previousJoins && !afterJoiner && s.isBreak(begin, at)) break;
                    end = ++at;
                    hasBase = hasBase || byte != '_';
                    previousJoins = true;
                    afterJoiner = false;
                } else if (kind == kJoiner && !afterJoiner) {
                    afterJoiner = true;
                    ++at;
                } else {
                    break;
                }
                continue;
            }
            std::int32_t next = at;
            c = s.decode(at, next);
            if (isInvisible(c)) {
                ascii = false;
            } else if (isWordCharacter(c)) {
                const bool joins = joinsAlways(c);
                if (!(previousJoins && joins) && !afterJoiner && s.isBreak(begin, at)) break;
                ascii = false;
                hasBase = hasBase || !(U_GET_GC_MASK(c) & U_GC_M_MASK);
                previousJoins = joins;
                afterJoiner = false;
                end = next;
            } else if (isJoiner(c) && !afterJoiner) {
                ascii = false;
                afterJoiner = true;
            } else {
                break;
            }
            at = next;
        }
        s.position = end;
        if (!hasBase) continue;
        written = s.text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        if (ascii) {
            s.normaliseAscii(written);
        } else {
            s.normalise(written);
        }
        if (s.word.size() > 2 && s.word.ends_with("'s")) {
            s.word.resize(s.word.size() - 2);
            if (written.ends_with("'s") || written.ends_with("'S")) {
                written.remove_suffix(2);
            } else if (written.size() > 4) {
                written.remove_suffix(4);  // U+2019 takes three bytes
            }
        }
        if (s.word.empty()) continue;
        word = s.word;
        return true;
    }
    return false;
}

bool isNumber(std::string_view word) {
    bool digit = false;
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(word.size());) {
        UChar32 c = 0;
        U8_NEXT(reinterpret_cast<const std::uint8_t*>(word.data()), at, static_cast<std::int32_t>(word.size()), c);
        if (c < 0) return false;
        if (u_isdigit(c)) {
            digit = true;
        } else if (u_isalpha(c)) {
            return false;
        }
    }
    return digit;
}

bool isTerm(std::string_view word) {
    if (word.size() > kLongestTerm) return false;
    if (std::binary_search(std::begin(kRomanNumerals), std::end(kRomanNumerals), word)) return false;
    int letters = 0;
    int characters = 0;
    for (std::int32_t at = 0; at < static_cast<std::int32_t>(word.size());) {
        UChar32 c = static_cast<std::uint8_t>(word[static_cast<std::size_t>(at)]);
        if (c < 128) {
            ++at;
            letters += c >= 'a' && c <= 'z';
        } else {
            U8_NEXT(reinterpret_cast<const std::uint8_t*>(word.data()), at, static_cast<std::int32_t>(word.size()), c);
            if (c < 0) return false;
            letters += u_isalpha(c) != 0;
            if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) ++characters;
        }
        ++characters;
    }
    return letters > 0 && characters >= 2;
}

std::string joinWritten(std::string_view first, std::string_view second) {
    const auto size = static_cast<std::int32_t>(first.size());
    std::int32_t last = size;
    if (size > 0) U8_BACK_1(reinterpret_cast<const std::uint8_t*>(first.data()), 0, last);
    const auto spaced = [](std::string_view text, std::int32_t at) {
        UChar32 c = 0;
        U8_NEXT(reinterpret_cast<const std::uint8_t*>(text.data()), at, static_cast<std::int32_t>(text.size()), c);
        if (c < 0) return true;
        UErrorCode status = U_ZERO_ERROR;
        return uscript_breaksBetweenLetters(uscript_getScript(c, &status)) == 0;
    };
    const bool space = first.empty() || second.empty() || spaced(first, last) || spaced(second, 0);
    return std::string(first) + (space ? " " : "") + std::string(second);
}

std::string capitalised(std::string_view written) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(written.data());
    const auto size = static_cast<std::int32_t>(std::min(written.find(' '), written.size()));
    UChar32 first = 0;
    std::int32_t afterFirst = 0;
    for (std::int32_t at = 0; at < size;) {
        const std::int32_t begin = at;
        UChar32 c = 0;
        U8_NEXT(bytes, at, size, c);
        if (c < 0 || c == '_' || u_isupper(c) || u_istitle(c)) return std::string(written);
        if (begin > 0) continue;
        first = c;
        afterFirst = at;
    }
    if (afterFirst == 0) return std::string(written);
    std::string text;
    icu::UnicodeString(static_cast<UChar32>(u_totitle(first))).toUTF8String(text);
    return text + std::string(written.substr(static_cast<std::size_t>(afterFirst)));
}

namespace {
/// One stemmer a thread and language; null where libstemmer has none.
sb_stemmer* stemmerOf(std::string_view language) {
    struct Free {
        void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
    };
    thread_local std::map<std::string, std::unique_ptr<sb_stemmer, Free>, std::less<>> stemmers;
    auto found = stemmers.find(language);
    if (found == stemmers.end()) {
        std::string name(language);
        const char* const known = name == "hr" || name == "bs" ? "sr" : name.c_str();
        std::unique_ptr<sb_stemmer, Free> made(sb_stemmer_new(known, "UTF_8"));
        found = stemmers.emplace(std::move(name), std::move(made)).first;
    }
    return found->second.get();
}
}  // namespace

bool hasStemmer(std::string_view language) {
    return stemmerOf(language) != nullptr;
}

std::string stem(std::string_view word, std::string_view language) {
    sb_stemmer* const stemmer = stemmerOf(language);
    if (stemmer == nullptr || word.size() > (1U << 20)) return std::string(word);
    const auto* stemmed =
        sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    if (!stemmed) return std::string(word);
    return {reinterpret_cast<const char*>(stemmed), static_cast<std::size_t>(sb_stemmer_length(stemmer))};
}

}  // namespace espalier::text
