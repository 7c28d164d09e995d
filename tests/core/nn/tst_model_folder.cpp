// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

#include "core/base/atomic_file.h"
#include "core/nn/encoder.h"
#include "core/nn/model_folder.h"
#include "core/tensorfile/safetensors.h"
#include "tests/core/nn/tiny_encoder.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::nn;
namespace fs = std::filesystem;

namespace {

void edit(const fs::path& file, const std::string& what, const std::string& with) {
    std::string text = readFile(file).value();
    const auto at = text.find(what);
    if (at == std::string::npos) qFatal("pattern %s not found", what.c_str());
    test::writeText(file, text.replace(at, what.size(), with));
}

Error loadError(const fs::path& folder) {
    const auto encoder = Encoder::load(folder, Device{"cpu", ""});
    return encoder ? makeError(ErrorCode::Internal, "loaded") : encoder.error();
}

/// The weights again, one tensor changed.
void rewriteWeights(const fs::path& folder, const std::string& name,
                    const std::function<void(std::vector<float>&, std::vector<std::int64_t>&)>& change,
                    bool leaveOut = false) {
    std::vector<std::vector<float>> values;
    tensorfile::SafetensorsWriter writer;
    {
        const auto file = tensorfile::SafetensorsFile::open(folder / "model.safetensors");
        values.reserve(file->tensors().size());
        for (const auto& tensor : file->tensors()) {
            if (leaveOut && tensor.name == name) continue;
            values.push_back(file->copy<float>(tensor.name).value());
            std::vector<std::int64_t> shape = tensor.shape;
            if (tensor.name == name) change(values.back(), shape);
            writer.add<float>(tensor.name, shape, std::span<const float>(values.back()));
        }
    }
    if (!writer.write(folder / "model.safetensors")) qFatal("cannot write");
}

}  // namespace

class TestModelFolder : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void description() {
        const test::TempFolder folder;
        test::writeTinyEncoder(folder / "m");
        const auto model = readModelFolder(folder / "m");
        QVERIFY2(model, model ? "" : model.error().message.c_str());
        QCOMPARE(model->bert.hidden, 32);
        QCOMPARE(model->bert.layers, 2);
        QCOMPARE(model->maxLength, 64);
        QVERIFY(model->normalize);  // although there is no folder 2_Normalize
        QVERIFY(model->pooling == Pooling::Mean);
        QCOMPARE(model->weights, folder / "m" / "model.safetensors");
        QCOMPARE(model->files.count("vocab.txt"), std::size_t{1});
    }

    void poolingAndNormalize() {
        const test::TempFolder folder;
        const fs::path path = test::writeTinyEncoder(folder / "m");
        const fs::path pooling = path / "1_Pooling" / "config.json";
        const std::string before = readFile(pooling).value();
        edit(pooling, "\"pooling_mode_mean_tokens\":true", "\"pooling_mode_mean_tokens\":false");
        QCOMPARE(readModelFolder(path).error().code, ErrorCode::Corrupt);
        edit(pooling, "\"pooling_mode_cls_token\":false", "\"pooling_mode_cls_token\":true");
        QVERIFY(readModelFolder(path)->pooling == Pooling::Cls);
        test::writeText(pooling, before);
        edit(pooling, "\"pooling_mode_max_tokens\":false", "\"pooling_mode_max_tokens\":true");
        QCOMPARE(readModelFolder(path).error().code, ErrorCode::Unsupported);
        test::writeText(pooling, before);
        edit(pooling, "\"pooling_mode_max_tokens\":false", "\"pooling_mode_lasttoken\":true");
        QVERIFY(readModelFolder(path).error().message.find("pooling_mode_lasttoken") != std::string::npos);
        test::writeText(pooling, before);
        edit(path / "modules.json",
             R"(,{"idx":2,"name":"2","path":"2_Normalize","type":"sentence_transformers.models.Normalize"})", "");
        QVERIFY(!readModelFolder(path)->normalize);
    }

    void maximumLength() {
        const test::TempFolder folder;
        const fs::path path = test::writeTinyEncoder(folder / "m");
        edit(path / "sentence_bert_config.json", "64", "4000");
        QCOMPARE(readModelFolder(path)->maxLength, 64);  // no more positions than the model has
        fs::remove(path / "sentence_bert_config.json");
        QCOMPARE(readModelFolder(path)->maxLength, 64);
        edit(path / "tokenizer_config.json", "{", R"({"model_max_length":40,)");
        QCOMPARE(readModelFolder(path)->maxLength, 40);
        test::writeText(path / "sentence_bert_config.json", R"({"max_seq_length":"many"})");
        QCOMPARE(readModelFolder(path).error().code, ErrorCode::Corrupt);
    }

    void defaultPrompt() {
        const test::TempFolder folder;
        const fs::path path = test::writeTinyEncoder(folder / "m");
        test::writeText(path / "config_sentence_transformers.json",
                        R"({"prompts":{"doc":"w1 "},"default_prompt_name":"doc"})");
        QCOMPARE(readModelFolder(path)->prompt, std::string("w1 "));
        test::writeText(path / "config_sentence_transformers.json", R"({"prompts":{},"default_prompt_name":"doc"})");
        QCOMPARE(readModelFolder(path).error().code, ErrorCode::Corrupt);
        test::writeText(path / "config_sentence_transformers.json", R"({"prompts":{},"default_prompt_name":null})");
        QCOMPARE(readModelFolder(path)->prompt, std::string());
    }

    void eachMissingFileIsNamed_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("says");
        QTest::newRow("modules.json") << "modules.json"
                                      << "modules.json";
        QTest::newRow("config.json") << "config.json"
                                     << "config.json";
        QTest::newRow("pooling") << "1_Pooling/config.json"
                                 << "config.json";
        QTest::newRow("tokenizer") << "vocab.txt"
                                   << "vocab.txt";
        QTest::newRow("weights") << "model.safetensors"
                                 << "model.safetensors";
    }
    void eachMissingFileIsNamed() {
        QFETCH(QString, file);
        QFETCH(QString, says);
        const test::TempFolder folder;
        const fs::path path = test::writeTinyEncoder(folder / "m");
        fs::remove(path / file.toStdString());
        const Error error = loadError(path);
        QCOMPARE(error.code, ErrorCode::NotFound);
        QVERIFY2(error.message.find(says.toStdString()) != std::string::npos, error.message.c_str());
        QVERIFY(!error.file.empty());
        QCOMPARE(loadError(folder / "nowhere").code, ErrorCode::NotFound);
    }

    void brokenConfigurations_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("with");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* file, const char* what, const char* with, ErrorCode code,
                            const char* says) {
            QTest::newRow(name) << QString(file) << QString(what) << QString(with) << static_cast<int>(code)
                                << QString(says);
        };
        constexpr ErrorCode kCorrupt = ErrorCode::Corrupt;
        constexpr ErrorCode kUnsupported = ErrorCode::Unsupported;
        row("not JSON", "config.json", "{", "", kCorrupt, "config.json");
        row("other family", "config.json", "\"bert\"", "\"t5\"", kUnsupported, "t5");
        row("no family", "config.json", "\"model_type\":\"bert\",", "", kCorrupt, "model_type");
        row("no layers", "config.json", "\"num_hidden_layers\":2,", "", kCorrupt, "num_hidden_layers");
        row("negative size", "config.json", "\"hidden_size\":32", "\"hidden_size\":-32", kCorrupt, "hidden_size");
        row("heads", "config.json", "\"num_attention_heads\":2", "\"num_attention_heads\":5", kCorrupt, "heads");
        row("dimension of pooling", "1_Pooling/config.json", "32", "16", kCorrupt, "pooling");
        row("activation", "config.json", "\"gelu\"", "\"swish\"", kUnsupported, "swish");
        row("positions", "config.json", "{", "{\"position_embedding_type\":\"relative_key\",", kUnsupported,
            "relative_key");
        row("module", "modules.json", "models.Normalize", "models.Dense", kUnsupported, "Dense");
        row("module outside", "modules.json", "1_Pooling", "../x", kCorrupt, "../x");
        row("no type", "modules.json", "\"type\":\"sentence_transformers.models.Pooling\"", "\"type\":1", kCorrupt,
            "modules.json");
    }
    void brokenConfigurations() {
        QFETCH(QString, file);
        QFETCH(QString, what);
        QFETCH(QString, with);
        QFETCH(int, code);
        QFETCH(QString, says);
        const test::TempFolder folder;
        const fs::path path = test::writeTinyEncoder(folder / "m");
        edit(path / file.toStdString(), what.toStdString(), with.toStdString());
        const Error error = loadError(path);
        QVERIFY2(static_cast<int>(error.code) == code, error.message.c_str());
        QVERIFY2(error.message.find(says.toStdString()) != std::string::npos, error.message.c_str());
    }

    void pickleIsRefusedWithTheWayOut() {
        const test::TempFolder folder;
        const fs::path path = test::writeTinyEncoder(folder / "m");
        fs::rename(path / "model.safetensors", path / "pytorch_model.bin");
        const Error error = loadError(path);
        QCOMPARE(error.code, ErrorCode::Unsupported);
        QVERIFY(error.message.find("SentenceTransformer(") != std::string::npos);
    }

    void brokenWeights() {
        const test::TempFolder folder;
        const std::string query = "encoder.layer.1.attention.self.query.weight";
        const auto fresh = [&] {
            fs::remove_all(folder / "m");
            return test::writeTinyEncoder(folder / "m");
        };
        fs::path path = fresh();
        fs::resize_file(path / "model.safetensors", fs::file_size(path / "model.safetensors") - 1);
        Error error = loadError(path);
        QCOMPARE(error.code, ErrorCode::Corrupt);
        QVERIFY2(error.message.find("model.safetensors") != std::string::npos, error.message.c_str());

        path = fresh();
        rewriteWeights(path, query, [](auto& values, auto&) { values[5] = std::numeric_limits<float>::quiet_NaN(); });
        error = loadError(path);
        QCOMPARE(error.code, ErrorCode::Corrupt);
        QVERIFY2(error.message.find(query) != std::string::npos, error.message.c_str());
        QVERIFY(error.message.find("finite") != std::string::npos);

        path = fresh();
        rewriteWeights(path, query, [](auto&, auto& shape) { shape = {16, 64}; });
        error = loadError(path);
        QCOMPARE(error.code, ErrorCode::Corrupt);
        QVERIFY2(error.message.find("[16, 64]") != std::string::npos, error.message.c_str());
        QVERIFY(error.message.find("[32, 32]") != std::string::npos);

        path = fresh();
        rewriteWeights(
            path, query, [](auto&, auto&) {}, /*leaveOut=*/true);
        error = loadError(path);
        QCOMPARE(error.code, ErrorCode::Corrupt);
        QVERIFY2(error.message.find(query) != std::string::npos, error.message.c_str());
    }

    void identityFollowsTheContent() {
        const test::TempFolder folder;
        const fs::path a = test::writeTinyEncoder(folder / "a");
        const fs::path b = test::writeTinyEncoder(folder / "b");
        QCOMPARE(modelFolderHash(a).value().size(), std::size_t{64});
        QCOMPARE(modelFolderHash(a).value(), modelFolderHash(b).value());
        test::writeText(b / "README.md", "text");
        QCOMPARE(modelFolderHash(a).value(), modelFolderHash(b).value());
        edit(b / "sentence_bert_config.json", "64", "32");
        QVERIFY(modelFolderHash(a).value() != modelFolderHash(b).value());
        test::TinyEncoder other;
        other.seed = 2;
        QVERIFY(modelFolderHash(a).value() != modelFolderHash(test::writeTinyEncoder(folder / "c", other)).value());
    }
};
QTEST_APPLESS_MAIN(TestModelFolder)
#include "tst_model_folder.moc"
