// SPDX-License-Identifier: Apache-2.0
#include "core/nn/detail/linear.h"

#include <optional>
#include <string_view>

namespace espalier::nn::detail {
namespace {

using PointwiseSignature = torch::Tensor(const torch::Tensor&, const torch::Tensor&,
                                         const std::optional<torch::Tensor>&, c10::string_view,
                                         c10::List<std::optional<at::Scalar>>, std::optional<c10::string_view>);
using BinarySignature = torch::Tensor(const torch::Tensor&, const torch::Tensor&, const torch::Tensor&,
                                      const std::optional<torch::Tensor>&, c10::string_view);
using ReorderSignature = torch::Tensor(const torch::Tensor&, std::optional<at::SymInt>);

/// LibTorch's oneDNN layers. They are registered operators without a C++ function, and absent from builds without
/// oneDNN.
struct OneDnn {
    std::optional<c10::TypedOperatorHandle<PointwiseSignature>> pointwise;
    std::optional<c10::TypedOperatorHandle<BinarySignature>> binary;
    std::optional<c10::TypedOperatorHandle<ReorderSignature>> reorder;

    OneDnn() {
        try {
            auto& dispatcher = c10::Dispatcher::singleton();
            const auto a = dispatcher.findSchema({"mkldnn::_linear_pointwise", ""});
            const auto b = dispatcher.findSchema({"mkldnn::_linear_pointwise", "binary"});
            const auto c = dispatcher.findSchema({"mkldnn::_reorder_linear_weight", ""});
            if (!at::globalContext().hasMKLDNN() || !a || !b || !c) return;
            pointwise = a->typed<PointwiseSignature>();
            binary = b->typed<BinarySignature>();
            reorder = c->typed<ReorderSignature>();
        } catch (const c10::Error&) {
            // Another build of LibTorch with other signatures: torch's own layers do.
            pointwise.reset();
            binary.reset();
            reorder.reset();
        }
    }
    bool usable() const { return pointwise.has_value() && binary.has_value() && reorder.has_value(); }
};

const OneDnn& oneDnn() {
    static const OneDnn instance;
    return instance;
}

constexpr std::int64_t kRowsHint = 4096;  ///< oneDNN picks a weight layout for about this many tokens

bool onCpuInFloat(const torch::Tensor& t) {
    return t.device().is_cpu() && t.scalar_type() == torch::kFloat;
}

torch::Tensor pointwise(const torch::Tensor& x, const torch::Tensor& weight, const std::optional<torch::Tensor>& bias,
                        c10::string_view what) {
    return oneDnn().pointwise->call(x, weight, bias, what, c10::List<std::optional<at::Scalar>>(),
                                    std::optional<c10::string_view>("none"));
}

class LinearFunction : public torch::autograd::Function<LinearFunction> {
public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                                 const torch::Tensor& weight, const torch::Tensor& bias) {
        context->save_for_backward({x, weight});
        return pointwise(x, weight, bias, "none");
    }
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const torch::Tensor grad = gradients[0].contiguous();
        torch::Tensor gradX, gradWeight, gradBias;
        if (context->needs_input_grad(0)) gradX = pointwise(grad, saved[1].t(), {}, "none");
        // oneDNN is slower than MKL with the transposed left side of this one (measured: 166 against 194 GFLOP/s).
        if (context->needs_input_grad(1)) gradWeight = at::mm(grad.t(), saved[0]);
        if (context->needs_input_grad(2)) gradBias = grad.sum(0);
        return {gradX, gradWeight, gradBias};
    }
};

}  // namespace

torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
    if (onCpuInFloat(x) && onCpuInFloat(weight) && oneDnn().usable()) return LinearFunction::apply(x, weight, bias);
    return at::linear(x, weight, bias);
}

FrozenLinear::FrozenLinear(const torch::Tensor& weight, const torch::Tensor& bias)
    : m_weight(weight.detach()), m_bias(bias.detach()) {
    if (!onCpuInFloat(m_weight) || !oneDnn().usable()) return;
    m_weight = oneDnn().reorder->call(m_weight.contiguous(), std::optional<at::SymInt>(kRowsHint));
    m_packed = true;
}

torch::Tensor FrozenLinear::apply(const torch::Tensor& x) const {
    return m_packed ? pointwise(x, m_weight, m_bias, "none") : at::linear(x, m_weight, m_bias);
}

torch::Tensor FrozenLinear::applyGelu(const torch::Tensor& x) const {
    return m_packed ? pointwise(x, m_weight, m_bias, "gelu") : at::gelu(at::linear(x, m_weight, m_bias));
}

torch::Tensor FrozenLinear::applyAdd(const torch::Tensor& x, const torch::Tensor& other) const {
    return m_packed ? oneDnn().binary->call(x, other, m_weight, m_bias, "add")
                    : at::linear(x, m_weight, m_bias).add_(other);
}

}  // namespace espalier::nn::detail
