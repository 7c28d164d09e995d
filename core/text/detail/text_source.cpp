// SPDX-License-Identifier: Apache-2.0
#include "core/text/detail/text_source.h"

#include <algorithm>

namespace espalier::text {
namespace {
constexpr std::size_t kChunkBytes = std::size_t{1} << 17;
}

TextSource::TextSource(std::unique_ptr<ByteSource> bytes, CharsetDecoder decoder, std::string charset)
    : m_bytes(std::move(bytes)), m_decoder(std::move(decoder)), m_charset(std::move(charset)), m_chunk(kChunkBytes) {}

Result<TextSource> TextSource::create(std::unique_ptr<ByteSource> bytes, const std::string& charset) {
    ESPALIER_ASSIGN(CharsetDecoder decoder, CharsetDecoder::create(charset));
    return TextSource(std::move(bytes), std::move(decoder), charset);
}

Result<std::string_view> TextSource::window() {
    while (m_at == m_text.size() && !m_ended) {
        m_dropped += static_cast<std::int64_t>(m_text.size());
        m_text.clear();
        m_at = 0;
        ESPALIER_ASSIGN(const std::size_t count, m_bytes->read(m_chunk));
        m_ended = count == 0;
        m_decoder.feed({m_chunk.data(), count}, m_ended, m_text);
    }
    return std::string_view(m_text).substr(m_at);
}

Status TextSource::reopenAt(std::int64_t position) {
    ESPALIER_TRY(m_bytes->rewind());
    ESPALIER_ASSIGN(m_decoder, CharsetDecoder::create(m_charset));
    m_text.clear();
    m_at = 0;
    m_dropped = 0;
    m_ended = false;
    while (this->position() < position) {
        ESPALIER_ASSIGN(const std::string_view text, window());
        if (text.empty()) return makeError(ErrorCode::Io, "the source changed while it was read");
        consume(std::min(text.size(), static_cast<std::size_t>(position - this->position())));
    }
    return {};
}

Result<bool> readLine(TextSource& source, std::size_t limit, Line& line) {
    line.text.clear();
    line.tooLong = false;
    bool any = false;
    for (;;) {
        ESPALIER_ASSIGN(const std::string_view text, source.window());
        if (text.empty()) break;
        any = true;
        const std::size_t newline = text.find('\n');
        const std::string_view piece = text.substr(0, newline);
        const std::size_t room = limit - line.text.size();
        if (piece.size() > room) line.tooLong = true;
        line.text.append(piece.substr(0, room));
        source.consume(newline == std::string_view::npos ? text.size() : newline + 1);
        if (newline != std::string_view::npos) break;
    }
    if (!line.tooLong && line.text.ends_with('\r')) line.text.pop_back();
    return any;
}

std::string excerptOf(std::string_view row) {
    constexpr std::size_t kExcerptBytes = 200;
    std::string excerpt(utf8Prefix(row, kExcerptBytes));
    for (char& c : excerpt)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return excerpt;
}

}  // namespace espalier::text
