// SPDX-License-Identifier: GPL-3.0-or-later
// The window without a pointer: real keys only. Every menu opens and closes with the keyboard and gives it back, every
// dialog ends with Esc where one was before, Tab comes by every control, and no letter with Alt means two things.
#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QTest>
#include <QTimer>
#include <memory>
#include <set>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/test_project.h"
#include "tests/workflow/support/person.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"
#include "ui/tree/label_tree_view.h"
#include "ui/tree/tree_panel.h"

using namespace espalier;
using namespace espalier::ui;

class TestKeyboard : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        theme().install(*qApp, ThemeMode::Light);
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 800);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->openProject(test::makeGrownProject(m_folder.path(), 60));
        QTRY_VERIFY(m_window->session()->isOpen());
        QTRY_VERIFY(m_window->settled());
    }
    void cleanupTestCase() { m_window.reset(); }
    void init() {
        DO(press("ctrl+1"));
        QTRY_COMPARE(m_window->workspace(), MainWindow::Workspace::Curate);
        m_window->selection()->setLabel(*m_window->session()->tree()->tree.resolve("Soil"));
        m_window->treePanel()->focusTree();
        QTRY_VERIFY(view()->hasFocus());
    }

    void everyMenuOpensAndGivesTheKeyboardBack() {
        for (QAction* top : m_window->menuBar()->actions()) {
            const QString text = top->text();
            const qsizetype mark = text.indexOf(u'&');
            QVERIFY2(mark >= 0, qPrintable(text));
            DO(press(QStringList{QStringLiteral("alt+") + text[mark + 1].toLower()}));
            QTRY_VERIFY2(top->menu()->isVisible(), qPrintable(text));
            DO(press({QStringLiteral("Escape"), QStringLiteral("Escape")}));
            QTRY_VERIFY2(!top->menu()->isVisible(), qPrintable(text));
            QTRY_VERIFY2(view()->hasFocus(), qPrintable(text));
            // What it offers has words, and those that ask further say so.
            for (QAction* action : top->menu()->actions())
                QVERIFY2(action->isSeparator() || !action->text().isEmpty(), qPrintable(text));
        }
    }

    void everyDialogEndsWithEscWhereOneWas() {
        const std::pair<const char*, const char*> dialogs[] = {
            {"ctrl+n", "fileDialog"},
            {"ctrl+o", "fileDialog"},
            {"ctrl+b", "buildDialog"},
            {"ctrl+k", "goToDialog"},
            {"Delete", "retireDialog"},
            {"Insert", "textDialog"},
            {"ctrl+shift+m", "labelPickerDialog"},
            {"F1", "cheatSheet"},
        };
        for (const auto& [keys, name] : dialogs) {
            DO(press(keys));
            QWidget* dialog = m_user.dialog(QString::fromLatin1(name));
            QVERIFY2(dialog, qPrintable(QString::fromLatin1(keys) + u' ' + m_user.fault()));
            DO(press("Escape"));
            QTRY_VERIFY2(m_window->isActiveWindow(), keys);
            QTRY_VERIFY2(view()->hasFocus(), keys);
        }
    }

    void tabComesByEveryControl_data() {
        QTest::addColumn<QString>("keys");
        QTest::newRow("curate") << QStringLiteral("ctrl+1");
        QTest::newRow("train") << QStringLiteral("ctrl+2");
        QTest::newRow("search") << QStringLiteral("ctrl+3");
        QTest::newRow("import") << QStringLiteral("ctrl+i");
    }
    void tabComesByEveryControl() {
        QFETCH(QString, keys);
        DO(press(QStringList{keys}));
        QTRY_VERIFY(m_window->settled());
        std::set<const QWidget*> wanted;
        for (const QWidget* widget : m_window->findChildren<QWidget*>())
            if (isStop(widget)) wanted.insert(widget);
        QVERIFY(wanted.size() > 3);
        std::set<const QWidget*> reached;
        // Twice as often as there are stops: once round, whatever comes on the way.
        for (std::size_t n = 0;
             n < wanted.size() * 2 && !std::includes(reached.begin(), reached.end(), wanted.begin(), wanted.end());
             ++n) {
            DO(press("Tab"));
            for (const QWidget* up = QApplication::focusWidget(); up; up = up->parentWidget()) reached.insert(up);
        }
        QStringList missed;
        for (const QWidget* widget : wanted)
            if (!reached.count(widget) && isStop(widget))
                missed << widget->objectName() + u' ' + widget->accessibleName();
        QVERIFY2(missed.isEmpty(), qPrintable(missed.join(u'\n')));
        if (keys == QLatin1String("ctrl+i")) DO(click(test::seen(QStringLiteral("labelTree"))));
    }

    void noLetterMeansTwoThings_data() { tabComesByEveryControl_data(); }
    void noLetterMeansTwoThings() {
        QFETCH(QString, keys);
        DO(press(QStringList{keys}));
        QTRY_VERIFY(m_window->settled());
        QMap<QString, QString> taken;
        const auto take = [&](const QString& text) {
            const QKeySequence keysOf = QKeySequence::mnemonic(text);
            if (keysOf.isEmpty()) return true;
            const QString letter = keysOf.toString();
            if (taken.contains(letter)) {
                qWarning("%s: “%s” and “%s”", qPrintable(letter), qPrintable(taken[letter]), qPrintable(text));
                return false;
            }
            taken.insert(letter, text);
            return true;
        };
        bool clear = true;
        for (const QAction* top : m_window->menuBar()->actions()) clear = take(top->text()) && clear;
        for (const QLabel* label : m_window->findChildren<QLabel*>())
            if (label->isVisible() && label->buddy()) clear = take(label->text()) && clear;
        // The form of a training run is not in sight before there is an encoder; of Passes and Steps it shows one.
        if (const auto* form = m_window->findChild<QWidget*>(QStringLiteral("trainingForm"));
            form && keys == QLatin1String("ctrl+2"))
            for (const QLabel* label : form->findChildren<QLabel*>())
                if (label->buddy() && label->buddy()->objectName() != QLatin1String("steps"))
                    clear = take(label->text()) && clear;
        for (const QAbstractButton* button : m_window->findChildren<QAbstractButton*>())
            if (button->isVisible()) clear = take(button->text()) && clear;
        QVERIFY(clear);
    }

    void enterPressesTheButtonThatHasTheKeyboard() {
        auto* add = qobject_cast<QAbstractButton*>(test::seen(QStringLiteral("addLabelButton")));
        QVERIFY(add);
        add->setFocus(Qt::TabFocusReason);
        DO(press("Return"));
        QVERIFY2(m_user.dialog(QStringLiteral("textDialog")), qPrintable(m_user.fault()));
        DO(type(QStringLiteral("Sand")));
        DO(press("Return"));
        QTRY_VERIFY(m_window->session()->undoText().contains(QStringLiteral("Sand")));
        // A menu button shows its menu, and Esc closes it.
        auto* more = qobject_cast<QAbstractButton*>(test::seen(QStringLiteral("labelMenuButton")));
        QVERIFY(more);
        QTRY_VERIFY(m_window->isActiveWindow());
        more->setFocus(Qt::TabFocusReason);
        // It runs an event loop of its own, so both keys are on their way before it opens.
        bool opened = false;
        QTimer look;
        connect(&look, &QTimer::timeout, this, [&] { opened = opened || QApplication::activePopupWidget(); });
        look.start(5);
        DO(press({QStringLiteral("Return"), QStringLiteral("Escape")}));
        QVERIFY(opened);
        QTRY_VERIFY(!QApplication::activePopupWidget());
        QTRY_VERIFY(more->hasFocus());
    }

private:
    LabelTreeView* view() const { return m_window->treePanel()->view(); }

    /// Where Tab is to stop: visible, enabled, a control of its own and not part of another one.
    static bool isStop(const QWidget* widget) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible() || !widget->isEnabled()) return false;
        if (widget->visibleRegion().isEmpty() || widget->focusProxy()) return false;
        const QWidget* parent = widget->parentWidget();
        const bool part = qobject_cast<const QComboBox*>(parent) || qobject_cast<const QAbstractSpinBox*>(parent) ||
                          qobject_cast<const QLineEdit*>(parent);
        return !part && (qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QLineEdit*>(widget) ||
                         qobject_cast<const QComboBox*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget));
    }

    test::TempFolder m_folder;
    test::Person m_user;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestKeyboard)
#include "tst_keyboard.moc"
