// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/rng.h"
#include "core/nn/optimizer.h"

using namespace espalier;
using namespace espalier::nn;

namespace {

std::vector<float> randomFloats(std::size_t n, std::uint64_t seed, double scale = 1) {
    SplitMix64 random(seed);
    std::vector<float> out(n);
    for (float& value : out) value = static_cast<float>(scale * random.normal());
    return out;
}

bool near(double a, double b, double tolerance) {
    return std::abs(a - b) <= tolerance;
}

}  // namespace

class TestOptimizer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// By hand: first update of AdamW moves by the rate in the direction of the sign, whatever the size of the
    /// gradient.
    void firstUpdate() {
        std::vector<float> p{1, 1, 1}, m(3), v(3);
        const std::vector<float> g{1e-3F, -50, 0};
        adamWUpdate(p, g, m, v, adamWStep({}, 1, 0.01, 0, 1));
        QVERIFY(near(p[0], 0.99, 1e-6));
        QVERIFY(near(p[1], 1.01, 1e-6));
        QCOMPARE(p[2], 1.0F);
        adamWUpdate(p, std::vector<float>{0, 0, 0}, m, v, adamWStep({}, 2, 0.01, 0.5, 1));
        QVERIFY(near(p[2], 1 - 0.01 * 0.5, 1e-7));  // decay alone
    }

    void equalsTheDoubleTwin() {
        const std::size_t n = 1003;
        std::vector<float> p = randomFloats(n, 1), m(n), v(n);
        std::vector<double> pp(p.begin(), p.end()), mm(n), vv(n);
        for (int t = 1; t <= 50; ++t) {
            const std::vector<float> g = randomFloats(n, 10 + static_cast<std::uint64_t>(t), 0.1);
            const double rate = 1e-2 * (1 - t / 60.0), scale = t % 3 ? 1.0 : 0.25, decay = 0.01;
            adamWUpdate(p, g, m, v, adamWStep({}, t, rate, decay, scale));
            for (std::size_t i = 0; i < n; ++i) {
                const double gradient = scale * static_cast<double>(g[i]);
                mm[i] = 0.9 * mm[i] + 0.1 * gradient;
                vv[i] = 0.999 * vv[i] + 0.001 * gradient * gradient;
                const double first = mm[i] / (1 - std::pow(0.9, t)), second = vv[i] / (1 - std::pow(0.999, t));
                pp[i] = pp[i] * (1 - rate * decay) - rate * first / (std::sqrt(second) + 1e-8);
            }
        }
        double worst = 0;
        for (std::size_t i = 0; i < n; ++i) worst = std::max(worst, std::abs(pp[i] - static_cast<double>(p[i])));
        QVERIFY2(worst < 5e-6, qPrintable(QString::number(worst)));
    }

    void anyDivisionGivesEqualBits() {
        const std::size_t n = 257;
        const std::vector<float> g = randomFloats(n, 3);
        std::vector<float> p1 = randomFloats(n, 4), m1 = randomFloats(n, 5), v1(n, 0.5F);
        std::vector<float> p2 = p1, m2 = m1, v2 = v1;
        const AdamWStep step = adamWStep({}, 7, 1e-3, 0.01, 0.3);
        adamWUpdate(p1, g, m1, v1, step);
        for (std::size_t first = 0; first < n;) {
            const std::size_t count = std::min<std::size_t>(1 + first % 13, n - first);
            const auto part = [&](std::vector<float>& all) { return std::span(all).subspan(first, count); };
            adamWUpdate(part(p2), std::span(g).subspan(first, count), part(m2), part(v2), step);
            first += count;
        }
        QVERIFY(p1 == p2 && m1 == m2 && v1 == v2);
    }

    void normsAndClipping() {
        QVERIFY(near(sumOfSquares(std::vector<float>{3, 4}), 25, 0));
        const std::vector<float> many(100001, 0.5F);
        QVERIFY(near(sumOfSquares(many), 25000.25, 1e-9));
        std::vector<float> broken(20, 1.0F);
        broken[13] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(!std::isfinite(sumOfSquares(broken)));
        broken[13] = std::numeric_limits<float>::infinity();
        QVERIFY(!std::isfinite(sumOfSquares(broken)));
        QVERIFY(std::isfinite(sumOfSquares(std::vector<float>{3e38F, 3e38F})));  // squares beyond float
        QCOMPARE(sumOfSquares({}), 0.0);

        QCOMPARE(clipScale(0.5, 1), 1.0);
        QVERIFY(near(clipScale(4, 1), 0.25, 1e-6));
        QCOMPARE(clipScale(1e9, 0), 1.0);
        QCOMPARE(clipScale(0, 1), 1.0);
    }
};

QTEST_APPLESS_MAIN(TestOptimizer)
#include "tst_optimizer.moc"
