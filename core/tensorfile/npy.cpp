// SPDX-License-Identifier: Apache-2.0
#include "core/tensorfile/npy.h"

#include <bit>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"

namespace espalier::tensorfile {
namespace {

constexpr std::size_t kBufferedFloats = std::size_t{1} << 18;

std::string header(std::int64_t rows, std::int64_t cols) {
    std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                             std::to_string(cols) + "), }";
    constexpr std::size_t kFixed = 10;  // magic, version, length
    constexpr std::size_t kAlignment = 64;
    const std::size_t whole = (kFixed + dictionary.size() + 1 + kAlignment - 1) / kAlignment * kAlignment;
    dictionary.resize(whole - kFixed - 1, ' ');
    dictionary += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(dictionary.size() & 0xff);
    bytes += static_cast<char>(dictionary.size() >> 8);
    return bytes + dictionary;
}

}  // namespace

Status writeNpy(const std::filesystem::path& path, const DenseRows& matrix) {
    return writeNpy(path, matrix.rows, matrix.cols,
                    [&](std::int64_t row) -> Result<std::span<const float>> { return matrix.row(row); });
}

Status writeNpy(const std::filesystem::path& path, std::int64_t rows, std::int64_t cols,
                const std::function<Result<std::span<const float>>(std::int64_t row)>& row) {
    static_assert(std::endian::native == std::endian::little, "floats are written as they lie in memory");
    ESPALIER_ASSIGN(AtomicFile file, AtomicFile::create(path));
    ESPALIER_TRY(file.write(header(rows, cols)));
    std::vector<float> buffer;
    buffer.reserve(kBufferedFloats);
    for (std::int64_t r = 0; r < rows; ++r) {
        ESPALIER_ASSIGN(const std::span<const float> values, row(r));
        if (static_cast<std::int64_t>(values.size()) != cols) {
            return makeError(ErrorCode::InvalidArgument, "row " + std::to_string(r) + " has " +
                                                             std::to_string(values.size()) + " values instead of " +
                                                             std::to_string(cols));
        }
        if (!buffer.empty() && buffer.size() + values.size() > kBufferedFloats) {
            ESPALIER_TRY(file.write(std::as_bytes(std::span<const float>(buffer))));
            buffer.clear();
        }
        buffer.insert(buffer.end(), values.begin(), values.end());
    }
    ESPALIER_TRY(file.write(std::as_bytes(std::span<const float>(buffer))));
    return file.commit();
}

}  // namespace espalier::tensorfile
