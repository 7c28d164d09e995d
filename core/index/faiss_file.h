// SPDX-License-Identifier: Apache-2.0
/// \file core/index/faiss_file.h
/// Vectors as a faiss file that other programs open: an IndexFlatIP over rows of unit length, so that its inner product
/// is the cosine.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>

#include "core/base/result.h"

namespace espalier::index {

/// Writes atomically; replaces an existing file. Row i becomes faiss id i; zero rows stay zero.
/// \param values  rows * dim floats, row-major
/// \retval InvalidArgument  dim < 1 or the size is no multiple of it
/// \retval Io, OutOfMemory
Status writeFaissIndex(const std::filesystem::path& file, std::span<const float> values, std::int64_t dim);

}  // namespace espalier::index
