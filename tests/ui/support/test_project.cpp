// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/support/test_project.h"

#include <fstream>
#include <string>

#include "core/project/job_results.h"
#include "ui/session/text.h"

namespace espalier::test {
namespace fs = std::filesystem;
namespace {
template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return std::move(result).value();
}
}  // namespace

fs::path writeCorpus(const fs::path& folder, int count) {
    const fs::path path = folder / "corpus.jsonl";
    std::ofstream out(path);
    const char* const soils[] = {"peat", "clay", "loam", "sand"};
    for (int i = 0; i < count; ++i) {
        if (i % 2 == 0)
            out << R"({"_id":"s)" << i << R"(","title":"Soil sample )" << i << R"(","text":"A sample of )"
                << soils[i / 2 % 4] << " soil number " << i << R"( holds water and roots.","labels":["Soil"]})" << '\n';
        else
            out << R"({"_id":"l)" << i << R"(","title":"Light reading )" << i << R"(","text":"The lamp number )" << i
                << R"( gives warm light in the evening.","labels":["Light"]})" << '\n';
    }
    return path;
}

QString makeProject(const fs::path& folder, int count, bool tree) {
    const fs::path path = folder / "Garden.espalier";
    const auto project = must(project::Project::create(path));
    jobs::JobContext context;
    if (count > 0) (void)must(project->importCorpus({writeCorpus(folder, count)}, {}, context));
    if (tree) {
        const auto snapshot = must(project->tree());
        const auto add = [&](LabelId parent, const char* name) {
            tree::Edit edit;
            edit.kind = tree::EditKind::New;
            edit.parent = parent;
            edit.text = name;
            return must(project->edit(edit)).label;
        };
        const LabelId soil = add(snapshot->tree.root(), "Soil");
        add(soil, "Peat");
        add(soil, "Clay");
        add(snapshot->tree.root(), "Light");
    }
    return ui::fromPath(path);
}

QString makeGrownProject(const fs::path& folder, int count, int unassigned) {
    const fs::path path = folder / "Garden.espalier";
    const auto project = must(project::Project::create(path));
    jobs::JobContext context;
    (void)must(project->importCorpus({writeCorpus(folder, count)}, {}, context));
    project::BuildResult build;
    build.fromRevision = must(project->revision());
    build.hash = std::string(64, '0');
    build.simd = "base";
    const auto node = [&build](int parent, const char* name, std::vector<tree::Term> terms, const char* stop) {
        project::BuiltNode made;
        made.parent = parent;
        made.name = name;
        made.terms = std::move(terms);
        made.stopReason = stop;
        build.nodes.push_back(made);
    };
    const char* const few = "It has too few documents to split.";
    node(-1, "All documents", {}, "");
    node(0, "Soil", {{"soil", 0.9}, {"roots", 0.5}, {"water", 0.4}}, "");
    node(0, "Light", {{"light", 0.8}, {"lamp", 0.6}, {"evening", 0.3}}, "");
    node(1, "Peat", {{"peat", 0.7}, {"loam", 0.2}}, few);
    node(1, "Clay", {{"clay", 0.7}, {"sand", 0.3}}, few);
    node(2, "Lamp", {{"lamp", 0.6}}, few);
    node(2, "Window", {{"evening", 0.5}}, few);
    build.nodes[1].stability =
        R"([{"k":2,"w_min":0.97,"w_mean":0.98,"h_min":0.96,"h_mean":0.98,"stable_share":1,"threshold":0.8,
             "chosen":true,"error_mean":0.61,"error_sd":0.01},
            {"k":3,"w_min":0.41,"w_mean":0.72,"h_min":0.38,"h_mean":0.70,"stable_share":0.34,"threshold":0.8,
             "chosen":false,"error_mean":0.55,"error_sd":0.02}])";
    build.nodes[0].stability = build.nodes[1].stability;
    build.nodes[3].stability =
        R"([{"k":2,"w_min":0.31,"w_mean":0.42,"h_min":0.22,"h_mean":0.40,"stable_share":0,"threshold":0.8,
             "chosen":false,"error_mean":0.71,"error_sd":0.01}])";
    build.nodes[3].stopReason = "A split into 2 labels was not stable.";
    int row = 0;
    for (const auto& [key, id] : must(project->documentIds())) {
        const int number = std::stoi(id.substr(1));
        const bool soil = number % 2 == 0;
        if (row++ >= count - unassigned) continue;
        const int leaf = (soil ? 3 : 5) + number / 2 % 2, other = soil ? 5 : 3;
        if (number % 5 == 0)
            build.resting.add(key, {{leaf, 0.55}, {other, 0.40}, {0, 0.05}});
        else
            build.resting.add(key, {{leaf, 0.60 + 0.01 * (number % 30)}, {soil ? 1 : 2, 0.10}},
                              {{0, 0.40}, {soil ? 1 : 2, 0.25}});
    }
    const fs::path job = must(project->newJobFolder("build"));
    if (const Status written = project::writeBuildResult(job, build); !written)
        qFatal("%s", written.error().message.c_str());
    (void)must(project->adopt(job));
    return ui::fromPath(path);
}

void addEncoder(const fs::path& folder, const QString& path) {
    const auto project = must(project::Project::open(ui::toPath(path), project::Access::ReadWrite));
    const fs::path encoder = folder / "encoder";
    fs::create_directories(encoder);
    std::ofstream(encoder / "config.json") << "{}";
    std::ofstream(encoder / "model.safetensors") << "not read here";
    project::EmbedResult result;
    result.model = "base";
    result.kind = "encoder";
    result.modelFolder = encoder.string();
    result.modelSha256 = std::string(64, 'a');
    result.link = true;
    result.dim = 2;
    std::vector<DocumentKey> keys;
    for (const auto& [key, id] : must(project->documentIds())) keys.push_back(key);
    const DenseRows rows{std::int64_t(keys.size()), 2, std::vector<float>(keys.size() * 2, 0.5F)};
    const fs::path job = must(project->newJobFolder("embed"));
    if (!project::writeVectors(job / result.vectorsFile, keys, rows) || !project::writeEmbedResult(job, result))
        qFatal("no vectors written");
    (void)must(project->adopt(job));
}

void addRun(const QString& path) {
    const auto project = must(project::Project::open(ui::toPath(path), project::Access::ReadWrite));
    const std::string name = must(project->createRun("first", R"({"options":{"model":"base"}})")).name;
    const fs::path folder = project->runFolder(name);
    fs::create_directories(folder);
    std::ofstream events(folder / "events.jsonl");
    for (int step = 1; step <= 40; ++step)
        events << R"({"event":"metric","step":)" << step << R"(,"loss":)" << 4.0 / step << R"(,"levels":[)"
               << 3.0 / step << ',' << 5.0 / step << R"(],"floor":0.01,"docs_per_second":40})" << '\n';
    events << R"({"event":"checkpoint","step":40})" << '\n';
    std::ofstream(folder / "evaluations.jsonl")
        << R"({"protocol":"Reference labels: all documents","models":[)"
        << R"({"model":"base","retrieval":null,"levels":[{"level":0,"n":400,"knn_accuracy":0.7,"purity@10":0.6}]},)"
        << R"({"model":"first","retrieval":null,"levels":[{"level":0,"n":400,"knn_accuracy":0.8,"purity@10":0.5}]}]})";
    if (const Status set = project->setRunState(name, project::RunState::Done); !set)
        qFatal("%s", set.error().message.c_str());
}

}  // namespace espalier::test
