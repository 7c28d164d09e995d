// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/pin_section.h
/// What an expert said of a document, in the inspector: each pin and each set share with a way to take it back, whether
/// the fit agrees, and what contradicts each other.
#pragma once
#include "core/project/document_query.h"
#include "core/tree/label_tree.h"
#include "ui/tree/inspector_section.h"

namespace espalier::ui {

class DocumentActions;

class PinSection : public InspectorSection {
    Q_OBJECT
public:
    explicit PinSection(DocumentActions* actions, QWidget* parent = nullptr);
    /// \param writable  whether pins can be taken back now
    void setPins(const tree::LabelTree& tree, const project::DocumentRecord& record, bool writable);

Q_SIGNALS:
    void unpinRequested(qint64 label);
    void unshareRequested(qint64 label);

private:
    QWidget* makeRow(const tree::LabelTree& tree, const project::DocumentPin& pin, bool writable);
    QWidget* makeRow(const tree::LabelTree& tree, const project::DocumentShare& share, bool writable);
    QWidget* m_rows = nullptr;
};

}  // namespace espalier::ui
