"""Write the settings of a study and the choices that it makes explicitly.

Reads   the merged settings (parameters)
Writes  study (YAML), choices (table: topic, choice)
"""

import yaml
from nepflow import tables
from nepflow._log import logged_to
from nepflow.atomic import replacing

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


def describe_study(study, study_path, choices_path):
    """One row a choice that a reader could have made otherwise."""
    overlap = "-".join(map(str, study["npp"]["overlap"]))
    rows = [
        ("period", f"{study['years'][0]}-{study['years'][-1]}, {len(study['years'])} years"),
        ("grid", f"{study['grid']['resolution_m']} m, {study['grid']['crs']}"),
        ("NPP", f"{RESAMPLING[study['npp']['resampling']]} (MOD17A3HGF)"),
        ("land cover", f"{RESAMPLING[study['landcover']['resampling']]} (MCD12Q1)"),
        (
            "respiration",
            f"Pei et al., reading {study['respiration']['reading']}: "
            f"{study['respiration']['reason']}",
        ),
        ("climate", climate_choice(study["climate"])),
    ]
    if study["period"][0] == 2000:
        rows.append(("NPP of 2000", YEAR_2000[study["npp"]["year_2000"]].format(overlap=overlap)))
    for entry in study["landcover"].get("substitute", []):
        rows.append((f"land cover of {entry['year']}", f"that of {entry['by']}: not in MCD12Q1"))
    if not study["has_trend"]:
        needed = f"{len(study['years'])} years, a trend needs {study['minimum_years']}"
        rows.append(("trend", f"not estimated: {needed}"))
    tables.write(rows, choices_path, ["topic", "choice"], simulated=study["simulated"])
    with replacing(study_path) as path, open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump(study, file, allow_unicode=True, sort_keys=False)


def climate_choice(climate):
    """What the climate is made of."""
    text = (
        f"{climate['time_step']} station records, thin-plate spline with elevation, smoothing by "
    )
    text += climate["smoothing"].upper()
    if climate["time_step"] == "normals":
        text += "; monthly normals stand for every year, so climate has no variation in time"
    return text


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        describe_study(
            study=snakemake.params.study,
            study_path=snakemake.output.study,
            choices_path=snakemake.output.choices,
        )
