// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/base/rng.h"
#include "core/text/charset.h"

using namespace espalier;
using namespace espalier::text;

namespace {
std::string utf16(std::u16string_view text, bool bigEndian, bool mark) {
    std::string bytes;
    const auto put = [&](char16_t c) {
        const char high = static_cast<char>(c >> 8);
        const char low = static_cast<char>(c & 0xFF);
        bytes.push_back(bigEndian ? high : low);
        bytes.push_back(bigEndian ? low : high);
    };
    if (mark) put(0xFEFF);
    for (const char16_t c : text) put(c);
    return bytes;
}

std::string utf32(std::u32string_view text, bool bigEndian) {
    std::string bytes;
    const auto put = [&](char32_t c) {
        for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(c >> (bigEndian ? 24 - 8 * i : 8 * i) & 0xFF));
    };
    put(0xFEFF);
    for (const char32_t c : text) put(c);
    return bytes;
}

DecodedText decoded(std::string_view bytes, const std::string& charset = {}, const std::string& hint = {}) {
    return decodeText(bytes, charset, hint).value();
}

/// The same through the streaming form, cut into pieces of `size` bytes.
std::string streamed(std::string_view bytes, std::size_t size) {
    auto decoder = CharsetDecoder::create({}).value();
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += size) decoder.feed(bytes.substr(at, size), false, out);
    decoder.feed({}, true, out);
    return out;
}

// "Öffnen Sie die Tür; der Fluß führt schönes grünes Wasser über große Höhen." in windows-1252
const std::string kGerman =
    "\xd6"
    "ffnen Sie die T\xfc"
    "r; der Flu\xdf f\xfc"
    "hrt sch\xf6nes gr\xfcnes Wasser \xfc"
    "ber gro\xdf"
    "e H\xf6hen.\n";
const std::string kGermanUtf8 = "Öffnen Sie die Tür; der Fluß führt schönes grünes Wasser über große Höhen.\n";
}  // namespace

class TestCharset : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void validity_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("valid");
        QTest::newRow("ascii") << QByteArray("plain") << true;
        QTest::newRow("two bytes") << QByteArray("\xc3\xa9") << true;
        QTest::newRow("overlong") << QByteArray("\xc0\xaf") << false;
        QTest::newRow("overlong three") << QByteArray("\xe0\x80\x80") << false;
        QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << false;
        QTest::newRow("last character") << QByteArray("\xf4\x8f\xbf\xbf") << true;
        QTest::newRow("beyond the last") << QByteArray("\xf4\x90\x80\x80") << false;
        QTest::newRow("cut off") << QByteArray("abcdefgh\xe2\x82") << false;
        QTest::newRow("lone continuation") << QByteArray("\x80") << false;
    }
    void validity() {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, valid);
        QCOMPARE(isValidUtf8({bytes.constData(), static_cast<std::size_t>(bytes.size())}), valid);
    }

    void repairKeepsTheRest() {
        QCOMPARE(repairUtf8("a\xff"
                            "b\xe2\x82"
                            "c"),
                 std::string("a�b�c"));
        QCOMPARE(repairUtf8("\xf0\x9f\x98"), std::string("�"));  // one for the maximal subpart
        QCOMPARE(repairUtf8("\xc0\xaf"), std::string("��"));
        QCOMPARE(repairUtf8(kGermanUtf8), kGermanUtf8);
    }

    void prefixEndsBetweenCharacters() {
        QCOMPARE(utf8Prefix("aé", 2), std::string_view("a"));
        QCOMPARE(utf8Prefix("aé", 3), std::string_view("aé"));
    }

    void marks() {
        QCOMPARE(decoded("\xef\xbb\xbfgrün").text, std::string("grün"));
        for (const bool big : {false, true}) {
            QCOMPARE(decoded(utf16(u"grün 水\n", big, true)).text, std::string("grün 水\n"));
            QCOMPARE(decoded(utf32(U"grün 😀", big)).text, std::string("grün 😀"));
            QCOMPARE(decoded(utf16(u"without a mark\n", big, false)).text, std::string("without a mark\n"));
        }
        QCOMPARE(decoded(utf16(u"x", true, true)).charset, std::string("UTF-16BE"));
        QCOMPARE(decoded("").text, std::string());
        QCOMPARE(decoded("\xef\xbb\xbf").text, std::string());
    }

    void westernEurope() {
        const DecodedText text = decoded(kGerman);
        QCOMPARE(text.text, kGermanUtf8);
        QCOMPARE(text.charset, std::string("windows-1252"));
        QCOMPARE(decoded("caf\xe9 \x96 na\xefve").text, std::string("café – naïve"));  // short
    }

    void japanese() {
        // "日本語の文章です。東京は大きい町です。" three times, in Shift_JIS
        const std::string once =
            "\x93\xfa\x96\x7b\x8c\xea\x82\xcc\x95\xb6\x8f\xcd\x82\xc5\x82\xb7\x81\x42\x93\x8c\x8b\x9e\x82\xcd"
            "\x91\xe5\x82\xab\x82\xa2\x92\xac\x82\xc5\x82\xb7\x81\x42\n";
        const DecodedText text = decoded(once + once + once);
        QCOMPARE(text.charset, std::string("Shift_JIS"));
        QVERIFY(text.text.starts_with("日本語の文章です。東京は大きい町です。\n"));
        QCOMPARE(decoded(once, "Shift_JIS").text, std::string("日本語の文章です。東京は大きい町です。\n"));
    }

    void russian() {
        // "Дом стоит на берегу реки, и вода течёт медленно." in windows-1251
        const std::string text =
            "\xc4\xee\xec \xf1\xf2\xee\xe8\xf2 \xed\xe0 \xe1\xe5\xf0\xe5\xe3\xf3 \xf0\xe5\xea\xe8, \xe8 \xe2\xee\xe4"
            "\xe0 \xf2\xe5\xf7\xb8\xf2 \xec\xe5\xe4\xeb\xe5\xed\xed\xee.\n";
        QCOMPARE(decoded(text + text).text.substr(0, std::string("Дом стоит").size()), std::string("Дом стоит"));
    }

    void foreignLinesInUtf8() {
        const std::string text = "Zürich\nGen\xe8ve\nLoc\xffrn\xc3\xb6\nBern\n";
        const DecodedText result = decoded(text);
        QCOMPARE(result.text, std::string("Zürich\nGenève\nLoc�rnö\nBern\n"));
        QCOMPARE(result.charset, std::string("UTF-8"));
    }

    void utf8LinesInLegacy() {
        std::string text;
        for (int i = 0; i < 5; ++i) text += kGerman;
        QVERIFY(decoded(text + "Zürich\n" + kGerman).text.find("Zürich\n" + kGermanUtf8) != std::string::npos);
    }

    void lateDecision() {
        std::string text;
        while (text.size() < 300000) text += "nothing but plain letters in this long beginning\n";
        const std::string plain = text;
        QCOMPARE(decoded(text + kGerman).text, plain + kGermanUtf8);
        QCOMPARE(streamed(text + kGerman, 70000), plain + kGermanUtf8);
    }

    void hints() {
        const std::string cyrillic = "\xc4\xee\xec\n";
        QCOMPARE(decoded(cyrillic, {}, "windows-1251").text, std::string("Дом\n"));
        QCOMPARE(decoded("grün\n", {}, "windows-1251").text, std::string("grün\n"));  // valid UTF-8 wins
        QCOMPARE(decoded("caf\xe9\n", {}, "no such charset").text, std::string("café\n"));
    }

    void named() {
        QCOMPARE(decoded("Gen\xe8ve", "iso-8859-1").text, std::string("Genève"));
        QCOMPARE(decoded("Gen\xe8ve", "utf-8").text, std::string("Gen�ve"));
        QCOMPARE(decoded("\xef\xbb\xbfx", "UTF-8").text, std::string("x"));
        QCOMPARE(decodeText("x", "klingon-8").error().code, ErrorCode::InvalidArgument);
    }

    void streamEqualsWhole() {
        SplitMix64 random(3);
        const std::vector<std::string> kinds = {kGermanUtf8, kGerman, "plain\n", utf16(u"grün 水\n", false, false)};
        for (int round = 0; round < 60; ++round) {
            std::string text = round % 4 == 3 ? std::string("\xff\xfe") : std::string();
            while (text.size() < 200000) {
                if (round % 4 == 3) {
                    text += kinds[3];
                } else {
                    text += kinds[random.below(round % 4 == 0 ? 1 : 3)];
                }
            }
            const std::string whole = streamed(text, 1 << 17);
            QVERIFY(isValidUtf8(whole));
            // The sample that decides may differ with the cut; where nothing is to be decided, nothing may differ.
            if (round % 4 == 0 || round % 4 == 3) {
                QCOMPARE(streamed(text, 1 + random.below(9000)), whole);
                QCOMPARE(decoded(text).text, whole);
            }
        }
    }

    void alwaysValid() {
        SplitMix64 random(4);
        for (int round = 0; round < 400; ++round) {
            std::string bytes;
            const std::size_t size = random.below(600);
            for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(random.below(256)));
            if (round % 3 == 0)
                for (char& c : bytes)
                    if (random.uniform() < .9) c = static_cast<char>('a' + static_cast<char>(random.below(26)));
            QVERIFY(isValidUtf8(decoded(bytes).text));
            QVERIFY(isValidUtf8(decoded(bytes, "Shift_JIS").text));
            QVERIFY(isValidUtf8(repairUtf8(bytes)));
        }
    }
};

QTEST_APPLESS_MAIN(TestCharset)
#include "tst_charset.moc"
