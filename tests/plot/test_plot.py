"""Figures: every function draws on the axes that it is given, or makes its own."""

import jax
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from photonn import hardware, meshes, plot
from photonn.devices.receiver import Receiver
from photonn.errors import InputError
from photonn.free_space import Grid, masks
from photonn.meshes import Layout, clements
from photonn.train import History

GRID = Grid((12, 16), 8e-6)
RNG = np.random.default_rng(0)


def history(accuracies):
    rows = [{"epoch": n + 1, "validation_accuracy": a} for n, a in enumerate(accuracies)]
    return History(rows, max(rows, key=lambda row: row["validation_accuracy"]))


LAYOUT = clements.layout(4)
LIGHT = meshes.columns.trace(
    jax.numpy.eye(4, 1, dtype=complex),
    jax.numpy.broadcast_to(jax.numpy.eye(2, dtype=complex), (6, 2, 2)),
    LAYOUT,
)[..., 0]
CHIPS = RNG.uniform(size=(3, 20))
SENSITIVITY = hardware.Sensitivity(0.1, CHIPS[0], {"a": CHIPS[1]}, {"a": CHIPS[2]})
DRAW = {
    "mask": lambda ax: plot.mask(RNG.normal(size=GRID.shape), GRID, ax=ax),
    "field": lambda ax: plot.field(RNG.normal(size=GRID.shape) + 0j, GRID, ax=ax),
    "mesh": lambda ax: plot.mesh(LAYOUT, ax=ax),
    "mesh with light": lambda ax: plot.mesh(LAYOUT, np.abs(LIGHT) ** 2, ax=ax),
    "sampling": lambda ax: plot.sampling(GRID, wavelength=532e-9, distance=5e-3, ax=ax),
    "tolerance": lambda ax: plot.tolerance_curve([1.0, 2.0, 3.0], CHIPS, ax=ax),
    "yield": lambda ax: plot.yield_curve([1.0, 2.0, 3.0], CHIPS, at_most=0.5, ax=ax),
    "sensitivity": lambda ax: plot.sensitivity(SENSITIVITY, ax=ax),
    "laws": lambda ax: plot.laws([1.0, 2.0], {"a": [1.0, 2.0]}, {"a": [1.0, 2.0]}, ax=ax),
    "law ratios": lambda ax: plot.law_ratios(
        [8, 16], [np.ones((2, 1))] * 3, np.array([["holds"], ["off"]]), [0.1], ax=ax
    ),
    "chips by stage": lambda ax: plot.chips_by_stage({"made": CHIPS}, {"ideal": 0.9}, ax=ax),
    "learning curve": lambda ax: plot.learning_curve({"a": [history([0.1, 0.3])]}, ax=ax),
    "transfer curve": lambda ax: plot.transfer_curve(lambda z: 0.5j * z, (1e-3, 1.0), ax=ax),
    "outcomes": lambda ax: plot.outcomes(
        np.array([0.2, 0.5, 0.3]), np.array([[2, 0], [1, 1], [0, 2]]), samples=np.ones(3), ax=ax
    ),
    "ladder": lambda ax: plot.ladder({"a": [0.5, 0.6], "b": [0.7]}, {"b": 0.8}, {"c": 0.9}, ax=ax),
    "confusion": lambda ax: plot.confusion(np.array([0, 1]), np.eye(2), ax=ax),
}


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_draws_on_the_axes_it_is_given(draw):
    figure, (left, right) = plt.subplots(1, 2)
    assert draw(right) is right
    assert right.has_data()
    assert not left.has_data()
    assert right.get_xlabel()
    assert right.get_ylabel()
    figure.canvas.draw()


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_makes_a_figure_of_its_own(draw):
    before = set(plt.get_fignums())
    ax = draw(None)
    assert isinstance(ax, Axes)
    assert set(plt.get_fignums()) - before == {ax.figure.number}
    assert ax.has_data()


def test_a_mask_is_wrapped():
    ax = plot.mask(np.full(GRID.shape, 2 * np.pi + 0.5), GRID)
    np.testing.assert_allclose(ax.images[0].get_array(), 0.5, atol=1e-14)  # rounding of 7
    assert ax.images[0].get_clim() == (0, 2 * np.pi)


def test_a_field_is_shown_as_irradiance_in_millimetres():
    amplitude = RNG.normal(size=GRID.shape) + 1j
    ax = plot.field(amplitude, GRID)
    np.testing.assert_allclose(ax.images[0].get_array(), np.abs(amplitude) ** 2, rtol=1e-15)
    left, right, bottom, top = ax.images[0].get_extent()
    np.testing.assert_allclose([left, right, bottom, top], [-0.064, 0.064, 0.048, -0.048])


def test_detectors_are_outlined_where_they_lie():
    regions = masks.detector_regions(GRID, 2)
    ax = plot.field(np.ones(GRID.shape, complex), GRID, regions=regions)
    assert [text.get_text() for text in ax.texts] == ["0", "1"]
    for line, region in zip(ax.lines, regions, strict=True):
        x, y = line.get_data()
        inside_x = (1e3 * GRID.x > min(x)) & (1e3 * GRID.x < max(x))
        inside_y = (1e3 * GRID.y > min(y)) & (1e3 * GRID.y < max(y))
        np.testing.assert_array_equal(inside_y[:, None] & inside_x[None, :], region == 1)


def test_a_stack_of_masks_and_the_light_on_them():
    phases = [np.zeros(GRID.shape), np.ones(GRID.shape)]
    fields = [np.ones(GRID.shape, complex)] * 3
    axes = plot.diffractive(phases, fields, GRID, regions=masks.detector_regions(GRID, 2))
    assert axes.shape == (2, 3)
    assert [len(ax.texts) for ax in axes[1]] == [0, 0, 2]  # detectors in the last plane alone
    assert [ax.get_title() for ax in axes[0]] == ["Mask 1", "Mask 2", ""]


def test_a_mesh_has_its_waveguides_and_cells():
    layout = Layout(3, [[(0, 2)]])
    boxes, lines = plot.mesh(layout).collections
    before, behind = np.array(lines.get_segments()).reshape(2, 3, -1, 2)
    # In front of the cell all modes lie in their lanes, and behind it again.
    np.testing.assert_array_equal(before[:, 0, 1], [0, 1, 2])
    np.testing.assert_array_equal(behind[:, -1, 1], [0, 1, 2])
    np.testing.assert_array_equal(before[:, -1], behind[:, 0])
    (box,) = boxes.get_paths()
    assert box.contains_points(before[:, -1]).tolist() == [True, False, True]


def test_the_light_colours_the_waveguides():
    ax = plot.mesh(LAYOUT, np.abs(LIGHT) ** 2)
    power = ax.collections[1].get_array().reshape(LAYOUT.depth + 1, 4)
    np.testing.assert_array_equal(power, [[1, 0, 0, 0]] * 5)  # bar cells: it stays in mode 0
    with pytest.raises(InputError, match=r"`powers` must have shape \(..., 5, 4\)"):
        plot.mesh(LAYOUT, np.ones((4, 4)))


def test_outputs_are_named_where_permutations_take_them():
    ax = plot.mesh(meshes.permuting.layout(8))
    names = [label.get_text() for label in ax.child_axes[0].get_yticklabels()]
    lanes = ax.child_axes[0].get_yticks()
    shown = [int(names[i]) for i in np.argsort(lanes)]
    assert shown == meshes.permuting.outputs(8).tolist()
    assert not plot.mesh(LAYOUT).child_axes


def test_the_curve_marks_the_epoch_that_was_chosen():
    ax = plot.learning_curve(
        {"a": [history([0.5, 0.9, 0.8]), history([0.4])], "b": [history([0.1])]}
    )
    curve, dot = ax.lines[:2]
    np.testing.assert_allclose(curve.get_ydata(), [50, 90, 80])
    assert [float(v[0]) for v in dot.get_data()] == [2, 90]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]


def test_a_fit_to_targets_is_shown_by_its_loss():
    rows = [{"epoch": 1, "validation_loss": 0.5}, {"epoch": 2, "validation_loss": 0.25}]
    ax = plot.learning_curve({"a": [History(rows, rows[1])]})
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0.5, 0.25])
    assert ax.get_ylabel() == "Validation loss"


def test_confusion_counts():
    outputs = np.eye(3)[[0, 1, 1, 2, 0]]
    ax = plot.confusion(np.array([0, 1, 1, 1, 2]), outputs)
    want = [[1, 0, 0], [0, 2, 1], [1, 0, 0]]
    np.testing.assert_array_equal(ax.images[0].get_array(), want)
    assert {t.get_position(): t.get_text() for t in ax.texts}[1, 1] == "2"


def test_effective_bits_lie_below_what_each_noise_alone_leaves():
    made = Receiver(bandwidth=1e9, load=1e3, rin=1e-15)
    ax = plot.effective_bits(np.logspace(-8, 0, 20), made)
    *alone, total = (line.get_ydata() for line in ax.lines)
    assert len(alone) == 3  # an ideal amplifier has no line
    assert (total <= np.min(alone, axis=0)).all()
    np.testing.assert_allclose(alone[2], alone[2][0], rtol=1e-12)  # intensity noise: a ceiling


def test_a_transfer_curve_is_power_and_phase():
    ax = plot.transfer_curve(lambda z: 0.5j * z, (1e-3, 1.0))
    power, out = ax.lines[1].get_data()
    np.testing.assert_allclose(out, power / 4, rtol=1e-14)
    (phase,) = ax.figure.axes[1].lines
    np.testing.assert_allclose(phase.get_ydata(), 0.5, rtol=1e-14)
    for wrong in ((0.0, 1.0), (2.0, 1.0)):
        with pytest.raises(InputError, match="`power_range` must be two powers"):
            plot.transfer_curve(lambda z: z, wrong)


def test_a_yield_curve_shows_the_share_that_meets_the_specification():
    values = np.array([[0.1, 0.2, 0.3, 0.4], [0.3, 0.4, 0.5, np.nan]])
    ax = plot.yield_curve([0.0, 1.0], values, at_most=0.35)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [75, 25])


def test_laws_are_dots_and_lines_of_one_colour():
    ax = plot.laws([1.0, 10.0], {"a": [2.0, 3.0]}, {"a": [2.5, 3.5]})
    dots, line = ax.lines
    assert dots.get_color() == line.get_color()
    np.testing.assert_array_equal(line.get_ydata(), [2.5, 3.5])


def test_a_ladder_has_every_seed_and_what_was_published():
    ours = {"first": [0.5, 0.6], "second": [0.7]}
    ax = plot.ladder(ours, {"second": 0.8, "third": 0.9}, {"plain": 0.4})
    here, published, plain = ax.get_lines()
    assert here.get_xydata().tolist() == [[50, 0], [60, 0], [70, 1]]
    assert published.get_xydata().tolist() == [[80, 1]]
    assert set(plain.get_xdata()) == {40}
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first one is above
