"""Input functions of what the other readings give."""


wildcard_constraints:
    choice="respiration|year_2000|filled|persistence|significance|variation|landcover|fpar_limits",
    keyed=r"(keys/\w+/)?",


def choices_of(study):
    """Choices of a study that it can make otherwise."""
    listed = study["specification"].get("choices", []) if study["has_trend"] else []
    impossible = {"year_2000"} if study["years"][0] != 2000 else set()
    if not study["uses_landcover"] or study["landcover"].get("classes"):
        impossible.add("landcover")
    if study["npp"]["source"] != "casa":
        impossible.add("fpar_limits")
    return [choice for choice in listed if choice not in impossible]


def options_of_2000(study):
    """Folders of the NPP of 2000 by the options of its choice, the study's own among them."""
    if study["npp"]["source"] != "mod17":
        return {"drop": None, "kept": study["npp"]["source"]}
    folders = {"drop": None, "collection_006": "006"}
    if harmonised_is_tried(study):
        folders["collection_006_harmonised"] = "harmonised"
    return folders


def npp_of_2000(study):
    """NPP of 2000 by the options that the study does not choose."""
    below = f"{RESULTS}/{study['slug']}/npp"
    own = study["npp_year_folder"].get(2000)  # none: there is no such choice
    if own is None:
        return {}
    others = {option: f for option, f in options_of_2000(study).items() if f not in (None, own)}
    return {option: f"{below}/{folder}/2000.tif" for option, folder in others.items()}


def choice_tables(wildcards):
    below = f"{RESULTS}/{wildcards.study}/specification"
    return [f"{below}/{choice}.csv" for choice in choices_of(study_of(wildcards))]


def keys_of(study):
    """Keys of land cover, the study's first."""
    own = study["landcover"]["key"]
    return [own, *(key for key in study["specification"]["landcover_keys"] if key != own)]


def classes_by_key(wildcards):
    """Classes of a key of land cover, or those of the study."""
    if not wildcards.keyed:
        return study_of(wildcards)["landcover_classes"]
    return landcover.KEYS[wildcards.keyed.split("/")[1]]


def choice_layers(wildcards):
    """What a choice affects, or is made from."""
    study, below = study_of(wildcards), f"{RESULTS}/{wildcards.study}"
    year = study["landcover_year"][study["years"][-1]]
    own, *others = keys_of(study)
    nep, npp, rh = (f"{below}/nep/{name}.tif" for name in ("nep", "npp", "rh"))
    return {
        "respiration": {"npp": npp, "rh": compared_respiration(wildcards)},
        "year_2000": {"nep": nep, "rh": rh} | npp_of_2000(study),
        "filled": {"nep": nep, "qc": in_study("npp/{npp}/qc_{year}.tif")(wildcards)},
        "persistence": {"nep": nep, "slope": f"{below}/pixel/nep/sen_slope.tif"},
        "significance": {"nep": nep},
        "variation": {"cv": f"{below}/pixel/nep/cv.tif"},
        "landcover": {
            "mean": f"{below}/pixel/nep/mean.tif",
            "landcover": [
                f"{below}/landcover/{year}.tif",
                *(f"{below}/landcover/keys/{key}/{year}.tif" for key in others),
            ],
        },
        "fpar_limits": npp_by_limits(wildcards) | {"rh": rh},
    }[wildcards.choice]


def choice_options(wildcards):
    study = study_of(wildcards)
    return {
        "respiration": study["respiration_variants"],
        "year_2000": list(options_of_2000(study)),
        "filled": study["specification"]["filled_percent"],
        "landcover": keys_of(study),
        "fpar_limits": limits_of(study),
    }.get(wildcards.choice, [])
