// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "core/base/platform.h"
#include "core/eval/label_metrics.h"
#include "core/eval/retrieval_metrics.h"
#include "core/eval/run_file.h"
#include "core/index/ranking.h"
#include "core/nn/tree_sampler.h"
#include "core/pipeline/corpus_rows.h"
#include "core/pipeline/detail/jobs.h"
#include "core/pipeline/model_lookup.h"
#include "core/project/project.h"
#include "core/text/corpus_reader.h"

namespace espalier::pipeline::detail {
using nlohmann::json;

namespace {
constexpr int kNeighbours = 10;

struct EvalOptions {
    std::vector<std::string> models;
    std::string labels, queries, qrels, runOut, device;
    int threads = 0;
    std::uint64_t seed = 42;
};

Result<EvalOptions> parseOptions(JobOptions& options) {
    EvalOptions eval;
    eval.models = options.texts("model");
    eval.labels =
        options.given("labels") ? options.choice("labels", "reference", {"tree", "reference"}) : std::string();
    if (eval.labels.empty()) (void)options.text("labels");
    eval.queries = options.text("queries");
    eval.qrels = options.text("qrels");
    eval.runOut = options.text("run_out");
    eval.threads = options.threads();
    eval.device = options.device();
    eval.seed = options.seed();
    ESPALIER_TRY(options.finish());
    if (eval.queries.empty() != eval.qrels.empty()) {
        return makeError(ErrorCode::InvalidArgument, "--queries and --qrels go together");
    }
    if (!eval.runOut.empty() && eval.models.size() > 1) {
        return makeError(ErrorCode::InvalidArgument, "--run-out takes the rankings of one model; name one --model");
    }
    if (eval.threads == 0) eval.threads = platform::processorCount();
    return eval;
}

/// Documents with both kinds of labels, ascending id bytes.
struct Labelled {
    std::vector<DocumentKey> keys;
    std::vector<eval::Labels> reference;  ///< [level][document]
    std::vector<eval::Labels> tree;       ///< the same, carried forward where a branch ends early
    std::unordered_map<DocumentKey, std::size_t> placeOf;
};

Result<Labelled> readLabels(project::Project& project, jobs::JobContext& context) {
    Labelled labelled;
    std::vector<std::vector<std::string>> referencePaths;
    const auto read = [&](DocumentKey key, const text::Document& document, const std::string&) -> Status {
        ESPALIER_TRY(context.checkStop());
        labelled.placeOf.emplace(key, labelled.keys.size());
        labelled.keys.push_back(key);
        referencePaths.push_back(document.labels);
        return {};
    };
    ESPALIER_TRY(project.forEachDocument(read));
    labelled.reference = eval::pathLabels(referencePaths);

    ESPALIER_ASSIGN(const auto snapshot, project.tree());
    ESPALIER_ASSIGN(const auto hard, project.hardLabels());
    const int levels = snapshot->tree.depth();
    std::vector<std::vector<std::int64_t>> paths(labelled.keys.size());
    for (const auto& [key, label] : hard) {
        const auto place = labelled.placeOf.find(key);
        if (place == labelled.placeOf.end() || !label || !snapshot->tree.contains(label)) continue;
        for (const LabelId step : snapshot->tree.path(label)) paths[place->second].push_back(step.value);
    }
    nn::carryForward(paths, levels);
    std::map<std::int64_t, std::int32_t> number;
    for (const auto& path : paths) {
        for (const std::int64_t id : path) number.emplace(id, 0);
    }
    std::int32_t next = 0;
    for (auto& [id, place] : number) place = next++;
    labelled.tree.assign(static_cast<std::size_t>(levels), eval::Labels(labelled.keys.size(), -1));
    for (std::size_t d = 0; d < paths.size(); ++d) {
        for (std::size_t l = 0; l < paths[d].size(); ++l) labelled.tree[l][d] = number.at(paths[d][l]);
    }
    return labelled;
}

struct JudgedQueries {
    std::vector<text::Query> queries;  ///< with a positive judgement
    eval::Judgements judgements;
    std::int64_t skipped = 0;
    bool any = false;
};

Result<JudgedQueries> readQueries(project::Project& project, const EvalOptions& options, jobs::JobContext& context) {
    std::vector<text::Query> queries;
    std::vector<text::Judgement> judgements;
    if (!options.queries.empty()) {
        std::vector<text::RejectedRow> rejected;
        ESPALIER_ASSIGN(queries, text::readQueries(options.queries, &rejected));
        ESPALIER_ASSIGN(judgements, text::readJudgements(options.qrels, &rejected));
        if (!rejected.empty()) {
            context.warning(std::to_string(rejected.size()) +
                            " lines of the queries and judgements were not understood, the first in line " +
                            std::to_string(rejected.front().line) + " of " + rejected.front().source + ": " +
                            rejected.front().reason);
        }
        if (queries.empty())
            return makeError(ErrorCode::InvalidArgument, "there is no query in " + options.queries, options.queries);
    } else {
        ESPALIER_ASSIGN(queries, project.queries());
        ESPALIER_ASSIGN(judgements, project.judgements());
    }
    JudgedQueries judged;
    judged.any = !queries.empty();
    for (const auto& judgement : judgements)
        judged.judgements[judgement.queryId][judgement.documentId] = judgement.score;
    for (auto& query : queries) {
        const auto found = judged.judgements.find(query.id);
        const bool positive =
            found != judged.judgements.end() &&
            std::any_of(found->second.begin(), found->second.end(), [](const auto& pair) { return pair.second > 0; });
        if (positive)
            judged.queries.push_back(std::move(query));
        else
            ++judged.skipped;
    }
    return judged;
}

Result<std::vector<eval::Ranking>> rank(const JudgedQueries& judged, const index::VectorIndex& vectors,
                                        const CorpusRows& rows, TextEncoder& encoder, const EvalOptions& options,
                                        jobs::JobContext& context) {
    std::vector<eval::Ranking> rankings;
    const index::RowRanges all = index::RowRanges::all(vectors.rows());
    constexpr std::size_t kBatch = 64;
    for (std::size_t begin = 0; begin < judged.queries.size(); begin += kBatch) {
        const std::size_t end = std::min(begin + kBatch, judged.queries.size());
        std::vector<std::string> texts;
        for (std::size_t q = begin; q < end; ++q) texts.push_back(judged.queries[q].text);
        ESPALIER_ASSIGN(const DenseRows encoded, encoder.encode(texts, context));
        for (std::size_t q = begin; q < end; ++q) {
            ESPALIER_TRY(context.checkStop());
            ESPALIER_ASSIGN(const auto hits, vectors.search(encoded.row(static_cast<std::int64_t>(q - begin)),
                                                            eval::kRankingDepth, all, options.threads));
            eval::Ranking ranking;
            ranking.queryId = judged.queries[q].id;
            for (const auto& hit : hits) {
                const std::int64_t row = rows.rowOf.at(vectors.key(hit.row));
                ranking.documents.push_back({rows.ids[static_cast<std::size_t>(row)], static_cast<double>(hit.score)});
            }
            rankings.push_back(std::move(ranking));
        }
        context.progress("queries", static_cast<std::int64_t>(end), static_cast<std::int64_t>(judged.queries.size()));
    }
    return rankings;
}

json orNull(const std::optional<double>& value) {
    return value ? json(*value) : json(nullptr);
}

json retrievalJson(const eval::RetrievalReport& report) {
    return {{"ndcg@10", report.mean.ndcg10}, {"mrr@10", report.mean.mrr10},         {"map", report.mean.map},
            {"p@10", report.mean.p10},       {"recall@100", report.mean.recall100}, {"hit@10", report.mean.hit10},
            {"queries", report.queries}};
}

json levelsJson(const eval::LabelReport& report) {
    json levels = json::array();
    for (const auto& level : report.levels) {
        levels.push_back({{"level", level.level},
                          {"n", level.n},
                          {"knn_accuracy", orNull(level.knnAccuracy)},
                          {"purity@10", orNull(level.purity)},
                          {"silhouette", orNull(level.silhouette)}});
    }
    return levels;
}

json hierarchicalJson(const eval::LabelReport& report) {
    if (!report.hierarchical) return nullptr;
    const auto& micro = report.hierarchical->micro;
    return {{"precision", micro.precision}, {"recall", micro.recall}, {"f1", micro.f1}};
}

json agreementJson(const Labelled& labelled) {
    json rows = json::array();
    if (labelled.tree.empty() || labelled.reference.empty()) return rows;
    for (const auto& level : eval::treeAgreement(labelled.tree, labelled.reference)) {
        rows.push_back({{"level", level.level},
                        {"nmi", orNull(level.nmi)},
                        {"ari", orNull(level.ari)},
                        {"purity", orNull(level.purity)},
                        {"hf", orNull(level.hf)}});
    }
    return rows;
}

/// The labels of the rows of a model's vectors.
std::vector<eval::Labels> labelsOfRows(const std::vector<eval::Labels>& levels, const Labelled& labelled,
                                       const index::VectorIndex& vectors) {
    std::vector<eval::Labels> out;
    for (const auto& level : levels) {
        eval::Labels row;
        for (const DocumentKey key : vectors.keys()) row.push_back(level[labelled.placeOf.at(key)]);
        out.push_back(std::move(row));
    }
    return out;
}
}  // namespace

Result<json> runEval(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    ESPALIER_ASSIGN(EvalOptions eval, parseOptions(options));
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    std::vector<project::ModelInfo> models;
    if (eval.models.empty()) eval.models.emplace_back();
    for (const std::string& name : eval.models) {
        ESPALIER_ASSIGN(auto info, findVectors(*project, name));
        models.push_back(std::move(info));
    }
    ESPALIER_ASSIGN(const Labelled labelled, readLabels(*project, context));
    if (eval.labels.empty()) eval.labels = labelled.reference.empty() ? "tree" : "reference";
    const auto& levels = eval.labels == "tree" ? labelled.tree : labelled.reference;
    ESPALIER_ASSIGN(const JudgedQueries judged, readQueries(*project, eval, context));
    if (!eval.runOut.empty() && judged.queries.empty()) {
        return makeError(ErrorCode::InvalidState,
                         "there is no query with a relevant document to rank; name some with --queries and --qrels");
    }
    if (levels.empty() && judged.queries.empty()) {
        return makeError(
            ErrorCode::InvalidState,
            eval.labels == "tree"
                ? "there is nothing to evaluate on: build the tree, or name --queries and --qrels"
                : "there is nothing to evaluate on: the corpus came without reference labels and without queries");
    }
    ESPALIER_ASSIGN(const CorpusRows rows, CorpusRows::read(*project));
    json modelRows = json::array();
    std::string protocol;
    for (const auto& model : models) {
        ESPALIER_ASSIGN(const auto vectors, vectorIndex(model, rows));
        json row{{"model", model.name}, {"retrieval", nullptr}, {"levels", json::array()}, {"hierarchical", nullptr}};
        if (!levels.empty()) {
            DenseRows dense{vectors.rows(), vectors.dim(), {}};
            dense.values.reserve(static_cast<std::size_t>(vectors.rows() * vectors.dim()));
            for (std::int64_t r = 0; r < vectors.rows(); ++r) {
                const auto vector = vectors.vector(r);
                dense.values.insert(dense.values.end(), vector.begin(), vector.end());
            }
            eval::LabelMetricsOptions metrics;
            metrics.k = kNeighbours;
            metrics.seed = eval.seed;
            metrics.threads = eval.threads;
            const auto rowLabels = labelsOfRows(levels, labelled, vectors);
            ESPALIER_ASSIGN(const auto report, eval::evaluateLabels(dense, rowLabels, metrics, context));
            row["levels"] = levelsJson(report);
            row["hierarchical"] = hierarchicalJson(report);
            if (protocol.empty())
                protocol = (eval.labels == "tree" ? "Labels of the tree: transductive, "
                                                  : "Reference labels: transductive, ") +
                           report.protocol;
        }
        if (!judged.queries.empty()) {
            ESPALIER_ASSIGN(const auto encoder, openModel(model, eval.device, eval.threads));
            ESPALIER_ASSIGN(const auto rankings, rank(judged, vectors, rows, *encoder, eval, context));
            row["retrieval"] = retrievalJson(eval::evaluateRetrieval(rankings, judged.judgements));
            if (!eval.runOut.empty()) ESPALIER_TRY(eval::writeRunFile(eval.runOut, rankings));
        }
        modelRows.push_back(std::move(row));
    }
    if (!judged.queries.empty()) {
        protocol += (protocol.empty() ? "" : ". ") +
                    std::string("Queries: cosine over all documents, depth 1,000, trec_eval's definitions.");
    }
    return json{{"protocol", protocol},
                {"models", std::move(modelRows)},
                {"tree_vs_reference", agreementJson(labelled)},
                {"skipped_queries", judged.any ? json(judged.skipped) : json(nullptr)}};
}

}  // namespace espalier::pipeline::detail
