-- SPDX-License-Identifier: Apache-2.0
-- What labels carry for other programs (core/tree/exchange.h). Programs that do not know it may still read the tree.

ALTER TABLE label ADD COLUMN exchange TEXT NOT NULL DEFAULT '';  -- JSON, empty: nothing
