// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/document_inspector.h"

#include <QVBoxLayout>

#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"
#include "ui/tree/document_actions.h"
#include "ui/tree/inspector_section.h"
#include "ui/tree/pin_section.h"
#include "ui/tree/share_section.h"
#include "ui/tree/why_section.h"

namespace espalier::ui {
namespace {
QString titleOf(const project::DocumentRecord& record) {
    const text::Document& document = record.document;
    return toQt(document.title.empty() ? document.id : document.title);
}
}  // namespace

DocumentInspector::DocumentInspector(ProjectSession* session, Selection* selection, const BranchColors* colors,
                                     DocumentActions* actions, JobManager* jobs, QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection), m_colors(colors) {
    setObjectName(QStringLiteral("documentInspector"));
    m_title = new TextLabel({}, TextRole::Title, ColorRole::Text, this);
    m_title->setWordWrap(true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_id = new ElidedLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_id->setElideMode(Qt::ElideMiddle);
    m_placed = new TextLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_placed->setWordWrap(true);
    m_shares = new ShareSection(colors, this);
    m_shares->setObjectName(QStringLiteral("documentShares"));
    m_fits = new BarSection(tr("Not explained"),
                            tr("Part of the document that the labels under each label leave over, from 0 to 1: near 1, "
                               "its words fit none of them. Measured when it was placed."),
                            true, this);
    m_fits->setObjectName(QStringLiteral("documentFits"));
    m_why = new WhySection(session, jobs, this);
    m_pins = new PinSection(actions, this);
    m_reference = new BarSection(tr("Label it came with"),
                                 tr("Reference labels of the corpus: never used to build or train"), false, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme().space(2), theme().space(3), theme().space(2), theme().space(4));
    layout->setSpacing(theme().space(4));
    auto* head = new QVBoxLayout;
    head->setContentsMargins(theme().space(1), 0, theme().space(1), 0);
    head->setSpacing(theme().space(1));
    head->addWidget(m_id);
    head->addWidget(m_title);
    head->addWidget(m_placed);
    layout->addLayout(head);
    layout->addWidget(m_shares);
    layout->addWidget(m_fits);
    layout->addWidget(m_why);
    layout->addWidget(m_pins);
    layout->addWidget(m_reference);
    layout->addStretch(1);

    connect(selection, &Selection::documentChanged, this, &DocumentInspector::ask);
    connect(session, &ProjectSession::treeChanged, this, &DocumentInspector::ask);
    connect(&theme(), &Theme::changed, this, &DocumentInspector::showRecord);
    connect(m_shares, &ShareSection::activated, this, [this](qint64 key) { m_selection->setLabel(LabelId{key}); });
    connect(m_fits, &BarSection::activated, this, [this](qint64 key) { m_selection->setLabel(LabelId{key}); });
    connect(session, &ProjectSession::readOnlyChanged, this, &DocumentInspector::showRecord);
    connect(m_shares, &ShareSection::shareChosen, this, [this, actions](qint64 label, double share) {
        actions->setShare(m_record.key, titleOf(m_record), LabelId{label}, share);
    });
    const auto takeBack = [this, actions](qint64 label) { actions->unshare(m_record.key, LabelId{label}); };
    connect(m_shares, &ShareSection::takenBack, this, takeBack);
    connect(m_pins, &PinSection::unshareRequested, this, takeBack);
    connect(actions, &DocumentActions::refused, this, &DocumentInspector::showRecord);
    connect(actions, &DocumentActions::shareWanted, this, [this](DocumentKey document, LabelId label) {
        if (document == m_record.key) m_shares->startAt(label);
    });
    connect(m_pins, &PinSection::unpinRequested, this,
            [this, actions](qint64 label) { actions->unpin(m_record.key, LabelId{label}); });
    actions->addTo(this);
    ask();
}

void DocumentInspector::ask() {
    const DocumentKey key = m_selection->document();
    const quint64 generation = ++m_generation;
    if (!key || !m_session->isOpen()) return;
    m_session->document(
        key,
        [this, generation](Result<project::DocumentRecord> record) {
            if (!record || generation != m_generation) return;
            m_record = std::move(record).value();
            showRecord();
            m_why->setDocument(m_record);
        },
        this, this);
}

void DocumentInspector::showRecord() {
    const auto tree = m_session->tree();
    if (!tree || !m_record.key) return;
    const text::Document& document = m_record.document;
    m_title->setText(titleOf(m_record));
    m_id->setText(toQt(document.id));
    m_shares->setRecord(tree, m_record, m_session->writable());
    showFits(tree->tree);
    m_pins->setPins(tree->tree, m_record, m_session->writable());
    if (m_record.resting.empty() && !m_record.hard)
        m_placed->setText(tr("No label holds it yet. Build > Place new documents does that."));
    else if (m_record.hard && m_record.hard != tree->tree.root())
        m_placed->setText(toQt(tree->tree.pathNames(m_record.hard)).join(QStringLiteral(" › ")));
    else
        m_placed->setText(tr("It rests at the top of the tree."));
    QList<BarRow::Content> reference;
    int indent = 0;
    for (const std::string& name : document.labels) {
        BarRow::Content row;
        row.text = toQt(name);
        row.share = -1;
        row.indent = indent++;
        reference << row;
    }
    m_reference->setRows(reference);
    m_reference->setVisible(!reference.isEmpty());
}

void DocumentInspector::showFits(const tree::LabelTree& tree) {
    QList<BarRow::Content> rows;
    QList<qint64> keys;
    for (const project::FitAt& fit : m_record.fits) {
        if (!tree.contains(fit.label) || !m_record.hard || !tree.inBranch(m_record.hard, fit.label)) continue;
        const bool root = fit.label == tree.root();
        const BranchColors::Place place = m_colors->place(fit.label);
        BarRow::Content row;
        row.text =
            root ? tr("By the top-level labels") : tr("By the labels under %1").arg(toQt(tree.at(fit.label).name));
        row.figure = formatShare(fit.residual);
        row.share = fit.residual;
        row.color =
            root ? theme().color(ColorRole::Muted) : theme().branchColor(place.branch, place.level, place.sibling);
        row.spoken = tr("%1, not explained: %2").arg(row.text, row.figure);
        rows << row;
        keys << (root ? 0 : fit.label.value);
    }
    m_fits->setRows(rows, keys);
    m_fits->setVisible(!rows.isEmpty());
}

}  // namespace espalier::ui
