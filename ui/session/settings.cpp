// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/settings.h"

#include <QDir>
#include <QSettings>
#include <QStandardPaths>
#include <QVariant>
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace espalier::ui {
namespace {

// The whole table; version 1. A key that is renamed is moved in migrate().
constexpr int kVersion = 1;
const QString kVersionKey = QStringLiteral("version");
const QString kTheme = QStringLiteral("look/theme");
const QString kAuthor = QStringLiteral("journal/author");
const QString kThreads = QStringLiteral("jobs/threads");
const QString kLastFolder = QStringLiteral("files/lastFolder");
const QString kRecent = QStringLiteral("files/recentProjects");
const QString kGeometry = QStringLiteral("window/geometry");
const QString kLayout = QStringLiteral("layout/");
const QString kSplitter = QStringLiteral("layout/splitter.");
const QString kHeader = QStringLiteral("layout/header.");
const QString kLabelView = QStringLiteral("tree/view");
const QString kLabelLevels = QStringLiteral("tree/levels");
const QString kSmartLists = QStringLiteral("tree/smartLists");
const QString kReviewKeys = QStringLiteral("review/singleKeys");
const QString kSnippets = QStringLiteral("documents/snippets");
const QString kBranches = QStringLiteral("branches/");
constexpr int kMostRecent = 10;
constexpr int kMostThreads = 1024;

QString defaultPath() {
    QString named = qEnvironmentVariable("ESPALIER_SETTINGS");
    if (!named.isEmpty()) return named;
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
    return folder + QStringLiteral("/espalier/espalier.ini");
}

}  // namespace

Settings& Settings::instance() {
    static Settings settings{defaultPath()};
    return settings;
}

// Takes what changed and writes it; what comes meanwhile is written in the next go.
class Settings::Writer {
public:
    explicit Writer(QString path) : m_path(std::move(path)), m_thread([this] { loop(); }) {}
    ~Writer() {
        {
            const std::scoped_lock lock(m_mutex);
            m_over = true;
        }
        m_wake.notify_one();
        m_thread.join();
    }
    void put(const QString& key, const QVariant& value) {
        {
            const std::scoped_lock lock(m_mutex);
            m_changed.insert(key, value);
        }
        m_wake.notify_one();
    }

private:
    void loop() {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_wake.wait(lock, [this] { return m_over || !m_changed.isEmpty(); });
            if (m_changed.isEmpty()) return;
            const QVariantMap changed = std::exchange(m_changed, {});
            lock.unlock();
            QSettings file(m_path, QSettings::IniFormat);
            file.setAtomicSyncRequired(true);
            for (auto it = changed.begin(); it != changed.end(); ++it) {
                if (it->isValid())
                    file.setValue(it.key(), it.value());
                else
                    file.remove(it.key());
            }
            file.sync();
            lock.lock();
        }
    }
    QString m_path;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    QVariantMap m_changed;  ///< an invalid value: the key goes
    bool m_over = false;
    std::thread m_thread;  // last: starts when all else is there
};

Settings::Settings(const QString& iniPath, QObject* parent) : QObject(parent) {
    const QSettings file(iniPath, QSettings::IniFormat);
    for (const QString& key : file.allKeys()) m_values.insert(key, file.value(key));
    m_writer = std::make_unique<Writer>(iniPath);
    migrate();
}

Settings::~Settings() = default;

QVariant Settings::value(const QString& key, const QVariant& fallback) const {
    return m_values.value(key, fallback);
}

void Settings::setValue(const QString& key, const QVariant& value) {
    const auto known = m_values.constFind(key);
    if (known != m_values.constEnd() && *known == value) return;
    m_values.insert(key, value);
    m_writer->put(key, value);
}

void Settings::migrate() {
    // Nothing to move yet; a file of a newer version is used as far as its keys are known and keeps its number.
    if (value(kVersionKey, 0).toInt() < kVersion) setValue(kVersionKey, kVersion);
}

Settings::ThemeChoice Settings::theme() const {
    const QString name = value(kTheme).toString();
    return name == QLatin1String("dark")    ? ThemeChoice::Dark
           : name == QLatin1String("light") ? ThemeChoice::Light
                                            : ThemeChoice::System;
}

void Settings::setTheme(ThemeChoice theme) {
    setValue(kTheme, theme == ThemeChoice::Dark    ? QStringLiteral("dark")
                     : theme == ThemeChoice::Light ? QStringLiteral("light")
                                                   : QStringLiteral("system"));
    Q_EMIT themeChanged();
}

QString Settings::author() const {
    return value(kAuthor).toString();
}

void Settings::setAuthor(const QString& name) {
    setValue(kAuthor, name.trimmed());
    Q_EMIT authorChanged();
}

int Settings::threads() const {
    return std::clamp(value(kThreads, 0).toInt(), 0, kMostThreads);
}

void Settings::setThreads(int threads) {
    setValue(kThreads, std::clamp(threads, 0, kMostThreads));
    Q_EMIT threadsChanged();
}

QString Settings::lastFolder() const {
    return value(kLastFolder, QDir::homePath()).toString();
}
void Settings::setLastFolder(const QString& folder) {
    setValue(kLastFolder, folder);
}

QStringList Settings::recentProjects() const {
    return value(kRecent).toStringList();
}

void Settings::addRecentProject(const QString& path) {
    QStringList recent = recentProjects();
    recent.removeAll(path);
    recent.prepend(path);
    while (recent.size() > kMostRecent) recent.removeLast();
    setValue(kRecent, recent);
    Q_EMIT recentProjectsChanged();
}

void Settings::removeRecentProject(const QString& path) {
    QStringList recent = recentProjects();
    if (recent.removeAll(path) == 0) return;
    setValue(kRecent, recent);
    Q_EMIT recentProjectsChanged();
}

QByteArray Settings::windowGeometry() const {
    return value(kGeometry).toByteArray();
}
void Settings::setWindowGeometry(const QByteArray& geometry) {
    setValue(kGeometry, geometry);
}
QByteArray Settings::layout(const QString& workspace) const {
    return value(kLayout + workspace).toByteArray();
}
void Settings::setLayout(const QString& workspace, const QByteArray& state) {
    setValue(kLayout + workspace, state);
}

void Settings::clearLayouts() {
    for (auto it = m_values.begin(); it != m_values.end();) {
        if (!it.key().startsWith(kLayout)) {
            ++it;
            continue;
        }
        m_writer->put(it.key(), {});
        it = m_values.erase(it);
    }
}

QByteArray Settings::splitter(const QString& name) const {
    return value(kSplitter + name).toByteArray();
}
void Settings::setSplitter(const QString& name, const QByteArray& state) {
    setValue(kSplitter + name, state);
}
QByteArray Settings::header(const QString& name) const {
    return value(kHeader + name).toByteArray();
}
void Settings::setHeader(const QString& name, const QByteArray& state) {
    setValue(kHeader + name, state);
}

QString Settings::labelView() const {
    return value(kLabelView).toString();
}
void Settings::setLabelView(const QString& name) {
    setValue(kLabelView, name);
}
int Settings::labelLevels() const {
    return std::max(0, value(kLabelLevels, 0).toInt());
}
void Settings::setLabelLevels(int levels) {
    setValue(kLabelLevels, levels);
}

bool Settings::smartListsShown() const {
    return value(kSmartLists, true).toBool();
}
void Settings::setSmartListsShown(bool shown) {
    setValue(kSmartLists, shown);
}
bool Settings::reviewKeys() const {
    return value(kReviewKeys, true).toBool();
}
void Settings::setReviewKeys(bool on) {
    setValue(kReviewKeys, on);
}
bool Settings::snippets() const {
    return value(kSnippets, false).toBool();
}
void Settings::setSnippets(bool on) {
    setValue(kSnippets, on);
}

QList<qint64> Settings::branchOrder(const QString& projectUuid) const {
    QList<qint64> labels;
    for (const QString& id : value(kBranches + projectUuid).toStringList()) labels << id.toLongLong();
    return labels;
}

void Settings::setBranchOrder(const QString& projectUuid, const QList<qint64>& labels) {
    QStringList ids;
    for (const qint64 id : labels) ids << QString::number(id);
    setValue(kBranches + projectUuid, ids);
}

}  // namespace espalier::ui
