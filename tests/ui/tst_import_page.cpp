// SPDX-License-Identifier: GPL-3.0-or-later
/// The import page: preview by the real parser, mapping, import, report, cancel; by pointer, keys and drag and drop.
#include <QComboBox>
#include <QDragEnterEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <fstream>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/corpus/import_page.h"
#include "ui/corpus/import_preview.h"
#include "ui/corpus/import_report_card.h"
#include "ui/jobs/job_manager.h"
#include "ui/session/project_session.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/theme.h"

using namespace espalier;
using namespace espalier::ui;
using espalier::test::ScriptedDialogs;
using espalier::test::TempFolder;

namespace {
constexpr int kLongMs = 20000;

struct World {
    TempFolder folder;
    ScriptedDialogs dialogs;
    ProjectSession session;
    JobManager jobs{&session};
    Selection selection{&session};
    ImportPage page{&session, &jobs, &selection};

    World() {
        session.open(test::makeProject(folder.path(), 0, false));
        if (!QTest::qWaitFor([this] { return session.isOpen(); }, kLongMs)) qFatal("the project did not open");
        page.resize(1000, 620);
        page.show();
        if (!QTest::qWaitForWindowExposed(&page)) qFatal("not shown");
    }
    QString write(const char* name, const std::string& bytes) { return fromPath(folder.write(name, bytes)); }
    QPushButton* button(const char* name) { return page.findChild<QPushButton*>(name); }
    QString text(const char* name) { return page.findChild<QLabel*>(name)->text(); }
    QTableView* table() { return page.findChild<QTableView*>("previewTable"); }
    QComboBox* combo(const char* name) { return page.findChild<QComboBox*>(name); }
};

std::string csv(int rows) {
    std::string text = "nr;heading;body;topic\n";
    for (int i = 0; i < rows; ++i)
        text += "n" + std::to_string(i) + ";Sample " + std::to_string(i) + ";\"Clay number " + std::to_string(i) +
                "; wet\";Soil > Clay\n";
    return text;
}
}  // namespace

class TestImportPage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().install(*qApp, ThemeMode::Light); }

    void previewMapsFieldsAndImports() {
        World world;
        world.page.setSources({world.write("table.csv", csv(150))});
        // The usual names are not in this file: every row lacks a text.
        QTRY_VERIFY_WITH_TIMEOUT(world.text("previewCaption").contains("150 rejected"), kLongMs);
        auto* body = world.combo("textField");
        QVERIFY(body->findText("body") > 0);
        body->setFocus();
        QTest::keyClick(body, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(body, "body");
        QTest::keyClick(body, Qt::Key_Tab);
        QTRY_COMPARE_WITH_TIMEOUT(world.text("previewCaption"),
                                  QString("All 150 rows: 150 documents · the first 100 shown"), kLongMs);
        world.combo("idField")->setCurrentText("nr");
        world.combo("titleField")->setCurrentText("heading");
        world.combo("labelsField")->setCurrentIndex(world.combo("labelsField")->findText("topic"));
        QTRY_COMPARE_WITH_TIMEOUT(world.table()->model()->index(0, ImportPreviewModel::Id).data().toString(),
                                  QString("n0"), kLongMs);
        QTRY_COMPARE(world.table()->model()->index(0, ImportPreviewModel::Labels).data().toString(),
                     QString("Soil › Clay"));
        QCOMPARE(world.table()->model()->index(0, ImportPreviewModel::Title).data().toString(), QString("Sample 0"));
        QCOMPARE(world.table()->model()->rowCount(), 100);

        QSignalSpy imported(&world.page, &ImportPage::imported);
        QTRY_VERIFY(world.button("startImport")->isEnabled());
        QCOMPARE(world.button("startImport")->text(), QString("Import 150 rows"));
        QTest::mouseClick(world.button("startImport"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(imported.size(), 1, kLongMs);
        QCOMPARE(world.text("reportSentence"), QString("150 read = 150 kept + 0 duplicates + 0 empty + 0 rejected"));
        QCOMPARE(world.session.status().documents, 150);
        QVERIFY(world.button("nextStep")->isVisible());
        QSignalSpy build(&world.page, &ImportPage::buildRequested);
        world.button("nextStep")->setFocus();
        QTest::keyClick(world.button("nextStep"), Qt::Key_Space);
        QCOMPARE(build.size(), 1);
    }

    void countsReconcileAndBadRowsAreShown() {
        World world;
        const QString path = world.write("rows.jsonl",
                                         "{\"_id\":\"a\",\"title\":\"One\",\"text\":\"peat and clay\"}\n"
                                         "{\"_id\":\"b\",\"title\":\"One\",\"text\":\"peat and clay\"}\n"
                                         "{\"_id\":\"c\",\"text\":\"   \"}\n"
                                         "{\"_id\":\"d\", broken\n"
                                         "{\"_id\":\"e\",\"title\":\"No text\"}\n"
                                         "{\"_id\":\"f\",\"text\":\"loam\"}\n");
        world.page.setSources({path});
        QTRY_COMPARE_WITH_TIMEOUT(world.text("previewCaption"),
                                  QString("All 6 rows: 3 documents, 1 without text, 2 rejected"), kLongMs);
        // The preview says which line and why, exactly as the import will.
        QCOMPARE(world.table()->model()->index(3, ImportPreviewModel::Id).data().toString(), QString("rejected"));
        QCOMPARE(world.table()->model()->index(3, ImportPreviewModel::Line).data().toString(), QString("4"));
        QTest::mouseClick(world.button("startImport"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(world.text("reportSentence"),
                                  QString("6 read = 2 kept + 1 duplicates + 1 empty + 2 rejected"), kLongMs);
        QTest::mouseClick(world.button("showRejected"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(world.text("previewCaption").startsWith("2 rows refused"), kLongMs);
        QCOMPARE(world.table()->model()->rowCount(), 2);
        QCOMPARE(world.table()->model()->index(0, ImportPreviewModel::Line).data().toString(), QString("4"));
        QVERIFY(!world.table()->model()->index(0, ImportPreviewModel::Text).data().toString().isEmpty());
        QTest::mouseClick(world.button("showDuplicates"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(world.text("previewCaption").contains("there already"), kLongMs);
        QCOMPARE(world.table()->model()->index(0, ImportPreviewModel::Id).data().toString(), QString("b"));
        QVERIFY(world.table()->model()->index(0, ImportPreviewModel::Text).data().toString().contains("a"));
    }

    void folderListsWhatIsNotReadAndHowToConvertIt() {
        World world;
        world.write("docs/a.txt", "a text about peat");
        world.write("docs/deep/b.md", "a text about clay");
        world.write("docs/c.pdf", "%PDF");
        world.write("docs/d.docx", "PK");
        world.dialogs.answerPath(fromPath(world.folder / "docs"));
        QTest::mouseClick(world.button("chooseFolder"), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(world.text("previewCaption"), QString("All 2 rows: 2 documents"), kLongMs);
        auto* ignored = world.page.findChild<Banner*>("ignoredFiles");
        QVERIFY(ignored->isVisible());
        QVERIFY2(ignored->accessibleName().contains("1 .pdf"), qPrintable(ignored->accessibleName()));
        QVERIFY(ignored->accessibleName().contains("pdftotext"));
    }

    void errorsAreSentencesAndChangeNothing() {
        World world;
        world.page.setSources({fromPath(world.folder / "nothing.csv")});
        auto* problem = world.page.findChild<Banner*>("importProblem");
        QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible(), kLongMs);
        QVERIFY(problem->accessibleName().contains("nothing.csv"));
        QVERIFY(!world.button("startImport")->isEnabled());
        // A named field that occurs nowhere.
        world.page.setSources({world.write("t.jsonl", "{\"_id\":\"a\",\"text\":\"peat\"}\n")});
        QTRY_VERIFY_WITH_TIMEOUT(world.button("startImport")->isEnabled(), kLongMs);
        world.combo("labelsField")->setEditText("nosuchfield");
        world.combo("labelsField")->setFocus();
        QTest::keyClick(world.combo("labelsField"), Qt::Key_Tab);
        QTRY_VERIFY_WITH_TIMEOUT(problem->isVisible() && problem->accessibleName().contains("nosuchfield"), kLongMs);
        QVERIFY(!world.button("startImport")->isEnabled());
        QCOMPARE(world.session.status().documents, 0);
    }

    void charsetIsDetectedAndCanBeOverruled() {
        World world;
        world.page.setSources(
            {world.write("latin.csv", "_id,title,text\nx,M\xfcll,Gr\xfcne Wiese und gr\xfcner Wald\n")});
        QTRY_COMPARE_WITH_TIMEOUT(world.table()->model()->rowCount(), 1, kLongMs);
        QTRY_COMPARE(world.table()->model()->index(0, ImportPreviewModel::Title).data().toString(), QString("Müll"));

        world.combo("charset")->setCurrentIndex(world.combo("charset")->findText("windows-1251"));
        QTRY_VERIFY_WITH_TIMEOUT(
            world.table()->model()->index(0, ImportPreviewModel::Title).data().toString() != QString("Müll"), kLongMs);
    }

    void cancelStopsAndKeepsNothing() {
        World world;
        world.page.setSources({world.write("big.csv", csv(60000))});
        world.combo("textField")->setCurrentText("body");
        QTRY_VERIFY_WITH_TIMEOUT(world.text("previewCaption").contains("documents"), kLongMs);
        QTRY_VERIFY_WITH_TIMEOUT(world.button("startImport")->isEnabled(), kLongMs);
        QTest::mouseClick(world.button("startImport"), Qt::LeftButton);
        QVERIFY(world.page.importing());
        QTest::mouseClick(world.button("cancelImport"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!world.page.importing(), kLongMs);
        QCOMPARE(world.session.status().documents, 0);
        QVERIFY(world.button("startImport")->isVisible());
    }

    void filesCanBeDropped() {
        World world;
        const QString path = world.write("t.jsonl", "{\"_id\":\"a\",\"text\":\"peat\"}\n");
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&world.page, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&world.page, &drop);
        QTRY_COMPARE_WITH_TIMEOUT(world.text("previewCaption"), QString("All 1 row: 1 document"), kLongMs);
    }
};

QTEST_MAIN(TestImportPage)
#include "tst_import_page.moc"
