// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/word_list_field.h
/// Chooses a file of words and phrases and holds what stands in it; the file is read off the interface thread.
#pragma once
#include <QStringList>
#include <QWidget>

class QPushButton;
class QToolButton;

namespace espalier::ui {

class ElidedLabel;
class ProjectSession;

class WordListField : public QWidget {
    Q_OBJECT
public:
    /// \param name  "Stop words": for the file dialog and for screen readers
    WordListField(ProjectSession* session, const QString& name, QWidget* parent = nullptr);
    const QStringList& words() const { return m_words; }
    void read(const QString& path);  ///< a file that cannot be read is told, and nothing changes
    void clear();

Q_SIGNALS:
    void changed();

private:
    void choose();
    void refresh();
    ProjectSession* m_session;
    QString m_name, m_path;
    QStringList m_words;
    QPushButton* m_choose;
    ElidedLabel* m_what;
    QToolButton* m_clear;
};

}  // namespace espalier::ui
