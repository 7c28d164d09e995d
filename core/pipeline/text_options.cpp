// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/text_options.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text/languages.h"
#include "core/text/stop_words.h"
#include "core/text/terms.h"
#include "core/text/words.h"

namespace espalier::pipeline {
using nlohmann::json;

namespace {
constexpr std::int64_t kMostDocuments = 1000000000;
constexpr std::int64_t kMostTerms = 10000000;
constexpr double kSmallestShare = 1e-9;
}  // namespace

Result<text::TfidfOptions> readTextOptions(JobOptions& options) {
    text::TfidfOptions read;
    const std::string language = options.text("language", read.language);
    read.phrases = options.flag("phrases", read.phrases);
    read.stem = options.flag("stem", read.stem);
    read.minDf = static_cast<int>(options.integer("min_df", read.minDf, 0, kMostDocuments));
    read.maxDf = options.number("max_df", read.maxDf, kSmallestShare, 1.0);
    read.maxFeatures = static_cast<int>(options.integer("max_terms", read.maxFeatures, 1, kMostTerms));
    read.stopWords = options.texts("stop_words");
    read.keepWords = options.texts("keep_words");
    auto tag = text::languageTag(language);
    if (!tag) return makeError(ErrorCode::InvalidArgument, "--language: " + tag.error().message);
    read.language = std::move(tag).value();
    ESPALIER_TRY(text::TermReader::create({read.stopWords, read.keepWords}));
    return read;
}

json languagesJson(const text::LanguageCounts& languages) {
    std::vector<std::pair<std::int64_t, std::string>> sorted;
    for (const auto& [tag, documents] : languages) sorted.emplace_back(-documents, tag);
    std::sort(sorted.begin(), sorted.end());
    json list = json::array();
    for (const auto& [documents, tag] : sorted) list.push_back({{"language", tag}, {"documents", -documents}});
    return list;
}

json textOptionsJson(const text::TfidfModel& model) {
    const text::TfidfOptions& options = model.options();
    return {{"language", options.language},
            {"phrases", options.phrases},
            {"stem", options.stem},
            {"min_df", options.minDf},
            {"max_df", options.maxDf},
            {"max_terms", options.maxFeatures},
            {"stop_words", options.stopWords},
            {"keep_words", options.keepWords},
            {"languages", languagesJson(model.languages())}};
}

void warnOfLanguages(const text::TfidfModel& model, jobs::JobContext& context) {
    const std::string main = model.mainLanguage();
    for (const auto& [tag, documents] : model.languages()) {
        if (tag == text::kUndetermined || (tag != main && text::isRare(model.languages(), tag))) continue;
        const std::string what = std::to_string(documents) + (documents == 1 ? " document is" : " documents are") +
                                 " in " + text::languageName(tag) + ", for which there is no ";
        if (text::stopWords(tag).empty()) {
            context.warning(what + "list of stop words: common words may become terms (--stop-words gives a list)");
        }
        if (model.options().stem && !text::hasStemmer(tag))
            context.warning(what + "stemmer: its words stay as they are");
    }
}

}  // namespace espalier::pipeline
