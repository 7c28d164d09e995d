// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/error_text.h"

#include <QCoreApplication>
#include <QPointer>

#include "ui/dialogs/dialog_service.h"

namespace espalier::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("espalier::ui::ErrorText", text);
}

/// What stays true whatever happened, by activity.
QString safeAfter(Activity activity) {
    switch (activity) {
        case Activity::Open:
            return tr("Nothing in the project folder was changed.");
        case Activity::Create:
            return tr("No project was made.");
        case Activity::Import:
            return tr("Nothing was imported; the project is as it was before.");
        case Activity::Build:
            return tr("Your documents and the tree you had are unchanged.");
        case Activity::Embed:
            return tr("Your documents, the tree and earlier vectors are unchanged.");
        case Activity::Train:
            return tr("Your documents, the tree and earlier runs are unchanged.");
        case Activity::Propose:
        case Activity::Evaluate:
        case Activity::Search:
            return tr("Nothing was changed.");
        case Activity::Assign:
            return tr("The tree is unchanged; new documents are still unassigned.");
        case Activity::Export:
            return tr("The project is unchanged; no half-written file was left.");
        case Activity::Edit:
            return tr("The tree is unchanged; every earlier edit is kept.");
        case Activity::Adopt:
            return tr("The project is unchanged; the result still lies in its folder.");
        case Activity::Other:
            return tr("The project is unchanged.");
    }
    return {};
}

QString what(Activity activity) {
    switch (activity) {
        case Activity::Open:
            return tr("The project could not be opened");
        case Activity::Create:
            return tr("The project could not be created");
        case Activity::Import:
            return tr("The import ended early");
        case Activity::Build:
            return tr("Building the tree ended early");
        case Activity::Embed:
            return tr("Embedding the documents ended early");
        case Activity::Propose:
            return tr("There is nothing to propose");
        case Activity::Train:
            return tr("The training ended early");
        case Activity::Evaluate:
            return tr("The evaluation ended early");
        case Activity::Search:
            return tr("The search gave no answer");
        case Activity::Assign:
            return tr("Assigning the new documents ended early");
        case Activity::Export:
            return tr("The export ended early");
        case Activity::Edit:
            return tr("The edit was not made");
        case Activity::Adopt:
            return tr("The result could not be stored");
        case Activity::Other:
            return tr("That did not work");
    }
    return {};
}

QString details(const Error& error) {
    QString text = QStringLiteral("%1: %2").arg(QString::fromLatin1(errorCodeName(error.code)),
                                                QString::fromStdString(error.message));
    if (!error.file.empty()) {
        text += QStringLiteral("\n%1").arg(QString::fromStdString(error.file));
        if (error.line > 0) text += QStringLiteral(":%1").arg(error.line);
    }
    return text;
}

/// The core's sentence, as the heart of the headline: it names what was refused.
QString sentence(const Error& error) {
    QString text = QString::fromStdString(error.message).trimmed();
    if (text.isEmpty()) return text;
    text[0] = text[0].toUpper();
    if (!text.endsWith(u'.') && !text.endsWith(u'?')) text += u'.';
    return text;
}
}  // namespace

QString ErrorText::body() const {
    if (safe.isEmpty()) return action;
    if (action.isEmpty()) return safe;
    return safe + u' ' + action;
}

ErrorText errorText(const Error& error, Activity activity) {
    ErrorText text;
    text.headline = QStringLiteral("%1. %2").arg(what(activity), sentence(error)).trimmed();
    text.safe = safeAfter(activity);
    text.details = details(error);
    switch (error.code) {
        case ErrorCode::InvalidArgument:
            text.action = tr("Change what was asked for and try again.");
            break;
        case ErrorCode::NotFound:
            text.action = activity == Activity::Open
                              ? tr("Choose the project folder itself: its name ends in .espalier.")
                              : tr("Check that it is still there, then try again.");
            break;
        case ErrorCode::AlreadyExists:
            text.action = tr("Choose another name or place.");
            break;
        case ErrorCode::Io:
            text.action = tr("Check that the disk is not full and that you may write there, then try again.");
            break;
        case ErrorCode::Corrupt:
            text.action = activity == Activity::Open
                              ? tr("Restore the folder from a backup, or check it with the command line: "
                                   "espalier-cli check.")
                              : tr("Get the file again from where it came from, or leave it out.");
            break;
        case ErrorCode::VersionTooNew:
            text.action = tr("Install the newer version of Espalier to use it.");
            break;
        case ErrorCode::Busy:
            text.action = tr("Close the other window or wait for the other program to finish, then try again.");
            break;
        case ErrorCode::Conflict:
            text.action = tr("The tree was edited in the meantime. Start again on the tree as it is now.");
            break;
        case ErrorCode::InvalidState:
            break;  // the core's sentence says what comes first
        case ErrorCode::Unsupported:
            text.action = tr("Choose a file or model of a kind that Espalier reads.");
            break;
        case ErrorCode::Cancelled:
            text.headline = tr("Stopped.");
            break;
        case ErrorCode::Numerical:
            text.action = activity == Activity::Train
                              ? tr("The last good state of the model is kept. Start again with a lower learning rate.")
                              : tr("Try again with other settings.");
            break;
        case ErrorCode::OutOfMemory:
            text.headline = QStringLiteral("%1: %2").arg(what(activity), tr("there was not enough memory."));
            text.action = activity == Activity::Train || activity == Activity::Embed
                              ? tr("Close other programs, or start again with smaller batches or shorter texts.")
                              : tr("Close other programs and try again.");
            break;
        case ErrorCode::Internal:
            text.action = tr("This is a fault of Espalier. Please copy the details and report it.");
            break;
    }
    return text;
}

ErrorText jobEventText(JobEvent event, Activity activity, const QString& detail) {
    ErrorText text;
    text.details = detail;
    text.safe = safeAfter(activity);
    switch (event) {
        case JobEvent::WorkerMissing:
            text.headline = tr("The part of Espalier that does the computing is not installed.");
            text.safe = tr("Curating, reading and editing work without it.");
            text.action = tr("Install Espalier again, so that espalier-worker lies beside the window's program.");
            break;
        case JobEvent::LibrariesMissing:
            text.headline = tr("A library that computing needs is missing: LibTorch is not where it was installed.");
            text.safe = tr("Curating, reading and editing work without it.");
            text.action = tr("Run packaging/bootstrap.sh once more to fetch it, then start again.");
            break;
        case JobEvent::WorkerKilled:
            text.headline = QStringLiteral("%1: %2").arg(
                what(activity), tr("the computing process was ended from outside, often by the system for want of "
                                   "memory."));
            text.action = tr("Close other programs if memory is short, then start again.");
            break;
        case JobEvent::WorkerCrashed:
            text.headline = QStringLiteral("%1: %2").arg(what(activity), tr("the computing process crashed."));
            text.action = tr("Start again. If it happens twice, please copy the details and report it.");
            break;
        case JobEvent::WorkerForced:
            text.headline = tr("The job was forced to end.");
            text.action = tr("What it had not stored yet is lost. Start again when you like.");
            break;
        case JobEvent::WorkerGarbled:
            text.headline = QStringLiteral("%1: %2").arg(
                what(activity), tr("the computing process gave an answer that Espalier does not understand."));
            text.action = tr("Window and worker may be of different versions: install Espalier again.");
            break;
    }
    return text;
}

Activity activityOfJob(const QString& kind) {
    if (kind == QLatin1String("build")) return Activity::Build;
    if (kind == QLatin1String("split") || kind == QLatin1String("refit")) return Activity::Propose;
    if (kind == QLatin1String("embed")) return Activity::Embed;
    if (kind == QLatin1String("train")) return Activity::Train;
    if (kind == QLatin1String("eval")) return Activity::Evaluate;
    if (kind == QLatin1String("query")) return Activity::Search;
    if (kind == QLatin1String("assign")) return Activity::Assign;
    if (kind == QLatin1String("export")) return Activity::Export;
    return Activity::Other;
}

Error errorFromJson(const QJsonObject& object) {
    Error error;
    const QByteArray name = object.value(QLatin1String("code")).toString().toLatin1();
    error.code = ErrorCode::Internal;
    for (int i = 0; i <= int(ErrorCode::Internal); ++i)
        if (name == errorCodeName(ErrorCode(i))) error.code = ErrorCode(i);
    error.message = object.value(QLatin1String("message")).toString().toStdString();
    error.file = object.value(QLatin1String("file")).toString().toStdString();
    error.line = object.value(QLatin1String("line")).toInteger();
    return error;
}

QJsonObject errorToJson(const Error& error) {
    return {{QStringLiteral("code"), QString::fromLatin1(errorCodeName(error.code))},
            {QStringLiteral("message"), QString::fromStdString(error.message)},
            {QStringLiteral("file"), error.file.empty() ? QJsonValue() : QString::fromStdString(error.file)},
            {QStringLiteral("line"), error.line > 0 ? QJsonValue(qint64(error.line)) : QJsonValue()}};
}

void showError(QWidget* parent, const Error& error, Activity activity, std::function<void()> again) {
    if (error.code == ErrorCode::Cancelled) return;
    const ErrorText text = errorText(error, activity);
    Question question;
    question.title = QCoreApplication::applicationName();
    question.headline = text.headline;
    question.text = text.body();
    question.details = text.details;
    question.severity = Severity::Error;
    if (again) question.choices.push_back({tr("Try again"), {}, false});
    question.choices.push_back({tr("Close"), {}, false});
    question.escapeChoice = int(question.choices.size()) - 1;
    dialogs().choose(parent, question, [again = std::move(again)](int choice) {
        if (choice == 0 && again) again();
    });
}

}  // namespace espalier::ui
