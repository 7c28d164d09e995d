// SPDX-License-Identifier: Apache-2.0
/// \file core/base/version.h
/// The version of this build, as in CMakeLists.txt ("0.1.0").
#pragma once

namespace espalier {
const char* version() noexcept;
}  // namespace espalier
