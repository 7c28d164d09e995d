// SPDX-License-Identifier: Apache-2.0
/// espalier-cli: everything the window can do, for servers, scripts and tests. The contract is its --json output and
/// its exit status: 0 done, 1 the machine's fault or a check not satisfied, 2 command line wrong, 3 refused,
/// 130 interrupted.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <new>

#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/cli/interrupt.h"
#include "core/base/platform.h"
#include "core/base/version.h"

using namespace espalier;
using nlohmann::json;

namespace {

Result<cli::Outcome> runGuarded(const cli::Verb& verb, cli::Call& call) {
    try {
        return verb(call);
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory,
                         "there is not enough memory for this; close other programs or use fewer documents");
    } catch (const std::filesystem::filesystem_error& fault) {
        return makeError(ErrorCode::Io, fault.what(), fault.path1().string());
    } catch (const std::exception& fault) {
        return makeError(ErrorCode::Internal, std::string("unexpected fault: ") + fault.what());
    }
}

/// A job that was stopped between two steps says no more than that; what it means is the verb's to tell.
Error told(const std::string& verb, Error error) {
    if (error.code == ErrorCode::Cancelled && error.message == "stopped")
        error.message = verb + " was stopped; nothing was changed";
    return error;
}

int runVerb(const cli::Commands& commands) {
    const auto named = commands.parsed();
    cli::Console console(commands.common());
    cli::EventHub events{console};
    jobs::JobContext context([&events](const json& event) { events.send(event); });
    const cli::InterruptWatcher watcher(context, [] {});
    cli::Call call{commands.common(), console, events, context};
    if (named.isLong) context.emit({{"event", "start"}, {"verb", named.name}, {"version", version()}});
    const auto outcome = runGuarded(named.verb, call);
    const bool stopped = watcher.interrupted();
    if (named.isLong) {
        const bool cancelled = !outcome && outcome.error().code == ErrorCode::Cancelled;
        context.emit({{"event", "end"},
                      {"state", outcome     ? (stopped ? "stopped" : "done")
                                : cancelled ? "stopped"
                                            : "failed"},
                      {"seconds", context.secondsSinceStart()}});
    }
    if (!outcome) return console.fail(told(named.name, outcome.error()), cli::exitStatus(outcome.error().code));
    // A job that was stopped and kept what it had (training) answers as usual, with the status of an interruption.
    const bool interrupted = stopped && outcome->object.value("state", json()) == "stopped";
    return console.finish(outcome->object, outcome->text, interrupted ? 130 : outcome->status);
}

/// Verbs that run LibTorch's threads for long: idle ones must wait, not spin against the rest of the machine, and
/// libgomp decides that while it is loaded.
bool computesLong(int argc, char** argv) {
    const std::string_view verb = argc > 1 ? argv[1] : "";
    return verb == "embed" || verb == "train" || verb == "eval";
}

}  // namespace

int main(int argc, char** argv) {
    if (computesLong(argc, argv)) platform::restartWithEnvironment("OMP_WAIT_POLICY", "passive", argv);
    platform::ignoreBrokenPipes();
    platform::tuneAllocator();
    CLI::App app(
        "Espalier: grow a label tree from documents, train search to follow it.\n"
        "espalier-cli VERB PROJECT [arguments] [options]; espalier-cli VERB --help tells about a verb.",
        "espalier-cli");
    app.set_version_flag("--version", std::string("espalier-cli ") + version());
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    cli::Commands commands(app);
    cli::addProjectVerbs(commands);
    cli::addTreeVerbs(commands);
    cli::addTaxonomyVerbs(commands);
    cli::addEditVerbs(commands);
    cli::addSplitVerb(commands);
    cli::addExpectVerb(commands);
    cli::addModelVerbs(commands);
    cli::addSearchVerbs(commands);
    cli::addWhyVerb(commands);
    cli::addExportVerb(commands);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& help) {
        return app.exit(help);
    } catch (const CLI::CallForAllHelp& help) {
        return app.exit(help);
    } catch (const CLI::CallForVersion& asked) {
        return app.exit(asked);
    } catch (const CLI::ParseError& wrong) {
        cli::CommonOptions common;
        common.json =
            std::any_of(argv + 1, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
        cli::Console console(common);
        const Error error = makeError(ErrorCode::InvalidArgument, wrong.what());
        return console.fail(makeError(error.code, error.message + " (espalier-cli --help lists what there is)"), 2);
    }
    return runVerb(commands);
}
