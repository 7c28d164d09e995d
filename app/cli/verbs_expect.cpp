// SPDX-License-Identifier: Apache-2.0
/// expect, and the warnings about what is not met after an import, a build or an assign.
#include <algorithm>
#include <charconv>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "core/project/statement.h"

namespace espalier::cli {
using nlohmann::json;

namespace {
struct ExpectOptions {
    std::string project, operation;
    std::vector<std::string> arguments;
};

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

bool wholeNumber(const std::string& text, std::int64_t& value) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc() && end == text.data() + text.size() && value > 0;
}

/// The command line's own faults, and texts of no form: exit status 2 before any project is opened.
void validate(const ExpectOptions& options) {
    const auto fail = [](const std::string& what) { throw CLI::ValidationError("expect", what); };
    if (options.operation == "add") {
        if (options.arguments.empty()) fail("usage: expect PROJECT add STATEMENT");
        const auto read = project::readStatement(joined(options.arguments));
        if (!read) fail(read.error().message);
    } else if (options.operation == "remove") {
        std::int64_t id = 0;
        if (options.arguments.size() != 1 || !wholeNumber(options.arguments.front(), id))
            fail("usage: expect PROJECT remove NUMBER");
    } else if (options.operation != "list" && options.operation != "check") {
        fail("there is no operation \"" + options.operation + "\"; there are add, list, check and remove");
    } else if (!options.arguments.empty()) {
        fail("usage: expect PROJECT " + options.operation);
    }
}

Outcome expectOutcome(const std::vector<project::Expectation>& expectations, bool check, int columns) {
    json list = json::array();
    TextTable table;
    table.column("", TextTable::Align::Right);
    table.column("");
    table.column("Expectation", TextTable::Align::Left, true);
    table.column("Found", TextTable::Align::Left, true);
    bool allMet = true;
    for (const auto& one : expectations) {
        list.push_back({{"id", one.id}, {"text", one.text}, {"ok", one.ok}, {"why", one.why}});
        table.row({std::to_string(one.id), one.ok ? "met" : "NOT MET", one.text, one.why});
        allMet = allMet && one.ok;
    }
    return {{{"expectations", std::move(list)}},
            table.empty() ? "Nothing is expected yet\n" : table.text(columns),
            check && !allMet ? 1 : 0};
}
}  // namespace

void warnOfUnmet(Call& call, project::Project& project) {
    const auto expectations = project.expectations();
    if (!expectations) {
        call.events.send(
            {{"event", "warning"}, {"message", "expectations could not be checked: " + expectations.error().message}});
        return;
    }
    for (const auto& one : *expectations) {
        if (one.ok) continue;
        call.events.send(
            {{"event", "warning"},
             {"message", "expectation " + std::to_string(one.id) + " is not met: " + one.text + " (" + one.why + ")"}});
    }
}

void addExpectVerb(Commands& commands) {
    auto options = std::make_shared<ExpectOptions>();
    CLI::App* app = commands.add(
        "expect", "Statements about the tree, and whether they hold", [options](Call& call) -> Result<Outcome> {
            const bool writes = options->operation == "add" || options->operation == "remove";
            ESPALIER_ASSIGN(const auto project,
                            writes ? openForWriting(options->project) : openForReading(options->project));
            if (options->operation == "add") {
                ESPALIER_TRY(project->addExpectation(joined(options->arguments)));
            } else if (options->operation == "remove") {
                std::int64_t id = 0;
                wholeNumber(options->arguments.front(), id);
                ESPALIER_TRY(project->removeExpectation(id));
            }
            ESPALIER_ASSIGN(const auto expectations, project->expectations());
            return expectOutcome(expectations, options->operation == "check", call.console.columns());
        });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("operation", options->operation, "add, list, check (exit status 1 when one is not met) or remove")
        ->required()
        ->type_name("");
    app->add_option("arguments", options->arguments, "add: the statement; remove: its number")->type_name("");
    app->footer("Statements:\n" + project::statementForms() +
                "They are checked again after every import, build and assign, and follow a label that is renamed.\n");
    app->callback([options] { validate(*options); });
}

}  // namespace espalier::cli
