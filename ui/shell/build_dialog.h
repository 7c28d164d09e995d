// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/build_dialog.h
/// What a build of the tree is asked: how fine, how deep. Says what it costs and what happens to the present tree.
#pragma once
#include <QDialog>
#include <QJsonObject>

class QSpinBox;

namespace espalier::ui {

class ProjectSession;

class BuildDialog : public QDialog {
    Q_OBJECT
public:
    explicit BuildDialog(const ProjectSession* session, QWidget* parent = nullptr);
    QJsonObject options() const;

Q_SIGNALS:
    void started(const QJsonObject& options);

private:
    const ProjectSession* m_session;
    QSpinBox* m_depth;
    QSpinBox* m_children;
    QSpinBox* m_documents;
};

}  // namespace espalier::ui
