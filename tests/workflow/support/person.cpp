// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/workflow/support/person.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFileDialog>
#include <QLineEdit>
#include <QPointer>
#include <QTimer>
#include <QWidget>

#include "tests/ui/support/real_pointer.h"

namespace espalier::test {
namespace {
constexpr int kLookMs = 15;    ///< between two looks at what is waited for
constexpr int kMomentMs = 30;  ///< between two acts: events arrive one by one, as from a hand

QString describe(const QWidget* widget) {
    return widget ? QStringLiteral("%1 (%2)").arg(widget->objectName(),
                                                  QString::fromLatin1(widget->metaObject()->className()))
                  : QStringLiteral("no widget");
}
}  // namespace

bool Person::wait(const std::function<bool()>& so, int milliseconds) {
    if (so()) return true;
    QElapsedTimer clock;
    clock.start();
    QEventLoop loop;
    QTimer look;
    bool came = false;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        came = so();
        if (came || clock.elapsed() > milliseconds) loop.quit();
    });
    look.start(kLookMs);
    loop.exec();
    return came;
}

bool Person::failed(const QString& why) {
    const QWidget* active = QApplication::activeWindow();
    m_fault =
        QStringLiteral("%1 [keyboard: %2 in %3]").arg(why, describe(QApplication::focusWidget()), describe(active));
    return false;
}

bool Person::usable(QWidget* widget) {
    if (!widget) return failed(QStringLiteral("there is nothing to click"));
    const auto ready = [widget] {
        return widget->isVisible() && widget->isEnabled() && !widget->visibleRegion().isEmpty() &&
               widget->window()->isActiveWindow();
    };
    return wait(ready) || failed(QStringLiteral("%1 cannot be used: visible %2, enabled %3, window active %4")
                                     .arg(describe(widget))
                                     .arg(widget->isVisible())
                                     .arg(widget->isEnabled())
                                     .arg(widget->window()->isActiveWindow()));
}

bool Person::click(QWidget* widget) {
    if (!usable(widget)) return false;
    const QPoint at = widget->mapToGlobal(widget->visibleRegion().boundingRect().center());
    return Gesture().moveTo(at).rest(kMomentMs).click().rest(kMomentMs).run() ||
           failed(QStringLiteral("the pointer did not work"));
}

bool Person::click(QAbstractItemView* view, const QModelIndex& index) {
    if (!view || !usable(view->viewport())) return false;
    if (!index.isValid()) return failed(QStringLiteral("there is no such row in %1").arg(describe(view)));
    const QRect row = view->visualRect(index);
    if (!view->viewport()->rect().contains(row.center()))
        return failed(QStringLiteral("the row is not in sight in %1").arg(describe(view)));
    const QPoint at = view->viewport()->mapToGlobal(row.center());
    return Gesture().moveTo(at).rest(kMomentMs).click().rest(kMomentMs).run() ||
           failed(QStringLiteral("the pointer did not work"));
}

bool Person::press(const QStringList& keys) {
    if (!wait([] { return QApplication::activeWindow() && QApplication::focusWidget(); }))
        return failed(QStringLiteral("no window has the keyboard"));
    Gesture gesture;
    for (const QString& key : keys) gesture.key(key).rest(kMomentMs);
    return gesture.run() || failed(QStringLiteral("the keyboard did not work"));
}

bool Person::type(const QString& text) {
    if (!wait([] { return QApplication::activeWindow() && QApplication::focusWidget(); }))
        return failed(QStringLiteral("no window has the keyboard"));
    return Gesture().type(text).rest(kMomentMs).run() || failed(QStringLiteral("the keyboard did not work"));
}

bool Person::drag(QAbstractItemView* view, const QModelIndex& from, const QModelIndex& onto, const QString& modifier) {
    if (!view || !usable(view->viewport())) return false;
    for (const QModelIndex& index : {from, onto})
        if (!index.isValid() || !view->viewport()->rect().contains(view->visualRect(index).center()))
            return failed(QStringLiteral("a row to drag is not in sight"));
    const auto centre = [view](const QModelIndex& index) {
        return view->viewport()->mapToGlobal(view->visualRect(index).center());
    };
    return dragTo(centre(from), centre(onto), true, modifier) || failed(QStringLiteral("the drag did not work"));
}

bool Person::answerFileDialog(const QString& path) {
    const QPointer<QWidget> asked = dialog(QStringLiteral("fileDialog"));
    if (!asked) return false;
    auto* field = asked->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    if (!field) return failed(QStringLiteral("the file dialog has no field for a name"));
    if (!click(field) || !press("ctrl+a") || !type(QDir::toNativeSeparators(path)) || !press("Return")) return false;
    const auto gone = [asked] { return !asked || !asked->isVisible(); };
    // A list of proposals may take the first Enter.
    constexpr int kMomentsNotice = 1500;
    if (!wait(gone, kMomentsNotice) && !press("Return")) return false;
    return wait(gone) || failed(QStringLiteral("the file dialog does not take %1").arg(path));
}

QWidget* Person::dialog(const QString& objectName) {
    QWidget* found = nullptr;
    wait([&] {
        QWidget* active = QApplication::activeWindow();
        found = active && active->objectName() == objectName ? active : nullptr;
        return found != nullptr;
    });
    if (!found) failed(QStringLiteral("the dialog %1 does not come").arg(objectName));
    return found;
}

QWidget* seen(const QString& objectName) {
    for (QWidget* top : QApplication::topLevelWidgets()) {
        if (top->objectName() == objectName && top->isVisible()) return top;
        for (QWidget* widget : top->findChildren<QWidget*>(objectName))
            if (widget->isVisible()) return widget;
    }
    return nullptr;
}

QWidget* awaited(const QString& objectName, int milliseconds) {
    QWidget* found = nullptr;
    Person::wait([&] { return (found = seen(objectName)) != nullptr; }, milliseconds);
    return found;
}

}  // namespace espalier::test
