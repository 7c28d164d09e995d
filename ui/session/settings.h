// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/session/settings.h
/// Settings of the program (not of a project): one typed object over one ini file. Read once; what changes is written
/// atomically by a thread of its own (a slow disk never holds the window up) and is on the disk when the object is
/// gone.
///
/// The file is that of the user's configuration folder, or what the environment variable ESPALIER_SETTINGS names, or
/// what a test passes. Interface thread only.
#pragma once
#include <QByteArray>
#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVariantMap>
#include <memory>

namespace espalier::ui {

class Settings : public QObject {
    Q_OBJECT
public:
    enum class ThemeChoice { System, Light, Dark };

    static Settings& instance();
    explicit Settings(const QString& iniPath, QObject* parent = nullptr);
    ~Settings() override;

    ThemeChoice theme() const;
    void setTheme(ThemeChoice theme);
    QString author() const;  ///< name for the journal; empty: the user of the operating system
    void setAuthor(const QString& name);
    int threads() const;  ///< for jobs; 0 = all but one core
    void setThreads(int threads);
    QString lastFolder() const;  ///< where file dialogs start
    void setLastFolder(const QString& folder);

    QStringList recentProjects() const;  ///< newest first, at most ten
    void addRecentProject(const QString& path);
    void removeRecentProject(const QString& path);

    QByteArray windowGeometry() const;
    void setWindowGeometry(const QByteArray& geometry);
    QByteArray layout(const QString& workspace) const;  ///< QMainWindow::saveState of that workspace
    void setLayout(const QString& workspace, const QByteArray& state);
    void clearLayouts();
    QByteArray splitter(const QString& name) const;
    void setSplitter(const QString& name, const QByteArray& state);
    QByteArray header(const QString& name) const;
    void setHeader(const QString& name, const QByteArray& state);

    /// How the label tree is seen: "outline", "icicle", "table"; empty: the outline.
    QString labelView() const;
    void setLabelView(const QString& name);
    int labelLevels() const;  ///< 0 = all
    void setLabelLevels(int levels);

    bool smartListsShown() const;  ///< under the tree; true until folded
    void setSmartListsShown(bool shown);
    bool reviewKeys() const;  ///< single keys choose labels while the review has the focus; true
    void setReviewKeys(bool on);
    bool snippets() const;  ///< rows of the document list quote a sentence; false
    void setSnippets(bool on);

    /// Top-level labels of a project in the order they got their branch colour.
    QList<qint64> branchOrder(const QString& projectUuid) const;
    void setBranchOrder(const QString& projectUuid, const QList<qint64>& labels);

Q_SIGNALS:
    void themeChanged();
    void authorChanged();
    void threadsChanged();
    void recentProjectsChanged();

private:
    class Writer;
    QVariant value(const QString& key, const QVariant& fallback = {}) const;
    void setValue(const QString& key, const QVariant& value);
    void migrate();
    QVariantMap m_values;
    std::unique_ptr<Writer> m_writer;
};

}  // namespace espalier::ui
