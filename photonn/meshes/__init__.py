"""How interferometers are wired: one topology, one file.

    layout      wiring as data; any netlist of pairs
    clements    rectangle                        layout, decompose, decompose_as_made
    reck        triangle                         layout, decompose, decompose_as_made
    diamond     triangle and its mirror image    layout, decompose
    compact     rectangle of symmetric cells     layout, decompose, unitary
    blocks      rectangle of rectangles          layout, decompose
    redundant   rectangle with extra columns     layout
    permuting   rectangle with permutations      layout, outputs
    butterfly   fast Fourier transform           layout, fourier
    tree        one port to many, log2 N deep    layout, decompose, combine
    cascade     one port to many, neighbours     layout, decompose, combine
    phase_masks masks and fixed mixers           start, matrix, propagate
    svd         any matrix as two rectangles     decompose, matrix
    fit         phases by optimisation, for any layout
    correction  phases for splitters that are known, cell by cell
    conventions phases in the conventions of other cells and papers
    packages    meshes of neurophox, Strawberry Fields, Perceval
    vectors     phases of trees and chains
    count       what a mesh has, and how much of it light meets
    placement   where phase shifters and splitters lie on the chip
    monitors    light at the phase shifters, sent either way
    drawing     where waveguides and cells lie in a picture
    brickwork   meshes of neighbours as a lattice
    bricks      the diamond tree: cells fused to dense bricks
    columns     light column by column, with a gradient by reversal
    fused       a whole small mesh in one kernel: an experiment, never run on a GPU
    nulling     unitary matrices to phases, element by element
    givens      the inner loop of `nulling`
    haar        phases of a Haar-random unitary

A mesh is a `Layout` and one 2 x 2 matrix per cell (`photonn.devices.mzi` makes them
from phases); `propagate` moves light and knows nothing of phases or errors.
"""

from photonn.meshes import blocks as blocks
from photonn.meshes import bricks as bricks
from photonn.meshes import brickwork as brickwork
from photonn.meshes import butterfly as butterfly
from photonn.meshes import cascade as cascade
from photonn.meshes import clements as clements
from photonn.meshes import columns as columns
from photonn.meshes import compact as compact
from photonn.meshes import conventions as conventions
from photonn.meshes import correction as correction
from photonn.meshes import count as count
from photonn.meshes import diamond as diamond
from photonn.meshes import drawing as drawing
from photonn.meshes import fit as fit
from photonn.meshes import fused as fused
from photonn.meshes import givens as givens
from photonn.meshes import haar as haar
from photonn.meshes import layout as layout
from photonn.meshes import monitors as monitors
from photonn.meshes import nulling as nulling
from photonn.meshes import packages as packages
from photonn.meshes import permuting as permuting
from photonn.meshes import phase_masks as phase_masks
from photonn.meshes import placement as placement
from photonn.meshes import reck as reck
from photonn.meshes import redundant as redundant
from photonn.meshes import svd as svd
from photonn.meshes import tree as tree
from photonn.meshes import vectors as vectors
from photonn.meshes.count import Count as Count
from photonn.meshes.layout import Layout as Layout
from photonn.meshes.phases import Phases as Phases
from photonn.meshes.placement import Placement as Placement
from photonn.meshes.propagation import matrix as matrix
from photonn.meshes.propagation import propagate as propagate
from photonn.meshes.propagation import unitary as unitary
