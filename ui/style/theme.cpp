// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontInfo>
#include <QFontMetricsF>
#include <QStyle>
#include <QStyleFactory>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/style/plurals.h"
#include "ui/style/proxy_style.h"

namespace espalier::ui {
namespace {

struct Pair {
    QRgb light;
    QRgb dark;
};

Pair roleColors(ColorRole role) {
    switch (role) {
        case ColorRole::Window:
            return {0xFFF4F5F3, 0xFF1B1E1C};
        case ColorRole::Base:
            return {0xFFFFFFFF, 0xFF222624};
        case ColorRole::Alternate:
            return {0xFFF8F9F7, 0xFF262B28};
        case ColorRole::Text:
            return {0xFF1D211E, 0xFFE6E9E6};
        case ColorRole::Muted:
            return {0xFF5B635D, 0xFFA1AAA3};
        case ColorRole::Disabled:
            return {0xFF9AA29C, 0xFF6B746D};
        case ColorRole::Hairline:
            return {0xFFD5D9D4, 0xFF3A413C};
        case ColorRole::ControlBorder:
            return {0xFF8B938D, 0xFF6F7972};
        case ColorRole::Accent:
            return {0xFF2F7D4F, 0xFF6CC08B};
        case ColorRole::AccentText:
            return {0xFFFFFFFF, 0xFF0F2417};
        case ColorRole::AccentHover:
            return {0xFF286D45, 0xFF7FCC9B};
        case ColorRole::AccentPressed:
            return {0xFF215C3A, 0xFF5BAF7A};
        case ColorRole::Hover:
            return {0xFFECEFEB, 0xFF2C322E};
        case ColorRole::Pressed:
            return {0xFFE1E6E1, 0xFF353C37};
        case ColorRole::Selection:
            return {0xFFDCEBE1, 0xFF2F4A3A};
        case ColorRole::SelectionText:
            return {0xFF14301F, 0xFFEAF5EE};
        case ColorRole::SelectionInactive:
            return {0xFFE7ECE8, 0xFF2F3832};
        case ColorRole::Warning:
            return {0xFF9A5B00, 0xFFE0A44A};
        case ColorRole::Error:
            return {0xFFB3261E, 0xFFF2877F};
        case ColorRole::Information:
            return {0xFF2A5DB0, 0xFF8DB4F0};
        case ColorRole::WarningSoft:
            return {0xFFFBF0DC, 0xFF3A3120};
        case ColorRole::ErrorSoft:
            return {0xFFFBE6E4, 0xFF402725};
        case ColorRole::InformationSoft:
            return {0xFFE7EEF9, 0xFF232E3F};
        case ColorRole::TermHighlight:
            return {0xFFDFF0E5, 0xFF2B4434};
        case ColorRole::FilterHit:
            return {0xFFFFE9A8, 0xFF5A4A17};
        case ColorRole::ShareTrack:
            return {0xFFE4E8E4, 0xFF363D38};
        case ColorRole::DropLine:
            return {0xFF2F7D4F, 0xFF6CC08B};
        case ColorRole::ToastBase:
            return {0xFF2A302C, 0xFFE6E9E6};
        case ColorRole::ToastText:
            return {0xFFF2F5F2, 0xFF1D211E};
        case ColorRole::ToastAccent:
            return {0xFF8ED9A9, 0xFF1F6139};
        case ColorRole::Shadow:
            return {0x28000000, 0x70000000};
    }
    return {0xFF000000, 0xFFFFFFFF};
}

constexpr std::array<Pair, Theme::kBranchColors> kBranches{{{0xFF2F7D4F, 0xFF6CC08B},
                                                            {0xFFC8553D, 0xFFF08A70},
                                                            {0xFF3B6FB6, 0xFF82ADEB},
                                                            {0xFFB08900, 0xFFE0BE4A},
                                                            {0xFF7B4FA3, 0xFFB893DC},
                                                            {0xFF1F8A99, 0xFF5CC4D2},
                                                            {0xFFB0417A, 0xFFE583B3},
                                                            {0xFF6B7A1E, 0xFFB4C45A},
                                                            {0xFF8A5A33, 0xFFCC9A70},
                                                            {0xFF4F5D75, 0xFF9FB0CC}}};

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}
double gamma(double channel) {
    return channel <= 0.0031308 ? 12.92 * channel : 1.055 * std::pow(channel, 1.0 / 2.4) - 0.055;
}

double luminance(const QColor& c) {
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

// OKLCH: B. Ottosson, "A perceptual color space for image processing", 2020. Hue stays, lightness and chroma step.
struct Oklch {
    double lightness, chroma, hue;
};

Oklch toOklch(const QColor& color) {
    const double r = linear(color.redF()), g = linear(color.greenF()), b = linear(color.blueF());
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    const double lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
    const double a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
    const double bb = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
    return {lightness, std::hypot(a, bb), std::atan2(bb, a)};
}

QColor fromOklch(const Oklch& c) {
    const double a = c.chroma * std::cos(c.hue), bb = c.chroma * std::sin(c.hue);
    const double l = std::pow(c.lightness + 0.3963377774 * a + 0.2158037573 * bb, 3);
    const double m = std::pow(c.lightness - 0.1055613458 * a - 0.0638541728 * bb, 3);
    const double s = std::pow(c.lightness - 0.0894841775 * a - 1.2914855480 * bb, 3);
    const auto channel = [](double v) { return float(std::clamp(gamma(std::clamp(v, 0.0, 1.0)), 0.0, 1.0)); };
    return QColor::fromRgbF(channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                            channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                            channel(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
}

bool isDark(const QPalette& palette) {
    return luminance(palette.color(QPalette::Window)) < luminance(palette.color(QPalette::WindowText));
}

}  // namespace

double contrastRatio(const QColor& a, const QColor& b) {
    const double la = luminance(a), lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

Theme::Theme() = default;

Theme& Theme::instance() {
    // Leaked on purpose: widgets destroyed after main() may still ask for a colour.
    static auto* theme = new Theme;
    return *theme;
}

void Theme::install(QApplication& application, ThemeMode mode) {
    m_platformDark = isDark(application.palette());
    m_base = application.font();
    if (m_base.pointSizeF() <= 0) m_base.setPointSizeF(QFontInfo(m_base).pointSizeF());
    constexpr double kReferenceLine = 16.0;  // line height at which lengths are what the design names
    m_scale = std::max(1.0, QFontMetricsF(m_base).height() / kReferenceLine);
    m_installed = true;
    QCoreApplication::installTranslator(new EnglishPlurals(&application));
    QApplication::setStyle(new ProxyStyle);
    apply(mode);
}

void Theme::apply(ThemeMode mode) {
    m_mode = mode;
    m_dark = mode == ThemeMode::Dark || (mode == ThemeMode::System && m_platformDark);
    if (m_installed) {
        const QPalette colors = palette(m_dark);
        QApplication::setPalette(colors);
        QPalette tip = colors;
        tip.setColor(QPalette::ToolTipBase, color(ColorRole::ToastBase));
        tip.setColor(QPalette::ToolTipText, color(ColorRole::ToastText));
        tip.setColor(QPalette::Window, color(ColorRole::ToastBase));
        tip.setColor(QPalette::WindowText, color(ColorRole::ToastText));
        QToolTip::setPalette(tip);
    }
    Q_EMIT changed();
}

QColor Theme::color(ColorRole role) const {
    return color(role, m_dark);
}

QColor Theme::color(ColorRole role, bool dark) {
    const Pair pair = roleColors(role);
    return QColor::fromRgba(dark ? pair.dark : pair.light);
}

QColor Theme::branchColor(int branch, int level, int sibling) const {
    return branchColor(m_dark, branch, level, sibling);
}

QColor Theme::branchColor(bool dark, int branch, int level, int sibling) {
    const Pair pair = kBranches[static_cast<std::size_t>(std::max(0, branch) % kBranchColors)];
    const QColor top = QColor::fromRgb(dark ? pair.dark : pair.light);
    if (level <= 0) return top;
    Oklch c = toOklch(top);
    // Siblings alternate around the parent's lightness in three steps; each level loses some chroma.
    constexpr double kLightnessStep = 0.05, kChromaStep = 0.18, kLeastRatio = 3.0;
    c.lightness += kLightnessStep * ((sibling % 3) - 1) * (dark ? -1.0 : 1.0);
    c.chroma *= std::max(0.35, 1.0 - kChromaStep * level);
    QColor out = fromOklch(c);
    const QColor base = color(ColorRole::Base, dark);
    for (int guard = 0; guard < 40 && contrastRatio(out, base) < kLeastRatio; ++guard) {
        c.lightness += dark ? 0.01 : -0.01;
        out = fromOklch(c);
    }
    return out;
}

int Theme::branchMarker(int branch) {
    return (std::max(0, branch) / kBranchColors) % 4;
}

int Theme::space(int quarters) const {
    return qRound(4.0 * quarters * m_scale);
}

int Theme::length(Length length) const {
    const auto scaled = [this](double pixels) { return qRound(pixels * m_scale); };
    switch (length) {
        case Length::RowHeight:
            return scaled(26);
        case Length::CompactRowHeight:
            return scaled(22);
        case Length::ControlHeight:
            return scaled(28);
        case Length::IconSize:
            return scaled(16);
        case Length::LargeIconSize:
            return scaled(20);
        case Length::EmptyIconSize:
            return scaled(48);
        case Length::MarkSize:
            return scaled(72);
        case Length::Hairline:
            return 1;
        case Length::FocusRing:
            return 2;
        case Length::FocusGap:
            return 1;
        case Length::CornerRadius:
            return scaled(5);
        case Length::CardRadius:
            return scaled(8);
        case Length::BarHeight:
            return scaled(6);
        case Length::BarWidth:
            return scaled(44);
        case Length::PlotHeight:
            return scaled(120);
        case Length::SidePanelWidth:
            return scaled(300);
        case Length::DialogWidth:
            return scaled(460);
        case Length::TextColumnWidth:
            return scaled(560);
        case Length::CurveWidth:
            return 2;
        case Length::ThinCurveWidth:
            return 1;
        case Length::DropLine:
            return 2;
    }
    return 0;
}

QFont Theme::font(TextRole role) const {
    QFont font = m_installed ? m_base : QApplication::font();
    const double base = font.pointSizeF();
    switch (role) {
        case TextRole::Small:
            font.setPointSizeF(std::max(base - 1.5, 6.0));
            break;
        case TextRole::Normal:
            break;
        case TextRole::Strong:
            font.setWeight(QFont::DemiBold);
            break;
        case TextRole::Title:
            font.setPointSizeF(base + 3);
            font.setWeight(QFont::DemiBold);
            break;
        case TextRole::PageTitle:
            font.setPointSizeF(base + 8);
            break;
        case TextRole::Reader:
            font.setPointSizeF(base + 1);
            break;
        case TextRole::Fixed:
            font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
            font.setPointSizeF(base);
            break;
    }
    return font;
}

int Theme::animationMs() const {
    if (!QApplication::style()) return 0;
    constexpr int kExpandMs = 140;
    return QApplication::style()->styleHint(QStyle::SH_Widget_Animation_Duration) > 0 ? kExpandMs : 0;
}

QPalette Theme::palette(bool dark) {
    const auto c = [dark](ColorRole role) { return color(role, dark); };
    QPalette p;
    p.setColor(QPalette::Window, c(ColorRole::Window));
    p.setColor(QPalette::WindowText, c(ColorRole::Text));
    p.setColor(QPalette::Base, c(ColorRole::Base));
    p.setColor(QPalette::AlternateBase, c(ColorRole::Alternate));
    p.setColor(QPalette::Text, c(ColorRole::Text));
    p.setColor(QPalette::PlaceholderText, c(ColorRole::Muted));
    p.setColor(QPalette::Button, c(ColorRole::Base));
    p.setColor(QPalette::ButtonText, c(ColorRole::Text));
    p.setColor(QPalette::BrightText, c(ColorRole::Error));
    p.setColor(QPalette::Highlight, c(ColorRole::Selection));
    p.setColor(QPalette::HighlightedText, c(ColorRole::SelectionText));
    p.setColor(QPalette::Link, c(ColorRole::Accent));
    p.setColor(QPalette::LinkVisited, c(ColorRole::Accent));
    p.setColor(QPalette::ToolTipBase, c(ColorRole::ToastBase));
    p.setColor(QPalette::ToolTipText, c(ColorRole::ToastText));
    p.setColor(QPalette::Light, c(ColorRole::Base));
    p.setColor(QPalette::Midlight, c(ColorRole::Alternate));
    p.setColor(QPalette::Mid, c(ColorRole::Hairline));
    p.setColor(QPalette::Dark, c(ColorRole::ControlBorder));
    p.setColor(QPalette::Shadow, c(ColorRole::Shadow));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        p.setColor(QPalette::Disabled, role, c(ColorRole::Disabled));
    p.setColor(QPalette::Disabled, QPalette::Base, c(ColorRole::Window));
    p.setColor(QPalette::Disabled, QPalette::Button, c(ColorRole::Window));
    p.setColor(QPalette::Disabled, QPalette::Highlight, c(ColorRole::SelectionInactive));
    p.setColor(QPalette::Inactive, QPalette::Highlight, c(ColorRole::SelectionInactive));
    p.setColor(QPalette::Inactive, QPalette::HighlightedText, c(ColorRole::SelectionText));
    return p;
}

}  // namespace espalier::ui
