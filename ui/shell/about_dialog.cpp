// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/about_dialog.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "ui/style/controls.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {

struct ThirdParty {
    const char* name;
    const char* purpose;
    const char* licence;
};

constexpr ThirdParty kThirdParties[] = {
    {"Qt 6", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "the window"), "LGPL-3.0"},
    {"QCustomPlot", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "curves"), "GPL-3.0-or-later"},
    {"LibTorch", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "encoder and training (worker)"), "BSD-3-Clause"},
    {"faiss", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "index files (worker)"), "MIT"},
    {"Eigen", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "linear algebra (worker)"), "MPL-2.0"},
    {"SQLite", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "project database"), "public domain"},
    {"SQLiteCpp", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "project database"), "MIT"},
    {"ICU", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "words, sentences, charsets"), "Unicode-DFS-2016"},
    {"Snowball (libstemmer)", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "word stems"), "BSD-3-Clause"},
    {"Compact Language Detector 2", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "languages of documents"),
     "Apache-2.0"},
    {"gumbo", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "HTML import"), "Apache-2.0"},
    {"zlib", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "compressed corpora"), "Zlib"},
    {"JSON for Modern C++", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "JSON"), "MIT"},
    {"CLI11", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "command line"), "BSD-3-Clause"},
    {"spdlog", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "log"), "MIT"},
    {"OpenSSL", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "checksums"), "Apache-2.0"},
    {"all-MiniLM-L6-v2", QT_TRANSLATE_NOOP("espalier::ui::AboutDialog", "default encoder"), "Apache-2.0"},
};

}  // namespace

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("aboutDialog"));
    setWindowTitle(tr("About Espalier"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    auto* mark = new QLabel(this);
    mark->setAccessibleName(tr("Mark of Espalier"));
    mark->setPixmap(markPixmap(theme().length(Length::MarkSize), devicePixelRatioF()));
    auto* text = new QVBoxLayout;
    text->setSpacing(theme().space(1));
    text->addWidget(new TextLabel(QStringLiteral("Espalier"), TextRole::PageTitle, ColorRole::Text, this));
    text->addWidget(new TextLabel(tr("Version %1").arg(QCoreApplication::applicationVersion()), TextRole::Normal,
                                  ColorRole::Muted, this));
    auto* licence =
        new TextLabel(tr("Grow a label tree from documents and train search to follow it. The window is free "
                         "software under GPL-3.0-or-later; the core, the worker and the command line are "
                         "under Apache-2.0. It opens no network connection."),
                      TextRole::Normal, ColorRole::Text, this);
    licence->setWordWrap(true);
    text->addWidget(licence);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme().space(4));
    head->addWidget(mark, 0, Qt::AlignTop);
    head->addLayout(text, 1);
    layout->addLayout(head);
    layout->addSpacing(theme().space(2));
    layout->addWidget(new TextLabel(tr("Made with"), TextRole::Strong, ColorRole::Text, this));
    auto* table = new QTableWidget(int(std::size(kThirdParties)), 3, this);
    table->setObjectName(QStringLiteral("thirdParties"));
    table->setAccessibleName(tr("Third-party software and licences"));
    table->setHorizontalHeaderLabels({tr("Software"), tr("For"), tr("Licence")});
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(theme().length(Length::CompactRowHeight));
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    table->setTabKeyNavigation(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    int row = 0;
    for (const ThirdParty& part : kThirdParties) {
        table->setItem(row, 0, new QTableWidgetItem(QString::fromLatin1(part.name)));
        table->setItem(row, 1, new QTableWidgetItem(tr(part.purpose)));
        table->setItem(row, 2, new QTableWidgetItem(QString::fromLatin1(part.licence)));
        ++row;
    }
    table->setMinimumSize(theme().length(Length::TextColumnWidth), theme().length(Length::CompactRowHeight) * 9);
    layout->addWidget(table, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    layout->addWidget(buttons);
    buttons->button(QDialogButtonBox::Close)->setFocus();
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

}  // namespace espalier::ui
