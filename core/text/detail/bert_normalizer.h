// SPDX-License-Identifier: Apache-2.0
/// \file core/text/detail/bert_normalizer.h
/// BERT's normalisation as a stream: code points go in from UTF-8, cleaned, decomposed, stripped and lower-cased code
/// points come out, one at a time. ASCII takes a table and nothing else.
#pragma once
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/text/detail/bert_characters.h"

namespace espalier::text::detail {

struct NormalizerRules {
    bool cleanText = true;
    bool handleChinese = true;
    bool stripAccents = true;
    bool lowercase = true;
};

class BertNormalizer {
public:
    explicit BertNormalizer(const NormalizerRules& rules) : m_rules(rules) {
        for (char32_t c = 0; c < 0x80; ++c) {
            const std::uint8_t bits = characterClass(c);
            char32_t to = c;
            if (rules.cleanText && (bits & kDrop) != 0)
                to = kNothing;
            else if (rules.cleanText && (bits & kWhite) != 0)
                to = ' ';
            else if (rules.lowercase && c >= 'A' && c <= 'Z')
                to = c + 32;
            m_ascii[c] = static_cast<std::uint8_t>(to);
        }
    }

    /// Calls out.put(code point) for each result; stops when out.full().
    template <class Out>
    void run(std::string_view utf8, Out& out) const {
        std::vector<std::pair<std::uint8_t, char32_t>>
            pending;  // marks that were not stripped, waiting for their order
        const auto* const bytes = reinterpret_cast<const std::uint8_t*>(utf8.data());
        const auto size = static_cast<std::int64_t>(utf8.size());
        std::int64_t at = 0;
        while (at < size && !out.full()) {
            if (bytes[at] < 0x80) {
                const std::uint8_t to = m_ascii[bytes[at++]];
                if (to == kNothing) continue;
                if (!pending.empty()) flush(pending, out);
                out.put(to);
                continue;
            }
            UChar32 decoded = 0;
            U8_NEXT(bytes, at, size, decoded);
            wide(decoded < 0 ? char32_t{0xFFFD} : static_cast<char32_t>(decoded), pending, out);
        }
        flush(pending, out);
    }

private:
    static constexpr std::uint8_t kNothing = 0xFF;

    template <class Out>
    void wide(char32_t c, std::vector<std::pair<std::uint8_t, char32_t>>& pending, Out& out) const {
        const std::uint8_t bits = characterClass(c);
        if (m_rules.cleanText) {
            if ((bits & kDrop) != 0) return;
            if ((bits & kWhite) != 0) {
                flush(pending, out);
                out.put(' ');
                return;
            }
        }
        const bool apart = m_rules.handleChinese && (bits & kCjk) != 0;
        if (apart) {
            flush(pending, out);
            out.put(' ');
        }
        if (m_rules.stripAccents) {
            char32_t parts[32];
            const int count = decompose(c, parts);
            for (int i = 0; i < count; ++i) stripped(parts[i], pending, out);
        } else {
            lowered(c, out);
        }
        if (apart) {
            flush(pending, out);
            out.put(' ');
        }
    }

    /// Canonical order: marks between two starters go by their combining class, equal classes keep their order.
    template <class Out>
    void stripped(char32_t c, std::vector<std::pair<std::uint8_t, char32_t>>& pending, Out& out) const {
        const std::uint8_t order = c < 0x300 ? std::uint8_t{0} : combiningClass(c);
        if (order == 0 && !pending.empty()) flush(pending, out);
        if ((characterClass(c) & kMark) != 0) return;
        if (order == 0) {
            lowered(c, out);
        } else {
            pending.emplace_back(order, c);
        }
    }

    template <class Out>
    void flush(std::vector<std::pair<std::uint8_t, char32_t>>& pending, Out& out) const {
        if (pending.empty()) return;
        std::stable_sort(pending.begin(), pending.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [order, c] : pending) lowered(c, out);
        pending.clear();
    }

    template <class Out>
    void lowered(char32_t c, Out& out) const {
        if (!m_rules.lowercase) {
            out.put(c);
        } else if (c == 0x130) {  // the one letter whose lower case is two code points
            out.put('i');
            out.put(0x307);
        } else {
            out.put(lowerCase(c));
        }
    }

    NormalizerRules m_rules;
    std::array<std::uint8_t, 0x80> m_ascii{};
};

}  // namespace espalier::text::detail
