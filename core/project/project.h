// SPDX-License-Identifier: Apache-2.0
/// \file core/project/project.h
/// An open project: documents, label tree, memberships, models, runs and the journal, in a folder Name.espalier/.
///
/// Threads: one Project is confined to one thread at a time (the window runs it on a lane). Snapshots it hands out are
/// immutable and may be read anywhere. Several Projects, also of other processes, may have one folder open: reading
/// never needs the lock and sees the last committed revision; writing calls take the lock for their duration, or use
/// the one of holdLock().
///
/// Errors of every writing call, besides its own: Busy (open for writing elsewhere), Io (disk full, read-only folder:
/// nothing was changed), InvalidState (opened for reading only). Each writing call is one SQLite transaction.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/jobs/job_context.h"
#include "core/project/document_query.h"
#include "core/project/expectation.h"
#include "core/project/import_report.h"
#include "core/project/journal.h"
#include "core/project/model_info.h"
#include "core/project/proposal.h"
#include "core/project/run_info.h"
#include "core/project/tree_import.h"
#include "core/project/tree_snapshot.h"
#include "core/text/corpus_reader.h"
#include "core/text/document.h"
#include "core/tree/edit.h"
#include "core/tree/memberships.h"

namespace espalier::project {

enum class Access { ReadOnly, ReadWrite };
enum class TreeFormat { Text, Json, Csv, Turtle, RdfXml, JsonLd };

struct ProjectStatus {
    std::int64_t documents = 0;
    std::int64_t unassigned = 0;
    std::int64_t labels = 0;           ///< without the root
    std::vector<std::int64_t> levels;  ///< number of labels at level 0, 1, ...
    std::int64_t revision = 0;
    std::int64_t treeRevision = 0;  ///< the last that changed the tree: imports and runs count as revisions too
    std::int64_t queries = 0;       ///< that came with the corpus
    std::vector<ModelInfo> models;  ///< embedded first comes first
    std::vector<RunInfo> runs;      ///< oldest first
    std::string undoText;           ///< what undo would undo, or empty
    std::string redoText;
};

/// How the tree in effect was grown; what `assign` needs.
struct BuildInfo {
    std::int64_t revision = 0;  ///< that adopted it
    std::string options = "{}";
    std::string hash;
    std::string simd;
    double seconds = 0;
    double peakMb = 0;
    std::filesystem::path factorsFile;  ///< absolute; empty when the build left none
    std::vector<LabelId> labelOfNode;   ///< per node of the build. Mass that a fold-in gives to a node is stored for
                                        ///< this label, and counts wherever edits have put that label's mass since
};

struct AdoptOutcome {
    std::string kind;             ///< build, assign, split, refit, embed, train
    std::int64_t revision = 0;    ///< current afterwards
    std::int64_t journalId = 0;   ///< 0 for embed
    std::string name;             ///< model or run; split, refit: what was done, as the journal says it
    std::int64_t assigned = 0;    ///< documents that got memberships
    std::int64_t unassigned = 0;  ///< documents left without
};

struct Problem {
    std::string what;  ///< one sentence
    std::string file;  ///< it is about, or empty
};

/// Name of the database inside the folder, suffix of a project folder.
inline constexpr const char* kDatabaseName = "project.sqlite";
inline constexpr const char* kProjectSuffix = ".espalier";

class Project {
public:
    /// New empty project folder; parents are made.
    /// \retval AlreadyExists  something is there  \retval Io  cannot be written
    static Result<std::unique_ptr<Project>> create(const std::filesystem::path& folder);
    /// An old project is brought up to date first (a copy of its database is kept). ReadWrite also marks dead runs
    /// interrupted and removes left-overs, if nobody else holds the lock. \retval NotFound       no such folder \retval
    /// Corrupt        not a project, or a damaged one \retval VersionTooNew  written by a newer Espalier that this one
    /// cannot read
    static Result<std::unique_ptr<Project>> open(const std::filesystem::path& folder, Access access);
    ~Project();
    Project(const Project&) = delete;
    Project& operator=(const Project&) = delete;

    const std::filesystem::path& folder() const noexcept;  ///< absolute
    std::string name() const;                              ///< folder name without its suffix
    std::string uuid() const;                              ///< for life, e.g. "2f0c..." (RFC 4122, version 4)
    Access access() const noexcept;
    /// Why it can only be read although ReadWrite was asked for (newer version, read-only folder, full disk); empty
    /// otherwise.
    std::string readOnlyReason() const;
    /// Io where that is the machine's fault (a full disk), else InvalidState.
    ErrorCode readOnlyCode() const noexcept;

    /// Holds the lock until release or destruction: the window's way. \retval Busy
    Status holdLock();
    void releaseLock();
    bool holdsLock() const noexcept;
    /// Who holds the lock in another process, in words ("open in process N on HOST"), or empty.
    std::string heldElsewhere() const;

    /// Name written into the journal from now on; default: the user of the operating system.
    void setActor(std::string actor);

    // Corpus
    /// All sources in one transaction; stopped or failed: nothing changed. New documents are unassigned. Among rows
    /// with equal text the smallest id is kept; of two texts under one id the smallest hash keeps it and the other is
    /// rejected; what an earlier import brought stays. So the order of rows does not matter.
    /// \retval NotFound, Io, Corrupt, InvalidArgument  a source cannot be read, or lacks a field that was named
    /// \retval Cancelled  the context says stop
    Result<ImportReport> importCorpus(const std::vector<std::filesystem::path>& sources,
                                      const text::CorpusOptions& options, jobs::JobContext& context);
    /// Rows left out as duplicates by all imports, in order; `total` may be null.
    Result<std::vector<DuplicateRow>> duplicates(std::int64_t offset, std::int64_t limit,
                                                 std::int64_t* total = nullptr);
    /// Those left out for one document.
    Result<std::vector<DuplicateRow>> duplicatesOf(DocumentKey document);
    Result<ProjectStatus> status();
    Result<std::int64_t> documentCount();
    Result<std::int64_t> revision();
    Result<DocumentPage> documents(const DocumentQuery& query);
    /// Keys of all documents that the question is about, in its order; offset and limit do not matter.
    Result<std::vector<DocumentKey>> documentKeys(const DocumentQuery& query);
    /// Row of a document in the answer to a question, counted from 0; -1: it is not in it.
    Result<std::int64_t> documentRank(const DocumentQuery& query, DocumentKey key);
    /// \param since  revision to compare with; none: lastLearned() \retval InvalidArgument  no such revision
    Result<SmartCounts> smartCounts(std::optional<std::int64_t> since = std::nullopt);
    /// The newest revision that something was learned from: the tree in effect was grown or brought, or a run was
    /// trained on it. 0: nothing of the kind.
    Result<std::int64_t> lastLearned();
    Result<DocumentRecord> document(DocumentKey key);
    Result<DocumentRecord> document(std::string_view id);  ///< \retval NotFound
    Result<DocumentKey> findDocument(std::string_view id);
    /// Ids of all documents, ascending bytes.
    Result<std::vector<std::pair<DocumentKey, std::string>>> documentIds();
    /// What every document is called, ascending key: what a finder searches.
    Result<std::vector<DocumentName>> documentNames();
    /// Every document, ascending id bytes; an error of the callback ends the walk and is returned.
    using DocumentVisitor = std::function<Status(DocumentKey, const text::Document&, const std::string& hash)>;
    Status forEachDocument(const DocumentVisitor& visit);
    Result<std::vector<text::Query>> queries();
    Result<std::vector<text::Judgement>> judgements();

    // Tree
    /// The tree as it is now, shared until the next change.
    Result<TreeSnapshotPtr> tree();
    Result<std::vector<HardLabel>> hardLabels();              ///< every document, ascending key
    Result<std::vector<tree::Resting>> resting(DocumentKey);  ///< ascending label id; empty: unassigned
    Result<std::vector<DocumentResting>> allResting();        ///< assigned documents, ascending key
    Result<std::vector<DocumentKey>> withoutMass();           ///< what assign places, pinned or not; ascending
    /// \retval InvalidState  the tree in effect was not grown by build
    Result<BuildInfo> buildInfo();
    /// Hash of the tree as it is now (contract.md), 64 hex digits.
    Result<std::string> treeHash();

    /// Labels of the tree that an expert shaped by an edit in effect: named, noted, pinned to, given a share
    /// of a document, made, moved, merged or
    /// retired into, restored, or taken from a split. A lock or what happened below a label does not shape it.
    Result<std::set<LabelId>> shapedLabels();

    /// One journal entry. For New, `edit.label` is given by the project, for Pin, Unpin, Share and Unshare
    /// `text` and `revision`;
    /// Merge, Retire... as in core/tree/edit.h. \retval InvalidArgument, NotFound, InvalidState  as tree::apply()
    Result<EditOutcome> edit(const tree::Edit& edit);
    /// A taxonomy file as the new tree, or brought into the tree that is there: one journal entry, or none where
    /// nothing changes (tree_import.h says what becomes of labels and documents). \retval AlreadyExists    a tree is
    /// there and neither `merge` nor `replace` is set \retval InvalidState     replace: a label is locked; merge: a new
    /// label would stand under a locked one \retval InvalidArgument  an empty file, or one whose format is not known
    /// \retval NotFound, Io, Corrupt, Unsupported  the file cannot be read (taxonomy::read())
    Result<TreeImport> importTree(const std::filesystem::path& file, const TreeImportOptions& options);
    /// What merged files want otherwise than the tree has it; in outline order.
    Result<std::vector<MergeProposal>> mergeProposals();
    /// Takes or drops one of them, as one edit. \retval NotFound  no such one; else as edit()
    Result<EditOutcome> resolveProposal(LabelId label, const std::string& field, bool accept);

    // Expectations: tests of the tree, not part of it: no journal entry, no revision, untouched by undo.
    /// Names are resolved now and kept by id. \param text  a statement (statement.h)
    /// \retval InvalidArgument  no statement, or one that can be read in several ways here
    /// \retval NotFound         no such document, label or reference label  \retval AlreadyExists
    Result<Expectation> addExpectation(std::string_view text);
    Result<std::vector<Expectation>> expectations();  ///< as the tree is now, ascending id
    Status removeExpectation(std::int64_t id);        ///< \retval NotFound

    /// Every pair of pins, and of a pin and a set share, that contradict each other, by document.
    Result<std::vector<PinContradiction>> pinContradictions();
    /// What the edit would do, without doing it: labels that change, documents whose hard path changes.
    Result<std::int64_t> documentsMovedBy(const tree::Edit& edit);
    /// The same of several edits, one after the other as one act: a document that moves twice counts once.
    Result<std::int64_t> documentsMovedBy(std::span<const tree::Edit> edits);
    Result<EditOutcome> undo();                   ///< \retval InvalidState  nothing to undo
    Result<EditOutcome> redo();                   ///< \retval InvalidState  nothing to redo
    Result<std::vector<JournalEntry>> history();  ///< oldest first
    /// The entry in effect that last changed where a document is: the labels of its hard path; with `label`, its share
    /// of that label's branch (by more than tree::kNearTie) or whether its path leads through it. None: nothing ever
    /// placed it. Names do not matter, only where labels are.
    /// \retval NotFound  no such document or label
    Result<std::optional<JournalEntry>> lastMove(DocumentKey document, LabelId label = {});
    Result<std::string> undoText();  ///< "Rename 'Soil' to 'Earth'", empty when there is nothing
    Result<std::string> redoText();

    // Jobs, models, runs
    /// New folder jobs/<kind>-<number>/ for a job; adopt() removes it, discardJob() too. Needs no lock. A file `keep`
    /// in it protects it from the clean-up at open.
    Result<std::filesystem::path> newJobFolder(std::string_view kind);
    Status discardJob(const std::filesystem::path& jobFolder);
    /// Job folders that hold a result nobody adopted.
    std::vector<std::filesystem::path> unadoptedJobs();
    /// Stores the result of a build, assign, embed or train job (job_results.h), or a proposal (proposal.h), which is
    /// taken whole.
    /// \retval Conflict      the tree moved on since the job began; "force" overrides
    /// \retval AlreadyExists a build, a tree is there and "replace" is not set
    /// \retval Corrupt, VersionTooNew, NotFound  the folder holds no result that can be read
    Result<AdoptOutcome> adopt(const std::filesystem::path& jobFolder);

    // Proposals of splits and re-fits (proposal.h)
    /// What adopt() with this acceptance would do; nothing is changed.
    /// \retval Conflict         the tree changed since the job began  \retval InvalidArgument  no such part, no name
    Result<ProposalDiff> preview(const std::filesystem::path& jobFolder, const Acceptance& acceptance = {});
    /// Takes a proposal in one undoable entry. Errors as preview(), and InvalidState  nothing would change
    Result<AdoptOutcome> adopt(const std::filesystem::path& jobFolder, const Acceptance& acceptance);
    /// Those that jobs left and nobody took or dropped, by folder; one that cannot be read is left out.
    Result<std::vector<WaitingProposal>> waitingProposals();
    Result<std::vector<GrowthStep>> growthSteps();  ///< of the tree in effect, oldest first

    /// Vectors of a model. \param name  empty: the one chosen with useRun(), else embedded last
    /// \retval InvalidState  there are no vectors of it; the message names `embed`
    Result<ModelInfo> model(std::string_view name);
    Result<std::vector<ModelInfo>> models();
    /// Copies an encoder's folder into models/<sha256>/ (hard links where possible), or with `link` keeps path and
    /// hash. \retval NotFound, Unsupported  no folder, no model.safetensors in it
    Result<StoredModel> storeModel(const std::filesystem::path& folder, bool link);
    /// A stored encoder by hash. \retval NotFound
    Result<StoredModel> storedModel(std::string_view sha256);
    /// Folder of the encoder that a name means: base, a run, else a folder as given.
    /// \retval NotFound  nothing of that name; InvalidState  the run has no model yet
    Result<std::filesystem::path> encoderFolder(std::string_view name);

    /// Makes runs/<name>/ and its entry in state Running. \param name  empty: "run-1", "run-2", ...
    /// \param configJson  options of the run, also written to config.json in the folder
    /// \retval InvalidArgument  not a run name  \retval AlreadyExists
    Result<RunInfo> createRun(std::string_view name, const std::string& configJson);
    Result<std::vector<RunInfo>> runs();
    Result<RunInfo> run(std::string_view name);  ///< \retval NotFound
    std::filesystem::path runFolder(std::string_view name) const;
    /// Ends a run that cannot report itself any more. \retval NotFound
    Status setRunState(std::string_view name, RunState state);
    /// Removes the run, its folder, its vectors, and its model unless others use it.
    /// \retval InvalidState  it is running
    Status deleteRun(std::string_view name);
    Status noteRun(std::string_view name, const std::string& note);
    /// The run's model becomes the default of model(). \retval InvalidState  it has no model
    Status useRun(std::string_view name);

    // Exports (values; files are written by the caller) and checks
    /// Turtle, RdfXml and JsonLd are SKOS with notes of the journal; labels in the order of the outline.
    Result<std::string> exportTree(TreeFormat format);
    Result<std::string> treeJson() { return exportTree(TreeFormat::Json); }
    /// contract.md's csv, one row per label where mass rests, to a new file. \retval AlreadyExists  and not `force`
    Status exportMemberships(const std::filesystem::path& path, bool force = false);
    /// Everything that is stored: database, references, files and their hashes, tree, sums, journal. Empty: all is
    /// well.
    Result<std::vector<Problem>> check(jobs::JobContext& context);

    struct State;  ///< for the files in detail/ only

private:
    explicit Project(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::project
