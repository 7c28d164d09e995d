// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/style/empty_state.h
/// What a page shows when it has nothing to show: one line why, one button what next.
#pragma once
#include <QWidget>

class QLabel;
class QHBoxLayout;
class QPushButton;
class QAction;

namespace espalier::ui {

class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(QWidget* parent = nullptr);

    /// \param iconName  of ui/style/icons.h
    /// \param button    text of the one button; empty hides it
    void setContent(const QString& iconName, const QString& headline, const QString& line, const QString& button = {});
    /// The primary look for the button (default) or the plain one, where the page has its primary button elsewhere.
    void setPrimary(bool primary);
    QPushButton* button() const { return m_button; }
    /// A second button beside the first, owned by this from now on.
    void setSecondary(QPushButton* button);

Q_SIGNALS:
    void activated();  ///< the button

private:
    void refresh();
    QString m_iconName;
    QLabel* m_picture;
    QLabel* m_headline;
    QLabel* m_line;
    QPushButton* m_button;
    QHBoxLayout* m_buttons;
};

}  // namespace espalier::ui
