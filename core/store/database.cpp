// SPDX-License-Identifier: Apache-2.0
#include "core/store/database.h"

#include <algorithm>

#include "core/base/log.h"
#include "core/base/platform.h"

namespace espalier::store {
namespace fs = std::filesystem;
namespace {

Error notAProject(const fs::path& path) {
    return makeError(ErrorCode::Corrupt, path.string() + " is not an Espalier project", path.string());
}

/// Last writer gone without closing: a write-ahead log or a hot journal with something in it is left.
bool uncleanlyClosed(const fs::path& path) {
    for (const char* suffix : {"-wal", "-journal"}) {
        std::error_code code;
        const auto size = fs::file_size(path.string() + suffix, code);
        if (!code && size > 0) return true;
    }
    return false;
}

/// \return whether WAL is in use
Result<bool> chooseJournal(Connection& connection) {
    ESPALIER_TRY(connection.execute("PRAGMA synchronous = FULL"));
    auto mode = connection.text("PRAGMA journal_mode = WAL");
    bool wal = mode.ok() && *mode == "wal";
    // Setting it may succeed where the shared memory it needs does not work: only a real read tells.
    if (wal && !connection.integer("SELECT count(*) FROM sqlite_schema")) wal = false;
    if (!wal) {
        ESPALIER_TRY(connection.text("PRAGMA journal_mode = DELETE"));
        log::warning("write-ahead logging is impossible here (a network drive?): using a slower journal");
    }
    return wal;
}

Status checkWhole(Connection& connection) {
    ESPALIER_ASSIGN(const auto damage, findDamage(connection, 1));
    if (damage.empty()) return {};
    return makeError(ErrorCode::Corrupt, connection.path().string() + " is damaged: " + damage.front(),
                     connection.path().string());
}
}  // namespace

Result<std::vector<std::string>> findDamage(Connection& connection, int limit) {
    std::vector<std::string> found;
    {
        ESPALIER_ASSIGN(Statement check, connection.prepare("PRAGMA quick_check(" + std::to_string(limit) + ")"));
        while (true) {
            ESPALIER_ASSIGN(const bool row, check.step());
            if (!row) break;
            if (check.view(0) != "ok") found.push_back(check.text(0));
        }
    }
    ESPALIER_ASSIGN(Statement check, connection.prepare("PRAGMA foreign_key_check"));
    while (static_cast<int>(found.size()) < limit) {
        ESPALIER_ASSIGN(const bool row, check.step());
        if (!row) break;
        found.push_back("a row of " + check.text(0) + " refers to a row of " + check.text(2) + " that is not there");
    }
    return found;
}

Status migrate(Connection& connection, std::span<const Migration> migrations) {
    ESPALIER_ASSIGN(const std::int64_t version, connection.integer("PRAGMA user_version"));
    for (const Migration& step : migrations) {
        if (step.number <= version) continue;
        ESPALIER_ASSIGN(Transaction transaction, Transaction::begin(connection));
        ESPALIER_TRY(connection.execute(step.sql).within("migration " + std::string(step.name)));
        ESPALIER_TRY(connection.execute("PRAGMA user_version = " + std::to_string(step.number)));
        ESPALIER_TRY(transaction.commit());
    }
    return {};
}

Result<Database> createDatabase(const fs::path& path, std::span<const Migration> migrations) {
    ESPALIER_ASSIGN(Connection connection, Connection::open(path, Connection::Mode::Create));
    // Flushed once when it is whole: nobody relies on a file in the making.
    ESPALIER_TRY(connection.execute("PRAGMA synchronous = OFF"));
    ESPALIER_TRY(connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId)));
    ESPALIER_TRY(migrate(connection, migrations));
    ESPALIER_TRY(platform::syncToDisk(path));
    ESPALIER_ASSIGN(const bool wal, chooseJournal(connection));
    ESPALIER_ASSIGN(const std::int64_t version, connection.integer("PRAGMA user_version"));
    return Database{std::move(connection), static_cast<int>(version), false, wal, {}};
}

Result<Database> openDatabase(const fs::path& path, const DatabaseOptions& options) {
    const bool unclean = uncleanlyClosed(path);
    ESPALIER_ASSIGN(Connection connection, Connection::open(path, options.mode));
    ESPALIER_ASSIGN(const std::int64_t type, connection.integer("PRAGMA application_id"));
    ESPALIER_ASSIGN(const std::int64_t version, connection.integer("PRAGMA user_version"));
    if (type != kApplicationId || version <= 0) return notAProject(path);
    Database database{std::move(connection), static_cast<int>(version), false, true, {}};
    Connection& db = database.connection;
    const int newest = options.migrations.empty() ? 0 : options.migrations.back().number;
    if (version > newest) {
        const auto oldest = db.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'min_reader'");
        if (!oldest || *oldest > newest) {
            return makeError(ErrorCode::VersionTooNew,
                             path.string() + " was written by a newer Espalier (project version " +
                                 std::to_string(version) + ", this program knows " + std::to_string(newest) +
                                 "); install the newer one to open it",
                             path.string());
        }
        database.newer = true;
        return database;
    }
    if (options.quickCheck && unclean) ESPALIER_TRY(checkWhole(db));
    if (version < newest) {
        if (!options.migrate || options.mode != Connection::Mode::ReadWrite) {
            return makeError(ErrorCode::InvalidState,
                             path.string() + " has the older version " + std::to_string(version) +
                                 "; open it for writing once to bring it up to date",
                             path.string());
        }
        database.backup = path.string() + ".v" + std::to_string(version) + ".backup";
        std::error_code ignored;
        fs::remove(database.backup, ignored);
        ESPALIER_TRY(db.run("VACUUM INTO ?", database.backup));
        ESPALIER_TRY(platform::syncToDisk(database.backup));
        ESPALIER_TRY(migrate(db, options.migrations));
        database.version = newest;
    }
    if (options.mode == Connection::Mode::ReadWrite) {
        ESPALIER_ASSIGN(database.writeAhead, chooseJournal(db));
    }
    return database;
}

}  // namespace espalier::store
