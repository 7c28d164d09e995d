// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cmath>
#include <numeric>

#include "core/nn/schedules.h"

using namespace espalier;
using namespace espalier::nn;

namespace {
bool near(double a, double b, double tolerance = 5e-7) {
    return std::abs(a - b) <= tolerance;
}
bool nearAll(const std::vector<double>& a, const std::vector<double>& b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) { return near(x, y); });
}
}  // namespace

class TestSchedules : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void printedValues_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<std::vector<double>>("two");
        QTest::addColumn<std::vector<double>>("three");
        const auto row = [](const char* name, std::vector<double> two, std::vector<double> three) {
            QTest::newRow(name) << QString(name) << two << three;
        };
        row("uniform", {.5, .5}, {.3333333, .3333333, .3333333});
        row("linear-coarse", {.6666667, .3333333}, {.5, .3333333, .1666667});
        row("linear-fine", {.3333333, .6666667}, {.1666667, .3333333, .5});
        row("inverse-depth", {1, .5}, {1, .5, .3333333});
        row("geometric-coarse", {1, .5}, {1, .5, .25});
        row("geometric-fine", {.3333333, .6666667}, {.1428571, .2857143, .5714286});
        row("exp-himulcone", {1.6487213, 2.7182818}, {1.3956124, 1.6487213, 2.7182818});
        row("pow2-himulcone", {1.4142136, 2}, {1.2599210, 1.4142136, 2});
    }
    void printedValues() {
        QFETCH(QString, name);
        QFETCH(std::vector<double>, two);
        QFETCH(std::vector<double>, three);
        const auto raw = parseSchedule(name.toStdString() + ":raw");
        QVERIFY(raw.ok());
        QVERIFY(!raw->normalise);
        QVERIFY(nearAll(levelWeights(*raw, 2).value(), two));
        QVERIFY(nearAll(levelWeights(*raw, 3).value(), three));

        const auto normalised = parseSchedule(name.toStdString());
        QVERIFY(normalised.ok());
        for (int levels = 1; levels <= 8; ++levels) {
            const auto weights = levelWeights(*normalised, levels).value();
            const auto rawWeights = levelWeights(*raw, levels).value();
            const double sum = std::accumulate(rawWeights.begin(), rawWeights.end(), 0.0);
            QVERIFY(near(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12));
            for (std::size_t l = 0; l < weights.size(); ++l) QVERIFY(near(weights[l] * sum, rawWeights[l], 1e-12));
        }
    }

    void customWeights() {
        const auto schedule = parseSchedule("0.5,0,1.5");
        QVERIFY(schedule.ok());
        QVERIFY(schedule->kind == ScheduleKind::Custom);
        QVERIFY(nearAll(levelWeights(*schedule, 3).value(), {.25, 0, .75}));
        QVERIFY(nearAll(levelWeights(*parseSchedule("0.5,0,1.5:raw"), 3).value(), {.5, 0, 1.5}));
        const auto tooFew = levelWeights(*schedule, 2);
        QVERIFY(!tooFew.ok());
        QCOMPARE(tooFew.error().code, ErrorCode::InvalidArgument);
        QVERIFY(QString::fromStdString(tooFew.error().message).contains("3 weights"));
    }

    void textGoesBothWays() {
        QCOMPARE(scheduleText(Schedule{}), std::string("linear-fine"));
        for (const std::string& name : scheduleNames())
            for (const std::string& text : {name, name + ":raw"}) QCOMPARE(scheduleText(*parseSchedule(text)), text);
        for (const std::string text : {"0.2,0.8", "1", "0.1,0.2,0.7:raw", "1e-300,3"})
            QCOMPARE(scheduleText(*parseSchedule(text)), text);
    }

    void refusesNonsense() {
        for (const char* text : {"", ":raw", "linear", "Linear-fine", "0.2,", ",0.2", "0.2,-1", "nan", "inf,1",
                                 "0.2;0.8", "linear-fine:RAW", "0.2 ,0.8", "linear-fine:raw:raw"}) {
            const auto schedule = parseSchedule(text);
            QVERIFY2(!schedule.ok(), text);
            QCOMPARE(schedule.error().code, ErrorCode::InvalidArgument);
        }
        QVERIFY(QString::fromStdString(parseSchedule("steep").error().message).contains("linear-fine"));
        QVERIFY(!levelWeights(Schedule{}, 0).ok());
        Schedule zeros{ScheduleKind::Custom, {0, 0}, false};
        QVERIFY(!levelWeights(zeros, 2).ok());
        zeros.custom = {1, std::nan("")};
        QVERIFY(!levelWeights(zeros, 2).ok());
    }

    void learningRate() {
        const auto rate = [](std::int64_t step) { return 2e-5 * learningRateFactor(step, 10, 100); };
        QVERIFY(near(rate(0), 0, 1e-15));
        QVERIFY(near(rate(5), 1e-5, 1e-15));
        QVERIFY(near(rate(10), 2e-5, 1e-15));
        QVERIFY(near(rate(55), 1e-5, 1e-15));
        QVERIFY(near(rate(100), 0, 1e-15));
        QCOMPARE(learningRateFactor(0, 0, 5), 1.0);  // no warm-up: the first update counts in full
        QCOMPARE(learningRateFactor(7, 2, 5), 0.0);
        QCOMPARE(learningRateFactor(-1, 2, 5), 0.0);
        for (std::int64_t step = 0; step < 20; ++step) {
            const double factor = learningRateFactor(step, 20, 20);
            QVERIFY(factor >= 0 && factor <= 1);
        }
    }
};

QTEST_APPLESS_MAIN(TestSchedules)
#include "tst_schedules.moc"
