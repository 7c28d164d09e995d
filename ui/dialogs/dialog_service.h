// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/dialogs/dialog_service.h
/// Every question to the user goes through here, so that tests can answer without a screen.
///
/// All calls return at once; the answer comes by callback on the interface thread, exactly once, and never after
/// `parent` is gone (then it does not come at all). No call spins an event loop of its own. Interface thread only.
#pragma once
#include <QString>
#include <QStringList>
#include <functional>
#include <vector>

class QWidget;

namespace espalier::ui {

/// One button of a question.
struct Choice {
    QString text;              ///< a verb: "Merge", "Stop and keep", never "OK"
    QString explanation;       ///< one line under the button list, or empty
    bool destructive = false;  ///< something is thrown away
};

enum class Severity { Question, Information, Warning, Error };

struct Question {
    QString title;     ///< window title, short
    QString headline;  ///< one sentence, the question itself or what happened
    QString text;      ///< what is safe, what to do; plain text, may be empty
    QString details;   ///< exact text for researchers and reports; folded, with "Copy details"
    Severity severity = Severity::Question;
    std::vector<Choice> choices;  ///< at least one; the first is the primary button
    int defaultChoice = 0;        ///< answered by Enter
    int escapeChoice = -1;        ///< answered by Esc and by closing; -1: the answer is then -1
};

class DialogService {
public:
    virtual ~DialogService() = default;

    using Answer = std::function<void(int choice)>;               ///< index into Question::choices, or -1
    using Paths = std::function<void(const QStringList& paths)>;  ///< empty: cancelled
    using Path = std::function<void(const QString& path)>;        ///< empty: cancelled
    using Text = std::function<void(bool given, const QString& text)>;

    virtual void choose(QWidget* parent, const Question& question, Answer done) = 0;
    /// \param filter  "Text (*.txt *.md);;All files (*)"
    virtual void openFiles(QWidget* parent, const QString& title, const QString& filter, Paths done) = 0;
    virtual void openFolder(QWidget* parent, const QString& title, Path done) = 0;
    /// Asks before an existing file is replaced.
    virtual void saveFile(QWidget* parent, const QString& title, const QString& proposal, const QString& filter,
                          Path done) = 0;
    virtual void askText(QWidget* parent, const QString& title, const QString& label, const QString& text,
                         const QString& verb, Text done) = 0;

    /// One sentence and a Close button.
    void message(QWidget* parent, Severity severity, const QString& title, const QString& headline,
                 const QString& text = {}, const QString& details = {});
    /// `verb` against Cancel; done(true) when the verb was chosen.
    void confirm(QWidget* parent, const QString& title, const QString& headline, const QString& text,
                 const QString& verb, bool destructive, std::function<void(bool)> done);
};

/// The service in use; real dialogs unless a test installed its own.
DialogService& dialogs();

/// Replaces the service until destroyed. Tests only.
class DialogServiceOverride {
public:
    explicit DialogServiceOverride(DialogService* service);  ///< not owned
    ~DialogServiceOverride();
    DialogServiceOverride(const DialogServiceOverride&) = delete;
    DialogServiceOverride& operator=(const DialogServiceOverride&) = delete;

private:
    DialogService* m_before;
};

}  // namespace espalier::ui
