// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/toast.h
/// One sentence at the lower edge about what was just done, with Undo; goes away by itself, waits under the pointer.
#pragma once
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

Q_SIGNALS:
    void activated();  ///< the button

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void place();
    QTimer m_timer;
    QLabel* m_text;
    QPushButton* m_button;
    QToolButton* m_close;
};

}  // namespace espalier::ui
