// SPDX-License-Identifier: GPL-3.0-or-later
// espalier: the window. Reads its arguments, sets the look, shows the main window; all else is in ui/.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "ui/session/settings.h"
#include "ui/shell/main_window.h"
#include "ui/shell/screenshot.h"
#include "ui/style/icons.h"
#include "ui/style/theme.h"

using namespace espalier::ui;

namespace {

ThemeMode startMode(const QString& wanted) {
    if (wanted == QLatin1String("dark")) return ThemeMode::Dark;
    if (wanted == QLatin1String("light")) return ThemeMode::Light;
    switch (Settings::instance().theme()) {
        case Settings::ThemeChoice::Dark:
            return ThemeMode::Dark;
        case Settings::ThemeChoice::Light:
            return ThemeMode::Light;
        case Settings::ThemeChoice::System:
            break;
    }
    return ThemeMode::System;
}

int refuse(const QString& sentence) {
    std::fprintf(stderr, "espalier: %s\n", qPrintable(sentence));
    constexpr int kWrongCommandLine = 2;
    return kWrongCommandLine;
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication::setApplicationName(QStringLiteral("Espalier"));
    QCoreApplication::setApplicationVersion(QStringLiteral(ESPALIER_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("espalier"));
    // Help and version need no display.
    const QStringList given(argv + 1, argv + argc);
    const bool textOnly = std::ranges::any_of(given, [](const QString& one) {
        return QStringList{QStringLiteral("-h"), QStringLiteral("--help"), QStringLiteral("--help-all"),
                           QStringLiteral("-v"), QStringLiteral("--version")}
            .contains(one);
    });
    const std::unique_ptr<QCoreApplication> application(textOnly ? new QCoreApplication(argc, argv)
                                                                 : new QApplication(argc, argv));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QCoreApplication::translate("main", "Grow a label tree from documents and train search to follow it."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("project"),
                                 QCoreApplication::translate("main", "Project folder to open."),
                                 QStringLiteral("[project]"));
    const QCommandLineOption workspace(
        QStringLiteral("workspace"), QCoreApplication::translate("main", "Workspace to show: curate, train or search."),
        QStringLiteral("name"), QStringLiteral("curate"));
    const QCommandLineOption look(QStringLiteral("theme"),
                                  QCoreApplication::translate("main", "Look: system, light or dark."),
                                  QStringLiteral("look"));
    const QCommandLineOption picture(
        QStringLiteral("screenshot"),
        QCoreApplication::translate("main", "Write a picture of the window to this file (PNG) and end."),
        QStringLiteral("file"));
    const QCommandLineOption size(QStringLiteral("size"),
                                  QCoreApplication::translate("main", "Size of the picture, such as 1280x720."),
                                  QStringLiteral("WxH"), QStringLiteral("1280x800"));
    const QCommandLineOption label(QStringLiteral("label"),
                                   QCoreApplication::translate("main", "Label to select in the picture (path or id)."),
                                   QStringLiteral("label"));
    const QCommandLineOption query(QStringLiteral("query"),
                                   QCoreApplication::translate("main", "Question to ask in the picture of Search."),
                                   QStringLiteral("text"));
    parser.addOptions({workspace, look, picture, size, label, query});
    parser.process(*application);
    if (parser.positionalArguments().size() > 1)
        return refuse(QCoreApplication::translate("main", "one project at a time; see espalier --help."));
    if (!QStringList{QStringLiteral("curate"), QStringLiteral("train"), QStringLiteral("search")}.contains(
            parser.value(workspace)))
        return refuse(QCoreApplication::translate("main", "there is no workspace “%1”; see espalier --help.")
                          .arg(parser.value(workspace)));
    const QStringList sides = parser.value(size).split(u'x');
    const QSize pictureSize = sides.size() == 2 ? QSize(sides[0].toInt(), sides[1].toInt()) : QSize();
    if (!pictureSize.isValid() || pictureSize.isEmpty())
        return refuse(QCoreApplication::translate("main", "“%1” is no size such as 1280x720.").arg(parser.value(size)));

    // Pictures are taken with settings of their own, so that they look alike everywhere.
    std::unique_ptr<QTemporaryDir> temporary;
    if (parser.isSet(picture)) {
        temporary = std::make_unique<QTemporaryDir>();
        qputenv("ESPALIER_SETTINGS", QFile::encodeName(temporary->filePath(QStringLiteral("settings.ini"))));
    }
    theme().install(*qApp, startMode(parser.value(look)));
    QApplication::setWindowIcon(markIcon());

    MainWindow window;
    if (!parser.positionalArguments().isEmpty()) {
        window.openProject(QDir(parser.positionalArguments().constFirst()).absolutePath());
        if (!parser.isSet(picture) && parser.isSet(workspace)) {
            const auto which = parser.value(workspace) == QLatin1String("train")    ? MainWindow::Workspace::Train
                               : parser.value(workspace) == QLatin1String("search") ? MainWindow::Workspace::Search
                                                                                    : MainWindow::Workspace::Curate;
            QObject::connect(window.session(), &ProjectSession::opened, &window,
                             [&window, which] { window.showWorkspace(which); });
        }
    }
    if (parser.isSet(picture)) {
        window.resize(pictureSize);
        new Screenshot(
            &window,
            {parser.value(picture), parser.value(workspace), parser.value(label), parser.value(query), pictureSize},
            &window);
    }
    window.show();
    return QApplication::exec();
}
