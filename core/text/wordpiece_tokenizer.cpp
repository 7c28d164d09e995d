// SPDX-License-Identifier: Apache-2.0
#include "core/text/wordpiece_tokenizer.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <limits>

#include "core/text/detail/wordpiece_tables.h"

namespace espalier::text {
namespace {

using detail::characterClass;

void appendUtf8(char32_t c, std::string& to) {
    if (c < 0x80) {
        to += static_cast<char>(c);
        return;
    }
    std::uint8_t bytes[U8_MAX_LENGTH];
    int length = 0;
    U8_APPEND_UNSAFE(bytes, length, c);
    to.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

/// Collects words from code points and turns each into pieces.
class PieceBuilder {
public:
    PieceBuilder(const WordPieceTokenizer::Tables& tables, std::size_t limit, std::vector<std::int32_t>& ids)
        : m_tables(tables), m_limit(limit), m_ids(ids) {}

    bool full() const noexcept { return m_ids.size() >= m_limit; }

    void put(char32_t c) {
        const std::uint8_t bits = characterClass(c);
        if ((bits & (detail::kWhite | detail::kPunct)) == 0) {
            append(c);
            return;
        }
        endWord();
        if ((bits & detail::kWhite) != 0) return;
        append(c);
        endWord();
    }

    void endWord() {
        if (m_characters == 0) return;
        if (m_characters > m_tables.longestWord) {
            m_ids.push_back(m_tables.unknown);
        } else {
            cutWord();
        }
        m_word.clear();
        m_characters = 0;
    }

private:
    void append(char32_t c) {
        if (m_characters > m_tables.longestWord) return;
        ++m_characters;
        appendUtf8(c, m_word);
    }

    void cutWord() {
        const std::size_t begin = m_ids.size();
        std::string_view rest = m_word;
        for (bool first = true; !rest.empty(); first = false) {
            const auto match = (first ? m_tables.starts : m_tables.continuations).longest(rest);
            if (match.id == detail::PieceTrie::kNone) {
                m_ids.resize(begin);
                m_ids.push_back(m_tables.unknown);
                return;
            }
            m_ids.push_back(match.id);
            rest.remove_prefix(match.length);
        }
    }

    const WordPieceTokenizer::Tables& m_tables;
    std::size_t m_limit;
    std::vector<std::int32_t>& m_ids;
    std::string m_word;
    int m_characters = 0;
};

/// Collects normalised text, for added tokens that are searched in it.
class TextBuilder {
public:
    bool full() const noexcept { return false; }
    void put(char32_t c) { appendUtf8(c, m_text); }
    const std::string& text() const noexcept { return m_text; }

private:
    std::string m_text;
};

/// Feeds a text that is normalised already.
void feed(std::string_view utf8, PieceBuilder& out) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
    const auto size = static_cast<std::int64_t>(utf8.size());
    for (std::int64_t at = 0; at < size && !out.full();) {
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(bytes, at, size, c);
        out.put(static_cast<char32_t>(c));
    }
}

/// Calls piece(text) for what lies between added tokens and found(token) for them, in order.
template <class Piece, class Found>
void split(const AddedTokens& tokens, std::string_view text, const Piece& piece, const Found& found) {
    std::size_t from = 0;
    while (!tokens.empty()) {
        const AddedTokens::Match match = tokens.next(text, from);
        if (match.token == nullptr) break;
        if (match.begin > from) piece(text.substr(from, match.begin - from));
        if (!found(*match.token)) return;
        from = match.end;
    }
    if (from < text.size()) piece(text.substr(from));
}

bool isWordCharacter(UChar32 c) {
    return u_isalnum(c) || u_hasBinaryProperty(c, UCHAR_ALPHABETIC) || u_hasBinaryProperty(c, UCHAR_JOIN_CONTROL) ||
           (U_GET_GC_MASK(c) & (U_GC_M_MASK | U_GC_PC_MASK)) != 0;
}

/// First byte of the character that ends at `at`. \pre at > 0
std::size_t previousStart(std::string_view text, std::size_t at) {
    const std::size_t window = std::min<std::size_t>(at, U8_MAX_LENGTH);
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data() + at - window);
    auto i = static_cast<std::int32_t>(window);
    U8_BACK_1(bytes, 0, i);
    return at - window + static_cast<std::size_t>(i);
}

UChar32 characterAt(std::string_view text, std::size_t at, std::size_t* next = nullptr) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    auto i = static_cast<std::int64_t>(at);
    UChar32 c = 0;
    U8_NEXT(bytes, i, static_cast<std::int64_t>(text.size()), c);
    if (next != nullptr) *next = static_cast<std::size_t>(i);
    return c;
}

bool isWhite(UChar32 c) {
    return c >= 0 && u_hasBinaryProperty(c, UCHAR_WHITE_SPACE);
}

UChar32 characterBefore(std::string_view text, std::size_t at) {
    return characterAt(text, previousStart(text, at));
}

}  // namespace

void AddedTokens::add(AddedToken token) {
    if (token.content.empty()) return;
    const auto same = std::find_if(m_tokens.begin(), m_tokens.end(),
                                   [&](const AddedToken& other) { return other.content == token.content; });
    if (same != m_tokens.end()) {
        *same = std::move(token);
        return;
    }
    if (m_firstBytes.find(token.content[0]) == std::string::npos) m_firstBytes += token.content[0];
    m_tokens.push_back(std::move(token));
    std::stable_sort(m_tokens.begin(), m_tokens.end(),
                     [](const AddedToken& a, const AddedToken& b) { return a.content.size() > b.content.size(); });
}

AddedTokens::Match AddedTokens::next(std::string_view text, std::size_t from) const {
    for (std::size_t at = text.find_first_of(m_firstBytes, from); at != std::string_view::npos;
         at = text.find_first_of(m_firstBytes, at)) {
        const auto token = std::find_if(m_tokens.begin(), m_tokens.end(), [&](const AddedToken& t) {
            return text.compare(at, t.content.size(), t.content) == 0;
        });
        if (token == m_tokens.end()) {
            ++at;
            continue;
        }
        Match match{&*token, at, at + token->content.size()};
        at = match.end;
        if (token->singleWord && ((match.begin > 0 && isWordCharacter(characterBefore(text, match.begin))) ||
                                  (match.end < text.size() && isWordCharacter(characterAt(text, match.end))))) {
            continue;
        }
        while (token->leftStrip && match.begin > from && isWhite(characterBefore(text, match.begin))) {
            match.begin = previousStart(text, match.begin);
        }
        for (std::size_t next = 0;
             token->rightStrip && match.end < text.size() && isWhite(characterAt(text, match.end, &next));) {
            match.end = next;
        }
        return match;
    }
    return {};
}

WordPieceTokenizer::WordPieceTokenizer(std::shared_ptr<const Tables> tables) : m_tables(std::move(tables)) {}

int WordPieceTokenizer::vocabularySize() const noexcept {
    return m_tables->size;
}
int WordPieceTokenizer::specialTokenCount() const noexcept {
    return static_cast<int>(m_tables->before.size() + m_tables->after.size());
}
std::int32_t WordPieceTokenizer::padId() const noexcept {
    return m_tables->pad;
}

Encoding WordPieceTokenizer::encode(std::string_view utf8, int maxLength) const {
    const Tables& tables = *m_tables;
    std::string lowered;
    if (tables.lowercaseFirst) {
        icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())))
            .toLower(icu::Locale::getRoot())
            .toUTF8String(lowered);
        utf8 = lowered;
    }
    const auto room = static_cast<std::size_t>(std::max(0, maxLength - specialTokenCount()));
    std::vector<std::int32_t> ids;
    PieceBuilder pieces(tables, tables.cutLeft ? std::numeric_limits<std::size_t>::max() : room, ids);
    const auto addId = [&](const AddedToken& token) {
        pieces.endWord();
        ids.push_back(token.id);
        return !pieces.full();
    };
    split(
        tables.raw, utf8,
        [&](std::string_view part) {
            if (tables.normalized.empty()) {
                tables.normalizer.run(part, pieces);
            } else {
                TextBuilder text;
                tables.normalizer.run(part, text);
                split(
                    tables.normalized, text.text(),
                    [&](std::string_view words) {
                        feed(words, pieces);
                        pieces.endWord();
                    },
                    addId);
            }
            pieces.endWord();
        },
        addId);

    Encoding encoding;
    encoding.ids.reserve(tables.before.size() + std::min(ids.size(), room) + tables.after.size());
    encoding.ids = tables.before;
    const auto extra = static_cast<std::ptrdiff_t>(ids.size() - std::min(ids.size(), room));
    encoding.ids.insert(encoding.ids.end(), ids.begin() + (tables.cutLeft ? extra : 0),
                        ids.end() - (tables.cutLeft ? 0 : extra));
    encoding.ids.insert(encoding.ids.end(), tables.after.begin(), tables.after.end());
    return encoding;
}

}  // namespace espalier::text
