// SPDX-License-Identifier: Apache-2.0
/// embed, train, run.
#include <algorithm>
#include <cmath>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "core/nn/schedules.h"
#include "core/project/job_results.h"

namespace espalier::cli {
using nlohmann::json;
using project::Project;

namespace {

std::string rateText(const json& rate) {
    return rate.is_number() ? ", " + formatNumber(rate.get<double>(), 1) + " documents/s" : std::string();
}

void addEmbed(Commands& commands) {
    struct Options {
        std::string project, model, precision = "auto";
        bool link = false;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = commands.add(
        "embed", "Vectors of all documents under a model; an interrupted one goes on",
        [options](Call& call) -> Result<Outcome> {
            ESPALIER_ASSIGN(const auto project, openForWriting(options->project));
            json job = jobOptions(call.common);
            job.update({{"model", options->model}, {"precision", options->precision}, {"link", options->link}});
            ESPALIER_ASSIGN(const Adopted adopted, runJobAndAdopt(call, *project, "embed", job));
            const json& object = adopted.object;
            return Outcome{object, formatCount(object["documents"].get<std::int64_t>()) +
                                       " documents have vectors of \"" + object["model"].get<std::string>() + "\" (" +
                                       formatCount(object["dim"].get<std::int64_t>()) + " dimensions)\n  " +
                                       formatSeconds(object["seconds"].get<double>()) + " on " +
                                       object["device"].get<std::string>() + " in " +
                                       object["precision"].get<std::string>() + rateText(object["docs_per_second"]) +
                                       "\n"};
        });
    commands.markLong("embed");
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("--model", options->model,
                    "Folder of an encoder (sentence-transformers layout), tfidf (word-based vectors: TF-IDF reduced to "
                    "at most 256 dimensions), base, or a run")
        ->required()
        ->type_name("MODEL");
    app->add_option("--precision", options->precision, "Numbers of the encoder: auto or fp32 (default auto, now fp32)")
        ->check(CLI::IsMember({"auto", "fp32"}))
        ->type_name("PRECISION");
    app->add_flag("--link", options->link, "Keep only path and hash of the encoder, not a copy in the project");
}

struct TrainOptions {
    std::string project, model, name, loss = "heal", schedule, labels = "tree";
    double epochs = 1, learningRate = 2e-5, tau = 0.07;
    std::int64_t steps = 0;
    int batch = 64, maxLength = 128;
};

json trainJob(const TrainOptions& train, const CommonOptions& common) {
    json job = jobOptions(common);
    job.update({{"name", train.name},
                {"loss", train.loss},
                {"labels", train.labels},
                {"epochs", train.epochs},
                {"steps", train.steps},
                {"batch", train.batch},
                {"lr", train.learningRate},
                {"tau", train.tau},
                {"max_length", train.maxLength}});
    if (!train.model.empty()) job["model"] = train.model;
    if (!train.schedule.empty()) job["schedule"] = train.schedule;
    return job;
}

std::string trainText(const json& object) {
    std::string text = "Run \"" + object["run"].get<std::string>() + "\" " + object["state"].get<std::string>() +
                       " after " + formatCount(object["steps"].get<std::int64_t>()) + " steps in " +
                       formatSeconds(object["seconds"].get<double>()) + rateText(object["docs_per_second"]) + "\n";
    if (object["loss"].is_number()) text += "  Loss   " + formatNumber(object["loss"].get<double>(), 4) + "\n";
    if (object["model_dir"].is_string()) text += "  Model  " + object["model_dir"].get<std::string>() + "\n";
    return text;
}

/// What the run leaves when the job ended with an error: nothing when it was refused or discarded before it had
/// anything; else its folder, with the state that says so.
void settleFailedRun(Project& project, const std::string& name, const std::filesystem::path& folder,
                     const Error& error) {
    if (project::resultKind(folder)) {
        if (const auto adopted = project.adopt(folder)) return;
    }
    const bool machine = error.code == ErrorCode::Io || error.code == ErrorCode::OutOfMemory ||
                         error.code == ErrorCode::Internal || error.code == ErrorCode::Numerical;
    (void)project.setRunState(name, machine ? project::RunState::Failed : project::RunState::Stopped);
    if (!machine) (void)project.deleteRun(name);
}

Result<Outcome> train(const TrainOptions& options, Call& call) {
    ESPALIER_ASSIGN(const auto project, openForWriting(options.project));
    json job = trainJob(options, call.common);
    ESPALIER_ASSIGN(const project::RunInfo run, project->createRun(options.name, job.dump()));
    job["name"] = run.name;
    auto object = runJobInFolder(call, *project, "train", run.folder, job);
    if (!object) {
        settleFailedRun(*project, run.name, run.folder, object.error());
        return std::move(object).error();
    }
    ESPALIER_TRY(project->adopt(run.folder));
    ESPALIER_ASSIGN(const project::RunInfo adopted, project->run(run.name));
    if (!adopted.modelFolder.empty()) (*object)["model_dir"] = adopted.modelFolder.string();
    return Outcome{*object, trainText(*object)};
}

std::string checkSchedule(std::string& text) {
    const auto parsed = nn::parseSchedule(text);
    return parsed ? std::string() : parsed.error().message;
}
std::string checkRunName(std::string& text) {
    if (project::validRunName(text)) return {};
    return "\"" + text + "\" is no name for a run: 1 to 64 of A-Z a-z 0-9 . _ -, and none of the reserved words";
}

void addTrain(Commands& commands) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* app = commands.add("train", "Fine-tune an encoder on the label tree (HEAL)",
                                 [options](Call& call) { return train(*options, call); });
    commands.markLong("train");
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("--model", options->model,
                    "Encoder to start from: base, a run, or a folder (default: the one embedded last)")
        ->type_name("MODEL");
    app->add_option("--name", options->name, "Name of the run (default run-1, run-2, ...)")
        ->check(CLI::Validator(checkRunName, "RUN"))
        ->type_name("RUN");
    app->add_option("--loss", options->loss, "heal")->check(CLI::IsMember({"heal"}))->type_name("heal");
    std::string schedules;
    for (const std::string& name : nn::scheduleNames()) schedules += name + ", ";
    app->add_option("--schedule", options->schedule,
                    "Weights of the levels: " + schedules +
                        "or numbers, coarsest first (0.3,0.7); :raw behind it: not normalised")
        ->check(CLI::Validator(checkSchedule, "SCHEDULE"))
        ->type_name("SCHEDULE");
    app->add_option("--labels", options->labels, "tree or reference (default tree)")
        ->check(CLI::IsMember({"tree", "reference"}))
        ->type_name("LABELS");
    app->add_option("--epochs", options->epochs, "Times that every document is drawn (default 1)")
        ->check(CLI::Range(1e-6, 1e6))
        ->type_name("N");
    app->add_option("--steps", options->steps, "Steps; overrides --epochs")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000000}))
        ->type_name("N");
    app->add_option("--batch", options->batch, "Documents in a step (default 64)")
        ->check(CLI::Range(4, 65536))
        ->type_name("N");
    app->add_option("--lr", options->learningRate, "Learning rate after the warm-up (default 2e-5)")
        ->check(CLI::Range(1e-12, 10.0))
        ->type_name("RATE");
    app->add_option("--tau", options->tau, "Temperature (default 0.07)")
        ->check(CLI::Range(1e-4, 100.0))
        ->type_name("TAU");
    app->add_option("--max-length", options->maxLength, "Tokens of a document (default 128)")
        ->check(CLI::Range(3, 1 << 20))
        ->type_name("N");
}

void addRun(Commands& commands) {
    struct Options {
        std::string project, operation, name, text;
    };
    auto options = std::make_shared<Options>();
    CLI::App* app = commands.add("run", "Delete a training run, note something about it, or use its model by default",
                                 [options](Call&) -> Result<Outcome> {
                                     ESPALIER_ASSIGN(const auto project, openForWriting(options->project));
                                     std::string text;
                                     if (options->operation == "delete") {
                                         ESPALIER_TRY(project->deleteRun(options->name));
                                         text = "Deleted run \"" + options->name + "\" with its model and vectors\n";
                                     } else if (options->operation == "note") {
                                         ESPALIER_TRY(project->noteRun(options->name, options->text));
                                         text = "Noted\n";
                                     } else {
                                         ESPALIER_TRY(project->useRun(options->name));
                                         text = "\"" + options->name + "\" is now the model where none is named\n";
                                     }
                                     return Outcome{{{"run", options->name}}, text};
                                 });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("operation", options->operation, "delete, note or use")
        ->required()
        ->check(CLI::IsMember({"delete", "note", "use"}))
        ->type_name("");
    app->add_option("name", options->name, "Name of the run")->required()->type_name("");
    CLI::Option* text = app->add_option("text", options->text, "The note")->type_name("");
    app->callback([options, text] {
        if ((options->operation == "note") != (text->count() > 0)) {
            throw CLI::ValidationError(
                "run", options->operation == "note" ? "usage: run PROJECT note NAME TEXT" : "only note takes a text");
        }
    });
}

}  // namespace

void addModelVerbs(Commands& commands) {
    addEmbed(commands);
    addTrain(commands);
    addRun(commands);
}

}  // namespace espalier::cli
