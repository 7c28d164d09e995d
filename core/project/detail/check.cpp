// SPDX-License-Identifier: Apache-2.0
// check: everything that is stored, looked at again.
#include <cmath>

#include "core/base/sha256.h"
#include "core/project/detail/project_state.h"
#include "core/text/document.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
constexpr double kSumTolerance = 1e-6;

class Checker {
public:
    Checker(Project::State& state, Project& project, jobs::JobContext& context)
        : m_state(state), m_project(project), m_context(context) {}

    Result<std::vector<Problem>> run() {
        ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(m_state.db()));
        m_context.progress("check database", 0, 0);
        ESPALIER_ASSIGN(const auto damage, store::findDamage(m_state.db()));
        for (const auto& what : damage) add(what, m_state.db().path());
        if (!damage.empty()) return m_problems;  // what follows would only repeat it
        ESPALIER_TRY(checkDocuments());
        ESPALIER_TRY(checkFiles());
        ESPALIER_TRY(checkFolders());
        ESPALIER_TRY(checkDigests());
        ESPALIER_TRY(checkMemberships());
        ESPALIER_TRY(checkJournal());
        return m_problems;
    }

private:
    void add(const std::string& what, const fs::path& file = {}) { m_problems.push_back({what, file.string()}); }
    Status checkDocuments();
    Status checkFiles();
    Status checkFolders();
    Status checkDigests();
    Status checkMemberships();
    Status checkJournal();
    store::Connection& db() { return m_state.db(); }

    Project::State& m_state;
    Project& m_project;
    jobs::JobContext& m_context;
    std::vector<Problem> m_problems;
};

Status Checker::checkDocuments() {
    ESPALIER_ASSIGN(const std::int64_t total, db().integer("SELECT count(*) FROM document"));
    ESPALIER_ASSIGN(const std::int64_t contents, db().integer("SELECT count(*) FROM content"));
    if (total != contents) add("documents and their texts differ in number");
    ESPALIER_ASSIGN(const std::int64_t staged, db().integer("SELECT count(*) FROM staged_row"));
    if (staged != 0) add("rows of an unfinished import are left");
    std::int64_t done = 0;
    auto status =
        m_project.forEachDocument([&](DocumentKey, const text::Document& document, const std::string& hash) -> Status {
            ESPALIER_TRY(m_context.checkStop());
            m_context.progress("check documents", ++done, total);
            if (text::textHash(text::inputString(document)) != hash) {
                add("the text of document \"" + document.id + "\" does not match its hash");
            }
            return {};
        });
    if (!status && status.error().code == ErrorCode::Corrupt) {
        add(status.error().message);
        return {};
    }
    return status;
}

Status Checker::checkFiles() {
    ESPALIER_ASSIGN(auto rows,
                    db().prepare("SELECT path, sha256 FROM artifact UNION ALL SELECT folder || "
                                 "'/model.safetensors', sha256 FROM stored_model UNION ALL SELECT model_folder || "
                                 "'/model.safetensors', model_sha256 FROM run WHERE model_folder <> ''"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return {};
        ESPALIER_TRY(m_context.checkStop());
        const fs::path file = m_state.absolute(rows.text(0));
        m_context.progress("check files", 0, 0);
        const auto hash = sha256OfFile(file);
        if (!hash) {
            add("the file " + file.string() + " is missing or cannot be read", file);
        } else if (*hash != rows.view(1)) {
            add("the file " + file.string() + " is not what was stored: its hash differs", file);
        }
    }
}

/// Encoders, word models and runs are folders: every file in them counts, a vocabulary no less than the weights.
Status Checker::checkFolders() {
    ESPALIER_ASSIGN(auto rows, db().prepare("SELECT folder, contents FROM stored_model UNION ALL "
                                            "SELECT substr(key, length(?1) + 1), value FROM meta "
                                            "WHERE key LIKE ?1 || '%' ORDER BY 1"));
    rows.bind(detail::kContentsKey);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) return {};
        ESPALIER_TRY(m_context.checkStop());
        const fs::path folder = m_state.absolute(rows.text(0));
        const auto contents = detail::contentsHash(folder);
        if (!contents) {
            add("the folder " + folder.string() + " is missing or cannot be read", folder);
        } else if (*contents != rows.view(1)) {
            add("the folder " + folder.string() +
                    " is not what was stored: a file in it was changed, was added or is missing",
                folder);
        }
    }
}

/// What is written once must be as it was written; what an assign added must be what its entry keeps.
Status Checker::checkDigests() {
    m_context.progress("check rows", 0, 0);
    ESPALIER_ASSIGN(const auto changed, m_state.changedDigests());
    for (const auto& what : changed) add(what + " are not what was stored: a row was changed, was added or is missing");
    ESPALIER_ASSIGN(
        const std::int64_t strange,
        db().integer("SELECT count(*) FROM journal_resting a JOIN journal j ON j.id = a.entry WHERE NOT j.undone AND "
                     "NOT EXISTS (SELECT 1 FROM resting r WHERE r.generation = j.generation_after AND r.document = "
                     "a.document AND r.label = a.label AND r.mass = a.mass)"));
    if (strange > 0) add("memberships of assigned documents are not those that were assigned");
    return {};
}

Status Checker::checkMemberships() {
    auto view = m_state.current();
    if (!view) {
        if (view.error().code != ErrorCode::Corrupt) return std::move(view).error();
        add(view.error().message);
        return {};
    }
    if (auto tree = view->snapshot->tree.checkInvariants(); !tree) add(tree.error().message);
    ESPALIER_ASSIGN(const std::int64_t nextLabel, db().integer("SELECT next_label FROM state"));
    ESPALIER_ASSIGN(const std::int64_t largest, db().integer("SELECT max(id) FROM label"));
    if (largest >= nextLabel) add("a label has an id that is still to be given");
    const auto owners = view->snapshot->tree.massOwners();
    for (const LabelId cell : view->masses->cells) {
        if (owners.count(cell) == 0) add("mass rests at label " + std::to_string(cell.value) + ", which no label owns");
    }
    const auto& masses = *view->masses;
    double total = 0;
    for (std::int64_t d = 0; d < masses.documents(); ++d) {
        double sum = 0;
        const auto begin = masses.offsets[static_cast<std::size_t>(d)],
                   end = masses.offsets[static_cast<std::size_t>(d) + 1];
        for (auto e = begin; e < end; ++e) sum += masses.mass[static_cast<std::size_t>(e)];
        total += sum;
        if (sum > 1 + kSumTolerance) {
            add("document " + std::to_string(view->documents->keys[static_cast<std::size_t>(d)].value) + " has mass " +
                std::to_string(sum) + ", which is more than 1");
        }
    }
    const double rootMass = view->snapshot->countsOf(view->snapshot->tree.root()).mass;
    if (std::abs(rootMass - total) > kSumTolerance * std::max(1.0, total))
        add("the masses of the labels do not add up");
    const auto fresh = detail::HardLabels::compute(view->snapshot->tree, masses, *view->documents);
    if (fresh.labels != view->hard->labels || fresh.through != view->hard->through) {
        add("the counted documents differ from a fresh count");
    }
    return {};
}

/// Walks back from the present: each entry must find the labels as it left them, and at the beginning of every
/// generation the tree must be as it was grown.
Status Checker::checkJournal() {
    ESPALIER_ASSIGN(Cursor cursor, m_state.cursor());
    ESPALIER_ASSIGN(const std::int64_t entries, db().integer("SELECT count(*) FROM journal"));
    ESPALIER_ASSIGN(const std::int64_t revisions, db().integer("SELECT count(*) FROM revision"));
    ESPALIER_ASSIGN(const std::int64_t last, db().integer("SELECT coalesce(max(number), 0) FROM revision"));
    if (last != cursor.revision || revisions != cursor.revision) add("the journal has holes: a revision is missing");
    if (entries > revisions) add("the journal has entries without a revision");
    auto loaded = m_state.loadTree(cursor.generation);
    if (!loaded) return {};  // reported with the memberships
    tree::LabelTree tree = std::move(loaded).value();
    const auto asGrown = [&] {
        for (const auto& [id, label] : tree.labels()) {
            if (label.massOf != std::vector<LabelId>{id}) return false;
        }
        return tree.formerLabels().empty() && tree.pins().empty() && tree.shares().empty();
    };
    std::int64_t generation = cursor.generation;
    const auto checkGrown = [&] {
        if (!m_state.isTreeAsGrown(generation, tree))
            add("the labels are not those that were grown and edited: a name, a term or another part has changed");
    };
    while (cursor.head != 0) {
        ESPALIER_TRY(m_context.checkStop());
        ESPALIER_ASSIGN(auto row,
                        db().prepare("SELECT kind, parent, generation_before, effect, undone, revision FROM journal "
                                     "WHERE id = ?"));
        ESPALIER_ASSIGN(const bool there, row.bind(cursor.head).step());
        if (!there || row.integer(1) >= cursor.head || row.integer(4) != 0) {
            add("the journal is broken at entry " + std::to_string(cursor.head));
            return {};
        }
        const std::string kind = row.text(0);
        if (kind == "edit" || kind == "merge" || kind == "split" || kind == "refit" || kind == "share") {
            const auto effect = tree::effectFromJson(row.view(3));
            if (!effect || !tree::revert(tree, *effect) || !tree.checkInvariants()) {
                add("the edit of revision " + std::to_string(row.integer(5)) +
                    " does not lead to the tree that is stored");
                return {};
            }
        } else if (kind == "build" || kind == "taxonomy") {
            if (!asGrown())
                add("the edits since the build or import of revision " + std::to_string(row.integer(5)) +
                    " are not all recorded");
            checkGrown();
            generation = row.integer(2);
            auto previous = m_state.loadTree(generation);
            if (!previous) {
                add("the tree before the build of revision " + std::to_string(row.integer(5)) +
                    " is damaged: " + previous.error().message);
                return {};
            }
            tree = std::move(previous).value();
        }
        cursor.head = row.integer(1);
    }
    if (!asGrown() || tree.size() != 1) add("the edits since the beginning are not all recorded");
    return {};
}
}  // namespace

Result<std::vector<Problem>> Project::check(jobs::JobContext& context) {
    return Checker(*m_state, *this, context).run();
}

}  // namespace espalier::project
