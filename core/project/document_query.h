// SPDX-License-Identifier: Apache-2.0
/// \file core/project/document_query.h
/// Asking for documents: a page of a list in one of four orders, one document with all that is stored of it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/text/document.h"
#include "core/tree/memberships.h"

namespace espalier::project {

enum class Order {
    Id,          ///< ascending id bytes
    Typical,     ///< largest share of the branch first
    Borderline,  ///< smallest lead of the hard label over the second-best label first
    Diverse,     ///< most typical of each pair (hard label, second-best label) in turn, so that the first rows differ
};

struct DocumentQuery {
    std::optional<LabelId> branch;  ///< only documents whose hard path goes through it; none: all documents
    bool unassigned = false;        ///< only documents without any label; excludes `branch`
    Order order = Order::Id;        ///< ties: ascending id bytes
    std::string filter;             ///< part of the id or title, ASCII letters of either case
    std::int64_t offset = 0;        ///< >= 0
    std::int64_t limit = 100;       ///< rows at most; negative: all
};

struct DocumentRow {
    DocumentKey key;
    std::string id;
    std::string title;
    double share = 0;             ///< of the asked branch; without one, of the hard label
    std::vector<LabelId> labels;  ///< hard path, level 0 first; empty when unassigned or when it rests at the root
    LabelId second;               ///< label outside the hard path with the next largest share, or none
    double secondShare = 0;
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

struct DocumentRecord {
    DocumentKey key;
    std::string hash;  ///< 64 hex digits of the SHA-256 of the input string
    text::Document document;
    std::vector<tree::Resting> resting;       ///< in the tree as it is now, largest mass first; empty when unassigned
    LabelId hard;                             ///< end of the hard path, or none
    std::vector<DocumentPin> pins;            ///< ascending label
    std::vector<std::string> contradictions;  ///< pairs of pins that cannot both be obeyed, in words
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
