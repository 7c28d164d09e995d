// SPDX-License-Identifier: Apache-2.0
#include "core/text/languages.h"

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "core/text/charset.h"

namespace espalier::text {
namespace {

constexpr std::size_t kGuessBytes = 4096;
constexpr int kHalf = 50;  // percent
constexpr std::int64_t kFewDocuments = 5;

/// Tags that the library spells in an older or a longer way.
std::string modernTag(std::string code) {
    if (const auto dash = code.find('-'); dash != std::string::npos) code.resize(dash);  // zh-Hant, sr-ME
    if (code == "iw") return "he";
    if (code == "jw") return "jv";
    if (code == "nb" || code == "nn") return "no";
    if (code.size() < 2 || code.size() > 3 || code == "un" || code == "xxx") return std::string(kUndetermined);
    return code;
}

const std::set<std::string, std::less<>>& knownTags() {
    static const std::set<std::string, std::less<>> all = [] {
        std::set<std::string, std::less<>> tags;
        for (const char* const* tag = icu::Locale::getISOLanguages(); *tag != nullptr; ++tag) tags.emplace(*tag);
        return tags;
    }();
    return all;
}

}  // namespace

std::string guessLanguage(std::string_view text) {
    text = utf8Prefix(text, kGuessBytes);
    CLD2::Language languages[3] = {};
    int percents[3] = {};
    double scores[3] = {};
    int bytes = 0;
    int validBytes = 0;
    bool reliable = false;
    const CLD2::CLDHints noHints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::ExtDetectLanguageSummaryCheckUTF8(text.data(), static_cast<int>(text.size()), true, &noHints, 0, languages,
                                            percents, scores, nullptr, &bytes, &reliable, &validBytes);
    if (!reliable || percents[0] < kHalf || languages[0] == CLD2::UNKNOWN_LANGUAGE) return std::string(kUndetermined);
    return modernTag(CLD2::LanguageCode(languages[0]));
}

Result<std::string> languageTag(std::string_view written) {
    std::string tag;
    for (const char c : written.substr(0, written.find_first_of("-_")))
        tag += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (tag == kAutomatic) return tag;
    if (tag == kUndetermined || !knownTags().contains(tag)) {
        return makeError(
            ErrorCode::InvalidArgument,
            "\"" + std::string(written) + "\" is no language; give auto or a tag such as en, de, fr or zh");
    }
    return modernTag(std::move(tag));
}

std::string languageName(std::string_view tag) {
    if (tag == kUndetermined) return "not told";
    icu::UnicodeString name;
    icu::Locale(std::string(tag).c_str()).getDisplayLanguage(icu::Locale::getEnglish(), name);
    std::string text;
    name.toUTF8String(text);
    return text.empty() ? std::string(tag) : text;
}

std::string mainLanguage(const LanguageCounts& counts) {
    std::string best = "en";
    std::int64_t most = 0;
    for (const auto& [tag, documents] : counts) {
        if (tag == kUndetermined || documents <= most) continue;
        best = tag;
        most = documents;
    }
    return best;
}

bool isRare(const LanguageCounts& counts, std::string_view language) {
    std::int64_t all = 0;
    for (const auto& [tag, documents] : counts) all += documents;
    const auto found = counts.find(language);
    const std::int64_t own = found == counts.end() ? 0 : found->second;
    return own < kFewDocuments || own * 100 < all;
}

}  // namespace espalier::text
