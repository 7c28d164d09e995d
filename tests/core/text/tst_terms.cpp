// SPDX-License-Identifier: Apache-2.0
/// What of a text counts as a term: stop lists, a user's lists, what follows what; and terms found again in a text.
#include <QTest>
#include <algorithm>
#include <string>
#include <vector>

#include "core/jobs/job_context.h"
#include "core/text/terms.h"
#include "core/text/tfidf.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::text;
using espalier::test::TempFolder;

namespace {
/// "soil+water peat": a plus where a term follows the one before directly, an asterisk where the user keeps it.
std::string read(TermReader& reader, std::string_view text, std::vector<std::string_view> languages = {"en"}) {
    std::string out;
    reader.read(text, languages, [&](const TermReader::Found& found) {
        out += found.follows ? "+" : out.empty() ? "" : " ";
        out += std::string(found.term) + (found.kept ? "*" : "");
    });
    return out;
}
std::string readPlain(std::string_view text, std::vector<std::string_view> languages = {"en"}) {
    TermReader reader;
    return read(reader, text, std::move(languages));
}
TfidfModel fitted(const std::vector<std::string>& texts, const TfidfOptions& options) {
    jobs::JobContext context;
    return TfidfModel::fit(texts, options, context).value();
}
bool has(const TfidfModel& model, const std::string& term) {
    const auto& words = model.vocabulary();
    return std::find(words.begin(), words.end(), term) != words.end();
}
}  // namespace

class TestTerms : public QObject {
    Q_OBJECT
    TempFolder m_folder;

private Q_SLOTS:
    void reads_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("stop words part") << "The loss of soil water"
                                         << "loss soil+water";
        QTest::newRow("punctuation parts") << "soil, water"
                                           << "soil water";
        QTest::newRow("sentence ends part") << "Soil. Water"
                                            << "soil water";
        QTest::newRow("possessive does not part") << "Alzheimer's disease"
                                                  << "alzheimer+disease";
        QTest::newRow("numbers are no terms") << "soil 12 water"
                                              << "soil water";
        QTest::newRow("addresses are no terms") << "see https://example.org/soil-water peat"
                                                << "peat";
        QTest::newRow("mail") << "write someone@example.org peat"
                              << "write peat";
        QTest::newRow("hyphens stay") << "long-term storage"
                                      << "long-term+storage";
        QTest::newRow("so-called") << "so-called soil"
                                   << "soil";
        QTest::newRow("wrapped line") << "a survey of the many kinds of arable soil\nwater that plants take up"
                                      << "survey arable+soil+water plants";
        QTest::newRow("nothing") << ""
                                 << "";
    }
    void reads() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(readPlain(text.toStdString())), expected);
    }

    void languagesHaveTheirOwnStopWords() {
        QCOMPARE(readPlain("der Boden und das Wasser", {"de"}), std::string("boden wasser"));
        QCOMPARE(readPlain("l'eau et le sol", {"fr"}), std::string("eau sol"));
        QVERIFY(readPlain("der Boden", {"en"}).find("der") != std::string::npos);
    }

    void userLists() {
        auto reader = TermReader::create({{"soil", "deep water"}, {"the who", "R2", "of"}}).value();
        QCOMPARE(read(reader, "The Who of soil and deep water, water R2"), std::string("the who*+of* water+r2*"));
        // Stopped alone, "water" is still a term; stopped phrases part what stands around them.
        QCOMPARE(read(reader, "clear deep water lake"), std::string("clear lake"));
        auto other = reader.sharing();
        QCOMPARE(read(other, "soil peat"), std::string("peat"));
    }

    void listsThatCannotBe() {
        QCOMPARE(TermReader::create({{"Soil"}, {"soil"}}).error().code, ErrorCode::InvalidState);
        QVERIFY(TermReader::create({{"Soil"}, {"soil"}}).error().message.find("soil") != std::string::npos);
        QCOMPARE(TermReader::create({{"..."}, {}}).error().code, ErrorCode::InvalidState);
    }

    void listFiles() {
        const auto good =
            m_folder.write("good.txt", "\xef\xbb\xbf# what we know\r\n\r\n  soil water  \r\nC#\npeat # wet\n");
        QCOMPARE(readTermList(good).value(), (std::vector<std::string>{"soil water", "C#", "peat"}));
        QCOMPARE(readTermList(m_folder.write("empty.txt", "")).value().size(), std::size_t{0});
        const auto refused = [&](const char* name, const std::string& bytes, std::int64_t line) {
            const auto result = readTermList(m_folder.write(name, bytes));
            return !result && result.error().code == ErrorCode::Corrupt && result.error().line == line;
        };
        QVERIFY(refused("latin.txt",
                        "soil\nBr\xfc"
                        "cke\n",
                        2));
        QVERIFY(refused("nul.txt", std::string("soil\0\n", 6), 1));
        QVERIFY(refused("marks.txt", "soil\n\n!!!\n", 3));
        QVERIFY(refused("long.txt", std::string(300, 'a'), 1));
        QCOMPARE(readTermList(m_folder / "absent.txt").error().code, ErrorCode::NotFound);
    }

    void findsTermsWhereTheyStand() {
        const std::string text = "Soil water is in the soil. WATER! Soil waters.";
        TermFinder finder(std::vector<std::string>{"soil water", "water", "soil"});
        std::string found;
        for (const Span& span : finder.find(text)) found += "[" + text.substr(span.begin, span.end - span.begin) + "]";
        QCOMPARE(found, std::string("[Soil water][soil][WATER][Soil]"));
        QVERIFY(finder.find(text, [] { return true; }).empty());
        QVERIFY(TermFinder({}).find(text).empty());
    }

    void phrasesAreTerms() {
        std::vector<std::string> texts;
        for (int i = 0; i < 12; ++i) {
            texts.push_back("Soil Water moves " + std::string(i % 2 == 0 ? "slowly" : "quickly"));
            texts.push_back("peat burns, clay does not; heavy rain came " + std::string(i % 3 == 0 ? "late" : "early"));
        }
        const auto model = fitted(texts, {.minDf = 2, .maxDf = 1, .language = "en", .phrases = true});
        QVERIFY(has(model, "soil water") && has(model, "soil") && has(model, "heavy rain"));
        QVERIFY(!has(model, "burns clay"));  // a comma between them
        const auto place = std::find(model.vocabulary().begin(), model.vocabulary().end(), "soil water");
        QCOMPARE(model.written()[static_cast<std::size_t>(place - model.vocabulary().begin())],
                 std::string("Soil Water"));
        // New texts are read by the same phrases; the words of a phrase count beside it.
        const auto counts = model.counts(std::vector<std::string>{"soil water", "soil and water"});
        QCOMPARE(counts.rowSize(0), std::size_t{3});
        QCOMPARE(counts.rowSize(1), std::size_t{2});
        const auto again = TfidfModel::fromJson(model.toJson()).value();
        QCOMPARE(again.toJson(), model.toJson());
        QCOMPARE(again.counts(std::vector<std::string>{"soil water"}).rowSize(0), std::size_t{3});
        const auto off = fitted(texts, {.minDf = 2, .maxDf = 1, .language = "en", .phrases = false});
        QVERIFY(!has(off, "soil water") && has(off, "soil"));
    }

    void keptAndStoppedWords() {
        const std::vector<std::string> texts{"soil peat of", "soil peat", "soil clay", "soil clay", "soil loam"};
        TfidfOptions options{.language = "en"};
        QVERIFY(!has(fitted(texts, options), "soil"));  // in every document
        QVERIFY(!has(fitted(texts, options), "loam"));  // in one
        options.keepWords = {"Soil", "loam", "of"};
        options.stopWords = {"peat"};
        const auto model = fitted(texts, options);
        QVERIFY(has(model, "soil") && has(model, "loam") && has(model, "of") && !has(model, "peat"));
        const auto again = TfidfModel::fromJson(model.toJson()).value();  // assign sees the same words
        QVERIFY(again.options().keepWords == options.keepWords && again.options().stopWords == options.stopWords);
        QCOMPARE(again.counts(std::vector<std::string>{"soil of peat"}).rowSize(0), std::size_t{2});
    }

    void formsOfOneWord() {
        const std::vector<std::string> texts{"training trained", "trains models", "training model", "tree", "tree"};
        const auto plain = fitted(texts, {.minDf = 2, .maxDf = 1, .language = "en"});
        QVERIFY(has(plain, "training") && !has(plain, "train"));
        const auto stemmed = fitted(texts, {.minDf = 2, .maxDf = 1, .language = "en", .phrases = false, .stem = true});
        const auto place = std::find(stemmed.vocabulary().begin(), stemmed.vocabulary().end(), "train");
        QVERIFY(place != stemmed.vocabulary().end());
        const auto at = static_cast<std::size_t>(place - stemmed.vocabulary().begin());
        QCOMPARE(stemmed.documentFrequencies()[at], std::int64_t{3});
        QCOMPARE(stemmed.written()[at], std::string("training"));  // never a stem
    }

    void documentsByLanguage() {
        std::vector<std::string> texts;
        for (int i = 0; i < 8; ++i) {
            texts.emplace_back(
                "The soil holds the water that the plants need during the dry months of the summer season.");
            texts.emplace_back(
                "Der Boden h\xc3\xa4lt das Wasser, das die Pflanzen in den trockenen Monaten des Sommers brauchen.");
        }
        const auto model = fitted(texts, {.minDf = 2, .maxDf = 1});
        QCOMPARE(model.languages().at("en"), std::int64_t{8});
        QCOMPARE(model.languages().at("de"), std::int64_t{8});
        QVERIFY(!has(model, "der") && !has(model, "the") && has(model, "boden") && has(model, "soil"));
        const auto named = fitted(texts, {.minDf = 2, .maxDf = 1, .language = "en"});
        QVERIFY(has(named, "der"));
        QCOMPARE(named.languages().size(), std::size_t{1});
    }

    void textsOfVersionOneAreRead() {
        const auto model = TfidfModel::fromJson(
            R"({"version":1,"documents":4,"options":{"min_df":1,"max_df":1.0,"max_features":0,"language":"en"},)"
            R"("vocabulary":["peat","soil"],"written":["Peat","soil"],"df":[1,3]})");
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(model.value().vocabulary().size(), std::size_t{2});
        QCOMPARE(model.value().counts(std::vector<std::string>{"the peat soil soil"}).rowValues(0)[1], 2.0F);
    }
};

QTEST_APPLESS_MAIN(TestTerms)
#include "tst_terms.moc"
