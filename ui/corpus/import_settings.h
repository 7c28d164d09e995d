// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/corpus/import_settings.h
/// The form at the left of the import page: format, which field is what, charset, delimiter.
#pragma once
#include <QWidget>

#include "core/text/corpus_reader.h"

class QBoxLayout;
class QComboBox;
class QFormLayout;

namespace espalier::ui {

struct ImportPreview;
class TextLabel;

class ImportSettings : public QWidget {
    Q_OBJECT
public:
    explicit ImportSettings(QWidget* parent = nullptr);
    text::CorpusOptions options() const;
    /// Fills the field lists and says what was detected; what the user chose stays.
    void showDetected(const ImportPreview& preview);
    void reset();
    /// Side by side above a table, or one below the other beside it.
    void setSideBySide(bool beside);

Q_SIGNALS:
    void changed();

private:
    QComboBox* addCombo(QFormLayout* form, const QString& name, const QString& label, const QString& tip,
                        bool editable);
    QFormLayout* addGroup(const QString& heading);
    QBoxLayout* m_groups;
    QComboBox* m_format;
    QComboBox* m_id;
    QComboBox* m_title;
    QComboBox* m_text;
    QComboBox* m_labels;
    QComboBox* m_charset;
    QComboBox* m_delimiter;
    bool m_filling = false;
};

}  // namespace espalier::ui
