// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/document_actions.h"

#include <QAction>
#include <QMenu>
#include <QWidget>

#include "ui/dialogs/error_text.h"
#include "ui/session/branch_colors.h"
#include "ui/session/selection.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/tree/label_picker.h"

namespace espalier::ui {

DocumentActions::DocumentActions(ProjectSession* session, Selection* selection, const BranchColors* colors,
                                 QWidget* window)
    : QObject(window), m_session(session), m_selection(selection), m_colors(colors), m_window(window) {
    const auto add = [this](const char* name, const QString& iconName, const QString& text, const QString& tip,
                            const char* key) {
        auto* action = new QAction(icon(iconName), text, this);
        action->setObjectName(QString::fromLatin1(name));
        action->setStatusTip(tip);
        action->setToolTip(tip);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        if (*key != '\0') {
            action->setShortcut(QKeySequence(QString::fromLatin1(key)));
            action->setToolTip(tr("%1 (%2)").arg(tip, action->shortcut().toString(QKeySequence::NativeText)));
        }
        return action;
    };
    pinUnder = add("pinUnder", QStringLiteral("pin"), tr("Pin document under…"),
                   tr("Say under which label the document belongs"), "Ctrl+D");
    pinNotUnder = add("pinNotUnder", QStringLiteral("pin-not"), tr("Keep document out of…"),
                      tr("Say under which label the document does not belong"), "Ctrl+Shift+D");
    shareUnder = add("shareUnder", QStringLiteral("pin"), tr("Set share under…"),
                     tr("Say how much of the document belongs under a label"), "Ctrl+Alt+D");
    unpinAll = add("unpinAll", QStringLiteral("clear"), tr("Unpin document"),
                   tr("Take back all that was said of the document"), "");
    connect(pinUnder, &QAction::triggered, this, [this] { ask(true); });
    connect(pinNotUnder, &QAction::triggered, this, [this] { ask(false); });
    connect(shareUnder, &QAction::triggered, this, &DocumentActions::askShare);
    connect(unpinAll, &QAction::triggered, this, &DocumentActions::doUnpinAll);
    connect(selection, &Selection::documentChanged, this, &DocumentActions::refresh);
    for (const auto signal : {&ProjectSession::treeChanged, &ProjectSession::opened, &ProjectSession::closed,
                              &ProjectSession::readOnlyChanged})
        connect(session, signal, this, &DocumentActions::refresh);
    refresh();
}

void DocumentActions::fillMenu(QMenu* menu) const {
    for (QAction* action : all()) menu->addAction(action);
}

void DocumentActions::addTo(QWidget* panel) {
    panel->addActions(all());
}

void DocumentActions::refresh() {
    const auto tree = m_session->tree();
    const DocumentKey document = m_selection->document();
    const bool possible = m_session->writable() && tree && document && tree->tree.size() > 1;
    pinUnder->setEnabled(possible);
    pinNotUnder->setEnabled(possible);
    shareUnder->setEnabled(possible);
    unpinAll->setEnabled(possible && (!tree::pinsInForce(tree->tree, document).empty() ||
                                      !tree::sharesInForce(tree->tree, document).empty()));
}

void DocumentActions::ask(bool must) {
    const DocumentKey key = m_selection->document();
    if (!key) return;
    m_session->document(
        key,
        [this, key, must](Result<project::DocumentRecord> record) {
            const auto tree = m_session->tree();
            if (wasCancelled(record) || !tree) return;
            if (!record) {
                showError(m_window, record.error(), Activity::Edit);
                return;
            }
            const text::Document& document = record->document;
            const QString title = toQt(document.title.empty() ? document.id : document.title);
            auto* dialog =
                must ? new LabelPickerDialog(tr("Pin under a label"), tr("“%1” belongs under:").arg(title), tr("Pin"),
                                             tree, false, m_colors, m_window)
                     : new LabelPickerDialog(tr("Keep out of a label"), tr("“%1” does not belong under:").arg(title),
                                             tr("Keep out"), tree, false, m_colors, m_window);
            dialog->picker()->setRefusal([tree, key, must](LabelId target) -> QString {
                const tree::Label* label = tree->tree.find(target);
                if (label && label->locked) return tr("is locked");
                for (const tree::PinInForce& pin : tree::pinsInForce(tree->tree, key))
                    if (pin.label == target && pin.must == must) return tr("is pinned so already");
                return {};
            });
            connect(dialog, &LabelPickerDialog::picked, this,
                    [this, key, title, must](LabelId label) { pin(key, title, label, must); });
            dialog->open();
        },
        this, this);
}

void DocumentActions::send(const std::vector<tree::Edit>& edits, const QString& toast) {
    if (edits.empty()) return;
    m_session->editAll(
        edits,
        [this, toast, steps = int(edits.size())](Result<project::EditOutcome> outcome) {
            if (!outcome) {
                showError(m_window, outcome.error(), Activity::Edit);
                Q_EMIT refused();
                return;
            }
            Q_EMIT acted(outcome->contradictions.empty()
                             ? toast
                             : tr("%1 It contradicts what else was said; the inspector names both.").arg(toast),
                         steps);
        },
        this);
}

void DocumentActions::pin(DocumentKey document, const QString& title, LabelId label, bool must) {
    const auto tree = m_session->tree();
    const tree::Label* found = tree ? tree->tree.find(label) : nullptr;
    if (!found) return;
    tree::Edit edit;
    edit.kind = tree::EditKind::Pin;
    edit.document = document;
    edit.label = label;
    edit.must = must;
    send({edit}, must ? tr("Pinned “%1” under “%2”.").arg(title, toQt(found->name))
                      : tr("“%1” is kept out of “%2”.").arg(title, toQt(found->name)));
}

void DocumentActions::unpin(DocumentKey document, LabelId label) {
    tree::Edit edit;
    edit.kind = tree::EditKind::Unpin;
    edit.document = document;
    edit.label = label;
    send({edit}, tr("Unpinned."));
}

void DocumentActions::setShare(DocumentKey document, const QString& title, LabelId label, double share) {
    const auto tree = m_session->tree();
    const tree::Label* found = tree ? tree->tree.find(label) : nullptr;
    if (!found) return;
    tree::Edit edit;
    edit.kind = tree::EditKind::Share;
    edit.document = document;
    edit.label = label;
    edit.share = share;
    send({edit}, tr("%1 of “%2” is under “%3” now.").arg(formatShare(share), title, toQt(found->name)));
}

void DocumentActions::unshare(DocumentKey document, LabelId label) {
    tree::Edit edit;
    edit.kind = tree::EditKind::Unshare;
    edit.document = document;
    edit.label = label;
    send({edit}, tr("The model decides that share again."));
}

void DocumentActions::askShare() {
    const auto tree = m_session->tree();
    const DocumentKey key = m_selection->document();
    if (!tree || !key) return;
    auto* dialog = new LabelPickerDialog(tr("Set a share"), tr("Label that the document belongs under in part:"),
                                         tr("Choose share"), tree, false, m_colors, m_window);
    dialog->picker()->setRefusal([tree](LabelId target) -> QString {
        const tree::Label* label = tree->tree.find(target);
        return label && label->locked ? tr("is locked") : QString();
    });
    connect(dialog, &LabelPickerDialog::picked, this, [this, key](LabelId label) { Q_EMIT shareWanted(key, label); });
    dialog->open();
}

void DocumentActions::doUnpinAll() {
    const auto tree = m_session->tree();
    const DocumentKey document = m_selection->document();
    if (!tree || !document) return;
    std::vector<tree::Edit> edits;
    for (const tree::PinInForce& pin : tree::pinsInForce(tree->tree, document)) {
        if (!edits.empty() && edits.back().label == pin.label) continue;  // one unpin takes both words back
        tree::Edit edit;
        edit.kind = tree::EditKind::Unpin;
        edit.document = document;
        edit.label = pin.label;
        edits.push_back(edit);
    }
    for (const tree::SetShare& share : tree::sharesInForce(tree->tree, document)) {
        tree::Edit edit;
        edit.kind = tree::EditKind::Unshare;
        edit.document = document;
        edit.label = share.label;
        edits.push_back(edit);
    }
    send(edits, tr("Unpinned."));
}

}  // namespace espalier::ui
