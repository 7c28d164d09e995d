// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cstring>
#include <numeric>

#include "core/base/atomic_file.h"
#include "core/base/rng.h"
#include "core/tensorfile/safetensors.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::tensorfile;

namespace {

std::string fileOf(const std::string& header, const std::string& data) {
    std::string bytes(8, '\0');
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>((header.size() >> (8 * i)) & 0xff);
    return bytes + header + data;
}

const char* const kTwo =
    R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}})";

}  // namespace

class TestSafetensors : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void roundTrip() {
        const test::TempFolder folder;
        std::vector<float> floats(6);
        std::iota(floats.begin(), floats.end(), 0.5F);
        const std::vector<std::int64_t> longs{-1, 1LL << 40};
        const std::vector<std::uint8_t> bytes{1, 2, 3};
        const std::vector<double> scalar{3.25};
        SafetensorsWriter writer;
        writer.add<std::uint8_t>("bytes", {3}, bytes);
        writer.add<float>("matrix", {2, 3}, floats);
        writer.add<std::int64_t>("keys", {2}, longs);
        writer.add<double>("scalar", {}, scalar);
        writer.add<float>("empty", {0, 4}, {});
        writer.setMetadata({{"format", "pt"}, {"text", "ä \"quoted\""}});
        QVERIFY(writer.write(folder / "x.safetensors"));

        const auto file = SafetensorsFile::open(folder / "x.safetensors");
        QVERIFY2(file, file ? "" : file.error().message.c_str());
        QCOMPARE(file->tensors().size(), std::size_t{5});
        QCOMPARE(file->metadata().at("text"), std::string("ä \"quoted\""));
        // Every tensor can be read in place: the writer puts wide types first.
        const auto matrix = file->view<float>("matrix");
        QVERIFY(matrix);
        QVERIFY(std::equal(matrix->begin(), matrix->end(), floats.begin(), floats.end()));
        QCOMPARE(file->find("matrix")->shape, (std::vector<std::int64_t>{2, 3}));
        QCOMPARE(file->copy<std::int64_t>("keys").value(), longs);
        QCOMPARE(file->copy<std::uint8_t>("bytes").value(), bytes);
        QCOMPARE(file->copy<double>("scalar").value(), scalar);
        QCOMPARE(file->find("scalar")->elements(), std::int64_t{1});
        QVERIFY(file->view<float>("empty").value().empty());
        QCOMPARE(file->view<float>("nothing").error().code, ErrorCode::NotFound);
        QCOMPARE(file->view<double>("matrix").error().code, ErrorCode::Corrupt);
        QVERIFY(file->find("nothing") == nullptr);
    }

    void writerRefuses() {
        const test::TempFolder folder;
        const std::vector<float> two{1, 2};
        SafetensorsWriter wrong;
        wrong.add<float>("a", {3}, two);
        QCOMPARE(wrong.write(folder / "x").error().code, ErrorCode::InvalidArgument);
        SafetensorsWriter twice;
        twice.add<float>("a", {2}, two);
        twice.add<float>("a", {2}, two);
        QCOMPARE(twice.write(folder / "x").error().code, ErrorCode::InvalidArgument);
        QVERIFY(!std::filesystem::exists(folder / "x"));
        SafetensorsWriter good;
        good.add<float>("a", {2}, two);
        QCOMPARE(good.write(folder / "no such folder" / "x").ok(), false);
    }

    void foreignFilesMayBeUnaligned() {
        const test::TempFolder folder;
        const float value = 2.5F;
        std::string data(5, 'x');
        std::memcpy(data.data() + 1, &value, 4);
        const auto path = folder.write(
            "odd",
            fileOf(
                R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}} )",
                data));
        const auto file = SafetensorsFile::open(path);
        QVERIFY(file);
        QCOMPARE(file->copy<float>("b").value().front(), value);
        const bool aligned = reinterpret_cast<std::uintptr_t>(file->bytes(*file->find("b")).data()) % 4 == 0;
        QCOMPARE(file->view<float>("b").ok(), aligned);
    }

    void badFilesAreNamed_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const std::string data(12, '\0');
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())) << QString(says);
        };
        const auto entry = [&](const std::string& a) { return fileOf("{\"a\":" + a + "}", data); };
        row("empty", "", "0 bytes");
        row("seven bytes", std::string(7, '\0'), "7 bytes");
        row("length beyond the file", std::string("\x40\0\0\0\0\0\0\0{}", 10), "ends inside its header");
        row("huge length", std::string(8, '\xff') + "{}", "claims");
        row("no brace", fileOf(" {}", ""), "begin with");
        row("not JSON", fileOf("{\"a\":", ""), "not JSON");
        row("a list", fileOf("{\"a\": 1} x", ""), "not JSON");
        row("too deep", fileOf("{\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}", ""), "nested");
        row("entry is a number", entry("1"), "not described by an object");
        row("no dtype", entry(R"({"shape":[3],"data_offsets":[0,12]})"), "no dtype");
        row("unknown dtype", entry(R"({"dtype":"F8_E4M3","shape":[12],"data_offsets":[0,12]})"), "F8_E4M3");
        row("no shape", entry(R"({"dtype":"F32","data_offsets":[0,12]})"), "no shape");
        row("shape of strings", entry(R"({"dtype":"F32","shape":["3"],"data_offsets":[0,12]})"), "whole number");
        row("negative size", entry(R"({"dtype":"F32","shape":[-3],"data_offsets":[0,12]})"), "whole number");
        row("fractional size", entry(R"({"dtype":"F32","shape":[3.0],"data_offsets":[0,12]})"), "whole number");
        row("size overflows", entry(R"({"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,12]})"),
            "shape");
        row("no offsets", entry(R"({"dtype":"F32","shape":[3]})"), "data_offsets");
        row("one offset", entry(R"({"dtype":"F32","shape":[3],"data_offsets":[12]})"), "data_offsets");
        row("negative offset", entry(R"({"dtype":"F32","shape":[3],"data_offsets":[-12,0]})"), "data_offsets");
        row("ends before it begins", entry(R"({"dtype":"F32","shape":[3],"data_offsets":[12,0]})"), "ends before");
        row("wrong length", entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,12]})"), "does not fit its shape");
        row("unknown key", entry(R"({"dtype":"F32","shape":[3],"data_offsets":[0,12],"more":1})"), "unknown key");
        row("cut off", fileOf(kTwo, data.substr(0, 11)), "cut off");
        row("bytes left over", fileOf(kTwo, data + "x"), "belong to no tensor");
        row("overlap",
            fileOf(
                R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                data),
            "overlaps");
        row("hole",
            fileOf(
                R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
                data),
            "hole");
        row("named twice",
            fileOf(
                R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})",
                data),
            "named twice");
        row("metadata of numbers", fileOf(R"({"__metadata__":{"a":1}})", ""), "__metadata__");
        row("broken UTF-8", fileOf("{\"\xff\":{}}", ""), "not JSON");
    }
    void badFilesAreNamed() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const test::TempFolder folder;
        const auto path = folder.write("bad.safetensors",
                                       std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
        const auto file = SafetensorsFile::open(path);
        QVERIFY(!file);
        QVERIFY(file.error().code == ErrorCode::Corrupt || file.error().code == ErrorCode::Unsupported);
        QVERIFY2(file.error().message.find(says.toStdString()) != std::string::npos, file.error().message.c_str());
        QVERIFY(file.error().message.find("bad.safetensors") != std::string::npos);
        QCOMPARE(file.error().file, path.string());
    }

    void missingFile() {
        const test::TempFolder folder;
        QCOMPARE(SafetensorsFile::open(folder / "none").error().code, ErrorCode::NotFound);
        QVERIFY(!SafetensorsFile::open(folder.path()));
    }

    /// No prefix of a good file, and no good file with one byte of its header changed, may crash or read astray.
    void damagedFilesNeverCrash() {
        const test::TempFolder folder;
        const std::string good = fileOf(kTwo, std::string(12, '\1'));
        for (std::size_t length = 0; length < good.size(); ++length) {
            QVERIFY(!SafetensorsFile::open(folder.write("x", good.substr(0, length))));
        }
        SplitMix64 random(7);
        for (int i = 0; i < 400; ++i) {
            std::string bad = good;
            bad[random.below(good.size() - 12)] = static_cast<char>(random.below(256));
            const auto file = SafetensorsFile::open(folder.write("x", bad));
            if (!file) continue;
            for (const TensorInfo& tensor : file->tensors()) {
                QCOMPARE(file->bytes(tensor).size(),
                         static_cast<std::size_t>(tensor.elements()) * dtypeSize(tensor.dtype));
            }
        }
    }
};
QTEST_APPLESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
