// SPDX-License-Identifier: Apache-2.0
// Folders of files, books of HTML pages, BEIR layout.
#include <QTest>
#include <filesystem>

#include "tests/core/text/corpus_helpers.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::text;
using namespace espalier::text::test_helpers;
namespace fs = std::filesystem;

namespace {
using Path = std::vector<std::string>;

std::string htmlPage(const std::string& title, const std::string& up, const std::string& text) {
    return "<html><head><title>" + title + "</title></head><body><div class='navheader'>" +
           (up.empty() ? std::string() : "<a accesskey='u' href='" + up + "'>Up</a>") + "</div><p>" + text +
           "</p></body></html>";
}

const Document& byId(const Rows& rows, const std::string& id) {
    for (const Document& document : rows.documents)
        if (document.id == id) return document;
    qFatal("no document %s", id.c_str());
}
}  // namespace

class TestCorpusFolder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void filesInOrderWithLabels() {
        const test::TempFolder folder;
        folder.write("b.txt", "text of b");
        folder.write("a/y/2.md", "# Heading ##\n\nBody\n");
        folder.write("a/1.HTML", "<title>One</title><p>page");
        folder.write("c.pdf", "%PDF");
        folder.write("a/d.PDF", "%PDF");
        folder.write("README", "no ending");
        folder.write(".hidden.txt", "no");
        folder.write(".git/x.txt", "no");
        folder.write("blank.txt", " \n");
        const Rows rows = readAllRows(folder.path());
        QVERIFY(!rows.error && rows.rejected.empty());
        QCOMPARE(rows.documents.size(), std::size_t{3});
        QCOMPARE(rows.documents[0].id, std::string("a/1.HTML"));
        QCOMPARE(rows.documents[1].id, std::string("a/y/2.md"));
        QCOMPARE(rows.documents[2].id, std::string("b.txt"));
        QCOMPARE(rows.documents[0].labels, Path{"a"});
        QCOMPARE(rows.documents[1].labels, (Path{"a", "y"}));
        QVERIFY(rows.documents[2].labels.empty());
        QCOMPARE(rows.documents[0].title, std::string("One"));
        QCOMPARE(rows.documents[1].title, std::string("Heading"));
        QCOMPARE(rows.documents[1].text, std::string("Body\n"));
        QVERIFY(rows.documents[2].title.empty());
        QCOMPARE(rows.empty, 1);
        QCOMPARE(rows.ignored, (std::map<std::string, std::int64_t>{{"", 1}, {".pdf", 2}}));
    }

    void emptyFolder() {
        const test::TempFolder folder;
        const Rows rows = readAllRows(folder.path());
        QVERIFY(!rows.error && rows.documents.empty() && rows.rejected.empty());
    }

    void faultsOfSingleFiles() {
        const test::TempFolder folder;
        folder.write("good.txt", "fine");
        folder.write("nul.txt", std::string("a\0b", 3));
        folder.write("big.txt", std::string((std::size_t{16} << 20) + 1, 'x'));
        fs::create_symlink(folder / "nowhere", folder / "dangling.txt");
        fs::create_directory_symlink(folder.path(), folder / "loop");
        const Rows rows = readAllRows(folder.path());
        QVERIFY(!rows.error);
        QCOMPARE(rows.documents.size(), std::size_t{1});
        QCOMPARE(rows.rejected.size(), std::size_t{3});
        QCOMPARE(rows.rejected[0].source, (folder / "big.txt").string());
        QCOMPARE(rows.rejected[1].source, (folder / "dangling.txt").string());
        QVERIFY(rows.rejected[1].reason.find("cannot be read") != std::string::npos);
    }

    void charsetsFileByFile() {
        const test::TempFolder folder;
        folder.write("a.txt", "gr\xfcn und sch\xf6n wie der Fr\xfchling");
        folder.write("c.txt", "gr\xc3\xbcn");
        folder.write("d.html", "<meta charset=windows-1251><title>\xc4\xee\xec</title>\xf0\xe5\xea\xe0");
        folder.write("b.txt", std::string("\xff\xfeg\0r\0\xfc\0n\0", 10));
        const Rows rows = readAllRows(folder.path());
        QVERIFY(byId(rows, "a.txt").text.starts_with("grün und schön"));
        QCOMPARE(byId(rows, "b.txt").text, std::string("grün"));
        QCOMPARE(byId(rows, "c.txt").text, std::string("grün"));
        QCOMPARE(byId(rows, "d.html").title, std::string("Дом"));
    }

    void singleFile() {
        const test::TempFolder folder;
        const Rows rows = readAllRows(folder.write("notes.md", "plain notes"));
        QCOMPARE(rows.documents.at(0).id, std::string("notes.md"));
    }

    void bookWithUpLinks() {
        const test::TempFolder folder;
        folder.write("index.html", htmlPage("The Garden Book", "", "start"));
        folder.write("soil.html", htmlPage("Part I. Soil", "index.html", "about soil"));
        folder.write("clay.html", htmlPage("Chapter 1. Clay", "./soil.html#top", "about clay"));
        folder.write("wet.html", htmlPage("1.1. Wet clay", "clay.html", "about wet clay"));
        folder.write("dry.html", htmlPage("1.2. Dry clay", "clay.html", "about dry clay"));
        folder.write("sand.html", htmlPage("Chapter 2. Sand", "soil.html", "about sand"));
        folder.write("index-of-words.html", htmlPage("Index", "index.html", "words"));
        folder.write("style.css", "p {}");
        const Rows rows = readAllRows(folder.path());
        QVERIFY(!rows.error && rows.rejected.empty());
        QVERIFY(byId(rows, "index.html").labels.empty());
        QCOMPARE(byId(rows, "soil.html").labels, Path{"Soil"});
        QCOMPARE(byId(rows, "clay.html").labels, (Path{"Soil", "Clay"}));
        QCOMPARE(byId(rows, "wet.html").labels, (Path{"Soil", "Clay"}));
        QCOMPARE(byId(rows, "sand.html").labels, Path{"Soil"});
        QVERIFY(byId(rows, "index-of-words.html").labels.empty());
        QCOMPARE(byId(rows, "wet.html").title, std::string("1.1. Wet clay"));
        QCOMPARE(byId(rows, "wet.html").text, std::string("about wet clay"));  // "Up" is navigation
        QCOMPARE(rows.ignored, (std::map<std::string, std::int64_t>{{".css", 1}}));
    }

    void numbersStayWhereSistersWouldBeConfused() {
        const test::TempFolder folder;
        folder.write("index.html", htmlPage("Book", "", "x"));
        for (const std::string n : {"1", "2"}) {
            folder.write("c" + n + ".html", htmlPage("Chapter " + n + ". Examples", "index.html", "x" + n));
            folder.write("p" + n + ".html", htmlPage("page", "c" + n + ".html", "y" + n));
        }
        folder.write("c3.html", htmlPage("I. Newton", "index.html", "x3"));
        folder.write("p3.html", htmlPage("page", "c3.html", "y3"));
        folder.write("c4.html", htmlPage("A.1. Appendix of tables", "index.html", "x4"));
        folder.write("p4.html", htmlPage("page", "c4.html", "y4"));
        folder.write("c5.html", htmlPage("Part of the whole", "index.html", "x5"));
        folder.write("p5.html", htmlPage("page", "c5.html", "y5"));
        const Rows rows = readAllRows(folder.path());
        QCOMPARE(byId(rows, "p1.html").labels, Path{"Chapter 1. Examples"});
        QCOMPARE(byId(rows, "p2.html").labels, Path{"Chapter 2. Examples"});
        QCOMPARE(byId(rows, "p3.html").labels, Path{"I. Newton"});
        QCOMPARE(byId(rows, "p4.html").labels, Path{"Appendix of tables"});
        QCOMPARE(byId(rows, "p5.html").labels, Path{"Part of the whole"});
    }

    void linksInCirclesAndToNowhere() {
        const test::TempFolder folder;
        folder.write("a.html", htmlPage("A", "b.html", "x"));
        folder.write("b.html", htmlPage("B", "a.html", "y"));
        folder.write("c.html", htmlPage("C", "a.html", "z"));
        folder.write("d.html", htmlPage("D", "d.html", "own parent"));
        folder.write("e.html", htmlPage("E", "https://elsewhere.example/x.html", "away"));
        folder.write("f.html", htmlPage("F", "missing.html", "gone"));
        const Rows rows = readAllRows(folder.path());
        QCOMPARE(rows.documents.size(), std::size_t{6});
        for (const Document& document : rows.documents) QVERIFY(document.labels.empty());
    }

    void subFoldersWinOverUpLinks() {
        const test::TempFolder folder;
        folder.write("x/index.html", htmlPage("Book", "", "x"));
        folder.write("x/a.html", htmlPage("A", "index.html", "y"));
        const Rows rows = readAllRows(folder.path());
        QCOMPARE(byId(rows, "x/a.html").labels, Path{"x"});
    }

    void beir() {
        const test::TempFolder folder;
        folder.write("corpus.jsonl.gz",
                     gzipped("{\"_id\": \"d1\", \"title\": \"T\", \"text\": \"x\", \"metadata\": {}}\n"));
        folder.write(
            "queries.jsonl",
            "{\"_id\": \"q1\", \"text\": \"find x\"}\nbroken\n{\"_id\": 2, \"text\": \"y\"}\n{\"text\": \"no id\"}\n");
        folder.write("qrels/train.tsv", "query-id\tcorpus-id\tscore\nq9\td1\t1\n");
        folder.write(
            "qrels/test.tsv",
            "query-id\tcorpus-id\tscore\r\nq1\td1\t2\r\nq1\td two\t0\nq1\td3\n2\td1\t1.0\nq1\td4\thigh\nq1\td5\t-1\n");
        auto reader = CorpusReader::open(folder.path(), {}).value();
        QCOMPARE(reader->format(), CorpusFormat::Beir);
        QCOMPARE(readAllRows(*reader).documents.size(), std::size_t{1});
        std::vector<RejectedRow> rejected;
        const auto queries = reader->queries(&rejected).value();
        QCOMPARE(queries.size(), std::size_t{2});
        QCOMPARE(queries[1].id, std::string("2"));
        QCOMPARE(rejected.size(), std::size_t{2});
        QCOMPARE(rejected[0].line, 2);
        const auto judgements = reader->judgements(&rejected).value();
        QCOMPARE(judgements.size(), std::size_t{4});
        QCOMPARE(judgements[0].score, 2);
        QCOMPARE(judgements[1].documentId, std::string("d two"));
        QCOMPARE(judgements[2].score, 1);
        QCOMPARE(judgements[3].score, -1);
        QCOMPARE(rejected.size(), std::size_t{4});
    }

    void beirWithoutSplits() {
        const test::TempFolder folder;
        folder.write("corpus.jsonl", "{\"_id\": \"d1\", \"text\": \"x\"}\n");
        auto reader = CorpusReader::open(folder.path(), {}).value();
        QVERIFY(reader->queries().value().empty());
        QVERIFY(reader->judgements().value().empty());
        folder.write("qrels.tsv", "q1\td1\t1\n");
        QCOMPARE(reader->judgements().value().size(), std::size_t{1});
        folder.write("queries.jsonl.gz", gzipped("{\"_id\": \"q1\", \"text\": \"x\"}\n").substr(0, 30));
        QCOMPARE(reader->queries().error().code, ErrorCode::Corrupt);
        QCOMPARE(readQueries(folder / "none").error().code, ErrorCode::NotFound);
    }

    void trecJudgements() {
        const test::TempFolder folder;
        const auto judgements = readJudgements(folder.write("q.txt", "q1 0 d1 1\nq1 0 d2 0\n")).value();
        QCOMPARE(judgements.size(), std::size_t{2});
        QCOMPARE(judgements[0].documentId, std::string("d1"));
    }
};

QTEST_APPLESS_MAIN(TestCorpusFolder)
#include "tst_corpus_folder.moc"
