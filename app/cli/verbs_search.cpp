// SPDX-License-Identifier: Apache-2.0
/// search, eval.
#include <algorithm>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "core/pipeline/search_session.h"

namespace espalier::cli {
using nlohmann::json;

namespace {

std::string wrapped(const std::string& text, int columns, const std::string& indent) {
    std::string out, line;
    const int width = (columns > 0 ? std::min(columns, 110) : 110) - static_cast<int>(indent.size());
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t begin = text.find_first_not_of(" \t\r\n", at);
        if (begin == std::string::npos) break;
        at = std::min(text.find_first_of(" \t\r\n", begin), text.size());
        const std::string word = text.substr(begin, at - begin);
        if (!line.empty() && displayWidth(line) + 1 + displayWidth(word) > width) {
            out += indent + line + "\n";
            line.clear();
        }
        line += (line.empty() ? "" : " ") + word;
    }
    return line.empty() ? out : out + indent + line + "\n";
}

std::string searchText(const json& object, int columns) {
    constexpr std::size_t kFacetsShown = 8;
    const auto names = [](const json& path) { return path.get<std::vector<std::string>>(); };
    std::string text = formatCount(object["matches"].get<std::int64_t>()) + " matches";
    if (!object["branch"].is_null()) text += " in " + formatPath(names(object["branch"]));
    text += " by " + object["mode"].get<std::string>();
    if (object["model"].is_string()) text += " with \"" + object["model"].get<std::string>() + "\"";
    text += " in " + formatSeconds(object["ms"].get<double>() / 1000) + "\n";
    for (const json& hit : object["results"]) {
        const auto path = names(hit["path"]);
        std::string title = hit["title"].get<std::string>();
        if (title.empty()) title = hit["id"].get<std::string>();
        text += "\n" + std::to_string(hit["rank"].get<std::int64_t>()) + ". " + title + "  (" +
                formatNumber(hit["score"].get<double>(), 3) + ")\n";
        text += "   " + (path.empty() ? std::string("no label") : formatPath(path)) + "   " +
                hit["id"].get<std::string>() + "\n";
        text += wrapped(hit["snippet"].get<std::string>(), columns, "   ");
    }
    TextTable facets;
    facets.column("Matches", TextTable::Align::Right);
    facets.column("Label", TextTable::Align::Left, true);
    facets.column("Id", TextTable::Align::Right);
    for (const json& facet : object["facets"]) {
        if (facet["path"].size() != 1) continue;
        facets.row({formatCount(facet["count"].get<std::int64_t>()), formatPath(names(facet["path"])),
                    std::to_string(facet["node"].get<std::int64_t>())});
        if (facets.rows() == kFacetsShown) break;
    }
    if (!facets.empty()) text += "\n" + facets.text(columns);
    return text;
}

void addSearch(Commands& commands) {
    struct Options {
        std::string project, query, model, branch, mode;
        std::int64_t k = 10;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app =
        commands.add("search", "Search all documents or a branch", [options](Call& call) -> Result<Outcome> {
            json request{{"query", options->query},
                         {"k", options->k},
                         {"threads", call.common.threads},
                         {"device", call.common.device}};
            if (!options->model.empty()) request["model"] = options->model;
            if (!options->branch.empty()) request["branch"] = options->branch;
            if (!options->mode.empty()) request["mode"] = options->mode;
            ESPALIER_ASSIGN(const auto session, pipeline::SearchSession::open(options->project));
            ESPALIER_ASSIGN(const json object, session->search(request, call.context));
            return Outcome{object, searchText(object, call.console.columns())};
        });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("query", options->query, "What to look for")->required()->type_name("");
    app->add_option("--model", options->model, "tfidf, base, a run or a folder (default: the one embedded last)")
        ->type_name("MODEL");
    app->add_option("--branch", options->branch, "Only documents under this label (id or path)")->type_name("LABEL");
    app->add_option("-k", options->k, "Results (default 10)")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
        ->type_name("K");
    app->add_option("--mode", options->mode, "dense, words or hybrid (default hybrid once vectors exist)")
        ->check(CLI::IsMember({"dense", "words", "hybrid"}))
        ->type_name("MODE");
}

std::string figure(const json& value) {
    return value.is_number() ? formatNumber(value.get<double>(), 3) : "-";
}

std::string evalText(const json& object, int columns) {
    std::string text = object["protocol"].get<std::string>() + "\n";
    TextTable levels, retrieval, hierarchical, agreement;
    levels.column("Model", TextTable::Align::Left, true);
    for (const char* title : {"Level", "Documents", "kNN accuracy", "Purity@10", "Silhouette"})
        levels.column(title, TextTable::Align::Right);
    retrieval.column("Model", TextTable::Align::Left, true);
    for (const char* title : {"Queries", "nDCG@10", "MRR@10", "MAP", "P@10", "Recall@100", "Hit@10"})
        retrieval.column(title, TextTable::Align::Right);
    hierarchical.column("Model", TextTable::Align::Left, true);
    for (const char* title : {"Path precision", "Path recall", "Path F1"})
        hierarchical.column(title, TextTable::Align::Right);
    for (const json& model : object["models"]) {
        const std::string name = model["model"].get<std::string>();
        for (const json& level : model["levels"]) {
            levels.row({name, std::to_string(level["level"].get<int>()), formatCount(level["n"].get<std::int64_t>()),
                        figure(level["knn_accuracy"]), figure(level["purity@10"]), figure(level["silhouette"])});
        }
        if (const json& h = model["hierarchical"]; h.is_object())
            hierarchical.row({name, figure(h["precision"]), figure(h["recall"]), figure(h["f1"])});
        if (const json& r = model["retrieval"]; r.is_object()) {
            retrieval.row({name, formatCount(r["queries"].get<std::int64_t>()), figure(r["ndcg@10"]),
                           figure(r["mrr@10"]), figure(r["map"]), figure(r["p@10"]), figure(r["recall@100"]),
                           figure(r["hit@10"])});
        }
    }
    for (const char* title : {"Level", "NMI", "ARI", "Purity", "Path F1"})
        agreement.column(title, TextTable::Align::Right);
    for (const json& row : object["tree_vs_reference"]) {
        agreement.row({std::to_string(row["level"].get<int>()), figure(row["nmi"]), figure(row["ari"]),
                       figure(row["purity"]), figure(row["hf"])});
    }
    if (!levels.empty()) text += "\n" + levels.text(columns);
    if (!hierarchical.empty()) text += "\n" + hierarchical.text(columns);
    if (!retrieval.empty()) text += "\n" + retrieval.text(columns);
    if (const json& skipped = object["skipped_queries"]; skipped.is_number() && skipped.get<std::int64_t>() > 0) {
        text += formatCount(skipped.get<std::int64_t>()) + " queries without a relevant document are left out\n";
    }
    if (!agreement.empty()) text += "\nThe label tree against the reference labels\n" + agreement.text(columns);
    return text;
}

void addEval(Commands& commands) {
    struct Options {
        std::string project, labels, queries, qrels, runOut;
        std::vector<std::string> models;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = commands.add(
        "eval", "Measure models on labels and on judged queries", [options](Call& call) -> Result<Outcome> {
            json job = jobOptions(call.common);
            if (!options->models.empty()) job["model"] = options->models;
            for (const auto& [key, value] :
                 {std::pair{"labels", &options->labels}, std::pair{"queries", &options->queries},
                  std::pair{"qrels", &options->qrels}, std::pair{"run_out", &options->runOut}}) {
                if (!value->empty()) job[key] = *value;
            }
            ESPALIER_ASSIGN(const json object, runJobOnly(call, options->project, "eval", job));
            return Outcome{object, evalText(object, call.console.columns())};
        });
    commands.markLong("eval");
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("--model", options->models,
                    "tfidf, base, a run or a folder; repeat it to compare (default: the one embedded last)")
        ->take_all()
        ->expected(1)
        ->type_name("MODEL");
    app->add_option("--labels", options->labels, "tree or reference (default reference where the corpus has them)")
        ->check(CLI::IsMember({"tree", "reference"}))
        ->type_name("LABELS");
    CLI::Option* queries = app->add_option("--queries", options->queries,
                                           "BEIR queries (jsonl, .gz); default: those that came with the corpus")
                               ->type_name("FILE");
    CLI::Option* qrels = app->add_option("--qrels", options->qrels, "BEIR judgements (tsv, .gz)")->type_name("FILE");
    queries->needs(qrels);
    qrels->needs(queries);
    app->add_option("--run-out", options->runOut, "Write the rankings as a TREC run file (one model)")
        ->type_name("FILE");
    app->callback([options] {
        if (!options->runOut.empty() && options->models.size() > 1) {
            throw CLI::ValidationError("--run-out", "takes the rankings of one model; name one --model");
        }
    });
}

}  // namespace

void addSearchVerbs(Commands& commands) {
    addSearch(commands);
    addEval(commands);
}

}  // namespace espalier::cli
