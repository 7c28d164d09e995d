// SPDX-License-Identifier: Apache-2.0
#include "core/text/detail/byte_source.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace espalier::text {
namespace fs = std::filesystem;
namespace {

class FileSource final : public ByteSource {
public:
    FileSource(fs::path file, std::ifstream stream, std::int64_t total)
        : m_file(std::move(file)), m_stream(std::move(stream)), m_total(total) {}

    Result<std::size_t> read(std::span<char> into) override {
        if (m_stream.eof()) return std::size_t{0};
        m_stream.read(into.data(), static_cast<std::streamsize>(into.size()));
        if (m_stream.bad() || (m_stream.fail() && !m_stream.eof()))
            return makeError(ErrorCode::Io, "reading " + m_file.string() + " failed", m_file.string());
        m_read += m_stream.gcount();
        return static_cast<std::size_t>(m_stream.gcount());
    }
    Status rewind() override {
        m_stream.clear();
        m_stream.seekg(0);
        if (!m_stream) return makeError(ErrorCode::Io, "reading " + m_file.string() + " failed", m_file.string());
        m_read = 0;
        return {};
    }
    std::int64_t bytesRead() const noexcept override { return m_read; }
    std::int64_t bytesTotal() const noexcept override { return m_total; }

private:
    fs::path m_file;
    std::ifstream m_stream;
    std::int64_t m_total = 0;
    std::int64_t m_read = 0;
};

class GzipSource final : public ByteSource {
public:
    GzipSource(fs::path file, std::unique_ptr<ByteSource> packed)
        : m_file(std::move(file)), m_packed(std::move(packed)), m_input(std::size_t{1} << 16) {}
    ~GzipSource() override { end(); }
    GzipSource(const GzipSource&) = delete;
    GzipSource& operator=(const GzipSource&) = delete;

    Result<std::size_t> read(std::span<char> into) override {
        if (m_finished || into.empty()) return std::size_t{0};
        if (!m_open) ESPALIER_TRY(begin());
        const std::size_t wanted = std::min<std::size_t>(into.size(), std::size_t{1} << 30);
        m_stream.next_out = reinterpret_cast<Bytef*>(into.data());
        m_stream.avail_out = static_cast<uInt>(wanted);
        while (m_stream.avail_out > 0) {
            if (m_stream.avail_in == 0) ESPALIER_TRY(refill());
            if (m_memberEnded) {
                if (m_stream.avail_in == 0) {
                    m_finished = true;
                    break;
                }
                ESPALIER_TRY(nextMember());
                if (m_finished) break;
            }
            if (m_stream.avail_in == 0) return broken("it ends too early");
            const int code = inflate(&m_stream, Z_NO_FLUSH);
            if (code == Z_STREAM_END) {
                m_memberEnded = true;
            } else if (code == Z_MEM_ERROR) {
                return makeError(ErrorCode::OutOfMemory, "not enough memory to decompress " + m_file.string());
            } else if (code != Z_OK && code != Z_BUF_ERROR) {
                return broken(m_stream.msg != nullptr ? m_stream.msg : "damaged data");
            }
        }
        return wanted - m_stream.avail_out;
    }
    Status rewind() override {
        end();
        m_finished = false;
        m_memberEnded = false;
        return m_packed->rewind();
    }
    std::int64_t bytesRead() const noexcept override { return m_packed->bytesRead(); }
    std::int64_t bytesTotal() const noexcept override { return m_packed->bytesTotal(); }

private:
    static constexpr int kGzipWindow = 15 + 16;  // largest window, gzip header expected

    Error broken(const std::string& why) const {
        return makeError(ErrorCode::Corrupt, "the gzip stream of " + m_file.string() + " is broken: " + why,
                         m_file.string());
    }
    Status begin() {
        m_stream = z_stream{};
        if (inflateInit2(&m_stream, kGzipWindow) != Z_OK)
            return makeError(ErrorCode::OutOfMemory, "not enough memory to decompress " + m_file.string());
        m_open = true;
        return {};
    }
    void end() {
        if (m_open) inflateEnd(&m_stream);
        m_open = false;
    }
    Status refill() {
        ESPALIER_ASSIGN(const std::size_t count, m_packed->read(m_input));
        m_stream.next_in = reinterpret_cast<Bytef*>(m_input.data());
        m_stream.avail_in = static_cast<uInt>(count);
        return {};
    }
    /// After a member: another member, or padding of zero bytes (as tar and some tools leave), else the stream is
    /// broken.
    Status nextMember() {
        while (m_stream.avail_in > 0 && *m_stream.next_in == 0) {
            ++m_stream.next_in;
            if (--m_stream.avail_in == 0) ESPALIER_TRY(refill());
        }
        if (m_stream.avail_in == 0) {
            m_finished = true;
            return {};
        }
        if (inflateReset(&m_stream) != Z_OK) return broken("damaged data");
        m_memberEnded = false;
        return {};
    }

    fs::path m_file;
    std::unique_ptr<ByteSource> m_packed;
    std::vector<char> m_input;
    z_stream m_stream{};
    bool m_open = false;
    bool m_memberEnded = false;
    bool m_finished = false;
};

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string bytes) : m_bytes(std::move(bytes)) {}
    Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = std::min(into.size(), m_bytes.size() - m_at);
        std::memcpy(into.data(), m_bytes.data() + m_at, count);
        m_at += count;
        return count;
    }
    Status rewind() override {
        m_at = 0;
        return {};
    }
    std::int64_t bytesRead() const noexcept override { return static_cast<std::int64_t>(m_at); }
    std::int64_t bytesTotal() const noexcept override { return static_cast<std::int64_t>(m_bytes.size()); }

private:
    std::string m_bytes;
    std::size_t m_at = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> openByteSource(const fs::path& file) {
    const std::string name = file.string();
    std::error_code ignored;
    const fs::file_status status = fs::status(file, ignored);
    if (!fs::exists(status)) return makeError(ErrorCode::NotFound, "there is no file " + name, name);
    if (fs::is_directory(status)) return makeError(ErrorCode::InvalidArgument, name + " is a folder, not a file", name);
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return makeError(ErrorCode::Io, name + " cannot be opened for reading", name);
    const std::uintmax_t size = fs::file_size(file, ignored);
    std::array<char, 2> magic{};
    stream.read(magic.data(), magic.size());
    if (stream.bad()) return makeError(ErrorCode::Io, "reading " + name + " failed", name);
    const bool packed = stream.gcount() == 2 && magic[0] == '\x1f' && magic[1] == '\x8b';
    stream.clear();
    stream.seekg(0);
    auto plain = std::make_unique<FileSource>(file, std::move(stream), ignored ? 0 : static_cast<std::int64_t>(size));
    if (packed) return std::unique_ptr<ByteSource>(std::make_unique<GzipSource>(file, std::move(plain)));
    if (file.extension() == ".gz")
        return makeError(ErrorCode::Corrupt, "the gzip stream of " + name + " is broken: it does not begin as one",
                         name);
    return std::unique_ptr<ByteSource>(std::move(plain));
}

std::unique_ptr<ByteSource> memorySource(std::string bytes) {
    return std::make_unique<MemorySource>(std::move(bytes));
}

Result<std::string> readAll(ByteSource& source, std::int64_t limit) {
    std::string all;
    std::vector<char> chunk(std::size_t{1} << 16);
    for (;;) {
        ESPALIER_ASSIGN(const std::size_t count, source.read(chunk));
        if (count == 0) return all;
        if (static_cast<std::int64_t>(all.size() + count) > limit)
            return makeError(ErrorCode::InvalidArgument,
                             "the content is larger than " + std::to_string(limit >> 20) + " MiB");
        all.append(chunk.data(), count);
    }
}

}  // namespace espalier::text
