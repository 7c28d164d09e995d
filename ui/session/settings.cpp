// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/settings.h"

#include <QDir>
#include <QSettings>
#include <QStandardPaths>
#include <QVariant>
#include <algorithm>

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
const QString kBranches = QStringLiteral("branches/");
constexpr int kMostRecent = 10;
constexpr int kMostThreads = 1024;

QString defaultPath() {
    const QString named = qEnvironmentVariable("ESPALIER_SETTINGS");
    if (!named.isEmpty()) return named;
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation);
    return folder + QStringLiteral("/espalier/espalier.ini");
}

}  // namespace

Settings& Settings::instance() {
    static Settings settings{defaultPath()};
    return settings;
}

Settings::Settings(const QString& iniPath, QObject* parent)
    : QObject(parent), m_file(std::make_unique<QSettings>(iniPath, QSettings::IniFormat)) {
    m_file->setAtomicSyncRequired(true);
    migrate();
}

Settings::~Settings() = default;

void Settings::migrate() {
    // Nothing to move yet; a file of a newer version is used as far as its keys are known and keeps its number.
    if (m_file->value(kVersionKey, 0).toInt() < kVersion) m_file->setValue(kVersionKey, kVersion);
}

Settings::ThemeChoice Settings::theme() const {
    const QString name = m_file->value(kTheme).toString();
    return name == QLatin1String("dark")    ? ThemeChoice::Dark
           : name == QLatin1String("light") ? ThemeChoice::Light
                                            : ThemeChoice::System;
}

void Settings::setTheme(ThemeChoice theme) {
    m_file->setValue(kTheme, theme == ThemeChoice::Dark    ? QStringLiteral("dark")
                             : theme == ThemeChoice::Light ? QStringLiteral("light")
                                                           : QStringLiteral("system"));
    Q_EMIT themeChanged();
}

QString Settings::author() const {
    return m_file->value(kAuthor).toString();
}

void Settings::setAuthor(const QString& name) {
    m_file->setValue(kAuthor, name.trimmed());
    Q_EMIT authorChanged();
}

int Settings::threads() const {
    return std::clamp(m_file->value(kThreads, 0).toInt(), 0, kMostThreads);
}

void Settings::setThreads(int threads) {
    m_file->setValue(kThreads, std::clamp(threads, 0, kMostThreads));
    Q_EMIT threadsChanged();
}

QString Settings::lastFolder() const {
    return m_file->value(kLastFolder, QDir::homePath()).toString();
}
void Settings::setLastFolder(const QString& folder) {
    m_file->setValue(kLastFolder, folder);
}

QStringList Settings::recentProjects() const {
    return m_file->value(kRecent).toStringList();
}

void Settings::addRecentProject(const QString& path) {
    QStringList recent = recentProjects();
    recent.removeAll(path);
    recent.prepend(path);
    while (recent.size() > kMostRecent) recent.removeLast();
    m_file->setValue(kRecent, recent);
    Q_EMIT recentProjectsChanged();
}

void Settings::removeRecentProject(const QString& path) {
    QStringList recent = recentProjects();
    if (recent.removeAll(path) == 0) return;
    m_file->setValue(kRecent, recent);
    Q_EMIT recentProjectsChanged();
}

QByteArray Settings::windowGeometry() const {
    return m_file->value(kGeometry).toByteArray();
}
void Settings::setWindowGeometry(const QByteArray& geometry) {
    m_file->setValue(kGeometry, geometry);
}
QByteArray Settings::layout(const QString& workspace) const {
    return m_file->value(kLayout + workspace).toByteArray();
}
void Settings::setLayout(const QString& workspace, const QByteArray& state) {
    m_file->setValue(kLayout + workspace, state);
}

void Settings::clearLayouts() {
    m_file->beginGroup(kLayout.chopped(1));
    m_file->remove(QString());
    m_file->endGroup();
}

QByteArray Settings::splitter(const QString& name) const {
    return m_file->value(kSplitter + name).toByteArray();
}
void Settings::setSplitter(const QString& name, const QByteArray& state) {
    m_file->setValue(kSplitter + name, state);
}
QByteArray Settings::header(const QString& name) const {
    return m_file->value(kHeader + name).toByteArray();
}
void Settings::setHeader(const QString& name, const QByteArray& state) {
    m_file->setValue(kHeader + name, state);
}

QList<qint64> Settings::branchOrder(const QString& projectUuid) const {
    QList<qint64> labels;
    for (const QString& id : m_file->value(kBranches + projectUuid).toStringList()) labels << id.toLongLong();
    return labels;
}

void Settings::setBranchOrder(const QString& projectUuid, const QList<qint64>& labels) {
    QStringList ids;
    for (const qint64 id : labels) ids << QString::number(id);
    m_file->setValue(kBranches + projectUuid, ids);
}

}  // namespace espalier::ui
