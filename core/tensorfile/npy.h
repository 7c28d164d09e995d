// SPDX-License-Identifier: Apache-2.0
/// \file core/tensorfile/npy.h
/// Writer of NumPy's .npy (format version 1.0): float32, two dimensions, row-major, little-endian.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"

namespace espalier::tensorfile {

/// \retval Io  disk full; an old file is untouched
Status writeNpy(const std::filesystem::path& path, const DenseRows& matrix);

/// Row by row, for matrices that are not in memory: `row(r)` is called once for r = 0 .. rows-1 in order and must
/// answer with cols values that live until the next call.
/// \retval InvalidArgument  a row of another length
Status writeNpy(const std::filesystem::path& path, std::int64_t rows, std::int64_t cols,
                const std::function<Result<std::span<const float>>(std::int64_t row)>& row);

}  // namespace espalier::tensorfile
