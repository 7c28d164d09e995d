// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/label_picker.h
/// The one way to name a label: type a few letters of it, see each match with its path, press Enter.
#pragma once
#include <QDialog>
#include <QWidget>
#include <functional>

#include "core/base/ids.h"
#include "core/project/tree_snapshot.h"

class QLineEdit;
class QListView;

namespace espalier::ui {

class BranchColors;
class LabelFinderModel;

/// Field and list; for dialogs that need a label among other things.
class LabelPicker : public QWidget {
    Q_OBJECT
public:
    LabelPicker(project::TreeSnapshotPtr snapshot, bool withRoot, const BranchColors* colors,
                QWidget* parent = nullptr);
    /// Labels that cannot be chosen stay visible and say why.
    void setRefusal(std::function<QString(LabelId)> refusal);
    LabelId chosen() const;  ///< none while nothing that matches can be chosen
    QLineEdit* field() const { return m_field; }

Q_SIGNALS:
    void chosenChanged();
    void activated();  ///< Enter or a double click on something that can be chosen

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void selectFirst();
    LabelFinderModel* m_model;
    QLineEdit* m_field;
    QListView* m_list;
};

/// The picker alone in a dialog: Go to label, Move to.
class LabelPickerDialog : public QDialog {
    Q_OBJECT
public:
    LabelPickerDialog(const QString& title, const QString& prompt, const QString& verb,
                      project::TreeSnapshotPtr snapshot, bool withRoot, const BranchColors* colors,
                      QWidget* parent = nullptr);
    LabelPicker* picker() const { return m_picker; }

Q_SIGNALS:
    void picked(espalier::LabelId label);

private:
    LabelPicker* m_picker;
};

}  // namespace espalier::ui
