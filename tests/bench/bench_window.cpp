// SPDX-License-Identifier: GPL-3.0-or-later
// The window up to its first paint, then up to the opened project; bench_window.py starts it in turns with `--bare`,
// a window of one tree, one table and one text field of Qt's own, which is what any Qt program pays.
//   bench_window --bare | bench_window [PROJECT]
#include <QApplication>
#include <QHBoxLayout>
#include <QMainWindow>
#include <QTableWidget>
#include <QTextEdit>
#include <QTimer>
#include <QTreeWidget>
#include <cstdio>
#include <memory>

#include "ui/shell/main_window.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

namespace {

/// Says "painted" once the first paint of the window and its children has gone to the screen.
class FirstPaint : public QObject {
public:
    explicit FirstPaint(QWidget* window) : QObject(window), m_window(window) { window->installEventFilter(this); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint) {
            m_window->removeEventFilter(this);
            QTimer::singleShot(0, this, [] { say("painted"); });
        }
        return QObject::eventFilter(watched, event);
    }

public:
    static void say(const char* what) {
        std::puts(what);
        std::fflush(stdout);
    }

private:
    QWidget* m_window;
};

std::unique_ptr<QMainWindow> bareWindow() {
    auto window = std::make_unique<QMainWindow>();
    auto* centre = new QWidget;
    auto* row = new QHBoxLayout(centre);
    row->addWidget(new QTreeWidget);
    row->addWidget(new QTableWidget(20, 4));
    row->addWidget(new QTextEdit);
    window->setCentralWidget(centre);
    window->resize(1280, 720);
    return window;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace espalier::ui;
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    if (arguments.size() > 1 && arguments[1] == QLatin1String("--bare")) {
        const auto window = bareWindow();
        new FirstPaint(window.get());
        window->show();
        return QApplication::exec();
    }
    theme().install(application, ThemeMode::Light);
    QApplication::setWindowIcon(markIcon());
    MainWindow window;
    new FirstPaint(&window);
    if (arguments.size() > 1) {
        QObject::connect(window.session(), &ProjectSession::treeChanged, &window, [] { FirstPaint::say("opened"); });
        window.openProject(arguments[1]);
    }
    window.show();
    return QApplication::exec();
}
