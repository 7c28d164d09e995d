// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_inspector.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPlainTextEdit>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"
#include "ui/tree/inspector_section.h"
#include "ui/tree/label_actions.h"
#include "ui/tree/share_histogram.h"
#include "ui/tree/stability_section.h"

namespace espalier::ui {
namespace {
constexpr int kDelayMs = 120;  // walking the tree by arrow keys asks once, where it stops
constexpr int kTerms = 12;
constexpr int kExamples = 5;
constexpr int kNoteLines = 3;
}  // namespace

LabelInspector::LabelInspector(ProjectSession* session, Selection* selection, const BranchColors* colors,
                               LabelActions* actions, QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection), m_colors(colors), m_actions(actions) {
    setObjectName(QStringLiteral("labelInspector"));
    m_name = new TextLabel({}, TextRole::Title, ColorRole::Text, this);
    m_name->setObjectName(QStringLiteral("inspectorLabelName"));
    m_name->setWordWrap(true);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_path = new ElidedLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_path->setElideMode(Qt::ElideMiddle);
    m_counts = new TextLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_counts->setWordWrap(true);
    m_stop = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_stop->setWordWrap(true);

    m_alternatives = new InspectorSection(tr("Alternative names"), {}, this);
    m_alternativeNames = new TextLabel({}, TextRole::Normal, ColorRole::Text, this);
    m_alternativeNames->setWordWrap(true);
    m_alternatives->body()->addWidget(m_alternativeNames);

    auto* note = new InspectorSection(tr("Note"), tr("What belongs here and what does not; kept in the history"), this);
    m_note = new QPlainTextEdit(this);
    m_note->setObjectName(QStringLiteral("labelNote"));
    m_note->setAccessibleName(tr("Note of the label"));
    m_note->setPlaceholderText(tr("What belongs here, and what does not"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(QFontMetrics(m_note->font()).lineSpacing() * kNoteLines + theme().space(4));
    m_note->installEventFilter(this);
    note->body()->addWidget(m_note);

    m_terms = new BarSection(tr("Terms that set it apart"),
                             tr("Weight by which a term sets the label apart from its siblings; no unit"), false, this);
    m_terms->setObjectName(QStringLiteral("labelTerms"));
    auto* shares = new InspectorSection(tr("How firmly documents belong"),
                                        tr("Number of documents by their share of this branch (membership)"), this);
    m_histogram = new ShareHistogram(this);
    auto* axes = new TextLabel(tr("Documents by their share of this branch"), TextRole::Small, ColorRole::Muted, this);
    shares->body()->addWidget(axes);
    shares->body()->addSpacing(theme().space(1));
    shares->body()->addWidget(m_histogram);
    m_typical = new BarSection(tr("Typical documents"), tr("Largest share of this branch"), true, this);
    m_typical->setObjectName(QStringLiteral("typicalDocuments"));
    m_borderline =
        new BarSection(tr("Documents between labels"), tr("Smallest lead over the second-best label"), true, this);
    m_borderline->setObjectName(QStringLiteral("borderlineDocuments"));

    m_stability = new StabilitySection(this);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme().space(2), theme().space(3), theme().space(2), theme().space(4));
    layout->setSpacing(theme().space(4));
    auto* head = new QVBoxLayout;
    head->setContentsMargins(theme().space(1), 0, theme().space(1), 0);
    head->setSpacing(theme().space(1));
    head->addWidget(m_path);
    head->addWidget(m_name);
    head->addWidget(m_counts);
    head->addWidget(m_stop);
    layout->addLayout(head);
    layout->addWidget(m_alternatives);
    layout->addWidget(m_terms);
    layout->addWidget(shares);
    layout->addWidget(m_typical);
    layout->addWidget(m_borderline);
    layout->addWidget(note);
    layout->addWidget(m_stability);
    layout->addStretch(1);

    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &LabelInspector::askFacts);
    connect(selection, &Selection::labelsChanged, this, &LabelInspector::takeLabel);
    connect(session, &ProjectSession::treeChanged, this, &LabelInspector::takeTree);
    connect(session, &ProjectSession::readOnlyChanged, this, &LabelInspector::takeTree);
    connect(&theme(), &Theme::changed, this, &LabelInspector::takeTree);
    const auto read = [this](qint64 key) { m_selection->setDocument(DocumentKey{key}); };
    connect(m_typical, &BarSection::activated, this, read);
    connect(m_borderline, &BarSection::activated, this, read);
    takeLabel();
}

QColor LabelInspector::labelColor() const {
    const BranchColors::Place place = m_colors->place(m_label);
    return theme().branchColor(place.branch, place.level, place.sibling);
}

void LabelInspector::takeLabel() {
    commitNote();
    m_label = m_selection->label();
    ++m_generation;
    m_typical->setRows({});
    m_borderline->setRows({});
    m_histogram->setCounts({}, labelColor());
    takeTree();
}

void LabelInspector::takeTree() {
    const auto tree = m_session->tree();
    const tree::Label* label = tree && m_label ? tree->tree.find(m_label) : nullptr;
    if (!label) return;
    const project::LabelCounts counts = tree->countsOf(m_label);
    QStringList path = toQt(tree->tree.pathNames(m_label));
    if (!path.isEmpty()) path.removeLast();
    m_path->setText(path.join(QStringLiteral(" › ")));
    m_path->setVisible(!path.isEmpty());
    m_name->setText(toQt(label->name));
    QStringList facts{tr("%1 documents").arg(formatCount(counts.documents)),
                      tr("level %1").arg(tree->tree.level(m_label))};
    if (!label->children.empty()) facts << tr("%n child label(s)", nullptr, int(label->children.size()));
    if (label->locked) facts << tr("locked");
    m_counts->setText(facts.join(QStringLiteral(" · ")));
    m_counts->setToolTip(tr("Expected number of documents (sum of shares): %1").arg(formatFigure(counts.mass)));
    m_stop->setText(tr("Not split further: %1").arg(toQt(label->stopReason)));
    m_stop->setVisible(!label->stopReason.empty());
    m_alternatives->setVisible(!label->alternativeNames.empty());
    m_alternativeNames->setText(toQt(label->alternativeNames).join(QStringLiteral(", ")));
    if (!m_note->hasFocus()) m_note->setPlainText(toQt(label->note));
    m_note->setReadOnly(!m_session->writable() || label->locked);

    QList<BarRow::Content> terms;
    const double top = label->terms.empty() ? 1.0 : std::max(1e-12, label->terms.front().weight);
    const int decimals = std::clamp(2 - int(std::floor(std::log10(top))), 0, 6);  // as the largest: they line up
    for (const tree::Term& term : label->terms) {
        if (terms.size() == kTerms) break;
        BarRow::Content row;
        row.text = toQt(term.text);
        row.figure = QLocale().toString(double(term.weight), 'f', decimals);
        row.share = term.weight / top;
        row.color = labelColor();
        terms << row;
    }
    m_terms->setRows(terms);
    m_terms->setVisible(!terms.isEmpty());
    const auto stability = tree->stability ? tree->stability->find(m_label) : decltype(tree->stability->end()){};
    const bool known = tree->stability && stability != tree->stability->end();
    m_stability->setVisible(known);
    if (known) m_stability->setStability(stability->second, int(label->children.size()), toQt(label->stopReason));
    m_delay.start();
}

void LabelInspector::askFacts() {
    const auto tree = m_session->tree();
    if (!tree || !m_label || !tree->tree.contains(m_label)) return;
    const LabelId label = m_label;
    const quint64 generation = ++m_generation;
    m_session->read<Facts>(
        [label, tree](project::Project& project, jobs::JobContext& job) -> Result<Facts> {
            Facts facts;
            project::DocumentQuery query;
            query.branch = label;
            query.limit = kExamples;
            query.order = project::Order::Typical;
            ESPALIER_ASSIGN(project::DocumentPage typical, project.documents(query));
            facts.typical = std::move(typical.rows);
            query.order = project::Order::Borderline;
            ESPALIER_ASSIGN(project::DocumentPage borderline, project.documents(query));
            facts.borderline = std::move(borderline.rows);
            ESPALIER_TRY(job.checkStop());
            std::unordered_set<std::int64_t> branch;
            for (const LabelId id : tree->tree.branch(label)) branch.insert(id.value);
            ESPALIER_ASSIGN(const auto resting, project.allResting());
            facts.histogram.assign(ShareHistogram::kBins, 0);
            for (const project::DocumentResting& document : resting) {
                double share = 0;
                for (const tree::Resting& rest : document.resting)
                    if (branch.count(rest.label.value)) share += rest.mass;
                if (share <= 0) continue;
                const int bin = std::clamp(int(share * ShareHistogram::kBins), 0, ShareHistogram::kBins - 1);
                ++facts.histogram[std::size_t(bin)];
            }
            return facts;
        },
        [this, generation](Result<Facts> facts) {
            if (facts && generation == m_generation) showFacts(*facts);
        },
        this, this);
}

void LabelInspector::showFacts(const Facts& facts) {
    const auto fill = [this](BarSection* section, const std::vector<project::DocumentRow>& documents, bool second) {
        QList<BarRow::Content> rows;
        QList<qint64> keys;
        for (const project::DocumentRow& document : documents) {
            BarRow::Content row;
            row.text = toQt(document.title.empty() ? document.id : document.title);
            row.figure = formatShare(document.share);
            row.color = labelColor();
            row.share = document.share;
            row.tip = row.text;
            const auto tree = m_session->tree();
            const tree::Label* other = tree && document.second ? tree->tree.find(document.second) : nullptr;
            if (second && other)
                row.tip += u'\n' + tr("Second: %1, %2").arg(toQt(other->name), formatShare(document.secondShare));
            row.spoken = tr("%1, share %2").arg(row.text, row.figure);
            rows << row;
            keys << document.key.value;
        }
        section->setRows(rows, keys);
        section->setVisible(!rows.isEmpty());
    };
    fill(m_typical, facts.typical, false);
    fill(m_borderline, facts.borderline, true);
    m_histogram->setCounts(facts.histogram, labelColor());
}

void LabelInspector::focusNote() {
    m_note->setFocus(Qt::ShortcutFocusReason);
    m_note->moveCursor(QTextCursor::End);
}

void LabelInspector::commitNote() {
    if (m_label && !m_note->isReadOnly()) m_actions->setNote(m_label, m_note->toPlainText().trimmed());
}

bool LabelInspector::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_note) {
        if (event->type() == QEvent::FocusOut) commitNote();
        if (event->type() == QEvent::KeyPress) {
            auto* key = static_cast<QKeyEvent*>(event);
            const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
            if (enter && (key->modifiers() & Qt::ControlModifier)) {
                commitNote();
                return true;
            }
            if (key->key() == Qt::Key_Escape) {  // back to what is stored
                const auto tree = m_session->tree();
                const tree::Label* label = tree ? tree->tree.find(m_label) : nullptr;
                if (label) m_note->setPlainText(toQt(label->note));
                return true;
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace espalier::ui
