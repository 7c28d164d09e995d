// SPDX-License-Identifier: Apache-2.0
#include "core/base/version.h"

namespace espalier {
const char* version() noexcept {
    return ESPALIER_VERSION;
}
}  // namespace espalier
