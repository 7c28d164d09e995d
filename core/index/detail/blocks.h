// SPDX-License-Identifier: Apache-2.0
/// \file core/index/detail/blocks.h
/// Independent blocks of work on a few threads, while the caller's thread watches the job's controls.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "core/base/result.h"

namespace espalier::jobs {
class JobContext;
}

namespace espalier::index::detail {

/// Calls work(block) once for each block 0..blocks-1, in any order, from `threads` threads (0: all processors).
/// \param work  may throw std::bad_alloc; polls stopRequested inside a block that takes longer than 100 ms
/// \param phase what progress is told as, in blocks
/// \retval Cancelled, OutOfMemory, Internal
Status forEachBlock(std::int64_t blocks, int threads, std::string_view phase, jobs::JobContext& context,
                    const std::function<void(std::int64_t block, const std::function<bool()>& stopRequested)>& work);

}  // namespace espalier::index::detail
