// SPDX-License-Identifier: Apache-2.0
// Espalier's side of the interop test.
//   interop_models encode FOLDER TEXTS.json OUT.f32    vectors, row by row, little-endian float32
//   interop_models train FOLDER TEXTS.json NEW_FOLDER  a few HEAL steps on the texts, four labels in turn
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/jobs/job_context.h"
#include "core/nn/encoder.h"
#include "core/nn/schedules.h"
#include "core/nn/trainer.h"

using namespace espalier;

namespace {

Status encode(const std::string& folder, const std::vector<std::string>& texts, const std::string& out) {
    ESPALIER_ASSIGN(const nn::Device device, nn::chooseDevice("cpu"));
    ESPALIER_ASSIGN(const auto encoder, nn::Encoder::load(folder, device));
    jobs::JobContext context;
    ESPALIER_ASSIGN(const DenseRows rows, encoder->encode(texts, {}, context));
    const auto* bytes = reinterpret_cast<const char*>(rows.values.data());
    return writeFileAtomically(out, std::string_view(bytes, rows.values.size() * sizeof(float)));
}

Status train(const std::string& folder, const std::vector<std::string>& texts, const std::string& out) {
    constexpr std::int64_t kLabels = 4;
    std::vector<nn::TrainItem> items;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto label = static_cast<std::int64_t>(i) % kLabels;
        items.push_back({texts[i], {1 + label / 2, 10 + label}});
    }
    nn::TrainOptions options;
    options.steps = 4;
    options.batch = 16;
    options.learningRate = 2e-4;
    options.warmupShare = 0;
    options.maxLength = 64;
    ESPALIER_ASSIGN(const nn::Device device, nn::chooseDevice("cpu"));
    ESPALIER_ASSIGN(const auto trainer, nn::Trainer::create(folder, std::move(items), options, device));
    jobs::JobContext context;
    while (!trainer->finished()) ESPALIER_TRY(trainer->step(context));
    return trainer->saveModel(out);
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() != 4 || (arguments[0] != "encode" && arguments[0] != "train")) {
        std::fputs("usage: interop_models encode|train FOLDER TEXTS.json OUT\n", stderr);
        return 2;
    }
    std::ifstream in(arguments[2]);
    const auto json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
    if (!json.is_array()) {
        std::fprintf(stderr, "%s is not a list of texts\n", arguments[2].c_str());
        return 2;
    }
    const auto texts = json.get<std::vector<std::string>>();
    const Status done =
        arguments[0] == "encode" ? encode(arguments[1], texts, arguments[3]) : train(arguments[1], texts, arguments[3]);
    if (done) return 0;
    std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return 1;
}
