// SPDX-License-Identifier: GPL-3.0-or-later
// Outline, icicle and table of the label tree in the real window: one selection, every act by keyboard, and rows that a
// screen reader can read.
#include <QAccessible>
#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QListView>
#include <QTest>
#include <QToolButton>
#include <algorithm>
#include <memory>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/models/label_table_model.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"
#include "ui/tree/icicle_view.h"
#include "ui/tree/label_table_view.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/label_views.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

class TestLabelViews : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        theme().install(*qApp, ThemeMode::Light);
        QAccessible::setActive(true);
    }

    void init() {
        m_folder = std::make_unique<test::TempFolder>();
        m_dialogs = std::make_unique<test::ScriptedDialogs>();
        Settings::instance().clearLayouts();
        Settings::instance().setLabelView({});
        Settings::instance().setLabelLevels(0);
        open(test::makeGrownProject(m_folder->path(), 60, 4));
    }
    void cleanup() {
        m_window.reset();
        m_dialogs.reset();
        m_folder.reset();
        Settings::instance().setLabelView({});
        Settings::instance().setLabelLevels(0);
    }

    void theChosenViewIsRemembered() {
        QCOMPARE(views()->kind(), LabelViews::Kind::Outline);
        views()->outline()->setFocus();
        act("viewIcicle");
        QCOMPARE(views()->kind(), LabelViews::Kind::Icicle);
        QTRY_VERIFY(views()->icicle()->hasFocus());
        const QString path = m_window->session()->projectPath();
        m_window.reset();
        open(path);
        QCOMPARE(views()->kind(), LabelViews::Kind::Icicle);
        QVERIFY(action("viewIcicle")->isChecked());
        act("viewOutline");
        QCOMPARE(views()->kind(), LabelViews::Kind::Outline);
    }

    void allShowOneSelection() {
        const LabelId peat = label("Soil/Peat");
        act("viewTable");
        QTRY_VERIFY(table()->hasFocus());
        m_window->selection()->setLabel(peat);
        QCOMPARE(tableLabel(), peat);
        QTest::keyClick(table(), Qt::Key_Down);
        QCOMPARE(m_window->selection()->label(), label("Soil/Clay"));
        act("viewIcicle");
        QTest::keyClick(icicle(), Qt::Key_Left);  // levels go to the right in a high panel: to the parent
        QCOMPARE(m_window->selection()->label(), label("Soil"));
        act("viewOutline");
        QCOMPARE(m_window->treePanel()->model()->labelAt(views()->outline()->currentIndex()), label("Soil"));
    }

    void theIcicleIsWalkedByKeyboard() {
        act("viewIcicle");
        QVERIFY(!icicle()->downwards());
        m_window->selection()->setLabel(label("Soil"));
        QTest::keyClick(icicle(), Qt::Key_Down);
        QCOMPARE(m_window->selection()->label(), label("Light"));
        QTest::keyClick(icicle(), Qt::Key_Right);
        QCOMPARE(m_window->session()->tree()->tree.at(m_window->selection()->label()).parent, label("Light"));
        QTest::keyClick(icicle(), Qt::Key_Left);
        QTest::keyClick(icicle(), Qt::Key_Return);  // fills the view
        QCOMPARE(icicle()->filled(), label("Light"));
        QCOMPARE(int(icicle()->cells().size()), 2);
        QTest::keyClick(icicle(), Qt::Key_Backspace);
        QCOMPARE(int(icicle()->cells().size()), 6);
        // By pointer: a click selects, Ctrl adds.
        click("Soil/Peat", {});
        QCOMPARE(m_window->selection()->label(), label("Soil/Peat"));
        click("Light", Qt::ControlModifier);
        QCOMPARE(m_window->selection()->labels().size(), 2);
    }

    void lengthsInTheIcicleAreDocuments() {
        act("viewIcicle");
        const auto tree = m_window->session()->tree();
        const auto length = [this](const char* path) { return icicle()->rectOf(label(path)).height(); };
        const auto documents = [&](const char* path) { return double(tree->countsOf(label(path)).documents); };
        QVERIFY(length("Soil") > 0);
        for (const char* child : {"Soil/Peat", "Soil/Clay"})
            QVERIFY(std::abs(length(child) / length("Soil") - documents(child) / documents("Soil")) < 0.01);
        for (const IcicleCell& one : icicle()->cells())
            for (const IcicleCell& other : icicle()->cells())
                if (one.id != other.id)
                    QVERIFY(!icicle()
                                 ->rectOf(one.id)
                                 .adjusted(1, 1, -1, -1)
                                 .intersects(icicle()->rectOf(other.id).adjusted(1, 1, -1, -1)));
    }

    void labelsAreRenamedInEveryView() {
        rename(icicle(), "viewIcicle", "Soil/Peat", "Bog");
        QTRY_COMPARE(name(m_window->selection()->label()), QStringLiteral("Bog"));
        QCOMPARE(m_window->treePanel()->model()->indexOf(m_window->selection()->label()).data().toString(),
                 QStringLiteral("Bog"));
        rename(table(), "viewTable", "Soil/Clay", "Loam");
        QTRY_COMPARE(name(m_window->selection()->label()), QStringLiteral("Loam"));
        QTRY_VERIFY(table()->hasFocus());
    }

    void theFilterHoldsInAll() {
        auto* filter = m_window->findChild<QLineEdit*>(QStringLiteral("labelFilter"));
        act("viewTable");
        filter->setText(QStringLiteral("pea"));
        QTRY_COMPARE(table()->model()->rowCount(), 1);
        act("viewIcicle");
        QTRY_COMPARE(int(icicle()->cells().size()), 2);  // Peat, and Soil above it
        filter->clear();
        QTRY_COMPARE(int(icicle()->cells().size()), 6);
        QCOMPARE(table()->model()->rowCount(), 6);
    }

    void levelsHoldInAll() {
        views()->setLevels(1);
        act("viewTable");
        QCOMPARE(table()->model()->rowCount(), 2);
        act("viewIcicle");
        QCOMPARE(int(icicle()->cells().size()), 2);
        QVERIFY(!views()->outline()->isExpanded(m_window->treePanel()->model()->indexOf(label("Soil"))));
        views()->setLevels(0);
        QCOMPARE(table()->model()->rowCount(), 6);
    }

    void theTableSortsAndKeepsTheSelection() {
        act("viewTable");
        m_window->selection()->setLabel(label("Soil/Clay"));
        for (const Qt::SortOrder order : {Qt::DescendingOrder, Qt::AscendingOrder}) {
            table()->horizontalHeader()->setSortIndicator(LabelTableModel::DocumentsColumn, order);
            qint64 last = -1;
            for (int row = 0; row < table()->model()->rowCount(); ++row) {
                const qint64 now = table()->model()->index(row, 0).data(LabelTreeModel::DocumentsRole).toLongLong();
                if (last >= 0) QVERIFY(order == Qt::DescendingOrder ? now <= last : now >= last);
                last = now;
            }
            QCOMPARE(tableLabel(), label("Soil/Clay"));
        }
        table()->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
        QCOMPARE(table()->model()->index(0, 0).data().toString(), QStringLiteral("Soil"));
        // Acts on labels work from here too.
        QTest::keyClick(table(), Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(m_window->session()->tree()->tree.at(label("Soil/Clay")).locked);
        QVERIFY(
            table()->model()->index(2, 0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("locked")));
    }

    void rowsAreReadOut() {
        const LabelId peat = label("Soil/Peat");
        // Locked and with a pin: both are part of what is read.
        tree::Edit pin;
        pin.kind = tree::EditKind::Pin;
        pin.label = peat;
        m_window->session()->document(QStringLiteral("s4"), [&pin](Result<project::DocumentRecord> record) {
            if (record) pin.document = record->key;
        });
        QTRY_VERIFY(bool(pin.document));
        m_window->session()->edit(pin);
        QTRY_VERIFY(!m_window->session()->tree()->tree.pins().empty());
        tree::Edit lock;
        lock.kind = tree::EditKind::Lock;
        lock.label = peat;
        m_window->session()->edit(lock);
        QTRY_VERIFY(m_window->session()->tree()->tree.at(peat).locked);
        const QString documents = QString::number(m_window->session()->tree()->countsOf(peat).documents);
        const auto heard = [&](QAccessibleInterface* row) {
            const QString text = row->text(QAccessible::Name);
            return text.startsWith(QStringLiteral("Peat")) && text.contains(documents + QStringLiteral(" documents")) &&
                   text.contains(QStringLiteral("level 1")) && text.contains(QStringLiteral(" % of ")) &&
                   text.contains(QStringLiteral("locked")) && text.contains(QStringLiteral("1 pin"));
        };
        const auto rows = [](QWidget* view) {
            QAccessibleInterface* face = QAccessible::queryAccessibleInterface(view);
            QList<QAccessibleInterface*> found;
            for (int at = 0; face && at < face->childCount(); ++at) found << face->child(at);
            return found;
        };
        for (const char* kind : {"viewOutline", "viewIcicle", "viewTable"}) {
            act(kind);
            m_window->selection()->setLabel(peat);
            int read = 0;
            for (QAccessibleInterface* row : rows(views()->shown()))
                if (row && heard(row)) ++read;
            QVERIFY2(read == 1, kind);
        }
        // The documents too, with their share and their pin.
        auto* list = m_window->findChild<QListView*>(QStringLiteral("documentList"));
        QVERIFY(list);
        const auto pinnedRows = [&] {
            const auto all = rows(list);
            return std::count_if(all.begin(), all.end(), [](QAccessibleInterface* row) {
                const QString text = row ? row->text(QAccessible::Name) : QString();
                return text.contains(QStringLiteral("share ")) && text.contains(QStringLiteral("pinned"));
            });
        };
        QTRY_COMPARE(pinnedRows(), 1);
        // An icicle's cells say what they are and can be acted on.
        act("viewIcicle");
        m_window->selection()->setLabel(peat);
        QAccessibleInterface* face = QAccessible::queryAccessibleInterface(icicle());
        QCOMPARE(face->role(), QAccessible::Tree);
        QAccessibleInterface* focus = face->focusChild();
        QVERIFY(focus && heard(focus));
        QVERIFY(focus->state().selected && focus->state().focused);
        QCOMPARE(face->child(face->indexOfChild(focus)), focus);
        QVERIFY(focus->text(QAccessible::Description).contains(QStringLiteral("in Soil")));
        QVERIFY(QRect(icicle()->mapToGlobal(QPoint()), icicle()->size()).contains(focus->rect()));
        QAccessibleInterface* first = face->child(0);
        first->actionInterface()->doAction(QAccessibleActionInterface::setFocusAction());
        QCOMPARE(m_window->selection()->label(), label("Soil"));
        first->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(icicle()->filled(), label("Soil"));
        QVERIFY(!first->isValid());  // it is not shown any more
    }

private:
    void open(const QString& path) {
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->openProject(path);
        QTRY_VERIFY(m_window->session()->isOpen());
        QTRY_VERIFY(m_window->settled());
    }
    LabelViews* views() const { return m_window->treePanel()->views(); }
    IcicleView* icicle() const { return views()->icicle(); }
    LabelTableView* table() const { return views()->table(); }
    LabelId tableLabel() const { return views()->tableModel()->labelAt(table()->currentIndex().row()); }
    QAction* action(const char* name) const { return m_window->findChild<QAction*>(QString::fromLatin1(name)); }
    void act(const char* name) const { action(name)->trigger(); }
    LabelId label(const char* path) const {
        const auto found = m_window->session()->tree()->tree.resolve(path);
        return found ? *found : LabelId{};
    }
    QString name(LabelId id) const {
        const tree::Label* found = m_window->session()->tree()->tree.find(id);
        return found ? toQt(found->name) : QString();
    }
    void click(const char* path, Qt::KeyboardModifiers keys) const {
        QTest::mouseClick(icicle(), Qt::LeftButton, keys, icicle()->rectOf(label(path)).center().toPoint());
    }
    void rename(QWidget* view, const char* kind, const char* path, const char* to) const {
        act(kind);
        m_window->selection()->setLabel(label(path));
        QTest::keyClick(view, Qt::Key_F2);
        QLineEdit* editor = nullptr;
        QTRY_VERIFY((editor = view->findChild<QLineEdit*>(QStringLiteral("renameEditor"))));
        editor->selectAll();
        QTest::keyClicks(editor, QString::fromLatin1(to));
        QTest::keyClick(editor, Qt::Key_Return);
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestLabelViews)
#include "tst_label_views.moc"
