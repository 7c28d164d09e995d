// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/choice_card.h
/// A large button with an icon, a headline and a line that says what follows.
#pragma once
#include <QAbstractButton>
#include <QKeySequence>

namespace espalier::ui {

class ChoiceCard : public QAbstractButton {
    Q_OBJECT
public:
    ChoiceCard(const QString& iconName, const QString& headline, const QString& line, QWidget* parent = nullptr);
    void setPrimary(bool primary);
    void setLine(const QString& line);
    /// Shown at the right of the headline.
    void setKeys(const QKeySequence& keys);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QRect lineRect(int width) const;
    QString m_icon, m_line, m_keys;
    bool m_primary = false;
};

}  // namespace espalier::ui
