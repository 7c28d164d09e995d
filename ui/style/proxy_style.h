// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/style/proxy_style.h
/// Fusion with quieter edges: flat controls, one focus ring, chevrons, thin scroll bars. Colours and lengths by role
/// from Theme; metrics stay Qt's own, so fonts and scales work as everywhere.
#pragma once
#include <QProxyStyle>

namespace espalier::ui {

class ProxyStyle : public QProxyStyle {
    Q_OBJECT
public:
    ProxyStyle();

    void polish(QWidget* widget) override;
    using QProxyStyle::polish;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override;
    QIcon standardIcon(StandardPixmap standard, const QStyleOption* option, const QWidget* widget) const override;
    QPixmap standardPixmap(StandardPixmap standard, const QStyleOption* option, const QWidget* widget) const override;

private:
    void drawScrollBar(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
    void drawComboBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
    void drawSpinBox(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
    void drawSlider(const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const;
    bool drawFlatControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                         const QWidget* widget) const;
};

}  // namespace espalier::ui
