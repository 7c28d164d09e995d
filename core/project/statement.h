// SPDX-License-Identifier: Apache-2.0
/// \file core/project/statement.h
/// What can be expected of a tree, in words. Three forms, each with its opposite; key words in letters of either case:
///
///     document DOCUMENT is [not] under LABEL
///     LABEL and LABEL have different parents | the same parent
///     at least | at most N % of documents with reference label NAME are under LABEL
///
/// A name is written as it is, or in double quotes (\" and \\ inside) where its own words could be taken for the
/// form's.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace espalier::project {

struct Statement {
    enum class Kind { DocumentUnder, Parents, ReferenceUnder };
    Kind kind = Kind::DocumentUnder;
    /// DocumentUnder: is, not "is not"; Parents: different, not the same; ReferenceUnder: at least, not at most.
    bool positive = true;
    std::string document;   ///< DocumentUnder: its id
    std::string label;      ///< as written: id, path or name
    std::string other;      ///< Parents: the second label
    std::string reference;  ///< ReferenceUnder: name or path of a reference label
    double percent = 0;     ///< ReferenceUnder: 0 to 100
    friend bool operator==(const Statement&, const Statement&) = default;
};

/// Every way to read a text; more than one where unquoted names hold key words.
/// \retval InvalidArgument  none; the message shows the forms
Result<std::vector<Statement>> readStatement(std::string_view text);

/// The one text for a statement, names in quotes; readStatement() reads it in one way only.
std::string statementText(const Statement& statement);

/// The forms for help texts, one a line.
std::string statementForms();

}  // namespace espalier::project
