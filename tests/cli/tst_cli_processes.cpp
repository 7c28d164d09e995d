// SPDX-License-Identifier: Apache-2.0
/// Several processes and their ends: same input same tree, undo across processes, interruption and sudden death, one
/// writer, and no socket.
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QStandardPaths>
#include <QTest>
#include <csignal>

#include "core/base/platform.h"
#include "tests/cli/programs.h"
#include "tests/core/nn/tiny_encoder.h"

using namespace espalier::test;

class TestCliProcesses : public QObject {
    Q_OBJECT
    TempFolder m_folder;
    std::string m_project, m_model;
    const std::vector<std::string> m_quick{"--perturbations", "3", "--k-max", "4", "--min-docs", "24"};

    std::string project(const char* name, const std::vector<PlantedDocument>& documents) {
        const std::string path = (m_folder / (std::string(name) + ".espalier")).string();
        const auto source = m_folder.write(std::string(name) + ".jsonl", toJsonl(documents));
        if (cli({"create", path}).status != 0 || cli({"import", path, source.string()}).status != 0) return {};
        return path;
    }
    Answer build(const std::string& path, std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"build", path};
        arguments.insert(arguments.end(), m_quick.begin(), m_quick.end());
        arguments.insert(arguments.end(), more.begin(), more.end());
        return cli(arguments);
    }
    /// Starts a verb, waits for a word in its events and sends a signal.
    Answer interrupted(const QStringList& arguments, const QByteArray& word, const char* signalName) {
        QProcess process;
        process.setProcessEnvironment(quietEnvironment());
        process.start(program("espalier-cli"), arguments + QStringList{"--json"});
        QByteArray seen;
        while (!seen.contains(word) && process.state() != QProcess::NotRunning) {
            process.setReadChannel(QProcess::StandardError);
            if (!process.waitForReadyRead(30000)) break;
            seen += process.readAllStandardError();
        }
        if (process.processId() > 0) {  // 0 would name our own process group
            QProcess::execute(QStringLiteral("kill"),
                              {QLatin1String(signalName), QString::number(process.processId())});
        }
        if (!process.waitForFinished(30000)) process.kill();
        Answer answer = collect(process);
        answer.err = seen + answer.err;
        return answer;
    }

private Q_SLOTS:
    void initTestCase() {
        m_model = writeTinyEncoder(m_folder / "tiny").string();
        m_project = project("Main", plantedDocuments(3, 2, 20));
        QVERIFY(!m_project.empty());
    }

    void sameInputSameTree() {
        const Answer one = build(m_project, {"--threads", "1"});
        QVERIFY2(one.status == 0, one.why().c_str());
        const Answer two = build(m_project, {"--threads", "2", "--replace"});
        SAME_JSON(two.object["hash"], one.object["hash"]);
        auto shuffled = plantedDocuments(3, 2, 20);
        espalier::SplitMix64 random(5);
        espalier::shuffle(shuffled, random);
        const Answer other = build(project("Shuffled", shuffled));
        SAME_JSON(other.object["hash"], one.object["hash"]);
        const Answer seed = build(m_project, {"--seed", "43", "--dry-run"});
        QVERIFY2(seed.status == 0, seed.why().c_str());
    }

    void underThirtyDocumentsIsARoot() {
        const std::string path = project("Few", plantedDocuments(2, 1, 14));
        const Answer root = cli({"build", path, "--min-docs", "5", "--perturbations", "3"});
        VERIFY_ANSWER(root, {"nodes", "depth"});
        SAME_JSON(root.object["nodes"], 0);
        SAME_JSON(root.object["depth"], 0);
    }

    void undoSurvivesProcesses() {
        const json before = cli({"tree", m_project}).object;
        const std::string first = std::to_string(before["children"][0]["id"].get<int>());
        QVERIFY(cli({"edit", m_project, "rename", first, "One"}).status == 0);
        QVERIFY(cli({"edit", m_project, "rename", first, "Two"}).status == 0);
        const auto revision = cli({"status", m_project}).object["revision"].get<int>();
        const Answer undone = cli({"undo", m_project});
        QVERIFY(undone.object["revision"].get<int>() > revision);
        SAME_JSON(cli({"tree", m_project}).object["children"][0]["name"], "One");
        QVERIFY(cli({"redo", m_project}).status == 0);
        SAME_JSON(cli({"tree", m_project}).object["children"][0]["name"], "Two");
        QVERIFY(cli({"undo", m_project}).status == 0 && cli({"undo", m_project}).status == 0);
        SAME_JSON(cli({"tree", m_project}).object, before);
    }

    void interruptedTrainingKeepsItsModel() {
        const Answer stopped = interrupted(
            {"train", q(m_project), "--model", q(m_model), "--name", "long", "--steps", "100000", "--batch", "8"},
            "\"metric\"", "-INT");
        QVERIFY2(stopped.status == 130 && !stopped.crashed, stopped.why().c_str());
        SAME_JSON(stopped.object["state"], "stopped");
        QVERIFY(stopped.object["steps"].get<int>() >= 1);
        QVERIFY(QFile::exists(q(stopped.object["model_dir"].get<std::string>() + "/model.safetensors")));
        const json run = cli({"status", m_project}).object["runs"][0];
        SAME_JSON(run["state"], "stopped");
        QCOMPARE(cli({"check", m_project}).status, 0);
    }

    void interruptedBuildKeepsFinishedBranches() {
        const std::string path = project("Branches", plantedDocuments(4, 3, 60));
        const Answer stopped =
            interrupted({"build", q(path), "--perturbations", "100", "--iterations", "2000", "--min-docs", "10"},
                        "\"event\":\"label\"", "-INT");
        QVERIFY2(stopped.status == 130 && !stopped.crashed, stopped.why().c_str());
        SAME_JSON(stopped.object["state"], "stopped");
        QVERIFY(stopped.object["nodes"].get<int>() >= 2);
        QVERIFY2(stopped.err.contains("branches that were finished are kept"), stopped.err.constData());
        const Answer tree = cli({"tree", path});
        SAME_JSON(tree.object["documents"], 4 * 3 * 60);
        std::string reasons = stopped.object["stop_reasons"].dump();
        QVERIFY2(reasons.find("stopped before it was split") != std::string::npos, reasons.c_str());
        QCOMPARE(cli({"check", path}).status, 0);
        // It is a tree like any other: one edit that undo takes back, or that a whole build replaces.
        SAME_JSON(build(path, {"--replace"}).object["state"], "done");
        QVERIFY(cli({"undo", path}).status == 0);
        SAME_JSON(cli({"tree", path}).object, tree.object);
        QVERIFY(cli({"undo", path}).status == 0);
        QVERIFY(cli({"tree", path}).object["children"].empty());
    }

    void interruptedBuildChangesNothing() {
        const json before = cli({"status", m_project}).object;
        const Answer stopped = interrupted(
            {"build", q(m_project), "--replace", "--perturbations", "400", "--iterations", "5000", "--k-max", "12"},
            "progress", "-INT");
        QVERIFY2(stopped.status == 130, stopped.why().c_str());
        QCOMPARE(stopped.errorCode(), std::string("cancelled"));
        SAME_JSON(cli({"status", m_project}).object, before);
        // Also once branches of the new tree are finished.
        const Answer later = interrupted(
            {"build", q(m_project), "--replace", "--perturbations", "300", "--iterations", "2000", "--min-docs", "10"},
            "\"event\":\"label\"", "-INT");
        QVERIFY2(later.status == 130, later.why().c_str());
        QVERIFY2(later.why().find("the tree that was there stays") != std::string::npos, later.why().c_str());
        SAME_JSON(cli({"status", m_project}).object, before);
        QVERIFY(QDir(q(m_project + "/jobs")).isEmpty() || !QDir(q(m_project + "/jobs")).exists());
    }

    void killedEmbedGoesOn() {
        auto many = plantedDocuments(3, 2, 400, 21);
        const std::string path = project("Many", many);
        const Answer killed = interrupted({"embed", q(path), "--model", q(m_model)}, "\"phase\":\"embed\"", "-KILL");
        QVERIFY(killed.crashed || killed.status == 0);
        const Answer resumed = cli({"embed", path, "--model", m_model});
        VERIFY_ANSWER(resumed, {"documents"});
        SAME_JSON(resumed.object["documents"], 2400);
        QVERIFY(QDir(q(path + "/cache")).entryList({QStringLiteral("*.part")}).isEmpty());
        QCOMPARE(cli({"check", path}).status, 0);
        // The vectors are those of an embed that was never interrupted.
        const std::string whole = (m_folder / "whole.npy").string(), part = (m_folder / "part.npy").string();
        const std::string other = project("Whole", many);
        QVERIFY(cli({"embed", other, "--model", m_model}).status == 0);
        QVERIFY(cli({"export", path, "--what", "embeddings", "--out", part}).status == 0);
        QVERIFY(cli({"export", other, "--what", "embeddings", "--out", whole}).status == 0);
        QFile a(q(whole)), b(q(part));
        QVERIFY(a.open(QIODevice::ReadOnly) && b.open(QIODevice::ReadOnly));
        QCOMPARE(a.size(), b.size());
    }

    void killedTrainingIsInterrupted() {
        const Answer killed = interrupted(
            {"train", q(m_project), "--model", q(m_model), "--name", "killed", "--steps", "100000", "--batch", "8"},
            "\"metric\"", "-KILL");
        QVERIFY2(killed.crashed, killed.why().c_str());
        json state;
        const json status = cli({"status", m_project}).object;
        for (const json& run : status["runs"]) {
            if (run["name"] == "killed") state = run["state"];
        }
        SAME_JSON(state, "interrupted");
        QCOMPARE(cli({"check", m_project}).status, 0);
        VERIFY_ANSWER(cli({"run", m_project, "delete", "killed"}), {"run"});
    }

    void oneWriterManyReaders() {
        // A lock held by another living process: writing is refused in words, reading goes on.
        const QString lock = q(m_project + "/lock");
        const Answer first = cli({"status", m_project});
        QProcess holder;
        holder.start(QStringLiteral("flock"), {lock, QStringLiteral("-c"), QStringLiteral("echo held; sleep 30")});
        QVERIFY(holder.waitForReadyRead(5000));
        const Answer busy = cli({"edit", m_project, "new", "/", "X"});
        QVERIFY2(busy.status == 3, busy.why().c_str());
        QCOMPARE(busy.errorCode(), std::string("busy"));
        SAME_JSON(cli({"status", m_project}).object, first.object);
        VERIFY_ANSWER(cli({"tree", m_project}), {"id"});
        holder.kill();
        holder.waitForFinished();
    }

    void opensNoInternetSocket() {
        const QString strace = QStandardPaths::findExecutable(QStringLiteral("strace"));
        QVERIFY2(!strace.isEmpty(), "strace is needed (packaging/bootstrap.sh installs it)");
        const std::string path = (m_folder / "Silent.espalier").string();
        const std::string corpus = (m_folder / "Main.jsonl").string();
        const std::vector<std::vector<std::string>> session{
            {"create", path},
            {"import", path, corpus},
            {"build", path, "--perturbations", "3", "--k-max", "4"},
            {"embed", path, "--model", m_model},
            {"train", path, "--model", "base", "--steps", "2", "--batch", "8"},
            {"embed", path, "--model", "run-1"},
            {"search", path, "w1 w2", "--model", "run-1"},
            {"eval", path, "--model", "base", "--model", "run-1"},
            {"edit", path, "new", "/", "Extra"},
            {"undo", path},
            {"export", path, "--what", "model", "--model", "run-1", "--out", (m_folder / "silent-model").string()},
            {"check", path}};
        const QString log = q((m_folder / "strace.log").string());
        for (const auto& step : session) {
            QStringList arguments{QStringLiteral("-f"), QStringLiteral("-A"),           QStringLiteral("-o"),   log,
                                  QStringLiteral("-e"), QStringLiteral("trace=socket"), program("espalier-cli")};
            for (const auto& word : step) arguments << q(word);
            const Answer answer = runProgram(strace, arguments << QStringLiteral("--json"));
            QVERIFY2(answer.status == 0, (step[0] + ": " + answer.why()).c_str());
        }
        QFile file(log);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray calls = file.readAll();
        QVERIFY2(!calls.contains("AF_INET"), calls.left(2000).constData());
    }
};

QTEST_GUILESS_MAIN(TestCliProcesses)
#include "tst_cli_processes.moc"
