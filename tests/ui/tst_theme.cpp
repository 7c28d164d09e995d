// SPDX-License-Identifier: GPL-3.0-or-later
// One theme: readable in both modes, every icon there, no colour or pixel number anywhere else.
#include <QApplication>
#include <QComboBox>
#include <QDirIterator>
#include <QFile>
#include <QLineEdit>
#include <QPainter>
#include <QRegularExpression>
#include <QSpinBox>
#include <QTest>

#include "ui/style/format.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

using namespace espalier::ui;

namespace {
// Nothing but the ground between the upper and the lower border.
bool columnIsEmpty(const QImage& image, int x) {
    const int border = theme().space(1);
    for (int y = border; y < image.height() - border; ++y)
        if (image.pixelColor(x, y) != theme().color(ColorRole::Base)) return false;
    return true;
}
}  // namespace

class TestTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { theme().install(*qApp, ThemeMode::Light); }

    void textIsReadable_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<ColorRole>("text");
        QTest::addColumn<ColorRole>("ground");
        const QList<QPair<ColorRole, QList<ColorRole>>> pairs{
            {ColorRole::Text,
             {ColorRole::Window, ColorRole::Base, ColorRole::Alternate, ColorRole::Hover, ColorRole::Pressed,
              ColorRole::TermHighlight, ColorRole::FilterHit, ColorRole::WarningSoft, ColorRole::ErrorSoft,
              ColorRole::InformationSoft}},
            {ColorRole::Muted, {ColorRole::Window, ColorRole::Base, ColorRole::Alternate, ColorRole::Hover}},
            {ColorRole::SelectionText, {ColorRole::Selection, ColorRole::SelectionInactive}},
            {ColorRole::AccentText, {ColorRole::Accent, ColorRole::AccentHover, ColorRole::AccentPressed}},
            {ColorRole::Accent, {ColorRole::Base, ColorRole::Window}},
            {ColorRole::Warning, {ColorRole::Base, ColorRole::Window, ColorRole::WarningSoft}},
            {ColorRole::Error, {ColorRole::Base, ColorRole::Window, ColorRole::ErrorSoft}},
            {ColorRole::Information, {ColorRole::Base, ColorRole::Window, ColorRole::InformationSoft}},
            {ColorRole::ToastText, {ColorRole::ToastBase}},
            {ColorRole::ToastAccent, {ColorRole::ToastBase}},
        };
        for (const bool dark : {false, true})
            for (const auto& [text, grounds] : pairs)
                for (const ColorRole ground : grounds)
                    QTest::addRow("%s %d on %d", dark ? "dark" : "light", int(text), int(ground))
                        << dark << text << ground;
    }
    void textIsReadable() {
        QFETCH(bool, dark);
        QFETCH(ColorRole, text);
        QFETCH(ColorRole, ground);
        const double ratio = contrastRatio(Theme::color(text, dark), Theme::color(ground, dark));
        QVERIFY2(ratio >= 4.5, qPrintable(QString::number(ratio)));
    }

    void edgesAndBranchesAreVisible() {
        for (const bool dark : {false, true}) {
            const QColor base = Theme::color(ColorRole::Base, dark);
            QVERIFY(contrastRatio(Theme::color(ColorRole::ControlBorder, dark), base) >= 3.0);
            for (int branch = 0; branch < 20; ++branch)
                for (int level = 0; level < 5; ++level)
                    for (int sibling = 0; sibling < 6; ++sibling)
                        QVERIFY(contrastRatio(Theme::branchColor(dark, branch, level, sibling), base) >= 3.0);
        }
        QCOMPARE(Theme::branchMarker(9), 0);
        QVERIFY(Theme::branchMarker(10) != Theme::branchMarker(0));
        QVERIFY(Theme::branchColor(false, 0, 1, 0) != Theme::branchColor(false, 0, 0, 0));
    }

    void contrastIsThatOfTheStandard() {  // WCAG 2.1: black on white is 21, equal colours 1
        QVERIFY(qAbs(contrastRatio(Qt::black, Qt::white) - 21.0) < 1e-9);
        QVERIFY(qAbs(contrastRatio(Qt::red, Qt::red) - 1.0) < 1e-9);
    }

    void everyIconDrawsInItsColour() {
        const QStringList names = iconNames();
        QVERIFY(names.size() > 50);
        for (const QString& name : names) {
            const QImage image = iconPixmap(name, QColor(Qt::red), 20, 1.0).toImage();
            int drawn = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x) {
                    const QColor pixel = image.pixelColor(x, y);
                    if (pixel.alpha() < 200) continue;
                    ++drawn;
                    QVERIFY2(pixel.red() > 200 && pixel.green() < 60, qPrintable(name));
                }
            QVERIFY2(drawn > 3, qPrintable(name));
        }
        QVERIFY(!markPixmap(16, 1.0).isNull() && !markPixmap(512, 1.0).isNull());
    }

    void iconsInUseExist() {
        static const QRegularExpression use(
            QStringLiteral("(?:icon|iconPixmap|makeIconButton|setContent|markIcon|ScopeRow|ChoiceCard)\\(\\s*"
                           "QStringLiteral\\(\"([a-z-]+)\"\\)"));
        const QStringList names = iconNames();
        forEachSource([&](const QString& path, const QString& text) {
            auto match = use.globalMatch(text);
            while (match.hasNext()) {
                const QString name = match.next().captured(1);
                QVERIFY2(names.contains(name), qPrintable(path + u' ' + name));
            }
        });
    }

    void noColourOrPixelNumberOutsideTheStyle() {
        static const QList<QRegularExpression> forbidden{
            QRegularExpression(QStringLiteral("\"#[0-9A-Fa-f]{6,8}\"")),
            QRegularExpression(QStringLiteral("\\bQColor\\(\\s*\\d")),
            QRegularExpression(QStringLiteral("\\bsetStyleSheet\\(")),
            QRegularExpression(QStringLiteral("\\bset(?:Fixed|Minimum|Maximum)(?:Width|Height|Size)\\(\\s*\\d{2,}")),
            QRegularExpression(QStringLiteral("\\bsetContentsMargins\\(\\s*[1-9]")),
            QRegularExpression(QStringLiteral("\\bsetSpacing\\(\\s*[1-9]")),
        };
        QStringList found;
        forEachSource([&](const QString& path, const QString& text) {
            for (const QRegularExpression& pattern : forbidden) {
                const auto match = pattern.match(text);
                if (match.hasMatch()) found << path + QStringLiteral(": ") + match.captured();
            }
        });
        QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
    }

    void lengthsGrowWithTheFont() {
        QVERIFY(theme().length(Length::RowHeight) >= 26);
        QVERIFY(theme().space(2) == qRound(8 * theme().scale()));
        QVERIFY(theme().font(TextRole::Small).pointSizeF() < theme().font(TextRole::Normal).pointSizeF());
        QVERIFY(theme().font(TextRole::Title).pointSizeF() > theme().font(TextRole::Normal).pointSizeF());
    }

    void textStartsAtOnePlaceInEveryField() {
        QLineEdit line(QStringLiteral("111"));
        QComboBox list, typed;
        for (QComboBox* combo : {&list, &typed}) combo->addItem(QStringLiteral("111"));
        typed.setEditable(true);
        QSpinBox number;
        number.setRange(0, 999);
        number.setValue(111);
        int first = 0;
        for (QWidget* field : std::initializer_list<QWidget*>{&line, &list, &typed, &number}) {
            field->ensurePolished();
            QCOMPARE(field->sizeHint().height(), theme().length(Length::ControlHeight));
            field->resize(theme().space(40), theme().length(Length::ControlHeight));
            const QImage image = field->grab().toImage();
            int left = theme().space(1);  // past the border
            while (left < image.width() / 2 && columnIsEmpty(image, left)) ++left;
            QVERIFY(left < image.width() / 2);
            if (first == 0) first = left;
            QCOMPARE(left, first);
        }
    }

    void modesSwitchThePalette() {
        theme().apply(ThemeMode::Dark);
        QVERIFY(theme().dark());
        QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::color(ColorRole::Base, true));
        theme().apply(ThemeMode::Light);
        QCOMPARE(QApplication::palette().color(QPalette::Base), Theme::color(ColorRole::Base, false));
    }

    void numbersReadWell() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        QCOMPARE(formatCount(12408), QStringLiteral("12,408"));
        QCOMPARE(formatFigure(0.012345), QStringLiteral("0.0123"));
        QCOMPARE(formatFigure(4.5678), QStringLiteral("4.57"));
        QCOMPARE(formatFigure(1234.2), QStringLiteral("1,234"));
        QCOMPARE(formatShare(1.0), QStringLiteral("1.00"));
        QCOMPARE(formatPercent(0.417), QStringLiteral("42 %"));
        QCOMPARE(formatTimeLeft(8 * 60, 10.4 * 60), QStringLiteral("8 to 11 min left"));
        QCOMPARE(formatTimeLeft(-1, 3), QStringLiteral("measuring…"));
        QCOMPARE(formatDuration(7500), QStringLiteral("2 h 5 min"));
    }

private:
    template <class Visit>
    void forEachSource(Visit visit) {
        QDirIterator files(QStringLiteral(ESPALIER_SOURCE_DIR "/ui"), {QStringLiteral("*.cpp"), QStringLiteral("*.h")},
                           QDir::Files, QDirIterator::Subdirectories);
        int seen = 0;
        while (files.hasNext()) {
            const QString path = files.next();
            if (path.contains(QStringLiteral("/ui/style/"))) continue;
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            visit(path, QString::fromUtf8(file.readAll()));
            ++seen;
        }
        QVERIFY(seen > 30);
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
