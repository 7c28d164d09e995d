// SPDX-License-Identifier: Apache-2.0
/// \file core/text/wordpiece_tokenizer.h
/// WordPiece as BERT models use it, id for id as the Hugging Face fast tokenizer does it.
///
/// Order: added tokens ("[SEP]" and the like, when literal in the text) are cut out; the rest is cleaned (NUL, U+FFFD
/// and control characters dropped, white space to ' '), CJK ideographs are set apart, accents stripped (NFD without
/// Mn), letters lower-cased one code point at a time; words end at white space and around each punctuation mark; a
/// word is matched greedily, longest piece first, and is [UNK] as a whole when nothing matches or when it has more
/// than 100 code points. Bytes that are not UTF-8 count as U+FFFD.
/// Source: tokenizers (Rust) normalizers/bert.rs, pre_tokenizers/bert.rs, models/wordpiece, added_vocabulary.rs.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace espalier::text {

struct Encoding {
    std::vector<std::int32_t> ids;  ///< with the model's special tokens around ([CLS] ... [SEP])
};

struct WordPieceOptions {
    bool lowercase = true;
    bool stripAccents = true;
    bool handleChinese = true;
    bool cleanText = true;
    std::string unknown = "[UNK]";
    std::string prefix = "##";  ///< marks pieces that go on a word
    int longestWord = 100;      ///< code points; longer words are unknown
    std::vector<std::string> special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};  ///< found literally in text
    std::vector<std::string> before = {"[CLS]"};                                        ///< set before every text
    std::vector<std::string> after = {"[SEP]"};                                         ///< and behind it
};

/// Immutable and thread-safe; copies share the tables.
class WordPieceTokenizer {
public:
    /// Reads tokenizer.json, else vocab.txt; tokenizer_config.json says more (case, accents) as it does for
    /// transformers. Truncation and padding of tokenizer.json are not used: the length is the caller's.
    /// \retval NotFound     neither file is there
    /// \retval Corrupt      a file that cannot be understood; the message names file and key
    /// \retval Unsupported  another kind of tokenizer (byte-level BPE, Unigram), named
    static Result<WordPieceTokenizer> load(const std::filesystem::path& modelFolder);

    /// From a vocabulary (id = position), for tests and tools.
    /// \retval InvalidArgument  a special token or the unknown token is not in the vocabulary
    static Result<WordPieceTokenizer> fromVocabulary(const std::vector<std::string>& vocabulary,
                                                     const WordPieceOptions& options = {});

    /// \param utf8       the text
    /// \param maxLength  ids at most, special tokens included; the text is cut at the end. At least the number of
    ///                   special tokens (a smaller value counts as that number).
    Encoding encode(std::string_view utf8, int maxLength) const;

    int vocabularySize() const noexcept;     ///< largest id + 1, added tokens included
    int specialTokenCount() const noexcept;  ///< ids that encode() adds to every text
    std::int32_t padId() const noexcept;     ///< 0 when the vocabulary has no [PAD]

    struct Tables;

private:
    explicit WordPieceTokenizer(std::shared_ptr<const Tables> tables);
    std::shared_ptr<const Tables> m_tables;
};

}  // namespace espalier::text
