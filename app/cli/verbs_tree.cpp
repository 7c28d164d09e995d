// SPDX-License-Identifier: Apache-2.0
/// build, tree, memberships, assign.
#include <algorithm>
#include <map>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "app/cli/text_options.h"
#include "core/nmf/presets.h"
#include "core/tree/memberships.h"

namespace espalier::cli {
using nlohmann::json;

namespace {

struct BuildOptions {
    std::string project;
    // Only what was named is sent: the rest follows the preset, in core/nmf/presets.h.
    std::map<std::string, std::optional<int>> whole;
    std::map<std::string, std::optional<double>> real;
    std::map<std::string, std::string> word;
    bool dryRun = false, replace = false, estimate = false;
    TextOptions text;
};

Result<json> jobOptionsOf(const BuildOptions& build, const CommonOptions& common) {
    json options = jobOptions(common);
    options.update({{"dry_run", build.dryRun}, {"replace", build.replace}});
    for (const auto& [name, value] : build.whole) {
        if (value) options[name] = *value;
    }
    for (const auto& [name, value] : build.real) {
        if (value) options[name] = *value;
    }
    for (const auto& [name, value] : build.word) {
        if (!value.empty()) options[name] = value;
    }
    ESPALIER_TRY(putTextOptions(build.text, options));
    return options;
}

/// One line on whose meaning had a say.
std::string vectorsText(const json& object) {
    if (object["vectors"].is_null()) return "  Grown from       words\n";
    std::string text = "  Grown from       words and meaning (" + object["vectors"].get<std::string>() + ")";
    if (const auto without = object["without_vector"].get<std::int64_t>(); without > 0)
        text += "; " + formatCount(without) + (without == 1 ? " document has" : " documents have") + " no vector";
    return text + "\n";
}

std::string buildText(const json& object, bool dryRun) {
    std::string levels;
    for (const json& level : object["levels"]) {
        levels += (levels.empty() ? "" : ", ") + formatCount(level["labels"].get<std::int64_t>()) + " at level " +
                  std::to_string(level["level"].get<int>());
    }
    const auto nodes = object["nodes"].get<std::int64_t>();
    std::string text = std::string(dryRun ? "Would grow " : "Grew ") + formatCount(nodes) +
                       (nodes == 1 ? " label" : " labels") + (levels.empty() ? "" : ": " + levels) + "\n";
    if (!dryRun) text += "  Revision         " + formatCount(object["revision"].get<std::int64_t>()) + "\n";
    text += "  Without a label  " + formatCount(object["unassigned"].get<std::int64_t>()) + "\n";
    text += vectorsText(object);
    text += "  Languages        " + languagesText(object["languages"]) + "\n";
    text += "  Time, memory     " + formatSeconds(object["seconds"].get<double>()) + ", " +
            formatCount(static_cast<std::int64_t>(object["peak_mb"].get<double>())) + " MB\n";
    text += "  Hash             " + object["hash"].get<std::string>() + "\n";
    std::vector<std::pair<std::int64_t, std::string>> reasons;
    for (const auto& [reason, count] : object["stop_reasons"].items())
        reasons.emplace_back(count.get<std::int64_t>(), reason);
    std::sort(reasons.rbegin(), reasons.rend());
    for (const auto& [count, reason] : reasons) {
        text += (&reason == &reasons.front().second ? "  Not split        " : "                   ") +
                formatCount(count) + " x " + reason + "\n";
    }
    return text;
}

/// What a build would cost, with the keys of a build that are not known before it.
Outcome estimateOutcome(const json& cost) {
    json object{{"estimate", cost["estimate"]}, {"vectors", cost["vectors"]}};
    for (const char* unknown : {"revision", "nodes", "depth", "levels", "unassigned", "stop_reasons", "seconds",
                                "peak_mb", "hash", "without_vector", "state"})
        object[unknown] = nullptr;
    const json& estimate = cost["estimate"];
    const auto seconds = [&](const char* key) { return formatSeconds(estimate[key].get<double>()); };
    const auto megabytes = [&](const char* key) {
        return formatCount(static_cast<std::int64_t>(estimate[key].get<double>())) + " MB";
    };
    std::string text = "Growing the tree of " + formatCount(estimate["documents"].get<std::int64_t>()) +
                       " documents would take about " + seconds("seconds") + " (" + seconds("low") + " to " +
                       seconds("high") + ") and " + megabytes("peak_mb") + " of memory\n";
    if (!estimate["free_mb"].is_null()) text += "  Free memory      " + megabytes("free_mb") + "\n";
    return Outcome{std::move(object), text};
}

void addBuild(Commands& commands) {
    auto build = std::make_shared<BuildOptions>();
    CLI::App* app = commands.add("build", "Grow the label tree", [build](Call& call) -> Result<Outcome> {
        ESPALIER_ASSIGN(const json options, jobOptionsOf(*build, call.common));
        if (build->estimate) {
            ESPALIER_ASSIGN(const json cost, runJobOnly(call, build->project, "estimate", options));
            return estimateOutcome(cost);
        }
        if (build->dryRun) {
            ESPALIER_ASSIGN(json object, runJobOnly(call, build->project, "build", options));
            return Outcome{object, buildText(object, true)};
        }
        ESPALIER_ASSIGN(const auto project, openForWriting(build->project));
        ESPALIER_ASSIGN(Adopted adopted, runJobAndAdopt(call, *project, "build", options));
        warnOfUnmet(call, *project);
        adopted.object["revision"] = adopted.outcome.revision;
        if (adopted.object["state"] == "stopped") {
            call.context.warning(
                "the build was stopped; the branches that were finished are kept as the tree, undo "
                "takes it back and build --replace grows it whole");
        }
        return Outcome{adopted.object, buildText(adopted.object, false)};
    });
    commands.markLong("build");
    app->add_option("project", build->project, "Project folder")->required()->type_name("");
    const auto whole = [&](const char* name, const char* option, const char* what, int low, int high) {
        app->add_option(option, build->whole[name], what)->check(CLI::Range(low, high))->type_name("N");
    };
    const auto word = [&](const char* name, const char* option, const char* what, const char* type,
                          const std::vector<std::string>& allowed) {
        app->add_option(option, build->word[name], what)->check(CLI::IsMember(allowed))->type_name(type);
    };
    word("preset", "--preset",
         "Where the options below start from: coarse (few labels, each certain), balanced (the default), fine (many "
         "labels) or telf (the choices of lanl/T-ELF, words alone)",
         "PRESET", nmf::presetNames());
    whole("depth", "--depth", "Levels below the root (default 2)", 1, 16);
    whole("k_max", "--k-max", "Children of the root at most; min(10, N) deeper (default 15)", 2, 1000);
    whole("min_docs", "--min-docs", "Documents a label needs to be split (default 30)", 2, 1000000000);
    whole("perturbations", "--perturbations",
          "Perturbed copies that decide the number of children (default 10; telf 20)", 2, 1000);
    whole("iterations", "--iterations", "Iterations of the solver at most (default 300; telf 100, all of them)", 1,
          1000000);
    app->add_option(
           "--threshold", build->real["threshold"],
           "Stability asked of a label, above 0 up to 1 (default 0.8; 0.7 with vectors, 0.6 under --preset fine "
           "without)")
        ->check([](const std::string& text) {
            double value = 0;
            const bool fits = CLI::detail::lexical_cast(text, value) && value > 0 && value <= 1;
            return fits ? std::string() : text + " is not a number above 0 up to 1";
        })
        ->type_name("T");
    word("solver", "--solver", "hals, mu or kl (default hals; telf mu)", "SOLVER", nmf::solverNames());
    word("resampler", "--resampler",
         "What differs from copy to copy: noise, leave-out, bootstrap, poisson or random-start (default bootstrap with "
         "vectors, leave-out without, noise under fine and telf)",
         "HOW", nmf::resamplerNames());
    app->add_option("--noise", build->real["noise"], "Of --resampler noise: share of each weight (default 0.015)")
        ->check(CLI::Range(0.0, 0.99))
        ->type_name("E");
    word("matching", "--matching",
         "How labels of two copies are paired: hungarian or greedy (default hungarian; telf greedy)", "HOW",
         nmf::matchingNames());
    word("search", "--search",
         "Numbers of children tried: linear (all) or bisect-pre, bisect-in, bisect-post (about log N of them, right "
         "where stability only falls; default linear)",
         "ORDER", nmf::searchNames());
    word("k_rule", "--k-rule",
         "Which number is taken: surplus (labels that come out alike count for it, others against it), ours (the "
         "largest "
         "all of whose labels reach the threshold) or telf (default surplus; coarse ours, telf telf)",
         "RULE", nmf::ruleNames());
    app->add_option("--vectors", build->word["vectors"],
                    "Model whose vectors lend each document its neighbours' words, or none: words alone (default: the "
                    "model embedded last, none without one; none under --preset telf)")
        ->type_name("M")
        ->check([](const std::string& name) { return name.empty() ? "name a model, or none" : std::string(); });
    addTextOptions(app, build->text);
    app->add_flag("--dry-run", build->dryRun, "Grow the tree, say what it is and store nothing");
    app->add_flag("--estimate", build->estimate, "Only say what it would cost in time and memory; grows nothing");
    app->add_flag("--replace", build->replace,
                  "Replace the tree that is there (one edit that undo takes back); refused over locked labels. Pins "
                  "stay with the tree they were set in");
}

void addTree(Commands& commands) {
    struct Options {
        std::string project, format;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = commands.add("tree", "Print the label tree", [options](Call& call) -> Result<Outcome> {
        ESPALIER_ASSIGN(const auto project, openForReading(options->project));
        if (call.common.json) {
            ESPALIER_ASSIGN(const std::string text, project->treeJson());
            return Outcome{json::parse(text), {}};
        }
        const auto format = treeFormat(options->format).value_or(project::TreeFormat::Text);
        ESPALIER_ASSIGN(std::string text, project->exportTree(format));
        return Outcome{{}, std::move(text)};
    });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("--format", options->format,
                    "text, json, csv, turtle, rdfxml or jsonld (SKOS); with --json only json")
        ->check(CLI::IsMember(treeFormatNames()))
        ->type_name("FORMAT");
    app->callback([app, options] {
        if (app->count("--json") > 0 && !options->format.empty() && options->format != "json") {
            throw CLI::ValidationError("--format", "with --json the tree is printed as json");
        }
    });
}

/// Labels where mass rests, most first; a document without any has residual 1.
Outcome membershipsOutcome(const project::DocumentRecord& record, const tree::LabelTree& labels, int columns) {
    json paths = json::array();
    TextTable table;
    table.column("Share", TextTable::Align::Right);
    table.column("Label", TextTable::Align::Left, true);
    for (const auto& [label, mass] : record.resting) {
        json nodes = json::array();
        for (const LabelId step : labels.path(label)) nodes.push_back(step.value);
        const auto names = labels.pathNames(label);
        paths.push_back({{"path", names}, {"nodes", std::move(nodes)}, {"share", mass}});
        table.row({formatShare(mass), formatPath(names)});
    }
    const double residual = tree::residual(record.resting);
    const auto hard = record.hard ? labels.pathNames(record.hard) : std::vector<std::string>();
    std::string text = record.document.id + (record.document.title.empty() ? "" : "  " + record.document.title) + "\n";
    text += record.hard ? "  Label  " + formatPath(hard) + "\n" : "  No label yet\n";
    if (!table.empty()) text += table.text(columns, "  ");
    if (residual > 0.005) text += "  " + formatShare(residual) + " rests nowhere\n";
    json fits = json::array();
    for (const project::FitAt& fit : record.fits) {
        fits.push_back({{"label", fit.label.value}, {"path", labels.pathNames(fit.label)}, {"residual", fit.residual}});
        if (record.hard && labels.inBranch(record.hard, fit.label))
            text += "  " + formatShare(fit.residual) + " of its words are not explained by the labels under " +
                    formatPath(labels.pathNames(fit.label)) + "\n";
    }
    json pins = json::array();
    for (const project::DocumentPin& pin : record.pins) {
        const auto names = labels.pathNames(pin.label);
        pins.push_back({{"label", pin.label.value},
                        {"path", names},
                        {"must", pin.must},
                        {"fit_agrees", pin.fitAgrees ? json(*pin.fitAgrees) : json(nullptr)}});
        text += std::string("  Pinned ") + (pin.must ? "under " : "not under ") + formatPath(names) +
                (pin.fitAgrees && !*pin.fitAgrees ? ", against its shares\n" : "\n");
    }
    json shares = json::array();
    for (const project::DocumentShare& share : record.shares) {
        const auto names = labels.pathNames(share.label);
        shares.push_back({{"label", share.label.value},
                          {"path", names},
                          {"share", share.share},
                          {"said", share.said},
                          {"fitted", share.fitted},
                          {"fit_agrees", share.fitAgrees},
                          {"time", share.time},
                          {"actor", share.actor}});
        text += "  Share of " + formatPath(names) + " set to " + formatShare(share.share) + " by " + share.actor +
                ", " + share.time.substr(0, 10) +
                (share.fitAgrees ? "" : "; the fit alone gives " + formatShare(share.fitted)) + "\n";
    }
    for (const std::string& pair : record.contradictions) text += "  What was said contradicts itself: " + pair + "\n";
    return {{{"id", record.document.id},
             {"hard", hard},
             {"paths", std::move(paths)},
             {"residual", residual},
             {"fits", std::move(fits)},
             {"pins", std::move(pins)},
             {"shares", std::move(shares)},
             {"contradictions", record.contradictions}},
            text};
}

void addMemberships(Commands& commands) {
    struct Options {
        std::string project, document;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app =
        commands.add("memberships", "Shares of a document along the tree", [options](Call& call) -> Result<Outcome> {
            ESPALIER_ASSIGN(const auto project, openForReading(options->project));
            ESPALIER_ASSIGN(const auto snapshot, project->tree());
            ESPALIER_ASSIGN(const auto record, project->document(std::string_view(options->document)));
            return membershipsOutcome(record, snapshot->tree, call.console.columns());
        });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("--document", options->document, "Id of the document")->required()->type_name("ID");
}

void addAssign(Commands& commands) {
    auto path = std::make_shared<std::string>();
    CLI::App* app =
        commands.add("assign", "Fold in documents imported since the build", [path](Call& call) -> Result<Outcome> {
            ESPALIER_ASSIGN(const auto project, openForWriting(*path));
            ESPALIER_ASSIGN(Adopted adopted, runJobAndAdopt(call, *project, "assign", jobOptions(call.common)));
            warnOfUnmet(call, *project);
            adopted.object["revision"] = adopted.outcome.revision;
            adopted.object["assigned"] = adopted.outcome.assigned;
            adopted.object["unassigned"] = adopted.outcome.unassigned;
            std::string text = formatCount(adopted.outcome.assigned) + " documents got their labels, " +
                               formatCount(adopted.outcome.unassigned) + " have no usable word\n";
            if (const json& without = adopted.object["without_vector"]; without.is_number() && without > 0)
                text += formatCount(without.get<std::int64_t>()) +
                        " have no vector and were placed by their own words alone; embed first to use their meaning\n";
            return Outcome{adopted.object, text};
        });
    commands.markLong("assign");
    app->add_option("project", *path, "Project folder")->required()->type_name("");
}

}  // namespace

void addTreeVerbs(Commands& commands) {
    addBuild(commands);
    addTree(commands);
    addMemberships(commands);
    addAssign(commands);
}

}  // namespace espalier::cli
