"""Downloads of a study, the lists of their files, and its MODIS tiles.

Standard library only: the workflow reads it before any environment exists.
"""

import csv
import os
from pathlib import Path

from nepflow.study import layers, modis, npp
from nepflow.study.datasets import TOP
from nepflow.study.settings_file import BadStudy

KEYS = ("tiles", "stations", "radiation", "dem", "area", "soil_carbon", "population")
SIMULATED_AT = "2024001000000"  # production time in the names of simulated tiles
CARBON = {"soilgrids": {"unit": "t C ha-1", "depth_cm": [0, 30]}}  # as the archive publishes it
POPULATION_FILE, POPULATION_UNIT = "population.tif", "km-2"


def wanted(study):
    """Return what the study leaves to the download rules: {key: archive}."""
    chosen = study["acquire"]
    return {key: chosen[key] for key in KEYS if chosen[key] != "none"}


def countries(study):
    """Return the codes of the countries whose population is brought (ISO 3166-1 alpha-3)."""
    own = [study["acquire"]["country"]] if study["acquire"]["country"] else []
    return study["acquire"].get("population_countries", own)


def raster(study, name):
    """Return what is brought as a map, ``soil_carbon`` or ``population``.

    Returns
    -------
    dict
        files : list of the words in the address of each file; unit; long_name; edition, which
        follows the title of the archive.
    """
    chosen = study["acquire"]
    if name == "soil_carbon":
        comes = CARBON[chosen[name]]
        title = "soil organic carbon of {}-{} cm".format(*comes["depth_cm"])
        return {"files": [{}], "unit": comes["unit"], "long_name": title, "edition": ""}
    year = chosen["population_year"]
    # densities, since a count of cells of degrees changes with latitude and resampling
    return {
        "files": [
            {"year": year, "country": country.lower(), "COUNTRY": country}
            for country in countries(study)
        ],
        "unit": POPULATION_UNIT,
        "long_name": f"population density of {year}",
        "edition": f", {year}",
    }


def check(study, file):
    """Refuse soil carbon declared otherwise than it comes, and population that nobody reads.

    Raises
    ------
    BadStudy
    """
    chosen = wanted(study)
    if "soil_carbon" in chosen:
        _check_carbon(study, CARBON[chosen["soil_carbon"]], file)
    if "population" in chosen:
        _check_population(study, file)


def _check_carbon(study, comes, file):
    declared = study.get("soil_carbon", {})
    if any(declared.get(key) != value for key, value in comes.items()):
        upper, lower = comes["depth_cm"]
        raise BadStudy(
            f"{file}: acquire.soil_carbon brings {comes['unit']} of {upper}-{lower} cm. Declare it "
            f"so: soil_carbon: {{file: soil_carbon.tif, unit: {comes['unit']}, depth_cm: [{upper}, "
            f"{lower}], depth_shape: ...}} (docs/data.md), or set acquire.soil_carbon to none."
        )


def _check_population(study, file):
    if not countries(study):
        raise BadStudy(
            f"{file}: acquire.population comes by country. Name them: acquire: "
            "{population_countries: [CHN]} (ISO 3166-1 alpha-3)."
        )
    factors = [factor for entry in study.get("detectors", []) for factor in entry["factors"]]
    reading = [factor for factor in factors if factor.get("file") == POPULATION_FILE]
    if not reading or any(factor.get("unit") != POPULATION_UNIT for factor in reading):
        raise BadStudy(
            f"{file}: acquire.population brings people per square kilometre as {POPULATION_FILE}. "
            f"Add a factor that reads it, {{name: population, file: {POPULATION_FILE}, unit: "
            f"{POPULATION_UNIT}}}, or set acquire.population to none."
        )


LISTED = ("area", "dem", "stations", "radiation", "soil_carbon", "population")


def completed(study, active, datasets):
    """Return the study with the paths of what is downloaded; as it is where nothing is.

    What is brought lies in the raw folder beside its records; rules read lists of it and what was
    made of it from <study>/acquired/, so that no rule has an output below a raw folder.

    Parameters
    ----------
    study : dict
        Complete settings.
    active : bool
        Whether the site downloads what studies name.
    datasets : dict
        The register.

    Raises
    ------
    BadStudy
    """
    chosen = study["acquire"]
    named = set(wanted(study)) if active and not study["simulated"] else set()
    if "radiation" in named and "stations" not in named:
        raise BadStudy(
            f"config/studies/{study['slug']}.yaml: acquire.radiation is brought at the stations of "
            "acquire.stations. Choose an archive of stations too."
        )
    if "area" in named and not chosen["country"]:
        raise BadStudy(
            f"config/studies/{study['slug']}.yaml: acquire.area needs acquire.country, the code of "
            "three letters (ISO 3166-1), such as CHN."
        )
    made = {"stations": "stations.csv", "dem": "dem.tif", "area": "area.gpkg"}
    made |= {"soil_carbon": "soil_carbon.tif", "population": "population.tif"}
    files = {key: layers.below(study, f"acquired/{made[key]}") for key in made if key in named}
    tidy = {}
    if "stations" in named:
        tidy = {"station_format": "tidy", "archive": chosen["stations"]}
        table = study["climate"]["station_table"]  # of files that the user brings
        tidy["station_table"] = {key: {} if value else value for key, value in table.items()}
        tidy["station_table"] |= dict.fromkeys(set(table) - {"columns", "units", "files"})
    # where the archive has no tile there is sea, of height 0 (decision 83)
    meant = {"missing": []} if "dem" in named and study["dem"]["missing"] is None else {}
    return study | {
        "brings": sorted(named),
        "sources": [row for key in sorted(named) for row in _sources(study, key, datasets)],
        "files": study["files"] | files,
        "climate": study["climate"] | tidy,
        "dem": study["dem"] | meant,
        "area": study["area"] | ({"name_field": "name"} if "area" in named else {}),
    }


def _sources(study, key, datasets):
    """What the report says of an input that is brought: title, licence and citation."""
    names = tile_years(study) if key == "tiles" else [study["acquire"][key]]
    entries = [datasets[name] for name in names if not datasets[name]["retired"]]
    return [
        {"input": key, "title": entry["title"], "text": f"{entry['citation']}; {entry['licence']}"}
        for entry in entries
    ]


def brings(study, *inputs):
    """Tell whether the download rules bring one of these inputs."""
    return any(name in study["brings"] for name in inputs)


def list_of_tiles(study, product, collection, year):
    """Return the list of a product's tiles of a year, if they are brought, else None."""
    if not brings(study, "tiles") or collection != modis.PRODUCTS[product].collection:
        return None
    return layers.below(study, f"acquired/{product}.{collection}_{year}.csv")


def tiles_in(path, folder):
    """Return the paths of the tiles in a list that a job wrote; FileNotFoundError before it did."""
    with open(path, encoding="utf-8", newline="") as file:
        return [str(Path(folder, row["file"])) for row in csv.DictReader(file)]


def lock(study):
    """Return the lock file of a study: the very tiles that it was built from."""
    return str(TOP / "config/locks" / f"{study['slug']}.csv")


def lock_if_there(study):
    """Return the lock file from the working folder, if there is one."""
    return os.path.relpath(lock(study)) if os.path.exists(lock(study)) else []


def lists(study):
    """Return the lists of the files that were brought, tiles left out."""
    return [
        layers.below(study, f"acquired/{name}_files.csv") for name in LISTED if brings(study, name)
    ]


def everything(studies):
    """Return the lists of what the download rules bring for all studies."""
    found = []
    for study in studies.values():
        found += lists(study)
        for name, years in tile_years(study).items():
            product, _, collection = name.upper().rpartition("_")
            of_years = [list_of_tiles(study, product, collection, year) for year in years]
            found += [path for path in of_years if path]
    return found


def radiation_list(study):
    """Return the list of downloaded radiation, if it is brought."""
    return layers.below(study, "acquired/radiation_files.csv") if brings(study, "radiation") else []


def gathered_definitions(study):
    """Return what the days of downloaded stations are made of, if stations are brought."""
    name = "acquired/station_definitions.csv"
    return layers.below(study, name) if brings(study, "stations") else []


def tile_years(study):
    """Return {name in the register: years} of the MODIS products that a study reads."""
    needed = {}
    if study["npp"]["source"] == "mod17":
        for year, folder in study["npp_year_folder"].items():
            collection = "061" if folder == "061" else "006"
            needed.setdefault(f"mod17a3hgf_{collection}", set()).add(year)
        if "harmonised" in npp.folders(study):
            first, last = study["npp"]["overlap"]
            for collection in ("006", "061"):
                needed[f"mod17a3hgf_{collection}"] |= set(range(first, last + 1))
    if study["npp"]["compare"] == "mod17":  # the comparison is of the collection in use alone
        known = modis.PRODUCTS["MOD17A3HGF"]
        begin = known.first_year[known.collection]
        needed[known.dataset] = {year for year in study["years"] if year >= begin}
    by_light = study["npp"]["source"] == "casa"
    if by_light:
        needed[modis.PRODUCTS[study["ndvi"]["product"]].dataset] = set(study["years"])
    landcover = set(study["landcover_dates"].values())
    if study["uses_landcover"] or by_light:
        landcover |= set(study["landcover_year"].values())
    if landcover:
        needed[modis.PRODUCTS["MCD12Q1"].dataset] = landcover
    return {name: sorted(years) for name, years in sorted(needed.items())}


# --- tiles: files of the user, or lists of what was downloaded or simulated


def tiles_read(study):
    """Return the names of the tiles that must hold the area; none where the study reads no tile."""
    return study["tiles"] if study["reads_tiles"] else []


def missing_tiles(study, error):
    """Return the message on the tiles that a job misses, with those of all products and years.

    Parameters
    ----------
    study : dict
    error : modis.MissingTiles
        Of the job.
    """
    absent = {}
    for name, years in tile_years(study).items():
        product, _, collection = name.upper().rpartition("_")
        for year in years:
            if list_of_tiles(study, product, collection, year):
                continue
            days, place = modis.begins_of(product, year), (product, collection, year)
            try:
                modis.find_dates(study["files"]["tiles"], *place, days, study["tiles"])
            except modis.MissingTiles as other:
                if other.absent:
                    lost = f"{product} {collection} of {' '.join(other.absent[1])}"
                    absent.setdefault(lost, []).append(str(year))
    lines = [f"  no {lost} in {', '.join(years)}" for lost, years in absent.items()]
    return "\n".join([f"config/studies/{study['slug']}.yaml: MissingTiles: {error}", *lines])


def files_of_tiles(study, year, collection=None, *, product):
    """Return the tiles of a product and year; of downloads, once they are listed."""
    folder, known = study["files"]["tiles"], modis.PRODUCTS[product]
    collection = collection or known.collection
    listed = list_of_tiles(study, product, collection, year)
    if listed:
        return tiles_in(listed, folder)
    if study["simulated"]:
        of = {"produced": SIMULATED_AT, "collection": collection}
        return [f"{folder}/{known.file_name(year, tile, **of)}" for tile in study["tiles"]]
    return modis.find_tiles(folder, product, collection, year, study["tiles"])


def granules(study, year, collection=None, *, product):
    """Return what a mosaic depends on: the tiles, or the list of those downloaded or simulated."""
    collection = collection or modis.PRODUCTS[product].collection
    if study["simulated"]:
        return f"{study['files']['folder']}/granules/{product}.{collection}_{year}.csv"
    listed = list_of_tiles(study, product, collection, year)
    return listed or files_of_tiles(study, year, collection, product=product)


def ndvi_months(study, year):
    """Return twelve lists of dates, each a list of tiles; none before the product begins.

    Of downloads, once they are listed.
    """
    product, folder, year = study["ndvi"]["product"], study["files"]["tiles"], int(year)
    days, known = modis.first_days(product, year), modis.PRODUCTS[product]
    listed = list_of_tiles(study, product, known.collection, year)
    if listed:
        dates = modis.by_date(tiles_in(listed, folder), study["tiles"])
    elif study["simulated"]:
        dates = {
            day: [
                f"{folder}/{known.file_name(year, tile, SIMULATED_AT, day=day)}"
                for tile in study["tiles"]
            ]
            for day in days
        }
    else:
        place = folder, product, known.collection, year
        dates = modis.find_dates(*place, list(days), study["tiles"])
    return [[dates[d] for d in days if days[d] == month and d in dates] for month in range(1, 13)]


def ndvi_granules(study, year):
    """Return what the NDVI of a year depends on: the tiles, or the list of them."""
    product = study["ndvi"]["product"]
    collection = modis.PRODUCTS[product].collection
    if study["simulated"]:
        return f"{study['files']['folder']}/granules/{product}.{collection}_{year}.csv"
    listed = list_of_tiles(study, product, collection, year)
    if listed:
        return listed
    return [path for dates in ndvi_months(study, year) for date in dates for path in date]


def digest_lists(study):
    """Return the lists of all tiles that the products of a study come from."""
    pattern = "npp/{collection}/granules_{year}.csv"
    found = layers.yearly(study, pattern) if layers.has_npp(study) else []
    if npp.is_harmonised(study):
        first, last = study["npp"]["overlap"]
        for collection in ("006", "061"):
            found += _lists(study, f"npp/{collection}", range(first, last + 1))
    if study["npp"]["compare"]:
        found += _lists(study, "npp/061", npp.comparison_years(study))
    if study["npp"]["source"] == "casa" and not study["uses_landcover"]:
        found += layers.yearly(study, "landcover/keys/igbp17/granules_{landcover_year}.csv")
    if study["uses_landcover"]:
        found += layers.yearly(study, "landcover/granules_{landcover_year}.csv")
    found += _lists(study, "landcover", study["landcover_dates"].values())
    found += lists(study)
    return sorted(set(found))


def _lists(study, folder, years):
    return [layers.below(study, f"{folder}/granules_{year}.csv") for year in years]


POWER_CERES = 2001  # radiation of NASA POWER: GEWEX SRB before, CERES SYN1deg from this year on


def mixes_power_sources(study):
    """Tell whether radiation of NASA POWER comes from both of its sources in the study's years."""
    climate = study["climate"]
    fetched = study.get("acquire", {}).get("radiation") == "nasa_power"
    fetched = fetched and "radiation" in climate["variables"]
    return fetched and study["years"][0] < POWER_CERES <= study["years"][-1]
