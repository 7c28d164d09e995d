-- SPDX-License-Identifier: Apache-2.0
-- How well the topics of a label explain a document, and the shares of documents that an expert set. A program that
-- does not know set shares would lose them in a re-fit: it may not read this.

-- ||x - W h|| / ||x|| of a document at a label whose topics its mass was dealt out by; in effect while `entry` is.
CREATE TABLE fit_residual (
    generation INTEGER NOT NULL REFERENCES generation (id),
    document INTEGER NOT NULL REFERENCES document (key),
    entry INTEGER NOT NULL,             -- of the assign, split or re-fit that found it; 0: the build
    label INTEGER NOT NULL,
    residual REAL NOT NULL CHECK (residual >= 0 AND residual <= 1),
    PRIMARY KEY (generation, document, entry, label)
) STRICT, WITHOUT ROWID;

-- Shares that an expert set. The mass that follows from them is in growth_resting, by the entry of the edit.
CREATE TABLE share (
    generation INTEGER NOT NULL REFERENCES generation (id),
    document INTEGER NOT NULL REFERENCES document (key),
    label INTEGER NOT NULL,             -- as it was named; holds where that label went when it is merged
    value REAL NOT NULL CHECK (value >= 0 AND value <= 1),
    revision INTEGER NOT NULL,          -- of the edit that set it
    PRIMARY KEY (generation, document, label)
) STRICT, WITHOUT ROWID;

-- Mass as the topics alone would have it, complete, of documents with set shares that a split or re-fit dealt out.
CREATE TABLE growth_fitted (
    entry INTEGER NOT NULL REFERENCES growth (entry),
    document INTEGER NOT NULL REFERENCES document (key),
    label INTEGER NOT NULL,
    mass REAL NOT NULL CHECK (mass > 0 AND mass <= 1.000001),
    PRIMARY KEY (entry, document, label)
) STRICT, WITHOUT ROWID;

UPDATE meta SET value = '5' WHERE key = 'min_reader';
