"""The report of a study as one self-contained page, and the page over all studies."""

import base64
import io
import platform
import re
import struct
import subprocess
from importlib import metadata
from pathlib import Path

import jinja2

from nepflow import labels
from nepflow.report import tables as report_tables
from nepflow.report.headline import BadReport, cards, errors_of, scorecard, table_of
from nepflow.report.methods import text as methods_text
from nepflow.study import landcover, pixel, zones
from nepflow.study.figures import KINDS, caption_of

PACKAGES = (
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "pyarrow",
    "xarray",
    "rasterio",
    "rioxarray",
    "geopandas",
    "exactextract",
    "pyproj",
    "shapely",
    "pyhdf",
    "matplotlib",
    "cmcrameri",
    "jinja2",
    "snakemake",
)


def software(packages=PACKAGES):
    """Return [(name, version)] of Python and of the packages that are installed here."""
    versions = [("Python", platform.python_version())]
    for name in packages:
        try:
            versions.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return versions


def commit():
    """Return the short git commit of the code, marked if files were changed since, or None."""
    folder = Path(__file__).parents[1]

    def git(*words):
        return subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        ).stdout.strip()

    try:
        name = git("rev-parse", "--short=12", "HEAD")
        changed = git("status", "--porcelain", "--untracked-files=no", "--", str(folder.parents[1]))
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{name} with local changes" if changed else name


# Pattern of a table's name -> (section, title); the first that fits counts.
TABLES = (
    (r"respiration_variants", "results", "NEP by the time steps of the respiration equation"),
    (r"respiration_(.+)", "quality", "Soil respiration and what was clipped: {0}"),
    (r"uncertainty_(.+)", "results", "Errors of inputs and constants in NEP by {0}"),
    (r"error_sources", "results", "Errors of inputs and constants, and where they come from"),
    (r"trends_(.+)", "results", "Trends by {0}"),
    (r"series_(.+)", "results", "Annual values by {0}"),
    (r"transitions", "results", "Change of land cover"),
    (r"npp_agreement", "results", "NPP beside that of another source"),
    (r"casa", "quality", "Months of NDVI filled, and NDVI at a limit of light absorption"),
    (r"casa_limits", "quality", "Limits of NDVI and light use efficiency by vegetation type"),
    (r"shared_inputs", "results", "Climate drivers that entered what they are compared with"),
    *((pattern, "results", title) for pattern, title in pixel.TITLES),
    (r"shares_(.+)", "results", "Area of the zones {0}"),
    (r"land_use_effect_(.+)", "results", "Effect of land-use change on {0}"),
    (r"land_use_density_(.+)", "results", "Land use and densities behind it: {0}"),
    (r"detector_factors_(.+)", "results", "What factors explain: {0}"),
    (r"detector_interactions_(.+)", "results", "What pairs of factors explain: {0}"),
    (r"detector_discretisation_(.+)", "results", "Divisions of the factors: {0}"),
    (r"detector_risk_(.+)", "results", "Strata of the factors: {0}"),
    (r"detector_ecological_(.+)", "results", "Factors against each other: {0}"),
    (r"detector_scales_(.+)", "results", "Factors by spacing of the sampling grid: {0}"),
    (r"pooled_(.+)", "results", "What climate does to {0} by vegetation type"),
    (r"attribution_(.+)", "results", "Climate and the residual in the trend of {0}"),
    (r"contrast_(.+)", "results", "{0} against the rest of the area"),
    (r"restoration_effects", "results", "Effect of restoration measures on NEP"),
    (r"restoration_events", "results", "Effect of restoration by year since the start"),
    (r"restoration_stages", "results", "NEP of restored and untreated land by stage"),
    (r"calibration_plots", "results", "Constants of soil respiration from field plots"),
    (r"plots_comparison", "results", "Models of respiration at field plots"),
    (r"sites_comparison", "results", "NEP at sites"),
    (r"published", "results", "Published numbers beside ours"),
    (r"published_consistency", "results", "Published numbers among themselves"),
    (r"specification", "results", "What other choices give"),
    (r"numbers", "results", "Numbers of the text"),
    (r"recovery", "quality", "Recovery of the simulated truth"),
    (r"recovery_factors_(.+)", "quality", "What factors explain beside the simulated truth: {0}"),
    (r"recovery_land_use_(.+)", "quality", "Land-use change beside the simulated truth: {0}"),
    (r"recovery_management", "quality", "Planted trends and effects beside those found"),
    (r"recovery_patterns", "quality", "Shares and signs beside the simulated truth"),
    (r"checks", "quality", "Checks of the results"),
    (r"missing_reasons_native", "quality", "Cells of the tiles by reason for missing NPP"),
    (r"missing_reasons", "quality", "Share of the area by reason for missing NPP"),
    (r"station_defects", "quality", "Defects of station records"),
    (r"station_definitions", "quality", "What the days of the stations are made of"),
    (r"station_suspects", "quality", "Suspect and excluded stations"),
    (r"station_dry_days", "quality", "Dry days of the stations"),
    (r"station_completeness", "quality", "Completeness of the stations"),
    (r"station_steps", "quality", "Steps of stations against their neighbours"),
    (r"(.+)_networks", "quality", "Trend of {0} of all stations and of those there throughout"),
    (r"(.+)_fit", "quality", "Fit of the monthly surfaces of {0}"),
    (r"(.+)_minima", None, None),
    (r"(.+)_ranked", "quality", "Stations ranked by their residuals of {0}"),
    (r"(.+)_suspects", "quality", "Suspect monthly values of {0}"),
    (r"(.+)_floored", "quality", "Values of {0} raised to zero"),
    (r"checked_inputs", "provenance", "What was read of the input files"),
    (r"inputs", "provenance", "Input files"),
    (r"choices|warnings", None, None),
    (r"(.+)", "quality", "{0}"),
)
_DIGITS_OF_DIGEST = 12
ROWS_READ = 20_000  # of a table of thousands of zones; the page shows fewer still, the CSV has all
_WORDS = (  # of the names of tables, in titles
    *pixel.WORDS,
    (r"landcover", "land cover"),
)


def context(study, figures, tables):
    """Return everything that the template of a report shows.

    Parameters
    ----------
    study : dict
        Settings: slug, title, citation, figures, simulated, has_trend, years, min_years.
    figures : dict of {str: bytes}
        PNG of each figure by its name.
    tables : dict of {str: pandas.DataFrame}
        By file name without ending, in the order of the page.

    Returns
    -------
    dict

    Raises
    ------
    BadReport
        If a figure that the study lists or a table of the headline is missing.
    """
    said = _said(tables, study)
    shown = _tables(tables, said)
    methods = methods_text.sections(study)
    return {
        "study": study,
        "period": f"{study['years'][0]}–{study['years'][-1]}",
        "simulated": labels.SIMULATED if study["simulated"] else "",
        "cards": cards(tables, study),
        "has_errors": bool(errors_of(tables)),
        "confidence": f"{study['trend']['confidence_percent']:g}",
        "figures": _figures(study, figures, changes_found(tables)),
        "results": [table for table in shown if table["section"] == "results"],
        "quality": [table for table in shown if table["section"] == "quality"],
        "inputs": [table for table in shown if table["section"] == "provenance"],
        "choices": _pairs(tables, "choices", ("topic", "choice")),
        "notes": study.get("choices", []),
        "warnings": _pairs(tables, "warnings", ("topic", "warning")),
        "methods": methods,
        "references": methods_text.references(methods),
        "software": software(),
        "commit": commit(),
    }


def render(template_path, values):
    """Return the page of a Jinja2 template; an unknown name in it is an error.

    Parameters
    ----------
    template_path : str or Path
        Templates that it includes lie in the same folder.
    values : dict
    """
    template_path = Path(template_path)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_path.parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(template_path.name).render(values)


def card(values, page):
    """Return what the page over all studies shows of one report.

    Parameters
    ----------
    values : dict
        Of `context`.
    page : str
        Relative address of the report.

    Returns
    -------
    dict
        Strings and lists only, so that it can be stored as JSON.
    """
    kinds = ("map", "panels")
    maps = [figure for kind in kinds for figure in values["figures"] if figure["kind"] == kind]
    first = next(iter(maps or values["figures"]), None)
    return {
        "title": values["study"]["title"],
        "period": values["period"],
        "page": page,
        "simulated": values["simulated"],
        "headline": values["cards"][:2],
        "picture": _thumbnail(first["bytes"]) if first else "",
        "alt": first["title"] if first else "",
    }


def _figures(study, pictures, changes):
    """Return the figures of the study in its order, with what the page needs to show them."""
    made = []
    for number, entry in enumerate(study["figures"], start=1):
        name = entry["name"]
        if name not in pictures:
            raise BadReport(f"figures/{name}.png: the study lists it, but it was not drawn.")
        width, height = struct.unpack(">II", pictures[name][16:24])
        made.append(
            {
                "number": number,
                "name": name,
                "kind": entry["kind"],
                "title": entry.get("title", labels.sentence(name.replace("_", " "))),
                "caption": entry.get("caption", ""),
                "explained": " ".join(
                    [
                        caption_of(entry, study),
                        changes if KINDS[entry["kind"]].shows_changes else "",
                    ]
                ).strip(),
                "bytes": pictures[name],
                "source": base64.b64encode(pictures[name]).decode(),
                "width": width,
                "height": height,
            }
        )
    return made


def changes_found(tables):
    """Return how much of the changes of land cover this study itself finds to be errors, or "".

    In a simulation what changes on the maps beside what changes in truth; where there are more
    than two dates, what changes and comes back.
    """
    said = []
    if "recovery_patterns" in tables:
        rows = tables["recovery_patterns"]
        rows = rows[rows["of"].str.startswith("changed, ")].set_index("statistic")
        if len(rows):
            found, true = (float(rows["value"][f"{of} share"]) for of in ("recovered", "true"))
            said.append(
                f"Here {found:.2f} % of the cells change on the maps, {true:.2f} % in the "
                f"simulated truth ({rows['of'].iloc[0].removeprefix('changed, ')})."
            )
    if "transitions" in tables:
        rows = tables["transitions"]
        kept = rows[rows["quantity"] == "unchanged_share"].set_index("year")["value"]
        always = [years for years in kept.index if years.count("-") > 1]
        for years in always:
            first, *_, last = years.split("-")
            back = float(kept[f"{first}-{last}"]) - float(kept[years])
            said.append(f"{back:.2f} % of the area changes and is back by {last}.")
    return " ".join(said)


def _said(tables, study):
    """Return {name of a table: what stands below it}."""
    made = {}
    changes = f"{landcover.changes_text()} {changes_found(tables)}".strip()
    yearly = [own["name"] for own in study["zones"] if zones.KINDS[own["kind"]].yearly]
    stable = [
        f"shares_{own['name']}" for own in study["zones"] if own["kind"] == "stable_landcover"
    ]
    for name in tables:
        if re.fullmatch(landcover.TABLES_OF_CHANGES, name) or name in stable:
            made[name] = changes
        elif name.partition("_")[2] in yearly and name.startswith(("series_", "trends_")):
            made[name] = landcover.left_out_text(study)
        elif "shown" in tables[name].columns and len(tables[name]):
            some = labels.sentence(tables[name]["shown"].iloc[0])
            made[name] = f"{some} are shown; the CSV holds all."
        elif name == "published":
            made[name] = scorecard(tables[name])
    return made


def _tables(tables, said=None):
    """Return the tables that the page shows as tables, numbered in its order."""
    made = []
    for name, table in tables.items():
        section, title = _place(name)
        if section is None or table.empty:
            continue
        note = (said or {}).get(name, "")
        if len(table) > ROWS_READ:
            note = f"{note} Of {len(table)} rows the first {ROWS_READ} were read for the page."
            table = table.head(ROWS_READ)
        if "sha256" in table.columns:
            table = table.assign(sha256=table["sha256"].str[:_DIGITS_OF_DIGEST])
        blocks = report_tables.blocks(table)
        long = len(blocks) > 1 or len(blocks[0]["rows"]) > 12
        shown = {"name": name, "section": section, "title": title, "blocks": blocks, "long": long}
        made.append(shown | {"note": note.strip()})
    order = ["results", "quality", "provenance"]
    made.sort(key=lambda table: order.index(table["section"]))
    for number, table in enumerate(made, start=1):
        table["number"] = number
    return made


def _place(name):
    """Return section and title of a table; no section where the page shows it elsewhere."""
    pattern, section, title = next(row for row in TABLES if re.fullmatch(row[0], name))
    if section is None:
        return None, None
    parts = [_words(part) for part in re.fullmatch(pattern, name).groups()]
    if section == "quality":
        parts = [part.lower() for part in parts]
    return section, labels.sentence(title.format(*parts))


def _words(part):
    """Return a part of a table's name as a title says it."""
    if known := labels.variable_name(part):
        return known
    for pattern, text in _WORDS:
        part = re.sub(rf"(?<![a-z]){pattern}(?![a-z])", text, part)
    return part.replace("_", " ")


def _pairs(tables, name, columns):
    """Return the rows of a table of two texts."""
    rows = table_of(tables, name).to_dict("records")
    return [[str(row[column]) for column in columns] for row in rows]


def _thumbnail(picture, width=640):
    """Return a PNG made smaller, base64."""
    from PIL import Image  # only the page over all studies needs it

    with Image.open(io.BytesIO(picture)) as image:
        height = round(width * image.height / image.width)
        small = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    stored = io.BytesIO()
    small.save(stored, format="PNG", optimize=True)
    return base64.b64encode(stored.getvalue()).decode()
