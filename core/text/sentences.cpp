// SPDX-License-Identifier: Apache-2.0
#include "core/text/sentences.h"

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <algorithm>
#include <memory>
#include <string>

namespace espalier::text {
namespace {

constexpr std::size_t kWrappedLine = 40;  // bytes: shorter lines are headings, list items, verse

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
    return text;
}

/// Past the full stop and spaces where a text without capitals begins its next sentence; npos where there is none.
/// Single letters (initials, e.g.) and common abbreviations before the stop do not end a sentence.
std::size_t nextSmallSentence(std::string_view text) {
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80U) != 0; };
    static constexpr std::string_view kAbbreviations[] = {
        "al", "approx", "ca",   "cf",   "ch",  "ed",  "eds", "eq",  "eqs", "etc", "fig", "figs", "incl", "no",  "nos",
        "pp", "ref",    "refs", "resp", "sec", "spp", "viz", "vol", "vs",  "dr",  "mr",  "mrs",  "ms",   "prof"};
    for (std::size_t stop = text.find('.'); stop != std::string_view::npos; stop = text.find('.', stop + 1)) {
        std::size_t next = stop + 1;
        while (next < text.size() && isBlank(text[next])) ++next;
        if (next == stop + 1 || next == text.size() || !isLetter(text[next])) continue;
        std::size_t word = stop;
        while (word > 0 && isLetter(text[word - 1])) --word;
        const bool number = word == stop && stop > 0 && text[stop - 1] >= '0' && text[stop - 1] <= '9';
        const bool closed = word == stop && stop > 0 && (text[stop - 1] == ')' || text[stop - 1] == '"');
        const std::string_view before = text.substr(word, stop - word);
        const bool plain = before.size() > 1 && std::ranges::find(kAbbreviations, before) == std::end(kAbbreviations);
        if (plain || number || closed) return next;
    }
    return std::string_view::npos;
}

bool beginsListItem(std::string_view line) {
    if (line.empty()) return true;
    if (line.starts_with("-") || line.starts_with("*") || line.starts_with("#") || line.starts_with("\xe2\x80\xa2"))
        return true;
    std::size_t digits = 0;
    while (digits < line.size() && line[digits] >= '0' && line[digits] <= '9') ++digits;
    return digits > 0 && digits < line.size() && (line[digits] == '.' || line[digits] == ')');
}

bool isWrapped(std::string_view line, std::string_view following, bool isFirst) {
    line = trimmed(line);
    following = trimmed(following);
    // The first line of an input string is the title: running text goes on with a small letter.
    if (isFirst && (following.empty() || following.front() < 'a' || following.front() > 'z')) return false;
    if (line.size() < kWrappedLine || line.ends_with('.') || line.ends_with('!') || line.ends_with('?') ||
        line.ends_with(':'))
        return false;
    return !beginsListItem(following);
}

/// One break iterator a thread: making one reads rule data each time.
icu::BreakIterator* iterator() {
    thread_local const std::unique_ptr<icu::BreakIterator> instance = [] {
        UErrorCode error = U_ZERO_ERROR;
        std::unique_ptr<icu::BreakIterator> made(
            icu::BreakIterator::createSentenceInstance(icu::Locale::getEnglish(), error));
        return U_SUCCESS(error) ? std::move(made) : nullptr;
    }();
    return instance.get();
}

}  // namespace

bool wrapsRunningText(std::string_view text, std::size_t lineBreak) {
    if (lineBreak >= text.size() || text[lineBreak] != '\n') return false;
    const std::size_t before = lineBreak == 0 ? std::string_view::npos : text.rfind('\n', lineBreak - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::string_view following = text.substr(lineBreak + 1);
    return isWrapped(text.substr(begin, lineBreak - begin), following.substr(0, following.find('\n')), begin == 0);
}

std::vector<std::string_view> sentences(std::string_view text) {
    std::vector<std::string_view> found;
    const auto add = [&](std::size_t begin, std::size_t end) {
        std::string_view sentence = trimmed(text.substr(begin, end - begin));
        // Standard Annex 29 never ends a sentence before a small letter, so that a text without capitals would be one.
        while (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z') {
            const std::size_t next = nextSmallSentence(sentence);
            if (next == std::string_view::npos) break;
            found.push_back(trimmed(sentence.substr(0, next)));
            sentence.remove_prefix(next);
        }
        if (!sentence.empty()) found.push_back(sentence);
    };
    // ICU ends a sentence at every line break: breaks that only wrap become spaces in a copy of equal length.
    std::string unwrapped(text);
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string_view::npos) break;
        const std::string_view following = text.substr(end + 1, text.find('\n', end + 1) - (end + 1));
        if (isWrapped(text.substr(begin, end - begin), following, begin == 0)) {
            unwrapped[end] = ' ';
            if (end > 0 && unwrapped[end - 1] == '\r') unwrapped[end - 1] = ' ';
        }
        begin = end + 1;
    }
    icu::BreakIterator* const breaks = iterator();
    UErrorCode error = U_ZERO_ERROR;
    UText* const view = utext_openUTF8(nullptr, unwrapped.data(), static_cast<std::int64_t>(unwrapped.size()), &error);
    if (breaks != nullptr && U_SUCCESS(error)) breaks->setText(view, error);
    if (breaks == nullptr || U_FAILURE(error)) {
        utext_close(view);
        add(0, text.size());
        return found;
    }
    std::int32_t begin = breaks->first();
    for (std::int32_t end = breaks->next(); end != icu::BreakIterator::DONE; end = breaks->next()) {
        add(static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
        begin = end;
    }
    utext_close(view);  // the iterator keeps its own clone, replaced by the next setText()
    return found;
}

}  // namespace espalier::text
