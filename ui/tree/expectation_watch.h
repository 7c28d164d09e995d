// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/tree/expectation_watch.h
/// The project's expectations, looked at again after every change of the tree or the documents. Interface thread only;
/// reading happens on the session's lane.
#pragma once
#include <QObject>
#include <QString>
#include <functional>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/project/expectation.h"
#include "ui/session/project_session.h"

namespace espalier::ui {

class ExpectationWatch : public QObject {
    Q_OBJECT
public:
    explicit ExpectationWatch(ProjectSession* session, QObject* parent = nullptr);

    const std::vector<project::Expectation>& all() const { return m_all; }
    int unmet() const;
    /// \param done  called once, with why it was refused, if it was
    void add(const QString& text, std::function<void(const std::optional<Error>&)> done);
    void remove(qint64 id, std::function<void(const std::optional<Error>&)> done);

Q_SIGNALS:
    void changed();

private:
    void refresh();
    void take(Result<std::vector<project::Expectation>> found);

    ProjectSession* m_session;
    std::vector<project::Expectation> m_all;
};

}  // namespace espalier::ui
