// SPDX-License-Identifier: Apache-2.0
/// \file core/base/sha256.h
/// SHA-256 (FIPS 180-4) through OpenSSL's libcrypto.
#pragma once
#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace espalier {

using Sha256Digest = std::array<unsigned char, 32>;

class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void add(std::span<const std::byte> bytes);
    void add(std::string_view text);
    /// Ends the computation; the object must not be used afterwards.
    Sha256Digest finish();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

Sha256Digest sha256(std::string_view bytes);
std::string toHex(const Sha256Digest& digest);  ///< 64 lower-case digits
std::string sha256Hex(std::string_view bytes);
/// \retval Io, NotFound  the file cannot be read
Result<std::string> sha256OfFile(const std::filesystem::path& path);

}  // namespace espalier
