// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/proposal_pane.h"

#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/dialogs/error_text.h"
#include "ui/jobs/job_manager.h"
#include "ui/jobs/job_row.h"
#include "ui/models/proposed_changes_model.h"
#include "ui/plot/stability_plot.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"
#include "ui/tree/proposed_change_delegate.h"
#include "ui/tree/stability_table.h"

namespace espalier::ui {
namespace {
constexpr int kLeastNumber = 2, kMostNumber = 30;  // of the slider; the spin box takes more
constexpr int kMostAsked = 1000;
constexpr int kTypicalRows = 3;
constexpr std::size_t kTitleBytes = 200;  // of a text without a title
constexpr const char* kWordsOnly = "none";
}  // namespace

ProposalPane::ProposalPane(ProjectSession* session, JobManager* jobs, Selection* selection, QWidget* parent)
    : QWidget(parent), m_session(session), m_jobs(jobs), m_selection(selection) {
    setObjectName(QStringLiteral("proposalPane"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_model = new ProposedChangesModel(this);
    const auto button = [this](const char* name, const QString& text, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        return made;
    };
    m_title = new TextLabel({}, TextRole::Title, ColorRole::Text, this);
    m_title->setObjectName(QStringLiteral("proposalTitle"));
    m_subtitle = new ElidedLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_apply = button("applyProposal", tr("Apply"), tr("Do what is checked, in one step (Ctrl+Return)"));
    makePrimary(m_apply);
    m_later = button("proposalLater", tr("Later"), tr("Leave it in Proposals, to take or drop another time"));
    m_cancel = button("proposalCancel", tr("Cancel"), tr("Drop it; the tree stays as it is (Esc)"));
    auto* top = new QHBoxLayout;
    top->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), theme().space(2));
    top->setSpacing(theme().space(2));
    top->addWidget(m_title);
    top->addWidget(m_subtitle, 1);
    top->addWidget(m_apply);
    top->addWidget(m_later);
    top->addWidget(m_cancel);

    m_nothing = new EmptyState(this);
    m_nothing->setPrimary(false);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(makeWorking());
    m_pages->addWidget(makeChanges());
    m_pages->addWidget(m_nothing);
    m_side = makeSide();
    auto* below = new QHBoxLayout;
    below->setSpacing(0);
    below->addWidget(m_side);
    below->addWidget(m_pages, 1);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->addLayout(top);
    layout->addWidget(makeHairline(this));
    layout->addLayout(below, 1);

    connect(m_apply, &QPushButton::clicked, this, &ProposalPane::apply);
    connect(m_later, &QPushButton::clicked, this, &ProposalPane::later);
    connect(m_cancel, &QPushButton::clicked, this, &ProposalPane::cancel);
    connect(m_model, &ProposedChangesModel::choiceChanged, this, [this] { preview(false); });
    connect(session, &ProjectSession::closed, this, &ProposalPane::leave);
    connect(session, &ProjectSession::readOnlyChanged, this, &ProposalPane::refreshButtons);
    connect(session, &ProjectSession::treeChanged, this, [this] {
        if (!m_running || m_applying) return;
        refreshTitle();
        if (!m_folder.isEmpty()) preview(false);  // says that the tree is another one now
    });
    // The list of proposals is another way to look at them.
    connect(selection, &Selection::labelsChanged, this, [this] {
        if (m_running && m_selection->scope() == Selection::Scope::Proposals) later();
    });
}

QWidget* ProposalPane::makeWorking() {
    auto* page = new QWidget(this);
    m_workText = new TextLabel({}, TextRole::Normal, ColorRole::Muted, page);
    m_workText->setObjectName(QStringLiteral("proposalWork"));
    m_workText->setWordWrap(true);
    m_progress = new ProgressLine(page);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(theme().space(3), theme().space(3), theme().space(3), theme().space(3));
    layout->setSpacing(theme().space(2));
    layout->addWidget(m_workText);
    layout->addWidget(m_progress);
    layout->addStretch(1);
    return page;
}

QWidget* ProposalPane::makeChanges() {
    auto* page = new QWidget(this);
    m_list = new QListView(page);
    m_list->setObjectName(QStringLiteral("proposedChanges"));
    m_list->setAccessibleName(tr("Proposed changes"));
    prepareView(m_list);
    m_list->setUniformItemSizes(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::DoubleClicked);
    m_list->setItemDelegate(new ProposedChangeDelegate(m_list));
    m_list->setModel(m_model);
    m_typicalHeading = new TextLabel(tr("Typical documents"), TextRole::Small, ColorRole::Muted, page);
    m_typicalHeading->setContentsMargins(theme().space(3), theme().space(1), theme().space(3), 0);
    m_typical = new QListWidget(page);
    m_typical->setObjectName(QStringLiteral("typicalDocuments"));
    m_typical->setAccessibleName(tr("Typical documents"));
    prepareView(m_typical);
    m_typical->setFixedHeight(theme().length(Length::CompactRowHeight) * kTypicalRows + theme().space(1));
    m_typical->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_typical->setTextElideMode(Qt::ElideRight);
    m_summary = new TextLabel({}, TextRole::Small, ColorRole::Text, page);
    m_summary->setObjectName(QStringLiteral("proposalSummary"));
    m_summary->setWordWrap(true);
    m_summary->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), theme().space(2));
    auto* layout = new QVBoxLayout(page);
    noMargins(layout);
    layout->addWidget(m_list, 1);
    layout->addWidget(makeHairline(page));
    layout->addWidget(m_typicalHeading);
    layout->addWidget(m_typical);
    layout->addWidget(makeHairline(page));
    layout->addWidget(m_summary);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &ProposalPane::showTypical);
    connect(m_list, &QListView::activated, this, [this](const QModelIndex& index) {
        if (const project::ViolatedPin* pin = m_model->pin(index.row())) read(toQt(pin->id));
    });
    connect(m_typical, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item && m_typical->hasFocus()) read(item->data(Qt::UserRole).toString());
    });
    connect(m_typical, &QListWidget::itemClicked, this,
            [this](QListWidgetItem* item) { read(item->data(Qt::UserRole).toString()); });
    return page;
}

QWidget* ProposalPane::makeSide() {
    auto* side = new QWidget(this);
    side->setFixedWidth(theme().length(Length::SidePanelWidth) * 3 / 4);
    m_plot = new StabilityPlot(side);
    m_curveText = new TextLabel({}, TextRole::Small, ColorRole::Muted, side);
    m_curveText->setWordWrap(true);
    auto* numberText = new TextLabel(tr("Labels"), TextRole::Normal, ColorRole::Text, side);
    m_number = new QSpinBox(side);
    m_number->setObjectName(QStringLiteral("proposalNumber"));
    m_number->setAccessibleName(tr("Number of labels"));
    m_number->setRange(kLeastNumber - 1, kMostAsked);
    m_number->setSpecialValueText(tr("auto"));
    m_number->setToolTip(tr("How many labels directly under it; auto: as many as come out alike each time"));
    numberText->setBuddy(m_number);
    m_slider = new QSlider(Qt::Horizontal, side);
    m_slider->setObjectName(QStringLiteral("proposalSlider"));
    m_slider->setAccessibleName(tr("Number of labels"));
    m_slider->setRange(kLeastNumber - 1, kMostNumber);
    m_slider->setPageStep(1);
    m_vectorsRow = new QWidget(side);
    auto* vectorsText = new TextLabel(tr("Meaning from"), TextRole::Normal, ColorRole::Text, m_vectorsRow);
    m_vectors = new QComboBox(m_vectorsRow);
    m_vectors->setObjectName(QStringLiteral("proposalVectors"));
    m_vectors->setAccessibleName(tr("Meaning from"));
    m_vectors->setToolTip(tr("Model whose vectors lend each document the words of its neighbours"));
    m_vectors->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    vectorsText->setBuddy(m_vectors);
    m_compute = new QPushButton(tr("Compute again"), side);
    m_compute->setObjectName(QStringLiteral("proposalCompute"));
    auto* vectors = new QHBoxLayout(m_vectorsRow);
    noMargins(vectors);
    vectors->setSpacing(theme().space(2));
    vectors->addWidget(vectorsText);
    vectors->addWidget(m_vectors, 1);
    auto* number = new QHBoxLayout;
    number->setSpacing(theme().space(2));
    number->addWidget(numberText);
    number->addWidget(m_slider, 1);
    number->addWidget(m_number);
    auto* inner = new QWidget(side);
    auto* layout = new QVBoxLayout(inner);
    layout->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), theme().space(2));
    layout->setSpacing(theme().space(2));
    layout->addLayout(number);
    layout->addWidget(m_vectorsRow);
    layout->addWidget(m_compute);
    layout->addWidget(m_plot);
    layout->addWidget(m_curveText);
    layout->addStretch(1);
    auto* scroll = new QScrollArea(side);
    scroll->setWidget(inner);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setBackgroundRole(QPalette::Base);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto* outer = new QHBoxLayout(side);
    noMargins(outer);
    outer->addWidget(scroll, 1);
    connect(m_slider, &QSlider::valueChanged, m_number, &QSpinBox::setValue);
    connect(m_number, &QSpinBox::valueChanged, this, [this](int value) {
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(std::min(value, kMostNumber));
        m_curveText->setText(m_plot->readOut(value));
    });
    connect(m_compute, &QPushButton::clicked, this, &ProposalPane::compute);
    return side;
}

// --- computing -------------------------------------------------------------------------------------------------------

void ProposalPane::startSplit(LabelId label) {
    begin(project::ProposalKind::Split, label);
    compute();
    m_number->setFocus(Qt::OtherFocusReason);
}

void ProposalPane::startRefit(LabelId label, const QString& vectors) {
    begin(project::ProposalKind::Refit, label);
    fillVectors(vectors);
    compute();
    m_number->setFocus(Qt::OtherFocusReason);
}

void ProposalPane::showWaiting(const QString& jobFolder) {
    begin(project::ProposalKind::Split, {});
    m_folder = jobFolder;
    m_pages->setCurrentIndex(Working);
    m_workText->setText(tr("Counting what would change…"));
    m_progress->setFraction(-1);
    preview(true);
    Q_EMIT started();
    m_number->setFocus(Qt::OtherFocusReason);
}

void ProposalPane::begin(project::ProposalKind kind, LabelId label) {
    if (m_job) {
        m_job->disconnect(this);
        m_job->discard();
        m_job.clear();
    }
    drop();
    m_running = true;
    m_kind = kind;
    m_label = label;
    m_k = 0;
    m_usable = false;
    m_model->clear();
    m_plot->setPoints({}, 0);
    m_curveText->setText({});
    refreshNumber();
    m_vectorsRow->setVisible(kind == project::ProposalKind::Refit);
    fillVectors({});
    refreshTitle();
}

void ProposalPane::compute() {
    if (!m_label || !m_session->writable()) return;
    if (m_job) {
        m_job->disconnect(this);
        m_job->discard();
        m_job.clear();
    }
    drop();
    m_usable = false;
    ++m_generation;
    m_k = m_number->value() < kLeastNumber ? 0 : m_number->value();
    QJsonObject options{{QStringLiteral("label"), qint64(m_label.value)}};
    if (m_k > 0) options.insert(QStringLiteral("k"), m_k);
    const bool split = m_kind == project::ProposalKind::Split;
    if (!split && !m_vectors->currentData().toString().isEmpty())
        options.insert(QStringLiteral("vectors"), m_vectors->currentData().toString());
    Job* job = m_jobs->start(split ? QStringLiteral("split") : QStringLiteral("refit"), options,
                             split ? tr("Split %1").arg(labelName()) : tr("Re-fit %1").arg(labelName()));
    m_job = job;
    m_pages->setCurrentIndex(Working);
    const auto progress = [this, job] {
        const QStringList parts{job->statusLine(), job->timeLeftText()};
        m_workText->setText(parts[1].isEmpty() ? parts[0] : parts.join(QStringLiteral(" · ")));
        m_progress->setFraction(job->fraction());
        m_progress->setActive(job->state() == JobState::Running);
    };
    connect(job, &Job::changed, this, progress);
    connect(job, &Job::finished, this, [this, job] { jobEnded(job); });
    progress();
    refreshButtons();
    Q_EMIT started();
}

void ProposalPane::jobEnded(Job* job) {
    if (job != m_job) return;
    m_job.clear();
    if (job->state() == JobState::Done) {
        m_folder = job->folder();
        Q_EMIT changed();
        preview(true);
    } else if (job->state() == JobState::Failed && job->problem()) {
        showNothing(job->problem()->headline, job->problem()->body());
    } else {
        showNothing(tr("Stopped"), tr("Nothing was changed."));
    }
    refreshButtons();
}

void ProposalPane::preview(bool fresh) {
    m_asking = true;
    refreshButtons();
    m_session->read<project::ProposalDiff>(
        [folder = toPath(m_folder), choice = fresh ? project::Acceptance{} : m_model->acceptance()](
            project::Project& project, jobs::JobContext&) { return project.preview(folder, choice); },
        [this, fresh, folder = m_folder](const Result<project::ProposalDiff>& diff) {
            if (wasCancelled(diff) || folder != m_folder || !m_running) return;
            m_asking = false;
            if (diff) {
                show(*diff, fresh);
            } else {
                m_usable = false;
                const ErrorText text = errorText(diff.error(), Activity::Adopt);
                const bool stale = diff.error().code == ErrorCode::Conflict;
                if (fresh) showNothing(text.headline, text.body());
                m_summary->setColorRole(ColorRole::Warning);
                m_summary->setText(stale ? tr("The tree was edited since this was computed. Compute it again.")
                                         : text.headline);
            }
            refreshButtons();
        },
        this, this);
}

void ProposalPane::show(const project::ProposalDiff& diff, bool fresh) {
    m_kind = diff.kind;
    m_label = diff.label;
    m_usable = !diff.empty() && (fresh || m_model->taken() > 0);
    refreshTitle();
    m_subtitle->setText(tr("%n document(s)", nullptr, int(diff.documents)));
    if (fresh) {
        refreshCurve(diff);
        m_vectorsRow->setVisible(m_kind == project::ProposalKind::Refit);
        if (diff.empty()) {
            drop();
            showNothing(m_kind == project::ProposalKind::Split ? tr("Nothing to split") : tr("Nothing to change"),
                        tr("%1 Choose a number of labels to see them all the same.").arg(toQt(diff.why)));
            return;
        }
        m_model->setDiff(diff);
        m_pages->setCurrentIndex(Changes);
        m_list->setCurrentIndex(m_model->index(0));
        if (isAncestorOf(window()->focusWidget()) || !window()->focusWidget()) m_list->setFocus(Qt::OtherFocusReason);
    } else {
        m_model->updateDiff(diff);
    }
    m_summary->setColorRole(ColorRole::Text);
    m_summary->setText(m_model->taken() == 0 ? tr("Nothing is checked: nothing would change.") : summaryOf(diff));
    if (fresh) {
        QAccessibleEvent told(m_summary, QAccessible::NameChanged);
        QAccessible::updateAccessibility(&told);
    }
}

void ProposalPane::showNothing(const QString& headline, const QString& line) {
    m_nothing->setContent(QStringLiteral("information"), headline, line);
    m_pages->setCurrentIndex(Nothing);
}

QString ProposalPane::summaryOf(const project::ProposalDiff& diff) const {
    QStringList said;
    if (m_kind == project::ProposalKind::Split)
        said << tr("%n document(s) move into the checked labels; %1 stay at “%2”.", nullptr, int(diff.documentsMoved))
                    .arg(formatCount(diff.documents - diff.documentsMoved), labelName());
    else
        said << tr("%1 of %n document(s) get another label.", nullptr, int(diff.documents))
                    .arg(formatCount(diff.documentsMoved));
    if (diff.pins > 0)
        said << (diff.pinsKept == diff.pins ? tr("The fit agrees with every pin (%1).").arg(formatCount(diff.pins))
                                            : tr("The fit agrees with %1 of %2 pins; all of them hold.")
                                                  .arg(formatCount(diff.pinsKept), formatCount(diff.pins)));
    return said.join(u' ');
}

QString ProposalPane::summary() const {
    return m_summary->text();
}

// --- what is shown ---------------------------------------------------------------------------------------------------

QString ProposalPane::labelName() const {
    const auto tree = m_session->tree();
    const tree::Label* label = tree ? tree->tree.find(m_label) : nullptr;
    if (!label) return {};
    return label->id == tree->tree.root() ? tr("the whole tree") : toQt(label->name);
}

void ProposalPane::refreshTitle() {
    const QString name = labelName();
    m_title->setText(name.isEmpty()                           ? tr("Proposal")
                     : m_kind == project::ProposalKind::Split ? tr("Split %1").arg(name)
                                                              : tr("Re-fit %1").arg(name));
    setAccessibleName(m_title->text());
}

void ProposalPane::refreshButtons() {
    const bool writable = m_session->writable();
    m_apply->setEnabled(writable && m_usable && !m_asking && !m_applying && !computing());
    m_later->setEnabled(computing() || !m_folder.isEmpty());
    m_compute->setEnabled(writable && bool(m_label) && !m_applying);
    m_compute->setText(computing() ? tr("Start over") : tr("Compute again"));
    m_subtitle->setVisible(!computing());
}

/// One number alone leaves one point: then the curve of before stays, for it says how the others fared.
void ProposalPane::refreshCurve(const project::ProposalDiff& diff) {
    StabilityTable table = readStability(diff.stability);
    if (table.points.size() <= 1 && m_plot->points().size() > 1 && m_k > 0) {
        table.points = m_plot->points();
        for (StabilityPlot::Point& point : table.points) point.chosen = point.k == diff.k;
        table.threshold = m_plot->threshold();
    }
    m_plot->setPoints(table.points, table.threshold);
    m_plot->setVisible(!table.points.empty());
    if (!diff.empty()) {
        const QSignalBlocker quiet(m_number), still(m_slider);
        m_number->setValue(std::max(diff.k, kLeastNumber - 1));
        m_slider->setValue(std::min(m_number->value(), kMostNumber));
    }
    m_curveText->setText(m_plot->readOut(diff.k));
}

void ProposalPane::refreshNumber() {
    const QSignalBlocker quiet(m_number), still(m_slider);
    m_number->setValue(kLeastNumber - 1);
    m_slider->setValue(kLeastNumber - 1);
}

void ProposalPane::fillVectors(const QString& wanted) {
    m_vectors->clear();
    m_vectors->addItem(tr("as the tree was grown"), QString());
    for (const project::ModelInfo& model : m_session->status().models)
        if (model.kind == "encoder" && !model.vectorsFile.empty())
            m_vectors->addItem(toQt(model.name), toQt(model.name));
    m_vectors->addItem(tr("words alone"), QString::fromLatin1(kWordsOnly));
    if (m_vectors->findData(wanted) < 0) m_vectors->addItem(wanted, wanted);  // embedded just now
    m_vectors->setCurrentIndex(std::max(0, m_vectors->findData(wanted)));
}

void ProposalPane::showTypical() {
    m_typical->clear();
    const project::ProposedChange* label = m_model->label(m_list->currentIndex().row());
    const bool some = label && !label->typical.empty();
    m_typicalHeading->setText(some ? tr("Typical of “%1”").arg(m_list->currentIndex().data().toString())
                                   : tr("Typical documents"));
    if (!some) return;
    ++m_generation;
    using Titles = std::vector<std::pair<std::string, std::string>>;
    m_session->read<Titles>(
        [ids = label->typical](project::Project& project, jobs::JobContext&) -> Result<Titles> {
            Titles titles;
            for (const std::string& id : ids) {
                ESPALIER_ASSIGN(const project::DocumentRecord record, project.document(id));
                const text::Document& document = record.document;
                titles.emplace_back(id, document.title.empty() ? document.text.substr(0, kTitleBytes) : document.title);
            }
            return titles;
        },
        [this, generation = m_generation](const Result<Titles>& titles) {
            if (!titles || generation != m_generation) return;
            m_typical->clear();
            if (titles->empty()) return;
            for (const auto& [id, title] : *titles) {
                auto* item = new QListWidgetItem(title.empty() ? toQt(id) : toQt(title).simplified(), m_typical);
                item->setData(Qt::UserRole, toQt(id));
                item->setToolTip(item->text());
            }
            m_typical->setFixedHeight(kTypicalRows * m_typical->sizeHintForRow(0) + 2 * m_typical->frameWidth());
        },
        this, m_typical);
}

void ProposalPane::read(const QString& documentId) {
    m_session->document(
        documentId,
        [this](const Result<project::DocumentRecord>& record) {
            if (record) m_selection->setDocument(record->key);
        },
        this, &m_typical);
}

// --- ends ------------------------------------------------------------------------------------------------------------

void ProposalPane::apply() {
    if (!m_apply->isEnabled()) return;
    m_applying = true;
    refreshButtons();
    m_session->run<project::AdoptOutcome>(
        [folder = toPath(m_folder), choice = m_model->acceptance()](project::Project& project, jobs::JobContext&) {
            return project.adopt(folder, choice);
        },
        [this, label = m_label](const Result<project::AdoptOutcome>& outcome) {
            m_applying = false;
            if (!outcome) {
                if (wasCancelled(outcome)) return;
                showError(window(), outcome.error(), Activity::Adopt);
                refreshButtons();
                return;
            }
            m_folder.clear();
            leave();
            Q_EMIT acted(tr("%1.").arg(toQt(outcome->name)), 1);
            Q_EMIT changed();
            Q_EMIT labelRequested(label);
        },
        this);
}

void ProposalPane::later() {
    if (m_job) m_job->disconnect(this);
    m_job.clear();
    m_folder.clear();
    Q_EMIT changed();
    leave();
}

void ProposalPane::cancel() {
    if (m_job) {
        m_job->disconnect(this);
        m_job->discard();
        m_job.clear();
    }
    drop();
    leave();
}

void ProposalPane::drop() {
    if (m_folder.isEmpty()) return;
    m_session->run<bool>(
        [folder = toPath(m_folder)](project::Project& project, jobs::JobContext&) -> Result<bool> {
            ESPALIER_TRY(project.discardJob(folder));
            return true;
        },
        [this](const Result<bool>&) { Q_EMIT changed(); }, this);
    m_folder.clear();
}

void ProposalPane::leave() {
    if (!m_running) return;
    m_running = false;
    m_job.clear();
    m_folder.clear();
    m_model->clear();
    Q_EMIT left();
}

void ProposalPane::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape && event->modifiers() == Qt::NoModifier) return cancel();
    if (enter && event->modifiers().testFlag(Qt::ControlModifier)) return apply();
    QWidget::keyPressEvent(event);
}

}  // namespace espalier::ui
