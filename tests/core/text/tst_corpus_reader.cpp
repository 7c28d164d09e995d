// SPDX-License-Identifier: Apache-2.0
// What every format must do: fields, rows, roles, and the faults of rows.
#include <QTest>
#include <nlohmann/json.hpp>

#include "core/text/corpus_reader.h"
#include "tests/core/text/corpus_helpers.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::text;
using namespace espalier::text::test_helpers;

class TestCorpusReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void jsonlFields() {
        const test::TempFolder folder;
        const auto file =
            folder.write("c.jsonl",
                         "{\"_id\": \"a\", \"title\": \"T\", \"text\": \"Some text\", \"labels\": [\"X\", \"Y\"], "
                         "\"year\": 1990, \"ok\": true, \"w\": 1.5, \"n\": null, \"deep\": {\"x\": 1}, \"who\": \"me\"}"
                         "\n\n"
                         "{\"text\": \"only text\"}"
                         "\r\n"
                         "{\"_id\": 17, \"text\": \"number id\", \"labels\": \"X > Y > Z\"}");
        const Rows rows = readAllRows(file);
        QCOMPARE(rows.documents.size(), std::size_t{3});
        const Document& first = rows.documents[0];
        QCOMPARE(first.id, std::string("a"));
        QCOMPARE(first.title, std::string("T"));
        QCOMPARE(first.text, std::string("Some text"));
        QCOMPARE(first.labels, (std::vector<std::string>{"X", "Y"}));
        QCOMPARE(first.metadata, std::string("{\"year\":1990,\"ok\":true,\"w\":1.5,\"who\":\"me\"}"));
        QCOMPARE(first.source, file.string());
        QVERIFY(rows.documents[1].id.empty());
        QCOMPARE(rows.documents[1].metadata, std::string("{}"));
        QCOMPARE(rows.documents[2].id, std::string("17"));
        QCOMPARE(rows.documents[2].labels, (std::vector<std::string>{"X", "Y", "Z"}));
        QCOMPARE(rows.fields.front(), std::string("_id"));
        QVERIFY(rows.rejected.empty() && !rows.error);
    }

    void inputStringAndHashes() {
        Document document;
        document.text = "abc";
        QCOMPARE(inputString(document), std::string("abc"));
        QCOMPARE(textHash("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(derivedId("abc"), std::string("hba7816bf8f01cfea"));
        document.title = "T";
        QCOMPARE(inputString(document), std::string("T\nabc"));
    }

    void jsonlFaults() {
        const test::TempFolder folder;
        std::string lines =
            "{\"_id\": \"1\", \"text\": \"good\"}"
            "\n";
        lines += "not json at all\n";
        lines += "[1, 2]\n";
        lines += "\"string\"\n";
        lines +=
            "{\"_id\": \"5\", \"title\": \"no text\"}"
            "\n";
        lines +=
            "{\"_id\": \"6\", \"text\": null}"
            "\n";
        lines +=
            "{\"_id\": \"7\", \"text\": [\"a\"]}"
            "\n";
        lines +=
            "{\"_id\": {\"a\": 1}, \"text\": \"x\"}"
            "\n";
        lines +=
            "{\"_id\": \"9\", \"text\": \"nul \\u0000 inside\"}"
            "\n";
        lines += std::string("{\"_id\": \"10\", \"text\": \"raw ") + '\0' + "\"}\n";
        lines +=
            "{\"_id\": \"11\", \"text\": \"x\", \"labels\": {\"a\": 1}}"
            "\n";
        lines +=
            "{\"_id\": \"12\", \"text\": \"x\", \"labels\": [[\"a\"]]}"
            "\n";
        lines +=
            "{\"_id\": \"13\", \"text\": \"cut off"
            "\n";
        lines +=
            "{\"_id\": \"14\", \"text\": \"x\"} trailing"
            "\n";
        lines +=
            "{\"_id\": \"15\", \"text\": \"bad \\ud800 escape\"}"
            "\n";
        lines +=
            "{\"_id\": true, \"text\": \"x\"}"
            "\n";
        lines +=
            "{\"_id\": \"17\", \"text\": \"x\", \"m\": \"\\u0000\"}"
            "\n";
        lines += "{}\n";
        lines +=
            "{\"_id\": \"19\", \"text\": \"   \\n \"}"
            "\n";
        lines +=
            "{\"_id\": \"20\", \"text\": \"good too\"}"
            "\n";
        const Rows rows = readAllRows(folder.write("c.jsonl", lines));
        QVERIFY(!rows.error);
        QCOMPARE(rows.documents.size(), std::size_t{2});
        QCOMPARE(rows.empty, 1);
        QCOMPARE(rows.rejected.size(), std::size_t{17});
        for (std::size_t i = 0; i < rows.rejected.size(); ++i) {
            QCOMPARE(rows.rejected[i].line, static_cast<std::int64_t>(i) + 2);
            QVERIFY(!rows.rejected[i].reason.empty());
            QVERIFY(rows.rejected[i].excerpt.size() <= 200);
            QVERIFY(rows.rejected[i].excerpt.find('\n') == std::string::npos);
        }
    }

    void deepAndWideJson() {
        const test::TempFolder folder;
        const std::string deep =
            "{\"text\": \"x\", \"a\": " + std::string(200000, '[') + std::string(200000, ']') + "}\n";
        const std::string open = "{\"text\": \"x\", \"a\": " + std::string(500000, '{') + "\n";
        std::string wide = "{\"text\": \"x\"";
        for (int i = 0; i < 100000; ++i) wide += ",\"k" + std::to_string(i) + "\":1";
        wide += "}\n";
        const Rows rows = readAllRows(folder.write("c.jsonl", deep + open + wide + "{\"text\": \"good\"}\n"));
        QCOMPARE(rows.rejected.size(), std::size_t{3});
        QCOMPARE(rows.documents.size(), std::size_t{1});
        QVERIFY(rows.rejected[0].reason.find("nested") != std::string::npos);
    }

    void namedFields() {
        const test::TempFolder folder;
        const auto file =
            folder.write("c.jsonl",
                         "{\"key\": \"a\", \"head\": \"H\", \"body\": \"B\", \"path\": [\"P\"], \"text\": \"kept\"}"
                         "\n");
        CorpusOptions options;
        options.idField = "key";
        options.titleField = "head";
        options.textField = "body";
        options.labelsField = "path";
        options.idNamed = options.titleNamed = options.textNamed = options.labelsNamed = true;
        const Rows rows = readAllRows(file, options);
        QVERIFY(!rows.error);
        QCOMPARE(rows.documents.at(0).id, std::string("a"));
        QCOMPARE(rows.documents.at(0).text, std::string("B"));
        QCOMPARE(rows.documents.at(0).labels, std::vector<std::string>{"P"});
        QCOMPARE(rows.documents.at(0).metadata, std::string("{\"text\":\"kept\"}"));
    }

    void fieldThatOccursNowhere_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("jsonl") << "c.jsonl" << QByteArray("{\"text\": \"x\"}\n{\"text\": \"y\"}\n");
        QTest::newRow("csv") << "c.csv" << QByteArray("text,b\nx,1\n");
        QTest::newRow("tsv") << "c.tsv" << QByteArray("text\tb\nx\t1\n");
        QTest::newRow("empty jsonl") << "c.jsonl" << QByteArray();
        QTest::newRow("empty csv") << "c.csv" << QByteArray();
    }
    void fieldThatOccursNowhere() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        const test::TempFolder folder;
        const auto file = folder.write(name.toStdString(), content.toStdString());
        CorpusOptions options;
        options.titleField = "headline";
        QVERIFY(!readAllRows(file, options).error);  // a default that is absent is no fault
        options.titleNamed = true;
        const Rows rows = readAllRows(file, options);
        QVERIFY(rows.error);
        QCOMPARE(rows.error->code, ErrorCode::InvalidArgument);
        QVERIFY(rows.error->message.find("headline") != std::string::npos);
    }

    void fieldInOneRowIsEnough() {
        const test::TempFolder folder;
        CorpusOptions options;
        options.textField = "body";
        options.textNamed = true;
        const Rows rows = readAllRows(folder.write("c.jsonl", "{\"text\": \"x\"}\n{\"body\": \"y\"}\n"), options);
        QVERIFY(!rows.error);
        QCOMPARE(rows.documents.size(), std::size_t{1});
        QCOMPARE(rows.rejected.size(), std::size_t{1});
    }

    void csvRfc4180() {
        const test::TempFolder folder;
        const std::string table =
            "_id,title,text,labels,year\r\n"
            "1,\"A, B\",\"line one\nline \"\"two\"\"\r\nend\",\"[\"\"X\"\", \"\"Y\"\"]\",1990\r\n"
            "\r\n"
            "2,,plain,X > Y,\n"
            "3,\"\",\"quoted\"tail,,2000\r"
            "4,un\"quoted,text\xc3\xa9,\"X\"\n"
            "5,five,\"last without newline\"";
        const Rows rows = readAllRows(folder.write("c.csv", table));
        QVERIFY(!rows.error && rows.rejected.empty());
        QCOMPARE(rows.documents.size(), std::size_t{5});
        QCOMPARE(rows.documents[0].title, std::string("A, B"));
        QCOMPARE(rows.documents[0].text, std::string("line one\nline \"two\"\r\nend"));
        QCOMPARE(rows.documents[0].labels, (std::vector<std::string>{"X", "Y"}));
        QCOMPARE(rows.documents[0].metadata, std::string("{\"year\":\"1990\"}"));
        QCOMPARE(rows.documents[1].labels, (std::vector<std::string>{"X", "Y"}));
        QCOMPARE(rows.documents[1].metadata, std::string("{}"));
        QCOMPARE(rows.documents[2].text, std::string("quotedtail"));
        QVERIFY(rows.documents[2].labels.empty());
        QCOMPARE(rows.documents[3].title, std::string("un\"quoted"));
        QCOMPARE(rows.documents[3].labels, std::vector<std::string>{"X"});
        QCOMPARE(rows.documents[4].text, std::string("last without newline"));
        QCOMPARE(rows.lines, (std::vector<std::int64_t>{2, 6, 7, 8, 9}));
        QCOMPARE(rows.fields, (std::vector<std::string>{"_id", "title", "text", "labels", "year"}));
    }

    void csvDelimiters() {
        const test::TempFolder folder;
        const auto text = [&](const char* name, const std::string& content, CorpusOptions options = {}) {
            return readAllRows(folder.write(name, content), options).documents.at(0).text;
        };
        QCOMPARE(text("a.csv", "_id;text\n1;a, b\n"), std::string("a, b"));
        QCOMPARE(text("b.csv", "_id\ttext\n1\ta; b\n"), std::string("a; b"));
        QCOMPARE(text("c.tsv", "_id\ttext\n1\t\"a\tb\nc\"\n"), std::string("a\tb\nc"));
        QCOMPARE(text("d.csv", "text\nalone\n"), std::string("alone"));
        CorpusOptions options;
        options.delimiter = '|';
        QCOMPARE(text("e.csv", "_id|text\n1|a,b\n", options), std::string("a,b"));
    }

    void csvRaggedRows() {
        const test::TempFolder folder;
        const Rows rows = readAllRows(folder.write("c.csv",
                                                   "_id,text,c\n"
                                                   "1,short\n"
                                                   "2\n"
                                                   "3,long,x,y\n"
                                                   "4,trailing commas,x,,,\n"
                                                   "5,good,x\n"));
        QCOMPARE(rows.documents.size(), std::size_t{3});
        QCOMPARE(rows.documents[0].text, std::string("short"));
        QCOMPARE(rows.documents[1].text, std::string("trailing commas"));
        QCOMPARE(rows.rejected.size(), std::size_t{2});
        QCOMPARE(rows.rejected[0].line, 3);
        QCOMPARE(rows.rejected[1].line, 4);
    }

    void csvNulAndEmpty() {
        const test::TempFolder folder;
        const Rows rows =
            readAllRows(folder.write("c.csv", std::string("_id,text\n1,a\0b\n2,fine\n3,\"  \"\n4,\n", 32)));
        QCOMPARE(rows.documents.size(), std::size_t{1});
        QCOMPARE(rows.empty, 2);
        QCOMPARE(rows.rejected.size(), std::size_t{1});
        QCOMPARE(rows.rejected[0].line, 2);
    }

    void csvOpenQuote() {
        const test::TempFolder folder;
        const std::string table =
            "_id,text\n"
            "1,first\n"
            "2,\"never closed\n"
            "3,third\n"
            "4,fourth";
        const Rows rows = readAllRows(folder.write("c.csv", table));
        QVERIFY(!rows.error);
        QCOMPARE(rows.rejected.size(), std::size_t{1});
        QCOMPARE(rows.rejected[0].line, 3);
        QVERIFY(rows.rejected[0].reason.find("quote") != std::string::npos);
        QCOMPARE(rows.documents.size(), std::size_t{3});
        QCOMPARE(rows.documents[1].text, std::string("third"));
        QCOMPARE(rows.lines, (std::vector<std::int64_t>{2, 4, 5}));
        QCOMPARE(readAllRows(folder.write("d.csv", "_id,text\n1,\"open")).rejected.size(), std::size_t{1});
        QCOMPARE(readAllRows(folder.write("e.csv", "_id,\"text\n1,open")).error->code, ErrorCode::InvalidArgument);
    }

    void csvOpenQuoteAfterQuotedLines() {
        const test::TempFolder folder;
        const std::string table = "_id,title,text\n1,\"two\nlines\",\"open\r\n2,\"two\nlines\",good\r\n";
        // The quote that opens in row 1 closes at the next quote; what follows is damage up to the end of the row.
        const Rows rows = readAllRows(folder.write("c.csv", table));
        QVERIFY(!rows.error);
        QVERIFY(rows.rejected.size() + rows.documents.size() >= 1);
    }

    void repeatedColumns() {
        const test::TempFolder folder;
        const Rows rows = readAllRows(folder.write("c.csv", "text,text,_id\nfirst,second,1\n"));
        QCOMPARE(rows.documents.at(0).text, std::string("first"));
    }

    void labelPathsEndAtTheFirstGap() {
        const test::TempFolder folder;
        const Rows rows = readAllRows(folder.write("c.jsonl",
                                                   "{\"text\": \"a\", \"labels\": [\"X\", \"\", \"Z\"]}\n"
                                                   "{\"text\": \"b\", \"labels\": []}\n"
                                                   "{\"text\": \"c\", \"labels\": [1990, \"Y\"]}\n"
                                                   "{\"text\": \"d\", \"labels\": null}\n"));
        QCOMPARE(rows.documents[0].labels, std::vector<std::string>{"X"});
        QVERIFY(rows.documents[1].labels.empty());
        QCOMPARE(rows.documents[2].labels, (std::vector<std::string>{"1990", "Y"}));
        QVERIFY(rows.documents[3].labels.empty());
    }

    void formatsByNameAndContent() {
        const test::TempFolder folder;
        const auto format = [&](const char* name, const std::string& content) {
            auto reader = CorpusReader::open(folder.write(name, content), {});
            return reader ? std::string(corpusFormatName((*reader)->format())) : std::string("refused");
        };
        QCOMPARE(format("a.NDJSON", "{}"), std::string("jsonl"));
        QCOMPARE(format("a.csv", "text\n"), std::string("csv"));
        QCOMPARE(format("a.tab", "text\n"), std::string("tsv"));
        QCOMPARE(format("a.txt", "text"), std::string("folder"));
        QCOMPARE(format("a.dat", "\xef\xbb\xbf  {\"text\": 1}"), std::string("jsonl"));
        QCOMPARE(format("a.json", "[{}]"), std::string("refused"));
        QCOMPARE(format("a.pdf", "%PDF"), std::string("refused"));
        QCOMPARE(CorpusReader::open(folder / "a.pdf", {}).error().code, ErrorCode::Unsupported);
        QCOMPARE(CorpusReader::open(folder / "none", {}).error().code, ErrorCode::NotFound);
        CorpusOptions options;
        options.format = CorpusFormat::Jsonl;
        QCOMPARE(CorpusReader::open(folder.path(), options).error().code, ErrorCode::InvalidArgument);
        options.format = CorpusFormat::Beir;
        QCOMPARE(CorpusReader::open(folder.path(), options).error().code, ErrorCode::InvalidArgument);
        options.format = CorpusFormat::Auto;
        options.charset = "no-such-charset";
        QCOMPARE(CorpusReader::open(folder / "a.csv", options).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(*corpusFormatFromName("beir"), CorpusFormat::Beir);
        QVERIFY(!corpusFormatFromName("docx"));
    }

    void charsets() {
        const test::TempFolder folder;
        const auto title = [&](const char* name, const std::string& content) {
            return readAllRows(folder.write(name, content)).documents.at(0).title;
        };
        QCOMPARE(title("a.csv", "\xef\xbb\xbftitle,text\ngr\xc3\xbcn,x\n"), std::string("grün"));
        QCOMPARE(title("b.csv", "title,text\ngr\xfcn,x\n"), std::string("grün"));
        std::string wide = "\xff\xfe";
        for (const char c : std::string("title,text\ngr\xfcn,x\n")) {
            wide.push_back(c);
            wide.push_back('\0');
        }
        QCOMPARE(title("c.csv", wide), std::string("grün"));
        QCOMPARE(title("d.jsonl", "\xef\xbb\xbf{\"title\": \"gr\xc3\xbcn\", \"text\": \"x\"}\n"), std::string("grün"));
        // A byte order mark in the middle, as files that were joined have it.
        const Rows joined = readAllRows(folder.write("e.jsonl", "{\"text\": \"a\"}\n\xef\xbb\xbf{\"text\": \"b\"}\n"));
        QCOMPARE(joined.documents.size(), std::size_t{2});
        // One foreign row harms itself at most.
        const Rows mixed = readAllRows(
            folder.write("f.jsonl", "{\"text\": \"\xc3\xbc\"}\n{\"text\": \"\xfc\"}\n{\"text\": \"\xc3\xbc\xfc\"}\n"));
        QCOMPARE(mixed.documents[1].text, std::string("ü"));
        QCOMPARE(mixed.documents[2].text, std::string("ü�"));
    }
};

QTEST_APPLESS_MAIN(TestCorpusReader)
#include "tst_corpus_reader.moc"
