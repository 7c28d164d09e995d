// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/job.h"

#include <algorithm>
#include <cmath>

#include "ui/jobs/job_manager.h"
#include "ui/style/format.h"

namespace espalier::ui {
namespace {
constexpr std::size_t kSamples = 600;   ///< about a minute at ten a second
constexpr double kEnoughSeconds = 3.0;  ///< before any promise of time left
constexpr std::size_t kEnoughSamples = 5;
constexpr double kRecentSeconds = 30.0;
constexpr double kOptimism = 0.9, kCaution = 1.2;
constexpr qsizetype kKeptWarnings = 200;
constexpr qsizetype kKeptMetrics = 20000;
constexpr double kMsPerSecond = 1000.0;
constexpr qint64 kForceAfterMs = 1000;
}  // namespace

Job::Job(int id, QString kind, QJsonObject options, QString title, JobManager* manager)
    : QObject(manager),
      m_manager(manager),
      m_id(id),
      m_kind(std::move(kind)),
      m_title(std::move(title)),
      m_options(std::move(options)) {
    setObjectName(QStringLiteral("job%1").arg(id));
}

bool Job::active() const {
    return m_state != JobState::Done && m_state != JobState::Stopped && m_state != JobState::Failed;
}
bool Job::canPause() const {
    return m_state == JobState::Running && (m_started || m_background);
}
bool Job::canStop() const {
    return m_state == JobState::Queued || m_state == JobState::Running || m_state == JobState::Pausing ||
           m_state == JobState::Paused;
}

bool Job::forceOffered() const {
    return m_state == JobState::Stopping && m_stopping.isValid() && m_stopping.elapsed() >= kForceAfterMs;
}

double Job::fraction() const {
    if (m_total <= 0) return -1;
    return std::clamp(double(m_done) / double(m_total), 0.0, 1.0);
}

double Job::seconds() const {
    return m_runSeconds + (m_clock.isValid() ? double(m_clock.elapsed()) / kMsPerSecond : 0);
}

QString Job::stateText(JobState state) {
    switch (state) {
        case JobState::Queued:
            return tr("Waiting");
        case JobState::Running:
            return tr("Running");
        case JobState::Pausing:
            return tr("Pausing after this batch…");
        case JobState::Paused:
            return tr("Paused");
        case JobState::Stopping:
            return tr("Stopping after this batch…");
        case JobState::Adopting:
            return tr("Storing the result…");
        case JobState::Done:
            return tr("Done");
        case JobState::Stopped:
            return tr("Stopped");
        case JobState::Failed:
            return tr("Failed");
    }
    return {};
}

QString Job::statusLine() const {
    if (m_state != JobState::Running) return stateText(m_state);
    QString phase = m_phase.isEmpty() ? stateText(m_state) : m_phase;
    phase[0] = phase[0].toUpper();
    if (fraction() >= 0) phase += QStringLiteral(" · ") + formatPercent(fraction());
    return m_background ? tr("%1 · in the background").arg(phase) : phase;
}

QString Job::timeLeftText() const {
    if (m_state != JobState::Running || m_total <= 0 || m_done >= m_total) return {};
    return formatTimeLeft(m_etaLow, m_etaHigh);
}

QString Job::rateText() const {
    if (m_state != JobState::Running) return {};
    if (m_documentsPerSecond > 0) return tr("%1 documents a second").arg(formatFigure(m_documentsPerSecond));
    if (m_rate <= 0) return {};
    return m_kind == QLatin1String("embed") || m_kind == QLatin1String("assign")
               ? tr("%1 documents a second").arg(formatFigure(m_rate))
               : tr("%1 a second").arg(formatFigure(m_rate));
}

void Job::pause() {
    if (!canPause()) return;
    setState(JobState::Pausing);
    m_manager->control(this, QStringLiteral("pause"));
}

void Job::resume() {
    if (!canResume()) return;
    setState(JobState::Running);
    m_manager->control(this, QStringLiteral("resume"));
}

void Job::stop() {
    if (!canStop()) return;
    m_manager->control(this, QStringLiteral("stop"));
}

void Job::discard() {
    if (!canStop()) return;
    m_manager->control(this, QStringLiteral("discard"));
}

void Job::force() {
    if (active()) m_manager->control(this, QStringLiteral("force"));
}

void Job::handleEvent(const QJsonObject& event) {
    const QString name = event.value(QLatin1String("event")).toString();
    if (name == QLatin1String("progress")) {
        noteProgress(event.value(QLatin1String("phase")).toString(), event.value(QLatin1String("done")).toInteger(),
                     event.value(QLatin1String("total")).toInteger());
    } else if (name == QLatin1String("metric")) {
        m_lastStep = event.value(QLatin1String("step")).toInteger(m_lastStep);
        m_documentsPerSecond = event.value(QLatin1String("docs_per_second")).toDouble(m_documentsPerSecond);
        if (m_pendingMetrics.size() < kKeptMetrics) m_pendingMetrics.append(event);
        m_dirty = true;
    } else if (name == QLatin1String("label") || name == QLatin1String("whole")) {
        m_pendingLabels.append(event);
        m_dirty = true;
    } else if (name == QLatin1String("warning")) {
        m_warnings << event.value(QLatin1String("message")).toString();
        if (m_warnings.size() > kKeptWarnings) m_warnings.removeFirst();
        m_dirty = true;
    } else if (name == QLatin1String("checkpoint")) {
        flush();
        Q_EMIT checkpoint(event.value(QLatin1String("step")).toInteger());
    } else if (name == QLatin1String("paused")) {
        flush();
        if (m_state == JobState::Pausing || m_state == JobState::Running) setState(JobState::Paused);
        Q_EMIT pausedAt(m_lastStep, true);
    } else if (name == QLatin1String("resumed")) {
        flush();
        if (m_state == JobState::Pausing || m_state == JobState::Paused) setState(JobState::Running);
        Q_EMIT pausedAt(m_lastStep, false);
    } else if (name == QLatin1String("start")) {
        m_started = true;
        m_dirty = true;
    }
}

void Job::setState(JobState state) {
    if (m_state == state) return;
    const bool ran = m_state == JobState::Running || m_state == JobState::Pausing || m_state == JobState::Stopping;
    const bool runs = state == JobState::Running || state == JobState::Pausing || state == JobState::Stopping;
    if (ran && !runs) {
        m_runSeconds = seconds();
        m_clock.invalidate();
    } else if (!ran && runs) {
        m_clock.start();
        m_samples.clear();  // a pause is not slowness
    }
    m_state = state;
    if (state == JobState::Stopping) m_stopping.start();
    Q_EMIT changed();
    Q_EMIT m_manager->jobChanged(this);
    Q_EMIT m_manager->activityChanged();
}

void Job::noteProgress(const QString& phase, qint64 done, qint64 total) {
    if (phase != m_phase || done < m_done) {
        m_samples.clear();
        m_rate = 0;
        m_etaLow = m_etaHigh = -1;
    }
    m_phase = phase;
    m_done = done;
    m_total = total;
    m_dirty = true;
    const double now = seconds();
    m_samples.push_back({now, done});
    if (m_samples.size() > kSamples) m_samples.pop_front();
    const double span = now - m_samples.front().seconds;
    if (m_samples.size() < kEnoughSamples || span < kEnoughSeconds) return;
    const auto rateSince = [&](const Sample& from) {
        return now > from.seconds ? double(done - from.done) / (now - from.seconds) : 0.0;
    };
    const auto recent = std::find_if(m_samples.begin(), m_samples.end(),
                                     [&](const Sample& sample) { return now - sample.seconds <= kRecentSeconds; });
    const double whole = rateSince(m_samples.front());
    const double lately = recent == m_samples.end() ? whole : rateSince(*recent);
    m_rate = lately > 0 ? lately : whole;
    const double left = double(total - done);
    const double fast = std::max(whole, lately), slow = std::min(whole, lately);
    if (total <= 0 || fast <= 0 || slow <= 0) return;
    m_etaLow = left / fast * kOptimism;
    m_etaHigh = left / slow * kCaution;
}

void Job::flush() {
    if (!m_pendingMetrics.isEmpty()) {
        const QList<QJsonObject> batch = std::exchange(m_pendingMetrics, {});
        Q_EMIT metrics(batch);
    }
    if (!m_pendingLabels.isEmpty()) {
        const QList<QJsonObject> batch = std::exchange(m_pendingLabels, {});
        Q_EMIT treeGrew(batch);
    }
    if (forceOffered() && !m_forceAnnounced) m_forceAnnounced = m_dirty = true;
    if (!m_dirty) return;
    m_dirty = false;
    Q_EMIT changed();
    Q_EMIT m_manager->jobChanged(this);
}

}  // namespace espalier::ui
