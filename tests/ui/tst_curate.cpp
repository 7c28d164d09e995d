// SPDX-License-Identifier: GPL-3.0-or-later
// Curating in the real window on a real project: keyboard, pointer and drag and drop as a user has them.
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTest>
#include <memory>

#include "tests/support/event_loop_watchdog.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/support/real_pointer.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/corpus/document_list_panel.h"
#include "ui/corpus/reader.h"
#include "ui/models/document_list_model.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/toast.h"
#include "ui/style/theme.h"
#include "ui/tree/drop_caption.h"
#include "ui/tree/drop_ghost.h"
#include "ui/tree/label_actions.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

class TestCurate : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme().install(*qApp, ThemeMode::Light); }

    void init() {
        m_folder = std::make_unique<test::TempFolder>();
        m_dialogs = std::make_unique<test::ScriptedDialogs>();
        Settings::instance().clearLayouts();
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->openProject(test::makeGrownProject(m_folder->path(), 240, 10));
        QTRY_VERIFY(session()->isOpen());
        QTRY_VERIFY(model()->rowCount() == 2);
        QTRY_VERIFY(m_window->settled());
        view()->setFocus();
    }
    void cleanup() {
        if (QTest::currentTestFailed())
            m_window->grab().save(
                QStringLiteral("failed-%1.png").arg(QString::fromLatin1(QTest::currentTestFunction())));
        m_window.reset();
        m_dialogs.reset();
        m_folder.reset();
    }

    void showsTheTreeAndTheDocuments() {
        QCOMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
        DocumentListModel* documents = m_window->curatePage()->documents()->model();
        QTRY_COMPARE(documents->rowCount(), 240);
        select("Soil/Peat");
        QTRY_COMPARE(qint64(documents->rowCount()), session()->tree()->countsOf(label("Soil/Peat")).documents);
        Reader* reader = m_window->curatePage()->reader();
        QTRY_VERIFY(reader->shownTitle().startsWith(QStringLiteral("Soil sample")));
        QTRY_VERIFY(reader->highlights() >= 1);  // "peat" in the text
        auto* name = m_window->findChild<QLabel*>(QStringLiteral("inspectorLabelName"));
        QVERIFY(name && name->isVisible());
        QCOMPARE(name->text(), QStringLiteral("Peat"));
    }

    void renamesInPlace() {
        select("Soil/Peat");
        QTest::keyClick(view(), Qt::Key_F2);
        QLineEdit* editor = nullptr;
        QTRY_VERIFY((editor = view()->findChild<QLineEdit*>(QStringLiteral("renameEditor"))));
        editor->selectAll();
        QTest::keyClicks(editor, QStringLiteral("Bog"));
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Bog Clay) Light(Lamp Window)"));
        QCOMPARE(selection()->label(), label("Soil/Bog"));
        QAction* undo = m_window->findChild<QAction*>(QStringLiteral("undo"));
        QVERIFY2(undo->text().contains(QStringLiteral("Bog")), qPrintable(undo->text()));
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Bog Clay) Light(Lamp Window)"));
    }

    void movesByKeyboard() {
        select("Soil/Clay");
        key(Qt::Key_Up);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Clay Peat) Light(Lamp Window)"));
        key(Qt::Key_Down);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
        key(Qt::Key_Left);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat) Clay Light(Lamp Window)"));
        QCOMPARE(selection()->label(), label("Clay"));
        key(Qt::Key_Right);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
        QCOMPARE(selection()->label(), label("Soil/Clay"));
        // Two at once stay together and stay selected.
        selection()->setLabels({label("Light/Lamp"), label("Light/Window")}, label("Light/Window"));
        key(Qt::Key_Left);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay) Light Lamp Window"));
        QCOMPARE(selection()->labels().size(), 2);
    }

    void addsLabels() {
        select("Soil");
        m_dialogs->answerText(QStringLiteral("Sand"));
        QTest::keyClick(view(), Qt::Key_Insert);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay Sand) Light(Lamp Window)"));
        QTRY_COMPARE(selection()->label(), label("Soil/Sand"));
        select("Soil");
        m_dialogs->answerText(QStringLiteral("Water"));
        QTest::keyClick(view(), Qt::Key_Insert, Qt::ShiftModifier);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay Sand) Water Light(Lamp Window)"));
    }

    void retiresAndRestores() {
        const LabelId peat = label("Soil/Peat");
        const std::int64_t ofClay = session()->tree()->countsOf(label("Soil/Clay")).documents;
        select("Soil/Peat");
        QTest::keyClick(view(), Qt::Key_Delete);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("retireDialog"))));
        dialog->findChild<QRadioButton*>(QStringLiteral("retireToOther"))->setChecked(true);
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("labelPickerField"));
        QTest::keyClicks(field, QStringLiteral("clay"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Clay) Light(Lamp Window)"));
        QVERIFY(session()->tree()->countsOf(label("Soil/Clay")).documents > ofClay);
        // The toast takes it back.
        Toast* toast = m_window->findChild<Toast*>();
        QTRY_VERIFY(toast->text().contains(QStringLiteral("Peat")));
        QTest::mouseClick(toast->findChild<QPushButton*>(QStringLiteral("toastButton")), Qt::LeftButton);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
        QTRY_COMPARE(selection()->label(), peat);
        // And the tree has the keyboard again: retired to the parent, and restored by hand.
        QTRY_VERIFY(view()->hasFocus());
        QTest::keyClick(view(), Qt::Key_Delete);
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("retireDialog"))));
        QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("acceptButton")), Qt::LeftButton);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Clay) Light(Lamp Window)"));
        QTRY_VERIFY(m_window->labelActions()->restore->isEnabled());
        m_window->labelActions()->restore->trigger();
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("restoreDialog"))));
        QTest::keyClick(dialog, Qt::Key_Return);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
    }

    void theToastGivesTheKeyboardBack() {
        // By click: the keyboard never leaves where it was. By Tab: it goes back there, whichever way the toast goes.
        Toast* toast = m_window->findChild<Toast*>();
        auto* undo = toast->findChild<QPushButton*>(QStringLiteral("toastButton"));
        auto* filter = m_window->findChild<QLineEdit*>(QStringLiteral("documentFilter"));
        for (QWidget* before : std::initializer_list<QWidget*>{view(), filter}) {
            for (const Qt::Key way : {Qt::Key_unknown, Qt::Key_Space, Qt::Key_Escape}) {
                select("Light");
                key(Qt::Key_Up);
                QTRY_COMPARE(names(), QStringLiteral("Light(Lamp Window) Soil(Peat Clay)"));
                m_window->showToast(QStringLiteral("Moved."), 1);
                before->setFocus();
                if (way == Qt::Key_unknown) {
                    QTest::mouseClick(undo, Qt::LeftButton);
                } else {
                    undo->setFocus(Qt::TabFocusReason);
                    QTRY_VERIFY(undo->hasFocus());
                    QTest::keyClick(undo, way);
                }
                QTRY_VERIFY(before->hasFocus());
                QVERIFY(!toast->isVisible());
                if (way == Qt::Key_Escape) QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
                QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
                QVERIFY(before->hasFocus());
            }
        }
    }

    void theToastUndoesOnlyWhatItSpeaksOf() {
        select("Soil/Clay");
        QTest::keyClick(view(), Qt::Key_Left, Qt::AltModifier | Qt::ShiftModifier);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat) Clay Light(Lamp Window)"));
        Toast* toast = m_window->findChild<Toast*>();
        QTRY_VERIFY(toast->text().contains(QStringLiteral("Clay")));
        key(Qt::Key_Up);  // no toast of its own
        QTRY_COMPARE(names(), QStringLiteral("Clay Soil(Peat) Light(Lamp Window)"));
        QTRY_VERIFY(!toast->isVisible());
    }

    void mergesUnderTheNameThatSurvives() {
        const LabelId peat = label("Soil/Peat"), clay = label("Soil/Clay");
        selection()->setLabels({peat, clay}, clay);
        QTest::keyClick(view(), Qt::Key_J, Qt::ControlModifier);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("mergeDialog"))));
        dialog->findChild<QRadioButton*>(QStringLiteral("mergeName%1").arg(clay.value))->setChecked(true);
        QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("acceptButton")), Qt::LeftButton);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Clay) Light(Lamp Window)"));
        QCOMPARE(session()->tree()->tree.at(clay).alternativeNames, std::vector<std::string>{"Peat"});
        QCOMPARE(selection()->label(), clay);
    }

    void movesThroughTheFinder() {
        select("Soil/Peat");
        QTest::keyClick(view(), Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("labelPickerDialog"))));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("labelPickerField"));
        QTest::keyClicks(field, QStringLiteral("lig"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Clay) Light(Lamp Window Peat)"));
        QTRY_COMPARE(selection()->label(), label("Light/Peat"));
    }

    void goesToALabel() {
        view()->collapseAll();
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("goToDialog"))));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("goToField"));
        QTest::keyClicks(field, QStringLiteral("wndw"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(selection()->label(), label("Light/Window"));
        QVERIFY(view()->isExpanded(model()->indexOf(label("Light"))));
    }

    void filterSaysWhatIsClosest() {
        auto* filter = m_window->findChild<QLineEdit*>(QStringLiteral("labelFilter"));
        QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
        QTRY_VERIFY(filter->hasFocus());
        QTest::keyClicks(filter, QStringLiteral("clai"));
        const auto said = [this] {
            for (const QLabel* text : m_window->treePanel()->findChildren<QLabel*>())
                if (text->isVisible() && text->text().contains(QStringLiteral("Closest: Clay"))) return true;
            return false;
        };
        QTRY_VERIFY(said());
        QCOMPARE(model()->hits(), 0);
        auto* clear = m_window->treePanel()->findChild<QPushButton*>(QStringLiteral("emptyStateButton"));
        QTest::mouseClick(clear, Qt::LeftButton);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
    }

    void selectionAndScrollStayWithTheirLabels() {
        select("Light/Lamp");
        view()->collapse(model()->indexOf(label("Soil")));
        const LabelId lamp = label("Light/Lamp");
        tree::Edit edit;
        edit.kind = tree::EditKind::Move;
        edit.label = label("Light");
        edit.parent = label("Soil");
        session()->edit(edit);
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat Clay Light(Lamp Window))"));
        QCOMPARE(selection()->label(), lamp);
        QCOMPARE(model()->labelAt(view()->currentIndex()), lamp);
        QVERIFY(view()->selectionModel()->isSelected(model()->indexOf(lamp)));
    }

    void notesAreKept() {
        select("Soil");
        m_window->labelActions()->note->trigger();
        auto* note = m_window->findChild<QPlainTextEdit*>(QStringLiteral("labelNote"));
        QTRY_VERIFY(note->hasFocus());
        QTest::keyClicks(note, QStringLiteral("No compost."));
        QTest::keyClick(note, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(session()->tree()->tree.at(label("Soil")).note, std::string("No compost."));
        // Leaving the field for another label keeps what was written for the first.
        QTest::keyClicks(note, QStringLiteral(" At all."));
        const LabelId soil = label("Soil");
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {},
                          view()->visualRect(model()->indexOf(label("Light"))).center());
        QTRY_COMPARE(session()->tree()->tree.at(soil).note, std::string("No compost. At all."));
        QVERIFY(session()->tree()->tree.at(label("Light")).note.empty());
    }

    void dragsInto() {
        QVERIFY(test::dragTo(rowCentre("Soil/Clay"), rowCentre("Light")));
        QTRY_COMPARE(names(), QStringLiteral("Soil(Peat) Light(Lamp Window Clay)"));
        QTRY_COMPARE(selection()->label(), label("Light/Clay"));
        Toast* toast = m_window->findChild<Toast*>();
        QTRY_VERIFY(toast->text().contains(QStringLiteral("Clay")));
    }

    void draggingShowsWhereItLandsAndWhatChanges() {
        auto* caption = m_window->findChild<DropCaption*>();
        auto* ghost = m_window->findChild<DropGhost*>();
        const std::int64_t documents = session()->tree()->countsOf(label("Soil/Clay")).documents;
        struct Seen {
            QString caption, ghost;
            int top = 0, left = 0;
        } seen;
        QTimer watch;
        connect(&watch, &QTimer::timeout, this, [&] {
            if (caption->isVisible() && ghost->isVisible())
                seen = {caption->text(), ghost->text(), ghost->y(), ghost->textLeft()};
        });
        watch.start(10);
        const auto rect = [&](const char* path) { return view()->visualRect(model()->indexOf(label(path))); };
        QVERIFY(test::dragTo(rowCentre("Soil/Clay"), rowCentre("Light"), false));
        QCOMPARE(seen.caption, QStringLiteral("Move into Light · %1 documents · path changes for %1").arg(documents));
        QCOMPARE(seen.ghost, QStringLiteral("Clay"));
        QCOMPARE(seen.top, rect("Light/Window").bottom() + 1);  // below what is in it, as deep as that
        QCOMPARE(seen.left, rect("Light/Window").left());
        QTRY_VERIFY(!ghost->isVisible());
        // Within its parent nothing but the order changes.
        const QRect peat = rect("Soil/Peat");
        const QPoint above = view()->viewport()->mapToGlobal(QPoint(peat.center().x(), peat.top() + 1));
        QVERIFY(test::dragTo(rowCentre("Soil/Clay"), above, false));
        QCOMPARE(seen.caption, QStringLiteral("Before Peat · %1 documents · no path changes").arg(documents));
        QCOMPARE(seen.top, peat.top());
        QCOMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
    }

    void mergingSaysHowManyDocumentsMove() {
        const LabelId peat = label("Soil/Peat"), lamp = label("Light/Lamp");
        const auto counted = [&](LabelId id) { return session()->tree()->countsOf(id).documents; };
        QVERIFY(counted(peat) != counted(lamp));
        selection()->setLabels({peat, lamp}, lamp);
        QTest::keyClick(view(), Qt::Key_J, Qt::ControlModifier);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("mergeDialog"))));
        auto* moved = dialog->findChild<QLabel*>(QStringLiteral("mergeMoved"));
        const auto choose = [&](LabelId id) {
            auto* choice = dialog->findChild<QRadioButton*>(QStringLiteral("mergeName%1").arg(id.value));
            QTest::mouseClick(choice, Qt::LeftButton, {}, QPoint(8, choice->height() / 2));
        };
        choose(peat);
        QTRY_COMPARE(moved->text(), QStringLiteral("%1 documents move").arg(counted(lamp)));
        choose(lamp);
        QTRY_COMPARE(moved->text(), QStringLiteral("%1 documents move").arg(counted(peat)));
        QTest::keyClick(dialog, Qt::Key_Escape);
        QCOMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
    }

    void dragsBetween() {
        const QRect lamp = view()->visualRect(model()->indexOf(label("Light/Lamp")));
        const QPoint between = view()->viewport()->mapToGlobal(QPoint(lamp.center().x(), lamp.bottom()));
        QVERIFY(test::dragTo(rowCentre("Soil/Peat"), between));
        QTRY_COMPARE(names(), QStringLiteral("Soil(Clay) Light(Lamp Peat Window)"));
    }

    void dragIntoItsOwnBranchIsRefusedWithAReason() {
        auto* caption = m_window->findChild<DropCaption*>();
        QStringList said;
        bool refused = false;
        QTimer watch;
        connect(&watch, &QTimer::timeout, this, [&] {
            if (!caption->isVisible()) return;
            said << caption->text();
            refused = refused || caption->refused();
        });
        watch.start(10);
        QVERIFY(test::dragTo(rowCentre("Soil"), rowCentre("Soil/Clay")));
        QVERIFY2(refused, qPrintable(said.join(u'|')));
        QVERIFY(said.join(u'|').contains(QStringLiteral("lies inside")));
        QCOMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
        // Esc ends a drag without a move.
        QVERIFY(test::dragTo(rowCentre("Soil/Clay"), rowCentre("Light"), false));
        QTest::qWait(100);
        QCOMPARE(names(), QStringLiteral("Soil(Peat Clay) Light(Lamp Window)"));
    }

    void documentsNotPlacedHaveTheirPlace() {
        auto* row = m_window->findChild<QAbstractButton*>(QStringLiteral("unassignedDocuments"));
        QVERIFY(row->isVisible());
        QTest::mouseClick(row, Qt::LeftButton);
        DocumentListModel* documents = m_window->curatePage()->documents()->model();
        QTRY_COMPARE(documents->rowCount(), 10);
        QTest::mouseClick(m_window->findChild<QAbstractButton*>(QStringLiteral("allDocuments")), Qt::LeftButton);
        QTRY_COMPARE(documents->rowCount(), 240);
    }

    void documentListFiltersAndOrders() {
        DocumentListPanel* panel = m_window->curatePage()->documents();
        auto* filter = panel->findChild<QLineEdit*>(QStringLiteral("documentFilter"));
        filter->setFocus();
        QTest::keyClicks(filter, QStringLiteral("sample 12"));
        QTRY_VERIFY(panel->model()->rowCount() > 0 && panel->model()->rowCount() < 20);
        QTest::keyClicks(filter, QStringLiteral("zzz"));
        QTRY_COMPARE(panel->model()->rowCount(), 0);
        auto* clear = panel->findChild<QPushButton*>(QStringLiteral("emptyStateButton"));
        QTRY_VERIFY(clear->isVisible());
        QTest::mouseClick(clear, Qt::LeftButton);
        QTRY_COMPARE(panel->model()->rowCount(), 240);
        panel->setOrder(project::Order::Borderline);
        QTRY_VERIFY(panel->model()->query().order == project::Order::Borderline && !panel->model()->loading());
        QVERIFY(panel->model()->index(0).data(DocumentListModel::SecondShareRole).toDouble() > 0.3);
        // Arrow keys read on.
        panel->focusList();
        const DocumentKey before = selection()->document();
        QTest::keyClick(panel->list(), Qt::Key_Down);
        QTRY_VERIFY(selection()->document() != before);
    }

    void backAndForward() {
        select("Soil");
        select("Light");
        QTest::keyClick(view(), Qt::Key_Left, Qt::AltModifier);
        QTRY_VERIFY(selection()->label() != label("Light"));
        QTest::keyClick(view(), Qt::Key_Right, Qt::AltModifier);
        QTRY_COMPARE(selection()->label(), label("Light"));
    }

    void layoutIsRememberedPerWorkspace() {
        auto* dock = m_window->findChild<QWidget*>(QStringLiteral("inspectorDock"));
        QTRY_VERIFY(dock->isVisible());
        dock->hide();
        QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
        QTRY_COMPARE(m_window->workspace(), MainWindow::Workspace::Train);
        QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
        QTRY_VERIFY(dock->isVisible());
        QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier);
        QTRY_COMPARE(m_window->workspace(), MainWindow::Workspace::Curate);
        QVERIFY(!dock->isVisible());
        m_window->findChild<QAction*>(QStringLiteral("resetLayout"))->trigger();
        QTRY_VERIFY(dock->isVisible());
    }

    void everyPaneIsReachedByKey() {
        QSet<const QWidget*> reached;
        for (int n = 0; n < 8; ++n) {
            QTest::keyClick(m_window.get(), Qt::Key_F6);
            if (const QWidget* focus = QApplication::focusWidget())
                for (const QWidget* up = focus; up; up = up->parentWidget()) reached.insert(up);
        }
        QVERIFY(reached.contains(m_window->treePanel()));
        QVERIFY(reached.contains(m_window->curatePage()->documents()));
        QVERIFY(reached.contains(m_window->curatePage()->reader()));
        QVERIFY(reached.contains(m_window->findChild<QWidget*>(QStringLiteral("inspectorPanel"))));
    }

    void everyActHasAKeyOrAMenu() {
        for (QAction* action : m_window->labelActions()->all()) {
            bool inMenu = false;
            for (QAction* top : m_window->menuBar()->actions())
                if (top->menu() && top->menu()->actions().contains(action)) inMenu = true;
            QVERIFY2(inMenu, qPrintable(action->objectName()));
        }
    }

    void nothingBlocksWhileOneWorks() {
        test::EventLoopWatchdog watchdog;
        const QStringList paths{QStringLiteral("Soil"), QStringLiteral("Soil/Peat"), QStringLiteral("Light"),
                                QStringLiteral("Light/Lamp")};
        for (int round = 0; round < 5; ++round) {
            for (const QString& path : paths) {
                select(path.toUtf8().constData());
                QTest::qWait(150);  // a person's pace: everything that follows a selection gets its turn
                QTRY_VERIFY(m_window->settled());
            }
            key(Qt::Key_Down);
            QTRY_VERIFY(m_window->settled());
        }
        qInfo("%s", qPrintable(watchdog.report()));
        QCOMPARE(watchdog.gaps(), 0);
    }

    void deletedTextIsNotADeletedLabel() {
        // Del in a text field is a letter, not a label.
        auto* filter = m_window->findChild<QLineEdit*>(QStringLiteral("documentFilter"));
        filter->setFocus();
        filter->setText(QStringLiteral("abc"));
        filter->setCursorPosition(0);
        QTest::keyClick(filter, Qt::Key_Delete);
        QCOMPARE(filter->text(), QStringLiteral("bc"));
        QVERIFY(!m_window->findChild<QDialog*>(QStringLiteral("retireDialog")));
        m_window->curatePage()->documents()->focusList();
        QTest::keyClick(m_window->curatePage()->documents()->list(), Qt::Key_Delete);
        QTest::qWait(50);
        QVERIFY(!m_window->findChild<QDialog*>(QStringLiteral("retireDialog")));
    }

private:
    ProjectSession* session() const { return m_window->session(); }
    Selection* selection() const { return m_window->selection(); }
    LabelTreeView* view() const { return m_window->treePanel()->view(); }
    LabelTreeModel* model() const { return m_window->treePanel()->model(); }
    LabelId label(const char* path) const {
        const auto found = session()->tree()->tree.resolve(path);
        return found ? *found : LabelId{};
    }
    void select(const char* path) {
        selection()->setLabel(label(path));
        view()->setFocus();
    }
    void key(Qt::Key key) { QTest::keyClick(view(), key, Qt::AltModifier | Qt::ShiftModifier); }
    QPoint rowCentre(const char* path) const {
        const QRect rect = view()->visualRect(model()->indexOf(label(path)));
        return view()->viewport()->mapToGlobal(QPoint(rect.left() + 40, rect.center().y()));
    }
    // "Soil(Peat Clay) Light"
    QString names(const QModelIndex& parent = {}) const {
        QStringList parts;
        for (int row = 0; row < model()->rowCount(parent); ++row) {
            const QModelIndex index = model()->index(row, 0, parent);
            const QString below = names(index);
            parts << index.data().toString() + (below.isEmpty() ? QString() : QStringLiteral("(%1)").arg(below));
        }
        return parts.join(u' ');
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestCurate)
#include "tst_curate.moc"
