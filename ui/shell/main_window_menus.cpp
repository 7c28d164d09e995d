// SPDX-License-Identifier: GPL-3.0-or-later
// Menus of the main window and the acts that hang on them alone.
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QDir>
#include <QDockWidget>
#include <QFileInfo>
#include <QLayout>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>

#include "core/base/atomic_file.h"
#include "ui/corpus/document_list_panel.h"
#include "ui/corpus/import_page.h"
#include "ui/corpus/reader.h"
#include "ui/dialogs/dialog_service.h"
#include "ui/dialogs/error_text.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/jobs_dock.h"
#include "ui/retrieval/search_page.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/about_dialog.h"
#include "ui/shell/build_dialog.h"
#include "ui/shell/cheat_sheet.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/go_to_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/settings_dialog.h"
#include "ui/shell/welcome_page.h"
#include "ui/shell/workspace_bar.h"
#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/training/training_page.h"
#include "ui/tree/document_actions.h"
#include "ui/tree/expectations_dialog.h"
#include "ui/tree/inspector_panel.h"
#include "ui/tree/label_actions.h"
#include "ui/tree/label_views.h"
#include "ui/tree/proposal_pane.h"
#include "ui/tree/proposals_panel.h"
#include "ui/tree/smart_lists.h"
#include "ui/tree/tree_panel.h"

namespace espalier::ui {
namespace {

QList<QKeySequence> keys(std::initializer_list<const char*> names) {
    QList<QKeySequence> list;
    for (const char* name : names) list << QKeySequence(QString::fromLatin1(name));
    return list;
}

}  // namespace

QAction* MainWindow::addAction(QMenu* menu, const char* name, const QString& iconName, const QString& text,
                               const QList<QKeySequence>& shortcuts) {
    auto* action = iconName.isEmpty() ? new QAction(text, this) : new QAction(icon(iconName), text, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setProperty("iconName", iconName);
    action->setShortcuts(shortcuts);
    if (menu) menu->addAction(action);
    m_actions.insert(QString::fromLatin1(name), action);
    return action;
}

void MainWindow::makeMenus() {
    m_bar = new WorkspaceBar(this);
    menuBar()->setObjectName(QStringLiteral("menuBar"));
    makeFileMenu();
    makeEditMenu();
    QMenu* label = menuBar()->addMenu(tr("&Label"));
    m_labelActions->fillMenu(label);
    label->addSeparator();
    m_documentActions->fillMenu(label);
    label->addAction(m_curate->documents()->reviewAction());
    makeViewMenu();
    makeWorkMenus();
    // The strip sits between menu bar and docks, where QMainWindow keeps its tool bars.
    m_barHolder = new QToolBar(tr("Workspaces"), this);
    m_barHolder->setObjectName(QStringLiteral("workspaceToolBar"));
    m_barHolder->setMovable(false);
    m_barHolder->setFloatable(false);
    m_barHolder->layout()->setContentsMargins(0, 0, 0, 0);
    m_barHolder->addWidget(m_bar);
    addToolBar(Qt::TopToolBarArea, m_barHolder);
}

void MainWindow::makeFileMenu() {
    QMenu* file = menuBar()->addMenu(tr("&File"));
    connect(addAction(file, "newProject", QStringLiteral("folder-add"), tr("&New project…"),
                      QKeySequence::keyBindings(QKeySequence::New)),
            &QAction::triggered, this, &MainWindow::askNewProject);
    connect(addAction(file, "openProject", QStringLiteral("folder-open"), tr("&Open project…"),
                      QKeySequence::keyBindings(QKeySequence::Open)),
            &QAction::triggered, this, &MainWindow::askOpenProject);
    m_recentMenu = file->addMenu(icon(QStringLiteral("clock")), tr("Open &recent"));
    refreshRecent();
    connect(addAction(file, "openSample", QStringLiteral("curate"), tr("Open the &sample project")),
            &QAction::triggered, this, &MainWindow::openSample);
    file->addSeparator();
    connect(addAction(file, "import", QStringLiteral("import"), tr("&Import documents…"), keys({"Ctrl+I"})),
            &QAction::triggered, this, [this] { importSources({}); });
    m_exportMenu = file->addMenu(icon(QStringLiteral("export")), tr("&Export"));
    connect(addAction(m_exportMenu, "exportTree", QStringLiteral("tree"), tr("Label &tree…"), keys({"Ctrl+E"})),
            &QAction::triggered, this, &MainWindow::askExportTree);
    connect(addAction(m_exportMenu, "exportMemberships", QStringLiteral("documents"), tr("&Memberships…")),
            &QAction::triggered, this, &MainWindow::askExportMemberships);
    connect(addAction(m_exportMenu, "exportModel", QStringLiteral("model"), tr("M&odel folder…")), &QAction::triggered,
            this, &MainWindow::askExportModel);
    connect(addAction(m_exportMenu, "exportEmbeddings", QStringLiteral("embed"), tr("&Embeddings…")),
            &QAction::triggered, this, &MainWindow::askExportEmbeddings);
    file->addSeparator();
    connect(addAction(file, "closeProject", QStringLiteral("clear"), tr("&Close project"), keys({"Ctrl+W"})),
            &QAction::triggered, this, [this] { leaveProject([this] { m_session->close(); }); });
    QAction* settings = addAction(file, "settings", QStringLiteral("settings"), tr("Se&ttings…"),
                                  QKeySequence::keyBindings(QKeySequence::Preferences));
    settings->setMenuRole(QAction::PreferencesRole);
    connect(settings, &QAction::triggered, this, [this] { (new SettingsDialog(this))->open(); });
    file->addSeparator();
    QAction* quit = addAction(file, "quit", {}, tr("&Quit"), keys({"Ctrl+Q"}));
    quit->setMenuRole(QAction::QuitRole);
    connect(quit, &QAction::triggered, this, &QWidget::close);
}

void MainWindow::makeEditMenu() {
    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    QAction* undo = addAction(edit, "undo", QStringLiteral("undo"), tr("Undo"), keys({"Ctrl+Z"}));
    QAction* redo = addAction(edit, "redo", QStringLiteral("redo"), tr("Redo"), keys({"Ctrl+Shift+Z", "Ctrl+Y"}));
    connect(undo, &QAction::triggered, this, &MainWindow::undo);
    connect(redo, &QAction::triggered, this, &MainWindow::redo);
    edit->addSeparator();
    QAction* goTo = addAction(edit, "goTo", QStringLiteral("goto"), tr("Go to label or document…"), keys({"Ctrl+K"}));
    connect(goTo, &QAction::triggered, this, &MainWindow::goTo);
    QAction* find = addAction(edit, "find", QStringLiteral("filter"), tr("Find in this pane"), keys({"Ctrl+F"}));
    connect(find, &QAction::triggered, this, [this] {
        if (m_workspace == Workspace::Search)
            m_search->focusQuery();
        else if (m_workspace == Workspace::Curate && m_curate->documents()->isAncestorOf(QApplication::focusWidget()))
            m_curate->documents()->focusFilter();
        else
            m_tree->focusFilter();
    });
    QAction* back = addAction(edit, "back", QStringLiteral("back"), tr("Back"), keys({"Alt+Left"}));
    QAction* forward = addAction(edit, "forward", QStringLiteral("forward"), tr("Forward"), keys({"Alt+Right"}));
    connect(back, &QAction::triggered, m_selection, &Selection::back);
    connect(forward, &QAction::triggered, m_selection, &Selection::forward);
    for (QAction* action : {undo, redo, back, forward}) m_bar->addStep(action);
    m_bar->setGoTo(goTo);
}

void MainWindow::makeViewMenu() {
    QMenu* view = menuBar()->addMenu(tr("&View"));
    m_workspaceActions = new QActionGroup(this);
    const auto workspace = [&](const char* name, const QString& iconName, const QString& text, const char* key,
                               Workspace which) {
        QAction* action = addAction(view, name, iconName, text, keys({key}));
        action->setCheckable(true);
        action->setData(int(which));
        action->setChecked(which == m_workspace);
        m_workspaceActions->addAction(action);
        m_bar->addWorkspace(action);
        connect(action, &QAction::triggered, this, [this, which] { showWorkspace(which); });
    };
    workspace("workspaceCurate", QStringLiteral("curate"), tr("Curate"), "Ctrl+1", Workspace::Curate);
    workspace("workspaceTrain", QStringLiteral("train"), tr("Train"), "Ctrl+2", Workspace::Train);
    workspace("workspaceSearch", QStringLiteral("search"), tr("Search"), "Ctrl+3", Workspace::Search);
    view->addSeparator();
    view->addActions(m_tree->views()->viewActions());
    view->addSeparator();
    for (QDockWidget* dock : {m_treeDock, m_inspectorDock, m_historyDock, m_jobsDock}) {
        QAction* toggle = dock->toggleViewAction();
        toggle->setObjectName(dock->objectName() + QStringLiteral("Toggle"));
        view->addAction(toggle);
    }
    connect(addAction(view, "resetLayout", QStringLiteral("window-reset"), tr("Reset layout")), &QAction::triggered,
            this, &MainWindow::resetLayout);
    view->addSeparator();
    connect(addAction(view, "nextPane", {}, tr("Next pane"), keys({"F6"})), &QAction::triggered, this,
            [this] { cyclePanes(+1); });
    connect(addAction(view, "previousPane", {}, tr("Previous pane"), keys({"Shift+F6"})), &QAction::triggered, this,
            [this] { cyclePanes(-1); });
    view->addSeparator();
    QMenu* look = view->addMenu(icon(QStringLiteral("theme")), tr("Look"));
    m_themeActions = new QActionGroup(this);
    const auto addLook = [&](const char* name, const QString& text, Settings::ThemeChoice choice) {
        QAction* action = addAction(look, name, {}, text);
        action->setCheckable(true);
        action->setData(int(choice));
        action->setChecked(Settings::instance().theme() == choice);
        m_themeActions->addAction(action);
        connect(action, &QAction::triggered, this, [choice] { Settings::instance().setTheme(choice); });
    };
    addLook("lookSystem", tr("As the system"), Settings::ThemeChoice::System);
    addLook("lookLight", tr("Light"), Settings::ThemeChoice::Light);
    addLook("lookDark", tr("Dark"), Settings::ThemeChoice::Dark);
}

void MainWindow::makeWorkMenus() {
    QMenu* build = menuBar()->addMenu(tr("&Build"));
    connect(addAction(build, "build", QStringLiteral("tree"), tr("&Build tree…"), keys({"Ctrl+B"})),
            &QAction::triggered, this, [this] {
                auto* dialog = new BuildDialog(m_session, m_jobs, this);
                connect(dialog, &BuildDialog::started, this, [this](const QJsonObject& options) {
                    m_jobs->start(QStringLiteral("build"), options, tr("Build tree"));
                    m_jobsDock->show();
                });
                dialog->open();
            });
    connect(addAction(build, "assign", QStringLiteral("drop"), tr("&Place new documents")), &QAction::triggered, this,
            &MainWindow::assign);
    connect(addAction(build, "embed", QStringLiteral("embed"), tr("&Embed documents…")), &QAction::triggered, m_train,
            &TrainingPage::embedCorpus);
    build->addAction(m_labelActions->refit);
    build->addSeparator();
    connect(addAction(build, "expectations", QStringLiteral("check"), tr("E&xpectations…"), keys({"Ctrl+Shift+E"})),
            &QAction::triggered, this, &MainWindow::showExpectations);
    QMenu* train = menuBar()->addMenu(tr("&Train"));
    connect(addAction(train, "trainStart", QStringLiteral("play"), tr("&Start training")), &QAction::triggered, this,
            [this] {
                showWorkspace(Workspace::Train);
                m_train->startTraining();
            });
    connect(addAction(train, "trainPause", QStringLiteral("pause"), tr("&Pause or resume"), keys({"Ctrl+Shift+P"})),
            &QAction::triggered, m_train, &TrainingPage::pauseOrResume);
    connect(addAction(train, "chooseModel", QStringLiteral("model"), tr("&Choose a model folder…")),
            &QAction::triggered, this, [this] {
                showWorkspace(Workspace::Train);
                m_train->chooseModelFolder();
            });
    QMenu* help = menuBar()->addMenu(tr("&Help"));
    connect(addAction(help, "keys", QStringLiteral("keyboard"), tr("&Keys"), keys({"F1"})), &QAction::triggered, this,
            &MainWindow::showCheatSheet);
    QAction* about = addAction(help, "about", QStringLiteral("information"), tr("&About Espalier"));
    about->setMenuRole(QAction::AboutRole);
    connect(about, &QAction::triggered, this, [this] { (new AboutDialog(this))->open(); });
}

void MainWindow::connectProposals() {
    ProposalsPanel* proposals = m_curate->proposals();
    connect(proposals, &ProposalsPanel::acted, this, &MainWindow::showToast);
    connect(proposals, &ProposalsPanel::changed, m_tree->lists(), &SmartLists::ask);
    connect(proposals, &ProposalsPanel::labelRequested, this, [this](LabelId label) {
        m_selection->setLabel(label);
        m_tree->views()->reveal(label);
    });
    ProposalPane* proposal = m_curate->proposal();
    connect(proposal, &ProposalPane::acted, this, &MainWindow::showToast);
    connect(proposal, &ProposalPane::changed, m_tree->lists(), &SmartLists::ask);
    connect(proposal, &ProposalPane::labelRequested, this, [this](LabelId label) {
        const auto tree = m_session->tree();
        if (!tree || !tree->tree.contains(label) || label == tree->tree.root()) return;
        m_selection->setLabel(label);
        m_tree->views()->reveal(label);
    });
    connect(m_labelActions, &LabelActions::splitRequested, this, [this](LabelId label) {
        showWorkspace(Workspace::Curate);
        m_curate->proposal()->startSplit(label);
    });
    connect(m_labelActions, &LabelActions::refitRequested, this, [this](LabelId label) {
        showWorkspace(Workspace::Curate);
        m_curate->proposal()->startRefit(label);
    });
    connect(m_train, &TrainingPage::refitRequested, this, [this](const QString& model) {
        const auto tree = m_session->tree();
        if (!tree) return;
        showWorkspace(Workspace::Curate);
        m_curate->proposal()->startRefit(tree->tree.root(), model);
    });
}

void MainWindow::refreshRecent() {
    m_recentMenu->clear();
    for (const QString& path : Settings::instance().recentProjects()) {
        QString name = QFileInfo(path).completeBaseName();
        QAction* action = m_recentMenu->addAction(name.replace(u'&', QStringLiteral("&&")));
        action->setToolTip(QDir::toNativeSeparators(path));
        connect(action, &QAction::triggered, this, [this, path] { openProject(path); });
    }
    m_recentMenu->setEnabled(!m_recentMenu->isEmpty());
}

void MainWindow::refreshActions() {
    const bool open = m_session->isOpen(), writable = m_session->writable();
    const project::ProjectStatus& status = m_session->status();
    const bool documents = open && status.documents > 0;
    const bool labels = open && m_session->tree() && m_session->tree()->tree.size() > 1;
    const auto enable = [this](const char* name, bool on) {
        m_actions.value(QString::fromLatin1(name))->setEnabled(on);
    };
    const auto name = [this](const char* action, const QString& what, const QString& plain) {
        QAction* it = m_actions.value(QString::fromLatin1(action));
        QString shown = what;
        it->setText(what.isEmpty() ? plain : tr("%1 “%2”").arg(plain, shown.replace(u'&', QStringLiteral("&&"))));
        const QString keysText = it->shortcut().toString(QKeySequence::NativeText);
        it->setIconText(plain);
        it->setToolTip(what.isEmpty() ? tr("%1 (%2)").arg(plain, keysText)
                                      : tr("%1: %2 (%3)").arg(plain, what, keysText));
        it->setEnabled(!what.isEmpty());
    };
    name("undo", writable ? m_session->undoText() : QString(), tr("Undo"));
    name("redo", writable ? m_session->redoText() : QString(), tr("Redo"));
    enable("import", writable);
    enable("closeProject", open);
    enable("exportTree", labels);
    enable("exportMemberships", labels);
    bool encoder = false;
    for (const project::ModelInfo& model : status.models) encoder = encoder || model.kind == "encoder";
    enable("exportModel", encoder);
    enable("exportEmbeddings", open && !status.models.empty());
    m_exportMenu->setEnabled(open);
    enable("build", writable && documents);
    enable("assign", writable && labels && status.unassigned > 0);
    enable("embed", writable && documents);
    enable("expectations", labels);
    enable("trainStart", writable && labels);
    enable("trainPause", m_jobs->activeJob(QStringLiteral("train")) != nullptr);
    enable("chooseModel", writable && documents);
    enable("goTo", labels || documents);
    enable("find", open);
    enable("nextPane", open);
    enable("previousPane", open);
    enable("resetLayout", open);
    enable("back", open && m_selection->canGoBack());
    enable("forward", open && m_selection->canGoForward());
    for (QAction* action : m_workspaceActions->actions()) action->setEnabled(open);
    for (QDockWidget* dock : {m_treeDock, m_inspectorDock, m_historyDock, m_jobsDock})
        dock->toggleViewAction()->setEnabled(open);
}

void MainWindow::goTo() {
    if (!m_session->tree() || findChild<GoToDialog*>()) return;
    auto* dialog = new GoToDialog(m_session, m_finder, m_colors, this);
    connect(dialog, &GoToDialog::labelChosen, this, [this](LabelId label) {
        if (m_workspace == Workspace::Train) showWorkspace(Workspace::Curate);
        m_treeDock->show();
        m_selection->setLabel(label);
        m_tree->views()->reveal(label);
        m_tree->focusTree();
    });
    connect(dialog, &GoToDialog::documentChosen, this, &MainWindow::revealDocument);
    dialog->open();
}

/// To read a document where it lies in the list; `label` is the end of its hard path, or none.
void MainWindow::revealDocument(DocumentKey document, LabelId label) {
    showWorkspace(Workspace::Curate);
    m_curate->showDocuments();
    // The list shows where the document lies, unless it shows it already.
    const auto tree = m_session->tree();
    const LabelId now = m_selection->label();
    const bool shown = m_selection->scope() == Selection::Scope::AllDocuments ||
                       (label && now && tree && tree->tree.contains(now) && tree->tree.inBranch(label, now));
    if (!shown && !label) m_selection->showUnassigned();
    if (!shown && label) m_selection->setLabel(label);
    m_selection->setDocument(document);
    m_curate->reader()->focusText();
}

void MainWindow::assign() {
    QJsonObject options;
    if (const int threads = Settings::instance().threads(); threads > 0)
        options.insert(QStringLiteral("threads"), threads);
    m_jobs->start(QStringLiteral("assign"), options, tr("Place new documents"));
}

void MainWindow::showExpectations() {
    auto* dialog = findChild<ExpectationsDialog*>();
    if (!dialog) dialog = new ExpectationsDialog(m_session, m_expectations, this);
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
}

void MainWindow::showCheatSheet() {
    const auto list = [this](std::initializer_list<const char*> names) {
        QList<QAction*> actions;
        for (const char* name : names) actions << m_actions.value(QString::fromLatin1(name));
        return actions;
    };
    QList<CheatGroup> groups;
    groups << CheatGroup{tr("Project"),
                         list({"newProject", "openProject", "import", "exportTree", "closeProject", "quit"}),
                         {}}
           << CheatGroup{tr("Labels (in the tree)"),
                         m_labelActions->all(),
                         {{tr("Open and close a label"), tr("+ and −")},
                          {tr("Merge by dragging"), tr("Ctrl while dropping")}}}
           << CheatGroup{tr("Documents (in the list and the reader)"),
                         m_documentActions->all() + QList<QAction*>{m_curate->documents()->reviewAction()},
                         {}}
           << CheatGroup{tr("Review"),
                         {},
                         {{tr("Pin under the label of the number"), tr("1 to 9")},
                          {tr("Other label"), tr("M")},
                          {tr("Note of the label"), tr("N")},
                          {tr("Full text, and back"), tr("Space")},
                          {tr("Skip"), tr("S")},
                          {tr("Previous document"), tr("Backspace")},
                          {tr("Scroll the text"), tr("Page Up, Page Down")}}}
           << CheatGroup{tr("Proposals"),
                         {},
                         {{tr("Accept"), tr("Ctrl+Enter")}, {tr("Reject"), tr("Ctrl+Shift+Enter")}}}
           << CheatGroup{tr("Work"), list({"undo", "redo", "build", "expectations", "trainPause"}), {}}
           << CheatGroup{tr("Getting around"),
                         list({"workspaceCurate", "workspaceTrain", "workspaceSearch", "goTo", "find", "back",
                               "forward", "nextPane", "previousPane", "keys"}),
                         {{tr("Cancel, close a dialog"), tr("Esc")}}}
           << CheatGroup{tr("Note of a label"),
                         {},
                         {{tr("Keep what was written"), tr("Ctrl+Enter")}, {tr("Back to what is kept"), tr("Esc")}}};
    (new CheatSheet(groups, this))->open();
}

// --- exports
// -----------------------------------------------------------------------------------------------------------

void MainWindow::askExportTree() {
    const QString text = tr("Outline (*.txt)"), json = tr("JSON (*.json)"), csv = tr("CSV (*.csv)");
    dialogs().saveFile(
        this, tr("Export the label tree"),
        QDir(Settings::instance().lastFolder()).filePath(m_session->projectName() + QStringLiteral("-tree.csv")),
        QStringList{csv, json, text}.join(QStringLiteral(";;")), [this](const QString& path) {
            if (path.isEmpty()) return;
            Settings::instance().setLastFolder(QFileInfo(path).path());
            const QString suffix = QFileInfo(path).suffix().toLower();
            const project::TreeFormat format = suffix == QLatin1String("json")  ? project::TreeFormat::Json
                                               : suffix == QLatin1String("csv") ? project::TreeFormat::Csv
                                                                                : project::TreeFormat::Text;
            m_session->read<bool>(
                [format, path](project::Project& project, jobs::JobContext&) -> Result<bool> {
                    ESPALIER_ASSIGN(const std::string bytes, project.exportTree(format));
                    ESPALIER_TRY(writeFileAtomically(toPath(path), bytes));
                    return true;
                },
                [this, path](const Result<bool>& done) {
                    if (!done)
                        showError(this, done.error(), Activity::Export);
                    else
                        showToast(tr("Exported to %1.").arg(QDir::toNativeSeparators(path)), 0);
                },
                this);
        });
}

void MainWindow::askExportMemberships() {
    dialogs().saveFile(
        this, tr("Export the memberships"),
        QDir(Settings::instance().lastFolder()).filePath(m_session->projectName() + QStringLiteral("-memberships.csv")),
        tr("CSV (*.csv)"), [this](const QString& path) {
            if (path.isEmpty()) return;
            Settings::instance().setLastFolder(QFileInfo(path).path());
            m_session->read<bool>(
                [path](project::Project& project, jobs::JobContext&) -> Result<bool> {
                    // The file dialog asked before replacing a file.
                    ESPALIER_TRY(project.exportMemberships(toPath(path), true));
                    return true;
                },
                [this, path](const Result<bool>& done) {
                    if (!done)
                        showError(this, done.error(), Activity::Export);
                    else
                        showToast(tr("Exported to %1.").arg(QDir::toNativeSeparators(path)), 0);
                },
                this);
        });
}

void MainWindow::askExportModel() {
    const project::ModelInfo* model = m_session->defaultModel();
    QString name = model && model->kind == "encoder" ? toQt(model->name) : QString();
    if (name.isEmpty())
        for (const project::ModelInfo& other : m_session->status().models)
            if (other.kind == "encoder") name = toQt(other.name);
    dialogs().saveFile(
        this, tr("Export the model “%1”: a new folder").arg(name),
        QDir(Settings::instance().lastFolder()).filePath(m_session->projectName() + u'-' + QFileInfo(name).fileName()),
        {}, [this, name](const QString& path) {
            if (path.isEmpty()) return;
            Settings::instance().setLastFolder(QFileInfo(path).path());
            m_jobs->start(QStringLiteral("export"),
                          {{QStringLiteral("what"), QStringLiteral("model")},
                           {QStringLiteral("model"), name},
                           {QStringLiteral("out"), path}},
                          tr("Export model %1").arg(name));
        });
}

void MainWindow::askExportEmbeddings() {
    const project::ModelInfo* model = m_session->defaultModel();
    if (!model) return;
    const QString name = toQt(model->name);
    dialogs().saveFile(
        this, tr("Export the embeddings of “%1”").arg(name),
        QDir(Settings::instance().lastFolder()).filePath(m_session->projectName() + QStringLiteral("-embeddings.npy")),
        tr("NumPy (*.npy)"), [this, name](const QString& path) {
            if (path.isEmpty()) return;
            Settings::instance().setLastFolder(QFileInfo(path).path());
            m_jobs->start(QStringLiteral("export"),
                          {{QStringLiteral("what"), QStringLiteral("embeddings")},
                           {QStringLiteral("model"), name},
                           {QStringLiteral("out"), path},
                           {QStringLiteral("force"), true}},
                          tr("Export embeddings of %1").arg(name));
        });
}

}  // namespace espalier::ui
