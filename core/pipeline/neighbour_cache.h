// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/neighbour_cache.h
/// Nearest documents kept between builds: the same vectors need not be compared again when only the tree's options
/// change. One file a model in the project's cache folder; what it was made from is its key.
///
/// A safetensors file: offsets i64 [rows + 1], rows i32 and similarity i32 [neighbours]; metadata format, key, and the
/// SHA-256 of the three. One that is damaged, or of other vectors, is as good as none.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/index/neighbours.h"

namespace espalier::pipeline {

/// Key of the neighbours of these rows: their bytes, the options that change the answer, and the vector width of the
/// processor, which may change the last bit of a cosine.
std::string neighbourKey(const DenseRows& unit, const index::NeighbourOptions& options);

/// Nothing: no file, damaged, or of another key.
std::optional<index::Neighbours> readNeighbours(const std::filesystem::path& file, const std::string& key);
Status writeNeighbours(const std::filesystem::path& file, const std::string& key, const index::Neighbours& neighbours);

}  // namespace espalier::pipeline
