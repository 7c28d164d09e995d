// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"

#include <algorithm>
#include <cstdio>

#include "app/cli/text_table.h"
#include "core/base/platform.h"

namespace espalier::cli {
using nlohmann::json;

namespace {
constexpr int kError = 2;

std::string dumped(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string progressText(const json& event, double phaseSeconds) {
    const auto done = event.value("done", std::int64_t{0});
    const auto total = event.value("total", std::int64_t{0});
    std::string text = event.value("phase", std::string());
    if (total > 0) {
        text += "  " + formatCount(done) + " of " + formatCount(total);
        const double share = static_cast<double>(done) / static_cast<double>(total);
        text += "  " + std::to_string(static_cast<int>(share * 100)) + " %";
        // A forecast from less than a few seconds or percent is a guess and not shown.
        if (share > 0.02 && share < 1 && phaseSeconds > 3) {
            text += ", about " + formatSeconds(phaseSeconds / share * (1 - share)) + " left";
        }
    } else if (done > 0) {
        text += "  " + formatCount(done);
    }
    return text;
}

std::string metricText(const json& event) {
    std::string text;
    if (event.contains("step") && event["step"].is_number())
        text += "step " + formatCount(event["step"].get<std::int64_t>());
    if (event.contains("steps") && event["steps"].is_number())
        text += " of " + formatCount(event["steps"].get<std::int64_t>());
    if (event.contains("loss") && event["loss"].is_number())
        text += "  loss " + formatNumber(event["loss"].get<double>(), 4);
    if (event.contains("docs_per_second") && event["docs_per_second"].is_number()) {
        text += "  " + formatNumber(event["docs_per_second"].get<double>(), 1) + " documents/s";
    }
    return text;
}
}  // namespace

int exitStatus(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::Io:
        case ErrorCode::OutOfMemory:
        case ErrorCode::Internal:
        case ErrorCode::Numerical:
            return 1;
        case ErrorCode::Cancelled:
            return 130;
        default:
            return 3;
    }
}

json errorObject(const Error& error) {
    json body{{"code", errorCodeName(error.code)}, {"message", error.message}, {"file", nullptr}, {"line", nullptr}};
    if (!error.file.empty()) body["file"] = error.file;
    if (error.line > 0) body["line"] = error.line;
    return {{"error", std::move(body)}};
}

Console::Console(const CommonOptions& common)
    : m_common(common),
      m_output(platform::takeStandardOutput()),
      m_columns(platform::isTerminal(m_output) ? platform::terminalColumns(m_output) : 0),
      m_terminal(platform::isTerminal(kError)) {}

void Console::note(const std::string& sentence) {
    clearProgress();
    (void)platform::writeAll(kError, sentence + "\n");
}

void Console::event(const json& event) {
    const std::string kind = event.value("event", std::string());
    if (m_common.json) {
        if (!m_common.quiet || kind == "warning") (void)platform::writeAll(kError, dumped(event) + "\n");
        return;
    }
    if (kind == "warning") return note("warning: " + event.value("message", std::string()));
    if (m_common.quiet) return;
    if (kind == "progress") {
        const double now = event.value("seconds", 0.0);
        const std::string phase = event.value("phase", std::string());
        const bool newPhase = phase != m_phase;
        if (newPhase) {
            m_phase = phase;
            m_phaseBegan = now;
        }
        const auto total = event.value("total", std::int64_t{0});
        const bool ends = total > 0 && event.value("done", std::int64_t{0}) >= total;
        // In a pipe or a log: one line where a phase begins, every ten seconds, and where it ends.
        if (!m_terminal && !newPhase && now - m_lastShown < 10 && !(ends && now - m_lastShown > 1)) return;
        m_lastShown = now;
        showProgress(progressText(event, now - m_phaseBegan), ends);
    } else if (kind == "metric") {
        const double now = event.value("seconds", 0.0);
        if (!m_terminal && now - m_lastShown < 10) return;
        m_lastShown = now;
        showProgress(metricText(event), false);
    }
}

void Console::showProgress(const std::string& line, bool) {
    if (line.empty()) return;
    if (!m_terminal) {
        (void)platform::writeAll(kError, line + "\n");
        return;
    }
    const int width = std::max(20, platform::terminalColumns(kError) - 1);
    (void)platform::writeAll(kError, "\r\033[K" + clipped(line, width));
    m_lineOpen = true;
}

void Console::clearProgress() {
    if (!m_lineOpen) return;
    (void)platform::writeAll(kError, "\r\033[K");
    m_lineOpen = false;
}

int Console::finish(const json& object, const std::string& text, int status) {
    clearProgress();
    std::string out = m_common.json ? dumped(object) : text;
    if (!out.empty() && out.back() != '\n') out += '\n';
    if (const auto written = platform::writeAll(m_output, out); !written) {
        (void)platform::writeAll(kError, "espalier-cli: " + written.error().message + "\n");
        return 1;
    }
    return status;
}

int Console::fail(const Error& error, int status) {
    clearProgress();
    if (m_common.json) (void)platform::writeAll(m_output, dumped(errorObject(error)) + "\n");
    (void)platform::writeAll(kError, "espalier-cli: " + error.message + "\n");
    return status;
}

}  // namespace espalier::cli
