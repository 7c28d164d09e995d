// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/detail/guard.h
/// LibTorch throws; public functions of the core answer. Every public function of core/nn runs its body in guarded().
#pragma once
#include <exception>
#include <new>
#include <string>
#include <type_traits>

#include "core/base/result.h"
#include "core/nn/detail/torch.h"

namespace espalier::nn::detail {

/// Whether a LibTorch error means that memory ran out (its CPU allocator throws a plain c10::Error).
bool meansOutOfMemory(const c10::Error& error);

/// First line of a LibTorch error, without its stack.
std::string plainMessage(const c10::Error& error);

/// Runs `work`, which answers with a Result or Status, and turns exceptions into errors of it.
/// \param doing  what failed, for the message: "encode"
template <class Work>
std::invoke_result_t<Work> guarded(const char* doing, Work&& work) {
    try {
        return work();
    } catch (const c10::OutOfMemoryError&) {
        return makeError(ErrorCode::OutOfMemory, std::string(doing) + ": the GPU has not enough memory");
    } catch (const c10::Error& error) {
        if (meansOutOfMemory(error)) {
            return makeError(ErrorCode::OutOfMemory, std::string(doing) + ": not enough memory");
        }
        return makeError(ErrorCode::Internal, std::string(doing) + ": " + plainMessage(error));
    } catch (const std::bad_alloc&) {
        return makeError(ErrorCode::OutOfMemory, std::string(doing) + ": not enough memory");
    } catch (const std::exception& error) {
        return makeError(ErrorCode::Internal, std::string(doing) + ": " + error.what());
    }
}

}  // namespace espalier::nn::detail
