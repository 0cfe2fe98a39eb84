"""Checks of a study file beyond its schema, before anything runs."""

from nepflow.study import (
    attribution,
    detector,
    downloads,
    equal_area,
    figures,
    landcover,
    names,
    respiration,
    restoration,
    uncertainty,
    variables,
    zones,
)
from nepflow.study.settings_file import BadStudy


def check_sense(study, file):
    """Refuse what types cannot tell: periods, years a product lacks, names used twice.

    Raises
    ------
    BadStudy
    """
    first = study["period"][0]
    if equal_area.fault_of(study["grid"]["crs"]):
        raise BadStudy(f"{file}: {equal_area.fault_of(study['grid']['crs'])}")
    source = study["npp"]["source"]
    mod17 = source == "mod17"
    if source == "rasters" and "rasters" not in study["npp"]:
        raise BadStudy(
            f"{file}: npp.source is rasters, and there is no npp.rasters. Say which: "
            'npp: {rasters: {file: "npp_{year}.tif", unit: g C m-2 yr-1}}.'
        )
    if source == "none" and study["npp"]["compare"]:
        raise BadStudy(
            f"{file}: npp.source is none, and npp.compare asks for {study['npp']['compare']}. Set "
            "it to null, or the source to mod17."
        )
    if first < 2000 and mod17:
        raise BadStudy(
            f"{file}: period begins {first}, MOD17A3HGF in 2000 (collection 006) and 2001 (061). "
            "Begin the period in 2000 or later."
        )
    if source == "casa":
        check_casa(study, file)
    check_comparison(study, file)
    names.check(study, file)
    check_tiles(study, file)
    detector.check(study, file)  # whose layers others look through
    zones.check(study, file)
    _check_values_of_variables(study["climate"], file)
    _check_climate(study, file)
    if uses_landcover(study) or source == "casa":
        _check_landcover_years(study, file)
    figures.check(study, file)
    landcover.check(study, study_years(study), file)
    restoration.check(study, study_years(study), file)
    respiration.check(study, file)
    uncertainty.check(study, file, uses_landcover(study))
    attribution.check(study, file)
    downloads.check(study, file)
    check_grids(study["climate"], file)


def check_comparison(study, file):
    """Refuse a comparison of NPP with itself, and figures of one that is not made.

    Raises
    ------
    BadStudy
    """
    npp = study["npp"]
    if npp["compare"] == npp["source"]:
        raise BadStudy(f"{file}: npp.compare names npp.source itself. Set it to null.")
    for figure in study.get("figures", []):
        layers = figures.layers_of(figure)
        if not npp["compare"] and any(layer.startswith("npp/compared/") for layer in layers):
            raise BadStudy(
                f"{file}: figure {figure['name']} compares NPP, and npp.compare is null. Set it to "
                "mod17, or remove the figure."
            )


def check_casa(study, file):
    """Refuse light-use NPP without its climate, or before NDVI begins.

    Raises
    ------
    BadStudy
    """
    lost = set(variables.entering("casa")) - set(study["climate"]["variables"])
    if lost:
        raise BadStudy(
            f"{file}: npp.source casa needs {' and '.join(sorted(lost))}. Add it to "
            "climate.variables."
        )
    if study["period"][0] < 2000:
        raise BadStudy(
            f"{file}: period begins {study['period'][0]}, MODIS NDVI in February 2000. Begin the "
            "period in 2000 or later."
        )


def check_grids(climate, file):
    """Refuse gridded climate without rasters, in an unknown unit, half by year or downscaled.

    Raises
    ------
    BadStudy
    """
    entries, lapse = climate.get("grids", []), climate["downscaling"]
    lost = set(climate["variables"]) - {entry["variable"] for entry in entries}
    if lost and (entries or climate["source"] == "grids"):
        raise BadStudy(
            f"{file}: climate.grids has no raster of {sorted(lost)[0]}. Add one, or take the "
            "variable out of climate.variables."
        )
    for entry in entries:
        known = variables.VARIABLES[entry["variable"]].units
        if entry.get("unit", next(iter(known))) not in known:
            raise BadStudy(
                f"{file}: climate.grids: {entry['file']} is in {entry['unit']!r}; "
                f"{entry['variable']} may be in {', '.join(known)}."
            )
        _check_halves(entries, entry, file)
        _check_date(entry, climate, file)
    for number, entry in enumerate(entries):
        if entry in entries[:number]:
            raise BadStudy(
                f"{file}: climate.grids: {entry['file']} of {entry['variable']} stands twice, word "
                "for word. Keep one."
            )
    if (lapse["lapse_rate_k_per_km"] is None) != (lapse["elevation"] is None):
        raise BadStudy(
            f"{file}: climate.downscaling needs both lapse_rate_k_per_km and elevation, the "
            "elevation that the temperature of the grids belongs to. Give both or none."
        )


def _check_date(entry, climate, file):
    """Refuse names of files whose braces make no date, and a first month beside them."""
    named, begins = entry["file"], entry.get("first_month")
    year, month, day, date = (f"{{{word}}}" in named for word in ("year", "month", "day", "date"))
    if day and not date and not (year and month):
        raise BadStudy(
            f"{file}: climate.grids: {named} names a day without its year and month. Write "
            "{year}, {month} and {day}, or {date}."
        )
    normals = climate["time_step"] == "normals" and climate["source"] == "grids"
    if month and not (year or date or normals):
        raise BadStudy(
            f"{file}: climate.grids: {named} names a month without its year. Write {{year}} too, "
            "or, if the twelve hold for every year, climate.time_step: normals."
        )
    if begins and not date and year != ("{year}" in begins):
        right = "{year}-01" if year else "2001-01"
        raise BadStudy(
            f"{file}: climate.grids: {named} begins in first_month {begins}; either both say "
            f'{{year}}, a file of each year, or none. Write first_month: "{right}".'
        )


def _check_halves(entries, entry, file):
    """Refuse the minimum of the day without its maximum, and halves of what has none."""
    own = [other.get("daily") for other in entries if other["variable"] == entry["variable"]]
    if any(own) and (entry["variable"] != "temperature" or set(own) != {"minimum", "maximum"}):
        raise BadStudy(
            f"{file}: climate.grids: `daily` makes temperature the mean of two entries, one with "
            f"daily: minimum, one with daily: maximum. {entry['variable']} has "
            f"{', '.join(str(part) for part in own)}. Add the other, or remove `daily`."
        )


def _check_values_of_variables(climate, file):
    """Refuse a block of climate that has no value of a variable of the study."""
    for place, block in _blocks_by_variable(climate):
        lacking = [name for name in climate["variables"] if name not in block]
        if lacking:
            raise BadStudy(
                f"{file}: climate.{place} has no value of {' and '.join(lacking)}. Give one there, "
                "or for every study in config/defaults.yaml."
            )


def _blocks_by_variable(climate, place=""):
    """Yield (place, block) of the settings with a value a variable, which all need one."""
    for key, below in climate.items():
        # given only where it is fixed, or where a file does not say it
        if isinstance(below, dict) and key not in ("smoothing_value", "station_table"):
            if variables.VARIABLES.keys() & below.keys():
                yield f"{place}{key}", below
            else:
                yield from _blocks_by_variable(below, f"{place}{key}.")


def _check_climate(study, file):
    climate = study["climate"]
    if climate["station_format"] != "tidy" and climate["time_step"] != "daily":
        raise BadStudy(
            f"{file}: climate.station_format {climate['station_format']} is an archive of days, "
            f"climate.time_step is {climate['time_step']}. Set it to daily."
        )
    if climate["evaluator"] == "coarse" and climate["model"] != "covariate":
        raise BadStudy(
            f"{file}: climate.evaluator coarse goes with climate.model covariate alone. Set the "
            "evaluator to exact."
        )
    given = climate.get("smoothing_value", {})
    lacking = [name for name in climate["variables"] if name not in given]
    if climate["smoothing"] not in ("gcv", "gml") and lacking:
        raise BadStudy(
            f"{file}: climate.smoothing {climate['smoothing']} needs a value of {lacking[0]}. Add "
            f"climate: {{smoothing_value: {{{lacking[0]}: ...}}}}, or choose gcv or gml."
        )
    method = climate["evapotranspiration"]["method"]
    without = [name for name in variables.pet_variables(study) if name not in climate["variables"]]
    if without:
        raise BadStudy(
            f"{file}: climate.evapotranspiration.method {method} needs {without[0]}, the study has "
            f"{', '.join(climate['variables'])}. Add it to climate.variables, or choose auto."
        )
    years = study_years(study)
    lost = [year for year in climate.get("standard_error_years", []) if year not in years]
    if lost:
        raise BadStudy(
            f"{file}: climate.standard_error_years names {lost[0]}, which is not a year of the "
            "study. Remove it or change `period`."
        )
    for figure in study.get("figures", []):
        if figure["kind"] == "residuals" and figure.get("quantity") not in climate["variables"]:
            raise BadStudy(
                f"{file}: figure {figure['name']} shows residuals of {figure.get('quantity')}, the "
                f"study interpolates {', '.join(climate['variables'])}. Change its `quantity`."
            )


def uses_landcover(study):
    """Tell whether a zone, or a layer that the study names, needs land cover."""
    kinds = [zones.KINDS[entry["kind"]] for entry in study.get("zones", [])]
    layers = [layer for _, layer in figures.named_layers(study)]
    if landcover.quantities_of(study) or restoration.needs_landcover(study):
        return True
    if attribution.is_pooled(study):
        return True
    return any(kind.of_landcover for kind in kinds) or any(
        layer.startswith("landcover/") for layer in layers
    )


def readers_of_tiles(study):
    """Return what of a study reads MODIS tiles, by key; nothing where it needs no `tiles`."""
    npp = study["npp"]
    reading = {
        f"npp.source: {npp['source']}": npp["source"] in ("mod17", "casa"),
        f"npp.compare: {npp['compare']}": npp["compare"] == "mod17",
        "land cover of zones, figures, detectors or effects": uses_landcover(study),
        "landcover.transitions": bool(study["landcover"].get("transitions")),
    }
    return [key for key, reads in reading.items() if reads]


def check_tiles(study, file):
    """Refuse a study that reads MODIS tiles and does not say which.

    Raises
    ------
    BadStudy
    """
    readers = readers_of_tiles(study)
    if readers and not study.get("tiles"):
        raise BadStudy(
            f"{file}: `tiles` is missing, and MODIS tiles are read ({'; '.join(readers)}). Name "
            "those that the area touches, such as tiles: [h26v05] (`make init` and `make doctor` "
            "list them), or take out what reads them."
        )


def _check_landcover_years(study, file):
    first, last = study["landcover"]["years"]
    chosen = {entry["year"]: entry["by"] for entry in study["landcover"].get("substitute", [])}
    for year in study_years(study):
        source = chosen.get(year, year)
        if not first <= source <= last:
            raise BadStudy(
                f"{file}: MCD12Q1 has land cover {first}-{last}, not {year}. Choose a year for it: "
                f"landcover: {{substitute: [{{year: {year}, by: "
                f"{min(max(year, first), last)}}}]}}, or shorten `period`."
            )


def study_years(study):
    """Years of the study: the period, without 2000 where its NPP or NDVI is dropped."""
    first, last = study["period"]
    years = list(range(first, last + 1))
    dropped = {
        "mod17": study["npp"]["year_2000"] == "drop",
        "casa": study["ndvi"]["january_2000"] == "drop",
    }
    if dropped.get(study["npp"]["source"]):
        years = [year for year in years if year != 2000]
    return years
