// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/jobs/job_context.h"
#include "core/text/tfidf.h"

using namespace espalier;
using namespace espalier::text;

namespace {
TfidfModel fitted(const std::vector<std::string>& texts, const TfidfOptions& options) {
    jobs::JobContext context;
    return TfidfModel::fit(texts, options, context).value();
}
std::vector<std::string> randomTexts(std::size_t count, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<std::string> texts(count);
    for (auto& text : texts) {
        const auto words = random.below(20);
        for (std::size_t i = 0; i < words; ++i) {
            const auto pick = random.below(40) * random.below(40) / 40;
            text += (random.below(4) == 0 ? "Term" : "term") + std::string(1, static_cast<char>('a' + pick % 26)) +
                    std::string(1, static_cast<char>('a' + pick / 26)) + " ";
        }
    }
    return texts;
}
}  // namespace

class TestTfidf : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void goldenValues() {
        const std::vector<std::string> texts{"apple banana apple", "banana cherry", "cherry date"};
        const auto model = fitted(texts, {.minDf = 1, .maxDf = 1});
        const std::vector<std::string> terms{"apple", "banana", "cherry", "date"};
        QCOMPARE(model.vocabulary(), terms);
        const double idf[] = {1.693147, 1.287682, 1.287682, 1.693147};
        for (std::size_t i = 0; i < 4; ++i) QVERIFY(std::abs(model.idf()[i] - idf[i]) < 5e-7);
        const auto x = model.weigh(model.counts(texts));
        const double expected[3][4] = {{.934702, .355432, 0, 0}, {0, .707107, .707107, 0}, {0, 0, .605349, .795961}};
        for (std::int64_t r = 0; r < 3; ++r) {
            double row[4] = {};
            for (std::size_t i = 0; i < x.rowSize(r); ++i)
                row[static_cast<std::size_t>(x.rowColumns(r)[i])] = double{x.rowValues(r)[i]};
            for (int c = 0; c < 4; ++c) QVERIFY(std::abs(row[c] - expected[r][c]) < 5e-6);
        }
    }

    void limitsOfDocumentFrequency() {
        // "agate" in 1 of 4 texts, "basalt" in 2, "granite" in 3.
        const std::vector<std::string> texts{"agate basalt granite", "basalt granite", "granite", "marble"};
        QCOMPARE(fitted(texts, {}).vocabulary(), std::vector<std::string>{"basalt"});  // min_df 2 under 500 texts
        const std::vector<std::string> upToHalf{"agate", "basalt", "marble"};
        QCOMPARE(fitted(texts, {.minDf = 1}).vocabulary(), upToHalf);
        std::vector<std::string> many(500, "filler");
        for (int i = 0; i < 4; ++i) many[static_cast<std::size_t>(i)] = "quartet";
        for (int i = 4; i < 9; ++i) many[static_cast<std::size_t>(i)] = "quintet";
        QCOMPARE(fitted(many, {}).vocabulary(), std::vector<std::string>{"quintet"});
    }

    void capKeepsTheCommonestAndBreaksTiesByBytes() {
        const std::vector<std::string> texts{"delta alpha beta", "delta alpha beta", "delta gamma beta", "delta", "zz"};
        const std::vector<std::string> expected{"beta", "delta"};
        QCOMPARE(fitted(texts, {.minDf = 1, .maxDf = 1, .maxFeatures = 2}).vocabulary(), expected);
        const std::vector<std::string> three{"alpha", "beta", "delta"};
        QCOMPARE(fitted(texts, {.minDf = 1, .maxDf = 1, .maxFeatures = 3}).vocabulary(), three);
        const std::vector<std::string> tied{"bb aa", "aa cc", "bb cc"};
        const std::vector<std::string> firstTwo{"aa", "bb"};
        QCOMPARE(fitted(tied, {.minDf = 1, .maxDf = 1, .maxFeatures = 2}).vocabulary(), firstTwo);
    }

    void writtenAsMostOften() {
        const std::vector<std::string> texts{"PostgreSQL soil PostgreSQL", "postgresql Soil", "soil WAL wal"};
        const auto model = fitted(texts, {.minDf = 1, .maxDf = 1});
        const std::vector<std::string> terms{"postgresql", "soil", "wal"};
        const std::vector<std::string> written{"PostgreSQL", "soil", "wal"};
        QCOMPARE(model.vocabulary(), terms);
        QCOMPARE(model.written(), written);
    }

    void rowsAreUnitAndSortedAndOrderDoesNotMatter() {
        auto texts = randomTexts(120, 3);
        const auto model = fitted(texts, {});
        QVERIFY(model.vocabulary().size() > 5);
        const auto counts = model.counts(texts);
        const auto x = model.weigh(counts);
        for (std::int64_t r = 0; r < x.rows; ++r) {
            const auto columns = x.rowColumns(r);
            QVERIFY(std::is_sorted(columns.begin(), columns.end()));
            double square = 0;
            for (const float v : x.rowValues(r)) square += double{v} * v;
            QVERIFY(x.rowSize(r) == 0 || std::abs(square - 1) < 1e-6);
        }
        SplitMix64 random(5);
        auto shuffled = texts;
        shuffle(shuffled, random);
        const auto again = fitted(shuffled, {});
        QCOMPARE(again.toJson(), model.toJson());
        // A source that hands out counts at once agrees with counting again.
        jobs::JobContext context;
        const auto fit = TfidfModel::fitCounts(
                             [&](const std::function<void(std::string_view)>& visit) -> Status {
                                 for (const auto& text : texts) visit(text);
                                 return {};
                             },
                             {}, context)
                             .value();
        QCOMPARE(fit.counts.columns, counts.columns);
        QCOMPARE(fit.counts.values, counts.values);
        QCOMPARE(fit.counts.offsets, counts.offsets);
    }

    void jsonRoundTrip() {
        const auto texts = randomTexts(60, 9);
        const auto model = fitted(texts, {});
        const auto back = TfidfModel::fromJson(model.toJson()).value();
        QCOMPARE(back.toJson(), model.toJson());
        QCOMPARE(back.idf(), model.idf());
        QCOMPARE(back.counts(texts).columns, model.counts(texts).columns);
    }

    void damagedJsonIsRefused() {
        const auto text = fitted(randomTexts(30, 2), {}).toJson();
        for (const std::string& bad : {std::string(), std::string("[]"), std::string("{}"),
                                       text.substr(0, text.size() / 2), std::string("{\"version\":1}")}) {
            const auto result = TfidfModel::fromJson(bad);
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::Corrupt);
        }
        auto newer = text;
        newer.replace(newer.find("\"version\":2"), 11, "\"version\":9");
        QCOMPARE(TfidfModel::fromJson(newer).error().code, ErrorCode::VersionTooNew);
    }

    void nothingUsable() {
        for (const std::vector<std::string>& texts :
             {std::vector<std::string>{}, std::vector<std::string>{"the and 12"}, std::vector<std::string>{"", ""},
              std::vector<std::string>{"word"}, std::vector<std::string>(9, "all equal words")}) {
            const auto model = fitted(texts, {});
            QVERIFY(model.vocabulary().empty());
            const auto x = model.weigh(model.counts(texts));
            QCOMPARE(x.rows, static_cast<std::int64_t>(texts.size()));
            QCOMPARE(x.nonZeros(), std::int64_t{0});
        }
    }

    void badOptionsAndCancel() {
        jobs::JobContext context;
        const std::vector<std::string> texts{"one"};
        QCOMPARE(TfidfModel::fit(texts, {.minDf = -1}, context).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(TfidfModel::fit(texts, {.maxDf = 0}, context).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(TfidfModel::fit(texts, {.maxFeatures = -5}, context).error().code, ErrorCode::InvalidArgument);
        context.setControl(jobs::Control::Stop);
        QCOMPARE(TfidfModel::fit(texts, {}, context).error().code, ErrorCode::Cancelled);
    }
};

QTEST_APPLESS_MAIN(TestTfidf)
#include "tst_tfidf.moc"
