// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dialogs/question_dialog.h"

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/style/controls.h"
#include "ui/style/icons.h"

namespace espalier::ui {
namespace {

QPixmap severityPicture(Severity severity, double ratio) {
    struct Look {
        const char* icon;
        ColorRole color;
    };
    const Look look = severity == Severity::Error         ? Look{"error", ColorRole::Error}
                      : severity == Severity::Warning     ? Look{"warning", ColorRole::Warning}
                      : severity == Severity::Information ? Look{"information", ColorRole::Information}
                                                          : Look{"help", ColorRole::Accent};
    return iconPixmap(QString::fromLatin1(look.icon), theme().color(look.color), theme().length(Length::LargeIconSize),
                      ratio);
}

TextLabel* wrapped(const QString& text, TextRole font, ColorRole color, QWidget* parent) {
    auto* label = new TextLabel(text, font, color, parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}
}  // namespace

QuestionDialog::QuestionDialog(const Question& question, QWidget* parent)
    : QDialog(parent), m_escapeChoice(question.escapeChoice) {
    setObjectName(QStringLiteral("questionDialog"));
    setWindowTitle(question.title);
    setAccessibleName(question.headline);
    setAccessibleDescription(question.text);

    auto* picture = new QLabel(this);
    picture->setPixmap(severityPicture(question.severity, devicePixelRatioF()));
    auto* headline = wrapped(question.headline, TextRole::Strong, ColorRole::Text, this);
    headline->setObjectName(QStringLiteral("headline"));
    headline->setMinimumWidth(theme().length(Length::DialogWidth));
    headline->setMaximumWidth(theme().length(Length::DialogWidth));

    auto* column = new QVBoxLayout;
    noMargins(column);
    column->setSpacing(theme().space(2));
    column->addWidget(headline);
    if (!question.text.isEmpty()) {
        auto* text = wrapped(question.text, TextRole::Normal, ColorRole::Text, this);
        text->setObjectName(QStringLiteral("text"));
        text->setMaximumWidth(theme().length(Length::DialogWidth));
        column->addWidget(text);
    }
    column->addSpacing(theme().space(2));
    if (!question.details.isEmpty()) addDetails(column, question.details);
    addChoices(column, question);

    auto* outer = new QHBoxLayout(this);
    dialogMargins(outer);
    outer->setSpacing(theme().space(3));
    outer->addWidget(picture, 0, Qt::AlignTop);
    outer->addLayout(column, 1);
    // Grows and shrinks with the folded details, and is never taller than its content.
    outer->setSizeConstraint(QLayout::SetFixedSize);
}

void QuestionDialog::addChoices(QVBoxLayout* layout, const Question& question) {
    const bool listed = std::any_of(question.choices.begin(), question.choices.end(),
                                    [](const Choice& choice) { return !choice.explanation.isEmpty(); });
    auto* box = listed ? nullptr : new QDialogButtonBox(this);
    for (int i = 0; i < int(question.choices.size()); ++i) {
        const Choice& choice = question.choices[std::size_t(i)];
        auto* button = new QPushButton(choice.text, this);
        button->setObjectName(QStringLiteral("choice%1").arg(i));
        button->setAccessibleDescription(choice.explanation);
        const bool isDefault = i == question.defaultChoice;
        if (isDefault) makePrimary(button);
        connect(button, &QPushButton::clicked, this, [this, i] { take(i); });
        if (box) {
            box->addButton(button, i == question.escapeChoice && question.choices.size() > 1
                                       ? QDialogButtonBox::RejectRole
                                       : QDialogButtonBox::AcceptRole);
        } else {
            auto* row = new QHBoxLayout;
            row->setSpacing(theme().space(3));
            button->setMinimumWidth(theme().length(Length::DialogWidth) * 2 / 5);
            row->addWidget(button, 0, Qt::AlignVCenter);
            row->addWidget(wrapped(choice.explanation, TextRole::Small, ColorRole::Muted, this), 1);
            layout->addLayout(row);
        }
        button->setAutoDefault(true);
        if (isDefault) {
            button->setDefault(true);
            button->setFocus();
        }
    }
    if (box) layout->addWidget(box);
}

void QuestionDialog::addDetails(QVBoxLayout* layout, const QString& details) {
    m_details = new QPlainTextEdit(details, this);
    m_details->setObjectName(QStringLiteral("details"));
    m_details->setAccessibleName(tr("Details"));
    m_details->setReadOnly(true);
    m_details->setFont(theme().font(TextRole::Fixed));
    const QFontMetrics metrics(m_details->font());
    const int lines =
        metrics.boundingRect(QRect(0, 0, theme().length(Length::DialogWidth), 0), Qt::TextWrapAnywhere, details)
            .height();
    m_details->setFixedHeight(std::clamp(lines + theme().space(4), theme().length(Length::RowHeight) * 2,
                                         theme().length(Length::PlotHeight)));
    m_details->setTabChangesFocus(true);
    m_details->hide();
    m_showDetails = new QPushButton(tr("Show details"), this);
    m_showDetails->setObjectName(QStringLiteral("showDetails"));
    m_showDetails->setFlat(true);
    m_showDetails->setAutoDefault(false);
    m_copyDetails = new QPushButton(icon(QStringLiteral("copy")), tr("Copy details"), this);
    m_copyDetails->setObjectName(QStringLiteral("copyDetails"));
    m_copyDetails->setFlat(true);
    m_copyDetails->setAutoDefault(false);
    connect(m_showDetails, &QPushButton::clicked, this, [this] {
        m_details->setVisible(m_details->isHidden());
        m_showDetails->setText(m_details->isHidden() ? tr("Show details") : tr("Hide details"));
    });
    connect(m_copyDetails, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(m_details->toPlainText()); });
    layout->addWidget(m_details);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme().space(1));
    row->addWidget(m_showDetails);
    row->addWidget(m_copyDetails);
    row->addStretch(1);
    layout->addLayout(row);
}

void QuestionDialog::take(int choice) {
    if (m_answered) return;
    m_answered = true;
    accept();
    Q_EMIT answered(choice);
}

void QuestionDialog::reject() {
    const bool first = !m_answered;
    m_answered = true;
    QDialog::reject();
    if (first) Q_EMIT answered(m_escapeChoice);
}

}  // namespace espalier::ui
