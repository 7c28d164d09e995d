// SPDX-License-Identifier: Apache-2.0
#include "core/project/detail/diverse.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>

#include "core/project/document_query.h"
#include "core/tensorfile/safetensors.h"
#include "core/tree/memberships.h"

namespace espalier::project::detail {
namespace {
std::size_t slot(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// What brings a row to length 1; 0 for one that has none.
float scaleOf(std::span<const float> row) {
    double square = 0;
    for (const float value : row) square += double(value) * double(value);
    return square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0;
}

/// Documents that may be picked, as rows of length 1.
class Rows {
public:
    virtual ~Rows() = default;
    std::vector<std::int32_t> positions;
    /// Cosine of every row with one of them.
    virtual void cosinesWith(std::size_t picked, std::vector<float>& cosines) const = 0;
};

/// By vectors: dense.
class VectorRows : public Rows {
public:
    /// Nothing where the file cannot be read.
    static std::unique_ptr<Rows> read(const DocumentTable& documents, const std::filesystem::path& path,
                                      const std::vector<std::int32_t>& wanted) {
        const auto file = tensorfile::SafetensorsFile::open(path);
        if (!file) return nullptr;
        const auto vectors = file->view<float>("vectors");
        const auto keys = file->copy<std::int64_t>("documents");
        if (!vectors || !keys || keys->empty() || vectors->size() % keys->size() != 0) return nullptr;
        std::vector<std::int64_t> rowOf(slot(documents.size()), -1);
        for (std::size_t row = 0; row < keys->size(); ++row) {
            if (const auto position = documents.position(DocumentKey{(*keys)[row]}); position >= 0)
                rowOf[slot(position)] = static_cast<std::int64_t>(row);
        }
        auto rows = std::make_unique<VectorRows>();
        rows->m_width = vectors->size() / keys->size();
        rows->m_values.reserve(wanted.size() * rows->m_width);
        for (const std::int32_t position : wanted) {
            if (const std::int64_t row = rowOf[slot(position)]; row >= 0)
                rows->add(position, vectors->subspan(slot(row) * rows->m_width, rows->m_width));
        }
        return rows;
    }

    void cosinesWith(std::size_t picked, std::vector<float>& cosines) const override {
        const float* const one = m_values.data() + picked * m_width;
        for (std::size_t i = 0; i < positions.size(); ++i) cosines[i] = dot(one, m_values.data() + i * m_width);
    }

private:
    void add(std::int32_t position, std::span<const float> row) {
        const float scale = scaleOf(row);
        if (scale == 0) return;
        positions.push_back(position);
        for (const float value : row) m_values.push_back(value * scale);
    }
    // Eight sums side by side: the compiler may keep them in one register.
    float dot(const float* a, const float* b) const {
        std::array<float, 8> sums{};
        std::size_t i = 0;
        for (; i + sums.size() <= m_width; i += sums.size()) {
            for (std::size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += a[i + lane] * b[i + lane];
        }
        for (; i < m_width; ++i) sums[0] += a[i] * b[i];
        return std::accumulate(sums.begin(), sums.end(), 0.0F);
    }
    std::size_t m_width = 0;
    std::vector<float> m_values;
};

/// By shares: a document has some of thousands of labels.
class ShareRows : public Rows {
public:
    ShareRows(const MassTable& masses, const std::vector<std::int32_t>& wanted) : m_dense(masses.cells.size(), 0) {
        std::vector<float> row;
        for (const std::int32_t position : wanted) {
            if (!masses.has(position)) continue;
            const auto from = masses.offsets[slot(position)], to = masses.offsets[slot(position) + 1];
            row.assign(masses.mass.begin() + from, masses.mass.begin() + to);
            const float scale = scaleOf(row);
            if (scale == 0) continue;
            positions.push_back(position);
            for (auto e = from; e < to; ++e) {
                m_cells.push_back(masses.cell[slot(e)]);
                m_values.push_back(row[slot(e - from)] * scale);
            }
            m_offsets.push_back(m_cells.size());
        }
    }

    void cosinesWith(std::size_t picked, std::vector<float>& cosines) const override {
        for (std::size_t e = m_offsets[picked]; e < m_offsets[picked + 1]; ++e) m_dense[slot(m_cells[e])] = m_values[e];
        for (std::size_t i = 0; i < positions.size(); ++i) {
            float sum = 0;
            for (std::size_t e = m_offsets[i]; e < m_offsets[i + 1]; ++e)
                sum += m_dense[slot(m_cells[e])] * m_values[e];
            cosines[i] = sum;
        }
        for (std::size_t e = m_offsets[picked]; e < m_offsets[picked + 1]; ++e) m_dense[slot(m_cells[e])] = 0;
    }

private:
    std::vector<std::size_t> m_offsets{0};
    std::vector<std::int32_t> m_cells;
    std::vector<float> m_values;
    mutable std::vector<float> m_dense;  ///< the picked row, by cell; zeros between calls
};
}  // namespace

std::vector<std::int32_t> farthestFirst(const DocumentTable& documents, const MassTable& masses,
                                        const std::filesystem::path& vectors, std::vector<std::int32_t> typical) {
    std::vector<std::int32_t> looked;
    const std::size_t step = (typical.size() + kDiverseLooked - 1) / kDiverseLooked;
    for (std::size_t i = 0; i < typical.size(); i += std::max<std::size_t>(step, 1)) looked.push_back(typical[i]);
    std::unique_ptr<Rows> rows;
    if (!vectors.empty()) rows = VectorRows::read(documents, vectors, looked);
    if (!rows) rows = std::make_unique<ShareRows>(masses, looked);
    const std::size_t count = rows->positions.size();
    if (count == 0) return typical;

    std::vector<std::int32_t> order;
    std::vector<char> isPicked(slot(documents.size()), 0);
    std::vector<float> cosines(count, 0), nearest(count, -2);  // with the picked document that is most like it
    std::size_t next = 0;  // rows are in typical order: the first is the most typical
    while (order.size() < std::min(kDiverse, count)) {
        order.push_back(rows->positions[next]);
        isPicked[slot(rows->positions[next])] = 1;
        nearest[next] = 2;
        rows->cosinesWith(next, cosines);
        std::size_t farthest = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (nearest[i] < 2) nearest[i] = std::max(nearest[i], cosines[i]);
            if (nearest[i] < nearest[farthest] - static_cast<float>(tree::kNearTie)) farthest = i;
        }
        next = farthest;
    }
    for (const std::int32_t position : typical) {
        if (isPicked[slot(position)] == 0) order.push_back(position);
    }
    return order;
}

}  // namespace espalier::project::detail
