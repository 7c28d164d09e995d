// SPDX-License-Identifier: GPL-3.0-or-later
// Review in the real window: keys and clicks pin one document after the other, undo leads back, and far documents are
// found in the list.
#include <QApplication>
#include <QCheckBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>
#include <memory>

#include "tests/support/event_loop_watchdog.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/support/doubtful_project.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/widget_walk.h"
#include "ui/corpus/document_list_panel.h"
#include "ui/corpus/reader.h"
#include "ui/models/document_list_model.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/curate_page.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"
#include "ui/tree/bar_row.h"
#include "ui/tree/review_pane.h"

using namespace espalier;
using namespace espalier::ui;

class TestReview : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme().install(*qApp, ThemeMode::Light); }

    void init() {
        m_folder = std::make_unique<test::TempFolder>();
        m_dialogs = std::make_unique<test::ScriptedDialogs>();
        Settings::instance().clearLayouts();
        Settings::instance().setReviewKeys(true);
        m_window = std::make_unique<MainWindow>();
        m_window->resize(1280, 720);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        m_window->openProject(test::makeDoubtfulProject(m_folder->path()));
        QTRY_VERIFY(session()->isOpen());
        QTRY_VERIFY(m_window->settled());
    }
    void cleanup() {
        if (QTest::currentTestFailed())
            m_window->grab().save(
                QStringLiteral("failed-%1.png").arg(QString::fromLatin1(QTest::currentTestFunction())));
        m_window.reset();
        m_dialogs.reset();
        m_folder.reset();
    }

    void keysPinOneAfterTheOther() {
        test::EventLoopWatchdog watchdog;
        begin(project::SmartList::Borderline);
        QCOMPARE(pane()->count(), test::kBorderlineDocuments);
        QTRY_VERIFY(pane()->hasFocus());
        QTRY_COMPARE(choice(1)->content().text, QStringLiteral("1   Soil › Peat"));
        QVERIFY(choice(2)->content().text.contains(QStringLiteral("Soil › Clay")));
        QVERIFY(choice(1)->accessibleName().contains(QStringLiteral("share 0.50, here now")));
        QVERIFY(progress().contains(QStringLiteral("Borderline · 1 of 6")));
        QTRY_VERIFY(pane()->accessibleName().contains(QStringLiteral("1 of 6")));
        QTRY_VERIFY(m_window->curatePage()->reader()->shownTitle().startsWith(QStringLiteral("Sheet")));
        const DocumentKey first = pane()->document();
        QVERIFY(selection()->document() == first);
        QTest::keyClick(pane(), Qt::Key_2);
        QTRY_VERIFY(pinnedUnder(first) == label("Soil/Clay"));
        QCOMPARE(pane()->at(), 1);
        const DocumentKey second = pane()->document();
        QVERIFY(second != first && selection()->document() == second);
        QTRY_VERIFY(title().contains(QStringLiteral("Sheet")) && shows(second));
        QTest::keyClick(pane(), Qt::Key_S);  // skipped: nothing is said of it
        QCOMPARE(pane()->at(), 2);
        QTRY_VERIFY(shows(pane()->document()));
        QTest::keyClick(pane(), Qt::Key_1);
        QTRY_COMPARE(pane()->at(), 3);
        QVERIFY(!pinnedUnder(second));
        QVERIFY2(progress().contains(QStringLiteral("about")), qPrintable(progress()));  // the pace is known now
        // Backspace: back to the one just pinned, and it says so.
        QTest::keyClick(pane(), Qt::Key_Backspace);
        QCOMPARE(pane()->at(), 2);
        QTRY_VERIFY(choice(1)->accessibleName().contains(QStringLiteral("pinned here")));
        // Chosen otherwise, the first word is taken back: no contradiction is left. One step all the same.
        const DocumentKey third = pane()->document();
        QTest::keyClick(pane(), Qt::Key_2);
        QTRY_VERIFY(pinnedUnder(third) == label("Soil/Clay"));
        QCOMPARE(tree::pinsInForce(session()->tree()->tree, third).size(), std::size_t{1});
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(pinnedUnder(third) == label("Soil/Peat"));
        QTRY_VERIFY(pane()->document() == third);
        // Each choice is one step of undo, which leads to its document.
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(!pinnedUnder(pane()->document()));
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
        QTRY_VERIFY(!pinnedUnder(first));
        QTRY_VERIFY(pane()->document() == first);
        QCOMPARE(pane()->at(), 0);
        QVERIFY(pane()->running() && pane()->isVisible());
        QCOMPARE(watchdog.gaps(), 0);
    }

    void endsWithAFigureAndLeadsBack() {
        begin(project::SmartList::Borderline);
        for (int n = 0; n < test::kBorderlineDocuments; ++n) {
            QTRY_VERIFY(shows(pane()->document()));
            QTest::keyClick(pane(), Qt::Key_1);
        }
        QCOMPARE(pane()->at(), test::kBorderlineDocuments);
        QTRY_VERIFY(isSaid("All 6 documents looked at"));
        QTest::keyClick(pane(), Qt::Key_Backspace);
        QTRY_VERIFY(shows(pane()->document()));
        QTest::keyClick(pane(), Qt::Key_Escape);
        QTRY_VERIFY(!pane()->running());
        QTRY_VERIFY(isSaid("No document lies between two labels"));
    }

    void theFinderTheNoteAndTheTextHaveTheirKeys() {
        begin(project::SmartList::WeaklyPlaced);
        QTRY_VERIFY(shows(pane()->document()));
        const DocumentKey first = pane()->document();
        QTest::keyClick(pane(), Qt::Key_M);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("labelPickerDialog"))));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("labelPickerField"));
        QTest::keyClicks(field, QStringLiteral("wndw"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(pinnedUnder(first) == label("Light/Window"));
        QCOMPARE(pane()->at(), 1);
        QTRY_VERIFY(pane()->hasFocus());
        QTRY_VERIFY(shows(pane()->document()));
        // N: the note of the label the document is under.
        QTest::keyClick(pane(), Qt::Key_N);
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("noteDialog"))));
        auto* text = dialog->findChild<QPlainTextEdit*>(QStringLiteral("noteText"));
        QTest::keyClicks(text, QStringLiteral("No bogs."));
        QTest::keyClick(text, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(session()->tree()->tree.at(label("Soil/Peat")).note, std::string("No bogs."));
        QCOMPARE(pane()->at(), 1);  // still at the same document
        QTRY_VERIFY(pane()->hasFocus());
        // Space: the text has the room, the keys still choose, Esc gives the choices back.
        Reader* reader = m_window->curatePage()->reader();
        const int before = reader->height();
        QTest::keyClick(pane(), Qt::Key_Space);
        QTRY_VERIFY(reader->height() > before + 100);
        QVERIFY(!choice(1)->isVisible());
        QTest::keyClick(pane(), Qt::Key_1);
        QCOMPARE(pane()->at(), 2);
        QVERIFY(pane()->fullText());
        QTest::keyClick(pane(), Qt::Key_Escape);
        QTRY_VERIFY(choice(1)->isVisible());
        QVERIFY(pane()->running());
        QTRY_COMPARE(reader->height(), before);
        QTest::keyClick(pane(), Qt::Key_Escape);
        QTRY_VERIFY(!pane()->running());
        QTRY_VERIFY(m_window->curatePage()->documents()->list()->hasFocus());
    }

    void singleKeysCanBeSwitchedOff() {
        begin(project::SmartList::Borderline);
        QTRY_VERIFY(shows(pane()->document()));
        auto* keys = m_window->findChild<QCheckBox*>(QStringLiteral("reviewKeys"));
        QTest::mouseClick(keys, Qt::LeftButton, {}, QPoint(8, keys->height() / 2));
        QTRY_VERIFY(!Settings::instance().reviewKeys());
        pane()->setFocus();
        for (const Qt::Key key : {Qt::Key_1, Qt::Key_S, Qt::Key_M, Qt::Key_Backspace}) QTest::keyClick(pane(), key);
        QTest::qWait(50);
        QCOMPARE(pane()->at(), 0);
        QVERIFY(session()->tree()->tree.pins().empty());
        // Rows and buttons work by Tab and Space, and by the pointer.
        const DocumentKey first = pane()->document();
        choice(2)->setFocus(Qt::TabFocusReason);
        QTest::keyClick(choice(2), Qt::Key_Space);
        QTRY_VERIFY(pinnedUnder(first) == label("Soil/Clay"));
        QTRY_VERIFY(shows(pane()->document()));
        QTest::mouseClick(m_window->findChild<QPushButton*>(QStringLiteral("reviewSkip")), Qt::LeftButton);
        QCOMPARE(pane()->at(), 2);
        QTest::mouseClick(m_window->findChild<QPushButton*>(QStringLiteral("reviewPrevious")), Qt::LeftButton);
        QCOMPARE(pane()->at(), 1);
    }

    void lettersElsewhereStayLetters() {
        begin(project::SmartList::Borderline);
        QTRY_VERIFY(shows(pane()->document()));
        auto* filter = m_window->findChild<QLineEdit*>(QStringLiteral("labelFilter"));
        filter->setFocus();
        QTest::keyClicks(filter, QStringLiteral("1ms"));
        QCOMPARE(filter->text(), QStringLiteral("1ms"));
        QCOMPARE(pane()->at(), 0);
        QVERIFY(session()->tree()->tree.pins().empty());
    }

    void aLockedLabelRefusesAndTheReviewStays() {
        tree::Edit lock;
        lock.kind = tree::EditKind::Lock;
        lock.label = label("Soil/Clay");
        session()->edit(lock);
        QTRY_VERIFY(session()->tree()->tree.at(label("Soil/Clay")).locked);
        begin(project::SmartList::Borderline);
        QTRY_VERIFY(shows(pane()->document()));
        QTest::keyClick(pane(), Qt::Key_2);
        QTRY_VERIFY(!m_dialogs->asked().isEmpty());
        QVERIFY(m_dialogs->lastQuestion().details.contains(QStringLiteral("locked")));
        QCOMPARE(pane()->at(), 0);
        QVERIFY(session()->tree()->tree.pins().empty());
    }

    void anyLabelsDocumentsCanBeReviewed() {
        selection()->setLabel(label("Light/Lamp"));
        QTRY_COMPARE(qint64(list()->rowCount()), session()->tree()->countsOf(label("Light/Lamp")).documents);
        QTest::keyClick(m_window.get(), Qt::Key_R, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(pane()->running());
        QCOMPARE(qint64(pane()->count()), session()->tree()->countsOf(label("Light/Lamp")).documents);
        QVERIFY(progress().startsWith(QStringLiteral("Lamp · 1 of")));
        // Another label ends it.
        selection()->setLabel(label("Soil"));
        QTRY_VERIFY(!pane()->running());
        QTRY_VERIFY(m_window->curatePage()->documents()->isVisible());
    }

    // Nothing clipped, pale, small, nameless or out of order, in both looks.
    void looksRight() {
        for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
            theme().apply(mode);
            begin(project::SmartList::Borderline);
            QTest::qWait(150);
            QCOMPARE(test::faultsOf(m_window.get()).join(u'\n'), QString());
            QTest::keyClick(pane(), Qt::Key_Space);
            QTest::qWait(150);
            QCOMPARE(test::faultsOf(m_window.get()).join(u'\n'), QString());
            pane()->leave();
            for (const auto list : {project::SmartList::Moved, project::SmartList::Duplicates}) {
                selection()->showList(list, session()->status().revision);
                QTest::qWait(150);
                QCOMPARE(test::faultsOf(m_window.get()).join(u'\n'), QString());
            }
        }
        theme().apply(ThemeMode::Light);
    }

    // --- documents beyond the first page of the list -----------------------------------------------------------------

    void ctrlKScrollsToARowFarDown() {
        selection()->showAllDocuments();
        QTRY_COMPARE(list()->rowCount(), test::kAllDocuments);
        // The last document of the order that is shown.
        const DocumentKey last = keysInOrder().back();
        const QString id = idOf(last);
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("goToDialog"))));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("goToField"));
        QTest::keyClicks(field, id);
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(selection()->document() == last);
        QListView* view = m_window->curatePage()->documents()->list();
        QTRY_COMPARE(view->currentIndex().row(), test::kAllDocuments - 1);
        QTRY_VERIFY(view->viewport()->rect().intersects(view->visualRect(view->currentIndex())));
        QVERIFY(selection()->document() == last);
    }

    void ctrlKLeavesAListThatLacksTheDocument() {
        selection()->showList(project::SmartList::Borderline);
        QTRY_COMPARE(qint64(list()->rowCount()), qint64(test::kBorderlineDocuments));
        QTest::keyClick(m_window.get(), Qt::Key_K, Qt::ControlModifier);
        QDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = m_window->findChild<QDialog*>(QStringLiteral("goToDialog"))));
        auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("goToField"));
        QTest::keyClicks(field, QStringLiteral("a256"));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(selection()->label() == label("Soil/Peat"));
        QListView* view = m_window->curatePage()->documents()->list();
        QTRY_COMPARE(view->currentIndex().data(DocumentListModel::IdRole).toString(), QStringLiteral("a256"));
        QVERIFY(view->viewport()->rect().intersects(view->visualRect(view->currentIndex())));
    }

    void anEditKeepsTheFarRowInSight() {
        selection()->showAllDocuments();
        QTRY_COMPARE(list()->rowCount(), test::kAllDocuments);
        const auto keys = keysInOrder();
        const DocumentKey far = keys[200];
        selection()->setDocument(far);
        QListView* view = m_window->curatePage()->documents()->list();
        QTRY_COMPARE(view->currentIndex().row(), 200);
        tree::Edit edit;
        edit.kind = tree::EditKind::Rename;
        edit.label = label("Soil/Peat");
        edit.text = "Bog";
        session()->edit(edit);
        QTRY_VERIFY(label("Soil/Bog"));
        QTRY_COMPARE(view->currentIndex().row(), 200);
        QTRY_VERIFY(view->viewport()->rect().contains(view->visualRect(view->currentIndex())));
        QVERIFY(selection()->document() == far);
    }

    // --- terms in the rows -------------------------------------------------------------------------------------------

    void rowsMarkTermsAndQuoteASentence() {
        selection()->setLabel(label("Soil/Peat"));
        QTRY_VERIFY(list()->rowCount() > 0 && list()->query().branch == label("Soil/Peat") && !list()->loading());
        QListView* view = m_window->curatePage()->documents()->list();
        const int low = view->visualRect(list()->index(0)).height();
        QTRY_COMPARE(list()->index(0).data(DocumentListModel::SnippetRole).toString(),
                     QStringLiteral("Here peat, clay and soil come together with a lamp in the evening."));
        const auto hits = list()->index(0).data(DocumentListModel::SnippetHitsRole).value<QList<QPair<int, int>>>();
        QCOMPARE(hits, (QList<QPair<int, int>>{{5, 4}}));
        QTest::mouseClick(m_window->findChild<QWidget*>(QStringLiteral("documentSnippets")), Qt::LeftButton);
        QTRY_VERIFY(view->visualRect(list()->index(0)).height() > low + 8);
        QTest::mouseClick(m_window->findChild<QWidget*>(QStringLiteral("documentSnippets")), Qt::LeftButton);
        QTRY_COMPARE(view->visualRect(list()->index(0)).height(), low);
        selection()->setLabel(label("Soil"));
        QTRY_VERIFY(list()->query().branch == label("Soil") && !list()->loading());
        QVERIFY((!list()->index(0).data(DocumentListModel::TitleHitsRole).value<QList<QPair<int, int>>>().isEmpty()));
    }

private:
    ProjectSession* session() const { return m_window->session(); }
    Selection* selection() const { return m_window->selection(); }
    ReviewPane* pane() const { return m_window->curatePage()->review(); }
    DocumentListModel* list() const { return m_window->curatePage()->documents()->model(); }
    BarRow* choice(int number) const {
        return m_window->findChild<BarRow*>(QStringLiteral("reviewChoice%1").arg(number));
    }
    QString progress() const { return m_window->findChild<QLabel*>(QStringLiteral("reviewProgress"))->text(); }
    QString title() const { return m_window->findChild<QWidget*>(QStringLiteral("reviewTitle"))->accessibleName(); }
    LabelId label(const char* path) const {
        const auto found = session()->tree()->tree.resolve(path);
        return found ? *found : LabelId{};
    }
    LabelId pinnedUnder(DocumentKey key) const {
        for (const tree::PinInForce& pin : tree::pinsInForce(session()->tree()->tree, key))
            if (pin.must) return pin.label;
        return {};
    }
    bool isSaid(const char* text) const {
        for (const QLabel* label : m_window->curatePage()->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(QString::fromLatin1(text))) return true;
        return false;
    }
    /// Whether what stands in the pane is about this document, not still about the one before.
    bool shows(DocumentKey key) const { return pane()->shown() == key; }
    void begin(project::SmartList which) {
        selection()->showList(which);
        QTRY_VERIFY(list()->query().list == which && !list()->loading() && list()->rowCount() > 0);
        auto* button = m_window->findChild<QWidget*>(QStringLiteral("reviewButton"));
        QTRY_VERIFY(button->isEnabled());
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(pane()->running() && pane()->isVisible());
        QTRY_VERIFY(shows(pane()->document()));
    }
    std::vector<DocumentKey> keysInOrder() const {
        std::vector<DocumentKey> keys;
        bool done = false;
        session()->read<std::vector<DocumentKey>>(
            [query = list()->query()](project::Project& project, jobs::JobContext&) {
                return project.documentKeys(query);
            },
            [&](Result<std::vector<DocumentKey>> answer) {
                if (answer) keys = std::move(answer).value();
                done = true;
            });
        (void)QTest::qWaitFor([&] { return done; });
        return keys;
    }
    QString idOf(DocumentKey key) const {
        QString id;
        session()->document(key, [&](Result<project::DocumentRecord> record) {
            if (record) id = toQt(record->document.id);
        });
        (void)QTest::qWaitFor([&] { return !id.isEmpty(); });
        return id;
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestReview)
#include "tst_review.moc"
