// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/corpus/import_settings.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/corpus/import_preview.h"
#include "ui/session/text.h"
#include "ui/style/controls.h"

namespace espalier::ui {
namespace {
constexpr const char* kDefaultFields[] = {"_id", "title", "text", "labels"};

/// What stands in a field list for "the usual name".
bool isDefault(const QComboBox* combo) {
    return combo->currentText() == combo->itemText(0);
}
}  // namespace

ImportSettings::ImportSettings(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("importSettings"));
    m_groups = new QBoxLayout(QBoxLayout::TopToBottom, this);
    m_groups->setContentsMargins(0, 0, 0, 0);
    QFormLayout* file = addGroup(tr("The file"));
    QFormLayout* fields = addGroup(tr("Its fields"));
    m_groups->addStretch(0);
    setSideBySide(false);

    m_format = addCombo(file, QStringLiteral("format"), tr("Fo&rmat"), tr("What kind of file it is"), false);
    m_format->addItem(tr("Detect"), int(text::CorpusFormat::Auto));
    m_format->addItem(tr("JSON lines"), int(text::CorpusFormat::Jsonl));
    m_format->addItem(tr("CSV"), int(text::CorpusFormat::Csv));
    m_format->addItem(tr("TSV (tabs)"), int(text::CorpusFormat::Tsv));
    m_format->addItem(tr("Folder of text files"), int(text::CorpusFormat::Folder));
    m_format->addItem(tr("BEIR test collection"), int(text::CorpusFormat::Beir));
    m_charset =
        addCombo(file, QStringLiteral("charset"), tr("&Charset"), tr("How letters are stored in the file"), true);
    m_charset->addItem(tr("Detect"));
    for (const char* name : {"UTF-8", "UTF-16", "windows-1252", "ISO-8859-1", "ISO-8859-2", "windows-1251", "KOI8-R",
                             "Shift_JIS", "EUC-JP", "GB18030", "Big5", "EUC-KR"})
        m_charset->addItem(QString::fromLatin1(name));
    m_delimiter = addCombo(file, QStringLiteral("delimiter"), tr("Deli&miter"), tr("What stands between cells"), false);
    m_delimiter->addItem(tr("Detect"), 0);
    m_delimiter->addItem(tr("Comma  ,"), int(','));
    m_delimiter->addItem(tr("Semicolon  ;"), int(';'));
    m_delimiter->addItem(tr("Tab"), int('\t'));
    m_delimiter->addItem(tr("Bar  |"), int('|'));
    m_id = addCombo(fields, QStringLiteral("idField"), tr("I&d"),
                    tr("Names a document for life. Without one, the id is made from the text."), true);
    m_title = addCombo(fields, QStringLiteral("titleField"), tr("T&itle"), tr("Shown in lists and read by every model"),
                       true);
    m_text = addCombo(fields, QStringLiteral("textField"), tr("Te&xt"), tr("What is read, searched and sorted"), true);
    m_labels = addCombo(fields, QStringLiteral("labelsField"), tr("L&abels"),
                        tr("Reference labels that came with the documents, coarse first. They are used to evaluate, "
                           "never to build the tree."),
                        true);
    // One column for the captions of both groups, as they stand below each other where there is room.
    int widest = 0;
    const QList<QLabel*> captions = findChildren<QLabel*>();
    for (const QLabel* caption : captions)
        if (caption->buddy()) widest = std::max(widest, caption->sizeHint().width());
    for (QLabel* caption : captions)
        if (caption->buddy()) caption->setMinimumWidth(widest);
    reset();
}

QFormLayout* ImportSettings::addGroup(const QString& heading) {
    auto* group = new QWidget(this);
    auto* column = new QVBoxLayout(group);
    noMargins(column);
    column->setSpacing(theme().space(2));
    column->addWidget(new TextLabel(heading, TextRole::Strong, ColorRole::Text, group));
    auto* rows = new QWidget(group);
    auto* form = new QFormLayout(rows);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(theme().space(3));
    form->setVerticalSpacing(theme().space(2));
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    column->addWidget(rows);
    column->addStretch(1);
    m_groups->addWidget(group, 1);
    return form;
}

void ImportSettings::setSideBySide(bool beside) {
    m_groups->setDirection(beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_groups->setSpacing(theme().space(beside ? 6 : 4));
    for (int at = 0; at < m_groups->count(); ++at) m_groups->setStretch(at, beside && m_groups->itemAt(at)->widget());
}

QComboBox* ImportSettings::addCombo(QFormLayout* form, const QString& name, const QString& label, const QString& tip,
                                    bool editable) {
    auto* combo = new QComboBox(form->parentWidget());
    combo->setObjectName(name);
    combo->setEditable(editable);
    combo->setToolTip(tip);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    constexpr int kLeastLetters = 12;
    combo->setMinimumContentsLength(kLeastLetters);
    if (editable) combo->setInsertPolicy(QComboBox::NoInsert);
    auto* caption = new TextLabel(label, TextRole::Normal, ColorRole::Text, form->parentWidget());
    caption->setMinimumHeight(theme().length(Length::ControlHeight));  // stands level with its field
    caption->setBuddy(combo);
    QString plain = label;
    combo->setAccessibleName(plain.remove(u'&'));
    combo->setAccessibleDescription(tip);
    form->addRow(caption, combo);
    const auto tell = [this] {
        if (!m_filling) Q_EMIT changed();
    };
    connect(combo, &QComboBox::currentIndexChanged, this, tell);
    if (editable) connect(combo->lineEdit(), &QLineEdit::editingFinished, this, tell);
    return combo;
}

void ImportSettings::reset() {
    m_filling = true;
    QComboBox* const fields[] = {m_id, m_title, m_text, m_labels};
    for (std::size_t i = 0; i < std::size(fields); ++i) {
        fields[i]->clear();
        fields[i]->addItem(QString::fromLatin1(kDefaultFields[i]));
        fields[i]->setCurrentIndex(0);
    }
    for (QComboBox* combo : {m_format, m_charset, m_delimiter}) combo->setCurrentIndex(0);
    m_filling = false;
}

void ImportSettings::showDetected(const ImportPreview& preview) {
    m_filling = true;
    for (QComboBox* combo : {m_id, m_title, m_text, m_labels}) {
        const QString chosen = combo->currentText();
        const QString usual = combo->itemText(0);
        combo->clear();
        combo->addItem(usual);
        for (const QString& field : preview.fields)
            if (field != usual) combo->addItem(field);
        const int at = combo->findText(chosen);
        if (at >= 0) {
            combo->setCurrentIndex(at);
        } else {
            combo->setCurrentIndex(-1);
            combo->setEditText(chosen);
        }
    }
    const bool fields = !preview.fields.isEmpty();
    for (QComboBox* combo : {m_id, m_title, m_text, m_labels}) combo->setEnabled(fields);
    const QString charset = preview.charsets.join(QStringLiteral(", "));
    m_charset->setItemText(0, charset.isEmpty() ? tr("Detect") : tr("Detect (%1)").arg(charset));
    const QString format = preview.formats.join(QStringLiteral(", "));
    m_format->setItemText(0, format.isEmpty() ? tr("Detect") : tr("Detect (%1)").arg(format));
    m_delimiter->setEnabled(preview.formats.contains(QStringLiteral("csv")) ||
                            preview.formats.contains(QStringLiteral("tsv")) ||
                            m_format->currentData().toInt() == int(text::CorpusFormat::Csv));
    m_filling = false;
}

text::CorpusOptions ImportSettings::options() const {
    text::CorpusOptions options;
    options.format = text::CorpusFormat(m_format->currentData().toInt());
    const auto field = [](const QComboBox* combo, std::string& name, bool& named) {
        const QString text = combo->currentText().trimmed();
        // The usual name may be absent from a file; a name that the user chose must be there.
        named = !isDefault(combo) && !text.isEmpty();
        if (!text.isEmpty()) name = fromQt(text);
    };
    field(m_id, options.idField, options.idNamed);
    field(m_title, options.titleField, options.titleNamed);
    field(m_text, options.textField, options.textNamed);
    field(m_labels, options.labelsField, options.labelsNamed);
    if (!isDefault(m_charset)) options.charset = fromQt(m_charset->currentText().trimmed());
    options.delimiter = char(m_delimiter->currentData().toInt());
    return options;
}

}  // namespace espalier::ui
