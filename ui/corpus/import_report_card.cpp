// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/import_report_card.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/session/text.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"

namespace espalier::ui {

QString ignoredText(const std::map<std::string, std::int64_t>& ignored, bool done) {
    if (ignored.empty()) return {};
    const auto tr = [](const char* text, int n = -1) {
        return QCoreApplication::translate("espalier::ui::ImportReportCard", text, nullptr, n);
    };
    constexpr int kNamed = 5;
    QStringList parts;
    std::int64_t others = 0;
    bool documents = false;
    for (const auto& [extension, count] : ignored) {
        const bool convertible = extension == ".pdf" || extension == ".docx" || extension == ".doc" ||
                                 extension == ".odt" || extension == ".rtf" || extension == ".epub";
        documents = documents || convertible;
        if (parts.size() >= kNamed && !convertible)
            others += count;
        else
            parts << QStringLiteral("%1 %2").arg(formatCount(count),
                                                 extension.empty() ? tr("without ending") : toQt(extension));
    }
    if (others > 0) parts << tr("%1 others").arg(formatCount(others));
    QString text = (done ? tr("Files that were not read: %1.") : tr("Files that will not be read: %1."))
                       .arg(parts.join(QStringLiteral(", ")));
    if (documents)
        text += u' ' + tr("Convert PDF with “pdftotext file.pdf” and word processor files with “soffice --convert-to "
                          "txt file.docx”, then import the text files.");
    return text;
}

ImportReportCard::ImportReportCard(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("importReport"));
    m_icon = new QLabel(this);
    m_headline = new TextLabel({}, TextRole::Title, ColorRole::Text, this);
    m_headline->setObjectName(QStringLiteral("reportHeadline"));
    m_sentence = new TextLabel({}, TextRole::Normal, ColorRole::Text, this);
    m_sentence->setObjectName(QStringLiteral("reportSentence"));
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_ignored = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_ignored->setObjectName(QStringLiteral("reportIgnored"));
    m_ignored->setWordWrap(true);
    m_ignored->setTextInteractionFlags(Qt::TextSelectableByMouse);
    const auto button = [this](const QString& name) {
        auto* made = new QPushButton(this);
        made->setObjectName(name);
        return made;
    };
    m_duplicates = button(QStringLiteral("showDuplicates"));
    m_rejected = button(QStringLiteral("showRejected"));
    m_next = button(QStringLiteral("nextStep"));
    makePrimary(m_next);
    m_more = button(QStringLiteral("importMore"));
    m_more->setText(tr("Import more"));
    m_close = button(QStringLiteral("closeImport"));
    m_close->setText(tr("Go to the documents"));

    auto* top = new QHBoxLayout;
    noMargins(top);
    top->setSpacing(theme().space(2));
    top->addWidget(m_icon);
    top->addWidget(m_headline, 1);
    auto* buttons = new QHBoxLayout;
    noMargins(buttons);
    buttons->setSpacing(theme().space(2));
    buttons->addWidget(m_next);
    buttons->addWidget(m_close);
    buttons->addWidget(m_more);
    buttons->addStretch(1);
    buttons->addWidget(m_duplicates);
    buttons->addWidget(m_rejected);
    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    layout->addLayout(top);
    layout->addWidget(m_sentence);
    layout->addWidget(m_ignored);
    layout->addSpacing(theme().space(1));
    layout->addLayout(buttons);

    connect(m_duplicates, &QPushButton::clicked, this, &ImportReportCard::showDuplicates);
    connect(m_rejected, &QPushButton::clicked, this, &ImportReportCard::showRejected);
    connect(m_more, &QPushButton::clicked, this, &ImportReportCard::moreRequested);
    connect(m_close, &QPushButton::clicked, this, &ImportReportCard::closeRequested);
    connect(m_next, &QPushButton::clicked, this, [this] {
        if (m_grown)
            Q_EMIT assignRequested();
        else
            Q_EMIT buildRequested();
    });
    connect(&theme(), &Theme::changed, this, &ImportReportCard::refresh);
}

QString ImportReportCard::sentence() const {
    return tr("%1 read = %2 kept + %3 duplicates + %4 empty + %5 rejected")
        .arg(formatCount(m_report.read), formatCount(m_report.kept), formatCount(m_report.duplicates),
             formatCount(m_report.empty), formatCount(m_report.rejected));
}

void ImportReportCard::setReport(const project::ImportReport& report, bool grown) {
    m_report = report;
    m_grown = grown;
    m_headline->setText(report.kept > 0 ? tr("%Ln document(s) added", nullptr, int(report.kept))
                                        : tr("No new documents"));
    m_sentence->setText(sentence());
    const QString ignored = ignoredText(report.ignored, true);
    m_ignored->setText(ignored);
    m_ignored->setVisible(!ignored.isEmpty());
    m_duplicates->setText(tr("Show %Ln duplicate(s)", nullptr, int(report.duplicates)));
    m_duplicates->setVisible(report.duplicates > 0);
    m_rejected->setText(tr("Show %Ln rejected row(s)", nullptr, int(report.rejected)));
    m_rejected->setVisible(report.rejected > 0);
    m_next->setText(grown ? tr("Assign them to the tree") : tr("Build tree…"));
    m_next->setVisible(report.kept > 0);
    setAccessibleName(m_headline->text() + QStringLiteral(". ") + m_sentence->text());
    setFocusProxy(report.kept > 0 ? m_next : m_close);
    refresh();
}

void ImportReportCard::refresh() {
    const bool clean = m_report.rejected == 0;
    m_icon->setPixmap(iconPixmap(clean ? QStringLiteral("check") : QStringLiteral("warning"),
                                 theme().color(clean ? ColorRole::Accent : ColorRole::Warning),
                                 theme().length(Length::LargeIconSize), devicePixelRatioF()));
    update();
}

void ImportReportCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().color(ColorRole::Hairline), theme().length(Length::Hairline)));
    painter.setBrush(theme().color(ColorRole::Base));
    const double radius = theme().length(Length::CardRadius), half = theme().length(Length::Hairline) / 2.0;
    painter.drawRoundedRect(QRectF(rect()).adjusted(half, half, -half, -half), radius, radius);
}

}  // namespace espalier::ui
