// SPDX-License-Identifier: GPL-3.0-or-later
/// \file tests/ui/support/real_pointer.h
/// Pointer and keys as the X server delivers them (xdotool, XTest extension): what QTest's events cannot do, above all
/// drag and drop. Each call returns when the events were sent; the event loop runs meanwhile.
#pragma once
#include <QList>
#include <QPoint>
#include <QString>
#include <QStringList>

namespace espalier::test {

/// One step of a gesture and, in milliseconds, how long the hand rests after it.
class Gesture {
public:
    Gesture& moveTo(const QPoint& globalPosition);
    Gesture& press();
    Gesture& release();
    Gesture& click() { return press().release(); }
    Gesture& key(const QString& name);   ///< X name, e.g. "F2", "alt+shift+Right"
    Gesture& type(const QString& text);  ///< letter by letter, into whatever has the keyboard
    Gesture& hold(const QString& name);  ///< a modifier down, until let()
    Gesture& let(const QString& name);
    Gesture& rest(int ms);
    /// Sends it all. \return false when xdotool is not there or failed
    bool run();

private:
    QStringList m_arguments;
};

/// Presses at `from`, moves over `through` and `to` in small steps, releases at `to` (or, with `drop` false, after
/// Esc). \param modifier  X name of a key held while dropping, such as "ctrl", or empty
bool dragTo(const QPoint& from, const QPoint& to, bool drop = true, const QString& modifier = {});

}  // namespace espalier::test
