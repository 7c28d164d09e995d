// SPDX-License-Identifier: Apache-2.0
#include "core/base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <mutex>

namespace espalier::log {
namespace {
std::shared_ptr<spdlog::logger> makeLogger() {
    auto made = std::make_shared<spdlog::logger>("espalier", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_level(spdlog::level::warn);
    made->set_pattern("%Y-%m-%d %H:%M:%S.%e %l: %v");
    return made;
}
std::mutex guard;
std::shared_ptr<spdlog::logger>& current() {
    static std::shared_ptr<spdlog::logger> logger = makeLogger();
    return logger;
}
void write(spdlog::level::level_enum level, std::string_view message) {
    std::shared_ptr<spdlog::logger> logger;
    {
        const std::scoped_lock lock(guard);
        logger = current();
    }
    logger->log(level, spdlog::string_view_t(message.data(), message.size()));
}
}  // namespace

void setLevel(Level level) {
    const std::scoped_lock lock(guard);
    switch (level) {
        case Level::Debug:
            current()->set_level(spdlog::level::debug);
            break;
        case Level::Info:
            current()->set_level(spdlog::level::info);
            break;
        case Level::Warning:
            current()->set_level(spdlog::level::warn);
            break;
        case Level::Error:
            current()->set_level(spdlog::level::err);
            break;
        case Level::Off:
            current()->set_level(spdlog::level::off);
            break;
    }
}

void setFile(const std::string& path) {
    const std::scoped_lock lock(guard);
    auto next = makeLogger();
    next->set_level(current()->level());
    if (!path.empty()) {
        try {
            next->sinks().push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path));
            next->flush_on(spdlog::level::warn);
        } catch (const spdlog::spdlog_ex& failure) {
            next->warn("no log file: {}", failure.what());
        }
    }
    current() = std::move(next);
}

void debug(std::string_view message) {
    write(spdlog::level::debug, message);
}
void info(std::string_view message) {
    write(spdlog::level::info, message);
}
void warning(std::string_view message) {
    write(spdlog::level::warn, message);
}
void error(std::string_view message) {
    write(spdlog::level::err, message);
}

}  // namespace espalier::log
