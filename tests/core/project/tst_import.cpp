// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <filesystem>
#include <set>

#include "core/base/atomic_file.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
namespace fs = std::filesystem;

namespace {
std::set<std::string> ids(Project& project) {
    std::set<std::string> found;
    const auto all = project.documentIds().value();
    for (const auto& entry : all) found.insert(entry.second);
    return found;
}
using Ids = std::set<std::string>;

/// Everything that is kept, independent of keys.
std::string dump(Project& project) {
    std::string text;
    const auto status =
        project.forEachDocument([&](DocumentKey, const text::Document& d, const std::string& hash) -> Status {
            text += d.id + "|" + d.title + "|" + d.text + "|" + d.metadata + "|" + hash;
            for (const auto& label : d.labels) text += ">" + label;
            text += "\n";
            return {};
        });
    return status ? text : status.error().message;
}

bool reconciles(const ImportReport& r) {
    return r.read == r.kept + r.duplicates + r.empty + r.rejected;
}
}  // namespace

class TestImport : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keepsWhatADocumentBrings() {
        TempFolder folder;
        const auto project = newProject(folder);
        const auto report =
            importText(*project, folder,
                       jsonLine("a", "peat burns", ",\"title\":\"Fuel\",\"labels\":[\"Soil\",\"Peat\"],\"year\":1999") +
                           jsonLine("", "no id here"));
        VERIFY_OK(report);
        QCOMPARE(report->read, std::int64_t{2});
        QCOMPARE(report->kept, std::int64_t{2});
        QVERIFY(report->rejectedFile.empty());
        QCOMPARE(report->revision, std::int64_t{1});
        const auto record = project->document("a");
        VERIFY_OK(record);
        QCOMPARE(record->document.title, std::string("Fuel"));
        QVERIFY(record->document.labels == (std::vector<std::string>{"Soil", "Peat"}));
        QVERIFY(record->document.metadata.find("1999") != std::string::npos);
        QCOMPARE(record->hash, text::textHash("Fuel\npeat burns"));
        QVERIFY(record->resting.empty() && !record->hard);
        QVERIFY(ids(*project).count("h" + text::textHash("no id here").substr(0, 16)) == 1);
        QCOMPARE(project->status()->unassigned, std::int64_t{2});
        QCOMPARE(problems(*project), std::string());
    }

    void duplicatesKeepTheSmallestIdInAnyOrder() {
        std::vector<std::string> rows{jsonLine("m", "same"),  jsonLine("b", "same", ",\"year\":1"),
                                      jsonLine("B", "same"),  jsonLine("z", "other"),
                                      jsonLine("y", "other"), jsonLine("q", "alone"),
                                      jsonLine("", "alone"),  jsonLine("B", "same", ",\"year\":7")};
        std::string first;
        SplitMix64 random(3);
        for (int round = 0; round < 12; ++round) {
            TempFolder folder;
            const auto project = newProject(folder);
            std::string lines;
            for (const auto& row : rows) lines += row;
            const auto report = importText(*project, folder, lines);
            VERIFY_OK(report);
            QVERIFY(reconciles(*report));
            QCOMPARE(report->rejected, std::int64_t{0});
            if (round == 0) {
                first = dump(*project);
                const auto kept = ids(*project);
                QVERIFY(kept.count("B") == 1 && kept.count("b") == 0 && kept.count("m") == 0 && kept.count("y") == 1);
                QCOMPARE(report->kept, static_cast<std::int64_t>(kept.size()));
            }
            QCOMPARE(dump(*project), first);
            std::int64_t total = 0;
            VERIFY_OK(project->duplicates(0, 100, &total));
            QCOMPARE(total, report->duplicates);
            QCOMPARE(problems(*project), std::string());
            shuffle(rows, random);
        }
    }

    void anIdBelongsToTheFirstTextThatUsesIt() {
        // The second text under "c" is refused; its further row under "e" must not be lost with it.
        for (const auto& [first, second] : {std::pair("one", "two"), std::pair("two", "one")}) {
            TempFolder folder;
            const auto project = newProject(folder);
            const auto report =
                importText(*project, folder,
                           jsonLine("c", first) + jsonLine("c", second) + jsonLine("d", first) + jsonLine("e", second));
            VERIFY_OK(report);
            QCOMPARE(report->kept, std::int64_t{2});
            QCOMPARE(report->duplicates, std::int64_t{1});
            QCOMPARE(report->rejected, std::int64_t{1});
            std::map<std::string, std::string> texts;
            VERIFY_OK(project->forEachDocument([&](DocumentKey, const text::Document& d, const std::string&) -> Status {
                texts[d.id] = d.text;
                return {};
            }));
            QVERIFY(texts == (std::map<std::string, std::string>{{"c", first}, {"e", second}}));
            const std::string csv = readFile(report->rejectedFile).value();
            QVERIFY2(csv.find(",2,") != std::string::npos && csv.find("line 1)") != std::string::npos, csv.c_str());
        }
    }

    void secondImportAddsAndKeepsWhatIsThere() {
        TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, jsonLine("m", "same") + jsonLine("n", "new")));
        const auto key = project->findDocument("m").value();
        const auto report = importText(
            *project, folder,
            jsonLine("m", "same") + jsonLine("a", "same") + jsonLine("n", "another text") + jsonLine("o", "third"));
        VERIFY_OK(report);
        QCOMPARE(report->duplicates, std::int64_t{2});
        QCOMPARE(report->rejected, std::int64_t{1});
        QCOMPARE(report->kept, std::int64_t{1});
        QVERIFY(ids(*project) == (Ids{"m", "n", "o"}));
        QCOMPARE(project->findDocument("m")->value, key.value);
        const auto duplicates = project->duplicates(0, 10).value();
        QCOMPARE(duplicates.size(), std::size_t{2});
        QCOMPARE(duplicates[1].id, std::string("a"));
        QCOMPARE(duplicates[1].keptId, std::string("m"));
        QCOMPARE(duplicates[1].line, std::int64_t{2});
    }

    void rejectedRowsAreListedAndTheFileIsReplaced() {
        TempFolder folder;
        const auto project = newProject(folder);
        auto report =
            importText(*project, folder,
                       jsonLine("a", "one") + "{broken\n" + jsonLine("a", "two, \\\"quoted\\\"") + jsonLine("e", "  "));
        VERIFY_OK(report);
        QVERIFY(reconciles(*report));
        QCOMPARE(report->rejected, std::int64_t{2});
        QCOMPARE(report->empty, std::int64_t{1});
        const std::string csv = readFile(report->rejectedFile).value();
        QVERIFY2(csv.rfind("source,line,reason,excerpt\n", 0) == 0, csv.c_str());
        QVERIFY2(csv.find(",2,") != std::string::npos, csv.c_str());
        QVERIFY2(csv.find("already used by another text") != std::string::npos, csv.c_str());
        report = importText(*project, folder, jsonLine("f", "fine"));
        VERIFY_OK(report);
        QVERIFY(report->rejectedFile.empty());
        QVERIFY(!fs::exists(project->folder() / "rejected.csv"));
    }

    void oddIdsSurvive() {
        TempFolder folder;
        const auto project = newProject(folder);
        const std::vector<std::pair<std::string, std::string>> odd{{R"(a'b\"c\\d)", "a'b\"c\\d"},
                                                                   {R"(line\nbreak)", "line\nbreak"},
                                                                   {"100%_x", "100%_x"},
                                                                   {"ümlaut 漢", "ümlaut 漢"},
                                                                   {" ", " "}};
        std::string lines;
        for (const auto& [json, id] : odd)
            lines += jsonLine(json, "text of " + std::to_string(id.size()) + std::to_string(id[0]));
        VERIFY_OK(importText(*project, folder, lines));
        for (const auto& [json, id] : odd) VERIFY_OK(project->document(id));
        DocumentQuery query;
        query.filter = "%_";
        QCOMPARE(project->documents(query)->total, std::int64_t{1});
        QCOMPARE(project->document("nobody").error().code, ErrorCode::NotFound);
    }

    void aFaultOfTheSourceChangesNothing() {
        TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, "{broken\n" + jsonLine("a", "one")));
        const std::string csv = readFile(project->folder() / "rejected.csv").value();
        const auto good = folder.write("good.jsonl", jsonLine("b", "two"));
        jobs::JobContext context;
        QVERIFY(!project->importCorpus({good, folder / "none.jsonl"}, {}, context));
        text::CorpusOptions named;
        named.titleField = "heading";
        named.titleNamed = true;
        QVERIFY(!project->importCorpus({good}, named, context));
        QCOMPARE(project->importCorpus({}, {}, context).error().code, ErrorCode::InvalidArgument);
        jobs::JobContext stopped;
        stopped.setControl(jobs::Control::Stop);
        QCOMPARE(project->importCorpus({good}, {}, stopped).error().code, ErrorCode::Cancelled);
        QVERIFY(ids(*project) == Ids{"a"});
        QCOMPARE(project->revision().value(), std::int64_t{1});
        QCOMPARE(readFile(project->folder() / "rejected.csv").value(), csv);
        QCOMPARE(problems(*project), std::string());
    }

    void beirQueriesAndJudgements() {
        TempFolder folder;
        folder.write("beir/corpus.jsonl", jsonLine("1", "peat") + jsonLine("2", "clay"));
        folder.write("beir/queries.jsonl", jsonLine("q1", "what burns") + jsonLine("q2", "what is wet"));
        folder.write("beir/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\t1\t2\nq2\t9\t1\n");
        const auto project = newProject(folder);
        jobs::JobContext context;
        const auto report = project->importCorpus({folder / "beir"}, {}, context);
        VERIFY_OK(report);
        QCOMPARE(report->kept, std::int64_t{2});
        QCOMPARE(project->queries()->size(), std::size_t{2});
        const auto judgements = project->judgements().value();
        QCOMPARE(judgements.size(), std::size_t{2});
        QCOMPARE(judgements[0].score, 2);
        QCOMPARE(judgements[1].documentId, std::string("9"));
        QCOMPARE(project->status()->queries, std::int64_t{2});
    }

    void newDocumentsAfterABuildAreUnassigned() {
        TempFolder folder;
        const auto project = newProject(folder);
        VERIFY_OK(importText(*project, folder, corpus(40)));
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        QCOMPARE(project->status()->unassigned, std::int64_t{0});
        VERIFY_OK(importText(*project, folder, jsonLine("new", "quite another text")));
        const auto status = project->status().value();
        QCOMPARE(status.unassigned, std::int64_t{1});
        QCOMPARE(status.documents, std::int64_t{41});
        QCOMPARE(status.labels, std::int64_t{6});
        DocumentQuery query;
        query.unassigned = true;
        const auto page = project->documents(query).value();
        QCOMPARE(page.total, std::int64_t{1});
        QCOMPARE(page.rows[0].id, std::string("new"));
        QCOMPARE(problems(*project), std::string());
    }
};

QTEST_APPLESS_MAIN(TestImport)
#include "tst_import.moc"
