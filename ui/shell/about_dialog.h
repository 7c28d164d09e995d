// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/about_dialog.h
/// Name, version, licence, and the licences of everything Espalier is made with.
#pragma once
#include <QDialog>

namespace espalier::ui {

class AboutDialog : public QDialog {
    Q_OBJECT
public:
    explicit AboutDialog(QWidget* parent = nullptr);
};

}  // namespace espalier::ui
