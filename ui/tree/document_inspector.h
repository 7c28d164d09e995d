// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/document_inspector.h
/// Where the selected document belongs: its shares along the label paths, what is not placed, why it is there, and what
/// an expert said of it.
#pragma once
#include <QWidget>

#include "ui/session/project_session.h"

namespace espalier::ui {

class BarSection;
class BranchColors;
class DocumentActions;
class ElidedLabel;
class JobManager;
class PinSection;
class Selection;
class ShareSection;
class TextLabel;
class WhySection;

class DocumentInspector : public QWidget {
    Q_OBJECT
public:
    DocumentInspector(ProjectSession* session, Selection* selection, const BranchColors* colors,
                      DocumentActions* actions, JobManager* jobs, QWidget* parent = nullptr);

private:
    void ask();
    void showRecord();
    void showFits(const tree::LabelTree& tree);

    ProjectSession* m_session;
    Selection* m_selection;
    const BranchColors* m_colors;
    quint64 m_generation = 0;
    project::DocumentRecord m_record;
    TextLabel* m_title;
    ElidedLabel* m_id;
    TextLabel* m_placed;
    ShareSection* m_shares;
    BarSection* m_fits;
    PinSection* m_pins;
    WhySection* m_why;
    BarSection* m_reference;
};

}  // namespace espalier::ui
