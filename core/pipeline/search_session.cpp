// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/search_session.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "core/index/fusion.h"
#include "core/index/ranking.h"
#include "core/index/row_ranges.h"
#include "core/index/snippet.h"
#include "core/pipeline/corpus_rows.h"
#include "core/pipeline/model_lookup.h"
#include "core/project/project.h"
#include "core/text/document.h"

namespace espalier::pipeline {
using nlohmann::json;

namespace {
enum class Mode { Dense, Words, Hybrid };
constexpr std::int64_t kMostResults = 100000;
constexpr std::size_t kMostSentences = 20000;  ///< kept with their vectors: 40 MB at 384 dimensions

const char* modeName(Mode mode) {
    return mode == Mode::Dense ? "dense" : mode == Mode::Words ? "words" : "hybrid";
}

struct Query {
    std::string text, model, branch, device = "auto";
    std::optional<Mode> mode;
    std::int64_t k = 10;
    int threads = 0;
    bool hitsFirst = false;
};

Error wrong(const std::string& why) {
    return makeError(ErrorCode::InvalidArgument, why);
}

/// Reads the request; null counts as absent.
Result<Query> parseQuery(const json& request) {
    Query query;
    const auto value = [&request](const char* key) -> const json* {
        const auto found = request.find(key);
        return found == request.end() || found->is_null() ? nullptr : &*found;
    };
    for (const auto& [key, target] :
         {std::pair{"query", &query.text}, std::pair{"model", &query.model}, std::pair{"device", &query.device}}) {
        const json* found = value(key);
        if (found == nullptr) continue;
        if (!found->is_string()) return wrong(std::string("\"") + key + "\" of a search is a text");
        *target = found->get<std::string>();
    }
    if (query.text.find_first_not_of(" \t\r\n") == std::string::npos)
        return wrong("the query is empty; say what to look for");
    if (const json* branch = value("branch")) {
        if (branch->is_number_integer())
            query.branch = std::to_string(branch->get<std::int64_t>());
        else if (branch->is_string())
            query.branch = branch->get<std::string>();
        else
            return wrong("the branch of a search is a label's id or path");
    }
    if (const json* k = value("k")) {
        if (!k->is_number_integer() || k->get<std::int64_t>() < 1 || k->get<std::int64_t>() > kMostResults) {
            return wrong("-k must lie between 1 and " + std::to_string(kMostResults));
        }
        query.k = k->get<std::int64_t>();
    }
    if (const json* mode = value("mode")) {
        if (*mode == "dense")
            query.mode = Mode::Dense;
        else if (*mode == "words")
            query.mode = Mode::Words;
        else if (*mode == "hybrid")
            query.mode = Mode::Hybrid;
        else
            return wrong("--mode is one of: dense, words, hybrid");
    }
    if (const json* threads = value("threads"); threads != nullptr && threads->is_number_integer()) {
        query.threads = std::clamp(threads->get<int>(), 0, 1024);
    }
    if (const json* hitsFirst = value("hits_first")) {
        if (!hitsFirst->is_boolean()) return wrong("\"hits_first\" of a search is true or false");
        query.hitsFirst = hitsFirst->get<bool>();
    }
    return query;
}

/// What is loaded of one model; shared by the queries that use it.
struct LoadedModel {
    project::ModelInfo info;
    std::string device;
    std::unique_ptr<TextEncoder> encoder;
    index::VectorIndex vectors;
    std::vector<std::int64_t> wordRow;  ///< row of the word index for each row of the vectors
    /// Of the sentences that snippets were chosen from: the next question is often a narrower one of the same
    /// documents.
    std::unordered_map<std::string, std::vector<float>> sentences = {};

    Result<DenseRows> encodeSentences(const std::vector<std::string>& texts, jobs::JobContext& context);
};

/// Encodes the sentences that are not known yet; the kept ones stay below kMostSentences.
Result<DenseRows> LoadedModel::encodeSentences(const std::vector<std::string>& texts, jobs::JobContext& context) {
    if (sentences.size() > kMostSentences) sentences.clear();
    std::vector<std::string> unknown;
    for (const std::string& text : texts)
        if (sentences.try_emplace(text).second) unknown.push_back(text);
    auto encoded = encoder->encode(unknown, context);
    if (!encoded || encoded->rows != static_cast<std::int64_t>(unknown.size())) {
        for (const std::string& text : unknown) sentences.erase(text);
        if (!encoded) return std::move(encoded).error();
        return makeError(ErrorCode::Internal, "the encoder returned another number of vectors than of sentences");
    }
    for (std::size_t i = 0; i < unknown.size(); ++i) {
        const auto row = encoded->row(static_cast<std::int64_t>(i));
        sentences.at(unknown[i]).assign(row.begin(), row.end());
    }
    DenseRows rows{static_cast<std::int64_t>(texts.size()), encoder->dim(), {}};
    rows.values.reserve(texts.size() * static_cast<std::size_t>(encoder->dim()));
    for (const std::string& text : texts) {
        const std::vector<float>& vector = sentences.at(text);
        rows.values.insert(rows.values.end(), vector.begin(), vector.end());
    }
    return rows;
}
}  // namespace

struct SearchSession::State {
    std::unique_ptr<project::Project> project;
    std::int64_t revision = -1;
    project::TreeSnapshotPtr snapshot;
    std::unordered_map<DocumentKey, LabelId> hardOf;
    std::optional<CorpusRows> rows;
    std::optional<index::Bm25Index> words;
    std::optional<LoadedModel> model;

    /// Brings tree, hard labels and rows up to the project's current revision.
    Status refresh() {
        ESPALIER_ASSIGN(const std::int64_t now, project->revision());
        if (now == revision && rows) return {};
        ESPALIER_ASSIGN(snapshot, project->tree());
        ESPALIER_ASSIGN(const auto hard, project->hardLabels());
        hardOf.clear();
        for (const auto& [key, label] : hard) hardOf.emplace(key, label);
        if (!rows || rows->keys.size() != hard.size()) {
            ESPALIER_ASSIGN(CorpusRows read, CorpusRows::read(*project));
            if (!rows || rows->state != read.state) {
                words.reset();
                model.reset();  // its rows point into the old ones
            }
            rows = std::move(read);
        }
        revision = now;
        return {};
    }

    Status needWords(jobs::JobContext& context) {
        if (words) return {};
        ESPALIER_ASSIGN(auto built, wordIndex(*project, *rows, context));
        words = std::move(built);
        return {};
    }

    Status needModel(const project::ModelInfo& wanted, const Query& query) {
        if (model && model->info.name == wanted.name && model->info.vectorsSha256 == wanted.vectorsSha256 &&
            model->info.folder == wanted.folder && model->device == query.device) {
            return {};
        }
        model.reset();  // two encoders at once would need twice the memory
        ESPALIER_ASSIGN(auto vectors, vectorIndex(wanted, *rows));
        ESPALIER_ASSIGN(auto encoder, openModel(wanted, query.device, query.threads));
        if (encoder->dim() != vectors.dim()) {
            return makeError(ErrorCode::Corrupt,
                             "the vectors of \"" + wanted.name + "\" do not belong to its encoder; embed again",
                             wanted.vectorsFile.string());
        }
        std::vector<std::int64_t> wordRow;
        for (const DocumentKey key : vectors.keys()) wordRow.push_back(rows->rowOf.at(key));
        model.emplace(LoadedModel{wanted, query.device, std::move(encoder), std::move(vectors), std::move(wordRow)});
        return {};
    }

    bool inBranch(DocumentKey key, LabelId branch) const {
        const auto found = hardOf.find(key);
        return found != hardOf.end() && found->second && snapshot->tree.inBranch(found->second, branch);
    }

    json facets(const std::vector<std::int64_t>& matches, std::span<const DocumentKey> keys) const;
    json listed(const std::vector<index::Hit>& hits, const std::vector<project::DocumentRecord>& records) const;
    Result<std::vector<std::string>> snippets(const std::vector<project::DocumentRecord>& records, Mode mode,
                                              const Query& query, std::span<const float> queryVector,
                                              jobs::JobContext& context);
};

/// Matches under every label, most first; a label before those below it.
json SearchSession::State::facets(const std::vector<std::int64_t>& matches, std::span<const DocumentKey> keys) const {
    std::unordered_map<LabelId, std::int64_t> counts;
    for (const std::int64_t row : matches) {
        const auto found = hardOf.find(keys[static_cast<std::size_t>(row)]);
        if (found == hardOf.end() || !found->second) continue;
        for (const LabelId label : snapshot->tree.path(found->second)) ++counts[label];
    }
    std::vector<std::pair<LabelId, std::int64_t>> ordered;
    for (const LabelId label : snapshot->tree.depthFirst()) {
        if (const auto found = counts.find(label); found != counts.end()) ordered.emplace_back(label, found->second);
    }
    std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    json list = json::array();
    for (const auto& [label, count] : ordered) {
        list.push_back({{"node", label.value}, {"path", snapshot->tree.pathNames(label)}, {"count", count}});
    }
    return list;
}

/// The hits as contract.md names them; the snippets are not known yet.
json SearchSession::State::listed(const std::vector<index::Hit>& hits,
                                  const std::vector<project::DocumentRecord>& records) const {
    json list = json::array();
    for (std::size_t i = 0; i < hits.size(); ++i) {
        const auto hard = hardOf.find(records[i].key);
        list.push_back({{"rank", i + 1},
                        {"id", records[i].document.id},
                        {"title", records[i].document.title},
                        {"score", hits[i].score},
                        {"path", hard != hardOf.end() && hard->second ? json(snapshot->tree.pathNames(hard->second))
                                                                      : json::array()},
                        {"snippet", nullptr}});
    }
    return list;
}

Result<std::vector<std::string>> SearchSession::State::snippets(const std::vector<project::DocumentRecord>& records,
                                                                Mode mode, const Query& query,
                                                                std::span<const float> queryVector,
                                                                jobs::JobContext& context) {
    if (mode == Mode::Words) {
        std::vector<std::string> chosen;
        for (const auto& record : records)
            chosen.push_back(index::snippetByWords(record.document.text, query.text, *words));
        return chosen;
    }
    std::vector<std::string_view> texts;
    for (const auto& record : records) texts.emplace_back(record.document.text);
    const auto encode = [&](const std::vector<std::string>& sentences) {
        return model->encodeSentences(sentences, context);
    };
    return index::snippetsByVector(texts, queryVector, query.text, encode, words ? &*words : nullptr);
}

SearchSession::SearchSession(std::unique_ptr<State> state) : m_state(std::move(state)) {}
SearchSession::~SearchSession() = default;

Result<std::unique_ptr<SearchSession>> SearchSession::open(const std::filesystem::path& project) {
    auto state = std::make_unique<State>();
    ESPALIER_ASSIGN(state->project, project::Project::open(project, project::Access::ReadOnly));
    return std::unique_ptr<SearchSession>(new SearchSession(std::move(state)));
}

Result<json> SearchSession::search(const json& request, jobs::JobContext& context) {
    const auto begin = std::chrono::steady_clock::now();
    ESPALIER_ASSIGN(Query query, parseQuery(request));
    State& s = *m_state;
    ESPALIER_TRY(s.refresh());
    LabelId branch;
    if (!query.branch.empty()) {
        ESPALIER_ASSIGN(branch, s.snapshot->tree.resolve(query.branch));
    }
    if (s.rows->keys.empty())
        return makeError(ErrorCode::InvalidState, "this project has no documents yet; import some first");
    if (!query.mode && query.model.empty()) {
        ESPALIER_ASSIGN(const auto models, s.project->models());
        query.mode = models.empty() ? Mode::Words : Mode::Hybrid;
    }
    const Mode mode = query.mode.value_or(Mode::Hybrid);
    if (mode != Mode::Words) {
        ESPALIER_ASSIGN(const auto info, findVectors(*s.project, query.model));
        ESPALIER_TRY(s.needModel(info, query));
    }
    if (mode != Mode::Dense) ESPALIER_TRY(s.needWords(context));
    ESPALIER_TRY(context.checkStop());

    // One score a row: rows are those of the vectors, or of the word index.
    std::vector<float> scores, queryVector;
    if (mode != Mode::Words) {
        ESPALIER_ASSIGN(const DenseRows encoded, s.model->encoder->encode({query.text}, context));
        queryVector.assign(encoded.values.begin(), encoded.values.end());
        ESPALIER_ASSIGN(scores, s.model->vectors.scores(queryVector, std::max(1, query.threads)));
    }
    if (mode != Mode::Dense) {
        std::vector<float> byWords = s.words->scores(query.text);
        if (mode == Mode::Hybrid) {
            std::vector<float> aligned;
            for (const std::int64_t row : s.model->wordRow) aligned.push_back(byWords[static_cast<std::size_t>(row)]);
            scores = index::hybrid(scores, aligned);
        } else {
            scores = std::move(byWords);
        }
    }
    const std::span<const DocumentKey> keys =
        mode == Mode::Words ? std::span<const DocumentKey>(s.rows->keys) : s.model->vectors.keys();
    const std::span<const std::int32_t> order =
        mode == Mode::Words ? std::span<const std::int32_t>() : s.model->vectors.order();
    const auto rowCount = static_cast<std::int64_t>(keys.size());
    const index::RowRanges all = index::RowRanges::all(rowCount);
    const index::RowRanges within = !branch ? all : index::RowRanges::where(rowCount, [&](std::int64_t row) {
        return s.inBranch(keys[static_cast<std::size_t>(row)], branch);
    });
    const auto matches = index::matchingRows(
        scores, all, mode == Mode::Words ? index::MatchRule::Positive : index::MatchRule::Best, order);
    const auto matchesWithin =
        std::count_if(matches.begin(), matches.end(), [&](std::int64_t row) { return within.contains(row); });
    const auto hits = index::topK(scores, within, query.k, order);
    std::vector<project::DocumentRecord> records;
    for (const auto& hit : hits) {
        ESPALIER_ASSIGN(auto record, s.project->document(keys[static_cast<std::size_t>(hit.row)]));
        records.push_back(std::move(record));
    }
    const auto milliseconds = [begin] {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    };
    json answer{{"query", query.text},
                {"mode", modeName(mode)},
                {"model", mode == Mode::Words ? json(nullptr) : json(s.model->info.name)},
                {"branch", branch ? json(s.snapshot->tree.pathNames(branch)) : json(nullptr)},
                {"matches", matchesWithin},
                {"results", s.listed(hits, records)},
                {"facets", s.facets(matches, keys)},
                {"ms", milliseconds()}};
    if (query.hitsFirst && mode != Mode::Words) context.emit({{"event", "hits"}, {"result", answer}});
    ESPALIER_ASSIGN(const auto snippets, s.snippets(records, mode, query, queryVector, context));
    for (std::size_t i = 0; i < snippets.size(); ++i) answer["results"][i]["snippet"] = snippets[i];
    answer["ms"] = milliseconds();
    return answer;
}

}  // namespace espalier::pipeline
