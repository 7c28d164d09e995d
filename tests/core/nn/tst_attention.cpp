// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <memory>

#include "core/base/rng.h"
#include "core/nn/simd/attention_kernels.h"
#include "tests/core/nn/probe/bert_probe.h"

using namespace espalier;
using namespace espalier::nn;

namespace {

/// One head written down as in the definition, in double.
struct NaiveHead {
    std::vector<double> out, gradQuery, gradKey, gradValue, logSums;
};

NaiveHead naive(const std::vector<float>& qkv, int length, int dim, double scale, const std::vector<float>& gradOut) {
    const auto at = [&](int part, int i, int d) {
        return static_cast<double>(qkv[static_cast<std::size_t>((i * 3 + part) * dim + d)]);
    };
    const auto cell = [&](int i, int d) { return static_cast<std::size_t>(i * dim + d); };
    NaiveHead head;
    const auto size = static_cast<std::size_t>(length * dim);
    head.out.assign(size, 0);
    head.gradQuery.assign(size, 0);
    head.gradKey.assign(size, 0);
    head.gradValue.assign(size, 0);
    for (int i = 0; i < length; ++i) {
        std::vector<double> share(static_cast<std::size_t>(length));
        double sum = 0;
        for (int j = 0; j < length; ++j) {
            double score = 0;
            for (int d = 0; d < dim; ++d) score += at(0, i, d) * at(1, j, d) * scale;
            sum += share[static_cast<std::size_t>(j)] = std::exp(score);
        }
        head.logSums.push_back(std::log(sum));
        std::vector<double> gradShare(share.size(), 0);
        double dot = 0;
        for (int j = 0; j < length; ++j) {
            const auto s = static_cast<std::size_t>(j);
            share[s] /= sum;
            for (int d = 0; d < dim; ++d) {
                head.out[cell(i, d)] += share[s] * at(2, j, d);
                gradShare[s] += gradOut[cell(i, d)] * at(2, j, d);
                head.gradValue[cell(j, d)] += share[s] * gradOut[cell(i, d)];
            }
            dot += gradShare[s] * share[s];
        }
        for (int j = 0; j < length; ++j) {
            const auto s = static_cast<std::size_t>(j);
            const double gradScore = share[s] * (gradShare[s] - dot) * scale;
            for (int d = 0; d < dim; ++d) {
                head.gradQuery[cell(i, d)] += gradScore * at(1, j, d);
                head.gradKey[cell(j, d)] += gradScore * at(0, i, d);
            }
        }
    }
    return head;
}

BertConfig tinyConfig() {
    BertConfig config;
    config.vocabulary = 50;
    config.hidden = 24;
    config.layers = 2;
    config.heads = 3;
    config.intermediate = 40;
    config.positions = 40;
    config.types = 2;
    return config;
}

const std::vector<int> kLengths{1, 7, 33, 16, 2};

}  // namespace

class TestAttention : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void kernelsEqualTheDefinition_data() {
        QTest::addColumn<QString>("level");
        for (const char* level : {"base", "avx2", "avx512"}) QTest::newRow(level) << QString(level);
    }
    void kernelsEqualTheDefinition() {
        QFETCH(QString, level);
        const simd::AttentionKernels* kernels = simd::attentionKernels(level.toLatin1().constData());
        if (kernels == nullptr) return;  // not on this processor: the level is never chosen here
        SplitMix64 random(11);
        for (const int length : {1, 2, 3, 5, 8, 15, 16, 17, 31, 47, 64}) {
            for (const int dim : {1, 4, 8, 12, 32, 40, 64}) {
                std::vector<float> qkv(static_cast<std::size_t>(length * 3 * dim));
                std::vector<float> gradOut(static_cast<std::size_t>(length * dim));
                for (float& value : qkv) value = static_cast<float>(random.normal());
                for (float& value : gradOut) value = static_cast<float>(random.normal());
                simd::AttentionTask task;
                task.query = qkv.data();
                task.key = task.query + dim;
                task.value = task.key + dim;
                task.stride = 3 * dim;
                task.length = length;
                task.headDim = dim;
                task.scale = 1.0F / std::sqrt(static_cast<float>(dim));
                const std::size_t floats = kernels->scratchFloats(length, dim);
                std::vector<float> memory(floats + 17, std::nanf(""));
                memory.back() = 42.0F;
                std::vector<float> out(gradOut.size()), sums(static_cast<std::size_t>(length));
                std::vector<float> gradients(qkv.size());
                kernels->forward(task, out.data(), dim, sums.data(), memory.data());
                kernels->backward(task, gradOut.data(), dim, sums.data(), gradients.data(), gradients.data() + dim,
                                  gradients.data() + 2 * dim, memory.data());
                QCOMPARE(memory.back(), 42.0F);
                const NaiveHead exact = naive(qkv, length, dim, task.scale, gradOut);
                double worst = 0;
                for (int i = 0; i < length; ++i) {
                    worst = std::max(worst, std::abs(sums[static_cast<std::size_t>(i)] -
                                                     exact.logSums[static_cast<std::size_t>(i)]));
                    for (int d = 0; d < dim; ++d) {
                        const auto cell = static_cast<std::size_t>(i * dim + d);
                        const auto row = static_cast<std::size_t>(i * 3 * dim + d);
                        const auto step = static_cast<std::size_t>(dim);
                        worst = std::max(worst, std::abs(out[cell] - exact.out[cell]));
                        worst = std::max(worst, std::abs(gradients[row] - exact.gradQuery[cell]));
                        worst = std::max(worst, std::abs(gradients[row + step] - exact.gradKey[cell]));
                        worst = std::max(worst, std::abs(gradients[row + 2 * step] - exact.gradValue[cell]));
                    }
                }
                QVERIFY2(worst < 2e-5, qPrintable(QString("length %1 dim %2: %3").arg(length).arg(dim).arg(worst)));
            }
        }
    }

    void largeScoresStayFinite() {
        for (const char* level : {"base", "avx2", "avx512"}) {
            const simd::AttentionKernels* kernels = simd::attentionKernels(level);
            if (kernels == nullptr) continue;
            std::vector<float> qkv(2 * 3 * 4, 0.0F);
            for (int d = 0; d < 4; ++d) {
                qkv[static_cast<std::size_t>(d)] = 1000.0F;        // first query
                qkv[static_cast<std::size_t>(4 + d)] = 1000.0F;    // first key
                qkv[static_cast<std::size_t>(8 + d)] = 7.0F;       // first value
                qkv[static_cast<std::size_t>(16 + d)] = -1000.0F;  // second key
                qkv[static_cast<std::size_t>(20 + d)] = 9.0F;
            }
            simd::AttentionTask task{qkv.data(), qkv.data() + 4, qkv.data() + 8, 12, 2, 4, 0.5F};
            std::vector<float> out(8), sums(2), memory(kernels->scratchFloats(2, 4));
            kernels->forward(task, out.data(), 4, sums.data(), memory.data());
            QCOMPARE(out[0], 7.0F);
            QCOMPARE(out[4], 8.0F);  // the second query is 0: equal shares
            QCOMPARE(sums[0], 2e6F);
        }
    }

    void packedEqualsPadded() {
        const test::Gap gap = test::attentionGap({5, 1, 40, 17, 64}, 4, 32);
        QVERIFY2(gap.value < 2e-6, qPrintable(QString::number(gap.value)));
        QVERIFY2(gap.gradient < 2e-6, qPrintable(QString::number(gap.gradient)));
    }

    void dropoutHasTheSameMaskBothWays() {
        const double gap = test::attentionDropoutGap({9, 4}, 2, 8, 0.3);
        QVERIFY2(gap < 2e-3, qPrintable(QString::number(gap)));
    }

    void dropoutKeepsTheMean() {
        const simd::AttentionKernels& kernels = simd::attentionKernels();
        constexpr int kLength = 64;
        std::vector<float> qkv(kLength * 3, 0.0F);
        for (int i = 0; i < kLength; ++i) qkv[static_cast<std::size_t>(3 * i + 2)] = 1.0F;
        double sum = 0;
        constexpr int kSeeds = 200;
        for (int seed = 0; seed < kSeeds; ++seed) {
            simd::AttentionTask task{qkv.data(), qkv.data() + 1, qkv.data() + 2,
                                     3,          kLength,        1,
                                     1.0F,       0.25F,          static_cast<std::uint64_t>(seed)};
            std::vector<float> out(kLength), memory(kernels.scratchFloats(kLength, 1));
            kernels.forward(task, out.data(), 1, nullptr, memory.data());
            for (const float value : out) sum += value;
        }
        const double mean = sum / (kSeeds * kLength);
        QVERIFY2(std::abs(mean - 1.0) < 0.005, qPrintable(QString::number(mean)));
    }

    void modelInFloatEqualsModelInDouble_data() {
        QTest::addColumn<int>("pooling");
        QTest::newRow("mean") << static_cast<int>(Pooling::Mean);
        QTest::newRow("cls") << static_cast<int>(Pooling::Cls);
        QTest::newRow("max") << static_cast<int>(Pooling::Max);
    }
    void modelInFloatEqualsModelInDouble() {
        QFETCH(int, pooling);
        const test::Gap gap = test::modelGap(tinyConfig(), static_cast<Pooling>(pooling), kLengths);
        QVERIFY2(gap.value < 2e-5, qPrintable(QString::number(gap.value)));
        QVERIFY2(gap.gradient < 2e-4, qPrintable(QString::number(gap.gradient)));
    }

    void gradientsEqualFiniteDifferences() {
        const double gap = test::finiteDifferenceGap(tinyConfig(), Pooling::Mean, {3, 6});
        QVERIFY2(gap < 1e-6, qPrintable(QString::number(gap)));
    }

    void frozenModelGivesTheSame() {
        for (const Activation activation : {Activation::Gelu, Activation::GeluTanh, Activation::Relu}) {
            BertConfig config = tinyConfig();
            config.activation = activation;
            const double gap = test::frozenGap(config, kLengths);
            QVERIFY2(gap < 2e-5, qPrintable(QString::number(gap)));
        }
    }

    void dropoutIsFixedByTheSeed() {
        const test::Gap gap = test::dropoutRepeats(tinyConfig(), kLengths);
        QCOMPARE(gap.value, 0.0);
        QVERIFY(gap.gradient > 1e-3);
    }
};
QTEST_APPLESS_MAIN(TestAttention)
#include "tst_attention.moc"
