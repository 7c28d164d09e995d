// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/build_dialog.h
/// What a build of the tree is asked: from what, how fine, how deep. Says what it costs and what happens to the present
/// tree.
#pragma once
#include <QDialog>
#include <QJsonObject>

class QComboBox;
class QSpinBox;

namespace espalier::ui {

class ProjectSession;
class TextLabel;

class BuildDialog : public QDialog {
    Q_OBJECT
public:
    explicit BuildDialog(const ProjectSession* session, QWidget* parent = nullptr);
    QJsonObject options() const;

Q_SIGNALS:
    void started(const QJsonObject& options);

private:
    void addSources();
    void sayCost();

    const ProjectSession* m_session;
    QComboBox* m_source;  ///< data: the model whose vectors have a say, or "none"
    TextLabel* m_cost;
    QSpinBox* m_depth;
    QSpinBox* m_children;
    QSpinBox* m_documents;
};

}  // namespace espalier::ui
