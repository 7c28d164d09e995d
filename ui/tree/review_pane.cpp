// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/review_pane.h"

#include <QAccessible>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/dialogs/error_text.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/empty_state.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"
#include "ui/tree/bar_row.h"
#include "ui/tree/label_dialogs.h"
#include "ui/tree/label_picker.h"

namespace espalier::ui {
namespace {
constexpr int kPace = 15;                // documents that the time left is told from
constexpr int kPaceLeast = 3;            // fewer tell nothing
constexpr double kLongestSeconds = 120;  // away from the desk
}  // namespace

ReviewPane::ReviewPane(ProjectSession* session, Selection* selection, const BranchColors* colors, QWidget* parent)
    : QWidget(parent), m_session(session), m_selection(selection), m_colors(colors) {
    setObjectName(QStringLiteral("reviewPane"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setFocusPolicy(Qt::StrongFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme().space(3), theme().space(2), theme().space(3), theme().space(2));
    layout->setSpacing(theme().space(1));
    makeTop();
    m_work = new QWidget(this);
    auto* work = new QVBoxLayout(m_work);
    noMargins(work);
    work->setSpacing(theme().space(1));
    m_title = new ElidedLabel({}, TextRole::Strong, ColorRole::Text, m_work);
    m_title->setObjectName(QStringLiteral("reviewTitle"));
    m_place = new ElidedLabel({}, TextRole::Small, ColorRole::Muted, m_work);
    m_place->setObjectName(QStringLiteral("reviewPlace"));
    work->addWidget(m_title);
    work->addWidget(m_place);
    makeRows();
    makeButtons();
    layout->addWidget(m_work);
    m_end = new EmptyState(this);
    m_end->setPrimary(false);
    layout->addWidget(m_end, 1);
    layout->addStretch(0);
    m_end->hide();

    connect(m_end, &EmptyState::activated, this, &ReviewPane::leave);
    connect(session, &ProjectSession::treeChanged, this, [this] {
        if (m_running) ask();
    });
    connect(session, &ProjectSession::closed, this, &ReviewPane::leave);
    connect(session, &ProjectSession::readOnlyChanged, this, [this] {
        if (!m_session->writable()) leave();
    });
    connect(selection, &Selection::labelsChanged, this, &ReviewPane::leave);
    // Undo and redo select the document of the pin: the review goes there.
    connect(selection, &Selection::documentChanged, this, [this](DocumentKey key) {
        if (!m_running || m_moving || !key || key == document()) return;
        const auto found = std::find(m_queue.begin(), m_queue.end(), key);
        if (found != m_queue.end()) go(int(found - m_queue.begin()));
    });
    setKeys(Settings::instance().reviewKeys());
}

void ReviewPane::makeTop() {
    m_heading = new TextLabel({}, TextRole::Title, ColorRole::Text, this);
    m_progress = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_progress->setObjectName(QStringLiteral("reviewProgress"));
    m_keys = new QCheckBox(tr("Single keys"), this);
    m_keys->setObjectName(QStringLiteral("reviewKeys"));
    m_keys->setToolTip(tr("1 to 9, M, N, S, Space and Backspace act at once while the review has the keyboard"));
    m_leave = new QPushButton(tr("Leave"), this);
    m_leave->setObjectName(QStringLiteral("leaveReview"));
    m_leave->setToolTip(tr("Back to the list (Esc)"));
    auto* top = new QHBoxLayout;
    top->setSpacing(theme().space(2));
    top->addWidget(m_heading);
    top->addWidget(m_progress, 1);
    top->addWidget(m_keys);
    top->addWidget(m_leave);
    static_cast<QVBoxLayout*>(layout())->addLayout(top);
    connect(m_leave, &QPushButton::clicked, this, &ReviewPane::leave);
    connect(m_keys, &QCheckBox::toggled, this, [this](bool on) {
        Settings::instance().setReviewKeys(on);
        setKeys(on);
        if (on) setFocus(Qt::OtherFocusReason);
    });
}

void ReviewPane::makeRows() {
    m_choices = new QWidget(m_work);
    m_choices->setAccessibleName(tr("Likeliest labels"));
    auto* rows = new QVBoxLayout(m_choices);
    noMargins(rows);
    for (int number = 1; number <= kChoices; ++number) {
        auto* row = new BarRow(true, m_choices);
        row->setObjectName(QStringLiteral("reviewChoice%1").arg(number));
        connect(row, &QAbstractButton::clicked, this, [this, number] { choose(number); });
        rows->addWidget(row);
        m_rows << row;
    }
    m_work->layout()->addWidget(m_choices);
}

void ReviewPane::makeButtons() {
    m_buttons = new QWidget(m_work);
    auto* buttons = new QHBoxLayout(m_buttons);
    noMargins(buttons);
    buttons->setContentsMargins(0, theme().space(1), 0, 0);
    buttons->setSpacing(theme().space(2));
    const auto add = [&](const char* name, const QString& tip) {
        auto* button = new QPushButton(m_buttons);
        button->setObjectName(QString::fromLatin1(name));
        button->setToolTip(tip);
        buttons->addWidget(button);
        return button;
    };
    m_find = add("reviewFind", tr("Find the label by its name (M)"));
    m_note = add("reviewNote", tr("Write down the rule: the note of the label the document is under (N)"));
    m_full = add("reviewFullText", tr("Give the text the room, and back (Space)"));
    m_skip = add("reviewSkip", tr("Leave it as it is (S)"));
    m_previous = add("reviewPrevious", tr("Back to the document before (Backspace)"));
    buttons->addStretch(1);
    m_work->layout()->addWidget(m_buttons);
    connect(m_find, &QPushButton::clicked, this, &ReviewPane::findLabel);
    connect(m_note, &QPushButton::clicked, this, &ReviewPane::askNote);
    connect(m_full, &QPushButton::clicked, this, [this] { setFullText(!m_fullText); });
    connect(m_skip, &QPushButton::clicked, this, &ReviewPane::step);
    connect(m_previous, &QPushButton::clicked, this, [this] { go(m_at - 1); });
}

void ReviewPane::setKeys(bool on) {
    const QSignalBlocker silent(m_keys);
    m_keys->setChecked(on);
    const auto named = [on](const QString& text, const QString& key) {
        return on ? tr("%1  %2").arg(text, key) : text;
    };
    m_find->setText(named(tr("Other label…"), tr("M")));
    m_note->setText(named(tr("Note…"), tr("N")));
    m_full->setText(named(m_fullText ? tr("Choices") : tr("Full text"), tr("Space")));
    m_skip->setText(named(tr("Skip"), tr("S")));
    m_previous->setText(named(tr("Previous"), tr("⌫")));
}

void ReviewPane::start(const project::DocumentQuery& query, const QString& name) {
    const quint64 generation = ++m_generation;
    m_session->read<std::vector<DocumentKey>>(
        [query](project::Project& project, jobs::JobContext&) { return project.documentKeys(query); },
        [this, generation, name](Result<std::vector<DocumentKey>> keys) {
            if (generation != m_generation || wasCancelled(keys)) return;
            if (!keys) return showError(window(), keys.error(), Activity::Other);
            if (keys->empty()) return;
            m_queue = std::move(keys).value();
            m_name = name;
            m_heading->setText(tr("Review"));
            m_running = true;
            m_seconds.clear();
            setFullText(false);
            const auto found = std::find(m_queue.begin(), m_queue.end(), m_selection->document());
            Q_EMIT started();
            go(found == m_queue.end() ? 0 : int(found - m_queue.begin()));
            setFocus(Qt::OtherFocusReason);
        },
        this);
}

void ReviewPane::leave() {
    ++m_generation;
    if (!m_running) return;
    m_running = false;
    setFullText(false);
    Q_EMIT left();
}

void ReviewPane::setFullText(bool on) {
    const bool changed = m_fullText != on;
    m_fullText = on;
    m_choices->setVisible(!on);
    setKeys(m_keys->isChecked());
    // At once, so that who gives the room away knows how low this is now.
    m_work->layout()->activate();
    layout()->activate();
    updateGeometry();
    if (changed) Q_EMIT fullTextChanged(on);
}

void ReviewPane::go(int at) {
    if (!m_running || at < 0 || at > count()) return;
    m_at = at;
    const bool ended = at == count();
    m_work->setVisible(!ended);
    m_end->setVisible(ended);
    m_previous->setEnabled(at > 0);
    m_since.restart();
    if (ended) {
        const auto tree = m_session->tree();
        const auto pinned = std::count_if(m_queue.begin(), m_queue.end(), [&](DocumentKey key) {
            return tree && !tree::pinsInForce(tree->tree, key).empty();
        });
        m_end->setContent(QStringLiteral("check"), tr("All %1 documents looked at").arg(formatCount(count())),
                          tr("%1 of them are pinned. Re-fits and new trees obey that.").arg(formatCount(pinned)),
                          tr("Back to the list"));
        setFullText(false);
    } else {
        const QScopedValueRollback<bool> guard(m_moving, true);
        m_selection->setDocument(document());
    }
    refreshProgress();
    ask();
}

void ReviewPane::step() {
    m_seconds << std::min(kLongestSeconds, double(m_since.elapsed()) / 1000);
    if (m_seconds.size() > kPace) m_seconds.removeFirst();
    go(m_at + 1);
}

double ReviewPane::secondsLeft() const {
    if (m_seconds.size() < kPaceLeast) return -1;
    QList<double> sorted = m_seconds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2] * double(count() - m_at);
}

QString ReviewPane::progressText() const {
    const QString where =
        tr("%1 · %2 of %3").arg(m_name, formatCount(std::min(m_at + 1, count())), formatCount(count()));
    const double left = secondsLeft();
    if (m_at >= count()) return tr("%1 · all %2").arg(m_name, formatCount(count()));
    return left < 0 ? where : tr("%1, about %2").arg(where, formatDuration(std::max(left, 1.0)));
}

void ReviewPane::refreshProgress() {
    m_progress->setText(progressText());
}

void ReviewPane::ask() {
    const DocumentKey key = document();
    const quint64 generation = ++m_generation;
    if (!key) return;
    m_session->read<Facts>(
        [key](project::Project& project, jobs::JobContext&) -> Result<Facts> {
            Facts facts;
            ESPALIER_ASSIGN(facts.record, project.document(key));
            ESPALIER_ASSIGN(const auto tree, project.tree());
            facts.likely = tree::likeliest(tree->tree, facts.record.resting, kChoices);
            return facts;
        },
        [this, generation](Result<Facts> facts) {
            if (generation != m_generation || !facts) return;
            show(std::move(facts).value());
        },
        this, this);
}

void ReviewPane::show(Facts facts) {
    m_facts = std::move(facts);
    const auto tree = m_session->tree();
    if (!tree) return;
    const text::Document& document = m_facts.record.document;
    const QString title = toQt(document.title.empty() ? document.id : document.title);
    m_title->setText(title);
    const auto pathOf = [&](LabelId id) { return toQt(tree->tree.pathNames(id)).join(QStringLiteral(" › ")); };
    const LabelId hard = m_facts.record.hard;
    LabelId must;
    for (const project::DocumentPin& pin : m_facts.record.pins)
        if (pin.must) must = pin.label;
    const bool placed = hard && tree->tree.contains(hard) && hard != tree->tree.root();
    const QString place = !placed ? tr("Under no label")
                          : must  ? tr("Pinned under %1").arg(pathOf(hard))
                                  : tr("Now under %1").arg(pathOf(hard));
    m_place->setText(place);
    int figures = 0;
    const QFontMetrics metrics(theme().font(TextRole::Normal));
    figures = metrics.horizontalAdvance(formatShare(1));
    for (int n = 0; n < kChoices; ++n) {
        BarRow* row = m_rows[n];
        const bool there =
            std::size_t(n) < m_facts.likely.size() && tree->tree.contains(m_facts.likely[std::size_t(n)].label);
        row->setVisible(there);
        if (!there) continue;
        const tree::Candidate& one = m_facts.likely[std::size_t(n)];
        const BranchColors::Place branch = m_colors->place(one.label);
        BarRow::Content content;
        const QString path = pathOf(one.label);
        content.text = m_keys->isChecked() ? tr("%1   %2").arg(n + 1).arg(path) : path;
        content.figure = formatShare(one.share);
        content.figureRoom = figures;
        content.share = one.share;
        content.color = theme().branchColor(branch.branch, branch.level, branch.sibling);
        content.marker = Theme::branchMarker(branch.branch);
        content.strong = one.label == hard;
        content.tip = one.label == must ? tr("%1: pinned here").arg(path) : path;
        content.spoken = tr("%1, %2, share %3%4")
                             .arg(n + 1)
                             .arg(path, content.figure,
                                  one.label == must   ? tr(", pinned here")
                                  : one.label == hard ? tr(", here now")
                                                      : QString());
        row->setContent(content);
    }
    // Said by a screen reader when the document changes.
    const QString name = tr("Review: %1, %2, %3").arg(progressText(), title, place);
    if (accessibleName() != name) {
        setAccessibleName(name);
        QAccessibleEvent event(this, QAccessible::NameChanged);
        QAccessible::updateAccessibility(&event);
    }
}

void ReviewPane::choose(int number) {
    // Facts of the document before may still be shown for a moment: a key pressed then is not for them.
    if (m_facts.record.key != document() || std::size_t(number) > m_facts.likely.size()) return;
    pin(m_facts.likely[std::size_t(number - 1)].label);
}

void ReviewPane::pin(LabelId label) {
    const auto tree = m_session->tree();
    const tree::Label* found = tree ? tree->tree.find(label) : nullptr;
    const DocumentKey key = document();
    if (!found || !key) return;
    const auto pins = tree::pinsInForce(tree->tree, key);
    const auto said = std::count_if(pins.begin(), pins.end(), [](const auto& pin) { return pin.must; });
    const bool same = said == 1 && std::any_of(pins.begin(), pins.end(), [&](const tree::PinInForce& pin) {
                          return pin.label == label && pin.must;
                      });
    const int at = m_at;
    setFocus(Qt::OtherFocusReason);
    if (same) return step();
    tree::Edit edit;
    edit.kind = tree::EditKind::Pin;
    edit.document = key;
    edit.label = label;
    edit.only = true;  // whoever comes back to a document thinks better of it
    const QString title = m_title->text(), name = toQt(found->name);
    m_session->edit(
        edit,
        [this, at, title, name](const Result<project::EditOutcome>& outcome) {
            if (wasCancelled(outcome)) return;
            if (!outcome) {
                go(at);
                showError(window(), outcome.error(), Activity::Edit);
            } else if (!outcome->contradictions.empty()) {
                Q_EMIT acted(tr("“%1” is pinned under “%2”, which contradicts another pin; the newer one is obeyed.")
                                 .arg(title, name),
                             1);
            }
        },
        this);
    step();
}

void ReviewPane::findLabel() {
    const auto tree = m_session->tree();
    const DocumentKey key = document();
    if (!tree || !key) return;
    auto* dialog = new LabelPickerDialog(tr("Other label"), tr("“%1” belongs under:").arg(m_title->text()), tr("Pin"),
                                         tree, false, m_colors, window());
    dialog->picker()->setRefusal([tree](LabelId target) -> QString {
        const tree::Label* label = tree->tree.find(target);
        return label && label->locked ? tr("is locked") : QString();
    });
    connect(dialog, &LabelPickerDialog::picked, this, [this, key](LabelId label) {
        if (key == document()) pin(label);
    });
    connect(dialog, &QDialog::finished, this, [this] { setFocus(Qt::OtherFocusReason); });
    dialog->open();
}

void ReviewPane::askNote() {
    const auto tree = m_session->tree();
    const LabelId id = m_facts.record.hard;
    const tree::Label* label = tree && id ? tree->tree.find(id) : nullptr;
    if (!label || id == tree->tree.root() || m_facts.record.key != document()) return;
    auto* dialog =
        new NoteDialog(toQt(tree->tree.pathNames(id)).join(QStringLiteral(" › ")), toQt(label->note), window());
    connect(dialog, &NoteDialog::kept, this, [this, id](const QString& text) {
        tree::Edit edit;
        edit.kind = tree::EditKind::Note;
        edit.label = id;
        edit.text = fromQt(text);
        m_session->edit(
            edit,
            [this](const Result<project::EditOutcome>& outcome) {
                if (!outcome && !wasCancelled(outcome)) showError(window(), outcome.error(), Activity::Edit);
            },
            this);
    });
    connect(dialog, &QDialog::finished, this, [this] { setFocus(Qt::OtherFocusReason); });
    dialog->open();
}

void ReviewPane::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (key == Qt::Key_Escape) {
        if (m_fullText)
            setFullText(false);
        else
            leave();
        return;
    }
    if (key == Qt::Key_PageDown || key == Qt::Key_PageUp) {
        Q_EMIT scrollRequested(key == Qt::Key_PageDown ? 1 : -1);
        return;
    }
    const bool plain = !(event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier));
    if (!plain || !m_keys->isChecked() || !m_running) return QWidget::keyPressEvent(event);
    if (key >= Qt::Key_1 && key <= Qt::Key_9) {
        if (!event->isAutoRepeat()) choose(key - Qt::Key_0);
        return;
    }
    switch (key) {
        case Qt::Key_M:
            return findLabel();
        case Qt::Key_N:
            return askNote();
        case Qt::Key_S:
            if (document()) step();
            return;
        case Qt::Key_Space:
            if (document()) setFullText(!m_fullText);
            return;
        case Qt::Key_Backspace:
            return go(m_at - 1);
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace espalier::ui
