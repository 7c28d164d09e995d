// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/device.h
/// Where tensors are computed, and why there.
///
/// One program for all machines: it is linked against LibTorch's CPU library alone. When an NVIDIA driver is there,
/// chooseDevice() loads the CUDA library that lies beside it (an optional download) before LibTorch is first asked
/// about CUDA; so call it before any other function of core/nn. The first answer about CUDA holds for the process.
///
/// Threads: a process that computes should be started with the environment variable OMP_WAIT_POLICY=passive (libgomp
/// reads it when it is loaded, so main() is too late: the window sets it for its worker, the command line starts
/// itself again once). Without it two idle threads spin against the rest of the machine.
#pragma once
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace espalier::nn {

struct Device {
    std::string name = "cpu";  ///< cpu, cuda:0, mps
    std::string why;           ///< a sentence for people: "CPU: no NVIDIA driver found"
};

/// \param wanted  auto | cpu | cuda | cuda:N | mps
/// \retval InvalidArgument  not one of these words
/// \retval InvalidState     asked for by name and impossible here; the message says why
Result<Device> chooseDevice(std::string_view wanted);

/// Threads of the tensor library for calls from this thread, 0 = all cores. Call it in each thread that computes.
void setThreads(int threads);
int threads();  ///< as LibTorch sees it now

std::string torchVersion();  ///< "2.11.0"

}  // namespace espalier::nn
