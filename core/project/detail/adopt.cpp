// SPDX-License-Identifier: Apache-2.0
// Adopting what jobs computed: files first, then rows and journal entry in one transaction.
#include <cmath>
#include <set>

#include "core/base/platform.h"
#include "core/base/sha256.h"
#include "core/project/detail/project_state.h"
#include "core/project/job_results.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
constexpr double kWholeTolerance = 1e-4;  // masses were float32: a sum this close to 1 is 1

Status requireUnmoved(const Cursor& cursor, std::int64_t fromRevision, bool force, const char* what) {
    if (force || cursor.treeRevision <= fromRevision) return {};
    return makeError(ErrorCode::Conflict, std::string("the tree changed (revision ") +
                                              std::to_string(cursor.treeRevision) + ") after " + what +
                                              " began on revision " + std::to_string(fromRevision) +
                                              "; adopt it anyway or do it again");
}

/// Rows of `resting`, sums near 1 made exact. \param labelOf  label of what a row rests at
template <class LabelOf>
Result<std::int64_t> storeResting(store::Connection& db, const RestingRows& rows, std::int64_t generation,
                                  LabelOf labelOf, std::int64_t journalId) {
    ESPALIER_ASSIGN(auto put,
                    db.prepare("INSERT INTO resting (generation, document, label, mass) VALUES (?, ?, ?, ?)"));
    ESPALIER_ASSIGN(auto keep,
                    db.prepare("INSERT INTO journal_resting (entry, document, label, mass) VALUES (?, ?, ?, ?)"));
    std::int64_t assigned = 0;
    for (std::size_t d = 0; d < rows.documents.size(); ++d) {
        const auto begin = static_cast<std::size_t>(rows.offsets[d]),
                   end = static_cast<std::size_t>(rows.offsets[d + 1]);
        double sum = 0;
        for (auto e = begin; e < end; ++e) sum += rows.mass[e];
        const double scale = std::abs(sum - 1) < kWholeTolerance ? sum : 1.0;
        for (auto e = begin; e < end; ++e) {
            const std::int64_t label = labelOf(rows.at[e]).value;
            const double mass = rows.mass[e] / scale;
            ESPALIER_TRY(put.bind(generation, rows.documents[d].value, label, mass).run());
            if (journalId != 0) ESPALIER_TRY(keep.bind(journalId, rows.documents[d].value, label, mass).run());
        }
        if (end > begin) ++assigned;
    }
    return assigned;
}

/// A document or label that is not there, or named twice, shows up as a constraint.
Error unusable(Error error, const fs::path& job) {
    if (error.code != ErrorCode::Conflict) return error;
    return makeError(ErrorCode::Corrupt, "the job's result does not fit this project: " + error.message, job.string());
}

Status requireDocuments(store::Connection& db, const RestingRows& rows, const fs::path& job) {
    ESPALIER_ASSIGN(auto row, db.prepare("SELECT 1 FROM document WHERE key = ?"));
    for (const DocumentKey key : rows.documents) {
        ESPALIER_ASSIGN(const bool there, row.bind(key.value).step());
        if (!there) {
            return makeError(ErrorCode::Corrupt, "the job's result names a document that is not in this project",
                             job.string());
        }
    }
    return {};
}

std::string plural(std::int64_t count, const std::string& one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

Result<AdoptOutcome> adoptBuild(Project::State& s, const fs::path& job) {
    ESPALIER_ASSIGN(const BuildResult built, readBuildResult(job));
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_ASSIGN(const auto before, s.current());
    if (before.snapshot->grown() && !built.replace) {
        return makeError(ErrorCode::AlreadyExists,
                         "the project has a label tree already; build with --replace to put a new one in its place");
    }
    ESPALIER_TRY(requireNoLock(before.snapshot->tree));
    Cursor cursor = before.cursor;
    ESPALIER_TRY(requireUnmoved(cursor, built.fromRevision, built.force, "the build"));
    ESPALIER_TRY(requireDocuments(s.db(), built.resting, job));

    const tree::Label& root = before.snapshot->tree.at(before.snapshot->tree.root());
    std::vector<tree::Label> labels;
    std::vector<LabelId> ids;
    for (std::size_t i = 0; i < built.nodes.size(); ++i) {
        const BuiltNode& node = built.nodes[i];
        tree::Label label;
        label.id = i == 0 ? root.id : LabelId{cursor.nextLabel++};
        label.terms = node.terms;
        label.stopReason = node.stopReason;
        label.massOf = {label.id};
        if (i == 0) {
            label.name = root.name;
            label.nameByUser = root.nameByUser;
            label.note = root.note;
            label.alternativeNames = root.alternativeNames;
        } else {
            label.name = node.name;
            label.parent = ids[static_cast<std::size_t>(node.parent)];
            labels[static_cast<std::size_t>(node.parent)].children.push_back(label.id);
        }
        ids.push_back(label.id);
        labels.push_back(std::move(label));
    }
    ESPALIER_ASSIGN(const auto grown, tree::LabelTree::fromLabels(root.id, labels));

    std::optional<std::int64_t> factors;
    if (!built.factorsFile.empty()) {
        ESPALIER_ASSIGN(const auto artifact,
                        s.storeArtifact(job / built.factorsFile, "factors", "mixed", "[]", "build"));
        factors = artifact.id;
    }
    const std::int64_t generationBefore = cursor.generation;
    ESPALIER_ASSIGN(cursor.generation, s.db().integer("SELECT max(id) + 1 FROM generation"));
    cursor.stamp = 0;
    ESPALIER_TRY(
        s.db().run("INSERT INTO generation (id, revision, created, built, stamp, labels, options, hash, simd, seconds, "
                   "peak_mb, factors) VALUES (?, ?, ?, 1, 0, ?, ?, ?, ?, ?, ?, NULL)",
                   cursor.generation, cursor.revision + 1, detail::timeNow(), tree::idsToJson(ids), built.options,
                   built.hash, built.simd, built.seconds, built.peakMb));
    if (factors) {
        ESPALIER_TRY(s.db().run("UPDATE generation SET factors = ? WHERE id = ?", *factors, cursor.generation));
    }
    ESPALIER_TRY(s.storeLabels(cursor.generation, {}, labels, {}, {}));
    for (std::size_t i = 0; i < built.nodes.size(); ++i) {
        if (built.nodes[i].stability == "[]") continue;
        ESPALIER_TRY(s.db().run("INSERT INTO stability (generation, label, data) VALUES (?, ?, ?)", cursor.generation,
                                ids[i].value, built.nodes[i].stability));
    }
    auto assigned = storeResting(
        s.db(), built.resting, cursor.generation,
        [&ids](std::int64_t node) { return ids[static_cast<std::size_t>(node)]; }, 0);
    if (!assigned) return unusable(std::move(assigned).error(), job);
    ESPALIER_TRY(s.storeFits(cursor.generation, 0, built.resting,
                             [&ids](std::int64_t node) { return ids[static_cast<std::size_t>(node)]; }));

    ESPALIER_TRY(s.rememberDigest("build", cursor.generation));
    ESPALIER_TRY(s.rememberDigest("memberships", cursor.generation));
    ESPALIER_TRY(s.rememberTree(cursor.generation, grown));
    JournalEntry entry;
    entry.kind = "build";
    entry.what = "Build tree: " + plural(static_cast<std::int64_t>(labels.size()) - 1, "label");
    AdoptOutcome outcome;
    outcome.kind = "build";
    ESPALIER_ASSIGN(outcome.journalId, s.addEntry(cursor, entry, generationBefore, ""));
    ESPALIER_TRY(scope.commit());
    outcome.revision = cursor.revision;
    outcome.assigned = *assigned;
    outcome.unassigned = before.documents->size() - *assigned;
    return outcome;
}

Result<AdoptOutcome> adoptAssign(Project::State& s, Project& project, const fs::path& job) {
    ESPALIER_ASSIGN(const AssignResult result, readAssignResult(job));
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_ASSIGN(const auto before, s.current());
    Cursor cursor = before.cursor;
    // Edits do not matter here: mass is stored for labels as they were grown and counts wherever that mass is now.
    const auto built = s.db().integer("SELECT revision FROM generation WHERE id = ? AND built", cursor.generation);
    if (!built) return makeError(ErrorCode::InvalidState, "the project has no tree that was built; run build first");
    ESPALIER_ASSIGN(const std::string idsText,
                    s.db().text("SELECT labels FROM generation WHERE id = ?", cursor.generation));
    ESPALIER_ASSIGN(const auto ids, tree::idsFromJson(idsText));
    std::set<LabelId> known(ids.begin(), ids.end());
    ESPALIER_ASSIGN(const auto steps, project.growthSteps());
    for (const GrowthStep& step : steps) known.insert(step.labelOfNode.begin(), step.labelOfNode.end());
    for (const std::int64_t label : result.resting.at) {
        if (known.count(LabelId{label}) == 0) {
            return makeError(ErrorCode::Conflict,
                             "another tree has been built since the documents were assigned; assign again");
        }
    }
    ESPALIER_TRY(requireDocuments(s.db(), result.resting, job));
    std::int64_t pinned = 0;  // have a label already by the expert's word
    for (std::size_t d = 0; d < result.resting.documents.size(); ++d) {
        const auto position = before.documents->position(result.resting.documents[d]);
        if (position >= 0 && result.resting.offsets[d + 1] > result.resting.offsets[d] &&
            before.hard->labels[static_cast<std::size_t>(position)]) {
            ++pinned;
        }
        if (position >= 0 && before.masses->has(position)) {
            return makeError(ErrorCode::Conflict, "some of these documents have been assigned meanwhile; assign again");
        }
    }
    JournalEntry entry;
    entry.kind = "assign";
    std::int64_t documents = 0;
    for (std::size_t d = 0; d < result.resting.documents.size(); ++d) {
        documents += result.resting.offsets[d + 1] > result.resting.offsets[d] ? 1 : 0;
    }
    entry.what = "Assign " + plural(documents, "document");
    AdoptOutcome outcome;
    outcome.kind = "assign";
    outcome.unassigned = before.snapshot->unassigned - (documents - pinned);
    if (documents == 0) {
        outcome.revision = cursor.revision;
        return outcome;
    }
    ++cursor.stamp;
    ESPALIER_ASSIGN(outcome.journalId, s.addEntry(cursor, entry, cursor.generation, ""));
    auto assigned = storeResting(
        s.db(), result.resting, cursor.generation, [](std::int64_t label) { return LabelId{label}; },
        outcome.journalId);
    if (!assigned) return unusable(std::move(assigned).error(), job);
    ESPALIER_TRY(s.storeFits(cursor.generation, outcome.journalId, result.resting, [&known](std::int64_t label) {
        return known.count(LabelId{label}) > 0 ? LabelId{label} : LabelId{};
    }));
    ESPALIER_TRY(s.rememberDigest("assigned", outcome.journalId));
    ESPALIER_TRY(scope.commit());
    outcome.revision = cursor.revision;
    outcome.assigned = *assigned;
    return outcome;
}

/// Word vectors keep a folder of their own, made by the job: moved to models/ under its hash.
Result<std::string> placeWordModel(Project::State& s, const EmbedResult& result, const fs::path& job) {
    if (result.modelFolder.empty()) return std::string();
    const fs::path source = job / result.modelFolder;
    const std::string name = "models/" + (result.modelSha256.empty() ? std::string("tfidf") : result.modelSha256);
    const fs::path target = s.folder / name;
    std::error_code code;
    if (!fs::is_directory(source, code)) {
        return makeError(ErrorCode::Corrupt, "the job left no word model in " + source.string(), source.string());
    }
    fs::create_directories(target.parent_path(), code);
    fs::path draft = s.folder / "models" / ".part-words";
    fs::remove_all(draft, code);
    fs::copy(source, draft, fs::copy_options::recursive, code);
    if (!code) {
        for (fs::recursive_directory_iterator entry(draft, code), end; !code && entry != end; entry.increment(code)) {
            if (entry->is_regular_file()) ESPALIER_TRY(platform::syncToDisk(entry->path()));
        }
    }
    if (!code) {
        fs::remove_all(target, code);
        fs::rename(draft, target, code);
    }
    if (code) {
        std::error_code ignored;
        fs::remove_all(draft, ignored);
        return makeError(ErrorCode::Io, "cannot store the word model: " + code.message(), target.string());
    }
    ESPALIER_TRY(platform::syncToDisk(target.parent_path()));
    ESPALIER_TRY(s.rememberContents(name));
    return name;
}

Result<AdoptOutcome> adoptEmbed(Project::State& s, Project& project, const fs::path& job) {
    ESPALIER_ASSIGN(const EmbedResult result, readEmbedResult(job));
    const fs::path file = job / result.vectorsFile;
    ESPALIER_ASSIGN(const StoredVectors vectors, readVectors(file));
    if (vectors.vectors.cols != result.dim || result.model.empty() ||
        (result.kind != "tfidf" && result.kind != "encoder")) {
        return makeError(ErrorCode::Corrupt, "the job's result does not fit its vectors", file.string());
    }
    std::int64_t fromRevision = result.fromRevision;
    if (const auto run = project.run(result.model)) fromRevision = run->fromRevision;
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    RestingRows named;
    named.documents = vectors.documents;
    ESPALIER_TRY(requireDocuments(s.db(), named, job));
    std::string folder;
    std::string sha256 = result.modelSha256;
    if (result.kind == "tfidf") {
        ESPALIER_ASSIGN(folder, placeWordModel(s, result, job));
    } else {
        folder = s.relative(result.modelFolder);
        if (fs::path(folder).is_absolute()) {
            ESPALIER_ASSIGN(const StoredModel stored, s.placeModel(result.modelFolder, result.link));
            folder = stored.linked ? stored.folder.generic_string() : s.relative(stored.folder);
            if (sha256.empty()) sha256 = stored.sha256;
        }
    }
    const std::string shape =
        "[" + std::to_string(vectors.vectors.rows) + "," + std::to_string(vectors.vectors.cols) + "]";
    ESPALIER_ASSIGN(const auto artifact, s.storeArtifact(file, "vectors", "f32", shape, result.model));
    ESPALIER_TRY(
        s.db().run("INSERT OR REPLACE INTO model (name, seq, kind, sha256, folder, dim, from_revision, documents, "
                   "vectors, device, "
                   "precision, seconds, created) VALUES (?, (SELECT coalesce(max(seq), 0) + 1 FROM model), ?, ?, ?, ?, "
                   "?, ?, ?, ?, ?, ?, ?)",
                   result.model, result.kind, sha256, folder, result.dim, fromRevision, vectors.vectors.rows,
                   artifact.id, result.device, result.precision, result.seconds, detail::timeNow()));
    // The last one embedded is the default again, whatever was chosen before.
    ESPALIER_TRY(s.db().execute("DELETE FROM meta WHERE key = 'model_in_use'"));
    ESPALIER_ASSIGN(const Cursor cursor, s.cursor());
    ESPALIER_TRY(scope.commit());
    AdoptOutcome outcome;
    outcome.kind = "embed";
    outcome.revision = cursor.revision;
    outcome.name = result.model;
    return outcome;
}

Result<AdoptOutcome> adoptTrain(Project::State& s, const fs::path& job) {
    ESPALIER_ASSIGN(const TrainResult result, readTrainResult(job));
    std::string folder, sha256;
    if (!result.modelFolder.empty()) {
        const fs::path model =
            fs::path(result.modelFolder).is_absolute() ? fs::path(result.modelFolder) : job / result.modelFolder;
        ESPALIER_ASSIGN(sha256, sha256OfFile(model / "model.safetensors"));
        folder = s.relative(model);
    }
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_ASSIGN(Cursor cursor, s.cursor());
    const auto finite = [](double value) { return std::isfinite(value) ? value : 0.0; };
    ESPALIER_TRY(
        s.db().run("INSERT OR IGNORE INTO run (name, seq, state, step, epoch, loss, from_revision, model_folder, "
                   "model_sha256, dim, config, metrics, note, created) VALUES (?, (SELECT coalesce(max(seq), 0) + 1 "
                   "FROM run), 'running', 0, 0.0, NULL, 0, '', '', 0, '{}', '{}', '', ?)",
                   result.run, detail::timeNow()));
    ESPALIER_ASSIGN(
        auto put, s.db().prepare("UPDATE run SET state = ?, step = ?, epoch = ?, loss = ?, from_revision = ?, "
                                 "model_folder = ?, model_sha256 = ?, dim = ?, metrics = ?, ended = ? WHERE name = ?"));
    if (std::isfinite(result.loss)) {
        put.bind(runStateName(result.state), result.step, finite(result.epoch), result.loss, result.fromRevision,
                 folder, sha256, result.dim, result.metrics, detail::timeNow(), result.run);
    } else {
        put.bind(runStateName(result.state), result.step, finite(result.epoch), store::Null{}, result.fromRevision,
                 folder, sha256, result.dim, result.metrics, detail::timeNow(), result.run);
    }
    ESPALIER_TRY(put.run());
    std::error_code code;
    const std::string runFolder = "runs/" + result.run;
    if (fs::is_directory(s.folder / runFolder, code)) ESPALIER_TRY(s.rememberContents(runFolder));
    JournalEntry entry;
    entry.kind = "run";
    entry.undoable = false;
    entry.what =
        "Train run '" + result.run + "' (" + plural(result.step, "step") + ", " + runStateName(result.state) + ")";
    AdoptOutcome outcome;
    outcome.kind = "train";
    outcome.name = result.run;
    ESPALIER_ASSIGN(outcome.journalId, s.addEntry(cursor, entry, cursor.generation, ""));
    ESPALIER_TRY(scope.commit());
    outcome.revision = cursor.revision;
    return outcome;
}
}  // namespace

Result<AdoptOutcome> Project::adopt(const fs::path& jobFolder) {
    State& s = *m_state;
    ESPALIER_ASSIGN(const std::string kind, resultKind(jobFolder));
    auto adopted = [&]() -> Result<AdoptOutcome> {
        if (kind == "build") return adoptBuild(s, jobFolder);
        if (kind == "assign") return adoptAssign(s, *this, jobFolder);
        if (kind == "embed") return adoptEmbed(s, *this, jobFolder);
        if (kind == "train") return adoptTrain(s, jobFolder);
        if (kind == "split" || kind == "refit") return adopt(jobFolder, Acceptance{});
        return makeError(ErrorCode::Corrupt, "a job of the kind '" + kind + "' leaves nothing to adopt",
                         jobFolder.string());
    }();
    // Everything is in the project now; a job's folder under jobs/ has done its duty.
    if (adopted && s.relative(jobFolder).rfind("jobs/", 0) == 0) {
        std::error_code ignored;
        fs::remove_all(jobFolder, ignored);
    }
    return adopted;
}

Result<BuildInfo> Project::buildInfo() {
    State& s = *m_state;
    ESPALIER_ASSIGN(auto row,
                    s.db().prepare("SELECT g.revision, g.options, g.hash, g.simd, g.seconds, g.peak_mb, g.labels, "
                                   "coalesce(a.path, '') FROM state s JOIN generation g ON g.id = s.generation "
                                   "LEFT JOIN artifact a ON a.id = g.factors WHERE g.built"));
    ESPALIER_ASSIGN(const bool there, row.step());
    if (!there) return makeError(ErrorCode::InvalidState, "the project has no tree that was built; run build first");
    BuildInfo info;
    info.revision = row.integer(0);
    info.options = row.text(1);
    info.hash = row.text(2);
    info.simd = row.text(3);
    info.seconds = row.real(4);
    info.peakMb = row.real(5);
    ESPALIER_ASSIGN(info.labelOfNode, tree::idsFromJson(row.view(6)));
    info.factorsFile = s.absolute(row.text(7));
    return info;
}

}  // namespace espalier::project
