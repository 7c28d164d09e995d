// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_map>

#include "core/base/sha256.h"
#include "core/nn/model_folder.h"
#include "core/pipeline/detail/jobs.h"
#include "core/pipeline/model_lookup.h"
#include "core/pipeline/partial_vectors.h"
#include "core/pipeline/text_encoder.h"
#include "core/project/job_results.h"
#include "core/project/project.h"
#include "core/text/document.h"

namespace espalier::pipeline::detail {
using nlohmann::json;

namespace {
constexpr const char* kWordModelFolder = "tfidf";
constexpr std::size_t kChunkBytes = 40000;  // about one batch of the encoder: a stop and a progress event a batch

struct Corpus {
    std::vector<DocumentKey> keys;
    std::vector<std::string> hashes;
    std::vector<std::string> texts;
};

/// Every document with its input string, along the hard paths of the tree, depth first; inside a label by id. So a
/// branch is few stretches of rows until edits move it.
Result<Corpus> readCorpus(project::Project& project, jobs::JobContext& context) {
    ESPALIER_ASSIGN(const auto snapshot, project.tree());
    ESPALIER_ASSIGN(const auto hard, project.hardLabels());
    std::unordered_map<LabelId, std::size_t> placeOfLabel;
    for (const LabelId label : snapshot->tree.depthFirst()) placeOfLabel.emplace(label, placeOfLabel.size());
    std::unordered_map<DocumentKey, std::size_t> placeOfKey;
    for (const auto& [key, label] : hard) {
        const auto found = placeOfLabel.find(label);
        placeOfKey[key] = found == placeOfLabel.end() ? placeOfLabel.size() : found->second;
    }
    Corpus byId;
    const auto read = [&](DocumentKey key, const text::Document& document, const std::string& hash) -> Status {
        ESPALIER_TRY(context.checkStop());
        byId.keys.push_back(key);
        byId.hashes.push_back(hash);
        byId.texts.push_back(text::inputString(document));
        return {};
    };
    ESPALIER_TRY(project.forEachDocument(read));
    std::vector<std::size_t> order(byId.keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return placeOfKey[byId.keys[a]] < placeOfKey[byId.keys[b]]; });
    Corpus corpus;
    for (const std::size_t from : order) {
        corpus.keys.push_back(byId.keys[from]);
        corpus.hashes.push_back(std::move(byId.hashes[from]));
        corpus.texts.push_back(std::move(byId.texts[from]));
    }
    return corpus;
}

/// Rows to compute in chunks of about one batch, texts of like length together; the chunks in a scattered order, so
/// that the rate and the time left mean something from the beginning.
std::vector<std::vector<std::size_t>> chunks(const Corpus& corpus, std::vector<std::size_t> rows, int maxTokens) {
    // A token is at least one byte and mostly four or five: beyond that a text is cut anyway.
    const std::size_t longest = static_cast<std::size_t>(maxTokens) * 5;
    const auto cost = [&](std::size_t row) { return std::min(corpus.texts[row].size(), longest) + 16; };
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return cost(a) < cost(b); });
    std::vector<std::vector<std::size_t>> sorted(1);
    std::size_t filled = 0;
    for (const std::size_t row : rows) {
        if (filled > 0 && filled + cost(row) > kChunkBytes) {
            sorted.emplace_back();
            filled = 0;
        }
        sorted.back().push_back(row);
        filled += cost(row);
    }
    std::size_t stride = static_cast<std::size_t>(0.618 * static_cast<double>(sorted.size())) + 1;
    while (std::gcd(stride, sorted.size()) != 1) ++stride;
    std::vector<std::vector<std::size_t>> scattered;
    for (std::size_t i = 0; i < sorted.size(); ++i) scattered.push_back(std::move(sorted[i * stride % sorted.size()]));
    return scattered;
}

/// Rows that the project already has of this very encoder; texts of a document never change.
Status reuseStored(project::Project& project, const EmbeddingModel& model, const Corpus& corpus, DenseRows& vectors,
                   std::vector<char>& known) {
    ESPALIER_ASSIGN(const auto models, project.models());
    for (const auto& stored : models) {
        if (stored.name != model.name || stored.vectorsFile.empty() || stored.folder.empty() ||
            stored.dim != vectors.cols)
            continue;
        const auto identity = nn::modelFolderHash(stored.folder);
        if (!identity || *identity != model.identity) continue;
        const auto rows = project::readVectors(stored.vectorsFile);
        if (!rows) continue;  // damaged: computed again
        std::unordered_map<DocumentKey, std::int64_t> rowOf;
        for (std::size_t r = 0; r < rows->documents.size(); ++r)
            rowOf.emplace(rows->documents[r], static_cast<std::int64_t>(r));
        for (std::size_t r = 0; r < corpus.keys.size(); ++r) {
            const auto found = rowOf.find(corpus.keys[r]);
            if (found == rowOf.end()) continue;
            const auto from = rows->vectors.row(found->second);
            std::copy(from.begin(), from.end(), vectors.row(static_cast<std::int64_t>(r)).begin());
            known[r] = 1;
        }
    }
    return {};
}

struct Embedded {
    DenseRows vectors;
    std::int64_t computed = 0;
    double seconds = 0;  ///< of computing alone
    std::string device, precision;
    std::string sha256;
    std::unique_ptr<PartialVectors> partial;  ///< removed once the result is written
};

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

struct EmbedOptions {
    std::string model, device;
    int threads = 0;
    std::uint64_t seed = 42;
    bool link = false;
};

Result<Embedded> embedWithEncoder(project::Project& project, const EmbeddingModel& model, const EmbedOptions& options,
                                  const Corpus& corpus, jobs::JobContext& context) {
    context.progress("load model", 0, 0);
    ESPALIER_ASSIGN(const auto description, nn::readModelFolder(model.folder));
    ESPALIER_ASSIGN(const auto encoder, openSentenceEncoder(model.folder, options.device, options.threads));
    Embedded result;
    result.device = encoder->device();
    result.precision = encoder->precision();
    ESPALIER_ASSIGN(result.sha256, sha256OfFile(description.weights));
    const auto n = static_cast<std::int64_t>(corpus.texts.size());
    result.vectors = {n, encoder->dim(), std::vector<float>(static_cast<std::size_t>(n * encoder->dim()))};
    std::vector<char> known(corpus.texts.size(), 0);
    ESPALIER_TRY(reuseStored(project, model, corpus, result.vectors, known));
    ESPALIER_ASSIGN(auto partial, PartialVectors::open(project.folder() / "cache", model.identity, encoder->dim()));
    std::vector<std::size_t> missing;
    for (std::size_t r = 0; r < corpus.texts.size(); ++r) {
        if (known[r] != 0) continue;
        if (const float* row = partial->find(corpus.hashes[r])) {
            std::copy_n(row, encoder->dim(), result.vectors.row(static_cast<std::int64_t>(r)).begin());
        } else {
            missing.push_back(r);
        }
    }
    std::int64_t done = n - static_cast<std::int64_t>(missing.size());
    context.progress("embed", done, n);
    const auto begin = Clock::now();
    if (!missing.empty()) {
        for (const auto& chunk : chunks(corpus, std::move(missing), description.maxLength)) {
            std::vector<std::string> texts;
            for (const std::size_t row : chunk) texts.push_back(corpus.texts[row]);
            ESPALIER_ASSIGN(const DenseRows rows, encoder->encode(texts, context));
            for (std::size_t i = 0; i < chunk.size(); ++i) {
                const auto from = rows.row(static_cast<std::int64_t>(i));
                std::copy(from.begin(), from.end(), result.vectors.row(static_cast<std::int64_t>(chunk[i])).begin());
                ESPALIER_TRY(partial->add(corpus.hashes[chunk[i]], from));
            }
            ESPALIER_TRY(partial->flush());
            done += static_cast<std::int64_t>(chunk.size());
            result.computed += static_cast<std::int64_t>(chunk.size());
            context.progress("embed", done, n);
            ESPALIER_TRY(context.checkStop());
        }
    }
    result.seconds = secondsSince(begin);
    result.partial = std::move(partial);
    return result;
}

Result<Embedded> embedWithWords(const JobRequest& request, const EmbedOptions& options, const Corpus& corpus,
                                jobs::JobContext& context) {
    const auto begin = Clock::now();
    // Canonical order for the fit, so that the vectors do not depend on the order of import or on the tree.
    std::vector<std::size_t> order(corpus.texts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return corpus.hashes[a] < corpus.hashes[b]; });
    const auto source = [&](const std::function<void(std::string_view)>& visit) -> Status {
        for (const std::size_t row : order) {
            ESPALIER_TRY(context.checkStop());
            visit(corpus.texts[row]);
        }
        return {};
    };
    ESPALIER_ASSIGN(text::TfidfModel::Fit fit, text::TfidfModel::fitCounts(source, {}, context));
    context.progress("word vectors", 0, 0);
    ESPALIER_ASSIGN(const auto words,
                    WordVectors::fit(std::move(fit.model), fit.counts, options.seed, options.threads));
    const DenseRows canonical = words->project(fit.counts);
    Embedded result;
    result.vectors = {canonical.rows, canonical.cols, std::vector<float>(canonical.values.size())};
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto from = canonical.row(static_cast<std::int64_t>(i));
        std::copy(from.begin(), from.end(), result.vectors.row(static_cast<std::int64_t>(order[i])).begin());
    }
    const auto folder = request.folder / kWordModelFolder;
    std::filesystem::create_directories(folder);
    ESPALIER_TRY(words->save(folder));
    result.sha256 = words->sha256();
    result.device = words->device();
    result.precision = words->precision();
    result.computed = canonical.rows;
    result.seconds = secondsSince(begin);
    return result;
}
}  // namespace

Result<json> runEmbed(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    EmbedOptions embed;
    embed.model = options.text("model");
    embed.link = options.flag("link");
    (void)options.choice("precision", "auto", {"auto", "fp32"});  // every encoder computes in fp32 so far
    embed.threads = options.threads();
    embed.device = options.device();
    embed.seed = options.seed();
    ESPALIER_TRY(options.finish());
    if (embed.model.empty())
        return makeError(ErrorCode::InvalidArgument,
                         "--model is needed: tfidf, base, a run, or the folder of an encoder");
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    project::EmbedResult result;
    ESPALIER_ASSIGN(result.fromRevision, project->revision());
    ESPALIER_ASSIGN(const EmbeddingModel model, findEmbeddingModel(*project, embed.model));
    ESPALIER_ASSIGN(const Corpus corpus, readCorpus(*project, context));
    if (corpus.keys.empty())
        return makeError(ErrorCode::InvalidState, "this project has no documents yet; import some first");
    const bool byWords = model.name == kTfidfModel;
    auto computed = byWords ? embedWithWords(request, embed, corpus, context)
                            : embedWithEncoder(*project, model, embed, corpus, context);
    if (!computed) {
        Error error = std::move(computed).error();
        if (error.code == ErrorCode::Cancelled) {
            error.message = byWords ? "embed was stopped; nothing was changed"
                                    : "embed was stopped; what it has is kept, and the same command goes on from there";
        }
        return error;
    }
    const Embedded embedded = std::move(computed).value();

    result.model = model.name;
    result.kind = byWords ? kTfidfModel : "encoder";
    result.modelFolder = byWords ? std::string(kWordModelFolder) : model.folder.string();
    result.modelSha256 = embedded.sha256;
    result.link = embed.link;
    result.dim = embedded.vectors.cols;
    result.device = embedded.device;
    result.precision = embedded.precision;
    result.seconds = embedded.seconds;
    ESPALIER_TRY(project::writeVectors(request.folder / result.vectorsFile, corpus.keys, embedded.vectors));
    ESPALIER_TRY(project::writeEmbedResult(request.folder, result));
    if (embedded.partial) embedded.partial->remove();
    json rate;
    if (embedded.computed > 0 && embedded.seconds > 0) rate = static_cast<double>(embedded.computed) / embedded.seconds;
    return json{{"model", result.model},           {"dim", result.dim},
                {"documents", corpus.keys.size()}, {"seconds", context.secondsSinceStart()},
                {"docs_per_second", rate},         {"device", result.device},
                {"precision", result.precision}};
}

}  // namespace espalier::pipeline::detail
