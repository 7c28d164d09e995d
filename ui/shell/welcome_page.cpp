// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/welcome_page.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QScrollArea>
#include <QStandardPaths>
#include <QVBoxLayout>

#include "ui/session/settings.h"
#include "ui/shell/choice_card.h"
#include "ui/shell/device_probe.h"
#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

constexpr int kShownRecent = 5;

// A recent project: its name and, quieter, where it lies.
class RecentRow : public QAbstractButton {
public:
    RecentRow(const QString& path, QWidget* parent) : QAbstractButton(parent), m_path(path) {
        setText(QFileInfo(path).completeBaseName());
        setAccessibleName(QCoreApplication::translate("espalier::ui::WelcomePage", "Open %1 in %2")
                              .arg(text(), QFileInfo(path).path()));
        setToolTip(QDir::toNativeSeparators(path));
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    QSize sizeHint() const override {
        return {theme().length(Length::TextColumnWidth), theme().length(Length::ControlHeight)};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (underMouse()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme().color(ColorRole::Hover));
            const double radius = theme().length(Length::CornerRadius);
            painter.drawRoundedRect(rect(), radius, radius);
        }
        const int side = theme().length(Length::IconSize);
        painter.drawPixmap(
            QPoint(theme().space(4), (height() - side) / 2),
            iconPixmap(QStringLiteral("folder"), theme().color(ColorRole::Muted), side, devicePixelRatioF()));
        painter.setFont(theme().font(TextRole::Normal));
        painter.setPen(theme().color(ColorRole::Text));
        const QFontMetrics metrics(painter.font());
        // Under the text of the cards; the places stand in a column of their own.
        QRect row = rect().adjusted(theme().space(7) + theme().length(Length::LargeIconSize), 0, -theme().space(4), 0);
        const int names = row.width() * 2 / 5;
        painter.drawText(row, int(Qt::AlignLeft | Qt::AlignVCenter),
                         metrics.elidedText(text(), Qt::ElideRight, names - theme().space(3)));
        row.setLeft(row.left() + names);
        painter.setFont(theme().font(TextRole::Small));
        painter.setPen(theme().color(ColorRole::Muted));
        const QFontMetrics small(painter.font());
        QString folder = QDir::toNativeSeparators(QFileInfo(m_path).path());
        painter.drawText(row, int(Qt::AlignLeft | Qt::AlignVCenter),
                         small.elidedText(folder, Qt::ElideMiddle, row.width()));
        if (showsFocus(this)) paintFocusRing(painter, rect());
    }

private:
    QString m_path;
};

}  // namespace

QString WelcomePage::sampleCorpus() {
    const QString docs = QStringLiteral("/usr/share/doc");
    const QStringList found =
        QDir(docs).entryList({QStringLiteral("postgresql-doc-*")}, QDir::Dirs, QDir::Name | QDir::Reversed);
    for (const QString& name : found) {
        QString html = docs + u'/' + name + QStringLiteral("/html");
        if (QFileInfo(html + QStringLiteral("/index.html")).exists()) return html;
    }
    return {};
}

QString WelcomePage::sampleProject() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
           QStringLiteral("/espalier/postgresql-manual.espalier");
}

WelcomePage::WelcomePage(DeviceProbe* device, QWidget* parent) : QWidget(parent), m_device(device) {
    setObjectName(QStringLiteral("welcomePage"));
    setAccessibleName(tr("Welcome"));
    auto* column = new QWidget;
    column->setFixedWidth(theme().length(Length::TextColumnWidth));
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, theme().space(8), 0, theme().space(8));
    layout->setSpacing(theme().space(2));

    m_mark = new QLabel(column);
    m_mark->setAccessibleName(tr("Espalier"));
    auto* name = new TextLabel(QStringLiteral("Espalier"), TextRole::PageTitle, ColorRole::Text, column);
    auto* line = new TextLabel(tr("Grow a label tree from your documents, and train search to follow it."),
                               TextRole::Normal, ColorRole::Muted, column);
    line->setWordWrap(true);
    auto* title = new QVBoxLayout;
    title->setSpacing(theme().space(1));
    title->addStretch(1);
    title->addWidget(name);
    title->addWidget(line);
    title->addStretch(1);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme().space(4));
    head->addWidget(m_mark);
    head->addLayout(title, 1);
    layout->addStretch(2);
    layout->addLayout(head);
    layout->addSpacing(theme().space(4));

    const bool there = QFileInfo::exists(sampleProject());
    auto* sample = new ChoiceCard(
        QStringLiteral("curate"), tr("Open the sample project"),
        there                      ? tr("The PostgreSQL manual, with its label tree.")
        : sampleCorpus().isEmpty() ? tr("The PostgreSQL manual. It is not installed here; this says where to get it.")
                                   : tr("The PostgreSQL manual: about 1,200 pages that are on this computer already."),
        column);
    sample->setObjectName(QStringLiteral("sampleButton"));
    sample->setPrimary(true);
    auto* create = new ChoiceCard(QStringLiteral("folder-add"), tr("New project from my documents…"),
                                  tr("CSV, TSV, JSON lines, or folders of text, Markdown and HTML."), column);
    create->setKeys(QKeySequence(QKeySequence::New));
    create->setObjectName(QStringLiteral("newButton"));
    auto* open = new ChoiceCard(QStringLiteral("folder-open"), tr("Open a project…"),
                                tr("A folder whose name ends in .espalier."), column);
    open->setKeys(QKeySequence(QKeySequence::Open));
    open->setObjectName(QStringLiteral("openButton"));
    layout->addWidget(sample);
    layout->addWidget(create);
    layout->addWidget(open);
    layout->addSpacing(theme().space(4));
    m_recentHeading = new TextLabel(tr("Recent projects"), TextRole::Strong, ColorRole::Text, column);
    layout->addWidget(m_recentHeading);
    m_recent = new QVBoxLayout;
    m_recent->setSpacing(0);
    layout->addLayout(m_recent);
    layout->addSpacing(theme().space(4));
    m_deviceLine = new TextLabel({}, TextRole::Small, ColorRole::Muted, column);
    m_deviceLine->setObjectName(QStringLiteral("deviceLine"));
    m_deviceLine->setWordWrap(true);
    layout->addWidget(m_deviceLine);
    layout->addStretch(3);

    auto* centred = new QWidget;
    auto* across = new QHBoxLayout(centred);
    across->addStretch(1);
    across->addWidget(column);
    across->addStretch(1);
    auto* area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(centred);
    auto* whole = new QVBoxLayout(this);
    noMargins(whole);
    whole->addWidget(area);

    connect(sample, &QAbstractButton::clicked, this, &WelcomePage::sampleRequested);
    connect(create, &QAbstractButton::clicked, this, &WelcomePage::newRequested);
    connect(open, &QAbstractButton::clicked, this, &WelcomePage::openRequested);
    connect(&Settings::instance(), &Settings::recentProjectsChanged, this, &WelcomePage::refreshRecent);
    connect(device, &DeviceProbe::changed, this, &WelcomePage::refreshDevice);
    connect(&theme(), &Theme::changed, this, &WelcomePage::refreshMark);
    refreshRecent();
    refreshDevice();
    refreshMark();
    setFocusProxy(sample);
}

void WelcomePage::refreshMark() {
    const int side = theme().length(Length::MarkSize);
    m_mark->setPixmap(markPixmap(side, devicePixelRatioF()));
    m_mark->setFixedSize(side, side);
}

void WelcomePage::refreshRecent() {
    while (QLayoutItem* item = m_recent->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int shown = 0;
    for (const QString& path : Settings::instance().recentProjects()) {
        if (shown++ == kShownRecent) break;
        auto* row = new RecentRow(path, this);
        row->setObjectName(QStringLiteral("recentProject"));
        m_recent->addWidget(row);
        connect(row, &QAbstractButton::clicked, this, [this, path] { Q_EMIT projectRequested(path); });
    }
    m_recentHeading->setVisible(shown > 0);
}

void WelcomePage::refreshDevice() {
    QString text = tr("Everything stays on this computer. Device: %1.").arg(m_device->shortText());
    if (m_device->cpuOnly()) text += u' ' + tr("Only training a transformer is slow on it.");
    m_deviceLine->setText(text);
    m_deviceLine->setToolTip(m_device->why());
}

}  // namespace espalier::ui
