// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/encoder.h
/// Texts to vectors with a sentence encoder (BERT family) from a folder in sentence-transformers layout.
///
/// Vectors are those of sentence-transformers within 1e-5 in float32. Texts are sorted by length and packed without
/// padding; a vector does not depend on what else is in the batch (within 1e-6), nor on the order of the texts.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/jobs/job_context.h"
#include "core/nn/device.h"

namespace espalier::nn {

struct EncoderInfo {
    std::string family;   ///< "bert"
    std::string pooling;  ///< "mean", "cls" or "max"
    int dim = 0;
    int maxLength = 0;  ///< tokens of a text at most, special ones included
    int layers = 0;
    int vocabulary = 0;
    bool normalize = false;  ///< vectors have length 1
    std::int64_t parameters = 0;
    std::string sha256;  ///< modelFolderHash() of the folder it was loaded from
};

struct EncodeOptions {
    int threads = 0;              ///< 0 = all cores
    int tokensPerBatch = 8192;    ///< upper bound of a batch; Stop is obeyed between batches
    std::string phase = "embed";  ///< name of the progress events; empty: none (a single query)
};

/// One model in memory. One thread at a time.
class Encoder {
public:
    /// Loads and checks everything: shapes, and that every weight is a finite number.
    /// \retval NotFound, Corrupt, Unsupported  as readModelFolder(); the message names the file and the tensor
    /// \retval OutOfMemory
    static Result<std::unique_ptr<Encoder>> load(const std::filesystem::path& folder, const Device& device);
    ~Encoder();
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;

    const EncoderInfo& info() const noexcept;
    const Device& device() const noexcept;

    /// \returns texts.size() rows of info().dim, in the order of the texts
    /// \retval Cancelled    the job was stopped
    /// \retval OutOfMemory  even for a single text
    /// \retval Numerical    a vector that is not finite
    Result<DenseRows> encode(const std::vector<std::string>& texts, const EncodeOptions& options,
                             jobs::JobContext& context);

    /// Writes a complete sentence-transformers folder: weights, configuration, tokenizer, modules, README.md that
    /// states the input string. `folder` must not exist; it appears whole or not at all.
    /// \retval AlreadyExists, Io
    Status save(const std::filesystem::path& folder) const;

private:
    struct State;
    explicit Encoder(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::nn
