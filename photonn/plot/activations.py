"""Transfer curves of activations."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax import Array

from photonn.errors import mistake
from photonn.precision import complex_array


def transfer_curve(
    activate: Callable[[Array], Array], power_range: tuple[float, float], *, ax=None
):
    """Power and phase of the light behind an activation, against the power in front of it.

    Args:
        activate: from amplitudes to amplitudes [sqrt(W)]: a module, or a function of a device
            with its numbers.
        power_range: lowest and highest power [W]; the axis is logarithmic. The light that
            comes in has phase zero.
        ax: Matplotlib axes; a new figure if `None`.

    Returns:
        The axes, with the power out on the left and the phase on a twin axis on the right.
    """
    low, high = power_range
    if not 0 < low < high:
        raise mistake("power_range", "be two powers [W], 0 < low < high", f"is {power_range}")
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots()
    power = np.geomspace(low, high, 200)
    out = np.asarray(activate(complex_array(jnp.sqrt(power))))
    phase = np.where(np.abs(out) > 0, np.unwrap(np.angle(out)) / np.pi, np.nan)
    ax.loglog(power, power, color="0.8", linewidth=1)
    ax.loglog(power, np.where(np.abs(out) > 0, np.abs(out) ** 2, np.nan), color="C0")
    ax.set(xlabel="Power in (W)", ylabel="Power out (W)", xlim=power_range)
    right = ax.twinx()
    right.plot(power, phase, color="C1", linestyle="--", linewidth=1)
    right.set_ylabel("Phase (π rad)", color="C1")
    return ax
