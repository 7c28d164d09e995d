// SPDX-License-Identifier: GPL-3.0-or-later
/// \file tests/ui/support/scripted_dialogs.h
/// A DialogService that answers by itself, in order, and remembers what it was asked. A question nobody scripted is
/// answered with its escape choice (or the empty path) and counted in unexpected().
#pragma once
#include <QList>
#include <QStringList>

#include "ui/dialogs/dialog_service.h"

namespace espalier::test {

class ScriptedDialogs : public ui::DialogService {
public:
    ScriptedDialogs() : m_override(this) {}

    void answerChoice(int choice) { m_choices << choice; }
    /// Picks the choice whose text begins so.
    void answerChoice(const QString& text) { m_texts << text; }
    void answerFiles(const QStringList& paths) { m_files << paths; }
    void answerPath(const QString& path) { m_paths << path; }
    void answerText(const QString& text) { m_lines << text; }

    const QList<ui::Question>& asked() const { return m_asked; }
    const ui::Question& lastQuestion() const { return m_asked.last(); }
    const QStringList& titles() const { return m_titles; }  ///< of file and text dialogs
    int unexpected() const { return m_unexpected; }

    void choose(QWidget* parent, const ui::Question& question, Answer done) override;
    void openFiles(QWidget* parent, const QString& title, const QString& filter, Paths done) override;
    void openFolder(QWidget* parent, const QString& title, Path done) override;
    void saveFile(QWidget* parent, const QString& title, const QString& proposal, const QString& filter,
                  Path done) override;
    void askText(QWidget* parent, const QString& title, const QString& label, const QString& text, const QString& verb,
                 Text done) override;

private:
    QString nextPath(const QString& title);
    ui::DialogServiceOverride m_override;
    QList<int> m_choices;
    QStringList m_texts, m_paths, m_lines, m_titles;
    QList<QStringList> m_files;
    QList<ui::Question> m_asked;
    int m_unexpected = 0;
};

}  // namespace espalier::test
