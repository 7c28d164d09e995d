// SPDX-License-Identifier: Apache-2.0
#include "core/project/run_info.h"

#include <algorithm>
#include <array>

namespace espalier::project {

const char* runStateName(RunState state) noexcept {
    switch (state) {
        case RunState::Running:
            return "running";
        case RunState::Done:
            return "done";
        case RunState::Stopped:
            return "stopped";
        case RunState::Interrupted:
            return "interrupted";
        case RunState::Failed:
            return "failed";
    }
    return "failed";
}

bool validRunName(std::string_view name) {
    constexpr std::array<std::string_view, 8> kReserved = {"tfidf", "base", "tree", "reference",
                                                           "none",  "all",  ".",    ".."};
    constexpr std::size_t kLongest = 64;
    if (name.empty() || name.size() > kLongest) return false;
    if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-';
    });
}

}  // namespace espalier::project
