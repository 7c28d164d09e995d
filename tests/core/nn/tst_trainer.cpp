// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <cmath>
#include <filesystem>

#include "core/base/atomic_file.h"
#include "core/base/platform.h"
#include "core/jobs/job_context.h"
#include "core/nn/encoder.h"
#include "core/nn/trainer.h"
#include "tests/core/nn/tiny_encoder.h"
#include "tests/support/temp_folder.h"

#ifdef __SANITIZE_ADDRESS__
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // of sanitizer/allocator_interface.h
#endif

using namespace espalier;
using namespace espalier::nn;
using espalier::test::plantedCorpus;
using espalier::test::TempFolder;
using espalier::test::TinyEncoder;
using espalier::test::writeTinyEncoder;
namespace fs = std::filesystem;

namespace {

TrainOptions quick(std::int64_t steps) {
    TrainOptions options;
    options.steps = steps;
    options.batch = 24;
    options.learningRate = 2e-3;
    options.threads = 2;
    return options;
}

std::unique_ptr<Trainer> make(const fs::path& folder, const std::vector<TrainItem>& items,
                              const TrainOptions& options) {
    auto trainer = Trainer::create(folder, items, options, Device{});
    if (!trainer) qFatal("%s", trainer.error().message.c_str());
    return std::move(trainer).value();
}

std::vector<StepStats> runAll(Trainer& trainer) {
    jobs::JobContext context;
    std::vector<StepStats> all;
    while (!trainer.finished()) {
        auto stats = trainer.step(context);
        if (!stats) qFatal("%s", stats.error().message.c_str());
        all.push_back(*stats);
    }
    return all;
}

/// Bytes that only grow when something is kept. AddressSanitizer holds freed memory back, so it is asked what lives.
std::int64_t memoryHeld() {
#ifdef __SANITIZE_ADDRESS__
    return static_cast<std::int64_t>(__sanitizer_get_current_allocated_bytes());
#else
    return platform::peakMemoryBytes();
#endif
}

std::string weightsOf(const fs::path& folder) {
    return readFile(folder / "model.safetensors").value();
}

/// Mean cosine of pairs of one leaf, of one branch but not one leaf, and of different branches.
std::array<double, 3> likeness(const fs::path& folder, const std::vector<TrainItem>& items) {
    auto encoder = Encoder::load(folder, Device{});
    if (!encoder) qFatal("%s", encoder.error().message.c_str());
    std::vector<std::string> texts;
    for (const TrainItem& item : items) texts.push_back(item.text);
    jobs::JobContext context;
    const DenseRows rows = (*encoder)->encode(texts, {}, context).value();
    std::array<double, 3> sums{}, counts{};
    for (std::size_t i = 0; i < items.size(); ++i)
        for (std::size_t j = i + 1; j < items.size(); ++j) {
            const auto a = rows.row(static_cast<std::int64_t>(i)), b = rows.row(static_cast<std::int64_t>(j));
            double dot = 0;
            for (std::size_t c = 0; c < a.size(); ++c) dot += static_cast<double>(a[c]) * static_cast<double>(b[c]);
            const bool branch = items[i].labelPath[0] == items[j].labelPath[0];
            const std::size_t kind = items[i].labelPath[1] == items[j].labelPath[1] ? 0 : branch ? 1 : 2;
            sums[kind] += dot;
            ++counts[kind];
        }
    for (std::size_t k = 0; k < 3; ++k) sums[k] /= counts[k];
    return sums;
}

ErrorCode refusal(const fs::path& folder, const std::vector<TrainItem>& items, const TrainOptions& options) {
    const auto trainer = Trainer::create(folder, items, options, Device{});
    return trainer.ok() ? ErrorCode::Internal : trainer.error().code;
}

}  // namespace

class TestTrainer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        m_model = writeTinyEncoder(m_folder.path() / "tiny");
        m_items = plantedCorpus(3, 2, 10);
    }

    void learnsThePlantedTree() {
        const auto before = likeness(m_model, m_items);
        const auto unseen = plantedCorpus(3, 2, 6, 99);
        const auto unseenBefore = likeness(m_model, unseen);
        auto trainer = make(m_model, m_items, quick(60));
        QVERIFY(trainer->warnings().empty());
        const auto stats = runAll(*trainer);
        QCOMPARE(stats.size(), std::size_t{60});
        const auto mean = [&](std::size_t from, std::size_t to) {
            double sum = 0;
            for (std::size_t k = from; k < to; ++k) sum += stats[k].loss - stats[k].floor;
            return sum / static_cast<double>(to - from);
        };
        QVERIFY2(mean(50, 60) < 0.5 * mean(0, 10), qPrintable(QString("%1 %2").arg(mean(0, 10)).arg(mean(50, 60))));

        const fs::path out = m_folder.path() / "learnt";
        QVERIFY(trainer->saveModel(out).ok());
        const auto after = likeness(out, m_items);
        QVERIFY(after[0] - after[2] > before[0] - before[2] + 0.3);  // a leaf draws together, branches part
        QVERIFY(after[0] > after[1] && after[1] > after[2]);
        const auto unseenAfter = likeness(out, unseen);  // and not by heart
        QVERIFY(unseenAfter[0] - unseenAfter[2] > unseenBefore[0] - unseenBefore[2] + 0.1);
        QCOMPARE(trainer->saveModel(out).error().code, ErrorCode::AlreadyExists);
    }

    void statsAreWhole() {
        TrainOptions options = quick(20);
        options.schedule = parseSchedule("linear-coarse").value();
        const auto stats = runAll(*make(m_model, m_items, options));
        for (std::size_t k = 0; k < stats.size(); ++k) {
            const StepStats& s = stats[k];
            QCOMPARE(s.step, static_cast<std::int64_t>(k + 1));
            QCOMPARE(s.steps, 20);
            QCOMPARE(s.levels.size(), std::size_t{2});
            QVERIFY(std::abs(s.loss - (2 * s.levels[0] + s.levels[1]) / 3) < 1e-9);
            QVERIFY(s.loss >= s.floor);
            QCOMPARE(s.starved, (std::vector<double>{0, 0}));
            QVERIFY(s.meanCosine >= -1 && s.meanCosine <= 1);
            QVERIFY(s.gradientNorm > 0 && s.documentsPerSecond > 0 && s.tokensPerSecond > s.documentsPerSecond);
            QVERIFY(std::abs(s.learningRate - 2e-3 * learningRateFactor(static_cast<std::int64_t>(k), 2, 20)) < 1e-15);
            QVERIFY(k == 0 || s.epoch > stats[k - 1].epoch);
        }
    }

    void epochsBecomeSteps() {
        TrainOptions options = quick(0);
        options.epochs = 2;
        auto trainer = make(m_model, m_items, options);
        const std::int64_t planned = trainer->plannedSteps();
        QVERIFY(planned >= 5 && planned <= 7);  // 60 documents twice, 24 a batch, some stand in
        const auto stats = runAll(*trainer);
        QVERIFY(stats[stats.size() - 2].epoch < 2 && stats.back().epoch >= 2);
        QVERIFY(trainer->finished());
        QCOMPARE(trainer->stepsDone(), planned);
    }

    void equalRunsAreEqualBitForBit() {
        std::vector<std::string> weights;
        std::vector<double> losses;
        for (const std::uint64_t seed : {std::uint64_t{42}, std::uint64_t{42}, std::uint64_t{43}}) {
            TrainOptions options = quick(8);
            options.seed = seed;
            auto trainer = make(m_model, m_items, options);
            losses.push_back(runAll(*trainer).back().loss);
            const fs::path out = m_folder.path() / ("equal" + std::to_string(weights.size()));
            QVERIFY(trainer->saveModel(out).ok());
            weights.push_back(weightsOf(out));
        }
        QCOMPARE(losses[0], losses[1]);
        QVERIFY(weights[0] == weights[1]);
        QVERIFY(weights[0] != weights[2]);
    }

    /// The first update has rate 0, so two trainers see the same weights there; dropout is what differs.
    void dropoutFollowsTheOption() {
        TrainOptions options = quick(10);
        options.dropout = 0;
        const double without = runAll(*make(m_model, m_items, options)).front().loss;
        options.dropout = 0.3;
        const double with = runAll(*make(m_model, m_items, options)).front().loss;
        QVERIFY(without != with);
        auto trainer = make(m_model, m_items, options);
        jobs::JobContext context;
        QVERIFY(trainer->step(context).ok());
        const fs::path out = m_folder.path() / "rate0";
        QVERIFY(trainer->saveModel(out).ok());
        const auto before = likeness(m_model, m_items), after = likeness(out, m_items);
        QVERIFY(std::abs(before[0] - after[0]) < 1e-6);
    }

    /// Batches of one document per leaf pair it with another dropout pass of itself: the loss is not zero.
    void loneDocumentsMeetThemselves() {
        std::vector<TrainItem> items = plantedCorpus(2, 1, 4);
        items.push_back({"w1 w2 w3", {50, 500}});
        items.push_back({"w4 w5 w6", {51, 510}});
        auto trainer = make(m_model, items, quick(6));
        for (const StepStats& s : runAll(*trainer)) {
            QCOMPARE(s.starved, (std::vector<double>{0, 0}));
            QVERIFY(std::isfinite(s.loss));
        }
    }

    void stopsInsideAStepAndGoesOn() {
        auto trainer = make(m_model, m_items, quick(8));
        auto straight = make(m_model, m_items, quick(8));
        jobs::JobContext context;
        QVERIFY(trainer->step(context).ok());
        jobs::JobContext stopped;
        stopped.setControl(jobs::Control::Stop);
        QCOMPARE(trainer->step(stopped).error().code, ErrorCode::Cancelled);
        QCOMPARE(trainer->stepsDone(), 1);
        runAll(*trainer);
        runAll(*straight);
        QVERIFY(trainer->saveModel(m_folder.path() / "stopped").ok());
        QVERIFY(straight->saveModel(m_folder.path() / "straight").ok());
        QVERIFY(weightsOf(m_folder.path() / "stopped") == weightsOf(m_folder.path() / "straight"));
    }

    void aStoppedRunIsAUsableModel() {
        auto trainer = make(m_model, m_items, quick(50));
        jobs::JobContext context;
        for (int k = 0; k < 3; ++k) QVERIFY(trainer->step(context).ok());
        const fs::path out = m_folder.path() / "early";
        QVERIFY(trainer->saveModel(out).ok());
        QVERIFY(weightsOf(out) != weightsOf(m_model));
        QVERIFY(trainer->step(context).ok());  // and the run may go on
        auto again = make(out, m_items, quick(2));
        runAll(*again);
    }

    void numbersThatAreNoneStopTheRun() {
        TinyEncoder broken;
        broken.normScale = 1e20F;
        const fs::path folder = writeTinyEncoder(m_folder.path() / "broken", broken);
        auto trainer = make(folder, m_items, quick(5));
        jobs::JobContext context;
        const auto stats = trainer->step(context);
        QVERIFY(!stats.ok());
        QCOMPARE(stats.error().code, ErrorCode::Numerical);
        QVERIFY(QString::fromStdString(stats.error().message).contains("step 1"));
        QCOMPARE(trainer->step(context).error().message, stats.error().message);
        QCOMPARE(trainer->stepsDone(), 0);
        const fs::path out = m_folder.path() / "kept";
        QVERIFY(trainer->saveModel(out).ok());  // the last finite weights: those it started from
        auto kept = make(out, m_items, quick(5));
        QCOMPARE(kept->step(context).error().code, ErrorCode::Numerical);
    }

    void refusesWhatCannotBeLearnt() {
        const auto options = quick(5);
        std::vector<TrainItem> none = m_items;
        for (TrainItem& item : none) item.labelPath.clear();
        QCOMPARE(refusal(m_model, none, options), ErrorCode::InvalidState);
        QCOMPARE(refusal(m_model, {}, options), ErrorCode::InvalidState);
        const std::vector<TrainItem> three(m_items.begin(), m_items.begin() + 3);
        QCOMPARE(refusal(m_model, three, options), ErrorCode::InvalidState);
        std::vector<TrainItem> lonely = m_items;
        for (std::size_t i = 0; i < lonely.size(); ++i) lonely[i].labelPath = {static_cast<std::int64_t>(i + 1)};
        QCOMPARE(refusal(m_model, lonely, options), ErrorCode::InvalidState);
        QCOMPARE(refusal(m_folder.path() / "nowhere", m_items, options), ErrorCode::NotFound);

        std::vector<TrainItem> flat = m_items;
        for (TrainItem& item : flat) item.labelPath[0] = 7;
        flat.push_back({"w1", {}});
        const auto trainer = make(m_model, flat, options);
        QCOMPARE(trainer->warnings().size(), std::size_t{2});
        QVERIFY(QString::fromStdString(trainer->warnings()[0]).contains("level 0 has one label"));
        QVERIFY(QString::fromStdString(trainer->warnings()[1]).startsWith("1 document"));
    }

    void refusesOptionsOutOfRange() {
        const auto with = [&](auto change) {
            TrainOptions options = quick(5);
            change(options);
            return refusal(m_model, m_items, options);
        };
        const double nan = std::nan("");
        QCOMPARE(with([](TrainOptions& o) { o.batch = 3; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.learningRate = 0; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.learningRate = 2; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([&](TrainOptions& o) { o.learningRate = nan; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.temperature = 0; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.steps = -1; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.steps = 0, o.epochs = 0; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.maxLength = 2; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.dropout = 1; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.warmupShare = 1.5; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.weightDecay = -1; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.clipNorm = -1; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.threads = -1; }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions& o) { o.schedule = *parseSchedule("1,1,1"); }), ErrorCode::InvalidArgument);
        QCOMPARE(with([](TrainOptions&) {}), ErrorCode::Internal);  // nothing refused
    }

    /// Texts of one length: the matrix library keeps some memory for every new shape that it meets.
    void memoryDoesNotGrow() {
        std::vector<TrainItem> items = m_items;
        for (TrainItem& item : items) item.text = (item.text + " w1 w2 w3 w4 w5 w6 w7 w8").substr(0, 24);
        TrainOptions options = quick(240);
        options.maxLength = 8;
        auto trainer = make(m_model, items, options);
        jobs::JobContext context;
        for (int k = 0; k < 40; ++k) QVERIFY(trainer->step(context).ok());
        const std::int64_t early = memoryHeld();
        while (!trainer->finished()) QVERIFY(trainer->step(context).ok());
        const std::int64_t growth = memoryHeld() - early;
        QVERIFY2(growth < 4 << 20, qPrintable(QString::number(growth)));
    }

private:
    TempFolder m_folder;
    fs::path m_model;
    std::vector<TrainItem> m_items;
};

QTEST_APPLESS_MAIN(TestTrainer)
#include "tst_trainer.moc"
