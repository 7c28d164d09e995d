// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/partial_vectors.h
/// Vectors that an interrupted embed had already computed: an append-only file that survives the death of the process.
///
/// Header: magic, dimension, model hash. Records: text hash (32 bytes), dim floats, the first 8 bytes of the SHA-256 of
/// both. Reading ends at the first record that is short or does not agree with its sum. One writer at a time.
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/platform.h"
#include "core/base/result.h"

namespace espalier::pipeline {

class PartialVectors {
public:
    /// Opens the file of a model in a cache folder (made when missing) and reads what is there.
    /// \param modelSha  64 hex digits
    /// \retval Busy  another process embeds with this model now  \retval Io
    static Result<std::unique_ptr<PartialVectors>> open(const std::filesystem::path& cacheFolder,
                                                        const std::string& modelSha, std::int64_t dim);
    /// nullptr when the text has no vector yet. \param textHash  64 hex digits
    const float* find(const std::string& textHash) const;
    std::int64_t size() const noexcept { return static_cast<std::int64_t>(m_places.size()); }
    /// \retval Io  disk full; what was written before stays good
    Status add(const std::string& textHash, std::span<const float> vector);
    Status flush();
    /// The embed is complete: the file is not needed any more.
    void remove();

private:
    PartialVectors(platform::FileLock lock, std::filesystem::path path, std::int64_t dim);
    Status readExisting(const std::string& header);
    platform::FileLock m_lock;
    std::filesystem::path m_path;
    std::int64_t m_dim;
    std::ofstream m_out;
    std::vector<float> m_values;
    std::unordered_map<std::string, std::size_t> m_places;
};

}  // namespace espalier::pipeline
