// SPDX-License-Identifier: Apache-2.0
#include "app/cli/command.h"

#include <algorithm>

namespace espalier::cli {

namespace {
std::string checkDevice(std::string& text) {
    if (text == "auto" || text == "cpu" || text == "mps" || text == "cuda") return {};
    if (text.rfind("cuda:", 0) == 0 && text.size() > 5 && text.size() < 9 &&
        std::all_of(text.begin() + 5, text.end(), [](unsigned char c) { return c >= '0' && c <= '9'; })) {
        return {};
    }
    return "\"" + text + "\" is not a device: auto, cpu, cuda:N or mps";
}
}  // namespace

CLI::App* Commands::add(const std::string& name, const std::string& description, Verb verb) {
    CLI::App* app = m_app.add_subcommand(name, description);
    app->add_flag("--json", m_common.json, "One JSON object on standard output, events as JSON lines on standard error")
        ->group("Common");
    app->add_flag("--quiet", m_common.quiet, "No progress")->group("Common");
    app->add_option("--threads", m_common.threads, "Threads to compute with (default: all cores)")
        ->check(CLI::Range(1, 1024))
        ->type_name("N")
        ->group("Common");
    app->add_option("--device", m_common.device, "auto, cpu, cuda:N or mps")
        ->check(CLI::Validator(checkDevice, "DEVICE"))
        ->type_name("DEVICE")
        ->group("Common");
    app->add_option("--seed", m_common.seed, "Seed of everything random (default 42)")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N")
        ->group("Common");
    m_verbs.emplace_back(app, std::move(verb));
    return app;
}

Commands::Named Commands::parsed() const {
    for (const auto& [app, verb] : m_verbs) {
        if (!app->parsed()) continue;
        return {app->get_name(), verb, std::find(m_long.begin(), m_long.end(), app->get_name()) != m_long.end()};
    }
    return {};
}

std::shared_ptr<std::string> addProject(CLI::App* app) {
    auto project = std::make_shared<std::string>();
    app->add_option("project", *project, "Project folder (Name.espalier)")->required()->type_name("");
    return project;
}

}  // namespace espalier::cli
