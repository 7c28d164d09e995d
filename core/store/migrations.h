// SPDX-License-Identifier: Apache-2.0
/// \file core/store/migrations.h
/// Numbered steps of the schema, compiled in from core/store/migrations/NNNN_name.sql. Forward only: a shipped file is
/// never changed, a new number is added.
#pragma once
#include <span>
#include <string_view>

namespace espalier::store {

struct Migration {
    int number = 0;  ///< 1, 2, ... without holes; PRAGMA user_version after it
    std::string_view name;
    std::string_view sql;
};

/// Those of project.sqlite.
std::span<const Migration> projectMigrations();

}  // namespace espalier::store
