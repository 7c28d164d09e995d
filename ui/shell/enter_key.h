// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/enter_key.h
/// Enter presses the button that has the keyboard, everywhere: Qt does that in dialogs only, and who has tabbed to
/// "Import" expects it in a page as well. Check boxes and radio buttons keep Space alone, as on every platform; a
/// button whose property `keepsEnter` is true has another use for it.
#pragma once
#include <QObject>

namespace espalier::ui {

class EnterKey : public QObject {
    Q_OBJECT
public:
    /// Watches the whole program while it lives.
    explicit EnterKey(QObject* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

}  // namespace espalier::ui
