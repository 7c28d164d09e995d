-- SPDX-License-Identifier: Apache-2.0
-- The expert's word on documents. A program that does not know pins would show other labels: it may not read this.

CREATE TABLE pin (
    generation INTEGER NOT NULL REFERENCES generation (id),
    document INTEGER NOT NULL REFERENCES document (key),
    label INTEGER NOT NULL,             -- as it was named; holds where that label went when it is merged or retired
    must INTEGER NOT NULL CHECK (must IN (0, 1)),
    revision INTEGER NOT NULL,          -- of the edit that set it
    PRIMARY KEY (generation, document, label)
) STRICT, WITHOUT ROWID;

-- Statements about the tree (core/project/statement.h) by key and id, so that a rename does not break them.
CREATE TABLE expectation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('document', 'parents', 'reference')),
    positive INTEGER NOT NULL CHECK (positive IN (0, 1)),
    document INTEGER REFERENCES document (key),  -- kind document
    label INTEGER NOT NULL,
    other INTEGER NOT NULL,                      -- kind parents, else 0
    reference TEXT NOT NULL,                     -- kind reference, else empty
    percent REAL NOT NULL,
    created TEXT NOT NULL,
    actor TEXT NOT NULL
) STRICT;

UPDATE meta SET value = '2' WHERE key = 'min_reader';
