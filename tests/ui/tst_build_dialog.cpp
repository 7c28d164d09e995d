// SPDX-License-Identifier: GPL-3.0-or-later
// What the Build dialog offers, that it says what that costs, and that each choice reaches the job.
#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>
#include <memory>

#include "tests/support/temp_folder.h"
#include "tests/ui/support/scripted_dialogs.h"
#include "tests/ui/support/test_project.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/session/project_session.h"
#include "ui/shell/main_window.h"
#include "ui/shell/word_list_field.h"
#include "ui/style/controls.h"
#include "ui/style/theme.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
constexpr int kLongMs = 20000;

struct World {
    test::TempFolder folder;
    mutable test::ScriptedDialogs dialogs;
    std::unique_ptr<MainWindow> window = std::make_unique<MainWindow>();

    explicit World(bool vectors, int documents = 40) {
        window->jobs()->setWorkerProgram(QStringLiteral(ESPALIER_TEST_BIN_DIR "/espalier-fake-worker"));
        window->resize(1280, 720);
        window->show();
        const QString project = test::makeProject(folder.path(), documents, false);
        if (vectors) test::addEncoder(folder.path(), project);
        window->openProject(project);
        if (!QTest::qWaitFor([this] { return window->session()->isOpen() && window->settled(); }, kLongMs))
            qFatal("the project did not open");
    }
    QDialog* build() const {
        window->findChild<QAction*>(QStringLiteral("build"))->trigger();
        QDialog* dialog = nullptr;
        if (!QTest::qWaitFor(
                [&] { return (dialog = window->findChild<QDialog*>(QStringLiteral("buildDialog"))) != nullptr; }))
            qFatal("no dialog");
        if (!QTest::qWaitForWindowActive(dialog)) qFatal("the dialog is not active");
        return dialog;
    }
    /// Options of the job that a dialog started.
    QJsonObject accept(QDialog* dialog) const {
        const auto before = window->jobs()->jobs().size();
        dialog->findChild<QPushButton*>(QStringLiteral("acceptButton"))->click();
        if (!QTest::qWaitFor([&] { return window->jobs()->jobs().size() > before; })) qFatal("no job");
        return window->jobs()->jobs().last()->options();
    }
};

template <class T>
T* child(QDialog* dialog, const char* name) {
    auto* found = dialog->findChild<T*>(QString::fromLatin1(name));
    if (!found) qFatal("there is no %s", name);
    return found;
}
QComboBox* source(QDialog* dialog) {
    return child<QComboBox>(dialog, "buildSource");
}
QString said(QDialog* dialog, const char* name) {
    return child<QLabel>(dialog, name)->text();
}
void click(QWidget* widget) {
    // At its left edge: that is where the mark of a radio button is.
    QTest::mouseClick(widget, Qt::LeftButton, {}, QPoint(widget->height() / 2, widget->height() / 2));
}
}  // namespace

class TestBuildDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme().install(*qApp, ThemeMode::Light); }

    void withoutVectorsThereAreWordsOnly() {
        const World world(false);
        QDialog* dialog = world.build();
        QCOMPARE(source(dialog)->count(), 1);
        QCOMPARE(source(dialog)->currentText(), QStringLiteral("Words only"));
        QVERIFY(said(dialog, "buildSourceNote").contains(QStringLiteral("Embed the documents first")));
        const QJsonObject options = world.accept(dialog);
        QCOMPARE(options.value(QStringLiteral("vectors")).toString(), QStringLiteral("none"));
        QCOMPARE(options.value(QStringLiteral("preset")).toString(), QStringLiteral("balanced"));
        QCOMPARE(options.value(QStringLiteral("language")).toString(), QStringLiteral("auto"));
        QCOMPARE(options.value(QStringLiteral("phrases")).toBool(true), false);
    }

    void defaultIsWordsAndMeaning() {
        const World world(true);
        QDialog* dialog = world.build();
        QCOMPARE(source(dialog)->count(), 2);
        QCOMPARE(source(dialog)->currentText(), QStringLiteral("Words and meaning (base)"));
        QVERIFY(said(dialog, "buildSourceNote").contains(QStringLiteral("nearest in meaning")));
        const QJsonObject options = world.accept(dialog);
        QCOMPARE(options.value(QStringLiteral("vectors")).toString(), QStringLiteral("base"));
        QCOMPARE(options.value(QStringLiteral("phrases")).toBool(), true);
    }

    void wordsOnlyReachesTheJob() {
        const World world(true);
        QDialog* dialog = world.build();
        source(dialog)->setFocus();
        QTest::keyClick(source(dialog), Qt::Key_Down);
        QCOMPARE(source(dialog)->currentText(), QStringLiteral("Words only"));
        QVERIFY(said(dialog, "buildSourceNote").contains(QStringLiteral("stay apart")));
        QVERIFY(!child<QCheckBox>(dialog, "buildPhrases")->isChecked());
        QCOMPARE(world.accept(dialog).value(QStringLiteral("vectors")).toString(), QStringLiteral("none"));
    }

    // By arrow keys: each preset says what it is; T-ELF's knows no vectors, and leaving it brings them back.
    void presetsAreWalkedByKeys() {
        const World world(true);
        QDialog* dialog = world.build();
        auto* balanced = child<QRadioButton>(dialog, "preset-balanced");
        QTRY_VERIFY(balanced->hasFocus());
        QTest::keyClick(balanced, Qt::Key_Left);
        QVERIFY(child<QRadioButton>(dialog, "preset-coarse")->isChecked());
        QVERIFY(said(dialog, "buildPresetNote").contains(QStringLiteral("Few labels")));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        QVERIFY(child<QRadioButton>(dialog, "preset-telf")->isChecked());
        QCOMPARE(source(dialog)->currentText(), QStringLiteral("Words only"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Left);
        QCOMPARE(source(dialog)->currentText(), QStringLiteral("Words and meaning (base)"));
        QCOMPARE(world.accept(dialog).value(QStringLiteral("preset")).toString(), QStringLiteral("fine"));
    }

    void moreOptionsReachTheJob() {
        const World world(true);
        const auto stop = world.folder.write("leave-out.txt", "# made by hand\nroots\nwarm light\n");
        const auto keep = world.folder.write("keep.txt", "the who\n");
        QDialog* dialog = world.build();
        QVERIFY(!child<QComboBox>(dialog, "buildLanguage")->isVisible());
        const int low = dialog->height();
        click(child<QToolButton>(dialog, "moreOptions"));
        QTRY_VERIFY(child<QComboBox>(dialog, "buildLanguage")->isVisible());
        QVERIFY(dialog->height() > low);
        QVERIFY2(dialog->height() <= 640, qPrintable(QString::number(dialog->height())));
        auto* language = child<QComboBox>(dialog, "buildLanguage");
        language->setFocus();
        QTest::keyClicks(language, QStringLiteral("German"));
        QCOMPARE(language->currentText(), QStringLiteral("German (de)"));
        click(child<QCheckBox>(dialog, "buildPhrases"));
        for (const auto& [name, path] : {std::pair("buildStopWords", stop), std::pair("buildKeepWords", keep)}) {
            world.dialogs.answerFiles({fromPath(path)});
            auto* field = child<QWidget>(dialog, name);
            click(field->findChild<QPushButton*>());
            QTRY_VERIFY(field->findChild<ElidedLabel*>()->text().contains(QStringLiteral("word")));
        }
        const QJsonObject options = world.accept(dialog);
        QCOMPARE(options.value(QStringLiteral("language")).toString(), QStringLiteral("de"));
        QCOMPARE(options.value(QStringLiteral("phrases")).toBool(true), false);
        QCOMPARE(options.value(QStringLiteral("stop_words")).toArray(), (QJsonArray{"roots", "warm light"}));
        QCOMPARE(options.value(QStringLiteral("keep_words")).toArray(), (QJsonArray{"the who"}));
    }

    void wordListCanBeTakenBackAndABadOneIsTold() {
        const World world(false);
        const auto good = world.folder.write("good.txt", "roots\n");
        const auto bad = world.folder.write("bad.txt", "fine\n\xff\xfe\n");
        QDialog* dialog = world.build();
        click(child<QToolButton>(dialog, "moreOptions"));
        auto* field = child<WordListField>(dialog, "buildStopWords");
        world.dialogs.answerFiles({fromPath(bad)});
        click(field->findChild<QPushButton*>());
        QTRY_COMPARE(world.dialogs.asked().size(), 1);
        QVERIFY(world.dialogs.lastQuestion().details.contains(QStringLiteral("bad.txt")));
        QVERIFY(field->words().isEmpty());
        field->read(fromPath(good));
        QTRY_COMPARE(field->words(), QStringList{QStringLiteral("roots")});
        click(field->findChild<QToolButton*>());
        QVERIFY(field->words().isEmpty());
        QVERIFY(!world.accept(dialog).contains(QStringLiteral("stop_words")));
    }

    // Measured at the start and after each change, by the options of that moment; the button stays usable meanwhile.
    void costIsMeasuredAndMeasuredAgain() {
        const World world(false);
        QDialog* dialog = world.build();
        auto* start = child<QPushButton>(dialog, "acceptButton");
        QCOMPARE(said(dialog, "buildEstimate"), QStringLiteral("Measuring time and memory…"));
        QVERIFY(start->isEnabled());
        QTRY_VERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("15 to 30 s")));
        QVERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("MB")));
        click(child<QToolButton>(dialog, "moreOptions"));
        auto* labels = child<QSpinBox>(dialog, "buildChildren");
        labels->setFocus();
        QTest::keyClick(labels, Qt::Key_Up);
        QCOMPARE(said(dialog, "buildEstimate"), QStringLiteral("Measuring time and memory…"));
        QTest::keyClick(labels, Qt::Key_Up);
        QTRY_VERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("17 to 34 s")));
    }

    void missingMemoryIsSaid() {
        const World world(false);
        QDialog* dialog = world.build();
        child<QSpinBox>(dialog, "buildChildren")->setValue(59);
        QTRY_VERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("memory for this is not there")));
        QVERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("9.4 GB")));
        QVERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("2.1 GB")));
        QVERIFY(child<QPushButton>(dialog, "acceptButton")->isEnabled());
    }

    void refusedOptionsAreSaid() {
        const World world(false);
        QDialog* dialog = world.build();
        child<QSpinBox>(dialog, "buildChildren")->setValue(58);
        QTRY_VERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("The lists contradict each other")));
        // A question that gets no answer is dropped by the next.
        child<QSpinBox>(dialog, "buildChildren")->setValue(57);
        QTest::qWait(500);
        QCOMPARE(said(dialog, "buildEstimate"), QStringLiteral("Measuring time and memory…"));
        child<QSpinBox>(dialog, "buildChildren")->setValue(20);
        QTRY_VERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("20 to 40 s")));
        child<QSpinBox>(dialog, "buildDocuments")->setValue(41);
        QVERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("only 40 documents")));
    }

    void tooFewDocumentsAreSaid() {
        const World world(false, 20);
        QVERIFY(said(world.build(), "buildEstimate").contains(QStringLiteral("too few documents")));
    }

    void missingWorkerIsSaid() {
        const World world(false);
        world.window->jobs()->setWorkerProgram(QStringLiteral("/nowhere/espalier-worker"));
        QDialog* dialog = world.build();
        QTRY_VERIFY(said(dialog, "buildEstimate").contains(QStringLiteral("not installed")));
        QVERIFY(child<QPushButton>(dialog, "acceptButton")->isEnabled());
    }

    void escapeStartsNothing() {
        const World world(false);
        QDialog* dialog = world.build();
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(!world.window->findChild<QDialog*>(QStringLiteral("buildDialog")));
        QVERIFY(world.window->jobs()->jobs().isEmpty());
    }
};

QTEST_MAIN(TestBuildDialog)
#include "tst_build_dialog.moc"
