// SPDX-License-Identifier: Apache-2.0
#include "core/tensorfile/safetensors.h"

#include <bit>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/platform.h"

namespace espalier::tensorfile {
namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr int kDeepestHeader = 4;                      // object, tensor, list, and one to spare
constexpr std::uint64_t kDataAlignment = 64;
constexpr std::size_t kMostDimensions = 64;

struct DtypeRow {
    Dtype dtype;
    const char* name;
    std::size_t bytes;
};
constexpr DtypeRow kDtypes[] = {
    {Dtype::Bool, "BOOL", 1}, {Dtype::U8, "U8", 1},   {Dtype::I8, "I8", 1},     {Dtype::U16, "U16", 2},
    {Dtype::I16, "I16", 2},   {Dtype::F16, "F16", 2}, {Dtype::BF16, "BF16", 2}, {Dtype::U32, "U32", 4},
    {Dtype::I32, "I32", 4},   {Dtype::F32, "F32", 4}, {Dtype::U64, "U64", 8},   {Dtype::I64, "I64", 8},
    {Dtype::F64, "F64", 8},
};

const DtypeRow& rowOf(Dtype dtype) {
    for (const DtypeRow& row : kDtypes) {
        if (row.dtype == dtype) return row;
    }
    return kDtypes[0];
}

Error corrupt(const std::filesystem::path& path, const std::string& what) {
    return makeError(ErrorCode::Corrupt, path.string() + " is not a sound safetensors file: " + what, path.string());
}

/// Product of the shape, nothing on a negative entry or overflow.
std::optional<std::uint64_t> elementCount(const std::vector<std::int64_t>& shape) {
    std::uint64_t count = 1;
    for (const std::int64_t size : shape) {
        if (size < 0) return std::nullopt;
        if (size != 0 && count > (std::uint64_t{1} << 62) / static_cast<std::uint64_t>(size)) return std::nullopt;
        count *= static_cast<std::uint64_t>(size);
    }
    return count;
}

/// One entry of the header, everything but its place among the others checked.
Result<TensorInfo> readEntry(const std::filesystem::path& path, const std::string& name, const nlohmann::json& entry,
                             std::uint64_t dataBytes) {
    const auto refuse = [&](const std::string& what) { return corrupt(path, "tensor \"" + name + "\" " + what); };
    if (!entry.is_object()) return refuse("is not described by an object");
    for (const auto& [key, value] : entry.items()) {
        if (key != "dtype" && key != "shape" && key != "data_offsets")
            return refuse("has the unknown key \"" + key + "\"");
    }
    const auto dtype = entry.find("dtype");
    const auto shape = entry.find("shape");
    const auto offsets = entry.find("data_offsets");
    if (dtype == entry.end() || !dtype->is_string()) return refuse("has no dtype");
    if (shape == entry.end() || !shape->is_array()) return refuse("has no shape");
    if (offsets == entry.end() || !offsets->is_array() || offsets->size() != 2 || !(*offsets)[0].is_number_unsigned() ||
        !(*offsets)[1].is_number_unsigned()) {
        return refuse("has no pair of data_offsets");
    }
    TensorInfo info;
    info.name = name;
    const auto known = dtypeFromName(dtype->get_ref<const std::string&>());
    if (!known) {
        return makeError(ErrorCode::Unsupported,
                         path.string() + ": tensor \"" + name + "\" has the type " + dtype->get<std::string>() +
                             ", which Espalier does not read; save the model in float32",
                         path.string());
    }
    info.dtype = *known;
    if (shape->size() > kMostDimensions) return refuse("has too many dimensions");
    for (const nlohmann::json& size : *shape) {
        if (!size.is_number_unsigned() || size.get<std::uint64_t>() > (std::uint64_t{1} << 62)) {
            return refuse("has a size that is not a whole number");
        }
        info.shape.push_back(static_cast<std::int64_t>(size.get<std::uint64_t>()));
    }
    info.begin = (*offsets)[0].get<std::uint64_t>();
    info.end = (*offsets)[1].get<std::uint64_t>();
    if (info.begin > info.end) return refuse("ends before it begins");
    if (info.end > dataBytes) {
        return refuse("ends at byte " + std::to_string(info.end) + " of " + std::to_string(dataBytes) +
                      " (is the file cut off?)");
    }
    const auto count = elementCount(info.shape);
    if (!count || *count * dtypeSize(info.dtype) != info.end - info.begin) {
        return refuse("holds " + std::to_string(info.end - info.begin) + " bytes, which does not fit its shape");
    }
    return info;
}

}  // namespace

const char* dtypeName(Dtype dtype) noexcept {
    return rowOf(dtype).name;
}
std::size_t dtypeSize(Dtype dtype) noexcept {
    return rowOf(dtype).bytes;
}

std::optional<Dtype> dtypeFromName(std::string_view name) noexcept {
    for (const DtypeRow& row : kDtypes) {
        if (name == row.name) return row.dtype;
    }
    return std::nullopt;
}

std::int64_t TensorInfo::elements() const noexcept {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) count *= size;
    return count;
}

struct SafetensorsFile::State {
    State(std::filesystem::path filePath, platform::MappedFile file)
        : path(std::move(filePath)), map(std::move(file)) {}
    std::filesystem::path path;
    platform::MappedFile map;
    std::span<const std::byte> data;
    std::vector<TensorInfo> tensors;
    std::unordered_map<std::string_view, std::size_t> byName;  // views into tensors
    std::map<std::string, std::string> metadata;

    Status readHeader();
    Status checkLayout();
};

Status SafetensorsFile::State::readHeader() {
    const std::span<const std::byte> all = map.bytes();
    if (all.size() < kLengthBytes) return corrupt(path, "it has only " + std::to_string(all.size()) + " bytes");
    std::uint64_t length = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i) length |= std::to_integer<std::uint64_t>(all[i]) << (8 * i);
    if (length > kLongestHeader) return corrupt(path, "its header claims " + std::to_string(length) + " bytes");
    if (length > all.size() - kLengthBytes) return corrupt(path, "it ends inside its header (is the file cut off?)");
    data = all.subspan(kLengthBytes + length);

    const std::string_view text(reinterpret_cast<const char*>(all.data() + kLengthBytes), length);
    if (text.empty() || text.front() != '{') return corrupt(path, "its header does not begin with {");
    std::set<std::string> seen;
    std::string twice;
    bool tooDeep = false;
    const auto watch = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        if (depth > kDeepestHeader) tooDeep = true;
        if (event == nlohmann::json::parse_event_t::key && depth == 1 &&
            !seen.insert(parsed.get<std::string>()).second) {
            twice = parsed.get<std::string>();
        }
        return !tooDeep;
    };
    const nlohmann::json header = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
    if (tooDeep) return corrupt(path, "its header is nested too deeply");
    if (header.is_discarded() || !header.is_object()) return corrupt(path, "its header is not JSON");
    if (!twice.empty()) return corrupt(path, "tensor \"" + twice + "\" is named twice");

    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            if (!entry.is_object()) return corrupt(path, "its __metadata__ is not an object");
            for (const auto& [key, value] : entry.items()) {
                if (!value.is_string()) return corrupt(path, "its __metadata__ \"" + key + "\" is not a string");
                metadata[key] = value.get<std::string>();
            }
            continue;
        }
        ESPALIER_ASSIGN(TensorInfo info, readEntry(path, name, entry, data.size()));
        tensors.push_back(std::move(info));
    }
    return {};
}

Status SafetensorsFile::State::checkLayout() {
    std::sort(tensors.begin(), tensors.end(), [](const TensorInfo& a, const TensorInfo& b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    std::uint64_t reached = 0;
    for (const TensorInfo& tensor : tensors) {
        if (tensor.begin < reached) return corrupt(path, "tensor \"" + tensor.name + "\" overlaps another");
        if (tensor.begin > reached) return corrupt(path, "there is a hole before tensor \"" + tensor.name + "\"");
        reached = tensor.end;
    }
    if (reached != data.size()) {
        return corrupt(path, std::to_string(data.size() - reached) + " bytes at its end belong to no tensor");
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) byName.emplace(tensors[i].name, i);
    return {};
}

SafetensorsFile::SafetensorsFile(std::shared_ptr<const State> state) : m_state(std::move(state)) {}

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
    static_assert(std::endian::native == std::endian::little, "safetensors data is read in place");
    ESPALIER_ASSIGN(platform::MappedFile map, platform::MappedFile::open(path));
    auto state = std::make_shared<State>(path, std::move(map));
    ESPALIER_TRY(state->readHeader());
    ESPALIER_TRY(state->checkLayout());
    return SafetensorsFile(std::move(state));
}

const std::filesystem::path& SafetensorsFile::path() const noexcept {
    return m_state->path;
}
const std::vector<TensorInfo>& SafetensorsFile::tensors() const noexcept {
    return m_state->tensors;
}
const std::map<std::string, std::string>& SafetensorsFile::metadata() const noexcept {
    return m_state->metadata;
}

const TensorInfo* SafetensorsFile::find(std::string_view name) const noexcept {
    const auto found = m_state->byName.find(name);
    return found == m_state->byName.end() ? nullptr : &m_state->tensors[found->second];
}

std::span<const std::byte> SafetensorsFile::bytes(const TensorInfo& tensor) const {
    ESPALIER_EXPECTS(tensor.begin <= tensor.end && tensor.end <= m_state->data.size()) {
        return {};
    }
    return m_state->data.subspan(tensor.begin, tensor.end - tensor.begin);
}

Result<std::span<const std::byte>> SafetensorsFile::typedBytes(std::string_view name, Dtype dtype,
                                                               std::size_t alignment) const {
    const TensorInfo* tensor = find(name);
    if (tensor == nullptr) {
        return makeError(ErrorCode::NotFound, m_state->path.string() + " has no tensor \"" + std::string(name) + "\"",
                         m_state->path.string());
    }
    if (tensor->dtype != dtype) {
        return corrupt(m_state->path, "tensor \"" + tensor->name + "\" is " + dtypeName(tensor->dtype) + " where " +
                                          dtypeName(dtype) + " is needed");
    }
    const std::span<const std::byte> raw = bytes(*tensor);
    if (reinterpret_cast<std::uintptr_t>(raw.data()) % alignment != 0) {
        return corrupt(m_state->path, "tensor \"" + tensor->name + "\" is not aligned in the file");
    }
    return raw;
}

void SafetensorsWriter::add(std::string name, Dtype dtype, std::vector<std::int64_t> shape,
                            std::span<const std::byte> bytes) {
    Entry entry;
    entry.info.name = std::move(name);
    entry.info.dtype = dtype;
    entry.info.shape = std::move(shape);
    entry.bytes = bytes;
    m_entries.push_back(std::move(entry));
}

void SafetensorsWriter::setMetadata(std::map<std::string, std::string> metadata) {
    m_metadata = std::move(metadata);
}

Status SafetensorsWriter::write(const std::filesystem::path& path) const {
    // Wide types first: then every tensor is aligned for its type although the format knows no padding.
    std::vector<Entry> entries = m_entries;
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return dtypeSize(a.info.dtype) > dtypeSize(b.info.dtype); });
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!m_metadata.empty()) header["__metadata__"] = m_metadata;
    std::set<std::string> names;
    std::uint64_t end = 0;
    for (Entry& entry : entries) {
        const auto count = elementCount(entry.info.shape);
        if (!count || *count * dtypeSize(entry.info.dtype) != entry.bytes.size()) {
            return makeError(ErrorCode::InvalidArgument,
                             "tensor \"" + entry.info.name + "\" has a length that does not fit its shape");
        }
        if (entry.info.name == "__metadata__" || !names.insert(entry.info.name).second) {
            return makeError(ErrorCode::InvalidArgument, "tensor \"" + entry.info.name + "\" is named twice");
        }
        const std::uint64_t begin = end;
        end += entry.bytes.size();
        header[entry.info.name] = {
            {"dtype", dtypeName(entry.info.dtype)}, {"shape", entry.info.shape}, {"data_offsets", {begin, end}}};
    }
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.resize((kLengthBytes + text.size() + kDataAlignment - 1) / kDataAlignment * kDataAlignment - kLengthBytes,
                ' ');
    std::string length(kLengthBytes, '\0');
    for (std::size_t i = 0; i < kLengthBytes; ++i) length[i] = static_cast<char>((text.size() >> (8 * i)) & 0xff);

    ESPALIER_ASSIGN(AtomicFile file, AtomicFile::create(path));
    ESPALIER_TRY(file.write(length + text));
    for (const Entry& entry : entries) ESPALIER_TRY(file.write(entry.bytes));
    return file.commit();
}

}  // namespace espalier::tensorfile
