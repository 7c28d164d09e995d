// SPDX-License-Identifier: Apache-2.0
#include "core/base/contract.h"

#include <cstdlib>
#include <string>

#include "core/base/log.h"

namespace espalier {

void contractViolated(const char* condition, const char* detail) {
    log::error(std::string("broken contract: ") + condition + ": " + detail);
    std::abort();
}

bool contractBroken(const char* condition, const char* file, int line) {
    log::error(std::string("broken contract: ") + condition + " at " + file + ":" + std::to_string(line));
#ifdef ESPALIER_CONTRACTS_ABORT
    std::abort();
#else
    return true;
#endif
}

}  // namespace espalier
