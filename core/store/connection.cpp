// SPDX-License-Identifier: Apache-2.0
// The one place where SQLite and SQLiteCpp are seen and where their exceptions end.
#include "core/store/connection.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <new>
#include <optional>

namespace espalier::store {
namespace fs = std::filesystem;
namespace {

Error translate(int code, const std::string& detail, const fs::path& path) {
    const std::string file = path.string();
    switch (code & 0xff) {
        case SQLITE_FULL:
            return makeError(ErrorCode::Io, "the disk that holds " + file + " is full; nothing was changed", file);
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return makeError(ErrorCode::Io, "cannot read or write " + file + ": " + detail, file);
        case SQLITE_READONLY:
            return makeError(ErrorCode::Io, file + " cannot be written: is the folder read-only?", file);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return makeError(ErrorCode::Busy, file + " is in use by another process", file);
        case SQLITE_NOTADB:
            return makeError(ErrorCode::Corrupt, file + " is not an Espalier project", file);
        case SQLITE_CORRUPT:
            return makeError(ErrorCode::Corrupt, file + " is damaged (" + detail + ")", file);
        case SQLITE_NOMEM:
            return makeError(ErrorCode::OutOfMemory, "not enough memory to work on " + file, file);
        case SQLITE_INTERRUPT:
            return makeError(ErrorCode::Cancelled, "stopped");
        case SQLITE_TOOBIG:
            return makeError(ErrorCode::InvalidArgument, "a value is too large to be stored", file);
        case SQLITE_CONSTRAINT:
            return makeError(ErrorCode::Conflict, "the database refused a change: " + detail, file);
        default:
            return makeError(ErrorCode::Internal, "database: " + detail, file);
    }
}

template <class Call>
auto guarded(const fs::path& path, Call call) -> Result<decltype(call())> {
    try {
        if constexpr (std::is_void_v<decltype(call())>) {
            call();
            return {};
        } else {
            return call();
        }
    } catch (const SQLite::Exception& exception) {
        return translate(exception.getErrorCode(), exception.getErrorStr() + (", " + std::string(exception.what())),
                         path);
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory, "not enough memory to work on " + path.string(), path.string());
    } catch (const std::exception& exception) {
        return makeError(ErrorCode::Internal, exception.what(), path.string());
    }
}

/// file: URI of a path: for immutable=1, which a plain name cannot say.
std::string immutableUri(const fs::path& path) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string uri = "file:";
    for (const char c : fs::absolute(path).generic_string()) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '/' || c == '.' || c == '-' || c == '_' || c == ':') {
            uri += c;
        } else {
            uri += '%';
            uri += kHex[byte >> 4];
            uri += kHex[byte & 15];
        }
    }
    return uri + "?immutable=1";
}
}  // namespace

struct Connection::State {
    fs::path path;
    std::unique_ptr<SQLite::Database> database;
};

struct Statement::State {
    State(SQLite::Database& database, const std::string& sql, fs::path file)
        : path(std::move(file)), query(database, sql) {}
    fs::path path;
    SQLite::Statement query;
    std::optional<Error> fault;
    template <class Call>
    void keep(Call call) {
        if (fault) return;
        auto status = guarded(path, call);
        if (!status) fault = std::move(status).error();
    }
};

Statement::Statement(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

void Statement::put(int position, std::int64_t value) {
    m_state->keep([&] { m_state->query.bind(position, value); });
}
void Statement::put(int position, double value) {
    m_state->keep([&] { m_state->query.bind(position, value); });
}
void Statement::put(int position, std::string_view value) {
    m_state->keep([&] { m_state->query.bind(position, std::string(value)); });
}
void Statement::put(int position, Blob value) {
    m_state->keep([&] { m_state->query.bind(position, value.bytes.data(), static_cast<int>(value.bytes.size())); });
}
void Statement::put(int position, Null) {
    m_state->keep([&] { m_state->query.bind(position); });
}

Result<bool> Statement::step() {
    if (m_state->fault) {
        Error fault = *m_state->fault;
        m_state->fault.reset();
        return fault;
    }
    return guarded(m_state->path, [&] { return m_state->query.executeStep(); });
}

Status Statement::run() {
    while (true) {
        auto row = step();
        if (!row) {
            reset();
            return std::move(row).error();
        }
        if (!*row) break;
    }
    reset();
    return {};
}

void Statement::reset() noexcept {
    m_state->fault.reset();
    m_state->query.tryReset();
}

std::int64_t Statement::integer(int column) const {
    return m_state->query.getColumn(column).getInt64();
}
double Statement::real(int column) const {
    return m_state->query.getColumn(column).getDouble();
}
std::string_view Statement::view(int column) const {
    const SQLite::Column value = m_state->query.getColumn(column);
    const void* bytes = value.getBlob();  // before its size, as SQLite asks
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(value.getBytes())};
}
std::string Statement::text(int column) const {
    return std::string(view(column));
}
bool Statement::isNull(int column) const {
    return m_state->query.getColumn(column).isNull();
}

Connection::Connection(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const fs::path& path, Mode mode, int busyTimeoutMs) {
    std::error_code ignored;
    const bool there = fs::exists(path, ignored);
    if (mode == Mode::Create && there) {
        return makeError(ErrorCode::AlreadyExists, path.string() + " is there already", path.string());
    }
    if (mode != Mode::Create && !there) {
        return makeError(ErrorCode::NotFound, "there is no project database " + path.string(), path.string());
    }
    if (fs::is_directory(path, ignored)) {
        return makeError(ErrorCode::Corrupt, path.string() + " is a folder, not a project database", path.string());
    }
    auto state = std::make_unique<State>();
    state->path = path;
    const auto attempt = [&](const std::string& name, int flags) {
        return guarded(path, [&] {
            state->database = std::make_unique<SQLite::Database>(name, flags, busyTimeoutMs);
            // Reading something shows at once whether it is a database at all and whether WAL can be used here.
            state->database->exec(
                "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; SELECT count(*) FROM sqlite_schema");
        });
    };
    Status opened;
    switch (mode) {
        case Mode::Create:
            opened = attempt(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            break;
        case Mode::ReadWrite:
            opened = attempt(path.string(), SQLite::OPEN_READWRITE);
            break;
        case Mode::Read:
            opened = attempt(path.string(), SQLite::OPEN_READONLY);
            if (!opened && opened.error().code == ErrorCode::Io && !fs::exists(path.string() + "-wal", ignored)) {
                // A read-only folder: no shared memory file can be made beside a WAL database. Nobody can be writing.
                opened = attempt(immutableUri(path), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
            }
            break;
    }
    if (!opened) return std::move(opened).error();
    return Connection(std::move(state));
}

Result<Statement> Connection::prepare(std::string_view sql) {
    return guarded(m_state->path, [&] {
        return Statement(std::make_unique<Statement::State>(*m_state->database, std::string(sql), m_state->path));
    });
}

Status Connection::execute(std::string_view sql) {
    return guarded(m_state->path, [&] { m_state->database->exec(std::string(sql)); });
}

Error Connection::noRow(std::string_view sql) {
    return makeError(ErrorCode::NotFound, "no row answers " + std::string(sql));
}

std::int64_t Connection::changes() const noexcept {
    return sqlite3_changes64(m_state->database->getHandle());
}
bool Connection::inTransaction() const noexcept {
    return sqlite3_get_autocommit(m_state->database->getHandle()) == 0;
}
const fs::path& Connection::path() const noexcept {
    return m_state->path;
}

Result<Transaction> Transaction::begin(Connection& connection) {
    ESPALIER_TRY(connection.execute("BEGIN IMMEDIATE"));
    return Transaction(connection);
}

Transaction::~Transaction() {
    // After some errors (disk full) SQLite has rolled back already.
    if (m_connection != nullptr && m_connection->inTransaction()) (void)m_connection->execute("ROLLBACK");
}

Status Transaction::commit() {
    auto status = m_connection->execute("COMMIT");
    if (status) {
        m_connection = nullptr;
    } else if (m_connection->inTransaction()) {
        (void)m_connection->execute("ROLLBACK");
    }
    return status;
}

Result<ReadScope> ReadScope::begin(Connection& connection) {
    if (connection.inTransaction()) return ReadScope(nullptr);
    ESPALIER_TRY(connection.execute("BEGIN"));
    return ReadScope(&connection);
}

ReadScope::~ReadScope() {
    if (m_connection != nullptr && m_connection->inTransaction()) (void)m_connection->execute("ROLLBACK");
}

}  // namespace espalier::store
