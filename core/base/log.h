// SPDX-License-Identifier: Apache-2.0
/// \file core/base/log.h
/// The one log sink (spdlog behind it). Lines go to standard error by default; any thread may log.
#pragma once
#include <string>
#include <string_view>

namespace espalier::log {
enum class Level { Debug, Info, Warning, Error, Off };
/// Smallest level that is written; default Warning.
void setLevel(Level level);
/// Additionally writes every line to this file (appended). Empty: stops doing so.
void setFile(const std::string& path);
void debug(std::string_view message);
void info(std::string_view message);
void warning(std::string_view message);
void error(std::string_view message);
}  // namespace espalier::log
