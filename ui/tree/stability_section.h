// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/stability_section.h
/// Why a label has as many children as it has, or none: the stability curve of the choice of k, what it says in a
/// sentence, and the same figures as a table.
#pragma once
#include <string>

#include "ui/tree/inspector_section.h"

class QTableWidget;
class QToolButton;

namespace espalier::ui {

class StabilityPlot;

class StabilitySection : public InspectorSection {
    Q_OBJECT
public:
    explicit StabilitySection(QWidget* parent = nullptr);
    /// \param json        as project::TreeSnapshot::stability has it
    /// \param children    child labels now
    /// \param stopReason  of the label, a sentence; empty when the fit split it
    void setStability(const std::string& json, int children, const QString& stopReason);
    QString sentence() const { return m_sentence; }  ///< what is said while no k is read

private:
    void showTable(bool visible);
    void say();

    QString m_sentence;
    TextLabel* m_text;
    StabilityPlot* m_plot;
    QToolButton* m_toggle;
    QTableWidget* m_table;
};

}  // namespace espalier::ui
