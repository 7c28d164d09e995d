// SPDX-License-Identifier: Apache-2.0
/// Search by branch against brute force while the tree is edited at random, and snippets against planted sentences.
#include <QTest>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/rng.h"
#include "core/index/bm25.h"
#include "core/index/fusion.h"
#include "core/pipeline/job.h"
#include "core/pipeline/model_lookup.h"
#include "core/pipeline/search_session.h"
#include "core/project/job_results.h"
#include "core/project/project.h"
#include "tests/core/nn/tiny_encoder.h"
#include "tests/support/same_json.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using nlohmann::json;
using project::Access;
using project::Project;

namespace {
constexpr int kDocuments = 240;

/// Texts of two to four sentences in words the tiny encoder knows, each with one planted sentence that no other has.
struct Planted {
    std::string id, text, sentence;
};
std::vector<Planted> plantedTexts() {
    SplitMix64 random(3);
    std::vector<Planted> planted;
    for (int d = 0; d < kDocuments; ++d) {
        Planted one;
        one.id = "doc-" + std::to_string(d * 7919 % 1000) + "-" + std::to_string(d);
        const auto sentences = 2 + random.below(3), place = random.below(sentences);
        for (std::size_t s = 0; s < sentences; ++s) {
            std::string sentence = "Part";
            for (int w = 0; w < 7; ++w)
                sentence += " w" + std::to_string((d % 4) * 20 + static_cast<int>(random.below(25)));
            if (s == place) {
                sentence = "Rare w" + std::to_string(100 + d % 20) + " w" + std::to_string(d % 97) + " w" +
                           std::to_string(d % 89) + " w" + std::to_string(d % 83) + " w" + std::to_string(d % 71);
                one.sentence = sentence + ".";
            }
            one.text += (s > 0 ? " " : "") + sentence + ".";
        }
        planted.push_back(std::move(one));
    }
    return planted;
}

/// Runs a job in a fresh folder and adopts it.
json runAndAdopt(Project& project, const std::string& kind, const json& options) {
    const auto folder = project.newJobFolder(kind).value();
    jobs::JobContext context;
    auto result = pipeline::runJob({kind, project.folder(), folder, options.dump()}, context);
    if (!result) qFatal("%s: %s", kind.c_str(), result.error().message.c_str());
    const auto adopted = project.adopt(folder);
    if (!adopted) qFatal("adopt %s: %s", kind.c_str(), adopted.error().message.c_str());
    return *result;
}
}  // namespace

class TestSearchSession : public QObject {
    Q_OBJECT
    test::TempFolder m_folder;
    std::unique_ptr<Project> m_project;
    std::unique_ptr<pipeline::SearchSession> m_session;
    std::vector<Planted> m_planted = plantedTexts();

    json search(json request) {
        jobs::JobContext context;
        request["threads"] = 1;
        auto answer = m_session->search(request, context);
        return answer ? *answer : json{{"error", answer.error().message}};
    }

    /// Every document of the branch by score, from the project's own functions and plain sums.
    std::vector<std::string> bruteForce(const std::string& query, LabelId branch, const std::string& mode) {
        const auto snapshot = m_project->tree().value();
        const auto info = m_project->model("").value();
        const auto stored = project::readVectors(info.vectorsFile).value();
        std::map<DocumentKey, std::string> idOf;
        const auto ids = m_project->documentIds().value();
        for (const auto& [key, id] : ids) idOf[key] = id;
        jobs::JobContext context;
        const auto encoder = pipeline::openModel(info, "cpu", 1).value();
        const auto encoded = encoder->encode({query}, context).value();
        std::vector<std::vector<std::string>> terms;
        std::vector<float> dense;
        for (std::size_t r = 0; r < stored.documents.size(); ++r) {
            double dot = 0, own = 0, other = 0;
            for (std::int64_t c = 0; c < stored.vectors.cols; ++c) {
                const double a = stored.vectors.row(static_cast<std::int64_t>(r))[static_cast<std::size_t>(c)],
                             b = encoded.values[static_cast<std::size_t>(c)];
                dot += a * b;
                own += a * a;
                other += b * b;
            }
            dense.push_back(static_cast<float>(dot / std::sqrt(own * other)));
            const auto record = m_project->document(stored.documents[r]).value();
            terms.push_back(index::bm25Terms(text::inputString(record.document)));
        }
        std::vector<float> scores = dense;
        if (mode == "hybrid") scores = index::hybrid(dense, index::Bm25Index::fromTerms(terms, {}).scores(query));
        std::map<DocumentKey, LabelId> hard;
        const auto labels = m_project->hardLabels().value();
        for (const auto& [key, label] : labels) hard[key] = label;
        std::vector<std::pair<float, std::string>> ranked;
        for (std::size_t r = 0; r < scores.size(); ++r) {
            const LabelId label = hard[stored.documents[r]];
            if (label && snapshot->tree.inBranch(label, branch))
                ranked.emplace_back(scores[r], idOf[stored.documents[r]]);
        }
        std::sort(ranked.rbegin(), ranked.rend());  // score, then id bytes, both descending
        std::vector<std::string> answer;
        for (auto& [score, id] : ranked) answer.push_back(id);
        return answer;
    }

private Q_SLOTS:
    void initTestCase() {
        const auto model = test::writeTinyEncoder(m_folder / "tiny");
        std::string lines;
        for (const auto& one : m_planted) lines += json{{"_id", one.id}, {"text", one.text}}.dump() + "\n";
        const auto source = m_folder.write("corpus.jsonl", lines);
        m_project = Project::create(m_folder / "P.espalier").value();
        jobs::JobContext context;
        QCOMPARE(m_project->importCorpus({source}, {}, context).value().kept, kDocuments);
        const json built = runAndAdopt(*m_project, "build", {{"perturbations", 3}, {"k_max", 5}, {"min_docs", 30}});
        QVERIFY2(built["nodes"].get<int>() >= 3, built.dump().c_str());
        runAndAdopt(*m_project, "embed", {{"model", model.string()}});
        m_session = pipeline::SearchSession::open(m_project->folder()).value();
    }

    void kAskedIsKGiven() {
        for (const char* mode : {"dense", "words", "hybrid"}) {
            for (const int k : {1, 9, kDocuments, 5000}) {
                const json answer = search({{"query", "w1 w2 w100"}, {"mode", mode}, {"k", k}});
                QVERIFY2(answer.contains("results"), answer.dump().c_str());
                SAME_JSON(answer["results"].size(), static_cast<std::size_t>(std::min(k, kDocuments)));
            }
        }
    }

    void snippetIsThePlantedSentence() {
        for (const char* mode : {"dense", "words", "hybrid"}) {
            int right = 0;
            for (int d = 0; d < 50; ++d) {
                const Planted& one = m_planted[static_cast<std::size_t>(d * 4)];
                const json answer = search({{"query", one.sentence}, {"mode", mode}, {"k", kDocuments}});
                QVERIFY2(answer.contains("results"), answer.dump().c_str());
                for (const json& hit : answer["results"]) {
                    if (hit["id"] == one.id) right += hit["snippet"] == one.sentence ? 1 : 0;
                }
            }
            QVERIFY2(right == 50, (std::string(mode) + ": " + std::to_string(right) + " of 50").c_str());
        }
    }

    void hitsComeBeforeTheirSnippets() {
        for (const char* mode : {"dense", "hybrid", "words"}) {
            std::vector<json> events;
            jobs::JobContext context([&events](const json& event) {
                if (event["event"] == "hits") events.push_back(event["result"]);
            });
            const json request{{"query", "w1 w2 w100"}, {"mode", mode}, {"k", 7}, {"threads", 1}};
            json asked = request;
            asked["hits_first"] = true;
            json answer = m_session->search(asked, context).value();
            const json plain = search(request);
            SAME_JSON(answer["results"], plain["results"]);
            QCOMPARE(events.size(), std::size_t{std::string(mode) == "words" ? 0U : 1U});  // words need no encoder
            for (json& early : events) {
                for (std::size_t i = 0; i < answer["results"].size(); ++i) {
                    QVERIFY(early["results"][i]["snippet"].is_null());
                    QVERIFY(answer["results"][i]["snippet"].is_string());
                    early["results"][i]["snippet"] = answer["results"][i]["snippet"];
                }
                QVERIFY(early["ms"] <= answer["ms"]);
                early["ms"] = answer["ms"];
                SAME_JSON(early, answer);
            }
        }
    }

    void aSearchStoppedAmidItsSnippetsLeavesTheNextOneRight() {
        const json request{{"query", "w3 w5 w101"}, {"mode", "dense"}, {"k", kDocuments}, {"threads", 1}};
        const auto fresh = pipeline::SearchSession::open(m_project->folder()).value();
        jobs::JobContext* running = nullptr;
        jobs::JobContext context([&running](const json& event) {
            if (event["event"] == "hits") running->setControl(jobs::Control::Stop);
        });
        running = &context;
        json asked = request;
        asked["hits_first"] = true;
        const auto stopped = fresh->search(asked, context);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        jobs::JobContext again;
        SAME_JSON(fresh->search(request, again).value()["results"], search(request)["results"]);
    }

    void facetsCountTheWholeCorpus() {
        const auto snapshot = m_project->tree().value();
        const json all = search({{"query", "w1 w2"}, {"mode", "dense"}, {"k", 3}});
        SAME_JSON(all["matches"], kDocuments);  // fewer than 1,000: every one
        for (const json& facet : all["facets"]) {
            SAME_JSON(facet["count"].get<std::int64_t>(),
                      snapshot->countsOf(LabelId{facet["node"].get<std::int64_t>()}).documents);
        }
        const LabelId child = snapshot->tree.at(snapshot->tree.root()).children.front();
        const json branch = search({{"query", "w1 w2"}, {"mode", "dense"}, {"k", 3}, {"branch", child.value}});
        SAME_JSON(branch["facets"], all["facets"]);
        SAME_JSON(branch["matches"].get<std::int64_t>(), snapshot->countsOf(child).documents);
        const json words = search({{"query", "w1"}, {"mode", "words"}, {"k", kDocuments}});
        std::int64_t positive = 0;
        for (const json& hit : words["results"]) positive += hit["score"].get<double>() > 0 ? 1 : 0;
        SAME_JSON(words["matches"].get<std::int64_t>(), positive);
        QVERIFY(positive > 0 && positive < kDocuments);
    }

    void branchSearchEqualsBruteForceAfterRandomEdits() {
        SplitMix64 random(17);
        int made = 0;
        for (int attempt = 0; made < 500 && attempt < 5000; ++attempt) {
            const auto snapshot = m_project->tree().value();
            const auto labels = snapshot->tree.depthFirst();
            const auto any = [&] { return labels[random.below(labels.size())]; };
            tree::Edit edit;
            switch (random.below(8)) {
                case 0:
                case 1:
                    edit.kind = tree::EditKind::New;
                    edit.parent = any();
                    edit.text = "Label " + std::to_string(attempt);
                    break;
                case 2:
                case 3:
                case 4:
                    edit.kind = tree::EditKind::Move;
                    edit.label = any();
                    edit.parent = any();
                    break;
                case 5:
                    edit.kind = tree::EditKind::Rename;
                    edit.label = any();
                    edit.text = "Name " + std::to_string(attempt);
                    break;
                case 6:
                    if (labels.size() < 8) continue;
                    edit.kind = tree::EditKind::Merge;
                    edit.label = any();
                    edit.others = {any()};
                    break;
                default:
                    if (labels.size() < 8) continue;
                    edit.kind = tree::EditKind::Retire;
                    edit.label = any();
                    break;
            }
            if (m_project->edit(edit)) ++made;  // refused ones (into its own branch, the root) do not count
            if (made % 50 != 49) continue;
            const LabelId branch = any();
            if (!m_project->tree().value()->tree.contains(branch)) continue;
            for (const char* mode : {"dense", "hybrid"}) {
                const json answer =
                    search({{"query", "w3 w40 w101"}, {"mode", mode}, {"k", kDocuments}, {"branch", branch.value}});
                QVERIFY2(answer.contains("results"), answer.dump().c_str());
                std::vector<std::string> ids;
                for (const json& hit : answer["results"]) ids.push_back(hit["id"].get<std::string>());
                QCOMPARE(ids, bruteForce("w3 w40 w101", branch, mode));
            }
        }
        QCOMPARE(made, 500);
    }

    void aLinkedEncoderThatIsGoneIsNamedWithARemedy() {
        const auto model = test::writeTinyEncoder(m_folder / "elsewhere");
        const auto project = Project::create(m_folder / "Linked.espalier").value();
        const auto source = m_folder.write("few.jsonl", json{{"_id", "a"}, {"text", "w1 w2"}}.dump() + "\n" +
                                                            json{{"_id", "b"}, {"text", "w3 w4"}}.dump() + "\n");
        jobs::JobContext context;
        QCOMPARE(project->importCorpus({source}, {}, context).value().kept, 2);
        runAndAdopt(*project, "embed", {{"model", model.string()}, {"link", true}});
        std::filesystem::rename(model, m_folder / "moved");
        const auto session = pipeline::SearchSession::open(project->folder()).value();
        const auto answer = session->search({{"query", "w1"}, {"mode", "dense"}}, context);
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, ErrorCode::NotFound);
        const QString said = QString::fromStdString(answer.error().message);
        QVERIFY2(said.contains(QString::fromStdString(model.string())) && said.contains("embed again"),
                 qPrintable(said));
        QVERIFY(session->search({{"query", "w1"}, {"mode", "words"}}, context));
    }

    void refusals_data() {
        QTest::addColumn<QString>("request");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, const char* request, ErrorCode code) {
            QTest::newRow(name) << QString::fromLatin1(request) << static_cast<int>(code);
        };
        row("empty", R"({"query":"  "})", ErrorCode::InvalidArgument);
        row("no query", R"({})", ErrorCode::InvalidArgument);
        row("query is a number", R"({"query":5})", ErrorCode::InvalidArgument);
        row("k too small", R"({"query":"a","k":0})", ErrorCode::InvalidArgument);
        row("mode", R"({"query":"a","mode":"loud"})", ErrorCode::InvalidArgument);
        row("hits first", R"({"query":"a","hits_first":1})", ErrorCode::InvalidArgument);
        row("branch", R"({"query":"a","branch":"No such label"})", ErrorCode::NotFound);
    }
    void refusals() {
        QFETCH(QString, request);
        QFETCH(int, code);
        jobs::JobContext context;
        const auto answer = m_session->search(json::parse(request.toStdString()), context);
        QVERIFY(!answer);
        QCOMPARE(static_cast<int>(answer.error().code), code);
    }
};

QTEST_APPLESS_MAIN(TestSearchSession)
#include "tst_search_session.moc"
