// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/why_section.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonObject>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "core/tree/memberships.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/query_client.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
constexpr int kDelayMs = 150;  // walking the list by arrow keys asks once, where it stops
constexpr int kTerms = 12;
constexpr double kLeastShown = 0.01;
constexpr double kAllLent = 0.95;

QString part(double value) {
    return QLocale().toString(value, 'f', 3);
}
}  // namespace

WhySection::WhySection(ProjectSession* session, JobManager* jobs, QWidget* parent)
    : InspectorSection(tr("Why it is here"),
                       tr("The act that last moved the document, and the terms that give it its share"), parent),
      m_session(session),
      m_jobs(jobs) {
    setObjectName(QStringLiteral("whySection"));
    m_move = new TextLabel({}, TextRole::Normal, ColorRole::Text, this);
    m_move->setObjectName(QStringLiteral("lastMove"));
    m_move->setWordWrap(true);
    m_toggle = new QPushButton(tr("Show terms"), this);
    m_toggle->setObjectName(QStringLiteral("showTerms"));
    m_toggle->setToolTip(tr("Divide its share of a label among its terms"));
    m_toggle->setCheckable(true);
    m_toggle->setAutoDefault(false);
    m_reasons = new QWidget(this);
    m_label = new QComboBox(m_reasons);
    m_label->setObjectName(QStringLiteral("whyLabel"));
    m_label->setAccessibleName(tr("Label whose share is divided"));
    m_label->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_label->setMinimumHeight(theme().length(Length::ControlHeight));
    m_terms = new BarSection(tr("Terms"), tr("The parts add up to the share. A part below 0 speaks for another label."),
                             false, m_reasons);
    m_terms->setObjectName(QStringLiteral("whyTerms"));
    m_note = new TextLabel({}, TextRole::Small, ColorRole::Muted, m_reasons);
    m_note->setObjectName(QStringLiteral("whyNote"));
    m_note->setWordWrap(true);
    m_note->setContentsMargins(theme().space(1), 0, theme().space(1), 0);
    auto* reasons = new QVBoxLayout(m_reasons);
    noMargins(reasons);
    reasons->setSpacing(theme().space(2));
    auto* label = new QHBoxLayout;
    label->setContentsMargins(theme().space(1), 0, theme().space(1), 0);
    label->addWidget(m_label);
    reasons->addLayout(label);
    reasons->addWidget(m_terms);
    reasons->addWidget(m_note);
    auto* buttons = new QHBoxLayout;
    buttons->setContentsMargins(0, theme().space(1), 0, theme().space(1));
    buttons->addWidget(m_toggle);
    buttons->addStretch(1);
    body()->addWidget(m_move);
    body()->addLayout(buttons);
    layout()->addWidget(m_reasons);  // bar rows keep the margin of the body themselves
    m_reasons->hide();

    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &WhySection::askTerms);
    connect(m_toggle, &QPushButton::toggled, this, [this](bool on) {
        m_toggle->setText(on ? tr("Hide terms") : tr("Show terms"));
        m_reasons->setVisible(on);
        if (on)
            askTerms();
        else
            m_jobs->reasons()->cancel();
    });
    connect(m_label, &QComboBox::activated, this, &WhySection::askTerms);
    connect(&theme(), &Theme::changed, this, [this] {
        if (m_terms->isVisible()) showTerms(m_answer);
    });
}

void WhySection::setDocument(const project::DocumentRecord& record) {
    m_record = record;
    ++m_generation;
    m_terms->hide();
    askMove();
    refillLabels();
    const bool any = m_label->count() > 0;
    m_toggle->setVisible(any);
    m_reasons->setVisible(any && m_toggle->isChecked());
    say(tr("Looking for the terms…"));
    if (any && m_toggle->isChecked())
        m_delay.start();
    else
        m_delay.stop();
}

void WhySection::askMove() {
    m_move->setText({});
    const DocumentKey key = m_record.key;
    m_session->read<std::optional<project::JournalEntry>>(
        [key](project::Project& project, jobs::JobContext&) { return project.lastMove(key); },
        [this, generation = m_generation](Result<std::optional<project::JournalEntry>> move) {
            if (move && generation == m_generation) showMove(*move);
        },
        this, this);
}

void WhySection::showMove(const std::optional<project::JournalEntry>& move) {
    const auto tree = m_session->tree();
    QStringList said;
    const LabelId fit = tree ? tree::hardLabel(tree->tree, m_record.resting) : LabelId{};
    if (m_record.hard != fit && tree && tree->tree.contains(m_record.hard)) {
        const bool words = fit && fit != tree->tree.root();
        said << (words ? tr("A pin puts it here; by its shares it would be under %1.")
                             .arg(toQt(tree->tree.pathNames(fit)).join(QStringLiteral(" › ")))
                       : tr("A pin puts it here; it has no shares of its own."));
    }
    if (move)
        said << (move->actor.empty() ? tr("Last moved by: %1 (%2).").arg(toQt(move->what), formatTime(toQt(move->time)))
                                     : tr("Last moved by: %1 (%2, %3).")
                                           .arg(toQt(move->what), formatTime(toQt(move->time)), toQt(move->actor)));
    else
        said << tr("Nothing has placed it yet.");
    m_move->setText(said.join(u' '));
    m_move->setToolTip(move ? tr("Revision %1").arg(move->revision) : QString());
}

void WhySection::refillLabels() {
    const auto tree = m_session->tree();
    m_label->clear();
    if (!tree) return;
    const auto shares = tree::branchShares(tree->tree, m_record.resting);
    for (const LabelId id : tree->tree.depthFirst()) {
        const auto found = shares.find(id);
        if (id == tree->tree.root() || found == shares.end() || found->second < kLeastShown) continue;
        const QString path = toQt(tree->tree.pathNames(id)).join(QStringLiteral(" › "));
        m_label->addItem(tr("%1, %2").arg(toQt(tree->tree.at(id).name), formatShare(found->second)), qint64(id.value));
        const int at = m_label->count() - 1;
        m_label->setItemData(at, path, Qt::ToolTipRole);
        m_label->setItemData(at, tr("%1, share %2").arg(path, formatShare(found->second)), Qt::AccessibleTextRole);
        if (id == m_record.hard) m_label->setCurrentIndex(at);
    }
}

void WhySection::askTerms() {
    if (m_label->count() == 0) return;
    say(tr("Looking for the terms…"));
    const quint64 generation = m_generation;
    m_jobs->reasons()->why({{QStringLiteral("document"), toQt(m_record.document.id)},
                            {QStringLiteral("label"), QString::number(m_label->currentData().toLongLong())}},
                           [this, generation](Result<QJsonObject> answer) {
                               if (generation != m_generation || !m_toggle->isChecked()) return;
                               if (!answer) return say(toQt(answer.error().message));
                               m_answer = std::move(answer).value();
                               showTerms(m_answer);
                           });
}

void WhySection::say(const QString& note) {
    m_terms->hide();
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

QList<BarRow::Content> WhySection::termRows(const QJsonObject& answer, const QColor& color) {
    const QJsonArray terms = answer.value(QLatin1String("terms")).toArray();
    QList<BarRow::Content> rows;
    double longest = 0, rest = 0;
    for (const auto& entry : terms)
        longest = std::max(longest, std::fabs(entry.toObject().value(QLatin1String("part")).toDouble()));
    for (int at = 0; at < int(terms.size()); ++at) {
        const QJsonObject term = terms[at].toObject();
        const double whole = term.value(QLatin1String("part")).toDouble();
        if (at >= kTerms) {
            rest += whole;
            continue;
        }
        const double lent = term.value(QLatin1String("lent")).toDouble();
        const bool pushes = whole < 0;
        const QString text = term.value(QLatin1String("term")).toString();
        BarRow::Content row;
        row.text = std::fabs(lent) > kAllLent * std::fabs(whole) ? tr("%1 (lent)").arg(text) : text;
        row.figure = part(whole);
        row.share = longest > 0 ? std::fabs(whole) / longest : 0;
        row.color = pushes ? theme().color(ColorRole::Muted) : color;
        row.muted = pushes;
        QStringList tip{text};
        if (pushes) tip << tr("It speaks for another label.");
        if (lent != 0) tip << tr("Its own words: %1, lent: %2").arg(part(whole - lent), part(lent));
        row.tip = tip.join(u'\n');
        row.spoken = tr("%1, %2 of the share").arg(text, row.figure);
        if (pushes) row.spoken += tr(", it speaks for another label");
        if (lent != 0) row.spoken += tr(", %1 of it lent by its neighbours").arg(part(lent));
        rows << row;
    }
    const auto line = [&rows](const QString& text, double figure) {
        BarRow::Content row;
        row.text = text;
        row.figure = part(figure);
        row.share = -1;
        row.muted = true;
        rows << row;
    };
    if (terms.size() > kTerms) line(tr("%n more term(s)", nullptr, int(terms.size()) - kTerms), rest);
    if (const double undecided = answer.value(QLatin1String("undecided")).toDouble(); undecided > 0)
        line(tr("decided by no term"), undecided);
    return rows;
}

QString WhySection::noteOf(const QJsonObject& answer) {
    if (answer.value(QLatin1String("terms")).isNull()) return answer.value(QLatin1String("why_not")).toString();
    const QJsonArray lenders = answer.value(QLatin1String("lenders")).toArray();
    if (lenders.isEmpty()) return {};
    double lent = 0;
    for (const auto& term : answer.value(QLatin1String("terms")).toArray())
        lent += term.toObject().value(QLatin1String("lent")).toDouble();
    const QJsonObject first = lenders[0].toObject();
    const QString title = first.value(QLatin1String("title")).toString();
    return tr("%1 of it comes from words lent by the %n document(s) nearest in meaning, first of all “%2”.", nullptr,
              int(lenders.size()))
        .arg(part(lent), title.isEmpty() ? first.value(QLatin1String("id")).toString() : title);
}

void WhySection::showTerms(const QJsonObject& answer) {
    const QList<BarRow::Content> rows = termRows(answer, theme().color(ColorRole::Accent));
    say(noteOf(answer));
    m_terms->setHeading(tr("Share %1 by terms").arg(part(answer.value(QLatin1String("share")).toDouble())));
    m_terms->setRows(rows);
    m_terms->setVisible(!rows.isEmpty());
}

}  // namespace espalier::ui
