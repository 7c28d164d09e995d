// SPDX-License-Identifier: Apache-2.0
/// \file core/tree/exchange.h
/// What a label carries for other programs beyond its name: what SKOS (W3C Recommendation 2009) says of a concept and
/// the tree itself does not need. Part of the label, so that edits, undo and retired labels keep it.
#pragma once
#include <string>
#include <vector>

#include "core/base/ids.h"

namespace espalier::tree {

/// A text and its BCP 47 language tag; empty: none was given.
struct LanguageText {
    std::string text;
    std::string language;
    friend bool operator==(const LanguageText&, const LanguageText&) = default;
};

/// A code of a classification, with the URI of its datatype where it has one.
struct Notation {
    std::string text;
    std::string datatype;
    friend bool operator==(const Notation&, const Notation&) = default;
};

/// One of SKOS's documentation properties; `kind` is its local name: scopeNote, definition, example, historyNote,
/// editorialNote, changeNote, note.
struct Documentation {
    std::string kind;
    LanguageText text;
    friend bool operator==(const Documentation&, const Documentation&) = default;
};

/// A node of an RDF graph.
struct RdfTerm {
    enum class Kind { Uri, Blank, Literal };
    Kind kind = Kind::Uri;
    std::string value;     ///< absolute URI, name of the blank node without "_:", or text
    std::string language;  ///< literals only
    std::string datatype;  ///< literals only: its URI; empty for plain text
    friend bool operator==(const RdfTerm&, const RdfTerm&) = default;
};

/// A statement that Espalier has no use for and writes back as it came.
struct KeptStatement {
    RdfTerm subject;  ///< value empty: the label itself
    std::string predicate;
    RdfTerm object;
    friend bool operator==(const KeptStatement&, const KeptStatement&) = default;
};

/// What a merged file wants otherwise than the tree has it, where both changed: for the expert to decide.
struct Conflict {
    std::string field;   ///< name, note, parent, retire
    std::string theirs;  ///< value in the file; parent: id of the label, retire: empty
    std::string source;  ///< name of the file
    friend bool operator==(const Conflict&, const Conflict&) = default;
};

struct Exchange {
    std::string uri;                         ///< as it came; empty: made of the project's UUID and the label's id
    std::string language;                    ///< of the label's name
    std::string noteLanguage;                ///< of the label's note
    std::vector<LanguageText> names;         ///< preferred names besides the label's name
    std::vector<LanguageText> alternatives;  ///< languages of alternative names; those not listed have none
    std::vector<LanguageText> hiddenNames;   ///< found by searches, not shown
    std::vector<Notation> notations;
    std::vector<Documentation> documentation;
    std::vector<LabelId> related;
    std::vector<LabelId> alsoUnder;  ///< further parents: the label lives under one, its home
    std::string created, modified;   ///< as they came, xsd:dateTime or xsd:date
    std::vector<KeptStatement> kept;
    std::vector<Conflict> conflicts;  ///< at most one a field
    friend bool operator==(const Exchange&, const Exchange&) = default;
    bool empty() const { return *this == Exchange{}; }
};

}  // namespace espalier::tree
