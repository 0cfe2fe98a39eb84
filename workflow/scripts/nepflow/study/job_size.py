"""How large the grid of a study is beside the one at which jobs were measured.

Standard library only: the workflow reads it before any environment exists.
"""

TILE_M = 1111950.52  # side of a MODIS tile
MEASURED = 50e6  # cells of 500 m in ten tiles; benchmarks/README.md


def growth(study, in_band=False):
    """Return by how much more a job of a study needs than the jobs that were measured, 1 at least.

    Parameters
    ----------
    study : dict
        Complete settings: tiles, grid.resolution_m, grid.blocks. A study that lists no tiles
        counts as one of the size that was measured: its area is not read before it is built.
    in_band : bool
        The job does one of ``grid.blocks`` bands.
    """
    cells = len(study["tiles"]) * (TILE_M / study["grid"]["resolution_m"]) ** 2
    return max(1, cells / (study["grid"]["blocks"] if in_band else 1) / MEASURED)
