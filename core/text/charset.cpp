// SPDX-License-Identifier: Apache-2.0
#include "core/text/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace espalier::text {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{1} << 16;  // what a decision is made from
constexpr std::size_t kPieceBytes = std::size_t{1} << 18;   // longest line that is judged as a whole
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// Length of the well-formed character at `at` (Unicode table 3-7), or 0; then `bad` is the length of the maximal
/// subpart to replace and `cutOff` says that only the end of the bytes is missing.
struct Step {
    std::size_t good = 0;
    std::size_t bad = 1;
    bool cutOff = false;
};
Step step(std::string_view bytes, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char lead = byte(at);
    if (lead < 0x80) return {1, 1, false};
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        length = 3;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F;
    } else {
        return {};
    }
    for (std::size_t i = 1; i < length; ++i) {
        if (at + i >= bytes.size()) return {0, i, true};
        if (byte(at + i) < low || byte(at + i) > high) return {0, i, false};
        low = 0x80;
        high = 0xBF;
    }
    return {length, 1, false};
}

std::size_t asciiRun(std::string_view bytes, std::size_t at) noexcept {
    while (at + 8 <= bytes.size()) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, 8);
        if ((word & 0x8080808080808080ULL) != 0) break;
        at += 8;
    }
    while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
    return at;
}

/// What a stretch of bytes looks like as UTF-8.
struct Census {
    std::int64_t multiByte = 0;  // well-formed characters beyond ASCII
    std::int64_t bad = 0;
};
Census census(std::string_view bytes) noexcept {
    Census found;
    for (std::size_t at = asciiRun(bytes, 0); at < bytes.size(); at = asciiRun(bytes, at)) {
        const Step s = step(bytes, at);
        s.good != 0 ? ++found.multiByte : ++found.bad;
        at += s.good != 0 ? s.good : s.bad;
    }
    return found;
}

/// Start of an incomplete character at the end, or the size.
std::size_t completeEnd(std::string_view bytes) noexcept {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, bytes.size()); ++back) {
        const std::size_t at = bytes.size() - back;
        const auto byte = static_cast<unsigned char>(bytes[at]);
        if (byte < 0x80) break;
        if (byte >= 0xC0) return step(bytes, at).cutOff ? at : bytes.size();
    }
    return bytes.size();
}

struct ConverterCloser {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, ConverterCloser>;

Converter openConverter(const std::string& name) {
    UErrorCode error = U_ZERO_ERROR;
    Converter converter(name.empty() ? nullptr : ucnv_open(name.c_str(), &error));
    if (U_FAILURE(error)) converter.reset();
    return converter;
}

std::string canonicalName(const UConverter* converter) {
    UErrorCode error = U_ZERO_ERROR;
    const char* internal = ucnv_getName(converter, &error);
    if (U_FAILURE(error) || internal == nullptr) return {};
    for (const char* standard : {"MIME", "IANA"}) {
        error = U_ZERO_ERROR;
        const char* name = ucnv_getStandardName(internal, standard, &error);
        if (U_SUCCESS(error) && name != nullptr) return name;
    }
    return internal;
}

bool isSingleByte(const UConverter* converter) {
    return ucnv_getMaxCharSize(converter) == 1;
}

/// Legacy bytes to UTF-8 through ICU, keeping the state of multi-byte charsets between calls.
class LegacyStream {
public:
    explicit LegacyStream(Converter source) : m_source(std::move(source)), m_target(openConverter("UTF-8")) {}

    void convert(std::string_view bytes, bool last, std::string& out) {
        const char* from = bytes.data();
        const char* const end = from + bytes.size();
        std::array<char, 4096> piece{};
        for (;;) {
            char* to = piece.data();
            UErrorCode error = U_ZERO_ERROR;
            ucnv_convertEx(m_target.get(), m_source.get(), &to, piece.data() + piece.size(), &from, end, m_pivot.data(),
                           &m_pivotSource, &m_pivotTarget, m_pivot.data() + m_pivot.size(), m_fresh, last, &error);
            m_fresh = false;
            appendWithoutSubstitutes({piece.data(), static_cast<std::size_t>(to - piece.data())}, out);
            if (error == U_BUFFER_OVERFLOW_ERROR) continue;
            if (U_SUCCESS(error) || from == end) break;
            ++from;  // cannot happen with the substituting callbacks; never loop on it
        }
        if (last) m_fresh = true;
    }

private:
    /// ICU's converters put U+001A for what some single-byte charsets leave undefined.
    static void appendWithoutSubstitutes(std::string_view text, std::string& out) {
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t found = text.find('\x1a', at);
            out.append(text.substr(at, found == std::string_view::npos ? text.size() - at : found - at));
            if (found == std::string_view::npos) return;
            out.append(kReplacement);
            at = found + 1;
        }
    }

    Converter m_source;
    Converter m_target;
    std::array<UChar, 2048> m_pivot{};
    UChar* m_pivotSource = m_pivot.data();
    UChar* m_pivotTarget = m_pivot.data();
    bool m_fresh = true;
};

bool isGuessUsable(std::string_view name, bool hasEscape) {
    if (name.starts_with("UTF-") || name.starts_with("IBM")) return false;
    return hasEscape || !name.starts_with("ISO-2022");
}

/// windows-125x are the supersets that such files really use.
std::string supersetOf(std::string name) {
    if (name == "ISO-8859-1") return "windows-1252";
    if (name == "ISO-8859-9") return "windows-1254";
    return name;
}

bool isMostlyAscii(std::string_view sample) {
    std::size_t letters = 0;
    std::size_t high = 0;
    for (const char c : sample) {
        if (static_cast<unsigned char>(c) >= 0x80) ++high;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) ++letters;
    }
    return high * 2 < letters + high;
}

/// ICU's guess from bytes that are not UTF-8; never fails.
std::string guessCharset(std::string_view sample) {
    struct Closer {
        void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
    };
    const bool hasEscape = sample.find('\x1b') != std::string_view::npos;
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UCharsetDetector, Closer> detector(ucsdet_open(&error));
    if (U_FAILURE(error)) return "windows-1252";
    ucsdet_setText(detector.get(), sample.data(), static_cast<std::int32_t>(sample.size()), &error);
    std::int32_t count = 0;
    const UCharsetMatch** matches = U_FAILURE(error) ? nullptr : ucsdet_detectAll(detector.get(), &count, &error);
    std::string best;
    std::int32_t bestConfidence = 0;
    std::int32_t westernConfidence = -1;
    for (std::int32_t i = 0; matches != nullptr && U_SUCCESS(error) && i < count; ++i) {
        UErrorCode ignored = U_ZERO_ERROR;
        const char* const given = ucsdet_getName(matches[i], &ignored);
        const std::int32_t confidence = ucsdet_getConfidence(matches[i], &ignored);
        if (given == nullptr || !isGuessUsable(given, hasEscape)) continue;
        const std::string name = supersetOf(given);
        if (name == "windows-1252") westernConfidence = std::max(westernConfidence, confidence);
        if (confidence > bestConfidence && openConverter(name)) {
            best = name;
            bestConfidence = confidence;
        }
    }
    // Short western texts look a little like every charset. Weak signs prove nothing, for one of another Latin alphabet
    // or where most letters are ASCII, nor does a narrow lead.
    constexpr std::int32_t kNarrowLead = 10;
    constexpr std::int32_t kWeak = 40;
    const bool isLatin = best == "ISO-8859-2" || best == "windows-1250" || best == "windows-1254";
    if (best.empty() || (bestConfidence < kWeak && (isLatin || isMostlyAscii(sample)))) return "windows-1252";
    const Converter converter = openConverter(best);
    if (isSingleByte(converter.get()) && westernConfidence >= 0 && westernConfidence + kNarrowLead >= bestConfidence)
        return "windows-1252";
    return best;
}

/// UTF-16 without a mark: mostly ASCII text has a zero in every second byte.
const char* utf16ByZeros(std::string_view sample) {
    sample = sample.substr(0, 4096);
    if (sample.size() < 8) return nullptr;
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (sample[i] == '\0') ++zeros[i & 1];
    const std::size_t half = sample.size() / 2;
    if (zeros[1] * 10 >= half * 4 && zeros[0] * 20 < half) return "UTF-16LE";
    if (zeros[0] * 10 >= half * 4 && zeros[1] * 20 < half) return "UTF-16BE";
    return nullptr;
}

template <class F>
void forEachLine(std::string_view block, F f) {
    while (!block.empty()) {
        const std::size_t newline = block.find('\n');
        const std::size_t length = newline == std::string_view::npos ? block.size() : newline + 1;
        f(block.substr(0, length));
        block.remove_prefix(length);
    }
}

}  // namespace

bool isValidUtf8(std::string_view bytes) noexcept {
    for (std::size_t at = asciiRun(bytes, 0); at < bytes.size(); at = asciiRun(bytes, at)) {
        const Step s = step(bytes, at);
        if (s.good == 0) return false;
        at += s.good;
    }
    return true;
}

std::string repairUtf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t run = asciiRun(bytes, at);
        out.append(bytes.substr(at, run - at));
        at = run;
        if (at == bytes.size()) break;
        const Step s = step(bytes, at);
        out.append(s.good != 0 ? bytes.substr(at, s.good) : kReplacement);
        at += s.good != 0 ? s.good : s.bad;
    }
    return out;
}

std::string_view utf8Prefix(std::string_view text, std::size_t bytes) noexcept {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

struct CharsetDecoder::State {
    enum class Mode {
        Start,       // nothing decided
        Undecided,   // ASCII so far
        Utf8,        // seen as such, or said to be
        SingleByte,  // legacy, line by line: well-formed UTF-8 lines stay what they are
        Stream,      // named by the user, UTF-16/32, or legacy multi-byte: everything through one converter
    };
    Mode mode = Mode::Start;
    bool named = false;
    std::string charset = "UTF-8";
    std::string hint;
    std::string pending;
    std::unique_ptr<LegacyStream> legacy;
    std::unique_ptr<LegacyStream> western;  // for foreign lines in UTF-8 files
    bool dropMark = true;                   // a byte order mark may still come out of the converter

    void use(const std::string& name, Mode how) {
        charset = name;
        mode = how;
        if (how != Mode::Utf8) legacy = std::make_unique<LegacyStream>(openConverter(name));
    }

    void start() {
        const auto begins = [&](std::string_view mark) { return std::string_view(pending).starts_with(mark); };
        if (named) return;
        if (begins(kUtf8Mark)) {
            pending.erase(0, kUtf8Mark.size());
            use("UTF-8", Mode::Utf8);
        } else if (begins(std::string_view("\xff\xfe\0\0", 4))) {
            use("UTF-32LE", Mode::Stream);
        } else if (begins(std::string_view("\0\0\xfe\xff", 4))) {
            use("UTF-32BE", Mode::Stream);
        } else if (begins("\xff\xfe")) {
            use("UTF-16LE", Mode::Stream);
        } else if (begins("\xfe\xff")) {
            use("UTF-16BE", Mode::Stream);
        } else if (const char* wide = utf16ByZeros(pending)) {
            use(wide, Mode::Stream);
        } else if (census(std::string_view(pending).substr(0, kSampleBytes)).multiByte == 0 &&
                   (begins("\x1b$") || pending.find("\x1b$B") != std::string::npos ||
                    pending.find("\x1b$@") != std::string::npos)) {
            use("ISO-2022-JP", Mode::Stream);
        } else {
            mode = Mode::Undecided;
        }
    }

    /// The first line that is not UTF-8 has come: `rest` begins with it.
    void decide(std::string_view rest) {
        std::string sample;
        std::int64_t goodLines = 0;
        std::int64_t badLines = 0;
        forEachLine(rest, [&](std::string_view line) {
            if (sample.size() >= kSampleBytes) return;
            const Census found = census(line.substr(0, completeEnd(line)));
            if (found.multiByte == 0 && found.bad == 0) return;
            found.bad == 0 ? ++goodLines : ++badLines;
            sample.append(line.substr(0, kSampleBytes));
        });
        // Lines that hold both kinds are UTF-8 with damage when the good characters outnumber the bad bytes.
        const Census whole = census(sample);
        if (goodLines >= badLines || whole.multiByte > 4 * whole.bad) {
            mode = Mode::Utf8;
            return;
        }
        std::string name;
        if (const Converter declared = openConverter(hint)) {
            name = supersetOf(canonicalName(declared.get()));
            if (name.starts_with("UTF-")) name.clear();
        }
        if (name.empty()) name = guessCharset(sample);
        const Converter converter = openConverter(name);
        use(name, isSingleByte(converter.get()) ? Mode::SingleByte : Mode::Stream);
    }

    void decodeLine(std::string_view line, std::string& out) {
        const Census found = census(line);
        if (found.bad == 0) {
            if (found.multiByte != 0 && mode == Mode::Undecided) mode = Mode::Utf8;
            out.append(line);
        } else if (mode == Mode::SingleByte) {
            legacy->convert(line, true, out);
        } else if (found.multiByte == 0 && !named) {
            if (!western) western = std::make_unique<LegacyStream>(openConverter("windows-1252"));
            western->convert(line, true, out);
        } else {
            out.append(repairUtf8(line));
        }
    }

    /// Whole lines, or a piece of a very long one.
    void decodeBlock(std::string_view block, bool last, std::string& out) {
        while (!block.empty()) {
            if (mode == Mode::Stream) return legacy->convert(block, last, out);
            const std::size_t newline = block.find('\n');
            const std::string_view line = block.substr(0, newline == std::string_view::npos ? newline : newline + 1);
            if (mode == Mode::Undecided && !isValidUtf8(line)) {
                decide(block);
                continue;
            }
            decodeLine(line, out);
            block.remove_prefix(line.size());
        }
    }

    void feed(std::string_view bytes, bool last, std::string& out) {
        pending.append(bytes);
        if (mode == Mode::Start) {
            if (!last && pending.size() < kSampleBytes) return;
            start();
        }
        const std::size_t before = out.size();
        if (mode == Mode::Stream) {
            legacy->convert(pending, last, out);
            pending.clear();
        } else {
            std::size_t ready = pending.size();
            if (!last) {
                const std::size_t newline = pending.rfind('\n');
                ready = newline == std::string::npos ? 0 : newline + 1;
                if (ready == 0 && pending.size() >= kPieceBytes)
                    ready = mode == Mode::SingleByte ? pending.size() : completeEnd(pending);
            }
            if (isReadyAsItIs(ready)) {
                out.append(pending, 0, ready);
            } else {
                decodeBlock(std::string_view(pending).substr(0, ready), last, out);
            }
            pending.erase(0, ready);
        }
        if (dropMark && out.size() > before) {
            dropMark = false;
            if (std::string_view(out).substr(before).starts_with(kUtf8Mark)) out.erase(before, kUtf8Mark.size());
        }
    }

    bool isReadyAsItIs(std::size_t ready) {
        const Census found = census(std::string_view(pending).substr(0, ready));
        if (found.bad != 0) return false;
        if (found.multiByte != 0 && mode == Mode::Undecided) mode = Mode::Utf8;
        return true;
    }
};

CharsetDecoder::CharsetDecoder(std::unique_ptr<State> state) : m_state(std::move(state)) {}
CharsetDecoder::CharsetDecoder(CharsetDecoder&&) noexcept = default;
CharsetDecoder& CharsetDecoder::operator=(CharsetDecoder&&) noexcept = default;
CharsetDecoder::~CharsetDecoder() = default;

Result<CharsetDecoder> CharsetDecoder::create(const std::string& charset, const std::string& hint) {
    auto state = std::make_unique<State>();
    state->hint = hint;
    if (!charset.empty()) {
        const Converter converter = openConverter(charset);
        if (!converter)
            return makeError(ErrorCode::InvalidArgument, "the charset '" + charset +
                                                             "' is not known; give a name such as UTF-8, windows-1252 "
                                                             "or Shift_JIS");
        const std::string name = canonicalName(converter.get());
        state->named = true;
        state->use(name == "UTF-8" ? name : charset, name == "UTF-8" ? State::Mode::Utf8 : State::Mode::Stream);
    }
    return CharsetDecoder(std::move(state));
}

void CharsetDecoder::feed(std::string_view bytes, bool last, std::string& out) {
    m_state->feed(bytes, last, out);
}

const std::string& CharsetDecoder::charset() const noexcept {
    return m_state->charset;
}

Result<DecodedText> decodeText(std::string_view bytes, const std::string& charset, const std::string& hint) {
    ESPALIER_ASSIGN(CharsetDecoder decoder, CharsetDecoder::create(charset, hint));
    DecodedText decoded;
    decoder.feed(bytes, true, decoded.text);
    decoded.charset = decoder.charset();
    return decoded;
}

}  // namespace espalier::text
