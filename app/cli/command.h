// SPDX-License-Identifier: Apache-2.0
/// \file app/cli/command.h
/// One verb: its options as CLI11 sees them, and the function that does it.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "app/cli/text_table.h"
#include "core/base/result.h"
#include "core/jobs/job_context.h"
#include "core/pipeline/job_folder.h"

namespace espalier::cli {

/// Where events go: the console, and the folder of the job that runs.
struct EventHub {
    Console& console;
    pipeline::JobFolder* folder = nullptr;
    void send(const nlohmann::json& event) const {
        console.event(event);
        if (folder != nullptr) folder->event(event);
    }
};

/// What a verb sees of the call it serves.
struct Call {
    const CommonOptions& common;
    Console& console;
    EventHub& events;
    jobs::JobContext& context;
};

struct Outcome {
    nlohmann::json object;  ///< of the contract
    std::string text;       ///< the same for people
    int status = 0;
};

using Verb = std::function<Result<Outcome>(Call&)>;

/// All verbs of the program; knows which one the command line named.
class Commands {
public:
    explicit Commands(CLI::App& app) : m_app(app) {}
    /// Adds a verb with the common options. The returned App takes the verb's own ones.
    CLI::App* add(const std::string& name, const std::string& description, Verb verb);
    /// Makes the verb report "start" and "end" events (long verbs).
    void markLong(const std::string& name) { m_long.push_back(name); }

    const CommonOptions& common() const noexcept { return m_common; }
    struct Named {
        std::string name;
        Verb verb;
        bool isLong = false;
    };
    /// The verb that was parsed. \pre parsing succeeded
    Named parsed() const;

private:
    CLI::App& m_app;
    CommonOptions m_common;
    std::vector<std::pair<CLI::App*, Verb>> m_verbs;
    std::vector<std::string> m_long;
};

/// The positional PROJECT of a verb.
std::shared_ptr<std::string> addProject(CLI::App* app);

void addProjectVerbs(Commands& commands);
void addTreeVerbs(Commands& commands);
void addTaxonomyVerbs(Commands& commands);
void addEditVerbs(Commands& commands);
void addSplitVerb(Commands& commands);
void addExpectVerb(Commands& commands);
void addModelVerbs(Commands& commands);
void addSearchVerbs(Commands& commands);
void addWhyVerb(Commands& commands);
void addExportVerb(Commands& commands);

}  // namespace espalier::cli
