// SPDX-License-Identifier: Apache-2.0
/// \file core/pipeline/text_encoder.h
/// Texts to vectors under any model of a project: a sentence encoder, or word-based vectors from TF-IDF alone.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/sparse_matrix.h"
#include "core/jobs/job_context.h"
#include "core/text/tfidf.h"

namespace espalier::pipeline {

inline constexpr const char* kTfidfModel = "tfidf";  ///< the reserved name of word-based vectors
inline constexpr const char* kBaseModel = "base";    ///< the reserved name of the encoder that was embedded first

/// One thread at a time.
class TextEncoder {
public:
    virtual ~TextEncoder() = default;
    /// One row a text, in order. \retval Cancelled
    virtual Result<DenseRows> encode(const std::vector<std::string>& texts, jobs::JobContext& context) = 0;
    virtual std::int64_t dim() const = 0;
    virtual std::string device() const = 0;     ///< "cpu", "cuda:0"
    virtual std::string precision() const = 0;  ///< "fp32"
};

/// A sentence encoder from its folder.
/// \param threads  0 = all cores \param device  auto, cpu, cuda:N, mps
Result<std::unique_ptr<TextEncoder>> openSentenceEncoder(const std::filesystem::path& folder, std::string_view device,
                                                         int threads);

/// Word-based vectors: TF-IDF rows projected on their leading right singular vectors (at most 256), scaled to length 1.
/// Latent semantic analysis (S. Deerwester et al., 1990) by the randomised SVD of core/nmf; the singular values are not
/// divided out, so that cosines approximate those of the TF-IDF rows themselves. A text without a word of the
/// vocabulary has the zero vector.
class WordVectors final : public TextEncoder {
public:
    static constexpr int kDimension = 256;
    /// Fitted on the weighed rows of the model's own corpus, in an order that the caller keeps canonical.
    static Result<std::unique_ptr<WordVectors>> fit(text::TfidfModel tfidf, const SparseRows& counts,
                                                    std::uint64_t seed, int threads);
    /// Files tfidf.json and projection.safetensors in an existing folder.
    Status save(const std::filesystem::path& folder) const;
    static Result<std::unique_ptr<WordVectors>> load(const std::filesystem::path& folder);
    /// Identity of the state: SHA-256 over vocabulary and projection.
    std::string sha256() const;
    /// Vectors of raw term counts over the model's vocabulary.
    DenseRows project(const SparseRows& counts) const;

    Result<DenseRows> encode(const std::vector<std::string>& texts, jobs::JobContext& context) override;
    std::int64_t dim() const override { return m_dim; }
    std::string device() const override { return "cpu"; }
    std::string precision() const override { return "fp32"; }

private:
    text::TfidfModel m_tfidf;
    std::int64_t m_dim = 1;
    std::vector<float> m_projection;  ///< terms x dim
};

}  // namespace espalier::pipeline
