// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/drop_caption.h
/// The words beside the pointer while labels are dragged: where they would go, or why they cannot.
#pragma once
#include <QWidget>

namespace espalier::ui {

class DropCaption : public QWidget {
    Q_OBJECT
public:
    explicit DropCaption(QWidget* parent);
    void showText(const QString& text, bool refused, const QPoint& pointer);
    const QString& text() const { return m_text; }
    bool refused() const { return m_refused; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    bool m_refused = false;
};

}  // namespace espalier::ui
