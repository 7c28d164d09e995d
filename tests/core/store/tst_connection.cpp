// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <fstream>

#include "core/base/platform.h"
#include "core/store/connection.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::store;

namespace {
Connection fresh(const test::TempFolder& folder) {
    auto connection = Connection::open(folder / "x.sqlite", Connection::Mode::Create).value();
    if (!connection.execute("CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT NOT NULL, b BLOB, r REAL) STRICT"))
        qFatal("fixture");
    return connection;
}
std::int64_t rows(Connection& db) {
    return db.integer("SELECT count(*) FROM t").value();
}
}  // namespace

class TestConnection : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void valuesComeBackAsTheyWere() {
        test::TempFolder folder;
        auto db = fresh(folder);
        const std::string odd("a\0b\xff'\"\n", 8);
        QVERIFY(db.run("INSERT INTO t VALUES (?, ?, ?, ?)", std::int64_t{1} << 60, odd, Blob{odd}, 0.1));
        auto row = db.prepare("SELECT k, v, b, r FROM t").value();
        QVERIFY(row.step().value());
        QCOMPARE(row.integer(0), std::int64_t{1} << 60);
        QCOMPARE(row.text(1), odd);
        QCOMPARE(row.text(2), odd);
        QCOMPARE(row.real(3), 0.1);
        QVERIFY(!row.step().value());
        QVERIFY(db.run("INSERT INTO t VALUES (2, ?, ?, ?)", "", Null{}, Null{}));
        QVERIFY(row.bind().step().value());  // key 2 comes first
        QVERIFY(row.isNull(2) && row.isNull(3) && !row.isNull(1));
    }

    void transactionRollsBackUnlessCommitted() {
        test::TempFolder folder;
        auto db = fresh(folder);
        {
            auto transaction = Transaction::begin(db).value();
            QVERIFY(db.run("INSERT INTO t VALUES (1, 'lost', NULL, NULL)"));
            QCOMPARE(rows(db), std::int64_t{1});
            QVERIFY(db.inTransaction());
        }
        QVERIFY(!db.inTransaction());
        QCOMPARE(rows(db), std::int64_t{0});
        {
            auto transaction = Transaction::begin(db).value();
            QVERIFY(db.run("INSERT INTO t VALUES (1, 'kept', NULL, NULL)"));
            QVERIFY(transaction.commit());
        }
        QCOMPARE(rows(db), std::int64_t{1});
        auto moved = Transaction::begin(db).value();
        Transaction other = std::move(moved);  // the moved-from one must not roll back
        QVERIFY(db.run("INSERT INTO t VALUES (2, 'kept', NULL, NULL)"));
        QVERIFY(other.commit());
        QCOMPARE(rows(db), std::int64_t{2});
    }

    void readScopeSeesOneMoment() {
        test::TempFolder folder;
        auto writer = fresh(folder);
        QVERIFY(writer.text("PRAGMA journal_mode = WAL"));
        auto reader = Connection::open(folder / "x.sqlite", Connection::Mode::Read).value();
        auto scope = ReadScope::begin(reader).value();
        QCOMPARE(rows(reader), std::int64_t{0});
        QVERIFY(writer.run("INSERT INTO t VALUES (1, 'later', NULL, NULL)"));
        QCOMPARE(rows(reader), std::int64_t{0});
        auto inner = ReadScope::begin(reader);
        QVERIFY(inner);
    }

    void errorsHaveTheirCodes() {
        test::TempFolder folder;
        auto db = fresh(folder);
        QVERIFY(db.run("INSERT INTO t VALUES (1, 'x', NULL, NULL)"));
        QCOMPARE(db.run("INSERT INTO t VALUES (1, 'x', NULL, NULL)").error().code, ErrorCode::Conflict);
        QCOMPARE(db.run("INSERT INTO t VALUES (2, NULL, NULL, NULL)").error().code, ErrorCode::Conflict);
        QCOMPARE(db.run("NONSENSE").error().code, ErrorCode::Internal);
        QCOMPARE(db.run("INSERT INTO t VALUES (?, 'x', NULL, NULL)", 5, 6).error().code,
                 ErrorCode::Internal);  // too many
        QCOMPARE(db.integer("SELECT k FROM t WHERE k = 9").error().code, ErrorCode::NotFound);
        QCOMPARE(Connection::open(folder / "none.sqlite", Connection::Mode::Read).error().code, ErrorCode::NotFound);
        QCOMPARE(Connection::open(folder / "x.sqlite", Connection::Mode::Create).error().code,
                 ErrorCode::AlreadyExists);
        folder.write("text.sqlite", "these are not the bytes of a database, however long one looks at them");
        QCOMPARE(Connection::open(folder / "text.sqlite", Connection::Mode::Read).error().code, ErrorCode::Corrupt);
        QCOMPARE(Connection::open(folder.path(), Connection::Mode::Read).error().code, ErrorCode::Corrupt);
        QCOMPARE(Connection::open(folder / "x.sqlite" / "y", Connection::Mode::Create).error().code, ErrorCode::Io);
    }

    void aSecondWriterIsBusy() {
        test::TempFolder folder;
        auto first = fresh(folder);
        auto second = Connection::open(folder / "x.sqlite", Connection::Mode::ReadWrite, 0).value();
        auto transaction = Transaction::begin(first).value();
        QCOMPARE(Transaction::begin(second).error().code, ErrorCode::Busy);
        QVERIFY(transaction.commit());
        QVERIFY(Transaction::begin(second));
    }

    void fullDiskIsSaidAndUndone() {
        test::TempFolder folder;
        auto db = fresh(folder);
        QVERIFY(db.run("INSERT INTO t VALUES (1, 'before', NULL, NULL)"));
        // SQLite's own page limit gives the same SQLITE_FULL as a disk without room.
        QVERIFY(db.integer("PRAGMA max_page_count = 8"));
        Status status;
        {
            auto transaction = Transaction::begin(db).value();
            status = db.run("INSERT INTO t VALUES (2, ?, NULL, NULL)", std::string(1 << 20, 'x'));
        }
        QVERIFY(!status);
        QCOMPARE(status.error().code, ErrorCode::Io);
        QVERIFY2(status.error().message.find("full") != std::string::npos, status.error().message.c_str());
        QCOMPARE(rows(db), std::int64_t{1});
    }
};

QTEST_APPLESS_MAIN(TestConnection)
#include "tst_connection.moc"
