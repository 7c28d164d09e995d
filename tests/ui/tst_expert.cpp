// SPDX-License-Identifier: GPL-3.0-or-later
// The expert's word in the real window: locks and pins by keyboard and pointer, what they change, and their undo.
#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>
#include <memory>
#include <optional>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/corpus/document_list_panel.h"
#include "ui/models/document_list_model.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/main_window.h"
#include "ui/shell/toast.h"
#include "ui/style/theme.h"
#include "ui/tree/document_actions.h"
#include "ui/tree/label_actions.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

class TestExpert : public QObject {
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
        m_window->openProject(test::makeGrownProject(m_folder->path(), 60, 4));
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

    void locksByKey() {
        const LabelId peat = label("Soil/Peat");
        select("Soil/Peat");
        QAction* lock = m_window->labelActions()->lock;
        QCOMPARE(lock->text(), QStringLiteral("Lock"));
        QTest::keyClick(view(), Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(treeOf().at(peat).locked);
        QTRY_COMPARE(lock->text(), QStringLiteral("Unlock"));
        const QModelIndex row = model()->indexOf(peat);
        QVERIFY(row.data(LabelTreeModel::LockedRole).toBool());
        QVERIFY(row.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("locked")));
        QVERIFY2(undoText().contains(QStringLiteral("Lock 'Peat'")), qPrintable(undoText()));
        QTRY_VERIFY(toast()->text().contains(QStringLiteral("Locked “Peat”")));
        // What a lock forbids is not offered.
        const LabelActions* acts = m_window->labelActions();
        for (QAction* refused : {acts->rename, acts->retire, acts->moveTo, acts->note, acts->newChild})
            QVERIFY2(!refused->isEnabled(), qPrintable(refused->objectName()));
        QTest::keyClick(view(), Qt::Key_F2);
        QVERIFY(!view()->findChild<QLineEdit*>(QStringLiteral("renameEditor")));
        QTest::keyClick(view(), Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(!treeOf().at(peat).locked);
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(treeOf().at(peat).locked);
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(!treeOf().at(peat).locked);
    }

    void locksABranch() {
        select("Soil");
        QTest::keyClick(view(), Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(treeOf().at(label("Soil")).locked);
        QTest::keyClick(view(), Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(selection()->labels().size(), 3);
        QCOMPARE(m_window->labelActions()->lock->text(), QStringLiteral("Lock"));  // not all of them are
        QTest::keyClick(view(), Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(treeOf().at(label("Soil/Peat")).locked && treeOf().at(label("Soil/Clay")).locked);
        QCOMPARE(selection()->labels().size(), 3);
        QTRY_VERIFY(toast()->text().contains(QStringLiteral("Locked 2 labels")));
        QTest::mouseClick(toast()->findChild<QPushButton*>(QStringLiteral("toastButton")), Qt::LeftButton);
        QTRY_VERIFY(!treeOf().at(label("Soil/Peat")).locked && !treeOf().at(label("Soil/Clay")).locked);
        QVERIFY(treeOf().at(label("Soil")).locked);
    }

    void pinsByKey() {
        select("Soil/Peat");
        QTRY_VERIFY(m_window->settled() && documents()->rowCount() > 3);
        const int before = documents()->rowCount();
        m_window->curatePage()->documents()->focusList();
        QTest::keyClick(list(), Qt::Key_Down);
        QTest::keyClick(list(), Qt::Key_Down);
        const DocumentKey document = documents()->keyAt(2);
        QTRY_COMPARE(selection()->document(), document);
        QTest::keyClick(list(), Qt::Key_D, Qt::ControlModifier);
        pick("lamp");
        QTRY_COMPARE(documents()->rowCount(), before - 1);
        QVERIFY2(undoText().contains(QStringLiteral("Pin '")) && undoText().contains(QStringLiteral("under 'Lamp'")),
                 qPrintable(undoText()));
        QTRY_VERIFY(toast()->text().contains(QStringLiteral("under “Lamp”")));
        QCOMPARE(selection()->document(), document);  // still what is read
        QTRY_VERIFY(list()->hasFocus());
        QCOMPARE(list()->currentIndex().row(), 2);  // and the keyboard goes on from there
        // The inspector says it, also that the shares do not agree, and takes it back.
        selection()->setSubject(true);
        QTRY_VERIFY(unpinButton() && unpinButton()->isVisible());
        QVERIFY2(unpinButton()->accessibleName().contains(QStringLiteral("Under Light › Lamp")),
                 qPrintable(unpinButton()->accessibleName()));
        QTRY_VERIFY(says(QStringLiteral("against its shares")));
        select("Light/Lamp");
        QTRY_VERIFY(documents()->rowOf(document) >= 0);
        const QModelIndex row = documents()->index(documents()->rowOf(document));
        QVERIFY(row.data(DocumentListModel::PinnedRole).toBool());
        QVERIFY(row.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("pinned")));
        selection()->setDocument(document);
        selection()->setSubject(true);
        QTRY_VERIFY(unpinButton() && unpinButton()->isVisible());
        unpinButton()->setFocus(Qt::TabFocusReason);
        QTest::keyClick(unpinButton(), Qt::Key_Space);
        QTRY_VERIFY(treeOf().pins().empty());
        QTRY_VERIFY(documents()->rowOf(document) < 0);
        QVERIFY2(undoText().contains(QStringLiteral("Unpin '")), qPrintable(undoText()));
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(treeOf().pins().size(), std::size_t{1});
        QTRY_COMPARE(selection()->document(), document);
        QCOMPARE(selection()->label(), label("Light/Lamp"));  // undo of a pin leads to its document, not away
    }

    void keepsOutByKeyAndNamesContradictions() {
        select("Soil/Peat");
        QTRY_VERIFY(m_window->settled() && documents()->rowCount() > 0);
        m_window->curatePage()->documents()->focusList();
        const DocumentKey document = selection()->document();
        QVERIFY(document);
        QTest::keyClick(list(), Qt::Key_D, Qt::ControlModifier | Qt::ShiftModifier);
        pick("peat");
        QTRY_COMPARE(treeOf().pins().size(), std::size_t{1});
        QVERIFY(!treeOf().pins().front().must);
        QVERIFY2(undoText().contains(QStringLiteral("not under 'Peat'")), qPrintable(undoText()));
        QVERIFY(!treeOf().inBranch(hardOf(document), label("Soil/Peat")));
        // Against it: both stay, and the inspector names them.
        selection()->setDocument(document);
        selection()->setSubject(true);
        auto* button = m_window->findChild<QPushButton*>(QStringLiteral("pinUnderButton"));
        QTRY_VERIFY(button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        pick("lamp");
        QTRY_COMPARE(treeOf().pins().size(), std::size_t{2});
        QVERIFY(!m_window->findChild<QWidget*>(QStringLiteral("pinContradiction")));
        QTest::mouseClick(button, Qt::LeftButton);
        pick("clay");
        QTRY_COMPARE(treeOf().pins().size(), std::size_t{3});
        QTRY_VERIFY(m_window->findChild<QWidget*>(QStringLiteral("pinContradiction")));
        QTRY_VERIFY(says(QStringLiteral("different branches")));
        QTRY_VERIFY(toast()->text().contains(QStringLiteral("contradicts")));
        QCOMPARE(hardOf(document), label("Soil/Clay"));
        // All of it at once.
        QVERIFY(m_window->documentActions()->unpinAll->isEnabled());
        m_window->documentActions()->unpinAll->trigger();
        QTRY_VERIFY(treeOf().pins().empty());
        QTRY_VERIFY(!m_window->documentActions()->unpinAll->isEnabled());
    }

    void aLockedLabelTakesNoPin() {
        select("Light/Lamp");
        QTest::keyClick(view(), Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(treeOf().at(label("Light/Lamp")).locked);
        select("Soil/Peat");
        QTRY_VERIFY(m_window->settled() && documents()->rowCount() > 0);
        m_window->curatePage()->documents()->focusList();
        QTest::keyClick(list(), Qt::Key_D, Qt::ControlModifier);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("labelPickerDialog"))));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("labelPickerField"));
        QTest::keyClicks(field, QStringLiteral("lamp"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(dialog->isVisible());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!m_window->findChild<QDialog*>(QStringLiteral("labelPickerDialog")));
        QVERIFY(treeOf().pins().empty());
    }

    void expectationsAreWatched() {
        auto* status = m_window->findChild<QPushButton*>(QStringLiteral("statusExpectations"));
        QVERIFY(!status->isVisible());
        QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("expectationsDialog"))));
        QVERIFY(QTest::qWaitForWindowActive(dialog));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("expectationField"));
        auto* rows = dialog->findChild<QTreeWidget*>(QStringLiteral("expectationList"));
        auto* fault = dialog->findChild<QLabel*>(QStringLiteral("expectationFault"));
        QTRY_VERIFY(field->hasFocus());
        // What is no statement is said there, and what was typed stays.
        QTest::keyClicks(field, QStringLiteral("all is well"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(fault->isVisible() && fault->text().contains(QStringLiteral("not understood")));
        QCOMPARE(field->text(), QStringLiteral("all is well"));
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("Peat and Clay have the same parent"));
        QVERIFY(!fault->isVisible());
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(rows->topLevelItemCount(), 1);
        QCOMPARE(rows->topLevelItem(0)->text(0), QStringLiteral("Met"));
        QVERIFY(!rows->topLevelItem(0)->icon(0).isNull());
        QVERIFY(field->text().isEmpty());
        QTRY_VERIFY(status->isVisible() && status->text().contains(QStringLiteral("1 expectation met")));
        // It follows the tree while the dialog stays open, and undo.
        tree::Edit move;
        move.kind = tree::EditKind::Move;
        move.label = label("Soil/Peat");
        move.parent = label("Light");
        session()->edit(move);
        QTRY_COMPARE(rows->topLevelItem(0)->text(0), QStringLiteral("Not met"));
        QVERIFY(rows->topLevelItem(0)->text(2).contains(QStringLiteral("Light")));
        QVERIFY(
            rows->topLevelItem(0)->data(0, Qt::AccessibleTextRole).toString().startsWith(QStringLiteral("Not met")));
        QTRY_VERIFY(status->text().contains(QStringLiteral("1 of 1 expectations not met")));
        session()->undo();
        QTRY_COMPARE(rows->topLevelItem(0)->text(0), QStringLiteral("Met"));
        // Away by key; the dialog closes by Esc and opens again from the status line.
        rows->setFocus();
        rows->setCurrentItem(rows->topLevelItem(0));
        QTest::keyClick(rows, Qt::Key_Delete);
        QTRY_COMPARE(rows->topLevelItemCount(), 0);
        QTRY_VERIFY(!status->isVisible());
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!m_window->findChild<QDialog*>(QStringLiteral("expectationsDialog")));
    }

    void theListOffersItOnTheRightButton() {
        QCOMPARE(list()->contextMenuPolicy(), Qt::ActionsContextMenu);
        const QList<QAction*> offered = list()->actions();
        for (QAction* action : m_window->documentActions()->all())
            QVERIFY2(offered.contains(action), qPrintable(action->objectName()));
        for (QAction* action : m_window->documentActions()->all()) {
            bool inMenu = false;
            for (QAction* top : m_window->menuBar()->actions())
                if (top->menu() && top->menu()->actions().contains(action)) inMenu = true;
            QVERIFY2(inMenu, qPrintable(action->objectName()));
        }
    }

private:
    ProjectSession* session() const { return m_window->session(); }
    Selection* selection() const { return m_window->selection(); }
    LabelTreeView* view() const { return m_window->treePanel()->view(); }
    LabelTreeModel* model() const { return m_window->treePanel()->model(); }
    QListView* list() const { return m_window->curatePage()->documents()->list(); }
    DocumentListModel* documents() const { return m_window->curatePage()->documents()->model(); }
    Toast* toast() const { return m_window->findChild<Toast*>(); }
    QToolButton* unpinButton() const { return m_window->findChild<QToolButton*>(QStringLiteral("unpinButton")); }
    const tree::LabelTree& treeOf() const { return session()->tree()->tree; }
    QString undoText() const { return m_window->findChild<QAction*>(QStringLiteral("undo"))->text(); }
    LabelId label(const char* path) const {
        const auto found = treeOf().resolve(path);
        return found ? *found : LabelId{};
    }
    LabelId hardOf(DocumentKey key) {
        std::optional<LabelId> hard;
        session()->document(
            key, [&hard](Result<project::DocumentRecord> record) { hard = record ? record->hard : LabelId{}; });
        (void)QTest::qWaitFor([&hard] { return hard.has_value(); });
        return hard.value_or(LabelId{});
    }
    /// Returns when the document list shows the label's documents.
    void select(const char* path) {
        selection()->setLabel(label(path));
        view()->setFocus();
        QTRY_COMPARE(documents()->query().branch.value_or(LabelId{}), label(path));
        QTRY_VERIFY(!documents()->loading());
    }
    void pick(const char* letters) {
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("labelPickerDialog"))));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("labelPickerField"));
        QTest::keyClicks(field, QString::fromLatin1(letters));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(!m_window->findChild<QDialog*>(QStringLiteral("labelPickerDialog")));
    }
    /// Whether a visible text of the inspector has these words.
    bool says(const QString& words) const {
        for (const QLabel* text : m_window->findChild<QWidget*>(QStringLiteral("pinSection"))->findChildren<QLabel*>())
            if (text->isVisible() && text->text().contains(words)) return true;
        return false;
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestExpert)
#include "tst_expert.moc"
