// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_actions.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <algorithm>

#include "ui/dialogs/dialog_service.h"
#include "ui/dialogs/error_text.h"
#include "ui/models/label_tree_model.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/tree/label_dialogs.h"
#include "ui/tree/label_picker.h"
#include "ui/tree/label_view.h"

namespace espalier::ui {

using tree::Edit;
using tree::EditKind;

namespace {
Edit mergeEdit(const QList<LabelId>& labels, LabelId keep) {
    Edit edit;
    edit.kind = EditKind::Merge;
    edit.label = keep;
    for (const LabelId id : labels)
        if (id != keep) edit.others.push_back(id);
    return edit;
}
}  // namespace

LabelActions::LabelActions(ProjectSession* session, Selection* selection, const BranchColors* colors, QWidget* window)
    : QObject(window), m_session(session), m_selection(selection), m_colors(colors), m_window(window) {
    const auto keys = [](std::initializer_list<const char*> names) {
        QList<QKeySequence> list;
        for (const char* name : names) list << QKeySequence(QString::fromLatin1(name));
        return list;
    };
    newChild = add("newChild", QStringLiteral("add-child"), tr("New child…"), tr("New label inside the selected one"),
                   keys({"Ins", "Ctrl+Shift+N"}));
    newSibling = add("newSibling", QStringLiteral("add-sibling"), tr("New sibling…"),
                     tr("New label after the selected one"), keys({"Shift+Ins"}));
    rename = add("rename", QStringLiteral("edit"), tr("Rename"), tr("Rename in place"), keys({"F2"}));
    merge = add("merge", QStringLiteral("merge"), tr("Merge…"), tr("Join the selected labels under one name"),
                keys({"Ctrl+J"}));
    split = add("split", QStringLiteral("branch"), tr("Split…"),
                tr("See how the selected label falls into several, and take what fits"), keys({"Ctrl+Shift+J"}));
    refit = add("refit", QStringLiteral("refresh"), tr("Re-fit around my edits…"),
                tr("Fit the branch anew under your pins, locks and names, and see what would change"),
                keys({"Ctrl+Shift+B"}));
    moveTo = add("moveTo", QStringLiteral("move"), tr("Move to…"), tr("Move the selected labels into another label"),
                 keys({"Ctrl+Shift+M"}));
    promote = add("promote", QStringLiteral("promote"), tr("Promote"), tr("Move one level up, after the parent"),
                  keys({"Alt+Shift+Left"}));
    demote = add("demote", QStringLiteral("demote"), tr("Demote"), tr("Move into the label above"),
                 keys({"Alt+Shift+Right"}));
    moveUp = add("moveUp", QStringLiteral("chevron-up"), tr("Move up"), tr("Move before the label above"),
                 keys({"Alt+Shift+Up"}));
    moveDown = add("moveDown", QStringLiteral("chevron-down"), tr("Move down"), tr("Move after the label below"),
                   keys({"Alt+Shift+Down"}));
    retire = add("retire", QStringLiteral("retire"), tr("Retire…"), tr("Take the selected labels out of the tree"),
                 keys({"Del"}));
    restore = add("restore", QStringLiteral("restore"), tr("Restore…"), tr("Bring a retired label back"));
    note = add("note", QStringLiteral("note"), tr("Note…"), tr("Write what belongs under the label"));
    lock = add("lock", QStringLiteral("lock"), tr("Lock"), tr("Keep the selected labels as they are until unlocked"),
               keys({"Ctrl+L"}));
    selectBranch = add("selectBranch", QStringLiteral("select-branch"), tr("Select branch"),
                       tr("Select the label and all below it"), keys({"Ctrl+Shift+A"}));
    copyAsText = add("copyAsText", QStringLiteral("copy"), tr("Copy as text"),
                     tr("Copy the selected branches as an outline"), keys({"Ctrl+C"}));
    expandBelow =
        add("expandBelow", QStringLiteral("tree"), tr("Expand all below"), tr("Show every label below"), keys({"*"}));

    connect(newChild, &QAction::triggered, this, [this] {
        const auto tree = m_session->tree();
        if (tree) askNewName(m_selection->label() ? m_selection->label() : tree->tree.root(), -1);
    });
    connect(newSibling, &QAction::triggered, this, [this] {
        const auto tree = m_session->tree();
        const tree::Label* label = tree ? tree->tree.find(m_selection->label()) : nullptr;
        if (!label) return;
        const auto& siblings = tree->tree.at(label->parent).children;
        const auto at = std::find(siblings.begin(), siblings.end(), label->id) - siblings.begin();
        askNewName(label->parent, at + 1);
    });
    connect(rename, &QAction::triggered, this, [this] {
        if (m_view) m_view->renameCurrent();
    });
    connect(merge, &QAction::triggered, this, &LabelActions::doMerge);
    connect(split, &QAction::triggered, this, [this] { Q_EMIT splitRequested(m_selection->label()); });
    connect(refit, &QAction::triggered, this, &LabelActions::doRefit);
    connect(moveTo, &QAction::triggered, this, &LabelActions::doMoveTo);
    connect(promote, &QAction::triggered, this, &LabelActions::doPromote);
    connect(demote, &QAction::triggered, this, &LabelActions::doDemote);
    connect(moveUp, &QAction::triggered, this, [this] { shift(-1); });
    connect(moveDown, &QAction::triggered, this, [this] { shift(+1); });
    connect(retire, &QAction::triggered, this, &LabelActions::doRetire);
    connect(restore, &QAction::triggered, this, &LabelActions::doRestore);
    connect(note, &QAction::triggered, this, [this] { Q_EMIT noteRequested(m_selection->label()); });
    connect(lock, &QAction::triggered, this, &LabelActions::doLock);
    connect(selectBranch, &QAction::triggered, this, [this] {
        if (m_view) m_view->selectBranch(m_selection->label());
    });
    connect(copyAsText, &QAction::triggered, this, &LabelActions::doCopy);
    connect(expandBelow, &QAction::triggered, this, [this] {
        if (m_view) m_view->expandAllBelow();
    });

    connect(selection, &Selection::labelsChanged, this, &LabelActions::refresh);
    connect(session, &ProjectSession::treeChanged, this, &LabelActions::refresh);
    connect(session, &ProjectSession::opened, this, &LabelActions::refresh);
    connect(session, &ProjectSession::closed, this, &LabelActions::refresh);
    connect(session, &ProjectSession::readOnlyChanged, this, &LabelActions::refresh);
    refresh();
}

QAction* LabelActions::add(const char* name, const QString& iconName, const QString& text, const QString& tip,
                           const QList<QKeySequence>& keys) {
    auto* action = new QAction(icon(iconName), text, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);  // Del and Ins mean labels only in the tree
    action->setStatusTip(tip);
    const QString shortcut = action->shortcut().toString(QKeySequence::NativeText);
    action->setToolTip(shortcut.isEmpty() ? tip : tr("%1 (%2)").arg(tip, shortcut));
    m_all << action;
    return action;
}

void LabelActions::setView(LabelView* view, QWidget* panel) {
    m_view = view;
    panel->addActions(m_all);
}

void LabelActions::fillMenu(QMenu* menu) const {
    menu->addAction(newChild);
    menu->addAction(newSibling);
    menu->addAction(rename);
    menu->addAction(note);
    menu->addAction(lock);
    menu->addSeparator();
    menu->addAction(split);
    menu->addAction(refit);
    menu->addAction(merge);
    menu->addAction(moveTo);
    menu->addAction(promote);
    menu->addAction(demote);
    menu->addAction(moveUp);
    menu->addAction(moveDown);
    menu->addSeparator();
    menu->addAction(retire);
    menu->addAction(restore);
    menu->addSeparator();
    menu->addAction(selectBranch);
    menu->addAction(expandBelow);
    menu->addAction(copyAsText);
}

void LabelActions::refresh() {
    const auto tree = m_session->tree();
    const bool writable = m_session->writable() && tree;
    const tree::Label* label = tree ? tree->tree.find(m_selection->label()) : nullptr;
    const bool one = label != nullptr;
    bool locked = false;
    for (const LabelId id : m_selection->labels())
        if (const tree::Label* chosen = tree ? tree->tree.find(id) : nullptr) locked = locked || chosen->locked;
    const bool editable = writable && one && !locked;
    newChild->setEnabled(writable && !(one && label->locked));
    newSibling->setEnabled(writable && one);
    rename->setEnabled(editable);
    note->setEnabled(editable);
    const bool unlocks = allLocked();
    lock->setEnabled(writable && one);
    lock->setText(unlocks ? tr("Unlock") : tr("Lock"));
    lock->setIcon(icon(unlocks ? QStringLiteral("unlock") : QStringLiteral("lock")));
    merge->setEnabled(editable && m_selection->labels().size() > 1);
    split->setEnabled(editable && m_selection->labels().size() == 1);
    refit->setEnabled(writable && tree->tree.size() > 1 && !(one && locked));
    moveTo->setEnabled(editable);
    retire->setEnabled(editable);
    selectBranch->setEnabled(one);
    expandBelow->setEnabled(one);
    copyAsText->setEnabled(one);
    std::size_t at = 0, count = 0;
    if (one) {
        const auto& siblings = tree->tree.at(label->parent).children;
        count = siblings.size();
        at = std::size_t(std::find(siblings.begin(), siblings.end(), label->id) - siblings.begin());
    }
    promote->setEnabled(editable && label->parent != tree->tree.root());
    demote->setEnabled(editable && at > 0);
    moveUp->setEnabled(editable && at > 0);
    moveDown->setEnabled(editable && at + 1 < count);
    bool retired = false;
    if (tree)
        for (const auto& [id, former] : tree->tree.formerLabels()) retired = retired || !former.merged;
    restore->setEnabled(writable && retired);
}

QString LabelActions::nameOf(LabelId id) const {
    const auto tree = m_session->tree();
    const tree::Label* label = tree ? tree->tree.find(id) : nullptr;
    return label ? toQt(label->name) : QString();
}

bool LabelActions::allLocked() const {
    const auto tree = m_session->tree();
    if (!tree || m_selection->labels().isEmpty()) return false;
    for (const LabelId id : m_selection->labels()) {
        const tree::Label* label = tree->tree.find(id);
        if (!label || !label->locked) return false;
    }
    return true;
}

QList<LabelId> LabelActions::topmost() const {
    const auto tree = m_session->tree();
    if (!tree) return {};
    const QList<LabelId>& chosen = m_selection->labels();
    QList<LabelId> labels;
    for (const LabelId id : tree->tree.depthFirst()) {
        if (!chosen.contains(id)) continue;
        const bool inside =
            std::any_of(labels.begin(), labels.end(), [&](LabelId up) { return tree->tree.inBranch(id, up); });
        if (!inside) labels << id;
    }
    return labels;
}

void LabelActions::apply(const std::vector<Edit>& edits, const QString& toast, LabelId select) {
    if (edits.empty()) return;
    m_session->editAll(
        edits,
        [this, toast, select, steps = int(edits.size())](Result<project::EditOutcome> outcome) {
            if (!outcome) {
                showError(m_window, outcome.error(), Activity::Edit);
                return;
            }
            const QList<LabelId> labels = m_selection->labels();
            const LabelId label = select ? select : outcome->label;
            // A selection of several labels stays as it is while they move.
            if (label && !(labels.size() > 1 && labels.contains(label))) m_selection->setLabel(label);
            if (!toast.isEmpty()) Q_EMIT acted(toast, steps);
        },
        this);
}

void LabelActions::askNewName(LabelId parent, std::int64_t index) {
    const auto tree = m_session->tree();
    const bool top = tree && parent == tree->tree.root();
    dialogs().askText(
        m_window, tr("New label"),
        top ? tr("Name of the new label at the top level:") : tr("Name of the new label in “%1”:").arg(nameOf(parent)),
        QString(), tr("Add label"), [this, parent, index](bool given, const QString& name) {
            if (!given || name.trimmed().isEmpty()) return;
            Edit edit;
            edit.kind = EditKind::New;
            edit.parent = parent;
            edit.index = index;
            edit.text = fromQt(name.trimmed());
            apply({edit}, {});
        });
}

void LabelActions::renameTo(LabelId label, const QString& name) {
    Edit edit;
    edit.kind = EditKind::Rename;
    edit.label = label;
    edit.text = fromQt(name.trimmed());
    apply({edit}, {}, label);
}

void LabelActions::setNote(LabelId label, const QString& text) {
    const auto tree = m_session->tree();
    const tree::Label* found = tree ? tree->tree.find(label) : nullptr;
    if (!found || toQt(found->note) == text) return;
    Edit edit;
    edit.kind = EditKind::Note;
    edit.label = label;
    edit.text = fromQt(text);
    m_session->edit(
        edit,
        [this](const Result<project::EditOutcome>& outcome) {
            if (!outcome) showError(m_window, outcome.error(), Activity::Edit);
        },
        this);
}

void LabelActions::moveLabels(const QList<LabelId>& labels, LabelId parent, std::int64_t index) {
    const auto tree = m_session->tree();
    if (!tree || labels.isEmpty()) return;
    std::vector<Edit> edits;
    std::int64_t at = index;
    for (const LabelId id : labels) {
        Edit edit;
        edit.kind = EditKind::Move;
        edit.label = id;
        edit.parent = parent;
        edit.index = at;
        if (at >= 0) ++at;
        edits.push_back(edit);
    }
    const QString what = labels.size() == 1 ? tr("Moved “%1”").arg(nameOf(labels.first()))
                                            : tr("Moved %n label(s)", nullptr, int(labels.size()));
    const QString where = parent == tree->tree.root() ? tr("to the top level") : tr("into “%1”").arg(nameOf(parent));
    const bool within =
        std::all_of(labels.begin(), labels.end(), [&](LabelId id) { return tree->tree.at(id).parent == parent; });
    apply(edits, within ? QString() : tr("%1 %2.").arg(what, where), labels.first());
}

void LabelActions::shift(int by) {
    const auto tree = m_session->tree();
    QList<LabelId> labels = topmost();
    if (!tree || labels.isEmpty()) return;
    const LabelId parent = tree->tree.at(labels.first()).parent;
    for (const LabelId id : labels)
        if (tree->tree.at(id).parent != parent) return;
    const auto& siblings = tree->tree.at(parent).children;
    const auto place = [&siblings](LabelId id) {
        return std::find(siblings.begin(), siblings.end(), id) - siblings.begin();
    };
    // The block moves as one: past the sibling before its first label, or after its last.
    const auto first = place(labels.first()), last = place(labels.last());
    const auto target = by < 0 ? first - 1 : last + 1;
    if (target < 0 || target >= std::ptrdiff_t(siblings.size())) return;
    std::int64_t index = 0;
    for (std::ptrdiff_t at = 0; at < std::ptrdiff_t(siblings.size()); ++at) {
        if (at == target) break;
        if (!labels.contains(siblings[std::size_t(at)])) ++index;
    }
    if (by > 0) ++index;
    std::vector<Edit> edits;
    // Moved one by one, each position is counted without the label itself only: later ones of the block are in the way.
    for (qsizetype n = 0; n < labels.size(); ++n) {
        Edit edit;
        edit.kind = EditKind::Move;
        edit.label = by < 0 ? labels[n] : labels[labels.size() - 1 - n];
        edit.parent = parent;
        edit.index = by < 0 ? index + n : index + (labels.size() - 1 - n);
        edits.push_back(edit);
    }
    apply(edits, {}, m_selection->label());
}

void LabelActions::doPromote() {
    const auto tree = m_session->tree();
    const QList<LabelId> labels = topmost();
    if (!tree || labels.isEmpty()) return;
    const LabelId parent = tree->tree.at(labels.first()).parent;
    if (parent == tree->tree.root()) return;
    const LabelId above = tree->tree.at(parent).parent;
    const auto& siblings = tree->tree.at(above).children;
    const auto at = std::find(siblings.begin(), siblings.end(), parent) - siblings.begin();
    QList<LabelId> together;
    for (const LabelId id : labels)
        if (tree->tree.at(id).parent == parent) together << id;
    moveLabels(together, above, at + 1);
}

void LabelActions::doDemote() {
    const auto tree = m_session->tree();
    const QList<LabelId> labels = topmost();
    if (!tree || labels.isEmpty()) return;
    const LabelId parent = tree->tree.at(labels.first()).parent;
    const auto& siblings = tree->tree.at(parent).children;
    const auto at = std::find(siblings.begin(), siblings.end(), labels.first()) - siblings.begin();
    if (at == 0) return;
    QList<LabelId> together;
    for (const LabelId id : labels)
        if (tree->tree.at(id).parent == parent) together << id;
    moveLabels(together, siblings[std::size_t(at - 1)], -1);
}

void LabelActions::doMerge() {
    const auto tree = m_session->tree();
    const QList<LabelId> labels = m_selection->labels();
    if (!tree || labels.size() < 2) return;
    // The larger label is the likelier name.
    LabelId proposed = labels.first();
    for (const LabelId id : labels)
        if (tree->countsOf(id).documents > tree->countsOf(proposed).documents) proposed = id;
    mergeLabels(labels, proposed);
}

void LabelActions::mergeLabels(const QList<LabelId>& labels, LabelId proposed) {
    const auto tree = m_session->tree();
    if (!tree || labels.size() < 2) return;
    auto* dialog = new MergeDialog(tree, labels, proposed, m_window);
    const auto count = [this, labels, dialog](LabelId keep) {
        const Edit edit = mergeEdit(labels, keep);
        m_session->read<std::int64_t>(
            [edit](project::Project& project, jobs::JobContext&) { return project.documentsMovedBy(edit); },
            [dialog, keep](const Result<std::int64_t>& moved) {
                if (moved && keep == dialog->kept()) dialog->setMoved(*moved);
            },
            dialog, dialog);
    };
    connect(dialog, &MergeDialog::keepChanged, this, count);
    count(dialog->kept());
    connect(dialog, &MergeDialog::merged, this, [this, labels](LabelId keep) {
        const Edit edit = mergeEdit(labels, keep);
        QStringList others;
        for (const LabelId id : edit.others) others << QStringLiteral("“%1”").arg(nameOf(id));
        const QString what = others.size() == 1
                                 ? tr("Merged %1 into “%2”.").arg(others.first(), nameOf(keep))
                                 : tr("Merged %n label(s) into “%1”.", nullptr, int(others.size())).arg(nameOf(keep));
        apply({edit}, what, keep);
    });
    dialog->open();
}

/// A branch at once; the whole tree only when that is what is meant, for it changes labels far from the edits.
void LabelActions::doRefit() {
    const auto tree = m_session->tree();
    if (!tree) return;
    if (m_selection->label()) {
        Q_EMIT refitRequested(m_selection->label());
        return;
    }
    dialogs().confirm(m_window, tr("Re-fit around my edits"), tr("Re-fit the whole tree?"),
                      tr("No label is selected, so every label may change, also far from your edits. Select a label "
                         "first to re-fit its branch alone. Nothing changes before you apply it."),
                      tr("Re-fit whole tree"), false, [this](bool agreed) {
                          const auto now = m_session->tree();
                          if (agreed && now) Q_EMIT refitRequested(now->tree.root());
                      });
}

void LabelActions::doRetire() {
    const auto tree = m_session->tree();
    const QList<LabelId> labels = topmost();
    if (!tree || labels.isEmpty()) return;
    auto* dialog = new RetireDialog(tree, labels, m_colors, m_window);
    connect(dialog, &RetireDialog::retired, this, [this, labels](LabelId to) {
        std::vector<Edit> edits;
        for (const LabelId id : labels) {
            Edit edit;
            edit.kind = EditKind::Retire;
            edit.label = id;
            edit.to = to;
            edits.push_back(edit);
        }
        apply(edits, labels.size() == 1 ? tr("Retired “%1”.").arg(nameOf(labels.first()))
                                        : tr("Retired %n label(s).", nullptr, int(labels.size())));
    });
    dialog->open();
}

void LabelActions::doRestore() {
    const auto tree = m_session->tree();
    if (!tree) return;
    auto* dialog = new RestoreDialog(tree, m_window);
    connect(dialog, &RestoreDialog::restored, this, [this](LabelId label) {
        Edit edit;
        edit.kind = EditKind::Restore;
        edit.label = label;
        apply({edit}, {}, label);
    });
    dialog->open();
}

void LabelActions::doLock() {
    const auto tree = m_session->tree();
    const QList<LabelId> labels = m_selection->labels();
    if (!tree || labels.isEmpty()) return;
    const bool unlocks = allLocked();
    std::vector<Edit> edits;
    LabelId changed;
    for (const LabelId id : labels) {
        const tree::Label* label = tree->tree.find(id);
        if (!label || label->locked != unlocks) continue;
        Edit edit;
        edit.kind = unlocks ? EditKind::Unlock : EditKind::Lock;
        edit.label = changed = id;
        edits.push_back(edit);
    }
    const int count = int(edits.size());
    const QString what =
        unlocks ? (count == 1 ? tr("Unlocked “%1”.").arg(nameOf(changed)) : tr("Unlocked %n label(s).", nullptr, count))
                : (count == 1 ? tr("Locked “%1”.").arg(nameOf(changed)) : tr("Locked %n label(s).", nullptr, count));
    apply(edits, what, m_selection->label());
}

void LabelActions::doMoveTo() {
    const auto tree = m_session->tree();
    const QList<LabelId> labels = topmost();
    if (!tree || labels.isEmpty()) return;
    const QString what = labels.size() == 1 ? tr("Move “%1” into:").arg(nameOf(labels.first()))
                                            : tr("Move %n label(s) into:", nullptr, int(labels.size()));
    auto* dialog = new LabelPickerDialog(tr("Move to"), what, tr("Move"), tree, true, m_colors, m_window);
    dialog->picker()->setRefusal([tree, labels](LabelId target) -> QString {
        const tree::Label* into = tree->tree.find(target);
        if (into && into->locked) return tr("is locked");
        for (const LabelId id : labels) {
            if (id == target) return tr("is the label itself");
            if (tree->tree.inBranch(target, id)) return tr("lies inside it");
        }
        return {};
    });
    connect(dialog, &LabelPickerDialog::picked, this,
            [this, labels](LabelId target) { moveLabels(labels, target, -1); });
    dialog->open();
}

void LabelActions::doCopy() {
    const auto tree = m_session->tree();
    if (!tree) return;
    QString text;
    for (const LabelId top : topmost()) {
        const int base = tree->tree.level(top);
        for (const LabelId id : tree->tree.branch(top))
            text += QString(tree->tree.level(id) - base, u'\t') +
                    tr("%1 (%2)").arg(nameOf(id), formatCount(tree->countsOf(id).documents)) + u'\n';
    }
    QApplication::clipboard()->setText(text);
}

}  // namespace espalier::ui
