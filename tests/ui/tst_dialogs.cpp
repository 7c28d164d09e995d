// SPDX-License-Identifier: GPL-3.0-or-later
/// The real dialogs, answered by key and pointer; and the double that stands in for them elsewhere.
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "tests/ui/support/scripted_dialogs.h"
#include "ui/dialogs/dialog_service.h"
#include "ui/dialogs/error_text.h"
#include "ui/dialogs/question_dialog.h"
#include "ui/dialogs/text_dialog.h"
#include "ui/style/plurals.h"
#include "ui/style/theme.h"

using namespace espalier;
using namespace espalier::ui;

namespace {
Question threeWays() {
    Question question;
    question.title = "Quit";
    question.headline = "A job is still running.";
    question.text = "Your documents are stored already.";
    question.details = "job 7";
    question.choices = {{"Stop and quit", "Ends after this batch.", false},
                        {"Keep training", "Goes on in the background.", false},
                        {"Stay", "The window stays open.", false}};
    question.escapeChoice = 2;
    return question;
}

QuestionDialog* shownDialog(QWidget* parent) {
    QuestionDialog* dialog = nullptr;
    (void)QTest::qWaitFor([&] {
        dialog = parent->findChild<QuestionDialog*>();
        return dialog && dialog->isVisible();
    });
    return dialog;
}
}  // namespace

class TestDialogs : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().install(*qApp, ThemeMode::Light); }

    void answersOnceByKeyAndPointer() {
        QWidget window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QList<int> answers;
        const auto ask = [&] {
            dialogs().choose(&window, threeWays(), [&](int choice) { answers << choice; });
            QuestionDialog* dialog = shownDialog(&window);
            if (!dialog) qFatal("no dialog");
            return dialog;
        };
        QTest::keyClick(ask(), Qt::Key_Return);
        QTRY_COMPARE(answers, QList<int>{0});
        QTRY_VERIFY(!window.findChild<QuestionDialog*>());
        QTest::keyClick(ask(), Qt::Key_Escape);
        QTRY_COMPARE(answers, (QList<int>{0, 2}));
        QTRY_VERIFY(!window.findChild<QuestionDialog*>());
        QTest::mouseClick(ask()->findChild<QPushButton*>("choice1"), Qt::LeftButton);
        QTRY_COMPARE(answers, (QList<int>{0, 2, 1}));
        QTRY_VERIFY(!window.findChild<QuestionDialog*>());
        ask()->close();  // the window manager's cross is Esc
        QTRY_COMPARE(answers, (QList<int>{0, 2, 1, 2}));
    }

    void detailsFoldAndCopy() {
        QuestionDialog dialog(threeWays());
        dialog.show();
        QVERIFY(QTest::qWaitForWindowExposed(&dialog));
        auto* details = dialog.findChild<QPlainTextEdit*>("details");
        QVERIFY(!details->isVisible());
        const int before = dialog.height();
        QTest::mouseClick(dialog.findChild<QPushButton*>("showDetails"), Qt::LeftButton);
        QVERIFY(details->isVisible());
        QTRY_VERIFY(dialog.height() > before);
        constexpr int kTallest = 640;
        QVERIFY(dialog.height() <= kTallest);
        QTest::mouseClick(dialog.findChild<QPushButton*>("copyDetails"), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), QString("job 7"));
    }

    void destructiveConfirmDefaultsToCancel() {
        QWidget window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        std::optional<bool> answer;
        dialogs().confirm(&window, "Delete", "Delete the run?", "This cannot be undone.", "Delete", true,
                          [&](bool yes) { answer = yes; });
        QTest::keyClick(shownDialog(&window), Qt::Key_Return);
        QTRY_VERIFY(answer.has_value());
        QVERIFY(!*answer);
    }

    void aParentThatIsGoneGetsNoAnswer() {
        auto window = std::make_unique<QWidget>();
        window->show();
        QVERIFY(QTest::qWaitForWindowExposed(window.get()));
        bool answered = false;
        dialogs().choose(window.get(), threeWays(), [&](int) { answered = true; });
        QVERIFY(shownDialog(window.get()));
        window.reset();
        QTest::qWait(50);
        QVERIFY(!answered);
    }

    void textIsTyped() {
        QWidget window;
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QString got;
        dialogs().askText(&window, "Note", "What is worth knowing?", "old", "Save",
                          [&](bool given, const QString& text) { got = given ? text : QString("cancelled"); });
        TextDialog* dialog = nullptr;
        QTRY_VERIFY((dialog = window.findChild<TextDialog*>()) && dialog->isVisible());
        auto* edit = dialog->findChild<QLineEdit*>("text");
        QTest::keyClicks(edit, "new");  // replaces what was there: it is selected
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(got, QString("new"));
    }

    void cancelledIsNoError() {
        test::ScriptedDialogs scripted;
        showError(nullptr, makeError(ErrorCode::Cancelled, "stopped"), Activity::Train);
        QVERIFY(scripted.asked().isEmpty());
        bool again = false;
        scripted.answerChoice("Try again");
        showError(nullptr, makeError(ErrorCode::Io, "the disk is full"), Activity::Import, [&] { again = true; });
        QTRY_VERIFY(again);
        QVERIFY(scripted.lastQuestion().headline.contains("The disk is full."));
        QVERIFY(scripted.lastQuestion().text.contains("Nothing was imported"));
    }

    void englishPlurals() {
        QCOMPARE(tr("%n document(s)", nullptr, 1), QString("1 document"));
        QCOMPARE(tr("%n document(s)", nullptr, 0), QString("0 documents"));
        QCOMPARE(tr("%n match(es) in %1", nullptr, 2).arg("Soil"), QString("2 matches in Soil"));
        QCOMPARE(tr("label(s)"), QString("label(s)"));  // without a number: as it is
    }
};

QTEST_MAIN(TestDialogs)
#include "tst_dialogs.moc"
