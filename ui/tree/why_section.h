// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/why_section.h
/// Why the selected document is where it is: the act that last moved it, and, once asked for, its share of a label by
/// terms. The act comes from the session; the terms from a worker that stays for the next question.
#pragma once
#include <QJsonObject>
#include <QTimer>

#include "core/project/document_query.h"
#include "core/project/journal.h"
#include "ui/session/project_session.h"
#include "ui/tree/inspector_section.h"

class QComboBox;
class QPushButton;

namespace espalier::ui {

class JobManager;

class WhySection : public InspectorSection {
    Q_OBJECT
public:
    WhySection(ProjectSession* session, JobManager* jobs, QWidget* parent = nullptr);
    /// Another document, or the same in another tree.
    void setDocument(const project::DocumentRecord& record);
    /// Of rows that stand for terms in the answer of a worker (core/pipeline/why.h).
    static QList<BarRow::Content> termRows(const QJsonObject& answer, const QColor& color);
    /// What stands under them: who lent words, or why there are no terms.
    static QString noteOf(const QJsonObject& answer);

private:
    void askMove();
    void showMove(const std::optional<project::JournalEntry>& move);
    void refillLabels();
    void askTerms();
    void showTerms(const QJsonObject& answer);
    void say(const QString& note);

    ProjectSession* m_session;
    JobManager* m_jobs;
    project::DocumentRecord m_record;
    QJsonObject m_answer;  ///< whose terms are shown
    quint64 m_generation = 0;
    QTimer m_delay;
    TextLabel* m_move;
    QPushButton* m_toggle;
    QWidget* m_reasons;
    QComboBox* m_label;
    BarSection* m_terms;
    TextLabel* m_note;
};

}  // namespace espalier::ui
