// SPDX-License-Identifier: Apache-2.0
/// split, refit: what grows inside the tree that is there, proposed or taken.
#include <map>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "core/project/proposal.h"

namespace espalier::cli {
using nlohmann::json;

namespace {

struct ProposalOptions {
    std::string project, label, vectors;
    int k = 0, kMax = 0;
    std::vector<int> accept;
    bool someOnly = false;
    std::map<int, std::string> names;
    bool apply = false;
};

/// "2=Peat soils" as a name for part 2.
std::optional<std::pair<int, std::string>> numberedName(const std::string& text) {
    const auto at = text.find('=');
    int number = 0;
    if (at == std::string::npos || !CLI::detail::lexical_cast(text.substr(0, at), number) || number < 1) return {};
    return std::pair(number, text.substr(at + 1));
}

std::string changesText(const project::ProposalDiff& diff, int columns) {
    std::string text;
    const auto table = [&](const std::vector<project::ProposedChange>& changes, const char* what) {
        if (changes.empty()) return;
        TextTable rows;
        rows.column("", TextTable::Align::Right);
        rows.column("Documents", TextTable::Align::Right);
        rows.column(what, TextTable::Align::Left, true);
        for (const auto& change : changes) {
            std::string terms;
            for (std::size_t i = 0; i < change.terms.size() && i < 6; ++i)
                terms += (i == 0 ? "  (" : ", ") + change.terms[i].text;
            rows.row({std::to_string(change.number), formatCount(change.documents),
                      (change.taken ? "" : "not taken: ") + change.name + (terms.empty() ? "" : terms + ")")});
        }
        text += rows.text(columns, "  ");
    };
    table(diff.added, "New label");
    table(diff.removed, "Label that goes");
    table(diff.renamed, "Label with another name");
    table(diff.moved, "Label that moves");
    table(diff.refitted, "Label with other documents or terms");
    if (diff.pins > 0) {
        text += "  Pins kept by the fit  " + formatCount(diff.pinsKept) + " of " + formatCount(diff.pins) + "\n";
        for (const auto& pin : diff.pinsViolated) text += "    " + pin.text + "\n";
    }
    return text;
}

Outcome proposalOutcome(const project::ProposalDiff& diff, const project::AdoptOutcome* adopted, int columns) {
    json object{{"proposal", json::parse(project::diffToJson(diff))}, {"revision", nullptr}, {"edit", nullptr}};
    std::string text;
    const std::string name = diff.path.empty() ? "the whole tree" : formatPath(diff.path);
    if (adopted != nullptr) {
        object["revision"] = adopted->revision;
        object["edit"] = adopted->name;
        text = adopted->name + ", revision " + formatCount(adopted->revision) + "\n";
    } else if (diff.empty()) {
        return {std::move(object), "Nothing to propose for " + name + ": " + diff.why + "\n"};
    } else {
        text = "Proposed for " + name + " (" + formatCount(diff.documents) +
               (diff.documents == 1 ? " document" : " documents") + "), nothing is changed yet:\n";
    }
    text += changesText(diff, columns);
    text += "  " + formatCount(diff.documentsMoved) + (diff.documentsMoved == 1 ? " document gets" : " documents get") +
            " another label\n";
    return {std::move(object), text};
}

/// Computes a proposal in a folder of its own, shows it and, where asked for, takes it.
Result<Outcome> propose(Call& call, const ProposalOptions& options, std::string_view kind, json jobOptions) {
    ESPALIER_ASSIGN(const auto project,
                    options.apply ? openForWriting(options.project) : openForReading(options.project));
    ESPALIER_ASSIGN(const auto snapshot, project->tree());
    ESPALIER_ASSIGN(const LabelId label, snapshot->tree.resolve(options.label));
    jobOptions["label"] = label.value;
    ESPALIER_ASSIGN(const auto folder, project->newJobFolder(kind));
    auto decided = [&]() -> Result<Outcome> {
        ESPALIER_TRY(runJobInFolder(call, *project, kind, folder, jobOptions));
        project::Acceptance acceptance;
        if (options.someOnly) acceptance.take = options.accept;
        acceptance.names = options.names;
        ESPALIER_ASSIGN(const auto diff, project->preview(folder, acceptance));
        if (!options.apply || diff.empty()) return proposalOutcome(diff, nullptr, call.console.columns());
        ESPALIER_ASSIGN(const auto adopted, project->adopt(folder, acceptance));
        warnOfUnmet(call, *project);
        return proposalOutcome(diff, &adopted, call.console.columns());
    }();
    (void)project->discardJob(folder);
    return decided;
}

/// What both have: which project and label, which parts, under which names.
void addCommon(CLI::App* app, const std::shared_ptr<ProposalOptions>& options, const char* whatIsNotTaken) {
    CLI::Option* accept =
        app->add_option("--accept", options->accept,
                        std::string("Numbers of the parts that are taken, as 1,3 (default: all); ") + whatIsNotTaken)
            ->delimiter(',')
            ->type_name("N,...");
    app->add_option_function<std::vector<std::string>>(
           "--name",
           [options](const std::vector<std::string>& texts) {
               for (const std::string& text : texts) {
                   if (auto name = numberedName(text)) options->names.insert_or_assign(name->first, name->second);
               }
           },
           "Name of a part instead of the proposed one, as 2=NAME; may be repeated")
        ->check([](const std::string& text) {
            return numberedName(text) ? std::string() : "\"" + text + "\" is not NUMBER=NAME";
        })
        ->allow_extra_args(false)
        ->type_name("N=NAME");
    app->add_flag("--apply", options->apply, "Take it: one edit that undo takes back");
    app->callback([options, accept] { options->someOnly = accept->count() > 0; });
}

void addSplit(Commands& commands) {
    auto options = std::make_shared<ProposalOptions>();
    CLI::App* app =
        commands.add("split", "Propose how a label falls into several", [options](Call& call) -> Result<Outcome> {
            json job = jobOptions(call.common);
            job["k"] = options->k;
            job["k_max"] = options->kMax;
            return propose(call, *options, "split", std::move(job));
        });
    commands.markLong("split");
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("label", options->label, "Id or path of the label; / is the root")->required()->type_name("LABEL");
    app->add_option("--k", options->k, "Number of labels (default: the largest stable one)")
        ->check(CLI::Range(2, 1000))
        ->type_name("N");
    app->add_option("--k-max", options->kMax, "Labels at most where the number is found (default 10)")
        ->check(CLI::Range(2, 1000))
        ->type_name("N");
    addCommon(app, options, "documents of others stay");
}

void addRefit(Commands& commands) {
    auto options = std::make_shared<ProposalOptions>();
    CLI::App* app = commands.add("refit", "Propose a branch grown again around what was decided in it",
                                 [options](Call& call) -> Result<Outcome> {
                                     json job = jobOptions(call.common);
                                     job["k"] = options->k;
                                     job["vectors"] = options->vectors;
                                     return propose(call, *options, "refit", std::move(job));
                                 });
    commands.markLong("refit");
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("label", options->label, "Id or path of the label above the branch; / is the whole tree")
        ->required()
        ->type_name("LABEL");
    app->add_option("--k", options->k,
                    "Labels directly below it, those that you shaped or locked counted (default: as many as are "
                    "stable)")
        ->check(CLI::Range(2, 1000))
        ->type_name("N");
    app->add_option("--vectors", options->vectors,
                    "Model whose vectors lend each document its neighbours' words, or none (default: as the tree was "
                    "grown)")
        ->type_name("MODEL");
    addCommon(app, options, "what others are about stays as it is");
}

}  // namespace

void addSplitVerb(Commands& commands) {
    addSplit(commands);
    addRefit(commands);
}

}  // namespace espalier::cli
