// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/icicle_layout.h"

#include <algorithm>

#include "ui/models/label_tree_model.h"

namespace espalier::ui {

std::vector<IcicleCell> icicleCells(const LabelTreeModel& model, LabelId root, int levels) {
    std::vector<IcicleCell> cells;
    const auto snapshot = model.snapshot();
    if (!snapshot) return cells;
    const auto documents = [&snapshot](LabelId id) { return double(snapshot->countsOf(id).documents); };
    const auto addChildren = [&](LabelId parent, int depth, double start, double extent) {
        const QModelIndex at = model.indexOf(parent);
        const int count = model.rowCount(at);
        double sum = 0;
        for (int row = 0; row < count; ++row)
            sum += std::max(1.0, documents(model.labelAt(model.index(row, LabelTreeModel::NameColumn, at))));
        const double whole = std::max(sum, documents(parent));
        for (int row = 0; row < count; ++row) {
            const LabelId id = model.labelAt(model.index(row, LabelTreeModel::NameColumn, at));
            const double part = extent * std::max(1.0, documents(id)) / whole;
            cells.push_back({id, depth, start, part});
            start += part;
        }
    };
    addChildren(root, 0, 0, 1);
    for (std::size_t at = 0; at < cells.size(); ++at) {
        const IcicleCell cell = cells[at];
        if (levels == 0 || cell.depth + 1 < levels) addChildren(cell.id, cell.depth + 1, cell.start, cell.extent);
    }
    return cells;
}

}  // namespace espalier::ui
