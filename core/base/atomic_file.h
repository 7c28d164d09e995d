// SPDX-License-Identifier: Apache-2.0
/// \file core/base/atomic_file.h
/// Files that are either the old or the new one, never half of it: temporary file in the same folder, flush, rename,
/// flush of the folder.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace espalier {

class AtomicFile {
public:
    /// Opens a temporary file beside `path`. \retval Io  cannot be created
    static Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&&) noexcept;
    AtomicFile& operator=(AtomicFile&&) noexcept;
    /// Removes the temporary file unless commit() succeeded.
    ~AtomicFile();
    /// \retval Io  disk full or write error; the old file is untouched
    Status write(std::string_view bytes);
    Status write(std::span<const std::byte> bytes);
    /// Replaces `path`. \retval Io  nothing was replaced
    Status commit();
    const std::filesystem::path& temporaryPath() const;

private:
    struct State;
    explicit AtomicFile(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

Status writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);
/// Whole file. \retval NotFound, Io; InvalidArgument when it is larger than `limitBytes`
Result<std::string> readFile(const std::filesystem::path& path, std::int64_t limitBytes = 1LL << 31);

}  // namespace espalier
