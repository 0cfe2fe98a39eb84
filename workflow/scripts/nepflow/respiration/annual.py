"""Years of total and heterotrophic soil respiration of blocks of cells, and what was clipped."""

from calendar import monthrange

import numpy as np

from nepflow.io import missing
from nepflow.respiration import formulas
from nepflow.study.respiration import MONTH, RELATIONS, SOIL_MODELS, YEAR


class Budget:
    """One model and relation over the years of a study; counts what it clips.

    Parameters
    ----------
    model, relation : str
        Keys of `respiration.SOIL_MODELS` and `respiration.RELATIONS`.
    constants : dict
        Of the model.
    years : list of int

    Raises
    ------
    formulas.WrongStep
        If the model is annual and the relation monthly.
    """

    def __init__(self, model, relation, constants, years):
        self.model, self.relation, self.constants = model, relation, constants
        self.step = RELATIONS[relation].step
        self.model_step = SOIL_MODELS[model].step
        if self.model_step == YEAR and self.step == MONTH:
            raise formulas.WrongStep(f"{model} gives years, {relation} needs months.")
        self.years = list(years)
        days = [monthrange(year, month)[1] for year in self.years for month in range(1, 13)]
        self.days = np.array(days, dtype="float64")
        self.copies = 6 if self.step == MONTH else 1  # working copies of months beside years
        self.limits = SOIL_MODELS[model].held_at
        self.counts, self.held = [], []

    def climate(self, temperature, precipitation):
        """Return what climate gives, before carbon, as sums of the relation's step.

        Parameters
        ----------
        temperature, precipitation : ndarray, shape (step of the model, ...)
            degC; mm of the step.

        Returns
        -------
        ndarray, shape (step of the relation, ...)
            g C m-2 of the step, to be multiplied by the factor of carbon; then, of a model that
            holds temperature within limits, in how many steps it did. Blocks of cells are padded,
            so cells are counted later, in `respiration`.
        """
        values = formulas.response(self.model, temperature, precipitation, self.constants)
        if self.model_step == MONTH:
            values = values * self.days.reshape(-1, *[1] * (values.ndim - 1))
            if self.step == YEAR:
                values = values.reshape(len(self.years), 12, *values.shape[1:]).sum(axis=1)
        if self.limits:
            low, high = self.limits
            beyond = ((temperature < low) | (temperature > high)).sum(axis=0, keepdims=True)
            values = np.concatenate([values, beyond])
        return values

    def respiration(self, climate, carbon=None):
        """Return heterotrophic and total respiration of the years.

        Parameters
        ----------
        climate : ndarray, shape (step, y, x)
            Of `climate`.
        carbon : ndarray, shape (y, x), optional
            Soil organic carbon of 0-20 cm, kg C m-2.

        Returns
        -------
        rh, rs : ndarray, shape (year, y, x)
            g C m-2 yr-1, 0 <= rh <= rs.
        """
        if self.limits:
            climate, beyond = climate[:-1], climate[-1]
            inside = np.isfinite(climate[0])
            self.held.append((beyond[inside].sum(), inside.sum() * self.days.size))
        total = formulas.with_carbon(self.model, climate, carbon, self.constants)
        rh, raised, lowered = formulas.heterotrophic(total, self.relation, self.step)
        if self.step == MONTH:
            rh, total = (
                values.reshape(len(self.years), 12, *values.shape[1:]) for values in (rh, total)
            )
            rh, total = rh.sum(axis=1), total.sum(axis=1)
        known = np.isfinite(rh)
        sums = rh[known].sum(), total[known].sum(), known.sum()
        steps = 12 if self.step == MONTH else 1
        self.counts.append((raised, lowered, int(known.sum()) * steps, *sums))
        return rh, total

    def relative(self, temperature, precipitation):
        """Return what moves Rs by climate, relative to Rs of all years; `climate` is the weight.

        Parameters
        ----------
        temperature, precipitation : ndarray, shape (step of the model, cell)

        Returns
        -------
        ndarray, shape (3, cell)
            By response (error b of ``Rs exp(a + b T)``, degC), temperature (K-1), logarithm of
            precipitation (1); 0 where nothing respires.
        """
        weight = formulas.response(self.model, temperature, precipitation, self.constants)
        if self.model_step == MONTH:
            weight = weight * self.days.reshape(-1, *[1] * (weight.ndim - 1))
        parts = formulas.response_sensitivity(
            self.model, temperature, precipitation, self.constants
        )
        total = weight.sum(axis=0)
        moved = np.stack([np.einsum("i...,i...->...", weight, part) for part in parts])
        return np.divide(moved, total, out=np.zeros_like(moved), where=total > 0)

    def sensitivity(self, rh, total, relative, carbon=None):
        """Return what moves mean annual Rh, in the order of `respiration.SENSITIVITIES`.

        Parameters
        ----------
        rh, total : ndarray, shape (year, y, x)
            Of `respiration`.
        relative : ndarray, shape (3, y, x)
            Of `relative`; taken alike in all years.
        carbon : ndarray, shape (y, x), optional

        Returns
        -------
        ndarray, shape (7, y, x)
            g C m-2 yr-1 per unit: level, response, temperature, precipitation, soil carbon, level
            and response of the relation.
        """
        level = formulas.by_respiration(total, rh, self.relation).mean(axis=0)
        by_carbon = np.zeros_like(level)
        if carbon is not None:
            by_carbon = level * formulas.carbon_elasticity(self.model, carbon, self.constants)
        logarithm = np.log(np.where(total > 0, total, 1.0))
        of_relation = rh.mean(axis=0), (rh * logarithm).mean(axis=0)
        return np.stack([level, *(level * relative), by_carbon, *of_relation])

    def rows(self):
        """Yield (quantity, value, unit) of everything that was estimated.

        All cells with climate, whether NPP exists there or not: no number that stands beside NEP.
        """
        raised, lowered, values, rh, rs, known = np.sum(self.counts, axis=0)
        about = f"% of the values of a {self.step}"
        yield "rs_mean_of_all_cells", missing.per(rs, known), "g C m-2 yr-1"
        yield "rh_mean_of_all_cells", missing.per(rh, known), "g C m-2 yr-1"
        yield "rh_raised_to_zero_share", missing.per(100 * raised, values), about
        yield "rh_lowered_to_rs_share", missing.per(100 * lowered, values), about
        if self.held:
            held, of = np.sum(self.held, axis=0)
            yield "temperature_held_share", missing.per(100 * held, of), "% of months"


def is_source(nep, min_years):
    """Return 1 where the mean of enough years is negative, 0 elsewhere.

    Parameters
    ----------
    nep : ndarray, shape (year, y, x)
    min_years : int
        Fewer valid years give NaN.

    Returns
    -------
    ndarray, shape (1, y, x)
    """
    valid = np.isfinite(nep)
    total = np.where(valid, nep, 0).sum(axis=0)
    enough = valid.sum(axis=0) >= min_years
    return np.where(enough, (total < 0).astype("float64"), np.nan)[None]
