// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/text_encoder.h"

#include <algorithm>
#include <cmath>

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/nmf/randomized_svd.h"
#include "core/nn/encoder.h"
#include "core/tensorfile/safetensors.h"

namespace espalier::pipeline {

namespace {
constexpr const char* kTfidfFile = "tfidf.json";
constexpr const char* kProjectionFile = "projection.safetensors";

class SentenceEncoder final : public TextEncoder {
public:
    SentenceEncoder(std::unique_ptr<nn::Encoder> encoder, int threads)
        : m_encoder(std::move(encoder)), m_threads(threads) {}
    Result<DenseRows> encode(const std::vector<std::string>& texts, jobs::JobContext& context) override {
        nn::EncodeOptions options;
        options.threads = m_threads;
        options.phase.clear();  // the caller knows how many texts there are in all
        return m_encoder->encode(texts, options, context);
    }
    std::int64_t dim() const override { return m_encoder->info().dim; }
    std::string device() const override { return m_encoder->device().name; }
    std::string precision() const override { return "fp32"; }

private:
    std::unique_ptr<nn::Encoder> m_encoder;
    int m_threads;
};
}  // namespace

Result<std::unique_ptr<TextEncoder>> openSentenceEncoder(const std::filesystem::path& folder, std::string_view device,
                                                         int threads) {
    ESPALIER_ASSIGN(const nn::Device chosen, nn::chooseDevice(device));
    nn::setThreads(threads);
    ESPALIER_ASSIGN(auto encoder, nn::Encoder::load(folder, chosen));
    return std::unique_ptr<TextEncoder>(std::make_unique<SentenceEncoder>(std::move(encoder), threads));
}

Result<std::unique_ptr<WordVectors>> WordVectors::fit(text::TfidfModel tfidf, const SparseRows& counts,
                                                      std::uint64_t seed, int threads) {
    auto model = std::make_unique<WordVectors>();
    model->m_tfidf = std::move(tfidf);
    const auto terms = static_cast<std::int64_t>(model->m_tfidf.vocabulary().size());
    const std::int64_t rank = std::min<std::int64_t>({kDimension, counts.rows, terms});
    if (rank < 1 || counts.nonZeros() == 0) {
        return makeError(ErrorCode::InvalidState,
                         "no word occurs in two documents of this project; word-based vectors need some text");
    }
    const nmf::TwoWayMatrix matrix(model->m_tfidf.weigh(counts));
    nmf::SvdOptions options;
    options.rank = static_cast<int>(rank);
    options.seed = seed;
    options.threads = threads;
    const nmf::Svd svd = nmf::randomizedSvd(matrix.view(), options);
    model->m_dim = svd.terms.k;
    model->m_projection.resize(static_cast<std::size_t>(terms * model->m_dim));
    for (std::int64_t t = 0; t < terms; ++t) {
        std::copy_n(svd.terms.row(t), model->m_dim, model->m_projection.begin() + t * model->m_dim);
    }
    return model;
}

DenseRows WordVectors::project(const SparseRows& counts) const {
    const SparseRows weighed = m_tfidf.weigh(counts);
    DenseRows vectors{weighed.rows, m_dim, std::vector<float>(static_cast<std::size_t>(weighed.rows * m_dim))};
    std::vector<double> sum(static_cast<std::size_t>(m_dim));
    for (std::int64_t r = 0; r < weighed.rows; ++r) {
        std::fill(sum.begin(), sum.end(), 0.0);
        const auto columns = weighed.rowColumns(r);
        const auto values = weighed.rowValues(r);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const float* row = m_projection.data() + columns[i] * m_dim;
            for (std::int64_t c = 0; c < m_dim; ++c)
                sum[static_cast<std::size_t>(c)] += static_cast<double>(values[i]) * row[c];
        }
        double norm = 0;
        for (const double x : sum) norm += x * x;
        if (norm <= 1e-24) continue;
        const double scale = 1.0 / std::sqrt(norm);
        std::transform(sum.begin(), sum.end(), vectors.row(r).begin(),
                       [scale](double x) { return static_cast<float>(x * scale); });
    }
    return vectors;
}

Result<DenseRows> WordVectors::encode(const std::vector<std::string>& texts, jobs::JobContext& context) {
    ESPALIER_TRY(context.checkStop());
    return project(m_tfidf.counts(texts));
}

std::string WordVectors::sha256() const {
    Sha256 sum;
    sum.add(m_tfidf.toJson());
    sum.add(std::as_bytes(std::span(m_projection)));
    return toHex(sum.finish());
}

Status WordVectors::save(const std::filesystem::path& folder) const {
    ESPALIER_TRY(writeFileAtomically(folder / kTfidfFile, m_tfidf.toJson()));
    tensorfile::SafetensorsWriter writer;
    writer.add<float>("projection", {static_cast<std::int64_t>(m_tfidf.vocabulary().size()), m_dim}, m_projection);
    return writer.write(folder / kProjectionFile);
}

Result<std::unique_ptr<WordVectors>> WordVectors::load(const std::filesystem::path& folder) {
    auto model = std::make_unique<WordVectors>();
    ESPALIER_ASSIGN(const std::string vocabulary, readFile(folder / kTfidfFile));
    ESPALIER_ASSIGN(model->m_tfidf, text::TfidfModel::fromJson(vocabulary));
    ESPALIER_ASSIGN(const auto file, tensorfile::SafetensorsFile::open(folder / kProjectionFile));
    ESPALIER_ASSIGN(model->m_projection, file.copy<float>("projection"));
    const auto terms = static_cast<std::int64_t>(model->m_tfidf.vocabulary().size());
    const auto& shape = file.find("projection")->shape;
    if (shape.size() != 2 || shape[0] != terms || shape[1] < 1) {
        return makeError(
            ErrorCode::Corrupt,
            "the word vectors in " + folder.string() + " are damaged; embed --model tfidf makes them again",
            folder.string());
    }
    model->m_dim = shape[1];
    return model;
}

}  // namespace espalier::pipeline
