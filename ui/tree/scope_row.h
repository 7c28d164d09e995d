// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/scope_row.h
/// A row that looks like one of the list but stands alone: "All documents 1,168", "Not placed 31", "Proposals 9".
#pragma once
#include <QAbstractButton>

namespace espalier::ui {

class ScopeRow : public QAbstractButton {
    Q_OBJECT
public:
    enum class Unit { Documents, Proposals };
    ScopeRow(const QString& iconName, const QString& text, QWidget* parent = nullptr);
    void setCount(qint64 count);  ///< negative: not counted yet
    qint64 count() const { return m_count; }
    void setUnit(Unit unit);
    /// Lower, and quiet where it counts nothing: one of several.
    void setCompact(bool compact);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refreshName();
    QString m_icon;
    qint64 m_count = 0;
    Unit m_unit = Unit::Documents;
    bool m_compact = false;
};

}  // namespace espalier::ui
