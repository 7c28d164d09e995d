// SPDX-License-Identifier: Apache-2.0
/// \file tests/support/default_encoder.h
/// Where packaging/bootstrap.sh puts the default encoder; tests that need it fail, never skip, when it is not there.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

namespace espalier::test {

/// ESPALIER_ENCODER_DIR, else the user's cache.
inline std::filesystem::path defaultEncoderFolder() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value != nullptr ? value : "");
    };
    if (const std::string folder = variable("ESPALIER_ENCODER_DIR"); !folder.empty()) return folder;
    const std::string cache = variable("XDG_CACHE_HOME");
    const std::filesystem::path base =
        cache.empty() ? std::filesystem::path(variable("HOME")) / ".cache" : std::filesystem::path(cache);
    return base / "espalier" / "models" / "all-MiniLM-L6-v2";
}

/// Empty when it is there, else the sentence to fail with.
inline std::string missingDefaultEncoder() {
    const std::filesystem::path folder = defaultEncoderFolder();
    if (std::filesystem::exists(folder / "model.safetensors")) return {};
    return "the default encoder is not in " + folder.string() +
           ": run packaging/bootstrap.sh once, or set ESPALIER_ENCODER_DIR";
}

}  // namespace espalier::test
