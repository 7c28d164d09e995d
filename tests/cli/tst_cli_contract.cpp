// SPDX-License-Identifier: Apache-2.0
/// The command line itself: help, unknown words, and every verb's object on one small project, in the order a person
/// would go.
#include <QDir>
#include <QTest>

#include "tests/cli/programs.h"
#include "tests/core/nn/tiny_encoder.h"

using namespace espalier::test;

namespace {
const std::vector<std::string> kVerbs{
    "create", "import", "status", "documents",   "build",     "tree",  "memberships", "embed",  "train",
    "run",    "search", "eval",   "edit",        "undo",      "redo",  "history",     "assign", "export",
    "info",   "check",  "expect", "import-tree", "proposals", "split", "refit",       "why"};
const std::vector<std::string> kLaterVerbs{"distil", "compare", "layout"};
const std::vector<std::string> kQuickBuild{"--perturbations", "3", "--k-max", "5", "--min-docs", "24"};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}
}  // namespace

class TestCliContract : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project = (m_folder / "Small.espalier").string();
    std::string m_model;

private Q_SLOTS:
    void initTestCase() {
        m_model = writeTinyEncoder(m_folder / "tiny").string();
        m_folder.write("corpus.jsonl", toJsonl(plantedDocuments(3, 2, 20)));
    }

    void helpNamesEveryVerbAndNoOther() {
        const Answer help = cliPlain({"--help"});
        QCOMPARE(help.status, 0);
        for (const auto& verb : kVerbs) {
            const Answer answer = cliPlain({verb, "--help"});
            QVERIFY2(answer.status == 0, answer.why().c_str());
            QVERIFY2(answer.out.contains("--json") && answer.out.contains("--threads") &&
                         answer.out.contains("--seed") && answer.out.contains("--device") &&
                         answer.out.contains("--quiet"),
                     verb.c_str());
            QVERIFY2(help.out.contains(("  " + verb + " ").c_str()), verb.c_str());
        }
        for (const auto& verb : kLaterVerbs) {
            QVERIFY2(!help.out.contains(("  " + verb + " ").c_str()), verb.c_str());
            VERIFY_REFUSED(cli({verb, m_project}), 2);
        }
        const Answer version = cliPlain({"--version"});
        QCOMPARE(version.status, 0);
        QVERIFY(version.out.startsWith("espalier-cli "));
    }

    void wrongCommandLines_data() {
        QTest::addColumn<QStringList>("arguments");
        const auto row = [](const char* name, const QStringList& arguments) { QTest::newRow(name) << arguments; };
        row("nothing", {});
        row("unknown verb", {"grow", "x"});
        row("unknown option", {"status", "x", "--colour"});
        row("preset unknown", {"build", "x", "--preset", "tiny"});
        row("resampler unknown", {"build", "x", "--resampler", "dice"});
        row("matching unknown", {"build", "x", "--matching", "best"});
        row("search unknown", {"build", "x", "--search", "guess"});
        row("noise 1", {"build", "x", "--noise", "1"});
        row("option of a later part", {"build", "x", "--holdout", "0.1"});
        row("loss of a later part", {"train", "x", "--loss", "supcon"});
        row("option of a later part 3", {"train", "x", "--resume", "r"});
        row("precision of a later part", {"embed", "x", "--model", "m", "--precision", "bf16"});
        row("edit unknown", {"edit", "x", "freeze", "1"});
        row("pin without label", {"edit", "x", "pin", "d1"});
        row("--not with another edit", {"edit", "x", "unpin", "d1", "2", "--not"});
        row("share without a value", {"edit", "x", "share", "d1", "2"});
        row("share of no number", {"edit", "x", "share", "d1", "2", "half"});
        row("share of NaN", {"edit", "x", "share", "d1", "2", "nan"});
        row("share over 1", {"edit", "x", "share", "d1", "2", "1.01"});
        row("share under 0", {"edit", "x", "share", "d1", "2", "-0.01"});
        row("share in percent", {"edit", "x", "share", "d1", "2", "60%"});
        row("unshare with a value", {"edit", "x", "unshare", "d1", "2", "0.5"});
        row("edit without operation", {"edit", "x"});
        row("too few arguments of an edit", {"edit", "x", "rename", "1"});
        row("too many arguments of an edit", {"edit", "x", "note", "1", "a", "b"});
        row("--to with another edit", {"edit", "x", "rename", "1", "b", "--to", "3"});
        row("index is no number", {"edit", "x", "move", "1", "2", "first"});
        row("expect without operation", {"expect", "x"});
        row("expect unknown operation", {"expect", "x", "forget"});
        row("expect nothing", {"expect", "x", "add"});
        row("expect no form", {"expect", "x", "add", "all is well"});
        row("expect no percentage",
            {"expect", "x", "add", "at least 200 % of documents with reference label a are under b"});
        row("expect remove no number", {"expect", "x", "remove", "first"});
        row("expect list of something", {"expect", "x", "list", "1"});
        row("project missing", {"status"});
        row("depth 0", {"build", "x", "--depth", "0"});
        row("threshold 2", {"build", "x", "--threshold", "2"});
        row("solver unknown", {"build", "x", "--solver", "als"});
        row("threads 0", {"build", "x", "--threads", "0"});
        row("threads is no number", {"build", "x", "--threads", "two"});
        row("device unknown", {"embed", "x", "--model", "m", "--device", "tpu"});
        row("seed negative", {"build", "x", "--seed", "-1"});
        row("embed without model", {"embed", "x"});
        row("run name reserved", {"train", "x", "--name", "base"});
        row("run name bad", {"train", "x", "--name", "a/b"});
        row("schedule unknown", {"train", "x", "--schedule", "upwards"});
        row("mode unknown", {"search", "x", "q", "--mode", "fuzzy"});
        row("k 0", {"search", "x", "q", "-k", "0"});
        row("queries without judgements", {"eval", "x", "--queries", "q.jsonl"});
        row("run file of two models", {"eval", "x", "--model", "a", "--model", "b", "--run-out", "r"});
        row("format of another export", {"export", "x", "--what", "model", "--out", "y", "--format", "csv"});
        row("export of nothing", {"export", "x", "--out", "y"});
        row("tree as text and JSON", {"tree", "x", "--format", "csv"});
        row("taxonomy of no known format", {"import-tree", "x", "a.ttl", "--format", "n3"});
        row("taxonomy merged and replaced", {"import-tree", "x", "a.ttl", "--merge", "--replace"});
        row("taxonomy without a file", {"import-tree", "x"});
        row("proposals to accept missing", {"proposals", "x", "accept"});
        row("proposal that is none", {"proposals", "x", "accept", "name"});
        row("order unknown", {"documents", "x", "--order", "size"});
        row("note without text", {"run", "x", "note", "r"});
        row("document missing", {"memberships", "x"});
    }
    void wrongCommandLines() {
        QFETCH(QStringList, arguments);
        const Answer answer = runProgram(program("espalier-cli"), arguments + QStringList{"--json"});
        VERIFY_REFUSED(answer, 2);
        QCOMPARE(answer.errorCode(), std::string("invalid_argument"));
        QVERIFY(!answer.err.isEmpty());
    }

    void createsOnce() {
        const Answer made = cli({"create", m_project});
        VERIFY_ANSWER(made, {"project"});
        SAME_JSON(made.object["project"], m_project);
        VERIFY_REFUSED(cli({"create", m_project}), 3);
        VERIFY_ANSWER(cli({"create", (m_folder / "deep" / "er" / "P.espalier").string()}), {"project"});
    }

    void emptyProjectAnswers() {
        const Answer status = cli({"status", m_project});
        VERIFY_ANSWER(status, {"documents", "unassigned", "revision", "levels", "models", "runs"});
        SAME_JSON(status.object["documents"], 0);
        VERIFY_REFUSED(cli({"search", m_project, "w1"}), 3);
        VERIFY_REFUSED(cli({"undo", m_project}), 3);
        VERIFY_REFUSED(cli({"assign", m_project}), 3);
        VERIFY_REFUSED(cli({"eval", m_project}), 3);
        VERIFY_REFUSED(cli({"embed", m_project, "--model", "tfidf"}), 3);
    }

    void imports() {
        const Answer answer = cli({"import", m_project, (m_folder / "corpus.jsonl").string()});
        VERIFY_ANSWER(answer, {"read", "kept", "duplicates", "empty", "rejected", "rejected_file", "ignored"});
        SAME_JSON(answer.object["kept"], 120);
        SAME_JSON(answer.object["read"], 120);
        QVERIFY(answer.object["rejected_file"].is_null());
        for (const QByteArray& line : answer.err.split('\n')) {
            if (!line.isEmpty())
                QVERIFY2(json::parse(line.toStdString(), nullptr, false).contains("event"), line.constData());
        }
        const Answer again = cli({"import", m_project, (m_folder / "corpus.jsonl").string()});
        SAME_JSON(again.object["duplicates"], 120);
    }

    void builds() {
        const Answer trial = cli(with({"build", m_project, "--dry-run"}, kQuickBuild));
        VERIFY_ANSWER(trial, {"revision", "nodes", "depth", "levels", "unassigned", "stop_reasons", "seconds",
                              "peak_mb", "hash"});
        QVERIFY(trial.object["revision"].is_null());
        SAME_JSON(cli({"status", m_project}).object["unassigned"], 120);
        const Answer foretold = cli(with({"build", m_project, "--estimate"}, kQuickBuild));
        VERIFY_ANSWER(foretold, {"estimate", "revision", "nodes", "depth", "levels", "unassigned", "stop_reasons",
                                 "seconds", "peak_mb", "hash"});
        for (const json& cost : {foretold.object["estimate"], trial.object["estimate"]}) {
            SAME_JSON(cost["documents"], 120);
            QVERIFY(cost["seconds"].get<double>() > 0 && cost["low"] <= cost["seconds"] &&
                    cost["seconds"] <= cost["high"]);
            const double peak = trial.object["peak_mb"].get<double>();
            QVERIFY(cost["peak_mb"].get<double>() < 2 * peak && cost["peak_mb"].get<double>() > peak / 2);
        }
        SAME_JSON(cli({"status", m_project}).object["unassigned"], 120);
        const Answer built = cli(with({"build", m_project}, kQuickBuild));
        VERIFY_ANSWER(built, {"revision", "nodes", "depth", "levels", "unassigned", "stop_reasons", "seconds",
                              "peak_mb", "hash"});
        QVERIFY(built.object["revision"].is_number_integer());
        QVERIFY2(built.object["nodes"].get<int>() >= 3, built.out.constData());
        SAME_JSON(built.object["hash"], trial.object["hash"]);
        SAME_JSON(built.object["state"], "done");
        int estimates = 0, labels = 0, whole = 0;
        for (const QByteArray& line : built.err.split('\n')) {
            if (line.isEmpty()) continue;
            const json event = json::parse(line.toStdString());
            if (event["event"] == "estimate") ++estimates;
            if (event["event"] == "whole") ++whole;
            if (event["event"] != "label") continue;
            ++labels;
            QVERIFY(!event["name"].get<std::string>().empty() && !event["terms"].empty());
            QVERIFY(event["documents"].get<int>() > 0 && event["parent"] < event["id"]);
        }
        QCOMPARE(estimates, 1);
        QVERIFY(whole > labels / 2 && whole <= labels);  // every leaf, no inner label
        SAME_JSON(built.object["nodes"], labels);
        SAME_JSON(built.object["levels"][0]["level"], 0);
        VERIFY_REFUSED(cli(with({"build", m_project}, kQuickBuild)), 3);
        VERIFY_ANSWER(cli(with({"build", m_project, "--replace"}, kQuickBuild)), {"revision"});
    }

    void treeAndMemberships() {
        const Answer tree = cli({"tree", m_project});
        VERIFY_ANSWER(tree, {"id", "parent", "level", "name", "terms", "documents", "mass", "locked", "note",
                             "alternative_names", "stop_reason", "children"});
        QVERIFY(tree.object["parent"].is_null());
        SAME_JSON(tree.object["level"], -1);
        SAME_JSON(tree.object["documents"], 120);
        QVERIFY(!tree.object["children"].empty());
        std::int64_t last = 1000000;
        for (const json& child : tree.object["children"]) {
            std::string missing;
            QVERIFY2(
                hasKeys(child, {"id", "parent", "level", "name", "terms", "documents", "mass", "children"}, missing),
                missing.c_str());
            QVERIFY(child["documents"].get<std::int64_t>() <= last);
            last = child["documents"].get<std::int64_t>();
        }
        VERIFY_ANSWER(cli({"tree", m_project, "--format", "json"}), {"id"});
        QVERIFY(!cliPlain({"tree", m_project}).out.isEmpty());
        QVERIFY(!cliPlain({"tree", m_project, "--format", "csv"}).out.isEmpty());

        const Answer shares = cli({"memberships", m_project, "--document", "d00-3"});
        VERIFY_ANSWER(shares, {"id", "hard", "paths", "residual"});
        double sum = shares.object["residual"].get<double>(), before = 2;
        for (const json& path : shares.object["paths"]) {
            SAME_JSON(path["path"].size(), path["nodes"].size());
            QVERIFY(path["share"].get<double>() <= before);
            before = path["share"].get<double>();
            sum += before;
        }
        QVERIFY(std::abs(sum - 1) < 1e-6);
        VERIFY_REFUSED(cli({"memberships", m_project, "--document", "nobody"}), 3);
    }

    void listsDocuments() {
        const Answer all = cli({"documents", m_project, "--limit", "5"});
        VERIFY_ANSWER(all, {"total", "documents"});
        SAME_JSON(all.object["total"], 120);
        SAME_JSON(all.object["documents"].size(), std::size_t{5});
        std::string missing;
        QVERIFY2(hasKeys(all.object["documents"][0], {"id", "title", "share", "labels"}, missing), missing.c_str());
        const json child = cli({"tree", m_project}).object["children"][0];
        for (const char* order : {"id", "typical", "borderline", "diverse"}) {
            const Answer branch =
                cli({"documents", m_project, "--branch", std::to_string(child["id"].get<int>()), "--order", order});
            VERIFY_ANSWER(branch, {"total"});
            SAME_JSON(branch.object["total"], child["documents"]);
            SAME_JSON(branch.object["documents"][0]["labels"][0], child["name"]);
        }
        VERIFY_REFUSED(cli({"documents", m_project, "--branch", "No such"}), 3);
        // Smart lists: parts of the whole, and what goes with what.
        for (const char* list : {"weak", "borderline", "pinned", "duplicates", "moved"}) {
            const Answer some = cli({"documents", m_project, "--list", list});
            VERIFY_ANSWER(some, {"total", "documents"});
            QVERIFY(some.object["total"].get<int>() <= 120);
        }
        SAME_JSON(cli({"documents", m_project, "--list", "moved", "--since", "0"}).object["total"], 0);
        VERIFY_REFUSED(cli({"documents", m_project, "--list", "moved", "--since", "100000"}), 3);
        VERIFY_REFUSED(cli({"documents", m_project, "--list", "moved", "--since", "-1"}), 2);
        VERIFY_REFUSED(cli({"documents", m_project, "--list", "pinned", "--since", "1"}), 2);
        VERIFY_REFUSED(cli({"documents", m_project, "--list", "heavy"}), 2);
    }

    void searchesByWordsWithoutVectors() {
        VERIFY_REFUSED(cli({"search", m_project, "w1", "--mode", "dense"}), 3);
        const Answer found = cli({"search", m_project, "w1 w2", "-k", "7"});
        VERIFY_ANSWER(found, {"query", "model", "branch", "matches", "results", "facets", "ms"});
        QVERIFY(found.object["model"].is_null());
        SAME_JSON(found.object["results"].size(), std::size_t{7});
        VERIFY_ANSWER(cli({"search", m_project, "status"}), {"results"});  // a verb's name is no verb here
    }

    void embeds() {
        const Answer words = cli({"embed", m_project, "--model", "tfidf"});
        VERIFY_ANSWER(words, {"model", "dim", "documents", "seconds", "docs_per_second", "device", "precision"});
        SAME_JSON(words.object["model"], "tfidf");
        QVERIFY(words.object["dim"].get<int>() <= 256);
        VERIFY_REFUSED(cli({"embed", m_project, "--model", (m_folder / "nothing").string()}), 3);
        const Answer base = cli({"embed", m_project, "--model", m_model, "--precision", "fp32"});
        VERIFY_ANSWER(base, {"model", "dim", "documents", "seconds", "docs_per_second", "device", "precision"});
        SAME_JSON(base.object["model"], "base");
        SAME_JSON(base.object["dim"], 32);
        SAME_JSON(base.object["precision"], "fp32");
        SAME_JSON(base.object["documents"], 120);
        const Answer again = cli({"embed", m_project, "--model", "base"});
        QVERIFY2(again.object["docs_per_second"].is_null(), again.out.constData());  // nothing was computed twice
        SAME_JSON(cli({"status", m_project}).object["models"].size(), std::size_t{2});
    }

    void trainsAndKeepsRuns() {
        VERIFY_REFUSED(cli({"train", m_project, "--model", "tfidf"}), 3);
        VERIFY_REFUSED(cli({"train", m_project, "--model", "nobody"}), 3);
        QVERIFY(cli({"status", m_project}).object["runs"].empty());  // what was refused leaves no run
        const Answer trained =
            cli({"train", m_project, "--model", "base", "--steps", "4", "--batch", "16", "--lr", "1e-3"});
        VERIFY_ANSWER(trained, {"run", "state", "steps", "loss", "validation", "seconds", "docs_per_second",
                                "model_dir", "better", "worse"});
        SAME_JSON(trained.object["run"], "run-1");
        SAME_JSON(trained.object["state"], "done");
        SAME_JSON(trained.object["steps"], 4);
        QVERIFY(QDir(q(trained.object["model_dir"].get<std::string>())).exists(QStringLiteral("model.safetensors")));
        QVERIFY(trained.err.contains("\"metric\""));
        const QDir run(q(m_project + "/runs/run-1"));
        for (const char* file : {"config.json", "events.jsonl"}) QVERIFY2(run.exists(QLatin1String(file)), file);
        VERIFY_REFUSED(cli({"train", m_project, "--model", "base", "--name", "run-1", "--steps", "1"}), 3);
        VERIFY_ANSWER(cli({"embed", m_project, "--model", "run-1"}), {"model"});
        VERIFY_ANSWER(cli({"run", m_project, "note", "run-1", "a short one"}), {"run"});
        VERIFY_ANSWER(cli({"run", m_project, "use", "run-1"}), {"run"});
        SAME_JSON(cli({"search", m_project, "w3"}).object["model"], "run-1");
        const Answer reference = cli({"train", m_project, "--model", "base", "--name", "by-reference", "--labels",
                                      "reference", "--steps", "2", "--batch", "8", "--schedule", "linear-coarse"});
        QVERIFY2(reference.status == 0, reference.why().c_str());
        VERIFY_ANSWER(cli({"run", m_project, "delete", "by-reference"}), {"run"});
        VERIFY_REFUSED(cli({"run", m_project, "delete", "by-reference"}), 3);
        QVERIFY(!QDir(q(m_project + "/runs/by-reference")).exists());
    }

    void searchesByBranch() {
        const json child = cli({"tree", m_project}).object["children"][0];
        const std::string id = std::to_string(child["id"].get<int>());
        for (const char* mode : {"dense", "words", "hybrid"}) {
            const Answer all = cli({"search", m_project, "w1 w2 w50", "--mode", mode, "--model", "base"});
            VERIFY_ANSWER(all, {"query", "model", "branch", "matches", "results", "facets", "ms"});
            QVERIFY(all.object["branch"].is_null());
            const Answer branch = cli(
                {"search", m_project, "w1 w2 w50", "--mode", mode, "--model", "base", "--branch", id, "-k", "1000"});
            VERIFY_ANSWER(branch, {"branch"});
            SAME_JSON(branch.object["results"].size(), child["documents"].get<std::size_t>());
            SAME_JSON(branch.object["facets"], all.object["facets"]);
            for (const json& hit : branch.object["results"]) {
                std::string missing;
                QVERIFY2(hasKeys(hit, {"rank", "id", "title", "score", "path", "snippet"}, missing), missing.c_str());
                SAME_JSON(hit["path"][0], child["name"]);
            }
        }
        VERIFY_REFUSED(cli({"search", m_project, "w1", "--model", "nobody"}), 3);
        VERIFY_REFUSED(cli({"search", m_project, "  "}), 3);
    }

    void evaluates() {
        m_folder.write("queries.jsonl",
                       "{\"_id\":\"q1\",\"text\":\"w1 w2 w3\"}\n{\"_id\":\"q2\",\"text\":\"w9 w10\"}\n");
        m_folder.write("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td00-1\t1\nq1\td00-2\t2\n");
        const Answer measured = cli({"eval", m_project, "--model", "base", "--model", "tfidf"});
        VERIFY_ANSWER(measured, {"protocol", "models", "tree_vs_reference", "skipped_queries"});
        SAME_JSON(measured.object["models"].size(), std::size_t{2});
        for (const json& model : measured.object["models"]) {
            std::string missing;
            QVERIFY2(hasKeys(model, {"model", "retrieval", "levels", "hierarchical"}, missing), missing.c_str());
            SAME_JSON(model["levels"].size(), std::size_t{2});
            QVERIFY2(hasKeys(model["levels"][0], {"level", "n", "knn_accuracy", "purity@10", "silhouette"}, missing),
                     missing.c_str());
            QVERIFY2(hasKeys(model["hierarchical"], {"precision", "recall", "f1"}, missing), missing.c_str());
            QVERIFY(model["retrieval"].is_null());
        }
        QVERIFY(measured.object["models"][1]["levels"][0]["knn_accuracy"].get<double>() >
                0.9);  // words are what was planted
        std::string missing;
        QVERIFY2(hasKeys(measured.object["tree_vs_reference"][0], {"level", "nmi", "ari", "purity", "hf"}, missing),
                 missing.c_str());
        const std::string runFile = (m_folder / "run.trec").string();
        const Answer judged = cli({"eval", m_project, "--model", "tfidf", "--labels", "tree", "--queries",
                                   (m_folder / "queries.jsonl").string(), "--qrels", (m_folder / "qrels.tsv").string(),
                                   "--run-out", runFile});
        VERIFY_ANSWER(judged, {"models"});
        QVERIFY2(hasKeys(judged.object["models"][0]["retrieval"],
                         {"ndcg@10", "mrr@10", "map", "p@10", "recall@100", "hit@10", "queries"}, missing),
                 missing.c_str());
        SAME_JSON(judged.object["skipped_queries"], 1);
        QVERIFY(QFile::exists(q(runFile)));
    }

    void editsUndoesAndRedoes() {
        const json before = cli({"tree", m_project}).object;
        const std::string first = std::to_string(before["children"][0]["id"].get<int>());
        const std::string second = std::to_string(before["children"][1]["id"].get<int>());
        const Answer made = cli({"edit", m_project, "new", "/", "New / label"});
        VERIFY_ANSWER(made, {"revision", "edit", "label"});
        VERIFY_ANSWER(cli({"edit", m_project, "rename", "New \\/ label", "Renamed"}), {"revision", "edit", "label"});
        VERIFY_ANSWER(cli({"edit", m_project, "note", "Renamed", "why it is here"}), {"label"});
        VERIFY_ANSWER(cli({"edit", m_project, "move", "Renamed", first, "0"}), {"label"});
        VERIFY_REFUSED(cli({"edit", m_project, "move", first, std::to_string(made.object["label"].get<int>())}), 3);
        VERIFY_REFUSED(cli({"edit", m_project, "rename", first, ""}), 3);
        VERIFY_ANSWER(cli({"edit", m_project, "merge", first, second}), {"label"});
        SAME_JSON(cli({"tree", m_project}).object["documents"], before["documents"]);
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision", "edit"});
        VERIFY_ANSWER(cli({"edit", m_project, "retire", second, "--to", first}), {"label"});
        VERIFY_ANSWER(cli({"edit", m_project, "restore", second}), {"label"});
        for (int i = 0; i < 6; ++i) VERIFY_ANSWER(cli({"undo", m_project}), {"revision", "edit"});
        SAME_JSON(cli({"tree", m_project}).object, before);
        const Answer redone = cli({"redo", m_project});
        VERIFY_ANSWER(redone, {"revision", "edit"});
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        const Answer history = cli({"history", m_project});
        VERIFY_ANSWER(history, {"edits"});
        std::string missing;
        QVERIFY2(hasKeys(history.object["edits"].back(), {"revision", "time", "what", "actor", "undone"}, missing),
                 missing.c_str());
    }

    void locksAndPins() {
        const json before = cli({"tree", m_project}).object;
        const auto idOf = [&before](std::size_t child) {
            return std::to_string(before["children"][child]["id"].get<int>());
        };
        const std::string first = idOf(0), second = idOf(1);
        VERIFY_ANSWER(cli({"edit", m_project, "lock", first}), {"revision", "edit", "label", "contradictions"});
        SAME_JSON(cli({"tree", m_project}).object["children"][0]["locked"], true);
        const Answer locked = cli({"edit", m_project, "rename", first, "x"});
        VERIFY_REFUSED(locked, 3);
        QVERIFY2(locked.object["error"]["message"].get<std::string>().find("locked") != std::string::npos,
                 locked.why().c_str());
        VERIFY_REFUSED(cli({"edit", m_project, "lock", first}), 3);
        VERIFY_REFUSED(cli({"edit", m_project, "pin", "d00-3", first}), 3);
        VERIFY_REFUSED(cli({"edit", m_project, "merge", second, first}), 3);
        VERIFY_REFUSED(cli(with({"build", m_project, "--replace"}, kQuickBuild)), 3);
        VERIFY_ANSWER(cli({"edit", m_project, "unlock", first}), {"label"});
        VERIFY_REFUSED(cli({"edit", m_project, "unlock", first}), 3);

        const json shares = cli({"memberships", m_project, "--document", "d00-3"}).object;
        SAME_JSON(shares["pins"], json::array());
        const bool isFirst = shares["paths"][0]["nodes"][0] == before["children"][0]["id"];
        const std::string here = isFirst ? first : second, there = isFirst ? second : first;
        const json thereName = before["children"][isFirst ? 1 : 0]["name"];
        VERIFY_ANSWER(cli({"edit", m_project, "pin", "d00-3", there}), {"revision", "edit", "label", "contradictions"});
        const json pinned = cli({"memberships", m_project, "--document", "d00-3"}).object;
        SAME_JSON(pinned["hard"][0], thereName);
        SAME_JSON(pinned["paths"], shares["paths"]);  // the shares are the fit's
        SAME_JSON(pinned["residual"], shares["residual"]);
        SAME_JSON(pinned["pins"].size(), std::size_t{1});
        SAME_JSON(pinned["pins"][0]["must"], true);
        SAME_JSON(pinned["pins"][0]["fit_agrees"], false);
        SAME_JSON(pinned["pins"][0]["label"], std::stoi(there));
        SAME_JSON(pinned["pins"][0]["path"][0], thereName);
        const Answer listed = cli({"documents", m_project, "--branch", there});
        bool found = false;
        for (const json& document : listed.object["documents"]) found = found || document["id"] == "d00-3";
        QVERIFY(found);
        SAME_JSON(cli({"search", m_project, "w1", "--branch", there, "-k", "1000", "--mode", "dense"})
                      .object["results"]
                      .size(),
                  listed.object["total"].get<std::size_t>());
        const Answer against = cli({"edit", m_project, "pin", "d00-3", here});
        SAME_JSON(against.object["contradictions"].size(), std::size_t{1});
        QVERIFY(against.err.contains("\"warning\"") && against.err.contains("different branches"));
        SAME_JSON(cli({"memberships", m_project, "--document", "d00-3"}).object["contradictions"].size(),
                  std::size_t{1});
        VERIFY_ANSWER(cli({"edit", m_project, "pin", "d00-3", here, "--only"}), {"revision"});
        const json alone = cli({"memberships", m_project, "--document", "d00-3"}).object;
        SAME_JSON(alone["pins"].size(), std::size_t{1});
        SAME_JSON(alone["contradictions"], json::array());
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        SAME_JSON(cli({"memberships", m_project, "--document", "d00-3"}).object["pins"].size(), std::size_t{2});
        VERIFY_REFUSED(cli({"edit", m_project, "unpin", "d00-3", here, "--only"}), 2);
        SAME_JSON(cli({"edit", m_project, "pin", "d00-3", here, "--not"}).object["contradictions"], json::array());
        VERIFY_REFUSED(cli({"edit", m_project, "pin", "d00-3", here, "--not"}), 3);  // said already
        VERIFY_REFUSED(cli({"edit", m_project, "pin", "nobody", here}), 3);
        VERIFY_REFUSED(cli({"edit", m_project, "pin", "d00-3", "/"}), 3);
        VERIFY_REFUSED(cli({"edit", m_project, "unpin", "d00-4", here}), 3);
        VERIFY_ANSWER(cli({"edit", m_project, "unpin", "d00-3", here}), {"revision", "edit", "label"});
        QVERIFY(cliPlain({"memberships", m_project, "--document", "d00-3"}).out.contains("Pinned under"));
        VERIFY_ANSWER(cli({"check", m_project}), {"ok"});
        const Answer replaced = cli(with({"build", m_project, "--replace"}, kQuickBuild));
        VERIFY_ANSWER(replaced, {"revision"});
        QVERIFY2(replaced.err.contains("1 pin stays with the tree that is replaced"), replaced.err.constData());
        SAME_JSON(cli({"memberships", m_project, "--document", "d00-3"}).object["pins"], json::array());
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        SAME_JSON(cli({"memberships", m_project, "--document", "d00-3"}).object["pins"].size(), std::size_t{1});
        for (int i = 0; i < 6; ++i) VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        SAME_JSON(cli({"tree", m_project}).object, before);
    }

    void setShares() {
        const auto sharesOf = [&] { return cli({"memberships", m_project, "--document", "d00-3"}).object; };
        const json before = sharesOf();
        SAME_JSON(before["shares"], json::array());
        QVERIFY(!before["fits"].empty());
        QVERIFY(before["fits"][0]["residual"].get<double>() > 0 && before["fits"][0]["residual"].get<double>() < 1);
        SAME_JSON(before["fits"][0]["path"], json::array());  // at the root
        const json tree = cli({"tree", m_project}).object;
        const auto holds = [&](const json& memberships, const json& id) {
            double share = 0;
            for (const json& path : memberships["paths"]) {
                for (const json& node : path["nodes"]) share += node == id ? path["share"].get<double>() : 0;
            }
            return share;
        };
        std::size_t weaker = 0;
        if (holds(before, tree["children"][0]["id"]) > holds(before, tree["children"][1]["id"])) weaker = 1;
        const json label = tree["children"][weaker]["id"], other = tree["children"][1 - weaker]["id"];
        const auto id = std::to_string(label.get<int>());
        VERIFY_ANSWER(cli({"edit", m_project, "share", "d00-3", id, "0.75"}),
                      {"revision", "edit", "label", "contradictions"});
        const json set = sharesOf();
        QVERIFY(std::abs(holds(set, label) - 0.75) < 1e-6);
        double sum = set["residual"].get<double>();
        for (const json& path : set["paths"]) sum += path["share"].get<double>();
        QVERIFY(std::abs(sum - 1) < 1e-6);
        SAME_JSON(set["hard"][0], tree["children"][weaker]["name"]);
        SAME_JSON(set["shares"].size(), std::size_t{1});
        SAME_JSON(set["shares"][0]["said"], 0.75);
        SAME_JSON(set["shares"][0]["label"], label);
        SAME_JSON(set["shares"][0]["fit_agrees"], false);
        QVERIFY(std::abs(set["shares"][0]["fitted"].get<double>() - holds(before, label)) < 1e-9);
        QVERIFY(cliPlain({"memberships", m_project, "--document", "d00-3"}).out.contains("Share of "));
        const Answer both = cli({"edit", m_project, "share", "d00-3", std::to_string(other.get<int>()), "0.5"});
        VERIFY_REFUSED(both, 3);
        QVERIFY(both.object["error"]["message"].get<std::string>().find("is set to 0.75") != std::string::npos);
        VERIFY_REFUSED(cli({"edit", m_project, "share", "nobody", id, "0.5"}), 3);
        VERIFY_REFUSED(cli({"edit", m_project, "share", "d00-3", "99999", "0.5"}), 3);
        VERIFY_REFUSED(cli({"edit", m_project, "share", "d00-3", "/", "0.5"}), 3);
        VERIFY_REFUSED(cli({"edit", m_project, "share", "d00-3", id, "0.75"}), 3);  // said already
        VERIFY_REFUSED(cli({"edit", m_project, "unshare", "d00-4", id}), 3);
        // The document moved, and why says by what.
        const json why = cli({"why", m_project, "d00-3"}).object;
        QVERIFY(why.dump().find("Set the share of 'd00-3'") != std::string::npos);
        QVERIFY2(why["why_not"].get<std::string>().find("set its share under") != std::string::npos,
                 why.dump().c_str());
        SAME_JSON(why["shares"].size(), std::size_t{1});
        VERIFY_ANSWER(cli({"check", m_project}), {"ok"});
        VERIFY_ANSWER(cli({"edit", m_project, "unshare", "d00-3", id}), {"revision"});
        SAME_JSON(sharesOf(), before);
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        SAME_JSON(sharesOf()["shares"].size(), std::size_t{1});
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        SAME_JSON(sharesOf(), before);
        SAME_JSON(cli({"tree", m_project}).object, tree);
    }

    void expectations() {
        const json before = cli({"tree", m_project}).object;
        const json &first = before["children"][0], &second = before["children"][1];
        const auto path = [](const json& label) { return label["name"].get<std::string>(); };
        const Answer none = cli({"expect", m_project, "check"});
        VERIFY_ANSWER(none, {"expectations"});
        SAME_JSON(none.object["expectations"], json::array());
        const std::string id = cli({"documents", m_project, "--branch", std::to_string(first["id"].get<int>())})
                                   .object["documents"][0]["id"];
        const Answer added = cli({"expect", m_project, "add", "document", id, "is", "under", path(first)});
        VERIFY_ANSWER(added, {"expectations"});
        std::string missing;
        const json one = added.object["expectations"][0];
        QVERIFY2(hasKeys(one, {"id", "text", "ok", "why"}, missing), missing.c_str());
        SAME_JSON(one["ok"], true);
        SAME_JSON(one["text"], "document \"" + id + "\" is under \"" + path(first) + "\"");
        QCOMPARE(cli({"expect", m_project, "check"}).status, 0);
        VERIFY_REFUSED(cli({"expect", m_project, "add", "document " + id + " is under " + path(first)}), 3);
        VERIFY_REFUSED(cli({"expect", m_project, "add", "document nobody is under " + path(first)}), 3);
        VERIFY_REFUSED(cli({"expect", m_project, "add", "document " + id + " is under nothing"}), 3);
        VERIFY_REFUSED(
            cli({"expect", m_project, "add", "at least 1 % of documents with reference label no are under 2"}), 3);
        VERIFY_ANSWER(cli({"expect", m_project, "add", "\"" + path(first) + "\"", "and", "\"" + path(second) + "\"",
                           "have the same parent"}),
                      {"expectations"});
        VERIFY_ANSWER(cli({"expect", m_project, "add",
                           "at least 0 % of documents with reference label \"branch 0\" are under " + path(first)}),
                      {"expectations"});
        // An edit that breaks one: check says so by its exit status, list does not fail.
        VERIFY_ANSWER(cli({"edit", m_project, "pin", id, std::to_string(second["id"].get<int>())}), {"revision"});
        const Answer broken = cli({"expect", m_project, "check"});
        QCOMPARE(broken.status, 1);
        SAME_JSON(broken.object["expectations"][0]["ok"], false);
        QVERIFY(broken.object["expectations"][0]["why"].get<std::string>().find(path(second)) != std::string::npos);
        SAME_JSON(broken.object["expectations"][1]["ok"], true);
        QCOMPARE(cli({"expect", m_project, "list"}).status, 0);
        const Answer plain = cliPlain({"expect", m_project, "check"});
        QCOMPARE(plain.status, 1);
        QVERIFY2(plain.out.contains("NOT MET") && plain.out.contains("met"), plain.out.constData());
        // Told after what may have brought it about; and a rename changes nothing.
        const Answer imported = cli({"import", m_project, (m_folder / "corpus.jsonl").string()});
        QVERIFY2(imported.err.contains("expectation 1 is not met"), imported.err.constData());
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        VERIFY_ANSWER(cli({"edit", m_project, "rename", std::to_string(first["id"].get<int>()), "Other"}),
                      {"revision"});
        SAME_JSON(cli({"expect", m_project, "check"}).object["expectations"][0]["text"],
                  "document \"" + id + "\" is under \"Other\"");
        QCOMPARE(cli({"expect", m_project, "check"}).status, 0);
        VERIFY_ANSWER(cli({"undo", m_project}), {"revision"});
        const Answer removed = cli({"expect", m_project, "remove", "2"});
        SAME_JSON(removed.object["expectations"].size(), std::size_t{2});
        VERIFY_REFUSED(cli({"expect", m_project, "remove", "2"}), 3);
        for (const char* number : {"1", "3"})
            VERIFY_ANSWER(cli({"expect", m_project, "remove", number}), {"expectations"});
        SAME_JSON(cli({"tree", m_project}).object, before);
    }

    void assignsLaterDocuments() {
        auto later = plantedDocuments(3, 2, 2, 99);
        for (auto& document : later) document.id += "-later";
        m_folder.write("later.jsonl", toJsonl(later));
        const Answer imported = cli({"import", m_project, (m_folder / "later.jsonl").string()});
        SAME_JSON(imported.object["kept"], 12);
        SAME_JSON(cli({"status", m_project}).object["unassigned"], 12);
        const Answer assigned = cli({"assign", m_project});
        VERIFY_ANSWER(assigned, {"assigned", "unassigned", "revision"});
        SAME_JSON(assigned.object["assigned"], 12);
        SAME_JSON(assigned.object["unassigned"], 0);
        SAME_JSON(cli({"search", m_project, "w1", "-k", "1000"}).object["results"].size(),
                  std::size_t{120});  // those with a vector
        const Answer embedded = cli({"embed", m_project, "--model", "base"});
        SAME_JSON(embedded.object["documents"], 132);
    }

    void exports() {
        const auto path = [this](const char* name) { return (m_folder / name).string(); };
        const auto check = [&](std::vector<std::string> arguments, std::size_t files) {
            const Answer answer = cli(arguments);
            if (answer.status != 0 || !answer.object.contains("files") || answer.object["files"].size() != files)
                return answer.why();
            for (const json& file : answer.object["files"]) {
                if (!QFileInfo(q(file.get<std::string>())).isAbsolute() ||
                    !QFileInfo::exists(q(file.get<std::string>())))
                    return file.dump();
            }
            if (files == 1 && arguments.back() != "run-1") return std::string();  // the same lines refuse every kind
            const Answer twice = cli(arguments);
            if (twice.status != 3 || twice.errorCode() != "already_exists") return "again: " + twice.why();
            arguments.emplace_back("--force");
            const Answer forced = cli(arguments);
            return forced.status == 0 ? std::string() : "forced: " + forced.why();
        };
        const auto verify = [&](std::vector<std::string> what, const char* name, std::size_t files) {
            std::vector<std::string> arguments{"export", m_project, "--out", path(name), "--what"};
            arguments.insert(arguments.end(), what.begin(), what.end());
            return check(arguments, files);
        };
        for (const auto& [what, name, files] :
             std::vector<std::tuple<std::vector<std::string>, const char*, std::size_t>>{
                 {{"tree", "--format", "json"}, "tree.json", 1},
                 {{"tree", "--format", "csv"}, "tree.csv", 1},
                 {{"tree", "--format", "text"}, "tree.txt", 1},
                 {{"memberships"}, "shares.csv", 1},
                 {{"embeddings", "--model", "base"}, "vectors.npy", 2},
                 {{"index", "--model", "tfidf"}, "index.faiss", 2},
                 {{"model", "--model", "run-1"}, "exported", 1}}) {
            const std::string fault = verify(what, name, files);
            QVERIFY2(fault.empty(), (std::string(name) + ": " + fault).c_str());
        }
        VERIFY_REFUSED(cli({"export", m_project, "--what", "model", "--model", "tfidf", "--out", path("no")}), 3);
        for (const char* what : {"tree", "embeddings"})  // --force replaces files, never a folder by a file
            VERIFY_REFUSED(cli({"export", m_project, "--what", what, "--out", path("exported"), "--force"}), 3);
        // The exported encoder is an encoder: embedding with it gives the run's vectors, so nothing is computed.
        const Answer same = cli({"embed", m_project, "--model", path("exported")});
        QVERIFY2(same.status == 0, same.why().c_str());
    }

    void infoAndCheck() {
        const Answer info = cli({"info"});
        VERIFY_ANSWER(info, {"version", "torch", "device", "threads", "cores", "simd", "memory_mb", "licences"});
        QVERIFY(info.object["device"].contains("name") && info.object["device"].contains("why"));
        const Answer check = cli({"check", m_project});
        VERIFY_ANSWER(check, {"ok", "problems"});
        QVERIFY2(check.object["ok"] == true, check.out.constData());
    }

    void checkFindsDamage() {
        QDir tensors(q(m_project + "/tensors"));
        const auto files = tensors.entryList({QStringLiteral("*.safetensors")});
        QVERIFY(!files.isEmpty());
        QFile damaged(tensors.filePath(files.first()));
        QVERIFY(damaged.open(QIODevice::ReadWrite));
        damaged.seek(damaged.size() - 3);
        damaged.write("xyz");
        damaged.close();
        const Answer check = cli({"check", m_project});
        QCOMPARE(check.status, 1);
        QVERIFY(check.object["ok"] == false);
        const std::size_t problems = check.object["problems"].size();
        QVERIFY(problems > 0);
        // A byte of any other file counts as well.
        QStringList names{q(m_project + "/runs/run-1/model/vocab.txt"), q(m_project + "/runs/run-1/result.json")};
        const QDir models(q(m_project + "/models"));
        for (const QString& model : models.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            for (const char* name : {"/tfidf.json", "/1_Pooling/config.json"}) {
                if (QFile::exists(models.filePath(model + QLatin1String(name))))
                    names << models.filePath(model + QLatin1String(name));
            }
        }
        QVERIFY(names.size() >= 4);  // of the run, the word model and at least one encoder
        for (const QString& name : names) {
            QFile file(name);
            QVERIFY(file.open(QIODevice::ReadWrite));
            const QByteArray whole = file.readAll();
            file.seek(whole.size() / 2);
            file.putChar(static_cast<char>(whole[whole.size() / 2] ^ 1));
            file.close();
            QVERIFY2(cli({"check", m_project}).object["problems"].size() == problems + 1, qPrintable(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(whole), whole.size());
            file.close();
        }
    }

    void readableWithoutJson() {
        for (const std::vector<std::string>& arguments :
             std::vector<std::vector<std::string>>{{"status", m_project},
                                                   {"documents", m_project, "--limit", "3"},
                                                   {"history", m_project},
                                                   {"info"},
                                                   {"search", m_project, "w1", "--mode", "words"}}) {
            const Answer answer = cliPlain(arguments);
            QVERIFY2(answer.status == 0, answer.why().c_str());
            QVERIFY(answer.out.size() > 20 && !answer.out.startsWith('{'));
        }
        const Answer refused = cliPlain({"status", "/nowhere/at/all"});
        QCOMPARE(refused.status, 3);
        QVERIFY(refused.out.isEmpty() && refused.err.startsWith("espalier-cli: "));
    }
};

QTEST_GUILESS_MAIN(TestCliContract)
#include "tst_cli_contract.moc"
