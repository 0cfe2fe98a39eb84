"""What a reader must know of a study: the choices that it makes, and warnings."""

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
}


def choices(study):
    """Return (topic, choice) of everything that could have been chosen otherwise."""
    overlap = "-".join(map(str, study["npp"]["overlap"]))
    rows = [
        ("period", f"{study['years'][0]}-{study['years'][-1]}, {len(study['years'])} years"),
        ("grid", f"{study['grid']['resolution_m']} m, {study['grid']['crs']}"),
        ("NPP", f"{RESAMPLING[study['npp']['resampling']]} ({npp_source(study['npp'])})"),
        (
            "respiration",
            f"Pei et al., reading {study['respiration']['reading']}: "
            f"{study['respiration']['reason']}",
        ),
        ("climate", climate_choice(study["climate"])),
    ]
    if study["period"][0] == 2000 and study["npp"]["source"] == "mod17":
        rows.append(("NPP of 2000", YEAR_2000[study["npp"]["year_2000"]].format(overlap=overlap)))
    if study["uses_landcover"]:
        method = RESAMPLING[study["landcover"]["resampling"]]
        rows.append(("land cover", f"{method} (MCD12Q1)"))
    for entry in study["landcover"].get("substitute", []):
        rows.append((f"land cover of {entry['year']}", f"that of {entry['by']}: not in MCD12Q1"))
    rows += [
        (f"source of {entry['input']}", f"{entry['title']}: {entry['text']}")
        for entry in study.get("sources", [])
    ]
    rows += [
        (f"{entry['input']} instead of {entry['instead_of']}", f"{entry['by']}: {entry['reason']}")
        for entry in study.get("substitutes", [])
    ]
    if not study["has_trend"]:
        needed = f"{len(study['years'])} years, a trend needs {study['minimum_years']}"
        rows.append(("trend", f"not estimated: {needed}"))
    return rows


def npp_source(npp):
    """Where NPP comes from."""
    return "MOD17A3HGF" if npp["source"] == "mod17" else npp["rasters"]["file"]


def climate_choice(climate):
    """What the climate is made of."""
    if climate["source"] == "grids":
        names = sorted({entry["file"] for entry in climate["grids"]})
        rate = climate["downscaling"]["lapse_rate_k_per_km"]
        lapse = "" if rate is None else f"; temperature by {rate} K km-1 of elevation"
        return f"monthly grids ({', '.join(names)}), bilinear{lapse}"
    way = "as third variable" if climate["model"] == "trivariate" else "as covariate"
    text = f"{climate['time_step']} station records, thin-plate spline with elevation {way}, "
    text += f"smoothing by {climate['smoothing'].replace('_', ' ')}"
    if climate["common_smoothing"]:
        text += ", one parameter for all surfaces of a variable"
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
        yield "simulated", "every input is simulated (twin): no number here is an observation"
    if not study["has_trend"]:
        yield (
            "trend",
            (
                f"{len(study['years'])} years are fewer than minimum_years "
                f"({study['minimum_years']}): no trend products; left out: "
                f"{', '.join(study['figures_left_out']) or 'none'}"
            ),
        )
    if "006" in study["npp_year_folder"].values():
        yield (
            "NPP of 2000",
            "collection 006 beside 061: a step between them can look like a trend",
        )
    for entry in study["landcover"].get("substitute", []):
        yield "land cover", f"{entry['year']} is that of {entry['by']}"
    if study["climate"]["time_step"] == "normals" and study["climate"]["source"] == "stations":
        yield "climate", "monthly normals applied to every year: Rh does not vary in time"


FLAGS = {
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
