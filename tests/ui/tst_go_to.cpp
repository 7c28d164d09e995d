// SPDX-License-Identifier: GPL-3.0-or-later
// Go to label or document in the real window, by keyboard and pointer.
#include <QDialog>
#include <QLineEdit>
#include <QListView>
#include <QTest>
#include <QToolButton>
#include <memory>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/corpus/document_list_panel.h"
#include "ui/corpus/reader.h"
#include "ui/models/document_list_model.h"
#include "ui/models/go_to_model.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/go_to_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"

using namespace espalier;
using namespace espalier::ui;

class TestGoTo : public QObject {
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
        QTRY_VERIFY(m_window->session()->isOpen());
        QTRY_VERIFY(m_window->settled());
    }
    void cleanup() {
        m_window.reset();
        m_dialogs.reset();
        m_folder.reset();
    }

    void typedFastAndEntered() {
        // Every letter of "Light" is in many documents; the label is what is called so.
        type("light");
        QTest::keyClick(field(), Qt::Key_Return);
        QTRY_VERIFY(!dialog());
        QCOMPARE(m_window->selection()->label(), label("Light"));
        // An id entered before the documents are there is waited for.
        type("s14");
        QTest::keyClick(field(), Qt::Key_Return);
        QTRY_VERIFY(!dialog());
        QTRY_COMPARE(document(), QStringLiteral("s14"));
        QVERIFY(m_window->selection()->documentIsSubject());
        const LabelId now = m_window->selection()->label();
        QCOMPARE(m_window->session()->tree()->tree.path(now).front(), label("Soil"));
        QTRY_VERIFY(m_window->curatePage()->reader()->isAncestorOf(QApplication::focusWidget()) ||
                    m_window->curatePage()->reader() == QApplication::focusWidget());
    }

    void arrowsChooseAndScopesNarrow() {
        type("soil");
        QTRY_VERIFY(!model()->searching());
        const int best = list()->currentIndex().row();
        QCOMPARE(model()->labelAt(best), label("Soil"));
        QVERIFY(model()->documentsFound() > 20);
        while (model()->kindAt(list()->currentIndex().row()) != GoToModel::Kind::Document)
            QTest::keyClick(field(), Qt::Key_Down);
        QVERIFY(fieldHasKeyboard());
        QTest::mouseClick(dialog()->findChild<QToolButton*>(QStringLiteral("goToDocuments")), Qt::LeftButton);
        QTRY_VERIFY(!model()->searching());
        QCOMPARE(model()->labelsFound(), 0);
        QVERIFY(fieldHasKeyboard());
        QTRY_COMPARE(model()->kindAt(list()->currentIndex().row()), GoToModel::Kind::Document);
        QTest::keyClick(field(), Qt::Key_Down);
        const DocumentKey chosen = model()->documentAt(list()->currentIndex().row());
        QVERIFY(chosen);
        QTest::keyClick(field(), Qt::Key_Return);
        QTRY_VERIFY(!dialog());
        QCOMPARE(m_window->selection()->document(), chosen);
    }

    void aDocumentWithoutALabelIsShownWhereItIs() {
        m_window->selection()->setLabel(label("Light"));
        const QString id = QStringLiteral("s8");  // among the last four by id
        type("s8");
        QTRY_VERIFY(!model()->searching());
        const LabelId home = model()->homeOf(model()->bestRow());
        QVERIFY(!home);
        QTest::keyClick(field(), Qt::Key_Return);
        QTRY_COMPARE(document(), id);
        QCOMPARE(m_window->selection()->scope(), Selection::Scope::Unassigned);
    }

    void aDocumentFarDownALongListStaysChosen() {
        constexpr int kMany = 6 * DocumentListModel::kPageRows;
        m_window->openProject(test::makeGrownProject(m_folder->path() / "long", kMany, 4));
        QTRY_COMPARE(m_window->session()->status().documents, qint64(kMany));
        QTRY_VERIFY(m_window->settled());
        const auto list = m_window->findChild<DocumentListPanel*>();
        m_window->selection()->setLabel(label("Light"));
        QTRY_VERIFY(m_window->settled());
        // Of those under Soil, one that the first page of its list does not have.
        m_window->selection()->setLabel(label("Soil"));
        QTRY_VERIFY(m_window->settled());
        QVERIFY(list->model()->total() > DocumentListModel::kPageRows);
        QString far;
        for (int number = 0; far.isEmpty() && number < kMany; number += 2) {
            type(qPrintable(QStringLiteral("s%1").arg(number)));
            QTRY_VERIFY(!model()->searching());
            const int row = model()->bestRow();
            if (model()->kindAt(row) == GoToModel::Kind::Document && model()->homeOf(row) &&
                m_window->session()->tree()->tree.inBranch(model()->homeOf(row), label("Soil")) &&
                list->model()->rowOf(model()->documentAt(row)) < 0)
                far = field()->text();
        }
        QVERIFY(!far.isEmpty());
        m_window->selection()->setLabel(label("Light"));
        QTRY_VERIFY(m_window->settled());
        QTest::keyClick(field(), Qt::Key_Return);
        QTRY_VERIFY(!dialog());
        QTRY_VERIFY(m_window->settled());
        QCOMPARE(document(), far);
    }

    void doubleClickGoesThere() {
        type("peat");
        QTRY_VERIFY(!model()->searching());
        QTRY_VERIFY(list()->currentIndex().isValid());
        const QRect row = list()->visualRect(list()->currentIndex());
        QTest::mouseClick(list()->viewport(), Qt::LeftButton, {}, row.center());
        QTest::mouseDClick(list()->viewport(), Qt::LeftButton, {}, row.center());
        QTRY_VERIFY(!dialog());
        QCOMPARE(m_window->selection()->label(), label("Soil/Peat"));
    }

    void headingsAreNotChosen() {
        type("soil");
        QTRY_VERIFY(!model()->searching());
        for (int press = 0; press < model()->rowCount() + 3; ++press) {
            QVERIFY(model()->kindAt(list()->currentIndex().row()) != GoToModel::Kind::Heading);
            QTest::keyClick(field(), Qt::Key_Down);
        }
        type("zzzqq");
        QTRY_VERIFY(!model()->searching());
        QTest::keyClick(field(), Qt::Key_Return);
        QVERIFY(dialog());
        QTest::keyClick(field(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog());
    }

private:
    QDialog* dialog() const { return m_window->findChild<GoToDialog*>(); }
    GoToModel* model() const { return m_window->findChild<GoToDialog*>()->model(); }
    QLineEdit* field() const { return dialog()->findChild<QLineEdit*>(QStringLiteral("goToField")); }
    /// Within the dialog: whether a dialog opened by a key that no hand pressed comes to the front is for the window
    /// manager to say.
    bool fieldHasKeyboard() const { return dialog()->focusWidget() == field(); }
    QListView* list() const { return dialog()->findChild<QListView*>(QStringLiteral("goToList")); }
    LabelId label(const char* path) const {
        const auto found = m_window->session()->tree()->tree.resolve(path);
        return found ? *found : LabelId{};
    }
    void type(const char* text) {
        if (!dialog()) QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY(dialog() && dialog()->isVisible() && fieldHasKeyboard());
        field()->selectAll();
        QTest::keyClicks(field(), QString::fromLatin1(text));
    }
    QString document() const {
        QString id;
        bool there = false;
        m_window->session()->document(
            m_window->selection()->document(),
            [&](const Result<project::DocumentRecord>& record) {
                if (record) id = toQt(record->document.id);
                there = true;
            },
            m_window.get());
        (void)QTest::qWaitFor([&there] { return there; });
        return id;
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestGoTo)
#include "tst_go_to.moc"
