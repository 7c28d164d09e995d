// SPDX-License-Identifier: Apache-2.0
/// import-tree, proposals.
#include <charconv>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "core/taxonomy/taxonomy.h"

namespace espalier::cli {
using nlohmann::json;

namespace {

std::string formatsText() {
    std::string text;
    for (const std::string& name : taxonomy::formatNames()) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string importText(const project::TreeImport& outcome, bool merge) {
    const auto& report = outcome.report;
    std::string text = "Read " + formatCount(report.read) + ": " + formatCount(report.mapped) + " mapped, " +
                       formatCount(report.kept) + " kept as they are, " +
                       formatCount(static_cast<std::int64_t>(report.refused.size())) + " refused\n";
    text += "  Labels    " + formatCount(outcome.labels) + " in the file, " + formatCount(outcome.added) + " new";
    if (outcome.matched > 0) text += ", " + formatCount(outcome.matched) + " that the tree had";
    if (outcome.changed > 0) text += "; " + formatCount(outcome.changed) + " changed";
    if (outcome.retired > 0) text += ", " + formatCount(outcome.retired) + " retired";
    text += "\n";
    if (outcome.journalId == 0) text += "  Nothing changed\n";
    if (outcome.unassigned > 0 && outcome.matched == 0 && !merge) {
        text += "  " + formatCount(outcome.unassigned) +
                " documents have no label: an imported tree has no words of its own. Pin documents to labels, or undo "
                "and build\n";
    }
    if (outcome.proposals > 0)
        text += "  " + formatCount(outcome.proposals) + " proposals wait; espalier-cli proposals lists them\n";
    text += "  Revision  " + formatCount(outcome.revision) + "\n";
    for (const auto& refused : report.refused)
        text += "  Refused" + (refused.line > 0 ? " (line " + std::to_string(refused.line) + ")" : std::string()) +
                ": " + refused.what + ": " + refused.why + "\n";
    for (const auto& note : report.notes) text += "  Note: " + note + "\n";
    return text;
}

void addImportTree(Commands& commands) {
    struct Options {
        std::string project, file, format;
        bool merge = false, replace = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app =
        commands.add("import-tree", "Read a taxonomy as label tree", [options](Call& call) -> Result<Outcome> {
            ESPALIER_ASSIGN(const auto project, openForWriting(options->project));
            project::TreeImportOptions wanted;
            if (!options->format.empty()) wanted.format = taxonomy::formatOfName(options->format);
            wanted.merge = options->merge;
            wanted.replace = options->replace;
            ESPALIER_ASSIGN(const auto outcome, project->importTree(options->file, wanted));
            warnOfUnmet(call, *project);
            json refused = json::array();
            for (const auto& one : outcome.report.refused)
                refused.push_back(
                    {{"what", one.what}, {"why", one.why}, {"line", one.line > 0 ? json(one.line) : json(nullptr)}});
            return Outcome{{{"read", outcome.report.read},
                            {"mapped", outcome.report.mapped},
                            {"kept_as_is", outcome.report.kept},
                            {"refused", std::move(refused)},
                            {"revision", outcome.revision},
                            {"labels", outcome.labels},
                            {"matched", outcome.matched},
                            {"added", outcome.added},
                            {"changed", outcome.changed},
                            {"retired", outcome.retired},
                            {"proposals", outcome.proposals},
                            {"unassigned", outcome.unassigned},
                            {"notes", outcome.report.notes}},
                           importText(outcome, options->merge)};
        });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("file", options->file, "Taxonomy to read")->required()->type_name("");
    app->add_option("--format", options->format, formatsText() + " (default: by the file's ending)")
        ->check(CLI::IsMember(taxonomy::formatNames()))
        ->type_name("FORMAT");
    CLI::Option* merge =
        app->add_flag("--merge", options->merge,
                      "Bring it into the tree that is there, by URI or id; what both sides changed becomes a proposal");
    app->add_flag("--replace", options->replace,
                  "Put it in the place of the tree that is there (one edit that undo takes back); labels that it names "
                  "by their URI keep their documents")
        ->excludes(merge);
    app->footer(
        "The report counts statements of SKOS (turtle, rdfxml, jsonld), rows of csv, labels of json, lines of text. "
        "What\n"
        "is not understood in SKOS is kept and written back by export. Nothing is fetched: remote contexts and "
        "external\n"
        "entities are refused.\n");
}

struct Named {
    LabelId label;
    std::string field;
};
std::optional<Named> namedProposal(const std::string& text) {
    const auto colon = text.find(':');
    std::int64_t id = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + std::min(colon, text.size()), id);
    if (colon == std::string::npos || fault != std::errc() || end != text.data() + colon || id <= 0)
        return std::nullopt;
    return Named{LabelId{id}, text.substr(colon + 1)};
}

void addProposals(Commands& commands) {
    struct Options {
        std::string project, act;
        std::vector<std::string> names;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = commands.add(
        "proposals", "What merged taxonomies want otherwise than the tree has it",
        [options](Call& call) -> Result<Outcome> {
            const bool accept = options->act == "accept";
            std::unique_ptr<project::Project> project;
            if (options->act.empty()) {
                ESPALIER_ASSIGN(project, openForReading(options->project));
            } else {
                ESPALIER_ASSIGN(project, openForWriting(options->project));
                for (const std::string& name : options->names) {
                    const auto one = namedProposal(name);
                    ESPALIER_TRY(project->resolveProposal(one->label, one->field, accept));
                }
            }
            ESPALIER_ASSIGN(const auto proposals, project->mergeProposals());
            ESPALIER_ASSIGN(const std::int64_t revision, project->revision());
            json list = json::array();
            TextTable table;
            table.column("Proposal");
            table.column("Label", TextTable::Align::Left, true);
            table.column("Here", TextTable::Align::Left, true);
            table.column("In the file", TextTable::Align::Left, true);
            for (const auto& one : proposals) {
                const std::string id = std::to_string(one.label.value) + ":" + one.field;
                list.push_back({{"id", id},
                                {"label", one.label.value},
                                {"path", one.path},
                                {"field", one.field},
                                {"ours", one.ours},
                                {"theirs", one.theirs},
                                {"source", one.source}});
                table.row({id, formatPath(one.path), one.ours, one.field == "retire" ? "(left out)" : one.theirs});
            }
            return Outcome{{{"proposals", std::move(list)}, {"revision", revision}},
                           table.empty() ? "No proposal waits\n" : table.text(call.console.columns())};
        });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("act", options->act, "accept or reject; without it they are listed")
        ->check(CLI::IsMember({"accept", "reject"}))
        ->type_name("");
    app->add_option("proposals", options->names, "LABEL:FIELD, as they are listed")->type_name("");
    app->callback([options] {
        if (!options->act.empty() && options->names.empty())
            throw CLI::ValidationError("proposals", "name the proposals to " + options->act + ", as LABEL:FIELD");
        for (const std::string& name : options->names) {
            if (!namedProposal(name)) throw CLI::ValidationError("proposals", "\"" + name + "\" is not LABEL:FIELD");
        }
    });
}

}  // namespace

void addTaxonomyVerbs(Commands& commands) {
    addImportTree(commands);
    addProposals(commands);
}

}  // namespace espalier::cli
