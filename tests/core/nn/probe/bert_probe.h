// SPDX-License-Identifier: Apache-2.0
/// \file tests/core/nn/probe/bert_probe.h
/// What tests ask of the BERT in core/nn/detail, in plain numbers: LibTorch and Qt never meet in one file.
#pragma once
#include <filesystem>
#include <vector>

#include "core/nn/model_folder.h"

namespace espalier::test {

struct Gap {
    double value = 0;     ///< largest absolute difference of the results
    double gradient = 0;  ///< largest difference of the gradients, relative to their largest entry
};

/// Packed attention in float32 against the padded one in double, random queries, keys and values.
Gap attentionGap(const std::vector<int>& lengths, int heads, int headDim);

/// A random model: packed in float32 against padded in double; gradients of all parameters.
Gap modelGap(const nn::BertConfig& config, nn::Pooling pooling, const std::vector<int>& lengths);

/// The double model's gradients against central differences, at some entries of every parameter.
double finiteDifferenceGap(const nn::BertConfig& config, nn::Pooling pooling, const std::vector<int>& lengths);

/// freeze()d inference against the model it was made from.
double frozenGap(const nn::BertConfig& config, const std::vector<int>& lengths);

/// With dropout: two forward passes from one seed differ by .value, from two seeds by .gradient.
Gap dropoutRepeats(const nn::BertConfig& config, const std::vector<int>& lengths);

/// Gradient through attention with dropout against finite differences under the same mask.
double attentionDropoutGap(const std::vector<int>& lengths, int heads, int headDim, double dropout);

/// Writes the model of `source` again with every parameter multiplied by `factor`.
bool saveScaled(const std::filesystem::path& source, const std::filesystem::path& folder, double factor);

}  // namespace espalier::test
