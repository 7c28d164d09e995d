// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/build_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/session/project_session.h"
#include "ui/session/settings.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
// Defaults and limits of `espalier-cli build`.
constexpr int kDepth = 2, kDeepest = 6;
constexpr int kChildren = 15, kMostChildren = 60;
constexpr int kDocuments = 30, kMostDocuments = 100000;
constexpr const char* kWordsOnly = "none";
constexpr int kLongestModelName = 24;  // letters; the tooltip has it whole

QString shortName(const QString& name) {
    if (name.size() <= kLongestModelName) return name;
    const int half = kLongestModelName / 2;
    return name.left(half - 1) + QChar(0x2026) + name.right(half);
}
}  // namespace

BuildDialog::BuildDialog(const ProjectSession* session, QWidget* parent) : QDialog(parent), m_session(session) {
    setObjectName(QStringLiteral("buildDialog"));
    setWindowTitle(tr("Build tree"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(theme().length(Length::DialogWidth));
    const project::ProjectStatus& status = session->status();
    const bool grown = session->tree() && session->tree()->grown();

    auto* head = new TextLabel(tr("Grow the label tree from %1 documents").arg(formatCount(status.documents)),
                               TextRole::Strong, ColorRole::Text, this);
    head->setWordWrap(true);
    auto* line = new TextLabel(tr("How many labels there are is found by trying which division is steady. The same "
                                  "documents and settings always give the same tree."),
                               TextRole::Normal, ColorRole::Muted, this);
    line->setWordWrap(true);
    const auto spin = [this](const char* name, int low, int high, int value) {
        auto* box = new QSpinBox(this);
        box->setObjectName(QString::fromLatin1(name));
        box->setRange(low, high);
        box->setValue(value);
        box->setGroupSeparatorShown(true);
        return box;
    };
    m_source = new QComboBox(this);
    m_source->setObjectName(QStringLiteral("buildSource"));
    addSources();
    m_cost = new TextLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_cost->setObjectName(QStringLiteral("buildCost"));
    m_cost->setWordWrap(true);
    sayCost();
    m_depth = spin("buildDepth", 1, kDeepest, kDepth);
    m_children = spin("buildChildren", 2, kMostChildren, kChildren);
    m_documents = spin("buildDocuments", 2, kMostDocuments, kDocuments);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(theme().space(4));
    form->setVerticalSpacing(theme().space(2));
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("&Grow from"), m_source);
    form->addRow(m_cost);
    form->addRow(tr("&Levels of labels"), m_depth);
    form->addRow(tr("At most this many &top labels"), m_children);
    form->addRow(tr("&Split labels with at least"), m_documents);
    m_documents->setSuffix(tr(" documents"));
    m_children->setToolTip(tr("Largest k that is tried at the root; deeper labels try up to 10"));
    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    layout->addWidget(head);
    layout->addWidget(line);
    layout->addSpacing(theme().space(2));
    layout->addLayout(form);
    layout->addSpacing(theme().space(2));
    if (grown) {
        auto* banner = new Banner(Banner::Kind::Information, this);
        banner->setText(
            tr("The new tree takes the place of the present one and of the edits made to it. Undo brings the "
               "present one back."));
        layout->addWidget(banner);
    }
    auto* buttons = new QDialogButtonBox(this);
    QPushButton* start = buttons->addButton(grown ? tr("Build again") : tr("Build tree"), QDialogButtonBox::AcceptRole);
    start->setObjectName(QStringLiteral("acceptButton"));
    makePrimary(start);
    start->setDefault(true);
    buttons->addButton(QDialogButtonBox::Cancel);
    layout->addWidget(buttons);
    fitHeight(this);
    connect(m_source, &QComboBox::currentIndexChanged, this, [this] {
        sayCost();
        fitHeight(this);
    });
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT started(options());
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

/// The default of the command line first, then the other models, then words alone.
void BuildDialog::addSources() {
    const project::ModelInfo* first = m_session->defaultModel();
    const auto add = [this](const project::ModelInfo& model) {
        const QString name = toQt(model.name);
        m_source->addItem(model.kind == "tfidf" ? tr("Words and meaning (word vectors)")
                                                : tr("Words and meaning (%1)").arg(shortName(name)),
                          name);
        m_source->setItemData(m_source->count() - 1, name, Qt::ToolTipRole);
    };
    if (first && !first->vectorsFile.empty()) add(*first);
    for (const project::ModelInfo& model : m_session->status().models)
        if (&model != first && !model.vectorsFile.empty()) add(model);
    m_source->addItem(tr("Words only"), QString::fromLatin1(kWordsOnly));
}

void BuildDialog::sayCost() {
    const QString source = m_source->currentData().toString();
    if (source == QLatin1String(kWordsOnly)) {
        m_cost->setText(m_source->count() > 1
                            ? tr("The quickest way. Documents that say the same in other words stay apart.")
                            : tr("Documents that say the same in other words stay apart. Embed the documents first to "
                                 "let their meaning count as well."));
        return;
    }
    QString text =
        tr("Each document also counts the words of the 30 nearest in meaning. Takes about six times as "
           "long as words only.");
    for (const project::ModelInfo& model : m_session->status().models) {
        const qint64 without = m_session->status().documents - model.documents;
        if (toQt(model.name) == source && without > 0)
            text +=
                QLatin1Char(' ') + tr("Without a vector, and with their own words only: %1.").arg(formatCount(without));
    }
    m_cost->setText(text);
}

QJsonObject BuildDialog::options() const {
    QJsonObject options{{QStringLiteral("vectors"), m_source->currentData().toString()},
                        {QStringLiteral("depth"), m_depth->value()},
                        {QStringLiteral("k_max"), m_children->value()},
                        {QStringLiteral("min_docs"), m_documents->value()}};
    if (m_session->tree() && m_session->tree()->grown()) options.insert(QStringLiteral("replace"), true);
    if (const int threads = Settings::instance().threads(); threads > 0)
        options.insert(QStringLiteral("threads"), threads);
    return options;
}

}  // namespace espalier::ui
