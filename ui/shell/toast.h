// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/toast.h
/// One sentence at the lower edge about what was just done, with Undo; goes away by itself, waits under the pointer and
/// while it has the keyboard. A click on it leaves the keyboard where it was; who came by Tab is brought back.
#pragma once
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;

namespace espalier::ui {

class Toast : public QWidget {
    Q_OBJECT
public:
    explicit Toast(QWidget* parent);
    /// \param button  empty: none
    void showText(const QString& text, const QString& button = {});
    QString text() const;
    void dismiss();  ///< away at once; the keyboard goes back to where it was before

Q_SIGNALS:
    void activated();  ///< the button

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void place();
    bool hasKeyboard() const;
    QTimer m_timer;
    QPointer<QWidget> m_before;  ///< had the keyboard before it came in here
    QLabel* m_text;
    QPushButton* m_button;
    QToolButton* m_close;
};

}  // namespace espalier::ui
