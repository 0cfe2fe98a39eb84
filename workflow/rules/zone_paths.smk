"""Input functions of the zones."""

RASTER_OF_ZONES = {"area": "zones/area"}  # others: zones/<name>, land cover of each year apart


def zones_made():
    """Regular expression of the zones that `define_zones` makes in any study."""
    names = {
        zones["name"]
        for study in STUDIES.values()
        for zones in study["zones"]
        if zones["kind"] not in ("area", "landcover")
    }
    return "|".join(sorted(names)) or "no_such_zones"


def zone_entry(wildcards):
    zones = study_of(wildcards)["zones"]
    return next(entry for entry in zones if entry["name"] == wildcards.zones)


def zone_raster(study, name):
    """Path of the class raster of zones that do not change."""
    kind = next(zones["kind"] for zones in study["zones"] if zones["name"] == name)
    return f"{RESULTS}/{study['slug']}/{RASTER_OF_ZONES.get(kind, f'zones/{name}')}.tif"


def zone_layers(wildcards):
    """What zones of a kind are made of."""
    study, entry = study_of(wildcards), zone_entry(wildcards)
    below = f"{RESULTS}/{wildcards.study}"
    if entry["kind"] == "file":
        return own_files.path_of(study, entry["file"])
    if entry["kind"] == "crossing":
        return [zone_raster(study, name) for name in entry["of"]]
    if entry["kind"] == "stable_landcover":
        return in_study("landcover/{landcover_year}.tif")(wildcards)
    return {
        "sink": [f"{below}/pixel/nep/mean.tif"],
        "aridity": [f"{below}/pixel/precipitation/mean.tif", f"{below}/climate/pet.tif"],
        "elevation": [f"{below}/dem.tif"],
    }[entry["kind"]]


def kinds_of_zones(wildcards):
    """Rasters of each kind of zones: one where they do not change, one a year for land cover."""
    study = study_of(wildcards)
    return {
        entry["name"]: (
            in_study("landcover/{landcover_year}.tif")(wildcards)
            if entry["kind"] == "landcover"
            else zone_raster(study, entry["name"])
        )
        for entry in study["zones"]
    }


def zone_rasters(wildcards):
    """All of them, each once."""
    kinds = kinds_of_zones(wildcards).values()
    files = [file for part in kinds for file in ([part] if isinstance(part, str) else part)]
    return list(dict.fromkeys(files))


def polygons_on_grid(wildcards):
    """Rasters that polygons were made into: the area, zones of files, factors of polygons."""
    study, below = study_of(wildcards), f"{RESULTS}/{wildcards.study}"
    zones = [entry["name"] for entry in study["zones"] if entry["kind"] == "file"]
    factors = [f for d in study["detectors"] for f in d["factors"] if "name_field" in f]
    return [
        f"{below}/zones/area.tif",
        *(f"{below}/zones/{name}.tif" for name in zones),
        *dict.fromkeys(f"{below}/factors/{factor['name']}.tif" for factor in factors),
    ]


def classes_to_summarise(wildcards):
    """A class raster of the zones, or ``<layer>_<variable>`` of the pixel statistics."""
    layer = layer_to_summarise(wildcards)
    if not layer:
        return zone_raster(study_of(wildcards), wildcards.classes)
    return f"{RESULTS}/{wildcards.study}/{layer}.tif"


def layer_to_summarise(wildcards):
    """Layer of the pixel statistics whose classes are summarised; an empty text for zones."""
    study, name = study_of(wildcards), wildcards.classes
    if name in [zones["name"] for zones in study["zones"]]:
        return ""
    layer, _, variable = name.rpartition("_")
    return f"pixel/{variable}/{layer}"


def classes_built_in(wildcards):
    """How the drivers of the classes entered the variable; None for classes without driver."""
    return dependence.how_of(study_of(wildcards), layer_to_summarise(wildcards))


def persistence_of_classes(wildcards):
    """What chance gives of the classes, if they are those of trend and persistence."""
    return persistence_of_layers(wildcards.study, [layer_to_summarise(wildcards)])


def persistence_of_layers(study, layers):
    """Tables of persistence of the layers of trend and persistence among ``layers``."""
    found = [re.fullmatch(r"pixel/(\w+)/coupling", layer) for layer in layers]
    return [f"{RESULTS}/{study}/tables/persistence_{layer[1]}.csv" for layer in found if layer]


def zone_tables(study):
    """Tables of the zones of a study, in the order of the report."""
    names = [zones["name"] for zones in study["zones"]]
    fixed = [zones["name"] for zones in study["zones"] if zones["kind"] != "landcover"]
    short = [zones["name"] for zones in study["zones"] if zones["kind"] != "crossing"]
    return [
        *(f"trends_{name}" for name in names),
        *(f"series_{name}" for name in short),
        *(f"shares_{name}" for name in fixed),
    ]


def zone_products(study):
    """Zones that the report does not show whole, and their rasters."""
    below = f"{RESULTS}/{study['slug']}"
    crossings = [zones["name"] for zones in study["zones"] if zones["kind"] == "crossing"]
    made = [zones for zones in study["zones"] if zones["kind"] not in ("area", "landcover")]
    return [
        *(f"{below}/tables/series_{name}.csv" for name in crossings),
        *(f"{below}/zones/{zones['name']}.tif" for zones in made),
    ]
