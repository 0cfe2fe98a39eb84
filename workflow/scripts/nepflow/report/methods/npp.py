"""Methods text: net primary productivity."""

from html import escape

from nepflow import labels
from nepflow.report.methods.references import cited

_YEAR_2000 = {
    "drop": "The year 2000, which collection 061 does not have, was left out.",
    "collection_006": "Collection 061 begins in 2001; NPP of 2000 was taken from the retired "
    "collection 006 as it is.",
    "collection_006_harmonised": "Collection 061 begins in 2001; NPP of 2000 was taken from "
    "collection 006 and shifted in each cell by the mean difference of the collections in "
    "{first}–{last}.",
}


def source(study, period):
    """Return the paragraph (HTML) on the source of NPP.

    Parameters
    ----------
    study : dict
        Merged and completed settings.
    period : str
        Such as 2001–2020.
    """
    return _SOURCES[study["npp"]["source"]](study, period)


def light_use(study, period):
    """NPP by light use."""
    ndvi, casa = study["ndvi"], study["casa"]
    first = (
        f"Annual net primary productivity (NPP) of {period} ({len(study['years'])} years) was "
        f"modelled by light use efficiency, CASA as improved by {cited('zhu')[1:-1]}, from monthly "
        f"NDVI of {ndvi['product']} v061 {cited('didan')}, temperature, precipitation and solar "
        "radiation. Months under snow have the least NDVI of the pixel without snow; cloud of up "
        f"to {ndvi['max_interpolated_months']} months was bridged linearly, longer by the pixel's "
        "mean of the calendar month, scaled to its neighbours in time; years with more than "
        f"{ndvi['max_filled_months']} such months are absent."
    )
    whose = {
        "zhu2007": "are those of Zhu et al.",
        "own": "are the {:g} and {:g} % quantiles of observed NDVI of the vegetation type; the "
        "least green months of a type so count as bare ground",
        "own_upper": "are the {1:g} % quantile of observed NDVI of the vegetation type and, for "
        "bare ground, the lower limit of Zhu et al.",
    }[casa["limits"]].format(*casa["limit_percentiles"])
    return first + f" Limits of NDVI between which light absorption rises {whose}."


def mod17(study, period):
    """NPP of the satellite product."""
    npp = study["npp"]
    return (
        f"Annual net primary productivity (NPP) of {period} ({len(study['years'])} years) is that "
        f"of MOD17A3HGF {cited('running')}. Special codes were removed by the valid range of the "
        "product before tiles were joined, and the reason for missing data was kept; nothing was "
        f"filled. {_YEAR_2000[npp['year_2000']] if study['period'][0] == 2000 else ''}"
    ).format(first=npp["overlap"][0], last=npp["overlap"][1])


def made_elsewhere(study, period):
    """NPP of rasters that the study brings."""
    rasters = study["npp"]["rasters"]
    text = (
        f"Annual net primary productivity (NPP) of {period} ({len(study['years'])} years) was made "
        f"elsewhere and brought as rasters (<code>{escape(rasters['file'])}</code>, "
        f"{labels.unit_text(rasters['unit'])}); cells without a value are absent without a reason."
    )
    if "drivers" not in rasters:
        return text + " Which climate entered it is not declared."
    names = [labels.quantity_name(name).lower() for name in rasters["drivers"]]
    entered = f"{labels.joined(names)} entered it" if names else "No climate entered it"
    return f"{text} {labels.sentence(entered)}, as its source declares."


_SOURCES = {"casa": light_use, "mod17": mod17, "rasters": made_elsewhere}
