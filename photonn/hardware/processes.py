"""Ready-made processes: `hardware.processes.silicon_thermo_optic` and others.

    ideal                          no errors, no losses, no consumption
    silicon_thermo_optic           silicon with TiN heaters
    silicon_thermo_optic_undercut  the same, the heaters hung over air
    silicon_carrier                silicon, carriers moved by a voltage
    silicon_nitride                silicon nitride with heaters
    lithium_niobate                thin-film lithium niobate
    bto                            barium titanate on silicon
    mems                           silicon, waveguides moved by a voltage
    pcm                            Sb2Se3 on silicon, which keeps its state
    slm, dmd                       displays of liquid crystal, of tilting mirrors
    printed_terahertz, glass       fixed reliefs: printed, etched

Numbers are starting points: devices of one kind differ by more than their ranges say. Each
names its source, and `confirmed` says whether the typical value was seen there. Numbers of
your own come in by `process.replaced(...)`, worst cases by `process.corner("worst")`.
"""

from photonn.errors import InputError, check_choice, did_you_mean
from photonn.hardware.process import Process, Value

_THERMAL = (
    "table of thermo-optic phase shifters in Micromachines 13, 1509 (2022)",
    "https://doi.org/10.3390/mi13091509",
)
_DEVICES = ("device library of SimPhony-ONN", "https://arxiv.org/abs/2411.13715")
_SCATTER = ("architecture of SCATTER, as in SimPhony-ONN", "https://arxiv.org/abs/2411.13715")
_ADC = ("8 bit, 10 GS/s ADC in 14 nm", "https://ieeexplore.ieee.org/document/9731625")
_DAC = ("8 bit, 14 GS/s DAC in 16 nm", "https://ieeexplore.ieee.org/document/9162776")
_TIA = ("receiver in 14 nm", "https://ieeexplore.ieee.org/document/8510668")
_DIODE = ("photodiode of AIM Photonics", "https://doi.org/10.1364/ofc.2018.m3f.1")
_SPLITTERS = (
    "Mikkelsen, Sacher and Poon, Opt. Express 22, 3145 (2014)",
    "https://doi.org/10.1364/OE.22.003145",
)
_SETTING = (
    "8.5 bits of phase under feedback: step 2 pi / 2^8.5 over sqrt(12); 7.2 bits of power",
    "https://arxiv.org/abs/2502.12869",
)
_ADJACENT = ("adjacent heaters in the code of L2ight", "https://github.com/JeremieMelo/L2ight")
_NITRIDE = ("Photonics 8, 496 (2021)", "https://doi.org/10.3390/photonics8110496")
_QUIX = (
    "Taballione et al., arXiv:2203.01801: 2.9 dB over 20 columns, fibres included",
    "https://arxiv.org/abs/2203.01801",
)
_LITHIUM = ("Wang et al., Nature 562, 101 (2018)", "https://doi.org/10.1038/s41586-018-0551-y")
_BTO = ("Abel et al., Nat. Mater. 18, 42 (2019)", "https://doi.org/10.1038/s41563-018-0208-0")
_BTO_TUNING = ("Ortmann et al., 106 nW for 2 pi", "https://arxiv.org/abs/1912.11081")
_SELENIDE = (
    "Rios et al., PhotoniX (2022): 0.3 dB and 11 um for pi",
    "https://doi.org/10.1186/s43074-022-00070-4",
)
_MEMS = (
    "MEMS phase shifter in SimPhony-ONN",
    "https://www.nature.com/articles/s41378-023-00498-z",
)
_DEPLETION = (
    "Baehr-Jones et al., Opt. Express 20, 12014 (2012)",
    "https://doi.org/10.1364/OE.20.012014",
)
_LCOS = ("data sheet of Hamamatsu LCOS-SLM X15213", "https://www.hamamatsu.com")
_SANTEC = ("SLM-200 in Volkov et al. (2025)", "https://doi.org/10.32446/0368-1025it.2025-1-83-89")
_MIRRORS = ("data sheet of Texas Instruments DLP9500", "https://www.ti.com/product/DLP9500")
_PRINTED = ("Lin et al., Science 361, 1004 (2018)", "https://doi.org/10.1126/science.aat8084")
_VACCINE = (
    "Mengu et al., Nanophotonics 9, 4207 (2020)",
    "https://doi.org/10.1515/nanoph-2020-0291",
)
_ETCHED = ("Chen et al., Engineering 7, 1483 (2021)", "")


def _seen(low: float, typical: float, high: float, source: tuple[str, str]) -> Value:
    return Value(typical, low, high, *source)


def _recalled(low: float, typical: float, high: float, source: tuple[str, str]) -> Value:
    return Value(typical, low, high, *source, confirmed=False)


_DETECTION = {
    "adc_energy": _seen(1.48e-12, 1.48e-12, 1.48e-12, _ADC),
    "adc_area": _seen(2850e-12, 2850e-12, 2850e-12, _ADC),
    "amplifier_power": _seen(3e-3, 3e-3, 3e-3, _TIA),
    "amplifier_noise": _recalled(2e-12, 10e-12, 20e-12, _TIA),
    "responsivity": _seen(1.0, 1.1, 1.1, _DIODE),
    "detector_bandwidth": _seen(27e9, 27e9, 34e9, _DIODE),
    "dark_current": _seen(25e-9, 25e-9, 25e-9, _DIODE),
    "rin": _recalled(1e-16, 1e-15, 3.2e-15, _DEVICES),
    "laser_efficiency": _seen(0.2, 0.2, 0.2, _DEVICES),
}
_CHIP = {
    **_DETECTION,
    "wavelength": _seen(1550e-9, 1550e-9, 1550e-9, _DEVICES),
    "rate": _seen(10e9, 10e9, 14e9, _ADC),
    "modulator_db": _seen(1.2, 3.0, 4.5, _DEVICES),
    "modulator_energy": _seen(50e-15, 450e-15, 450e-15, _DEVICES),
    "dac_energy": _seen(3.57e-12, 3.57e-12, 3.57e-12, _DAC),
    "dac_area": _seen(11000e-12, 11000e-12, 11000e-12, _DAC),
    "coupling_db": _recalled(0.7, 1.5, 5.0, _SCATTER),
    "splitter_sigma": _recalled(0.005, 0.01, 0.02, _SPLITTERS),
    "wafer_sigma": _recalled(0.005, 0.01, 0.02, _SPLITTERS),
    "wafer_length": _recalled(0.5e-3, 1e-3, 5e-3, _SPLITTERS),
    # The source has 0.1 dB for a Y-branch and 0.33 dB for a directional coupler.
    "splitter_db": _recalled(0.1, 0.1, 0.33, _DEVICES),
    "loss_spread": _recalled(0.05, 0.1, 0.2, _SPLITTERS),
    "phase_sigma": _seen(5e-3, 5e-3, 12e-3, _SETTING),
    "phase_bits": _seen(8, 12, 12, _DEVICES),
}
_SILICON = {
    **_CHIP,
    "index": _recalled(2.3, 2.4, 2.45, _THERMAL),
    "group_index": _recalled(4.1, 4.2, 4.4, _THERMAL),
    "split_slope": _recalled(1e6, 3e6, 5e6, _SPLITTERS),
    "waveguide_db_per_m": _recalled(11, 150, 250, _DEVICES),
    "cell_length": _seen(120e-6, 120e-6, 300e-6, _SCATTER),
    "mode_pitch": _seen(50e-6, 50e-6, 100e-6, _SCATTER),
}

_NOTHING = (
    "splitter_db shifter_db waveguide_db_per_m coupling_db modulator_db layer_db pi_power "
    "response_time modulator_energy dac_energy adc_energy dac_area adc_area amplifier_power "
    "amplifier_noise dark_current rin cell_length mode_pitch"
)
_DEFINED = ("by definition", "")

ideal = Process(
    "ideal",
    "No errors, no losses, no consumption: shots are the only noise.",
    {
        **{name: _seen(0.0, 0.0, 0.0, _DEFINED) for name in _NOTHING.split()},
        "rate": _seen(10e9, 10e9, 10e9, _DEFINED),
        "laser_efficiency": _seen(1.0, 1.0, 1.0, _DEFINED),
        # An electron for every photon of 1550 nm.
        "responsivity": _seen(1.25, 1.25, 1.25, _DEFINED),
        "group_index": _seen(1.0, 1.0, 1.0, _DEFINED),
    },
)

silicon_thermo_optic = Process(
    "silicon_thermo_optic",
    "Silicon strips with TiN heaters.",
    {
        **_SILICON,
        "pi_power": _seen(12.7e-3, 21.4e-3, 30e-3, _THERMAL),
        "response_time": _seen(2.2e-6, 5.6e-6, 10e-6, _THERMAL),
        "shifter_db": _seen(0.01, 0.01, 0.25, _THERMAL),
        "crosstalk": _seen(0.005, 0.005, 0.005, _ADJACENT),
        "crosstalk_length": _recalled(10e-6, 15e-6, 30e-6, _THERMAL),
    },
    curve="voltage",
)

silicon_thermo_optic_undercut = Process(
    "silicon_thermo_optic_undercut",
    "Silicon with heaters hung over air: little power, and slow.",
    {
        **silicon_thermo_optic.values,
        "pi_power": _seen(0.49e-3, 0.49e-3, 3e-3, _THERMAL),
        "response_time": _seen(25.64e-6, 144e-6, 144e-6, _THERMAL),
        "shifter_db": _seen(0.3, 0.3, 2.8, _THERMAL),
        # Trenches and undercut lowered the crosstalk on nitride by two orders of magnitude.
        "crosstalk": _seen(5e-5, 5e-5, 5e-4, _NITRIDE),
    },
    curve="voltage",
)

silicon_carrier = Process(
    "silicon_carrier",
    "Silicon junctions that a voltage depletes: fast, and they absorb.",
    {
        **_SILICON,
        "pi_power": _recalled(0.0, 0.0, 1e-6, _DEPLETION),
        "response_time": _seen(0.05e-9, 0.05e-9, 0.1e-9, _DEPLETION),
        # Of whole modulators, taken for an arm.
        "shifter_db": _recalled(1.2, 3.0, 4.5, _DEVICES),
        "cell_length": _seen(250e-6, 1600e-6, 3200e-6, _DEVICES),
        "mode_pitch": _seen(25e-6, 230e-6, 230e-6, _DEVICES),
    },
)

silicon_nitride = Process(
    "silicon_nitride",
    "Silicon nitride with heaters: little loss, much power.",
    {
        **_CHIP,
        "splitter_db": _seen(0.02, 0.07, 0.0725, _QUIX),
        "coupling_db": _recalled(0.3, 0.5, 1.0, _QUIX),
        # The 2.9 dB hold the waveguides too.
        "waveguide_db_per_m": _seen(0.0, 0.0, 10.0, _QUIX),
        "shifter_db": _seen(0.0, 0.0, 0.05, _QUIX),
        "index": _recalled(1.5, 1.6, 1.9, _NITRIDE),
        "group_index": _recalled(1.7, 1.8, 2.1, _NITRIDE),
        "split_slope": _recalled(0.5e6, 1e6, 3e6, _NITRIDE),
        "cell_length": _recalled(1e-3, 2e-3, 4e-3, _QUIX),
        "mode_pitch": _recalled(50e-6, 127e-6, 250e-6, _QUIX),
        "pi_power": _recalled(90e-3, 300e-3, 400e-3, _QUIX),
        # A bandwidth of 11.8 kHz, measured with trenches: 0.35 over it from 10 to 90 %.
        "response_time": _recalled(30e-6, 30e-6, 30e-6, _NITRIDE),
        "crosstalk": _recalled(5e-4, 2e-3, 0.01, _NITRIDE),
        "crosstalk_length": _recalled(20e-6, 40e-6, 80e-6, _NITRIDE),
    },
    curve="voltage",
)

lithium_niobate = Process(
    "lithium_niobate",
    "Thin-film lithium niobate: no static power, long cells.",
    {
        **_CHIP,
        "modulator_db": _seen(0.5, 0.5, 0.5, _LITHIUM),
        "index": _recalled(1.8, 1.9, 2.0, _LITHIUM),
        "group_index": _recalled(2.1, 2.2, 2.3, _LITHIUM),
        "split_slope": _recalled(0.5e6, 1e6, 3e6, _LITHIUM),
        # The 0.5 dB hold the waveguides too.
        "shifter_db": _seen(0.1, 0.5, 0.5, _LITHIUM),
        "waveguide_db_per_m": _seen(0.0, 0.0, 10.0, _LITHIUM),
        "cell_length": _recalled(10e-3, 40e-3, 40e-3, _LITHIUM),
        "mode_pitch": _recalled(50e-6, 100e-6, 300e-6, _LITHIUM),
        "pi_power": _recalled(0.0, 0.0, 1e-6, _LITHIUM),
        "response_time": _recalled(10e-12, 25e-12, 1e-9, _LITHIUM),
    },
)

bto = Process(
    "bto",
    "Barium titanate on silicon: a large Pockels effect (r42 = 923 pm/V).",
    {
        **_CHIP,
        "index": _recalled(1.7, 2.0, 2.4, _BTO),
        "group_index": _recalled(2.2, 2.5, 4.0, _BTO),
        "split_slope": _recalled(1e6, 3e6, 5e6, _BTO),
        "shifter_db": _recalled(0.2, 0.5, 1.0, _BTO),
        "waveguide_db_per_m": _recalled(50, 300, 1000, _BTO),
        "cell_length": _recalled(1e-3, 2e-3, 4e-3, _BTO),
        "mode_pitch": _recalled(50e-6, 100e-6, 100e-6, _BTO),
        "pi_power": _seen(53e-9, 53e-9, 53e-9, _BTO_TUNING),
        "response_time": _seen(20e-12, 20e-12, 1e-9, _BTO),
    },
)

mems = Process(
    "mems",
    "Silicon waveguides that a voltage moves: no static power.",
    {
        **_SILICON,
        "pi_power": _seen(0.0, 1e-9, 1e-6, _MEMS),
        "response_time": _seen(2e-6, 2e-6, 2e-6, _MEMS),
        "shifter_db": _seen(0.33, 0.33, 0.33, _MEMS),
        "cell_length": _seen(200e-6, 210e-6, 300e-6, _MEMS),
        "mode_pitch": _seen(45e-6, 90e-6, 90e-6, _MEMS),
    },
    curve="voltage",
)

pcm = Process(
    "pcm",
    "Sb2Se3 on silicon: it keeps its state without power, in few levels.",
    {
        **_SILICON,
        "phase_bits": _recalled(4, 5, 6, _SELENIDE),
        "pi_power": _seen(0.0, 0.0, 0.0, _SELENIDE),
        "response_time": _recalled(1e-6, 100e-6, 1e-3, _SELENIDE),
        # 0.3 dB for pi: a shifter of one turn, half crystallised, has as much.
        "shifter_db": _seen(0.1, 0.3, 0.6, _SELENIDE),
    },
)

_FREE = {**_DETECTION, "detector_bandwidth": _seen(27e9, 27e9, 34e9, _DIODE)}

slm = Process(
    "slm",
    "Liquid crystal on silicon: pixels of phase, set by a voltage.",
    {
        **_FREE,
        "phase_bits": _recalled(8, 8, 10, _LCOS),
        "phase_sigma": _recalled(0.02, 0.06, 0.2, _LCOS),
        "layer_db": _recalled(0.2, 1.0, 2.0, _LCOS),
        "layer_power": _recalled(2.0, 10.0, 20.0, _LCOS),
        "layer_shift": _recalled(1e-6, 4e-6, 8e-6, _LCOS),
        "layer_distance": _recalled(10e-6, 100e-6, 1e-3, _LCOS),
        "response_time": _seen(61.9e-3, 125e-3, 125e-3, _SANTEC),
        "rate": _recalled(30.0, 60.0, 60.0, _LCOS),
    },
)

dmd = Process(
    "dmd",
    "Mirrors that tilt: on or off, fast. Amplitudes are not rounded here: train binary ones.",
    {
        **_FREE,
        "phase_sigma": _recalled(0.05, 0.2, 0.5, _MIRRORS),
        "layer_db": _recalled(1.5, 2.0, 4.0, _MIRRORS),
        "layer_power": _recalled(1.0, 4.0, 10.0, _MIRRORS),
        "layer_shift": _recalled(1e-6, 5e-6, 11e-6, _MIRRORS),
        "layer_distance": _recalled(10e-6, 100e-6, 1e-3, _MIRRORS),
        "response_time": _recalled(10e-6, 20e-6, 40e-6, _MIRRORS),
        "rate": _recalled(10e3, 20e3, 23e3, _MIRRORS),
    },
)

printed_terahertz = Process(
    "printed_terahertz",
    "Plastic reliefs from a printer, for 0.4 THz; they consume nothing.",
    {
        "layer_shift": _recalled(50e-6, 100e-6, 400e-6, _VACCINE),
        "layer_distance": _recalled(50e-6, 200e-6, 1e-3, _VACCINE),
        "layer_height": _recalled(10e-6, 30e-6, 50e-6, _PRINTED),
        "layer_blur": _recalled(20e-6, 50e-6, 100e-6, _PRINTED),
        "layer_db": _recalled(1.0, 3.0, 6.0, _PRINTED),
        "wavelength": _recalled(0.7495e-3, 0.75e-3, 0.7505e-3, _PRINTED),
    },
)

glass = Process(
    "glass",
    "Reliefs etched into fused silica, for visible light; they consume nothing.",
    {
        **_FREE,
        "layer_shift": _recalled(0.5e-6, 1e-6, 4e-6, _ETCHED),
        "layer_distance": _recalled(5e-6, 20e-6, 100e-6, _ETCHED),
        "layer_height": _recalled(5e-9, 15e-9, 30e-9, _ETCHED),
        "layer_db": _recalled(0.02, 0.3, 0.6, _ETCHED),
        "wavelength": _recalled(632.8e-9, 632.8e-9, 632.8e-9, _ETCHED),
    },
)


class UnknownProcess(InputError, AttributeError):
    """A name that no ready-made process has."""


def names() -> list[str]:
    """Names of the ready-made processes."""
    return sorted(name for name, value in globals().items() if isinstance(value, Process))


def find(name: str) -> Process:
    """A ready-made process by its name.

    Raises:
        InputError: if there is none; it lists those there are.
    """
    check_choice("process", name, names())
    return globals()[name]


def __getattr__(name: str) -> Process:
    known = ", ".join(names())
    raise UnknownProcess(
        f"`processes.{name}` must be one of {known}. {did_you_mean(name, names())}".rstrip()
    )
