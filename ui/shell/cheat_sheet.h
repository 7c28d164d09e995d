// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/cheat_sheet.h
/// Every key on one sheet (F1), read from the actions themselves, so that it cannot be out of date.
#pragma once
#include <QDialog>
#include <QList>
#include <QString>
#include <QStringList>

class QAction;

namespace espalier::ui {

struct CheatGroup {
    QString heading;
    QList<QAction*> actions;
    QList<QPair<QString, QString>> more;  ///< what, keys: acts that are no actions
};

class CheatSheet : public QDialog {
    Q_OBJECT
public:
    explicit CheatSheet(const QList<CheatGroup>& groups, QWidget* parent = nullptr);
};

}  // namespace espalier::ui
