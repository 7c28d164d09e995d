// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/drop_caption.h
/// The words beside the pointer while labels are dragged: where they would go, or why they cannot.
#pragma once
#include <QStringList>
#include <QWidget>

namespace espalier::ui {

class DropCaption : public QWidget {
    Q_OBJECT
public:
    explicit DropCaption(QWidget* parent);
    /// Breaks at the first " · " where there is no room for one line. \param avoid  what must stay in sight
    void showText(const QString& text, bool refused, const QPoint& pointer, const QRect& avoid = {});
    const QString& text() const { return m_text; }
    bool refused() const { return m_refused; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    QStringList m_lines;
    bool m_refused = false;
};

}  // namespace espalier::ui
