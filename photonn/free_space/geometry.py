"""Standard geometries of diffractive networks, as numbers to start from."""

from dataclasses import dataclass
from typing import Any

from photonn.free_space.grid import Grid


@dataclass(frozen=True)
class Geometry:
    """Where the layers of a network lie and what light goes through them.

    Example:
        >>> geometry = visible()
        >>> layer = nn.Diffractive(geometry.grid, **geometry.space)

    Attributes:
        grid: sampling of every layer.
        wavelength: in vacuum [m].
        distance: from layer to layer [m].
        index: refractive index between them.
        material: index n + i kappa of the layers, for reliefs.
        layers: how many there are.
    """

    grid: Grid
    wavelength: float
    distance: float
    index: float = 1.0
    material: complex = 1.5
    layers: int = 5

    @property
    def space(self) -> dict[str, Any]:
        """Distance, wavelength and index, as propagators and modules take them."""
        names = ("distance", "wavelength", "index")
        return {name: getattr(self, name) for name in names}


def terahertz() -> Geometry:
    """0.4 THz: five printed layers of 200 x 200 pixels of 0.4 mm, 30 mm apart.

    References:
        Lin et al., Science 361, 1004 (2018).
    """
    # As reproductions of the network quote it, without absorption: `materials` has measured ones.
    return Geometry(Grid(200, 0.4e-3), 0.75e-3, 30e-3, material=complex(1.7227))


def visible(distance: float = 0.3) -> Geometry:
    """532 nm: pixels of 36 um, as modulators have, and 0.1 to 0.3 m between the layers.

    Args:
        distance: from layer to layer [m].
    """
    return Geometry(Grid(200, 36e-6), 532e-9, distance, material=complex(1.5))


def compact(wavelength: float = 532e-9, pixels: int = 200, material: complex = 1.5) -> Geometry:
    """The proportions of the terahertz network at any wavelength: 0.53 and 40 wavelengths.

    Pixels so small send light to all sides: nearly every pixel sees every pixel of the next
    layer.

    Args:
        wavelength: in vacuum [m].
        pixels: a side of each layer.
        material: index of the layers.
    """
    grid = Grid(pixels, 0.53 * wavelength)
    return Geometry(grid, wavelength, 40 * wavelength, material=material)
