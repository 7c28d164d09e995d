// SPDX-License-Identifier: GPL-3.0-or-later
/// A worker that speaks the same JSON lines as espalier-worker and does nothing, in every way that can go wrong. What
/// it does is said by options.fake (or the environment variable ESPALIER_FAKE, for the query service):
///   ok N        N steps of progress and metrics, then done
///   forever     steps until told to stop, pause, resume
///   deaf        the same, but does not listen
///   crash, kill, garbled, flood, error, silent, slowexit    as they are called
///   trained     as ok, and the answer names a model
///   grow        a tree of two labels, the first of which is split in two; then steps until told to stop
/// Where options.fake_result (or ESPALIER_FAKE_RESULT) names a folder, its files are what the job leaves when it is
/// done or stopped. A job of kind "estimate" answers at once by its options: k_max 59 has no memory, k_max 58 is
/// refused, k_max 57 never answers; else a second for each top label.
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

#include "core/base/platform.h"

namespace {
using namespace std::chrono_literals;

std::mutex g_mutex;
std::atomic<int> g_control{0};  // 0 run, 1 pause, 2 stop, 3 discard
std::atomic<bool> g_detached{false};
QFile* g_events = nullptr;

void say(const QJsonObject& object) {
    const QByteArray line = QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
    const std::scoped_lock lock(g_mutex);
    if (g_events) {
        g_events->write(line);
        g_events->flush();
    }
    std::fwrite(line.constData(), 1, std::size_t(line.size()), stdout);
    std::fflush(stdout);
}

void end(const char* state, const QJsonValue& result, const QJsonValue& error = {}) {
    say({{"event", "end"}, {"state", state}, {"result", result}, {"error", error}});
}

void readFolder(const QString& folder) {
    std::thread([folder] {
        for (;;) {
            QFile beat(folder + "/heartbeat");
            if (beat.open(QIODevice::WriteOnly)) beat.write("1\n");
            beat.close();
            QFile control(folder + "/control");
            if (control.open(QIODevice::ReadOnly)) {
                const QByteArray word = control.readAll().trimmed();
                if (word == "pause") g_control = 1;
                if (word == "run") g_control = 0;
                if (word == "stop") g_control = 2;
                if (word == "discard") g_control = 3;
            }
            std::this_thread::sleep_for(100ms);
        }
    }).detach();
}

int serveQueries(const QString& fake) {
    std::string line;
    while (std::getline(std::cin, line)) {
        const QJsonObject message = QJsonDocument::fromJson(QByteArray::fromStdString(line)).object();
        if (message.value("op").toString() == "why") {
            if (fake == "kill") std::raise(SIGKILL);
            QFile file(qEnvironmentVariable("ESPALIER_FAKE_REASONS"));
            if (!file.open(QIODevice::ReadOnly)) continue;
            QJsonObject reasons = QJsonDocument::fromJson(file.readAll()).object();
            reasons["request"] = message;
            say({{"event", "answer"}, {"id", message.value("id")}, {"result", reasons}, {"error", QJsonValue()}});
            continue;
        }
        if (message.value("op").toString() != "search") continue;
        if (fake == "kill") std::raise(SIGKILL);
        const QString query = message.value("query").toString();
        if (query.contains("slow")) std::this_thread::sleep_for(300ms);
        if (query.contains("boom")) {
            say({{"event", "answer"},
                 {"id", message.value("id")},
                 {"result", QJsonValue()},
                 {"error", QJsonObject{{"code", "invalid_state"}, {"message", "there are no vectors yet"}}}});
            continue;
        }
        const QByteArray canned = qgetenv("ESPALIER_FAKE_ANSWER");
        QJsonObject result{{"query", query}, {"model", "tfidf"},        {"branch", QJsonValue()},
                           {"matches", 0},   {"results", QJsonArray()}, {"facets", QJsonArray()},
                           {"ms", 1.5}};
        if (!canned.isEmpty()) {
            QFile file(QString::fromLocal8Bit(canned));
            if (file.open(QIODevice::ReadOnly)) result = QJsonDocument::fromJson(file.readAll()).object();
            result["query"] = query;
            result["request"] = message;
        }
        if (query.contains("early") && message.value("hits_first").toBool()) {
            QJsonObject early = result;
            QJsonArray hits = early["results"].toArray();
            for (auto&& hit : hits) {
                QJsonObject bare = hit.toObject();
                bare["snippet"] = QJsonValue();
                hit = bare;
            }
            early["results"] = hits;
            say({{"event", "hits"}, {"id", message.value("id")}, {"result", early}});
            while (!qEnvironmentVariableIsEmpty("ESPALIER_FAKE_GATE") &&
                   !QFile::exists(qEnvironmentVariable("ESPALIER_FAKE_GATE")))
                std::this_thread::sleep_for(5ms);
        }
        say({{"event", "answer"}, {"id", message.value("id")}, {"result", result}, {"error", QJsonValue()}});
    }
    end("done", QJsonValue());
    return 0;
}

int estimate(const QJsonObject& options) {
    constexpr int kSilent = 57, kRefused = 58, kNoMemory = 59;
    const int k = options.value("k_max").toInt();
    if (k == kSilent) {
        std::string line;
        while (std::getline(std::cin, line)) {
        }
        return 0;
    }
    if (k == kRefused) {
        end("failed", QJsonValue(),
            QJsonObject{{"code", "invalid_state"}, {"message", "the lists contradict each other: \"peat\""}});
        return 1;
    }
    end("done", QJsonObject{{"estimate", QJsonObject{{"seconds", k},
                                                     {"low", k},
                                                     {"high", 2 * k},
                                                     {"peak_mb", k == kNoMemory ? 9000 : 300},
                                                     {"free_mb", 2000},
                                                     {"documents", 40}}},
                            {"enough_memory", k != kNoMemory},
                            {"vectors", QJsonValue()}});
    return 0;
}
}  // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    espalier::platform::ignoreBrokenPipes();
    std::string line;
    if (!std::getline(std::cin, line)) return 0;
    const QJsonObject start = QJsonDocument::fromJson(QByteArray::fromStdString(line)).object();
    const QJsonObject options = start.value("options").toObject();
    const QStringList fake =
        (options.contains("fake") ? options.value("fake").toString() : qEnvironmentVariable("ESPALIER_FAKE", "ok 5"))
            .split(u' ');
    if (start.value("kind").toString() == "query") return serveQueries(fake.first());
    if (start.value("kind").toString() == "estimate") return estimate(options);

    const QString folder = start.value("folder").toString();
    QFile events(folder + "/events.jsonl");
    if (events.open(QIODevice::Append)) g_events = &events;
    readFolder(folder);
    std::thread([deaf = fake.first() == "deaf"] {
        std::string said;
        while (std::getline(std::cin, said)) {
            const QString op = QJsonDocument::fromJson(QByteArray::fromStdString(said)).object().value("op").toString();
            if (op == "detach") g_detached = true;
            if (deaf) continue;
            if (op == "pause") g_control = 1;
            if (op == "resume") g_control = 0;
            if (op == "stop") g_control = 2;
            if (op == "discard") g_control = 3;
        }
        if (!g_detached && !deaf) g_control = 2;
    }).detach();
    say({{"event", "start"}, {"kind", start.value("kind")}, {"pid", qint64(QCoreApplication::applicationPid())}});

    const QString how = fake.first();
    const auto leaveResult = [&] {
        const QDir made(options.value("fake_result").toString(qEnvironmentVariable("ESPALIER_FAKE_RESULT")));
        if (!made.path().isEmpty() && made.path() != ".")
            for (const QString& name : made.entryList(QDir::Files))
                QFile::copy(made.filePath(name), folder + '/' + name);
    };
    if (how == "grow") {
        const auto label = [](int id, int parent, const char* name, int documents, const QJsonArray& terms) {
            say({{"event", "label"},
                 {"id", id},
                 {"parent", parent},
                 {"name", name},
                 {"terms", terms},
                 {"documents", documents}});
        };
        label(1, 0, "Soil", 24, {"soil", "roots"});
        label(2, 0, "Light", 16, {"light", "lamp"});
        label(3, 1, "Peat", 14, {"peat"});
        label(4, 1, "Clay", 10, {"clay", "sand"});
        label(9, 8, "Of an unknown label", 10, {});
        say({{"event", "whole"}, {"id", 3}, {"reason", "It has 14 documents; a label is split from 30 on."}});
        say({{"event", "whole"}, {"id", 77}, {"reason", "unknown"}});
    }
    if (how == "error") {
        end("failed", QJsonValue(),
            QJsonObject{{"code", fake.value(1, "numerical")},
                        {"message", "the loss is not finite at step 7"},
                        {"file", QJsonValue()},
                        {"line", QJsonValue()}});
        std::_Exit(1);
    }
    if (how == "garbled") {
        for (int i = 0; i < 30; ++i) std::puts("this is no JSON");
        std::fflush(stdout);
        std::this_thread::sleep_for(5s);
    }
    if (how == "silent") std::_Exit(0);
    const bool forever = how == "forever" || how == "deaf" || how == "grow";
    const int steps = forever ? 1 << 30 : fake.value(1, "5").toInt();
    bool paused = false;
    for (int step = 1; step <= steps; ++step) {
        if (how == "crash" && step == 3) {
            std::fputs("assertion failed: a planted fault\n", stderr);
            std::abort();
        }
        if (how == "kill" && step == 3) std::raise(SIGKILL);
        while (g_control == 1) {
            if (!paused) say({{"event", "paused"}});
            paused = true;
            std::this_thread::sleep_for(5ms);
        }
        if (paused) say({{"event", "resumed"}});
        paused = false;
        if (g_control == 3) {
            end("discarded", QJsonValue());
            std::_Exit(0);
        }
        if (g_control == 2) {
            leaveResult();
            end("stopped", QJsonObject{{"steps", step}});
            std::_Exit(0);
        }
        say({{"event", "progress"},
             {"phase", "training"},
             {"done", step},
             {"total", forever ? 100000 : steps},
             {"seconds", step * 0.01}});
        say({{"event", "metric"},
             {"step", step},
             {"epoch", 0.1},
             {"loss", 4.0 / step},
             {"levels", QJsonArray{2.0 / step, 3.0 / step}},
             {"floor", 0.5 / step},
             {"docs_per_second", 40.0}});
        if (step == 2) say({{"event", "warning"}, {"message", "level 1 has one label only"}});
        if (step == 4) say({{"event", "checkpoint"}, {"step", step}});
        if (how != "flood") std::this_thread::sleep_for(10ms);
    }
    leaveResult();
    QJsonObject result{{"steps", steps}, {"run", options.value("name")}};
    if (how == "trained") result.insert("model_dir", "somewhere");
    end("done", result);
    if (how == "slowexit") std::this_thread::sleep_for(30s);
    std::_Exit(0);
}
