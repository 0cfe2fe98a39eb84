"""Studies whose grid is worked on in bands (grid.blocks above 1), and the rules that know bands."""

BANDED_STUDIES = [name for name, study in STUDIES.items() if study["grid"]["blocks"] > 1]
BANDED_RULES = [
    "warp_npp",
    "warp_npp_raster",
    "harmonise_npp",
    "warp_landcover",
    "interpolate_climate",
    "estimate_standard_error",
    "estimate_pet",
    "warp_ndvi",
    "fill_ndvi",
    "estimate_normals",
    "estimate_npp_casa",
    "estimate_respiration",
    "estimate_nep",
    "estimate_mean",
    "estimate_trend",
    "estimate_stability",
    "estimate_persistence",
    "estimate_correlation",
    "estimate_correlation_without_radiation",
    "estimate_dominance",
    "estimate_absence",
    "average_periods",
    "average_landcover",
    "estimate_attribution",
    "estimate_residual_bias",
]


wildcard_constraints:
    band=r"\d+-of-\d+",


def in_band(file):
    """The pattern of a band's file: <study>/<file> becomes <study>/bands/<band>/<file>."""
    return file.replace("{study}/", "{study}/bands/{band}/", 1)


def files_of_band(name):
    """Outputs of the rule ``name`` for one band."""
    return {key: in_band(file) for key, file in getattr(rules, name).output.items()}


def log_of_band(name):
    """The log of one band, in the folder of the rule that it is a part of."""
    return os.path.join(os.path.splitext(getattr(rules, name).log[0])[0], "{band}.log")


def constraints_of_gathering(name):
    """Those of the rule ``name``, for studies in bands alone."""
    own = getattr(rules, name).rule.wildcard_constraints
    studies = [study for study in BANDED_STUDIES if re.fullmatch(own.get("study", ".*"), study)]
    return {**own, "study": any_of(studies)}


def bands_of(name):
    """Function that gives, by the name of each output of a rule, its files of all bands."""

    def files(wildcards):
        count = STUDIES[wildcards.study]["grid"]["blocks"]
        bands = [f"{number}-of-{count}" for number in range(1, count + 1)]
        return {
            key: [file.format(**wildcards, band=band) for band in bands]
            for key, file in files_of_band(name).items()
        }

    return files
