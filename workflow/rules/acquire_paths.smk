"""Which inputs of a study the download rules bring, and where rules then find them."""


def with_downloads(study):
    """The study with the paths of what is brought; as it is where the site downloads nothing.

    What is brought lies in the raw folder beside its records; rules read lists of it and what was
    made of it from <study>/acquired/, so that no rule has an output below a raw folder.
    """
    chosen = study["acquire"]
    brings = SITE["acquire"] and not study["simulated"]
    named = set(acquire_choices.wanted(study)) if brings else set()
    if "radiation" in named and "stations" not in named:
        raise WorkflowError(
            f"config/studies/{study['slug']}.yaml: acquire.radiation is brought at the stations of "
            "acquire.stations. Choose an archive of stations too."
        )
    if "area" in named and not chosen["country"]:
        raise WorkflowError(
            f"config/studies/{study['slug']}.yaml: acquire.area needs acquire.country, the code of "
            "three letters (ISO 3166-1), such as CHN."
        )
    below = f"{RESULTS}/{study['slug']}/acquired"
    made = {"stations": "stations.csv", "dem": "dem.tif", "area": "area.gpkg"}
    made |= {"soil_carbon": "soil_carbon.tif", "population": "population.tif"}
    files = {key: f"{below}/{made[key]}" for key in made if key in named}
    tidy = {"station_format": "tidy"} if "stations" in named else {}
    return study | {
        "brings": sorted(named),
        "sources": [row for key in sorted(named) for row in sources_of(study, key)],
        "files": study["files"] | files,
        "climate": study["climate"] | tidy,
        "area": study["area"] | ({"name_field": "name"} if "area" in named else {}),
    }


def sources_of(study, key):
    """What the report says of an input that is brought: title, licence and citation."""
    chosen = study["acquire"][key]
    names = plan.tile_years(study) if key == "tiles" else [chosen]
    entries = [DATASETS[name] for name in names if not DATASETS[name]["retired"]]
    return [
        {"input": key, "title": entry["title"], "text": f"{entry['citation']}; {entry['licence']}"}
        for entry in entries
    ]


def brought(study, *inputs):
    """Tell whether the download rules bring one of these inputs."""
    return any(name in study["brings"] for name in inputs)


def list_of_tiles(study, product, collection, year):
    """The list of a product's tiles of a year, if they are brought; a retired collection never is."""
    if not brought(study, "tiles") or collection != "061":
        return None
    return f"{RESULTS}/{study['slug']}/acquired/{product}.{collection}_{year}.csv"


def tiles_in(path, folder):
    """Paths of the tiles in a list that a job wrote; FileNotFoundError before it did."""
    with open(path, newline="", encoding="utf-8") as file:
        return [str(Path(folder, row["file"])) for row in csv.DictReader(file)]


def lock_of(wildcards):
    """The lock file of a study: the very tiles that it was built from."""
    return str(TOP / "config/locks" / f"{wildcards.study}.csv")


def lock_if_there(wildcards):
    path = lock_of(wildcards)
    return os.path.relpath(path) if os.path.exists(path) else []


def lists_of_downloads(study):
    """Lists of the files that were brought, tiles left out."""
    below = f"{RESULTS}/{study['slug']}/acquired"
    return [
        f"{below}/{name}_files.csv"
        for name in ("area", "dem", "stations", "radiation", "soil_carbon", "population")
        if brought(study, name)
    ]


def all_downloads(_):
    """What the download rules bring for all studies of the site."""
    found = []
    for study in STUDIES.values():
        found += lists_of_downloads(study)
        for name, years in plan.tile_years(study).items():
            product, _, collection = name.upper().rpartition("_")
            lists = [list_of_tiles(study, product, collection, year) for year in years]
            found += [path for path in lists if path]
    return found


def radiation_files(wildcards):
    is_brought = brought(study_of(wildcards), "radiation")
    return f"{RESULTS}/{wildcards.study}/acquired/radiation_files.csv" if is_brought else []


def countries_of_population(wildcards):
    return acquire_choices.countries(study_of(wildcards))


DATASETS = checked(register.load)
STUDIES.update({name: with_downloads(study) for name, study in STUDIES.items()})
