// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/trainer.h
/// Fine-tunes an encoder on the label tree with the HEAL loss, one step at a time: the caller owns the loop, so that it
/// can stop, report and save where it wants.
///
/// A step: batch of the tree sampler; token ids; forward without padding, documents sorted by length and cut into
/// chunks of two thousand tokens; loss and its gradient on the embeddings (core/nn/heal_loss.h); backward chunk by
/// chunk; one clip of the gradient's norm; AdamW (I. Loshchilov, F. Hutter, "Decoupled weight decay regularization",
/// ICLR 2019). Same seed, threads and machine: the same weights bit for bit. Stopping at any step keeps a usable model:
/// saveModel().
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/nn/device.h"
#include "core/nn/heal_loss.h"
#include "core/nn/schedules.h"
#include "core/nn/tree_sampler.h"

namespace espalier::jobs {
class JobContext;
}

namespace espalier::nn {

struct TrainOptions {
    Schedule schedule;  ///< --schedule
    LevelMean levelMean = LevelMean::Fed;
    Denominator denominator = Denominator::All;
    double temperature = 0.07;   ///< --tau, > 0
    double epochs = 1;           ///< --epochs, > 0; see the sampler for what an epoch is
    std::int64_t steps = 0;      ///< --steps; > 0 overrides epochs
    int batch = 64;              ///< --batch, >= 4
    double learningRate = 2e-5;  ///< --lr, > 0, at the end of the warm-up
    double warmupShare = 0.1;    ///< of all steps, rounded down
    double weightDecay = 0.01;   ///< not on biases and LayerNorm
    double clipNorm = 1.0;       ///< largest norm of the whole gradient; 0 = no clipping
    double dropout = 0.1;        ///< in [0, 1), on hidden states and attention
    /// --max-length, tokens a document with [CLS] and [SEP]; what the encoder can take at most if that is less. The
    /// default keeps an epoch over a manual of 1,200 long pages under five minutes on two cores.
    int maxLength = 128;
    std::uint64_t seed = 42;  ///< --seed: batches and dropout
    int threads = 0;          ///< --threads; 0 = as LibTorch is set
};

/// One document to learn from.
struct TrainItem {
    std::string text;                     ///< input string of the encoder
    std::vector<std::int64_t> labelPath;  ///< label ids, coarsest first; see carryForward() for unbalanced trees
};

struct StepStats {
    std::int64_t step = 0;   ///< updates made so far, 1 after the first
    std::int64_t steps = 0;  ///< updates planned
    double epoch = 0;        ///< epochs so far, with fraction
    double loss = 0;
    double floor = 0;             ///< loss - floor is what can still be learnt
    std::vector<double> levels;   ///< unweighted loss per level, coarsest first
    std::vector<double> starved;  ///< share of anchors without a positive per level, 0..1
    double meanCosine = 0;        ///< mean pairwise cosine of the batch: above .95 the space has collapsed
    double gradientNorm = 0;      ///< before clipping
    double learningRate = 0;      ///< used for this update
    double documentsPerSecond = 0;
    double tokensPerSecond = 0;
};

class Trainer {
public:
    /// \param folder  sentence-transformers folder of the encoder to start from; it is only read
    /// \param items   documents; those without a label at level 0 are left out
    /// \retval InvalidArgument  an option out of range
    /// \retval InvalidState     nothing to learn: no level, fewer than 4 labelled documents, or no label of any level
    ///                          with two documents
    /// \retval NotFound, Corrupt, Unsupported  from loading the encoder
    static Result<std::unique_ptr<Trainer>> create(const std::filesystem::path& folder, std::vector<TrainItem> items,
                                                   const TrainOptions& options, const Device& device);
    ~Trainer();
    Trainer(const Trainer&) = delete;
    Trainer& operator=(const Trainer&) = delete;

    /// What the caller should tell the user before the start, e.g. that a level has one label only.
    const std::vector<std::string>& warnings() const noexcept;
    std::int64_t plannedSteps() const noexcept;
    std::int64_t stepsDone() const noexcept;
    bool finished() const noexcept;  ///< all planned steps done

    /// One update; all calls from one thread. Polls `context` a few times a second.
    /// \pre !finished()
    /// \retval Cancelled    the job was stopped inside the step: weights and batches are as before the call
    /// \retval Numerical    loss or gradient is not finite; the message names the step, the weights are the last finite
    ///                      ones and every further call fails in the same way
    /// \retval OutOfMemory  weights as before the call
    Result<StepStats> step(jobs::JobContext& context);

    /// Writes the encoder as it is now as a sentence-transformers folder. May be called after any step or error.
    /// \param folder  must not exist
    Status saveModel(const std::filesystem::path& folder) const;

private:
    struct State;
    explicit Trainer(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::nn
