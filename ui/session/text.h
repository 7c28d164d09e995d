// SPDX-License-Identifier: GPL-3.0-or-later
/// \file ui/session/text.h
/// Between the core's UTF-8 and Qt's strings and paths.
#pragma once
#include <QString>
#include <QStringList>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::ui {

inline QString toQt(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}
inline std::string fromQt(const QString& text) {
    const QByteArray utf8 = text.toUtf8();
    return std::string(utf8.constData(), std::size_t(utf8.size()));
}
inline std::filesystem::path toPath(const QString& path) {
    return std::filesystem::path(path.toStdU16String());
}
inline QString fromPath(const std::filesystem::path& path) {
    return QString::fromStdU16String(path.generic_u16string());
}

inline QStringList toQt(const std::vector<std::string>& texts) {
    QStringList list;
    for (const std::string& text : texts) list << toQt(text);
    return list;
}

}  // namespace espalier::ui
