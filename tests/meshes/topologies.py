"""Every topology at a few sizes: two modes, odd and even numbers, powers of two."""

import numpy as np

from photonn.meshes import (
    Layout,
    blocks,
    butterfly,
    cascade,
    clements,
    compact,
    diamond,
    permuting,
    reck,
    redundant,
    tree,
)


def netlist(modes, cells, seed):
    """Cells between any two modes."""
    rng = np.random.default_rng(seed)
    pairs = [rng.choice(modes, 2, replace=False) for _ in range(cells)]
    return Layout.from_pairs(modes, np.array(pairs))


# How each topology is made, and the sizes that fit it up to 9.
TOPOLOGIES = {
    "clements": (clements.layout, range(2, 10)),
    "reck": (reck.layout, range(2, 10)),
    "diamond": (diamond.layout, range(2, 6)),
    "compact": (compact.layout, range(2, 10)),
    "blocks": (blocks.layout, range(4, 10, 2)),
    "butterfly": (butterfly.layout, (2, 4, 8)),
    "redundant": (lambda modes: redundant.layout(modes, 3), range(2, 10)),
    "permuting": (permuting.layout, range(2, 10)),
    "tree": (tree.layout, range(2, 10)),
    "tree, mirrored": (lambda modes: tree.layout(modes).mirrored(), range(2, 10)),
    "cascade": (cascade.layout, range(2, 10)),
    "netlist": (lambda modes: netlist(modes, 2 * modes, seed=modes), range(2, 10)),
}

SIZES = {
    "clements": (2, 5, 8),
    "reck": (2, 5),
    "diamond": (4,),
    "compact": (5,),
    "blocks": (6,),
    "butterfly": (2, 8),
    "redundant": (2, 5),
    "permuting": (3, 8),
    "tree": (2, 7),
    "tree, mirrored": (6,),
    "cascade": (5,),
    "netlist": (5,),
}

LAYOUTS = {
    f"{name}, {modes}": TOPOLOGIES[name][0](modes)
    for name, sizes in SIZES.items()
    for modes in sizes
}
