// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cstring>

#include "core/base/atomic_file.h"
#include "core/tensorfile/npy.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
using namespace espalier::tensorfile;

class TestNpy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    /// Byte for byte what numpy.save() of version 1.24 writes for array([[1, 2], [3, 4]], float32).
    void bytesOfNumpy() {
        const test::TempFolder folder;
        DenseRows matrix{2, 2, {1, 2, 3, 4}};
        QVERIFY(writeNpy(folder / "m.npy", matrix));
        const std::string bytes = readFile(folder / "m.npy").value();
        const std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
        QCOMPARE(bytes.size(), std::size_t{128 + 16});
        QCOMPARE(bytes.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
        QCOMPARE(bytes.substr(10, dictionary.size()), dictionary);
        QCOMPARE(bytes.substr(10 + dictionary.size(), 118 - dictionary.size()),
                 std::string(117 - dictionary.size(), ' ') + "\n");
        float values[4];
        std::memcpy(values, bytes.data() + 128, sizeof values);
        QCOMPARE(values[0], 1.0F);
        QCOMPARE(values[3], 4.0F);
    }

    void rowsFromACallback() {
        const test::TempFolder folder;
        constexpr std::int64_t kRows = 3000;  // several buffers full
        constexpr std::int64_t kCols = 257;
        std::vector<float> one(kCols);
        std::int64_t calls = 0;
        QVERIFY(writeNpy(folder / "m.npy", kRows, kCols, [&](std::int64_t r) -> Result<std::span<const float>> {
            if (r != calls++) return makeError(ErrorCode::Internal, "out of order");
            std::fill(one.begin(), one.end(), static_cast<float>(r));
            return std::span<const float>(one);
        }));
        const std::string bytes = readFile(folder / "m.npy").value();
        QCOMPARE(bytes.size(), static_cast<std::size_t>(128 + kRows * kCols * 4));
        QVERIFY(bytes.find("(3000, 257)") != std::string::npos);
        float value = 0;
        std::memcpy(&value, bytes.data() + 128 + (2999 * kCols + 256) * 4, sizeof value);
        QCOMPARE(value, 2999.0F);
    }

    void emptyMatrix() {
        const test::TempFolder folder;
        QVERIFY(writeNpy(folder / "m.npy", DenseRows{0, 384, {}}));
        QCOMPARE(readFile(folder / "m.npy").value().size(), std::size_t{128});
    }

    void failuresLeaveTheOldFile() {
        const test::TempFolder folder;
        folder.write("m.npy", "old");
        const std::vector<float> one{1};
        const auto wrong = writeNpy(folder / "m.npy", 2, 2, [&](std::int64_t) -> Result<std::span<const float>> {
            return std::span<const float>(one);
        });
        QCOMPARE(wrong.error().code, ErrorCode::InvalidArgument);
        const auto failing = writeNpy(folder / "m.npy", 2, 1, [&](std::int64_t r) -> Result<std::span<const float>> {
            if (r == 1) return makeError(ErrorCode::Io, "disk");
            return std::span<const float>(one);
        });
        QCOMPARE(failing.error().code, ErrorCode::Io);
        QCOMPARE(readFile(folder / "m.npy").value(), std::string("old"));
        QCOMPARE(std::distance(std::filesystem::directory_iterator(folder.path()), {}), std::ptrdiff_t{1});
    }
};
QTEST_APPLESS_MAIN(TestNpy)
#include "tst_npy.moc"
