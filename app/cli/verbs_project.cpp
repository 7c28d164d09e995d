// SPDX-License-Identifier: Apache-2.0
/// create, import, status, documents, check, info.
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "core/base/platform.h"
#include "core/base/version.h"
#include "core/nmf/nmf_solver.h"
#include "core/nn/device.h"
#include "core/text/corpus_reader.h"

namespace espalier::cli {
namespace fs = std::filesystem;
using nlohmann::json;
using project::Project;

namespace {

void addCreate(Commands& commands) {
    auto project = std::make_shared<std::string>();
    CLI::App* app = commands.add("create", "New empty project folder", [project](Call&) -> Result<Outcome> {
        ESPALIER_ASSIGN(const auto created, Project::create(*project));
        const std::string folder = created->folder().string();
        return Outcome{{{"project", folder}}, "Created " + folder};
    });
    app->add_option("project", *project, "Folder to make, e.g. Name.espalier")->required()->type_name("");
}

struct ImportOptions {
    std::string project, format = "auto";
    std::vector<std::string> sources;
    text::CorpusOptions corpus;
};

std::string importText(const project::ImportReport& report) {
    std::string text = formatCount(report.read) + " rows read: " + formatCount(report.kept) + " kept, " +
                       formatCount(report.duplicates) + " duplicates, " + formatCount(report.empty) + " empty, " +
                       formatCount(report.rejected) + " rejected\n";
    if (!report.rejectedFile.empty())
        text += "Rejected rows with line and reason: " + report.rejectedFile.string() + "\n";
    std::string ignored;
    for (const auto& [extension, count] : report.ignored) {
        ignored += (ignored.empty() ? "" : ", ") + formatCount(count) + " " +
                   (extension.empty() ? "without extension" : extension);
    }
    if (!ignored.empty()) text += "Not read: " + ignored + "\n";
    return text;
}

void addImport(Commands& commands) {
    auto options = std::make_shared<ImportOptions>();
    auto named = std::make_shared<std::array<CLI::Option*, 4>>();
    CLI::App* app =
        commands.add("import", "Add documents from files and folders", [options, named](Call& call) -> Result<Outcome> {
            ESPALIER_ASSIGN(options->corpus.format, text::corpusFormatFromName(options->format));
            options->corpus.idNamed = (*named)[0]->count() > 0;
            options->corpus.titleNamed = (*named)[1]->count() > 0;
            options->corpus.textNamed = (*named)[2]->count() > 0;
            options->corpus.labelsNamed = (*named)[3]->count() > 0;
            const std::vector<fs::path> sources(options->sources.begin(), options->sources.end());
            ESPALIER_ASSIGN(const auto project, openForWriting(options->project));
            ESPALIER_ASSIGN(const auto report, project->importCorpus(sources, options->corpus, call.context));
            warnOfUnmet(call, *project);
            json ignored = json::object();
            for (const auto& [extension, count] : report.ignored) ignored[extension] = count;
            return Outcome{
                {{"read", report.read},
                 {"kept", report.kept},
                 {"duplicates", report.duplicates},
                 {"empty", report.empty},
                 {"rejected", report.rejected},
                 {"rejected_file", report.rejectedFile.empty() ? json(nullptr) : json(report.rejectedFile.string())},
                 {"ignored", std::move(ignored)}},
                importText(report)};
        });
    commands.markLong("import");
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("source", options->sources, "File or folder; several may follow")->required()->type_name("");
    app->add_option("--format", options->format, "auto, jsonl, csv, tsv, folder or beir; .gz is understood")
        ->check(CLI::IsMember({"auto", "jsonl", "csv", "tsv", "folder", "beir"}))
        ->type_name("FORMAT");
    (*named)[0] = app->add_option("--id", options->corpus.idField, "Field of the id (default _id)")->type_name("FIELD");
    (*named)[1] = app->add_option("--title", options->corpus.titleField, "Field of the title (default title)")
                      ->type_name("FIELD");
    (*named)[2] =
        app->add_option("--text", options->corpus.textField, "Field of the text (default text)")->type_name("FIELD");
    (*named)[3] =
        app->add_option("--labels", options->corpus.labelsField, "Field of the reference labels (default labels)")
            ->type_name("FIELD");
}

Outcome statusOutcome(const project::ProjectStatus& status, const std::string& folder, int columns) {
    json levels = json::array(), models = json::array(), runs = json::array();
    std::string perLevel;
    for (std::size_t level = 0; level < status.levels.size(); ++level) {
        levels.push_back({{"level", level}, {"labels", status.levels[level]}});
        perLevel += (level > 0 ? ", " : "") + formatCount(status.levels[level]) + " at level " + std::to_string(level);
    }
    TextTable modelTable, runTable;
    modelTable.column("Model", TextTable::Align::Left, true);
    for (const char* title : {"Dimensions", "Documents", "From revision"})
        modelTable.column(title, TextTable::Align::Right);
    for (const auto& model : status.models) {
        models.push_back({{"name", model.name},
                          {"dim", model.dim},
                          {"documents", model.documents},
                          {"from_revision", model.fromRevision}});
        modelTable.row(
            {model.name, formatCount(model.dim), formatCount(model.documents), formatCount(model.fromRevision)});
    }
    runTable.column("Run", TextTable::Align::Left, true);
    runTable.column("State");
    for (const char* title : {"Steps", "From revision"}) runTable.column(title, TextTable::Align::Right);
    runTable.column("Note", TextTable::Align::Left, true);
    for (const auto& run : status.runs) {
        runs.push_back({{"name", run.name},
                        {"state", project::runStateName(run.state)},
                        {"step", run.step},
                        {"from_revision", run.fromRevision}});
        runTable.row({run.name, project::runStateName(run.state), formatCount(run.step), formatCount(run.fromRevision),
                      (run.inUse ? "(in use) " : "") + run.note});
    }
    std::string text = folder + "\n";
    text += "  Documents  " + formatCount(status.documents) +
            (status.unassigned > 0 ? ", " + formatCount(status.unassigned) + " without a label" : "") + "\n";
    text += "  Labels     " + formatCount(status.labels) + (perLevel.empty() ? "" : " (" + perLevel + ")") + "\n";
    text += "  Revision   " + formatCount(status.revision) + "\n";
    if (status.queries > 0) text += "  Queries    " + formatCount(status.queries) + "\n";
    if (!modelTable.empty()) text += "\n" + modelTable.text(columns, "  ");
    if (!runTable.empty()) text += "\n" + runTable.text(columns, "  ");
    return {{{"documents", status.documents},
             {"unassigned", status.unassigned},
             {"revision", status.revision},
             {"levels", std::move(levels)},
             {"models", std::move(models)},
             {"runs", std::move(runs)}},
            text};
}

void addStatus(Commands& commands) {
    auto path = std::make_shared<std::string>();
    CLI::App* app = commands.add("status", "What the project holds", [path](Call& call) -> Result<Outcome> {
        ESPALIER_ASSIGN(const auto project, openForReading(*path));
        ESPALIER_ASSIGN(const auto status, project->status());
        return statusOutcome(status, project->folder().string(), call.console.columns());
    });
    app->add_option("project", *path, "Project folder")->required()->type_name("");
}

struct DocumentsOptions {
    std::string project, branch, order, list;
    std::int64_t limit = 100;
    std::optional<std::int64_t> since;
};

const std::map<std::string, project::Order> kOrders = {{"id", project::Order::Id},
                                                       {"typical", project::Order::Typical},
                                                       {"borderline", project::Order::Borderline},
                                                       {"diverse", project::Order::Diverse}};
const std::map<std::string, project::SmartList> kLists = {{"weak", project::SmartList::WeaklyPlaced},
                                                          {"borderline", project::SmartList::Borderline},
                                                          {"pinned", project::SmartList::Pinned},
                                                          {"duplicates", project::SmartList::Duplicates},
                                                          {"moved", project::SmartList::Moved}};

/// What the options ask for; an order that was not named is the list's own.
Result<project::DocumentQuery> documentQuery(const DocumentsOptions& options, project::Project& project,
                                             const tree::LabelTree& tree) {
    project::DocumentQuery query;
    if (!options.branch.empty()) {
        ESPALIER_ASSIGN(query.branch, tree.resolve(options.branch));
    }
    query.limit = options.limit;
    if (!options.list.empty()) query.list = kLists.at(options.list);
    if (query.list == project::SmartList::WeaklyPlaced) query.order = project::Order::Weakest;
    if (query.list == project::SmartList::Borderline) query.order = project::Order::Borderline;
    if (!options.order.empty()) query.order = kOrders.at(options.order);
    if (query.list == project::SmartList::Moved) {
        if (options.since) {
            query.since = *options.since;
        } else {
            ESPALIER_ASSIGN(query.since, project.lastLearned());
        }
        if (query.since == 0 && !options.since) {
            return makeError(ErrorCode::InvalidState,
                             "no tree was grown or brought here yet, so there is nothing to compare with; name a "
                             "revision with --since");
        }
    }
    return query;
}

void addDocuments(Commands& commands) {
    auto options = std::make_shared<DocumentsOptions>();
    CLI::App* app =
        commands.add("documents", "List documents, of a branch or of all", [options](Call& call) -> Result<Outcome> {
            ESPALIER_ASSIGN(const auto project, openForReading(options->project));
            ESPALIER_ASSIGN(const auto snapshot, project->tree());
            ESPALIER_ASSIGN(const auto query, documentQuery(*options, *project, snapshot->tree));
            ESPALIER_ASSIGN(const auto page, project->documents(query));
            json list = json::array();
            TextTable table;
            table.column("Id", TextTable::Align::Left, true);
            table.column("Share", TextTable::Align::Right);
            table.column("Title", TextTable::Align::Left, true);
            table.column("Label", TextTable::Align::Left, true);
            for (const auto& row : page.rows) {
                std::vector<std::string> names;
                for (const LabelId label : row.labels) names.push_back(snapshot->tree.at(label).name);
                list.push_back({{"id", row.id}, {"title", row.title}, {"share", row.share}, {"labels", names}});
                table.row({row.id, formatShare(row.share), row.title, names.empty() ? "-" : formatPath(names)});
            }
            const auto shown = static_cast<std::int64_t>(page.rows.size());
            std::string text = formatCount(page.total) + (page.total == 1 ? " document" : " documents") +
                               (shown < page.total ? ", " + formatCount(shown) + " shown" : "") + "\n";
            if (!table.empty()) text += table.text(call.console.columns());
            return Outcome{{{"total", page.total}, {"documents", std::move(list)}}, text};
        });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("--branch", options->branch, "Only documents under this label (id or path)")->type_name("LABEL");
    app->add_option("--list", options->list,
                    "Only weak (less than 0.4 of it under its top-level label), borderline (a choice on its path was "
                    "narrower than a tenth), pinned, duplicates (import left out copies) or moved (since --since)")
        ->check(CLI::IsMember({"weak", "borderline", "pinned", "duplicates", "moved"}))
        ->type_name("LIST");
    app->add_option("--since", options->since,
                    "With --list moved: the revision to compare with (default: the last build or training)")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 62))
        ->type_name("REVISION");
    app->add_option("--order", options->order,
                    "id, typical, borderline or diverse (default: id; of weak and borderline the doubtful first)")
        ->check(CLI::IsMember({"id", "typical", "borderline", "diverse"}))
        ->type_name("ORDER");
    app->callback([options] {
        if (options->since && options->list != "moved")
            throw CLI::ValidationError("--since", "belongs to --list moved");
    });
    app->add_option("--limit", options->limit, "Rows at most (default 100)")
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{1000000000}))
        ->type_name("N");
}

void addCheck(Commands& commands) {
    auto path = std::make_shared<std::string>();
    CLI::App* app = commands.add("check", "Verify everything that is stored", [path](Call& call) -> Result<Outcome> {
        ESPALIER_ASSIGN(const auto project, openForReading(*path));
        ESPALIER_ASSIGN(const auto problems, project->check(call.context));
        json list = json::array();
        std::string text = problems.empty() ? "All is well: " + project->folder().string() + "\n" : "";
        for (const auto& problem : problems) {
            const std::string sentence = problem.what + (problem.file.empty() ? "" : " (" + problem.file + ")");
            list.push_back(sentence);
            text += "- " + sentence + "\n";
        }
        return Outcome{{{"ok", problems.empty()}, {"problems", std::move(list)}}, text, problems.empty() ? 0 : 1};
    });
    commands.markLong("check");
    app->add_option("project", *path, "Project folder")->required()->type_name("");
}

/// Libraries inside the program or loaded by it, with their licences.
constexpr std::array<std::pair<const char*, const char*>, 13> kLicences{
    {{"Espalier (core, command line, worker)", "Apache-2.0"},
     {"LibTorch", "BSD-3-Clause"},
     {"Intel MKL inside LibTorch", "Intel Simplified Software License"},
     {"faiss", "MIT"},
     {"SQLite", "public domain"},
     {"SQLiteCpp", "MIT"},
     {"Eigen", "MPL-2.0"},
     {"ICU", "Unicode-3.0"},
     {"Snowball (libstemmer)", "BSD-3-Clause"},
     {"Compact Language Detector 2", "Apache-2.0"},
     {"gumbo", "Apache-2.0"},
     {"nlohmann-json, CLI11, spdlog", "MIT, BSD-3-Clause, MIT"},
     {"zlib, OpenSSL", "Zlib, Apache-2.0"}}};

void addInfo(Commands& commands) {
    commands.add("info", "Version, device, processor, licences", [](Call& call) -> Result<Outcome> {
        ESPALIER_ASSIGN(const auto device, nn::chooseDevice(call.common.device));
        nn::setThreads(call.common.threads);
        const int cores = platform::processorCount();
        const int threads = call.common.threads > 0 ? call.common.threads : cores;
        const std::int64_t memoryMb = platform::totalMemoryBytes() / (1 << 20);
        json licences = json::array();
        std::string text = std::string("Espalier  ") + version() + "\nLibTorch  " + nn::torchVersion() +
                           "\nDevice    " + device.name + " (" + device.why + ")\nThreads   " +
                           std::to_string(threads) + " of " + std::to_string(cores) + " cores, vector level " +
                           nmf::simdLevelName() + "\nMemory    " + formatCount(memoryMb) + " MB\nLicences\n";
        for (const auto& [name, licence] : kLicences) {
            licences.push_back({{"name", name}, {"licence", licence}});
            text += std::string("  ") + name + ": " + licence + "\n";
        }
        return Outcome{{{"version", version()},
                        {"torch", nn::torchVersion()},
                        {"device", {{"name", device.name}, {"why", device.why}}},
                        {"threads", threads},
                        {"cores", cores},
                        {"simd", nmf::simdLevelName()},
                        {"memory_mb", memoryMb},
                        {"licences", std::move(licences)}},
                       text};
    });
}

}  // namespace

void addProjectVerbs(Commands& commands) {
    addCreate(commands);
    addImport(commands);
    addStatus(commands);
    addDocuments(commands);
    addCheck(commands);
    addInfo(commands);
}

}  // namespace espalier::cli
