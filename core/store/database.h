// SPDX-License-Identifier: Apache-2.0
/// \file core/store/database.h
/// A project's database: right type, right version, whole; WAL with synchronous=FULL, so that what was acknowledged
/// survives a power cut.
///
/// Versions (PRAGMA user_version; meta.min_reader names the oldest program's version that may read a newer one):
///   1  first release of the schema
///   2  2026-11-22: tables pin and expectation; read by version 2 or newer, since pins decide hard labels
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/store/connection.h"
#include "core/store/migrations.h"

namespace espalier::store {

/// PRAGMA application_id: "Espl".
inline constexpr std::int64_t kApplicationId = 0x4573706c;

struct DatabaseOptions {
    Connection::Mode mode = Connection::Mode::Read;
    bool migrate = false;     ///< bring an older version up to date; needs ReadWrite and the project's lock
    bool quickCheck = false;  ///< look for damage when the last writer did not close the file
    std::span<const Migration> migrations = projectMigrations();
};

struct Database {
    Connection connection;
    int version = 0;         ///< of the schema in the file
    bool newer = false;      ///< written by a newer program that allows this one to read: do not write
    bool writeAhead = true;  ///< false: WAL was impossible here (network drive), DELETE journal instead
    std::string backup;      ///< copy made before a migration, or empty
};

/// \retval NotFound       no such file
/// \retval Corrupt        not a project database, or a damaged one
/// \retval VersionTooNew  a newer program wrote it and does not allow this one to read
/// \retval InvalidState   an older version, and `migrate` is not set
/// \retval Io             cannot be read, disk full
Result<Database> openDatabase(const std::filesystem::path& path, const DatabaseOptions& options);

/// New database at the newest version. \retval AlreadyExists, Io
Result<Database> createDatabase(const std::filesystem::path& path,
                                std::span<const Migration> migrations = projectMigrations());

/// Every step above the file's version, each in its own transaction with user_version inside.
Status migrate(Connection& connection, std::span<const Migration> migrations);

/// PRAGMA quick_check and foreign_key_check; one sentence per finding, at most `limit`.
Result<std::vector<std::string>> findDamage(Connection& connection, int limit = 20);

}  // namespace espalier::store
