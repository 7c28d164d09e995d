// SPDX-License-Identifier: Apache-2.0
/// \file app/worker/wire.h
/// JSON lines between the window and a worker: standard output is written line by line from any thread, standard input
/// is read by a thread of its own so that "stop" arrives while the job computes.
#pragma once
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"

namespace espalier::worker {

class Wire {
public:
    /// Takes standard output away from everything that prints; what libraries print goes to standard error.
    Wire();
    /// One line; dropped when the reader is gone. Any thread.
    void send(const nlohmann::json& event);
    /// {code, message, file, line}; file and line are null where they do not apply.
    static nlohmann::json errorObject(const Error& error);

private:
    int m_output;
    std::mutex m_mutex;
};

/// Reads standard input until it ends, on a detached thread: onLine for each JSON object, onMalformed for any other
/// line that is not empty, onClosed at the end.
void readLines(std::function<void(nlohmann::json)> onLine, std::function<void(std::string)> onMalformed,
               std::function<void()> onClosed);

}  // namespace espalier::worker
