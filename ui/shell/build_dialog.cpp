// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/build_dialog.h"

#include <QAccessible>
#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QJsonArray>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QRadioButton>
#include <QScreen>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/text/languages.h"
#include "core/text/stop_words.h"
#include "ui/jobs/job.h"
#include "ui/jobs/job_manager.h"
#include "ui/session/project_session.h"
#include "ui/session/settings.h"
#include "ui/shell/word_list_field.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace espalier::ui {
namespace {
// Defaults and limits of `espalier-cli build`.
constexpr int kDepth = 2, kDeepest = 6;
constexpr int kChildren = 15, kMostChildren = 60;
constexpr int kDocuments = 30, kMostDocuments = 100000;
constexpr int kSmallestCorpus = 30;
constexpr const char* kWordsOnly = "none";
constexpr int kLongestModelName = 24;  // letters; the tooltip has it whole

struct PresetWords {
    const char* id;
    const char* name;
    const char* note;
    const char* tip;
};
constexpr PresetWords kPresets[] = {
    {"coarse", QT_TRANSLATE_NOOP("espalier::ui::BuildDialog", "&Coarse"),
     QT_TRANSLATE_NOOP("espalier::ui::BuildDialog",
                       "Few labels: each would be found again in another sample of such documents."),
     QT_TRANSLATE_NOOP("espalier::ui::BuildDialog",
                       "Every single label must hold when the documents are drawn anew, or with words only without a "
                       "fifth of them (--preset coarse)")},
    {"balanced", QT_TRANSLATE_NOOP("espalier::ui::BuildDialog", "&Balanced"),
     QT_TRANSLATE_NOOP("espalier::ui::BuildDialog",
                       "As many labels as come out alike each time, whichever of the documents are looked at."),
     QT_TRANSLATE_NOOP("espalier::ui::BuildDialog",
                       "Copies with the documents drawn anew, or with words only without 15 % of them, decide how many "
                       "labels there are (--preset balanced)")},
    {"fine", QT_TRANSLATE_NOOP("espalier::ui::BuildDialog", "F&ine"),
     QT_TRANSLATE_NOOP("espalier::ui::BuildDialog",
                       "Many labels: another sample of documents would give partly different ones."),
     QT_TRANSLATE_NOOP("espalier::ui::BuildDialog",
                       "A split must only hold against small noise of the weights (--preset fine)")},
    {"telf", QT_TRANSLATE_NOOP("espalier::ui::BuildDialog", "T-&ELF"),
     QT_TRANSLATE_NOOP("espalier::ui::BuildDialog",
                       "The choices of the T-ELF library, to compare with trees made by it. Slower; words only."),
     QT_TRANSLATE_NOOP("espalier::ui::BuildDialog",
                       "Multiplicative updates, 20 perturbations of 100 steps, its rule for k (--preset telf)")},
};
constexpr int kBalanced = 1, kTelf = 3;

QString shortName(const QString& name) {
    if (name.size() <= kLongestModelName) return name;
    const int half = kLongestModelName / 2;
    return name.left(half - 1) + QChar(0x2026) + name.right(half);
}
/// An estimate is not exact to a tenth of a megabyte.
QString sizeText(double bytes) {
    constexpr double kGigabyte = 1e9;
    return QLocale().formattedDataSize(qint64(bytes), bytes < kGigabyte ? 0 : 1, QLocale::DataSizeSIFormat);
}
}  // namespace

BuildDialog::BuildDialog(ProjectSession* session, const JobManager* jobs, QWidget* parent)
    : QDialog(parent), m_session(session), m_jobs(jobs) {
    setObjectName(QStringLiteral("buildDialog"));
    setWindowTitle(tr("Build tree"));
    setAttribute(Qt::WA_DeleteOnClose);
    setMinimumWidth(theme().length(Length::TextColumnWidth));
    const bool grown = session->tree() && session->tree()->grown();
    m_probe = new BuildCostProbe(jobs->workerProgram(), session->projectPath(), this);

    auto* head =
        new TextLabel(tr("Grow the label tree from %1 documents").arg(formatCount(session->status().documents)),
                      TextRole::Title, ColorRole::Text, this);
    head->setWordWrap(true);
    makeFields();
    m_estimate = new TextLabel({}, TextRole::Normal, ColorRole::Muted, this);
    m_estimate->setObjectName(QStringLiteral("buildEstimate"));
    m_estimate->setWordWrap(true);
    m_estimate->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    const int line = QFontMetrics(m_estimate->font()).lineSpacing();
    m_estimate->setMinimumHeight(line + line);  // the dialog does not jump when the answer is longer

    auto* layout = new QVBoxLayout(this);
    dialogMargins(layout);
    layout->addWidget(head);
    layout->addSpacing(theme().space(1));
    layout->addLayout(m_form);
    layout->addSpacing(theme().space(1));
    layout->addWidget(makeHairline(this));
    layout->addSpacing(theme().space(1));
    layout->addWidget(m_estimate);
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

    connect(m_probe, &BuildCostProbe::measuringStarted, this, [this] { say(tr("Measuring time and memory…"), false); });
    connect(m_probe, &BuildCostProbe::answered, this, &BuildDialog::sayAnswer);
    connect(m_probe, &BuildCostProbe::failed, this, [this](const Error& error) {
        QString text = toQt(error.message).trimmed();
        if (!text.isEmpty()) text[0] = text[0].toUpper();
        say(text.endsWith(u'.') ? text : text + u'.', true);
    });
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        m_probe->cancel();  // the build needs the machine
        Q_EMIT started(options());
        accept();
    });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    showDetails(false);
    takePreset(kBalanced);
    m_presets->button(kBalanced)->setFocus();
}

/// A caption level with its field; all are as wide as the widest, so that "More options" moves nothing.
void BuildDialog::addField(const QString& caption, QWidget* field) {
    auto* label = new TextLabel(caption, TextRole::Normal, ColorRole::Text, this);
    label->setMinimumHeight(theme().length(Length::ControlHeight));
    if (!caption.isEmpty()) label->setBuddy(field);
    label->setToolTip(field->toolTip());
    if (field->accessibleName().isEmpty()) field->setAccessibleName(QString(caption).remove(u'&'));
    m_captions << label;
    m_form->addRow(label, field);
}

void BuildDialog::makeFields() {
    m_form = new QFormLayout;
    m_form->setHorizontalSpacing(theme().space(4));
    m_form->setVerticalSpacing(theme().space(2));
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    addPresets();
    m_source = new QComboBox(this);
    m_source->setObjectName(QStringLiteral("buildSource"));
    addSources();
    addField(tr("&Grow from"), m_source);
    m_sourceNote = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_sourceNote->setObjectName(QStringLiteral("buildSourceNote"));
    m_sourceNote->setWordWrap(true);
    m_form->addRow(QString(), m_sourceNote);
    m_depth = new QSpinBox(this);
    m_depth->setObjectName(QStringLiteral("buildDepth"));
    m_depth->setRange(1, kDeepest);
    m_depth->setValue(kDepth);
    m_depth->setToolTip(tr("Levels of labels below all documents (--depth)"));
    addField(tr("&Levels of labels"), m_depth);
    addDetails();
    int widest = 0;
    for (const QLabel* caption : std::as_const(m_captions)) widest = std::max(widest, caption->sizeHint().width());
    for (QLabel* caption : std::as_const(m_captions)) caption->setMinimumWidth(widest);
    connect(m_source, &QComboBox::currentIndexChanged, this, &BuildDialog::changed);
    for (QSpinBox* box : {m_depth, m_children, m_documents})
        connect(box, &QSpinBox::valueChanged, this, &BuildDialog::changed);
    connect(m_language, &QComboBox::currentIndexChanged, this, &BuildDialog::changed);
    connect(m_phrases, &QCheckBox::clicked, this, [this] {
        m_phrasesChosen = true;
        changed();
    });
    for (WordListField* list : {m_stopWords, m_keepWords})
        connect(list, &WordListField::changed, this, &BuildDialog::changed);
}

/// Two lines at least, so that nothing moves from choice to choice. Not left to the label: its hint is of a narrower
/// one.
void BuildDialog::setNote(TextLabel* note, const QString& text) {
    note->setText(text);
    const int line = QFontMetrics(note->font()).lineSpacing();
    const int width = minimumWidth() - m_captions.first()->minimumWidth() - m_form->horizontalSpacing() -
                      layout()->contentsMargins().left() - layout()->contentsMargins().right();
    note->setFixedHeight(std::max(line + line, note->heightForWidth(width)));
}

void BuildDialog::addPresets() {
    auto* row = new QWidget(this);
    row->setAccessibleName(tr("How fine"));
    auto* choices = new QHBoxLayout(row);
    noMargins(choices);
    choices->setSpacing(theme().space(4));
    m_presets = new QButtonGroup(this);
    int id = 0;
    for (const PresetWords& words : kPresets) {
        auto* button = new QRadioButton(tr(words.name), row);
        button->setObjectName(QStringLiteral("preset-%1").arg(QLatin1String(words.id)));
        button->setToolTip(tr(words.tip));
        button->setAccessibleDescription(tr(words.note));
        button->setMinimumHeight(theme().length(Length::ControlHeight));
        m_presets->addButton(button, id++);
        choices->addWidget(button);
    }
    choices->addStretch(1);
    m_presets->button(kBalanced)->setChecked(true);
    addField(tr("How fine"), row);
    m_presetNote = new TextLabel({}, TextRole::Small, ColorRole::Muted, this);
    m_presetNote->setObjectName(QStringLiteral("buildPresetNote"));
    m_presetNote->setWordWrap(true);
    m_form->addRow(QString(), m_presetNote);
    connect(m_presets, &QButtonGroup::idToggled, this, [this](int preset, bool on) {
        if (on) takePreset(preset);
    });
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

void BuildDialog::addDetails() {
    m_more = new QToolButton(this);
    m_more->setObjectName(QStringLiteral("moreOptions"));
    m_more->setText(tr("&More options"));
    m_more->setAccessibleName(tr("More options"));
    m_more->setCheckable(true);
    m_more->setAutoRaise(true);
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setMinimumHeight(theme().length(Length::ControlHeight));
    auto* holder = new QHBoxLayout;
    holder->setContentsMargins(-theme().space(2), 0, 0, 0);  // its chevron stands under the captions
    holder->addWidget(m_more);
    holder->addStretch(1);
    m_form->addRow(holder);
    connect(m_more, &QToolButton::toggled, this, &BuildDialog::showDetails);

    const auto spin = [this](const char* name, int high, int value, const QString& tip) {
        auto* box = new QSpinBox(this);
        box->setObjectName(QString::fromLatin1(name));
        box->setRange(2, high);
        box->setValue(value);
        box->setGroupSeparatorShown(true);
        box->setToolTip(tip);
        return box;
    };
    const auto row = [this](const QString& caption, QWidget* field) {
        addField(caption, field);
        m_details << field;
    };
    m_children = spin("buildChildren", kMostChildren, kChildren,
                      tr("Largest k that is tried at the root; deeper labels try up to 10 (--k-max)"));
    row(tr("At most this many &top labels"), m_children);
    m_documents = spin("buildDocuments", kMostDocuments, kDocuments, tr("Smaller labels are not split (--min-docs)"));
    m_documents->setSuffix(tr(" documents"));
    row(tr("&Split labels with at least"), m_documents);

    m_language = new QComboBox(this);
    m_language->setObjectName(QStringLiteral("buildLanguage"));
    m_language->setToolTip(tr("Whose stop words are no terms (--language)"));
    std::vector<std::pair<QString, QString>> languages;
    for (const std::string_view tag : text::stopListLanguages())
        languages.emplace_back(toQt(text::languageName(tag)), toQt(tag));
    std::sort(languages.begin(), languages.end());
    m_language->addItem(tr("Guessed for each document"), toQt(text::kAutomatic));
    for (const auto& [name, tag] : languages) m_language->addItem(tr("%1 (%2)").arg(name, tag), tag);
    row(tr("Lang&uage"), m_language);

    m_phrases = new QCheckBox(tr("&Phrases of two words are terms too"), this);
    m_phrases->setObjectName(QStringLiteral("buildPhrases"));
    m_phrases->setMinimumHeight(theme().length(Length::ControlHeight));
    m_phrases->setToolTip(tr("Pairs that occur together more often than by chance, beside their words (--phrases)"));
    m_phrases->setAccessibleName(m_phrases->text().remove(u'&'));
    row(QString(), m_phrases);

    m_stopWords = new WordListField(m_session, tr("Words to leave out"), this);
    m_stopWords->setObjectName(QStringLiteral("buildStopWords"));
    m_stopWords->setToolTip(tr("Text file, one word or phrase a line: never terms (--stop-words)"));
    row(tr("Words to leave &out"), m_stopWords);
    m_keepWords = new WordListField(m_session, tr("Words to keep"), this);
    m_keepWords->setObjectName(QStringLiteral("buildKeepWords"));
    m_keepWords->setToolTip(tr("Text file, one word or phrase a line: always terms (--keep-words)"));
    row(tr("Words to &keep"), m_keepWords);
}

void BuildDialog::showDetails(bool on) {
    m_more->setIcon(icon(on ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
    for (QWidget* field : std::as_const(m_details)) m_form->setRowVisible(field, on);
    if (!layout()) return;
    fitHeight(this);
    if (const QScreen* shown = isVisible() ? screen() : nullptr) {  // it grew downwards
        const int over = frameGeometry().bottom() - shown->availableGeometry().bottom();
        if (over > 0) move(x(), std::max(shown->availableGeometry().top(), y() - over));
    }
}

void BuildDialog::takePreset(int preset) {
    setNote(m_presetNote, tr(kPresets[preset].note));
    const QSignalBlocker quiet(m_source);
    // T-ELF knows no vectors; who wants them all the same can still choose them.
    if (preset == kTelf && semantic()) {
        m_sourceBefore = m_source->currentData().toString();
        m_source->setCurrentIndex(m_source->count() - 1);
    } else if (preset != kTelf && !m_sourceBefore.isEmpty()) {
        if (!semantic()) chooseSource(m_sourceBefore);
        m_sourceBefore.clear();
    }
    changed();
}

void BuildDialog::chooseSource(const QString& model) {
    if (const int at = m_source->findData(model); at >= 0) m_source->setCurrentIndex(at);
}

QString BuildDialog::preset() const {
    return QString::fromLatin1(kPresets[m_presets->checkedId()].id);
}

bool BuildDialog::semantic() const {
    return m_source->currentData().toString() != QLatin1String(kWordsOnly);
}

void BuildDialog::changed() {
    if (!m_phrasesChosen) m_phrases->setChecked(semantic());  // as the command line does
    const QString source = m_source->currentData().toString();
    QString note;
    if (!semantic()) {
        note = m_source->count() > 1
                   ? tr("Documents that say the same in other words stay apart.")
                   : tr("Documents that say the same in other words stay apart. Embed the documents first to let "
                        "their meaning count as well.");
    } else {
        note = tr("Each document also counts the words of the 30 nearest in meaning.");
        for (const project::ModelInfo& model : m_session->status().models) {
            const qint64 without = m_session->status().documents - model.documents;
            if (toQt(model.name) == source && without > 0)
                note += QLatin1Char(' ') +
                        tr("Without a vector, and with their own words only: %1.").arg(formatCount(without));
        }
    }
    setNote(m_sourceNote, note);
    fitHeight(this);
    const qint64 documents = m_session->status().documents;
    if (documents < kSmallestCorpus || m_documents->value() > documents) {
        m_probe->cancel();
        say(documents < kSmallestCorpus
                ? tr("There are too few documents to find labels in: the tree will be one label. %1 are the least.")
                      .arg(kSmallestCorpus)
                : tr("The tree will be one label: there are only %1 documents, and labels with fewer than %2 are not "
                     "to be split.")
                      .arg(formatCount(documents), formatCount(m_documents->value())),
            true);
        return;
    }
    m_probe->ask(options());
}

void BuildDialog::sayAnswer(const BuildCostAnswer& cost) {
    const QString memory = sizeText(cost.peakBytes);
    if (!cost.enoughMemory) {
        const QString free = sizeText(cost.freeBytes);
        say(semantic()
                ? tr("The memory for this is not there: it takes about %1, and %2 are free. Close other programs, or "
                     "grow from words only.")
                      .arg(memory, free)
                : tr("The memory for this is not there: it takes about %1, and %2 are free. Close other programs "
                     "first.")
                      .arg(memory, free),
            true);
        return;
    }
    QString text = tr("Takes about %1 and %2 of memory.").arg(formatDurationRange(cost.low, cost.high), memory);
    if (const Job* job = m_jobs->runningJob()) text += u' ' + tr("Begins when “%1” has ended.").arg(job->title());
    say(text, false);
    m_estimate->setColorRole(ColorRole::Text);
}

void BuildDialog::say(const QString& text, bool warning) {
    m_estimate->setColorRole(warning ? ColorRole::Warning : ColorRole::Muted);
    m_estimate->setText(text);
    QAccessibleEvent spoken(m_estimate, QAccessible::NameChanged);
    QAccessible::updateAccessibility(&spoken);
}

QJsonObject BuildDialog::options() const {
    QJsonObject options{{QStringLiteral("preset"), preset()},
                        {QStringLiteral("vectors"), m_source->currentData().toString()},
                        {QStringLiteral("depth"), m_depth->value()},
                        {QStringLiteral("k_max"), m_children->value()},
                        {QStringLiteral("min_docs"), m_documents->value()},
                        {QStringLiteral("language"), m_language->currentData().toString()},
                        {QStringLiteral("phrases"), m_phrases->isChecked()}};
    if (!m_stopWords->words().isEmpty())
        options.insert(QStringLiteral("stop_words"), QJsonArray::fromStringList(m_stopWords->words()));
    if (!m_keepWords->words().isEmpty())
        options.insert(QStringLiteral("keep_words"), QJsonArray::fromStringList(m_keepWords->words()));
    if (m_session->tree() && m_session->tree()->grown()) options.insert(QStringLiteral("replace"), true);
    if (const int threads = Settings::instance().threads(); threads > 0)
        options.insert(QStringLiteral("threads"), threads);
    return options;
}

}  // namespace espalier::ui
