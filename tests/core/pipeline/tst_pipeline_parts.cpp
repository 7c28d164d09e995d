// SPDX-License-Identifier: Apache-2.0
/// The small parts under the jobs: options, job folder, partial vectors, word vectors, factors.
#include <QTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/sha256.h"
#include "core/pipeline/factors_file.h"
#include "core/pipeline/job.h"
#include "core/pipeline/job_folder.h"
#include "core/pipeline/job_options.h"
#include "core/pipeline/partial_vectors.h"
#include "core/pipeline/text_encoder.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::pipeline;

namespace {
std::vector<std::string> smallCorpus() {
    std::vector<std::string> texts;
    for (int i = 0; i < 60; ++i) {
        texts.push_back("river water fish boat " + std::string(i % 2 == 0 ? "current" : "bank"));
        texts.push_back("mountain snow climb rope " + std::string(i % 3 == 0 ? "summit" : "ridge"));
    }
    return texts;
}
text::TfidfModel::Fit fitted() {
    const auto texts = smallCorpus();
    jobs::JobContext context;
    const auto source = [&](const std::function<void(std::string_view)>& visit) -> Status {
        for (const auto& text : texts) visit(text);
        return {};
    };
    return text::TfidfModel::fitCounts(source, {}, context).value();
}
double cosine(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
    return sum;
}
}  // namespace

class TestPipelineParts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void optionsHaveDefaultsAndRanges() {
        auto options = JobOptions::parse(
                           R"({"depth":3,"threshold":0.5,"dry_run":true,"model":["a","b"],"solver":"mu","gone":null})")
                           .value();
        QCOMPARE(options.integer("depth", 2, 1, 16), 3);
        QCOMPARE(options.integer("k_max", 15, 2, 100), 15);
        QCOMPARE(options.number("threshold", 0.8, 0, 1), 0.5);
        QVERIFY(options.flag("dry_run"));
        QCOMPARE(options.texts("model").size(), std::size_t{2});
        QCOMPARE(options.choice("solver", "hals", {"hals", "mu"}), std::string("mu"));
        QVERIFY(!options.given("gone"));
        QCOMPARE(options.seed(), 42U);
        QVERIFY(options.finish());
    }

    void optionsAreRefusedByName_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("named");
        QTest::newRow("range") << QStringLiteral(R"({"depth":99})") << QStringLiteral("--depth");
        QTest::newRow("type") << QStringLiteral(R"({"depth":"two"})") << QStringLiteral("--depth");
        QTest::newRow("fraction") << QStringLiteral(R"({"depth":2.5})") << QStringLiteral("--depth");
        QTest::newRow("choice") << QStringLiteral(R"({"min_docs":"x"})") << QStringLiteral("--min-docs");
        QTest::newRow("unknown") << QStringLiteral(R"({"k_maxx":3})") << QStringLiteral("--k-maxx");
        QTest::newRow("seed") << QStringLiteral(R"({"seed":-1})") << QStringLiteral("--seed");
    }
    void optionsAreRefusedByName() {
        QFETCH(QString, json);
        QFETCH(QString, named);
        auto options = JobOptions::parse(json.toStdString()).value();
        (void)options.integer("depth", 2, 1, 16);
        (void)options.choice("min_docs", "a", {"a"});
        (void)options.seed();
        const auto finished = options.finish();
        QVERIFY(!finished);
        QCOMPARE(finished.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(finished.error().message.rfind(named.toStdString(), 0) == 0, finished.error().message.c_str());
    }

    void jobKinds() {
        for (const char* kind : {"build", "assign", "embed", "train", "eval", "export"}) QVERIFY(isJobKind(kind));
        QVERIFY(!isJobKind("query") && !isJobKind(""));
        jobs::JobContext context;
        QCOMPARE(runJob({"dance", {}, {}, "{}"}, context).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(runJob({"build", {}, {}, "[]"}, context).error().code, ErrorCode::InvalidArgument);
    }

    void jobFolderTellsAndObeys() {
        const test::TempFolder folder;
        jobs::JobContext context;
        {
            auto job = JobFolder::open(folder / "job").value();
            job->steer(context);
            job->event({{"event", "start"}});
            QVERIFY(JobFolder::secondsSinceHeartbeat(folder / "job") >= 0);
            folder.write("job/control", "stop");
            QTRY_COMPARE(context.control(), jobs::Control::Stop);
        }
        QVERIFY(JobFolder::secondsSinceHeartbeat(folder / "job") < 0);
        std::ifstream events(folder / "job/events.jsonl");
        std::string line;
        QVERIFY(std::getline(events, line) && line == R"({"event":"start"})");
    }

    void partialVectorsSurviveTornEnds() {
        const test::TempFolder folder;
        const std::string sha(64, 'a'), first = sha256Hex("1"), second = sha256Hex("2"), third = sha256Hex("3");
        const std::vector<float> vector{1, 2, 3};
        std::filesystem::path file;
        {
            auto partial = PartialVectors::open(folder.path(), sha, 3).value();
            QVERIFY(partial->add(first, vector) && partial->add(second, std::vector<float>{4, 5, 6}) &&
                    partial->flush());
            QCOMPARE(PartialVectors::open(folder.path(), sha, 3).error().code, ErrorCode::Busy);
        }
        for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
            if (entry.path().extension() == ".part") file = entry.path();
        }
        const auto whole = std::filesystem::file_size(file);
        std::filesystem::resize_file(file, whole - 5);
        {
            auto partial = PartialVectors::open(folder.path(), sha, 3).value();
            QCOMPARE(partial->size(), 1);
            QVERIFY(partial->find(first) != nullptr && partial->find(second) == nullptr);
            QCOMPARE(partial->find(first)[2], 3.0F);
            QVERIFY(partial->add(third, vector) && partial->flush());
        }
        QCOMPARE(std::filesystem::file_size(file), whole);
        {  // a flipped bit ends the good part
            std::fstream damage(file, std::ios::in | std::ios::out | std::ios::binary);
            damage.seekp(static_cast<std::streamoff>(whole) - 12);
            damage.put('\x7f');
        }
        QCOMPARE(PartialVectors::open(folder.path(), sha, 3).value()->size(), 1);
        QCOMPARE(PartialVectors::open(folder.path(), sha, 4).value()->size(), 0);  // another dimension: begun anew
        PartialVectors::open(folder.path(), sha, 4).value()->remove();
        QVERIFY(!std::filesystem::exists(file));
    }

    void wordVectorsKeepTheCosinesOfTfidf() {
        const auto fit = fitted();
        auto words = WordVectors::fit(fit.model, fit.counts, 42, 1).value();
        QVERIFY(words->dim() >= 2 && words->dim() <= WordVectors::kDimension);
        const DenseRows vectors = words->project(fit.counts);
        const SparseRows tfidf = fit.model.weigh(fit.counts);
        for (std::int64_t a = 0; a < vectors.rows; ++a) {
            QVERIFY(std::abs(cosine(vectors.row(a), vectors.row(a)) - 1) < 1e-5);
            for (std::int64_t b = 0; b < a; ++b) {
                double exact = 0;
                const auto columns = tfidf.rowColumns(a), others = tfidf.rowColumns(b);
                for (std::size_t i = 0; i < columns.size(); ++i) {
                    const auto found = std::lower_bound(others.begin(), others.end(), columns[i]);
                    if (found != others.end() && *found == columns[i]) {
                        exact += static_cast<double>(tfidf.rowValues(a)[i]) *
                                 tfidf.rowValues(b)[static_cast<std::size_t>(found - others.begin())];
                    }
                }
                // Full rank here: projecting on all right singular vectors changes no cosine.
                QVERIFY2(std::abs(cosine(vectors.row(a), vectors.row(b)) - exact) < 1e-4,
                         std::to_string(exact).c_str());
            }
        }
        jobs::JobContext context;
        const auto none = words->encode({"zebra quagga"}, context).value();
        QVERIFY(std::all_of(none.values.begin(), none.values.end(), [](float x) { return x == 0; }));
    }

    void wordVectorsSurviveSaving() {
        const test::TempFolder folder;
        const auto fit = fitted();
        auto words = WordVectors::fit(fit.model, fit.counts, 42, 1).value();
        auto twoThreads = WordVectors::fit(fit.model, fit.counts, 42, 2).value();
        QCOMPARE(twoThreads->sha256(), words->sha256());
        QVERIFY(words->save(folder.path()));
        auto loaded = WordVectors::load(folder.path()).value();
        QCOMPARE(loaded->sha256(), words->sha256());
        jobs::JobContext context;
        QCOMPARE(loaded->encode({"river boat"}, context).value().values,
                 words->encode({"river boat"}, context).value().values);
        folder.write("tfidf.json", "{}");
        QVERIFY(!WordVectors::load(folder.path()));
        QCOMPARE(WordVectors::fit({}, {}, 1, 1).error().code, ErrorCode::InvalidState);
    }

    void factorsGiveTheSameSharesAgain() {
        const test::TempFolder folder;
        const auto fit = fitted();
        nmf::HierarchyOptions options;
        options.minDocuments = 10;
        options.perturbations = 3;
        options.kMax = 4;
        jobs::JobContext context;
        const auto hierarchy = nmf::buildHierarchy(fit.counts, options, context).value();
        QVERIFY2(hierarchy.nodes.size() > 1, hierarchy.nodes[0].stopReason.c_str());
        const std::vector<DocumentKey> keys{DocumentKey{7}, DocumentKey{3}};
        QVERIFY(writeFactors(folder / "factors.safetensors", fit.model, hierarchy, keys));
        const auto factors = readFactors(folder / "factors.safetensors").value();
        QVERIFY(factors.documents == keys);
        QCOMPARE(factors.tfidf.vocabulary(), fit.model.vocabulary());
        const nmf::FoldIn before(hierarchy), after(factors.hierarchy);
        for (std::int64_t d = 0; d < fit.counts.rows; ++d) {
            QCOMPARE(after.shares(fit.counts.rowColumns(d), fit.counts.rowValues(d)).resting,
                     before.shares(fit.counts.rowColumns(d), fit.counts.rowValues(d)).resting);
        }
        folder.write("false.safetensors", "no tensors");
        QVERIFY(!readFactors(folder / "false.safetensors"));
    }
};

QTEST_APPLESS_MAIN(TestPipelineParts)
#include "tst_pipeline_parts.moc"
