// SPDX-License-Identifier: Apache-2.0
// Large cells, gzip streams whole and broken, memory that does not grow, and random damage.
#include <QTest>
#include <algorithm>

#include "core/base/rng.h"
#include "core/text/corpus_reader_csv.h"
#include "core/text/corpus_reader_jsonl.h"
#include "tests/core/text/corpus_helpers.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::text;
using namespace espalier::text::test_helpers;

namespace {
constexpr std::size_t kMiB = std::size_t{1} << 20;

/// Bytes made on the fly: nothing of it lies in memory. Remembers how far ahead of its reader it was asked.
class Generated final : public ByteSource {
public:
    Generated(std::string header, std::string row, std::int64_t rows)
        : m_header(std::move(header)), m_row(std::move(row)), m_rows(rows) {}
    Result<std::size_t> read(std::span<char> into) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const std::string& piece = m_at < 0 ? m_header : m_row;
            if (m_at >= m_rows) break;
            const std::size_t count = std::min(into.size() - done, piece.size() - m_offset);
            std::copy_n(piece.data() + m_offset, count, into.data() + done);
            done += count;
            m_offset += count;
            if (m_offset == piece.size()) {
                m_offset = 0;
                ++m_at;
            }
        }
        m_read += static_cast<std::int64_t>(done);
        return done;
    }
    Status rewind() override {
        m_at = -1;
        m_offset = 0;
        m_read = 0;
        return {};
    }
    std::int64_t bytesRead() const noexcept override { return m_read; }
    std::int64_t bytesTotal() const noexcept override { return 0; }

private:
    std::string m_header, m_row;
    std::int64_t m_rows;
    std::int64_t m_at = -1;
    std::size_t m_offset = 0;
    std::int64_t m_read = 0;
};

/// The furthest that the reader was ahead of the rows it had given out, in bytes.
std::int64_t mostAhead(CorpusReader& reader, std::int64_t rowBytes, std::int64_t rows) {
    std::int64_t most = 0;
    for (std::int64_t i = 0;; ++i) {
        auto row = reader.next().value();
        if (!row) return i == rows ? most : -1;
        most = std::max(most, reader.bytesRead() - i * rowBytes);
    }
}
}  // namespace

class TestCorpusLimits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void largeCells_data() {
        QTest::addColumn<QString>("format");
        QTest::newRow("csv") << "csv";
        QTest::newRow("tsv") << "tsv";
        QTest::newRow("jsonl") << "jsonl";
    }
    void largeCells() {
        QFETCH(QString, format);
        const test::TempFolder folder;
        const std::string ten(10 * kMiB, 'a');
        const std::string seventeen(17 * kMiB, 'b');
        const std::string forty(40 * kMiB, 'c');
        std::string content;
        if (format == "jsonl") {
            for (const std::string* cell : {&ten, &seventeen, &forty}) content += "{\"text\": \"" + *cell + "\"}\n";
            content += "{\"text\": \"after\"}\n";
        } else {
            const std::string d = format == "csv" ? "," : "\t";
            content = "_id" + d + "text\n1" + d + "\"" + ten + "\n\"\n2" + d + "\"" + seventeen + "\nb\"\n3" + d +
                      forty + "\n4" + d + "after\n";
        }
        const Rows rows = readAllRows(folder.write(("c." + format).toStdString(), content));
        QVERIFY(!rows.error);
        QCOMPARE(rows.documents.size(), std::size_t{2});
        QVERIFY(rows.documents[0].text.size() >= 10 * kMiB);
        QCOMPARE(rows.documents[1].text, std::string("after"));
        QCOMPARE(rows.rejected.size(), std::size_t{2});
        QVERIFY(rows.rejected[0].reason.find("16 MiB") != std::string::npos);
        QCOMPARE(rows.rejected[0].line, format == "jsonl" ? 2 : 4);
    }

    void cellOfExactlyTheLimit() {
        const test::TempFolder folder;
        const std::string full(static_cast<std::size_t>(kMaxCellBytes), 'x');
        const Rows rows = readAllRows(folder.write("c.csv", "text\n\"" + full + "\"\n\"" + full + "x\"\n"));
        QCOMPARE(rows.documents.size(), std::size_t{1});
        QCOMPARE(rows.rejected.size(), std::size_t{1});
    }

    void manyLargeCellsInOneRow() {
        const test::TempFolder folder;
        const std::string ten(10 * kMiB, 'a');
        const Rows rows = readAllRows(
            folder.write("c.csv", "text,a,b,c\n" + ten + "," + ten + "," + ten + "," + ten + "\nafter,1,2,3\n"));
        QCOMPARE(rows.documents.size(), std::size_t{1});
        QCOMPARE(rows.rejected.size(), std::size_t{1});
        QVERIFY(rows.rejected[0].reason.find("32 MiB") != std::string::npos);
    }

    void openQuoteOverManyRows() {
        const test::TempFolder folder;
        std::string table = "_id,text\n0,\"open\n";
        for (int i = 1; table.size() < 17 * kMiB; ++i) table += std::to_string(i) + ",a row that is perfectly good\n";
        const Rows rows = readAllRows(folder.write("c.csv", table));
        QCOMPARE(rows.rejected.size(), std::size_t{1});
        QCOMPARE(rows.documents.front().id, std::string("1"));
        QCOMPARE(rows.lines.front(), 3);
    }

    void gzip() {
        const test::TempFolder folder;
        const std::string content = "{\"text\": \"one\"}\n{\"text\": \"two\"}\n";
        QCOMPARE(readAllRows(folder.write("a.jsonl.gz", gzipped(content))).documents.size(), std::size_t{2});
        // Members after each other, as `cat a.gz b.gz` makes them, and zero padding.
        const std::string two = gzipped(content) + gzipped(content) + std::string(512, '\0');
        QCOMPARE(readAllRows(folder.write("b.jsonl.gz", two)).documents.size(), std::size_t{4});
        QCOMPARE(readAllRows(folder.write("c.csv.gz", gzipped("text\nx\n"))).documents.size(), std::size_t{1});
        QCOMPARE(readAllRows(folder.write("d.jsonl", gzipped(content))).documents.size(), std::size_t{2});
        // An open quote makes the reader go back: in a stream that means from its start.
        const Rows open = readAllRows(folder.write("e.csv.gz", gzipped("_id,text\n1,\"open\n2,good\n")));
        QCOMPARE(open.documents.at(0).id, std::string("2"));
    }

    void brokenGzip_data() {
        QTest::addColumn<int>("damage");
        QTest::newRow("truncated in the data") << 0;
        QTest::newRow("without its trailer") << 1;
        QTest::newRow("flipped bits") << 2;
        QTest::newRow("rubbish behind") << 3;
        QTest::newRow("not gzip") << 4;
        QTest::newRow("empty") << 5;
    }
    void brokenGzip() {
        QFETCH(int, damage);
        const test::TempFolder folder;
        std::string content;
        SplitMix64 random(5);
        for (int i = 0; i < 3000; ++i) content += "{\"text\": \"" + std::to_string(random.next()) + "\"}\n";
        std::string packed = gzipped(content);
        if (damage == 0) packed.resize(packed.size() / 2);
        if (damage == 1) packed.resize(packed.size() - 4);
        if (damage == 2) packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
        if (damage == 3) packed += "rubbish";
        if (damage == 4) packed = content;
        if (damage == 5) packed.clear();
        const Rows rows = readAllRows(folder.write("c.jsonl.gz", packed));
        QVERIFY(rows.error);
        QCOMPARE(rows.error->code, ErrorCode::Corrupt);
        QVERIFY(rows.error->message.find("c.jsonl.gz") != std::string::npos);
    }

    void memoryDoesNotGrow() {
        const std::string row = "1,\"" + std::string(1000, 'x') + "\nüber\"\n";
        constexpr std::int64_t kRows = 30000;  // 30 MB
        auto csv =
            CsvReader::create(std::make_unique<Generated>("_id,text\n", row, kRows), "g.csv", {}, CorpusFormat::Csv);
        const std::int64_t csvAhead = mostAhead(**csv, static_cast<std::int64_t>(row.size()), kRows);
        QVERIFY2(csvAhead > 0 && csvAhead < static_cast<std::int64_t>(kMiB), qPrintable(QString::number(csvAhead)));
        const std::string line = "{\"text\": \"" + std::string(1000, 'x') + " über\"}\n";
        auto jsonl = JsonlReader::create(std::make_unique<Generated>("\n", line, kRows), "g.jsonl", {});
        const std::int64_t jsonlAhead = mostAhead(**jsonl, static_cast<std::int64_t>(line.size()), kRows);
        QVERIFY2(jsonlAhead > 0 && jsonlAhead < static_cast<std::int64_t>(kMiB),
                 qPrintable(QString::number(jsonlAhead)));
    }

    void randomDamageNeverCrashes() {
        const std::string good =
            "_id,title,text,labels\n1,\"A, \"\"B\"\"\",\"multi\nline\",X > Y\n2,gr\xc3\xbcn,text,\"[\"\"X\"\"]\"\n";
        const std::string lines =
            "{\"_id\": \"1\", \"title\": \"\\u00e9\", \"text\": \"abc\", \"labels\": [\"X\", \"Y\"], \"n\": {\"a\": "
            "[1, 2]}}\n"
            "{\"_id\": 2, \"text\": \"def\\n\", \"m\": 1e5}\n";
        SplitMix64 random(99);
        const test::TempFolder folder;
        for (int round = 0; round < 240; ++round) {
            const bool csv = round % 2 == 0;
            std::string bytes = csv ? good : lines;
            switch (round % 5) {
                case 0:
                    bytes.resize(random.below(bytes.size() + 1));
                    break;
                case 1:
                    for (int i = 0; i < 6; ++i)
                        bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
                    break;
                case 2:
                    for (int i = 0; i < 4; ++i)
                        bytes.insert(random.below(bytes.size()), 1, "\"\n,\\{[\r\0\xff"[random.below(9)]);
                    break;
                case 3:
                    for (char& c : bytes) c = static_cast<char>(random.below(256));
                    break;
                default:
                    bytes = gzipped(bytes);
                    bytes[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
                    if (random.below(2) == 0) bytes.resize(random.below(bytes.size()));
                    break;
            }
            CorpusOptions options;
            options.format = csv ? CorpusFormat::Csv : CorpusFormat::Jsonl;
            const Rows rows = readAllRows(folder.write(csv ? "c.csv" : "c.jsonl", bytes), options);
            for (const Document& document : rows.documents) QVERIFY(isClean(document));
            for (const char* name : {"f/a.html", "f/a.md", "f/a.txt"}) folder.write(name, bytes);
            QVERIFY(!readAllRows(folder / "f").error);
            folder.write("b/corpus.jsonl", lines);
            folder.write("b/queries.jsonl", bytes);
            folder.write("b/qrels.tsv", bytes);
            auto beir = CorpusReader::open(folder / "b", {}).value();
            std::vector<RejectedRow> rejected;
            (void)beir->queries(&rejected).ok();
            (void)beir->judgements(&rejected).ok();
        }
    }

private:
    static bool isClean(const Document& document) {
        const std::string all = document.id + document.title + document.text + document.metadata;
        return all.find('\0') == std::string::npos && QString::fromStdString(all).toStdString() == all;
    }
};

QTEST_APPLESS_MAIN(TestCorpusLimits)
#include "tst_corpus_limits.moc"
