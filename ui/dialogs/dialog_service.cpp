// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/dialog_service.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QPointer>
#include <memory>

#include "ui/dialogs/question_dialog.h"
#include "ui/dialogs/text_dialog.h"

namespace espalier::ui {
namespace {

class QtDialogService : public DialogService {
public:
    void choose(QWidget* parent, const Question& question, Answer done) override {
        auto* dialog = new QuestionDialog(question, parent);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QuestionDialog::answered, dialog, [done = std::move(done)](int choice) {
            if (done) done(choice);
        });
        dialog->open();
    }

    void openFiles(QWidget* parent, const QString& title, const QString& filter, Paths done) override {
        auto* dialog = fileDialog(parent, title, filter);
        dialog->setFileMode(QFileDialog::ExistingFiles);
        finish(dialog, std::move(done));
    }

    void openFolder(QWidget* parent, const QString& title, Path done) override {
        auto* dialog = fileDialog(parent, title, {});
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        finish(dialog, [done = std::move(done)](const QStringList& paths) { done(paths.value(0)); });
    }

    void saveFile(QWidget* parent, const QString& title, const QString& proposal, const QString& filter,
                  Path done) override {
        auto* dialog = fileDialog(parent, title, filter);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setFileMode(QFileDialog::AnyFile);
        dialog->selectFile(proposal);
        finish(dialog, [done = std::move(done)](const QStringList& paths) { done(paths.value(0)); });
    }

    void askText(QWidget* parent, const QString& title, const QString& label, const QString& text, const QString& verb,
                 Text done) override {
        auto* dialog = new TextDialog(title, label, text, verb, parent);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QDialog::finished, dialog, [dialog, done = std::move(done)](int result) {
            if (done) done(result == QDialog::Accepted, dialog->text());
        });
        dialog->open();
    }

private:
    static QFileDialog* fileDialog(QWidget* parent, const QString& title, const QString& filter) {
        auto* dialog = new QFileDialog(parent, title);
        dialog->setObjectName(QStringLiteral("fileDialog"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        if (!filter.isEmpty()) dialog->setNameFilter(filter);
        return dialog;
    }

    static void finish(QFileDialog* dialog, Paths done) {
        QObject::connect(dialog, &QDialog::finished, dialog, [dialog, done = std::move(done)](int result) {
            if (done) done(result == QDialog::Accepted ? dialog->selectedFiles() : QStringList());
        });
        dialog->open();
    }
};

DialogService* g_override = nullptr;

QString tr(const char* text) {
    return QCoreApplication::translate("espalier::ui::DialogService", text);
}
}  // namespace

void DialogService::message(QWidget* parent, Severity severity, const QString& title, const QString& headline,
                            const QString& text, const QString& details) {
    Question question;
    question.title = title;
    question.headline = headline;
    question.text = text;
    question.details = details;
    question.severity = severity;
    question.choices = {{tr("Close"), {}, false}};
    question.escapeChoice = 0;
    choose(parent, question, {});
}

void DialogService::confirm(QWidget* parent, const QString& title, const QString& headline, const QString& text,
                            const QString& verb, bool destructive, std::function<void(bool)> done) {
    Question question;
    question.title = title;
    question.headline = headline;
    question.text = text;
    question.severity = destructive ? Severity::Warning : Severity::Question;
    question.choices = {{verb, {}, destructive}, {tr("Cancel"), {}, false}};
    question.defaultChoice = destructive ? 1 : 0;
    question.escapeChoice = 1;
    choose(parent, question, [done = std::move(done)](int choice) { done(choice == 0); });
}

DialogService& dialogs() {
    static QtDialogService service;
    return g_override ? *g_override : service;
}

DialogServiceOverride::DialogServiceOverride(DialogService* service) : m_before(g_override) {
    g_override = service;
}
DialogServiceOverride::~DialogServiceOverride() {
    g_override = m_before;
}

}  // namespace espalier::ui
