// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/dialog_service.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QCoreApplication>
#include <QEvent>
#include <QFileDialog>
#include <QLineEdit>
#include <QPointer>
#include <memory>

#include "ui/dialogs/question_dialog.h"
#include "ui/dialogs/text_dialog.h"

namespace espalier::ui {
namespace {

/// The list of proposals of a file dialog comes when its folder has been read, even after the dialog was answered.
class ClosesWith : public QObject {
public:
    ClosesWith(QWidget* popup, QDialog* dialog) : QObject(dialog), m_popup(popup), m_dialog(dialog) {
        popup->installEventFilter(this);
        connect(dialog, &QDialog::finished, popup, &QWidget::hide);
    }

protected:
    bool eventFilter(QObject*, QEvent* event) override {
        if (event->type() == QEvent::Show && !m_dialog->isVisible())
            QMetaObject::invokeMethod(m_popup, &QWidget::hide, Qt::QueuedConnection);
        return false;
    }

private:
    QWidget* m_popup;
    QDialog* m_dialog;
};

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
        QFileDialog* dialog = fileDialog(parent, title, filter);
        dialog->setFileMode(QFileDialog::ExistingFiles);
        finish(dialog, parent, std::move(done));
    }

    void openFolder(QWidget* parent, const QString& title, Path done) override {
        QFileDialog* dialog = fileDialog(parent, title, {});
        dialog->setFileMode(QFileDialog::Directory);
        dialog->setOption(QFileDialog::ShowDirsOnly);
        finish(dialog, parent, [done = std::move(done)](const QStringList& paths) { done(paths.value(0)); });
    }

    void saveFile(QWidget* parent, const QString& title, const QString& proposal, const QString& filter,
                  Path done) override {
        QFileDialog* dialog = fileDialog(parent, title, filter);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setFileMode(QFileDialog::AnyFile);
        dialog->selectFile(proposal);
        finish(dialog, parent, [done = std::move(done)](const QStringList& paths) { done(paths.value(0)); });
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
    /// One for all questions, shown again each time: a file dialog writes its own settings to the disk, and waits for
    /// it, when it is destroyed.
    QFileDialog* fileDialog(QWidget* parent, const QString& title, const QString& filter) {
        QWidget* window = parent ? parent->window() : nullptr;
        if (!m_files || m_files->parentWidget() != window || m_files->isVisible()) {
            m_files = new QFileDialog(window);
            m_files->setObjectName(QStringLiteral("fileDialog"));
            auto* name = m_files->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
            if (name && name->completer()) new ClosesWith(name->completer()->popup(), m_files);
        }
        QObject::disconnect(m_answer);
        m_files->setWindowTitle(title);
        m_files->setAcceptMode(QFileDialog::AcceptOpen);
        m_files->setOption(QFileDialog::ShowDirsOnly, false);
        m_files->setNameFilter(filter);
        if (auto* name = m_files->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"))) name->clear();
        return m_files;
    }

    void finish(QFileDialog* dialog, const QWidget* parent, Paths done) {
        m_answer = QObject::connect(
            dialog, &QDialog::finished, dialog,
            [dialog, owned = parent != nullptr, asker = QPointer<const QWidget>(parent),
             done = std::move(done)](int result) {
                if (owned && !asker) return;
                if (done) done(result == QDialog::Accepted ? dialog->selectedFiles() : QStringList());
            },
            Qt::SingleShotConnection);
        dialog->open();
    }

    QMetaObject::Connection m_answer;
    QPointer<QFileDialog> m_files;
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
