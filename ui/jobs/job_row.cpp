// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job_row.h"

#include <QHBoxLayout>
#include <QJsonDocument>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/jobs/job_manager.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"

namespace espalier::ui {
namespace {

QString jobIcon(const QString& kind) {
    if (kind == QLatin1String("build") || kind == QLatin1String("assign")) return QStringLiteral("tree");
    if (kind == QLatin1String("split") || kind == QLatin1String("refit")) return QStringLiteral("branch");
    if (kind == QLatin1String("embed")) return QStringLiteral("embed");
    if (kind == QLatin1String("train")) return QStringLiteral("train");
    if (kind == QLatin1String("eval")) return QStringLiteral("evaluate");
    if (kind == QLatin1String("export")) return QStringLiteral("export");
    return QStringLiteral("jobs");
}
}  // namespace

ProgressLine::ProgressLine(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Progress"));
}

void ProgressLine::setFraction(double fraction) {
    m_fraction = fraction;
    setAccessibleDescription(fraction < 0 ? tr("not known yet") : formatPercent(fraction));
    update();
}

void ProgressLine::setActive(bool active) {
    m_active = active;
    update();
}

QSize ProgressLine::sizeHint() const {
    return {theme().length(Length::PlotHeight), theme().length(Length::BarHeight)};
}
QSize ProgressLine::minimumSizeHint() const {
    return {theme().space(8), theme().length(Length::BarHeight)};
}

void ProgressLine::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QColor color = theme().color(m_active ? ColorRole::Accent : ColorRole::ControlBorder);
    paintShareBar(painter, rect(), m_fraction < 0 ? 0.0 : m_fraction, color);
}

JobRow::JobRow(JobManager* manager, Job* job, QWidget* parent) : QWidget(parent), m_manager(manager), m_job(job) {
    setObjectName(QStringLiteral("jobRow%1").arg(job->id()));
    m_icon = new QLabel(this);
    m_title = new ElidedLabel(job->title(), TextRole::Strong, ColorRole::Text, this);
    m_state = new ElidedLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_state->setObjectName(QStringLiteral("state"));
    m_figures = new TextLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_figures->setObjectName(QStringLiteral("figures"));
    m_progress = new ProgressLine(this);
    m_pause = new QPushButton(this);
    m_pause->setObjectName(QStringLiteral("pause"));
    m_stop = new QPushButton(this);
    m_stop->setObjectName(QStringLiteral("stop"));
    m_again = new QPushButton(icon(QStringLiteral("refresh")), tr("Start again"), this);
    m_again->setObjectName(QStringLiteral("again"));
    m_more = makeIconButton(QStringLiteral("chevron-right"), tr("Show details"), this);
    m_more->setObjectName(QStringLiteral("details"));
    m_more->setCheckable(true);
    m_details = new QPlainTextEdit(this);
    m_details->setObjectName(QStringLiteral("detailsText"));
    m_details->setAccessibleName(tr("Details of the job"));
    m_details->setReadOnly(true);
    m_details->setTabChangesFocus(true);
    m_details->setFont(theme().font(TextRole::Fixed));
    m_details->setFixedHeight(theme().length(Length::PlotHeight));
    m_details->hide();

    auto* text = new QHBoxLayout;
    noMargins(text);
    text->setSpacing(theme().space(3));
    text->addWidget(m_title);
    text->addWidget(m_state, 1);
    text->addWidget(m_figures);
    auto* middle = new QVBoxLayout;
    noMargins(middle);
    middle->setSpacing(theme().space(1));
    middle->addLayout(text);
    middle->addWidget(m_progress);
    auto* line = new QHBoxLayout;
    noMargins(line);
    line->setSpacing(theme().space(2));
    line->addWidget(m_more);
    line->addWidget(m_icon);
    line->addLayout(middle, 1);
    line->addSpacing(theme().space(2));
    line->addWidget(m_pause);
    line->addWidget(m_stop);
    line->addWidget(m_again);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme().space(2), theme().space(2), theme().space(3), theme().space(2));
    layout->setSpacing(theme().space(2));
    layout->addLayout(line);
    layout->addWidget(m_details);

    connect(job, &Job::changed, this, &JobRow::refresh);
    connect(&theme(), &Theme::changed, this, &JobRow::refresh);
    connect(m_pause, &QPushButton::clicked, this, [this] {
        if (!m_job) return;
        if (m_job->canResume())
            m_job->resume();
        else
            m_job->pause();
    });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (!m_job) return;
        if (m_job->forceOffered())
            m_job->force();
        else
            m_job->stop();
    });
    connect(m_again, &QPushButton::clicked, this, [this] {
        if (m_job) m_manager->startAgain(m_job);
    });
    connect(m_more, &QToolButton::toggled, this, &JobRow::showDetails);
    refresh();
}

void JobRow::refresh() {
    if (!m_job) return;
    const JobState state = m_job->state();
    const bool failed = state == JobState::Failed;
    const ColorRole role = failed                    ? ColorRole::Error
                           : state == JobState::Done ? ColorRole::Accent
                           : m_job->active()         ? ColorRole::Text
                                                     : ColorRole::Muted;
    const QString picture = failed                       ? QStringLiteral("error")
                            : state == JobState::Done    ? QStringLiteral("check")
                            : state == JobState::Stopped ? QStringLiteral("stop")
                                                         : jobIcon(m_job->kind());
    m_icon->setPixmap(iconPixmap(picture, theme().color(role), theme().length(Length::IconSize), devicePixelRatioF()));
    m_title->setText(m_job->title());
    QString line = m_job->statusLine();
    if (m_job->problem())
        line = m_job->problem()->headline;
    else if (!m_job->active())
        line += QStringLiteral(" · ") + formatDuration(m_job->seconds());
    m_state->setText(line);
    m_state->setColorRole(failed ? ColorRole::Error : ColorRole::Muted);
    QStringList figures;
    if (!m_job->warnings().isEmpty()) figures << tr("%Ln warning(s)", nullptr, int(m_job->warnings().size()));
    if (!m_job->rateText().isEmpty()) figures << m_job->rateText();
    if (!m_job->timeLeftText().isEmpty()) figures << m_job->timeLeftText();
    m_figures->setText(figures.join(QStringLiteral(" · ")));
    m_progress->setVisible(m_job->active() && state != JobState::Queued);
    m_progress->setFraction(m_job->fraction());
    m_progress->setActive(state == JobState::Running);
    setAccessibleName(tr("%1, %2").arg(m_job->title(), line));

    m_pause->setVisible(m_job->canPause() || m_job->canResume());
    m_pause->setText(m_job->canResume() ? tr("Resume") : tr("Pause"));
    m_pause->setIcon(icon(m_job->canResume() ? QStringLiteral("play") : QStringLiteral("pause")));
    m_pause->setAccessibleDescription(m_job->title());
    m_stop->setVisible(m_job->canStop() || state == JobState::Stopping);
    m_stop->setText(m_job->forceOffered() ? tr("Force to end") : tr("Stop"));
    m_stop->setIcon(icon(QStringLiteral("stop")));
    m_stop->setToolTip(m_job->forceOffered() ? tr("Ends it at once; what it has not stored is lost.")
                                             : tr("Ends after this batch and keeps what there is."));
    m_stop->setAccessibleDescription(m_job->title());
    m_again->setVisible(failed || state == JobState::Stopped);
    if (m_details->isVisible()) {
        const QString details = detailsText();
        if (details != m_details->toPlainText()) m_details->setPlainText(details);
    }
}

QString JobRow::detailsText() const {
    QStringList lines;
    if (m_job->problem()) {
        lines << m_job->problem()->headline;
        if (!m_job->problem()->body().isEmpty()) lines << m_job->problem()->body();
        lines << m_job->problem()->details;
    }
    lines << QStringLiteral("%1 %2").arg(
        m_job->kind(), QString::fromUtf8(QJsonDocument(m_job->options()).toJson(QJsonDocument::Compact)));
    if (!m_job->folder().isEmpty()) lines << m_job->folder();
    lines << m_job->warnings();
    return lines.join(u'\n');
}

void JobRow::showDetails(bool on) {
    m_details->setVisible(on);
    m_more->setIcon(icon(on ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
    m_more->setToolTip(on ? tr("Hide details") : tr("Show details"));
    m_more->setAccessibleName(m_more->toolTip());
    if (on && m_job) m_details->setPlainText(detailsText());
}

}  // namespace espalier::ui
