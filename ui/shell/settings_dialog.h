// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/settings_dialog.h
/// The few things that are set once: look, name in the journal, threads. Each takes effect at once.
#pragma once
#include <QDialog>

namespace espalier::ui {

class SettingsDialog : public QDialog {
    Q_OBJECT
public:
    explicit SettingsDialog(QWidget* parent = nullptr);
};

}  // namespace espalier::ui
