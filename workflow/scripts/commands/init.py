"""Begin a study: a polygon, or boundaries by name, becomes a commented study file.

    make init STUDY=my_region AREA=my_area.shp NAME_FIELD=county
    make init STUDY=my_region COUNTRY=CHN NAMES="Ningxia,Gansu"

Writes config/studies/<study>.yaml and <raw>/<study>/area.gpkg; nothing that is there is
overwritten.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow import study as study_files
from nepflow import vectors
from nepflow_acquire import plan, region, register, site, study_text

COARSE_M, FINE_M = 5000, 500


def main(words=None, top=site.TOP):
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
    return parser.parse_args(words)


def init(top, options):
    """Write area and study file."""
    if not options.study.replace("_", "").isalnum() or options.study != options.study.lower():
        raise study_files.BadStudy(
            f"{options.study}: a study is named with small letters, digits and _."
        )
    settings = site.settings(top)
    path = top / "config/studies" / f"{options.study}.yaml"
    target = top / settings["raw"] / options.study / "area.gpkg"
    for there in (path, target):
        if there.exists():
            raise study_files.BadStudy(
                f"{there}: is there already. Move it away, or choose another name."
            )
    area = polygons(options)
    first, last = years(options.period)
    text = written(area.to_crs("EPSG:4326").union_all(), options, first, last, settings, top)
    target.parent.mkdir(parents=True, exist_ok=True)
    vectors.write(area, target, layer="area")
    path.write_text(text, encoding="utf-8")
    return path


def polygons(options):
    """Return the polygons of the area with their column ``name``."""
    if options.area:
        return vectors.read_area(options.area, None, options.name_field)
    if not options.country:
        raise vectors.BadArea("Say where: --area FILE, or --country CODE with --names.")
    from acquire_area import acquire_area

    names = [name.strip() for name in options.names.split(",") if name.strip()]
    with tempfile.TemporaryDirectory() as folder:
        acquire_area(
            "geoboundaries", options.country, options.level, names, Path(folder),
            Path(folder, "area.gpkg"), Path(folder, "files.csv"),
        )  # fmt: skip
        return vectors.read_area(Path(folder, "area.gpkg"), None, "name")


def years(text):
    """Return the first and the last year of ``2001-2022``."""
    first, _, last = text.partition("-")
    if not (first.isdigit() and last.isdigit() and int(first) <= int(last)):
        raise study_files.BadStudy(f"--period {text}: write it as 2001-2022.")
    return int(first), int(last)


def written(polygon, options, first, last, settings, top):
    """Return the text of the study file."""
    datasets, tiles = register.load(), region.tiles(polygon)
    defaults = study_files.read_yaml(top / "config/defaults.yaml")
    landcover = defaults["landcover"]["years"]
    km2, count = region.area_km2(polygon), last - first + 1
    per_tile = datasets["mod17a3hgf_061"]["file_mb"] + datasets["mcd12q1_061"]["file_mb"]
    stations = defaults["acquire"]["most_stations"] * count * datasets["gsod"]["file_mb"]
    dem = plan.degree_tiles(polygon.bounds) * datasets["copernicus_glo90"]["file_mb"]
    (gb_out, hours), (gb_fine, hours_fine) = (
        region.cost(km2, m, count) for m in (COARSE_M, FINE_M)
    )
    return study_text.TEXT.format(
        title=options.study.replace("_", " ").capitalize(),
        name=options.study,
        first=first,
        last=last,
        npp_years=study_text.span(datasets["mod17a3hgf_061"]["years"]),
        landcover_years=study_text.span(landcover),
        tiles=", ".join(tiles),
        n_tiles=len(tiles),
        crs=region.equal_area_crs(polygon),
        resolution_m=COARSE_M,
        file="area.gpkg",
        raw=settings["raw"],
        name_field="name",
        last_landcover=min(last, landcover[1]),
        substitutes=study_text.substitutes(first, last, landcover),
        gb_in=(len(tiles) * count * per_tile + stations + dem) / 1000,
        gb_out=gb_out,
        gb_fine=gb_fine,
        hours=hours,
        hours_fine=hours_fine,
    )


if __name__ == "__main__":
    site.run(main)
