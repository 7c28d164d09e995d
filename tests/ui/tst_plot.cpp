// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <cmath>
#include <limits>

#include "ui/plot/curve_data.h"
#include "ui/plot/curve_plot.h"
#include "ui/plot/stability_plot.h"
#include "ui/style/theme.h"

using namespace espalier::ui;

class TestPlot : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().install(*qApp, ThemeMode::Light); }

    void constantsStayConstant() {
        for (const double span : {1.0, 20.0, 500.0}) {
            StepSmoother smoother(span);
            for (int step = 1; step < 400; step += step % 7 + 1) QCOMPARE(smoother.add(step, 3.25), 3.25);
        }
    }

    void smoothingGoesByDistanceNotByCount() {
        // The same line sampled every step and every tenth step smooths to nearly the same value at the same place.
        StepSmoother dense(50), sparse(50);
        double a = 0, b = 0;
        for (int step = 10; step <= 2000; ++step) {
            const double y = step <= 1000 ? 4.0 : 2.0;
            a = dense.add(step, y);
            if (step % 10 == 0) b = sparse.add(step, y);
        }
        QVERIFY2(std::fabs(a - b) < 0.02, qPrintable(QString("%1 %2").arg(a).arg(b)));
    }

    void naiveTwin() {
        // Weights written out: the point i counts with (1 - exp(-d_i / span)), faded by its distance to the last one.
        const std::vector<double> x{1, 2, 4, 9, 10}, y{5, 1, 3, 2, 8};
        constexpr double kSpan = 3;
        StepSmoother smoother(kSpan);
        double got = 0;
        for (std::size_t i = 0; i < x.size(); ++i) got = smoother.add(x[i], y[i]);
        double sum = 0, weight = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double distance = i == 0 ? 1.0 : x[i] - x[i - 1];
            const double w = (1 - std::exp(-distance / kSpan)) * std::exp(-(x.back() - x[i]) / kSpan);
            sum += w * y[i];
            weight += w;
        }
        QVERIFY(std::fabs(got - sum / weight) < 1e-12);
    }

    void pastPointsNeverChange() {
        CurveSeries series;
        series.setSpan(10);
        std::vector<double> seen;
        for (int step = 1; step <= 50; ++step) {
            series.append(step, std::sin(step) * 3);
            seen.push_back(series.smoothed().y.back());
        }
        QCOMPARE(series.smoothed().y, seen);
    }

    void notFiniteIsABreakWithAMark() {
        CurveSeries series;
        series.append(1, 2.0);
        series.append(2, std::numeric_limits<double>::quiet_NaN());
        series.append(3, std::numeric_limits<double>::infinity());
        series.append(4, 1.0);
        QVERIFY(std::isnan(series.raw().y[1]) && std::isnan(series.raw().y[2]) && std::isnan(series.smoothed().y[1]));
        QCOMPARE(series.notFinite(), (std::vector<double>{2, 3}));
        QCOMPARE(series.nearest(2.4), 0);
        QCOMPARE(series.last(), 3);
        series.appendGap();
        series.appendGap();  // twice is once
        QCOMPARE(series.raw().size(), std::size_t(5));
        QCOMPARE(series.notFinite().size(), std::size_t(2));
    }

    void thinningKeepsEveryExtremeAndBreak() {
        CurvePoints points;
        double low = 1e9, high = -1e9;
        for (int i = 0; i < 200000; ++i) {
            double y = std::sin(i * 0.001) + 0.01 * std::sin(i * 1.7);
            if (i == 77777) y = 9;    // a single spike
            if (i == 123456) y = -9;  // and a single dip
            if (i == 50000) y = std::numeric_limits<double>::quiet_NaN();
            points.x.push_back(i);
            points.y.push_back(y);
            if (!std::isnan(y)) {
                low = std::min(low, y);
                high = std::max(high, y);
            }
        }
        const CurvePoints few = thinned(points, 0, 200000, 800);
        QVERIFY(few.size() < 800 * 4 + 10);
        const auto [a, b] = rangeOf(few, 0, 200000, false);
        QCOMPARE(a, low);
        QCOMPARE(b, high);
        QVERIFY(std::any_of(few.y.begin(), few.y.end(), [](double y) { return std::isnan(y); }));
        QVERIFY(std::is_sorted(few.x.begin(), few.x.end()));
        // A narrow window of the same data is drawn in full, with a neighbour on each side.
        const CurvePoints window = thinned(points, 1000, 1100, 800);
        QCOMPARE(window.x.front(), 999.0);
        QCOMPARE(window.x.back(), 1101.0);
    }

    void readOutTableAndText() {
        CurvePlot plot;
        const int loss = plot.addQuantity("Loss", {});
        const int total = plot.addSeries(loss, "Total", {});
        const int level = plot.addSeries(loss, "Level 0", {CurveColor::Kind::Level, 0});
        plot.setSmoothing(0);
        for (int step = 1; step <= 10; ++step) {
            plot.append(loss, total, step, 10.0 / step);
            if (step % 2 == 0) plot.append(loss, level, step, 5.0 / step);
        }
        plot.addMark(4, CurveMark::Edit, "Rename 'Soil' to 'Earth'");
        plot.flush();
        QCOMPARE(plot.readOut(4),
                 QString("Step 4; Total 2.50, raw 2.50; Level 0 1.25, raw 1.25; Rename 'Soil' to 'Earth'"));
        const QStringList rows = plot.dataAsText().trimmed().split('\n');
        QCOMPARE(rows.size(), 11);
        QCOMPARE(rows[0], QString("step\tTotal\tLevel 0"));
        QCOMPARE(rows[3], QString("3\t3.33333333\t"));
        QCOMPARE(rows[4], QString("4\t2.5\t1.25"));
        plot.setTableVisible(true);
        const auto* table = plot.findChild<QTableView*>("curveTable");
        QCOMPARE(table->model()->rowCount(), 10);
        QCOMPARE(table->model()->index(3, 2).data().toString(), QString("1.25"));
    }

    void mouseKeysAndControls() {
        CurvePlot plot;
        const int loss = plot.addQuantity("Loss", {});
        plot.addSeries(loss, "Total", {});
        const int rate = plot.addQuantity("Documents per second", {});
        plot.addSeries(rate, "Rate", {});
        for (int step = 1; step <= 200; ++step) {
            plot.append(loss, 0, step, 4 * std::exp(-step / 60.0) + 0.1 * std::sin(step));
            plot.append(rate, 0, step, 40 + step % 3);
        }
        plot.resize(900, 500);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        plot.flush();
        auto* reset = plot.findChild<QPushButton*>("resetView");
        QVERIFY(!reset->isEnabled());
        auto* picture = plot.findChild<QWidget*>("plot");
        QTest::mousePress(picture, Qt::LeftButton, {}, QPoint(300, 200));
        QTest::mouseMove(picture, QPoint(360, 200));
        QTest::mouseMove(picture, QPoint(420, 200));
        QTest::mouseRelease(picture, Qt::LeftButton, {}, QPoint(420, 200));
        QTRY_VERIFY(!plot.following());
        QVERIFY(reset->isEnabled());
        QTest::mouseClick(reset, Qt::LeftButton);
        QVERIFY(plot.following());

        auto* canvas = plot.findChild<QWidget*>("curveCanvas");
        canvas->setFocus();
        QTest::keyClick(canvas, Qt::Key_Right);
        QVERIFY(canvas->accessibleDescription().startsWith("Step 1;"));
        QTest::keyClick(canvas, Qt::Key_Right);
        QVERIFY(canvas->accessibleDescription().startsWith("Step 2;"));
        QTest::keyClick(canvas, Qt::Key_End);
        QVERIFY(canvas->accessibleDescription().startsWith("Step 200;"));
        QTest::keyClick(canvas, Qt::Key_Plus);
        QVERIFY(!plot.following());
        QTest::keyClick(canvas, Qt::Key_0);
        QVERIFY(plot.following());

        auto* smoothing = plot.findChild<QSlider*>("smoothing");
        smoothing->setFocus();
        const double before = plot.smoothing();
        QTest::keyClick(smoothing, Qt::Key_Right);
        QVERIFY(plot.smoothing() > before);
        auto* selector = plot.findChild<QComboBox*>("quantity");
        selector->setFocus();
        QTest::keyClick(selector, Qt::Key_Down);
        QCOMPARE(plot.currentQuantity(), rate);
        plot.setCurrentQuantity(loss);
        auto* logarithmic = plot.findChild<QToolButton*>("logarithmic");
        QTest::mouseClick(logarithmic, Qt::LeftButton);
        QVERIFY(plot.logarithmic());
    }

    void pictureFollowsTheThemeAndSaves() {
        CurvePlot plot;
        plot.addQuantity("Loss", {});
        plot.addSeries(0, "Total", {});
        for (int step = 1; step <= 20; ++step) plot.append(0, 0, step, 1.0 / step);
        plot.resize(600, 400);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        const QColor light = plot.picture().pixelColor(4, 4);
        QCOMPARE(light, theme().color(ColorRole::Base));
        theme().apply(ThemeMode::Dark);
        const QColor dark = plot.picture().pixelColor(4, 4);
        QCOMPARE(dark, theme().color(ColorRole::Base));
        QVERIFY(light != dark);
        theme().apply(ThemeMode::Light);
        const QTemporaryDir folder;
        for (const char* suffix : {"png", "pdf", "svg"}) {
            const QString path = folder.filePath(QString("curves.") + suffix);
            QVERIFY2(plot.savePicture(path), suffix);
            QVERIFY(QFileInfo(path).size() > 1000);
        }
        QVERIFY(!plot.savePicture(folder.filePath("no/such/folder/curves.png")));
    }

    void stabilityIsReadByKeysAndPointer() {
        StabilityPlot plot;
        plot.setPoints({{2, 0.99, 0.99, 0.7, false},
                        {3, 0.91, 0.95, 0.6, true},
                        {4, -0.2, 0.5, 0.55, false},
                        {7, -0.4, 0.3, 0.5, false}},
                       0.8);
        plot.resize(320, plot.sizeHint().height());
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        QSignalSpy read(&plot, &StabilityPlot::currentChanged);
        plot.setFocus();
        QTest::keyClick(&plot, Qt::Key_Right);  // the chosen one first
        QCOMPARE(plot.current(), 3);
        QCOMPARE(plot.accessibleDescription(), QString("k = 3: least stable 0.91, mean 0.95, error 0.60, chosen"));
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_Right);
        QTest::keyClick(&plot, Qt::Key_Right);  // no further
        QCOMPARE(plot.current(), 7);
        QTest::keyClick(&plot, Qt::Key_Home);
        QCOMPARE(plot.current(), 2);
        QTest::keyClick(&plot, Qt::Key_Left);
        QCOMPARE(plot.current(), 2);
        QTest::keyClick(&plot, Qt::Key_End);
        QCOMPARE(plot.accessibleDescription(), QString("k = 7: least stable -0.40, mean 0.30, error 0.50"));
        plot.clearFocus();
        QCOMPARE(plot.current(), 0);
        QVERIFY(plot.accessibleDescription().isEmpty());
        QVERIFY(read.size() >= 5);
        // Across the picture every k comes in order; left of it none.
        QList<int> seen;
        for (int x = 0; x < plot.width(); ++x) {
            QTest::mouseMove(&plot, QPoint(x, plot.height() / 2));
            if (plot.current() != 0 && (seen.isEmpty() || seen.last() != plot.current())) seen << plot.current();
        }
        QCOMPARE(seen, (QList<int>{2, 3, 4, 7}));
        // Other points: what was read is forgotten. None at all is no error.
        plot.setPoints({}, 0);
        QCOMPARE(plot.current(), 0);
        for (const auto key : {Qt::Key_Left, Qt::Key_Right, Qt::Key_Home, Qt::Key_End}) QTest::keyClick(&plot, key);
        QCOMPARE(plot.current(), 0);
        QVERIFY(plot.readOut(2).isEmpty());
    }

    void stabilityFollowsTheTheme() {
        StabilityPlot plot;
        plot.setPoints({{2, 0.9, 0.95, 0.7, true}, {3, 0.4, 0.6, 0.6, false}}, 0.8);
        plot.resize(320, plot.sizeHint().height());
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        const auto ground = [&plot] {
            auto* picture = plot.findChild<QWidget*>("plot");
            return picture->grab().toImage().pixelColor(2, 2);
        };
        QTRY_COMPARE(ground(), theme().color(ColorRole::Base));
        theme().apply(ThemeMode::Dark);
        QTRY_COMPARE(ground(), theme().color(ColorRole::Base));
        theme().apply(ThemeMode::Light);
    }

    void manyPointsStayCheap() {
        CurvePlot plot;
        plot.addQuantity("Loss", {});
        plot.addSeries(0, "Total", {});
        plot.resize(900, 500);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        for (int step = 1; step <= 300000; ++step) plot.append(0, 0, step, std::sin(step * 0.01));
        QElapsedTimer clock;
        clock.start();
        plot.flush();
        QCoreApplication::processEvents();
        // Far above what it takes (30 ms), far below the 20 s of one long polyline: holds on a busy machine too.
        QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
        (void)plot.picture();
        QVERIFY2(clock.elapsed() < 3000, qPrintable(QString::number(clock.elapsed())));
    }
};

QTEST_MAIN(TestPlot)
#include "tst_plot.moc"
