// SPDX-License-Identifier: Apache-2.0
/// \file core/base/result.h
/// Value or error: how every fallible public function of the core answers.
///
/// The code decides behaviour (exit status, translated sentence); the message is one English sentence that names
/// what was refused and why. No exception crosses a public function of the core.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/base/contract.h"

namespace espalier {

enum class ErrorCode {
    InvalidArgument,  ///< what was asked for makes no sense (bad option, label moved into its own branch)
    NotFound,         ///< no such project, document, label, model, run
    AlreadyExists,    ///< project folder, export path or run name is taken
    Io,               ///< the machine's fault: disk full, permission, read error
    Corrupt,          ///< a file is not what it should be
    VersionTooNew,    ///< written by a newer Espalier
    Busy,             ///< open for writing elsewhere
    Conflict,         ///< the tree moved on since the snapshot
    InvalidState,     ///< nothing to undo, label locked, no vectors yet
    Unsupported,      ///< model family or file type that Espalier does not read
    Cancelled,        ///< the user stopped it: an outcome, not a fault
    Numerical,        ///< loss or objective not finite
    OutOfMemory,
    Internal,  ///< a bug of ours
};

/// Stable name for JSON ("not_found") and logs.
const char* errorCodeName(ErrorCode code) noexcept;

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string file;       ///< file it is about, or empty
    std::int64_t line = 0;  ///< 1-based line in that file, 0 when it does not apply
};

inline Error makeError(ErrorCode code, std::string message, std::string file = {}, std::int64_t line = 0) {
    return Error{code, std::move(message), std::move(file), line};
}

/// \tparam T  value on success; may be move-only. Use Status for "no value".
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

    explicit operator bool() const noexcept { return m_state.index() == 0; }
    bool ok() const noexcept { return m_state.index() == 0; }

    /// \pre ok(); a violated precondition aborts, it is a bug of the caller
    T& value() & {
        requireOk();
        return std::get<0>(m_state);
    }
    const T& value() const& {
        requireOk();
        return std::get<0>(m_state);
    }
    T&& value() && {
        requireOk();
        return std::get<0>(std::move(m_state));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    /// \pre !ok()
    const Error& error() const& { return std::get<1>(m_state); }
    Error&& error() && { return std::get<1>(std::move(m_state)); }

    /// Prepends "what: " to the message on failure.
    Result within(const std::string& what) && {
        if (!ok()) std::get<1>(m_state).message.insert(0, what + ": ");
        return std::move(*this);
    }

private:
    void requireOk() const {
        if (!ok()) contractViolated("Result::value() on an error", std::get<1>(m_state).message.c_str());
    }
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}  // NOLINT: implicit by design
    explicit operator bool() const noexcept { return !m_error; }
    bool ok() const noexcept { return !m_error; }
    const Error& error() const& { return *m_error; }
    Error&& error() && { return *std::move(m_error); }
    Result within(const std::string& what) && {
        if (m_error) m_error->message.insert(0, what + ": ");
        return std::move(*this);
    }

private:
    std::optional<Error> m_error;
};

using Status = Result<void>;

}  // namespace espalier

/// Returns the error of a Status or Result to the caller; continues on success.
#define ESPALIER_TRY(expression)                                                                              \
    do {                                                                                                      \
        if (auto espalierStatus_ = (expression); !espalierStatus_) return std::move(espalierStatus_).error(); \
    } while (false)

#define ESPALIER_CONCAT_(a, b) a##b
#define ESPALIER_CONCAT(a, b) ESPALIER_CONCAT_(a, b)
/// ESPALIER_ASSIGN(auto x, f()): declares x from f().value(), or returns f()'s error.
#define ESPALIER_ASSIGN(declaration, expression)                              \
    auto ESPALIER_CONCAT(espalierResult_, __LINE__) = (expression);           \
    if (!ESPALIER_CONCAT(espalierResult_, __LINE__))                          \
        return std::move(ESPALIER_CONCAT(espalierResult_, __LINE__)).error(); \
    declaration = std::move(ESPALIER_CONCAT(espalierResult_, __LINE__)).value()
