// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>

#include "core/base/rng.h"
#include "core/eval/bootstrap.h"

using namespace espalier;
using namespace espalier::eval;

namespace {
bool near(double a, double b, double tolerance = 5e-6) {
    return std::abs(a - b) <= tolerance;
}
}  // namespace

class TestBootstrap : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenGenerator() {
        SplitMix64 random(42);
        QCOMPARE(random.next(), 0xbdd732262feb6e95ULL);
        QCOMPARE(random.next(), 0x28efe333b266f103ULL);
        QCOMPARE(random.next(), 0x47526757130f9f52ULL);
    }

    void goldenIntervals() {
        const std::vector<double> v{.1, .35, .62, .8, .44, .93, .27, .5};
        const Interval a = bootstrapMean(v);
        QVERIFY(near(a.mean, .501250));
        QVERIFY(near(a.low, .338719));
        QVERIFY(near(a.high, .693781));
        BootstrapOptions many;
        many.replicates = 10000;
        const Interval b = bootstrapMean(v, many);
        QVERIFY(near(b.low, .324969));
        QVERIFY(near(b.high, .683750));
        const Interval c = bootstrapMean(std::vector<double>{1, 0, 1, 1, 0, 1, 0, 1, 1, 0});
        QVERIFY(near(c.low, .3));
        QVERIFY(near(c.high, .9));
    }

    void smallSamples() {
        QCOMPARE(bootstrapMean({}).n, 0);
        const Interval one = bootstrapMean(std::vector<double>{.7});
        QCOMPARE(one.n, 1);
        QCOMPARE(one.low, one.high);
        QCOMPARE(bootstrapDifference({}, {}).n, 0);
    }

    void pairedDifference() {
        std::vector<double> a, b;
        SplitMix64 random(1);
        for (int i = 0; i < 60; ++i) {
            a.push_back(random.uniform());
            b.push_back(a.back() + .1 + .02 * random.normal());
        }
        const Difference up = bootstrapDifference(a, b);
        QVERIFY(near(up.delta, up.b - up.a, 1e-12));
        QVERIFY(up.low > .09 && up.high < .11);
        QVERIFY(near(up.p, 2.0 / 1001, 1e-12));
        const Difference down = bootstrapDifference(b, a);
        QVERIFY(near(down.delta, -up.delta, 1e-12));
        QVERIFY(near(down.low, -up.high, 1e-12));
        const Difference none = bootstrapDifference(a, a);
        QCOMPARE(none.delta, 0.0);
        QCOMPARE(none.p, 1.0);
    }

    void quantiles() {
        const std::vector<double> v{1, 2, 4, 8};
        QCOMPARE(quantile(v, 0), 1.0);
        QCOMPARE(quantile(v, 1), 8.0);
        QCOMPARE(quantile(v, .5), 3.0);
        QVERIFY(near(quantile(v, .1), 1.3, 1e-12));
    }

    void holmStepsDown() {
        const std::vector<double> p{.01, .04, .03, .6};
        const std::vector<double> adjusted = holm(p);
        QVERIFY(near(adjusted[0], .04, 1e-12));
        QVERIFY(near(adjusted[2], .09, 1e-12));
        QVERIFY(near(adjusted[1], .09, 1e-12));  // never below the one before
        QVERIFY(near(adjusted[3], .6, 1e-12));
    }
};

QTEST_APPLESS_MAIN(TestBootstrap)
#include "tst_bootstrap.moc"
