// SPDX-License-Identifier: Apache-2.0
#include "core/nn/device.h"

#include <charconv>
#include <optional>

#include "core/base/platform.h"
#include "core/nn/detail/guard.h"
#include "core/nn/detail/torch.h"

namespace espalier::nn {
namespace {

#if defined(_WIN32)
constexpr const char* kDriver = "nvcuda.dll";
constexpr const char* kCudaLibrary = "torch_cuda.dll";
#elif defined(__APPLE__)
constexpr const char* kDriver = "";  // no NVIDIA driver exists for this system
constexpr const char* kCudaLibrary = "";
#else
constexpr const char* kDriver = "libcuda.so.1";
constexpr const char* kCudaLibrary = "libtorch_cuda.so";
#endif

struct CudaState {
    int devices = 0;
    std::string why;  ///< why there are none
};

/// The order matters: LibTorch remembers "no CUDA" for the whole process if asked before its CUDA library is loaded.
CudaState findCuda() {
    if (*kDriver == '\0' || !platform::loadLibrary(kDriver)) return {0, "no NVIDIA driver found"};
    int (*const anchor)() = &at::get_num_threads;
    const std::filesystem::path library =
        platform::libraryOf(reinterpret_cast<const void*>(anchor)).parent_path() / kCudaLibrary;
    if (const Status loaded = platform::loadLibrary(library.string()); !loaded) {
        return {0, "an NVIDIA driver is there, but LibTorch's GPU libraries are not (" + loaded.error().message + ")"};
    }
    if (!torch::cuda::is_available()) return {0, "an NVIDIA driver is there, but it offers no usable GPU"};
    return {static_cast<int>(torch::cuda::device_count()), {}};
}

/// Asked once a process.
const CudaState& cuda() {
    static const CudaState state = [] {
        const auto found = detail::guarded("look for a GPU", [] { return Result<CudaState>(findCuda()); });
        return found ? *found : CudaState{0, found.error().message};
    }();
    return state;
}

Result<Device> chooseCuda(std::string_view wanted) {
    int index = 0;
    if (wanted.size() > 4) {
        const std::string_view digits = wanted.substr(5);
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), index);
        if (wanted[4] != ':' || digits.empty() || parsed.ec != std::errc() ||
            parsed.ptr != digits.data() + digits.size() || index < 0) {
            return makeError(ErrorCode::InvalidArgument, "\"" + std::string(wanted) + "\" is no device: use cuda:0");
        }
    }
    if (cuda().devices == 0) {
        return makeError(ErrorCode::InvalidState, std::string(wanted) + " cannot be used: " + cuda().why);
    }
    if (index >= cuda().devices) {
        return makeError(ErrorCode::InvalidState, std::string(wanted) + " cannot be used: this machine has " +
                                                      std::to_string(cuda().devices) + " GPU(s), counted from 0");
    }
    return Device{"cuda:" + std::to_string(index), "GPU " + std::to_string(index) + ": as asked for"};
}

}  // namespace

Result<Device> chooseDevice(std::string_view wanted) {
    if (wanted == "cpu") return Device{"cpu", "CPU: as asked for"};
    if (wanted.substr(0, 4) == "cuda") return chooseCuda(wanted);
    if (wanted == "mps") {
        if (!at::globalContext().hasMPS()) {
            return makeError(ErrorCode::InvalidState, "mps cannot be used: it needs an Apple GPU and macOS");
        }
        return Device{"mps", "Apple GPU: as asked for"};
    }
    if (wanted != "auto") {
        return makeError(ErrorCode::InvalidArgument,
                         "\"" + std::string(wanted) + "\" is no device: use auto, cpu, cuda:0 or mps");
    }
    if (cuda().devices > 0) return Device{"cuda:0", "GPU 0: found with its driver"};
    if (at::globalContext().hasMPS()) return Device{"mps", "Apple GPU: found"};
    return Device{"cpu", "CPU: " + cuda().why};
}

void setThreads(int threads) {
    at::set_num_threads(threads > 0 ? threads : platform::processorCount());
}

int threads() {
    return at::get_num_threads();
}

std::string torchVersion() {
    return TORCH_VERSION;
}

}  // namespace espalier::nn
