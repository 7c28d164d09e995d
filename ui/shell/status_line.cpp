// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_line.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <algorithm>

#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/session/project_session.h"
#include "ui/shell/device_probe.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/tree/expectation_watch.h"

namespace espalier::ui {

StatusLine::StatusLine(ProjectSession* session, JobManager* jobs, DeviceProbe* device, ExpectationWatch* expectations,
                       QWidget* parent)
    : QStatusBar(parent), m_session(session), m_jobs(jobs), m_probe(device), m_watch(expectations) {
    setObjectName(QStringLiteral("statusLine"));
    setSizeGripEnabled(false);
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(theme().space(2), 0, theme().space(2), 0);
    layout->setSpacing(theme().space(4));
    m_project = new ElidedLabel({}, TextRole::Small, ColorRole::Muted, row);
    m_project->setObjectName(QStringLiteral("statusProject"));
    m_job = new QPushButton(row);
    m_job->setObjectName(QStringLiteral("statusJob"));
    m_job->setFlat(true);
    m_job->setMinimumHeight(theme().space(6));
    m_job->setFont(theme().font(TextRole::Small));
    m_job->setIcon(icon(QStringLiteral("jobs"), ColorRole::Accent));
    m_job->hide();
    m_expectations = new QPushButton(row);
    m_expectations->setObjectName(QStringLiteral("statusExpectations"));
    m_expectations->setFlat(true);
    m_expectations->setMinimumHeight(theme().space(6));
    m_expectations->setFont(theme().font(TextRole::Small));
    m_expectations->hide();
    m_device = new ElidedLabel({}, TextRole::Small, ColorRole::Muted, row);
    m_device->setObjectName(QStringLiteral("statusDevice"));
    layout->addWidget(m_project);
    layout->addStretch(1);
    layout->addWidget(m_expectations);
    layout->addWidget(m_job);
    layout->addWidget(m_device);
    addPermanentWidget(row, 1);
    setMinimumHeight(theme().length(Length::ControlHeight));

    connect(session, &ProjectSession::statusChanged, this, &StatusLine::refreshProject);
    connect(session, &ProjectSession::readOnlyChanged, this, &StatusLine::refreshProject);
    connect(session, &ProjectSession::closed, this, &StatusLine::refreshProject);
    connect(jobs, &JobManager::activityChanged, this, &StatusLine::refreshJobs);
    connect(jobs, &JobManager::jobChanged, this, &StatusLine::refreshJobs);
    connect(jobs, &JobManager::jobFinished, this, &StatusLine::refreshJobs);
    connect(device, &DeviceProbe::changed, this, &StatusLine::refreshDevice);
    connect(m_job, &QPushButton::clicked, this, &StatusLine::jobsRequested);
    connect(expectations, &ExpectationWatch::changed, this, &StatusLine::refreshExpectations);
    connect(&theme(), &Theme::changed, this, &StatusLine::refreshExpectations);
    connect(m_expectations, &QPushButton::clicked, this, &StatusLine::expectationsRequested);
    refreshProject();
    refreshExpectations();
    refreshJobs();
    refreshDevice();
}

void StatusLine::refreshProject() {
    m_device->setVisible(m_session->isOpen());  // the welcome page says it in a sentence
    if (!m_session->isOpen()) {
        m_project->setText(tr("No project is open"));
        return;
    }
    const project::ProjectStatus& status = m_session->status();
    QStringList parts{tr("%1 documents").arg(formatCount(status.documents))};
    if (status.unassigned > 0 && status.unassigned < status.documents)
        parts << tr("%1 not placed").arg(formatCount(status.unassigned));
    parts << tr("tree r%1").arg(status.treeRevision);
    if (const project::ModelInfo* model = m_session->defaultModel()) {
        QString text = tr("model “%1”").arg(toQt(model->name));
        const bool trained = std::any_of(status.runs.begin(), status.runs.end(),
                                         [&](const project::RunInfo& run) { return run.name == model->name; });
        if (trained && model->fromRevision >= status.treeRevision) text += tr(" trained on this tree");
        if (trained && model->fromRevision < status.treeRevision)
            text += tr(" trained on r%1").arg(model->fromRevision);
        if (model->documents < status.documents)
            text += tr(" (%1 of %2 documents)").arg(formatCount(model->documents), formatCount(status.documents));
        parts << text;
    } else if (status.documents > 0) {
        parts << tr("no vectors yet");
    }
    if (!m_session->writable()) parts << tr("read only");
    m_project->setText(parts.join(QStringLiteral("  ·  ")));
    if (!m_session->readOnlyReason().isEmpty()) m_project->setToolTip(m_session->readOnlyReason());
}

void StatusLine::refreshJobs() {
    const Job* job = m_jobs->runningJob();
    m_job->setVisible(job != nullptr);
    if (!job) return;
    QStringList parts{job->title()};
    if (job->fraction() >= 0)
        parts << formatPercent(job->fraction());
    else
        parts << Job::stateText(job->state());
    if (const QString left = job->timeLeftText(); !left.isEmpty()) parts << left;
    m_job->setText(parts.join(QStringLiteral(" · ")));
    m_job->setAccessibleName(tr("Job: %1. Show the jobs").arg(m_job->text()));
    m_job->setToolTip(job->statusLine());
}

void StatusLine::refreshExpectations() {
    const int all = int(m_watch->all().size()), unmet = m_watch->unmet();
    m_expectations->setVisible(all > 0);
    if (all == 0) return;
    m_expectations->setText(unmet > 0 ? tr("%1 of %2 expectations not met").arg(unmet).arg(all)
                                      : tr("%n expectation(s) met", nullptr, all));
    m_expectations->setIcon(icon(unmet > 0 ? QStringLiteral("error") : QStringLiteral("check"),
                                 unmet > 0 ? ColorRole::Error : ColorRole::Accent));
    m_expectations->setAccessibleName(tr("%1. Show the expectations").arg(m_expectations->text()));
    m_expectations->setToolTip(tr("Show the expectations"));
}

void StatusLine::refreshDevice() {
    QString text = tr("Device: %1").arg(m_probe->shortText());
    QString why = m_probe->why();
    const qsizetype colon = why.indexOf(QStringLiteral(": "));
    if (colon >= 0) why = why.mid(colon + 2);  // "CPU: no driver" would say CPU twice
    if (!why.isEmpty()) text += tr(" (%1)").arg(why);
    m_device->setText(text);
}

}  // namespace espalier::ui
