// SPDX-License-Identifier: Apache-2.0
/// \file core/tensorfile/safetensors.h
/// Reader and writer of the safetensors container: 8 bytes little-endian header length, a JSON header that names each
/// tensor's type, shape and byte range, then the raw little-endian data.
///
/// The reader maps the file and believes nothing in it: header length, JSON depth, duplicate names, types, shapes,
/// ranges, overlaps, holes and the file's own length are checked before anything is handed out. Reading never copies.
/// Source: format description of the safetensors project (header up to 100 MB, data without holes).
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/base/result.h"

namespace espalier::tensorfile {

enum class Dtype { Bool, U8, I8, U16, I16, F16, BF16, U32, I32, F32, U64, I64, F64 };

const char* dtypeName(Dtype dtype) noexcept;  ///< name in the file: "F32", "BF16", ...
std::size_t dtypeSize(Dtype dtype) noexcept;  ///< bytes of one element
std::optional<Dtype> dtypeFromName(std::string_view name) noexcept;

/// Dtype of a C++ element type.
template <class T>
constexpr Dtype dtypeOf() noexcept {
    if constexpr (std::is_same_v<T, bool>)
        return Dtype::Bool;
    else if constexpr (std::is_same_v<T, float>)
        return Dtype::F32;
    else if constexpr (std::is_same_v<T, double>)
        return Dtype::F64;
    else if constexpr (std::is_same_v<T, std::int64_t>)
        return Dtype::I64;
    else if constexpr (std::is_same_v<T, std::uint64_t>)
        return Dtype::U64;
    else if constexpr (std::is_same_v<T, std::int32_t>)
        return Dtype::I32;
    else if constexpr (std::is_same_v<T, std::uint32_t>)
        return Dtype::U32;
    else if constexpr (std::is_same_v<T, std::int16_t>)
        return Dtype::I16;
    else if constexpr (std::is_same_v<T, std::uint16_t>)
        return Dtype::U16;
    else if constexpr (std::is_same_v<T, std::int8_t>)
        return Dtype::I8;
    else {
        static_assert(std::is_same_v<T, std::uint8_t>, "no safetensors type for T");
        return Dtype::U8;
    }
}

struct TensorInfo {
    std::string name;
    Dtype dtype = Dtype::F32;
    std::vector<std::int64_t> shape;  ///< empty: a scalar
    std::uint64_t begin = 0;          ///< byte range inside the data part
    std::uint64_t end = 0;
    std::int64_t elements() const noexcept;
};

/// An open file. Immutable; any thread may read. Copies share the map; spans live as long as one copy does.
class SafetensorsFile {
public:
    /// \retval NotFound, Io  cannot be opened
    /// \retval Corrupt       not a well-formed safetensors file; the message names what is wrong
    static Result<SafetensorsFile> open(const std::filesystem::path& path);

    const std::filesystem::path& path() const noexcept;
    const std::vector<TensorInfo>& tensors() const noexcept;       ///< in the order of their data
    const TensorInfo* find(std::string_view name) const noexcept;  ///< nullptr: no such tensor
    const std::map<std::string, std::string>& metadata() const noexcept;

    /// Raw bytes of one of tensors(), little-endian, not necessarily aligned.
    std::span<const std::byte> bytes(const TensorInfo& tensor) const;
    /// Typed view of a tensor without a copy.
    /// \retval NotFound  no such tensor
    /// \retval Corrupt   another type than T, or (foreign files) data not aligned for T: use copy()
    template <class T>
    Result<std::span<const T>> view(std::string_view name) const;
    /// Copy of a tensor of type T, aligned whatever the file did. Errors as view(), without the alignment.
    template <class T>
    Result<std::vector<T>> copy(std::string_view name) const;

private:
    struct State;
    explicit SafetensorsFile(std::shared_ptr<const State> state);
    Result<std::span<const std::byte>> typedBytes(std::string_view name, Dtype dtype, std::size_t alignment) const;
    std::shared_ptr<const State> m_state;
};

template <class T>
Result<std::span<const T>> SafetensorsFile::view(std::string_view name) const {
    ESPALIER_ASSIGN(const std::span<const std::byte> raw, typedBytes(name, dtypeOf<T>(), alignof(T)));
    return std::span<const T>(reinterpret_cast<const T*>(raw.data()), raw.size() / sizeof(T));
}

template <class T>
Result<std::vector<T>> SafetensorsFile::copy(std::string_view name) const {
    ESPALIER_ASSIGN(const std::span<const std::byte> raw, typedBytes(name, dtypeOf<T>(), 1));
    std::vector<T> values(raw.size() / sizeof(T));
    std::copy(raw.begin(), raw.end(), reinterpret_cast<std::byte*>(values.data()));
    return values;
}

/// Collects views, then writes the file in one go (atomically; data starts at a multiple of 64 bytes). The bytes are
/// not copied: they must live until write() returned. Little-endian machines only.
class SafetensorsWriter {
public:
    /// \pre bytes.size() == product of shape * dtypeSize(dtype); write() refuses otherwise
    void add(std::string name, Dtype dtype, std::vector<std::int64_t> shape, std::span<const std::byte> bytes);
    template <class T>
    void add(std::string name, std::vector<std::int64_t> shape, std::span<const T> values) {
        add(std::move(name), dtypeOf<T>(), std::move(shape), std::as_bytes(values));
    }
    void setMetadata(std::map<std::string, std::string> metadata);
    /// \retval InvalidArgument  two tensors of one name, or a length that does not fit its shape
    /// \retval Io               disk full; the old file is untouched
    Status write(const std::filesystem::path& path) const;

private:
    struct Entry {
        TensorInfo info;
        std::span<const std::byte> bytes;
    };
    std::vector<Entry> m_entries;
    std::map<std::string, std::string> m_metadata;
};

}  // namespace espalier::tensorfile
