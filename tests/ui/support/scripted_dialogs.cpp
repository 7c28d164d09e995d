// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/support/scripted_dialogs.h"

#include <QCoreApplication>
#include <QTimer>

namespace espalier::test {
namespace {
/// As real dialogs do: the answer comes after the call returned.
void later(std::function<void()> call) {
    QTimer::singleShot(0, QCoreApplication::instance(), std::move(call));
}
}  // namespace

void ScriptedDialogs::choose(QWidget*, const ui::Question& question, Answer done) {
    m_asked << question;
    int choice = question.escapeChoice;
    if (!m_choices.isEmpty()) {
        choice = m_choices.takeFirst();
    } else if (!m_texts.isEmpty()) {
        const QString wanted = m_texts.takeFirst();
        for (int i = 0; i < int(question.choices.size()); ++i)
            if (question.choices[std::size_t(i)].text.startsWith(wanted)) choice = i;
    } else if (question.choices.size() > 1) {
        ++m_unexpected;
    }
    if (done) later([done = std::move(done), choice] { done(choice); });
}

void ScriptedDialogs::openFiles(QWidget*, const QString& title, const QString&, Paths done) {
    m_titles << title;
    const QStringList paths = m_files.isEmpty() ? QStringList() : m_files.takeFirst();
    later([done = std::move(done), paths] { done(paths); });
}

QString ScriptedDialogs::nextPath(const QString& title) {
    m_titles << title;
    return m_paths.isEmpty() ? QString() : m_paths.takeFirst();
}

void ScriptedDialogs::openFolder(QWidget*, const QString& title, Path done) {
    later([done = std::move(done), path = nextPath(title)] { done(path); });
}

void ScriptedDialogs::saveFile(QWidget*, const QString& title, const QString&, const QString&, Path done) {
    later([done = std::move(done), path = nextPath(title)] { done(path); });
}

void ScriptedDialogs::askText(QWidget*, const QString& title, const QString&, const QString&, const QString&,
                              Text done) {
    m_titles << title;
    const bool given = !m_lines.isEmpty();
    const QString text = given ? m_lines.takeFirst() : QString();
    later([done = std::move(done), given, text] { done(given, text); });
}

}  // namespace espalier::test
