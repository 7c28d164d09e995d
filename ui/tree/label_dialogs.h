// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_dialogs.h
/// Questions that label acts ask: which name survives a merge, where the documents of a retired label go, which retired
/// label comes back. Each answers by signal and deletes itself.
#pragma once
#include <QDialog>
#include <QList>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/project/tree_snapshot.h"

class QButtonGroup;
class QListWidget;
class QPlainTextEdit;

namespace espalier::ui {

class BranchColors;
class LabelPicker;
class TextLabel;

class MergeDialog : public QDialog {
    Q_OBJECT
public:
    MergeDialog(const project::TreeSnapshotPtr& snapshot, const QList<LabelId>& labels, LabelId proposed,
                QWidget* parent = nullptr);

    LabelId kept() const;  ///< whose name is chosen
    /// Documents whose path the merge changes, as keepChanged() asked; negative: not known.
    void setMoved(std::int64_t documents);

Q_SIGNALS:
    void merged(espalier::LabelId keep);
    void keepChanged(espalier::LabelId keep);

private:
    QButtonGroup* m_names;
    TextLabel* m_moved;
    std::vector<std::pair<LabelId, std::int64_t>> m_documents;  ///< of each label
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

/// Several lines about a label; Ctrl+Enter keeps them.
class NoteDialog : public QDialog {
    Q_OBJECT
public:
    NoteDialog(const QString& labelPath, const QString& note, QWidget* parent = nullptr);

Q_SIGNALS:
    void kept(const QString& text);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QPlainTextEdit* m_text;
};

}  // namespace espalier::ui
