// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_dialogs.h
/// Questions that label acts ask: which name survives a merge, where the documents of a retired label go, which retired
/// label comes back. Each answers by signal and deletes itself.
#pragma once
#include <QDialog>
#include <QList>

#include "core/base/ids.h"
#include "core/project/tree_snapshot.h"

class QButtonGroup;
class QListWidget;

namespace espalier::ui {

class BranchColors;
class LabelPicker;

class MergeDialog : public QDialog {
    Q_OBJECT
public:
    MergeDialog(const project::TreeSnapshotPtr& snapshot, const QList<LabelId>& labels, LabelId proposed,
                QWidget* parent = nullptr);

Q_SIGNALS:
    void merged(espalier::LabelId keep);

private:
    QButtonGroup* m_names;
};

class RetireDialog : public QDialog {
    Q_OBJECT
public:
    RetireDialog(const project::TreeSnapshotPtr& snapshot, const QList<LabelId>& labels, const BranchColors* colors,
                 QWidget* parent = nullptr);

Q_SIGNALS:
    void retired(espalier::LabelId to);  ///< none = the parent

private:
    QButtonGroup* m_where;
    LabelPicker* m_picker;
};

class RestoreDialog : public QDialog {
    Q_OBJECT
public:
    explicit RestoreDialog(const project::TreeSnapshotPtr& snapshot, QWidget* parent = nullptr);

Q_SIGNALS:
    void restored(espalier::LabelId label);

private:
    QListWidget* m_list;
};

}  // namespace espalier::ui
