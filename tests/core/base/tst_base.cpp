// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "core/base/atomic_file.h"
#include "core/base/ids.h"
#include "core/base/platform.h"
#include "core/base/result.h"
#include "core/base/rng.h"
#include "core/base/sha256.h"
#include "tests/support/temp_folder.h"

using namespace espalier;
namespace fs = std::filesystem;

namespace {
Result<int> half(int n) {
    if (n % 2 != 0) return makeError(ErrorCode::InvalidArgument, "odd");
    return n / 2;
}
Result<int> quarter(int n) {
    ESPALIER_ASSIGN(const int h, half(n));
    return half(h);
}
}  // namespace

class TestBase : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void resultCarriesValueOrError() {
        QCOMPARE(quarter(8).value(), 2);
        QCOMPARE(quarter(6).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(quarter(3).within("numbers").error().message, std::string("numbers: odd"));
        QCOMPARE(std::string(errorCodeName(ErrorCode::VersionTooNew)), std::string("version_too_new"));
    }

    // method.md 10.8: SplitMix64, seed 42.
    void splitMixGolden() {
        SplitMix64 random(42);
        QCOMPARE(random.next(), 0xbdd732262feb6e95ULL);
        QCOMPARE(random.next(), 0x28efe333b266f103ULL);
        QCOMPARE(random.next(), 0x47526757130f9f52ULL);
    }

    void splitMixContinuesFromItsState() {
        SplitMix64 a(7);
        a.next();
        SplitMix64 b(a.state());
        QCOMPARE(a.next(), b.next());
    }

    void normalHasTheRightMoments() {
        SplitMix64 random(3);
        double sum = 0, squares = 0;
        const int n = 20000;
        for (int i = 0; i < n; ++i) {
            const double x = random.normal();
            sum += x;
            squares += x * x;
        }
        QVERIFY(std::abs(sum / n) < 0.03);
        QVERIFY(std::abs(squares / n - 1) < 0.05);
    }

    void shuffleIsAPermutation() {
        std::vector<int> items(100);
        std::iota(items.begin(), items.end(), 0);
        SplitMix64 random(1);
        shuffle(items, random);
        QVERIFY(!std::is_sorted(items.begin(), items.end()));
        std::sort(items.begin(), items.end());
        for (int i = 0; i < 100; ++i) QCOMPARE(items[static_cast<std::size_t>(i)], i);
    }

    // FIPS 180-4 test vectors.
    void sha256Vectors() {
        QCOMPARE(sha256Hex(""), std::string("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        QCOMPARE(sha256Hex("abc"), std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        Sha256 parts;
        parts.add("a");
        parts.add("bc");
        QCOMPARE(toHex(parts.finish()), sha256Hex("abc"));
    }

    void sha256OfFiles() {
        const test::TempFolder folder;
        QCOMPARE(sha256OfFile(folder.write("x", "abc")).value(), sha256Hex("abc"));
        QVERIFY(!sha256OfFile(folder / "missing"));
    }

    void atomicFileReplacesWholeOrNotAtAll() {
        const test::TempFolder folder;
        const fs::path path = folder.write("x", "old");
        {
            auto file = AtomicFile::create(path).value();
            QVERIFY(file.write(std::string_view("half")));
        }
        QCOMPARE(readFile(path).value(), std::string("old"));
        QCOMPARE(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), std::ptrdiff_t(1));
        QVERIFY(writeFileAtomically(path, "new"));
        QCOMPARE(readFile(path).value(), std::string("new"));
    }

    void atomicFileSaysWhenTheFolderIsMissing() {
        const auto outcome = writeFileAtomically("/nonexistent/folder/x", "new");
        QVERIFY(!outcome);
        QCOMPARE(outcome.error().code, ErrorCode::Io);
        QVERIFY(outcome.error().message.find("/nonexistent/folder/x") != std::string::npos);
    }

    void readFileRefusesWhatIsTooLarge() {
        const test::TempFolder folder;
        const fs::path path = folder.write("x", "12345");
        QCOMPARE(readFile(path, 4).error().code, ErrorCode::InvalidArgument);
        QCOMPARE(readFile(folder.path()).error().code, ErrorCode::NotFound);
    }

    void mappedFileShowsTheBytes() {
        const test::TempFolder folder;
        const auto mapped = platform::MappedFile::open(folder.write("x", "hello")).value();
        QCOMPARE(mapped.bytes().size(), std::size_t(5));
        QCOMPARE(static_cast<char>(mapped.bytes()[1]), 'e');
        QCOMPARE(platform::MappedFile::open(folder.write("empty", "")).value().bytes().size(), std::size_t(0));
        QVERIFY(!platform::MappedFile::open(folder / "missing"));
        QVERIFY(!platform::MappedFile::open(folder.path()));
    }

    void fileLockExcludes() {
        const test::TempFolder folder;
        const fs::path path = folder / "lock";
        {
            const auto first = platform::FileLock::acquire(path);
            QVERIFY(first);
            QCOMPARE(platform::FileLock::acquire(path).error().code, ErrorCode::Busy);
        }
        QVERIFY(platform::FileLock::acquire(path));
    }

    void processesAreKnown() {
        QVERIFY(platform::processAlive(platform::processId()));
        QVERIFY(!platform::processAlive(0));
        QVERIFY(platform::processorCount() >= 1);
        QVERIFY(!platform::hostName().empty());
        QVERIFY(platform::peakMemoryBytes() > 0);
        QCOMPARE(platform::processStartTime(platform::processId()), platform::processStartTime(platform::processId()));
    }

    void idsDoNotMixAndNoneIsFalse() {
        QVERIFY(!LabelId{});
        QVERIFY(LabelId{3});
        QVERIFY(LabelId{2} < LabelId{3});
        static_assert(!std::is_same_v<LabelId, DocumentKey>);
    }
};

QTEST_APPLESS_MAIN(TestBase)
#include "tst_base.moc"
