// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/index/faiss_file.h"
#include "core/nn/device.h"
#include "core/nn/encoder.h"
#include "core/pipeline/corpus_rows.h"
#include "core/pipeline/detail/jobs.h"
#include "core/pipeline/model_lookup.h"
#include "core/project/project.h"
#include "core/tensorfile/npy.h"

namespace espalier::pipeline::detail {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {
Error taken(const fs::path& path) {
    return makeError(ErrorCode::AlreadyExists, path.string() + " exists; choose another path, or --force to replace it",
                     path.string());
}
bool isThere(const fs::path& path) {
    std::error_code code;
    return fs::exists(fs::symlink_status(path, code));
}

Status exportEncoder(project::Project& project, const std::string& name, const fs::path& out, bool force,
                     jobs::JobContext& context) {
    std::string wanted = name;
    if (wanted.empty()) {
        const auto inUse = project.model("");
        if (!inUse) return makeError(ErrorCode::InvalidState, "no model is embedded yet; name one with --model");
        wanted = inUse->name;
    }
    if (wanted == kTfidfModel) {
        return makeError(
            ErrorCode::InvalidState,
            "word-based vectors are no encoder; export --what embeddings instead, or name an encoder with --model");
    }
    ESPALIER_ASSIGN(const EmbeddingModel model, findEmbeddingModel(project, wanted));
    context.progress("load model", 0, 0);
    ESPALIER_ASSIGN(const nn::Device device, nn::chooseDevice("cpu"));
    ESPALIER_ASSIGN(const auto encoder, nn::Encoder::load(model.folder, device));
    // A replaced folder stays until the new one is whole.
    fs::path target = out;
    if (force && isThere(out)) target += ".new";
    std::error_code code;
    if (target != out) fs::remove_all(target, code);
    context.progress("save model", 0, 0);
    ESPALIER_TRY(encoder->save(target));
    if (target == out) return {};
    fs::remove_all(out, code);
    fs::rename(target, out, code);
    if (code) return makeError(ErrorCode::Io, "cannot replace " + out.string() + ": " + code.message(), out.string());
    return {};
}

/// Rows of the vectors in ascending order of document id bytes, and the ids.
struct OrderedVectors {
    index::VectorIndex vectors;
    std::vector<std::int64_t> rowAt;
    std::vector<std::string> ids;
};

Result<OrderedVectors> orderedVectors(project::Project& project, const std::string& model) {
    ESPALIER_ASSIGN(const auto info, findVectors(project, model));
    ESPALIER_ASSIGN(const CorpusRows rows, CorpusRows::read(project));
    ESPALIER_ASSIGN(auto vectors, vectorIndex(info, rows));
    OrderedVectors ordered{std::move(vectors), {}, {}};
    for (std::size_t r = 0; r < rows.keys.size(); ++r) {
        const std::int64_t row = ordered.vectors.rowOf(rows.keys[r]);
        if (row < 0) continue;  // imported after the embed
        ordered.rowAt.push_back(row);
        ordered.ids.push_back(rows.ids[r]);
    }
    return ordered;
}

Status writeIds(const fs::path& path, const std::vector<std::string>& ids) {
    std::string lines;
    for (const std::string& id : ids) lines += json(id).dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    return writeFileAtomically(path, lines);
}

fs::path idsFile(const fs::path& out) {
    return fs::path(out).concat(".ids.txt");
}
}  // namespace

Result<json> runExport(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    const std::string what = options.choice("what", "", {"model", "embeddings", "index"});
    const std::string model = options.text("model");
    const std::string outText = options.text("out");
    const bool force = options.flag("force");
    (void)options.threads();
    (void)options.device();
    (void)options.seed();
    ESPALIER_TRY(options.finish());
    if (outText.empty()) return makeError(ErrorCode::InvalidArgument, "--out is needed: where to write");
    const fs::path out = fs::absolute(outText).lexically_normal();
    if (!force && isThere(out)) return taken(out);
    if (!force && what != "model" && isThere(idsFile(out))) return taken(idsFile(out));
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    if (what == "model") {
        ESPALIER_TRY(exportEncoder(*project, model, out, force, context));
        return json{{"files", json::array({out.string()})}};
    }
    ESPALIER_ASSIGN(const OrderedVectors ordered, orderedVectors(*project, model));
    const auto count = static_cast<std::int64_t>(ordered.rowAt.size());
    if (what == "embeddings") {
        const auto row = [&](std::int64_t r) -> Result<std::span<const float>> {
            ESPALIER_TRY(context.checkStop());
            context.progress("write", r + 1, count);
            return ordered.vectors.vector(ordered.rowAt[static_cast<std::size_t>(r)]);
        };
        ESPALIER_TRY(tensorfile::writeNpy(out, count, ordered.vectors.dim(), row));
    } else {
        std::vector<float> values;
        values.reserve(static_cast<std::size_t>(count * ordered.vectors.dim()));
        for (const std::int64_t row : ordered.rowAt) {
            const auto vector = ordered.vectors.vector(row);
            values.insert(values.end(), vector.begin(), vector.end());
        }
        ESPALIER_TRY(index::writeFaissIndex(out, values, ordered.vectors.dim()));
    }
    ESPALIER_TRY(writeIds(idsFile(out), ordered.ids));
    return json{{"files", json::array({out.string(), idsFile(out).string()})}};
}

}  // namespace espalier::pipeline::detail
