// SPDX-License-Identifier: Apache-2.0
#include "core/project/job_results.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/project/proposal.h"
#include "core/tensorfile/safetensors.h"

namespace espalier::project {
namespace fs = std::filesystem;
using Json = nlohmann::json;
namespace {
constexpr int kFormat = 1;
constexpr const char* kResultName = "result.json";
constexpr const char* kRestingName = "resting.safetensors";
constexpr double kSumTolerance = 1e-4;  // masses come as float32

Error corrupt(const fs::path& file, const std::string& what) {
    return makeError(ErrorCode::Corrupt, "the job's result " + file.string() + " cannot be used: " + what,
                     file.string());
}

Json finite(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}
double number(const Json& json, const char* key) {
    const Json& value = json.at(key);
    return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

Json parsedOr(const std::string& text, const Json& fallback) {
    Json parsed = Json::parse(text, nullptr, false);
    return parsed.is_discarded() ? fallback : parsed;
}

Status writeJson(const fs::path& folder, Json json, const char* kind) {
    json["format"] = kFormat;
    json["kind"] = kind;
    return writeFileAtomically(folder / kResultName, json.dump(1, ' ', false, Json::error_handler_t::replace));
}

Result<Json> readJson(const fs::path& folder) {
    const fs::path file = folder / kResultName;
    ESPALIER_ASSIGN(const std::string text, readFile(file));
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return corrupt(file, "it is not a JSON object");
    const auto format = json.find("format");
    if (format == json.end() || !format->is_number_integer()) return corrupt(file, "it names no format");
    if (format->get<std::int64_t>() > kFormat) {
        return makeError(ErrorCode::VersionTooNew, file.string() + " was written by a newer Espalier", file.string());
    }
    return json;
}

/// Reads fields; what is missing or of another type is Corrupt.
template <class T, class Read>
Result<T> decoded(const fs::path& folder, const char* kind, Read read) {
    ESPALIER_ASSIGN(const Json json, readJson(folder));
    try {
        if (json.at("kind") != kind) return corrupt(folder / kResultName, std::string("it is no ") + kind);
        return read(json);
    } catch (const Json::exception& exception) {
        return corrupt(folder / kResultName, exception.what());
    }
}

Status writeResting(const fs::path& folder, const RestingRows& rows) {
    std::vector<std::int64_t> keys;
    keys.reserve(rows.documents.size());
    for (const DocumentKey key : rows.documents) keys.push_back(key.value);
    const auto count = [](const auto& values) { return static_cast<std::int64_t>(values.size()); };
    tensorfile::SafetensorsWriter writer;
    writer.add<std::int64_t>("documents", {count(keys)}, keys);
    writer.add<std::int64_t>("offsets", {count(rows.offsets)}, rows.offsets);
    writer.add<std::int64_t>("at", {count(rows.at)}, rows.at);
    writer.add<double>("mass", {count(rows.mass)}, rows.mass);
    writer.add<std::int64_t>("fit_offsets", {count(rows.fitOffsets)}, rows.fitOffsets);
    writer.add<std::int64_t>("fit_at", {count(rows.fitAt)}, rows.fitAt);
    writer.add<double>("fit_residual", {count(rows.fitResidual)}, rows.fitResidual);
    return writer.write(folder / kRestingName);
}

/// Results of before fit residuals were kept have none.
Status readFits(const tensorfile::SafetensorsFile& tensors, const fs::path& file, RestingRows& rows) {
    rows.fitOffsets.assign(rows.offsets.size(), 0);
    if (tensors.find("fit_at") == nullptr) return {};
    ESPALIER_ASSIGN(rows.fitOffsets, tensors.copy<std::int64_t>("fit_offsets"));
    ESPALIER_ASSIGN(rows.fitAt, tensors.copy<std::int64_t>("fit_at"));
    ESPALIER_ASSIGN(rows.fitResidual, tensors.copy<double>("fit_residual"));
    const auto& offsets = rows.fitOffsets;
    if (offsets.size() != rows.offsets.size() || offsets.front() != 0 ||
        !std::is_sorted(offsets.begin(), offsets.end()) ||
        offsets.back() != static_cast<std::int64_t>(rows.fitAt.size()) || rows.fitAt.size() != rows.fitResidual.size())
        return corrupt(file, "its fit residuals do not fit together");
    for (const double residual : rows.fitResidual) {
        if (!(residual >= 0 && residual <= 1)) return corrupt(file, "a fit residual is not between 0 and 1");
    }
    return {};
}

Result<RestingRows> readResting(const fs::path& folder) {
    const fs::path file = folder / kRestingName;
    ESPALIER_ASSIGN(const auto tensors, tensorfile::SafetensorsFile::open(file));
    RestingRows rows;
    ESPALIER_ASSIGN(const auto keys, tensors.copy<std::int64_t>("documents"));
    ESPALIER_ASSIGN(rows.offsets, tensors.copy<std::int64_t>("offsets"));
    ESPALIER_ASSIGN(rows.at, tensors.copy<std::int64_t>("at"));
    ESPALIER_ASSIGN(rows.mass, tensors.copy<double>("mass"));
    std::unordered_set<std::int64_t> seen;
    for (const std::int64_t key : keys) {
        if (key <= 0 || !seen.insert(key).second) return corrupt(file, "a document is named twice");
        rows.documents.push_back(DocumentKey{key});
    }
    if (rows.offsets.size() != keys.size() + 1 || rows.offsets.front() != 0 ||
        rows.offsets.back() != static_cast<std::int64_t>(rows.at.size()) || rows.at.size() != rows.mass.size()) {
        return corrupt(file, "its parts do not fit together");
    }
    for (std::size_t d = 0; d + 1 < rows.offsets.size(); ++d) {
        if (rows.offsets[d + 1] < rows.offsets[d] || rows.offsets[d + 1] > rows.offsets.back()) {
            return corrupt(file, "its rows are not in order");
        }
        double sum = 0;
        for (auto e = rows.offsets[d]; e < rows.offsets[d + 1]; ++e) {
            const double mass = rows.mass[static_cast<std::size_t>(e)];
            if (!std::isfinite(mass) || mass <= 0) return corrupt(file, "a mass is not above 0");
            sum += mass;
        }
        if (sum > 1 + kSumTolerance) return corrupt(file, "a document has more than one unit of mass");
    }
    ESPALIER_TRY(readFits(tensors, file, rows));
    return rows;
}
}  // namespace

Status writeBuildResult(const fs::path& folder, const BuildResult& result) {
    ESPALIER_TRY(writeResting(folder, result.resting));
    Json nodes = Json::array();
    for (const BuiltNode& node : result.nodes) {
        Json terms = Json::array();
        for (const auto& term : node.terms) terms.push_back({term.text, term.weight});
        nodes.push_back({{"parent", node.parent},
                         {"name", node.name},
                         {"terms", std::move(terms)},
                         {"stop_reason", node.stopReason},
                         {"stability", parsedOr(node.stability, Json::array())}});
    }
    return writeJson(folder,
                     {{"from_revision", result.fromRevision},
                      {"replace", result.replace},
                      {"force", result.force},
                      {"options", parsedOr(result.options, Json::object())},
                      {"nodes", std::move(nodes)},
                      {"hash", result.hash},
                      {"simd", result.simd},
                      {"seconds", result.seconds},
                      {"peak_mb", result.peakMb},
                      {"factors_file", result.factorsFile}},
                     "build");
}

Result<BuildResult> readBuildResult(const fs::path& folder) {
    ESPALIER_ASSIGN(auto result, decoded<BuildResult>(folder, "build", [](const Json& json) {
                        BuildResult read;
                        read.fromRevision = json.at("from_revision").get<std::int64_t>();
                        read.replace = json.at("replace").get<bool>();
                        read.force = json.at("force").get<bool>();
                        read.options = json.at("options").dump();
                        for (const Json& entry : json.at("nodes")) {
                            BuiltNode node;
                            node.parent = entry.at("parent").get<int>();
                            node.name = entry.at("name").get<std::string>();
                            for (const Json& term : entry.at("terms")) {
                                node.terms.push_back({term.at(0).get<std::string>(), term.at(1).get<double>()});
                            }
                            node.stopReason = entry.at("stop_reason").get<std::string>();
                            node.stability = entry.at("stability").dump();
                            read.nodes.push_back(std::move(node));
                        }
                        read.hash = json.at("hash").get<std::string>();
                        read.simd = json.at("simd").get<std::string>();
                        read.seconds = json.at("seconds").get<double>();
                        read.peakMb = json.at("peak_mb").get<double>();
                        read.factorsFile = json.at("factors_file").get<std::string>();
                        return read;
                    }));
    const fs::path file = folder / kResultName;
    if (result.nodes.empty() || result.nodes.front().parent != -1) return corrupt(file, "its first node is not a root");
    for (std::size_t i = 1; i < result.nodes.size(); ++i) {
        if (result.nodes[i].parent < 0 || static_cast<std::size_t>(result.nodes[i].parent) >= i) {
            return corrupt(file, "a node comes before its parent");
        }
        if (result.nodes[i].name.empty()) return corrupt(file, "a node has no name");
    }
    ESPALIER_ASSIGN(result.resting, readResting(folder));
    for (const std::int64_t node : result.resting.at) {
        if (node < 0 || static_cast<std::size_t>(node) >= result.nodes.size()) {
            return corrupt(file, "mass rests at a node that is not there");
        }
    }
    for (const std::int64_t node : result.resting.fitAt) {
        if (node < 0 || static_cast<std::size_t>(node) >= result.nodes.size())
            return corrupt(file, "a fit residual is of a node that is not there");
    }
    return result;
}

Status writeAssignResult(const fs::path& folder, const AssignResult& result) {
    ESPALIER_TRY(writeResting(folder, result.resting));
    return writeJson(folder,
                     {{"from_revision", result.fromRevision}, {"force", result.force}, {"seconds", result.seconds}},
                     "assign");
}

Result<AssignResult> readAssignResult(const fs::path& folder) {
    ESPALIER_ASSIGN(auto result, decoded<AssignResult>(folder, "assign", [](const Json& json) {
                        AssignResult read;
                        read.fromRevision = json.at("from_revision").get<std::int64_t>();
                        read.force = json.at("force").get<bool>();
                        read.seconds = json.at("seconds").get<double>();
                        return read;
                    }));
    ESPALIER_ASSIGN(result.resting, readResting(folder));
    return result;
}

Status writeEmbedResult(const fs::path& folder, const EmbedResult& result) {
    return writeJson(folder,
                     {{"from_revision", result.fromRevision},
                      {"model", result.model},
                      {"model_kind", result.kind},
                      {"model_folder", result.modelFolder},
                      {"model_sha256", result.modelSha256},
                      {"link", result.link},
                      {"dim", result.dim},
                      {"vectors_file", result.vectorsFile},
                      {"device", result.device},
                      {"precision", result.precision},
                      {"seconds", result.seconds}},
                     "embed");
}

Result<EmbedResult> readEmbedResult(const fs::path& folder) {
    return decoded<EmbedResult>(folder, "embed", [](const Json& json) {
        EmbedResult read;
        read.fromRevision = json.at("from_revision").get<std::int64_t>();
        read.model = json.at("model").get<std::string>();
        read.kind = json.at("model_kind").get<std::string>();
        read.modelFolder = json.at("model_folder").get<std::string>();
        read.modelSha256 = json.at("model_sha256").get<std::string>();
        read.link = json.at("link").get<bool>();
        read.dim = json.at("dim").get<std::int64_t>();
        read.vectorsFile = json.at("vectors_file").get<std::string>();
        read.device = json.at("device").get<std::string>();
        read.precision = json.at("precision").get<std::string>();
        read.seconds = json.at("seconds").get<double>();
        return read;
    });
}

Status writeTrainResult(const fs::path& folder, const TrainResult& result) {
    return writeJson(folder,
                     {{"run", result.run},
                      {"state", runStateName(result.state)},
                      {"step", result.step},
                      {"epoch", finite(result.epoch)},
                      {"loss", finite(result.loss)},
                      {"from_revision", result.fromRevision},
                      {"model_folder", result.modelFolder},
                      {"dim", result.dim},
                      {"metrics", parsedOr(result.metrics, Json::object())},
                      {"seconds", result.seconds}},
                     "train");
}

Result<TrainResult> readTrainResult(const fs::path& folder) {
    ESPALIER_ASSIGN(auto result, decoded<TrainResult>(folder, "train", [](const Json& json) {
                        TrainResult read;
                        read.run = json.at("run").get<std::string>();
                        const auto state = json.at("state").get<std::string>();
                        read.state = state == "done"      ? RunState::Done
                                     : state == "stopped" ? RunState::Stopped
                                     : state == "failed"  ? RunState::Failed
                                                          : RunState::Running;
                        read.step = json.at("step").get<std::int64_t>();
                        read.epoch = number(json, "epoch");
                        read.loss = number(json, "loss");
                        read.fromRevision = json.at("from_revision").get<std::int64_t>();
                        read.modelFolder = json.at("model_folder").get<std::string>();
                        read.dim = json.at("dim").get<std::int64_t>();
                        read.metrics = json.at("metrics").dump();
                        read.seconds = json.at("seconds").get<double>();
                        return read;
                    }));
    const fs::path file = folder / kResultName;
    if (!validRunName(result.run)) return corrupt(file, "'" + result.run + "' is not a run name");
    if (result.state == RunState::Running) return corrupt(file, "its state is not that of an ended run");
    return result;
}

Status writeVectors(const fs::path& path, const std::vector<DocumentKey>& documents, const DenseRows& vectors) {
    if (static_cast<std::int64_t>(documents.size()) != vectors.rows ||
        static_cast<std::int64_t>(vectors.values.size()) != vectors.rows * vectors.cols) {
        return makeError(ErrorCode::InvalidArgument, "documents and vectors differ in number");
    }
    std::vector<std::int64_t> keys;
    keys.reserve(documents.size());
    for (const DocumentKey key : documents) keys.push_back(key.value);
    tensorfile::SafetensorsWriter writer;
    writer.add<float>("vectors", {vectors.rows, vectors.cols}, vectors.values);
    writer.add<std::int64_t>("documents", {vectors.rows}, keys);
    return writer.write(path);
}

Result<StoredVectors> readVectors(const fs::path& path) {
    ESPALIER_ASSIGN(const auto tensors, tensorfile::SafetensorsFile::open(path));
    const auto* info = tensors.find("vectors");
    if (info == nullptr || info->shape.size() != 2) return corrupt(path, "it holds no vectors");
    StoredVectors stored;
    stored.vectors.rows = info->shape[0];
    stored.vectors.cols = info->shape[1];
    ESPALIER_ASSIGN(stored.vectors.values, tensors.copy<float>("vectors"));
    ESPALIER_ASSIGN(const auto keys, tensors.copy<std::int64_t>("documents"));
    if (static_cast<std::int64_t>(keys.size()) != stored.vectors.rows)
        return corrupt(path, "documents and vectors differ in number");
    for (const std::int64_t key : keys) stored.documents.push_back(DocumentKey{key});
    return stored;
}

const char* proposalKindName(ProposalKind kind) noexcept {
    return kind == ProposalKind::Split ? "split" : "refit";
}

namespace {
Json toJson(const ProposedLabel& label) {
    Json terms = Json::array();
    for (const auto& term : label.terms) terms.push_back({term.text, term.weight});
    Json typical = Json::array();
    for (const DocumentKey key : label.typical) typical.push_back(key.value);
    return {{"parent", label.parent},
            {"label", label.label.value},
            {"name", label.name},
            {"terms", std::move(terms)},
            {"stop_reason", label.stopReason},
            {"stability", parsedOr(label.stability, Json::array())},
            {"typical", std::move(typical)}};
}

ProposedLabel readProposedLabel(const Json& json) {
    ProposedLabel label;
    label.parent = json.at("parent").get<int>();
    label.label = LabelId{json.at("label").get<std::int64_t>()};
    label.name = json.at("name").get<std::string>();
    for (const Json& term : json.at("terms"))
        label.terms.push_back({term.at(0).get<std::string>(), term.at(1).get<double>()});
    label.stopReason = json.at("stop_reason").get<std::string>();
    label.stability = json.at("stability").dump();
    for (const Json& key : json.at("typical")) label.typical.push_back(DocumentKey{key.get<std::int64_t>()});
    return label;
}

/// Whether places, ids and numbers agree with each other; what they mean in the tree is checked when it is adopted.
Status checkProposal(const fs::path& file, const Proposal& proposal) {
    const auto size = proposal.labels.size();
    if (size == 0 || proposal.labels.front().parent != -1 || !proposal.labels.front().label)
        return corrupt(file, "it names no label");
    std::unordered_set<std::int64_t> seen;
    for (std::size_t i = 0; i < size; ++i) {
        const ProposedLabel& label = proposal.labels[i];
        if (i > 0 && (label.parent < 0 || static_cast<std::size_t>(label.parent) >= i))
            return corrupt(file, "a label comes before its parent");
        if (label.name.empty()) return corrupt(file, "a label has no name");
        if (label.label && !seen.insert(label.label.value).second) return corrupt(file, "a label is named twice");
    }
    for (const RemovedLabel& removed : proposal.removed) {
        if (!removed.label || !seen.insert(removed.label.value).second) return corrupt(file, "a label is named twice");
    }
    for (const RemovedLabel& removed : proposal.removed) {
        if (!removed.to) return corrupt(file, "a label leaves for nowhere");
    }
    for (const std::int64_t place : proposal.resting.at) {
        if (place < 0 || static_cast<std::size_t>(place) >= size)
            return corrupt(file, "mass goes to a label that is not there");
    }
    for (const std::int64_t place : proposal.resting.fitAt) {
        if (place < 0 || static_cast<std::size_t>(place) >= size)
            return corrupt(file, "a fit residual is of a label that is not there");
    }
    for (const int place : proposal.nodeLabel) {
        if (place < 0 || static_cast<std::size_t>(place) >= size)
            return corrupt(file, "its factors name a label that is not there");
    }
    for (std::size_t i = 0; i + 1 < proposal.sources.size(); ++i) {
        if (!(proposal.sources[i] < proposal.sources[i + 1])) return corrupt(file, "its sources are not in order");
    }
    return {};
}
}  // namespace

Status writeProposal(const fs::path& folder, const Proposal& proposal) {
    ESPALIER_TRY(writeResting(folder, proposal.resting));
    Json labels = Json::array(), removed = Json::array(), sources = Json::array();
    for (const auto& label : proposal.labels) labels.push_back(toJson(label));
    for (const auto& one : proposal.removed) removed.push_back({one.label.value, one.to.value});
    for (const LabelId source : proposal.sources) sources.push_back(source.value);
    return writeJson(folder,
                     {{"from_revision", proposal.fromRevision},
                      {"options", parsedOr(proposal.options, Json::object())},
                      {"labels", std::move(labels)},
                      {"removed", std::move(removed)},
                      {"sources", std::move(sources)},
                      {"factors_file", proposal.factorsFile},
                      {"node_label", proposal.nodeLabel},
                      {"why", proposal.why},
                      {"seconds", proposal.seconds}},
                     proposalKindName(proposal.kind));
}

Result<Proposal> readProposal(const fs::path& folder) {
    ESPALIER_ASSIGN(const std::string kind, resultKind(folder));
    if (kind != "split" && kind != "refit") return corrupt(folder / kResultName, "it is no proposal");
    ESPALIER_ASSIGN(auto proposal, decoded<Proposal>(folder, kind.c_str(), [&kind](const Json& json) {
                        Proposal read;
                        read.kind = kind == "split" ? ProposalKind::Split : ProposalKind::Refit;
                        read.fromRevision = json.at("from_revision").get<std::int64_t>();
                        read.options = json.at("options").dump();
                        for (const Json& label : json.at("labels")) read.labels.push_back(readProposedLabel(label));
                        for (const Json& one : json.at("removed"))
                            read.removed.push_back(
                                {LabelId{one.at(0).get<std::int64_t>()}, LabelId{one.at(1).get<std::int64_t>()}});
                        for (const Json& source : json.at("sources"))
                            read.sources.push_back(LabelId{source.get<std::int64_t>()});
                        read.factorsFile = json.at("factors_file").get<std::string>();
                        read.nodeLabel = json.at("node_label").get<std::vector<int>>();
                        read.why = json.at("why").get<std::string>();
                        read.seconds = json.at("seconds").get<double>();
                        return read;
                    }));
    ESPALIER_ASSIGN(proposal.resting, readResting(folder));
    ESPALIER_TRY(checkProposal(folder / kResultName, proposal));
    return proposal;
}

Result<std::string> resultKind(const fs::path& folder) {
    ESPALIER_ASSIGN(const Json json, readJson(folder));
    const auto kind = json.find("kind");
    if (kind == json.end() || !kind->is_string()) return corrupt(folder / kResultName, "it names no kind");
    return kind->get<std::string>();
}

}  // namespace espalier::project
