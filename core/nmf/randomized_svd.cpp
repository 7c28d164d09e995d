// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/randomized_svd.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "core/base/rng.h"
#include "core/nmf/detail/matrix_ops.h"

namespace espalier::nmf {
namespace {

using detail::Team;
using Matrix = Eigen::MatrixXd;

constexpr double kNegligible = 1e-12;  // of the largest eigenvalue of a Gram matrix held in float32

/// Eigenvectors of F'F (l x l), largest first, and the eigenvalues.
void decompose(const Factor& f, Team& team, Matrix& vectors, Eigen::VectorXd& values) {
    std::vector<double> g;
    gram(f, g, team);
    Matrix m(f.k, f.k);
    for (int i = 0; i < f.k; ++i) {
        for (int j = 0; j < f.k; ++j)
            m(i, j) = g[static_cast<std::size_t>(i) * static_cast<std::size_t>(f.stride) + static_cast<std::size_t>(j)];
    }
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(m);
    vectors = solver.eigenvectors().rowwise().reverse();
    values = solver.eigenvalues().reverse();
}

/// f <- f m, m l x l.
void rotate(Factor& f, const Matrix& m, Team& team) {
    const auto stride = static_cast<std::size_t>(f.stride);
    std::vector<float> flat(stride * stride);
    for (int i = 0; i < f.k; ++i) {
        for (int j = 0; j < f.k; ++j)
            flat[static_cast<std::size_t>(i) * stride + static_cast<std::size_t>(j)] = static_cast<float>(m(i, j));
    }
    multiplyRight(f, flat, team);
}

/// Orthonormal columns that span f's; directions f does not have become zero columns.
void orthonormalise(Factor& f, Team& team) {
    // Twice: the first round leaves float32 noise in the weak directions, the second removes it.
    for (int round = 0; round < 2; ++round) {
        Matrix vectors;
        Eigen::VectorXd values;
        decompose(f, team, vectors, values);
        const double least = kNegligible * std::max(values(0), 0.0);
        for (int j = 0; j < f.k; ++j) vectors.col(j) *= values(j) > least ? 1 / std::sqrt(values(j)) : 0.0;
        rotate(f, vectors, team);
    }
}

}  // namespace

Svd randomizedSvd(const MatrixView& x, const SvdOptions& options) {
    const auto smaller = std::min(x.byDocument.rows, x.byDocument.cols);
    const int width = static_cast<int>(std::min<std::int64_t>(options.rank + options.oversample, smaller));
    Svd svd;
    if (width < 1) return svd;
    Team team(options.threads);

    Factor terms(x.byDocument.cols, width);
    Factor documents(x.byDocument.rows, width);
    SplitMix64 random(options.seed);
    for (std::int64_t t = 0; t < terms.rows; ++t) {
        for (int c = 0; c < width; ++c) terms.at(t, c) = static_cast<float>(random.normal());
    }
    product(x.byDocument, terms, documents, team);
    orthonormalise(documents, team);
    for (int i = 0; i < options.powerIterations; ++i) {
        product(x.byTerm, documents, terms, team);
        orthonormalise(terms, team);
        product(x.byDocument, terms, documents, team);
        orthonormalise(documents, team);
    }
    product(x.byTerm, documents, terms, team);  // X' Q
    Matrix vectors;
    Eigen::VectorXd values;
    decompose(terms, team, vectors, values);
    rotate(documents, vectors, team);
    int rank = 0;
    while (rank < std::min(width, options.rank) && values(rank) > kNegligible * values(0) && values(rank) > 0) {
        svd.singular.push_back(std::sqrt(values(rank)));
        vectors.col(rank) /= svd.singular.back();
        ++rank;
    }
    rotate(terms, vectors, team);

    svd.terms = Factor(terms.rows, rank);
    svd.documents = Factor(documents.rows, rank);
    for (int c = 0; c < rank; ++c) {
        float largest = 0;
        for (std::int64_t t = 0; t < terms.rows; ++t) {
            if (std::abs(terms.at(t, c)) > std::abs(largest)) largest = terms.at(t, c);
        }
        const float sign = largest < 0 ? -1.0F : 1.0F;
        for (std::int64_t t = 0; t < terms.rows; ++t) svd.terms.at(t, c) = sign * terms.at(t, c);
        for (std::int64_t d = 0; d < documents.rows; ++d) svd.documents.at(d, c) = sign * documents.at(d, c);
    }
    return svd;
}

}  // namespace espalier::nmf
