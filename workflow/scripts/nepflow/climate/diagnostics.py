"""The log of fitted surfaces with ANUSPLIN's own names: rows of a table, and a text to read."""

import numpy as np

from nepflow.climate.surfaces import NORMAL

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
    "FLAG_END_OF_RANGE": "flag",
    "FLAG_SIGNAL_ABOVE_HALF": "flag",
    "FLAG_SEVERAL_MINIMA": "flag",
    "FLAG_LOWER_ELSEWHERE": "flag",
    "FLAG_CRITERIA_DISAGREE": "flag",
    "FLAG_CLOSE_STATIONS": "flag",
}
FLAGS = {  # letters in the text
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
        "END_OF_RANGE": choice.end != 0,
        "SIGNAL_ABOVE_HALF": log["SIGNAL"] > log["NPTS"] / 2,
        "SEVERAL_MINIMA": choice.minima > 1,
        "LOWER_ELSEWHERE": log["SIGNAL_LOWEST"] > log["SIGNAL"] * (1 + 1e-9),
        "CRITERIA_DISAGREE": signals.max(axis=0) > 2 * signals.min(axis=0),
        "CLOSE_STATIONS": log["CLOSEST"] < close_km,
    }
    return {f"FLAG_{name}": np.asarray(flag, float) for name, flag in flags.items()}


def log_rows(log, variable, years, months, unit, transformation):
    """Yield the log as rows (variable, year, month, quantity, value, unit).

    Parameters
    ----------
    log : dict of ndarray, shape (surface,)
        Of `fitting.fit_surfaces`.
    variable : str
    years, months : ndarray of int, shape (surface,)
    unit : str
        Of a monthly value.
    transformation : str
        Fitted values have another unit if there is one.
    """
    fitted = unit if transformation == "none" else f"{transformation} of {unit}"
    words = {"u": fitted, "u2": f"({fitted})2", "v": unit}
    for number, (year, month) in enumerate(zip(years, months, strict=True)):
        label = "normal" if year == NORMAL else year
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
