// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/main_window.h
/// The one window: menus, workspaces, docks, status line. It wires panels over the shared services and holds no logic
/// of its own about documents or labels.
#pragma once
#include <QHash>
#include <QMainWindow>
#include <QString>
#include <functional>

#include "core/base/result.h"
#include "ui/session/project_session.h"

class QAction;
class QActionGroup;
class QDockWidget;
class QMenu;
class QStackedWidget;
class QToolBar;

namespace espalier::ui {

class BranchColors;
class CuratePage;
class DeviceProbe;
class DocumentActions;
class DocumentFinder;
class ExpectationWatch;
class InspectorPanel;
class JobManager;
class JobsDock;
class LabelActions;
class SearchPage;
class Selection;
class StatusLine;
class Toast;
class TrainingPage;
class TreePanel;
class WelcomePage;
class WorkspaceBar;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    enum class Workspace { Curate, Train, Search };
    Q_ENUM(Workspace)

    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    ProjectSession* session() const { return m_session; }
    Selection* selection() const { return m_selection; }
    JobManager* jobs() const { return m_jobs; }
    TreePanel* treePanel() const { return m_tree; }
    CuratePage* curatePage() const { return m_curate; }
    SearchPage* searchPage() const { return m_search; }
    TrainingPage* trainingPage() const { return m_train; }
    LabelActions* labelActions() const { return m_labelActions; }
    DocumentActions* documentActions() const { return m_documentActions; }
    Workspace workspace() const { return m_workspace; }
    /// Lets a test or a picture wait: nothing is being opened, written or read for the current view.
    bool settled() const;

public Q_SLOTS:
    void openProject(const QString& path);
    void createProject(const QString& path);
    void showWorkspace(espalier::ui::MainWindow::Workspace workspace);
    void importSources(const QStringList& paths);
    void openSample();
    void showToast(const QString& text, int undoSteps);

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QAction* addAction(QMenu* menu, const char* name, const QString& icon, const QString& text,
                       const QList<QKeySequence>& keys = {});
    QDockWidget* addPanel(const char* name, const QString& title, QWidget* panel, Qt::DockWidgetArea area);
    void makePanels();
    void makeMenus();
    void makeFileMenu();
    void makeEditMenu();
    void makeViewMenu();
    void makeWorkMenus();
    void connectProposals();
    void connectSession();
    void refreshActions();
    void refreshTitle();
    void refreshRecent();
    void refreshCentre();
    void applyTheme();

    void saveLayout();
    void restoreLayout();
    void defaultLayout();
    void sizeDocks();
    void refreshDockTitles();
    void resetLayout();
    void cyclePanes(int by);

    void leaveProject(std::function<void()> then);
    void startInCurate();
    void askNewProject();
    void askOpenProject();
    void askExportTree();
    void askExportMemberships();
    void askExportModel();
    void askExportEmbeddings();
    void undo();
    void redo();
    void takeBack(int steps);
    void selectAfterJournal(const project::EditOutcome& outcome, const TreeSnapshotPtr& before);
    void goTo();
    void revealDocument(DocumentKey document, LabelId label);
    void build();
    void assign();
    void showCheatSheet();
    void showExpectations();
    void openFailed(const Error& error, const QString& path);

    ProjectSession* m_session;
    Selection* m_selection;
    BranchColors* m_colors;
    JobManager* m_jobs;
    DeviceProbe* m_device;
    LabelActions* m_labelActions;
    DocumentActions* m_documentActions;
    ExpectationWatch* m_expectations;
    DocumentFinder* m_finder;

    WorkspaceBar* m_bar;
    QStackedWidget* m_centre;
    WelcomePage* m_welcome;
    CuratePage* m_curate;
    TrainingPage* m_train;
    SearchPage* m_search;
    TreePanel* m_tree;
    InspectorPanel* m_inspector;
    JobsDock* m_jobsPanel;
    StatusLine* m_status;
    Toast* m_toast;
    QDockWidget *m_treeDock, *m_inspectorDock, *m_jobsDock, *m_historyDock;

    Workspace m_workspace = Workspace::Curate;
    bool m_layoutLive = false;  ///< docks show a project's layout (not the welcome page), worth remembering
    bool m_mayClose = false;
    int m_toastSteps = 0;
    std::int64_t m_toastRevision = 0;  ///< what its Undo takes back is the newest edit of this revision
    bool m_importAfterOpen = false;
    QStringList m_importSources;
    QHash<QString, QAction*> m_actions;
    QActionGroup* m_workspaceActions;
    QActionGroup* m_themeActions;
    QToolBar* m_barHolder;
    QMenu* m_recentMenu;
    QMenu* m_exportMenu;
};

}  // namespace espalier::ui
