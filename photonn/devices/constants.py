"""Constants of nature, exact by the definition of the SI units."""

CHARGE = 1.602176634e-19
"""Of an electron [C]."""

BOLTZMANN = 1.380649e-23
"""[J/K]."""

PLANCK = 6.62607015e-34
"""[J s]."""

LIGHT_SPEED = 299792458.0
"""In vacuum [m/s]."""
