"""Planted maps of a zone: a confounding covariate, an effect, and noise with a range."""

import numpy as np
from scipy.ndimage import gaussian_filter

SIDE = 60  # cells of 1 km


def planted(seed, effect=50.0, smooth=2.0, size=SIDE):
    """Return values, zone, elevation, x and y (cell,): rough zone, confounder, smooth noise."""
    rng = np.random.default_rng(seed)

    def field(width):
        values = gaussian_filter(rng.normal(size=(size, size)), width, mode="wrap")
        return values / values.std()

    elevation, noise = field(6), field(smooth)
    treated = field(3) + 0.7 * elevation > 0
    values = 300 + 40 * elevation + effect * treated + 20 * noise
    y, x = np.mgrid[:size, :size].astype(float)
    return [layer.ravel() for layer in (values, treated, elevation, x, y)]
