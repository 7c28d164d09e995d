// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/dialogs/error_text.h
/// One table from what went wrong to a sentence that a domain expert can act on: what happened, what is safe, what to
/// do. The message of the core goes to the details. Interface thread only (translations).
#pragma once
#include <QJsonObject>
#include <QString>
#include <QWidget>
#include <functional>

#include "core/base/result.h"

namespace espalier::ui {

/// What the program was doing; decides what is said to be safe.
enum class Activity {
    Open,
    Create,
    Import,
    Build,
    Propose,  ///< split, re-fit
    Embed,
    Train,
    Evaluate,
    Search,
    Assign,
    Export,
    Edit,
    Adopt,
    Other
};

/// What can befall a job beside an Error of the core.
enum class JobEvent {
    WorkerMissing,     ///< espalier-worker is not beside the program
    LibrariesMissing,  ///< the worker cannot start: LibTorch is gone from the cache
    WorkerKilled,      ///< ended by a signal it could not answer (SIGKILL; often the system's out-of-memory killer)
    WorkerCrashed,     ///< any other end without an answer
    WorkerForced,      ///< the user forced it to end
    WorkerGarbled,     ///< it answered something that is not the protocol
};

struct ErrorText {
    QString headline;      ///< what happened, one sentence
    QString safe;          ///< what is safe; may be empty
    QString action;        ///< what to do; may be empty
    QString details;       ///< code, message, file and line, in English
    QString body() const;  ///< safe + action
};

ErrorText errorText(const Error& error, Activity activity);
ErrorText jobEventText(JobEvent event, Activity activity, const QString& details = {});

/// Activity of a job kind of the worker ("build", "embed", "train", "eval", "assign", "export", "query").
Activity activityOfJob(const QString& kind);

/// {code, message, file, line} of the wire and back. An unknown code becomes Internal.
Error errorFromJson(const QJsonObject& object);
QJsonObject errorToJson(const Error& error);

/// Shows the error with Close and, when `again` is given, a "Try again" button. Cancelled shows nothing.
void showError(QWidget* parent, const Error& error, Activity activity, std::function<void()> again = {});

}  // namespace espalier::ui
