"""Mistakes of a new user of free space, and words of the answer; for `tests/test_messages.py`."""

WAY = "np.ones((8, 6)), Grid((8, 6), 8e-6), distance=1e-3"
GO = f"free_space.propagate({WAY}, wavelength=532e-9"
PLANE = "Grid((8, 6), 8e-6)"
DIFFRACTIVE = f"nn.Diffractive({PLANE}, distance=1e-3, wavelength=532e-9"

CASES = {
    "Grid(8, float('nan'))": ["`pitch`", "nan", "8 um is 8e-6"],
    "Grid(8.0, 8e-6)": ["`shape`", "integer", "8.0"],
    "Grid(8, '8um')": ["`pitch`", "[m]", "'8um'"],
    f"free_space.propagate({WAY}, wavelength='532 nm')": ["`wavelength`", "number", "'532 nm'"],
    f"free_space.propagate({WAY}, wavelength=None)": ["`wavelength`", "number", "None"],
    f"free_space.propagate({WAY}, wavelength=532e-9j)": ["`wavelength`", "real [m]"],
    f"free_space.propagate({WAY}, wavelength=np.array([1e-6, np.nan]))": ["`wavelength`", "nan"],
    "free_space.propagate(np.ones((8, 6)), (8, 6), distance=1.0, wavelength=1e-6)": [
        "`grid`", "Grid((ny, nx), pitch)",
    ],
    f"{GO}, output=(8, 6))": ["`output`", "be a Grid", "(8, 6)"],
    f"{GO}, output=(8, 6), method='fresnel')": ["`output`", "be a Grid"],
    f"{GO}, output=(8, 6), method='fraunhofer')": ["`output`", "be a Grid"],
    f"{GO}, shift=1e-6)": ["`shift`", "pair (y, x)", "1e-06"],
    f"{GO}, index=1.5 + 0.1j)": ["`index`", "real"],
    f"{GO}, method=None)": ["`method`", "fresnel_single", "None"],
    f"sampling_report({PLANE}, distance=1e-3, wavelength=np.array([1e-6, 2e-6]))": [
        "`wavelength`", "one number", "(2,)",
    ],
    f"fs.fresnel_single.output_grid({PLANE}, distance=np.ones(2), wavelength=1e-6)": [
        "`distance`", "one number",
    ],
    f"fs.angular_spectrum.transfer_function({PLANE}, distance=np.nan, wavelength=1e-6)": [
        "`distance`", "finite",
    ],
    f"fs.lens.exact_phase({PLANE}, focal_length=0.0, wavelength=1e-6)": ["`focal_length`", "zero"],
    f"nn.Lens({PLANE}, focal_length=0.0, wavelength=1e-6)": ["`focal_length`", "not be zero"],
    f"nn.Lens({PLANE}, focal_length=1e-3, wavelength=(1e-6, -1.0))": ["`wavelength`", "-1.0"],
    f"nn.Propagate({PLANE}, distance=1.0, wavelength=1e-6, method='fresnell')": [
        "`method`", "Did you mean `fresnel`",
    ],
    f"{DIFFRACTIVE}, steps=1)": ["`steps`", "at least 2"],
    f"{DIFFRACTIVE}, steps=4, temperature=-1.0)": ["`temperature`", "positive"],
    f"{DIFFRACTIVE}, mode='height', maximum=-1e-6)": ["`maximum`", "positive"],
    f"{DIFFRACTIVE}).relief()": ["`mode`", "'height'", "layer.phase"],
    "fs.heights.transmission(np.ones((2, 2)), wavelength=np.ones(2), index=np.ones(3))": [
        "`wavelength` (2,)", "`index` (3,)",
    ],
    "fs.heights.full_turn(wavelength=1e-6, index=1.0)": ["`index`", "ambient"],
    "fs.slab.scatter(1e-6, wavelength=-1e-6, index=1.5)": ["`wavelength`", "positive"],
    "fs.masks.modulate(np.ones((2, 4, 4)), np.ones((3, 4, 4)))": ["(2, 4, 4)", "(3, 4, 4)"],
    f"fs.aperture.rectangle({PLANE}, size=(-1e-6, 1e-6))": ["`size`", "zero or more"],
    "fs.polarization.transform(np.ones((2, 4, 4)), np.eye(3))": ["`jones`", "(2, 2)", "(3, 3)"],
    "fs.polarization.polarizer(0.0, extinction=-1.0)": ["`extinction`", "zero or more"],
    "fs.modulators.switch(np.ones((4, 4)), width=0.0)": ["`width`", "positive"],
    f"fs.beams.gaussian({PLANE}, waist=1e-5, wavelength=np.ones(2))": ["one number"],
    f"fs.sources.point({PLANE}, distance=0.0, wavelength=1e-6)": ["`distance`", "not be zero"],
    f"fs.sources.plane({PLANE}, wavelength=1e-6, power=-1.0)": ["`power`", "-1.0"],
    f"fs.coherence.from_source(np.ones(3), np.ones((4, 2)), {PLANE}, wavelength=1e-6, count=2)": [
        "`directions`", "3, 2", "(4, 2)",
    ],
    "fs.incoherent.propagate(np.ones((4, 4)), np.ones((5, 7)))": ["`matrix`", "samples=16"],
    f"fs.layer.phase_mask(np.ones((8, 6)), {PLANE}, error=Perturbation(phase=np.ones((3, 3))))": [
        "(8, 6)", "(3, 3)",
    ],
    f"fs.volume.propagate(np.ones((8, 6)), {PLANE}, 1.5, thickness=1e-6, wavelength=1e-6)": [
        "`index`", "(slices, 8, 6)",
    ],
    "nn.Image(Grid(8, 1e-6), magnification=0)": ["`magnification`", "at least 1"],
    "Tolerances(tilt=np.nan)": ["`tilt`", "[rad]", "nan"],
}  # fmt: skip
