"""Is each raw input of a study there and sound?"""

from pathlib import Path

from nepflow.download import verification
from nepflow.inputs import plan, user_files
from nepflow.inputs.checks import Finding, guarded
from nepflow.study import datasets as study_datasets
from nepflow.study import downloads as study_downloads
from nepflow.study import modis


def findings(study, top, downloads):
    """Yield what is found of tiles, area, elevation, stations, and each file that a study names.

    Parameters
    ----------
    study : dict
        Complete settings.
    top : Path
        Folder that relative paths start from.
    downloads : bool
        Whether the site downloads; what a rule will bring need not be there.
    """
    brought = set(study_downloads.wanted(study)) if downloads else set()
    yield from guarded("grid", "Change grid.crs of the study.", lambda: grid(study))
    checks = {"tiles": tiles, "area": area, "dem": elevation, "stations": stations}
    remedies = {
        "tiles": "Delete the file and get it again.",
        "area": "Mend the file, or change `area:` of the study.",
        "dem": "Put a raster of elevation there, or " + switch_on(study, "dem"),
        "stations": "Put station records there (docs/data.md), or " + switch_on(study, "stations"),
    }
    for name, check in checks.items():
        if study["climate"]["source"] == "grids" and name == "stations":
            continue
        if name in brought:
            yield Finding(name, True, f"will be brought ({study['acquire'][name]})")
        if name not in brought or name == "tiles":
            yield from guarded(
                name,
                remedies[name],
                lambda check=check, name=name: check(study, top, name in brought),
            )
    if "tiles" in brought:
        remedy = "Take the lock file again from who shared it, or delete it to search anew."
        yield from guarded("lock file", remedy, lambda: lock(study, top))
    yield from user_files.findings(study, top, brought)


def lock(study, top):
    """Read the lock file of a study, where there is one; somebody else may have written it."""
    path = Path(top, "config/locks", f"{study['slug']}.csv")
    if path.is_file():
        from nepflow.download import granules

        rows = granules.read_lock(path)
        yield Finding("lock file", True, f"{path.name}: {len(rows)} tiles at hosts of Earthdata")


def grid(study):
    """Check the CRS of the grid as the workflow will."""
    from nepflow.io import vectors

    vectors.check_equal_area(study["grid"]["crs"])
    yield Finding("grid", True, "equal-area, in metres")


def tiles(study, top, brought):
    """Look for every tile of every year; open each that is there."""
    folder, datasets = Path(top, study["files"]["tiles"]), study_datasets.load()
    for name, years in plan.tile_years(study).items():
        dataset, faults, absent = datasets[name], 0, {}
        if brought and not dataset["retired"]:
            continue
        for year in years:
            try:
                paths = tiles_of_year(folder, dataset, year, study["tiles"])
            except modis.MissingTiles as error:
                faults += 1
                if error.absent:
                    absent.setdefault(" ".join(error.absent[1]), []).append(error.absent[0])
                else:
                    yield Finding("tiles", False, str(error), "Keep the newest of them.")
                continue
            for path in paths:
                try:
                    verification.check(path, "hdf4")
                except (verification.WrongContent, ImportError) as error:
                    faults += 1
                    yield Finding("tiles", False, str(error), f"Delete {path} and get it again.")
        for lost, begins in absent.items():
            yield Finding(
                "tiles",
                False,
                f"{folder}: no {dataset['product']} collection {dataset['version']} of "
                f"{' '.join(begins)} for {lost}",
                dataset["retired"] or "Get them (docs/data.md), or " + switch_on(study, "tiles"),
            )
        if not faults:
            yield Finding(
                "tiles",
                True,
                f"{name}: {len(years)} years of {len(study['tiles'])} tiles are sound",
            )


def switch_on(study, name):
    """Say how the download rules would bring an input that is not there."""
    if study["acquire"][name] in ("none", None):
        return f"set acquire.{name} of the study."
    return f"say `acquire: true` in config/config.yaml ({study['acquire'][name]} brings them)."


def tiles_of_year(folder, dataset, year, tiles):
    """Return the files of a product and year, of all dates that it has.

    Raises
    ------
    nepflow.modis.MissingTiles
    """
    place = (folder, dataset["product"], dataset["version"], year)
    days = modis.begins_of(dataset["product"], year)
    if days == [1]:
        return modis.find_tiles(*place, tiles)
    return [path for date in modis.find_dates(*place, days, tiles).values() for path in date]


def area(study, top, _):
    """Read the polygons and compare the tiles that they touch with those that the study reads."""
    from nepflow.download import region
    from nepflow.io import vectors

    settings = study["area"]
    path = Path(top, study["files"]["area"])
    polygons = vectors.read_area(path, settings["layer"], settings["name_field"])
    if not study["reads_tiles"]:
        yield Finding("area", True, f"{len(polygons)} polygons; the study reads no MODIS tile")
        return
    needed = region.tiles(polygons.to_crs("EPSG:4326").union_all())
    missing = sorted(set(needed) - set(study["tiles"]))
    yield Finding(
        "area", not missing,
        f"{len(polygons)} polygons on {', '.join(needed)}"
        + (f"; `tiles` of the study lacks {', '.join(missing)}" if missing else ""),
        f"Set tiles: [{', '.join(needed)}] in the study file.",
    )  # fmt: skip


def elevation(study, top, _):
    """Open the raster and see that it reaches over the area."""
    import rasterio
    from rasterio.warp import transform_bounds
    from shapely import box

    from nepflow.io import user_rasters

    with rasterio.open(Path(top, study["files"]["dem"])) as raster:
        extent = box(*transform_bounds(raster.crs, "EPSG:4326", *raster.bounds))
    polygons = user_files.polygons_of(study, top)
    if polygons is None:
        yield Finding("dem", True, "opens; compared with no area, since that is not there yet")
        return
    covers = extent.contains(box(*polygons.to_crs("EPSG:4326").total_bounds))
    entry = user_rasters.elevation_entry(Path(top, study["files"]["dem"]), study["dem"]["missing"])
    seen = user_rasters.elevation_seen(
        entry, *user_files.bounds_of(study, polygons), user_files.inside_of(polygons)
    )
    yield Finding(
        "dem",
        covers,
        f"covers the area; {seen.text('m')}"
        if covers
        else f"{study['files']['dem']} does not cover the area",
        "Bring a raster that reaches over the whole area, or set acquire.dem.",
    )


def stations(study, top, _):
    """Read the records as the workflow will, and see what they hold."""
    from nepflow.io import missing_codes
    from nepflow.stations import cleaning as records_of
    from nepflow.stations import records as stations_records
    from nepflow.stations import station_formats, sunshine
    from nepflow.study.variables import VARIABLES

    climate = study["climate"]
    columns = {name: VARIABLES[name].column for name in climate["variables"]}
    path = str(Path(top, study["files"]["stations"]))
    records = station_formats.read(
        path, climate["station_format"], list(columns.values()), climate["time_step"],
        sunshine.SUBSTITUTES if "radiation" in columns else None, climate["missing_values"],
    )  # fmt: skip
    records = records_of.of_years(records, study["years"], path)
    limits = climate["limits"]["daily" if climate["time_step"] == "daily" else "monthly"]
    if climate["defects"]["undeclared_code"] == "error":
        read = columns | {"sunshine": sunshine.SUNSHINE, "elevation": "elevation_m"}
        possible = limits | {"elevation": climate["elevation_limits_m"]}
        stations_records.check_codes(records, read, possible, path)
    lines = []
    for column in columns.values():
        if column in records:
            seen = missing_codes.Seen()
            seen.add(records[column].to_numpy(float))
            lines.append(f"; {column}: {seen.text()}")
    count, least = records["station"].nunique(), climate["minimum_stations"]
    yield Finding(
        "stations", count >= least, f"{count} stations, {least} needed{''.join(lines)}",
        "Bring more stations.",
    )  # fmt: skip
