// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/jobs_dock.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

#include "ui/jobs/job_manager.h"
#include "ui/jobs/job_row.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"

namespace espalier::ui {
namespace {
constexpr int kJobsTab = 0, kProblemsTab = 1;
constexpr double kLongSeconds = 10.0;

/// A column of rows that scrolls; rows stay at the top.
QScrollArea* makeColumn(QVBoxLayout*& rows, const QString& name, QWidget* parent) {
    auto* area = new QScrollArea(parent);
    area->setObjectName(name);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inner = new QWidget(area);
    inner->setAutoFillBackground(true);
    inner->setBackgroundRole(QPalette::Base);
    rows = new QVBoxLayout(inner);
    noMargins(rows);
    rows->addStretch(1);
    area->setWidget(inner);
    return area;
}

TextLabel* wrapped(const QString& text, TextRole font, ColorRole color, QWidget* parent) {
    auto* label = new TextLabel(text, font, color, parent);
    label->setWordWrap(true);
    return label;
}
}  // namespace

JobsDock::JobsDock(JobManager* manager, QWidget* parent) : QWidget(parent), m_manager(manager) {
    setObjectName(QStringLiteral("jobsDock"));
    setAccessibleName(tr("Jobs and problems"));
    m_tabs = new QTabBar(this);
    m_tabs->setObjectName(QStringLiteral("jobsTabs"));
    m_tabs->setAccessibleName(tr("Jobs or problems"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->addTab(tr("Jobs"));
    m_tabs->addTab(tr("Problems"));
    m_clear = new QPushButton(this);
    m_clear->setObjectName(QStringLiteral("clearJobs"));
    m_clear->setFlat(true);

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(theme().space(2), 0, theme().space(2), 0);
    bar->setSpacing(theme().space(2));
    bar->addWidget(m_tabs);
    bar->addStretch(1);
    bar->addWidget(m_clear);

    m_stack = new QStackedWidget(this);
    m_jobsPage = makeColumn(m_rows, QStringLiteral("jobsColumn"), m_stack);
    m_problemsPage = makeColumn(m_problemRows, QStringLiteral("problemsColumn"), m_stack);
    m_empty = new EmptyState(m_stack);
    m_stack->addWidget(m_jobsPage);
    m_stack->addWidget(m_problemsPage);
    m_stack->addWidget(m_empty);

    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addLayout(bar);
    layout->addWidget(makeHairline(this));
    layout->addWidget(m_stack, 1);

    connect(m_tabs, &QTabBar::currentChanged, this, &JobsDock::refreshTabs);
    connect(m_clear, &QPushButton::clicked, this, [this] {
        if (m_tabs->currentIndex() == kProblemsTab)
            m_manager->clearProblems();
        else
            m_manager->clearFinished();
    });
    connect(manager, &JobManager::jobAdded, this, &JobsDock::addRow);
    connect(manager, &JobManager::jobRemoved, this, &JobsDock::removeRow);
    connect(manager, &JobManager::problemsChanged, this, &JobsDock::refreshProblems);
    connect(manager, &JobManager::activityChanged, this, &JobsDock::refreshTabs);
    connect(manager, &JobManager::jobChanged, this, &JobsDock::watchLongJobs);
    connect(&theme(), &Theme::changed, this, &JobsDock::refreshProblems);
    for (Job* job : manager->jobs()) addRow(job);
    refreshProblems();
    refreshTabs();
}

JobsDock::~JobsDock() = default;

QSize JobsDock::sizeHint() const {
    return {theme().length(Length::TextColumnWidth), theme().length(Length::RowHeight) * 5};
}
QSize JobsDock::minimumSizeHint() const {
    return {theme().length(Length::SidePanelWidth), theme().length(Length::RowHeight) * 3};
}

void JobsDock::showJobs() {
    m_tabs->setCurrentIndex(kJobsTab);
}
void JobsDock::showProblems() {
    m_tabs->setCurrentIndex(kProblemsTab);
}

void JobsDock::addRow(Job* job) {
    auto* row = new JobRow(m_manager, job, m_jobsPage);
    m_rowOf.insert(job->id(), row);
    m_rows->insertWidget(0, row);  // newest on top
    m_rows->insertWidget(1, makeHairline(m_jobsPage));
    refreshTabs();
}

void JobsDock::removeRow(int id) {
    JobRow* row = m_rowOf.take(id);
    m_announced.remove(id);
    if (!row) return;
    const int at = m_rows->indexOf(row);
    if (QLayoutItem* line = m_rows->itemAt(at + 1); line && line->widget()) line->widget()->deleteLater();
    row->deleteLater();
    refreshTabs();
}

void JobsDock::refreshProblems() {
    while (m_problemRows->count() > 1) {
        QLayoutItem* item = m_problemRows->takeAt(0);
        if (item->widget()) item->widget()->deleteLater();
        delete item;
    }
    for (int i = int(m_manager->problems().size()) - 1; i >= 0; --i) {
        m_problemRows->insertWidget(m_problemRows->count() - 1, makeProblem(i));
        m_problemRows->insertWidget(m_problemRows->count() - 1, makeHairline(m_problemsPage));
    }
    const bool more = m_manager->problems().size() > m_shownProblems;
    m_shownProblems = m_manager->problems().size();
    refreshTabs();
    if (more) Q_EMIT attentionWanted();
}

QWidget* JobsDock::makeProblem(int index) {
    const Problem& problem = m_manager->problems().at(index);
    auto* row = new QWidget(m_problemsPage);
    row->setObjectName(QStringLiteral("problem%1").arg(index));
    row->setAccessibleName(problem.text.headline);
    auto* picture = new QLabel(row);
    picture->setPixmap(iconPixmap(QStringLiteral("error"), theme().color(ColorRole::Error),
                                  theme().length(Length::IconSize), devicePixelRatioF()));
    auto* headline = wrapped(problem.text.headline, TextRole::Normal, ColorRole::Text, row);
    const QString when = tr("%1 · %2").arg(problem.title, problem.time.time().toString(QStringLiteral("HH:mm")));
    auto* body = wrapped(problem.text.body().isEmpty() ? when : problem.text.body() + QStringLiteral("  ") + when,
                         TextRole::Small, ColorRole::Muted, row);
    auto* copy = new QPushButton(icon(QStringLiteral("copy")), tr("Copy details"), row);
    copy->setObjectName(QStringLiteral("copyDetails"));
    copy->setFlat(true);
    const QString details =
        QStringLiteral("%1\n%2\n%3\n%4")
            .arg(problem.time.toString(Qt::ISODate), problem.title, problem.text.headline, problem.text.details);
    connect(copy, &QPushButton::clicked, this, [details] { QApplication::clipboard()->setText(details); });
    auto* again = new QPushButton(icon(QStringLiteral("refresh")), tr("Start again"), row);
    again->setObjectName(QStringLiteral("again"));
    again->setVisible(problem.job != 0);
    connect(again, &QPushButton::clicked, this, [this, id = problem.job] {
        if (const Job* job = m_manager->find(id)) m_manager->startAgain(job);
    });

    auto* text = new QVBoxLayout;
    noMargins(text);
    text->addWidget(headline);
    text->addWidget(body);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), theme().space(2));
    layout->setSpacing(theme().space(2));
    layout->addWidget(picture, 0, Qt::AlignTop);
    layout->addLayout(text, 1);
    layout->addWidget(copy, 0, Qt::AlignTop);
    layout->addWidget(again, 0, Qt::AlignTop);
    return row;
}

void JobsDock::refreshTabs() {
    const int active = m_manager->activeCount();
    const int problems = int(m_manager->problems().size());
    m_tabs->setTabText(kJobsTab, active > 0 ? tr("Jobs (%1)").arg(active) : tr("Jobs"));
    m_tabs->setTabText(kProblemsTab, problems > 0 ? tr("Problems (%1)").arg(problems) : tr("Problems"));
    const bool onProblems = m_tabs->currentIndex() == kProblemsTab;
    m_clear->setText(onProblems ? tr("Clear problems") : tr("Clear finished"));
    m_clear->setEnabled(onProblems ? problems > 0 : m_manager->jobs().size() > active);
    if (onProblems && problems == 0)
        m_empty->setContent({}, tr("No problems"),
                            tr("What goes wrong is listed here, with what is safe and what to do."));
    else if (!onProblems && m_rowOf.isEmpty())
        m_empty->setContent({}, tr("No jobs"), tr("Building, embedding and training show their progress here."));
    if (onProblems)
        m_stack->setCurrentWidget(problems > 0 ? m_problemsPage : m_empty);
    else
        m_stack->setCurrentWidget(m_rowOf.isEmpty() ? static_cast<QWidget*>(m_empty) : m_jobsPage);
}

void JobsDock::watchLongJobs() {
    for (const Job* job : m_manager->jobs()) {
        if (!job->active() || job->seconds() < kLongSeconds || m_announced.value(job->id())) continue;
        m_announced.insert(job->id(), true);
        Q_EMIT attentionWanted();
    }
}

}  // namespace espalier::ui
