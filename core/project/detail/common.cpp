// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>

#include "core/base/platform.h"
#include "core/base/sha256.h"
#include "core/project/detail/project_state.h"

namespace espalier::project::detail {

std::string timeNow() {
    using namespace std::chrono;
    const auto now = floor<seconds>(system_clock::now());
    const auto day = floor<days>(now);
    const year_month_day date(day);
    const hh_mm_ss time(now - day);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

std::string hashHex(const Hash& hash) {
    Sha256Digest digest{};
    std::copy(hash.begin(), hash.end(), digest.begin());
    return toHex(digest);
}

Hash hashFromHex(std::string_view hex) {
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    Hash hash{};
    for (std::size_t i = 0; i < hash.size() && 2 * i + 1 < hex.size(); ++i) {
        hash[i] = static_cast<unsigned char>(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    }
    return hash;
}

std::string ownerLine() {
    const std::int64_t pid = platform::processId();
    return std::to_string(pid) + ' ' + std::to_string(platform::processStartTime(pid)) + ' ' + platform::hostName() +
           '\n';
}

std::string uuidV4() {
    std::random_device device;
    unsigned char bytes[16];
    for (auto& byte : bytes) byte = static_cast<unsigned char>(device());
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (int i = 0; i < 16; ++i) {
        char pair[3];
        std::snprintf(pair, sizeof pair, "%02x", bytes[i]);
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += pair;
    }
    return text;
}

std::string safeJson(std::string_view json, const char* fallback) {
    return nlohmann::json::accept(json) ? std::string(json) : std::string(fallback);
}

}  // namespace espalier::project::detail
