// SPDX-License-Identifier: Apache-2.0
// Sidecar files, job folders, stored encoders, and what of them may be removed.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <sstream>

#include "core/base/atomic_file.h"
#include "core/base/platform.h"
#include "core/base/sha256.h"
#include "core/project/detail/project_state.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
constexpr auto kHeartbeatLimit = std::chrono::seconds(30);

Error ioError(const std::string& what, const fs::path& path, const std::error_code& code) {
    return makeError(ErrorCode::Io, what + " " + path.string() + ": " + code.message(), path.string());
}

/// Hard link where possible, else a copy; flushed. \pre the target is not there
Status linkOrCopy(const fs::path& from, const fs::path& to) {
    std::error_code code;
    const fs::path source = fs::canonical(from, code);  // links of a model cache lead to the file itself
    if (code) return ioError("cannot read", from, code);
    fs::create_hard_link(source, to, code);
    if (code) {
        fs::path draft = to;
        draft += ".part-" + std::to_string(platform::processId());
        fs::copy_file(source, draft, fs::copy_options::overwrite_existing, code);
        if (!code) {
            if (auto synced = platform::syncToDisk(draft); !synced) {
                fs::remove(draft, code);
                return synced;
            }
            fs::rename(draft, to, code);
        }
        if (code) {
            std::error_code ignored;
            fs::remove(draft, ignored);
            return ioError("cannot write", to, code);
        }
    } else {
        ESPALIER_TRY(platform::syncToDisk(to));
    }
    return {};
}

/// The line of ownerLine() or of a heartbeat.
bool ownerAlive(const fs::path& file) {
    const auto text = readFile(file, 4096);
    if (!text) return false;
    std::istringstream fields(*text);
    std::int64_t pid = 0, started = 0;
    std::string host;
    if (!(fields >> pid >> started >> host)) return false;
    if (host != platform::hostName()) {
        std::error_code code;
        const auto written = fs::last_write_time(file, code);
        return !code && fs::file_time_type::clock::now() - written < kHeartbeatLimit;
    }
    if (!platform::processAlive(pid)) return false;
    return started == 0 || platform::processStartTime(pid) == started;
}

bool modelFile(const fs::path& path) {
    static const std::set<std::string> kKept = {".json", ".txt", ".safetensors", ".md"};
    return kKept.count(path.extension().string()) > 0 && path.filename().string().front() != '.';
}

/// Files of an encoder by relative path, weights of other frameworks left out.
Result<std::map<std::string, fs::path>> modelFiles(const fs::path& folder) {
    std::map<std::string, fs::path> files;
    std::error_code code;
    fs::recursive_directory_iterator walk(folder, code), end;
    if (code) return ioError("cannot read the folder", folder, code);
    constexpr int kDeepest = 3;
    for (; walk != end; walk.increment(code)) {
        if (code) return ioError("cannot read the folder", folder, code);
        if (walk->is_directory(code)) {
            const std::string name = walk->path().filename().string();
            if (walk.depth() >= kDeepest || name.empty() || name.front() == '.' || name == "onnx" ||
                name == "openvino") {
                walk.disable_recursion_pending();
            }
        } else if (walk->is_regular_file(code) && modelFile(walk->path())) {
            files[walk->path().lexically_relative(folder).generic_string()] = walk->path();
        }
    }
    return files;
}
}  // namespace

Result<std::string> detail::contentsHash(const fs::path& folder) {
    ESPALIER_ASSIGN(const auto files, modelFiles(folder));
    Sha256 contents;
    for (const auto& [name, path] : files) {
        ESPALIER_ASSIGN(const std::string hash, sha256OfFile(path));
        for (const std::string_view part :
             {std::string_view(name), std::string_view("\n"), std::string_view(hash), std::string_view("\n")})
            contents.add(part);
    }
    return toHex(contents.finish());
}

Status Project::State::rememberContents(const std::string& relativeFolder) {
    ESPALIER_ASSIGN(const std::string hash, detail::contentsHash(absolute(relativeFolder)));
    return db().run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", detail::kContentsKey + relativeFolder,
                    hash);
}

Result<Project::State::Artifact> Project::State::storeArtifact(const fs::path& source, const std::string& kind,
                                                               const std::string& dtype, const std::string& shape,
                                                               const std::string& producer) {
    ESPALIER_ASSIGN(const std::string hash, sha256OfFile(source));
    const std::string name = "tensors/" + hash + source.extension().string();
    const fs::path target = folder / name;
    std::error_code code;
    fs::create_directories(target.parent_path(), code);
    if (!fs::exists(target, code)) {
        ESPALIER_TRY(linkOrCopy(source, target));
        ESPALIER_TRY(platform::syncToDisk(target.parent_path()));
    }
    const auto known = db().integer("SELECT id FROM artifact WHERE sha256 = ?", hash);
    if (known) return Artifact{*known, target};
    const auto bytes = static_cast<std::int64_t>(fs::file_size(target, code));
    ESPALIER_TRY(
        db().run("INSERT INTO artifact (kind, sha256, path, bytes, dtype, shape, inputs_hash, producer, created) "
                 "VALUES (?, ?, ?, ?, ?, ?, '', ?, ?)",
                 kind, hash, name, bytes, dtype, shape, producer, detail::timeNow()));
    ESPALIER_ASSIGN(const std::int64_t id, db().integer("SELECT last_insert_rowid()"));
    return Artifact{id, target};
}

bool Project::State::folderAlive(const fs::path& job) const {
    return ownerAlive(job / "heartbeat") || ownerAlive(job / "owner");
}

Status Project::State::tidy() {
    std::error_code code;
    // Runs whose process is gone.
    std::vector<std::string> dead;
    {
        ESPALIER_ASSIGN(auto rows, db().prepare("SELECT name FROM run WHERE state = 'running'"));
        while (true) {
            ESPALIER_ASSIGN(const bool row, rows.step());
            if (!row) break;
            const std::string name = rows.text(0);
            if (!folderAlive(folder / "runs" / name)) dead.push_back(name);
        }
    }
    for (const auto& name : dead) {
        ESPALIER_TRY(db().run("UPDATE run SET state = 'interrupted' WHERE name = ? AND state = 'running'", name));
    }
    // Files that no row names: left by a crash between writing a file and its row. The lock is ours and everything that
    // writes here needs it, so they are nobody's.
    std::set<std::string> known;
    for (const char* sql :
         {"SELECT path FROM artifact WHERE id IN (SELECT vectors FROM model UNION SELECT factors FROM "
          "generation WHERE factors IS NOT NULL UNION SELECT factors FROM growth WHERE factors IS NOT NULL)",
          "SELECT folder FROM stored_model", "SELECT folder FROM model", "SELECT 'runs/' || name FROM run"}) {
        ESPALIER_ASSIGN(auto rows, db().prepare(sql));
        while (true) {
            ESPALIER_ASSIGN(const bool row, rows.step());
            if (!row) break;
            known.insert(rows.text(0));
        }
    }
    std::vector<std::string> forgotten;
    {
        ESPALIER_ASSIGN(auto rows, db().prepare("SELECT key FROM meta WHERE key LIKE ? || '%'"));
        rows.bind(detail::kContentsKey);
        while (true) {
            ESPALIER_ASSIGN(const bool row, rows.step());
            if (!row) break;
            const std::string key = rows.text(0);
            if (known.count(key.substr(std::string_view(detail::kContentsKey).size())) == 0) forgotten.push_back(key);
        }
    }
    for (const auto& key : forgotten) ESPALIER_TRY(db().run("DELETE FROM meta WHERE key = ?", key));
    for (const char* part : {"tensors", "models", "index"}) {
        for (fs::directory_iterator entry(folder / part, code), end; !code && entry != end; entry.increment(code)) {
            const std::string name = relative(entry->path());
            if (known.count(name) > 0) continue;
            std::error_code ignored;
            fs::remove_all(entry->path(), ignored);
        }
        code.clear();
    }
    ESPALIER_TRY(
        db().execute("DELETE FROM artifact WHERE id NOT IN (SELECT vectors FROM model UNION SELECT factors FROM "
                     "generation WHERE factors IS NOT NULL UNION SELECT factors FROM growth WHERE factors IS NOT "
                     "NULL)"));
    for (const char* part : {"jobs", "runs"}) {
        for (fs::directory_iterator entry(folder / part, code), end; !code && entry != end; entry.increment(code)) {
            const fs::path& job = entry->path();
            std::error_code ignored;
            if (known.count(relative(job)) > 0 || folderAlive(job) || fs::exists(job / "result.json", ignored) ||
                fs::exists(job / "keep", ignored)) {
                continue;
            }
            fs::remove_all(job, ignored);
        }
        code.clear();
    }
    return {};
}

Result<fs::path> Project::newJobFolder(std::string_view kind) {
    static std::atomic<unsigned> counter{0};
    const fs::path parent = m_state->folder / "jobs";
    std::error_code code;
    fs::create_directories(parent, code);
    while (!code) {
        const fs::path job = parent / (std::string(kind) + "-" + std::to_string(platform::processId()) + "-" +
                                       std::to_string(counter++));
        if (fs::create_directory(job, code)) {
            if (auto written = writeFileAtomically(job / "owner", detail::ownerLine()); !written) {
                fs::remove_all(job, code);
                return std::move(written).error();
            }
            return job;
        }
    }
    return ioError("cannot make a job's folder in", parent, code);
}

Status Project::discardJob(const fs::path& job) {
    const fs::path name = m_state->relative(job);
    if (name.parent_path() != "jobs" || !name.has_filename()) {
        return makeError(ErrorCode::InvalidArgument, job.string() + " is not a job of this project", job.string());
    }
    std::error_code code;
    fs::remove_all(job, code);
    if (code) return ioError("cannot remove", job, code);
    return {};
}

std::vector<fs::path> Project::unadoptedJobs() {
    std::vector<fs::path> found;
    std::error_code code;
    for (fs::directory_iterator entry(m_state->folder / "jobs", code), end; !code && entry != end;
         entry.increment(code)) {
        std::error_code ignored;
        if (fs::exists(entry->path() / "result.json", ignored)) found.push_back(entry->path());
    }
    if (const auto all = runs()) {
        for (const auto& run : *all) {
            std::error_code ignored;
            const bool open = run.state == RunState::Running || run.state == RunState::Interrupted;
            if (open && fs::exists(run.folder / "result.json", ignored)) found.push_back(run.folder);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

Result<StoredModel> Project::State::placeModel(const fs::path& source, bool link) {
    std::error_code code;
    const fs::path from = fs::absolute(source).lexically_normal();
    if (!fs::is_directory(from, code)) {
        return makeError(ErrorCode::NotFound, "there is no model folder " + from.string(), from.string());
    }
    if (!fs::is_regular_file(from / "model.safetensors", code)) {
        return makeError(ErrorCode::Unsupported, from.string() + " holds no model.safetensors", from.string());
    }
    ESPALIER_ASSIGN(const auto files, modelFiles(from));
    StoredModel model;
    ESPALIER_ASSIGN(model.sha256, sha256OfFile(from / "model.safetensors"));
    ESPALIER_ASSIGN(const std::string identity, detail::contentsHash(from));
    if (const auto known = db().text("SELECT folder FROM stored_model WHERE contents = ?", identity)) {
        const fs::path place = absolute(*known);
        if (fs::is_regular_file(place / "model.safetensors", code)) {
            model.folder = place;
            model.linked = fs::path(*known).is_absolute();
            return model;
        }
        ESPALIER_TRY(db().run("DELETE FROM stored_model WHERE contents = ?", identity));  // lost: stored again below
    }
    if (link) {
        model.folder = from;
        model.linked = true;
    } else {
        fs::create_directories(folder / "models", code);
        model.folder = folder / "models" / model.sha256;
        const auto taken = db().integer("SELECT count(*) FROM stored_model WHERE folder = ?", relative(model.folder));
        if (taken && *taken > 0) {
            model.folder += "-" + identity.substr(0, 8);  // same weights, another pooling
        }
        fs::path draft = folder / "models" / (".part-" + std::to_string(platform::processId()));
        fs::remove_all(draft, code);
        const auto fill = [&]() -> Status {
            for (const auto& [name, path] : files) {
                fs::create_directories((draft / name).parent_path(), code);
                if (code) return ioError("cannot write in", draft, code);
                ESPALIER_TRY(linkOrCopy(path, draft / name));
            }
            fs::remove_all(model.folder, code);
            fs::rename(draft, model.folder, code);
            if (code) return ioError("cannot write", model.folder, code);
            return platform::syncToDisk(folder / "models");
        };
        if (auto filled = fill(); !filled) {
            fs::remove_all(draft, code);
            return std::move(filled).error();
        }
    }
    ESPALIER_TRY(db().run("INSERT INTO stored_model (contents, sha256, folder, linked, created) VALUES (?, ?, ?, ?, ?)",
                          identity, model.sha256, model.linked ? model.folder.generic_string() : relative(model.folder),
                          model.linked, detail::timeNow()));
    return model;
}

Result<StoredModel> Project::storeModel(const fs::path& folder, bool link) {
    ESPALIER_ASSIGN(auto scope, WriteScope::begin(*m_state));
    ESPALIER_ASSIGN(auto model, m_state->placeModel(folder, link));
    ESPALIER_TRY(scope.commit());
    return model;
}

Result<StoredModel> Project::storedModel(std::string_view sha256) {
    ESPALIER_ASSIGN(auto rows, m_state->db().prepare("SELECT folder, linked FROM stored_model WHERE sha256 = ?"));
    ESPALIER_ASSIGN(const bool there, rows.bind(sha256).step());
    if (!there) return makeError(ErrorCode::NotFound, "no encoder with the hash " + std::string(sha256) + " is stored");
    return StoredModel{std::string(sha256), m_state->absolute(rows.text(0)), rows.integer(1) != 0};
}

}  // namespace espalier::project
