"""Define the grid of a study from its area.

Reads   area polygons, any CRS
Writes  grid (uint8, 1 = inside), zones (uint16 class raster), outlines (GeoPackage)
"""

from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import polygon_cells, raster, vectors
from nepflow.zones import study_area


def define_grid(inputs, outputs, settings):
    """Mark the cells whose centre is inside, and the polygon of each."""
    own = {key: settings[key] for key in ("layer", "name_field", "overlaps")}
    own |= {"crs": settings.get("area_crs"), "encoding": settings.get("encoding")}
    area, grid, codes, warnings = study_area.on_grid(inputs["area"], own, settings)
    tags = {"simulated": "simulated"} if settings["simulated"] else {}
    inside = raster.Output(
        outputs["grid"], "1", "study area", dtype="uint8", classes={1: "inside"}, tags=tags
    )
    raster.write((codes > 0).astype("float64"), inside, grid)
    named = dict(enumerate(area["name"], start=1))
    tags = tags | raster.warning_tags(warnings)
    zones = raster.Output(
        outputs["zones"], "1", "zone", dtype=polygon_cells.DTYPE, classes=named, tags=tags
    )
    raster.write(codes.astype("float64"), zones, grid)
    vectors.write(area.assign(code=list(named)), outputs["outlines"], layer="zones")


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        define_grid(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
