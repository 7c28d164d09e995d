// SPDX-License-Identifier: GPL-3.0-or-later
// Shares set in the real window: a bar dragged, moved by keys, typed, by a screen reader; given up, taken back, undone.
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <cmath>
#include <memory>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/main_window.h"
#include "ui/shell/toast.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"
#include "ui/tree/document_actions.h"
#include "ui/tree/share_row.h"

using namespace espalier;
using namespace espalier::ui;

class TestShareBars : public QObject {
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
        QTRY_VERIFY(m_window->settled());
        session()->document(
            QStringLiteral("s0"), [this](Result<project::DocumentRecord> record) { m_document = record->key; }, this);
        QTRY_VERIFY(m_document);
        selection()->setDocument(m_document);
        selection()->setSubject(true);
        QTRY_VERIFY(row("Peat") && row("Peat")->isVisible());
        QTRY_COMPARE(figure("Peat"), QStringLiteral("0.55"));
        QTRY_VERIFY(m_window->settled());
    }
    void cleanup() {
        if (QTest::currentTestFailed())
            m_window->grab().save(
                QStringLiteral("failed-%1.png").arg(QString::fromLatin1(QTest::currentTestFunction())));
        m_window.reset();
        m_dialogs.reset();
        m_folder.reset();
        m_document = {};
    }

    void dragsABar() {
        ShareRow* peat = row("Peat");
        press(peat, 0.55);
        drag(peat, 0.55, 0.80);
        const double share = shareAt(peat, 0.80);  // a pixel is about a hundredth
        QVERIFY(std::abs(share - 0.8) < 0.02);
        QCOMPARE(figure("Peat"), formatShare(share));  // seen at once, in the others too
        QCOMPARE(figure("Soil"), formatShare(share));
        QVERIFY2(hint().contains(QStringLiteral("%1 under “Peat”").arg(formatShare(share))), qPrintable(hint()));
        QVERIFY(treeOf().shares().empty());
        QTest::mouseRelease(peat, Qt::LeftButton, {}, at(peat, 0.80));
        QTRY_COMPARE(treeOf().shares().size(), std::size_t{1});
        QVERIFY(std::abs(treeOf().shares().front().value - share) < 1e-9);
        QCOMPARE(toQt(treeOf().at(treeOf().shares().front().label).name), QStringLiteral("Peat"));
        QTRY_VERIFY2(row("Peat")->accessibleName().contains(QStringLiteral("set by an expert")),
                     qPrintable(row("Peat")->accessibleName()));
        QVERIFY(row("Peat")->content().said && !row("Soil")->content().said);
        QVERIFY(hint().isEmpty());
        QTRY_VERIFY(toast()->text().contains(
            QStringLiteral("%1 of “Soil sample 0” is under “Peat” now.").arg(formatShare(share))));
        QVERIFY2(undoText().contains(QStringLiteral("Set the share of 's0' under 'Peat' to 0.")),
                 qPrintable(undoText()));
        // The inspector says who, and what the model has; its button gives the share back to the model.
        QTRY_VERIFY(button("unshareButton"));
        QTRY_VERIFY(says(QStringLiteral("the model alone gives 0.55")));
        QTest::mouseClick(button("unshareButton"), Qt::LeftButton);
        QTRY_VERIFY(treeOf().shares().empty());
        QTRY_COMPARE(figure("Peat"), QStringLiteral("0.55"));
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(figure("Peat"), formatShare(share));
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(figure("Peat"), QStringLiteral("0.55"));
        QVERIFY(treeOf().shares().empty());
    }

    void escapeGivesADragUp() {
        ShareRow* peat = row("Peat");
        const LabelId before = selection()->label();
        press(peat, 0.55);
        drag(peat, 0.55, 0.20);
        QCOMPARE(figure("Peat"), formatShare(shareAt(peat, 0.20)));
        QTest::keyClick(peat, Qt::Key_Escape);
        QCOMPARE(figure("Peat"), QStringLiteral("0.55"));
        QTest::mouseMove(peat, at(peat, 0.30));
        QTest::mouseRelease(peat, Qt::LeftButton, {}, at(peat, 0.30));
        QVERIFY(hint().isEmpty());
        QTest::qWait(50);
        QCOMPARE(figure("Peat"), QStringLiteral("0.55"));
        QVERIFY(treeOf().shares().empty());
        QCOMPARE(selection()->label(), before);
    }

    void aClickStillShowsTheLabel() {
        ShareRow* peat = row("Peat");
        QTest::mouseClick(peat, Qt::LeftButton, {}, at(peat, 0.3));
        QTRY_COMPARE(toQt(treeOf().at(selection()->label()).name), QStringLiteral("Peat"));
        QVERIFY(treeOf().shares().empty());
    }

    void movesByKeys() {
        ShareRow* peat = row("Peat");
        peat->setFocus(Qt::TabFocusReason);
        QTest::keyClick(peat, Qt::Key_Right);
        QTest::keyClick(peat, Qt::Key_Right);
        QCOMPARE(figure("Peat"), QStringLiteral("0.57"));
        QTest::keyClick(peat, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(figure("Peat"), QStringLiteral("0.52"));
        QTest::keyClick(peat, Qt::Key_PageUp);
        QCOMPARE(figure("Peat"), QStringLiteral("0.57"));
        QTest::keyClick(peat, Qt::Key_Escape);
        QCOMPARE(figure("Peat"), QStringLiteral("0.55"));
        QTest::keyClick(peat, Qt::Key_Home);
        QCOMPARE(figure("Peat"), QStringLiteral("0.00"));
        QTest::keyClick(peat, Qt::Key_End);
        QCOMPARE(figure("Peat"), QStringLiteral("1.00"));
        QTest::keyClick(peat, Qt::Key_PageDown);
        QVERIFY(treeOf().shares().empty());
        QTest::keyClick(peat, Qt::Key_Return);
        QTRY_COMPARE(treeOf().shares().size(), std::size_t{1});
        QVERIFY(std::abs(treeOf().shares().front().value - 0.95) < 1e-9);
        QTRY_VERIFY(row("Peat")->content().said);
        // Delete on the row gives it back.
        row("Peat")->setFocus(Qt::TabFocusReason);
        QTest::keyClick(row("Peat"), Qt::Key_Delete);
        QTRY_VERIFY(treeOf().shares().empty());
        QTRY_COMPARE(figure("Peat"), QStringLiteral("0.55"));
    }

    void isTyped() {
        ShareRow* peat = row("Peat");
        peat->setFocus(Qt::TabFocusReason);
        QTest::keyClicks(peat, QStringLiteral("0.3"));
        QCOMPARE(figure("Peat"), QStringLiteral("0.3"));
        QCOMPARE(peat->content().share, 0.3);
        QTest::keyClick(peat, Qt::Key_Backspace);
        QTest::keyClick(peat, Qt::Key_Backspace);
        QTest::keyClick(peat, Qt::Key_Backspace);
        QCOMPARE(figure("Peat"), QStringLiteral("0.55"));
        QTest::keyClicks(peat, QStringLiteral("175"));
        QVERIFY2(hint().contains(QStringLiteral("from 0 to 1")), qPrintable(hint()));
        QTest::keyClick(peat, Qt::Key_Return);
        QTest::qWait(50);
        QVERIFY(treeOf().shares().empty());
        QCOMPARE(figure("Peat"), QStringLiteral("0.55"));
        QTest::keyClicks(peat, QStringLiteral("62%"));
        QTest::keyClick(peat, Qt::Key_Return);
        QTRY_COMPARE(treeOf().shares().size(), std::size_t{1});
        QVERIFY(std::abs(treeOf().shares().front().value - 0.62) < 1e-9);
        QTRY_COMPARE(figure("Peat"), QStringLiteral("0.62"));
        // Another window part takes the keyboard: what was not kept is given up.
        row("Peat")->setFocus(Qt::TabFocusReason);
        QTest::keyClicks(row("Peat"), QStringLiteral("0.1"));
        row("Soil")->setFocus(Qt::TabFocusReason);
        QCOMPARE(figure("Peat"), QStringLiteral("0.62"));
    }

    void saysWhatIsNotPossible() {
        set("Peat", QStringLiteral("0.8"));
        const auto other = otherLabel();
        ShareRow* bar = row(other);
        bar->setFocus(Qt::TabFocusReason);
        QTest::keyClick(bar, Qt::Key_End);
        QVERIFY2(hint().contains(QStringLiteral("'Peat' is set to 0.8")), qPrintable(hint()));
        QTest::keyClick(bar, Qt::Key_Return);
        QTest::qWait(50);
        QCOMPARE(treeOf().shares().size(), std::size_t{1});
    }

    void isASliderToAScreenReader() {
        ShareRow* peat = row("Peat");
        QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(peat);
        QVERIFY(spoken && spoken->role() == QAccessible::Slider);
        QVERIFY(spoken->text(QAccessible::Name).contains(QStringLiteral("Peat, level")));
        QCOMPARE(spoken->text(QAccessible::Value), QStringLiteral("0.55"));
        QAccessibleValueInterface* value = spoken->valueInterface();
        QVERIFY(value);
        QVERIFY(std::abs(value->currentValue().toDouble() - 0.55) < 1e-6);
        QCOMPARE(value->minimumValue().toDouble(), 0.0);
        QCOMPARE(value->maximumValue().toDouble(), 1.0);
        QCOMPARE(value->minimumStepSize().toDouble(), 0.01);
        value->setCurrentValue(0.25);
        QTRY_COMPARE(treeOf().shares().size(), std::size_t{1});
        QCOMPARE(treeOf().shares().front().value, 0.25);
        QTRY_COMPARE(figure("Peat"), QStringLiteral("0.25"));
        spoken->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
        QTRY_COMPARE(toQt(treeOf().at(selection()->label()).name), QStringLiteral("Peat"));
    }

    void aLabelWithoutAShareGetsOne() {
        QVERIFY(!row("Clay"));
        auto* open = m_window->findChild<QPushButton*>(QStringLiteral("shareUnderButton"));
        QTRY_VERIFY(open->isVisible() && open->isEnabled());
        QTest::mouseClick(open, Qt::LeftButton);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("labelPickerDialog"))));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("labelPickerField"));
        QTest::keyClicks(field, QStringLiteral("clay"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(row("Clay") && row("Clay")->hasFocus());
        QVERIFY2(hint().contains(QStringLiteral("“Clay”")), qPrintable(hint()));
        QTest::keyClicks(row("Clay"), QStringLiteral(".2"));
        QTest::keyClick(row("Clay"), Qt::Key_Return);
        QTRY_COMPARE(treeOf().shares().size(), std::size_t{1});
        QTRY_COMPARE(figure("Clay"), QStringLiteral("0.20"));
        QCOMPARE(figure("Soil"), QStringLiteral("0.55"));  // from its neighbour
        // All that was said, taken back at once.
        QTRY_VERIFY(m_window->documentActions()->unpinAll->isEnabled());
        m_window->documentActions()->unpinAll->trigger();
        QTRY_VERIFY(treeOf().shares().empty());
    }

    void aLockedLabelIsNotDragged() {
        LabelId peat;
        for (const auto& [id, label] : treeOf().labels()) {
            if (label.name == "Peat") peat = id;
        }
        tree::Edit lock;
        lock.kind = tree::EditKind::Lock;
        lock.label = peat;
        session()->edit(lock);
        QTRY_VERIFY(row("Peat") && !row("Peat")->isEditable());
        ShareRow* bar = row("Peat");
        press(bar, 0.55);
        drag(bar, 0.55, 0.80);
        QTest::mouseRelease(bar, Qt::LeftButton, {}, at(bar, 0.80));
        bar->setFocus(Qt::TabFocusReason);
        QTest::keyClicks(bar, QStringLiteral("0.3"));
        QCOMPARE(figure("Peat"), QStringLiteral("0.55"));
        QTest::qWait(50);
        QVERIFY(treeOf().shares().empty());
        QVERIFY(QAccessible::queryAccessibleInterface(bar)->state().readOnly);
    }

    void theMenuTakesItBack() {
        set("Peat", QStringLiteral("0.8"));
        QContextMenuEvent open(QContextMenuEvent::Keyboard, QPoint(5, 5), row("Peat")->mapToGlobal(QPoint(5, 5)));
        QApplication::sendEvent(row("Peat"), &open);
        QMenu* menu = nullptr;
        QTRY_VERIFY((menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())));
        QCOMPARE(menu->actions().front()->text(), QStringLiteral("Let the model decide again"));
        QTest::keyClick(menu, Qt::Key_Down);
        QTest::keyClick(menu, Qt::Key_Return);
        QTRY_VERIFY(treeOf().shares().empty());
        QTRY_COMPARE(figure("Peat"), QStringLiteral("0.55"));
    }

private:
    ProjectSession* session() const { return m_window->session(); }
    Selection* selection() const { return m_window->selection(); }
    Toast* toast() const { return m_window->findChild<Toast*>(); }
    const tree::LabelTree& treeOf() {
        m_tree = session()->tree();
        return m_tree->tree;
    }
    QString undoText() const { return session()->undoText(); }

    ShareRow* row(const QString& name) const {
        const auto* section = m_window->findChild<QWidget*>(QStringLiteral("documentShares"));
        for (auto* one : section->findChildren<ShareRow*>()) {
            if (!one->isHidden() && one->content().text == name) return one;
        }
        return nullptr;
    }
    /// A top-level label beside Soil that it has a share of.
    QString otherLabel() const { return QStringLiteral("Light"); }
    QString figure(const QString& name) const { return row(name) ? row(name)->content().figure : QString(); }
    QString hint() const {
        const auto* text = m_window->findChild<QLabel*>(QStringLiteral("shareHint"));
        return text->isVisible() ? text->text() : QString();
    }
    QToolButton* button(const char* name) const {
        auto* found = m_window->findChild<QToolButton*>(QString::fromLatin1(name));
        return found && found->isVisible() ? found : nullptr;
    }
    bool says(const QString& text) const {
        for (const auto* label : m_window->findChildren<QLabel*>()) {
            if (label->isVisible() && label->text().contains(text)) return true;
        }
        return false;
    }
    void set(const QString& name, const QString& share) {
        row(name)->setFocus(Qt::TabFocusReason);
        QTest::keyClicks(row(name), share);
        QTest::keyClick(row(name), Qt::Key_Return);
        QTRY_COMPARE(treeOf().shares().size(), std::size_t{1});
        QTRY_VERIFY(row(name)->content().said);
    }

    /// A place on the bar, found as a user finds it: the bar is where it is drawn, a fifth of the row, left of the
    /// figure.
    static QPoint at(const ShareRow* row, double share) {
        const QRect bar = row->bar();
        return {bar.left() + int(std::lround(bar.width() * share)), row->height() / 2};
    }
    static double shareAt(const ShareRow* row, double share) {
        const QRect bar = row->bar();
        return std::round(100.0 * (at(row, share).x() - bar.left()) / bar.width()) / 100;
    }
    static void press(ShareRow* row, double share) {
        QTest::mouseMove(row, at(row, share));
        QTest::mousePress(row, Qt::LeftButton, {}, at(row, share));
    }
    static void drag(ShareRow* row, double from, double to) {
        for (int step = 1; step <= 8; ++step) QTest::mouseMove(row, at(row, from + (to - from) * step / 8));
        QTest::qWait(30);
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
    DocumentKey m_document;
    project::TreeSnapshotPtr m_tree;
};

QTEST_MAIN(TestShareBars)
#include "tst_share_bars.moc"
