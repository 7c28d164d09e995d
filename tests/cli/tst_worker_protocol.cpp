// SPDX-License-Identifier: Apache-2.0
/// espalier-worker as the window drives it: JSON lines in, JSON lines out.
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include "core/base/platform.h"
#include "tests/cli/programs.h"
#include "tests/core/nn/tiny_encoder.h"

using namespace espalier::test;

namespace {
/// One worker process and the lines it sent.
class Worker {
public:
    Worker() {
        m_process.setProcessEnvironment(quietEnvironment());
        m_process.start(program("espalier-worker"), QStringList());
        m_process.waitForStarted();
    }
    ~Worker() {
        m_process.kill();
        m_process.waitForFinished();
    }
    void send(const json& message) { sendLine(QByteArray::fromStdString(message.dump())); }
    void sendLine(const QByteArray& line) {
        m_process.write(line + '\n');
        m_process.waitForBytesWritten(2000);
    }
    void closeInput() { m_process.closeWriteChannel(); }
    /// Next event of a kind (others are remembered in events()); null after the time is over or the process ended.
    json waitFor(const std::string& kind, int milliseconds = 60000) {
        QElapsedTimer timer;
        timer.start();
        for (;;) {
            while (m_process.canReadLine()) {
                const json event = json::parse(m_process.readLine().toStdString(), nullptr, false);
                m_events.push_back(event);
                if (event.is_discarded()) return json(nullptr);
                if (event.value("event", "") == kind) return event;
            }
            const int left = milliseconds - static_cast<int>(timer.elapsed());
            if (left <= 0 || (m_process.state() == QProcess::NotRunning && !m_process.canReadLine()))
                return json(nullptr);
            m_process.waitForReadyRead(std::min(left, 500));
        }
    }
    int exitStatus() {
        m_process.waitForFinished(30000);
        return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
    }
    const std::vector<json>& events() const { return m_events; }
    QProcess& process() { return m_process; }

private:
    QProcess m_process;
    std::vector<json> m_events;
};
}  // namespace

class TestWorkerProtocol : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project, m_model;
    int m_jobs = 0;

    std::string jobFolder() { return (m_folder / ("job-" + std::to_string(m_jobs++))).string(); }
    json start(const char* kind, const std::string& folder, json options) {
        return {{"op", "start"},
                {"kind", kind},
                {"project", m_project},
                {"folder", folder},
                {"options", std::move(options)}};
    }
    json longTraining() { return {{"model", m_model}, {"steps", 1000000}, {"batch", 8}}; }
    json longBuild() { return {{"perturbations", 400}, {"iterations", 5000}, {"k_max", 12}, {"replace", true}}; }

private Q_SLOTS:
    void initTestCase() {
        m_model = writeTinyEncoder(m_folder / "tiny").string();
        m_project = (m_folder / "P.espalier").string();
        const auto source = m_folder.write("corpus.jsonl", toJsonl(plantedDocuments(3, 2, 20)));
        QCOMPARE(cli({"create", m_project}).status, 0);
        QCOMPARE(cli({"import", m_project, source.string()}).status, 0);
        QCOMPARE(cli({"build", m_project, "--perturbations", "3", "--k-max", "4"}).status, 0);
        QCOMPARE(cli({"embed", m_project, "--model", "tfidf"}).status, 0);
    }

    void runsAJobAndEnds() {
        Worker worker;
        const std::string folder = jobFolder();
        worker.send(start("embed", folder, {{"model", m_model}}));
        const json end = worker.waitFor("end");
        QCOMPARE(end.value("state", ""), std::string("done"));
        QVERIFY(end["error"].is_null());
        SAME_JSON(end["result"]["documents"], 120);
        QCOMPARE(worker.exitStatus(), 0);
        QCOMPARE(worker.events().front().value("event", ""), std::string("start"));
        // The folder tells the same story, line for line.
        QFile events(q(folder + "/events.jsonl"));
        QVERIFY(events.open(QIODevice::ReadOnly));
        std::vector<json> lines;
        while (!events.atEnd()) lines.push_back(json::parse(events.readLine().toStdString(), nullptr, false));
        QCOMPARE(lines.size(), worker.events().size());
        QVERIFY(lines == worker.events());
        QVERIFY(QFile::exists(q(folder + "/result.json")));
    }

    void stopKeepsWhatThereIs() {
        Worker worker;
        const std::string folder = jobFolder();
        worker.send(start("train", folder, longTraining()));
        QVERIFY(worker.waitFor("metric").is_object());
        QVERIFY(QFile::exists(q(folder + "/heartbeat")));
        QElapsedTimer timer;
        timer.start();
        worker.send({{"op", "stop"}});
        const json end = worker.waitFor("end", 10000);
        QVERIFY2(timer.elapsed() < 5000, std::to_string(timer.elapsed()).c_str());
        QCOMPARE(end.value("state", ""), std::string("stopped"));
        SAME_JSON(end["result"]["state"], "stopped");
        QVERIFY(QFile::exists(q(folder + "/model/model.safetensors")));
        QCOMPARE(worker.exitStatus(), 0);
    }

    void discardKeepsNothing() {
        Worker worker;
        const std::string folder = jobFolder();
        worker.send(start("train", folder, longTraining()));
        QVERIFY(worker.waitFor("metric").is_object());
        worker.send({{"op", "discard"}});
        worker.closeInput();  // closing means stop, but must not soften a discard
        const json end = worker.waitFor("end", 10000);
        QCOMPARE(end.value("state", ""), std::string("discarded"));
        QVERIFY(end["result"].is_null());
        QVERIFY(!QFile::exists(q(folder + "/model")));
        QVERIFY(!QFile::exists(q(folder + "/result.json")));
    }

    void pausesAndResumes() {
        Worker worker;
        worker.send(start("train", jobFolder(), longTraining()));
        QVERIFY(worker.waitFor("metric").is_object());
        worker.send({{"op", "pause"}});
        QVERIFY(worker.waitFor("paused", 10000).is_object());
        QVERIFY(worker.waitFor("metric", 700).is_null());
        worker.send({{"op", "resume"}});
        QVERIFY(worker.waitFor("resumed", 10000).is_object());
        QVERIFY(worker.waitFor("metric", 10000).is_object());
        worker.send({{"op", "stop"}});
        QVERIFY(worker.waitFor("end", 10000).is_object());
    }

    void closingStandardInputStops() {
        Worker worker;
        worker.send(start("build", jobFolder(), longBuild()));
        QVERIFY(worker.waitFor("progress").is_object());
        worker.closeInput();
        const json end = worker.waitFor("end", 10000);
        QCOMPARE(end.value("state", ""), std::string("stopped"));
        QVERIFY(end["error"].is_null());
        QCOMPARE(worker.exitStatus(), 0);
    }

    void obeysTheControlFile() {
        Worker worker;
        const std::string folder = jobFolder();
        worker.send(start("build", folder, longBuild()));
        QVERIFY(worker.waitFor("progress").is_object());
        m_folder.write(folder.substr(m_folder.path().string().size() + 1) + "/control", "stop\n");
        QCOMPARE(worker.waitFor("end", 10000).value("state", ""), std::string("stopped"));
    }

    void survivesNonsense() {
        Worker worker;
        worker.sendLine("this is not JSON");
        QVERIFY(worker.waitFor("warning", 10000).is_object());
        worker.sendLine("[1,2,3]");
        QVERIFY(worker.waitFor("warning", 10000).is_object());
        worker.send({{"op", "dance"}});
        QVERIFY(worker.waitFor("warning", 10000).is_object());
        worker.send({{"op", 7}});
        QVERIFY(worker.waitFor("warning", 10000).is_object());
        worker.send(start("embed", jobFolder(), {{"model", "tfidf"}}));
        worker.send(start("embed", jobFolder(), {{"model", "tfidf"}}));
        QVERIFY(worker.waitFor("end").is_object());
        QCOMPARE(worker.exitStatus(), 0);
    }

    void refusals_data() {
        QTest::addColumn<QString>("line");
        QTest::newRow("no such kind") << QStringLiteral(
            R"({"op":"start","kind":"dance","project":"x","folder":"/tmp/x"})");
        QTest::newRow("no kind") << QStringLiteral(R"({"op":"start"})");
        QTest::newRow("kind is a number") << QStringLiteral(R"({"op":"start","kind":5})");
        QTest::newRow("no folder") << QStringLiteral(R"({"op":"start","kind":"build","project":"x"})");
        QTest::newRow("options are a list")
            << QStringLiteral(R"({"op":"start","kind":"build","project":"x","folder":"/tmp/x","options":[1]})");
        QTest::newRow("query without project") << QStringLiteral(R"({"op":"start","kind":"query"})");
    }
    void refusals() {
        QFETCH(QString, line);
        Worker worker;
        worker.sendLine(line.toUtf8());
        const json end = worker.waitFor("end", 10000);
        QCOMPARE(end.value("state", ""), std::string("failed"));
        QVERIFY(!end["error"]["message"].get<std::string>().empty());
        QCOMPARE(worker.exitStatus(), 1);
    }

    void refusesUnknownOptionsAndBadProjects() {
        {
            Worker worker;
            worker.send(start("build", jobFolder(), {{"colour", "green"}}));
            SAME_JSON(worker.waitFor("end")["error"]["code"], "invalid_argument");
        }
        Worker worker;
        json bad = start("build", jobFolder(), json::object());
        bad["project"] = (m_folder / "nowhere").string();
        worker.send(bad);
        SAME_JSON(worker.waitFor("end")["error"]["code"], "not_found");
    }

    void endsWhenNothingWasAsked() {
        Worker worker;
        worker.closeInput();
        QCOMPARE(worker.exitStatus(), 0);
    }

    void answersSearches() {
        Worker worker;
        worker.send({{"op", "start"}, {"kind", "query"}, {"project", m_project}});
        QVERIFY(worker.waitFor("start").is_object());
        worker.send({{"op", "search"}, {"id", 1}, {"query", "w1 w2"}, {"k", 3}});
        const json answer = worker.waitFor("answer");
        SAME_JSON(answer["id"], 1);
        QVERIFY2(answer["error"].is_null(), answer.dump().c_str());
        SAME_JSON(answer["result"]["results"].size(), std::size_t{3});
        worker.send({{"op", "search"}, {"id", "two"}, {"query", ""}});
        SAME_JSON(worker.waitFor("answer")["error"]["code"], "invalid_argument");
        // An edit by another process is seen by the next search.
        const json child = cli({"tree", m_project}).object["children"][0];
        SAME_JSON(cli({"edit", m_project, "rename", std::to_string(child["id"].get<int>()), "Fresh name"}).status, 0);
        worker.send({{"op", "search"}, {"id", 3}, {"query", "w1"}, {"branch", "Fresh name"}, {"k", 2}});
        SAME_JSON(worker.waitFor("answer")["result"]["branch"], json::array({"Fresh name"}));
        // By meaning, the hits may come before their sentences; which search they belong to is said.
        SAME_JSON(cli({"embed", m_project, "--model", "tfidf"}).status, 0);
        worker.send({{"op", "search"}, {"id", 4}, {"query", "w1 w2"}, {"mode", "dense"}, {"hits_first", true}});
        const json hits = worker.waitFor("hits");
        SAME_JSON(hits["id"], 4);
        QVERIFY(hits["result"]["results"][0]["snippet"].is_null());
        const json whole = worker.waitFor("answer");
        SAME_JSON(whole["id"], 4);
        SAME_JSON(whole["result"]["results"][0]["id"], hits["result"]["results"][0]["id"]);
        QVERIFY(whole["result"]["results"][0]["snippet"].is_string());
        // Why a document is where it is, by the same process; another process's edits are seen there too.
        const std::string document = whole["result"]["results"][0]["id"].get<std::string>();
        worker.send({{"op", "why"}, {"id", 5}, {"document", document}});
        const json why = worker.waitFor("answer");
        SAME_JSON(why["id"], 5);
        QVERIFY2(why["error"].is_null() && why["result"]["terms"].is_array(), why.dump().c_str());
        SAME_JSON(why["result"], cli({"why", m_project, document}).object);
        SAME_JSON(cli({"edit", m_project, "pin", document, "Fresh name"}).status, 0);
        worker.send({{"op", "why"}, {"id", 6}, {"document", document}});
        SAME_JSON(worker.waitFor("answer")["result"]["pins"].size(), std::size_t{1});
        worker.send({{"op", "why"}, {"id", 7}, {"document", "nobody"}});
        SAME_JSON(worker.waitFor("answer")["error"]["code"], "not_found");
        SAME_JSON(cli({"undo", m_project}).status, 0);
        worker.send({{"op", "stop"}});
        QCOMPARE(worker.waitFor("end").value("state", ""), std::string("done"));
        QCOMPARE(worker.exitStatus(), 0);
    }

    void aNewerSearchReplacesAWaitingOne() {
        Worker worker;
        // All lines are there before the service starts: all but the last must give way.
        QByteArray lines;
        for (int id = 1; id <= 5; ++id)
            lines += QByteArray::fromStdString(json{{"op", "search"}, {"id", id}, {"query", "w1"}}.dump()) + '\n';
        lines += QByteArray::fromStdString(json{{"op", "start"}, {"kind", "query"}, {"project", m_project}}.dump());
        worker.sendLine(lines);
        std::set<int> cancelled;
        int answered = 0;
        for (int i = 0; i < 5; ++i) {
            const json answer = worker.waitFor("answer");
            QVERIFY(answer.is_object());
            if (answer["error"].is_null())
                answered = answer["id"].get<int>();
            else if (answer["error"]["code"] == "cancelled")
                cancelled.insert(answer["id"].get<int>());
        }
        QCOMPARE(answered, 5);
        QVERIFY((cancelled == std::set<int>{1, 2, 3, 4}));
        worker.closeInput();
        QCOMPARE(worker.waitFor("end").value("state", ""), std::string("done"));
    }

    void killedWorkerLeavesTheProjectWhole() {
        {
            Worker worker;
            worker.send(start("build", jobFolder(), longBuild()));
            QVERIFY(worker.waitFor("progress").is_object());
            worker.process().kill();
            QCOMPARE(worker.exitStatus(), -1);
        }
        QCOMPARE(cli({"check", m_project}).status, 0);
        Worker again;
        again.send(start("build", jobFolder(), {{"perturbations", 3}, {"k_max", 4}, {"replace", true}}));
        QCOMPARE(again.waitFor("end").value("state", ""), std::string("done"));
    }
};

QTEST_GUILESS_MAIN(TestWorkerProtocol)
#include "tst_worker_protocol.moc"
