// SPDX-License-Identifier: Apache-2.0
// Opening, closing, locking, caches. What a project does is in detail/*.cpp, one file a subject.
#include "core/project/project.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "core/base/platform.h"
#include "core/project/detail/project_state.h"
#include "core/tree/tree_json.h"

namespace espalier::project {
namespace fs = std::filesystem;
namespace {
constexpr int kLockWaitMs = 300;  // a command that writes a moment; a window holds the lock for hours

std::string userName() {
    for (const char* variable : {"USER", "LOGNAME", "USERNAME"}) {
        if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
    }
    return "unknown";
}

/// Equal but for names, notes and order: every count is the same.
bool sameShape(const tree::LabelTree& a, const tree::LabelTree& b) {
    if (a.size() != b.size() || !std::equal(a.pins().begin(), a.pins().end(), b.pins().begin(), b.pins().end()))
        return false;
    auto other = b.labels().begin();
    for (const auto& [id, label] : a.labels()) {
        const auto& [otherId, otherLabel] = *other;
        if (id != otherId) return false;
        if (&label != &otherLabel && (label.parent != otherLabel.parent || label.massOf != otherLabel.massOf))
            return false;
        ++other;
    }
    return true;
}

fs::path cleaned(const fs::path& folder) {
    std::error_code code;
    fs::path path = fs::absolute(folder, code).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}
}  // namespace

Project::Project(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Project::~Project() = default;

Result<std::unique_ptr<Project>> Project::create(const fs::path& folder) {
    const fs::path target = cleaned(folder);
    std::error_code code;
    if (fs::exists(fs::symlink_status(target, code))) {
        return makeError(ErrorCode::AlreadyExists, target.string() + " is there already; choose another name",
                         target.string());
    }
    fs::create_directories(target.parent_path(), code);
    if (code) {
        return makeError(ErrorCode::Io,
                         "cannot make the folder " + target.parent_path().string() + ": " + code.message(),
                         target.string());
    }
    // Made aside and renamed when whole, so that a full disk leaves no half project behind.
    fs::path draft = target;
    draft += ".part-" + std::to_string(platform::processId());
    fs::remove_all(draft, code);
    fs::create_directory(draft, code);
    if (code) {
        return makeError(ErrorCode::Io, "cannot write in " + target.parent_path().string() + ": " + code.message(),
                         target.string());
    }
    const auto fill = [&]() -> Status {
        for (const char* part : {"tensors", "index", "runs", "models", "jobs"}) {
            fs::create_directory(draft / part, code);
            if (code) return makeError(ErrorCode::Io, "cannot write in " + draft.string() + ": " + code.message());
        }
        ESPALIER_ASSIGN(auto database, store::createDatabase(draft / kDatabaseName));
        store::Connection& db = database.connection;
        ESPALIER_ASSIGN(auto transaction, store::Transaction::begin(db));
        ESPALIER_TRY(
            db.run("INSERT INTO meta VALUES ('uuid', ?), ('created', ?)", detail::uuidV4(), detail::timeNow()));
        ESPALIER_TRY(transaction.commit());
        return {};
    };
    auto status = fill();
    if (status) {
        fs::rename(draft, target, code);
        if (code) {
            status =
                makeError(ErrorCode::Io, "cannot make " + target.string() + ": " + code.message(), target.string());
        }
    }
    if (!status) {
        fs::remove_all(draft, code);
        return std::move(status).error();
    }
    ESPALIER_TRY(platform::syncToDisk(target.parent_path()));
    return open(target, Access::ReadWrite);
}

Result<std::unique_ptr<Project>> Project::open(const fs::path& folder, Access access) {
    auto state = std::make_unique<State>();
    state->folder = cleaned(folder);
    state->access = access;
    state->actor = userName();
    const std::string shown = state->folder.string();
    std::error_code code;
    if (!fs::exists(state->folder, code)) {
        return makeError(ErrorCode::NotFound, "there is no project " + shown, shown);
    }
    const fs::path database = state->folder / kDatabaseName;
    if (!fs::is_directory(state->folder, code) || !fs::exists(database, code)) {
        return makeError(ErrorCode::Corrupt, shown + " is not an Espalier project", shown);
    }
    std::optional<ProjectLock> lock;
    if (access == Access::ReadWrite) {
        auto held = ProjectLock::acquire(state->folder);
        if (held) {
            lock.emplace(std::move(held).value());
        } else if (held.error().code != ErrorCode::Busy) {
            state->access = Access::ReadOnly;
            state->readOnlyReason = held.error().message;
            state->readOnlyCode = held.error().code;
        }
    }
    store::DatabaseOptions options;
    options.mode =
        state->access == Access::ReadWrite ? store::Connection::Mode::ReadWrite : store::Connection::Mode::Read;
    options.migrate = lock.has_value();
    options.quickCheck = lock.has_value() || !ProjectLock::holder(state->folder);
    auto opened = store::openDatabase(database, options);
    if (!opened && opened.error().code == ErrorCode::InvalidState && access == Access::ReadOnly) {
        // An older version: brought up to date once, where that is possible, also by who only wants to read.
        const bool updated = open(state->folder, Access::ReadWrite).ok();
        if (updated) opened = store::openDatabase(database, options);
    }
    if (!opened) return std::move(opened).error();
    if (opened->newer && access == Access::ReadWrite) {
        options.mode = store::Connection::Mode::Read;
        opened = store::openDatabase(database, options);
        if (!opened) return std::move(opened).error();
        state->access = Access::ReadOnly;
        state->readOnlyReason = shown + " was written by a newer Espalier; it can be read here, not changed";
        lock.reset();
    }
    state->connection.emplace(std::move(opened->connection));
    ESPALIER_ASSIGN(state->uuid, state->db().text("SELECT value FROM meta WHERE key = 'uuid'"));
    if (lock) ESPALIER_TRY(state->tidy());
    return std::unique_ptr<Project>(new Project(std::move(state)));
}

const fs::path& Project::folder() const noexcept {
    return m_state->folder;
}

std::string Project::name() const {
    const fs::path file = m_state->folder.filename();
    return file.extension() == kProjectSuffix ? file.stem().string() : file.string();
}

std::string Project::uuid() const {
    return m_state->uuid;
}
Access Project::access() const noexcept {
    return m_state->access;
}
std::string Project::readOnlyReason() const {
    return m_state->readOnlyReason;
}
ErrorCode Project::readOnlyCode() const noexcept {
    return m_state->readOnlyCode;
}
void Project::setActor(std::string actor) {
    m_state->actor = std::move(actor);
}

Status Project::holdLock() {
    if (m_state->lock) return {};
    if (m_state->access == Access::ReadOnly) {
        return makeError(ErrorCode::InvalidState, m_state->readOnlyReason.empty()
                                                      ? "the project is open for reading only"
                                                      : m_state->readOnlyReason);
    }
    ESPALIER_ASSIGN(auto lock, ProjectLock::acquire(m_state->folder, kLockWaitMs));
    m_state->lock.emplace(std::move(lock));
    return {};
}

void Project::releaseLock() {
    m_state->lock.reset();
}
bool Project::holdsLock() const noexcept {
    return m_state->lock.has_value();
}

std::string Project::heldElsewhere() const {
    if (m_state->lock) return {};
    const auto holder = ProjectLock::holder(m_state->folder);
    if (!holder) return {};
    return "open in process " + std::to_string(holder->pid) + " on " + holder->host;
}

Result<WriteScope> WriteScope::begin(Project::State& state) {
    if (state.access == Access::ReadOnly) {
        if (!state.readOnlyReason.empty()) return makeError(ErrorCode::Io, state.readOnlyReason, state.folder.string());
        return makeError(ErrorCode::InvalidState, "the project is open for reading only", state.folder.string());
    }
    std::optional<ProjectLock> lock;
    if (!state.lock) {
        ESPALIER_ASSIGN(auto held, ProjectLock::acquire(state.folder, kLockWaitMs));
        lock.emplace(std::move(held));
    }
    ESPALIER_ASSIGN(auto transaction, store::Transaction::begin(state.db()));
    return WriteScope(std::move(lock), std::move(transaction));
}

Result<Cursor> Project::State::cursor() {
    ESPALIER_ASSIGN(auto row,
                    db().prepare("SELECT s.revision, s.tree_revision, s.documents_revision, s.generation, s.head, "
                                 "s.next_label, g.stamp FROM state s JOIN generation g ON g.id = s.generation"));
    ESPALIER_ASSIGN(const bool there, row.step());
    if (!there) return makeError(ErrorCode::Corrupt, "the project's state is missing", db().path().string());
    return Cursor{row.integer(0), row.integer(1), row.integer(2), row.integer(3),
                  row.integer(4), row.integer(5), row.integer(6)};
}

Status Project::State::storeCursor(const Cursor& cursor) {
    ESPALIER_TRY(
        db().run("UPDATE state SET revision = ?, tree_revision = ?, documents_revision = ?, generation = ?, "
                 "head = ?, next_label = ?",
                 cursor.revision, cursor.treeRevision, cursor.documentsRevision, cursor.generation, cursor.head,
                 cursor.nextLabel));
    return db().run("UPDATE generation SET stamp = ? WHERE id = ?", cursor.stamp, cursor.generation);
}

Result<std::shared_ptr<const detail::DocumentTable>> Project::State::documentTable(const Cursor& cursor) {
    if (!documents || documentsRevision != cursor.documentsRevision) {
        ESPALIER_ASSIGN(documents, detail::DocumentTable::load(db()));
        documentsRevision = cursor.documentsRevision;
    }
    return documents;
}

Result<std::shared_ptr<const detail::MassTable>> Project::State::massTable(const Cursor& cursor) {
    for (auto entry = masses.begin(); entry != masses.end(); ++entry) {
        if (entry->generation == cursor.generation && entry->stamp == cursor.stamp) {
            masses.splice(masses.begin(), masses, entry);
            return masses.front().table;
        }
    }
    ESPALIER_ASSIGN(const auto known, documentTable(cursor));
    ESPALIER_ASSIGN(auto table, detail::MassTable::load(db(), cursor.generation, *known));
    masses.push_front({cursor.generation, cursor.stamp, table});
    if (masses.size() > 2) masses.pop_back();
    return table;
}

Result<tree::LabelTree> Project::State::loadTree(std::int64_t generation) {
    std::vector<tree::Label> labels;
    LabelId root;
    {
        ESPALIER_ASSIGN(
            auto rows,
            db().prepare(
                "SELECT id, parent, name, name_by_user, terms, alternative_names, note, "
                "stop_reason, locked, children, mass_of, exchange FROM label WHERE generation = ? ORDER BY id"));
        rows.bind(generation);
        while (true) {
            ESPALIER_ASSIGN(const bool row, rows.step());
            if (!row) break;
            tree::Label label;
            label.id = LabelId{rows.integer(0)};
            label.parent = LabelId{rows.integer(1)};
            label.name = rows.text(2);
            label.nameByUser = rows.integer(3) != 0;
            ESPALIER_ASSIGN(label.terms, tree::termsFromJson(rows.view(4)));
            ESPALIER_ASSIGN(label.alternativeNames, tree::namesFromJson(rows.view(5)));
            label.note = rows.text(6);
            label.stopReason = rows.text(7);
            label.locked = rows.integer(8) != 0;
            ESPALIER_ASSIGN(label.children, tree::idsFromJson(rows.view(9)));
            ESPALIER_ASSIGN(label.massOf, tree::idsFromJson(rows.view(10)));
            ESPALIER_ASSIGN(label.exchange, tree::exchangeFromJson(rows.view(11)));
            if (!label.parent) root = label.id;
            labels.push_back(std::move(label));
        }
    }
    std::vector<tree::FormerLabel> former;
    ESPALIER_ASSIGN(auto rows, db().prepare("SELECT data FROM former_label WHERE generation = ?"));
    rows.bind(generation);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        ESPALIER_ASSIGN(auto entry, tree::formerFromJson(rows.view(0)));
        former.push_back(std::move(entry));
    }
    std::vector<tree::Pin> pins;
    ESPALIER_ASSIGN(auto stored, db().prepare("SELECT document, label, must, revision FROM pin WHERE generation = ? "
                                              "ORDER BY document, label"));
    stored.bind(generation);
    while (true) {
        ESPALIER_ASSIGN(const bool row, stored.step());
        if (!row) break;
        pins.push_back(
            {DocumentKey{stored.integer(0)}, LabelId{stored.integer(1)}, stored.integer(2) != 0, stored.integer(3)});
    }
    ESPALIER_ASSIGN(auto shares, loadShares(generation));
    return tree::LabelTree::fromLabels(root, std::move(labels), std::move(former), std::move(pins), std::move(shares));
}

Result<Project::State::View> Project::State::current() {
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(db()));
    ESPALIER_ASSIGN(const Cursor now, cursor());
    if (view && view->cursor == now) return *view;
    View made;
    made.cursor = now;
    ESPALIER_ASSIGN(made.documents, documentTable(now));
    ESPALIER_ASSIGN(made.masses, massTable(now));
    auto snapshot = std::make_shared<TreeSnapshot>();
    ESPALIER_ASSIGN(snapshot->tree, loadTree(now.generation));
    snapshot->revision = now.revision;
    snapshot->documents = made.documents->size();
    made.hard = std::make_shared<detail::HardLabels>(
        detail::HardLabels::compute(snapshot->tree, *made.masses, *made.documents));
    snapshot->unassigned = made.hard->unassigned;
    snapshot->counts = detail::countLabels(snapshot->tree, *made.masses, *made.hard);
    auto stability = std::make_shared<std::unordered_map<LabelId, std::string>>();
    ESPALIER_ASSIGN(auto rows, db().prepare("SELECT label, data FROM stability WHERE generation = ?"));
    rows.bind(now.generation);
    while (true) {
        ESPALIER_ASSIGN(const bool row, rows.step());
        if (!row) break;
        stability->emplace(LabelId{rows.integer(0)}, rows.text(1));
    }
    ESPALIER_TRY(addGrownStability(now.generation, *stability));
    snapshot->stability = std::move(stability);
    made.snapshot = std::move(snapshot);
    view = made;
    return made;
}

Project::State::View Project::State::viewAfter(const View& from, const Cursor& cursor, tree::LabelTree tree) const {
    View next = from;
    next.cursor = cursor;
    auto snapshot = std::make_shared<TreeSnapshot>();
    snapshot->revision = cursor.revision;
    snapshot->documents = from.snapshot->documents;
    if (sameShape(from.snapshot->tree, tree)) {  // renamed, noted: nothing to count
        snapshot->counts = from.snapshot->counts;
    } else {
        next.hard = std::make_shared<detail::HardLabels>(
            detail::HardLabels::update(*from.hard, from.snapshot->tree, tree, *from.masses, *from.documents));
        snapshot->counts = detail::countLabels(tree, *from.masses, *next.hard);
    }
    snapshot->unassigned = next.hard->unassigned;
    snapshot->stability = from.snapshot->stability;
    snapshot->tree = std::move(tree);
    next.snapshot = std::move(snapshot);
    return next;
}

void Project::State::adoptTree(const View& from, const Cursor& cursor, tree::LabelTree tree) {
    view = viewAfter(from, cursor, std::move(tree));
}

void Project::State::adoptRow(const View& from, const Cursor& cursor, tree::LabelTree tree, DocumentKey document,
                              const std::vector<tree::CellMass>& row) {
    const std::int32_t position = from.documents->position(document);
    detail::ReplacedRows rows;
    for (const tree::CellMass& cell : row) rows[position].emplace_back(cell.cell, cell.mass);
    View next = viewAfter(from, cursor, std::move(tree));
    next.masses = from.masses->with(rows, from.documents->size());
    auto snapshot = std::make_shared<TreeSnapshot>(*next.snapshot);
    next.hard = std::make_shared<detail::HardLabels>(detail::HardLabels::update(
        *from.hard, from.snapshot->tree, snapshot->tree, *next.masses, *from.documents, position));
    snapshot->counts = detail::countLabels(snapshot->tree, *next.masses, *next.hard);
    snapshot->unassigned = next.hard->unassigned;
    next.snapshot = std::move(snapshot);
    masses.push_front({cursor.generation, cursor.stamp, next.masses});
    if (masses.size() > 2) masses.pop_back();
    view = std::move(next);
}

std::string Project::State::relative(const fs::path& path) const {
    const fs::path clean = fs::absolute(path).lexically_normal();
    const fs::path below = clean.lexically_relative(folder);
    if (below.empty() || *below.begin() == "..") return clean.generic_string();
    return below.generic_string();
}

fs::path Project::State::absolute(const std::string& stored) const {
    if (stored.empty()) return {};
    const fs::path path(stored);
    return path.is_absolute() ? path : folder / path;
}

Result<TreeSnapshotPtr> Project::tree() {
    ESPALIER_ASSIGN(const auto view, m_state->current());
    return view.snapshot;
}

Result<std::int64_t> Project::revision() {
    return m_state->db().integer("SELECT revision FROM state");
}
Result<std::int64_t> Project::documentCount() {
    return m_state->db().integer("SELECT count(*) FROM document");
}

Result<ProjectStatus> Project::status() {
    ESPALIER_ASSIGN(auto scope, store::ReadScope::begin(m_state->db()));
    ESPALIER_ASSIGN(const auto view, m_state->current());
    ProjectStatus status;
    status.documents = view.snapshot->documents;
    status.unassigned = view.snapshot->unassigned;
    status.labels = static_cast<std::int64_t>(view.snapshot->tree.size()) - 1;
    status.levels = view.snapshot->tree.levelSizes();
    status.revision = view.cursor.revision;
    status.treeRevision = view.cursor.treeRevision;
    ESPALIER_ASSIGN(status.queries, m_state->db().integer("SELECT count(*) FROM query"));
    ESPALIER_ASSIGN(status.models, models());
    ESPALIER_ASSIGN(status.runs, runs());
    ESPALIER_ASSIGN(status.undoText, undoText());
    ESPALIER_ASSIGN(status.redoText, redoText());
    return status;
}

}  // namespace espalier::project
