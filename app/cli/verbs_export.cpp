// SPDX-License-Identifier: Apache-2.0
/// export.
#include <filesystem>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "core/base/atomic_file.h"

namespace espalier::cli {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

struct ExportOptions {
    std::string project, what, out, format, model;
    bool force = false;
};

/// Light exports come from the project itself, what needs tensors from a job.
Result<json> exportTo(const ExportOptions& options, Call& call) {
    const fs::path out = fs::absolute(options.out).lexically_normal();
    std::error_code code;
    if (options.what != "model" && fs::is_directory(out, code)) {
        return makeError(ErrorCode::AlreadyExists, out.string() + " is a folder; name a file to write", out.string());
    }
    if (options.what == "model" || options.what == "embeddings" || options.what == "index") {
        json job = jobOptions(call.common);
        job.update({{"what", options.what}, {"out", out.string()}, {"force", options.force}});
        if (!options.model.empty()) job["model"] = options.model;
        return runJobOnly(call, options.project, "export", job);
    }
    if (!options.force && fs::exists(fs::symlink_status(out, code))) {
        return makeError(ErrorCode::AlreadyExists,
                         out.string() + " exists; choose another path, or --force to replace it", out.string());
    }
    ESPALIER_ASSIGN(const auto project, openForReading(options.project));
    if (options.what == "memberships") {
        ESPALIER_TRY(project->exportMemberships(out, options.force));
    } else {
        const auto format = treeFormat(options.format).value_or(project::TreeFormat::Json);
        ESPALIER_ASSIGN(const std::string text, project->exportTree(format));
        ESPALIER_TRY(writeFileAtomically(out, text));
    }
    return json{{"files", json::array({out.string()})}};
}

}  // namespace

void addExportVerb(Commands& commands) {
    auto options = std::make_shared<ExportOptions>();
    CLI::App* app = commands.add("export", "Write tree, model, vectors, memberships or index to files",
                                 [options](Call& call) -> Result<Outcome> {
                                     ESPALIER_ASSIGN(json object, exportTo(*options, call));
                                     std::string text;
                                     for (const json& file : object["files"]) text += file.get<std::string>() + "\n";
                                     return Outcome{std::move(object), text};
                                 });
    commands.markLong("export");
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("--what", options->what, "tree, model, embeddings (npy), memberships (csv) or index (faiss)")
        ->required()
        ->check(CLI::IsMember({"tree", "model", "embeddings", "memberships", "index"}))
        ->type_name("WHAT");
    app->add_option("--out", options->out, "File to write; for a model a folder")->required()->type_name("PATH");
    CLI::Option* format =
        app->add_option("--format", options->format, "tree: text, json, csv, turtle, rdfxml or jsonld (default json)")
            ->check(CLI::IsMember(treeFormatNames()))
            ->type_name("FORMAT");
    CLI::Option* model =
        app->add_option("--model", options->model, "Whose vectors or encoder (default: the one embedded last)")
            ->type_name("MODEL");
    app->add_flag("--force", options->force, "Replace what is there");
    app->callback([options, format, model] {
        if (format->count() > 0 && options->what != "tree")
            throw CLI::ValidationError("--format", "belongs to --what tree");
        if (model->count() > 0 && (options->what == "tree" || options->what == "memberships")) {
            throw CLI::ValidationError("--model", "belongs to model, embeddings and index");
        }
    });
}

}  // namespace espalier::cli
