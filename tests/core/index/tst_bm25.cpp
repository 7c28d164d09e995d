// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/rng.h"
#include "core/index/bm25.h"
#include "core/index/faiss_file.h"
#include "core/index/snippet.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::index;

namespace {
using Terms = std::vector<std::string>;

std::vector<Terms> randomDocuments(std::size_t count, SplitMix64& random) {
    std::vector<Terms> documents(count);
    for (Terms& terms : documents)
        for (std::size_t i = random.below(40); i > 0; --i)
            terms.push_back("t" + std::to_string(static_cast<int>(30 * random.uniform() * random.uniform())));
    return documents;
}

double naiveScore(const std::vector<Terms>& documents, const Terms& query, std::size_t row) {
    double total = 0;
    for (const Terms& terms : documents) total += static_cast<double>(terms.size());
    const double mean = total / static_cast<double>(documents.size());
    double score = 0;
    for (const std::string& word : query) {
        double df = 0;
        for (const Terms& terms : documents) df += std::count(terms.begin(), terms.end(), word) > 0 ? 1 : 0;
        const auto tf = static_cast<double>(std::count(documents[row].begin(), documents[row].end(), word));
        const double n = static_cast<double>(documents.size());
        const double idf = std::log(1 + (n - df + .5) / (df + .5));
        score += idf * tf / (tf + .9 * (1 - .4 + .4 * static_cast<double>(documents[row].size()) / mean));
    }
    return score;
}

Bm25Index indexOf(const std::vector<std::string>& texts) {
    jobs::JobContext context;
    return Bm25Index::build(
               static_cast<std::int64_t>(texts.size()),
               [&](std::int64_t row) { return Result<std::string>(texts[static_cast<std::size_t>(row)]); }, {}, context)
        .value();
}

/// Vectors by counting letters: a model that a test can foresee.
Result<DenseRows> letters(const std::vector<std::string>& sentences) {
    DenseRows rows{static_cast<std::int64_t>(sentences.size()), 26, {}};
    for (const std::string& sentence : sentences) {
        std::vector<float> counts(26, 0.0F);
        for (const char c : sentence)
            if (c >= 'a' && c <= 'z') counts[static_cast<std::size_t>(c - 'a')] += 1;
        rows.values.insert(rows.values.end(), counts.begin(), counts.end());
    }
    return rows;
}
}  // namespace

class TestBm25 : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void equalsTheFormula() {
        SplitMix64 random(1);
        for (int round = 0; round < 30; ++round) {
            const std::vector<Terms> documents = randomDocuments(1 + random.below(60), random);
            const Bm25Index index = Bm25Index::fromTerms(documents, {});
            const Terms query{"t1", "t7", "t1", "t29", "unknown"};
            const std::vector<float> scores = index.scoresOfTerms(query);
            for (std::size_t row = 0; row < documents.size(); ++row)
                QVERIFY(std::abs(static_cast<double>(scores[row]) - naiveScore(documents, query, row)) < 1e-5);
        }
    }

    void idfIsNeverNegative() {
        const Bm25Index index = Bm25Index::fromTerms({{"all"}, {"all"}, {"all", "one"}}, {});
        QVERIFY(std::abs(index.idf("all") - std::log(1 + .5 / 3.5)) < 1e-12);
        QVERIFY(std::abs(index.idf("one") - std::log(1 + 2.5 / 1.5)) < 1e-12);
        QCOMPARE(index.idf("none"), 0.0);
    }

    void wordsAsTheyAreWritten() {
        const Bm25Index index = indexOf({"The Cats were SLEEPING.", "A dog sleeps", "Nothing", ""});
        const std::vector<float> scores = index.scores("sleep of cat");
        QVERIFY(scores[0] > scores[1] && scores[1] > 0);
        QCOMPARE(scores[2], 0.0F);
        QCOMPARE(index.documents(), 4);
        QCOMPARE(index.scores("the of and"), std::vector<float>(4, 0.0F));  // stop words alone
    }

    void savedAndLoaded() {
        const test::TempFolder folder;
        SplitMix64 random(2);
        const Bm25Index index = Bm25Index::fromTerms(randomDocuments(50, random), {1.2, .75});
        QVERIFY(index.save(folder / "w.bm25", "corpus 1"));
        const Bm25Index loaded = Bm25Index::load(folder / "w.bm25", "corpus 1").value();
        QCOMPARE(loaded.scoresOfTerms(Terms{"t1", "t3"}), index.scoresOfTerms(Terms{"t1", "t3"}));
        QCOMPARE(loaded.terms(), index.terms());
        QCOMPARE(Bm25Index::load(folder / "w.bm25", "corpus 2").error().code, ErrorCode::Conflict);
        QCOMPARE(Bm25Index::load(folder / "none", "x").error().code, ErrorCode::NotFound);
        const Bm25Index empty = Bm25Index::fromTerms({}, {});
        QVERIFY(empty.save(folder / "e.bm25", ""));
        QCOMPARE(Bm25Index::load(folder / "e.bm25", "").value().documents(), 0);
    }

    void damagedFilesAreNoIndex() {
        const test::TempFolder folder;
        SplitMix64 random(3);
        QVERIFY(Bm25Index::fromTerms(randomDocuments(20, random), {}).save(folder / "w", "k"));
        const std::string good = readFile(folder / "w").value();
        for (int round = 0; round < 200; ++round) {
            std::string bytes = good;
            if (round % 2 == 0) {
                bytes.resize(random.below(bytes.size()));
            } else {
                bytes[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
            }
            const auto loaded = Bm25Index::load(folder.write("d", bytes), "k");
            QVERIFY(!loaded);
            QVERIFY(loaded.error().code == ErrorCode::Corrupt || loaded.error().code == ErrorCode::Conflict);
        }
    }

    void buildCanBeStopped() {
        jobs::JobContext context;
        context.setControl(jobs::Control::Stop);
        const auto index = Bm25Index::build(
            5, [](std::int64_t) { return Result<std::string>("x"); }, {}, context);
        QCOMPARE(index.error().code, ErrorCode::Cancelled);
    }

    void plantedSentenceIsTheSnippet() {
        SplitMix64 random(4);
        std::vector<std::string> texts;
        for (int d = 0; d < 50; ++d) {
            std::string text;
            for (int s = 0; s < 12; ++s) {
                if (s == d % 12) text += "Zzz qqq xxx jjj zzz. ";
                text += "Some leaves and stones are here on the ground. ";
            }
            texts.push_back(text);
        }
        std::vector<std::string_view> views(texts.begin(), texts.end());
        const DenseRows query = letters({"zzz qqq xxx jjj"}).value();
        const auto found = snippetsByVector(views, query.row(0), "zzz qqq", letters).value();
        for (const std::string& snippet : found) QCOMPARE(snippet, std::string("Zzz qqq xxx jjj zzz."));
        const Bm25Index words = indexOf(texts);
        for (const std::string_view text : views)
            QCOMPARE(snippetByWords(text, "a qqq thing", words), std::string("Zzz qqq xxx jjj zzz."));
    }

    void snippetsOfLongDocuments() {
        std::string text = "First of all sentences. ";
        for (int s = 0; s < 500; ++s) text += "Plain sentence number " + std::to_string(s) + " about stones. ";
        text += "Here the quartz lies. ";
        for (int s = 0; s < 500; ++s) text += "Plain sentence number " + std::to_string(s) + " about stones. ";
        const Bm25Index words = indexOf({text, "other text"});
        int encoded = 0;
        const auto encode = [&](const std::vector<std::string>& sentences) {
            encoded = static_cast<int>(sentences.size());
            return letters(sentences);
        };
        const DenseRows query = letters({"here the quartz lies"}).value();
        const std::vector<std::string_view> views{text, "", "  \n"};
        const auto found = snippetsByVector(views, query.row(0), "quartz", encode, &words).value();
        QCOMPARE(encoded, 64);
        QCOMPARE(found[0], std::string("Here the quartz lies."));  // the words led to it
        QVERIFY(found[1].empty() && found[2].empty());
    }

    void longSentencesAreCut() {
        std::string text;
        for (int i = 0; i < 200; ++i) text += "wörd ";
        const Bm25Index words = indexOf({text});
        const std::string snippet = snippetByWords(text, "none of these", words);
        QVERIFY(snippet.size() <= 323 && snippet.ends_with("wörd\xe2\x80\xa6"));
        QCOMPARE(snippetByWords("two\n  lines", "x", words), std::string("two"));
    }

    void failingModel() {
        const std::vector<std::string_view> views{"A text."};
        const std::vector<float> query(26, 1.0F);
        const auto failing = [](const std::vector<std::string>&) {
            return Result<DenseRows>(makeError(ErrorCode::OutOfMemory, "no"));
        };
        QCOMPARE(snippetsByVector(views, query, "x", failing).error().code, ErrorCode::OutOfMemory);
        const auto wrong = [](const std::vector<std::string>&) { return Result<DenseRows>(DenseRows{}); };
        QCOMPARE(snippetsByVector(views, query, "x", wrong).error().code, ErrorCode::Internal);
    }

    void faissFile() {
        const test::TempFolder folder;
        const std::vector<float> values{3, 4, 0, 0, 0, 2};
        QVERIFY(writeFaissIndex(folder / "i.faiss", values, 2));
        const std::string bytes = readFile(folder / "i.faiss").value();
        QCOMPARE(bytes.substr(0, 4), std::string("IxFI"));  // IndexFlatIP
        std::vector<float> written(6);
        memcpy(written.data(), bytes.data() + bytes.size() - 24, 24);
        const std::vector<float> unit{.6F, .8F, 0, 0, 0, 1};
        for (std::size_t i = 0; i < 6; ++i) QVERIFY(std::abs(written[i] - unit[i]) < 1e-6F);
        QVERIFY(writeFaissIndex(folder / "none.faiss", {}, 3));
        QCOMPARE(writeFaissIndex(folder / "x", values, 4).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(writeFaissIndex(folder / "x", values, 0).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(writeFaissIndex(folder / "no" / "such" / "folder", values, 2).error().code, ErrorCode::Io);
        QVERIFY(!std::filesystem::exists(folder / "x"));
    }
};

QTEST_APPLESS_MAIN(TestBm25)
#include "tst_bm25.moc"
