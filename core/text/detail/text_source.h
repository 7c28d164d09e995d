// SPDX-License-Identifier: Apache-2.0
/// \file core/text/detail/text_source.h
/// Decoded characters of a corpus file, one by one or line by line, with the line number.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/text/charset.h"
#include "core/text/detail/byte_source.h"

namespace espalier::text {

class TextSource {
public:
    /// \retval InvalidArgument  unknown charset
    static Result<TextSource> create(std::unique_ptr<ByteSource> bytes, const std::string& charset);

    /// The decoded text that is at hand and not yet consumed; read more when it is empty. Empty: the end.
    Result<std::string_view> window();
    void consume(std::size_t bytes) noexcept { m_at += bytes; }

    /// Bytes of decoded text consumed so far.
    std::int64_t position() const noexcept { return m_dropped + static_cast<std::int64_t>(m_at); }
    /// Goes back to an earlier position by reading the source again from its start.
    Status reopenAt(std::int64_t position);

    ByteSource& bytes() const noexcept { return *m_bytes; }
    const std::string& charset() const noexcept { return m_decoder.charset(); }

private:
    TextSource(std::unique_ptr<ByteSource> bytes, CharsetDecoder decoder, std::string charset);

    std::unique_ptr<ByteSource> m_bytes;
    CharsetDecoder m_decoder;
    std::string m_charset;
    std::vector<char> m_chunk;
    std::string m_text;
    std::size_t m_at = 0;
    std::int64_t m_dropped = 0;
    bool m_ended = false;
};

/// One line without its end; physical lines are counted by the caller.
struct Line {
    std::string text;      ///< at most `limit` bytes
    bool tooLong = false;  ///< the rest of the line was skipped
};
/// False at the end of the source.
Result<bool> readLine(TextSource& source, std::size_t limit, Line& line);

/// The beginning of a row for rejected.csv: one line, no control characters, at most 200 bytes.
std::string excerptOf(std::string_view row);

}  // namespace espalier::text
