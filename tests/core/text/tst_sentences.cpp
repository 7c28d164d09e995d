// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/base/rng.h"
#include "core/text/sentences.h"

using namespace espalier;
using namespace espalier::text;

namespace {
std::vector<std::string> cut(std::string_view text) {
    std::vector<std::string> out;
    for (const std::string_view s : sentences(text)) out.emplace_back(s);
    return out;
}
using Strings = std::vector<std::string>;
}  // namespace

class TestSentences : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void plain() {
        QCOMPARE(cut("Rain fell. Was it cold? Yes! It weighed 3.5 kg."),
                 (Strings{"Rain fell.", "Was it cold?", "Yes!", "It weighed 3.5 kg."}));
        QCOMPARE(cut("水は冷たい。山は高い。"), (Strings{"水は冷たい。", "山は高い。"}));
        QVERIFY(cut("").empty());
        QVERIFY(cut(" \n\n\t ").empty());
    }

    void wrappedLinesBelongTogether() {
        QCOMPARE(
            cut("This line is long enough to be running text that\nwas wrapped by its writer. A second one."),
            (Strings{"This line is long enough to be running text that\nwas wrapped by its writer.", "A second one."}));
        QCOMPARE(cut("This line is long enough to be running text that\r\nwas wrapped by its writer.").size(),
                 std::size_t{1});
    }

    void headingsAndItemsStandAlone() {
        QCOMPARE(cut("A long title of well over forty bytes, without an end mark\nThe text under it."),
                 (Strings{"A long title of well over forty bytes, without an end mark", "The text under it."}));
        QCOMPARE(cut("A heading\nThe text under it."), (Strings{"A heading", "The text under it."}));
        QCOMPARE(cut("Start.\nA rather long introduction before the list of items\n- first\n- second"),
                 (Strings{"Start.", "A rather long introduction before the list of items", "- first", "- second"}));
        QCOMPARE(cut("A paragraph of more than forty bytes without an end\n\nAnother"),
                 (Strings{"A paragraph of more than forty bytes without an end", "Another"}));
    }

    void smallLettersThroughout() {
        QCOMPARE(
            cut("the soil was wet. peat holds water, e.g. after rain, cf. fig. 3 and a. smith et al. on bogs (1990). "
                "it was 5. nobody knew? yes! \"so it is.\" the end"),
            (Strings{"the soil was wet.",
                     "peat holds water, e.g. after rain, cf. fig. 3 and a. smith et al. on bogs (1990).", "it was 5.",
                     "nobody knew?", "yes!", "\"so it is.\" the end"}));
        // With capitals the standard's rule stands: what goes on small belongs to the same sentence.
        QCOMPARE(cut("Acme Corp. went on. Then it rained."), (Strings{"Acme Corp. went on.", "Then it rained."}));
    }

    void viewsLieInTheText() {
        SplitMix64 random(8);
        for (int round = 0; round < 200; ++round) {
            std::string text;
            for (std::size_t i = random.below(300); i > 0; --i) {
                static constexpr std::string_view kLetters = "abc .!?\n\r\t\xc3\xa9\xe6\xb0\xb4\xff\x80";
                text.push_back(kLetters[random.below(kLetters.size())]);
            }
            const char* last = text.data();
            for (const std::string_view s : sentences(text)) {
                QVERIFY(!s.empty() && s.data() >= last && s.data() + s.size() <= text.data() + text.size());
                last = s.data() + s.size();
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestSentences)
#include "tst_sentences.moc"
