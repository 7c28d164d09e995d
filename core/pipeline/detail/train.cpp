// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "core/base/atomic_file.h"
#include "core/base/platform.h"
#include "core/base/version.h"
#include "core/nn/device.h"
#include "core/nn/model_folder.h"
#include "core/nn/trainer.h"
#include "core/pipeline/detail/jobs.h"
#include "core/pipeline/model_lookup.h"
#include "core/project/job_results.h"
#include "core/project/project.h"
#include "core/text/document.h"

namespace espalier::pipeline::detail {
using nlohmann::json;

namespace {
constexpr const char* kModelFolder = "model";

struct Request {
    nn::TrainOptions train;
    std::string model, name, schedule, labels, device;
};

Result<Request> parseOptions(JobOptions& options) {
    Request request;
    nn::TrainOptions& train = request.train;
    request.model = options.text("model");
    request.name = options.text("name");
    (void)options.choice("loss", "heal", {"heal"});
    request.schedule = options.text("schedule");
    request.labels = options.choice("labels", "tree", {"tree", "reference"});
    train.epochs = options.number("epochs", train.epochs, 1e-6, 1e6);
    train.steps = options.integer("steps", train.steps, 0, 1000000000);
    train.batch = static_cast<int>(options.integer("batch", train.batch, 4, 65536));
    train.learningRate = options.number("lr", train.learningRate, 1e-12, 10.0);
    train.temperature = options.number("tau", train.temperature, 1e-4, 100.0);
    train.maxLength = static_cast<int>(options.integer("max_length", train.maxLength, 3, 1 << 20));
    train.seed = options.seed();
    train.threads = options.threads();
    request.device = options.device();
    ESPALIER_TRY(options.finish());
    if (!request.schedule.empty()) {
        ESPALIER_ASSIGN(train.schedule, nn::parseSchedule(request.schedule));
    }
    request.schedule = nn::scheduleText(train.schedule);
    return request;
}

/// The encoder to start from: the one asked for, else that of the vectors in use.
Result<EmbeddingModel> startingModel(project::Project& project, const std::string& wanted) {
    std::string name = wanted;
    if (name.empty()) {
        auto inUse = project.model("");
        if (!inUse) return makeError(ErrorCode::InvalidState, "no encoder is embedded yet; name one with --model");
        name = inUse->name;
    }
    if (name == kTfidfModel) {
        return makeError(
            ErrorCode::InvalidState,
            "word-based vectors cannot be trained; name an encoder with --model: base, a run, or a folder");
    }
    return findEmbeddingModel(project, name);
}

/// Label paths as ids, coarse first, carried forward where a branch ends early.
struct Labelled {
    std::vector<nn::TrainItem> items;
    int levels = 0;
};

Result<Labelled> readItems(project::Project& project, const std::string& labels, jobs::JobContext& context) {
    ESPALIER_ASSIGN(const auto snapshot, project.tree());
    std::unordered_map<DocumentKey, LabelId> hardOf;
    if (labels == "tree") {
        ESPALIER_ASSIGN(const auto hard, project.hardLabels());
        for (const auto& [key, label] : hard) hardOf.emplace(key, label);
    }
    std::map<std::vector<std::string>, std::int64_t> numbers;
    std::vector<std::vector<std::int64_t>> paths;
    Labelled labelled;
    const auto read = [&](DocumentKey key, const text::Document& document, const std::string&) -> Status {
        ESPALIER_TRY(context.checkStop());
        std::vector<std::int64_t> path;
        if (labels == "tree") {
            const auto found = hardOf.find(key);
            if (found == hardOf.end() || !found->second || !snapshot->tree.contains(found->second)) return {};
            for (const LabelId label : snapshot->tree.path(found->second)) path.push_back(label.value);
        } else {
            std::vector<std::string> prefix;
            for (const std::string& name : document.labels) {
                prefix.push_back(name);
                path.push_back(numbers.emplace(prefix, static_cast<std::int64_t>(numbers.size()) + 1).first->second);
            }
        }
        if (path.empty()) return {};
        labelled.levels = std::max(labelled.levels, static_cast<int>(path.size()));
        paths.push_back(std::move(path));
        labelled.items.push_back({text::inputString(document), {}});
        return {};
    };
    ESPALIER_TRY(project.forEachDocument(read));
    if (labelled.items.empty()) {
        return makeError(ErrorCode::InvalidState, labels == "tree"
                                                      ? "no document has a label yet; build the tree first"
                                                      : "no document of this project came with reference labels");
    }
    nn::carryForward(paths, labelled.levels);
    for (std::size_t i = 0; i < paths.size(); ++i) labelled.items[i].labelPath = std::move(paths[i]);
    return labelled;
}

/// config.json of the run: everything that reproduces it.
Status writeManifest(const JobRequest& job, const Request& request, const EmbeddingModel& start,
                     const nn::Device& device, project::Project& project, std::int64_t revision,
                     const Labelled& labelled, const nn::Trainer& trainer) {
    const nn::TrainOptions& train = request.train;
    ESPALIER_ASSIGN(const std::string treeHash, project.treeHash());
    const json manifest{{"format", "espalier run 1"},
                        {"espalier", version()},
                        {"torch", nn::torchVersion()},
                        {"host", platform::hostName()},
                        {"device", device.name},
                        {"options",
                         {{"model", start.name},
                          {"loss", "heal"},
                          {"schedule", request.schedule},
                          {"labels", request.labels},
                          {"epochs", train.epochs},
                          {"steps", train.steps},
                          {"batch", train.batch},
                          {"lr", train.learningRate},
                          {"tau", train.temperature},
                          {"max_length", train.maxLength},
                          {"warmup_share", train.warmupShare},
                          {"weight_decay", train.weightDecay},
                          {"clip_norm", train.clipNorm},
                          {"dropout", train.dropout},
                          {"seed", train.seed},
                          {"threads", train.threads}}},
                        {"start_model", {{"name", start.name}, {"sha256", start.identity}}},
                        {"tree", {{"revision", revision}, {"hash", treeHash}}},
                        {"project", project.uuid()},
                        {"documents", labelled.items.size()},
                        {"levels", labelled.levels},
                        {"planned_steps", trainer.plannedSteps()}};
    return writeFileAtomically(job.folder / "config.json", manifest.dump(2) + "\n");
}

json metricOf(const nn::StepStats& stats, double seconds) {
    return {{"step", stats.step},
            {"steps", stats.steps},
            {"epoch", stats.epoch},
            {"loss", stats.loss},
            {"floor", stats.floor},
            {"levels", stats.levels},
            {"starved", stats.starved},
            {"mean_cosine", stats.meanCosine},
            {"grad_norm", stats.gradientNorm},
            {"lr", stats.learningRate},
            {"docs_per_second", stats.documentsPerSecond},
            {"seconds", seconds}};
}

/// Smoothed loss of the last steps: a single batch says little.
class RecentLoss {
public:
    void add(double loss) {
        m_value = m_any ? 0.9 * m_value + 0.1 * loss : loss;
        m_any = true;
    }
    json value() const { return m_any && std::isfinite(m_value) ? json(m_value) : json(nullptr); }

private:
    double m_value = 0;
    bool m_any = false;
};
}  // namespace

Result<json> runTrain(const JobRequest& request, JobOptions options, jobs::JobContext& context) {
    ESPALIER_ASSIGN(Request wanted, parseOptions(options));
    ESPALIER_ASSIGN(const auto project, project::Project::open(request.project, project::Access::ReadOnly));
    ESPALIER_ASSIGN(const std::int64_t revision, project->revision());
    ESPALIER_ASSIGN(const EmbeddingModel start, startingModel(*project, wanted.model));
    if (wanted.name.empty()) wanted.name = request.folder.filename().string();
    context.progress("read documents", 0, 0);
    ESPALIER_ASSIGN(Labelled labelled, readItems(*project, wanted.labels, context));
    ESPALIER_ASSIGN(const nn::Device device, nn::chooseDevice(wanted.device));
    nn::setThreads(wanted.train.threads);
    context.progress("load model", 0, 0);
    ESPALIER_ASSIGN(const auto description, nn::readModelFolder(start.folder));
    ESPALIER_ASSIGN(const auto trainer, nn::Trainer::create(start.folder, labelled.items, wanted.train, device));
    for (const std::string& warning : trainer->warnings()) context.warning(warning);
    ESPALIER_TRY(writeManifest(request, wanted, start, device, *project, revision, labelled, *trainer));
    labelled.items.clear();

    project::TrainResult result;
    result.run = wanted.name;
    result.fromRevision = revision;
    result.dim = description.bert.hidden;
    result.loss = std::numeric_limits<double>::quiet_NaN();
    RecentLoss recent;
    std::optional<Error> fault;
    json last = json::object();
    double trainSeconds = 0, documents = 0;
    while (!trainer->finished()) {
        if (context.shouldStop()) break;
        const auto stats = trainer->step(context);
        if (!stats) {
            if (stats.error().code != ErrorCode::Cancelled)
                fault = stats.error();
            else if (context.shouldStop())
                break;
            else
                continue;  // paused inside the step and resumed
            break;
        }
        result.step = stats->step;
        result.epoch = stats->epoch;
        result.loss = stats->loss;
        recent.add(stats->loss);
        if (stats->documentsPerSecond > 0) {
            documents += wanted.train.batch;
            trainSeconds += wanted.train.batch / stats->documentsPerSecond;
        }
        last = metricOf(*stats, context.secondsSinceStart());
        context.metric(last);
        context.progress("train", stats->step, stats->steps);
    }
    if (context.control() == jobs::Control::Discard) return makeError(ErrorCode::Cancelled, "the run was discarded");
    if (fault && fault->code != ErrorCode::Numerical) return *fault;

    const bool finished = trainer->finished() && !fault;
    result.state = fault ? project::RunState::Failed : finished ? project::RunState::Done : project::RunState::Stopped;
    json modelFolder;
    if (result.step > 0) {
        context.progress("save model", 0, 0);
        ESPALIER_TRY(trainer->saveModel(request.folder / kModelFolder));
        result.modelFolder = kModelFolder;
        modelFolder = std::filesystem::absolute(request.folder / kModelFolder).lexically_normal().string();
        context.checkpoint(result.step);
    }
    result.seconds = context.secondsSinceStart();
    last["loss_smoothed"] = recent.value();
    result.metrics = last.dump();
    ESPALIER_TRY(project::writeTrainResult(request.folder, result));
    if (fault) return *fault;
    return json{{"run", result.run},
                {"state", project::runStateName(result.state)},
                {"steps", result.step},
                {"loss", std::isfinite(result.loss) ? json(result.loss) : json(nullptr)},
                {"validation", nullptr},
                {"seconds", result.seconds},
                {"docs_per_second", trainSeconds > 0 ? json(documents / trainSeconds) : json(nullptr)},
                {"model_dir", modelFolder},
                {"better", nullptr},
                {"worse", nullptr}};
}

}  // namespace espalier::pipeline::detail
