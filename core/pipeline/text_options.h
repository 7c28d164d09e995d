// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/text_options.h
/// What counts as a term: the options of a build about text, as a job gets them, as the build keeps them, and as its
/// report tells them.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "core/base/result.h"
#include "core/jobs/job_context.h"
#include "core/pipeline/job_options.h"
#include "core/text/tfidf.h"

namespace espalier::pipeline {

/// language (auto or a BCP 47 tag), phrases and stem (true or false; of phrases runBuild() knows the default), min_df
/// (0 or absent: by the size of the corpus), max_df, max_terms, stop_words and keep_words (lists of texts, one word or
/// phrase each). \retval InvalidArgument  no such language  \retval InvalidState  lists that contradict each other
Result<text::TfidfOptions> readTextOptions(JobOptions& options);

/// The same names, as computed with: enough to repeat the build. With `languages`, the documents by language.
nlohmann::json textOptionsJson(const text::TfidfModel& model);

/// [{"language","documents"}], most documents first (ties: ascending tag).
nlohmann::json languagesJson(const text::LanguageCounts& languages);

/// Warns of languages of the corpus that have no stop list, and, with stemming, of those that have no stemmer.
void warnOfLanguages(const text::TfidfModel& model, jobs::JobContext& context);

}  // namespace espalier::pipeline
