"""Choices that a study makes explicitly, and warnings."""

from nepflow.detector import results
from nepflow.io import raster, tables
from nepflow.pixel import variability
from nepflow.respiration import calibration
from nepflow.stations import archive_rules, suspects
from nepflow.study import attribution, downloads, layers, modis, respiration

YEAR_2000 = {
    "drop": "left out: collection 061 begins in 2001",
    "collection_006": "taken from the retired collection 006 as it is; the other years are 061",
    "collection_006_harmonised": "taken from collection 006 and shifted per pixel by the mean "
    "difference of the collections in {overlap}",
}
RESAMPLING = {
    "nearest": "value at the cell's centre",
    "bilinear": "bilinear over valid cells, kept where at least half is valid",
    "average": "mean of valid cells, kept where at least half is valid",
    "mode": "commonest class in the cell",
    "auto": "mean of valid cells where cells of the grid are more than two of the raster wide, "
    "else value at the cell's centre",
}


def choices(study):
    """Return (topic, choice) of everything that could have been chosen otherwise."""
    overlap = "-".join(map(str, study["npp"]["overlap"]))
    rows = [
        ("period", f"{study['years'][0]}-{study['years'][-1]}, {len(study['years'])} years"),
        ("grid", f"{study['grid']['resolution_m']} m, {study['grid']['crs']}"),
        ("climate", climate_choice(study["climate"])),
    ]
    if layers.has_npp(study):
        rows[2:2] = [("NPP", npp_choice(study)), ("respiration", respiration_choice(study))]
    rows += [
        ("left out", f"{what}: needs NPP, npp.source is none") for what in study.get("left_out", [])
    ]
    if layers.has_errors(study):
        rows.append(("errors of NEP", errors_choice(study["uncertainty"])))
    if study["period"][0] == 2000 and study["npp"]["source"] == "mod17":
        rows.append(("NPP of 2000", YEAR_2000[study["npp"]["year_2000"]].format(overlap=overlap)))
    if study["npp"]["source"] == "casa":
        rows += ndvi_choices(study)
    if study["uses_landcover"]:
        rows.append(("land cover", f"{resampled(study, 'MCD12Q1')} (MCD12Q1)"))
    for entry in study["landcover"].get("substitute", []):
        rows.append((f"land cover of {entry['year']}", f"that of {entry['by']}: not in MCD12Q1"))
    if attribution.variables_of(study) and study["has_trend"]:
        claim = study["attribution"]["main_method"].replace("_", " ")
        text = (
            f"claimed from the {claim} method; the residual also holds CO2, fire and model errors"
        )
        rows.append(("climate and the residual", text))
    if study["acquire"]["unknown_checksum"] == "accept" and study.get("brings"):
        text = "taken where the archive's checksum is of an unknown kind; unverified in the inputs"
        rows.append(("downloads", text))
    rows += [
        (f"source of {entry['input']}", f"{entry['title']}: {entry['text']}")
        for entry in study.get("sources", [])
    ]
    rows += [
        (f"{entry['input']} instead of {entry['instead_of']}", f"{entry['by']}: {entry['reason']}")
        for entry in study.get("substitutes", [])
    ]
    if not study["has_trend"]:
        needed = f"{len(study['years'])} years, a trend needs {study['min_years']}"
        rows.append(("trend", f"not estimated: {needed}"))
    return rows


def errors_choice(settings):
    """Which errors of inputs and constants are the study's own; all others are defaults."""
    own = [
        f"{source} {key}"
        for source, values in settings.items()
        if isinstance(values, dict)
        for key, value in values.items()
        if value not in (None, {})
    ]
    if not own:
        return "defaults alone (config/uncertainty.csv, config/respiration_refit.csv)"
    return f"defaults, but the study's own {', '.join(own)}".replace("_", " ")


def respiration_choice(study):
    """The model of respiration, its relation and carbon, and the reason for it."""
    settings = study["respiration"]
    if settings["model"] in respiration.DIRECT_MODELS:
        name = respiration.DIRECT_MODELS[settings["model"]].en.short
        return f"{name}, time step {settings['time_step']}: {settings['reason']}"
    name = respiration.label(respiration.chosen(settings))
    text = f"{name}, applied to sums of a {settings['rh_relation_step']}"
    if respiration.SOIL_MODELS[settings["model"]].needs_carbon:
        carbon = study["soil_carbon"]
        depth = "-".join(f"{limit:g}" for limit in carbon["depth_cm"])
        text += f"; soil organic carbon of {carbon['file']} ({carbon['unit']}, {depth} cm)"
    return f"{text}: {settings['reason']}"


def npp_choice(study):
    """Where NPP comes from."""
    source = study["npp"]["source"]
    if source == "casa":
        return casa_choice(study["casa"])
    if source == "mod17":
        return f"{resampled(study, 'MOD17A3HGF')} (MOD17A3HGF)"
    return f"{RESAMPLING[study['npp']['resampling']]} ({study['npp']['rasters']['file']})"


def resampled(study, product):
    """How a product comes to the grid, and why where the size of the cells decides."""
    method = RESAMPLING[modis.resampling_of(study, product)]
    why = modis.resampling_reason(study, product)
    return f"{method}: {why}" if why else method


LIMITS = {
    "zhu2007": "those of Zhu et al. (2007)",
    "own": "{} and {} % quantiles of the study's NDVI by vegetation type",
    "own_upper": "upper ones {1} % quantiles of the study's NDVI by vegetation type, lower ones of "
    "Zhu et al. (2007)",
}


def casa_choice(casa):
    """How NPP is modelled."""
    limits = LIMITS[casa["limits"]].format(*casa["limit_percentiles"])
    return (
        f"CASA of Zhu et al. (2007); limits of NDVI: {limits}; light use efficiency of "
        f"{casa['efficiency']}; scale of the temperature stress {casa['stress_scale']}"
    )


def ndvi_choices(study):
    """Yield (topic, choice) of NDVI."""
    ndvi = study["ndvi"]
    kept = ", ".join(map(str, ndvi["valid_reliability"]))
    yield (
        "NDVI",
        f"{ndvi['product']}, pixel reliability {kept}, {resampled(study, ndvi['product'])}; cloud "
        f"for up to {ndvi['max_interpolated_months']} months linear, longer the scaled "
        f"climatology; years with more than {ndvi['max_filled_months']} filled months absent",
    )
    if study["period"][0] <= 2001:
        first = study["years"][0]
        january = "the product begins in February 2000; "
        january += {
            2000: "scaled mean of the other Januaries",
            2001: "the study begins in 2001, as MCD12Q1 does",
        }[first]
        yield "NDVI of January 2000", january


WHOSE = {True: "for all surfaces of a variable", "calendar_month": "a calendar month"}
FALLBACK = {"gml": "GML", "calendar_month": "the common GML of the calendar month"}
METHODS = {
    "anomaly": "the climatology and of the departures of each month",
    "absolute": "each month",
    "annual": "each year (months apart)",
}


def climate_choice(climate):
    """What the climate is made of."""
    if climate["source"] == "grids":
        names = sorted({entry["file"] for entry in climate["grids"]})
        rate = climate["downscaling"]["lapse_rate_k_per_km"]
        lapse = "" if rate is None else f"; temperature by {rate} K km-1 of elevation"
        return f"monthly grids ({', '.join(names)}), bilinear{lapse}"
    ways = {"trivariate": "as third variable", "position": "not used", "covariate": "as covariate"}
    way = ways[climate["model"]]
    text = f"{climate['time_step']} station records, thin-plate spline with elevation {way} of "
    text += f"{METHODS[climate['method']]}, "
    text += f"smoothing by {climate['smoothing'].replace('_', ' ')}"
    if climate["common_smoothing"]:
        text += f", one parameter {WHOSE[climate['common_smoothing']]}"
    elif climate["smoothing"] == "gcv" and climate["smoothing_fallback"] != "none":
        text += f", by {FALLBACK[climate['smoothing_fallback']]} where GCV interpolates"
    if climate["max_knots"]:
        text += f", {climate['max_knots']} knots"
    if climate["bias_correction"] != "none":
        text += (
            f"; transformed variables corrected by the variance of the {climate['bias_correction']}"
        )
    if climate["time_step"] == "normals":
        text += "; monthly normals stand for every year, so climate has no variation in time"
    return text


def warnings(study):
    """What a reader must know before using the numbers."""
    if study["simulated"]:
        yield "simulated", "every input is simulated: no number here is an observation"
    if not study["has_trend"]:
        yield (
            "trend",
            (
                f"{len(study['years'])} years are fewer than min_years "
                f"({study['min_years']}): no trend products; left out: "
                f"{', '.join(study['figures_left_out']) or 'none'}"
            ),
        )
    if "006" in study["npp_year_folder"].values():
        yield (
            "NPP of 2000",
            "collection 006 beside 061: a step between them can look like a trend",
        )
    if study["npp"]["source"] == "casa" and study["casa"]["limits"] == "own":
        yield (
            "NPP",
            f"the {study['casa']['limit_percentiles'][0]:g} % quantile of each vegetation type "
            "stands for no light absorbed (casa.limits: own): NPP of evergreen vegetation is too "
            "low, and its changes follow NDVI several times too strongly; own_upper has bare "
            "ground there",
        )
    for name in respiration.unconfirmed(study["respiration"]) if layers.has_npp(study) else ():
        yield (
            "respiration",
            f"constants of {name} are unconfirmed: found in no public source that was consulted; "
            "compare them with the paper before numbers are used",
        )
    for entry in study["landcover"].get("substitute", []):
        yield "land cover", f"{entry['year']} is that of {entry['by']}"
    if study["climate"]["time_step"] == "normals":
        yield "climate", "monthly normals applied to every year: Rh does not vary in time"
    if downloads.mixes_power_sources(study):
        yield (
            "NASA POWER",
            f"its radiation changes source with {downloads.POWER_CERES} (GEWEX SRB before, CERES "
            "SYN1deg after) at all places at once: a step that no comparison of stations sees can "
            f"look like a trend. Begin the period in {downloads.POWER_CERES}, or bring radiation "
            "of one source",
        )


def casa_warnings(table, casa):
    """Yield a warning where NDVI stands at a limit of light absorption too often.

    Parameters
    ----------
    table : DataFrame
        Of ``tables/casa.csv``.
    casa : dict
        max_clip_percent, %.
    """
    whole = table[(table["quantity"] == "clip_share") & table["year"].isna()]["value"].iloc[0]
    if not whole <= casa["max_clip_percent"]:  # no number is no reassurance
        yield (
            "NPP",
            f"NDVI of {whole:.1f} % of the pixel-months stands at a limit of light absorption: "
            "there NPP does not follow NDVI (casa.limits)",
        )


def project_warnings(table):
    """Yield a warning that names the restoration projects without a cell.

    Parameters
    ----------
    table : DataFrame
        Columns project, cells, cells_of_earlier_projects.
    """
    lost = table[table["cells"] == 0]
    if len(lost):
        covered = int((lost["cells_of_earlier_projects"] > 0).sum())
        names = ", ".join(lost["project"].astype(str)[:10]) + (", ..." if len(lost) > 10 else "")
        yield (
            "restoration",
            f"{len(lost)} of {len(table)} projects have no cell and are not compared, {covered} "
            f"since earlier projects hold theirs, the others are smaller than a cell or outside "
            f"of the area: {names}",
        )


FLAGS = {
    "FLAG_FALLBACK": "take the smoothing of climate.smoothing_fallback, as GCV interpolates",
    "FLAG_SIGNAL_ABOVE_HALF": "have a signal above half of the stations: rough, little smoothing",
    "FLAG_END_OF_RANGE": "have their minimum at the end of the search range",
    "FLAG_CLOSE_STATIONS": "have stations closer than climate.close_stations_km",
    "FLAG_CRITERIA_DISAGREE": "differ much between GCV and GML",
}


def table_warnings(defects, fits):
    """Yield (topic, warning) from the tables of station defects and of the fits.

    Parameters
    ----------
    defects : DataFrame
        Columns station, reason.
    fits : dict of DataFrame
        Variable -> columns quantity, value.
    """
    counts = defects.groupby("reason")["station"].nunique()
    if len(counts):
        text = ", ".join(f"{reason} at {count}" for reason, count in counts.items())
        yield "stations", f"defects by station: {text} (station_defects.csv)"
    for variable, fit in fits.items():
        for flag, meaning in FLAGS.items():
            flagged = fit[fit["quantity"] == flag]["value"]
            if flagged.sum() > 0:
                share = f"{int(flagged.sum())} of {len(flagged)} surfaces {meaning}"
                yield f"{variable} fit", share


NETWORK_SHARE = 0.2  # of the trend, from which the difference of networks is a warning


def network_warnings(table):
    """Yield a warning where stations that open or close move a trend, or nothing shows that.

    Parameters
    ----------
    table : DataFrame
        Of ``tables/<variable>_networks.csv``.
    """
    variable, value = table["variable"].iloc[0], table.set_index(["network", "quantity"])["value"]
    slope = {
        name: value.get((words, "sen_slope"))
        for name, words in (("all", "all stations"), ("constant", "stations there throughout"))
    }
    count = value["stations there throughout", "stations"]
    if slope["constant"] is None:
        yield (
            f"{variable} trend",
            f"only {count:.0f} stations are there throughout: whether stations that open or close "
            f"make the trend cannot be seen ({variable}_networks.csv)",
        )
    elif abs(slope["all"] - slope["constant"]) > NETWORK_SHARE * abs(slope["constant"]):
        unit = table[table["quantity"] == "sen_slope"]["unit"].iloc[0]
        yield (
            f"{variable} trend",
            f"{slope['all']:.3g} {unit} with all stations, {slope['constant']:.3g} with the "
            f"{count:.0f} that are there throughout ({variable}_networks.csv)",
        )


def step_warnings(table):
    """Yield how many stations step against their neighbours, and what was done.

    Parameters
    ----------
    table : DataFrame
        Of ``tables/station_steps.csv``.
    """
    done = {"report": "kept", "exclude": "left out", "split": "split there"}
    for variable, rows in table.groupby("variable", sort=False):
        yield (
            f"{variable} steps",
            f"{rows['station'].nunique()} stations step against their neighbours; their records "
            f"are {done[rows['policy'].iloc[0]]} (climate.homogeneity.policy; station_steps.csv)",
        )


def plot_warnings(table, model):
    """Yield the mean Rh of field plots beside that of the study's own model there.

    Parameters
    ----------
    table : DataFrame
        Of ``tables/plots_comparison.csv``.
    model : str
        Name of the model in the table; without rows of it nothing is said.
    """
    rows = table[(table["variable"] == "rh") & (table["model"] == model)]
    rows = rows[rows["group"] == "all plots"].set_index("quantity")
    if rows.empty:
        return
    count, observed, modelled = rows["value"][["values", "observed_mean", "modelled_mean"]]
    name, _, how = model.partition(" ")
    how = f", {how.replace('_', ' ')}" if how else ""
    yield (
        "field plots",
        f"mean Rh of {count:.0f} plots is {observed:.0f} {rows['unit']['observed_mean']} observed "
        f"and {modelled:.0f} by the study's model ({respiration.label(name)}{how}; "
        "plots_comparison.csv)",
    )


def station_warnings(paths):
    """Yield what suspect stations, and the rules of archives, mean for the numbers."""
    for path in paths["suspects"]:
        if text := suspects.sentence(tables.read(path, suspects.SUSPECTS)):
            yield "stations", text
    for path in paths["definitions"]:
        for text in archive_rules.sentences(tables.read(path, archive_rules.DEFINITIONS)):
            yield "stations", text


def input_warnings(table):
    """Yield what is possible and rare of the inputs; of NPP the results say it.

    Parameters
    ----------
    table : DataFrame
        Of ``tables/checked_inputs.csv``.
    """
    there = table[table["warning"].notna() & (table["input"] != "npp.rasters")]
    yield from zip(there["input"], there["warning"], strict=True)


def _of_networks(paths):
    """Yield the warnings of networks and steps."""
    for path in paths["networks"]:
        yield from network_warnings(tables.read(path, ["network", "quantity", "value", "unit"]))
    for path in paths["steps"]:
        yield from step_warnings(tables.read(path, ["variable", "station", "policy"]))


def of(paths, study):
    """Yield (topic, warning).

    Parameters
    ----------
    paths : dict
        ``casa``, ``defects``, ``suspects``, ``definitions``, ``detectors``, ``inputs``,
        ``networks``, ``plots``, ``projects``, ``steps``, ``variation``: lists of tables, empty
        where a study has none; ``polygons``: rasters; ``fits``: {variable: table}.
    study : dict
        Merged settings.
    """
    said = [text for path in paths["polygons"] for text in raster.warnings_of(path)]
    for text in dict.fromkeys(said):  # one file may be area, zones and factor
        yield "polygons", text
    for path in paths["inputs"]:
        yield from input_warnings(tables.read(path, ["input", "warning"]))
    for path in paths["projects"]:
        yield from project_warnings(tables.read(path, ["project"]))
    for path in paths["casa"]:
        yield from casa_warnings(tables.read(path), study["casa"])
    fits = {name: tables.read(path, ["quantity"]) for name, path in paths["fits"].items()}
    for path in paths["defects"]:
        yield from table_warnings(tables.read(path, ["station", "reason"]), fits)
    yield from station_warnings(paths)
    yield from _of_networks(paths)
    for path in paths["detectors"]:
        yield from results.warnings(tables.read(path, ["factor", "quantity", "value"]))
    for path in paths["plots"]:
        table = tables.read(path, ["variable", "model", "group", "quantity", "value", "unit"])
        yield from plot_warnings(table, calibration.own_model(study))
    for path in paths["variation"]:
        table = tables.read(path, ["quantity", "value"]).set_index("quantity")["value"]
        if few := variability.few_text(int(table["classes"]), study["variability"]["breaks"]):
            yield "variation", few
