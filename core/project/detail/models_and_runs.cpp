// SPDX-License-Identifier: Apache-2.0
// Models with vectors, encoders by name, training runs.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/project/detail/project_state.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
constexpr const char* kModelColumns =
    "SELECT m.name, m.kind, m.sha256, m.folder, m.dim, m.from_revision, m.documents, m.device, m.precision, m.seconds, "
    "m.created, a.path, a.sha256 FROM model m JOIN artifact a ON a.id = m.vectors ";
constexpr const char* kRunColumns =
    "SELECT name, state, step, epoch, loss, from_revision, model_folder, model_sha256, dim, config, metrics, note, "
    "created "
    "FROM run ";

ModelInfo readModel(const Project::State& s, const store::Statement& row) {
    ModelInfo model;
    model.name = row.text(0);
    model.kind = row.text(1);
    model.sha256 = row.text(2);
    model.folder = s.absolute(row.text(3));
    model.dim = row.integer(4);
    model.fromRevision = row.integer(5);
    model.documents = row.integer(6);
    model.device = row.text(7);
    model.precision = row.text(8);
    model.seconds = row.real(9);
    model.created = row.text(10);
    model.vectorsFile = s.absolute(row.text(11));
    model.vectorsSha256 = row.text(12);
    std::error_code code;
    if (!fs::exists(model.vectorsFile, code)) model.vectorsFile.clear();
    return model;
}

RunState stateOf(std::string_view name) {
    for (const RunState state : {RunState::Running, RunState::Done, RunState::Stopped, RunState::Interrupted}) {
        if (name == runStateName(state)) return state;
    }
    return RunState::Failed;
}

RunInfo readRun(const Project::State& s, const store::Statement& row, const std::string& inUse) {
    RunInfo run;
    run.name = row.text(0);
    run.state = stateOf(row.view(1));
    run.step = row.integer(2);
    run.epoch = row.real(3);
    run.loss = row.isNull(4) ? std::numeric_limits<double>::quiet_NaN() : row.real(4);
    run.fromRevision = row.integer(5);
    run.folder = s.folder / "runs" / run.name;
    run.modelFolder = s.absolute(row.text(6));
    run.modelSha256 = row.text(7);
    run.dim = row.integer(8);
    run.config = row.text(9);
    run.metrics = row.text(10);
    run.note = row.text(11);
    run.created = row.text(12);
    run.inUse = run.name == inUse;
    if (run.state == RunState::Running && !s.folderAlive(run.folder)) run.state = RunState::Interrupted;
    return run;
}

Result<std::string> modelInUse(store::Connection& db) {
    auto name = db.text("SELECT value FROM meta WHERE key = 'model_in_use'");
    if (!name && name.error().code == ErrorCode::NotFound) return std::string();
    return name;
}

Error noRun(std::string_view name) {
    return makeError(ErrorCode::NotFound, "there is no run '" + std::string(name) + "'");
}
}  // namespace

Result<std::vector<ModelInfo>> Project::models() {
    std::vector<ModelInfo> found;
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare(std::string(kModelColumns) + "ORDER BY m.seq"));
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        found.push_back(readModel(*m_state, rows));
    }
    return found;
}

Result<ModelInfo> Project::model(std::string_view name) {
    store::Connection& db = m_state->db();
    std::string wanted(name);
    if (wanted.empty()) {
        ESPALIER_ASSIGN(wanted, modelInUse(db));
    }
    ESPALIER_ASSIGN(auto row, db.prepare(std::string(kModelColumns) +
                                         (wanted.empty() ? "ORDER BY m.seq DESC LIMIT 1" : "WHERE m.name = ?")));
    if (!wanted.empty()) row.bind(wanted);
    ESPALIER_ASSIGN(const bool there, row.step());
    if (!there && wanted.empty()) {
        return makeError(ErrorCode::InvalidState,
                         "there are no vectors yet; run embed with --model tfidf or the folder of an encoder");
    }
    if (!there) {
        return makeError(ErrorCode::InvalidState,
                         "there are no vectors of '" + wanted + "' yet; run embed with --model " + wanted);
    }
    ModelInfo model = readModel(*m_state, row);
    if (model.vectorsFile.empty()) {
        return makeError(ErrorCode::InvalidState, "the vectors of '" + model.name +
                                                      "' are lost; run embed with --model " + model.name + " again");
    }
    return model;
}

Result<fs::path> Project::encoderFolder(std::string_view name) {
    if (name == "tfidf") return makeError(ErrorCode::NotFound, "tfidf is no encoder");
    if (validRunName(name)) {
        const auto found = run(name);
        if (found && found->modelFolder.empty()) {
            return makeError(ErrorCode::InvalidState, "the run '" + std::string(name) + "' has no model yet");
        }
        if (found) return found->modelFolder;
        if (found.error().code != ErrorCode::NotFound) return found.error();
    }
    const auto stored = m_state->db().text("SELECT folder FROM model WHERE name = ? AND kind = 'encoder'", name);
    if (stored) return m_state->absolute(*stored);
    std::error_code code;
    const fs::path folder = fs::absolute(fs::path(name), code);
    if (!name.empty() && name != "base" && fs::is_directory(folder, code)) return folder.lexically_normal();
    if (name == "base") {
        return makeError(ErrorCode::NotFound, "no encoder has been embedded yet, so there is no model 'base'");
    }
    return makeError(ErrorCode::NotFound, "there is no model, run or folder '" + std::string(name) + "'");
}

fs::path Project::runFolder(std::string_view name) const {
    return m_state->folder / "runs" / std::string(name);
}

Result<RunInfo> Project::createRun(std::string_view wanted, const std::string& configJson) {
    State& s = *m_state;
    if (!wanted.empty() && !validRunName(wanted)) {
        return makeError(ErrorCode::InvalidArgument, "'" + std::string(wanted) +
                                                         "' cannot name a run: use up to 64 letters, digits, dots, "
                                                         "underscores and hyphens, and no word of the program");
    }
    if (!nlohmann::json::accept(configJson)) {
        return makeError(ErrorCode::InvalidArgument, "the run's options are not JSON");
    }
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    std::string name(wanted);
    const auto taken = [&](const std::string& candidate) {
        const auto count = s.db().integer("SELECT count(*) FROM run WHERE name = ?", candidate);
        std::error_code code;
        return (count && *count > 0) || fs::exists(runFolder(candidate), code);
    };
    for (int number = 1; name.empty(); ++number) {
        const std::string candidate = "run-" + std::to_string(number);
        if (!taken(candidate)) name = candidate;
    }
    if (taken(name)) {
        return makeError(ErrorCode::AlreadyExists,
                         "there is a run '" + name + "' already; choose another name or delete it");
    }
    const fs::path folder = runFolder(name);
    std::error_code code;
    fs::create_directories(folder, code);
    const auto fill = [&]() -> Status {
        if (code)
            return makeError(ErrorCode::Io, "cannot make " + folder.string() + ": " + code.message(), folder.string());
        ESPALIER_TRY(writeFileAtomically(folder / "owner", detail::ownerLine()));
        ESPALIER_TRY(writeFileAtomically(folder / "config.json", configJson));
        ESPALIER_TRY(s.db().run(
            "INSERT INTO run (name, seq, state, step, epoch, loss, from_revision, model_folder, "
            "model_sha256, dim, config, metrics, note, created) VALUES (?, (SELECT coalesce(max(seq), 0) "
            "+ 1 FROM run), 'running', 0, 0.0, NULL, (SELECT revision FROM state), '', '', 0, ?, '{}', '', ?)",
            name, configJson, detail::timeNow()));
        return scope.commit();
    };
    if (auto filled = fill(); !filled) {
        fs::remove_all(folder, code);
        return std::move(filled).error();
    }
    return run(name);
}

Result<std::vector<RunInfo>> Project::runs() {
    ESPALIER_ASSIGN(const std::string inUse, modelInUse(m_state->db()));
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare(std::string(kRunColumns) + "ORDER BY seq"));
    std::vector<RunInfo> found;
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        found.push_back(readRun(*m_state, rows, inUse));
    }
    return found;
}

Result<RunInfo> Project::run(std::string_view name) {
    ESPALIER_ASSIGN(const std::string inUse, modelInUse(m_state->db()));
    ESPALIER_ASSIGN(auto row, m_state->db().prepare(std::string(kRunColumns) + "WHERE name = ?"));
    ESPALIER_ASSIGN(const bool there, row.bind(name).step());
    if (!there) return noRun(name);
    return readRun(*m_state, row, inUse);
}

Status Project::setRunState(std::string_view name, RunState state) {
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(*m_state));
    ESPALIER_TRY(m_state->db().run("UPDATE run SET state = ? WHERE name = ?", runStateName(state), name));
    if (m_state->db().changes() == 0) return noRun(name);
    return scope.commit();
}

Status Project::deleteRun(std::string_view name) {
    State& s = *m_state;
    ESPALIER_ASSIGN(const RunInfo found, run(name));
    if (found.state == RunState::Running) {
        return makeError(ErrorCode::InvalidState, "the run '" + found.name + "' is still running; stop it first");
    }
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(s));
    ESPALIER_TRY(s.db().run("DELETE FROM run WHERE name = ?", name));
    ESPALIER_TRY(s.db().run("DELETE FROM model WHERE name = ?", name));
    ESPALIER_TRY(s.db().run("DELETE FROM meta WHERE key = 'model_in_use' AND value = ?", name));
    ESPALIER_TRY(s.db().run("DELETE FROM meta WHERE key = ?", detail::kContentsKey + ("runs/" + found.name)));
    ESPALIER_ASSIGN(const std::int64_t users,
                    s.db().integer("SELECT count(*) FROM model WHERE folder = ? OR folder LIKE ?", "runs/" + found.name,
                                   "runs/" + found.name + "/%"));
    ESPALIER_TRY(scope.commit());
    if (users == 0) {
        std::error_code code;
        fs::remove_all(found.folder, code);
        if (code) {
            return makeError(ErrorCode::Io, "the run is deleted, but its folder cannot be removed: " + code.message(),
                             found.folder.string());
        }
    }
    return {};
}

Status Project::noteRun(std::string_view name, const std::string& note) {
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(*m_state));
    ESPALIER_TRY(m_state->db().run("UPDATE run SET note = ? WHERE name = ?", note, name));
    if (m_state->db().changes() == 0) return noRun(name);
    return scope.commit();
}

Status Project::useRun(std::string_view name) {
    ESPALIER_ASSIGN(const RunInfo found, run(name));
    if (found.modelFolder.empty()) {
        return makeError(ErrorCode::InvalidState, "the run '" + found.name + "' has no model to use");
    }
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(*m_state));
    ESPALIER_TRY(m_state->db().run("INSERT OR REPLACE INTO meta (key, value) VALUES ('model_in_use', ?)", name));
    return scope.commit();
}

}  // namespace espalier::project
