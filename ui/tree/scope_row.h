// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/scope_row.h
/// A row that looks like one of the list but stands alone: "All documents 1,168", "Not placed 31".
#pragma once
#include <QAbstractButton>

namespace espalier::ui {

class ScopeRow : public QAbstractButton {
    Q_OBJECT
public:
    ScopeRow(const QString& iconName, const QString& text, QWidget* parent = nullptr);
    void setCount(qint64 count);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_icon;
    qint64 m_count = 0;
};

}  // namespace espalier::ui
