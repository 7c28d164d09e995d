// SPDX-License-Identifier: Apache-2.0
/// \file app/cli/text_options.h
/// Options of `build` about text: languages, phrases, stems, the vocabulary, the user's word lists.
#pragma once
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace espalier::cli {

struct TextOptions {
    std::string language, phrases, stem, stopWordsFile, keepWordsFile;  ///< empty: not given
    int minDf = 0, maxTerms = 0;                                        ///< 0: not given
    double maxDf = 0;
};

void addTextOptions(CLI::App* app, TextOptions& text);

/// Adds what was given to the options of a job, the words of the files among them.
/// \retval NotFound, Corrupt  a file that cannot be read
Status putTextOptions(const TextOptions& text, nlohmann::json& options);

/// "en 1,203, de 12, not told 3" of the build's key `languages`.
std::string languagesText(const nlohmann::json& languages);

}  // namespace espalier::cli
