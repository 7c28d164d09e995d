// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/training/runs_panel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QPushButton>
#include <QShortcut>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/dialogs/dialog_service.h"
#include "ui/dialogs/error_text.h"
#include "ui/jobs/job_manager.h"
#include "ui/session/project_session.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/icons.h"
#include "ui/training/runs_model.h"

namespace espalier::ui {

RunsPanel::RunsPanel(ProjectSession* session, JobManager* jobs, QWidget* parent)
    : QWidget(parent), m_session(session), m_jobs(jobs), m_model(new RunsModel(this)) {
    setObjectName(QStringLiteral("runsPanel"));
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("runsTable"));
    m_table->setAccessibleName(tr("Training runs"));
    prepareView(m_table);
    m_table->setModel(m_model);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(theme().length(Length::RowHeight));
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(RunsModel::Note, QHeaderView::Stretch);
    const int unit = theme().length(Length::BarWidth);
    m_table->setColumnWidth(RunsModel::Name, unit * 4);
    m_table->setColumnWidth(RunsModel::State, unit * 5 / 2);
    m_table->setColumnWidth(RunsModel::Step, unit * 3 / 2);
    m_table->setColumnWidth(RunsModel::Loss, unit * 3 / 2);
    m_table->setColumnWidth(RunsModel::Revision, unit * 3 / 2);

    const auto button = [this](const QString& name, const QString& iconName, const QString& text, const QString& tip) {
        auto* made = new QPushButton(icon(iconName), text, this);
        made->setObjectName(name);
        made->setToolTip(tip);
        return made;
    };
    m_use = button(QStringLiteral("useRun"), QStringLiteral("check"), tr("Use this model"),
                   tr("Search and evaluation use it from now on"));
    m_compare = button(QStringLiteral("compareRun"), QStringLiteral("evaluate"), tr("Compare"),
                       tr("Measure it against the model it started from"));
    m_search = button(QStringLiteral("searchRun"), QStringLiteral("search"), tr("Try in Search"), {});
    m_refit = button(QStringLiteral("refitRun"), QStringLiteral("refresh"), tr("Re-fit tree"),
                     tr("Propose the tree that its vectors lead to; you see the changes first"));
    m_note = button(QStringLiteral("noteRun"), QStringLiteral("note"), {}, tr("Note…"));
    m_delete = button(QStringLiteral("deleteRun"), QStringLiteral("delete"), {}, tr("Delete…"));
    for (QPushButton* one : {m_note, m_delete}) one->setAccessibleName(one->toolTip());  // there is no room for words
    auto* buttons = new QHBoxLayout;
    noMargins(buttons);
    buttons->setSpacing(theme().space(2));
    for (QPushButton* one : {m_use, m_compare, m_search, m_refit, m_note}) buttons->addWidget(one);
    buttons->addStretch(1);
    buttons->addWidget(m_delete);

    auto* page = new QWidget(this);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(theme().space(2), 0, theme().space(2), theme().space(3));
    layout->setSpacing(theme().space(2));
    buttons->setContentsMargins(theme().space(2), 0, theme().space(2), 0);
    layout->addWidget(m_table, 1);
    layout->addLayout(buttons);
    m_empty = new EmptyState(this);
    m_empty->setContent({}, tr("No runs yet"),
                        tr("Each training run is kept here with its settings, curves and model."));
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto* outer = new QVBoxLayout(this);
    noMargins(outer);
    outer->addWidget(m_stack);

    connect(m_use, &QPushButton::clicked, this, &RunsPanel::use);
    connect(m_note, &QPushButton::clicked, this, &RunsPanel::note);
    connect(m_delete, &QPushButton::clicked, this, &RunsPanel::remove);
    connect(m_compare, &QPushButton::clicked, this, [this] { Q_EMIT compareRequested(currentRun()); });
    connect(m_search, &QPushButton::clicked, this, [this] { Q_EMIT searchRequested(currentRun()); });
    connect(m_refit, &QPushButton::clicked, this, [this] { Q_EMIT refitRequested(currentRun()); });
    auto* erase = new QShortcut(QKeySequence(Qt::Key_Delete), m_table, nullptr, nullptr, Qt::WidgetShortcut);
    connect(erase, &QShortcut::activated, this, &RunsPanel::remove);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        refreshButtons();
        Q_EMIT currentChanged(currentRun());
    });
    connect(session, &ProjectSession::runsChanged, this, &RunsPanel::refresh);
    connect(session, &ProjectSession::modelsChanged, this, &RunsPanel::refresh);
    connect(session, &ProjectSession::treeChanged, this, &RunsPanel::refresh);
    connect(session, &ProjectSession::opened, this, &RunsPanel::refresh);
    connect(session, &ProjectSession::closed, this, &RunsPanel::refresh);
    connect(jobs, &JobManager::activityChanged, this, &RunsPanel::refreshButtons);
    refresh();
}

const project::RunInfo* RunsPanel::current() const {
    return m_model->run(m_table->currentIndex().row());
}

QString RunsPanel::currentRun() const {
    const project::RunInfo* run = current();
    return run ? toQt(run->name) : QString();
}

void RunsPanel::select(const QString& run) {
    const int row = m_model->rowOf(run);
    if (row >= 0) m_table->selectRow(row);
}

void RunsPanel::refresh() {
    const QString before = currentRun();
    {
        const QSignalBlocker quiet(m_table->selectionModel());
        const auto& status = m_session->status();
        m_model->setRuns(m_session->isOpen() ? status.runs : std::vector<project::RunInfo>{}, status.treeRevision);
    }
    m_stack->setCurrentIndex(m_model->rowCount() > 0 ? 1 : 0);
    if (m_model->rowCount() > 0) m_table->selectRow(std::max(m_model->rowOf(before), 0));
    refreshButtons();
    if (currentRun() != before) Q_EMIT currentChanged(currentRun());
}

void RunsPanel::refreshButtons() {
    const project::RunInfo* run = current();
    const bool writable = m_session->writable();
    const bool model = run && !run->modelFolder.empty();
    const bool running = run && run->state == project::RunState::Running;
    m_use->setEnabled(model && writable && !run->inUse);
    m_compare->setEnabled(model && m_jobs->activeCount() == 0);
    m_search->setEnabled(model);
    m_refit->setEnabled(model && writable && m_session->tree() && m_session->tree()->tree.size() > 1);
    m_note->setEnabled(run && writable);
    m_delete->setEnabled(run && writable && !running);
    m_use->setText(run && run->inUse ? tr("In use") : tr("Use this model"));
}

void RunsPanel::use() {
    const QString name = currentRun();
    if (name.isEmpty()) return;
    m_session->run<bool>(
        [name = fromQt(name)](project::Project& project, jobs::JobContext&) -> Result<bool> {
            ESPALIER_TRY(project.useRun(name));
            return true;
        },
        [this](const Result<bool>& done) {
            if (!done) showError(this, done.error(), Activity::Other);
        },
        this);
}

void RunsPanel::note() {
    const project::RunInfo* run = current();
    if (!run) return;
    const QString name = toQt(run->name);
    dialogs().askText(this, tr("Note"), tr("What is worth knowing about %1?").arg(name), toQt(run->note), tr("Save"),
                      [this, name](bool given, const QString& text) {
                          if (!given) return;
                          m_session->run<bool>(
                              [name = fromQt(name), text = fromQt(text)](project::Project& project,
                                                                         jobs::JobContext&) -> Result<bool> {
                                  ESPALIER_TRY(project.noteRun(name, text));
                                  return true;
                              },
                              [this](const Result<bool>& done) {
                                  if (!done) showError(this, done.error(), Activity::Other);
                              },
                              this);
                      });
}

void RunsPanel::remove() {
    if (!m_delete->isEnabled()) return;
    const QString name = currentRun();
    dialogs().confirm(this, tr("Delete run"), tr("Delete the run %1 with its model and vectors?").arg(name),
                      tr("This cannot be undone. The label tree and the documents stay."), tr("Delete"), true,
                      [this, name](bool yes) {
                          if (!yes) return;
                          m_session->run<bool>(
                              [name = fromQt(name)](project::Project& project, jobs::JobContext&) -> Result<bool> {
                                  ESPALIER_TRY(project.deleteRun(name));
                                  return true;
                              },
                              [this](const Result<bool>& done) {
                                  if (!done) showError(this, done.error(), Activity::Other);
                              },
                              this);
                      });
}

}  // namespace espalier::ui
