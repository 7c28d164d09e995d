// SPDX-License-Identifier: GPL-3.0-or-later
// What the inspector says of a label and of a document, to the eye and to a screen reader.
#include <QApplication>
#include <QLabel>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>
#include <memory>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/plot/stability_plot.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/shell/main_window.h"
#include "ui/style/theme.h"
#include "ui/tree/stability_section.h"

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
        QCOMPARE(section->sentence(),
                 QString("The fit took 2: the largest number whose every label comes out alike, at 0.80 or more."));
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
                 QString("The fit took 2: the largest number whose every label comes out alike, at 0.80 or more."));
        select("Soil");
        QTRY_VERIFY(!overview->isVisible());
        m_window->selection()->setLabels({}, {});
        QTRY_VERIFY(overview->isVisible());
    }

    void saysWhyALabelStaysWhole() {
        select("Soil/Peat");
        auto* section = find<StabilitySection>("labelInspector", "stabilitySection");
        QTRY_VERIFY(section->isVisible());
        QCOMPARE(section->sentence(), QString("At every number of labels, one comes out alike below 0.80. A split into "
                                              "2 labels was not stable."));
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
        QCOMPARE(section.sentence(), QString("The fit took 3: the largest number whose every label comes out alike."));
        // Before that share: no mark, no guess.
        section.setStability(R"([{"k":2,"w_min":0.9,"h_min":0.9}])", 2, {});
        QVERIFY(!plot->points()[0].chosen);
        // A lowered threshold, and parts that went together since.
        section.setStability(R"([{"k":5,"w_min":0.7,"h_min":0.75,"stable_share":0.6,"threshold":0.8,"chosen":true}])",
                             4, {});
        QCOMPARE(section.sentence(),
                 QString("The fit took 5; its least stable label is at 0.70, below the 0.80 asked for. It has 4 now: "
                         "parts that are too small join others, and edits count."));
        for (const char* damaged : {"", "[]", "{}", "[1,2]", "nonsense"}) section.setStability(damaged, 0, {});
    }

private:
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
