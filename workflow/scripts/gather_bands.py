"""Make one file of those of the bands of a grid.

Reads   rasters and tables of the bands, north to south
Writes  rasters (virtual: they name those of the bands) and tables of the whole grid
"""

from nepflow._log import logged_to
from nepflow.io import bands


def gather_bands(parts, outputs):
    """``parts`` has the files of all bands of each name of ``outputs``."""
    for name, path in outputs.items():
        write = bands.write_raster if path.endswith(".tif") else bands.write_table
        write(parts[name], path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        gather_bands(
            parts={name: snakemake.input[name] for name in snakemake.output.keys()},  # noqa: SIM118
            outputs=dict(snakemake.output.items()),
        )
