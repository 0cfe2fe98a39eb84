"""What a satellite product says of the true world: codes, quality and errors."""

import numpy as np
from scipy.special import ndtri

from nepflow.simulation.carbon import SHARE
from nepflow.simulation.landcover import CELL
from nepflow.simulation.noise import cell_uniform, static_field, yearly_field

# Codes of MOD17A3HGF above its valid range, by the IGBP class of the map that it uses.
NPP_CODE = {13: 32762, 11: 32763, 15: 32764, 16: 32765, 17: 32766}
UNCLASSIFIED, FILL = 32761, 32767
GPP_OFFSET, QC_OFFSET = 65535 - 32767, 255 - 32767  # the same list ends at each layer's fill
CODES = np.zeros(256, dtype="int32")
CODES[list(NPP_CODE)] = list(NPP_CODE.values())
COLLECTION_RATIO = 0.97  # NPP of collection 006 against 061, on average
# Carbon use efficiency: share of gross productivity that stays, by class.
EFFICIENCY = np.full(256, 0.55)
EFFICIENCY[[1, 2, 3, 4, 5, 8]] = 0.47


def collection_ratio(world):
    """Return NPP of collection 006 divided by that of 061 on the coarse lattice."""
    pattern = static_field(world.seed, "collection 006", world.region.coarse, 4.0)
    return COLLECTION_RATIO + 0.012 * pattern


def filled_share(world, places, year):
    """Return the percentage of the growing season whose cloudy days had to be filled."""
    rain = places.annual("precipitation", year)
    clouds = 30 / (1 + np.exp(-(rain - 520) / 150))
    pattern = yearly_field(world.seed, "clouds", year, world.region.coarse, 2.0, 0.2)
    speckle = cell_uniform(world.seed, "cloud speckle", places.lon, places.lat, CELL, year)
    share = 4 + clouds + 5 * places.weights.of(pattern) + 8 * (speckle - 0.5)
    return np.rint(np.clip(share, 0, 100))


def observed_npp(world, places, year, mapped, filled):
    """Return NPP as the product has it, g C m-2 yr-1.

    A wrong class pulls NPP half way to what that class would give; filled days lower it and
    add noise, more where more was filled.
    """
    true_class, true = places.true_class(year), places.npp(year)
    bare = np.isnan(true)
    # Parcels that are bare in truth but vegetated on the map get a desert's trace of growth.
    base = np.where(bare, 6.0 + 0.05 * places.annual("precipitation", year), true)
    pull = np.sqrt(SHARE[mapped] / np.where(bare, SHARE[mapped], SHARE[true_class]))
    chance = cell_uniform(world.seed, "npp error", places.lon, places.lat, CELL, year)
    error = (0.03 + 0.25 * filled / 100) * ndtri(np.clip(chance, 1e-6, 1 - 1e-6))
    return base * pull * (1 + np.clip(error, -0.6, 0.6)) * (1 - 0.08 * filled / 100)


def productivity_layers(world, places, year, collection):
    """Return stored Npp, Gpp and QC of MOD17A3HGF at the places.

    Parameters
    ----------
    world : world.World
    places : world.Places
    year : int
    collection : str
        "061", or "006" with its bias.

    Returns
    -------
    tuple of ndarray
        int16 (0.1 g C m-2 yr-1), uint16 (same), uint8 (percent), with special codes.
    """
    mapped = places.world.landcover.mapped_class(
        places.true_class(year), places.lon, places.lat, year
    )
    filled = filled_share(world, places, year)
    npp = observed_npp(world, places, year, mapped, filled)
    if collection == "006":
        npp = npp * places.weights.of(collection_ratio(world))
    code = CODES[mapped]
    code[world.landcover.unclassified(places.lon, places.lat, year)] = UNCLASSIFIED
    coded = code > 0
    stored = np.where(coded, code, np.rint(np.clip(np.nan_to_num(npp) * 10, -30000, 32700)))
    gross = np.rint(np.clip(np.nan_to_num(npp) * 10 / EFFICIENCY[mapped], 0, 65500))
    return (
        stored.astype("int16"),
        np.where(coded, code + GPP_OFFSET, gross).astype("uint16"),
        np.where(coded, code + QC_OFFSET, filled).astype("uint8"),
    )


def landcover_layers(world, places, year):
    """Return the stored LC_Type1 of MCD12Q1 at the places, a tuple of one uint8 array."""
    true_class = places.true_class(year)
    return (world.landcover.mapped_class(true_class, places.lon, places.lat, year),)
