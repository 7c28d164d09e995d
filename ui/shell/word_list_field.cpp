// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/word_list_field.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>

#include "core/text/terms.h"
#include "ui/dialogs/dialog_service.h"
#include "ui/dialogs/error_text.h"
#include "ui/session/project_session.h"
#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"

namespace espalier::ui {

WordListField::WordListField(ProjectSession* session, const QString& name, QWidget* parent)
    : QWidget(parent), m_session(session), m_name(name) {
    m_choose = new QPushButton(tr("Choose file…"), this);
    m_choose->setAccessibleName(tr("%1: choose a file").arg(name));
    m_choose->setAutoDefault(false);
    m_what = new ElidedLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_what->setElideMode(Qt::ElideMiddle);
    m_clear = makeIconButton(QStringLiteral("clear"), tr("Use no file for: %1").arg(name), this);
    auto* layout = new QHBoxLayout(this);
    noMargins(layout);
    layout->setSpacing(theme().space(2));
    layout->addWidget(m_choose);
    layout->addWidget(m_what, 1);
    layout->addWidget(m_clear);
    setFocusProxy(m_choose);
    connect(m_choose, &QPushButton::clicked, this, &WordListField::choose);
    connect(m_clear, &QToolButton::clicked, this, [this] {
        m_choose->setFocus(Qt::OtherFocusReason);  // the button goes, the keyboard stays near
        clear();
    });
    refresh();
}

void WordListField::choose() {
    dialogs().openFiles(this, m_name, tr("Word lists (*.txt);;All files (*)"), [this](const QStringList& paths) {
        if (paths.isEmpty()) return;
        Settings::instance().setLastFolder(QFileInfo(paths.first()).path());
        read(paths.first());
    });
}

void WordListField::read(const QString& path) {
    m_session->read<std::vector<std::string>>(
        [file = toPath(path)](project::Project&, jobs::JobContext&) { return text::readTermList(file); },
        [this, path](Result<std::vector<std::string>> words) {
            if (!words) {
                showError(this, words.error(), Activity::Other);
                return;
            }
            m_path = path;
            m_words = toQt(*words);
            refresh();
            Q_EMIT changed();
        },
        this, this);
}

void WordListField::clear() {
    m_path.clear();
    m_words.clear();
    refresh();
    Q_EMIT changed();
}

void WordListField::refresh() {
    const bool none = m_path.isEmpty();
    m_what->setText(none ? tr("None")
                         : tr("%1 · %n word(s)", nullptr, int(m_words.size())).arg(QFileInfo(m_path).fileName()));
    m_what->setToolTip(none ? QString() : QDir::toNativeSeparators(m_path));
    m_clear->setVisible(!none);
}

}  // namespace espalier::ui
