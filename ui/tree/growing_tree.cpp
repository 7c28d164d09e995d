// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/growing_tree.h"

#include <QFocusEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/jobs/job_manager.h"
#include "ui/jobs/job_row.h"
#include "ui/models/growing_tree_model.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/project_session.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/tree/label_delegate.h"

namespace espalier::ui {
namespace {
constexpr int kShownWhole = 40;  // as of a tree that is opened; of more, the top level

class GrowingDelegate : public LabelDelegate {
public:
    explicit GrowingDelegate(QObject* parent) : LabelDelegate(nullptr, parent) {}

protected:
    BranchColors::Place placeOf(const QModelIndex& index) const override {
        return {index.data(GrowingTreeModel::BranchRole).toInt(), index.data(LabelTreeModel::LevelRole).toInt(),
                index.data(GrowingTreeModel::SiblingRole).toInt()};
    }
    QStringList marksOf(const QModelIndex& index) const override {
        return index.data(GrowingTreeModel::OpenRole).toBool() ? QStringList{QStringLiteral("clock")} : QStringList{};
    }
};
}  // namespace

GrowingTree::GrowingTree(const ProjectSession* session, JobManager* jobs, QWidget* parent)
    : QWidget(parent), m_session(session) {
    setObjectName(QStringLiteral("growingTree"));
    m_state = new TextLabel({}, TextRole::Normal, ColorRole::Text, this);
    m_state->setObjectName(QStringLiteral("growingState"));
    m_state->setWordWrap(true);
    m_time = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_progress = new ProgressLine(this);
    m_stop = new QPushButton(icon(QStringLiteral("stop")), tr("Stop and keep"), this);
    m_stop->setObjectName(QStringLiteral("stopGrowing"));
    m_stop->setToolTip(tr("Ends the build; the labels that have grown become the tree"));
    m_model = new GrowingTreeModel(this);
    m_view = new QTreeView(this);
    m_view->setObjectName(QStringLiteral("growingLabels"));
    m_view->setAccessibleName(tr("Labels as they grow, read only"));
    prepareView(m_view);
    m_view->setModel(m_model);
    m_view->setItemDelegate(new GrowingDelegate(m_view));
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setAllColumnsShowFocus(false);
    m_view->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // as in the tree that takes its place
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionsMovable(false);
    m_view->header()->setSectionResizeMode(LabelTreeModel::NameColumn, QHeaderView::Stretch);
    m_view->header()->setSectionResizeMode(LabelTreeModel::DocumentsColumn, QHeaderView::Fixed);
    auto* before = new TextLabel(tr("Labels show here as they are found."), TextRole::Normal, ColorRole::Muted, this);
    before->setWordWrap(true);
    before->setAlignment(Qt::AlignCenter);
    before->setMargin(theme().space(4));
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(before);
    m_stack->addWidget(m_view);
    m_terms = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_terms->setObjectName(QStringLiteral("growingTerms"));
    m_terms->setWordWrap(true);
    m_terms->setMargin(theme().space(2));

    auto* head = new QVBoxLayout;
    head->setContentsMargins(theme().space(3), theme().space(3), theme().space(3), theme().space(2));
    head->setSpacing(theme().space(2));
    head->addWidget(m_state);
    head->addWidget(m_progress);
    auto* row = new QHBoxLayout;
    row->addWidget(m_time, 1);
    row->addWidget(m_stop);
    head->addLayout(row);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addLayout(head);
    layout->addWidget(makeHairline(this));
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_terms);
    setFocusPolicy(Qt::StrongFocus);  // until there are labels: a stray key must not find the Stop button
    setAccessibleName(tr("The tree grows"));

    connect(jobs, &JobManager::jobAdded, this, [this](Job* job) {
        if (job->kind() == QLatin1String("build") && !job->options().value(QLatin1String("replace")).toBool())
            follow(job);
    });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (m_job) m_job->stop();
    });
    connect(m_model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex& above) {
        m_stack->setCurrentWidget(m_view);
        if (hasFocus()) m_view->setFocus(Qt::OtherFocusReason);
        if (above.isValid() && m_model->labels() <= kShownWhole) m_view->expand(above);
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &GrowingTree::showTerms);
    connect(&theme(), &Theme::changed, m_view->viewport(), qOverload<>(&QWidget::update));
    showTerms();
}

void GrowingTree::follow(Job* job) {
    if (m_job) return;  // one at a time: a second one waits, and finds a tree
    m_job = job;
    const qint64 documents = m_session->status().documents;
    m_model->clear(documents);
    m_view->header()->resizeSection(LabelTreeModel::DocumentsColumn, LabelDelegate::documentsColumnWidth(documents));
    m_stack->setCurrentIndex(0);
    connect(job, &Job::treeGrew, this, [this](const QList<QJsonObject>& batch) {
        m_model->add(batch);
        refresh();
    });
    connect(job, &Job::changed, this, &GrowingTree::refresh);
    const auto over = [this] {
        m_job = nullptr;
        Q_EMIT activeChanged();
    };
    connect(job, &Job::finished, this, over);
    connect(job, &QObject::destroyed, this, over);  // the project was closed
    refresh();
    Q_EMIT activeChanged();
}

void GrowingTree::refresh() {
    if (!m_job) return;
    const bool running = m_job->state() == JobState::Running;
    QString state = m_job->statusLine();
    if (m_model->labels() > 0) {
        state = tr("%n label(s) so far", nullptr, m_model->labels());
        if (running && m_model->open() > 0)
            state += QStringLiteral(" · ") + tr("%n still being looked at", nullptr, m_model->open());
        if (!running) state = m_job->statusLine() + QStringLiteral(" · ") + state;
    }
    m_state->setText(state);
    m_progress->setFraction(m_job->fraction());
    m_progress->setActive(running);
    m_time->setText(m_job->timeLeftText());
    m_stop->setEnabled(m_job->canStop());
}

void GrowingTree::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    if (m_stack->currentWidget() == m_view) m_view->setFocus(event->reason());
}

void GrowingTree::showTerms() {
    const QStringList terms = m_view->currentIndex().data(GrowingTreeModel::TermsRole).toStringList();
    m_terms->setText(terms.isEmpty() ? tr("It can be edited when it has grown.") : terms.join(QStringLiteral(", ")));
}

}  // namespace espalier::ui
