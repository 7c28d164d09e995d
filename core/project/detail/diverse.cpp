// SPDX-License-Identifier: Apache-2.0
#include "core/project/detail/diverse.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "core/project/document_query.h"
#include "core/tensorfile/safetensors.h"
#include "core/tree/memberships.h"

namespace espalier::project::detail {
namespace {
std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

/// Documents that may be picked, as rows of length 1: of vectors, else of shares.
struct Rows {
    std::vector<std::int32_t> positions;
    std::size_t width = 0;
    std::vector<float> values;  ///< positions.size() x width
    std::span<const float> row(std::size_t index) const { return {values.data() + index * width, width}; }
};

void addRow(Rows& rows, std::int32_t position, std::span<const float> row) {
    double square = 0;
    for (const float value : row) square += double(value) * double(value);
    if (!(square > 0)) return;
    const auto scale = static_cast<float>(1 / std::sqrt(square));
    rows.positions.push_back(position);
    for (const float value : row) rows.values.push_back(value * scale);
}

/// Nothing where the file cannot be read.
std::optional<Rows> rowsOfVectors(const DocumentTable& documents, const std::filesystem::path& path,
                                  const std::vector<std::int32_t>& wanted) {
    const auto file = tensorfile::SafetensorsFile::open(path);
    if (!file) return std::nullopt;
    const auto vectors = file->view<float>("vectors");
    const auto keys = file->copy<std::int64_t>("documents");
    if (!vectors || !keys || keys->empty() || vectors->size() % keys->size() != 0) return std::nullopt;
    std::vector<std::int64_t> rowOf(at(documents.size()), -1);
    for (std::size_t row = 0; row < keys->size(); ++row) {
        if (const auto position = documents.position(DocumentKey{(*keys)[row]}); position >= 0)
            rowOf[at(position)] = static_cast<std::int64_t>(row);
    }
    Rows rows;
    rows.width = vectors->size() / keys->size();
    rows.values.reserve(wanted.size() * rows.width);
    for (const std::int32_t position : wanted) {
        if (const std::int64_t row = rowOf[at(position)]; row >= 0)
            addRow(rows, position, vectors->subspan(at(row) * rows.width, rows.width));
    }
    return rows;
}

Rows rowsOfShares(const MassTable& masses, const std::vector<std::int32_t>& wanted) {
    // Only labels where anything of these documents rests are columns.
    std::vector<std::int32_t> column(masses.cells.size(), -1);
    Rows rows;
    for (const std::int32_t position : wanted) {
        if (!masses.has(position)) continue;
        for (auto e = masses.offsets[at(position)]; e < masses.offsets[at(position) + 1]; ++e) {
            auto& place = column[at(masses.cell[at(e)])];
            if (place < 0) place = static_cast<std::int32_t>(rows.width++);
        }
    }
    std::vector<float> row;
    for (const std::int32_t position : wanted) {
        if (!masses.has(position)) continue;
        row.assign(rows.width, 0);
        for (auto e = masses.offsets[at(position)]; e < masses.offsets[at(position) + 1]; ++e)
            row[at(column[at(masses.cell[at(e)])])] += static_cast<float>(masses.mass[at(e)]);
        addRow(rows, position, row);
    }
    return rows;
}

double cosine(std::span<const float> a, std::span<const float> b) {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return double(sum);
}
}  // namespace

std::vector<std::int32_t> farthestFirst(const DocumentTable& documents, const MassTable& masses,
                                        const std::filesystem::path& vectors, std::vector<std::int32_t> typical) {
    std::vector<std::int32_t> looked;
    const std::size_t step = (typical.size() + kDiverseLooked - 1) / kDiverseLooked;
    for (std::size_t i = 0; i < typical.size(); i += std::max<std::size_t>(step, 1)) looked.push_back(typical[i]);
    std::optional<Rows> rows;
    if (!vectors.empty()) rows = rowsOfVectors(documents, vectors, looked);
    if (!rows) rows = rowsOfShares(masses, looked);
    const std::size_t count = rows->positions.size();
    if (count == 0) return typical;

    std::vector<std::int32_t> order;
    std::vector<char> isPicked(at(documents.size()), 0);
    std::vector<double> nearest(count, -2);  // cosine with the picked document that is most like it
    std::size_t next = 0;                    // rows are in typical order: the first is the most typical
    while (order.size() < std::min(kDiverse, count)) {
        order.push_back(rows->positions[next]);
        isPicked[at(rows->positions[next])] = 1;
        nearest[next] = 2;
        const auto picked = rows->row(next);
        std::size_t farthest = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (nearest[i] < 2) nearest[i] = std::max(nearest[i], cosine(rows->row(i), picked));
            if (nearest[i] < nearest[farthest] - tree::kNearTie) farthest = i;
        }
        next = farthest;
    }
    for (const std::int32_t position : typical) {
        if (isPicked[at(position)] == 0) order.push_back(position);
    }
    return order;
}

}  // namespace espalier::project::detail
