// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/shell/screenshot.h
/// Takes one picture of the window once everything it shows is there, then ends the program: for documentation.
#pragma once
#include <QObject>
#include <QSize>
#include <QString>
#include <QTimer>

#include "ui/shell/main_window.h"

namespace espalier::ui {

class Screenshot : public QObject {
    Q_OBJECT
public:
    struct Request {
        QString file;       ///< .png
        QString workspace;  ///< "curate", "train", "search"; empty: curate
        QString label;      ///< path or id of the label to select, or empty
        QString query;      ///< asked in Search, or empty
        QSize size;
    };
    Screenshot(MainWindow* window, Request request, QObject* parent = nullptr);

private:
    void tick();
    void arrange();
    MainWindow* m_window;
    Request m_request;
    QTimer m_timer;
    int m_ticks = 0, m_quietTicks = 0;
    bool m_arranged = false, m_askedAgain = false, m_hitChosen = false;
};

}  // namespace espalier::ui
