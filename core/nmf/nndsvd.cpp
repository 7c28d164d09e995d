// SPDX-License-Identifier: Apache-2.0
#include "core/nmf/nndsvd.h"

#include <algorithm>
#include <cmath>

namespace espalier::nmf {
namespace {

struct Sides {
    double positive = 0;  // Euclidean length of the positive part
    double negative = 0;
};

Sides sidesOf(const Factor& f, int c) {
    Sides sides;
    for (std::int64_t r = 0; r < f.rows; ++r) {
        const double v = double{f.at(r, c)};
        (v > 0 ? sides.positive : sides.negative) += v * v;
    }
    sides.positive = std::sqrt(sides.positive);
    sides.negative = std::sqrt(sides.negative);
    return sides;
}

void copySide(const Factor& from, int c, double scale, Factor& to) {
    for (std::int64_t r = 0; r < from.rows; ++r)
        to.at(r, c) = static_cast<float>(std::max(0.0, double{from.at(r, c)} * scale));
}

void fillZeros(Factor& f, float value) {
    for (std::int64_t r = 0; r < f.rows; ++r) {
        for (int c = 0; c < f.k; ++c) {
            if (!(f.at(r, c) > 0)) f.at(r, c) = value;
        }
    }
}

}  // namespace

Start nndsvd(const Svd& svd, int k, float fill) {
    Start start{Factor(svd.terms.rows, k), Factor(svd.documents.rows, k)};
    for (int c = 0; c < std::min(k, static_cast<int>(svd.singular.size())); ++c) {
        const Sides terms = sidesOf(svd.terms, c);
        const Sides documents = sidesOf(svd.documents, c);
        const bool positive = terms.positive * documents.positive >= terms.negative * documents.negative;
        const double lengthT = positive ? terms.positive : -terms.negative;
        const double lengthD = positive ? documents.positive : -documents.negative;
        if (lengthT == 0 || lengthD == 0) continue;
        const double weight = std::sqrt(lengthT * lengthD * svd.singular[static_cast<std::size_t>(c)]);
        copySide(svd.terms, c, weight / lengthT, start.w);
        copySide(svd.documents, c, weight / lengthD, start.h);
    }
    if (fill > 0) {
        fillZeros(start.w, fill);
        fillZeros(start.h, fill);
    }
    scaleColumnsToSumOne(start.w, start.h);
    return start;
}

}  // namespace espalier::nmf
