// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/base/atomic_file.h"
#include "core/nn/encoder.h"
#include "core/nn/model_folder.h"
#include "core/tensorfile/safetensors.h"
#include "tests/core/nn/probe/bert_probe.h"
#include "tests/core/nn/tiny_encoder.h"
#include "tests/support/default_encoder.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::nn;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> someTexts(int count) {
    SplitMix64 random(4);
    std::vector<std::string> texts;
    for (int i = 0; i < count; ++i) {
        std::string text;
        for (std::size_t w = 0, words = random.below(80); w < words; ++w)
            text += "w" + std::to_string(random.below(120)) + " ";
        texts.push_back(text);
    }
    return texts;
}

Result<DenseRows> encode(Encoder& encoder, const std::vector<std::string>& texts, int threads = 1, int tokens = 8192) {
    jobs::JobContext context;
    EncodeOptions options;
    options.threads = threads;
    options.tokensPerBatch = tokens;
    return encoder.encode(texts, options, context);
}

double gap(const DenseRows& a, const DenseRows& b) {
    if (a.values.size() != b.values.size()) return 1e9;
    double worst = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        worst = std::max(worst, static_cast<double>(std::abs(a.values[i] - b.values[i])));
    }
    return worst;
}

std::vector<float> decodeBase64(const std::string& text) {
    const QByteArray bytes = QByteArray::fromBase64(QByteArray::fromStdString(text));
    std::vector<float> values(static_cast<std::size_t>(bytes.size()) / sizeof(float));
    std::memcpy(values.data(), bytes.constData(), values.size() * sizeof(float));
    return values;
}

}  // namespace

class TestEncoder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void infoAndShape() {
        const test::TempFolder folder;
        const auto encoder = Encoder::load(test::writeTinyEncoder(folder / "m"), Device{});
        QVERIFY2(encoder, encoder ? "" : encoder.error().message.c_str());
        const EncoderInfo& info = (*encoder)->info();
        QCOMPARE(info.family, std::string("bert"));
        QCOMPARE(info.pooling, std::string("mean"));
        QCOMPARE(info.dim, 32);
        QCOMPARE(info.maxLength, 64);
        QCOMPARE(info.vocabulary, 125);
        QVERIFY(info.normalize);
        QCOMPARE(info.sha256, modelFolderHash(folder / "m").value());
        const auto vectors = encode(**encoder, {"w1 w2", "", "w3"});
        QVERIFY2(vectors, vectors ? "" : vectors.error().message.c_str());
        QCOMPARE(vectors->rows, std::int64_t{3});
        QCOMPARE(vectors->cols, std::int64_t{32});
        for (std::int64_t r = 0; r < 3; ++r) {
            double squares = 0;
            for (const float value : vectors->row(r)) squares += static_cast<double>(value) * value;
            QVERIFY(std::abs(squares - 1) < 1e-5);
        }
        QCOMPARE(encode(**encoder, {})->rows, std::int64_t{0});
    }

    void vectorsDoNotDependOnCompany() {
        const test::TempFolder folder;
        auto encoder = Encoder::load(test::writeTinyEncoder(folder / "m"), Device{});
        QVERIFY(encoder);
        const auto texts = someTexts(60);
        const DenseRows all = encode(**encoder, texts).value();
        QCOMPARE(encode(**encoder, texts).value().values, all.values);
        QCOMPARE(encode(**encoder, texts, 3).value().values, all.values);  // bit for bit for any number of threads
        QVERIFY(gap(encode(**encoder, texts, 2, 1).value(), all) < 1e-6);
        for (std::size_t i = 0; i < texts.size(); i += 7) {
            const DenseRows one = encode(**encoder, {texts[i]}).value();
            for (std::int64_t d = 0; d < one.cols; ++d) {
                QVERIFY(std::abs(one.values[static_cast<std::size_t>(d)] -
                                 all.row(static_cast<std::int64_t>(i))[static_cast<std::size_t>(d)]) < 1e-6);
            }
        }
    }

    void textsAreCutAtTheMaximumLength() {
        const test::TempFolder folder;
        auto encoder = Encoder::load(test::writeTinyEncoder(folder / "m"), Device{});
        std::string longText, cut;
        for (int i = 0; i < 200; ++i) {
            longText += "w" + std::to_string(i % 120) + " ";
            if (i < 62) cut = longText;
        }
        const DenseRows rows = encode(**encoder, {longText, cut}).value();
        QVERIFY(std::equal(rows.row(0).begin(), rows.row(0).end(), rows.row(1).begin()));
    }

    void stopIsObeyedAndProgressTold() {
        const test::TempFolder folder;
        auto encoder = Encoder::load(test::writeTinyEncoder(folder / "m"), Device{});
        const auto texts = someTexts(200);
        std::atomic<std::int64_t> last{0};
        jobs::JobContext* running = nullptr;
        jobs::JobContext context([&](const nlohmann::json& event) {
            if (event["event"] == "progress") last = event["done"].get<std::int64_t>();
            if (running != nullptr) running->setControl(jobs::Control::Stop);
        });
        EncodeOptions options;
        options.threads = 2;
        QVERIFY((*encoder)->encode(texts, options, context));
        QCOMPARE(last.load(), std::int64_t{200});
        running = &context;
        options.tokensPerBatch = 64;
        std::vector<std::string> many;
        for (int i = 0; i < 40; ++i) many.insert(many.end(), texts.begin(), texts.end());
        const auto stopped = (*encoder)->encode(many, options, context);
        QVERIFY(!stopped);
        QCOMPARE(stopped.error().code, ErrorCode::Cancelled);
        jobs::JobContext early;
        early.setControl(jobs::Control::Stop);
        QCOMPARE((*encoder)->encode(texts, options, early).error().code, ErrorCode::Cancelled);
    }

    void pauseWaitsAndGoesOn() {
        const test::TempFolder folder;
        auto encoder = Encoder::load(test::writeTinyEncoder(folder / "m"), Device{});
        const auto texts = someTexts(100);
        const DenseRows expected = encode(**encoder, texts).value();
        jobs::JobContext context;
        context.setControl(jobs::Control::Pause);
        EncodeOptions options;
        options.threads = 2;
        std::atomic<bool> done{false};
        Result<DenseRows> answer = DenseRows{};
        std::thread job([&] {
            answer = (*encoder)->encode(texts, options, context);
            done = true;
        });
        std::this_thread::sleep_for(std::chrono::milliseconds(60));  // a paused job must still be waiting after this
        QVERIFY(!done);
        context.setControl(jobs::Control::Run);
        job.join();
        QVERIFY(answer);
        QCOMPARE(answer->values, expected.values);
    }

    void overflowIsNamed() {
        const test::TempFolder folder;
        test::TinyEncoder tiny;
        tiny.normScale = 3e38F;
        auto encoder = Encoder::load(test::writeTinyEncoder(folder / "m", tiny), Device{});
        QVERIFY(encoder);
        const auto vectors = encode(**encoder, {"w1 w2 w3"});
        QVERIFY(!vectors);
        QCOMPARE(vectors.error().code, ErrorCode::Numerical);
    }

    void tokenizerLargerThanTheModel() {
        const test::TempFolder folder;
        const fs::path path = test::writeTinyEncoder(folder / "m");
        test::writeText(path / "vocab.txt", readFile(path / "vocab.txt").value() + "beyond\n");
        auto encoder = Encoder::load(path, Device{});
        QVERIFY(encoder);
        QVERIFY(encode(**encoder, {"w1"}));
        const auto vectors = encode(**encoder, {"beyond"});
        QCOMPARE(vectors.error().code, ErrorCode::Corrupt);
    }

    void savedFolderIsCompleteAndEqual() {
        const test::TempFolder folder;
        const fs::path source = test::writeTinyEncoder(folder / "m");
        auto encoder = Encoder::load(source, Device{});
        const fs::path saved = folder / "deep" / "copy";
        const Status written = (*encoder)->save(saved);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        std::set<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(saved)) {
            if (entry.is_regular_file()) names.insert(entry.path().lexically_relative(saved).generic_string());
        }
        QCOMPARE(names, (std::set<std::string>{"1_Pooling/config.json", "README.md", "config.json", "model.safetensors",
                                               "modules.json", "sentence_bert_config.json", "tokenizer_config.json",
                                               "vocab.txt"}));
        QVERIFY(readFile(saved / "README.md")->find("title + \"\\n\" + text") != std::string::npos);
        QCOMPARE(readFile(saved / "modules.json").value(), readFile(source / "modules.json").value());
        auto again = Encoder::load(saved, Device{});
        QVERIFY(again);
        const auto texts = someTexts(5);
        QCOMPARE(encode(**again, texts)->values, encode(**encoder, texts)->values);
        QCOMPARE((*encoder)->save(saved).error().code, ErrorCode::AlreadyExists);
        // Nothing half-written stays behind.
        test::writeText(folder / "file", "x");
        QVERIFY(!(*encoder)->save(folder / "file" / "below"));
        for (const auto& entry : fs::directory_iterator(folder.path())) {
            QVERIFY(entry.path().filename().string().find(".part") == std::string::npos);
        }
    }

    void unusedTensorsAndHalfPrecisionSurvive() {
        const test::TempFolder folder;
        const fs::path source = test::writeTinyEncoder(folder / "m");
        const auto texts = someTexts(5);
        const DenseRows before = encode(**Encoder::load(source, Device{}), texts).value();
        {
            // The same weights with a pooler, under the names of a checkpoint with a task head, and bfloat16.
            const auto file = tensorfile::SafetensorsFile::open(source / "model.safetensors");
            tensorfile::SafetensorsWriter writer;
            std::vector<std::vector<std::uint16_t>> halves;
            halves.reserve(file->tensors().size() + 1);
            for (const auto& tensor : file->tensors()) {
                std::vector<std::uint16_t> half;
                const std::vector<float> singles = file->copy<float>(tensor.name).value();
                for (const float value : singles) {
                    std::uint32_t bits = 0;
                    std::memcpy(&bits, &value, sizeof bits);
                    half.push_back(static_cast<std::uint16_t>((bits + 0x8000U) >> 16));
                }
                halves.push_back(std::move(half));
                writer.add("bert." + tensor.name, tensorfile::Dtype::BF16, tensor.shape,
                           std::as_bytes(std::span(halves.back())));
            }
            halves.emplace_back(4, std::uint16_t{0x3f80});
            writer.add("bert.pooler.dense.bias", tensorfile::Dtype::BF16, {4}, std::as_bytes(std::span(halves.back())));
            QVERIFY(writer.write(source / "half.safetensors"));
        }
        fs::rename(source / "half.safetensors", source / "model.safetensors");
        auto encoder = Encoder::load(source, Device{});
        QVERIFY2(encoder, encoder ? "" : encoder.error().message.c_str());
        const DenseRows rounded = encode(**encoder, texts).value();
        QVERIFY(gap(rounded, before) < 0.05);
        QVERIFY((*encoder)->save(folder / "copy"));
        const auto saved = tensorfile::SafetensorsFile::open(folder / "copy" / "model.safetensors");
        QVERIFY(saved->find("pooler.dense.bias") != nullptr);
        QVERIFY(saved->find("embeddings.word_embeddings.weight") != nullptr);
        QCOMPARE(encode(**Encoder::load(folder / "copy", Device{}), texts)->values, rounded.values);
    }

    void changedWeightsAreWritten() {
        const test::TempFolder folder;
        const fs::path source = test::writeTinyEncoder(folder / "m");
        QVERIFY(test::saveScaled(source, folder / "copy", 1.5));
        const auto texts = someTexts(5);
        const auto a = encode(**Encoder::load(source, Device{}), texts);
        const auto b = encode(**Encoder::load(folder / "copy", Device{}), texts);
        QVERIFY(gap(*a, *b) > 1e-3);
    }

    /// The default encoder against vectors that sentence-transformers made (tests/data/make_encoder_fixture.py).
    void equalsSentenceTransformers() {
        const std::string missing = test::missingDefaultEncoder();
        QVERIFY2(missing.empty(), missing.c_str());
        std::ifstream in(ESPALIER_TEST_DATA "/encoder_fixture.json");
        const auto fixture = nlohmann::json::parse(in);
        DenseRows expected;
        expected.values = decodeBase64(fixture["vectors"].get<std::string>());
        auto encoder = Encoder::load(test::defaultEncoderFolder(), Device{});
        QVERIFY2(encoder, encoder ? "" : encoder.error().message.c_str());
        QCOMPARE((*encoder)->info().maxLength, 256);
        QCOMPARE((*encoder)->info().parameters, std::int64_t{22565376});
        const auto texts = fixture["texts"].get<std::vector<std::string>>();
        QCOMPARE(texts.size(), std::size_t{64});
        const DenseRows vectors = encode(**encoder, texts, 2).value();
        const double worst = gap(vectors, expected);
        QVERIFY2(worst < 1e-5, qPrintable(QString::number(worst)));
    }
};
QTEST_APPLESS_MAIN(TestEncoder)
#include "tst_encoder.moc"
