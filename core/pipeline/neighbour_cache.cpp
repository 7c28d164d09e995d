// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/neighbour_cache.h"

#include <algorithm>
#include <span>

#include "core/base/dot_products.h"
#include "core/base/sha256.h"
#include "core/tensorfile/safetensors.h"

namespace espalier::pipeline {
using tensorfile::SafetensorsFile;
using tensorfile::SafetensorsWriter;

namespace {
constexpr const char* kFormat = "espalier neighbours 1";

template <class T>
void addBytes(Sha256& sum, const std::vector<T>& values) {
    sum.add(std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
}

std::string digestOf(const index::Neighbours& neighbours) {
    Sha256 sum;
    addBytes(sum, neighbours.offsets);
    addBytes(sum, neighbours.rows);
    addBytes(sum, neighbours.similarity);
    return toHex(sum.finish());
}

bool isConsistent(const index::Neighbours& n) {
    return !n.offsets.empty() && n.offsets.front() == 0 && std::is_sorted(n.offsets.begin(), n.offsets.end()) &&
           n.offsets.back() == static_cast<std::int64_t>(n.rows.size()) && n.similarity.size() == n.rows.size() &&
           std::all_of(n.rows.begin(), n.rows.end(), [&](std::int32_t row) { return row >= 0 && row < n.queries(); });
}
}  // namespace

std::string neighbourKey(const DenseRows& unit, const index::NeighbourOptions& options) {
    Sha256 sum;
    sum.add(std::string(dotProductLevel()) + " " + std::to_string(unit.rows) + " " + std::to_string(unit.cols) + " " +
            std::to_string(options.count) + " " + std::to_string(options.exactPairs) + "\n");
    addBytes(sum, unit.values);
    return toHex(sum.finish());
}

std::optional<index::Neighbours> readNeighbours(const std::filesystem::path& file, const std::string& key) {
    const auto opened = SafetensorsFile::open(file);
    if (!opened) return {};
    const auto& metadata = opened->metadata();
    const auto says = [&](const char* name, const std::string& value) {
        const auto found = metadata.find(name);
        return found != metadata.end() && found->second == value;
    };
    if (!says("format", kFormat) || !says("key", key)) return {};
    auto offsets = opened->copy<std::int64_t>("offsets");
    auto rows = opened->copy<std::int32_t>("rows");
    auto similarity = opened->copy<std::int32_t>("similarity");
    if (!offsets || !rows || !similarity) return {};
    index::Neighbours neighbours{std::move(offsets).value(), std::move(rows).value(), std::move(similarity).value()};
    if (!says("sha256", digestOf(neighbours)) || !isConsistent(neighbours)) return {};
    return neighbours;
}

Status writeNeighbours(const std::filesystem::path& file, const std::string& key, const index::Neighbours& neighbours) {
    SafetensorsWriter writer;
    writer.setMetadata({{"format", kFormat}, {"key", key}, {"sha256", digestOf(neighbours)}});
    writer.add<std::int64_t>("offsets", {static_cast<std::int64_t>(neighbours.offsets.size())}, neighbours.offsets);
    writer.add<std::int32_t>("rows", {static_cast<std::int64_t>(neighbours.rows.size())}, neighbours.rows);
    writer.add<std::int32_t>("similarity", {static_cast<std::int64_t>(neighbours.similarity.size())},
                             neighbours.similarity);
    return writer.write(file);
}

}  // namespace espalier::pipeline
