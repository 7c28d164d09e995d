// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/review_pane.h
/// Review: one document after the other of a list, the nine likeliest labels on keys 1 to 9. Each choice is a pin, in
/// place of other pins of where the document belongs, and one undo step; undo leads back to its document.
///
/// Single keys act only while the pane has the keyboard, and can be switched off (WCAG 2.1.4); every act has a button.
/// The reader beside it follows the shared selection, which is set to the document at hand.
#pragma once
#include <QElapsedTimer>
#include <QList>
#include <QWidget>
#include <vector>

#include "core/project/document_query.h"
#include "ui/session/project_session.h"

class QCheckBox;
class QPushButton;

namespace espalier::ui {

class BarRow;
class BranchColors;
class ElidedLabel;
class EmptyState;
class Selection;
class TextLabel;

class ReviewPane : public QWidget {
    Q_OBJECT
public:
    ReviewPane(ProjectSession* session, Selection* selection, const BranchColors* colors, QWidget* parent = nullptr);

    /// Reads the documents of the question and begins with the selected one, else the first.
    void start(const project::DocumentQuery& query, const QString& name);
    void leave();  ///< left() follows, if it ran
    bool running() const { return m_running; }
    bool fullText() const { return m_fullText; }
    int at() const { return m_at; }  ///< counted from 0; count() at the end
    int count() const { return int(m_queue.size()); }
    DocumentKey document() const { return m_at < count() ? m_queue[std::size_t(m_at)] : DocumentKey{}; }
    DocumentKey shown() const { return m_facts.record.key; }  ///< whose choices are on the rows
    QString progressText() const;
    /// Lower, so that the reader has the room.
    void setFullText(bool on);

Q_SIGNALS:
    void started();
    void left();
    void fullTextChanged(bool on);
    void scrollRequested(int pages);  ///< Page Up, Page Down: of the reader
    void acted(const QString& what, int steps);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    static constexpr int kChoices = 9;
    struct Facts {
        project::DocumentRecord record;
        std::vector<tree::Candidate> likely;
    };
    void makeTop();
    void makeRows();
    void makeButtons();
    void go(int at);
    void step();  ///< to the next, and notes how long the last took
    void ask();
    void show(Facts facts);
    void refreshProgress();
    void choose(int number);
    void pin(LabelId label);
    void findLabel();
    void askNote();
    void setKeys(bool on);
    double secondsLeft() const;  ///< negative: not known yet

    ProjectSession* m_session;
    Selection* m_selection;
    const BranchColors* m_colors;
    QString m_name;
    std::vector<DocumentKey> m_queue;
    int m_at = 0;
    bool m_running = false, m_fullText = false, m_moving = false;
    quint64 m_generation = 0;
    Facts m_facts;
    QElapsedTimer m_since;    ///< the document at hand was shown
    QList<double> m_seconds;  ///< of the last documents
    TextLabel *m_heading, *m_progress;
    QCheckBox* m_keys;
    QPushButton* m_leave;
    ElidedLabel *m_title, *m_place;
    QWidget* m_choices;
    QList<BarRow*> m_rows;
    QWidget* m_buttons;
    QPushButton *m_find, *m_note, *m_full, *m_skip, *m_previous;
    QWidget* m_work;
    EmptyState* m_end;
};

}  // namespace espalier::ui
