// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/factors_file.h"

#include <map>

#include "core/tensorfile/safetensors.h"

namespace espalier::pipeline {
using tensorfile::SafetensorsFile;
using tensorfile::SafetensorsWriter;

namespace {
constexpr const char* kFormatKey = "format";
constexpr const char* kFormat = "espalier factors 1";
constexpr const char* kRowsKey = "rows";

Error corrupt(const std::filesystem::path& path, const std::string& why) {
    return makeError(ErrorCode::Corrupt,
                     "the tree's factors in " + path.string() + " cannot be used: " + why + "; build the tree again",
                     path.string());
}
std::string numbered(const char* what, std::size_t node) {
    return std::string(what) + "." + std::to_string(node);
}
}  // namespace

Status writeFactors(const std::filesystem::path& path, const text::TfidfModel& tfidf, const nmf::Hierarchy& hierarchy,
                    std::span<const DocumentKey> documents, const std::string& rows) {
    SafetensorsWriter writer;
    std::map<std::string, std::string> metadata{{kFormatKey, kFormat}};
    if (!rows.empty()) metadata.emplace(kRowsKey, rows);
    writer.setMetadata(std::move(metadata));
    const std::string vocabulary = tfidf.toJson();
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(vocabulary.data()),
                                              vocabulary.size());
    writer.add<std::uint8_t>("tfidf", {static_cast<std::int64_t>(bytes.size())}, bytes);
    std::vector<std::int64_t> parents;
    std::vector<std::vector<std::int64_t>> children(hierarchy.nodes.size());
    for (const auto& node : hierarchy.nodes) parents.push_back(node.parent);
    writer.add<std::int64_t>("parents", {static_cast<std::int64_t>(parents.size())}, parents);
    for (std::size_t i = 0; i < hierarchy.nodes.size(); ++i) {
        const auto& node = hierarchy.nodes[i];
        if (node.children.empty()) continue;
        children[i].assign(node.children.begin(), node.children.end());
        writer.add<std::int64_t>(numbered("children", i), {static_cast<std::int64_t>(children[i].size())}, children[i]);
        writer.add<float>(numbered("topics", i), {node.W.rows, node.W.cols}, node.W.values);
        writer.add<float>(numbered("idf", i), {static_cast<std::int64_t>(node.idf.size())}, node.idf);
    }
    std::vector<std::int64_t> keys;
    for (const DocumentKey key : documents) keys.push_back(key.value);
    writer.add<std::int64_t>("documents", {static_cast<std::int64_t>(keys.size())}, keys);
    return writer.write(path);
}

Result<Factors> readFactors(const std::filesystem::path& path) {
    ESPALIER_ASSIGN(const SafetensorsFile file, SafetensorsFile::open(path));
    const auto format = file.metadata().find(kFormatKey);
    if (format == file.metadata().end()) return corrupt(path, "it is not a factors file");
    if (format->second != kFormat) {
        return makeError(ErrorCode::VersionTooNew,
                         "the tree in this project was built by another version of Espalier; build it again",
                         path.string());
    }
    Factors factors;
    if (const auto rows = file.metadata().find(kRowsKey); rows != file.metadata().end()) factors.rows = rows->second;
    ESPALIER_ASSIGN(const auto vocabulary, file.copy<std::uint8_t>("tfidf"));
    ESPALIER_ASSIGN(factors.tfidf, text::TfidfModel::fromJson(std::string_view(
                                       reinterpret_cast<const char*>(vocabulary.data()), vocabulary.size())));
    const auto terms = static_cast<std::int64_t>(factors.tfidf.vocabulary().size());
    if (file.find("documents") != nullptr) {
        ESPALIER_ASSIGN(const auto keys, file.copy<std::int64_t>("documents"));
        for (const std::int64_t key : keys) factors.documents.push_back(DocumentKey{key});
    }
    ESPALIER_ASSIGN(const auto parents, file.copy<std::int64_t>("parents"));
    if (parents.empty()) return corrupt(path, "it has no labels");
    factors.hierarchy.terms = terms;
    factors.hierarchy.nodes.resize(parents.size());
    const auto nodes = static_cast<std::int64_t>(parents.size());
    for (std::size_t i = 0; i < parents.size(); ++i) {
        if (parents[i] < -1 || parents[i] >= static_cast<std::int64_t>(i))
            return corrupt(path, "a label comes before its parent");
        auto& node = factors.hierarchy.nodes[i];
        node.parent = static_cast<int>(parents[i]);
        const auto* topics = file.find(numbered("topics", i));
        if (topics == nullptr) continue;
        ESPALIER_ASSIGN(const auto children, file.copy<std::int64_t>(numbered("children", i)));
        ESPALIER_ASSIGN(node.W.values, file.copy<float>(numbered("topics", i)));
        ESPALIER_ASSIGN(node.idf, file.copy<float>(numbered("idf", i)));
        node.W.rows = static_cast<std::int64_t>(children.size());
        node.W.cols = terms;
        if (topics->shape != std::vector<std::int64_t>{node.W.rows, terms} ||
            static_cast<std::int64_t>(node.idf.size()) != terms) {
            return corrupt(path, "its tables have the wrong size");
        }
        for (const std::int64_t child : children) {
            if (child <= static_cast<std::int64_t>(i) || child >= nodes ||
                parents[static_cast<std::size_t>(child)] != static_cast<std::int64_t>(i)) {
                return corrupt(path, "a label names a child that is not its own");
            }
            node.children.push_back(static_cast<int>(child));
        }
    }
    return factors;
}

}  // namespace espalier::pipeline
