// SPDX-License-Identifier: Apache-2.0
/// \file app/cli/console.h
/// Standard output and standard error of the command line: one JSON object or readable text at the end, events or a
/// progress line on the way.
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace espalier::cli {

/// Options that every verb takes.
struct CommonOptions {
    bool json = false;
    bool quiet = false;
    int threads = 0;  ///< 0 = all cores
    std::string device = "auto";
    std::uint64_t seed = 42;
};

/// Exit status of the contract for a failed use case.
int exitStatus(ErrorCode code) noexcept;
nlohmann::json errorObject(const Error& error);

class Console {
public:
    /// Takes standard output away from everything else that prints.
    explicit Console(const CommonOptions& common);

    /// Event of a running job: a JSON line under --json, else the progress line. --quiet keeps warnings only.
    void event(const nlohmann::json& event);
    /// Removes the progress line from a terminal.
    void clearProgress();
    /// A sentence on standard error.
    void note(const std::string& sentence);

    /// What the verb answers, the last thing written: the object under --json, else the text.
    /// \return exit status: `status`, or 1 when standard output takes no more
    int finish(const nlohmann::json& object, const std::string& text, int status);
    /// The error of a failed verb on both channels. \return its exit status
    int fail(const Error& error, int status);

    /// Columns to fit tables in; 0 = no limit (output goes to a file or pipe).
    int columns() const noexcept { return m_columns; }

private:
    void showProgress(const std::string& line, bool phaseEnds);
    CommonOptions m_common;
    int m_output;
    int m_columns;
    bool m_terminal;  ///< standard error is watched by a person
    bool m_lineOpen = false;
    std::string m_phase;
    double m_phaseBegan = 0, m_lastShown = -1e9;
    std::string m_metric;
};

}  // namespace espalier::cli
