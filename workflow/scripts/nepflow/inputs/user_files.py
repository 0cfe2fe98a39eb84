"""Checks of the files that a study names: there, and read as the workflow will read them."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely
from rasterio.errors import RasterioError
from rasterio.features import geometry_mask
from rasterio.windows import Window

from nepflow import _digests as digests
from nepflow import _raw_inputs as raw_inputs
from nepflow.climate import grids
from nepflow.detector import factors
from nepflow.download import verification
from nepflow.evaluation import field_data
from nepflow.inputs import plan
from nepflow.inputs.checks import Finding, guarded
from nepflow.io import heights, missing_codes, polygon_cells, user_rasters, vectors
from nepflow.io.user_rasters import BadGrid
from nepflow.modis import hdf
from nepflow.respiration import soil_carbon
from nepflow.restoration import projects as restoration_projects
from nepflow.study import climate as study_climate
from nepflow.study import datasets as study_datasets
from nepflow.study import downloads as study_downloads
from nepflow.study import files as study_files
from nepflow.study import modis
from nepflow.zones import study_area


def findings(study, top, brought):
    """Yield what is found of the files of `study.files`, by their key in the study.

    Parameters
    ----------
    study : dict
        Complete settings.
    top : Path
        Folder that relative paths start from.
    brought : set of str
        Keys of ``acquire`` that a rule will bring.
    """
    for key, owns in plan.grouped(study).items():
        kind = plan.kind_of(owns[0])
        if plan.BRINGS.get(kind) in brought:
            yield Finding(key, True, f"will be brought ({study['acquire'][plan.BRINGS[kind]]})")
            continue
        bring = f"Bring it from {plan.WHERE[kind]}; or correct {key} in the study file."
        paths = list(dict.fromkeys(own.path for own in owns))
        lost = [path for path in paths if not Path(top, path).exists()]
        if lost:
            yield Finding(key, False, f"{_some(lost)}: no such file", bring)
            continue
        entries = [own.entry | {"file": str(Path(top, own.path))} for own in owns]
        remedy = f"Correct {key} in the study file, or the file; get one that is cut off again."
        yield from guarded(
            key,
            remedy,
            lambda key=key, own=owns[0], entries=entries: [
                _found(key, READERS[own.kind](entries, study, top))
            ],
        )


def _found(key, said):
    """What a reader understood, alone or with warnings."""
    text, warnings = (said, ()) if isinstance(said, str) else said
    return Finding(key, True, text, warnings=tuple(warnings))


def _some(paths, most=3):
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join(paths[:most]) + more


def _months(entries, study, top):
    """Read every month of the years of each variable as the workflow will."""
    texts, climate, warnings = [], study["climate"], []
    for variable in dict.fromkeys(entry["variable"] for entry in entries):
        own = [entry for entry in entries if entry["variable"] == variable]
        limits = {key: climate[key]["monthly"][variable] for key in ("limits", "plausible_median")}
        area = study_grid(study, top)
        around = area and (area.bounds, area.crs)
        reader = grids.Reader(own, study["years"], around, climate["complete_month_percent"])
        with reader.sources:
            for entry in {entry["file"]: entry for entry in own}.values():
                _readable(reader.sources.of(entry))
            text = reader.text()
            if area is not None:
                native, window = reader.place(area)
                found = grids.Medians()
                for month, file, values in reader.months(window):
                    grids.check_values(values, variable, month, limits["limits"], file)
                    found.add(month, values)
                place = grids.latitude_of(native)
                warnings += found.judged(variable, own[0], limits["plausible_median"], place)
                text += f"; covers the area; {found.text()}"
        texts.append(f"{variable}: {text}")
    return "; ".join(texts), warnings


def _values(entry, study, top):
    """Return the decoded values round the area of a raster that must cover it, and its cells."""
    area = study_grid(study, top)
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack, area and (area.bounds, area.crs))
        user_rasters.one_band(source)
        user_rasters.check_carbon(source)
        _readable(source)
        if area is None:
            user_rasters.check_size(source.width, source.height, entry["file"])
            window = Window(0, 0, source.width, source.height)
        else:
            window = user_rasters.window_of(source, area)
        return user_rasters.decoded(source, 1, window), user_rasters.cells_text(source)


def _rasters(entries, study, top):
    seen, tally, cells = missing_codes.Seen(), user_rasters.Tally(), {}
    for entry in entries:
        values, said = _values(entry, study, top)
        npp = user_rasters.converted(values, entry["unit"])
        user_rasters.check(npp, entry["file"], entry.get("valid"))
        cells[said] = True
        seen.add(npp)
        tally.add(npp)
    years = study["years"]
    text = f"{years[0]} to {years[-1]}, {len(entries)} rasters of {' and '.join(cells)}, "
    text += f"{entries[0]['unit']}; cover the area; {seen.text('g C m-2 yr-1')}"
    return text, tally.warnings(entries[0])


def _around(entry, study, top):
    """Bounds of the study and their CRS; those of the raster where there is no area yet."""
    area = study_grid(study, top)
    if area is not None:
        return area.bounds, area.crs
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack)
        return source.bounds, source.crs


def _opens(entry):
    """Open a raster that need not reach over the whole area; return what its cells are."""
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack)
        _readable(source)
        return user_rasters.cells_text(source)


def _heights(entries, study, top):
    cells = _opens(entries[0])
    entry = entries[0] | {"fill": [], "advice": grids.ELEVATION_ADVICE}
    seen = heights.seen_of(entry, *_around(entry, study, top))
    return f"{cells}; {seen.text('m')}"


def _factor(entries, study, top):
    entry = entries[0]
    cells, around = _opens(entry), _around(entry, study, top)
    seen = factors.seen(entry["file"], entry, *around)
    if entry.get("classes"):
        names = factors.class_names(entry["file"], entry, *around)
        return f"{cells}, {len(names)} classes"
    return f"{cells}; {seen.text(entry.get('unit', ''))}"


def _carbon(entries, study, top):
    entry = entries[0]
    values, cells = _values(entry, study, top)
    carbon = soil_carbon.converted(values, entry)
    soil_carbon.check(carbon, entry["file"])
    seen = missing_codes.Seen()
    seen.add(carbon)
    depth = "-".join(f"{edge:g}" for edge in entry["depth_cm"])
    return f"{cells}, {entry['unit']} of {depth} cm; covers the area; {seen.text('kg C m-2')}"


def _plots(entries, study, top):
    entry = entries[0]
    options = (entry[key] for key in ("untreated_only", "box_deg", "soil_carbon_kg_m2"))
    plots = field_data.read_plots(entry["file"], *options, entry)
    text = f"{len(plots)} records; Rh {_table_text(plots['rh'], 'g C m-2 yr-1')}"
    return f"{text}; {_listed(plots.attrs['said'])}"


def _sites(entries, study, top):
    sites = field_data.read_sites(entries[0])
    text = f"{len(sites)} sites; NEP {_table_text(sites['nep'], 'g C m-2 yr-1')}"
    return f"{text}; {_listed(sites.attrs['said'])}"


def _table_text(column, unit):
    seen = missing_codes.Seen()
    seen.add(column.to_numpy(float))
    return seen.text(unit)


def _projects(entries, study, top):
    columns, (path, *table) = entries[0]["columns"], [entry["file"] for entry in entries]
    if table:
        return f"{len(restoration_projects.read_raster_projects(path, *table, columns))} projects"
    projects = restoration_projects.read_projects(path, columns, entries[0])
    return f"{len(projects)} projects, {projects.crs.name}", projects.attrs["warnings"]


def _polygons(entries, study, top):
    entry, area = entries[0], area_on_grid(study, top)
    found = vectors.read_zones(entry["file"], entry)
    warnings = list(found.attrs["warnings"])
    if area is not None:
        inside = area.codes > 0
        warnings = polygon_cells.zone_map(entry["file"], area.grid, inside, entry).warnings
    return found.attrs["understood"], warnings


READERS = {
    "months": _months,
    "npp": _rasters,
    "raster": _heights,
    "carbon": _carbon,
    "factor": _factor,
    "plots": _plots,
    "sites": _sites,
    "projects": _projects,
    "polygons": _polygons,
}


def _readable(source):
    """Refuse a raster that opens and is cut off.

    Raises
    ------
    BadGrid
    """
    try:
        verification.read_ends(source.source)
    except RasterioError as error:
        file = source.entry["file"]
        raise BadGrid(f"{file}: opens and cannot be read to its end ({error})") from None


def polygons_of(study, top):
    """Return the polygons of the area; None where they are not there yet."""
    settings, path = study["area"], Path(top, study["files"]["area"])
    if not path.exists():
        return None
    return vectors.read_zones(path, settings)


def study_grid(study, top):
    """Return the `raster.Grid` that the study will have; None where its area is not there yet."""
    polygons = polygons_of(study, top)
    if polygons is None:
        return None
    path, crs = study["files"]["area"], vectors.named_crs(study["grid"]["crs"])
    shown, side = vectors.projected(polygons, crs, path), study["grid"]["resolution_m"]
    edge = shapely.get_coordinates(shown.geometry.segmentize(side)).T
    return replace(study_area.snapped(shown.total_bounds, crs, side, path), edge=edge)


def area_on_grid(study, top):
    """Return the `study_area.OnGrid` that the study will have; None where its area is not there."""
    path = Path(top, study["files"]["area"])
    if not path.exists():
        return None
    settings = study["grid"] | {"tiles": study_downloads.tiles_read(study)}
    return study_area.on_grid(str(path), study["area"], settings)


def inside_of(polygons):
    """Return a function that tells which cells of a window of a raster lie in polygons."""

    def inside(source, window):
        shape = int(window.height), int(window.width)
        outlines = polygons.to_crs(source.crs).geometry
        return geometry_mask(outlines, shape, source.window_transform(window), invert=True)

    return inside


def raw_findings(study, top, downloads):
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
    yield from guarded(
        "tiles", "Delete the file and get it again.", lambda: tiles(study, top, "tiles" in brought)
    )
    if "tiles" in brought:
        yield Finding("tiles", True, f"will be brought ({study['acquire']['tiles']})")
        remedy = "Take the lock file again from who shared it, or delete it to search anew."
        yield from guarded("lock file", remedy, lambda: lock(study, top))
    yield from content_findings(study, top, brought)
    remedy = "Get those that were damaged again; what was made of the others is made anew."
    yield from guarded("inputs.lock", remedy, lambda: first_sight(study, top, remedy))


def first_sight(study, top, remedy):
    """Compare every raw file with the digest that a job took of it, where one did."""
    path = Path(top, study["results"], raw_inputs.NAME)
    last = {sight.file: sight for sight in raw_inputs.read(path)}
    there = {file: sight for file, sight in last.items() if Path(top, file).is_file()}
    if not there:
        return
    others = [
        file for file, sight in there.items() if digests.digest(Path(top, file)) != sight.sha256
    ]
    text = f"{len(there) - len(others)} of {len(there)} raw files are as a job last read them"
    text += f"; others: {_some(others)}" if others else ""
    yield Finding("inputs.lock", not others, text, remedy)


def content_findings(study, top, brought=frozenset()):
    """Yield what is found of every raw file but tiles: what `check_inputs` and doctor both say.

    Parameters
    ----------
    study : dict
        Complete settings.
    top : str or Path
        Folder that relative paths start from.
    brought : set of str
        Keys of ``acquire`` that a rule will still bring; none in a run, which has them.
    """
    yield from guarded("grid", "Change grid.crs of the study.", lambda: grid(study))
    checks = {"area": area, "dem": elevation, "stations": stations}
    if study["climate"]["source"] == "grids":
        del checks["stations"]
    remedies = {
        "area": "Mend the file, or change `area:` of the study.",
        "dem": "Mend the raster of elevation or put one there, or " + switch_on(study, "dem"),
        "stations": "Mend the station records or put some there (docs/data.md), or "
        + switch_on(study, "stations"),
    }
    for name, check in checks.items():
        if name in brought:
            yield Finding(name, True, f"will be brought ({study['acquire'][name]})")
        else:
            yield from guarded(name, remedies[name], lambda check=check: check(study, top))
    yield from findings(study, top, brought)


def understood(study, top):
    """Yield (key, sentence) of each raster that is there, from its head alone, and of each table.

    Parameters
    ----------
    study : dict
        Complete settings.
    top : str or Path
        Folder that relative paths start from.
    """
    heads = dict.fromkeys(("npp", "raster", "carbon", "factor"), lambda e, *_: _opens(e[0]))
    heads["months"] = _months_of_heads
    heads |= {"plots": _plots, "sites": _sites, "stations": _stations_of_file}
    dem = heights.entry_of(Path(top, study["files"]["dem"]), None, study["dem"]["crs"])
    groups = {"dem": ("raster", [dem])}
    if study["climate"]["source"] == "stations":
        groups["stations"] = "stations", [{"file": str(Path(top, study["files"]["stations"]))}]
    for key, owns in plan.grouped(study).items():
        entries = [own.entry | {"file": str(Path(top, own.path))} for own in owns]
        groups[key] = owns[0].kind, entries
    for key, (kind, entries) in groups.items():
        there = kind in heads and all(Path(entry["file"]).exists() for entry in entries)
        found = guarded(
            key,
            "",
            lambda key=key, kind=kind, entries=entries: [
                Finding(key, True, heads[kind](entries, study, top))
            ],
        )
        yield from ((own.check, own.text) for own in (found if there else ()))


def _stations_of_file(entries, study, top):
    """What was understood of the station files."""
    return _listed(_read_stations(study, top).attrs["said"])


def _months_of_heads(entries, study, top):
    area = study_grid(study, top)
    texts, percent = [], study["climate"]["complete_month_percent"]
    for variable in dict.fromkeys(entry["variable"] for entry in entries):
        own = [entry for entry in entries if entry["variable"] == variable]
        around = area and (area.bounds, area.crs)
        reader = grids.Reader(own, study["years"], around, percent)
        with reader.sources:
            texts.append(f"{variable}: {reader.text()}")
    return "; ".join(texts)


class BadInputs(ValueError):
    """Raw files that the run cannot use."""


def refuse_faults(found):
    """Refuse what is not well, all of it at once.

    Parameters
    ----------
    found : list of Finding

    Raises
    ------
    BadInputs
    """
    faults = [finding for finding in found if not finding.well]
    if len(faults) == 1:
        raise BadInputs(f"{faults[0].check}: {faults[0].text} {faults[0].remedy}")
    if faults:
        lines = [f"{own.check}: {own.text}\n    remedy: {own.remedy}" for own in faults]
        head = f"{len(faults)} of {len(found)} inputs cannot be used:"
        raise BadInputs("\n  ".join([head, *lines]))


def lock(study, top):
    """Read the lock file of a study, where there is one; somebody else may have written it."""
    path = Path(top, "config/locks", f"{study['slug']}.csv")
    if path.is_file():
        from nepflow.download import earthdata

        rows = earthdata.read_lock(path)
        yield Finding("lock file", True, f"{path.name}: {len(rows)} tiles at hosts of Earthdata")


def grid(study):
    """Check the CRS of the grid as the workflow will."""
    vectors.check_equal_area(study["grid"]["crs"])
    yield Finding("grid", True, "equal-area, in metres")


def tiles(study, top, brought):
    """Look for every tile of every year; read the fields of each that is there."""
    folder, datasets = Path(top, study["files"]["tiles"]), study_datasets.load()
    for name, years in study_downloads.tile_years(study).items():
        dataset, faults, absent, unverified = datasets[name], 0, {}, 0
        if brought and not dataset["retired"]:
            continue
        fields = modis.PRODUCTS[dataset["product"]].fields.values()
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
                    unverified += not hdf.check(path, fields)
                except hdf.BadTile as error:
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
                f"{name}: {len(years)} years of {len(study['tiles'])} tiles are sound"
                + (f"; {unverified} files hold no checksum: unverified" if unverified else ""),
            )


def _cost(count):
    """What surfaces of thousands of stations cost at least, and where every month misses others."""
    from nepflow.climate import fitting

    minutes, size_gb = fitting.cost([(range(count), ())])
    if minutes < 1 / 12:  # 5 s
        return ""
    return (
        f" (surfaces: {minutes:.1f} min of one core and {size_gb:.1f} GB a variable; 12 times as "
        "long a year where every month misses other stations)"
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
    modis.MissingTiles
    """
    place = (folder, dataset["product"], dataset["version"], year)
    days = modis.begins_of(dataset["product"], year)
    if days == [1]:
        return modis.find_tiles(*place, tiles)
    return [path for date in modis.find_dates(*place, days, tiles).values() for path in date]


def area(study, top):
    """Put the polygons on the grid as the workflow will: CRS, size, cells, tiles."""
    path = study["files"]["area"]
    if not Path(top, path).exists():
        yield Finding("area", False, f"{path}: no such file", "Put it there (docs/data.md).")
        return
    found = area_on_grid(study, top)
    understood = polygons_of(study, top).attrs["understood"]
    said = f"{understood}; {found.grid.width} x {found.grid.height} cells"
    read = study["tiles"] if study["reads_tiles"] else []
    said += f" on {', '.join(read)}" if read else "; the study reads no MODIS tile"
    yield Finding("area", True, said, warnings=tuple(found.warnings))


def elevation(study, top):
    """Open the raster and see that it reaches over the area."""
    path, settings = Path(top, study["files"]["dem"]), study["dem"]
    entry = heights.entry_of(path, settings["missing"], settings["crs"])
    cells, area = _opens(entry), study_grid(study, top)
    if area is None:
        yield Finding("dem", True, f"{cells}; compared with no area, since that is not there yet")
        return
    inside = inside_of(polygons_of(study, top))
    seen = heights.seen_of(entry, area.bounds, area.crs, inside)
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack, (area.bounds, area.crs))
        covers = user_rasters.covers(source, area)
    lost, allowed = seen.missing_percent, study["dem"]["max_missing_percent"]
    fault = "" if covers else "does not cover the area"
    if covers and lost == 100:
        fault = "has no height in the area"
    warning = (
        f"{lost:.2g} % of its cells in the area have no height; the run stops where more than "
        f"{allowed:g} % of the cells of the grid have none (dem.max_missing_percent)"
    )
    said = f"{cells}; covers the area; {seen.text('m')}"
    yield Finding(
        "dem",
        not fault,
        f"{study['files']['dem']} {fault}" if fault else said,
        "Bring a raster that reaches over the whole area, or set acquire.dem.",
        (warning,) if lost > allowed and not fault else (),
    )


def stations(study, top):
    """Read and clean the records as the workflow will, and see what they hold."""
    from nepflow.stations import cleaning
    from nepflow.study.variables import VARIABLES

    climate, polygons = study["climate"], polygons_of(study, top)
    path = str(Path(top, study["files"]["stations"]))
    settings = climate | {"stations_path": path, "years": study["years"]}
    settings |= {"buffer_km": study["area"]["buffer_km"]}
    settings |= {"station_table": _station_table(study, top)}
    settings |= {"declared_units": study_climate.declared_units(study)}
    with TemporaryDirectory() as folder:
        outlines = None
        if polygons is not None:
            outlines = Path(folder, "outlines.gpkg")
            polygons.to_file(outlines)
        ledger = cleaning.Ledger(path, climate["defects"])
        found = cleaning.cleaned(settings, outlines, study["grid"]["crs"], ledger)
    lines = []
    for name in climate["variables"]:
        seen = missing_codes.Seen()
        seen.add(found.records[VARIABLES[name].column].to_numpy(float))
        lines.append(f"; {VARIABLES[name].column}: {seen.text()}")
    count, least = found.records["station"].nunique(), climate["min_stations"]
    _check_heights(found.records, study, top, path)
    text = f"{_listed(found.said)}; {count} usable, {least} needed{_cost(count)}{''.join(lines)}"
    yield Finding("stations", True, text, warnings=tuple(found.warnings))


UNITS_OF_HEIGHT = {"0.1 m": 0.1, "ft": 0.3048, "km": 1000.0}
OFF_M, MENDED, FEWEST = 150.0, 0.25, 5  # of the median departure from the raster; own choice


def _check_heights(records, study, top, path):
    """Refuse stations whose heights are those of the raster of elevation in another unit."""
    from nepflow.stations.records import BadStations

    dem = Path(top, study["files"]["dem"])
    sites = records.drop_duplicates("station")[["lon", "lat", "elevation_m"]].dropna()
    if not dem.exists() or len(sites) < FEWEST:
        return
    entry = heights.entry_of(dem, study["dem"]["missing"], study["dem"]["crs"])
    ground = heights.at(entry, sites["lon"].to_numpy(), sites["lat"].to_numpy())
    given = sites["elevation_m"].to_numpy()
    given, ground = given[np.isfinite(ground)], ground[np.isfinite(ground)]
    if len(ground) < FEWEST:
        return
    off = np.median(np.abs(given - ground))
    left = {u: np.median(np.abs(given * scale - ground)) for u, scale in UNITS_OF_HEIGHT.items()}
    best = min(left, key=left.get)
    if off > OFF_M and left[best] < MENDED * off:
        raise BadStations(
            f"{path}: elevation_m of {len(ground)} stations departs from {study['files']['dem']} "
            f"by {off:.0f} m (median), and by {left[best]:.0f} m if it is in {best}. Declare it: "
            f"climate.station_table: {{units: {{elevation: {best}}}}}, or mend the file."
        )


def _read_stations(study, top):
    """Read the records as the workflow will; ``attrs["said"]`` is what was understood."""
    from nepflow.stations import archive_rules, archives, radiation
    from nepflow.stations import records as stations_records
    from nepflow.study.variables import VARIABLES

    climate = study["climate"]
    columns = [VARIABLES[name].column for name in climate["variables"]]
    records = archives.read_stations(
        str(Path(top, study["files"]["stations"])),
        climate["station_format"],
        columns,
        climate["time_step"],
        radiation.SUBSTITUTES if "radiation" in climate["variables"] else None,
        climate["missing_values"],
        archive_rules.Rules(tuple(study["years"]), climate["unreported_rain"]),
        _station_table(study, top),
    )
    if "said" not in records.attrs:  # an archive
        summary = stations_records.summary(records, climate["time_step"])
        records.attrs["said"] = [summary, climate["station_format"]]
    return records


def _listed(said, most=12):
    """What was understood of tables, in one line."""
    more = [f"and {len(said) - most} more"] if len(said) > most else []
    return ", ".join([*said[:most], *more])


def _station_table(study, top):
    """Return ``climate.station_table`` with the path of its list from here."""
    table = study_files.station_table(study)
    return table | {"list": table["list"] and str(Path(top, table["list"]))}
