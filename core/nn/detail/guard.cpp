// SPDX-License-Identifier: Apache-2.0
#include "core/nn/detail/guard.h"

namespace espalier::nn::detail {

bool meansOutOfMemory(const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return text.find("can't allocate memory") != std::string::npos || text.find("out of memory") != std::string::npos;
}

std::string plainMessage(const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return text.substr(0, text.find('\n'));
}

}  // namespace espalier::nn::detail
