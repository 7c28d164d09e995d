// SPDX-License-Identifier: Apache-2.0
/// \file core/project/document_query.h
/// Asking for documents: a page of a list in one of several orders, one document with all that is stored of it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/project/smart_list.h"
#include "core/text/document.h"
#include "core/text/terms.h"
#include "core/tree/memberships.h"

namespace espalier::project {

enum class Order {
    Id,          ///< ascending id bytes
    Typical,     ///< largest share of the branch first
    Borderline,  ///< narrowest choice on the hard path first (kBorderlineLead)
    /// Farthest first: the most typical document, then always the one that is least like any before it; the first
    /// kDiverse rows, the rest typical first. Alike is the cosine of the vectors of the model in use, of the shares
    /// where there are none; of lists over kDiverseLooked every so-many-th of the typical order is looked at.
    Diverse,
    Weakest,  ///< smallest share of the top-level label of the hard path first
};

inline constexpr std::size_t kDiverse = 100;
inline constexpr std::size_t kDiverseLooked = 20000;

struct DocumentQuery {
    std::optional<LabelId> branch;  ///< only documents whose hard path goes through it; none: all documents
    bool unassigned = false;        ///< only documents without any label; excludes `branch`
    std::optional<SmartList> list;  ///< only documents of this list, with `branch` those of it in the branch
    std::int64_t since = 0;         ///< SmartList::Moved: the revision to compare with
    Order order = Order::Id;        ///< ties: ascending id bytes
    std::string filter;             ///< part of the id or title, ASCII letters of either case
    std::int64_t offset = 0;        ///< >= 0
    std::int64_t limit = 100;       ///< rows at most; negative: all
    /// Rows say where terms stand in the title, and quote a sentence of the text: terms of `branch`, without one of
    /// the document's hard label.
    bool highlight = false;
};

struct DocumentRow {
    DocumentKey key;
    std::string id;
    std::string title;
    double share = 0;             ///< of the asked branch; without one, of the hard label
    std::vector<LabelId> labels;  ///< hard path, level 0 first; empty when unassigned or when it rests at the root
    /// Label outside the hard path with the next largest share, or none; none that a pin forbids. In the order
    /// Borderline, and in that list, the label that came second at the narrowest choice, with what it held against it.
    LabelId second;
    double secondShare = 0;
    std::vector<std::string> before;  ///< SmartList::Moved: names of the hard path at that revision; empty: none
    std::vector<std::string> copies;  ///< SmartList::Duplicates: ids of the rows that import left out
    // With DocumentQuery::highlight; spans in bytes, ascending
    std::vector<text::Span> titleHits;
    std::string snippet;  ///< the sentence near the beginning with most of the terms, else the first; one line
    std::vector<text::Span> snippetHits;
};

struct DocumentPage {
    std::int64_t total = 0;  ///< matching documents, not only those of this page
    std::vector<DocumentRow> rows;
};

struct DocumentName {
    DocumentKey key;
    std::string id;
    std::string title;  ///< may be empty
};

/// A pin of a document as it holds in the tree as it is.
struct DocumentPin {
    LabelId label;
    bool must = true;
    std::optional<bool> fitAgrees;  ///< whether the shares alone would lead there; none: there are no shares
};

/// A share that an expert set, as it holds in the tree as it is.
struct DocumentShare {
    LabelId label;
    double said = 0;         ///< as it was set
    double share = 0;        ///< as it is: more where labels were merged since
    double fitted = 0;       ///< what the model alone gives
    bool fitAgrees = false;  ///< within tree::kSameShare
    std::string time;        ///< when it was set, UTC; empty where the journal does not know
    std::string actor;       ///< by whom
};

/// How well the topics of the labels directly below a label explain a document.
struct FitAt {
    LabelId label;
    /// ||x - W h|| / ||x|| in [0, 1], of when its mass was dealt out there: 0 = wholly, 1 = not at all.
    double residual = 0;
};

struct DocumentRecord {
    DocumentKey key;
    std::string hash;  ///< 64 hex digits of the SHA-256 of the input string
    text::Document document;
    std::vector<tree::Resting> resting;  ///< in the tree as it is now, largest mass first; empty when unassigned
    std::vector<FitAt> fits;             ///< at labels that its mass was dealt out at; in outline order
    LabelId hard;                        ///< end of the hard path, or none
    std::vector<DocumentPin> pins;       ///< ascending label
    std::vector<DocumentShare> shares;   ///< that are set, ascending label
    /// Mass as it is stored, for tree::withShare(): what setting a share would do.
    std::vector<tree::CellMass> stored;
    std::vector<std::string>
        contradictions;  ///< pairs of pins, and of a pin and a set share, that cannot both be obeyed, in words
};

struct HardLabel {
    DocumentKey key;
    LabelId label;  ///< end of the hard path; none when unassigned
};

struct DocumentResting {
    DocumentKey key;
    std::vector<tree::Resting> resting;  ///< ascending label id
};

}  // namespace espalier::project
