// SPDX-License-Identifier: GPL-3.0-or-later
/// The training page: what comes first, the form, live curves, runs, the comparison; with a worker of our own.
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <algorithm>

#include "core/base/sparse_matrix.h"
#include "core/project/job_results.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/jobs/job_manager.h"
#include "ui/plot/curve_plot.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/theme.h"
#include "ui/training/evaluation_card.h"
#include "ui/training/evaluation_report.h"
#include "ui/training/run_curves.h"
#include "ui/training/training_form.h"
#include "ui/training/training_page.h"

using namespace espalier;
using namespace espalier::ui;
using espalier::test::TempFolder;

namespace {
constexpr int kLongMs = 20000;

QJsonObject evalAnswer() {
    const auto model = [](const char* name, double ndcg, double knn, double purity) {
        return QJsonObject{
            {"model", name},
            {"retrieval", QJsonObject{{"ndcg@10", ndcg},
                                      {"mrr@10", 0.5},
                                      {"map", 0.4},
                                      {"p@10", 0.1},
                                      {"recall@100", 0.9},
                                      {"hit@10", 1.0},
                                      {"queries", 40}}},
            {"levels",
             QJsonArray{
                 QJsonObject{{"level", 0},
                             {"n", 400},
                             {"knn_accuracy", knn},
                             {"purity@10", purity},
                             {"silhouette", QJsonValue()}},
                 QJsonObject{{"level", 1}, {"n", 6}, {"knn_accuracy", 0.1}, {"purity@10", 0.9}, {"silhouette", 0.2}}}}};
    };
    return {{"protocol", "Reference labels: all 400 documents"},
            {"models", QJsonArray{model("base", 0.612, 0.70, 0.60), model("run-1", 0.571, 0.82, 0.62)}}};
}

struct World {
    TempFolder folder;
    test::ScriptedDialogs dialogs;
    ProjectSession session;
    std::unique_ptr<JobManager> jobs;
    std::unique_ptr<Selection> selection;
    std::unique_ptr<TrainingPage> page;

    /// \param vectors  as if an encoder had embedded the documents
    explicit World(int documents, bool tree, bool vectors) {
        const QString path = test::makeProject(folder.path(), documents, tree);
        if (vectors) addVectors(toPath(path));
        jobs = std::make_unique<JobManager>(&session);
        jobs->setWorkerProgram(QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker"));
        selection = std::make_unique<Selection>(&session);
        page = std::make_unique<TrainingPage>(&session, jobs.get(), selection.get());
        session.open(path);
        if (!QTest::qWaitFor([this] { return session.isOpen(); }, kLongMs)) qFatal("the project did not open");
        page->resize(1100, 640);
        page->show();
        if (!QTest::qWaitForWindowExposed(page.get())) qFatal("not shown");
    }
    ~World() {
        page.reset();
        jobs.reset();
    }
    void addVectors(const std::filesystem::path& path) const {
        auto opened = project::Project::open(path, project::Access::ReadWrite);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        auto& project = **opened;
        const auto job = project.newJobFolder("embed");
        const auto ids = project.documentIds();
        folder.write("encoder/config.json", "{}");
        folder.write("encoder/model.safetensors", "not read here");
        project::EmbedResult result;
        result.model = "base";
        result.kind = "encoder";
        result.modelFolder = (folder.path() / "encoder").string();
        result.modelSha256 = std::string(64, 'a');
        result.link = true;
        result.dim = 2;
        std::vector<DocumentKey> keys;
        for (const auto& [key, id] : *ids) keys.push_back(key);
        DenseRows rows{std::int64_t(keys.size()), 2, std::vector<float>(keys.size() * 2, 0.5F)};
        if (!project::writeVectors(*job / result.vectorsFile, keys, rows) || !project::writeEmbedResult(*job, result))
            qFatal("no vectors written");
        if (const auto adopted = project.adopt(*job); !adopted) qFatal("%s", adopted.error().message.c_str());
    }
    template <class T>
    T* find(const char* name) {
        return page->findChild<T*>(name);
    }
    /// What the empty page says: the nearest widget around the button that says anything.
    QString before() {
        const QWidget* around = find<QPushButton>("trainNextStep")->parentWidget();
        while (around && around->accessibleName().isEmpty()) around = around->parentWidget();
        return around ? around->accessibleName() : QString();
    }
};
}  // namespace

class TestTrainingPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().install(*qApp, ThemeMode::Light); }

    void saysWhatComesFirst() {
        {
            World world(0, false, false);
            QVERIFY(world.before().contains("No documents yet"));
            QSignalSpy import(world.page.get(), &TrainingPage::importRequested);
            QTest::mouseClick(world.find<QPushButton>("trainNextStep"), Qt::LeftButton);
            QCOMPARE(import.size(), 1);
        }
        {
            World world(40, false, false);
            QVERIFY(world.before().contains("No label tree yet"));
            QSignalSpy build(world.page.get(), &TrainingPage::buildRequested);
            QTest::mouseClick(world.find<QPushButton>("trainNextStep"), Qt::LeftButton);
            QCOMPARE(build.size(), 1);
        }
        World world(40, true, false);
        QVERIFY(world.before().contains("No sentence encoder yet"));
        // A folder that is no model is refused with the way out; a real one is embedded first.
        world.dialogs.answerPath(fromPath(world.folder.path()));
        QTest::mouseClick(world.find<QPushButton>("trainNextStep"), Qt::LeftButton);
        QTRY_COMPARE(world.dialogs.asked().size(), 1);
        QVERIFY(world.dialogs.lastQuestion().headline.contains("config.json"));
        world.folder.write("model/config.json", "{}");
        world.dialogs.answerPath(fromPath(world.folder / "model"));
        QTest::mouseClick(world.find<QPushButton>("trainNextStep"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!world.jobs->jobs().isEmpty(), kLongMs);
        QCOMPARE(world.jobs->jobs().first()->kind(), QString("embed"));
        QCOMPARE(world.jobs->jobs().first()->options().value("model").toString(), fromPath(world.folder / "model"));
    }

    void theFormBecomesTheOptionsOfTheCommandLine() {
        World world(40, true, true);
        auto* form = world.find<TrainingForm>("trainingForm");
        QVERIFY(form->isVisible());
        QJsonObject options = form->options();
        QCOMPARE(options.value("model").toString(), QString("base"));
        QCOMPARE(options.value("name").toString(), QString("run-1"));
        QCOMPARE(options.value("labels").toString(), QString("tree"));
        QCOMPARE(options.value("epochs").toDouble(), 1.0);
        QVERIFY(!options.contains("steps"));
        QCOMPARE(options.value("schedule").toString(), QString("linear-coarse"));
        QCOMPARE(options.value("lr").toDouble(), 2e-5);
        QCOMPARE(options.value("tau").toDouble(), 0.07);

        auto* length = world.find<QComboBox>("lengthKind");
        length->setFocus();
        QTest::keyClick(length, Qt::Key_Down);
        QTRY_VERIFY(world.find<QSpinBox>("steps")->isVisible());
        QVERIFY(!world.find<QDoubleSpinBox>("epochs")->isVisible());
        world.find<QSpinBox>("steps")->setValue(123);
        QTest::mouseClick(world.find<QToolButton>("moreSettings"), Qt::LeftButton);
        auto* rate = world.find<QDoubleSpinBox>("learningRate");
        QTRY_VERIFY(rate->isVisible());
        QCOMPARE(rate->text(), QString("2e-05"));
        rate->setFocus();
        rate->selectAll();
        QTest::keyClicks(rate, "5e-6");
        QTest::keyClick(rate, Qt::Key_Tab);
        world.find<QLineEdit>("runName")->setFocus();
        QTest::keyClicks(world.find<QLineEdit>("runName"), "soil test/1");  // blank and slash are not taken
        options = form->options();
        QCOMPARE(options.value("steps").toInt(), 123);
        QVERIFY(!options.contains("epochs"));
        QCOMPARE(options.value("lr").toDouble(), 5e-6);
        QCOMPARE(options.value("name").toString(), QString("soiltest1"));
        QVERIFY(world.find<QLabel>("caution")->text().contains("may find less"));
    }

    void trainsLiveAndKeepsTheRun() {
        World world(40, true, true);
        qputenv("ESPALIER_FAKE", "forever");
        QTest::mouseClick(world.find<QPushButton>("startTraining"), Qt::LeftButton);
        QCOMPARE(world.jobs->jobs().size(), 1);
        Job* job = world.jobs->jobs().first();
        QTRY_VERIFY_WITH_TIMEOUT(job->done() > 5, kLongMs);
        qunsetenv("ESPALIER_FAKE");
        QVERIFY(!world.find<QPushButton>("startTraining")->isEnabled());
        auto* plot = world.page->findChild<CurvePlot*>();
        QTRY_VERIFY_WITH_TIMEOUT(plot->isVisible(), kLongMs);
        QTRY_VERIFY_WITH_TIMEOUT(plot->dataAsText().count('\n') > 5, kLongMs);
        QVERIFY(plot->dataAsText().startsWith("step\tTotal\tLevel 0\tLevel 1\n1\t4\t2\t3"));
        auto* table = world.find<QTableView>("runsTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, kLongMs);
        QCOMPARE(table->model()->index(0, 0).data().toString(), QString("run-1"));

        auto* pause = world.find<QPushButton>("pauseTraining");
        QTest::mouseClick(pause, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(int(job->state()), int(JobState::Paused), kLongMs);
        QCOMPARE(pause->text(), QString("Resume"));
        // Editing goes on while it trains; the curves say when.
        const TreeSnapshotPtr tree = world.session.tree();
        tree::Edit edit;
        edit.kind = tree::EditKind::Rename;
        edit.label = tree->tree.at(tree->tree.root()).children.front();
        edit.text = "Earth";
        world.session.edit(edit);
        QTRY_VERIFY_WITH_TIMEOUT(world.session.tree()->revision > tree->revision, kLongMs);
        world.page->pauseOrResume();
        QTRY_COMPARE_WITH_TIMEOUT(int(job->state()), int(JobState::Running), kLongMs);
        QTest::mouseClick(world.find<QPushButton>("stopTraining"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!job->active(), kLongMs);
        QTRY_VERIFY(world.find<QPushButton>("startTraining")->isEnabled());
        // The curves of a run that is over come from its folder.
        QTRY_VERIFY_WITH_TIMEOUT(plot->dataAsText().count('\n') > 5, kLongMs);
    }

    void trainedModelOffersToRefitTheTree() {
        World world(40, true, true);
        auto* offer = world.find<Banner>("refitOffer");
        world.find<QCheckBox>("measureAfterwards")->setChecked(false);
        project::TrainResult trained;
        trained.run = "run-1";
        trained.modelFolder = (world.folder.path() / "encoder").string();
        trained.dim = 2;
        const auto left = world.folder.path() / "left";
        std::filesystem::create_directories(left);
        QVERIFY(bool(project::writeTrainResult(left, trained)));
        qputenv("ESPALIER_FAKE_RESULT", fromPath(left).toUtf8());
        qputenv("ESPALIER_FAKE", "trained");
        QTest::mouseClick(world.find<QPushButton>("startTraining"), Qt::LeftButton);
        QVERIFY(!offer->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(offer->isVisible(), kLongMs);
        // Its vectors come first: a re-fit needs them.
        QSignalSpy refit(world.page.get(), &TrainingPage::refitRequested);
        QTest::mouseClick(offer->findChild<QPushButton*>(), Qt::LeftButton);
        QVERIFY(!offer->isVisible());
        QCOMPARE(world.jobs->jobs().size(), 2);
        const auto jobs = world.jobs->jobs();
        const auto embed = std::find_if(jobs.begin(), jobs.end(), [](Job* job) { return job->kind() == "embed"; });
        QVERIFY(embed != jobs.end());
        QCOMPARE((*embed)->options().value("model").toString(), QString("run-1"));
        QCOMPARE(refit.size(), 0);
        QVERIFY(world.find<QPushButton>("refitRun")->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(!(*embed)->active(), kLongMs);
        qunsetenv("ESPALIER_FAKE_RESULT");
        qunsetenv("ESPALIER_FAKE");
    }

    void noModelNoOffer() {
        World world(40, true, true);
        world.find<QCheckBox>("measureAfterwards")->setChecked(false);
        qputenv("ESPALIER_FAKE", "ok 3");
        QTest::mouseClick(world.find<QPushButton>("startTraining"), Qt::LeftButton);
        Job* job = world.jobs->jobs().first();
        QTRY_VERIFY_WITH_TIMEOUT(!job->active(), kLongMs);
        qunsetenv("ESPALIER_FAKE");
        QVERIFY(!world.find<Banner>("refitOffer")->isVisible());
        QVERIFY(!world.find<QPushButton>("refitRun")->isEnabled());
    }

    void killedTrainingCanBeStartedAgain() {
        World world(40, true, true);
        qputenv("ESPALIER_FAKE", "kill");
        world.page->startTraining();
        Job* job = world.jobs->jobs().first();
        QTRY_COMPARE_WITH_TIMEOUT(int(job->state()), int(JobState::Failed), kLongMs);
        qunsetenv("ESPALIER_FAKE");
        auto* table = world.find<QTableView>("runsTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->index(0, 1).data().toString(), QString("Failed"), kLongMs);
        QVERIFY(world.find<QPushButton>("startTraining")->isEnabled());
        QCOMPARE(world.find<TrainingForm>("trainingForm")->runName(), QString("run-2"));
    }

    void runsAreNotedAndDeleted() {
        World world(40, true, true);
        world.session.run<bool>(
            [](project::Project& project, jobs::JobContext&) -> Result<bool> {
                ESPALIER_ASSIGN(const auto run, project.createRun("old", "{}"));
                ESPALIER_TRY(project.setRunState(run.name, project::RunState::Stopped));
                return true;
            },
            [](Result<bool> done) { QVERIFY(done.ok()); });
        auto* table = world.find<QTableView>("runsTable");
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, kLongMs);
        QVERIFY(!world.find<QPushButton>("useRun")->isEnabled());  // it has no model
        world.dialogs.answerText("first try");
        QTest::mouseClick(world.find<QPushButton>("noteRun"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->index(0, 5).data().toString(), QString("first try"), kLongMs);
        world.dialogs.answerChoice("Cancel");
        QTest::mouseClick(world.find<QPushButton>("deleteRun"), Qt::LeftButton);
        QTRY_COMPARE(world.dialogs.asked().size(), 1);
        QVERIFY(world.dialogs.lastQuestion().text.contains("cannot be undone"));
        QCOMPARE(table->model()->rowCount(), 1);
        world.dialogs.answerChoice("Delete");
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Delete);
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 0, kLongMs);
    }

    void comparisonShowsWorseFirst() {
        const EvaluationReport report = readEvaluation(evalAnswer());
        QCOMPARE(report.before, QString("base"));
        QCOMPARE(report.after, QString("run-1"));
        QCOMPARE(report.worse, 1);
        QCOMPARE(report.better, 2);
        QCOMPARE(report.rows[0].term, QString("ndcg@10"));
        QCOMPARE(int(report.rows[0].verdict), int(Verdict::Worse));
        QCOMPARE(report.rows[1].term, QString("knn_accuracy, level 0"));
        QCOMPARE(int(report.rows[1].verdict), int(Verdict::Better));
        // Six documents are too few for a verdict; a null silhouette is no row.
        for (const FigureRow& row : report.rows)
            if (row.term.endsWith("level 1")) QCOMPARE(int(row.verdict), int(Verdict::Same));
        QVERIFY(std::none_of(report.rows.begin(), report.rows.end(),
                             [](const FigureRow& row) { return row.term == "silhouette, level 0"; }));
        QVERIFY2(report.summary().startsWith("1 figure got worse, 2 got better"), qPrintable(report.summary()));
        QVERIFY(readEvaluation({}).empty());
        QVERIFY(readEvaluation({{"models", QJsonArray{QJsonObject{}}}}).empty());

        EvaluationCard card;
        card.showReport(report);
        auto* table = card.findChild<QTableView*>("evaluationTable");
        QVERIFY(table->model()->index(0, EvaluationModel::Change).data().toString().contains("worse"));
        QVERIFY(table->model()->index(1, EvaluationModel::Change).data().toString().contains("better"));
        QVERIFY(
            table->model()->index(0, EvaluationModel::Measure).data(Qt::ToolTipRole).toString().contains("ndcg@10"));
    }

    void curvesOfAnOlderRunAreReadFromItsFolder() {
        const TempFolder folder;
        const auto path =
            folder.write("events.jsonl",
                         "{\"event\":\"start\"}\n"
                         "{\"event\":\"metric\",\"step\":1,\"loss\":3.5,\"floor\":1,\"levels\":[1,2.5]}\n"
                         "not json\n"
                         "{\"event\":\"metric\",\"step\":2,\"loss\":null,\"floor\":1,\"levels\":[null,2]}\n"
                         "{\"event\":\"paused\"}\n{\"event\":\"resumed\"}\n"
                         "{\"event\":\"metric\",\"step\":3,\"loss\":2.5,\"floor\":1,\"levels\":[1,1.5]}\n"
                         "{\"event\":\"checkpoint\",\"step\":3}\n{\"event\":\"metr");
        const RunEvents events = readRunEvents(fromPath(path));
        QCOMPARE(events.events.size(), std::size_t(6));
        CurvePlot plot;
        RunCurves curves(&plot);
        curves.clear();
        curves.addEvents(events);
        plot.setSmoothing(0);
        QVERIFY2(plot.dataAsText().contains("1\t3.5\t1\t2.5"), qPrintable(plot.dataAsText()));
        QVERIFY(plot.dataAsText().contains("2\t\t\t2\n"));
        plot.setCurrentQuantity(1);
        QVERIFY(plot.dataAsText().contains("3\t1.5\n"));
        QVERIFY(plot.readOut(3).contains("Model stored"));
    }
};

QTEST_MAIN(TestTrainingPage)
#include "tst_training_page.moc"
