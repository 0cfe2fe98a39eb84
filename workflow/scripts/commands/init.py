"""Begin a study: a polygon, or boundaries by name, becomes a commented study file.

    make init STUDY=my_region AREA=my_area.shp NAME_FIELD=county
    make init STUDY=my_region COUNTRY=CHN NAMES="Ningxia,Gansu"
    make init STUDY=my_region AREA=my_area.shp RASTERS=yes    # NPP and climate of your own

Writes config/studies/<study>.yaml and <raw>/<study>/area.gpkg; nothing that is there is
overwritten.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow.download import area as download_area
from nepflow.download.redaction import keep_secrets_out
from nepflow.inputs import plan, study_template
from nepflow.io import vectors
from nepflow.spatial import longitude
from nepflow.study import datasets as study_datasets
from nepflow.study import load as study_files
from nepflow.study import names

COARSE_M, FINE_M = 5000, 500
SWITCHES = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")  # of YAML, by version


def main(words=None, top=study_files.TOP):
    """Write the study; return 0, or 1 with the reason on the terminal."""
    options = parsed(words)
    try:
        path = init(Path(top), options)
    except ValueError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(
        f"Written: {path}. Read it, then name it in config/config.yaml (studies: "
        f"[{options.study}]),"
    )
    print("set `acquire: true` there for downloads, and run `make plan` and `make doctor`.")
    return 0


def parsed(words):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", help="name of the study: small letters, digits, _")
    parser.add_argument("--area", help="file of polygons, any CRS")
    parser.add_argument("--name-field", default="name", help="its column of names")
    parser.add_argument("--country", help="ISO code of three letters, for public boundaries")
    parser.add_argument("--level", default="ADM1")
    parser.add_argument("--names", default="", help="polygons among them, with commas between")
    parser.add_argument("--period", default="2001-2022", help="first-last year")
    parser.add_argument(
        "--rasters", action="store_true", help="NPP and climate of your own rasters"
    )
    return parser.parse_args(words)


def init(top, options):
    """Write area and study file."""
    if not options.study.replace("_", "").isalnum() or options.study != options.study.lower():
        raise study_files.BadStudy(
            f"{options.study}: a study is named with small letters, digits and _."
        )
    names.check_chosen([options.study], "study", "config/studies", names.SHAPE_OF_STUDY)
    settings = study_files.settings(top)
    path = top / "config/studies" / f"{options.study}.yaml"
    target = top / settings["raw"] / options.study / "area.gpkg"
    for there in (path, target):
        if there.exists():
            raise study_files.BadStudy(
                f"{there}: is there already. Move it away, or choose another name."
            )
    area = polygons(options)
    first, last = years(options.period)
    text = written(longitude.in_degrees(area), options, first, last, settings, top)
    path.write_text(text, encoding="utf-8")
    try:
        study_files.study(options.study, top)
    except study_files.BadStudy:
        path.unlink()  # nothing is left of a study that cannot be built
        raise
    target.parent.mkdir(parents=True, exist_ok=True)
    vectors.write(area, target, layer="area")
    return path


def polygons(options):
    """Return the polygons of the area with their column ``name``."""
    if options.area:
        area = vectors.read_area(options.area, None, options.name_field)
        return area
    if not options.country:
        raise vectors.BadArea("Say where: --area FILE, or --country CODE with --names.")
    from acquire_area import acquire_area

    wanted = [name.strip() for name in options.names.split(",") if name.strip()]
    with tempfile.TemporaryDirectory() as folder:
        acquire_area(
            "geoboundaries",
            options.country,
            options.level,
            wanted,
            Path(folder),
            Path(folder, "area.gpkg"),
            Path(folder, "files.csv"),
        )
        return vectors.read_area(Path(folder, "area.gpkg"), None, "name")


def years(text):
    """Return the first and the last year of ``2001-2022``."""
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise study_files.BadStudy(f"--period {text}: write it as 2001-2022.")
    return int(first), int(last)


def zones_of(name_field):
    """Name of the set of zones: that of the column, where it can be one and says something."""
    name = names.folded(name_field)
    try:
        names.check_chosen([name], "zones", "")
    except study_files.BadStudy:
        return "polygons"
    return name if name not in ("name", "landcover", "sink", *SWITCHES) else "polygons"


def written(polygon, options, first, last, settings, top):
    """Return the text of the study file."""
    km2, count = download_area.area_km2(polygon), last - first + 1
    (gb_out, hours), (gb_fine, hours_fine) = (
        download_area.cost(km2, m, count) for m in (COARSE_M, FINE_M)
    )
    inputs = (of_rasters if options.rasters else of_tiles)(polygon, first, last, top)
    return study_template.TEXT.format(
        title=options.study.replace("_", " ").capitalize(),
        name=options.study,
        first=first,
        last=last,
        crs=download_area.equal_area_crs(polygon),
        resolution_m=COARSE_M,
        file="area.gpkg",
        raw=settings["raw"],
        name_field="name",
        zones=zones_of(options.name_field),
        gb_out=gb_out,
        gb_fine=gb_fine,
        hours=hours,
        hours_fine=hours_fine,
        **inputs,
    )


def elevation_gb(datasets, polygon):
    """Size of the tiles of elevation, GB."""
    return (
        plan.degree_tiles(longitude.bounds(polygon))
        * datasets["copernicus_glo90"]["file_mb"]
        / 1000
    )


def of_tiles(polygon, first, last, top):
    """Parts of the text where NPP and land cover come from tiles, climate from stations."""
    datasets, tiles = study_datasets.load(), download_area.tiles(polygon)
    defaults = study_files.read_yaml(top / "config/defaults.yaml")
    landcover, count = defaults["landcover"]["years"], last - first + 1
    per_tile = datasets["mod17a3hgf_061"]["file_mb"] + datasets["mcd12q1_061"]["file_mb"]
    stations = defaults["acquire"]["max_stations"] * datasets["ghcn_daily"]["file_mb"]
    return {
        "years": study_template.YEARS.format(
            npp_years=study_template.span(datasets["mod17a3hgf_061"]["years"]),
            landcover_years=study_template.span(landcover),
        ),
        "tiles": study_template.TILES.format(tiles=", ".join(tiles), count=len(tiles)),
        "sources": study_template.OF_TILES.format(
            landcover=study_template.landcover(first, last, landcover)
        ),
        "landcover_zones": study_template.LANDCOVER_ZONES,
        "study_area": "Elevation, regions and weather stations",
        "gb_in": (len(tiles) * count * per_tile + stations) / 1000
        + elevation_gb(datasets, polygon),
    }


def of_rasters(polygon, first, last, top):
    """Parts of the text where NPP and climate come from rasters of the user."""
    return {
        "years": "",
        "tiles": "",
        "sources": study_template.OF_RASTERS.format(first=first, last=last),
        "landcover_zones": "",
        "study_area": "Elevation and regions",
        "gb_in": elevation_gb(study_datasets.load(), polygon),
    }


if __name__ == "__main__":
    study_files.run(main, keep_secrets_out)
