// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/settings_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QThread>
#include <QVBoxLayout>

#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/theme.h"

namespace espalier::ui {

SettingsDialog::SettingsDialog(QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("settingsDialog"));
    setWindowTitle(tr("Settings"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(theme().length(Length::DialogWidth));
    Settings& settings = Settings::instance();

    auto* look = new QComboBox(this);
    look->setObjectName(QStringLiteral("themeChoice"));
    look->addItem(tr("As the system"), int(Settings::ThemeChoice::System));
    look->addItem(tr("Light"), int(Settings::ThemeChoice::Light));
    look->addItem(tr("Dark"), int(Settings::ThemeChoice::Dark));
    look->setCurrentIndex(look->findData(int(settings.theme())));
    auto* author = new QLineEdit(settings.author(), this);
    author->setObjectName(QStringLiteral("authorName"));
    author->setPlaceholderText(tr("Your account on this computer"));
    auto* threads = new QSpinBox(this);
    threads->setObjectName(QStringLiteral("threads"));
    threads->setRange(0, QThread::idealThreadCount());
    threads->setSpecialValueText(tr("All processors (%1)").arg(QThread::idealThreadCount()));
    threads->setValue(settings.threads());

    auto* form = new QFormLayout;
    form->setHorizontalSpacing(theme().space(4));
    form->setVerticalSpacing(theme().space(2));
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto hint = [this](const QString& text) {
        auto* label = new TextLabel(text, TextRole::Small, ColorRole::Muted, this);
        label->setWordWrap(true);
        return label;
    };
    form->addRow(tr("&Look"), look);
    form->addRow(tr("&Name in the history"), author);
    form->addRow(QString(), hint(tr("Every edit you make is signed with it, in every project.")));
    form->addRow(tr("&Threads for jobs"), threads);
    form->addRow(QString(), hint(tr("Fewer leave this computer freer while a tree grows or an encoder trains. Results "
                                    "do not depend on it.")));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    layout->addLayout(form);
    layout->addSpacing(theme().space(4));
    layout->addWidget(buttons);

    fitHeight(this);

    connect(look, &QComboBox::activated, this,
            [look] { Settings::instance().setTheme(Settings::ThemeChoice(look->currentData().toInt())); });
    connect(author, &QLineEdit::editingFinished, this, [author] {
        if (author->text().trimmed() != Settings::instance().author()) Settings::instance().setAuthor(author->text());
    });
    connect(threads, &QSpinBox::valueChanged, this, [](int value) { Settings::instance().setThreads(value); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

}  // namespace espalier::ui
