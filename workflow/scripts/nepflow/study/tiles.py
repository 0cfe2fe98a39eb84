"""MODIS tiles of a study: files of the user, or lists of what was downloaded or simulated."""

from nepflow.study import downloads, layers, modis, npp

SIMULATED_AT = "2024001000000"  # production time in the names of simulated tiles


def read(study):
    """Return the names of the tiles that must hold the area; none where the study reads no tile."""
    return study["tiles"] if study["reads_tiles"] else []


def missing(study, error):
    """Return the message on the tiles that a job misses, with those of all products and years.

    Parameters
    ----------
    study : dict
    error : modis.MissingTiles
        Of the job.
    """
    absent = {}
    for name, years in downloads.tile_years(study).items():
        product, _, collection = name.upper().rpartition("_")
        for year in years:
            if downloads.list_of_tiles(study, product, collection, year):
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


def files(study, year, collection=None, *, product):
    """Return the tiles of a product and year; of downloads, once they are listed."""
    folder, known = study["files"]["tiles"], modis.PRODUCTS[product]
    collection = collection or known.collection
    listed = downloads.list_of_tiles(study, product, collection, year)
    if listed:
        return downloads.tiles_in(listed, folder)
    if study["simulated"]:
        of = {"produced": SIMULATED_AT, "collection": collection}
        return [f"{folder}/{known.file_name(year, tile, **of)}" for tile in study["tiles"]]
    return modis.find_tiles(folder, product, collection, year, study["tiles"])


def granules(study, year, collection=None, *, product):
    """Return what a mosaic depends on: the tiles, or the list of those downloaded or simulated."""
    collection = collection or modis.PRODUCTS[product].collection
    if study["simulated"]:
        return f"{study['files']['folder']}/granules/{product}.{collection}_{year}.csv"
    listed = downloads.list_of_tiles(study, product, collection, year)
    return listed or files(study, year, collection, product=product)


def ndvi_months(study, year):
    """Return twelve lists of dates, each a list of tiles; none before the product begins.

    Of downloads, once they are listed.
    """
    product, folder, year = study["ndvi"]["product"], study["files"]["tiles"], int(year)
    days, known = modis.first_days(product, year), modis.PRODUCTS[product]
    listed = downloads.list_of_tiles(study, product, known.collection, year)
    if listed:
        dates = modis.by_date(downloads.tiles_in(listed, folder), study["tiles"])
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
    listed = downloads.list_of_tiles(study, product, collection, year)
    if listed:
        return listed
    return [path for dates in ndvi_months(study, year) for date in dates for path in date]


def digests(study):
    """Return the lists of all tiles that the products of a study come from."""
    found = layers.yearly(study, "npp/{collection}/granules_{year}.csv")
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
    found += downloads.lists(study)
    return sorted(set(found))


def _lists(study, folder, years):
    return [layers.below(study, f"{folder}/granules_{year}.csv") for year in years]
