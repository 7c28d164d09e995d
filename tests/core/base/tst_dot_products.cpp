// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>

#include "core/base/dot_products.h"
#include "core/base/rng.h"
#include "core/base/simd/dot_kernels.h"

using namespace espalier;

namespace {
std::vector<float> randomRows(std::int64_t count, SplitMix64& random) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& x : values) x = static_cast<float>(random.normal());
    return values;
}
/// What this processor can run, by level.
std::vector<simd::DotChoice> choices() {
    std::vector<simd::DotChoice> all{{"plain", simd::plainDotProducts}};
    for (const char* wanted : {"base", "avx2", "avx512"}) {
        const simd::DotChoice choice = simd::chooseDotProducts(wanted);
        if (QByteArray(choice.level) == wanted) all.push_back(choice);
    }
    return all;
}
}  // namespace

class TestDotProducts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyLevelEqualsDoubles() {
        SplitMix64 random(1);
        for (const simd::DotChoice& choice : choices()) {
            for (const std::int64_t dim : {1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 100, 384}) {
                const std::int64_t m = 1 + static_cast<std::int64_t>(random.below(9));
                const std::int64_t n = 1 + static_cast<std::int64_t>(random.below(9));
                const std::vector<float> a = randomRows(m * dim, random);
                const std::vector<float> b = randomRows(n * dim, random);
                std::vector<float> out(static_cast<std::size_t>(m * (n + 2)), -99.0F);
                choice.kernel(a.data(), m, b.data(), n, dim, out.data(), n + 2);
                for (std::int64_t i = 0; i < m; ++i) {
                    for (std::int64_t j = 0; j < n; ++j) {
                        double exact = 0;
                        double size = 0;
                        for (std::int64_t k = 0; k < dim; ++k) {
                            const double term = static_cast<double>(a[static_cast<std::size_t>(i * dim + k)]) *
                                                static_cast<double>(b[static_cast<std::size_t>(j * dim + k)]);
                            exact += term;
                            size += std::abs(term);
                        }
                        const double got = out[static_cast<std::size_t>(i * (n + 2) + j)];
                        QVERIFY2(std::abs(got - exact) <= 1e-6 * size + 1e-7, choice.level);
                    }
                    QCOMPARE(out[static_cast<std::size_t>(i * (n + 2) + n)], -99.0F);  // nothing beyond the row
                }
            }
        }
    }

    void aPairHasOneSumWhateverTheBlock() {
        SplitMix64 random(2);
        constexpr std::int64_t kDim = 37;
        constexpr std::int64_t kRows = 23;
        const std::vector<float> rows = randomRows(kRows * kDim, random);
        for (const simd::DotChoice& choice : choices()) {
            std::vector<float> all(kRows * kRows);
            choice.kernel(rows.data(), kRows, rows.data(), kRows, kDim, all.data(), kRows);
            for (std::int64_t i = 0; i < kRows; ++i) {
                for (std::int64_t j = 0; j < kRows; ++j) {
                    float one = 0;
                    choice.kernel(rows.data() + i * kDim, 1, rows.data() + j * kDim, 1, kDim, &one, 1);
                    QCOMPARE(all[static_cast<std::size_t>(i * kRows + j)], one);
                    QCOMPARE(all[static_cast<std::size_t>(j * kRows + i)], one);
                }
            }
        }
    }

    void levelsAreLoweredNotRaised() {
        QCOMPARE(QByteArray(simd::chooseDotProducts("base").level), QByteArray("base"));
        QVERIFY(simd::chooseDotProducts(nullptr).kernel != nullptr);
        QCOMPARE(QByteArray(simd::chooseDotProducts("nonsense").level),
                 QByteArray(simd::chooseDotProducts(nullptr).level));
        QVERIFY(QByteArray(simd::chooseDotProducts("avx2").level) != "avx512");
        QVERIFY(dotProductLevel() != nullptr);
        const float x[2] = {3, 4};
        QCOMPARE(dot(x, x, 2), 25.0F);
        QCOMPARE(dot(x, x, 0), 0.0F);
    }
};

QTEST_APPLESS_MAIN(TestDotProducts)
#include "tst_dot_products.moc"
