// SPDX-License-Identifier: Apache-2.0
/// Stop lists of all languages, and which language a text is in.
#include <QTest>
#include <algorithm>
#include <set>

#include "core/base/rng.h"
#include "core/text/detail/stop_lists.h"
#include "core/text/languages.h"
#include "core/text/stop_words.h"
#include "core/text/words.h"

using namespace espalier::text;

namespace {
constexpr std::size_t kFewest = 60;
}

class TestLanguages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyStemmerHasAStopList() {
        const auto tags = stopListLanguages();
        QVERIFY(std::is_sorted(tags.begin(), tags.end()));
        for (const char* tag :
             {"ar", "hy", "eu", "ca", "da", "nl", "en", "fi", "fr", "de", "el", "hi", "hu", "id", "ga",
              "it", "lt", "ne", "no", "pt", "ro", "ru", "sr", "es", "sv", "ta", "tr", "yi", "zh", "ja"})
            QVERIFY2(std::find(tags.begin(), tags.end(), std::string_view(tag)) != tags.end(), tag);
    }

    // Each entry is one word in the eyes of WordBreaker, so that it can be met in a text at all.
    void entriesAreWords() {
        WordBreaker breaker;
        for (const auto family :
             {detail::englishStopLists(), detail::germanicStopLists(), detail::romanceStopLists(),
              detail::balticAndSlavicStopLists(), detail::otherEuropeanStopLists(), detail::asianStopLists()}) {
            for (const auto& [tag, text] : family) {
                const auto list = stopWords(tag);
                QVERIFY2(list.size() >= kFewest, std::string(tag).c_str());
                QVERIFY(std::is_sorted(list.begin(), list.end()));
                QVERIFY(std::adjacent_find(list.begin(), list.end()) == list.end());
                std::string entry;
                for (const char c : std::string(text) + "\n") {
                    if (c != ' ' && c != '\n') {
                        entry += c;
                        continue;
                    }
                    if (entry.empty()) continue;
                    std::vector<std::string> words;
                    breaker.forEachWord(entry, [&](std::string_view word) { words.emplace_back(word); });
                    QVERIFY2(words.size() == 1, (std::string(tag) + ": " + entry).c_str());
                    QVERIFY2(isStopWord(words.front(), tag), entry.c_str());
                    entry.clear();
                }
            }
        }
    }

    void stopWordsByLanguage() {
        QVERIFY(isStopWord("the") && isStopWord("don't") && isStopWord("using", "en"));
        QVERIFY(!isStopWord("soil") && !isStopWord("") && !isStopWord("model"));
        QVERIFY(isStopWord("und", "de") && isStopWord("fur", "de") && !isStopWord("und", "en"));  // "für"
        QVERIFY(isStopWord("ikke", "nb") && isStopWord("ikkje", "nn"));
        QVERIFY(isStopWord("ће", "sr") && isStopWord("unatoc", "hr"));
        QVERIFY(isStopWord("的", "zh") && isStopWord("και", "el") && isStopWord("είναι", "el") == false);
        QVERIFY(isStopWord("ειναι", "el"));  // the normal form has no accents
        QVERIFY(stopWords("xx").empty() && !isStopWord("the", "xx") && stopWords("").empty());
    }

    void guesses_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("language");
        QTest::newRow("English")
            << "The farmer keeps the soil covered so that the rain of winter does not wash it away, "
               "and in spring the first seed goes into the ground."
            << "en";
        QTest::newRow("German") << QString::fromUtf8(
                                       "Der Bauer hält den Boden bedeckt, damit der Regen des Winters ihn nicht "
                                       "fortspült, und im Frühling kommt die erste Saat in die Erde.")
                                << "de";
        QTest::newRow("French") << QString::fromUtf8(
                                       "Le paysan garde la terre couverte pour que la pluie de l'hiver ne l'emporte "
                                       "pas, et au printemps la première semence est mise dans le sol.")
                                << "fr";
        QTest::newRow("Russian") << QString::fromUtf8(
                                        "Крестьянин держит почву под покровом, чтобы зимний дождь не смыл её, а весной "
                                        "в землю ложатся первые семена.")
                                 << "ru";
        QTest::newRow("Chinese") << QString::fromUtf8(
                                        "农民把土壤覆盖起来，以免冬天的雨水把它冲走，春天第一批种子播种到地里。")
                                 << "zh";
        QTest::newRow("Japanese") << QString::fromUtf8(
                                         "農家は冬の雨で土が流されないように畑を覆い、春になると最初の種をまきます。")
                                  << "ja";
        QTest::newRow("Norwegian")
            << QString::fromUtf8(
                   "Bonden holder jorda dekket slik at vinterregnet ikke skal vaske den bort, og "
                   "om våren legges det første frøet i åkeren.")
            << "no";
        QTest::newRow("nothing") << ""
                                 << "und";
        QTest::newRow("numbers") << "12 3.4 -- 77"
                                 << "und";
        QTest::newRow("one word") << "gas"
                                  << "und";
    }
    void guesses() {
        QFETCH(QString, text);
        QFETCH(QString, language);
        QCOMPARE(QString::fromStdString(guessLanguage(text.toStdString())), language);
    }

    void anyBytesAreSafe() {
        espalier::SplitMix64 random(5);
        for (int round = 0; round < 300; ++round) {
            std::string text(random.below(9000), '\0');
            for (char& c : text) c = static_cast<char>(random.below(256));
            QVERIFY(!guessLanguage(text).empty());
        }
        QCOMPARE(guessLanguage(std::string("caf\xc3")), std::string("und"));
    }

    void tags() {
        QCOMPARE(languageTag("auto").value(), std::string("auto"));
        QCOMPARE(languageTag("DE").value(), std::string("de"));
        QCOMPARE(languageTag("de-AT").value(), std::string("de"));
        QCOMPARE(languageTag("zh-Hant").value(), std::string("zh"));
        QCOMPARE(languageTag("nb").value(), std::string("no"));
        for (const char* bad : {"", "english", "x", "qq", "und", "e n", "-de", "\xff"}) {
            const auto tag = languageTag(bad);
            QVERIFY2(!tag, bad);
            QCOMPARE(tag.error().code, espalier::ErrorCode::InvalidArgument);
        }
        QCOMPARE(languageName("de"), std::string("German"));
        QCOMPARE(languageName("und"), std::string("not told"));
    }

    void mainAndRare() {
        QCOMPARE(mainLanguage({}), std::string("en"));
        QCOMPARE(mainLanguage({{"und", 90}, {"fr", 2}, {"de", 2}}), std::string("de"));
        const LanguageCounts counts{{"en", 990}, {"da", 4}, {"fr", 20}, {"und", 10}};
        QVERIFY(isRare(counts, "da") && isRare(counts, "sv") && !isRare(counts, "fr") && !isRare(counts, "en"));
        QVERIFY(isRare({{"en", 9999}, {"fr", 20}}, "fr"));
    }
};

QTEST_APPLESS_MAIN(TestLanguages)
#include "tst_languages.moc"
