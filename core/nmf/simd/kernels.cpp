// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/simd/kernels.h"

#include <cstdlib>
#include <string>
#include <string_view>

#include "core/base/log.h"

namespace espalier::nmf::simd {
namespace {

bool processorHas(std::string_view level) {
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
    if (level == "avx2") return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (level == "avx512")
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("fma");
    return true;
#else
    return level == "base";
#endif
}

}  // namespace

const Kernels& kernelsFor(const char* wanted) {
    const Kernels* levels[] = {avx512Kernels(), avx2Kernels(), baseKernels()};
    const std::string_view name = wanted ? wanted : "";
    if (!name.empty()) {
        for (const Kernels* level : levels) {
            if (level && name == level->name && processorHas(name)) return *level;
        }
        log::warning("ESPALIER_SIMD=" + std::string(name) +
                     " is not available here; the best level of this processor is used.");
    }
    for (const Kernels* level : levels) {
        if (level && processorHas(level->name)) return *level;
    }
    return plainKernels();
}

const Kernels& kernels() {
    static const Kernels& chosen = kernelsFor(std::getenv("ESPALIER_SIMD"));
    return chosen;
}

void mirrorGram(double* gram, int stride) {
    for (int i = 0; i < stride; ++i) {
        for (int j = 0; j < i; ++j)
            gram[static_cast<std::int64_t>(i) * stride + j] = gram[static_cast<std::int64_t>(j) * stride + i];
    }
}

}  // namespace espalier::nmf::simd
