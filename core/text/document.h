// SPDX-License-Identifier: Apache-2.0
/// \file core/text/document.h
/// A document as it leaves a corpus reader, and the one text that every model sees of it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace espalier::text {

/// All strings are valid UTF-8 without NUL.
struct Document {
    std::string id;                   ///< as given by the corpus; empty: the project derives one (contract.md, Names)
    std::string title;                ///< one line, may be empty
    std::string text;                 ///< never blank in a row of kind Document
    std::vector<std::string> labels;  ///< reference path, coarse first; empty where unknown
    std::string metadata = "{}";      ///< JSON object text: the scalar fields that have no role
    std::string source;               ///< file it came from
};

/// What encoders, TF-IDF and snippets read: title + "\n" + text, or text alone without a title.
std::string inputString(const Document& document);
/// SHA-256 of an input string as 64 lower-case hex digits: the identity of a text.
std::string textHash(std::string_view input);
/// Id of a document that came without one: "h" + the first 16 hex digits of its text hash.
std::string derivedId(std::string_view input);

}  // namespace espalier::text
