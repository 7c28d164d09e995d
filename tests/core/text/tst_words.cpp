// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "core/text/words.h"

using namespace espalier::text;

namespace {
std::vector<std::string> words(std::string_view text, WordBreaker& breaker) {
    std::vector<std::string> all;
    breaker.forEachWord(text, [&](std::string_view word) { all.emplace_back(word); });
    return all;
}
QString join(const std::vector<std::string>& all) {
    std::string text;
    for (const auto& word : all) text += (text.empty() ? "" : "|") + word;
    return QString::fromStdString(text);
}
}  // namespace

class TestWords : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void breaks_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("empty") << ""
                               << "";
        QTest::newRow("plain") << "Apples and pears."
                               << "apples|and|pears";
        QTest::newRow("inner hyphen") << "a well-known co-operative -x- y-"
                                      << "a|well-known|co-operative|x|y";
        QTest::newRow("two hyphens separate") << "left--right"
                                              << "left|right";
        QTest::newRow("apostrophe") << "don't the Earth's crust 'quoted'"
                                    << "don't|the|earth|crust|quoted";
        QTest::newRow("curly apostrophe") << QString::fromUtf8("don\u2019t Earth\u2019s") << "don't|earth";
        QTest::newRow("no-break hyphen") << QString::fromUtf8("x\u2011ray") << "x-ray";
        QTest::newRow("points and numbers") << "e.g. 3.14 v15.2"
                                            << "e|g|3|14|v15|2";
        QTest::newRow("underscore") << "pg_catalog __ _x"
                                    << "pg_catalog|_x";
        QTest::newRow("accents") << QString::fromUtf8("Café NAÏVE Ångström") << "cafe|naive|angstrom";
        QTest::newRow("decomposed") << QString::fromUtf8("Cafe\u0301s") << "cafes";
        QTest::newRow("compatibility") << QString::fromUtf8("ﬁsh \u2167 \U0001D400") << "fish|viii|a";
        QTest::newRow("greek sigma") << QString::fromUtf8("ΛΌΓΟΣ λόγος") << QString::fromUtf8("λογοσ|λογοσ");
        QTest::newRow("cyrillic keeps its letters") << QString::fromUtf8("Синий Ёж") << QString::fromUtf8("синий|ёж");
        QTest::newRow("hangul stays composed") << QString::fromUtf8("한국어 말") << QString::fromUtf8("한국어|말");
        QTest::newRow("devanagari keeps vowels") << QString::fromUtf8("हिन्दी") << QString::fromUtf8("हिन्दी");
        QTest::newRow("soft hyphen") << QString::fromUtf8("sun\u00ADlight") << "sunlight";
        QTest::newRow("mixed") << QString::fromUtf8("Müller-Straße 7") << QString::fromUtf8("muller-straße|7");
        QTest::newRow("emoji") << QString::fromUtf8("sun🌞moon") << "sun|moon";
        QTest::newRow("lone mark") << QString::fromUtf8("\u0301 x") << "x";
    }
    void breaks() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        WordBreaker breaker;
        QCOMPARE(join(words(text.toStdString(), breaker)), expected);
    }

    void scriptsWithoutSpaces() {
        WordBreaker breaker;
        const auto chinese = words("北京大学的学生", breaker);
        QVERIFY(chinese.size() >= 3);
        const auto thai = words("ภาษาไทยเขียนติดกัน", breaker);
        QVERIFY(thai.size() >= 3);
        std::string joined;
        for (const auto& word : thai) joined += word;
        QCOMPARE(joined, std::string("ภาษาไทยเขียนติดกัน"));
        // A long run is cut once, not once a word.
        std::string longRun;
        for (int i = 0; i < 2000; ++i) longRun += "水稻土壤";
        QVERIFY(words(longRun, breaker).size() >= 2000);
    }

    void writtenPointsIntoTheText() {
        WordBreaker breaker;
        const std::string text = "The WAL's Standby caf\u00e9\u2019s";
        std::vector<std::string> seen;
        breaker.forEachWord(text, [&](std::string_view, std::string_view written) {
            QVERIFY(written.data() >= text.data() && written.data() + written.size() <= text.data() + text.size());
            seen.emplace_back(written);
        });
        QCOMPARE(join(seen), QString::fromUtf8("The|WAL|Standby|café"));
    }

    // The ASCII path and the Unicode path are one rule: a far-away letter in another script changes nothing.
    void asciiFastPathAgrees() {
        espalier::SplitMix64 random(7);
        const std::string alphabet = "abZQ09_-'.,: \n/";
        WordBreaker breaker;
        for (int round = 0; round < 400; ++round) {
            std::string text;
            std::string wide;
            const std::size_t size = random.below(30);
            for (std::size_t i = 0; i < size; ++i) {
                const char c = alphabet[random.below(alphabet.size())];
                text += c;
                // Full-width forms normalise to the same letters but take the slow path.
                if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
                    const int code = 0xFF01 + (c - '!');
                    wide += static_cast<char>(0xE0 | (code >> 12));
                    wide += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
                    wide += static_cast<char>(0x80 | (code & 0x3F));
                } else {
                    wide += c;
                }
            }
            QCOMPARE(join(words(wide, breaker)), join(words(text, breaker)));
        }
    }

    void anyBytesAreSafe() {
        espalier::SplitMix64 random(11);
        WordBreaker breaker;
        for (int round = 0; round < 300; ++round) {
            std::string text(random.below(60), '\0');
            for (char& c : text) c = static_cast<char>(random.below(256));
            for (const auto& word : words(text, breaker)) {
                QVERIFY(!word.empty());
                QVERIFY(QString::fromUtf8(word.c_str(), static_cast<int>(word.size())).toStdString() == word);
            }
        }
    }

    void termShapes() {
        QVERIFY(isNumber("15") && isNumber("3-4") && !isNumber("v15") && !isNumber("-"));
        QVERIFY(isTerm("soil") && isTerm("v15") && isTerm("x-ray") && isTerm("水稻") && isTerm("the"));
        QVERIFY(isTerm("癌") && !isTerm("a") && !isTerm("я"));  // a Han character is a word
        QVERIFY(!isTerm("x") && !isTerm("15") && !isTerm("1-2") && !isTerm("") && !isTerm("__"));
        for (const char* roman : {"ii", "iii", "iv", "vii", "viii", "ix", "xii", "xiv", "xvi", "xix", "xx"})
            QVERIFY2(!isTerm(roman), roman);
        QVERIFY(isTerm("vi") && isTerm("mix") && isTerm("civil"));
        QVERIFY(!isTerm(std::string(65, 'a')) && isTerm(std::string(64, 'b')));
    }

    void capitalises() {
        QCOMPARE(capitalised("soil"), std::string("Soil"));
        QCOMPARE(capitalised("über"), std::string("Über"));
        QCOMPARE(capitalised("гранит скалы"), std::string("Гранит скалы"));
        QCOMPARE(capitalised("mRNA level"), std::string("mRNA level"));
        QCOMPARE(capitalised("random Fourier"), std::string("Random Fourier"));
        QCOMPARE(capitalised("pg_catalog"), std::string("pg_catalog"));
        QCOMPARE(capitalised("水稻"), std::string("水稻"));
        QCOMPARE(capitalised(""), std::string());
        QCOMPARE(capitalised("\xff"), std::string("\xff"));
    }

    void joinsAsWritten() {
        QCOMPARE(joinWritten("Neural", "network"), std::string("Neural network"));
        QCOMPARE(joinWritten("机器", "学习"), std::string("机器学习"));
        QCOMPARE(joinWritten("ภาษา", "ไทย"), std::string("ภาษาไทย"));
        QCOMPARE(joinWritten("AI", "学习"), std::string("AI 学习"));
        QCOMPARE(joinWritten("한국어", "문법"), QString::fromUtf8("한국어 문법").toStdString());
        QCOMPARE(joinWritten("", "x"), std::string(" x"));
    }

    void stems() {
        QCOMPARE(stem("galaxies"), stem("galaxy"));
        QCOMPARE(stem("replicating"), stem("replication"));
        QCOMPARE(stem("katzen", "german"), std::string("katz"));
        QCOMPARE(stem("word", "no-such-language"), std::string("word"));
        QCOMPARE(stem(""), std::string());
        for (const char* tag :
             {"ar", "hy", "eu", "ca", "da", "nl", "en", "fi", "fr", "de", "el", "hi", "hu", "id", "ga",
              "it", "lt", "ne", "no", "pt", "ro", "ru", "sr", "es", "sv", "ta", "tr", "yi", "hr"})
            QVERIFY2(hasStemmer(tag), tag);
        QVERIFY(!hasStemmer("zh") && !hasStemmer("") && !hasStemmer("und"));
    }
};

QTEST_APPLESS_MAIN(TestWords)
#include "tst_words.moc"
