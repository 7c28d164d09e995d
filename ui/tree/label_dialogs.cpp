// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/label_dialogs.h"

#include <QButtonGroup>
#include <QDialogButtonBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

#include "ui/session/text.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"
#include "ui/tree/label_picker.h"

namespace espalier::ui {
namespace {

QString quotedName(const project::TreeSnapshotPtr& snapshot, LabelId id) {
    const tree::Label* label = snapshot->tree.find(id);
    return QStringLiteral("“%1”").arg(label ? toQt(label->name) : QString());
}

QDialogButtonBox* addButtons(QDialog* dialog, QVBoxLayout* layout, const QString& verb) {
    auto* buttons = new QDialogButtonBox(dialog);
    QPushButton* accept = buttons->addButton(verb, QDialogButtonBox::AcceptRole);
    accept->setObjectName(QStringLiteral("acceptButton"));
    makePrimary(accept);
    accept->setDefault(true);
    buttons->addButton(QDialogButtonBox::Cancel);
    layout->addSpacing(theme().space(2));
    layout->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    return buttons;
}

QVBoxLayout* startDialog(QDialog* dialog, const QString& title, const QString& headline, const QString& line) {
    dialog->setWindowTitle(title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setMinimumWidth(theme().length(Length::DialogWidth));
    auto* layout = new QVBoxLayout(dialog);
    dialogMargins(layout);
    auto* head = new TextLabel(headline, TextRole::Strong, ColorRole::Text, dialog);
    head->setWordWrap(true);
    layout->addWidget(head);
    if (!line.isEmpty()) {
        auto* text = new TextLabel(line, TextRole::Normal, ColorRole::Muted, dialog);
        text->setWordWrap(true);
        layout->addWidget(text);
    }
    layout->addSpacing(theme().space(1));
    return layout;
}

// An ampersand in a label's name is no mnemonic.
QString plain(QString text) {
    return text.replace(u'&', QStringLiteral("&&"));
}

}  // namespace

MergeDialog::MergeDialog(const project::TreeSnapshotPtr& snapshot, const QList<LabelId>& labels, LabelId proposed,
                         QWidget* parent)
    : QDialog(parent), m_names(new QButtonGroup(this)) {
    setObjectName(QStringLiteral("mergeDialog"));
    auto* layout = startDialog(this, tr("Merge labels"), tr("Which name survives?"),
                               tr("Documents, notes and child labels come together under it. The other names are kept "
                                  "as alternative names."));
    for (const LabelId id : labels) {
        QStringList path = toQt(snapshot->tree.pathNames(id));
        const QString where =
            path.size() > 1 ? path.mid(0, path.size() - 1).join(QStringLiteral(" › ")) : tr("top level");
        auto* choice = new QRadioButton(plain(tr("%1 · %2 documents · %3")
                                                  .arg(path.isEmpty() ? QString() : path.last(),
                                                       formatCount(snapshot->countsOf(id).documents), where)),
                                        this);
        choice->setObjectName(QStringLiteral("mergeName%1").arg(id.value));
        m_documents.emplace_back(id, snapshot->countsOf(id).documents);
        m_names->addButton(choice, int(id.value));
        if (id == proposed) choice->setChecked(true);
        layout->addWidget(choice);
    }
    if (!m_names->checkedButton() && !m_names->buttons().isEmpty()) m_names->buttons().first()->setChecked(true);
    m_moved = new TextLabel({}, TextRole::Normal, ColorRole::Text, this);
    m_moved->setObjectName(QStringLiteral("mergeMoved"));
    m_moved->setWordWrap(true);
    layout->addSpacing(theme().space(1));
    layout->addWidget(m_moved);
    setMoved(-1);
    connect(m_names, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (!on) return;
        setMoved(-1);
        Q_EMIT keepChanged(LabelId{id});
    });
    auto* buttons = addButtons(this, layout, tr("Merge"));
    connect(buttons, &QDialogButtonBox::accepted, this, [this, labels] {
        if (labels.contains(kept())) Q_EMIT merged(kept());
        accept();
    });
    if (m_names->checkedButton()) m_names->checkedButton()->setFocus();
}

LabelId MergeDialog::kept() const {
    return LabelId{m_names->checkedId()};
}

void MergeDialog::setMoved(std::int64_t documents) {
    if (documents < 0) {
        m_moved->setText(tr("Counting the documents that move…"));
        return;
    }
    std::int64_t away = 0;
    for (const auto& [id, count] : m_documents)
        if (id != kept()) away += count;
    const QString moved = documents == 1 ? tr("1 document moves") : tr("%1 documents move").arg(formatCount(documents));
    m_moved->setText(documents > away ? tr("%1: shares add up, which brings some from other labels").arg(moved)
                                      : moved);
}

RetireDialog::RetireDialog(const project::TreeSnapshotPtr& snapshot, const QList<LabelId>& labels,
                           const BranchColors* colors, QWidget* parent)
    : QDialog(parent), m_where(new QButtonGroup(this)) {
    setObjectName(QStringLiteral("retireDialog"));
    std::int64_t documents = 0;
    std::size_t children = 0;
    for (const LabelId id : labels) {
        documents += snapshot->countsOf(id).documents;
        if (const tree::Label* label = snapshot->tree.find(id)) children += label->children.size();
    }
    const QString headline = labels.size() == 1 ? tr("Retire %1?").arg(quotedName(snapshot, labels.first()))
                                                : tr("Retire %n label(s)?", nullptr, int(labels.size()));
    QString line = tr("Its %1 documents need another place.").arg(formatCount(documents));
    if (children > 0) line += u' ' + tr("Its %n child label(s) go there too.", nullptr, int(children));
    line += u' ' + tr("A retired label can be restored.");
    auto* layout = startDialog(this, tr("Retire label"), headline, line);

    const tree::Label* first = snapshot->tree.find(labels.first());
    const bool oneParent = std::all_of(labels.begin(), labels.end(), [&](LabelId id) {
        const tree::Label* label = snapshot->tree.find(id);
        return label && first && label->parent == first->parent;
    });
    QString parentText = tr("Move them to each label's parent");
    if (oneParent && first) {
        parentText = first->parent == snapshot->tree.root()
                         ? tr("Leave them under no label (they rest at the top)")
                         : tr("Move them to the parent, %1").arg(quotedName(snapshot, first->parent));
    }
    auto* toParent = new QRadioButton(plain(parentText), this);
    toParent->setObjectName(QStringLiteral("retireToParent"));
    auto* toOther = new QRadioButton(tr("Move them to another label:"), this);
    toOther->setObjectName(QStringLiteral("retireToOther"));
    m_where->addButton(toParent, 0);
    m_where->addButton(toOther, 1);
    toParent->setChecked(true);
    layout->addWidget(toParent);
    layout->addWidget(toOther);
    m_picker = new LabelPicker(snapshot, false, colors, this);
    m_picker->setRefusal([snapshot, labels](LabelId id) {
        for (const LabelId gone : labels)
            if (snapshot->tree.inBranch(id, gone)) return id == gone ? tr("is retired itself") : tr("lies inside it");
        const tree::Label* label = snapshot->tree.find(id);
        return label && label->locked ? tr("is locked") : QString();
    });
    m_picker->setEnabled(false);
    layout->addWidget(m_picker, 1);
    connect(toOther, &QRadioButton::toggled, this, [this](bool on) {
        m_picker->setEnabled(on);
        if (on) m_picker->setFocus();
    });
    auto* buttons = addButtons(this, layout, tr("Retire"));
    const auto take = [this] {
        const bool other = m_where->checkedId() == 1;
        const LabelId to = other ? m_picker->chosen() : LabelId{};
        if (other && !to) return;
        Q_EMIT retired(to);
        accept();
    };
    connect(buttons, &QDialogButtonBox::accepted, this, take);
    connect(m_picker, &LabelPicker::activated, this, take);
    toParent->setFocus();
}

RestoreDialog::RestoreDialog(const project::TreeSnapshotPtr& snapshot, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("restoreDialog"));
    auto* layout = startDialog(this, tr("Restore label"), tr("Which retired label comes back?"),
                               tr("It returns to its place with the documents and child labels it had, as far as they "
                                  "are still where they went."));
    m_list = new QListWidget(this);
    m_list->setObjectName(QStringLiteral("restoreList"));
    m_list->setAccessibleName(tr("Retired labels"));
    m_list->setUniformItemSizes(true);
    for (const auto& [id, former] : snapshot->tree.formerLabels()) {
        if (former.merged) continue;  // a merge is taken back by undo
        const LabelId above = snapshot->tree.successor(former.label.parent);
        const QString where = !above || above == snapshot->tree.root()
                                  ? tr("top level")
                                  : toQt(snapshot->tree.pathNames(above)).join(QStringLiteral(" › "));
        auto* item = new QListWidgetItem(tr("%1 · was in %2").arg(toQt(former.label.name), where));
        item->setData(Qt::UserRole, qint64(id.value));
        m_list->insertItem(0, item);  // newest ids first
    }
    m_list->setCurrentRow(0);
    layout->addWidget(m_list, 1);
    auto* buttons = addButtons(this, layout, tr("Restore"));
    const auto take = [this] {
        if (!m_list->currentItem()) return;
        Q_EMIT restored(LabelId{m_list->currentItem()->data(Qt::UserRole).toLongLong()});
        accept();
    };
    connect(buttons, &QDialogButtonBox::accepted, this, take);
    connect(m_list, &QListWidget::itemActivated, this, take);
    m_list->setFocus();
}

NoteDialog::NoteDialog(const QString& labelPath, const QString& note, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("noteDialog"));
    auto* layout = startDialog(this, tr("Note"), tr("Note of %1").arg(labelPath),
                               tr("What belongs under the label and what does not."));
    m_text = new QPlainTextEdit(note, this);
    m_text->setObjectName(QStringLiteral("noteText"));
    m_text->setAccessibleName(tr("Note of %1").arg(labelPath));
    m_text->setTabChangesFocus(true);
    m_text->setFixedHeight(theme().space(30));
    layout->addWidget(m_text);
    auto* buttons = addButtons(this, layout, tr("Keep note"));
    m_text->installEventFilter(this);
    connect(buttons, &QDialogButtonBox::accepted, this, [this, note] {
        if (m_text->toPlainText() != note) Q_EMIT kept(m_text->toPlainText());
        accept();
    });
    m_text->moveCursor(QTextCursor::End);
    m_text->setFocus();
}

bool NoteDialog::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_text && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (enter && key->modifiers() & Qt::ControlModifier) {
            findChild<QPushButton*>(QStringLiteral("acceptButton"))->click();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

}  // namespace espalier::ui
