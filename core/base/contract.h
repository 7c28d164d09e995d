// SPDX-License-Identifier: Apache-2.0
/// \file core/base/contract.h
/// Our own bugs: ESPALIER_EXPECTS(condition) { fallback } aborts in developer and sanitizer builds, logs and runs the
/// fallback in release builds. Never used for what the world can get wrong (that is Result).
#pragma once

namespace espalier {
/// Logs and aborts.
[[noreturn]] void contractViolated(const char* condition, const char* detail);
/// Logs; aborts where ESPALIER_CONTRACTS_ABORT is defined, else returns true.
bool contractBroken(const char* condition, const char* file, int line);
}  // namespace espalier

#define ESPALIER_EXPECTS(condition) if (!(condition) && ::espalier::contractBroken(#condition, __FILE__, __LINE__))
