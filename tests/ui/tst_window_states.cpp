// SPDX-License-Identifier: GPL-3.0-or-later
// Every state of the window, light and dark, small and large, looked at widget by widget: nothing cut, pale, too small,
// nameless. The pictures are kept when a state fails (or always, with ESPALIER_TEST_PICTURES=folder).
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QScreen>
#include <QTabBar>
#include <QTest>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>
#include <functional>
#include <memory>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "tests/ui/support/widget_walk.h"
#include "ui/corpus/document_list_panel.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/models/document_list_model.h"
#include "ui/retrieval/search_page.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"
#include "ui/tree/label_actions.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
enum class Content { None, Empty, Documents, Tree, Run };
enum class View {
    Plain,
    Label,
    Document,
    Pins,
    NoHits,
    Import,
    ImportPreview,
    ImportUnknownFields,
    Train,
    TrainMore,
    TrainCompared,
    Growing,
    Jobs,
    TrainJobs,
    Search,
    SearchAnswer,
    Picker,
    Retire,
    Merge,
    Build,
    BuildMore,
    Expectations,
    Settings,
    About,
    Keys,
    Toast
};
}  // namespace
Q_DECLARE_METATYPE(Content)
Q_DECLARE_METATYPE(View)

class TestWindowStates : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme().install(*qApp, ThemeMode::Light); }

    void state_data() {
        QTest::addColumn<Content>("content");
        QTest::addColumn<View>("view");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        const QList<std::tuple<const char*, Content, View>> states{
            {"welcome", Content::None, View::Plain},
            {"no documents", Content::Empty, View::Plain},
            {"no documents, train", Content::Empty, View::Train},
            {"no documents, search", Content::Empty, View::Search},
            {"import", Content::Empty, View::Import},
            {"import, preview", Content::Empty, View::ImportPreview},
            {"import, unknown fields", Content::Empty, View::ImportUnknownFields},
            {"no tree", Content::Documents, View::Plain},
            {"no tree, train", Content::Documents, View::Train},
            {"growing", Content::Documents, View::Growing},
            {"curate", Content::Tree, View::Plain},
            {"curate, label", Content::Tree, View::Label},
            {"curate, document", Content::Tree, View::Document},
            {"curate, pins", Content::Tree, View::Pins},
            {"curate, no hits", Content::Tree, View::NoHits},
            {"curate, toast", Content::Tree, View::Toast},
            {"train", Content::Tree, View::Train},
            {"curate, jobs", Content::Run, View::Jobs},
            {"train, jobs", Content::Run, View::TrainJobs},
            {"train, run", Content::Run, View::Train},
            {"train, more settings", Content::Run, View::TrainMore},
            {"train, compared", Content::Run, View::TrainCompared},
            {"search", Content::Tree, View::Search},
            {"search, answer", Content::Run, View::SearchAnswer},
            {"go to", Content::Tree, View::Picker},
            {"retire", Content::Tree, View::Retire},
            {"merge", Content::Tree, View::Merge},
            {"build", Content::Tree, View::Build},
            {"build, with vectors", Content::Run, View::Build},
            {"build, more options", Content::Run, View::BuildMore},
            {"expectations", Content::Tree, View::Expectations},
            {"settings", Content::Tree, View::Settings},
            {"about", Content::Tree, View::About},
            {"keys", Content::Tree, View::Keys},
        };
        for (const auto& [name, content, view] : states)
            for (const bool dark : {false, true}) {
                QTest::addRow("%s, %s, 1280x720", name, dark ? "dark" : "light")
                    << content << view << dark << QSize(1280, 720);
                if (!dark) QTest::addRow("%s, light, 1920x1080", name) << content << view << dark << QSize(1920, 1080);
            }
    }

    void state() {
        QFETCH(Content, content);
        QFETCH(View, view);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        const QSize screen = QGuiApplication::primaryScreen()->size();
        if (size.width() > screen.width() || size.height() > screen.height()) QSKIP("larger than this display");
        const test::TempFolder folder;
        test::ScriptedDialogs scripted;
        Settings::instance().clearLayouts();
        theme().apply(dark ? ThemeMode::Dark : ThemeMode::Light);
        answerSearches(folder);
        MainWindow window;
        window.jobs()->setWorkerProgram(QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker"));
        window.resize(size);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        if (content != Content::None) {
            const bool grown = content == Content::Tree || content == Content::Run;
            const QString project = grown                           ? test::makeGrownProject(folder.path(), 120, 5)
                                    : content == Content::Documents ? test::makeProject(folder.path(), 40, false)
                                                                    : test::makeProject(folder.path(), 0, false);
            if (content == Content::Run) {
                test::addEncoder(folder.path(), project);
                test::addRun(project);
            }
            window.openProject(project);
            QTRY_VERIFY(window.session()->isOpen());
            QTRY_VERIFY(window.settled());
        }
        QWidget* looked = &window;
        arrange(window, view, folder);
        if (view >= View::Picker && view <= View::Keys) {
            QDialog* dialog = nullptr;
            QTRY_VERIFY((dialog = window.findChild<QDialog*>()));
            QVERIFY(QTest::qWaitForWindowExposed(dialog));
            // No dialog is taller than a small screen.
            QVERIFY2(dialog->height() <= 640, qPrintable(QString::number(dialog->height())));
            looked = dialog;
        }
        if (view != View::Growing && view != View::Jobs && view != View::TrainJobs) QTRY_VERIFY(window.settled());
        QTest::qWait(200);
        QCOMPARE(window.size(), size);
        const QStringList faults = test::faultsOf(looked);
        keepPicture(looked, !faults.isEmpty());
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
    }

    // From the widest page back to the one with docks: they are as wide as before.
    void docksKeepTheirWidth() {
        const test::TempFolder folder;
        Settings::instance().clearLayouts();
        MainWindow window;
        window.jobs()->setWorkerProgram(QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker"));
        window.resize(1280, 720);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        const QString project = test::makeGrownProject(folder.path(), 120, 5);
        test::addEncoder(folder.path(), project);
        test::addRun(project);
        window.openProject(project);
        QTRY_VERIFY(window.session()->isOpen() && window.settled());
        const auto* dock = window.findChild<QDockWidget*>(QStringLiteral("treeDock"));
        const int least = theme().length(Length::SidePanelWidth);
        QTRY_VERIFY(dock->width() >= least);
        const int width = dock->width();
        window.showWorkspace(MainWindow::Workspace::Train);
        QTRY_VERIFY(window.findChild<QWidget*>(QStringLiteral("curveCanvas"))->isVisible());
        QTest::qWait(100);
        window.showWorkspace(MainWindow::Workspace::Curate);
        QTRY_VERIFY(dock->isVisible());
        QTest::qWait(100);
        QCOMPARE(dock->width(), width);
    }

private:
    static void answerSearches(const test::TempFolder& folder) {
        const auto path = folder.write("answer.json", R"({"query":"","model":"base","mode":"hybrid","branch":null,
            "matches":2,"ms":2.4,"facets":[{"node":2,"path":["Soil"],"count":60},{"node":4,"path":["Soil","Peat"],
            "count":30},{"node":3,"path":["Light"],"count":3}],"results":[{"rank":1,"id":"s0","title":"Soil sample 0",
            "score":3.21,"path":["Soil","Peat"],"snippet":"A sample of peat soil holds water and roots."},{"rank":2,
            "id":"l1","title":"Light reading 1","score":0.5,"path":["Light"],"snippet":"The lamp gives warm light."}]})");
        qputenv("ESPALIER_FAKE_ANSWER", QFile::encodeName(fromPath(path)));
    }

    static void arrange(MainWindow& window, View view, const test::TempFolder& folder) {
        const auto label = [&window](const char* path) { return *window.session()->tree()->tree.resolve(path); };
        const auto trigger = [&window](const char* name) {
            window.findChild<QAction*>(QString::fromLatin1(name))->trigger();
        };
        switch (view) {
            case View::Plain:
                break;
            case View::Label:
                window.selection()->setLabel(label("Soil"));
                break;
            case View::Document:
                window.selection()->setLabel(label("Soil/Peat"));
                QTRY_VERIFY(window.selection()->document());
                window.selection()->setSubject(true);
                break;
            case View::Pins: {
                window.selection()->setLabel(label("Soil/Peat"));
                QTRY_VERIFY(window.selection()->document());
                const DocumentKey key = window.selection()->document();
                std::vector<tree::Edit> edits(4);
                for (tree::Edit& edit : edits) {
                    edit.kind = tree::EditKind::Pin;
                    edit.document = key;
                }
                edits[0].label = label("Soil/Peat");
                edits[0].must = false;
                edits[1].label = label("Light/Window");
                edits[2].label = label("Light/Lamp");
                edits[3].kind = tree::EditKind::Lock;
                edits[3].label = label("Light/Lamp");
                window.session()->editAll(edits);
                QTRY_VERIFY(window.session()->tree()->tree.at(edits[3].label).locked);
                window.selection()->setDocument(key);
                window.selection()->setSubject(true);
                QTRY_VERIFY(window.findChild<QWidget*>(QStringLiteral("pinContradiction")));
                break;
            }
            case View::NoHits:
                window.findChild<QLineEdit*>(QStringLiteral("labelFilter"))->setText(QStringLiteral("pheat"));
                window.findChild<QLineEdit*>(QStringLiteral("documentFilter"))->setText(QStringLiteral("pheat"));
                QTest::qWait(300);
                break;
            case View::Import:
                window.importSources({});
                break;
            case View::ImportPreview:
                window.importSources(
                    {fromPath(folder.write("notes.csv", "_id;title;text\nn1;Peat;It holds water.\nn2;;\n"))});
                QTRY_VERIFY(window.findChild<QLabel*>(QStringLiteral("previewCaption"))->text().contains(u'2'));
                break;
            case View::ImportUnknownFields:
                window.importSources(
                    {fromPath(folder.write("notes.csv", "nr;heading;body\n1;Peat;It holds water.\n"))});
                QTRY_VERIFY(window.findChild<QWidget*>(QStringLiteral("importProblem"))->isVisible());
                QVERIFY(!window.findChild<QPushButton*>(QStringLiteral("startImport"))->isEnabled());
                break;
            case View::TrainMore:
            case View::TrainCompared:
                window.showWorkspace(MainWindow::Workspace::Train);
                QTRY_VERIFY(window.findChild<QWidget*>(QStringLiteral("curveCanvas"))->isVisible());
                if (view == View::TrainMore)
                    window.findChild<QToolButton*>(QStringLiteral("moreSettings"))->setChecked(true);
                else
                    window.findChild<QTabBar*>(QStringLiteral("trainingTabs"))->setCurrentIndex(1);
                break;
            case View::Growing: {
                window.jobs()->start(QStringLiteral("build"), {{QStringLiteral("fake"), QStringLiteral("grow")}},
                                     QStringLiteral("Build tree"));
                auto* growing = window.findChild<QTreeView*>(QStringLiteral("growingLabels"));
                QTRY_COMPARE(growing->model()->rowCount(), 2);
                growing->setCurrentIndex(growing->model()->index(0, 0));
                break;
            }
            case View::Jobs:
            case View::TrainJobs:
                if (view == View::TrainJobs) window.showWorkspace(MainWindow::Workspace::Train);
                for (const char* title : {"Vectors of base", "Compare first with base"})
                    window.jobs()->start(QStringLiteral("embed"), {{QStringLiteral("fake"), QStringLiteral("forever")}},
                                         QString::fromLatin1(title));
                window.findChild<QDockWidget*>(QStringLiteral("jobsDock"))->show();
                QTRY_VERIFY(window.jobs()->runningJob() && window.jobs()->runningJob()->done() > 3);
                break;
            case View::SearchAnswer: {
                window.showWorkspace(MainWindow::Workspace::Search);
                // Meaning can be used: it is the default.
                QCOMPARE(window.findChild<QComboBox*>(QStringLiteral("searchMode"))->currentIndex(), 0);
                window.searchPage()->searchFor(QStringLiteral("peat"));
                auto* hits = window.findChild<QListView*>(QStringLiteral("searchResults"));
                QTRY_COMPARE(hits->model()->rowCount(), 2);
                hits->setCurrentIndex(hits->model()->index(0, 0));
                break;
            }
            case View::Train:
                window.showWorkspace(MainWindow::Workspace::Train);
                break;
            case View::Search:
                window.showWorkspace(MainWindow::Workspace::Search);
                break;
            case View::Picker:
                trigger("goTo");
                break;
            case View::Retire:
                window.selection()->setLabel(label("Soil"));
                window.labelActions()->retire->trigger();
                break;
            case View::Merge:
                window.selection()->setLabels({label("Soil/Peat"), label("Soil/Clay")}, label("Soil/Clay"));
                window.labelActions()->merge->trigger();
                break;
            case View::Build:
            case View::BuildMore:
                trigger("build");
                window.findChild<QToolButton*>(QStringLiteral("moreOptions"))->setChecked(view == View::BuildMore);
                QTRY_VERIFY(window.findChild<QLabel*>(QStringLiteral("buildEstimate"))->text().contains(u'1'));
                break;
            case View::Expectations: {
                int made = 0;
                for (const char* text : {"Peat and Clay have the same parent", "Peat and Lamp have the same parent"})
                    window.session()->run<project::Expectation>(
                        [text](project::Project& project, jobs::JobContext&) { return project.addExpectation(text); },
                        [&made](const Result<project::Expectation>& one) { made += one ? 1 : 0; });
                QTRY_COMPARE(made, 2);
                trigger("expectations");
                auto* rows = window.findChild<QTreeWidget*>(QStringLiteral("expectationList"));
                tree::Edit note;
                note.kind = tree::EditKind::Note;
                note.label = label("Soil");
                note.text = "so that they are looked at";
                window.session()->edit(note);
                QTRY_COMPARE(rows->topLevelItemCount(), 2);
                rows->setCurrentItem(rows->topLevelItem(1));
                break;
            }
            case View::Settings:
                trigger("settings");
                break;
            case View::About:
                trigger("about");
                break;
            case View::Keys:
                trigger("keys");
                break;
            case View::Toast:
                window.showToast(QStringLiteral("Moved “Peat” into “Light”."), 1);
                break;
        }
    }

    static void keepPicture(QWidget* widget, bool failed) {
        QString folder = qEnvironmentVariable("ESPALIER_TEST_PICTURES");
        if (folder.isEmpty() && !failed) return;
        if (folder.isEmpty()) folder = QStringLiteral("failed-states");
        QDir().mkpath(folder);
        QString name = QString::fromLatin1(QTest::currentDataTag());
        name.replace(QStringLiteral(", "), QStringLiteral("-")).replace(u' ', u'_');
        widget->grab().save(folder + u'/' + name + QStringLiteral(".png"));
    }
};

QTEST_MAIN(TestWindowStates)
#include "tst_window_states.moc"
