// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <array>
#include <filesystem>
#include <fstream>

#include "core/store/database.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::store;
namespace fs = std::filesystem;

namespace {
const std::array<Migration, 1> kOne = {{{1, "0001_first",
                                         "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) STRICT; "
                                         "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (7);"
                                         "INSERT INTO meta VALUES ('min_reader', '1')"}}};
const std::array<Migration, 3> kThree = {
    {kOne[0],
     {2, "0002_more", "CREATE TABLE b (y INTEGER) STRICT; INSERT INTO b SELECT x FROM a"},
     {3, "0003_again", "ALTER TABLE b ADD COLUMN z TEXT"}}};
const std::array<Migration, 2> kBroken = {{kOne[0], {2, "0002_broken", "CREATE TABLE c (y INTEGER) STRICT; NONSENSE"}}};

DatabaseOptions writing(std::span<const Migration> migrations) {
    DatabaseOptions options;
    options.mode = Connection::Mode::ReadWrite;
    options.migrate = options.quickCheck = true;
    options.migrations = migrations;
    return options;
}
DatabaseOptions reading(std::span<const Migration> migrations = projectMigrations()) {
    DatabaseOptions options;
    options.migrations = migrations;
    options.quickCheck = true;
    return options;
}
void exec(const fs::path& path, const std::string& sql) {
    auto db = Connection::open(path, Connection::Mode::ReadWrite).value();
    if (!db.execute(sql)) qFatal("fixture");
}
}  // namespace

class TestDatabase : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void newProjectDatabase() {
        test::TempFolder folder;
        auto made = createDatabase(folder / "p.sqlite").value();
        QCOMPARE(made.connection.integer("PRAGMA application_id").value(), kApplicationId);
        QCOMPARE(made.version, projectMigrations().back().number);
        QVERIFY(made.writeAhead);
        QCOMPARE(made.connection.text("PRAGMA journal_mode").value(), std::string("wal"));
        QCOMPARE(made.connection.integer("PRAGMA synchronous").value(), std::int64_t{2});  // FULL
        QCOMPARE(made.connection.integer("PRAGMA foreign_keys").value(), std::int64_t{1});
        // Every table is STRICT.
        QCOMPARE(made.connection
                     .integer("SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND schema = 'main' "
                              "AND name NOT LIKE 'sqlite%' AND NOT strict")
                     .value(),
                 std::int64_t{0});
        QVERIFY(findDamage(made.connection).value().empty());
        QVERIFY(!made.connection.run("INSERT INTO content VALUES ('x', 't', '[]', '{}', '')"));
        QCOMPARE(createDatabase(folder / "p.sqlite").error().code, ErrorCode::AlreadyExists);
    }

    void migratesStepByStepAndKeepsABackup() {
        test::TempFolder folder;
        const fs::path path = folder / "p.sqlite";
        QCOMPARE(createDatabase(path, kOne)->version, 1);
        auto notAsked = writing(kThree);
        notAsked.migrate = false;
        QCOMPARE(openDatabase(path, notAsked).error().code, ErrorCode::InvalidState);
        QCOMPARE(openDatabase(path, reading(kThree)).error().code, ErrorCode::InvalidState);
        auto opened = openDatabase(path, writing(kThree)).value();
        QCOMPARE(opened.version, 3);
        QCOMPARE(opened.connection.integer("SELECT y FROM b").value(), std::int64_t{7});
        QVERIFY(fs::exists(opened.backup));
        auto backup = openDatabase(opened.backup, reading(kOne)).value();  // the old program can read it
        QCOMPARE(backup.version, 1);
        QVERIFY(openDatabase(path, writing(kThree))->backup.empty());
    }

    void aFailingMigrationChangesNothing() {
        test::TempFolder folder;
        const fs::path path = folder / "p.sqlite";
        QVERIFY(createDatabase(path, kOne));
        const auto failed = openDatabase(path, writing(kBroken));
        QVERIFY(!failed);
        QVERIFY(failed.error().message.find("0002_broken") != std::string::npos);
        auto still = openDatabase(path, reading(kOne)).value();
        QCOMPARE(still.version, 1);
        QVERIFY(!still.connection.integer("SELECT count(*) FROM c"));
    }

    void newerVersions() {
        test::TempFolder folder;
        const fs::path path = folder / "p.sqlite";
        QVERIFY(createDatabase(path, kThree));
        auto readable = openDatabase(path, reading(kOne)).value();  // min_reader is 1
        QVERIFY(readable.newer);
        QCOMPARE(readable.version, 3);
        exec(path, "UPDATE meta SET value = '2' WHERE key = 'min_reader'");
        const auto refused = openDatabase(path, reading(kOne));
        QCOMPARE(refused.error().code, ErrorCode::VersionTooNew);
        QVERIFY(refused.error().message.find("version 3") != std::string::npos);
    }

    void refusesWhatIsNoProject() {
        test::TempFolder folder;
        folder.write("text.sqlite", "hello");
        QCOMPARE(openDatabase(folder / "text.sqlite", reading()).error().code, ErrorCode::Corrupt);
        folder.write("empty.sqlite", "");
        QCOMPARE(openDatabase(folder / "empty.sqlite", reading()).error().code, ErrorCode::Corrupt);
        {
            auto foreign = Connection::open(folder / "foreign.sqlite", Connection::Mode::Create).value();
            QVERIFY(foreign.execute("CREATE TABLE t (x); PRAGMA user_version = 1"));
        }
        QCOMPARE(openDatabase(folder / "foreign.sqlite", reading()).error().code, ErrorCode::Corrupt);
        QCOMPARE(openDatabase(folder / "none.sqlite", reading()).error().code, ErrorCode::NotFound);
    }

    void truncatedFileIsNamedDamaged() {
        test::TempFolder folder;
        const fs::path path = folder / "p.sqlite";
        {
            auto made = createDatabase(path).value();
            QVERIFY(made.connection.run("INSERT INTO import VALUES (1, '', '[]', 0, 0, 0, 0, 0)"));
            for (int i = 1; i < 200; ++i) {
                QVERIFY(
                    made.connection.run("INSERT INTO duplicate VALUES (?, 1, ?, 1, '', 0)", i, std::string(500, 'x'))
                        .ok() == false);  // refers to no document
            }
            QVERIFY(made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
        }
        const auto size = fs::file_size(path);
        for (const auto left : {size / 2, size - 4096, std::uintmax_t{1000}, std::uintmax_t{100}}) {
            const fs::path copy = folder / "copy.sqlite";
            fs::copy_file(path, copy, fs::copy_options::overwrite_existing);
            fs::resize_file(copy, left);
            std::ofstream(copy.string() + "-wal") << "x";  // not closed in peace: so it is looked through
            const auto opened = openDatabase(copy, writing(projectMigrations()));
            QVERIFY(!opened);
            QCOMPARE(opened.error().code, ErrorCode::Corrupt);
        }
    }

    void readOnlyFolderIsReadable() {
        // Root may write anywhere, so this shows only that Read needs nothing beside the file itself.
        test::TempFolder folder;
        QVERIFY(createDatabase(folder / "p.sqlite"));
        fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
        const auto opened = openDatabase(folder / "p.sqlite", reading());
        fs::permissions(folder.path(), fs::perms::owner_all);
        QVERIFY(opened);
    }
};

QTEST_APPLESS_MAIN(TestDatabase)
#include "tst_database.moc"
