// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/text/wordpiece_tokenizer.h"
#include "tests/support/default_encoder.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using text::WordPieceOptions;
using text::WordPieceTokenizer;
using Ids = std::vector<std::int32_t>;
namespace fs = std::filesystem;

namespace {

const std::vector<std::string> kVocabulary{"[PAD]", "[UNK]", "[CLS]",    "[SEP]", "[MASK]", "un", "##aff", "##able",
                                           "aff",   "a",     "##b",      "b",     ",",      "e",  "中",    "E",
                                           "é",     "i",     "##\u0307", "s",     "σ",      "ς"};

Ids encode(const std::string& utf8, const WordPieceOptions& options = {}, int maxLength = 64) {
    const auto tokenizer = WordPieceTokenizer::fromVocabulary(kVocabulary, options);
    return tokenizer ? tokenizer->encode(utf8, maxLength).ids : Ids{-1};
}

const char* const kTokenizerJson = R"({
 "truncation":{"max_length":4,"strategy":"LongestFirst","stride":0}, "padding":{"strategy":{"Fixed":8}},
 "added_tokens":[{"id":0,"content":"[PAD]","special":true,"normalized":false,"lstrip":false,"rstrip":false,"single_word":false},
  {"id":3,"content":"[SEP]","special":true,"normalized":false,"lstrip":false,"rstrip":false,"single_word":false}],
 "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
 "pre_tokenizer":{"type":"BertPreTokenizer"},
 "post_processor":{"type":"TemplateProcessing",
  "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
  "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
 "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
  "vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4,"a":5,"##b":6,"A":7,"b":8,"c":9,"Extra":10}}})";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const auto at = text.find(what);
    return at == std::string::npos ? std::string("pattern not found") : text.replace(at, what.size(), with);
}

}  // namespace

class TestWordPiece : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void longestPieceFirst() {
        QCOMPARE(encode("unaffable"), (Ids{2, 5, 6, 7, 3}));
        QCOMPARE(encode("unaffables"), (Ids{2, 1, 3}));  // one piece missing: the whole word is unknown
        QCOMPARE(encode("ab, a"), (Ids{2, 9, 10, 12, 9, 3}));
        QCOMPARE(encode(""), (Ids{2, 3}));
    }

    void cleaning() {
        QCOMPARE(encode(std::string("a\0b", 3)), (Ids{2, 9, 10, 3}));  // NUL is nothing, not a space
        QCOMPARE(encode("a\xef\xbf\xbd"
                        "b\x07 a\tb\nb\ra\xc2\xa0"
                        "b"),
                 (Ids{2, 9, 10, 9, 11, 11, 9, 11, 3}));
        QCOMPARE(encode("a\xff\xfe"
                        "b"),
                 (Ids{2, 9, 10, 3}));  // broken UTF-8 counts as U+FFFD
        QCOMPARE(encode("a\u200b\u00adb"), (Ids{2, 9, 10, 3}));
    }

    void accentsAndCase() {
        QCOMPARE(encode("É é E\u0301 e"), (Ids{2, 13, 13, 13, 13, 3}));
        WordPieceOptions cased;
        cased.lowercase = false;
        cased.stripAccents = false;
        QCOMPARE(encode("E É é e", cased), (Ids{2, 15, 1, 16, 13, 3}));
        WordPieceOptions accents;
        accents.stripAccents = false;
        QCOMPARE(encode("É", accents), (Ids{2, 16, 3}));
        // One code point at a time: no final sigma; the capital I with a dot keeps the dot.
        QCOMPARE(encode("Σ Σς", accents), (Ids{2, 20, 1, 3}));
        QCOMPARE(encode("İ", accents), (Ids{2, 17, 18, 3}));
        QCOMPARE(encode("İ"), (Ids{2, 17, 3}));
    }

    void ideographsStandAlone() {
        QCOMPARE(encode("a中b"), (Ids{2, 9, 14, 11, 3}));
        WordPieceOptions together;
        together.handleChinese = false;
        QCOMPARE(encode("a中b", together), (Ids{2, 1, 3}));
    }

    void literalSpecialTokens() {
        QCOMPARE(encode("a[SEP]b [MASK]"), (Ids{2, 9, 3, 11, 4, 3}));
        QCOMPARE(encode("[sep]").size(), std::size_t{5});  // brackets and an unknown word
        QCOMPARE(encode("[[SEP]"), (Ids{2, 1, 3, 3}));
    }

    void longWordsAreUnknown() {
        WordPieceOptions options;
        options.longestWord = 3;
        QCOMPARE(encode("abb", options), (Ids{2, 9, 10, 10, 3}));
        QCOMPARE(encode("abbb", options), (Ids{2, 1, 3}));
        QCOMPARE(encode("a\u0301b\u0301b\u0301", options), (Ids{2, 9, 10, 10, 3}));  // counted after stripping
    }

    void truncationKeepsTheSpecialTokens() {
        QCOMPARE(encode("a a a a a", {}, 4), (Ids{2, 9, 9, 3}));
        QCOMPARE(encode("abb", {}, 4), (Ids{2, 9, 10, 3}));
        QCOMPARE(encode("a", {}, 0), (Ids{2, 3}));
    }

    void vocabularyMustKnowItsTokens() {
        QCOMPARE(WordPieceTokenizer::fromVocabulary({"a"}).error().code, ErrorCode::InvalidArgument);
        WordPieceOptions options;
        options.after = {"[END]"};
        QCOMPARE(WordPieceTokenizer::fromVocabulary(kVocabulary, options).error().code, ErrorCode::InvalidArgument);
    }

    void tokenizerJson() {
        const test::TempFolder folder;
        folder.write("tokenizer.json", kTokenizerJson);
        const auto tokenizer = WordPieceTokenizer::load(folder.path());
        QVERIFY2(tokenizer, tokenizer ? "" : tokenizer.error().message.c_str());
        QCOMPARE(tokenizer->vocabularySize(), 11);
        QCOMPARE(tokenizer->specialTokenCount(), 2);
        QCOMPARE(tokenizer->padId(), 0);
        // Neither the truncation to 4 nor the padding to 8 of the file is used.
        QCOMPARE(tokenizer->encode("A b c [MASK] c c", 64).ids, (Ids{2, 5, 8, 9, 4, 9, 9, 3}));
    }

    void tokenizerConfigDecidesCase() {
        const test::TempFolder folder;
        folder.write("tokenizer.json", kTokenizerJson);
        folder.write("tokenizer_config.json", R"({"do_lower_case":false,"tokenizer_class":"BertTokenizer"})");
        QCOMPARE(WordPieceTokenizer::load(folder.path())->encode("A a", 64).ids, (Ids{2, 7, 5, 3}));
        folder.write("tokenizer_config.json", R"({"do_lower_case":false,"tokenizer_class":"PreTrainedTokenizerFast"})");
        QCOMPARE(WordPieceTokenizer::load(folder.path())->encode("A a", 64).ids, (Ids{2, 5, 5, 3}));
        folder.write("sentence_bert_config.json", R"({"do_lower_case":true})");
        QCOMPARE(WordPieceTokenizer::load(folder.path())->encode("A a", 64).ids, (Ids{2, 5, 5, 3}));
    }

    void addedTokens() {
        const test::TempFolder folder;
        const auto with = [&](const std::string& flags, const std::string& utf8) {
            folder.write("tokenizer.json",
                         replaced(kTokenizerJson, "\"added_tokens\":[",
                                  R"("added_tokens":[{"id":10,"content":"Extra","special":false,)" + flags + "},"));
            const auto tokenizer = WordPieceTokenizer::load(folder.path());
            return tokenizer ? tokenizer->encode(utf8, 64).ids : Ids{-1};
        };
        QCOMPARE(with(R"("normalized":false)", "a Extrab"), (Ids{2, 5, 10, 8, 3}));
        QCOMPARE(with(R"("normalized":false)", "a extra"), (Ids{2, 5, 1, 3}));
        QCOMPARE(with(R"("normalized":true)", "a exTRÁb"), (Ids{2, 5, 10, 8, 3}));
        QCOMPARE(with(R"("normalized":false,"single_word":true)", "aExtra Extra"), (Ids{2, 1, 10, 3}));
    }

    void vocabularyText() {
        const test::TempFolder folder;
        folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\r\n[SEP]\n[MASK]\na\n##b\n");
        const auto tokenizer = WordPieceTokenizer::load(folder.path());
        QVERIFY(tokenizer);
        QCOMPARE(tokenizer->encode("AB [MASK]", 64).ids, (Ids{2, 5, 6, 4, 3}));
        folder.write("vocab.txt", "[PAD]\n[UNK]\na\n");
        QCOMPARE(WordPieceTokenizer::load(folder.path()).error().code, ErrorCode::Corrupt);
    }

    void badFiles_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("with");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* what, const char* with, ErrorCode code, const char* says) {
            QTest::newRow(name) << QString(what) << QString(with) << static_cast<int>(code) << QString(says);
        };
        row("not JSON", "{", "", ErrorCode::Corrupt, "JSON");
        row("byte-level", "\"type\":\"WordPiece\"", "\"type\":\"BPE\"", ErrorCode::Unsupported, "BPE");
        row("other splitter", "BertPreTokenizer", "Metaspace", ErrorCode::Unsupported, "Metaspace");
        row("other normalizer", "BertNormalizer", "NFKC", ErrorCode::Unsupported, "NFKC");
        row("other template", "TemplateProcessing", "ByteLevel", ErrorCode::Unsupported, "ByteLevel");
        row("negative id", "\"a\":5", "\"a\":-5", ErrorCode::Corrupt, "\"a\"");
        row("no unknown token", "\"[UNK]\":1,", "", ErrorCode::Corrupt, "[UNK]");
        row("unknown special token", "\"special_tokens\":{\"[CLS]\"", "\"special_tokens\":{\"[X]\"", ErrorCode::Corrupt,
            "[CLS]");
        row("added token without id", "{\"id\":0,", "{", ErrorCode::Corrupt, "added token");
    }
    void badFiles() {
        QFETCH(QString, what);
        QFETCH(QString, with);
        QFETCH(int, code);
        QFETCH(QString, says);
        const test::TempFolder folder;
        folder.write("tokenizer.json", replaced(kTokenizerJson, what.toStdString(), with.toStdString()));
        const auto tokenizer = WordPieceTokenizer::load(folder.path());
        QVERIFY(!tokenizer);
        QCOMPARE(static_cast<int>(tokenizer.error().code), code);
        QVERIFY2(tokenizer.error().message.find(says.toStdString()) != std::string::npos,
                 tokenizer.error().message.c_str());
        QVERIFY(tokenizer.error().message.find("tokenizer.json") != std::string::npos);
    }

    void noFileAtAll() {
        const test::TempFolder folder;
        const auto tokenizer = WordPieceTokenizer::load(folder.path());
        QCOMPARE(tokenizer.error().code, ErrorCode::NotFound);
        QVERIFY(tokenizer.error().message.find("vocab.txt") != std::string::npos);
    }

    /// Every string of the stored fixture, with the real vocabulary, from both kinds of files.
    void equalsTheReferenceTokenizer() {
        const std::string missing = test::missingDefaultEncoder();
        QVERIFY2(missing.empty(), missing.c_str());
        std::ifstream in(ESPALIER_TEST_DATA "/wordpiece_fixture.json");
        const auto rows = nlohmann::json::parse(in);
        QVERIFY(rows.size() >= 500);
        const test::TempFolder folder;
        for (const char* file : {"vocab.txt", "tokenizer_config.json"}) {
            fs::copy(test::defaultEncoderFolder() / file, folder / file);
        }
        for (const fs::path& from : {test::defaultEncoderFolder(), folder.path()}) {
            const auto tokenizer = WordPieceTokenizer::load(from);
            QVERIFY2(tokenizer, tokenizer ? "" : tokenizer.error().message.c_str());
            QCOMPARE(tokenizer->vocabularySize(), 30522);
            for (const auto& row : rows) {
                Ids ids = tokenizer->encode(row["text"].get<std::string>(), 256).ids;
                const Ids expected = row["ids"].get<Ids>();
                if (row.contains("length")) {
                    QCOMPARE(ids.size(), row["length"].get<std::size_t>());
                    std::int64_t sum = 0;
                    for (std::size_t i = 0; i < ids.size(); ++i) sum += ids[i] * static_cast<std::int64_t>(i + 1);
                    QCOMPARE(sum % ((1LL << 31) - 1), row["checksum"].get<std::int64_t>());
                    ids.resize(expected.size());
                }
                QVERIFY2(ids == expected, row["text"].dump().c_str());
            }
        }
    }

    void threadsShareOneTokenizer() {
        const auto tokenizer = WordPieceTokenizer::fromVocabulary(kVocabulary);
        std::vector<std::thread> threads;
        std::vector<int> wrong(4, 0);
        for (std::size_t t = 0; t < wrong.size(); ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 200; ++i) {
                    if (tokenizer->encode("É中 unaffable", 64).ids != Ids{2, 13, 14, 5, 6, 7, 3}) ++wrong[t];
                }
            });
        }
        for (auto& thread : threads) thread.join();
        QCOMPARE(wrong, std::vector<int>(4, 0));
    }
};
QTEST_APPLESS_MAIN(TestWordPiece)
#include "tst_wordpiece.moc"
