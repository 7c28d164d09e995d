// SPDX-License-Identifier: Apache-2.0
#include "core/index/faiss_file.h"

#include <faiss/IndexFlat.h>
#include <faiss/impl/FaissException.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <optional>
#include <vector>

#include "core/base/atomic_file.h"

namespace espalier::index {
namespace {

/// faiss's stream onto our atomic file; the first error is kept and faiss told that nothing was written.
class Writer final : public faiss::IOWriter {
public:
    explicit Writer(AtomicFile& file) : m_file(file) {}
    std::size_t operator()(const void* data, std::size_t size, std::size_t items) override {
        if (m_error) return 0;
        Status status = m_file.write(std::span(static_cast<const std::byte*>(data), size * items));
        if (!status) {
            m_error = std::move(status).error();
            return 0;
        }
        return items;
    }
    const std::optional<Error>& error() const noexcept { return m_error; }

private:
    AtomicFile& m_file;
    std::optional<Error> m_error;
};

}  // namespace

Status writeFaissIndex(const std::filesystem::path& path, std::span<const float> values, std::int64_t dim) {
    if (dim < 1 || values.size() % static_cast<std::size_t>(std::max<std::int64_t>(dim, 1)) != 0)
        return makeError(ErrorCode::InvalidArgument, std::to_string(values.size()) + " numbers are no vectors of " +
                                                         std::to_string(dim) + " dimensions");
    ESPALIER_ASSIGN(AtomicFile file, AtomicFile::create(path));
    Writer writer(file);
    try {
        faiss::IndexFlatIP index(dim);
        constexpr std::int64_t kBatch = 1024;
        const auto rows = static_cast<std::int64_t>(values.size()) / dim;
        std::vector<float> batch;
        for (std::int64_t begin = 0; begin < rows; begin += kBatch) {
            const std::int64_t count = std::min(kBatch, rows - begin);
            const std::span<const float> part =
                values.subspan(static_cast<std::size_t>(begin * dim), static_cast<std::size_t>(count * dim));
            batch.assign(part.begin(), part.end());
            for (std::int64_t row = 0; row < count; ++row) {
                double squares = 0;
                for (std::int64_t i = 0; i < dim; ++i)
                    squares += std::pow(static_cast<double>(batch[static_cast<std::size_t>(row * dim + i)]), 2);
                const double scale = squares > 0 ? 1.0 / std::sqrt(squares) : 0.0;
                for (std::int64_t i = 0; i < dim; ++i) {
                    float& x = batch[static_cast<std::size_t>(row * dim + i)];
                    x = static_cast<float>(static_cast<double>(x) * scale);
                }
            }
            index.add(count, batch.data());
        }
        faiss::write_index(&index, &writer);
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory, "not enough memory to write " + path.string());
    } catch (const std::exception& error) {
        if (writer.error()) return *writer.error();
        return makeError(ErrorCode::Internal, "faiss could not write " + path.string() + ": " + error.what());
    }
    if (writer.error()) return *writer.error();
    return file.commit();
}

}  // namespace espalier::index
