-- SPDX-License-Identifier: Apache-2.0
-- Splits and re-fits of a label: trees that were grown inside the tree of a generation. A program that does not know
-- them would show other memberships: it may not read this.

-- One row per adopted split or re-fit; in effect while its journal entry is not undone and its generation is.
CREATE TABLE growth (
    entry INTEGER PRIMARY KEY REFERENCES journal (id),
    factors INTEGER REFERENCES artifact (id),
    sources TEXT NOT NULL,              -- JSON array: labels whose stored mass was dealt out anew
    labels TEXT NOT NULL,               -- JSON array: label of each node of its factors
    stability TEXT NOT NULL             -- JSON object: label -> how k was chosen
) STRICT;

-- Mass of the documents that it moved, complete: for them it takes the place of table resting and of earlier growths.
CREATE TABLE growth_resting (
    entry INTEGER NOT NULL REFERENCES growth (entry),
    document INTEGER NOT NULL REFERENCES document (key),
    label INTEGER NOT NULL,
    mass REAL NOT NULL CHECK (mass > 0 AND mass <= 1.000001),
    PRIMARY KEY (entry, document, label)
) STRICT, WITHOUT ROWID;

UPDATE meta SET value = '4' WHERE key = 'min_reader';
