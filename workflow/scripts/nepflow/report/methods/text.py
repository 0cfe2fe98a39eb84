"""The methods of a study as a paper would tell them, from its merged settings alone."""

from html import escape

from nepflow.report.methods import climate, drivers, equations, pixel
from nepflow.report.methods import npp as methods_npp
from nepflow.report.methods import respiration as methods_respiration
from nepflow.report.methods import zones as methods_zones
from nepflow.report.methods.references import cited, listed
from nepflow.study import attribution, landcover, layers, modis, uncertainty

_RESAMPLED = {
    "nearest": "the value at the centre of the cell",
    "bilinear": "bilinear interpolation of valid cells",
    "average": "the mean of valid cells",
    "mode": "the commonest class in the cell",
    "auto": "the mean of valid cells where the cells of the grid are more than two of its own "
    "wide, otherwise by the value at the centre of the cell",
}


def sections(study):
    """Return the sections of the methods.

    Parameters
    ----------
    study : dict
        Merged and completed settings.

    Returns
    -------
    list of (str, list of (str, str))
        Title, and blocks (kind, HTML) of kind ``p`` or ``equation``; values of the settings
        are escaped.
    """
    if not layers.has_npp(study):
        trends = [pixel.trend(study["trend"], study["min_years"])] if study["has_trend"] else []
        return [_grid(study), climate.section(study["climate"]), *trends]
    made = [_data(study), climate.section(study["climate"]), _productivity(study)]
    zones = methods_zones.section(study)
    made += [zones] if zones else []
    if study["has_trend"]:
        made.append(pixel.trend(study["trend"], study["min_years"]))
        made += [pixel.variability(study["variability"])] if "variability" in study else []
        made += [pixel.persistence(study["persistence"])] if "persistence" in study else []
        made += [pixel.correlation(study)] if "correlation" in study else []
        if attribution.variables_of(study):
            made.append(("Climate and the residual", drivers.blocks(study)))
    made += [_change(study)] if study.get("landcover_dates") else []
    made += drivers.sections(study)
    made += drivers.restoration_sections(study)
    return [*made, _shares(study), *([_errors(study)] if layers.has_errors(study) else [])]


def references(made):
    """Return the works that `sections` cite, alphabetically."""
    return listed(" ".join(html for _, blocks in made for _, html in blocks))


def _equation(name):
    html, unit = equations.BY_NAME[name]
    return "equation", html + (f" &nbsp; ({unit})" if unit else "")


def _grid(study):
    """Area and grid of a study of climate alone."""
    grid, years = study["grid"], study["years"]
    text = (
        f"Climate of {years[0]}–{years[-1]} was brought to one equal-area grid "
        f"(<code>{escape(grid['crs'])}</code>) with cells of {grid['resolution_m']:g} m. The study "
        "has no NPP: stages that need it are left out."
    )
    return "Study area and data", [("p", text)]


def _data(study):
    """Area, grid, NPP and land cover."""
    period = f"{study['years'][0]}–{study['years'][-1]}"
    grid, npp = study["grid"], study["npp"]
    first = methods_npp.source(study, period)
    second = (
        "All layers were brought from the sinusoidal grid of the sensor to one equal-area grid "
        f"(<code>{escape(grid['crs'])}</code>) with cells of {grid['resolution_m']:g} m, "
        f"{'NDVI' if npp['source'] == 'casa' else 'NPP'} by {_by(study, _product(study))}."
    )
    if npp.get("compare") == "mod17" and npp["source"] != "mod17":
        second += f" NPP of MOD17A3HGF came there by {_by(study, 'MOD17A3HGF')}."
    blocks = [("p", first), ("p", second)]
    if study["uses_landcover"]:
        blocks.append(("p", _landcover(study)))
    return "Study area and data", blocks


def _product(study):
    """The product that NPP comes from; None of rasters of the user."""
    return {"casa": study.get("ndvi", {}).get("product"), "mod17": "MOD17A3HGF"}.get(
        study["npp"]["source"]
    )


def _by(study, product):
    """How a product came to the grid, and why where the size of the cells decided."""
    if product is None:
        return _RESAMPLED[study["npp"]["resampling"]]
    why = modis.resampling_reason(study, product)
    return _RESAMPLED[modis.resampling_of(study, product)] + (f" ({why})" if why else "")


def _landcover(study):
    classes = "; ".join(
        f"{escape(entry['name'])} ({', '.join(map(str, entry['codes']))})"
        for entry in study["landcover_classes"]
    )
    text = (
        f"Land cover is MCD12Q1 in the classification of the IGBP {cited('friedl')}, by "
        f"{_by(study, 'MCD12Q1')}, joined to (codes in brackets): {classes}."
    )
    for entry in study["landcover"].get("substitute", []):
        text += f" The map of {entry['by']} stands for {entry['year']}, which the product lacks."
    return text


def _productivity(study):
    """NEP and respiration."""
    intro = (
        "Net ecosystem productivity (NEP) is NPP less heterotrophic respiration "
        "<var>R</var><sub>h</sub> in every cell and year; positive values are carbon sinks:"
    )
    blocks = [("p", intro), _equation("nep"), *methods_respiration.blocks(study)]
    return "Net ecosystem productivity", blocks


def _change(study):
    """Transition matrices of land cover."""
    dates = [str(date) for date in study["landcover_dates"]]
    first = (
        f"Land cover of {', '.join(dates[:-1])} and {dates[-1]} was compared cell by cell, each "
        "date with the next and the first with the last. Of each class, gain and loss follow from "
        f"the margins and the diagonal of the transition matrix {cited('pontius')}:"
    )
    second = (
        "Shares are of the area with a class at both dates; the area without one is reported "
        "beside them, and both close to the whole area. "
        f"{landcover.CHANGES} {cited('sulla')}."
    )
    return "Change of land cover", [("p", first), _equation("swap"), ("p", second)]


def _errors(study):
    """Errors of inputs and constants, and forms of the model beside them."""
    said = "; ".join(uncertainty.SOURCES[name].en.sentence for name in uncertainty.sources(study))
    first = (
        f"Errors of inputs and constants were carried to the mean NEP of every cell by their "
        f"sensitivities (delta method): {said}. Every number that was taken stands in a table with "
        "its source. An error <var>c<sub>i</sub></var> of a cell, of one standard deviation, gives "
        "the mean of a zone of <var>n</var> cells, by how far it is shared (<var>a</var>: range),"
    )
    second = (
        "and the variances add. The interval of a trend holds beside them the standard error of "
        f"the slope with the memory of its residuals {cited('santer')}; an error that all years "
        "share scales the trend of NPP or of respiration. The probability of a sink is that of a "
        "normal distribution. What other forms of the model give is no error of this kind: the "
        "same numbers by every model of respiration and source of NPP of the study, and the share "
        "of them that say sink, stand beside it. Not in any of them: fire, harvest, grazing and "
        "lateral carbon, which NPP less heterotrophic respiration leaves out."
    )
    return "Errors of NEP", [("p", first), _equation("zone_error"), ("p", second)]


def _shares(study):
    """Totals and shares, and what simulated inputs mean."""
    text = (
        "Totals are sums of cell values times the true cell area of the equal-area grid "
        "(Tg C yr⁻¹), over cells with data only. The mean of a region is the mean over its cells "
        "with data in each year, averaged over the years; beside it stands that over the cells "
        "with data, and in the same zone, in all years, whose area does not move. "
        f"{landcover.left_out_text(study)} A mean or a total of fewer than "
        f"{layers.min_years(study)} years is not given. Shares name what they are shares of, and "
        "close to 100 %."
    )
    interval = (
        "The interval of a mean or a total is that of these years: of their residuals <var>e</var> "
        "from the least-squares line, with the lag-1 autocorrelation <var>r</var>, which makes "
        "<var>n</var> years worth <var>n<sub>e</sub></var> independent ones "
        f"{cited('bayley')}. Slopes have the interval of ordered pairwise slopes {cited('sen')}. "
        "Both tell how much years differ, not how wrong inputs and models may be in all years "
        "alike. The ends of the shares of sinks and sources are the cells that are so with their "
        "whole interval."
    )
    blocks = [("p", text), _equation("effective_years"), ("p", interval)]
    if study["simulated"]:
        note = "All inputs of this study are simulated; the methods are those of real inputs."
        blocks.append(("p", note))
    return "Totals and shares", blocks
