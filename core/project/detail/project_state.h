// SPDX-License-Identifier: Apache-2.0
/// \file core/project/detail/project_state.h
/// What is behind Project: connection, lock and caches, shared by the files that implement its parts.
#pragma once
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/project/detail/mass_table.h"
#include "core/project/job_results.h"
#include "core/project/lock.h"
#include "core/project/project.h"
#include "core/store/database.h"

namespace espalier::project {

/// The one row of table `state`, and the stamp of the generation in effect.
struct Cursor {
    std::int64_t revision = -1;
    std::int64_t treeRevision = 0;
    std::int64_t documentsRevision = 0;
    std::int64_t generation = 0;
    std::int64_t head = 0;
    std::int64_t nextLabel = 0;
    std::int64_t stamp = 0;
    friend bool operator==(const Cursor&, const Cursor&) = default;
};

/// Rows as the model alone has them.
using FittedRows = std::map<DocumentKey, std::vector<tree::CellMass>>;

struct Project::State {
    std::filesystem::path folder;
    Access access = Access::ReadOnly;
    std::string readOnlyReason;
    ErrorCode readOnlyCode = ErrorCode::InvalidState;  ///< Io: a fault of the machine (disk full), not of the project
    std::string uuid;
    std::string actor;
    std::optional<store::Connection> connection;
    std::optional<ProjectLock> lock;

    // Caches; each says what it was made from.
    struct Masses {
        std::int64_t generation = 0;
        std::int64_t stamp = 0;
        std::shared_ptr<const detail::MassTable> table;
    };
    struct View {
        Cursor cursor;
        TreeSnapshotPtr snapshot;
        std::shared_ptr<const detail::HardLabels> hard;
        std::shared_ptr<const detail::MassTable> masses;
        std::shared_ptr<const detail::DocumentTable> documents;
    };
    struct List {
        std::int64_t revision = -1;
        DocumentQuery query;
        std::filesystem::path vectors;  ///< that Order::Diverse compared
        std::vector<std::int32_t> positions;
    };
    /// An earlier revision.
    struct Past {
        std::int64_t revision = 0;
        std::int64_t generation = 0;
        std::int64_t documents = 0;  ///< that were there: the first so many positions
        tree::LabelTree tree;
        std::shared_ptr<const detail::MassTable> masses;
    };
    /// Where documents were at the revision that was compared with last: it never changes.
    struct HardThen {
        std::int64_t revision = -1;
        std::int64_t generation = 0;
        std::int64_t documents = 0;
        tree::LabelTree tree;
        std::vector<LabelId> labels;
    };
    std::optional<View> view;
    std::optional<HardThen> hardThen;
    std::int64_t documentsRevision = -1;
    std::shared_ptr<const detail::DocumentTable> documents;
    std::int64_t referencesRevision = -1;                         ///< documents revision of `references`
    std::map<std::string, std::vector<std::int32_t>> references;  ///< positions by reference label asked for
    std::list<Masses> masses;  ///< newest first, two at most: a build and the one it replaced
    List list;

    store::Connection& db() { return *connection; }
    Result<Cursor> cursor();
    Status storeCursor(const Cursor& cursor);
    Result<std::shared_ptr<const detail::DocumentTable>> documentTable(const Cursor& cursor);
    Result<std::shared_ptr<const detail::MassTable>> massTable(const Cursor& cursor);
    /// Tree and everything counted, as of the last committed revision (or of the transaction that is open).
    Result<View> current();
    /// Puts a view made from another one's tree by an effect, without reading the database again.
    void adoptTree(const View& from, const Cursor& cursor, tree::LabelTree tree);
    View viewAfter(const View& from, const Cursor& cursor, tree::LabelTree tree) const;
    Result<tree::LabelTree> loadTree(std::int64_t generation);

    /// The tree and the masses as they were after a revision. \retval InvalidArgument  no such revision
    Result<Past> past(const View& now, std::int64_t revision);

    // Smart lists (smart_lists.cpp): by position, 1 for documents that are on it
    Result<std::vector<char>> members(const View& now, SmartList which, std::int64_t since);
    Result<std::vector<char>> movedSince(const View& now, std::int64_t revision);
    /// Brings `hardThen` to a revision.
    Status compareWith(const View& now, std::int64_t revision);

    /// Choices of k that splits and re-fits in effect brought.
    Status addGrownStability(std::int64_t generation, std::unordered_map<LabelId, std::string>& stability);

    // Journal
    /// Writes an entry and its revision, moves head for undoable ones. Changes `cursor`, stores it.
    Result<std::int64_t> addEntry(Cursor& cursor, const JournalEntry& entry, std::int64_t generationBefore,
                                  const std::string& effect);
    Status addRevision(const Cursor& cursor, const char* act, std::int64_t entry);
    /// Replaces rows of label and former_label by what an effect says.
    Status storeLabels(std::int64_t generation, const std::vector<tree::Label>& out, const std::vector<tree::Label>& in,
                       const std::vector<tree::FormerLabel>& formerOut, const std::vector<tree::FormerLabel>& formerIn);
    /// Replaces rows of pin by what an effect says.
    Status storePins(std::int64_t generation, const std::vector<tree::Pin>& out, const std::vector<tree::Pin>& in);
    Result<EditOutcome> step(bool forward);

    // Set shares (shares.cpp)
    /// Mass of a document as it is stored, with what is undone or not in the database now.
    Result<std::vector<tree::CellMass>> storedRow(std::int64_t generation, DocumentKey document);
    /// The same as the model alone has it: by the build or assign, and splits and re-fits since, no set share.
    Result<std::vector<tree::CellMass>> fittedRow(std::int64_t generation, DocumentKey document);
    /// Of every document with a set share.
    Result<FittedRows> fittedRows(const View& now);
    /// What a document's row becomes by an edit Share or Unshare. \param after  with the edit
    Result<std::vector<tree::CellMass>> rowWithShare(const View& now, const tree::LabelTree& after,
                                                     const tree::Edit& edit);
    /// \param table  growth_resting or growth_fitted  \pre a row of table growth for the entry
    Status storeDealt(const char* table, std::int64_t entry, DocumentKey document,
                      const std::vector<tree::CellMass>& row);
    /// Replaces rows of share by what an effect says.
    Status storeShares(std::int64_t generation, const std::vector<tree::SetShare>& out,
                       const std::vector<tree::SetShare>& in);
    Result<std::vector<tree::SetShare>> loadShares(std::int64_t generation);
    /// As they hold, ascending label.
    Result<std::vector<DocumentShare>> sharesSaid(const View& now, DocumentKey document);
    /// Puts a view in which one document has another row, without reading the database again.
    void adoptRow(const View& from, const Cursor& cursor, tree::LabelTree tree, DocumentKey document,
                  const std::vector<tree::CellMass>& row);

    // Fit residuals (fits.cpp)
    /// \param entry    that brings them, 0: a build  \param labelOf  label of RestingRows::fitAt; none: not kept
    Status storeFits(std::int64_t generation, std::int64_t entry, const RestingRows& rows,
                     const std::function<LabelId(std::int64_t)>& labelOf);
    /// At labels of the tree that have children, in outline order.
    Result<std::vector<FitAt>> fitsOf(const View& now, DocumentKey document);

    // Digests of what never changes once it is written (digests.cpp)
    /// \param kind  documents, duplicates, queries, build, memberships, fits (of a build: less its generation),
    /// assigned, growth, grown, fitted, entry  \pre in a transaction
    Status rememberDigest(std::string_view kind, std::int64_t id);
    Status rememberTree(std::int64_t generation, const tree::LabelTree& grown);
    /// Whether a tree is what rememberTree() saw; true where it saw none.
    bool isTreeAsGrown(std::int64_t generation, const tree::LabelTree& grown);
    /// What is no longer as it was written, in words.
    Result<std::vector<std::string>> changedDigests();

    // Files
    struct Artifact {
        std::int64_t id = 0;
        std::filesystem::path path;
    };
    /// Puts an immutable copy (hard link where possible) under tensors/ and its row. \pre in a transaction
    Result<Artifact> storeArtifact(const std::filesystem::path& source, const std::string& kind,
                                   const std::string& dtype, const std::string& shape, const std::string& producer);
    /// Notes what a folder of the project holds from now on, for check. \pre in a transaction
    Status rememberContents(const std::string& relativeFolder);
    std::string relative(const std::filesystem::path& path) const;  ///< to the folder when inside, else absolute
    std::filesystem::path absolute(const std::string& stored) const;
    bool folderAlive(const std::filesystem::path& job) const;  ///< a process still works in it
    /// Dead runs become interrupted, left-over files go. \pre the lock is held
    Status tidy();
    Result<StoredModel> placeModel(const std::filesystem::path& source, bool link);
};

/// Lock, transaction and rollback of one writing call.
class WriteScope {
public:
    /// \retval InvalidState, Io  opened for reading only  \retval Busy  locked elsewhere
    static Result<WriteScope> begin(Project::State& state);
    Status commit() { return m_transaction.commit(); }

private:
    WriteScope(std::optional<ProjectLock> lock, store::Transaction transaction)
        : m_lock(std::move(lock)), m_transaction(std::move(transaction)) {}
    std::optional<ProjectLock> m_lock;  // released after the transaction has ended
    store::Transaction m_transaction;
};

namespace detail {
constexpr const char* kContentsKey = "contents:";  ///< in table meta, followed by a folder: its contentsHash()
/// Names and hashes of the files of a model or a run as one SHA-256; logs and what has no known ending are left out.
Result<std::string> contentsHash(const std::filesystem::path& folder);
std::string timeNow();  ///< UTC, 2025-01-31T12:00:00Z
std::string hashHex(const Hash& hash);
Hash hashFromHex(std::string_view hex);
/// Line "pid start host" that says who works in a folder.
std::string ownerLine();
std::string uuidV4();
std::string safeJson(std::string_view json, const char* fallback);  ///< itself when it parses, else the fallback
}  // namespace detail

}  // namespace espalier::project
