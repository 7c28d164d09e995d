// SPDX-License-Identifier: Apache-2.0
#include "core/text/tfidf.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/jobs/job_context.h"
#include "core/text/words.h"

namespace espalier::text {
namespace {

using nlohmann::json;

constexpr int kJsonVersion = 1;
constexpr std::int64_t kSmallCorpus = 500;

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
};
template <class Value>
using WordMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

/// What one pass over the texts learns: words in order of first sight, and their counts by text.
struct Tally {
    WordMap<std::int32_t> places;
    std::vector<std::int64_t> df;
    std::vector<WordMap<std::int64_t>> spellings;  // of words not always written in normal form
    std::vector<std::int64_t> plain;               // times written in normal form
    std::vector<std::int64_t> offsets{0};
    std::vector<std::int32_t> columns;
    std::vector<float> values;

    std::vector<std::int32_t> current;  // counts of the running text by word
    std::vector<std::int32_t> touched;

    void addWord(std::string_view word, std::string_view written) {
        if (!isTerm(word)) return;
        auto found = places.find(word);
        if (found == places.end()) {
            found = places.emplace(std::string(word), static_cast<std::int32_t>(df.size())).first;
            df.push_back(0);
            plain.push_back(0);
            spellings.emplace_back();
            current.push_back(0);
        }
        const auto place = static_cast<std::size_t>(found->second);
        if (word == written) {
            ++plain[place];
        } else if (auto spelling = spellings[place].find(written); spelling != spellings[place].end()) {
            ++spelling->second;
        } else {
            spellings[place].emplace(std::string(written), 1);
        }
        if (current[place]++ == 0) touched.push_back(found->second);
    }
    void endText() {
        std::sort(touched.begin(), touched.end());
        for (const auto place : touched) {
            columns.push_back(place);
            values.push_back(static_cast<float>(current[static_cast<std::size_t>(place)]));
            ++df[static_cast<std::size_t>(place)];
            current[static_cast<std::size_t>(place)] = 0;
        }
        touched.clear();
        offsets.push_back(static_cast<std::int64_t>(columns.size()));
    }
    /// The commonest spelling; ties: the normal form, then ascending bytes.
    std::string commonestSpelling(const std::string& word, std::size_t place) const {
        const std::string* best = &word;
        std::int64_t most = plain[place];
        for (const auto& [spelling, count] : spellings[place]) {
            if (count > most || (count == most && best != &word && spelling < *best)) {
                best = &spelling;
                most = count;
            }
        }
        return *best;
    }
};

Status validate(const TfidfOptions& options) {
    if (options.minDf < 0)
        return makeError(ErrorCode::InvalidArgument, "The least number of documents of a term cannot be negative.");
    if (!(options.maxDf > 0 && options.maxDf <= 1))
        return makeError(ErrorCode::InvalidArgument, "The largest share of documents of a term must lie in (0, 1].");
    if (options.maxFeatures < 0)
        return makeError(ErrorCode::InvalidArgument, "The size of the vocabulary cannot be negative.");
    return {};
}

/// Sorts each row by column.
void sortRows(SparseRows& m) {
    std::vector<std::pair<std::int32_t, float>> row;
    for (std::int64_t r = 0; r < m.rows; ++r) {
        const auto begin = static_cast<std::size_t>(m.offsets[static_cast<std::size_t>(r)]);
        const auto size = m.rowSize(r);
        row.clear();
        for (std::size_t i = begin; i < begin + size; ++i) row.emplace_back(m.columns[i], m.values[i]);
        std::sort(row.begin(), row.end());
        for (std::size_t i = 0; i < size; ++i) std::tie(m.columns[begin + i], m.values[begin + i]) = row[i];
    }
}

}  // namespace

Result<TfidfModel::Fit> TfidfModel::fitCounts(const TextSource& source, const TfidfOptions& options,
                                              jobs::JobContext& context) {
    ESPALIER_TRY(validate(options));
    Tally tally;
    WordBreaker breaker(options.language);
    std::int64_t texts = 0;
    bool stopped = false;
    ESPALIER_TRY(source([&](std::string_view text) {
        if (stopped) return;
        breaker.forEachWord(text,
                            [&](std::string_view word, std::string_view written) { tally.addWord(word, written); });
        tally.endText();
        if (++texts % 64 == 0) {
            context.progress("words", texts, 0);
            stopped = context.shouldStop();
        }
    }));
    ESPALIER_TRY(context.checkStop());
    context.progress("words", texts, texts);

    Fit fit;
    TfidfModel& model = fit.model;
    model.m_options = options;
    model.m_documents = texts;
    if (model.m_options.minDf == 0) model.m_options.minDf = texts < kSmallCorpus ? 2 : 5;
    const double limit = options.maxDf * static_cast<double>(texts) + 1e-9;
    std::vector<std::pair<std::string_view, std::int32_t>> kept;
    for (const auto& [word, place] : tally.places) {
        const auto df = tally.df[static_cast<std::size_t>(place)];
        if (df >= model.m_options.minDf && static_cast<double>(df) <= limit) kept.emplace_back(word, place);
    }
    if (options.maxFeatures > 0 && kept.size() > static_cast<std::size_t>(options.maxFeatures)) {
        std::sort(kept.begin(), kept.end(), [&](const auto& a, const auto& b) {
            const auto dfA = tally.df[static_cast<std::size_t>(a.second)];
            const auto dfB = tally.df[static_cast<std::size_t>(b.second)];
            return dfA != dfB ? dfA > dfB : a.first < b.first;
        });
        kept.resize(static_cast<std::size_t>(options.maxFeatures));
    }
    std::sort(kept.begin(), kept.end());
    std::vector<std::int32_t> newPlace(tally.df.size(), -1);
    for (const auto& [word, place] : kept) {
        newPlace[static_cast<std::size_t>(place)] = static_cast<std::int32_t>(model.m_vocabulary.size());
        model.m_vocabulary.emplace_back(word);
        model.m_written.push_back(tally.commonestSpelling(model.m_vocabulary.back(), static_cast<std::size_t>(place)));
        model.m_df.push_back(tally.df[static_cast<std::size_t>(place)]);
    }
    model.computeIdf();

    SparseRows& counts = fit.counts;
    counts.rows = texts;
    counts.cols = static_cast<std::int64_t>(model.m_vocabulary.size());
    counts.offsets.reserve(static_cast<std::size_t>(texts) + 1);
    for (std::int64_t r = 0; r < texts; ++r) {
        for (auto i = tally.offsets[static_cast<std::size_t>(r)]; i < tally.offsets[static_cast<std::size_t>(r) + 1];
             ++i) {
            const auto place = newPlace[static_cast<std::size_t>(tally.columns[static_cast<std::size_t>(i)])];
            if (place < 0) continue;
            counts.columns.push_back(place);
            counts.values.push_back(tally.values[static_cast<std::size_t>(i)]);
        }
        counts.offsets.push_back(static_cast<std::int64_t>(counts.columns.size()));
    }
    sortRows(counts);
    return fit;
}

Result<TfidfModel> TfidfModel::fit(const TextSource& source, const TfidfOptions& options, jobs::JobContext& context) {
    ESPALIER_ASSIGN(Fit both, fitCounts(source, options, context));
    return std::move(both.model);
}

Result<TfidfModel> TfidfModel::fit(std::span<const std::string> texts, const TfidfOptions& options,
                                   jobs::JobContext& context) {
    return fit(
        [texts](const std::function<void(std::string_view)>& visit) -> Status {
            for (const auto& text : texts) visit(text);
            return {};
        },
        options, context);
}

void TfidfModel::computeIdf() {
    m_idf.clear();
    m_place.clear();
    m_idf.reserve(m_df.size());
    for (std::size_t i = 0; i < m_df.size(); ++i) {
        m_idf.push_back(std::log((1.0 + static_cast<double>(m_documents)) / (1.0 + static_cast<double>(m_df[i]))) +
                        1.0);
        m_place.emplace(m_vocabulary[i], static_cast<std::int32_t>(i));
    }
}

SparseRows TfidfModel::counts(std::span<const std::string> texts) const {
    SparseRows m;
    m.cols = static_cast<std::int64_t>(m_vocabulary.size());
    WordBreaker breaker(m_options.language);
    std::vector<std::int32_t> places;
    std::string key;
    for (const auto& text : texts) {
        places.clear();
        breaker.forEachWord(text, [&](std::string_view word) {
            key.assign(word);
            if (const auto found = m_place.find(key); found != m_place.end()) places.push_back(found->second);
        });
        std::sort(places.begin(), places.end());
        for (std::size_t i = 0; i < places.size();) {
            const std::size_t begin = i;
            while (i < places.size() && places[i] == places[begin]) ++i;
            m.columns.push_back(places[begin]);
            m.values.push_back(static_cast<float>(i - begin));
        }
        m.offsets.push_back(static_cast<std::int64_t>(m.columns.size()));
        ++m.rows;
    }
    return m;
}

SparseRows TfidfModel::weigh(const SparseRows& counts) const {
    SparseRows m = counts;
    ESPALIER_EXPECTS(counts.cols == static_cast<std::int64_t>(m_idf.size())) {
        return SparseRows{};
    }
    for (std::int64_t r = 0; r < m.rows; ++r) {
        const auto begin = static_cast<std::size_t>(m.offsets[static_cast<std::size_t>(r)]);
        const auto end = begin + m.rowSize(r);
        double square = 0;
        for (std::size_t i = begin; i < end; ++i) {
            const double weight = double{m.values[i]} * m_idf[static_cast<std::size_t>(m.columns[i])];
            square += weight * weight;
        }
        if (!(square > 0)) continue;
        const double scale = 1 / std::sqrt(square);
        for (std::size_t i = begin; i < end; ++i) {
            m.values[i] =
                static_cast<float>(double{m.values[i]} * m_idf[static_cast<std::size_t>(m.columns[i])] * scale);
        }
    }
    return m;
}

std::string TfidfModel::toJson() const {
    const json all{{"version", kJsonVersion},
                   {"documents", m_documents},
                   {"options",
                    {{"min_df", m_options.minDf},
                     {"max_df", m_options.maxDf},
                     {"max_features", m_options.maxFeatures},
                     {"language", m_options.language}}},
                   {"vocabulary", m_vocabulary},
                   {"written", m_written},
                   {"df", m_df}};
    return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<TfidfModel> TfidfModel::fromJson(std::string_view text) {
    const auto refuse = [](const char* why) {
        return makeError(ErrorCode::Corrupt, std::string("The stored vocabulary cannot be read: ") + why + ".");
    };
    const json all = json::parse(text, nullptr, false);
    if (!all.is_object()) return refuse("it is not a JSON object");
    try {
        const int version = all.at("version").get<int>();
        if (version > kJsonVersion)
            return makeError(ErrorCode::VersionTooNew, "The stored vocabulary was written by a newer Espalier.");
        TfidfModel model;
        model.m_documents = all.at("documents").get<std::int64_t>();
        const json& options = all.at("options");
        model.m_options.minDf = options.at("min_df").get<int>();
        model.m_options.maxDf = options.at("max_df").get<double>();
        model.m_options.maxFeatures = options.at("max_features").get<int>();
        model.m_options.language = options.at("language").get<std::string>();
        model.m_vocabulary = all.at("vocabulary").get<std::vector<std::string>>();
        model.m_written = all.at("written").get<std::vector<std::string>>();
        model.m_df = all.at("df").get<std::vector<std::int64_t>>();
        const auto size = model.m_vocabulary.size();
        if (model.m_written.size() != size || model.m_df.size() != size) return refuse("its lists differ in length");
        if (std::adjacent_find(model.m_vocabulary.begin(), model.m_vocabulary.end(), std::greater_equal<>()) !=
            model.m_vocabulary.end())
            return refuse("its terms are not in order");
        for (const auto df : model.m_df) {
            if (df < 0 || df > model.m_documents) return refuse("a document count is out of range");
        }
        model.computeIdf();
        return model;
    } catch (const json::exception& e) {
        return refuse(e.what());
    }
}

}  // namespace espalier::text
