// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/icons.h"

#include <QDir>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

static void loadResources() {
    Q_INIT_RESOURCE(resources);
}

namespace espalier::ui {
namespace {

void ensureResources() {
    static const bool loaded = [] {
        loadResources();
        return true;
    }();
    Q_UNUSED(loaded);
}

const QByteArray& svgText(const QString& name) {
    static QHash<QString, QByteArray> texts;
    auto found = texts.find(name);
    if (found == texts.end()) {
        ensureResources();
        QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
        QByteArray text = "<svg xmlns='http://www.w3.org/2000/svg'/>";
        if (file.open(QIODevice::ReadOnly))
            text = file.readAll();
        else
            qWarning("there is no icon '%s'", qPrintable(name));  // our bug; a test asks for every name in use
        found = texts.insert(name, text);
    }
    return *found;
}

QPixmap rendered(const QByteArray& svg, const QString& key, const QSize& pixels) {
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    QImage image(pixels, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    QSvgRenderer(svg).render(&painter, QRectF(QPointF(), QSizeF(pixels)));
    painter.end();
    pixmap = QPixmap::fromImage(image);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QPixmap tinted(const QString& name, const QColor& color, const QSize& pixels) {
    QByteArray svg = svgText(name);
    svg.replace("currentColor", color.name(QColor::HexRgb).toLatin1());
    const QString key = QStringLiteral("espalier/%1/%2/%3x%4")
                            .arg(name, color.name(QColor::HexRgb))
                            .arg(pixels.width())
                            .arg(pixels.height());
    return rendered(svg, key, pixels);
}

class TintedEngine : public QIconEngine {
public:
    TintedEngine(QString name, ColorRole role) : m_name(std::move(name)), m_role(role) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const double ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        const int side = qMin(rect.width(), rect.height());
        QRect target(0, 0, side, side);
        target.moveCenter(rect.center());
        painter->drawPixmap(target, picture(QSize(side, side) * ratio, mode, state));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return picture(size, mode, state);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override {
        Q_UNUSED(scale);  // size is in device pixels already
        return picture(size, mode, state);
    }
    QIconEngine* clone() const override { return new TintedEngine(m_name, m_role); }
    QString iconName() override { return m_name; }
    bool isNull() override { return false; }
    QString key() const override { return QStringLiteral("espalier"); }

private:
    QPixmap picture(const QSize& pixels, QIcon::Mode mode, QIcon::State state) const {
        ColorRole role = m_role;
        if (mode == QIcon::Disabled)
            role = ColorRole::Disabled;
        else if (mode == QIcon::Selected)
            role = ColorRole::SelectionText;
        else if (state == QIcon::On && m_role == ColorRole::Muted)
            role = ColorRole::Accent;
        return tinted(m_name, theme().color(role), pixels);
    }
    QString m_name;
    ColorRole m_role;
};

class MarkEngine : public QIconEngine {
public:
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override {
        const double ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        painter->drawPixmap(rect, picture(rect.size() * ratio));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode, QIcon::State) override { return picture(size); }
    QList<QSize> availableSizes(QIcon::Mode, QIcon::State) override {
        QList<QSize> sizes;
        for (const int side : {16, 24, 32, 48, 64, 128, 256, 512}) sizes << QSize(side, side);
        return sizes;
    }
    QIconEngine* clone() const override { return new MarkEngine; }
    bool isNull() override { return false; }

    static QPixmap picture(const QSize& pixels) {
        ensureResources();
        constexpr int kSimplifiedUpTo = 20;  // three pairs of branches would run together
        const QString name =
            pixels.width() <= kSimplifiedUpTo ? QStringLiteral("espalier-16") : QStringLiteral("espalier");
        QFile file(QStringLiteral(":/mark/%1.svg").arg(name));
        if (!file.open(QIODevice::ReadOnly)) return {};
        return rendered(file.readAll(), QStringLiteral("espalier/mark/%1").arg(pixels.width()), pixels);
    }
};

}  // namespace

QIcon icon(const QString& name, ColorRole role) {
    return QIcon(new TintedEngine(name, role));
}

QPixmap iconPixmap(const QString& name, const QColor& color, int size, double devicePixelRatio) {
    QPixmap pixmap = tinted(name, color, QSize(size, size) * devicePixelRatio);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

QIcon markIcon() {
    return QIcon(new MarkEngine);
}

QPixmap markPixmap(int size, double devicePixelRatio) {
    QPixmap pixmap = MarkEngine::picture(QSize(size, size) * devicePixelRatio);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

QStringList iconNames() {
    ensureResources();
    QStringList names;
    for (const QString& file : QDir(QStringLiteral(":/icons")).entryList({QStringLiteral("*.svg")}))
        names << file.chopped(4);
    return names;
}

}  // namespace espalier::ui
