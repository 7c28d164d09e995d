// SPDX-License-Identifier: GPL-3.0-or-later
// What the inspector says of a label and of a document, to the eye and to a screen reader.
#include <QApplication>
#include <QComboBox>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>
#include <memory>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/jobs/job_manager.h"
#include "ui/plot/stability_plot.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"
#include "ui/tree/stability_section.h"
#include "ui/tree/why_section.h"

using namespace espalier;
using namespace espalier::ui;

class TestInspector : public QObject {
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
    }
    void cleanup() {
        m_window.reset();
        m_dialogs.reset();
        m_folder.reset();
    }

    void saysWhyThisManyChildren() {
        select("Soil");
        auto* section = find<StabilitySection>("labelInspector", "stabilitySection");
        QTRY_VERIFY(section->isVisible());
        QCOMPARE(section->sentence(), QString("The fit took 2: every one comes out alike each time, at 0.80 or more."));
        auto* text = find<QLabel>("labelInspector", "stabilityText");
        QCOMPARE(text->text(), section->sentence());
        auto* plot = find<StabilityPlot>("labelInspector", "stabilityPlot");
        QVERIFY(plot->isVisible());
        QCOMPARE(plot->points().size(), std::size_t(2));
        QVERIFY(plot->points()[0].chosen && !plot->points()[1].chosen);
        QCOMPARE(plot->points()[1].least, 0.38);  // terms or documents, whichever is lower
        plot->setFocus();
        QTest::keyClick(plot, Qt::Key_End);
        QCOMPARE(text->text(), QString("k = 3: least stable 0.38, mean 0.70, error 0.55"));
        plot->clearFocus();
        QCOMPARE(text->text(), section->sentence());
        // The same as a table, by keyboard.
        auto* toggle = find<QToolButton>("labelInspector", "stabilityTableToggle");
        auto* table = find<QTableWidget>("labelInspector", "stabilityTable");
        QVERIFY(!table->isVisible());
        toggle->setFocus();
        QTest::keyClick(toggle, Qt::Key_Space);
        QVERIFY(table->isVisible() && !plot->isVisible());
        QCOMPARE(table->rowCount(), 2);
        QCOMPARE(table->item(0, 0)->text(), QString("2 (chosen)"));
        QCOMPARE(table->item(1, 1)->text(), QString("0.38"));
        QTest::keyClick(toggle, Qt::Key_Space);
        QVERIFY(plot->isVisible());
    }

    void saysWhyThisManyLabelsStandAtTheTop() {
        auto* overview = m_window->findChild<QWidget*>("treeOverview");
        QTRY_VERIFY(overview->isVisible());
        QCOMPARE(find<StabilitySection>("treeOverview", "stabilitySection")->sentence(),
                 QString("The fit took 2: every one comes out alike each time, at 0.80 or more."));
        select("Soil");
        QTRY_VERIFY(!overview->isVisible());
        m_window->selection()->setLabels({}, {});
        QTRY_VERIFY(overview->isVisible());
    }

    void saysWhyALabelStaysWhole() {
        select("Soil/Peat");
        auto* section = find<StabilitySection>("labelInspector", "stabilitySection");
        QTRY_VERIFY(section->isVisible());
        QCOMPARE(section->sentence(),
                 QString("At no number of labels do enough of them come out alike each time, at 0.80 or "
                         "more. A split into 2 labels was not stable."));
        // Never tried: only the reason, in words.
        select("Soil/Clay");
        QTRY_VERIFY(!section->isVisible());
        bool said = false;
        for (const QLabel* text : m_window->findChildren<QLabel*>())
            said =
                said || (text->isVisible() && text->text() == "Not split further: It has too few documents to split.");
        QVERIFY(said);
    }

    void readsStabilityAsOlderBuildsLeftIt() {
        StabilitySection section;
        const auto* plot = section.findChild<StabilityPlot*>("stabilityPlot");
        // Before the mark: the largest k all of whose labels are stable.
        section.setStability(R"([{"k":2,"w_min":0.9,"h_min":0.9,"stable_share":1},
                                 {"k":3,"w_min":0.85,"h_min":0.9,"stable_share":0.9999999999},
                                 {"k":4,"w_min":0.2,"h_min":0.9,"stable_share":0.75}])",
                             3, {});
        QVERIFY(!plot->points()[0].chosen && plot->points()[1].chosen && !plot->points()[2].chosen);
        QCOMPARE(section.sentence(), QString("The fit took 3: every one comes out alike each time."));
        // Before that share: no mark, no guess.
        section.setStability(R"([{"k":2,"w_min":0.9,"h_min":0.9}])", 2, {});
        QVERIFY(!plot->points()[0].chosen);
        // A lowered threshold, and parts that went together since.
        section.setStability(R"([{"k":5,"w_min":0.7,"h_min":0.75,"stable_share":0.6,"threshold":0.8,"chosen":true}])",
                             4, {});
        QCOMPARE(
            section.sentence(),
            QString("The fit took 5: 3 of them come out alike each time, at 0.80 or more; the least stable is at 0.70. "
                    "It has 4 now: "
                    "parts that are too small join others, and edits count."));
        for (const char* damaged : {"", "[]", "{}", "[1,2]", "nonsense"}) section.setStability(damaged, 0, {});
    }

    void saysWhyADocumentIsHere() {
        // Answers of a worker as core/pipeline/why.h has them.
        const auto answer = m_folder->write("reasons.json", R"({"share":0.55,"undecided":0,"why_not":null,
            "lenders":[{"id":"s2","title":"Peat bogs","weight":0.6},{"id":"s8","title":"","weight":0.4}],
            "terms":[{"term":"soil","part":0.4,"own":0.1,"lent":0.3},{"term":"peat","part":0.3,"own":0,"lent":0.3},
                     {"term":"lamp","part":-0.15,"own":-0.15,"lent":0}]})");
        qputenv("ESPALIER_FAKE_REASONS", QByteArray::fromStdString(answer.string()));
        m_window->jobs()->setWorkerProgram(QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker"));
        const auto document = keyOf("s0");
        m_window->selection()->setDocument(document);
        auto* section = m_window->findChild<WhySection*>("whySection");
        QTRY_VERIFY(section->isVisible());
        auto* move = section->findChild<QLabel*>("lastMove");
        QTRY_VERIFY2(move->text().startsWith("Last moved by: Build tree: 6 labels ("), qPrintable(move->text()));
        // Terms only when asked for, by keyboard; the label is the one it ends at.
        auto* toggle = section->findChild<QPushButton*>("showTerms");
        auto* terms = section->findChild<QWidget*>("whyTerms");
        auto* labels = section->findChild<QComboBox*>("whyLabel");
        QVERIFY(!labels->isVisible());
        toggle->setFocus();
        QTest::keyClick(toggle, Qt::Key_Space);
        QCOMPARE(toggle->text(), QString("Hide terms"));
        QTRY_VERIFY2(labels->currentText() == "Peat, 0.55", qPrintable(labels->currentText()));
        QTRY_VERIFY(terms->isVisible());
        QList<BarRow*> rows;
        for (auto* row : terms->findChildren<BarRow*>())
            if (row->isVisible()) rows << row;
        QCOMPARE(rows.size(), 3);
        QCOMPARE(rows[0]->accessibleName(), QString("soil, 0.400 of the share, 0.300 of it lent by its neighbours"));
        QCOMPARE(rows[1]->content().text, QString("peat (lent)"));
        QVERIFY(rows[2]->accessibleName().contains("it speaks for another label") && rows[2]->content().muted);
        QCOMPARE(rows[0]->content().share, 1.0);
        QCOMPARE(section->findChild<QLabel*>("whyNote")->text(),
                 QString("0.600 of it comes from words lent by the 2 documents nearest in meaning, first of all “Peat "
                         "bogs”."));
        theme().apply(ThemeMode::Dark);  // bars are of its colours at once
        QCOMPARE(rows[0]->content().color, theme().color(ColorRole::Accent));
        theme().apply(ThemeMode::Light);
        // Another label, by keyboard: asked anew.
        labels->setFocus();
        QTest::keyClick(labels, Qt::Key_Up);
        QTRY_VERIFY(terms->isVisible());
        // An edit that moves it: said at once, and the terms are asked for again.
        tree::Edit edit;
        edit.kind = tree::EditKind::Move;
        edit.label = *session()->tree()->tree.resolve("Soil/Peat");
        edit.parent = *session()->tree()->tree.resolve("Light");
        session()->edit(edit);
        QTRY_VERIFY2(move->text().startsWith("Last moved by: Move 'Peat' to 'Light' ("), qPrintable(move->text()));
        QTRY_VERIFY(terms->isVisible());
        QTRY_COMPARE(labels->currentData(Qt::AccessibleTextRole).toString(), QString("Light › Peat, share 0.55"));
        // A pin against its shares.
        edit = {};
        edit.kind = tree::EditKind::Pin;
        edit.label = *session()->tree()->tree.resolve("Soil/Clay");
        edit.document = document;
        session()->edit(edit);
        QTRY_VERIFY2(move->text().startsWith("A pin puts it here; by its shares it would be under Light › Peat."),
                     qPrintable(move->text()));
        // The real worker, and a tree whose words are not there: said so.
        m_window->jobs()->setWorkerProgram(QStringLiteral(ESPALIER_BIN_DIR "/espalier-worker"));
        QTest::keyClick(toggle, Qt::Key_Space);
        QVERIFY(!terms->isVisible());
        QTest::keyClick(toggle, Qt::Key_Space);
        auto* note = section->findChild<QLabel*>("whyNote");
        QTRY_VERIFY2_WITH_TIMEOUT(note->text().startsWith("The words of the tree are not stored"),
                                  qPrintable(note->text()), 30000);
        QVERIFY(!terms->isVisible());
        // Nobody placed it: there is nothing to divide.
        const auto unplaced = unassigned();
        m_window->selection()->setDocument(unplaced);
        QTRY_COMPARE(move->text(), QString("Nothing has placed it yet."));
        QVERIFY(!toggle->isVisible());
        qunsetenv("ESPALIER_FAKE_REASONS");
    }

    void saysWhatIsNotExplained() {
        auto* fits = find<QWidget>("documentInspector", "documentFits");
        m_window->selection()->setDocument(keyOf("s2"));  // no multiple of 5: under Soil by its build
        QTRY_VERIFY(fits->isVisible());
        QStringList said;
        for (const auto* row : fits->findChildren<BarRow*>()) {
            if (!row->isHidden()) said << row->accessibleName();
        }
        QCOMPARE(said, (QStringList{"By the top-level labels, not explained: 0.40",
                                    "By the labels under Light, not explained: 0.25"}));
        auto* under = fits->findChildren<BarRow*>().at(1);
        QTest::mouseClick(under, Qt::LeftButton);
        QTRY_COMPARE(session()->tree()->tree.at(m_window->selection()->label()).name, std::string("Light"));
        m_window->selection()->setDocument(keyOf("s0"));  // its build kept none
        QTRY_VERIFY(!fits->isVisible());
    }

    void termsAreBars() {
        QJsonArray many;
        for (int i = 0; i < 15; ++i)
            many << QJsonObject{{"term", QString("t%1").arg(i)}, {"part", 0.03}, {"own", 0.03}, {"lent", 0.0}};
        const QJsonObject answer{{"terms", many}, {"undecided", 0.1}, {"lenders", QJsonValue()}};
        const auto rows = WhySection::termRows(answer, Qt::green);
        QCOMPARE(rows.size(), 14);  // twelve, the others, what no term decided
        QCOMPARE(rows[12].text, QString("3 more terms"));
        QCOMPARE(rows[12].figure, QString("0.090"));
        QCOMPARE(rows[13].figure, QString("0.100"));
        QVERIFY(WhySection::noteOf(answer).isEmpty());
        QVERIFY(WhySection::termRows({}, Qt::green).isEmpty());
        QCOMPARE(WhySection::noteOf({{"terms", QJsonValue()}, {"why_not", "Because."}}), QString("Because."));
    }

private:
    DocumentKey keyOf(const char* id) const {
        DocumentKey key;
        bool answered = false;
        session()->document(QString::fromLatin1(id), [&](Result<project::DocumentRecord> record) {
            if (record) key = record->key;
            answered = true;
        });
        [&] { QTRY_VERIFY(answered); }();
        return key;
    }
    DocumentKey unassigned() const {
        DocumentKey key;
        bool answered = false;
        session()->read<DocumentKey>(
            [](project::Project& project, jobs::JobContext&) -> Result<DocumentKey> {
                ESPALIER_ASSIGN(const auto keys, project.withoutMass());
                return keys.empty() ? DocumentKey{} : keys.front();
            },
            [&](Result<DocumentKey> found) {
                if (found) key = *found;
                answered = true;
            });
        [&] { QTRY_VERIFY(answered); }();
        return key;
    }
    template <class T>
    T* find(const char* part, const char* name) const {
        return m_window->findChild<QWidget*>(QString::fromLatin1(part))->findChild<T*>(QString::fromLatin1(name));
    }
    ProjectSession* session() const { return m_window->session(); }
    void select(const char* path) {
        const auto label = session()->tree()->tree.resolve(path);
        QVERIFY(label.ok());
        m_window->selection()->setLabel(*label);
    }

    std::unique_ptr<test::TempFolder> m_folder;
    std::unique_ptr<test::ScriptedDialogs> m_dialogs;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestInspector)
#include "tst_inspector.moc"
