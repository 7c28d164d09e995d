// SPDX-License-Identifier: Apache-2.0
/// \file core/text/charset.h
/// Bytes of unknown origin to valid UTF-8, as a stream or at once.
///
/// Order of belief: the charset the user named; a byte order mark; UTF-16 told by its zero bytes; UTF-8; what an HTML
/// page says of itself; ICU's guess; windows-1252. A UTF-8 file with foreign lines keeps the rest: a line without one
/// well-formed multi-byte character is read as windows-1252, in any other line the bad bytes become U+FFFD.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace espalier::text {

bool isValidUtf8(std::string_view bytes) noexcept;
/// Every ill-formed sequence becomes one U+FFFD (per maximal subpart, as Unicode recommends).
std::string repairUtf8(std::string_view bytes);
/// At most `bytes` bytes of valid UTF-8 text, cut between characters.
std::string_view utf8Prefix(std::string_view text, std::size_t bytes) noexcept;

struct DecodedText {
    std::string text;     ///< valid UTF-8, without a byte order mark; may hold NUL
    std::string charset;  ///< what it was read as
};
/// \param charset  named by the user, empty: detect
/// \param hint     declared inside the file; believed only where the bytes are not UTF-8
/// \retval InvalidArgument  ICU does not know `charset`
Result<DecodedText> decodeText(std::string_view bytes, const std::string& charset = {}, const std::string& hint = {});

/// Streaming form. Decides when it has 64 KiB or the end; holds back at most one such block and one line.
class CharsetDecoder {
public:
    /// \retval InvalidArgument  ICU does not know `charset`
    static Result<CharsetDecoder> create(const std::string& charset, const std::string& hint = {});
    CharsetDecoder(CharsetDecoder&&) noexcept;
    CharsetDecoder& operator=(CharsetDecoder&&) noexcept;
    ~CharsetDecoder();

    /// Appends to `out` what can be decoded so far. \param last  no more bytes will follow
    void feed(std::string_view bytes, bool last, std::string& out);
    /// "UTF-8" until something else is found.
    const std::string& charset() const noexcept;

private:
    struct State;
    explicit CharsetDecoder(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace espalier::text
