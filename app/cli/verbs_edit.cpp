// SPDX-License-Identifier: Apache-2.0
/// edit, undo, redo, history.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/job_call.h"
#include "core/tree/edit.h"

namespace espalier::cli {
using nlohmann::json;
using project::Project;

namespace {

struct Operation {
    const char* name;
    const char* usage;
    std::size_t least, most;  ///< arguments after the name
};
constexpr std::size_t kAny = 1000000;
constexpr std::array<Operation, 13> kOperations{{{"new", "new PARENT NAME", 2, 2},
                                                 {"rename", "rename LABEL NAME", 2, 2},
                                                 {"move", "move LABEL PARENT [INDEX]", 2, 3},
                                                 {"merge", "merge KEEP LABEL...", 2, kAny},
                                                 {"retire", "retire LABEL [--to LABEL]", 1, 1},
                                                 {"restore", "restore LABEL", 1, 1},
                                                 {"lock", "lock LABEL", 1, 1},
                                                 {"unlock", "unlock LABEL", 1, 1},
                                                 {"note", "note LABEL TEXT", 2, 2},
                                                 {"pin", "pin DOCUMENT LABEL [--not] [--only]", 2, 2},
                                                 {"unpin", "unpin DOCUMENT LABEL", 2, 2},
                                                 {"share", "share DOCUMENT LABEL VALUE", 3, 3},
                                                 {"unshare", "unshare DOCUMENT LABEL", 2, 2}}};

const Operation* findOperation(const std::string& name) {
    const auto found =
        std::find_if(kOperations.begin(), kOperations.end(), [&](const Operation& op) { return name == op.name; });
    return found == kOperations.end() ? nullptr : &*found;
}

std::optional<std::int64_t> wholeNumber(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A number from 0 to 1.
std::optional<double> shareValue(const std::string& text) {
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 1)) return std::nullopt;
    return value;
}

struct EditOptions {
    std::string project, operation, to;
    bool mustNot = false, only = false;
    std::vector<std::string> arguments;
};

/// The command line's own faults: exit status 2 before any project is opened.
void validate(const EditOptions& edit, bool hasTo) {
    const Operation* operation = findOperation(edit.operation);
    if (operation == nullptr) throw CLI::ValidationError("edit", "there is no operation \"" + edit.operation + "\"");
    if (edit.arguments.size() < operation->least || edit.arguments.size() > operation->most) {
        throw CLI::ValidationError("edit", std::string("usage: edit PROJECT ") + operation->usage);
    }
    if (hasTo && edit.operation != "retire") throw CLI::ValidationError("--to", "belongs to retire");
    if (edit.mustNot && edit.operation != "pin") throw CLI::ValidationError("--not", "belongs to pin");
    if (edit.only && edit.operation != "pin") throw CLI::ValidationError("--only", "belongs to pin");
    if (edit.operation == "share" && !shareValue(edit.arguments[2])) {
        throw CLI::ValidationError("edit",
                                   "a share is a number from 0 to 1, such as 0.6, not \"" + edit.arguments[2] + "\"");
    }
    if (edit.operation == "move" && edit.arguments.size() == 3) {
        const auto index = wholeNumber(edit.arguments[2]);
        if (!index || *index < 0) throw CLI::ValidationError("edit", "the index of a move is a whole number from 0 on");
    }
}

/// A retired label by id or by the path it had.
Result<LabelId> resolveFormer(const tree::LabelTree& tree, const std::string& text) {
    if (const auto id = wholeNumber(text)) return LabelId{*id};
    std::vector<LabelId> found;
    for (const auto& [id, former] : tree.formerLabels()) {
        if (former.merged) continue;
        std::vector<std::string> path;
        if (tree.contains(former.label.parent)) path = tree.pathNames(former.label.parent);
        path.push_back(former.label.name);
        if (tree::LabelTree::formatPath(path) == text || former.label.name == text) found.push_back(id);
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) return makeError(ErrorCode::NotFound, "no retired label is called \"" + text + "\"");
    std::string ids;
    for (const LabelId id : found) ids += (ids.empty() ? "" : ", ") + std::to_string(id.value);
    return makeError(ErrorCode::InvalidArgument,
                     "several retired labels are called \"" + text + "\"; name one by its id: " + ids);
}

Result<tree::Edit> toEdit(const EditOptions& options, project::Project& project, const tree::LabelTree& labels) {
    tree::Edit edit;
    const auto& arguments = options.arguments;
    const auto label = [&](std::size_t i) { return labels.resolve(arguments[i]); };
    if (options.operation == "restore") {
        edit.kind = tree::EditKind::Restore;
        ESPALIER_ASSIGN(edit.label, resolveFormer(labels, arguments[0]));
        return edit;
    }
    if (options.operation == "new") {
        edit.kind = tree::EditKind::New;
        ESPALIER_ASSIGN(edit.parent, label(0));
        edit.text = arguments[1];
        return edit;
    }
    if (options.operation == "pin" || options.operation == "unpin") {
        edit.kind = options.operation == "pin" ? tree::EditKind::Pin : tree::EditKind::Unpin;
        edit.must = !options.mustNot;
        edit.only = options.only;
        ESPALIER_ASSIGN(edit.document, project.findDocument(arguments[0]));
        ESPALIER_ASSIGN(edit.label, label(1));
        return edit;
    }
    if (options.operation == "share" || options.operation == "unshare") {
        edit.kind = options.operation == "share" ? tree::EditKind::Share : tree::EditKind::Unshare;
        if (options.operation == "share") edit.share = *shareValue(arguments[2]);
        ESPALIER_ASSIGN(edit.document, project.findDocument(arguments[0]));
        ESPALIER_ASSIGN(edit.label, label(1));
        return edit;
    }
    ESPALIER_ASSIGN(edit.label, label(0));
    if (options.operation == "lock" || options.operation == "unlock") {
        edit.kind = options.operation == "lock" ? tree::EditKind::Lock : tree::EditKind::Unlock;
    } else if (options.operation == "rename" || options.operation == "note") {
        edit.kind = options.operation == "rename" ? tree::EditKind::Rename : tree::EditKind::Note;
        edit.text = arguments[1];
    } else if (options.operation == "move") {
        edit.kind = tree::EditKind::Move;
        ESPALIER_ASSIGN(edit.parent, label(1));
        if (arguments.size() == 3) edit.index = *wholeNumber(arguments[2]);
    } else if (options.operation == "merge") {
        edit.kind = tree::EditKind::Merge;
        for (std::size_t i = 1; i < arguments.size(); ++i) {
            ESPALIER_ASSIGN(const LabelId other, label(i));
            edit.others.push_back(other);
        }
    } else {
        edit.kind = tree::EditKind::Retire;
        if (!options.to.empty()) {
            ESPALIER_ASSIGN(edit.to, labels.resolve(options.to));
        }
    }
    return edit;
}

void addEdit(Commands& commands) {
    auto options = std::make_shared<EditOptions>();
    std::string footer = "Operations (a LABEL is an id or a path A/B from the root):\n";
    for (const Operation& operation : kOperations) footer += std::string("  ") + operation.usage + "\n";
    footer +=
        "A pin says that a document must (--not: must not) be under a label: it decides where the document is listed,\n"
        "its shares stay as they were fitted. A share says how much of a document, from 0 to 1, is under a label: "
        "labels\n"
        "around it get the rest, and every split and re-fit keeps it until unshare lets the model decide again. A "
        "locked\n"
        "label refuses every change but unlock.\n";
    CLI::App* app = commands.add("edit", "Change the label tree", [options](Call& call) -> Result<Outcome> {
        ESPALIER_ASSIGN(const auto project, openForWriting(options->project));
        ESPALIER_ASSIGN(const auto snapshot, project->tree());
        ESPALIER_ASSIGN(const tree::Edit edit, toEdit(*options, *project, snapshot->tree));
        ESPALIER_ASSIGN(const auto outcome, project->edit(edit));
        const json label = outcome.label ? json(outcome.label.value) : json(nullptr);
        json contradictions = json::array();
        for (const auto& pair : outcome.contradictions) {
            contradictions.push_back(pair.text);
            call.events.send(
                {{"event", "warning"},
                 {"message",
                  pair.text + "; both are kept, a pin decides where it is listed, and of two pins the later one"}});
        }
        return Outcome{{{"revision", outcome.revision},
                        {"edit", outcome.what},
                        {"label", label},
                        {"contradictions", std::move(contradictions)}},
                       outcome.what + "\n  Label " + (outcome.label ? std::to_string(outcome.label.value) : "-") +
                           ", revision " + formatCount(outcome.revision) + "\n"};
    });
    app->add_option("project", options->project, "Project folder")->required()->type_name("");
    app->add_option("operation", options->operation, "One of those listed below")->required()->type_name("");
    app->add_option("arguments", options->arguments, "Labels, documents, names, texts: see below")->type_name("");
    CLI::Option* to = app->add_option("--to", options->to, "retire: where mass and children go (default: the parent)")
                          ->type_name("LABEL");
    app->add_flag("--not", options->mustNot, "pin: the document must not be under the label");
    app->add_flag("--only", options->only, "pin: take back what else was said of where the document belongs");
    app->footer(footer);
    app->callback([options, to] { validate(*options, to->count() > 0); });
}

void addUndoRedo(Commands& commands) {
    for (const bool redo : {false, true}) {
        auto path = std::make_shared<std::string>();
        CLI::App* app =
            commands.add(redo ? "redo" : "undo", redo ? "Do again what was undone last" : "Take back the last edit",
                         [path, redo](Call&) -> Result<Outcome> {
                             ESPALIER_ASSIGN(const auto project, openForWriting(*path));
                             ESPALIER_ASSIGN(const auto outcome, redo ? project->redo() : project->undo());
                             return Outcome{{{"revision", outcome.revision}, {"edit", outcome.what}},
                                            (redo ? "Redone: " : "Undone: ") + outcome.what + "\n  Revision " +
                                                formatCount(outcome.revision) + "\n"};
                         });
        app->add_option("project", *path, "Project folder")->required()->type_name("");
    }
}

void addHistory(Commands& commands) {
    auto path = std::make_shared<std::string>();
    CLI::App* app = commands.add("history", "Every import, edit and build", [path](Call& call) -> Result<Outcome> {
        ESPALIER_ASSIGN(const auto project, openForReading(*path));
        ESPALIER_ASSIGN(const auto entries, project->history());
        json edits = json::array();
        TextTable table;
        table.column("Revision", TextTable::Align::Right);
        table.column("Time (UTC)");
        table.column("Who", TextTable::Align::Left, true);
        table.column("What", TextTable::Align::Left, true);
        for (const auto& entry : entries) {
            edits.push_back({{"revision", entry.revision},
                             {"time", entry.time},
                             {"what", entry.what},
                             {"actor", entry.actor},
                             {"undone", entry.undone}});
            table.row({formatCount(entry.revision), entry.time, entry.actor,
                       entry.what + (entry.undone ? "  (undone)" : "")});
        }
        return Outcome{{{"edits", std::move(edits)}},
                       table.empty() ? "Nothing has happened yet\n" : table.text(call.console.columns())};
    });
    app->add_option("project", *path, "Project folder")->required()->type_name("");
}

}  // namespace

void addEditVerbs(Commands& commands) {
    addEdit(commands);
    addUndoRedo(commands);
    addHistory(commands);
}

}  // namespace espalier::cli
