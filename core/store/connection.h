// SPDX-License-Identifier: Apache-2.0
/// \file core/store/connection.h
/// SQLite as the rest of the core sees it: connection, statement, transaction; every failure is a Result.
///
/// Error codes: Io (disk full, read-only, unreadable), Corrupt (not a database, or a damaged one), Busy (locked longer
/// than the timeout), OutOfMemory, InvalidArgument (a value over SQLite's size limit), Cancelled (interrupted),
/// Conflict (a constraint of the schema), Internal (wrong SQL). Threads: a connection and its statements are confined
/// to one thread at a time; open one connection a thread.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"

namespace espalier::store {

/// Bytes instead of text.
struct Blob {
    std::string_view bytes;
};
struct Null {};

/// A prepared statement. Binding cannot fail by itself: a fault is kept and reported by the next step().
class Statement {
public:
    Statement(Statement&&) noexcept;
    Statement& operator=(Statement&&) noexcept;
    ~Statement();

    /// Binds all parameters in order, after a reset: std::int64_t, int, bool, double, text, Blob, Null.
    template <class... Values>
    Statement& bind(const Values&... values) {
        reset();
        int position = 0;
        (put(++position, values), ...);
        return *this;
    }
    /// True: there is a row to read. False: done.
    Result<bool> step();
    /// Steps to the end, rows ignored, and resets.
    Status run();
    void reset() noexcept;

    // Of the current row. \pre step() was true
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    /// Text or blob without a copy; valid until the next step or reset.
    std::string_view view(int column) const;
    bool isNull(int column) const;

private:
    friend class Connection;
    struct State;
    explicit Statement(std::unique_ptr<State> state);
    void put(int position, std::int64_t value);
    void put(int position, int value) { put(position, static_cast<std::int64_t>(value)); }
    void put(int position, bool value) { put(position, static_cast<std::int64_t>(value)); }
    void put(int position, double value);
    void put(int position, std::string_view value);
    void put(int position, const std::string& value) { put(position, std::string_view(value)); }
    void put(int position, const char* value) { put(position, std::string_view(value)); }
    void put(int position, Blob value);
    void put(int position, Null value);
    std::unique_ptr<State> m_state;
};

class Connection {
public:
    enum class Mode {
        Read,       ///< only reading; works in a read-only folder too
        ReadWrite,  ///< the file must be there
        Create,     ///< a new file; AlreadyExists when there is one
    };
    /// Opens and sets busy timeout and foreign keys; nothing about versions (database.h).
    static Result<Connection> open(const std::filesystem::path& path, Mode mode, int busyTimeoutMs = 5000);
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    ~Connection();

    Result<Statement> prepare(std::string_view sql);
    /// One or more statements without parameters.
    Status execute(std::string_view sql);
    /// One statement with parameters, rows ignored.
    template <class... Values>
    Status run(std::string_view sql, const Values&... values) {
        ESPALIER_ASSIGN(Statement statement, prepare(sql));
        return statement.bind(values...).run();
    }
    /// First column of the first row. \retval NotFound  no row
    template <class... Values>
    Result<std::int64_t> integer(std::string_view sql, const Values&... values) {
        ESPALIER_ASSIGN(Statement statement, prepare(sql));
        statement.bind(values...);
        ESPALIER_ASSIGN(const bool row, statement.step());
        if (!row) return noRow(sql);
        return statement.integer(0);
    }
    template <class... Values>
    Result<std::string> text(std::string_view sql, const Values&... values) {
        ESPALIER_ASSIGN(Statement statement, prepare(sql));
        statement.bind(values...);
        ESPALIER_ASSIGN(const bool row, statement.step());
        if (!row) return noRow(sql);
        return statement.text(0);
    }
    std::int64_t changes() const noexcept;  ///< rows changed by the last statement
    bool inTransaction() const noexcept;
    const std::filesystem::path& path() const noexcept;

private:
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    static Error noRow(std::string_view sql);
    std::unique_ptr<State> m_state;
};

/// BEGIN IMMEDIATE now; rolled back when it goes away without commit().
class Transaction {
public:
    static Result<Transaction> begin(Connection& connection);
    Transaction(Transaction&& other) noexcept : m_connection(std::exchange(other.m_connection, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    /// On failure everything is rolled back.
    Status commit();

private:
    explicit Transaction(Connection& connection) : m_connection(&connection) {}
    Connection* m_connection;
};

/// One consistent view for several reads (BEGIN, then ROLLBACK); nests as a no-op inside a transaction.
class ReadScope {
public:
    static Result<ReadScope> begin(Connection& connection);
    ReadScope(ReadScope&& other) noexcept : m_connection(std::exchange(other.m_connection, nullptr)) {}
    ReadScope& operator=(ReadScope&&) = delete;
    ~ReadScope();

private:
    explicit ReadScope(Connection* connection) : m_connection(connection) {}
    Connection* m_connection;
};

}  // namespace espalier::store
