// SPDX-License-Identifier: Apache-2.0
#include "core/base/atomic_file.h"

#include <atomic>
#include <fstream>
#include <system_error>

#include "core/base/platform.h"

namespace espalier {
namespace fs = std::filesystem;

struct AtomicFile::State {
    fs::path target;
    fs::path temporary;
    std::ofstream out;
    bool committed = false;
    ~State() {
        if (committed) return;
        out.close();
        std::error_code ignored;
        fs::remove(temporary, ignored);
    }
};

AtomicFile::AtomicFile(std::unique_ptr<State> state) : m_state(std::move(state)) {}
AtomicFile::AtomicFile(AtomicFile&&) noexcept = default;
AtomicFile& AtomicFile::operator=(AtomicFile&&) noexcept = default;
AtomicFile::~AtomicFile() = default;

Result<AtomicFile> AtomicFile::create(const fs::path& path) {
    static std::atomic<unsigned> counter{0};
    auto state = std::make_unique<State>();
    state->target = path;
    state->temporary = path;
    state->temporary += ".part-" + std::to_string(platform::processId()) + "-" + std::to_string(counter++);
    state->out.open(state->temporary, std::ios::binary | std::ios::trunc);
    if (!state->out) {
        return makeError(ErrorCode::Io, "cannot write " + path.string() + ": is the folder writable?", path.string());
    }
    return AtomicFile(std::move(state));
}

Status AtomicFile::write(std::string_view bytes) {
    m_state->out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!m_state->out) {
        return makeError(ErrorCode::Io, "cannot write " + m_state->target.string() + ": is the disk full?",
                         m_state->target.string());
    }
    return {};
}

Status AtomicFile::write(std::span<const std::byte> bytes) {
    return write(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Status AtomicFile::commit() {
    m_state->out.close();
    if (m_state->out.fail()) {
        return makeError(ErrorCode::Io, "cannot write " + m_state->target.string() + ": is the disk full?",
                         m_state->target.string());
    }
    ESPALIER_TRY(platform::syncToDisk(m_state->temporary));
    std::error_code error;
    fs::rename(m_state->temporary, m_state->target, error);
    if (error) {
        return makeError(ErrorCode::Io, "cannot replace " + m_state->target.string() + ": " + error.message(),
                         m_state->target.string());
    }
    m_state->committed = true;
    const fs::path folder = m_state->target.has_parent_path() ? m_state->target.parent_path() : fs::path(".");
    return platform::syncToDisk(folder);
}

const fs::path& AtomicFile::temporaryPath() const {
    return m_state->temporary;
}

Status writeFileAtomically(const fs::path& path, std::string_view bytes) {
    ESPALIER_ASSIGN(auto file, AtomicFile::create(path));
    ESPALIER_TRY(file.write(bytes));
    return file.commit();
}

Result<std::string> readFile(const fs::path& path, std::int64_t limitBytes) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    std::ifstream in(path, std::ios::binary);
    if (!in || error || fs::is_directory(path)) {
        return makeError(ErrorCode::NotFound, "cannot read " + path.string(), path.string());
    }
    if (static_cast<std::int64_t>(size) > limitBytes) {
        return makeError(ErrorCode::InvalidArgument, path.string() + " is too large", path.string());
    }
    std::string bytes(static_cast<std::size_t>(size), '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return makeError(ErrorCode::Io, "cannot read " + path.string(), path.string());
    return bytes;
}

}  // namespace espalier
