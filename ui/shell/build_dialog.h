// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/build_dialog.h
/// What a build of the tree is asked: how fine, from what, how deep, and what counts as a term. Says what that costs,
/// measured by a worker each time a choice changes, and what happens to the present tree.
#pragma once
#include <QDialog>
#include <QJsonObject>

#include "ui/jobs/build_cost_probe.h"

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QSpinBox;
class QToolButton;

namespace espalier::ui {

class JobManager;
class ProjectSession;
class TextLabel;
class WordListField;

class BuildDialog : public QDialog {
    Q_OBJECT
public:
    BuildDialog(ProjectSession* session, const JobManager* jobs, QWidget* parent = nullptr);
    QJsonObject options() const;
    /// Chooses a model to grow from; nothing happens where it has no vectors.
    void chooseSource(const QString& model);

Q_SIGNALS:
    void started(const QJsonObject& options);

private:
    void makeFields();
    void addField(const QString& caption, QWidget* field);
    void setNote(TextLabel* note, const QString& text);
    void addPresets();
    void addSources();
    void addDetails();
    void showDetails(bool on);
    void takePreset(int preset);
    void changed();
    void say(const QString& text, bool warning);
    void sayAnswer(const BuildCostAnswer& cost);
    QString preset() const;
    bool semantic() const;

    ProjectSession* m_session;
    const JobManager* m_jobs;
    BuildCostProbe* m_probe;
    QFormLayout* m_form;
    QList<QLabel*> m_captions;
    QButtonGroup* m_presets;
    TextLabel* m_presetNote;
    QComboBox* m_source;  ///< data: the model whose vectors have a say, or "none"
    TextLabel* m_sourceNote;
    QSpinBox* m_depth;
    QToolButton* m_more;
    QList<QWidget*> m_details;  ///< fields shown by "More options"
    QSpinBox* m_children;
    QSpinBox* m_documents;
    QComboBox* m_language;
    QCheckBox* m_phrases;
    bool m_phrasesChosen = false;  ///< by the user; else it follows the source
    QString m_sourceBefore;        ///< before a preset chose words alone
    WordListField* m_stopWords;
    WordListField* m_keepWords;
    TextLabel* m_estimate;
};

}  // namespace espalier::ui
