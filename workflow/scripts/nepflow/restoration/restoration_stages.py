"""Mean NEP of measures and of untreated land -> trends by stage and change points."""

import numpy as np

from nepflow.restoration import change_point

COLUMNS = ["measure", "stage", "quantity", "value", "unit"]
UNTREATED = "untreated"


def stage_rows(measure, series, years, stages):
    """Yield mean, slope with standard error of each stage, and the change point of the series.

    Parameters
    ----------
    measure : str
    series : ndarray, shape (year,)
        g C m-2 yr-1.
    years : ndarray, shape (year,)
    stages : list of [first, last]
    """
    whole = int(years[0]), int(years[-1])
    for first, last in (whole, *stages):
        inside = (years >= first) & (years <= last)
        stage = f"{first}-{last}"
        slope, error = change_point.line(years[inside], series[inside])
        known = np.isfinite(series[inside])
        mean = series[inside][known].mean() if known.any() else np.nan
        yield measure, stage, "mean", mean, "g C m-2 yr-1"
        yield measure, stage, "slope", slope, "g C m-2 yr-2"
        yield measure, stage, "slope_standard_error", error, "g C m-2 yr-2"
        yield measure, stage, "years", known.sum(), "count"
    found = change_point.pettitt(series)
    stage = f"{whole[0]}-{whole[1]}"
    last_year = years[found.place] if found.place >= 0 else np.nan
    yield measure, stage, "last_year_before_change", last_year, "year"
    yield measure, stage, "pettitt_k", found.statistic, "1"
    yield measure, stage, "pettitt_p", found.p, "1"
