// SPDX-License-Identifier: GPL-3.0-or-later
/// \file tests/workflow/support/person.h
/// Uses a window as a person does: looks for a control, waits until it can be used, and sends real pointer and key
/// events through the display (xdotool). Nothing here calls into the window to make it do something.
///
/// Every act waits for what it needs (a control to be visible and enabled, a window to have the keyboard), a bounded
/// time. An act that was not possible returns false and says why in fault(). The event loop runs all the time.
#pragma once
#include <QModelIndex>
#include <QPoint>
#include <QString>
#include <functional>

class QAbstractItemView;
class QWidget;

namespace espalier::test {

class Person {
public:
    static constexpr int kPatienceMs = 15000;

    /// \return why the last act was not possible
    const QString& fault() const { return m_fault; }

    bool click(QWidget* widget);
    bool click(QAbstractItemView* view, const QModelIndex& index);
    /// Keys by their X names into the window that has the keyboard: "ctrl+b", "Return", "Tab".
    bool press(const QStringList& keys);
    bool press(const char* key) { return press(QStringList{QString::fromLatin1(key)}); }
    bool type(const QString& text);
    /// Drags a row onto another one. \param modifier  a key held while dropping, or empty
    bool drag(QAbstractItemView* view, const QModelIndex& from, const QModelIndex& onto, const QString& modifier = {});
    /// In the file dialog that opens: types a path and Enter.
    bool answerFileDialog(const QString& path);
    /// Waits until the dialog of this object name has the keyboard, and returns it.
    QWidget* dialog(const QString& objectName);

    /// Lets the event loop run until something is so. \return whether it came to be
    static bool wait(const std::function<bool()>& so, int milliseconds = kPatienceMs);

private:
    bool failed(const QString& why);
    bool usable(QWidget* widget);
    QString m_fault;
};

/// The visible widget of this name in any window of the program, or null.
QWidget* seen(const QString& objectName);
/// The same, and waits for it.
QWidget* awaited(const QString& objectName, int milliseconds = Person::kPatienceMs);

}  // namespace espalier::test

/// Does an act of the test's m_user, or fails with what was in the way.
#define DO(act) QVERIFY2(m_user.act, qPrintable(m_user.fault()))
