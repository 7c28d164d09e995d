// SPDX-License-Identifier: Apache-2.0
/// \file tests/cli/programs.h
/// Runs espalier-cli and espalier-worker as other programs do, and makes the small corpora they are run on.
#pragma once
#include <QByteArray>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/base/rng.h"
#include "tests/support/same_json.h"
#include "tests/support/temp_folder.h"

namespace espalier::test {
using nlohmann::json;

inline QString program(const char* name) {
    return QStringLiteral(ESPALIER_BIN_DIR "/") + QLatin1String(name);
}
inline QString q(const std::string& text) {
    return QString::fromStdString(text);
}

struct Answer {
    int status = -1;
    bool crashed = false;
    QByteArray out, err;
    json object;  ///< standard output when it is exactly one JSON object on one line, else discarded
    /// The sentence of an error object, or standard error: what to print when a check fails.
    std::string why() const {
        return "status " + std::to_string(status) + "\n" + out.toStdString() + err.right(2000).toStdString();
    }
    std::string errorCode() const {
        return object.is_object() && object.contains("error") ? object["error"].value("code", std::string())
                                                              : std::string();
    }
};

inline Answer collect(QProcess& process) {
    Answer answer;
    answer.crashed = process.exitStatus() == QProcess::CrashExit;
    answer.status = process.exitCode();
    answer.out = process.readAllStandardOutput();
    answer.err = process.readAllStandardError();
    answer.object = json(json::value_t::discarded);
    const bool oneLine = answer.out.endsWith('\n') && answer.out.count('\n') == 1;
    if (oneLine) answer.object = json::parse(answer.out.toStdString(), nullptr, false);
    return answer;
}

inline QProcessEnvironment quietEnvironment() {
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("OMP_WAIT_POLICY"), QStringLiteral("passive"));
    return environment;
}

inline Answer runProgram(const QString& name, const QStringList& arguments, const QString& folder = {}) {
    QProcess process;
    process.setProcessEnvironment(quietEnvironment());
    if (!folder.isEmpty()) process.setWorkingDirectory(folder);
    process.start(name, arguments);
    process.closeWriteChannel();
    if (!process.waitForFinished(120000)) process.kill();
    return collect(process);
}

/// With --json. Arguments as strings of any kind.
inline Answer cli(std::vector<std::string> arguments) {
    QStringList list;
    for (const auto& argument : arguments) list << q(argument);
    list << QStringLiteral("--json");
    return runProgram(program("espalier-cli"), list);
}
inline Answer cliPlain(std::vector<std::string> arguments) {
    QStringList list;
    for (const auto& argument : arguments) list << q(argument);
    return runProgram(program("espalier-cli"), list);
}

/// Documents with planted branches and leaves, in words that the tiny encoder knows (w0 ... w119).
struct PlantedDocument {
    std::string id, title, text;
    std::vector<std::string> labels;
};
inline std::vector<PlantedDocument> plantedDocuments(int branches, int leaves, int perLeaf, std::uint64_t seed = 7) {
    SplitMix64 random(seed);
    std::vector<PlantedDocument> documents;
    for (int b = 0; b < branches; ++b) {
        for (int l = 0; l < leaves; ++l) {
            for (int d = 0; d < perLeaf; ++d) {
                PlantedDocument document;
                document.id = "d" + std::to_string(b) + std::to_string(l) + "-" + std::to_string(d);
                document.title = "Title " + document.id;
                document.labels = {"branch " + std::to_string(b), "leaf " + std::to_string(b) + std::to_string(l)};
                for (int w = 0; w < 40; ++w) {
                    const double kind = random.uniform();
                    std::size_t word = 100 + random.below(20);
                    if (kind < 0.45)
                        word = static_cast<std::size_t>(b) * 8 + random.below(8);
                    else if (kind < 0.9)
                        word = 40 + static_cast<std::size_t>(b * leaves + l) * 6 + random.below(6);
                    document.text += (w == 0 ? "" : w % 8 == 0 ? ". " : " ") + ("w" + std::to_string(word));
                }
                document.text += ".";
                documents.push_back(std::move(document));
            }
        }
    }
    return documents;
}
inline std::string toJsonl(const std::vector<PlantedDocument>& documents) {
    std::string lines;
    for (const auto& d : documents)
        lines += json{{"_id", d.id}, {"title", d.title}, {"text", d.text}, {"labels", d.labels}}.dump() + "\n";
    return lines;
}

/// Names of all keys of an object.
inline std::set<std::string> keysOf(const json& object) {
    std::set<std::string> keys;
    if (object.is_object()) {
        for (const auto& [key, value] : object.items()) keys.insert(key);
    }
    return keys;
}
/// Whether an object has at least these keys; the missing one is appended to `missing`.
inline bool hasKeys(const json& object, const std::vector<std::string>& keys, std::string& missing) {
    const auto there = keysOf(object);
    for (const auto& key : keys) {
        if (there.count(key) == 0) missing += " " + key;
    }
    return missing.empty();
}

/// Checks that an answer is a success with these keys; prints what was wrong.
#define VERIFY_ANSWER(answer, ...)                                                             \
    do {                                                                                       \
        const espalier::test::Answer given = (answer);                                         \
        QVERIFY2(given.status == 0 && !given.crashed, given.why().c_str());                    \
        QVERIFY2(given.object.is_object(), given.why().c_str());                               \
        std::string missingKeys;                                                               \
        const bool allThere = espalier::test::hasKeys(given.object, __VA_ARGS__, missingKeys); \
        QVERIFY2(allThere, ("missing keys:" + missingKeys).c_str());                           \
    } while (false)

/// Checks that an answer is a refusal with this status and an error object.
#define VERIFY_REFUSED(answer, expected)                                                                  \
    do {                                                                                                  \
        const espalier::test::Answer given = (answer);                                                    \
        QVERIFY2(given.status == (expected) && !given.crashed, given.why().c_str());                      \
        QVERIFY2(given.object.is_object() && given.object.contains("error"), given.why().c_str());        \
        const auto& refusal = given.object["error"];                                                      \
        for (const char* key : {"code", "message", "file", "line"}) QVERIFY2(refusal.contains(key), key); \
        QVERIFY(!refusal["message"].get<std::string>().empty());                                          \
    } while (false)

}  // namespace espalier::test
