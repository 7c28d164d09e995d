// SPDX-License-Identifier: Apache-2.0
/// \file core/text/detail/byte_source.h
/// Bytes of a corpus file in order, decompressed where the file is gzipped.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "core/base/result.h"

namespace espalier::text {

class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// Fills the front of `into`; 0 at the end. \retval Io  \retval Corrupt  broken gzip stream
    virtual Result<std::size_t> read(std::span<char> into) = 0;
    /// Starts again at the first byte.
    virtual Status rewind() = 0;
    virtual std::int64_t bytesRead() const noexcept = 0;   ///< on disk
    virtual std::int64_t bytesTotal() const noexcept = 0;  ///< on disk; 0 = unknown
};

/// Plain, or gzip told by its first two bytes (several members may follow each other).
/// \retval NotFound, Io  \retval Corrupt  the name ends in .gz but the content is something else
Result<std::unique_ptr<ByteSource>> openByteSource(const std::filesystem::path& file);

/// The same over bytes in memory, for tests and small files.
std::unique_ptr<ByteSource> memorySource(std::string bytes);

/// The whole content. \retval InvalidArgument  it is larger than `limit`
Result<std::string> readAll(ByteSource& source, std::int64_t limit);

}  // namespace espalier::text
