// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/enter_key.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QDialog>
#include <QKeyEvent>
#include <QRadioButton>
#include <QToolButton>

namespace espalier::ui {

EnterKey::EnterKey(QObject* parent) : QObject(parent) {
    qApp->installEventFilter(this);
}

bool EnterKey::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return false;
    auto* button = qobject_cast<QAbstractButton*>(watched);
    if (!button || !button->isEnabled() || !button->hasFocus()) return false;
    if (button->property("keepsEnter").toBool()) return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool plain = !(key->modifiers() & ~Qt::KeypadModifier) && !key->isAutoRepeat();
    if (!plain || (key->key() != Qt::Key_Return && key->key() != Qt::Key_Enter)) return false;
    if (qobject_cast<QDialog*>(button->window())) return false;  // there Enter means the default button
    if (qobject_cast<QCheckBox*>(button) || qobject_cast<QRadioButton*>(button)) return false;
    auto* tool = qobject_cast<QToolButton*>(button);
    if (tool && tool->menu() && tool->popupMode() == QToolButton::InstantPopup)
        tool->showMenu();
    else
        button->click();
    return true;
}

}  // namespace espalier::ui
