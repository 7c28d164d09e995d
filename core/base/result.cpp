// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

namespace espalier {

const char* errorCodeName(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::InvalidArgument:
            return "invalid_argument";
        case ErrorCode::NotFound:
            return "not_found";
        case ErrorCode::AlreadyExists:
            return "already_exists";
        case ErrorCode::Io:
            return "io";
        case ErrorCode::Corrupt:
            return "corrupt";
        case ErrorCode::VersionTooNew:
            return "version_too_new";
        case ErrorCode::Busy:
            return "busy";
        case ErrorCode::Conflict:
            return "conflict";
        case ErrorCode::InvalidState:
            return "invalid_state";
        case ErrorCode::Unsupported:
            return "unsupported";
        case ErrorCode::Cancelled:
            return "cancelled";
        case ErrorCode::Numerical:
            return "numerical";
        case ErrorCode::OutOfMemory:
            return "out_of_memory";
        case ErrorCode::Internal:
            return "internal";
    }
    return "internal";
}

}  // namespace espalier
