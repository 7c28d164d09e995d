// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/training/training_form.h
/// What a training run starts with: few plain questions, the exact terms in the tooltips, the rest under "More".
#pragma once
#include <QJsonObject>
#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QToolButton;

namespace espalier::ui {

class ProjectSession;
class TextLabel;

class TrainingForm : public QWidget {
    Q_OBJECT
public:
    explicit TrainingForm(ProjectSession* session, QWidget* parent = nullptr);
    /// Options of the train job.
    QJsonObject options() const;
    QString runName() const;
    QString model() const;  ///< name or folder
    bool measureAfterwards() const;
    void setModelFolder(const QString& folder);
    void setBusy(const QString& why);  ///< why no run can start now; empty: it can
    void refresh();                    ///< models, runs, counts of the session

Q_SIGNALS:
    void startRequested();
    void folderRequested();

private:
    QWidget* field(QFormLayout* form, QWidget* widget, const QString& name, const QString& label, const QString& tip);
    void refreshEstimate();
    QString nextName() const;
    ProjectSession* m_session;
    QComboBox* m_model;
    QLineEdit* m_name;
    QComboBox* m_labels;
    QComboBox* m_length;
    QDoubleSpinBox* m_epochs;
    QSpinBox* m_steps;
    QToolButton* m_more;
    QWidget* m_details;
    QComboBox* m_schedule;
    QSpinBox* m_batch;
    QDoubleSpinBox* m_rate;
    QDoubleSpinBox* m_temperature;
    QSpinBox* m_maxLength;
    QCheckBox* m_measure;
    TextLabel* m_estimate;
    TextLabel* m_caution;
    QPushButton* m_start;
    QString m_folder, m_busy;
};

}  // namespace espalier::ui
