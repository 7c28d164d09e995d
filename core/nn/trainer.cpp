// SPDX-License-Identifier: Apache-2.0
#include "core/nn/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "core/base/contract.h"
#include "core/jobs/job_context.h"
#include "core/nn/detail/bert.h"
#include "core/nn/detail/parameter_update.h"
#include "core/nn/detail/torch.h"
#include "core/nn/model_folder.h"
#include "core/text/wordpiece_tokenizer.h"

namespace espalier::nn {

namespace {

/// Tokens of a chunk: the longest stretch of work that Stop must wait for, and enough rows to keep the matrix products
/// busy.
constexpr std::int64_t kTokensPerChunk = 2048;

struct LabelPaths {
    std::vector<std::vector<std::int64_t>> paths;
    int levels = 0;
};

Error invalid(const std::string& what) {
    return makeError(ErrorCode::InvalidArgument, what);
}

Status checkOptions(const TrainOptions& o) {
    const auto positive = [](double value) { return std::isfinite(value) && value > 0; };
    if (o.batch < 4) return invalid("a batch needs at least 4 documents: --batch is " + std::to_string(o.batch));
    if (o.batch > 65536) return invalid("a batch of more than 65536 documents is not supported");
    if (!positive(o.learningRate) || o.learningRate > 1)
        return invalid("the learning rate must be above 0 and at most 1");
    if (!positive(o.temperature)) return invalid("the temperature (tau) must be above 0");
    if (o.steps < 0) return invalid("the number of steps must not be negative");
    if (o.steps == 0 && (!positive(o.epochs) || o.epochs > 1e6)) return invalid("the number of epochs must be above 0");
    if (o.maxLength < 3) return invalid("the maximum length must be at least 3 tokens");
    if (!(o.dropout >= 0 && o.dropout < 1)) return invalid("dropout must be at least 0 and below 1");
    if (!(o.warmupShare >= 0 && o.warmupShare <= 1)) return invalid("the warm-up is a share from 0 to 1 of all steps");
    if (!(o.weightDecay >= 0 && o.weightDecay <= 1)) return invalid("weight decay must be from 0 to 1");
    if (!(o.clipNorm >= 0) || !std::isfinite(o.clipNorm)) return invalid("the clip norm must not be negative");
    if (o.threads < 0) return invalid("the number of threads must not be negative");
    return {};
}

/// Label paths, their number of levels, and what the user should know about them.
Result<LabelPaths> readPaths(const std::vector<TrainItem>& items, std::vector<std::string>& warnings) {
    LabelPaths out;
    std::int64_t labelled = 0;
    for (const TrainItem& item : items) {
        std::vector<std::int64_t> path = item.labelPath;
        path.erase(std::find(path.begin(), path.end(), -1), path.end());
        out.levels = std::max(out.levels, static_cast<int>(path.size()));
        labelled += path.empty() ? 0 : 1;
        out.paths.push_back(std::move(path));
    }
    if (out.levels == 0)
        return makeError(ErrorCode::InvalidState,
                         "there is nothing to train on: no document has a label below the root. Build the tree first");
    if (labelled < 4)
        return makeError(ErrorCode::InvalidState,
                         "training needs at least 4 documents with a label, here are " + std::to_string(labelled));
    bool fed = false;
    for (int l = 0; l < out.levels; ++l) {
        std::unordered_map<std::int64_t, std::int64_t> sizes;
        for (const auto& path : out.paths)
            if (static_cast<std::size_t>(l) < path.size()) ++sizes[path[static_cast<std::size_t>(l)]];
        fed = fed || std::any_of(sizes.begin(), sizes.end(), [](const auto& entry) { return entry.second > 1; });
        if (sizes.size() == 1)
            warnings.push_back("level " + std::to_string(l) +
                               " has one label only: it can only make all documents more alike");
    }
    if (!fed)
        return makeError(ErrorCode::InvalidState,
                         "no label of any level has two documents, so nothing could be drawn together");
    if (const auto without = static_cast<std::int64_t>(items.size()) - labelled; without > 0)
        warnings.push_back(std::to_string(without) + " documents without a label are left out");
    return out;
}

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Part of a batch that goes through the encoder at once.
struct Chunk {
    std::vector<std::size_t> rows;  // places in the batch
    torch::Tensor embeddings;       // [rows, dim] with its graph
};

}  // namespace

/// Everything that a run is. What a checkpoint must hold besides the weights: the moments and number of updates in
/// `update`, and `sampler`; dropout has no state of its own, it follows from seed, step and chunk.
struct Trainer::State {
    TrainOptions options;
    ModelDescription description;
    text::WordPieceTokenizer tokenizer;
    torch::Device device;
    detail::BertModel model;
    detail::ParameterUpdate update;
    TreeSampler sampler;
    std::vector<TrainItem> items;
    LabelPaths labels;
    HealOptions heal;
    std::vector<std::string> warnings;
    std::int64_t planned = 0;
    int maxLength = 0;
    std::optional<Error> failure;

    std::vector<std::vector<std::int32_t>> tokenize(const std::vector<std::int64_t>& batch) const;
    std::vector<Chunk> chunksOf(const std::vector<std::vector<std::int32_t>>& tokens) const;
    Status forward(std::vector<Chunk>& chunks, const std::vector<std::vector<std::int32_t>>& tokens,
                   std::vector<float>& embeddings, jobs::JobContext& context);
    Status backward(std::vector<Chunk>& chunks, const std::vector<float>& gradient, jobs::JobContext& context);
    Result<StepStats> step(jobs::JobContext& context);
    Status poll(jobs::JobContext& context);
    Error notFinite(const std::string& what);
    double pausedSeconds = 0;  // of the step under way
};

/// Waits here while the job is paused; the wait does not count as work.
Status Trainer::State::poll(jobs::JobContext& context) {
    const auto start = Clock::now();
    Status status = context.checkStop();
    pausedSeconds += secondsSince(start);
    return status;
}

std::vector<std::vector<std::int32_t>> Trainer::State::tokenize(const std::vector<std::int64_t>& batch) const {
    std::vector<std::vector<std::int32_t>> tokens(batch.size());
    at::parallel_for(0, static_cast<std::int64_t>(batch.size()), 1, [&](std::int64_t from, std::int64_t to) {
        for (auto i = static_cast<std::size_t>(from); i < static_cast<std::size_t>(to); ++i) {
            const std::string& text = items[static_cast<std::size_t>(batch[i])].text;
            tokens[i] = tokenizer.encode(description.prompt + text, maxLength).ids;
        }
    });
    return tokens;
}

std::vector<Chunk> Trainer::State::chunksOf(const std::vector<std::vector<std::int32_t>>& tokens) const {
    std::vector<std::size_t> order(tokens.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return tokens[a].size() > tokens[b].size(); });
    std::int64_t total = 0;
    for (const auto& ids : tokens) total += static_cast<std::int64_t>(ids.size());
    const std::int64_t count = (total + kTokensPerChunk - 1) / kTokensPerChunk;
    const std::int64_t share = (total + count - 1) / count;  // chunks of about the same size
    std::vector<Chunk> chunks(1);
    std::int64_t filled = 0;
    for (const std::size_t row : order) {
        if (filled >= share) {
            chunks.emplace_back();
            filled = 0;
        }
        chunks.back().rows.push_back(row);
        filled += static_cast<std::int64_t>(tokens[row].size());
    }
    return chunks;
}

Status Trainer::State::forward(std::vector<Chunk>& chunks, const std::vector<std::vector<std::int32_t>>& tokens,
                               std::vector<float>& embeddings, jobs::JobContext& context) {
    const std::int64_t dim = description.bert.hidden;
    for (std::size_t c = 0; c < chunks.size(); ++c) {
        ESPALIER_TRY(poll(context));
        std::vector<std::span<const std::int32_t>> sequences;
        for (const std::size_t row : chunks[c].rows) sequences.emplace_back(tokens[row]);
        const auto updates = static_cast<std::uint64_t>(update.updates());
        torch::manual_seed(mixSeeds(options.seed, updates, static_cast<std::uint64_t>(c)));
        chunks[c].embeddings = model->forward(detail::packTokens(sequences, device), true);
        const torch::Tensor values = chunks[c].embeddings.detach().to(torch::kCPU, torch::kFloat).contiguous();
        for (std::size_t k = 0; k < chunks[c].rows.size(); ++k)
            std::copy_n(values.const_data_ptr<float>() + static_cast<std::int64_t>(k) * dim, dim,
                        embeddings.begin() + static_cast<std::ptrdiff_t>(chunks[c].rows[k]) * dim);
    }
    return {};
}

Status Trainer::State::backward(std::vector<Chunk>& chunks, const std::vector<float>& gradient,
                                jobs::JobContext& context) {
    const std::int64_t dim = description.bert.hidden;
    for (Chunk& chunk : chunks) {
        ESPALIER_TRY(poll(context));
        torch::Tensor part = torch::empty({static_cast<std::int64_t>(chunk.rows.size()), dim});
        for (std::size_t k = 0; k < chunk.rows.size(); ++k)
            std::copy_n(gradient.begin() + static_cast<std::ptrdiff_t>(chunk.rows[k]) * dim, dim,
                        part.mutable_data_ptr<float>() + static_cast<std::int64_t>(k) * dim);
        torch::autograd::backward({chunk.embeddings}, {part.to(chunk.embeddings.options())});
        chunk.embeddings.reset();  // its graph holds most of the memory of a step
    }
    return {};
}

Error Trainer::State::notFinite(const std::string& what) {
    failure = makeError(ErrorCode::Numerical, what + " in step " + std::to_string(update.updates() + 1) +
                                                  " is not a finite number: training stopped, the model of step " +
                                                  std::to_string(update.updates()) +
                                                  " is kept. A smaller learning rate may help");
    return *failure;
}

Result<StepStats> Trainer::State::step(jobs::JobContext& context) {
    const auto start = Clock::now();
    pausedSeconds = 0;
    if (options.threads > 0 && at::get_num_threads() != options.threads) setThreads(options.threads);
    update.clearGradients();
    TreeSampler drawn = sampler;  // kept only when the step is done
    const std::vector<std::int64_t> batch = drawn.next();
    const auto tokens = tokenize(batch);
    std::vector<Chunk> chunks = chunksOf(tokens);
    const std::int64_t dim = description.bert.hidden;
    std::vector<float> embeddings(batch.size() * static_cast<std::size_t>(dim));
    std::vector<float> gradient(embeddings.size());
    ESPALIER_TRY(forward(chunks, tokens, embeddings, context));

    const BatchLabels batchLevels = batchLabels(labels.paths, batch, labels.levels);
    const auto loss = healLoss<float>(embeddings, dim, batchLevels, heal, gradient);
    if (!loss) return loss.error().code == ErrorCode::Numerical ? notFinite("the loss") : loss.error();
    ESPALIER_TRY(backward(chunks, gradient, context));
    const double norm = update.gradientNorm();
    if (!std::isfinite(norm)) return notFinite("the gradient");

    StepStats stats;
    const auto warmup = static_cast<std::int64_t>(options.warmupShare * static_cast<double>(planned));
    stats.learningRate = options.learningRate * learningRateFactor(update.updates(), warmup, planned);
    update.apply(stats.learningRate, clipScale(norm, options.clipNorm));
    update.clearGradients();
    sampler = std::move(drawn);

    const double seconds = secondsSince(start) - pausedSeconds;
    const auto items_ = static_cast<double>(batch.size());
    stats.step = update.updates();
    stats.steps = planned;
    stats.epoch = sampler.epochs();
    stats.loss = loss->loss;
    stats.floor = loss->floor;
    stats.levels = loss->levels;
    for (const std::int64_t starved : loss->starved) stats.starved.push_back(static_cast<double>(starved) / items_);
    stats.meanCosine = loss->meanCosine;
    stats.gradientNorm = norm;
    stats.documentsPerSecond = items_ / seconds;
    const auto tokenCount = std::accumulate(tokens.begin(), tokens.end(), std::size_t{0},
                                            [](std::size_t sum, const auto& ids) { return sum + ids.size(); });
    stats.tokensPerSecond = static_cast<double>(tokenCount) / seconds;
    return stats;
}

Trainer::Trainer(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Trainer::~Trainer() = default;

namespace {

/// LibTorch reports failed allocations as ordinary errors of its own.
Error fromException(const std::exception& problem, const char* what) {
    const std::string message = problem.what();
    const bool memory = dynamic_cast<const std::bad_alloc*>(&problem) != nullptr ||
                        message.find("allocate memory") != std::string::npos ||
                        message.find("out of memory") != std::string::npos;
    if (memory)
        return makeError(ErrorCode::OutOfMemory, std::string("not enough memory ") + what +
                                                     ": try a smaller batch (--batch) or shorter texts (--max-length)");
    return makeError(ErrorCode::Internal, std::string("LibTorch failed ") + what + ": " + message);
}

}  // namespace

Result<std::unique_ptr<Trainer>> Trainer::create(const std::filesystem::path& folder, std::vector<TrainItem> items,
                                                 const TrainOptions& options, const Device& device) {
    ESPALIER_TRY(checkOptions(options));
    std::vector<std::string> warnings;
    ESPALIER_ASSIGN(LabelPaths labels, readPaths(items, warnings));
    ESPALIER_ASSIGN(std::vector<double> weights, levelWeights(options.schedule, labels.levels));
    ESPALIER_ASSIGN(TreeSampler sampler,
                    TreeSampler::create(labels.paths, BatchShape::forBatch(options.batch), options.seed));
    ESPALIER_ASSIGN(ModelDescription description, readModelFolder(folder));
    ESPALIER_ASSIGN(text::WordPieceTokenizer tokenizer, text::WordPieceTokenizer::load(description.transformerFolder));
    try {
        if (options.threads > 0) setThreads(options.threads);
        const torch::Device torchDevice(device.name);
        ModelDescription training = description;  // dropout is the run's, the folder's stays in its files
        training.bert.hiddenDropout = options.dropout;
        training.bert.attentionDropout = options.dropout;
        ESPALIER_ASSIGN(detail::BertModel model, detail::loadBert(training, torchDevice));
        model->train();
        for (torch::Tensor& parameter : model->parameters()) parameter.set_requires_grad(true);
        detail::ParameterUpdate update(*model, options.weightDecay);
        const std::int64_t planned = options.steps > 0 ? options.steps : sampler.batchesUntil(options.epochs);
        HealOptions heal{std::move(weights), options.temperature, options.levelMean, options.denominator};
        const int maxLength = std::min(options.maxLength, description.maxLength);
        auto state = std::make_unique<State>(State{options, std::move(description), std::move(tokenizer), torchDevice,
                                                   std::move(model), std::move(update), std::move(sampler),
                                                   std::move(items), std::move(labels), std::move(heal),
                                                   std::move(warnings), planned, maxLength, std::nullopt, 0});
        return std::unique_ptr<Trainer>(new Trainer(std::move(state)));
    } catch (const std::exception& problem) {
        return fromException(problem, "to load the encoder for training");
    }
}

const std::vector<std::string>& Trainer::warnings() const noexcept {
    return m_state->warnings;
}
std::int64_t Trainer::plannedSteps() const noexcept {
    return m_state->planned;
}
std::int64_t Trainer::stepsDone() const noexcept {
    return m_state->update.updates();
}
bool Trainer::finished() const noexcept {
    return stepsDone() >= plannedSteps();
}

Result<StepStats> Trainer::step(jobs::JobContext& context) {
    ESPALIER_EXPECTS(!finished()) {
        return makeError(ErrorCode::InvalidState, "the training is finished");
    }
    if (m_state->failure) return *m_state->failure;
    try {
        auto stats = m_state->step(context);
        if (!stats) m_state->update.clearGradients();
        return stats;
    } catch (const std::exception& problem) {
        m_state->update.clearGradients();
        return fromException(problem, "in a training step");
    }
}

Status Trainer::saveModel(const std::filesystem::path& folder) const {
    try {
        return detail::saveModelFolder(m_state->model, m_state->description, folder);
    } catch (const std::exception& problem) {
        return fromException(problem, "to save the model");
    }
}

}  // namespace espalier::nn
