// SPDX-License-Identifier: Apache-2.0
#include "app/cli/text_options.h"

#include "app/cli/text_table.h"
#include "core/text/languages.h"
#include "core/text/terms.h"

namespace espalier::cli {
using nlohmann::json;

void addTextOptions(CLI::App* app, TextOptions& text) {
    app->add_option("--language", text.language,
                    "Language of the documents: a tag such as en, de or fr, or auto: guessed for each (default auto)")
        ->type_name("TAG")
        ->check([](const std::string& tag) {
            const auto known = text::languageTag(tag);
            return known ? std::string() : known.error().message;
        });
    const auto onOff = [app](const char* name, std::string& target, const char* what) {
        app->add_option(name, target, what)->check(CLI::IsMember({"on", "off"}))->type_name("on|off");
    };
    onOff("--phrases", text.phrases,
          "Pairs of words that belong together are terms of their own (default on with vectors, off for words alone)");
    onOff("--stem", text.stem, "Forms of one word count as one term (default off)");
    app->add_option("--min-df", text.minDf,
                    "Documents a term must occur in (default 5, or 2 with fewer than 500 documents)")
        ->check(CLI::Range(1, 1000000000))
        ->type_name("N");
    app->add_option("--max-df", text.maxDf, "Largest share of the documents a term may occur in (default 0.5)")
        ->check(CLI::Range(1e-9, 1.0))
        ->type_name("F");
    app->add_option("--max-terms", text.maxTerms, "Terms at most, the commonest ones (default 20000)")
        ->check(CLI::Range(1, 10000000))
        ->type_name("N");
    app->add_option("--stop-words", text.stopWordsFile,
                    "File of words and phrases that are no terms: UTF-8, one a line, # begins a comment")
        ->type_name("FILE");
    app->add_option("--keep-words", text.keepWordsFile,
                    "File of words and phrases that are terms whatever the other options say")
        ->type_name("FILE");
}

Status putTextOptions(const TextOptions& text, json& options) {
    if (!text.language.empty()) options["language"] = text.language;
    if (!text.phrases.empty()) options["phrases"] = text.phrases == "on";
    if (!text.stem.empty()) options["stem"] = text.stem == "on";
    if (text.minDf > 0) options["min_df"] = text.minDf;
    if (text.maxDf > 0) options["max_df"] = text.maxDf;
    if (text.maxTerms > 0) options["max_terms"] = text.maxTerms;
    if (!text.stopWordsFile.empty()) {
        ESPALIER_ASSIGN(options["stop_words"], text::readTermList(text.stopWordsFile));
    }
    if (!text.keepWordsFile.empty()) {
        ESPALIER_ASSIGN(options["keep_words"], text::readTermList(text.keepWordsFile));
    }
    return {};
}

std::string languagesText(const json& languages) {
    std::string list;
    for (const json& one : languages) {
        list += (list.empty() ? "" : ", ") + text::languageName(one["language"].get<std::string>()) + " " +
                formatCount(one["documents"].get<std::int64_t>());
    }
    return list.empty() ? "none" : list;
}

}  // namespace espalier::cli
