// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/training/training_page.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QTabBar>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/dialogs/dialog_service.h"
#include "ui/dialogs/error_text.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/job_row.h"
#include "ui/plot/curve_plot.h"
#include "ui/session/project_session.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/training/evaluation_card.h"
#include "ui/training/run_curves.h"
#include "ui/training/runs_model.h"
#include "ui/training/runs_panel.h"
#include "ui/training/training_form.h"

namespace espalier::ui {
namespace {
enum Page { BeforePage, WorkPage };
enum Tab { RunsTab, EvaluationTab };
/// In the run's folder, one comparison a line, the newest last. A log like events.jsonl: what came with the run
/// itself is sealed when it is stored.
constexpr const char* kEvaluationFile = "/evaluations.jsonl";

/// Where the set-up script puts the default encoder.
QString defaultEncoder() {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) +
                           QStringLiteral("/espalier/models/all-MiniLM-L6-v2");
    return QFileInfo(folder).isDir() ? folder : QString();
}
}  // namespace

class TrainingPage::Private {
public:
    enum class Need { Documents, Tree, Encoder, Nothing };

    void build(TrainingPage* owner);
    QWidget* makeBefore();
    QWidget* makeRight();
    Need need() const;
    void refresh();
    void refreshBefore();
    void refreshHeader();
    void startEmbedding(const QString& model);
    void chooseFolder(bool embed);
    void watch(Job* job);
    void trainingEnded(Job* job);
    void embedThenCompare(const QString& run);
    void embedThenRefit(const QString& run);
    void compare(const QString& run);
    void keepEvaluation(const QString& run, const QJsonObject& result);
    void showRun(const QString& run);
    void loadRun(const QString& run);
    QString startOf(const QString& run) const;
    bool hasVectors(const QString& model) const;
    Job* training() const { return jobs->activeJob(QStringLiteral("train")); }

    TrainingPage* q = nullptr;
    ProjectSession* session = nullptr;
    JobManager* jobs = nullptr;
    QStackedWidget* pages = nullptr;
    EmptyState* before = nullptr;
    QPushButton* cached = nullptr;
    Banner* offer = nullptr;  ///< after a run: to re-fit the tree with its vectors
    QString offered;          ///< that run
    TrainingForm* form = nullptr;
    TextLabel* title = nullptr;
    TextLabel* state = nullptr;
    TextLabel* figures = nullptr;
    ProgressLine* progress = nullptr;
    QPushButton* pause = nullptr;
    QPushButton* stop = nullptr;
    CurvePlot* plot = nullptr;
    EmptyState* noCurves = nullptr;
    QStackedWidget* plotStack = nullptr;
    std::unique_ptr<RunCurves> curves;
    QTabBar* tabs = nullptr;
    QStackedWidget* lower = nullptr;
    RunsPanel* runs = nullptr;
    EvaluationCard* evaluation = nullptr;
    QString shownRun;
    QPointer<Job> liveJob;  ///< whose events go to the curves
    quint64 loading = 0;
    bool loadingNow = false;
    QList<QJsonObject> whileLoading;  ///< live figures that came while older ones were read
    qint64 lastRevision = 0;
};

TrainingPage::Private::Need TrainingPage::Private::need() const {
    const auto& status = session->status();
    if (!session->isOpen() || status.documents == 0) return Need::Documents;
    if (status.labels == 0) return Need::Tree;
    for (const project::ModelInfo& model : status.models)
        if (model.kind != "tfidf") return Need::Nothing;
    return status.runs.empty() && !training() ? Need::Encoder : Need::Nothing;
}

bool TrainingPage::Private::hasVectors(const QString& model) const {
    for (const project::ModelInfo& one : session->status().models)
        if (toQt(one.name) == model && !one.vectorsFile.empty()) return true;
    return false;
}

QString TrainingPage::Private::startOf(const QString& run) const {
    for (const project::RunInfo& one : session->status().runs) {
        if (toQt(one.name) != run) continue;
        const QJsonObject config = QJsonDocument::fromJson(QByteArray::fromStdString(one.config)).object();
        const QJsonObject options = config.value(QLatin1String("options")).toObject();
        QString start = options.isEmpty() ? config.value(QLatin1String("model")).toString()
                                          : options.value(QLatin1String("model")).toString();
        if (hasVectors(start)) return start;
    }
    return hasVectors(QStringLiteral("base")) ? QStringLiteral("base") : QStringLiteral("tfidf");
}

void TrainingPage::Private::build(TrainingPage* owner) {
    q = owner;
    form = new TrainingForm(session, q);
    auto* left = new QWidget(q);
    auto* leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(theme().space(4), theme().space(4), theme().space(1), theme().space(4));
    leftLayout->addWidget(form);
    left->setMinimumWidth(theme().length(Length::SidePanelWidth) * 9 / 10);
    auto* split = new QSplitter(Qt::Horizontal, q);
    split->setObjectName(QStringLiteral("trainingSplitter"));
    split->setChildrenCollapsible(false);
    split->addWidget(left);
    split->addWidget(makeRight());
    split->setStretchFactor(0, 0);
    split->setStretchFactor(1, 1);
    split->setSizes({theme().length(Length::SidePanelWidth), theme().length(Length::TextColumnWidth)});
    pages = new QStackedWidget(q);
    pages->addWidget(makeBefore());
    pages->addWidget(split);
    auto* layout = new QVBoxLayout(q);
    noMargins(layout);
    layout->addWidget(pages);
    curves = std::make_unique<RunCurves>(plot);
    curves->clear();
}

QWidget* TrainingPage::Private::makeBefore() {
    auto* page = new QWidget(q);
    before = new EmptyState(page);
    before->button()->setObjectName(QStringLiteral("trainNextStep"));
    cached = new QPushButton(page);
    cached->setObjectName(QStringLiteral("useDefaultEncoder"));
    auto* layout = new QVBoxLayout(page);
    noMargins(layout);
    layout->addWidget(before, 1);
    before->setSecondary(cached);
    QObject::connect(before, &EmptyState::activated, q, [this] {
        switch (need()) {
            case Need::Documents:
                Q_EMIT q->importRequested();
                break;
            case Need::Tree:
                Q_EMIT q->buildRequested();
                break;
            case Need::Encoder:
                q->chooseModelFolder();
                break;
            case Need::Nothing:
                break;
        }
    });
    QObject::connect(cached, &QPushButton::clicked, q, [this] { startEmbedding(defaultEncoder()); });
    return page;
}

QWidget* TrainingPage::Private::makeRight() {
    auto* upper = new QWidget(q);
    title = new TextLabel({}, TextRole::Title, ColorRole::Text, upper);
    title->setObjectName(QStringLiteral("runTitle"));
    state = new TextLabel({}, TextRole::Normal, ColorRole::Muted, upper);
    state->setObjectName(QStringLiteral("runState"));
    figures = new TextLabel({}, TextRole::Normal, ColorRole::Muted, upper);
    figures->setObjectName(QStringLiteral("runFigures"));
    progress = new ProgressLine(upper);
    offer = new Banner(Banner::Kind::Information, upper);
    offer->setObjectName(QStringLiteral("refitOffer"));
    offer->hide();
    pause = new QPushButton(upper);
    pause->setObjectName(QStringLiteral("pauseTraining"));
    stop = new QPushButton(icon(QStringLiteral("stop")), {}, upper);
    stop->setObjectName(QStringLiteral("stopTraining"));
    auto* head = new QHBoxLayout;
    noMargins(head);
    head->setSpacing(theme().space(3));
    head->addWidget(title);
    head->addWidget(state);
    head->addStretch(1);
    head->addWidget(figures);
    head->addWidget(pause);
    head->addWidget(stop);

    plot = new CurvePlot(upper);
    noCurves = new EmptyState(upper);
    noCurves->setContent(QStringLiteral("chart"), TrainingPage::tr("No curves yet"),
                         TrainingPage::tr("Loss, one curve for each level and the speed are drawn here while a run "
                                          "goes on."));
    plotStack = new QStackedWidget(upper);
    plotStack->addWidget(noCurves);
    plotStack->addWidget(plot);
    auto* upperLayout = new QVBoxLayout(upper);
    upperLayout->setContentsMargins(theme().space(4), theme().space(4), theme().space(4), theme().space(2));
    upperLayout->setSpacing(theme().space(2));
    upperLayout->addLayout(head);
    upperLayout->addWidget(progress);
    upperLayout->addWidget(offer);
    upperLayout->addWidget(plotStack, 1);
    upper->setAutoFillBackground(true);
    upper->setBackgroundRole(QPalette::Base);

    auto* bottom = new QWidget(q);
    tabs = new QTabBar(bottom);
    tabs->setObjectName(QStringLiteral("trainingTabs"));
    tabs->setAccessibleName(TrainingPage::tr("Runs or comparison"));
    tabs->setDrawBase(false);
    tabs->setExpanding(false);
    tabs->addTab(TrainingPage::tr("Runs"));
    tabs->addTab(TrainingPage::tr("Before and after"));
    auto* strip = new QWidget(bottom);
    auto* stripLayout = new QHBoxLayout(strip);
    stripLayout->setContentsMargins(theme().space(1), 0, theme().space(4), 0);
    stripLayout->addWidget(tabs);
    stripLayout->addStretch(1);
    runs = new RunsPanel(session, jobs, bottom);
    evaluation = new EvaluationCard(bottom);
    lower = new QStackedWidget(bottom);
    bottom->setAutoFillBackground(true);
    bottom->setBackgroundRole(QPalette::Base);
    lower->addWidget(runs);
    lower->addWidget(evaluation);
    auto* bottomLayout = new QVBoxLayout(bottom);
    noMargins(bottomLayout);
    bottomLayout->addWidget(strip);
    bottomLayout->addWidget(makeHairline(bottom));
    bottomLayout->addWidget(lower, 1);

    auto* split = new QSplitter(Qt::Vertical, q);
    split->setObjectName(QStringLiteral("curvesSplitter"));
    split->setChildrenCollapsible(false);
    split->addWidget(upper);
    split->addWidget(bottom);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);

    QObject::connect(tabs, &QTabBar::currentChanged, lower, &QStackedWidget::setCurrentIndex);
    QObject::connect(pause, &QPushButton::clicked, q, &TrainingPage::pauseOrResume);
    QObject::connect(stop, &QPushButton::clicked, q, [this] {
        Job* job = training();
        if (!job) return;
        if (job->forceOffered())
            job->force();
        else
            job->stop();
    });
    QObject::connect(runs, &RunsPanel::currentChanged, q, [this](const QString& run) { showRun(run); });
    QObject::connect(runs, &RunsPanel::searchRequested, q, [this](const QString& run) {
        if (!hasVectors(run)) startEmbedding(run);
        Q_EMIT q->searchRequested(run);
    });
    QObject::connect(runs, &RunsPanel::compareRequested, q, [this](const QString& run) { embedThenCompare(run); });
    QObject::connect(runs, &RunsPanel::refitRequested, q, [this](const QString& run) { embedThenRefit(run); });
    QObject::connect(offer, &Banner::activated, q, [this] { embedThenRefit(offered); });
    QObject::connect(evaluation, &EvaluationCard::measureRequested, q, [this] {
        if (!runs->currentRun().isEmpty()) embedThenCompare(runs->currentRun());
    });
    QObject::connect(plot, &CurvePlot::saveRequested, q, [this] {
        dialogs().saveFile(
            q, TrainingPage::tr("Save picture"), shownRun + QStringLiteral(".svg"),
            TrainingPage::tr("Vector picture (*.svg);;Document (*.pdf);;Picture (*.png)"), [this](const QString& path) {
                if (!path.isEmpty() && !plot->savePicture(path))
                    showError(q, makeError(ErrorCode::Io, "the picture could not be written", fromQt(path)),
                              Activity::Export);
            });
    });
    return split;
}

void TrainingPage::Private::refreshBefore() {
    const Need missing = need();
    const Job* embedding = jobs->activeJob(QStringLiteral("embed"));
    cached->hide();
    switch (missing) {
        case Need::Documents:
            before->setContent(QStringLiteral("documents"), TrainingPage::tr("No documents yet"),
                               TrainingPage::tr("Training needs documents and a label tree over them."),
                               TrainingPage::tr("Import documents…"));
            break;
        case Need::Tree:
            before->setContent(QStringLiteral("tree"), TrainingPage::tr("No label tree yet"),
                               TrainingPage::tr("Training teaches an encoder what your label tree puts together. Build "
                                                "the tree first."),
                               TrainingPage::tr("Build tree…"));
            break;
        case Need::Encoder:
            if (embedding) {
                before->setContent(
                    QStringLiteral("embed"), embedding->title(),
                    QStringList{embedding->statusLine(), embedding->rateText(), embedding->timeLeftText()}
                        .filter(QRegularExpression(QStringLiteral(".")))
                        .join(QStringLiteral(" · ")));
                break;
            }
            before->setContent(
                QStringLiteral("model"), TrainingPage::tr("No sentence encoder yet"),
                TrainingPage::tr("Choose a model folder in sentence-transformers layout (config.json, tokenizer, "
                                 "model.safetensors). It is read from this disk; nothing is fetched. The vectors of "
                                 "all documents are computed first, so that before and after can be compared."),
                TrainingPage::tr("Choose a model folder…"));
            if (const QString folder = defaultEncoder(); !folder.isEmpty()) {
                cached->setText(TrainingPage::tr("Use %1, which is installed").arg(QFileInfo(folder).fileName()));
                cached->show();
            }
            break;
        case Need::Nothing:
            break;
    }
    pages->setCurrentIndex(missing == Need::Nothing ? WorkPage : BeforePage);
}

void TrainingPage::Private::refresh() {
    refreshBefore();
    QString busy;
    if (!session->writable())
        busy = session->readOnlyReason();
    else if (training())
        busy = TrainingPage::tr("A run is under way; the next can start when it is done.");
    form->setBusy(busy);
    form->refresh();
    refreshHeader();
}

void TrainingPage::Private::refreshHeader() {
    const Job* job = training();
    const QString name = job ? job->options().value(QLatin1String("name")).toString() : runs->currentRun();
    const bool live = job && (shownRun.isEmpty() || shownRun == name);
    title->setText(live ? job->title() : shownRun);
    title->setVisible(!title->text().isEmpty());
    QString about;
    if (const project::RunInfo* run = live ? nullptr : runs->model()->run(runs->model()->rowOf(shownRun)); run) {
        const auto cell = [this](int column) {
            return runs->model()->index(runs->model()->rowOf(shownRun), column).data().toString();
        };
        about = TrainingPage::tr("%1 at step %2").arg(cell(RunsModel::State), cell(RunsModel::Step));
    }
    state->setText(live ? job->statusLine() : about);
    progress->setVisible(live);
    progress->setFraction(live ? job->fraction() : -1);
    progress->setActive(live && job->state() == JobState::Running);
    QStringList parts;
    if (live) parts << job->rateText() << job->timeLeftText();
    parts.removeAll({});
    figures->setText(parts.join(QStringLiteral(" · ")));
    pause->setVisible(live && (job->canPause() || job->canResume()));
    pause->setText(live && job->canResume() ? TrainingPage::tr("Resume") : TrainingPage::tr("Pause"));
    pause->setIcon(icon(live && job->canResume() ? QStringLiteral("play") : QStringLiteral("pause")));
    stop->setVisible(live && (job->canStop() || job->state() == JobState::Stopping));
    stop->setText(live && job->forceOffered() ? TrainingPage::tr("Force to end") : TrainingPage::tr("Stop"));
    stop->setToolTip(TrainingPage::tr("Ends after this batch and keeps the model as it is then."));
}

void TrainingPage::Private::startEmbedding(const QString& model) {
    if (model.isEmpty()) return;
    const QString shown = QFileInfo(model).fileName();
    Job* job = jobs->start(QStringLiteral("embed"), {{QStringLiteral("model"), model}},
                           TrainingPage::tr("Vectors of %1").arg(shown));
    QObject::connect(job, &Job::changed, q, [this] {
        if (pages->currentIndex() == BeforePage) refreshBefore();
    });
    refresh();
}

void TrainingPage::Private::watch(Job* job) {
    if (job->kind() != QLatin1String("train")) return;
    QObject::connect(job, &Job::metrics, q, [this, job](const QList<QJsonObject>& batch) {
        const QString run = job->options().value(QLatin1String("name")).toString();
        if (!batch.isEmpty()) {
            const MetricPoint last = metricPoint(batch.last());
            runs->model()->setLive(run, Job::stateText(job->state()), qint64(last.step), last.loss);
        }
        if (liveJob != job) {
            if (shownRun != run) return;  // another run is looked at
            liveJob = job;
        }
        if (loadingNow) whileLoading += batch;
        curves->addMetrics(batch);
        plotStack->setCurrentWidget(plot);
    });
    QObject::connect(job, &Job::checkpoint, q, [this, job](qint64 step) {
        if (liveJob == job) curves->addCheckpoint(double(step));
    });
    QObject::connect(job, &Job::pausedAt, q, [this, job](qint64, bool paused) {
        if (liveJob == job && paused) curves->addPause();
    });
    QObject::connect(job, &Job::changed, q, [this, job] {
        // The name is known once the run has its folder: from then on its curves are shown.
        const QString run = job->options().value(QLatin1String("name")).toString();
        if (!job->folder().isEmpty() && liveJob != job && job->active() && shownRun != run && !shownRun.isNull() &&
            !job->property("shown").toBool()) {
            job->setProperty("shown", true);
            runs->select(run);
        }
        refreshHeader();
    });
    QObject::connect(job, &Job::finished, q, [this, job] { trainingEnded(job); });
}

void TrainingPage::Private::trainingEnded(Job* job) {
    const QString run = job->options().value(QLatin1String("name")).toString();
    if (liveJob == job) liveJob.clear();
    refresh();
    const bool model = !job->result().value(QLatin1String("model_dir")).toString().isEmpty();
    if (model && job->property("measure").toBool()) embedThenCompare(run);
    const auto tree = session->tree();
    if (!model || !session->writable() || !tree || tree->tree.size() <= 1) return;
    offered = run;
    offer->setText(TrainingPage::tr("Vectors of %1 follow the tree more closely. Do they suggest another one? You see "
                                    "the changes before anything happens.")
                       .arg(run));
    offer->setButton(TrainingPage::tr("Re-fit tree"));
    offer->show();
}

void TrainingPage::Private::embedThenRefit(const QString& run) {
    offer->hide();
    if (hasVectors(run)) {
        Q_EMIT q->refitRequested(run);
        return;
    }
    Job* job = jobs->start(QStringLiteral("embed"), {{QStringLiteral("model"), run}},
                           TrainingPage::tr("Vectors of %1").arg(run));
    QObject::connect(job, &Job::finished, q, [this, run, job] {
        if (job->state() == JobState::Done) Q_EMIT q->refitRequested(run);
    });
}

void TrainingPage::Private::embedThenCompare(const QString& run) {
    if (hasVectors(run)) return compare(run);
    Job* job = jobs->start(QStringLiteral("embed"), {{QStringLiteral("model"), run}},
                           TrainingPage::tr("Vectors of %1").arg(run));
    QObject::connect(job, &Job::finished, q, [this, run, job] {
        if (job->state() == JobState::Done) compare(run);
    });
}

void TrainingPage::Private::compare(const QString& run) {
    const QString start = startOf(run);
    if (!hasVectors(start)) {
        evaluation->showNothing(TrainingPage::tr("Nothing to compare with"),
                                TrainingPage::tr("The model that %1 started from has no vectors.").arg(run), {});
        return;
    }
    Job* job = jobs->start(QStringLiteral("eval"), {{QStringLiteral("model"), QJsonArray{start, run}}},
                           TrainingPage::tr("Compare %1 with %2").arg(run, start));
    evaluation->showNothing(TrainingPage::tr("Measuring…"), TrainingPage::tr("%1 against %2").arg(run, start), {});
    QObject::connect(job, &Job::finished, q, [this, run, job](const QJsonObject& result) {
        if (job->state() == JobState::Done)
            keepEvaluation(run, result);
        else
            loadRun(run);
    });
}

void TrainingPage::Private::keepEvaluation(const QString& run, const QJsonObject& result) {
    if (shownRun == run || shownRun.isEmpty()) {
        evaluation->showReport(readEvaluation(result));
        tabs->setCurrentIndex(EvaluationTab);
    }
    session->run<bool>(
        [run = fromQt(run), json = QJsonDocument(result).toJson(QJsonDocument::Compact) + '\n'](
            project::Project& project, jobs::JobContext&) -> Result<bool> {
            QFile file(fromPath(project.runFolder(run)) + QLatin1String(kEvaluationFile));
            if (!file.open(QIODevice::Append) || file.write(json) != json.size() || !file.flush())
                return makeError(ErrorCode::Io, "the comparison could not be stored", fromQt(file.fileName()));
            return true;
        },
        [this](const Result<bool>& kept) {
            if (!kept) jobs->addProblem(TrainingPage::tr("Comparison"), errorText(kept.error(), Activity::Other));
        },
        q);
}

void TrainingPage::Private::showRun(const QString& run) {
    if (run != offered) offer->hide();
    shownRun = run;
    liveJob.clear();
    curves->clear();
    plotStack->setCurrentWidget(noCurves);
    refreshHeader();
    loadRun(run);
}

void TrainingPage::Private::loadRun(const QString& run) {
    const quint64 mine = ++loading;
    if (run.isEmpty()) {
        evaluation->showNothing(TrainingPage::tr("Nothing measured yet"),
                                TrainingPage::tr("After a run, what got better and what got worse stands here."), {});
        return;
    }
    loadingNow = true;
    whileLoading.clear();
    struct Stored {
        RunEvents events;
        QJsonObject evaluation;
    };
    session->read<Stored>(
        [run = fromQt(run)](project::Project& project, jobs::JobContext&) -> Result<Stored> {
            const QString folder = fromPath(project.runFolder(run));
            Stored stored;
            stored.events = readRunEvents(folder + QStringLiteral("/events.jsonl"));
            QFile file(folder + QLatin1String(kEvaluationFile));
            if (file.open(QIODevice::ReadOnly)) {
                for (const QByteArray& line : file.readAll().split('\n'))
                    if (const QJsonDocument read = QJsonDocument::fromJson(line); read.isObject())
                        stored.evaluation = read.object();
            }
            return stored;
        },
        [this, run, mine](Result<Stored> stored) {
            if (mine != loading) return;
            loadingNow = false;
            if (!stored) return;
            curves->clear();
            curves->addEvents(stored->events);
            curves->addMetrics(std::exchange(whileLoading, {}));
            plotStack->setCurrentWidget(curves->empty() ? static_cast<QWidget*>(noCurves) : plot);
            plot->flush();
            if (Job* job = training(); job && job->options().value(QLatin1String("name")).toString() == run)
                liveJob = job;
            const EvaluationReport report = readEvaluation(stored->evaluation);
            if (!report.empty()) {
                evaluation->showReport(report);
            } else if (const project::RunInfo* info = runs->model()->run(runs->model()->rowOf(run));
                       info && !info->modelFolder.empty()) {
                evaluation->showNothing(TrainingPage::tr("Not measured yet"),
                                        TrainingPage::tr("Computes the vectors of %1 if they are missing, then "
                                                         "measures it against the model it started from.")
                                            .arg(run),
                                        TrainingPage::tr("Compare with %1").arg(startOf(run)));
            } else {
                evaluation->showNothing(TrainingPage::tr("Nothing to measure"),
                                        TrainingPage::tr("%1 has no model yet.").arg(run), {});
            }
        },
        q, this);
}

TrainingPage::TrainingPage(ProjectSession* session, JobManager* jobs, Selection*, QWidget* parent)
    : QWidget(parent), d(std::make_unique<Private>()) {
    setObjectName(QStringLiteral("trainingPage"));
    setAccessibleName(tr("Train"));
    d->session = session;
    d->jobs = jobs;
    d->build(this);
    for (Job* job : jobs->jobs()) d->watch(job);
    connect(d->form, &TrainingForm::startRequested, this, &TrainingPage::startTraining);
    connect(d->form, &TrainingForm::folderRequested, this, &TrainingPage::chooseModelFolder);
    connect(jobs, &JobManager::jobAdded, this, [this](Job* job) {
        d->watch(job);
        d->refresh();
    });
    connect(jobs, &JobManager::activityChanged, this, [this] { d->refresh(); });
    for (const auto signal : {&ProjectSession::opened, &ProjectSession::closed, &ProjectSession::statusChanged,
                              &ProjectSession::readOnlyChanged})
        connect(session, signal, this, [this] { d->refresh(); });
    connect(session, &ProjectSession::treeChanged, this, [this] {
        const qint64 revision = d->session->status().treeRevision;
        if (d->liveJob && revision > d->lastRevision)
            d->curves->addEdit(tr("Tree edited (r%1): %2").arg(revision).arg(d->session->undoText()));
        d->lastRevision = revision;
    });
    d->loadRun({});
    d->refresh();
}

TrainingPage::~TrainingPage() = default;

void TrainingPage::startTraining() {
    if (d->need() != Private::Need::Nothing || d->training() || !d->session->writable()) return;
    if (d->form->model().isEmpty()) return chooseModelFolder();
    const QString name = d->form->runName();
    for (const project::RunInfo& run : d->session->status().runs)
        if (toQt(run.name) == name) {
            dialogs().message(this, Severity::Information, tr("Train"),
                              tr("There is a run called %1 already.").arg(name), tr("Choose another name."));
            return;
        }
    Job* job = d->jobs->start(QStringLiteral("train"), d->form->options(), tr("Training %1").arg(name));
    job->setProperty("measure", d->form->measureAfterwards());
    d->offer->hide();
    d->shownRun = QStringLiteral("");  // not null: the run is shown as soon as it has its folder
    d->curves->clear();
    d->plotStack->setCurrentWidget(d->noCurves);
    d->tabs->setCurrentIndex(RunsTab);
    d->refresh();
}

void TrainingPage::embedCorpus() {
    const project::ModelInfo* model = d->session->defaultModel();
    if (model && model->kind != "tfidf") return d->startEmbedding(toQt(model->name));
    const QString folder = defaultEncoder();
    if (!folder.isEmpty()) return d->startEmbedding(folder);
    d->chooseFolder(true);
}

void TrainingPage::pauseOrResume() {
    Job* job = d->training();
    if (!job) return;
    if (job->canResume())
        job->resume();
    else
        job->pause();
}

void TrainingPage::chooseModelFolder() {
    d->chooseFolder(false);
}

// The first encoder of a project embeds its documents at once: search by meaning needs no tree.
void TrainingPage::Private::chooseFolder(bool embed) {
    dialogs().openFolder(q, TrainingPage::tr("Choose a model folder"), [this, embed](const QString& path) {
        if (path.isEmpty()) return;
        if (!QFileInfo::exists(path + QStringLiteral("/config.json"))) {
            dialogs().message(
                q, Severity::Warning, TrainingPage::tr("Model folder"),
                TrainingPage::tr("There is no config.json in “%1”.").arg(QFileInfo(path).fileName()),
                TrainingPage::tr("A folder in sentence-transformers layout holds config.json, the tokenizer and "
                                 "model.safetensors. Choose that folder itself."));
            return;
        }
        form->setModelFolder(path);
        const auto& status = session->status();
        const bool first = status.runs.empty() && !training() &&
                           std::none_of(status.models.begin(), status.models.end(),
                                        [](const project::ModelInfo& model) { return model.kind != "tfidf"; });
        if (embed || first) startEmbedding(path);
    });
}

void TrainingPage::focusForm() {
    if (auto* first = d->form->findChild<QWidget*>(QStringLiteral("startModel"))) first->setFocus();
}

}  // namespace espalier::ui
