// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/partial_vectors.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/sha256.h"

namespace espalier::pipeline {
namespace fs = std::filesystem;

namespace {
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kSumBytes = 8;

std::string headerOf(const std::string& modelSha, std::int64_t dim) {
    return "espalier vectors 1\n" + modelSha + "\n" + std::to_string(dim) + "\n";
}
std::string recordBytes(const std::string& textHash, std::span<const float> vector) {
    std::string bytes = textHash;
    bytes.append(reinterpret_cast<const char*>(vector.data()), vector.size_bytes());
    const Sha256Digest sum = sha256(bytes);
    bytes.append(reinterpret_cast<const char*>(sum.data()), kSumBytes);
    return bytes;
}
}  // namespace

PartialVectors::PartialVectors(platform::FileLock lock, fs::path path, std::int64_t dim)
    : m_lock(std::move(lock)), m_path(std::move(path)), m_dim(dim) {}

Result<std::unique_ptr<PartialVectors>> PartialVectors::open(const fs::path& cacheFolder, const std::string& modelSha,
                                                             std::int64_t dim) {
    std::error_code code;
    fs::create_directories(cacheFolder, code);
    if (code)
        return makeError(ErrorCode::Io, "cannot write in " + cacheFolder.string() + ": " + code.message(),
                         cacheFolder.string());
    const fs::path path = cacheFolder / ("embed-" + modelSha.substr(0, 16) + ".part");
    auto lock = platform::FileLock::acquire(fs::path(path).concat(".lock"));
    if (!lock) {
        if (lock.error().code != ErrorCode::Busy) return std::move(lock).error();
        return makeError(ErrorCode::Busy,
                         "another process embeds this project with the same model now; wait for it or stop it");
    }
    std::unique_ptr<PartialVectors> partial(new PartialVectors(std::move(lock).value(), path, dim));
    const std::string header = headerOf(modelSha, dim);
    ESPALIER_TRY(partial->readExisting(header));
    return partial;
}

Status PartialVectors::readExisting(const std::string& header) {
    const std::size_t recordSize = kHashDigits + static_cast<std::size_t>(m_dim) * sizeof(float) + kSumBytes;
    std::uintmax_t good = 0;
    {
        std::ifstream in(m_path, std::ios::binary);
        std::string begin(header.size(), '\0');
        if (in.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == header) {
            good = header.size();
            std::string record(recordSize, '\0');
            std::vector<float> vector(static_cast<std::size_t>(m_dim));
            while (in.read(record.data(), static_cast<std::streamsize>(recordSize))) {
                std::memcpy(vector.data(), record.data() + kHashDigits, vector.size() * sizeof(float));
                const std::string hash = record.substr(0, kHashDigits);
                if (recordBytes(hash, vector) != record) break;
                m_places.emplace(hash, m_values.size());
                m_values.insert(m_values.end(), vector.begin(), vector.end());
                good += recordSize;
            }
        }
    }
    std::error_code code;
    if (good > 0) fs::resize_file(m_path, good, code);
    m_out.open(m_path, std::ios::binary | (good > 0 ? std::ios::app : std::ios::trunc));
    if (good == 0) m_out << header;
    return flush();
}

const float* PartialVectors::find(const std::string& textHash) const {
    const auto found = m_places.find(textHash);
    return found == m_places.end() ? nullptr : m_values.data() + found->second;
}

Status PartialVectors::add(const std::string& textHash, std::span<const float> vector) {
    if (!m_places.emplace(textHash, m_values.size()).second) return {};
    m_values.insert(m_values.end(), vector.begin(), vector.end());
    const std::string bytes = recordBytes(textHash, vector);
    m_out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!m_out)
        return makeError(ErrorCode::Io, "cannot write " + m_path.string() + ": is the disk full?", m_path.string());
    return {};
}

Status PartialVectors::flush() {
    m_out.flush();
    if (!m_out)
        return makeError(ErrorCode::Io, "cannot write " + m_path.string() + ": is the disk full?", m_path.string());
    return {};
}

void PartialVectors::remove() {
    m_out.close();
    std::error_code ignored;
    fs::remove(m_path, ignored);
}

}  // namespace espalier::pipeline
