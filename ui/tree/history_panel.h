// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/history_panel.h
/// The journal as a list: what was done, by whom, when; what is undone is crossed out.
#pragma once
#include <QWidget>

class QListView;
class QStackedWidget;

namespace espalier::ui {

class HistoryModel;
class ProjectSession;

class HistoryPanel : public QWidget {
    Q_OBJECT
public:
    explicit HistoryPanel(ProjectSession* session, QWidget* parent = nullptr);
    QSize sizeHint() const override;

private:
    HistoryModel* m_model;
    QListView* m_list;
    QStackedWidget* m_stack;
};

}  // namespace espalier::ui
