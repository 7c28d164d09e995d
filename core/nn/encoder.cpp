// SPDX-License-Identifier: Apache-2.0
#include "core/nn/encoder.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <system_error>
#include <thread>

#include "core/base/platform.h"
#include "core/nn/detail/bert.h"
#include "core/nn/detail/guard.h"
#include "core/nn/model_folder.h"
#include "core/text/wordpiece_tokenizer.h"

namespace espalier::nn {
namespace {

constexpr std::int64_t kSmallestBatch = 512;  ///< tokens; below this the layers' fixed cost shows
constexpr std::int64_t kBatchesAtLeast = 16;  ///< wanted, so that many threads share a small job
constexpr auto kPollInterval = std::chrono::milliseconds(50);
constexpr float kSmallestNorm = 1e-12F;

using Ids = std::vector<std::int32_t>;

/// Texts of one forward pass: positions in the order by length.
struct Slice {
    std::size_t first = 0;
    std::size_t last = 0;
};

/// The budget depends on the texts alone, never on the threads: so batches and vectors are the same for any number.
std::vector<Slice> cut(const std::vector<Ids>& ids, const std::vector<std::size_t>& order, int tokensPerBatch) {
    std::int64_t total = 0;
    for (const Ids& text : ids) total += static_cast<std::int64_t>(text.size());
    const std::int64_t budget = std::clamp<std::int64_t>(
        total / kBatchesAtLeast, std::min<std::int64_t>(kSmallestBatch, tokensPerBatch), std::max(1, tokensPerBatch));
    std::vector<Slice> slices;
    std::int64_t tokens = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto length = static_cast<std::int64_t>(ids[order[i]].size());
        if (slices.empty() || tokens + length > budget) {
            slices.push_back({i, i});
            tokens = 0;
        }
        slices.back().last = i + 1;
        tokens += length;
    }
    return slices;
}

/// What the calling thread and the computing threads tell each other.
struct Shared {
    std::atomic<std::size_t> nextSlice{0};
    std::atomic<std::int64_t> done{0};
    std::atomic<bool> stop{false};
    std::mutex mutex;  // guards the rest
    std::condition_variable changed;
    bool paused = false;
    int running = 0;
    std::optional<Error> failed;
};

}  // namespace

struct Encoder::State {
    State(ModelDescription modelDescription, text::WordPieceTokenizer wordPieces, detail::BertModel bert, Device where)
        : description(std::move(modelDescription)),
          tokenizer(std::move(wordPieces)),
          model(std::move(bert)),
          device(std::move(where)),
          torchDevice(device.name) {}

    ModelDescription description;
    text::WordPieceTokenizer tokenizer;
    detail::BertModel model;
    Device device;
    torch::Device torchDevice;
    EncoderInfo info;

    Result<std::vector<Ids>> tokenize(const std::vector<std::string>& texts, jobs::JobContext& context) const;
    Status encodeSlice(const std::vector<Ids>& ids, std::span<const std::size_t> texts, DenseRows& to);
    Status run(const std::vector<Ids>& ids, const std::vector<std::size_t>& order, const std::vector<Slice>& slices,
               const EncodeOptions& options, DenseRows& to, jobs::JobContext& context);
};

Result<std::vector<Ids>> Encoder::State::tokenize(const std::vector<std::string>& texts,
                                                  jobs::JobContext& context) const {
    constexpr std::size_t kTextsBetweenPolls = 64;
    std::vector<Ids> ids;
    ids.reserve(texts.size());
    for (const std::string& text : texts) {
        if (ids.size() % kTextsBetweenPolls == 0) ESPALIER_TRY(context.checkStop());
        ids.push_back(description.prompt.empty() ? tokenizer.encode(text, info.maxLength).ids
                                                 : tokenizer.encode(description.prompt + text, info.maxLength).ids);
        // A tokenizer without special tokens may find nothing in a text: the model needs one token.
        if (ids.back().empty()) ids.back().push_back(tokenizer.padId());
        for (const std::int32_t id : ids.back()) {
            if (id < 0 || id >= description.bert.vocabulary) {
                return makeError(ErrorCode::Corrupt,
                                 "the tokenizer in " + description.transformerFolder.string() + " knows token " +
                                     std::to_string(id) + ", the model only " +
                                     std::to_string(description.bert.vocabulary),
                                 description.transformerFolder.string());
            }
        }
    }
    return ids;
}

/// One forward pass; when memory does not suffice, in two halves.
Status Encoder::State::encodeSlice(const std::vector<Ids>& ids, std::span<const std::size_t> texts, DenseRows& to) {
    Status outcome = detail::guarded("encode", [&]() -> Status {
        std::vector<std::span<const std::int32_t>> sequences;
        sequences.reserve(texts.size());
        for (const std::size_t text : texts) sequences.emplace_back(ids[text]);
        const detail::TokenBatch batch = detail::packTokens(sequences, torchDevice);
        const torch::Tensor vectors = model->forward(batch, false).to(torch::kCPU).contiguous();
        const float* from = vectors.const_data_ptr<float>();
        for (const std::size_t text : texts) {
            const std::span<float> row = to.row(static_cast<std::int64_t>(text));
            float squares = 0.0F;
            for (std::size_t i = 0; i < row.size(); ++i) squares += from[i] * from[i];
            if (!std::isfinite(squares)) {
                return makeError(ErrorCode::Numerical, "the vector of text " + std::to_string(text + 1) +
                                                           " is not finite: the model in " +
                                                           description.folder.string() + " seems to be broken");
            }
            const float scale = info.normalize ? 1.0F / std::max(std::sqrt(squares), kSmallestNorm) : 1.0F;
            for (std::size_t i = 0; i < row.size(); ++i) row[i] = from[i] * scale;
            from += row.size();
        }
        return {};
    });
    if (outcome || outcome.error().code != ErrorCode::OutOfMemory || texts.size() < 2) return outcome;
    ESPALIER_TRY(encodeSlice(ids, texts.first(texts.size() / 2), to));
    return encodeSlice(ids, texts.subspan(texts.size() / 2), to);
}

/// Each thread takes whole batches and computes them alone: no waiting for each other inside a layer, and the same
/// arithmetic for any number of threads. The caller's thread watches the job.
Status Encoder::State::run(const std::vector<Ids>& ids, const std::vector<std::size_t>& order,
                           const std::vector<Slice>& slices, const EncodeOptions& options, DenseRows& to,
                           jobs::JobContext& context) {
    Shared shared;
    const auto work = [&] {
        const torch::NoGradGuard noGradients;
        while (!shared.stop) {
            {
                std::unique_lock<std::mutex> lock(shared.mutex);
                shared.changed.wait(lock, [&] { return !shared.paused || shared.stop; });
            }
            const std::size_t slice = shared.nextSlice++;
            if (shared.stop || slice >= slices.size()) break;
            const std::span<const std::size_t> texts = std::span<const std::size_t>(order).subspan(
                slices[slice].first, slices[slice].last - slices[slice].first);
            Status outcome = encodeSlice(ids, texts, to);
            const std::lock_guard<std::mutex> lock(shared.mutex);
            if (!outcome) {
                if (!shared.failed) shared.failed = std::move(outcome).error();
                shared.stop = true;
            }
            shared.done += static_cast<std::int64_t>(texts.size());
            shared.changed.notify_all();
        }
        const std::lock_guard<std::mutex> lock(shared.mutex);
        --shared.running;
        shared.changed.notify_all();
    };

    const int wanted = torchDevice.is_cpu() ? (options.threads > 0 ? options.threads : platform::processorCount()) : 1;
    const int count = std::max(1, std::min(wanted, static_cast<int>(std::min<std::size_t>(slices.size(), 1024))));
    const int before = at::get_num_threads();
    shared.running = count;
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    try {
        for (int i = 0; i < count; ++i) {
            threads.emplace_back([&] {
                at::set_num_threads(1);
                work();
            });
        }
    } catch (const std::system_error&) {  // no more threads to be had: those that started do it all
        const std::lock_guard<std::mutex> lock(shared.mutex);
        shared.running = static_cast<int>(threads.size());
        if (threads.empty()) return makeError(ErrorCode::OutOfMemory, "cannot start a thread");
    }
    const auto total = static_cast<std::int64_t>(order.size());
    bool stopped = false;
    for (std::unique_lock<std::mutex> lock(shared.mutex); shared.running > 0;) {
        shared.changed.wait_for(lock, kPollInterval);
        shared.paused = context.control() == jobs::Control::Pause;
        lock.unlock();
        if (context.shouldStop()) {  // waits here while the job is paused
            stopped = true;
            shared.stop = true;
        } else if (!options.phase.empty()) {
            context.progress(options.phase, shared.done, total);
        }
        lock.lock();
        shared.paused = false;
        shared.changed.notify_all();
    }
    for (std::thread& thread : threads) thread.join();
    at::set_num_threads(before);
    if (shared.failed) return std::move(*shared.failed);
    if (stopped && shared.done < total) return makeError(ErrorCode::Cancelled, "stopped");
    if (!options.phase.empty()) context.progress(options.phase, total, total);
    return {};
}

Encoder::Encoder(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Encoder::~Encoder() = default;

Result<std::unique_ptr<Encoder>> Encoder::load(const std::filesystem::path& folder, const Device& device) {
    return detail::guarded("load the encoder", [&]() -> Result<std::unique_ptr<Encoder>> {
        ESPALIER_ASSIGN(ModelDescription description, readModelFolder(folder));
        ESPALIER_ASSIGN(text::WordPieceTokenizer tokenizer,
                        text::WordPieceTokenizer::load(description.transformerFolder));
        ESPALIER_ASSIGN(detail::BertModel model, detail::loadBert(description, torch::Device(device.name)));
        model->freeze();
        EncoderInfo info;
        info.family = description.family;
        info.pooling = poolingName(description.pooling);
        info.dim = description.bert.hidden;
        info.maxLength = description.maxLength;
        info.layers = description.bert.layers;
        info.vocabulary = description.bert.vocabulary;
        info.normalize = description.normalize;
        for (const torch::Tensor& parameter : model->parameters()) info.parameters += parameter.numel();
        ESPALIER_ASSIGN(info.sha256, modelFolderHash(folder));
        auto state = std::make_unique<State>(std::move(description), std::move(tokenizer), std::move(model), device);
        state->info = std::move(info);
        return std::unique_ptr<Encoder>(new Encoder(std::move(state)));
    });
}

const EncoderInfo& Encoder::info() const noexcept {
    return m_state->info;
}
const Device& Encoder::device() const noexcept {
    return m_state->device;
}

Result<DenseRows> Encoder::encode(const std::vector<std::string>& texts, const EncodeOptions& options,
                                  jobs::JobContext& context) {
    return detail::guarded("encode", [&]() -> Result<DenseRows> {
        DenseRows rows;
        rows.rows = static_cast<std::int64_t>(texts.size());
        rows.cols = m_state->info.dim;
        rows.values.resize(texts.size() * static_cast<std::size_t>(rows.cols));
        if (texts.empty()) return rows;
        ESPALIER_ASSIGN(const std::vector<Ids> ids, m_state->tokenize(texts, context));
        std::vector<std::size_t> order(texts.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return ids[a].size() > ids[b].size(); });
        ESPALIER_TRY(m_state->run(ids, order, cut(ids, order, options.tokensPerBatch), options, rows, context));
        return rows;
    });
}

Status Encoder::save(const std::filesystem::path& folder) const {
    return detail::saveModelFolder(m_state->model, m_state->description, folder);
}

}  // namespace espalier::nn
