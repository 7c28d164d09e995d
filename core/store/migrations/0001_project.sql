-- SPDX-License-Identifier: Apache-2.0
-- First version of a project. Ids of labels and keys of documents are never reused.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('min_reader', '1');

-- One row: where the project stands.
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL,          -- grows with every journal entry, undo and redo
    tree_revision INTEGER NOT NULL,     -- last revision that changed the tree or its memberships
    documents_revision INTEGER NOT NULL,-- last revision that brought documents
    generation INTEGER NOT NULL REFERENCES generation (id),
    head INTEGER NOT NULL,              -- journal entry that undo takes back next, 0 = none
    next_label INTEGER NOT NULL
) STRICT;

-- Corpus -----------------------------------------------------------------------------------------------------------
CREATE TABLE import (
    id INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    sources TEXT NOT NULL,              -- JSON array
    rows_read INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    empty INTEGER NOT NULL,
    rejected INTEGER NOT NULL
) STRICT;

-- Narrow on purpose: lists and orders read this table only.
CREATE TABLE document (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),  -- SHA-256 of the input string
    title TEXT NOT NULL,
    import INTEGER NOT NULL REFERENCES import (id)
) STRICT;

CREATE TABLE content (
    document INTEGER PRIMARY KEY REFERENCES document (key) DEFERRABLE INITIALLY DEFERRED,
    text TEXT NOT NULL,
    labels TEXT NOT NULL,               -- JSON array: reference path, coarse first
    metadata TEXT NOT NULL,             -- JSON object
    source TEXT NOT NULL
) STRICT;

-- Rows of the running import, empty between imports. verdict: 0 kept, 1 duplicate, 2 rejected.
CREATE TABLE staged_row (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    hash BLOB NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    line INTEGER NOT NULL,
    verdict INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX staged_row_id ON staged_row (id, hash);
CREATE INDEX staged_row_hash ON staged_row (hash);

CREATE TABLE duplicate (
    seq INTEGER PRIMARY KEY,
    import INTEGER NOT NULL REFERENCES import (id),
    id TEXT NOT NULL,
    document INTEGER NOT NULL REFERENCES document (key),  -- the one that is kept
    source TEXT NOT NULL,
    line INTEGER NOT NULL
) STRICT;

CREATE TABLE query (
    id TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE judgement (
    query TEXT NOT NULL,
    document TEXT NOT NULL,             -- an id, also of documents that are not here
    score INTEGER NOT NULL,
    PRIMARY KEY (query, document)
) STRICT, WITHOUT ROWID;

-- Files beside the database: immutable, named by their content -----------------------------------------------------
CREATE TABLE artifact (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                 -- factors, vectors
    sha256 TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,                 -- relative to the project folder
    bytes INTEGER NOT NULL,
    dtype TEXT NOT NULL,
    shape TEXT NOT NULL,                -- JSON array
    inputs_hash TEXT NOT NULL,
    producer TEXT NOT NULL,
    created TEXT NOT NULL
) STRICT;

-- Tree -------------------------------------------------------------------------------------------------------------
-- A generation is one grown tree with its memberships. Builds make new ones; undo goes back to the one before.
CREATE TABLE generation (
    id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,          -- that brought it
    created TEXT NOT NULL,
    built INTEGER NOT NULL,             -- 0: the empty one of a new project
    stamp INTEGER NOT NULL DEFAULT 0,   -- grows when its memberships change (assign, undo of assign)
    labels TEXT NOT NULL,               -- JSON array: label of each node of the build
    options TEXT NOT NULL,
    hash TEXT NOT NULL,
    simd TEXT NOT NULL,
    seconds REAL NOT NULL,
    peak_mb REAL NOT NULL,
    factors INTEGER REFERENCES artifact (id)
) STRICT;

CREATE TABLE label (
    generation INTEGER NOT NULL REFERENCES generation (id),
    id INTEGER NOT NULL,
    parent INTEGER NOT NULL,            -- 0 for the root
    name TEXT NOT NULL,
    name_by_user INTEGER NOT NULL,
    terms TEXT NOT NULL,                -- JSON array of [text, weight]
    alternative_names TEXT NOT NULL,    -- JSON array
    note TEXT NOT NULL,
    stop_reason TEXT NOT NULL,
    locked INTEGER NOT NULL,
    children TEXT NOT NULL,             -- JSON array of ids in outline order
    mass_of TEXT NOT NULL,              -- JSON array: labels whose stored mass rests here
    PRIMARY KEY (generation, id)
) STRICT, WITHOUT ROWID;

-- Retired and merged labels, for restore and for references that lead to them.
CREATE TABLE former_label (
    generation INTEGER NOT NULL REFERENCES generation (id),
    id INTEGER NOT NULL,
    data TEXT NOT NULL,                 -- JSON
    PRIMARY KEY (generation, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE stability (
    generation INTEGER NOT NULL REFERENCES generation (id),
    label INTEGER NOT NULL,
    data TEXT NOT NULL,                 -- JSON: how k was chosen
    PRIMARY KEY (generation, label)
) STRICT, WITHOUT ROWID;

-- Mass stored for a label as it was grown; it counts at the label whose mass_of names it. Edits never write here.
CREATE TABLE resting (
    generation INTEGER NOT NULL REFERENCES generation (id),
    document INTEGER NOT NULL REFERENCES document (key),
    label INTEGER NOT NULL,
    mass REAL NOT NULL CHECK (mass > 0 AND mass <= 1.000001),
    PRIMARY KEY (generation, document, label)
) STRICT, WITHOUT ROWID;

-- Journal ----------------------------------------------------------------------------------------------------------
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL UNIQUE,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- import, edit, build, assign, run
    what TEXT NOT NULL,
    actor TEXT NOT NULL,
    undoable INTEGER NOT NULL,
    parent INTEGER NOT NULL,            -- undoable entry it was made on, 0 = the beginning
    undone INTEGER NOT NULL DEFAULT 0,
    undone_at INTEGER NOT NULL DEFAULT 0,
    generation_before INTEGER NOT NULL,
    generation_after INTEGER NOT NULL,
    effect TEXT NOT NULL                -- JSON of an edit's before and after, else empty
) STRICT;
CREATE INDEX journal_parent ON journal (parent, undone_at);

-- Every revision: what was done, undone or done again.
CREATE TABLE revision (
    number INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('do', 'undo', 'redo')),
    entry INTEGER NOT NULL REFERENCES journal (id)
) STRICT;

-- What an assign added, kept for redo.
CREATE TABLE journal_resting (
    entry INTEGER NOT NULL REFERENCES journal (id),
    document INTEGER NOT NULL REFERENCES document (key),
    label INTEGER NOT NULL,
    mass REAL NOT NULL,
    PRIMARY KEY (entry, document, label)
) STRICT, WITHOUT ROWID;

-- Models and runs --------------------------------------------------------------------------------------------------
CREATE TABLE stored_model (
    contents TEXT PRIMARY KEY,          -- hash over names and contents of its files
    sha256 TEXT NOT NULL,               -- of model.safetensors; two models may share weights and differ in pooling
    folder TEXT NOT NULL,               -- relative to the project folder, or absolute when linked
    linked INTEGER NOT NULL,
    created TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE model (
    name TEXT PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,        -- order of embedding, grows
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    folder TEXT NOT NULL,
    dim INTEGER NOT NULL,
    from_revision INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    vectors INTEGER NOT NULL REFERENCES artifact (id),
    device TEXT NOT NULL,
    precision TEXT NOT NULL,
    seconds REAL NOT NULL,
    created TEXT NOT NULL
) STRICT;

CREATE TABLE run (
    name TEXT PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'interrupted', 'failed')),
    step INTEGER NOT NULL,
    epoch REAL NOT NULL,
    loss REAL,
    from_revision INTEGER NOT NULL,
    model_folder TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    dim INTEGER NOT NULL,
    config TEXT NOT NULL,
    metrics TEXT NOT NULL,
    note TEXT NOT NULL,
    created TEXT NOT NULL,
    ended TEXT
) STRICT;

INSERT INTO generation VALUES (1, 0, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), 0, 0, '[1]', '{}', '', '', 0.0, 0.0, NULL);
INSERT INTO label VALUES (1, 1, 0, 'All documents', 0, '[]', '[]', '', '', 0, '[]', '[1]');
INSERT INTO state VALUES (1, 0, 0, 0, 1, 0, 2);
