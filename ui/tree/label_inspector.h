// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_inspector.h
/// All that is known of the selected label: names, note, terms, documents, shares, and how the tree engine chose here.
#pragma once
#include <QTimer>
#include <QWidget>
#include <vector>

#include "ui/session/project_session.h"

class QPlainTextEdit;

namespace espalier::ui {

class BarSection;
class BranchColors;
class ElidedLabel;
class InspectorSection;
class LabelActions;
class Selection;
class ShareHistogram;
class StabilitySection;
class TextLabel;

class LabelInspector : public QWidget {
    Q_OBJECT
public:
    LabelInspector(ProjectSession* session, Selection* selection, const BranchColors* colors, LabelActions* actions,
                   QWidget* parent = nullptr);
    void focusNote();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Facts {
        std::vector<project::DocumentRow> typical, borderline;
        std::vector<std::int64_t> histogram;
    };
    void takeLabel();
    void takeTree();
    void askFacts();
    void showFacts(const Facts& facts);
    void commitNote();
    QColor labelColor() const;

    ProjectSession* m_session;
    Selection* m_selection;
    const BranchColors* m_colors;
    LabelActions* m_actions;
    LabelId m_label;
    quint64 m_generation = 0;
    QTimer m_delay;
    TextLabel* m_name;
    ElidedLabel* m_path;
    TextLabel* m_counts;
    TextLabel* m_stop;
    InspectorSection* m_alternatives;
    TextLabel* m_alternativeNames;
    QPlainTextEdit* m_note;
    BarSection* m_terms;
    ShareHistogram* m_histogram;
    BarSection* m_typical;
    BarSection* m_borderline;
    StabilitySection* m_stability;
};

}  // namespace espalier::ui
