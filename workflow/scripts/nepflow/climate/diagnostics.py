"""The log of fitted surfaces with ANUSPLIN's own names: rows of a table, and a text to read."""

import numpy as np

from nepflow.climate import anomaly, transformations
from nepflow.climate.surfaces import ANNUAL
from nepflow.study.variables import NORMAL, VARIABLES

# What the log holds for every surface: its name and unit; u is the unit of the fitted
# (transformed) values, v that of the variable.
QUANTITIES = {
    "RHO": "length_scale^(2m-d)",
    "NPTS": "station",
    "SIGNAL": "degree of freedom",
    "ERROR": "degree of freedom",
    "MEAN": "u",
    "STDDEV": "u",
    "GCV": "u2",
    "RTGCV": "u",
    "GML": "u2",
    "RTGML": "u",
    "MSR": "u2",
    "RTMSR": "u",
    "VAR": "u2",
    "RTVAR": "u",
    "VAR_GML": "u2",
    "RTVAR_GML": "u",
    "MSE": "u2",
    "RTMSE": "u",
    "SIGNAL_GCV": "degree of freedom",
    "SIGNAL_GML": "degree of freedom",
    "SIGNAL_LOWEST": "degree of freedom",
    "MINIMA": "1",
    "ELEVATION": "u km-1",
    "ELEVATION_SE": "u km-1",
    "CLOSEST": "km",
    "RMSE_LOO": "v",
    "RMSE_BLOCKS": "v",
    "FLAG_FALLBACK": "flag",
    "FLAG_END_OF_RANGE": "flag",
    "FLAG_SIGNAL_ABOVE_HALF": "flag",
    "FLAG_SEVERAL_MINIMA": "flag",
    "FLAG_LOWER_ELSEWHERE": "flag",
    "FLAG_CRITERIA_DISAGREE": "flag",
    "FLAG_CLOSE_STATIONS": "flag",
}
FLAGS = {  # letters in the text
    "F": ("FLAG_FALLBACK", "GCV interpolates; the parameter is that of climate.smoothing_fallback"),
    "E": ("FLAG_END_OF_RANGE", "minimum at the end of the range"),
    "H": ("FLAG_SIGNAL_ABOVE_HALF", "SIGNAL above NPTS / 2"),
    "M": ("FLAG_SEVERAL_MINIMA", "several local minima; the smoothest is taken"),
    "L": ("FLAG_LOWER_ELSEWHERE", "a rougher surface has a lower score"),
    "D": ("FLAG_CRITERIA_DISAGREE", "SIGNAL by GCV and by GML differ by more than a factor of 2"),
    "C": ("FLAG_CLOSE_STATIONS", "stations closer than the limit"),
}
_BLOCKS = (
    ("SURFACES", ("RHO", "NPTS", "ERROR", "SIGNAL", "MEAN", "STDDEV")),
    ("GENERALISED CROSS VALIDATION", ("GCV", "MSR", "VAR", "RTGCV", "RTMSR", "RTVAR")),
    ("MAXIMUM LIKELIHOOD", ("GML", "MSE", "VAR_GML", "RTGML", "RTMSE", "RTVAR_GML")),
    ("COVARIATES AND STANDARD ERRORS", ("ELEVATION", "ELEVATION_SE")),
    (
        "CHOICE OF SMOOTHING",
        ("SIGNAL_GCV", "SIGNAL_GML", "SIGNAL_LOWEST", "MINIMA", "CLOSEST"),
    ),
    ("CROSS VALIDATION", ("RMSE_LOO", "RMSE_BLOCKS")),
)


def flags_of(log, choice, close_km):
    """Return 1 where a surface deserves a look, by the rules of the ANUSPLIN guide.

    Parameters
    ----------
    log : dict of ndarray, shape (surface,)
    choice : smoothing.Choice
    close_km : float
        Limit of the distance of stations, km.

    Returns
    -------
    dict of ndarray
    """
    signals = np.stack([log["SIGNAL_GCV"], log["SIGNAL_GML"]])
    flags = {
        "FALLBACK": choice.fallback,
        "END_OF_RANGE": choice.end != 0,
        "SIGNAL_ABOVE_HALF": log["SIGNAL"] > log["NPTS"] / 2,
        "SEVERAL_MINIMA": choice.minima > 1,
        "LOWER_ELSEWHERE": log["SIGNAL_LOWEST"] > log["SIGNAL"] * (1 + 1e-9),
        "CRITERIA_DISAGREE": signals.max(axis=0) > 2 * signals.min(axis=0),
        "CLOSE_STATIONS": log["CLOSEST"] < close_km,
    }
    return {f"FLAG_{name}": np.asarray(flag, float) for name, flag in flags.items()}


def log_rows(log, surfaces):
    """Yield the log as rows (variable, year, month, quantity, value, unit).

    Parameters
    ----------
    log : dict of ndarray, shape (surface,)
        Of `methods.fit`.
    surfaces : surfaces.Surfaces
        Transformed values, departures and annual values have units of their own.
    """
    variable, transformation = surfaces.variable, surfaces.transformation
    for number, (year, month) in enumerate(zip(surfaces.years, surfaces.months, strict=True)):
        label = "normal" if year == NORMAL else year
        unit = VARIABLES[variable].annual_unit if month == ANNUAL else surfaces.unit
        fitted = unit if transformation == "none" else f"{transformation} of {unit}"
        if number >= surfaces.climatology > 0:
            fitted = "1" if surfaces.departure == "ratio" else unit
        words = {"u": fitted, "u2": f"({fitted})2", "v": unit}
        for quantity, measure in QUANTITIES.items():
            if quantity not in log:
                continue
            first, *rest = measure.split(" ", 1)
            measure = " ".join([words.get(first, first), *rest])
            yield variable, label, month, quantity, log[quantity][number], measure


def text(log, minima, header, years, months, ranked):
    """Return the log as ANUSPLIN lays it out: a block of columns a topic, a line a surface.

    Parameters
    ----------
    log : dict of ndarray, shape (surface,)
    minima : list of (surface, lambda, signal)
    header : list of (str, str)
        What was fitted and how.
    years, months : ndarray of int, shape (surface,)
    ranked : list of list
        Ranked stations, the first row their columns.

    Returns
    -------
    str
    """
    names = [
        f"{'normal' if year == NORMAL else year}-{month:02d}"
        for year, month in zip(years, months, strict=True)
    ]
    lines = [f"{name:<28}{value}" for name, value in header]
    for title, columns in _BLOCKS:
        columns = [column for column in columns if column in log]
        if columns:
            marks = _marks(log) if title == "SURFACES" else [""] * len(names)
            lines += ["", title, *_table(names, columns, log, marks)]
    lines += ["", *(f"{letter}  {meaning}" for letter, (_, meaning) in FLAGS.items())]
    several = np.bincount([surface for surface, _, _ in minima], minlength=len(names)) > 1
    lines += ["", "LOCAL MINIMA (surfaces with several; the last, smoothest one is taken)"]
    lines += [
        f"{names[surface]:<12}{f'RHO {parameter:.3E}':<18}SIGNAL {signal:.1f}"
        for surface, parameter, signal in sorted(minima)
        if several[surface]
    ]
    lines += ["", "RANKED ROOT MEAN SQUARE RESIDUALS"]
    lines += ["".join(f"{_short(cell):>18}" for cell in row) for row in ranked]
    return "\n".join(lines) + "\n"


def _marks(log):
    """Return the letters of each surface's flags."""
    return [
        "  " + "".join(letter for letter, (name, _) in FLAGS.items() if log[name][number])
        for number in range(log["RHO"].size)
    ]


def _table(names, columns, log, marks):
    """Return lines of numbers under their names, the mean last."""
    yield f"{'SURF':<12}" + "".join(f"{column:>15}" for column in columns)
    for number, (name, mark) in enumerate(zip(names, marks, strict=True)):
        cells = "".join(f"{_short(log[column][number]):>15}" for column in columns)
        yield f"{name:<12}{cells}{mark}"
    yield f"{'MEAN':<12}" + "".join(f"{_short(log[column].mean()):>15}" for column in columns)


def _short(cell):
    """Return a number with the digits of ANUSPLIN's log; text as it is."""
    if isinstance(cell, str | int | np.integer):
        return str(cell)
    if cell == 0 or 1e-2 <= abs(cell) < 1e5:
        return f"{cell:.4g}" if abs(cell) < 1e4 else f"{cell:.1f}"
    return f"{cell:.3E}"


RECORDS = (
    "station",
    "lon",
    "lat",
    "elevation_m",
    "year",
    "month",
    "observed",
    "predicted",
    "standardised",
)
RANKED = (
    "rank",
    "station",
    "lon",
    "lat",
    "elevation_m",
    "months",
    "rms_standardised",
    "rms_residual",
    "mean_residual",
    "largest_standardised",
    "year",
    "month",
    "nearest_station",
    "nearest_rms_standardised",
    "distance_km",
    "unit",
)
SUSPECTS = (
    "rank",
    "station",
    "year",
    "month",
    "observed",
    "predicted",
    "residual",
    "standardised",
    "nearest_station",
    "nearest_standardised",
    "distance_km",
    "unit",
)


def predictions(surfaces):
    """Return the values predicted without the station, shape (station, surface).

    Parameters
    ----------
    surfaces : surfaces.Surfaces
    """
    if surfaces.climatology:
        return anomaly.predicted(surfaces, surfaces.loo_residuals)
    name = surfaces.transformation
    fitted = transformations.forward(name, surfaces.observed) - surfaces.loo_residuals
    return transformations.back(name, fitted)


def _of_months(surfaces):
    """Return the surfaces of single months, no climatology or annual values, and predictions."""
    single = (np.arange(surfaces.years.size) >= surfaces.climatology) & (surfaces.months != ANNUAL)
    return surfaces.columns(single), predictions(surfaces)[:, single]


def nearest(surfaces):
    """Return the nearest other station of each and its distance, km."""
    plane = surfaces.knots[:, :2]
    distance = np.hypot(*(plane[:, None] - plane[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    return distance.argmin(axis=0), distance.min(axis=0) * surfaces.length_scale / 1000


def records(surfaces):
    """Return every observation beside its prediction, a dictionary of columns `RECORDS`."""
    surfaces, predicted = _of_months(surfaces)
    station, surface = np.nonzero(~np.isnan(surfaces.observed))
    return dict(
        zip(
            RECORDS,
            (
                surfaces.stations[station],
                *surfaces.position[station].T,
                surfaces.years[surface],
                surfaces.months[surface],
                surfaces.observed[station, surface],
                predicted[station, surface],
                surfaces.standardised[station, surface],
            ),
            strict=True,
        )
    )


def ranked_stations(surfaces):
    """Yield rows `RANKED`: stations by root mean square standardised residual, worst first."""
    surfaces, predicted = _of_months(surfaces)
    residual = surfaces.observed - predicted
    standardised = surfaces.standardised
    seen = ~np.isnan(standardised)
    months = seen.sum(axis=1)
    rms = np.sqrt(_mean(standardised**2, months))
    neighbour, distance = nearest(surfaces)
    largest = np.where(seen, np.abs(standardised), -1.0).argmax(axis=1)
    order = np.argsort(-rms[months > 0], kind="stable")
    for rank, station in enumerate(np.flatnonzero(months > 0)[order], start=1):
        when, other = largest[station], neighbour[station]
        yield (
            rank,
            surfaces.stations[station],
            *surfaces.position[station],
            months[station],
            rms[station],
            np.sqrt(np.nanmean(residual[station] ** 2)),
            np.nanmean(residual[station]),
            standardised[station, when],
            surfaces.years[when],
            surfaces.months[when],
            surfaces.stations[other],
            rms[other],
            distance[station],
            surfaces.unit,
        )


def suspects(surfaces, limit):
    """Yield rows `SUSPECTS`: single values beyond a limit, worst first.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
    limit : float
        Standard deviations.
    """
    surfaces, predicted = _of_months(surfaces)
    size = np.abs(np.nan_to_num(surfaces.standardised))
    station, surface = np.nonzero(size > limit)
    neighbour, distance = nearest(surfaces)
    order = np.argsort(-size[station, surface], kind="stable")
    for rank, (i, j) in enumerate(zip(station[order], surface[order], strict=True), start=1):
        yield (
            rank,
            surfaces.stations[i],
            surfaces.years[j],
            surfaces.months[j],
            surfaces.observed[i, j],
            predicted[i, j],
            surfaces.observed[i, j] - predicted[i, j],
            surfaces.standardised[i, j],
            surfaces.stations[neighbour[i]],
            surfaces.standardised[neighbour[i], j],
            distance[i],
            surfaces.unit,
        )


def month_correlation(surfaces):
    """Return the correlation of leave-one-out residuals between surfaces.

    Parameters
    ----------
    surfaces : surfaces.Surfaces

    Returns
    -------
    ndarray, shape (surface, surface)
        From the stations that both surfaces have; the nearest matrix without negative
        eigenvalues, 1 on the diagonal.
    """
    known = ~np.isnan(surfaces.loo_residuals)
    filled = np.where(known, surfaces.loo_residuals, 0.0)
    both = known.T.astype(float)
    product = filled.T @ filled
    own = (filled**2).T @ known  # sum of squares of a surface over the stations of another
    scale = np.sqrt(own * own.T)
    enough = (both @ known > 2) & (scale > 0)
    correlation = np.divide(product, scale, out=np.eye(len(scale)), where=enough)
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
    deviation = np.sqrt(np.diag(positive))
    return positive / np.outer(deviation, deviation)


def combined_error(errors, correlation, statistic):
    """Return the standard error of a mean or sum of surfaces.

    ``SE^2 = sum_mn R_mn SE_m SE_n`` (over 144 for the mean of 12 months): the errors of two
    months are correlated as their leave-one-out residuals are.

    Parameters
    ----------
    errors : ndarray, shape (surface, ...)
        Standard errors.
    correlation : ndarray, shape (surface, surface)
    statistic : {"mean", "sum"}

    Returns
    -------
    ndarray, shape (...)
    """
    # fixed order of addition: a product of matrices would depend on its size
    total = np.zeros(errors.shape[1:])
    for first, row in enumerate(correlation):
        for second, share in enumerate(row):
            total += share * errors[first] * errors[second]
    root = np.sqrt(np.maximum(total, 0.0))
    return root / len(errors) if statistic == "mean" else root


def error_of_year(surfaces, pair, correlations, statistic):
    """Return the standard error of the year that fitted surfaces make.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
        Of one year: months, months behind a climatology, or the annual value itself.
    pair : (ndarray, ndarray), shape (surface, cell)
        Fitted values and the variance of their errors.
    correlations : list of ndarray
        Of `year_correlations`.
    statistic : {"mean", "sum"}

    Returns
    -------
    ndarray, shape (cell,)
    """
    if surfaces.climatology:
        parts = anomaly.errors(surfaces, *pair)
    else:
        parts = [transformations.standard_error(surfaces.transformation, *pair)]
    combined = [
        combined_error(errors, correlation, statistic)
        for errors, correlation in zip(parts, correlations, strict=True)
    ]
    return np.sqrt(sum(error**2 for error in combined))


def year_correlations(surfaces):
    """Return the correlation of the errors of months, of the climatology by itself."""
    front = surfaces.climatology
    places = [np.arange(front), np.arange(front, surfaces.years.size)]
    return [month_correlation(surfaces.columns(place)) for place in places if place.size]


def _mean(values, counts):
    return np.nansum(values, axis=1) / np.maximum(counts, 1)
