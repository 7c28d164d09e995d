// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/base/atomic_file.h"
#include "core/eval/run_file.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::eval;

class TestRunFile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void orderSurvivesEqualScores() {
        const test::TempFolder folder;
        Ranking ranking{"q1", {}};
        for (int i = 0; i < 50; ++i) ranking.documents.push_back({"d" + std::to_string(i), .25});
        ranking.documents.push_back({"last", .25 - 1e-12});  // equal as a float
        ranking.documents.push_back({"low", -1e30});
        QVERIFY(writeRunFile(folder / "run.txt", std::vector{ranking}));
        const auto read = readRunFile(folder / "run.txt");
        QVERIFY(read);
        QCOMPARE(read->size(), std::size_t{1});
        QCOMPARE(read->front().documents.size(), ranking.documents.size());
        for (std::size_t i = 0; i < ranking.documents.size(); ++i)
            QCOMPARE(read->front().documents[i].id, ranking.documents[i].id);
        for (std::size_t i = 1; i < ranking.documents.size(); ++i)
            QVERIFY(static_cast<float>(read->front().documents[i].score) <
                    static_cast<float>(read->front().documents[i - 1].score));
    }

    void format() {
        const test::TempFolder folder;
        const std::vector<Ranking> rankings{{"q", {{"a", 0.1}, {"b", 1e-9}}}, {"r", {}}};
        QVERIFY(writeRunFile(folder / "run.txt", rankings));
        QCOMPARE(*readFile(folder / "run.txt"),
                 std::string("q Q0 a 1 0.100000001 espalier\nq Q0 b 2 9.99999972e-10 espalier\n"));
    }

    void atMostThousandLinesAQuery() {
        const test::TempFolder folder;
        Ranking ranking{"q", {}};
        for (int i = 0; i < 1500; ++i) ranking.documents.push_back({"d" + std::to_string(i), 1500.0 - i});
        QVERIFY(writeRunFile(folder / "run.txt", std::vector{ranking}));
        QCOMPARE(readRunFile(folder / "run.txt")->front().documents.size(), std::size_t{1000});
    }

    void refusals() {
        const test::TempFolder folder;
        QCOMPARE(writeRunFile(folder / "r", std::vector{Ranking{"two words", {}}}).error().code,
                 ErrorCode::InvalidArgument);
        QCOMPARE(writeRunFile(folder / "r", std::vector{Ranking{"q", {{"", 1}}}}).error().code,
                 ErrorCode::InvalidArgument);
        QVERIFY(!std::filesystem::exists(folder / "r"));
        QCOMPARE(readRunFile(folder / "none").error().code, ErrorCode::NotFound);
        const auto broken = readRunFile(folder.write("broken", "q Q0 d 1 0.5 x\nq Q0 d two\n"));
        QCOMPARE(broken.error().code, ErrorCode::Corrupt);
        QCOMPARE(broken.error().line, 2);
    }
};

QTEST_APPLESS_MAIN(TestRunFile)
#include "tst_run_file.moc"
