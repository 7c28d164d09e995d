// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/support/test_project.h"

#include <fstream>

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

}  // namespace espalier::test
