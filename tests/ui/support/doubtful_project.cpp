// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/support/doubtful_project.h"

#include <cstdio>
#include <fstream>

#include "core/project/job_results.h"
#include "core/project/project.h"
#include "ui/session/text.h"

namespace espalier::test {
namespace fs = std::filesystem;
namespace {
template <class T>
T must(Result<T> result) {
    if (!result) qFatal("%s", result.error().message.c_str());
    return std::move(result).value();
}

std::string line(const std::string& id, int number) {
    const bool soil = number < 14 || number % 4 < 2;
    const std::string subject = soil ? "soil" : "light";
    return "{\"_id\":\"" + id + "\",\"title\":\"Sheet " + std::to_string(number) + " about " + subject +
           "\",\"text\":\"The first sentence of sheet " + std::to_string(number) +
           " says little. Here peat, clay and " + subject +
           " come together with a lamp in the evening. More follows below.\"}\n";
}
}  // namespace

void writeText(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

QString makeDoubtfulProject(const fs::path& folder) {
    const fs::path path = folder / "Doubts.espalier";
    const auto project = must(project::Project::create(path));
    std::string lines;
    for (int i = 0; i < kAllDocuments; ++i) {
        char id[8];
        std::snprintf(id, sizeof id, "a%03d", i);
        lines += line(id, i);
    }
    lines += line("copy-a", 20) + line("copy-b", 20) + line("copy-c", 21);
    writeText(folder / "sheets.jsonl", lines);
    jobs::JobContext context;
    (void)must(project->importCorpus({folder / "sheets.jsonl"}, {}, context));

    project::BuildResult build;
    build.fromRevision = must(project->revision());
    build.hash = std::string(64, '0');
    build.simd = "base";
    const auto node = [&build](int parent, const char* name, std::vector<tree::Term> terms) {
        project::BuiltNode made;
        made.parent = parent;
        made.name = name;
        made.terms = std::move(terms);
        made.stopReason = parent > 0 ? "It has too few documents to split." : "";
        build.nodes.push_back(made);
    };
    node(-1, "All documents", {});
    node(0, "Soil", {{"soil", 0.9}, {"roots", 0.5}, {"water", 0.4}});
    node(0, "Light", {{"light", 0.8}, {"lamp", 0.6}, {"evening", 0.3}});
    node(1, "Peat", {{"peat", 0.7}, {"loam", 0.2}});
    node(1, "Clay", {{"clay", 0.7}, {"sand", 0.3}});
    node(2, "Lamp", {{"lamp", 0.6}});
    node(2, "Window", {{"evening", 0.5}});
    int number = 0;
    for (const auto& [key, id] : must(project->documentIds())) {
        if (number < kWeakDocuments)
            build.resting.add(key, {{3, 0.30 - 0.01 * number}, {0, 0.70 + 0.01 * number}});
        else if (number < kWeakDocuments + kBorderlineDocuments)
            build.resting.add(key, {{3, 0.50}, {4, 0.45 + 0.002 * number}, {5, 0.02}});
        else
            build.resting.add(key, {{3 + number % 4, 0.90}, {0, 0.1}});
        ++number;
    }
    const fs::path job = must(project->newJobFolder("build"));
    if (const Status written = project::writeBuildResult(job, build); !written)
        qFatal("%s", written.error().message.c_str());
    (void)must(project->adopt(job));
    return ui::fromPath(path);
}

}  // namespace espalier::test
