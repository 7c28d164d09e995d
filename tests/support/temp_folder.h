// SPDX-License-Identifier: Apache-2.0
/// \file tests/support/temp_folder.h
/// A folder that goes away with the test, and small helpers to fill it.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace espalier::test {

class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const std::filesystem::path& path() const noexcept { return m_path; }
    std::filesystem::path operator/(std::string_view name) const { return m_path / name; }
    /// Writes a file (folders are made) and returns its path.
    std::filesystem::path write(std::string_view name, std::string_view bytes) const;

private:
    std::filesystem::path m_path;
};

}  // namespace espalier::test
