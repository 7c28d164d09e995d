// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "core/base/rng.h"
#include "core/index/neighbours.h"
#include "core/jobs/job_context.h"

using namespace espalier;
using namespace espalier::index;

namespace {

/// Unit rows in loose bundles, so that some are much nearer than others.
DenseRows bundles(std::int64_t rows, std::int64_t dim, std::uint64_t seed) {
    SplitMix64 random(seed);
    DenseRows m{rows, dim, {}};
    for (std::int64_t r = 0; r < rows; ++r) {
        SplitMix64 centre(static_cast<std::uint64_t>(r % 7) + 1000);
        for (std::int64_t c = 0; c < dim; ++c)
            m.values.push_back(static_cast<float>(centre.uniform() - 0.5 + 0.8 * (random.uniform() - 0.5)));
    }
    if (!scaleToUnitLength(m)) qFatal("fixture");
    return m;
}

Result<Neighbours> among(const DenseRows& rows, const NeighbourOptions& options) {
    jobs::JobContext context;
    return nearestNeighbours(rows, options, context);
}

/// Every pair in double, sorted whole.
Neighbours naive(const DenseRows& queries, const DenseRows& rows, bool self, int count) {
    Neighbours all;
    for (std::int64_t q = 0; q < queries.rows; ++q) {
        std::vector<std::pair<std::int64_t, std::int32_t>> scored;
        for (std::int64_t r = 0; r < rows.rows; ++r) {
            double cosine = 0;
            for (std::size_t c = 0; c < queries.row(q).size(); ++c)
                cosine += double{queries.row(q)[c]} * double{rows.row(r)[c]};
            const auto steps = std::llround(cosine * 1e6);
            if ((self && q == r) || steps <= 0) continue;
            scored.emplace_back(-steps, static_cast<std::int32_t>(r));
        }
        std::sort(scored.begin(), scored.end());
        scored.resize(std::min(scored.size(), static_cast<std::size_t>(count)));
        for (const auto& [steps, row] : scored) {
            all.rows.push_back(row);
            all.similarity.push_back(static_cast<std::int32_t>(-steps));
        }
        all.offsets.push_back(static_cast<std::int64_t>(all.rows.size()));
    }
    return all;
}

/// Float sums may round the other way: similarities within one millionth, and where the rows differ, so near a tie.
bool agrees(const Neighbours& found, const Neighbours& expected) {
    if (found.offsets != expected.offsets) return false;
    for (std::size_t i = 0; i < found.rows.size(); ++i)
        if (std::abs(found.similarity[i] - expected.similarity[i]) > 1) return false;
    std::size_t other = 0;
    for (std::size_t i = 0; i < found.rows.size(); ++i) other += found.rows[i] != expected.rows[i] ? 1 : 0;
    return other * 200 <= found.rows.size();
}

}  // namespace

class TestNeighbours : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreesWithEveryPairInDouble() {
        for (const auto& [rows, dim, count] : {std::tuple{1, 5, 3}, {2, 3, 3}, {65, 16, 10}, {700, 24, 30}}) {
            const auto unit = bundles(rows, dim, 3);
            NeighbourOptions options;
            options.count = count;
            QVERIFY(agrees(among(unit, options).value(), naive(unit, unit, true, count)));
            const auto queries = bundles(90, dim, 8);
            jobs::JobContext context;
            QVERIFY(
                agrees(nearestNeighbours(queries, unit, options, context).value(), naive(queries, unit, false, count)));
        }
    }

    void goldenWithTiesToTheLowerRow() {
        // Directions 0, 90, 0, 180, 60 and 0 degrees; the last row has no vector worth the name.
        DenseRows rows{7, 2, {1, 0, 0, 2, 3, 0, -1, 0, .5F, .8660254F, 1, 0, 0, 0}};
        QVERIFY(scaleToUnitLength(rows));
        NeighbourOptions options;
        options.count = 2;
        const auto found = among(rows, options).value();
        const std::vector<std::int32_t> expected{2, 5, 4, 0, 5, 1, 0, 0, 2};
        const std::vector<std::int64_t> offsets{0, 2, 3, 5, 5, 7, 9, 9};
        QCOMPARE(found.offsets, offsets);
        QCOMPARE(found.rows, expected);
        QCOMPARE(found.similarity, (std::vector<std::int32_t>{1000000, 1000000, 866025, 1000000, 1000000, 866025,
                                                              500000, 1000000, 1000000}));
    }

    void nearTiesGoToTheLowerRow() {
        // A difference under half a millionth of a cosine is none.
        DenseRows rows{4, 3, {1, 0, 0, .8F, .6F, 0, .8F + 1e-7F, .6F, 0, .8F, 0, .6F}};
        NeighbourOptions options;
        options.count = 3;
        const auto found = among(rows, options).value();
        QCOMPARE(found.rows[0], 1);
        QCOMPARE(found.rows[1], 2);
        QCOMPARE(found.rows[2], 3);
    }

    void threadsChangeNothing_data() {
        QTest::addColumn<qlonglong>("exactPairs");
        QTest::newRow("exact") << qlonglong{1000000000};
        QTest::newRow("graphs") << qlonglong{1};
    }
    void threadsChangeNothing() {
        QFETCH(qlonglong, exactPairs);
        const auto unit = bundles(1500, 16, 5);
        NeighbourOptions options;
        options.count = 8;
        options.exactPairs = exactPairs;
        options.threads = 1;
        const auto reference = among(unit, options).value();
        QCOMPARE(reference.queries(), std::int64_t{1500});
        for (const int threads : {2, 8}) {
            options.threads = threads;
            QVERIFY(among(unit, options).value() == reference);
        }
    }

    void graphsFindNearlyAllOfTheExact() {
        const auto unit = bundles(3000, 16, 6);
        NeighbourOptions options;
        options.count = 10;
        const auto exact = among(unit, options).value();
        options.exactPairs = 1;
        const auto graphs = among(unit, options).value();
        QCOMPARE(graphs.offsets, exact.offsets);
        std::size_t shared = 0;
        for (std::int64_t q = 0; q < exact.queries(); ++q) {
            const auto begin = exact.offsets[static_cast<std::size_t>(q)],
                       end = exact.offsets[static_cast<std::size_t>(q) + 1];
            for (auto i = begin; i < end; ++i)
                shared += std::find(graphs.rows.begin() + begin, graphs.rows.begin() + end,
                                    exact.rows[static_cast<std::size_t>(i)]) != graphs.rows.begin() + end
                              ? 1
                              : 0;
        }
        const double recall = static_cast<double>(shared) / static_cast<double>(exact.rows.size());
        QVERIFY2(recall > 0.97, qPrintable(QString::number(recall)));
    }

    void nothingToCompare() {
        NeighbourOptions options;
        QVERIFY(among(DenseRows{0, 4, {}}, options).value().rows.empty());
        const auto zeros = among(DenseRows{3, 2, std::vector<float>(6, 0.0F)}, options).value();
        QVERIFY(zeros.rows.empty());
        QCOMPARE(zeros.queries(), std::int64_t{3});
        options.exactPairs = 1;
        QVERIFY(among(DenseRows{3, 2, std::vector<float>(6, 0.0F)}, options).value().rows.empty());
        options.count = 0;
        QVERIFY(among(bundles(5, 3, 1), options).value().rows.empty());
        jobs::JobContext context;
        const auto wrong = nearestNeighbours(bundles(3, 4, 1), bundles(3, 5, 1), {}, context);
        QCOMPARE(wrong.error().code, ErrorCode::InvalidArgument);
        DenseRows spoiled = bundles(3, 4, 1);
        spoiled.values[5] = std::numeric_limits<float>::quiet_NaN();
        const auto refused = scaleToUnitLength(spoiled);
        QVERIFY(!refused && refused.error().message.find("vector 1 ") != std::string::npos);
    }

    void stopsWhenAsked() {
        const auto unit = bundles(4000, 16, 5);
        for (const std::int64_t pairs : {std::int64_t{1000000000}, std::int64_t{1}}) {
            jobs::JobContext context;
            context.setControl(jobs::Control::Stop);
            NeighbourOptions options;
            options.exactPairs = pairs;
            const auto stopped = nearestNeighbours(unit, options, context);
            QVERIFY(!stopped);
            QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        }
    }

    void waitsWhilePaused() {
        const auto unit = bundles(600, 16, 5);
        jobs::JobContext context;
        context.setControl(jobs::Control::Pause);
        std::thread user([&] { context.setControl(jobs::Control::Run); });
        const auto found = nearestNeighbours(unit, {}, context);
        user.join();
        QVERIFY(found && *found == among(unit, {}).value());
    }
};

QTEST_APPLESS_MAIN(TestNeighbours)
#include "tst_neighbours.moc"
