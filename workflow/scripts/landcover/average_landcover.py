"""Find the commonest land cover of a period.

Reads   land cover of its years (classes)
Writes  landcover (classes)
"""

import json

from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.landcover import land_use_effect


def average_landcover(landcover_paths, output_path, period, mem_mb):
    """Of classes that are equally common, the first of the key."""
    tags = raster.tags_of(landcover_paths[0])
    output = raster.Output(
        output_path,
        "1",
        f"commonest land cover {period[0]}-{period[-1]}",
        ("class",),
        "uint8",
        classes=raster.classes_of(landcover_paths[0]),
        colours={int(code): text for code, text in json.loads(tags["colours"]).items()},
    )
    raster.map_blocks(
        land_use_effect.commonest_class,
        [list(landcover_paths)],
        output,
        mem_mb=mem_mb,
        label="land cover",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        average_landcover(
            landcover_paths=list(snakemake.input.landcover),
            output_path=snakemake.output.landcover,
            period=snakemake.params.period,
            mem_mb=snakemake.resources.mem_mb,
        )
