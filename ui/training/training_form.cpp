// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/training/training_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QJsonDocument>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpressionValidator>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/session/project_session.h"
#include "ui/style/controls.h"
#include "ui/style/format.h"
#include "ui/style/icons.h"

namespace espalier::ui {
namespace {
enum Length_ { Epochs, Steps };
constexpr int kDefaultSteps = 200;
constexpr double kDefaultRate = 2e-5, kDefaultTemperature = 0.07;
constexpr int kDefaultBatch = 64, kDefaultMaxLength = 128;
const QString kFolderEntry = QStringLiteral("\u0001folder");

struct ScheduleWords {
    const char* id;
    const char* words;
};
constexpr ScheduleWords kSchedules[] = {
    {"linear-coarse", QT_TRANSLATE_NOOP("espalier::ui::TrainingForm", "Broad labels more")},
    {"uniform", QT_TRANSLATE_NOOP("espalier::ui::TrainingForm", "All levels alike")},
    {"linear-fine", QT_TRANSLATE_NOOP("espalier::ui::TrainingForm", "Fine labels more")},
    {"inverse-depth", QT_TRANSLATE_NOOP("espalier::ui::TrainingForm", "1, 1/2, 1/3, …")},
    {"geometric-coarse", QT_TRANSLATE_NOOP("espalier::ui::TrainingForm", "Halved at each level")},
    {"geometric-fine", QT_TRANSLATE_NOOP("espalier::ui::TrainingForm", "Doubled at each level")},
    {"exp-himulcone", QT_TRANSLATE_NOOP("espalier::ui::TrainingForm", "exp(1/(L−l))")},
    {"pow2-himulcone", QT_TRANSLATE_NOOP("espalier::ui::TrainingForm", "2^(1/(L−l))")},
};

/// A number over many powers of ten: shown as 2e-05, stepped by factors.
class RateSpin : public QDoubleSpinBox {
public:
    explicit RateSpin(QWidget* parent) : QDoubleSpinBox(parent) {
        constexpr int kDecimals = 10;
        setDecimals(kDecimals);
        setRange(1e-8, 1);
    }
    QString textFromValue(double value) const override { return QString::number(value, 'g', 3); }
    double valueFromText(const QString& text) const override { return text.toDouble(); }
    QValidator::State validate(QString& text, int&) const override {
        bool ok = false;
        const double value = text.toDouble(&ok);
        if (ok && value >= minimum() && value <= maximum()) return QValidator::Acceptable;
        static const QRegularExpression kBeginning(QStringLiteral("^[0-9]*[.]?[0-9]*(e[-+]?[0-9]*)?$"));
        return kBeginning.match(text).hasMatch() ? QValidator::Intermediate : QValidator::Invalid;
    }
    void stepBy(int steps) override {
        constexpr double kFactor = 1.25;
        setValue(value() * std::pow(kFactor, steps));
    }
};

QFormLayout* makeForm(QWidget* parent) {
    auto* form = new QFormLayout(parent);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(theme().space(3));
    form->setVerticalSpacing(theme().space(2));
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return form;
}
}  // namespace

TrainingForm::TrainingForm(ProjectSession* session, QWidget* parent) : QWidget(parent), m_session(session) {
    setObjectName(QStringLiteral("trainingForm"));
    auto* inner = new QWidget;
    auto* column = new QVBoxLayout(inner);
    noMargins(column);
    column->setSpacing(theme().space(3));
    column->addWidget(new TextLabel(tr("New training run"), TextRole::Title, ColorRole::Text, inner));

    auto* basics = new QWidget(inner);
    QFormLayout* form = makeForm(basics);
    m_model = new QComboBox(basics);
    m_model->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    constexpr int kLeastLetters = 10;
    m_model->setMinimumContentsLength(kLeastLetters);
    field(form, m_model, QStringLiteral("startModel"), tr("St&art from"),
          tr("The encoder that is trained further: the base model, an earlier run, or a folder in "
             "sentence-transformers layout (--model)."));
    m_name = new QLineEdit(basics);
    m_name->setMaxLength(64);
    m_name->setValidator(
        new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[A-Za-z0-9._-]{0,64}")), m_name));
    field(form, m_name, QStringLiteral("runName"), tr("&Name"),
          tr("Letters, digits, dot, hyphen and underscore; the model is called so from now on (--name)."));
    m_labels = new QComboBox(basics);
    m_labels->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_labels->setMinimumContentsLength(kLeastLetters);
    m_labels->addItem(tr("My label tree"), QStringLiteral("tree"));
    m_labels->addItem(tr("Reference labels"), QStringLiteral("reference"));
    field(form, m_labels, QStringLiteral("labels"), tr("F&ollow"),
          tr("Which labels say what belongs together: the tree you curate, or the labels that came with the documents "
             "(--labels tree|reference)."));
    m_length = new QComboBox(basics);
    m_length->addItem(tr("Passes over all"));
    m_length->addItem(tr("Steps"));
    field(form, m_length, QStringLiteral("lengthKind"), tr("How lon&g"),
          tr("A pass shows every document about once (epoch); a step is one batch (--epochs, --steps)."));
    m_epochs = new QDoubleSpinBox(basics);
    m_epochs->setRange(0.1, 100);
    m_epochs->setDecimals(1);
    m_epochs->setSingleStep(0.5);
    m_epochs->setValue(1);
    field(form, m_epochs, QStringLiteral("epochs"), tr("&Passes"), tr("Epochs (--epochs)"));
    m_steps = new QSpinBox(basics);
    m_steps->setRange(1, 1000000);
    m_steps->setSingleStep(50);
    m_steps->setValue(kDefaultSteps);
    field(form, m_steps, QStringLiteral("steps"), tr("Ste&ps"), tr("Batches, each one update (--steps)"));
    column->addWidget(basics);

    m_more = new QToolButton(inner);
    m_more->setObjectName(QStringLiteral("moreSettings"));
    m_more->setText(tr("More settings"));
    m_more->setAccessibleName(m_more->text());
    m_more->setCheckable(true);
    m_more->setAutoRaise(true);
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setIcon(icon(QStringLiteral("chevron-right")));
    m_more->setMinimumHeight(theme().length(Length::ControlHeight));
    auto* moreRow = new QHBoxLayout;
    moreRow->setContentsMargins(-theme().space(2), 0, 0, 0);  // its chevron stands under the captions
    moreRow->addWidget(m_more);
    moreRow->addStretch(1);
    column->addLayout(moreRow);

    m_details = new QWidget(inner);
    form = makeForm(m_details);
    m_schedule = new QComboBox(m_details);
    m_schedule->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_schedule->setMinimumContentsLength(kLeastLetters);
    for (const ScheduleWords& schedule : kSchedules) {
        m_schedule->addItem(tr(schedule.words), QString::fromLatin1(schedule.id));
        m_schedule->setItemData(m_schedule->count() - 1, QString::fromLatin1(schedule.id), Qt::ToolTipRole);
    }
    field(form, m_schedule, QStringLiteral("schedule"), tr("Level&s"),
          tr("How much each level of the tree counts in the HEAL loss: the penalty schedule λ (--schedule)."));
    m_batch = new QSpinBox(m_details);
    m_batch->setRange(4, 4096);
    m_batch->setSingleStep(8);
    m_batch->setValue(kDefaultBatch);
    field(form, m_batch, QStringLiteral("batch"), tr("Bat&ch"),
          tr("Documents compared with each other in one step (--batch). Less needs less memory."));
    m_rate = new RateSpin(m_details);
    m_rate->setValue(kDefaultRate);
    field(form, m_rate, QStringLiteral("learningRate"), tr("Learning &rate"),
          tr("How far each step moves the model, at its peak after the warm-up (--lr). Lower it if the loss jumps."));
    m_temperature = new QDoubleSpinBox(m_details);
    m_temperature->setDecimals(3);
    m_temperature->setRange(0.001, 10);
    m_temperature->setSingleStep(0.01);
    m_temperature->setValue(kDefaultTemperature);
    field(form, m_temperature, QStringLiteral("temperature"), tr("Te&mperature"),
          tr("Temperature τ of the contrastive loss (--tau): smaller looks harder at the nearest documents."));
    m_maxLength = new QSpinBox(m_details);
    m_maxLength->setRange(8, 512);
    m_maxLength->setSingleStep(32);
    m_maxLength->setValue(kDefaultMaxLength);
    field(form, m_maxLength, QStringLiteral("maxLength"), tr("Word p&ieces"),
          tr("Only so many word pieces of each document are read while training (--max-length). Half of it takes "
             "about half the time."));
    m_details->hide();
    column->addWidget(m_details);

    m_measure = new QCheckBox(tr("Compare with the start afterwards"), inner);
    m_measure->setObjectName(QStringLiteral("measureAfterwards"));
    m_measure->setToolTip(
        tr("When the run is done its vectors are computed and both models are measured on the same questions."));
    m_measure->setChecked(true);
    column->addWidget(m_measure);
    m_estimate = new TextLabel({}, TextRole::Small, ColorRole::Muted, inner);
    m_estimate->setObjectName(QStringLiteral("estimate"));
    m_estimate->setWordWrap(true);
    column->addWidget(m_estimate);
    m_caution = new TextLabel(tr("Training pulls together what the tree puts together. Where the tree has not been "
                                 "curated, questions it does not foresee may find less than before: compare before "
                                 "you use the model."),
                              TextRole::Small, ColorRole::Muted, inner);
    m_caution->setObjectName(QStringLiteral("caution"));
    m_caution->setWordWrap(true);
    column->addWidget(m_caution);
    column->addStretch(1);

    auto* area = new QScrollArea(this);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);  // fields keep their width; an idle bar is not drawn
    area->setWidget(inner);
    area->setFocusPolicy(Qt::NoFocus);
    inner->setAutoFillBackground(false);
    area->viewport()->setAutoFillBackground(false);
    m_start = new QPushButton(icon(QStringLiteral("play"), ColorRole::AccentText), tr("Start training"), this);
    m_start->setObjectName(QStringLiteral("startTraining"));
    makePrimary(m_start);
    auto* layout = new QVBoxLayout(this);
    noMargins(layout);
    layout->setSpacing(theme().space(3));
    layout->addWidget(area, 1);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(0, 0, theme().space(3), 0);  // ends where the fields end
    foot->addWidget(m_start);
    layout->addLayout(foot);

    connect(m_more, &QToolButton::toggled, this, [this](bool on) {
        m_details->setVisible(on);
        m_more->setIcon(icon(on ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right")));
    });
    const auto showLength = [this, form = basics->layout()](int kind) {
        auto* rows = qobject_cast<QFormLayout*>(form);
        rows->setRowVisible(m_epochs, kind == Epochs);
        rows->setRowVisible(m_steps, kind == Steps);
        refreshEstimate();
    };
    connect(m_length, &QComboBox::currentIndexChanged, this, showLength);
    showLength(Epochs);
    connect(m_epochs, &QDoubleSpinBox::valueChanged, this, &TrainingForm::refreshEstimate);
    connect(m_steps, &QSpinBox::valueChanged, this, &TrainingForm::refreshEstimate);
    connect(m_batch, &QSpinBox::valueChanged, this, &TrainingForm::refreshEstimate);
    connect(m_labels, &QComboBox::currentIndexChanged, this, &TrainingForm::refreshEstimate);
    connect(m_model, &QComboBox::activated, this, [this](int index) {
        if (m_model->itemData(index).toString() != kFolderEntry) return;
        m_model->setCurrentIndex(0);
        Q_EMIT folderRequested();
    });
    connect(m_start, &QPushButton::clicked, this, &TrainingForm::startRequested);
}

QWidget* TrainingForm::field(QFormLayout* form, QWidget* widget, const QString& name, const QString& label,
                             const QString& tip) {
    widget->setObjectName(name);
    widget->setToolTip(tip);
    QString plain = label;
    widget->setAccessibleName(plain.remove(u'&'));
    widget->setAccessibleDescription(tip);
    auto* caption = new TextLabel(label, TextRole::Normal, ColorRole::Text, widget->parentWidget());
    caption->setMinimumHeight(theme().length(Length::ControlHeight));  // stands level with its field
    caption->setBuddy(widget);
    caption->setToolTip(tip);
    form->addRow(caption, widget);
    return widget;
}

QString TrainingForm::nextName() const {
    int number = 1;
    const auto taken = [this](const QString& name) {
        const auto& runs = m_session->status().runs;
        return std::any_of(runs.begin(), runs.end(),
                           [&](const project::RunInfo& run) { return toQt(run.name) == name; });
    };
    while (taken(QStringLiteral("run-%1").arg(number))) ++number;
    return QStringLiteral("run-%1").arg(number);
}

QString TrainingForm::runName() const {
    const QString typed = m_name->text().trimmed();
    return typed.isEmpty() ? nextName() : typed;
}

QString TrainingForm::model() const {
    const QString chosen = m_model->currentData().toString();
    return chosen == kFolderEntry ? QString() : chosen;
}
bool TrainingForm::measureAfterwards() const {
    return m_measure->isChecked();
}

QJsonObject TrainingForm::options() const {
    QJsonObject options{{QStringLiteral("model"), model()},
                        {QStringLiteral("name"), runName()},
                        {QStringLiteral("labels"), m_labels->currentData().toString()},
                        {QStringLiteral("schedule"), m_schedule->currentData().toString()},
                        {QStringLiteral("batch"), m_batch->value()},
                        {QStringLiteral("lr"), m_rate->value()},
                        {QStringLiteral("tau"), m_temperature->value()},
                        {QStringLiteral("max_length"), m_maxLength->value()}};
    if (m_length->currentIndex() == Steps)
        options.insert(QStringLiteral("steps"), m_steps->value());
    else
        options.insert(QStringLiteral("epochs"), m_epochs->value());
    return options;
}

void TrainingForm::setModelFolder(const QString& folder) {
    m_folder = folder;
    refresh();
    const int at = m_model->findData(folder);
    if (at >= 0) m_model->setCurrentIndex(at);
}

void TrainingForm::setBusy(const QString& why) {
    m_busy = why;
    m_start->setEnabled(why.isEmpty());
    m_start->setToolTip(why);
    refreshEstimate();
}

void TrainingForm::refresh() {
    const QString chosen = model();  // empty while only "Choose a folder…" is there
    {
        const QSignalBlocker quiet(m_model);
        m_model->clear();
        for (const project::ModelInfo& one : m_session->status().models) {
            if (one.kind == "tfidf") continue;
            const QString name = toQt(one.name);
            const QString folder = QFileInfo(fromPath(one.folder)).fileName();
            constexpr int kHashLetters = 64;  // the project stores encoders under their hash: no name for people
            const bool telling = name != folder && folder.size() != kHashLetters && folder != QLatin1String("model");
            m_model->addItem(telling ? tr("%1 (%2)").arg(name, folder) : name, name);
        }
        for (const project::RunInfo& run : m_session->status().runs)
            if (!run.modelFolder.empty() && m_model->findData(toQt(run.name)) < 0)
                m_model->addItem(toQt(run.name), toQt(run.name));
        if (!m_folder.isEmpty()) m_model->addItem(QFileInfo(m_folder).fileName(), m_folder);
        m_model->addItem(icon(QStringLiteral("folder-open")), tr("Choose a folder…"), kFolderEntry);
        const int at = chosen.isEmpty() ? 0 : m_model->findData(chosen);
        m_model->setCurrentIndex(std::max(at, 0));
    }
    m_name->setPlaceholderText(nextName());
    refreshEstimate();
}

void TrainingForm::refreshEstimate() {
    if (!m_busy.isEmpty()) {
        m_estimate->setText(m_busy);
        return;
    }
    const auto& status = m_session->status();
    const bool byTree = m_labels->currentIndex() == 0;
    const double labelled = double(byTree ? status.documents - status.unassigned : status.documents);
    if (byTree && labelled <= 0 && status.documents > 0) {
        m_estimate->setText(
            tr("No document has a label of the tree yet: build the tree, or follow the reference "
               "labels."));
        return;
    }
    const double documents =
        m_length->currentIndex() == Steps ? double(m_steps->value()) * m_batch->value() : m_epochs->value() * labelled;
    double rate = 0;
    for (const project::RunInfo& run : status.runs) {
        const QJsonObject metrics = QJsonDocument::fromJson(QByteArray::fromStdString(run.metrics)).object();
        rate = metrics.value(QLatin1String("docs_per_second")).toDouble(rate);
    }
    QString text = tr("Shows about %1 documents.").arg(formatCount(qint64(documents)));
    text +=
        u' ' + (rate > 0 ? tr("At the speed of the last run that takes about %1.").arg(formatDuration(documents / rate))
                         : tr("How long that takes is measured in the first steps."));
    m_estimate->setText(text);
}

}  // namespace espalier::ui
