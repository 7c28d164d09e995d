// SPDX-License-Identifier: Apache-2.0
#include <QTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "core/base/atomic_file.h"
#include "tests/core/project/project_fixture.h"

using namespace espalier;
using namespace espalier::test;
using tree::EditKind;
namespace fs = std::filesystem;

namespace {
std::unique_ptr<Project> withDocuments(const TempFolder& folder, int count = 40) {
    auto project = newProject(folder);
    if (!importText(*project, folder, corpus(count))) qFatal("fixture");
    return project;
}

/// An encoder's folder that nobody will load: enough to be stored and hashed.
fs::path modelFolder(const TempFolder& folder, const std::string& name, const std::string& weights,
                     const std::string& pooling = "mean") {
    folder.write(name + "/config.json", "{}");
    folder.write(name + "/1_Pooling/config.json", "{\"mode\":\"" + pooling + "\"}");
    folder.write(name + "/pytorch_model.bin", "not to be copied");
    folder.write(name + "/model.safetensors", weights);
    return folder / name;
}

Result<AdoptOutcome> embed(Project& project, const std::string& name, const fs::path& model, float value,
                           bool link = false) {
    ESPALIER_ASSIGN(const auto job, project.newJobFolder("embed"));
    EmbedResult result;
    result.fromRevision = project.revision().value();
    result.model = name;
    result.kind = name == "tfidf" ? "tfidf" : "encoder";
    result.modelFolder = model.string();
    result.link = link;
    result.dim = 3;
    result.device = "cpu";
    result.precision = "fp32";
    if (name == "tfidf") {
        fs::create_directories(job / "words");
        std::ofstream(job / "words" / "state.json") << "{}";
        result.modelFolder = "words";
        result.modelSha256 = std::string(64, 'a');
    }
    std::vector<DocumentKey> keys;
    DenseRows vectors;
    const auto ids = project.documentIds().value();
    for (const auto& [key, id] : ids) keys.push_back(key);
    vectors.rows = static_cast<std::int64_t>(keys.size());
    vectors.cols = 3;
    vectors.values.assign(keys.size() * 3, value);
    ESPALIER_TRY(writeVectors(job / result.vectorsFile, keys, vectors));
    ESPALIER_TRY(writeEmbedResult(job, result));
    return project.adopt(job);
}

TrainResult trained(const std::string& run) {
    TrainResult result;
    result.run = run;
    result.step = 20;
    result.epoch = 1;
    result.loss = 0.5;
    result.modelFolder = "model";
    result.dim = 3;
    result.fromRevision = 1;
    return result;
}
}  // namespace

class TestAdopt : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void buildBecomesTheTree() {
        TempFolder folder;
        auto project = withDocuments(folder);
        auto build = madeBuild(*project, 2, 2);
        build.factorsFile = "factors.safetensors";
        const auto job = project->newJobFolder("build").value();
        std::ofstream(job / build.factorsFile) << "factors";
        VERIFY_OK(writeBuildResult(job, build));
        QCOMPARE(project->unadoptedJobs().size(), std::size_t{1});
        const auto outcome = project->adopt(job);
        VERIFY_OK(outcome);
        QVERIFY(!fs::exists(job));
        QCOMPARE(outcome->revision, std::int64_t{2});
        QCOMPARE(outcome->assigned, std::int64_t{40});
        const auto snapshot = project->tree().value();
        QCOMPARE(snapshot->tree.size(), std::size_t{7});
        QVERIFY(snapshot->stability->count(snapshot->tree.root()) == 1);
        const auto info = project->buildInfo().value();
        QCOMPARE(info.labelOfNode.size(), std::size_t{7});
        QCOMPARE(readFile(info.factorsFile).value(), std::string("factors"));
        for (std::size_t node = 1; node < 7; ++node) {
            QCOMPARE(snapshot->tree.at(info.labelOfNode[node]).name, build.nodes[node].name);
        }
        double sum = 0;
        const auto all = project->allResting().value();
        for (const auto& document : all) {
            double one = 0;
            for (const auto& rest : document.resting) one += rest.mass;
            QVERIFY(std::abs(one - 1) < 1e-6);
            sum += one;
        }
        QVERIFY(std::abs(snapshot->countsOf(snapshot->tree.root()).mass - sum) < 1e-6);
        QCOMPARE(project->history()->back().what, std::string("Build tree: 6 labels"));
        QCOMPARE(problems(*project), std::string());
    }

    void roundingOfFloatMassesIsMended() {
        TempFolder folder;
        auto project = withDocuments(folder, 1);
        auto build = madeBuild(*project, 1, 0);
        build.resting = {};
        build.resting.add(project->findDocument("d00000").value(),
                          {{0, static_cast<double>(0.7f) + 1e-6}, {1, static_cast<double>(0.3f)}});
        VERIFY_OK(adoptBuild(*project, build));
        const auto resting = project->resting(project->findDocument("d00000").value()).value();
        QVERIFY(std::abs(resting[0].mass + resting[1].mass - 1) < 1e-12);
    }

    void conflictWhenTheTreeMovedOn() {
        TempFolder folder;
        auto project = withDocuments(folder);
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        auto second = madeBuild(*project, 3, 1, 4);
        second.replace = true;
        VERIFY_OK(project->edit(makeEdit(EditKind::Rename, LabelId{2}, {}, "meanwhile")));
        const auto job = project->newJobFolder("build").value();
        VERIFY_OK(writeBuildResult(job, second));
        QCOMPARE(project->adopt(job).error().code, ErrorCode::Conflict);
        QVERIFY(fs::exists(job));  // the user may still choose
        second.force = true;
        VERIFY_OK(writeBuildResult(job, second));
        VERIFY_OK(project->adopt(job));
        QCOMPARE(project->tree().value()->tree.size(), std::size_t{7});
    }

    void importsAreNoConflict() {
        TempFolder folder;
        auto project = withDocuments(folder);
        const auto build = madeBuild(*project, 2, 2);
        VERIFY_OK(importText(*project, folder, jsonLine("new", "came while the tree grew")));
        VERIFY_OK(adoptBuild(*project, build));
        QCOMPARE(project->status()->unassigned, std::int64_t{1});
    }

    void assignFollowsEdits() {
        TempFolder folder;
        auto project = withDocuments(folder);
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        VERIFY_OK(
            importText(*project, folder, jsonLine("new", "a new text") + jsonLine("odd", "one that fits nowhere")));
        const auto info = project->buildInfo().value();
        const LabelId kept = info.labelOfNode[1], merged = info.labelOfNode[2];
        auto edit = makeEdit(EditKind::Merge, kept);
        edit.others = {merged};
        VERIFY_OK(project->edit(edit));
        AssignResult result;
        result.fromRevision = 1;  // edits since do not matter: mass follows the labels it was grown for
        const DocumentKey key = project->findDocument("new").value();
        result.resting.add(key, {{merged.value, 1.0}});
        result.resting.add(project->findDocument("odd").value(), {});
        const auto job = project->newJobFolder("assign").value();
        VERIFY_OK(writeAssignResult(job, result));
        const auto outcome = project->adopt(job);
        VERIFY_OK(outcome);
        QCOMPARE(outcome->assigned, std::int64_t{1});
        QCOMPARE(outcome->unassigned, std::int64_t{1});
        QCOMPARE(project->resting(key).value().front().label.value, kept.value);
        VERIFY_OK(project->undo());
        QVERIFY(project->resting(key)->empty());
        QCOMPARE(project->status()->unassigned, std::int64_t{2});
        VERIFY_OK(project->redo());
        QCOMPARE(project->resting(key)->size(), std::size_t{1});
        VERIFY_OK(project->undo());
        VERIFY_OK(project->undo());
        VERIFY_OK(project->redo());
        VERIFY_OK(project->redo());
        QCOMPARE(project->resting(key).value().front().label.value, kept.value);
        QCOMPARE(problems(*project), std::string());
        const auto again = project->newJobFolder("assign").value();
        VERIFY_OK(writeAssignResult(again, result));
        QCOMPARE(project->adopt(again).error().code, ErrorCode::Conflict);  // assigned already
    }

    void fitResidualsComeAndGoWithThePlacement() {
        TempFolder folder;
        auto project = withDocuments(folder);
        VERIFY_OK(adoptBuild(*project, madeBuild(*project, 2, 2)));
        const auto ids = project->buildInfo()->labelOfNode;
        const LabelId leaf = ids[3];
        const auto split = madeSplit(*project, leaf, 2);
        const DocumentKey dealt = split.resting.documents.front();
        using Fits = std::vector<std::pair<LabelId, double>>;
        const auto fitsOf = [&](DocumentKey key) {
            const DocumentRecord record = project->document(key).value();
            Fits fits;
            for (const FitAt& fit : record.fits) fits.emplace_back(fit.label, fit.residual);
            return fits;
        };
        const Fits built{{ids[0], 0.5}, {ids[1], 0.25}}, grown{{ids[0], 0.5}, {ids[1], 0.25}, {leaf, 0.125}};
        QCOMPARE(fitsOf(dealt), built);
        VERIFY_OK(project->adopt(proposed(*project, split)));
        QCOMPARE(fitsOf(dealt), grown);
        VERIFY_OK(project->undo());
        QCOMPARE(fitsOf(dealt), built);
        VERIFY_OK(project->redo());
        QCOMPARE(fitsOf(dealt), grown);
        VERIFY_OK(importText(*project, folder, jsonLine("new", "a new text")));
        const DocumentKey later = project->findDocument("new").value();
        QVERIFY(fitsOf(later).empty());
        AssignResult result;
        result.resting.add(later, {{leaf.value, 1.0}}, {{ids[0].value, 0.75}, {999, 0.5}});
        const auto job = project->newJobFolder("assign").value();
        VERIFY_OK(writeAssignResult(job, result));
        VERIFY_OK(project->adopt(job));
        QCOMPARE(fitsOf(later), (Fits{{ids[0], 0.75}}));
        QCOMPARE(problems(*project), std::string());
        VERIFY_OK(project->undo());
        QVERIFY(fitsOf(later).empty());
        QCOMPARE(problems(*project), std::string());
        auto broken = madeBuild(*project, 2, 2);
        broken.replace = true;
        broken.resting.fitResidual[3] = 1.5;
        QCOMPARE(adoptBuild(*project, broken).error().code, ErrorCode::Corrupt);
        broken.resting.fitResidual[3] = 1;
        broken.resting.fitAt[3] = 7;  // there are 7 nodes
        QCOMPARE(adoptBuild(*project, broken).error().code, ErrorCode::Corrupt);
    }

    void embeddingsAreStoredOnceAndFound() {
        TempFolder folder;
        auto project = withDocuments(folder);
        QCOMPARE(project->model("").error().code, ErrorCode::InvalidState);
        QVERIFY(project->model("base").error().message.find("embed") != std::string::npos);
        const auto source = modelFolder(folder, "encoder", "weights");
        VERIFY_OK(embed(*project, "base", source, 1.0f));
        auto model = project->model("").value();
        QCOMPARE(model.name, std::string("base"));
        QCOMPARE(model.dim, std::int64_t{3});
        QCOMPARE(model.documents, std::int64_t{40});
        QVERIFY(fs::exists(model.folder / "1_Pooling" / "config.json"));
        QVERIFY(!fs::exists(model.folder / "pytorch_model.bin"));
        QCOMPARE(model.folder.parent_path(), project->folder() / "models");
        QCOMPARE(readVectors(model.vectorsFile)->documents.size(), std::size_t{40});
        QCOMPARE(project->encoderFolder("base").value(), model.folder);
        VERIFY_OK(embed(*project, "tfidf", {}, 2.0f));
        QCOMPARE(project->model("")->name, std::string("tfidf"));  // the last one embedded
        QVERIFY(fs::exists(project->model("tfidf")->folder / "state.json"));
        const auto first = project->model("base")->vectorsSha256;
        VERIFY_OK(embed(*project, "base", source, 3.0f));  // again: replaces
        QVERIFY(project->model("base")->vectorsSha256 != first);
        QCOMPARE(project->models()->size(), std::size_t{2});
        QCOMPARE(project->revision().value(), std::int64_t{1});  // no journal entry
        QCOMPARE(problems(*project), std::string());
        // The vectors nobody refers to go at the next opening, the others stay.
        const auto path = project->folder();
        project.reset();
        project = Project::open(path, Access::ReadWrite).value();
        const auto files = std::distance(fs::directory_iterator(path / "tensors"), fs::directory_iterator());
        QCOMPARE(files, std::ptrdiff_t{2});
        VERIFY_OK(project->model("base"));
        QCOMPARE(problems(*project), std::string());
    }

    void modelsOfEqualWeightsAndOtherPoolingStayApart() {
        TempFolder folder;
        auto project = withDocuments(folder);
        const auto mean = project->storeModel(modelFolder(folder, "a", "weights"), false).value();
        const auto same = project->storeModel(modelFolder(folder, "b", "weights"), false).value();
        const auto cls = project->storeModel(modelFolder(folder, "c", "weights", "cls"), false).value();
        QCOMPARE(mean.folder, same.folder);
        QCOMPARE(mean.folder.filename().string(), mean.sha256);
        QVERIFY(cls.folder != mean.folder);
        const auto linked = project->storeModel(modelFolder(folder, "d", "other"), true).value();
        QVERIFY(linked.linked);
        QCOMPARE(linked.folder, folder / "d");
        QCOMPARE(project->storeModel(folder / "none", false).error().code, ErrorCode::NotFound);
        QCOMPARE(project->storeModel(folder.path(), false).error().code, ErrorCode::Unsupported);
    }

    void lostAndChangedFilesAreReported() {
        TempFolder folder;
        auto project = withDocuments(folder);
        VERIFY_OK(embed(*project, "base", modelFolder(folder, "encoder", "weights"), 1.0f));
        const auto file = project->model("base")->vectorsFile;
        std::ofstream(file, std::ios::app) << "x";
        QVERIFY(problems(*project).find("hash differs") != std::string::npos);
        fs::remove(file);
        QVERIFY(problems(*project).find("missing") != std::string::npos);
        QCOMPARE(project->model("base").error().code, ErrorCode::InvalidState);
        VERIFY_OK(project->status());  // the project still opens and works
    }

    void runsFromStartToEnd() {
        TempFolder folder;
        auto project = withDocuments(folder);
        const auto run = project->createRun("", "{\"epochs\":1}").value();
        QCOMPARE(run.name, std::string("run-1"));
        QCOMPARE(run.state, RunState::Running);  // this process is alive
        QVERIFY(fs::exists(run.folder / "config.json"));
        QCOMPARE(project->createRun("run-1", "{}").error().code, ErrorCode::AlreadyExists);
        for (const char* bad : {"tfidf", "base", "..", "a/b", "", "x y", "ü"}) {
            if (*bad != '\0') QCOMPARE(project->createRun(bad, "{}").error().code, ErrorCode::InvalidArgument);
            QVERIFY(!validRunName(bad));
        }
        QCOMPARE(project->deleteRun("run-1").error().code, ErrorCode::InvalidState);
        QCOMPARE(project->encoderFolder("run-1").error().code, ErrorCode::InvalidState);
        fs::create_directories(run.folder / "model");
        std::ofstream(run.folder / "model" / "model.safetensors") << "tuned";
        VERIFY_OK(writeTrainResult(run.folder, trained("run-1")));
        QCOMPARE(project->unadoptedJobs().size(), std::size_t{1});
        VERIFY_OK(project->adopt(run.folder));
        QVERIFY(project->unadoptedJobs().empty());
        const auto done = project->run("run-1").value();
        QCOMPARE(done.state, RunState::Done);
        QCOMPARE(done.step, std::int64_t{20});
        QCOMPARE(project->encoderFolder("run-1").value(), run.folder / "model");
        QCOMPARE(project->history()->back().kind, std::string("run"));
        QVERIFY(!project->history()->back().undoable);
        QCOMPARE(project->status()->revision, std::int64_t{2});      // the run is a revision of its own,
        QCOMPARE(project->status()->treeRevision, std::int64_t{0});  // yet no tree was grown or changed
        VERIFY_OK(embed(*project, "run-1", run.folder / "model", 1.0f));
        VERIFY_OK(embed(*project, "tfidf", {}, 2.0f));
        QCOMPARE(project->model("run-1")->fromRevision, std::int64_t{1});
        VERIFY_OK(project->useRun("run-1"));
        QCOMPARE(project->model("")->name, std::string("run-1"));
        VERIFY_OK(project->noteRun("run-1", "first try"));
        QCOMPARE(project->run("run-1")->note, std::string("first try"));
        QVERIFY(project->run("run-1")->inUse);
        QCOMPARE(problems(*project), std::string());
        VERIFY_OK(project->deleteRun("run-1"));
        QVERIFY(!fs::exists(run.folder));
        QCOMPARE(project->run("run-1").error().code, ErrorCode::NotFound);
        QCOMPARE(project->model("run-1").error().code, ErrorCode::InvalidState);
        QCOMPARE(project->model("")->name, std::string("tfidf"));
        QCOMPARE(problems(*project), std::string());
    }

    void deadRunsAreInterruptedAndDeadJobsGo() {
        TempFolder folder;
        auto project = withDocuments(folder);
        const auto run = project->createRun("lost", "{}").value();
        const auto alive = project->newJobFolder("embed").value();
        const auto dead = project->newJobFolder("build").value();
        const auto finished = project->newJobFolder("build").value();
        const auto keeps = project->newJobFolder("embed").value();
        VERIFY_OK(writeFileAtomically(finished / "result.json", "{}"));
        VERIFY_OK(writeFileAtomically(keeps / "keep", ""));
        for (const auto& job : {run.folder, dead, finished, keeps}) {
            std::ofstream(job / "owner", std::ios::trunc) << "4194303 1 "
                                                          << "elsewhere-for-a-while\n";
            fs::last_write_time(job / "owner", fs::file_time_type::clock::now() - std::chrono::hours(1));
        }
        QCOMPARE(project->run("lost")->state, RunState::Interrupted);  // also before anybody has written that down
        const auto stray = folder.write("p.espalier/tensors/" + std::string(64, 'f') + ".safetensors", "stray");
        const auto path = project->folder();
        project.reset();
        project = Project::open(path, Access::ReadWrite).value();
        QCOMPARE(project->run("lost")->state, RunState::Interrupted);
        QVERIFY(fs::exists(run.folder) && fs::exists(alive) && fs::exists(finished) && fs::exists(keeps));
        QVERIFY(!fs::exists(dead) && !fs::exists(stray));
        VERIFY_OK(project->discardJob(finished));
        QVERIFY(!fs::exists(finished));
        QCOMPARE(project->discardJob(path).error().code, ErrorCode::InvalidArgument);
    }

    void damagedResultsAreRefused() {
        TempFolder folder;
        auto project = withDocuments(folder);
        const auto revision = project->revision().value();
        const auto refused = [&](const BuildResult& build) {
            const auto outcome = adoptBuild(*project, build);
            return !outcome && outcome.error().code == ErrorCode::Corrupt && project->revision().value() == revision;
        };
        const auto good = madeBuild(*project, 2, 2);
        const auto with = [&](auto change) {
            BuildResult build = good;
            change(build);
            return build;
        };
        QVERIFY(refused(with([](auto& b) { b.nodes.clear(); })));
        QVERIFY(refused(with([](auto& b) { b.nodes[1].parent = 5; })));
        QVERIFY(refused(with([](auto& b) { b.nodes[0].parent = 0; })));
        QVERIFY(refused(with([](auto& b) { b.nodes[2].name.clear(); })));
        QVERIFY(refused(with([](auto& b) { b.resting.at[0] = 99; })));
        QVERIFY(refused(with([](auto& b) { b.resting.mass[0] = -0.1; })));
        QVERIFY(refused(with([](auto& b) { b.resting.mass[0] = std::numeric_limits<double>::quiet_NaN(); })));
        QVERIFY(refused(with([](auto& b) { b.resting.mass[0] = 2; })));
        QVERIFY(refused(with([](auto& b) { b.resting.documents[0] = DocumentKey{12345}; })));
        QVERIFY(refused(with([](auto& b) { b.resting.documents[1] = b.resting.documents[0]; })));
        QVERIFY(refused(with([](auto& b) { b.resting.offsets[1] = 1000; })));
        QVERIFY(refused(with([](auto& b) { b.resting.at[1] = b.resting.at[0]; })));
        const auto job = project->newJobFolder("build").value();
        QCOMPARE(project->adopt(job).error().code, ErrorCode::NotFound);
        for (const char* bad : {"", "[]", "{}", R"({"format":1,"kind":"build"})", R"({"format":1,"kind":"dance"})"}) {
            VERIFY_OK(writeFileAtomically(job / "result.json", bad));
            QCOMPARE(project->adopt(job).error().code, ErrorCode::Corrupt);
        }
        VERIFY_OK(writeFileAtomically(job / "result.json", R"({"format":9,"kind":"build"})"));
        QCOMPARE(project->adopt(job).error().code, ErrorCode::VersionTooNew);
        VERIFY_OK(adoptBuild(*project, good));
        QCOMPARE(problems(*project), std::string());
    }
};

QTEST_APPLESS_MAIN(TestAdopt)
#include "tst_adopt.moc"
