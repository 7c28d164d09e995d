// SPDX-License-Identifier: Apache-2.0
/// \file core/nn/detail/torch.h
/// The one place that includes LibTorch. LibTorch and Qt both own the word `slots`: they never meet in one file.
#pragma once
#ifdef QT_VERSION
#error "core/nn/detail/torch.h must not meet Qt in one translation unit"
#endif
#include <torch/torch.h>
