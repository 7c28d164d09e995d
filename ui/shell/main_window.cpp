// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMetaEnum>
#include <QMimeData>
#include <QStackedWidget>
#include <QTimer>
#include <QToolBar>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/corpus/document_list_panel.h"
#include "ui/corpus/import_page.h"
#include "ui/corpus/reader.h"
#include "ui/dialogs/dialog_service.h"
#include "ui/dialogs/error_text.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/jobs_dock.h"
#include "ui/models/document_finder.h"
#include "ui/models/document_list_model.h"
#include "ui/retrieval/search_page.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/device_probe.h"
#include "ui/shell/enter_key.h"
#include "ui/shell/status_line.h"
#include "ui/shell/toast.h"
#include "ui/shell/welcome_page.h"
#include "ui/shell/workspace_bar.h"
#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/training/training_page.h"
#include "ui/tree/document_actions.h"
#include "ui/tree/expectation_watch.h"
#include "ui/tree/growing_tree.h"
#include "ui/tree/history_panel.h"
#include "ui/tree/inspector_panel.h"
#include "ui/tree/label_actions.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/label_views.h"
#include "ui/tree/proposals_panel.h"
#include "ui/tree/review_pane.h"
#include "ui/tree/smart_lists.h"
#include "ui/tree/tree_panel.h"

namespace espalier::ui {
namespace {
const QString kSuffix = QStringLiteral(".espalier");
constexpr int kDefaultWidth = 1280, kDefaultHeight = 800;  // first start; afterwards as it was left

QString workspaceName(MainWindow::Workspace workspace) {
    return QString::fromLatin1(QMetaEnum::fromType<MainWindow::Workspace>().valueToKey(int(workspace))).toLower();
}
}  // namespace

MainWindow::MainWindow(QWidget* parent) : QMainWindow(parent) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(markIcon());
    setAcceptDrops(true);
    setDockOptions(AllowTabbedDocks | AllowNestedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    setContextMenuPolicy(Qt::NoContextMenu);

    m_session = new ProjectSession(this);
    m_session->setActor(Settings::instance().author());
    m_selection = new Selection(m_session, this);
    m_colors = new BranchColors(m_session, this);
    m_jobs = new JobManager(m_session, this);
    m_jobs->setDialogParent(this);
    m_device = new DeviceProbe(this);
    new EnterKey(this);
    m_labelActions = new LabelActions(m_session, m_selection, m_colors, this);
    m_documentActions = new DocumentActions(m_session, m_selection, m_colors, this);
    m_expectations = new ExpectationWatch(m_session, this);
    m_finder = new DocumentFinder(m_session, this);
    makePanels();
    makeMenus();
    connectSession();
    refreshCentre();
    refreshActions();
    refreshTitle();
    const QByteArray geometry = Settings::instance().windowGeometry();
    if (geometry.isEmpty() || !restoreGeometry(geometry)) resize(kDefaultWidth, kDefaultHeight);
    m_device->start();
}

MainWindow::~MainWindow() {
    // Panels ask the session while they are torn down; the lanes are joined last.
    delete m_jobs;
    m_jobs = nullptr;
}

QDockWidget* MainWindow::addPanel(const char* name, const QString& title, QWidget* panel, Qt::DockWidgetArea area) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(QString::fromLatin1(name));
    dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable |
                      QDockWidget::DockWidgetFloatable);
    dock->setWidget(panel);
    addDockWidget(area, dock);
    for (const auto moved : {&QDockWidget::visibilityChanged, &QDockWidget::topLevelChanged})
        connect(dock, moved, this, &MainWindow::refreshDockTitles, Qt::QueuedConnection);
    connect(dock, &QDockWidget::dockLocationChanged, this, &MainWindow::refreshDockTitles, Qt::QueuedConnection);
    return dock;
}

void MainWindow::makePanels() {
    m_welcome = new WelcomePage(m_device, this);
    m_curate = new CuratePage(m_session, m_jobs, m_selection, m_colors, this);
    m_train = new TrainingPage(m_session, m_jobs, m_selection, this);
    m_search = new SearchPage(m_session, m_jobs, m_selection, this);
    m_tree = new TreePanel(m_session, m_selection, m_colors, m_labelActions, this);
    m_tree->setGrowing(new GrowingTree(m_session, m_jobs, m_tree));
    m_inspector = new InspectorPanel(m_session, m_selection, m_colors, m_labelActions, m_documentActions, m_jobs, this);
    m_jobsPanel = new JobsDock(m_jobs, this);
    auto* history = new HistoryPanel(m_session, this);

    m_centre = new QStackedWidget(this);
    m_centre->setObjectName(QStringLiteral("centre"));
    for (QWidget* page : std::initializer_list<QWidget*>{m_welcome, m_curate, m_train, m_search})
        m_centre->addWidget(page);
    setCentralWidget(m_centre);
    // The widest hidden page must not narrow the docks of the others.
    const auto fit = [this] {
        for (int at = 0; at < m_centre->count(); ++at) {
            const auto policy = at == m_centre->currentIndex() ? QSizePolicy::Preferred : QSizePolicy::Ignored;
            m_centre->widget(at)->setSizePolicy(policy, policy);
        }
        m_centre->updateGeometry();  // at once: docks restored before that would make room for the hidden page
    };
    connect(m_centre, &QStackedWidget::currentChanged, this, fit);
    fit();

    m_treeDock = addPanel("treeDock", tr("Labels"), m_tree, Qt::LeftDockWidgetArea);
    m_inspectorDock = addPanel("inspectorDock", tr("Inspector"), m_inspector, Qt::RightDockWidgetArea);
    m_jobsDock = addPanel("jobsDock", tr("Jobs"), m_jobsPanel, Qt::BottomDockWidgetArea);
    m_historyDock = addPanel("historyDock", tr("History"), history, Qt::RightDockWidgetArea);

    m_status = new StatusLine(m_session, m_jobs, m_device, m_expectations, this);
    setStatusBar(m_status);
    m_toast = new Toast(m_centre);
    connect(m_status, &StatusLine::jobsRequested, this, [this] {
        m_jobsDock->show();
        m_jobsDock->raise();
        m_jobsPanel->showJobs();
    });
    connect(m_status, &StatusLine::expectationsRequested, this, &MainWindow::showExpectations);
    connect(m_jobsPanel, &JobsDock::attentionWanted, this, [this] {
        if (m_session->isOpen()) m_jobsDock->show();
        m_jobsDock->raise();
    });
    connect(m_toast, &Toast::activated, this, [this] { takeBack(m_toastSteps); });
    connect(m_labelActions, &LabelActions::acted, this, &MainWindow::showToast);
    connect(m_documentActions, &DocumentActions::acted, this, &MainWindow::showToast);
    connectProposals();
    connect(m_curate->review(), &ReviewPane::acted, this, &MainWindow::showToast);
    connect(m_curate->review(), &ReviewPane::started, this, [this] {
        showWorkspace(Workspace::Curate);
        m_curate->showDocuments();
    });
    m_documentActions->addTo(m_curate->documents()->list());
    m_curate->documents()->list()->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_documentActions->addTo(m_curate->reader());
    connect(m_labelActions, &LabelActions::noteRequested, this, [this] {
        m_inspectorDock->show();
        m_inspectorDock->raise();
        m_inspector->focusNote();
    });
    connect(m_welcome, &WelcomePage::sampleRequested, this, &MainWindow::openSample);
    connect(m_welcome, &WelcomePage::newRequested, this, &MainWindow::askNewProject);
    connect(m_welcome, &WelcomePage::openRequested, this, &MainWindow::askOpenProject);
    connect(m_welcome, &WelcomePage::projectRequested, this, &MainWindow::openProject);
    const auto toImport = [this] { importSources({}); };
    connect(m_tree, &TreePanel::importRequested, this, toImport);
    connect(m_tree, &TreePanel::buildRequested, this, &MainWindow::build);
    connect(m_curate, &CuratePage::buildRequested, this, &MainWindow::build);
    connect(m_train, &TrainingPage::importRequested, this, toImport);
    connect(m_train, &TrainingPage::buildRequested, this, &MainWindow::build);
    connect(m_train, &TrainingPage::searchRequested, this, [this](const QString& model) {
        m_search->setModel(model);
        showWorkspace(Workspace::Search);
        m_search->focusQuery();
    });
    connect(m_search, &SearchPage::importRequested, this, toImport);
    connect(m_search, &SearchPage::embedRequested, m_train, &TrainingPage::embedCorpus);
    connect(m_search, &SearchPage::documentActivated, this, [this] {
        const DocumentKey key = m_selection->document();
        m_session->document(
            key,
            [this, key](const Result<project::DocumentRecord>& record) {
                if (record && key == m_selection->document()) revealDocument(key, record->hard);
            },
            this, m_search);
    });
}

void MainWindow::connectSession() {
    connect(m_session, &ProjectSession::opened, this, [this] {
        Settings::instance().addRecentProject(m_session->projectPath());
        refreshCentre();
        refreshTitle();
        if (m_importAfterOpen) {
            m_importAfterOpen = false;
            m_curate->showImport(std::exchange(m_importSources, {}));
        }
    });
    connect(m_session, &ProjectSession::openFailed, this, &MainWindow::openFailed);
    connect(m_session, &ProjectSession::closed, this, [this] {
        refreshCentre();
        refreshTitle();
    });
    connect(m_session, &ProjectSession::failed, this,
            [this](const Error& error) { showError(this, error, Activity::Other); });
    for (const auto signal : {&ProjectSession::statusChanged, &ProjectSession::closed, &ProjectSession::opened,
                              &ProjectSession::readOnlyChanged})
        connect(m_session, signal, this, &MainWindow::refreshActions);
    connect(m_session, &ProjectSession::readOnlyChanged, this, &MainWindow::refreshTitle);
    connect(m_selection, &Selection::trailChanged, this, &MainWindow::refreshActions);
    // An offer to undo is for the edit it speaks of; after the next one it would take back something else.
    connect(m_session, &ProjectSession::treeChanged, this, [this] {
        if (m_toastSteps > 0 && m_session->tree() && m_session->tree()->revision != m_toastRevision) m_toast->dismiss();
    });
    connect(m_session, &ProjectSession::closed, m_toast, &Toast::dismiss);
    connect(m_jobs, &JobManager::activityChanged, this, &MainWindow::refreshActions);
    connect(m_jobs, &JobManager::jobAdded, this, [this](Job* job) {
        // Where no page shows how far it is, the panel does.
        const bool shown = m_workspace == Workspace::Train && m_session->status().labels > 0;
        if (job->kind() == QLatin1String("embed") && !shown) m_jobsDock->show();
    });
    connect(m_jobs, &JobManager::jobFinished, this, [this](Job* job) {
        m_tree->lists()->ask();  // it may have left a proposal
        m_curate->proposals()->reload();
        const bool build = job->kind() == QLatin1String("build");
        if (build && job->state() == JobState::Stopped && job->result().value(QLatin1String("revision")).isDouble()) {
            m_curate->showDocuments();
            showToast(tr("Stopped: the %n label(s) that had grown are kept.", nullptr, int(m_session->status().labels)),
                      1);
        }
        if (job->state() != JobState::Done) return;
        if (build) {
            m_curate->showDocuments();
            showToast(tr("The tree has grown: %n label(s).", nullptr, int(m_session->status().labels)), 1);
        } else if (job->kind() == QLatin1String("assign")) {
            showToast(tr("New documents are placed."), 1);
        } else if (job->kind() == QLatin1String("export")) {
            showToast(tr("Exported."), 0);
        }
        if (!isActiveWindow()) QApplication::alert(this);
    });
    connect(&Settings::instance(), &Settings::authorChanged, this,
            [this] { m_session->setActor(Settings::instance().author()); });
    connect(&Settings::instance(), &Settings::themeChanged, this, &MainWindow::applyTheme);
    connect(&Settings::instance(), &Settings::recentProjectsChanged, this, &MainWindow::refreshRecent);
}

bool MainWindow::settled() const {
    if (m_session->isOpening()) return false;
    if (!m_session->isOpen()) return true;
    return !m_curate->documents()->model()->loading() && m_jobs->activeCount() == 0;
}

// --- workspaces and layout -------------------------------------------------------------------------------------------

void MainWindow::showWorkspace(Workspace workspace) {
    if (m_layoutLive && workspace == m_workspace && m_session->isOpen()) return;
    saveLayout();
    m_workspace = workspace;
    for (QAction* action : m_workspaceActions->actions()) action->setChecked(action->data().toInt() == int(workspace));
    refreshCentre();
}

void MainWindow::refreshCentre() {
    const bool open = m_session->isOpen();
    if (!open) {
        saveLayout();
        m_layoutLive = false;
        m_centre->setCurrentWidget(m_welcome);
        for (QDockWidget* dock : {m_treeDock, m_inspectorDock, m_jobsDock, m_historyDock}) dock->hide();
        m_barHolder->setVisible(false);
        return;
    }
    m_barHolder->setVisible(true);
    QWidget* const pages[] = {m_curate, m_train, m_search};
    m_centre->setCurrentWidget(pages[int(m_workspace)]);
    restoreLayout();
    m_layoutLive = true;
    if (m_workspace == Workspace::Search)
        m_search->focusQuery();
    else if (m_workspace == Workspace::Curate)
        m_tree->focusTree();
    else
        m_train->focusForm();
}

void MainWindow::saveLayout() {
    if (m_layoutLive) Settings::instance().setLayout(workspaceName(m_workspace), saveState());
}

void MainWindow::restoreLayout() {
    const QByteArray state = Settings::instance().layout(workspaceName(m_workspace));
    if (state.isEmpty() || !restoreState(state)) defaultLayout();
}

void MainWindow::defaultLayout() {
    for (QDockWidget* dock : {m_treeDock, m_inspectorDock, m_jobsDock, m_historyDock}) {
        dock->setFloating(false);
        dock->hide();
    }
    addDockWidget(Qt::LeftDockWidgetArea, m_treeDock);
    addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);
    addDockWidget(Qt::RightDockWidgetArea, m_historyDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_jobsDock);
    tabifyDockWidget(m_inspectorDock, m_historyDock);
    const bool train = m_workspace == Workspace::Train;
    m_treeDock->setVisible(m_workspace == Workspace::Curate);  // Search has its facets
    m_inspectorDock->setVisible(!train);
    m_historyDock->setVisible(m_workspace == Workspace::Curate);
    m_jobsDock->setVisible(m_jobs->activeCount() > 0);
    m_inspectorDock->raise();
    sizeDocks();
    // Once more when the docks have been laid out: before that there is no room to give.
    QTimer::singleShot(0, this, &MainWindow::sizeDocks);
}

void MainWindow::sizeDocks() {
    // A fifth of a wide window: the names of labels need it more than the list does.
    const int least = theme().length(Length::SidePanelWidth);
    const int side = qBound(least, width() / 5, least * 4 / 3);
    resizeDocks({m_treeDock, m_inspectorDock}, {side + theme().space(5), side}, Qt::Horizontal);
    resizeDocks({m_jobsDock}, {side / 2}, Qt::Vertical);
}

// Docks behind tabs are named by their tab; a second title above them would only take room.
void MainWindow::refreshDockTitles() {
    for (QDockWidget* dock : {m_treeDock, m_inspectorDock, m_jobsDock, m_historyDock}) {
        bool tabbed = false;
        for (const QDockWidget* other : tabifiedDockWidgets(dock)) tabbed = tabbed || !other->isHidden();
        tabbed = tabbed && !dock->isFloating();
        const bool bare = dock->titleBarWidget() != nullptr;
        if (tabbed == bare) continue;
        QWidget* old = dock->titleBarWidget();
        dock->setTitleBarWidget(tabbed ? new QWidget(dock) : nullptr);
        delete old;
    }
}

void MainWindow::resetLayout() {
    Settings::instance().clearLayouts();
    defaultLayout();
    m_curate->resetLayout();
}

void MainWindow::cyclePanes(int by) {
    QList<QWidget*> panes;
    const auto add = [&panes](QWidget* pane) {
        if (pane && pane->isVisible()) panes << pane;
    };
    add(m_tree->shownView());
    if (m_workspace == Workspace::Curate && !m_curate->importing()) {
        add(m_curate->upperPane());
        add(m_curate->reader());
    } else {
        add(m_centre->currentWidget());
    }
    add(m_inspector);
    add(m_jobsPanel);
    if (panes.isEmpty()) return;
    const QWidget* focus = QApplication::focusWidget();
    qsizetype at = -1;
    for (qsizetype i = 0; i < panes.size(); ++i)
        if (focus && (panes[i] == focus || panes[i]->isAncestorOf(focus))) at = i;
    at = (at + by + panes.size()) % panes.size();
    QWidget* target = panes[at];
    if (target->focusPolicy() == Qt::NoFocus && !target->focusProxy()) {
        for (QWidget* child = target->nextInFocusChain(); child != target; child = child->nextInFocusChain()) {
            if (!target->isAncestorOf(child) || !child->isVisible() || !child->isEnabled() ||
                !(child->focusPolicy() & Qt::TabFocus))
                continue;
            target = child;
            break;
        }
    }
    target->setFocus(Qt::TabFocusReason);
}

void MainWindow::applyTheme() {
    const auto choice = Settings::instance().theme();
    theme().apply(choice == Settings::ThemeChoice::Dark    ? ThemeMode::Dark
                  : choice == Settings::ThemeChoice::Light ? ThemeMode::Light
                                                           : ThemeMode::System);
    for (QAction* action : m_themeActions->actions()) action->setChecked(action->data().toInt() == int(choice));
}

// --- projects --------------------------------------------------------------------------------------------------------

// An import or jobs that are under way are asked about first; `then` closes the project or opens another.
void MainWindow::leaveProject(std::function<void()> then) {
    if (m_curate->importing()) {
        dialogs().confirm(this, tr("Import"), tr("Documents are still being imported."),
                          tr("If you stop now, nothing of this import stays."), tr("Stop the import"), true,
                          [this, then = std::move(then)](bool stop) {
                              if (!stop) return;
                              m_curate->stopImport([this, then] { leaveProject(then); });
                          });
        return;
    }
    if (m_jobs->activeCount() == 0) return then();
    m_jobs->prepareToClose(this, [then = std::move(then)](bool mayClose) {
        if (mayClose) then();
    });
}

void MainWindow::startInCurate() {
    saveLayout();
    m_layoutLive = false;
    m_workspace = Workspace::Curate;
    for (QAction* action : m_workspaceActions->actions())
        action->setChecked(action->data().toInt() == int(m_workspace));
}

void MainWindow::openProject(const QString& path) {
    leaveProject([this, path] {
        startInCurate();
        m_session->open(path);
        refreshCentre();
    });
}

void MainWindow::createProject(const QString& path) {
    leaveProject([this, path] {
        startInCurate();
        m_session->create(path.endsWith(kSuffix) ? path : path + kSuffix);
    });
}

void MainWindow::askNewProject() {
    dialogs().saveFile(this, tr("New project: name and place"),
                       QDir(Settings::instance().lastFolder()).filePath(tr("Untitled") + kSuffix),
                       tr("Espalier projects (*.espalier)"), [this](const QString& path) {
                           if (path.isEmpty()) {
                               m_importSources.clear();
                               return;
                           }
                           Settings::instance().setLastFolder(QFileInfo(path).path());
                           m_importAfterOpen = true;
                           createProject(path);
                       });
}

void MainWindow::askOpenProject() {
    dialogs().openFolder(this, tr("Open a project (a folder named .espalier)"), [this](const QString& path) {
        if (path.isEmpty()) return;
        Settings::instance().setLastFolder(QFileInfo(path).path());
        openProject(path);
    });
}

void MainWindow::openSample() {
    const QString project = WelcomePage::sampleProject();
    if (QFileInfo::exists(project)) return openProject(project);
    const QString corpus = WelcomePage::sampleCorpus();
    if (corpus.isEmpty()) {
        dialogs().message(
            this, Severity::Information, tr("Sample project"), tr("The PostgreSQL manual is not installed here."),
            tr("On Debian and Ubuntu it comes with the package postgresql-doc: sudo apt install postgresql-doc. "
               "Elsewhere, download the HTML manual from postgresql.org and import its folder into a new project."));
        return;
    }
    QDir().mkpath(QFileInfo(project).path());
    m_importAfterOpen = true;
    m_importSources = {corpus};
    createProject(project);
}

void MainWindow::openFailed(const Error& error, const QString& path) {
    m_importAfterOpen = false;
    m_importSources.clear();
    refreshCentre();
    refreshActions();
    if (error.code == ErrorCode::NotFound) Settings::instance().removeRecentProject(path);
    showError(this, error, Activity::Open);
}

void MainWindow::importSources(const QStringList& paths) {
    if (!m_session->isOpen()) return;
    showWorkspace(Workspace::Curate);
    m_curate->showImport(paths);
}

void MainWindow::build() {
    if (!m_session->isOpen() || !m_labelActions) return;
    m_actions.value(QStringLiteral("build"))->trigger();
}

// --- undo and toast --------------------------------------------------------------------------------------------------

void MainWindow::showToast(const QString& text, int undoSteps) {
    m_toastSteps = undoSteps;
    m_toastRevision = m_session->tree() ? m_session->tree()->revision : 0;
    m_toast->showText(text, undoSteps > 0 ? tr("Undo") : QString());
}

void MainWindow::takeBack(int steps) {
    if (steps <= 0) return;
    m_session->undo(
        [this, steps, before = m_session->tree()](Result<project::EditOutcome> outcome) {
            if (!outcome) {
                showError(this, outcome.error(), Activity::Edit);
                return;
            }
            selectAfterJournal(*outcome, before);
            takeBack(steps - 1);
        },
        this);
}

// A label that came back is what one looks for; otherwise the one the entry is about.
void MainWindow::selectAfterJournal(const project::EditOutcome& outcome, const TreeSnapshotPtr& before) {
    const auto tree = m_session->tree();
    if (!tree || !before) return;
    if (outcome.document) {  // a pin is about a document, wherever it is listed now
        m_selection->setDocument(outcome.document);
        return;
    }
    constexpr std::size_t kFewLabels = 4;  // more came with a whole tree: the selection stays as it is
    std::vector<LabelId> came;
    for (const auto& [id, label] : tree->tree.labels())
        if (!before->tree.contains(id)) came.push_back(id);
    LabelId subject = outcome.label;
    if (!came.empty()) subject = came.size() <= kFewLabels ? came.front() : LabelId{};
    if (subject && tree->tree.contains(subject) && subject != tree->tree.root()) m_selection->setLabel(subject);
}

void MainWindow::undo() {
    takeBack(1);
}

void MainWindow::redo() {
    m_session->redo(
        [this, before = m_session->tree()](Result<project::EditOutcome> outcome) {
            if (!outcome)
                showError(this, outcome.error(), Activity::Edit);
            else
                selectAfterJournal(*outcome, before);
        },
        this);
}

// --- window ----------------------------------------------------------------------------------------------------------

void MainWindow::refreshTitle() {
    if (!m_session->isOpen()) {
        setWindowTitle(tr("Espalier"));
        return;
    }
    setWindowTitle(m_session->writable() ? tr("%1 – Espalier").arg(m_session->projectName())
                                         : tr("%1 (read only) – Espalier").arg(m_session->projectName()));
    if (!m_session->readOnlyReason().isEmpty()) m_toast->showText(tr("Read only: %1").arg(m_session->readOnlyReason()));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_mayClose || (m_jobs->activeCount() == 0 && !m_curate->importing())) {
        saveLayout();
        m_layoutLive = false;
        Settings::instance().setWindowGeometry(saveGeometry());
        event->accept();
        return;
    }
    event->ignore();
    leaveProject([this] {
        m_mayClose = true;
        close();
    });
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!event->mimeData()->hasUrls()) return;
    const QList<QUrl> urls = event->mimeData()->urls();
    const bool local = std::any_of(urls.begin(), urls.end(), [](const QUrl& url) { return url.isLocalFile(); });
    if (local) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) paths << QDir::cleanPath(url.toLocalFile());
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    if (paths.size() == 1 && paths.first().endsWith(kSuffix)) return openProject(paths.first());
    if (m_session->isOpen()) return importSources(paths);
    m_importSources = paths;
    askNewProject();
}

}  // namespace espalier::ui
