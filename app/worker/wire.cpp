// SPDX-License-Identifier: Apache-2.0
#include "app/worker/wire.h"

#include <iostream>
#include <thread>

#include "core/base/platform.h"

namespace espalier::worker {

Wire::Wire() : m_output(platform::takeStandardOutput()) {}

void Wire::send(const nlohmann::json& event) {
    const std::string line = event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
    const std::scoped_lock lock(m_mutex);
    (void)platform::writeAll(m_output, line);
}

nlohmann::json Wire::errorObject(const Error& error) {
    nlohmann::json object{
        {"code", errorCodeName(error.code)}, {"message", error.message}, {"file", nullptr}, {"line", nullptr}};
    if (!error.file.empty()) object["file"] = error.file;
    if (error.line > 0) object["line"] = error.line;
    return object;
}

void readLines(std::function<void(nlohmann::json)> onLine, std::function<void(std::string)> onMalformed,
               std::function<void()> onClosed) {
    std::thread([onLine = std::move(onLine), onMalformed = std::move(onMalformed), onClosed = std::move(onClosed)] {
        std::string line;
        while (std::getline(std::cin, line)) {
            if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
            auto message = nlohmann::json::parse(line, nullptr, false);
            if (message.is_object())
                onLine(std::move(message));
            else
                onMalformed(line.substr(0, 200));
        }
        onClosed();
    }).detach();
}

}  // namespace espalier::worker
