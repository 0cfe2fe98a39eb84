"""Numbers in space: lattice, projection, variogram, sampling."""
