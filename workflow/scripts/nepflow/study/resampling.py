"""How rasters come to the study grid where the study leaves it to the size of their cells (`auto`).

Standard library only: the workflow reads it before any environment exists.
"""

from nepflow.study import modis

AUTO = "auto"
WIDE = 2  # cells of a raster that a cell of the grid must exceed to be given all of them
CELLS = 2400  # along the side of a tile of 500 m, which a simulation has fewer of
# By product: the block of settings, and what gives a cell the whole of what lies in it
OF_PRODUCT = {"MOD17A3HGF": ("npp", "average"), "MCD12Q1": ("landcover", "mode")}
OF_NDVI = ("ndvi", "average")


def by_size(whole, native_m, grid_m):
    """Return ``whole`` (average, mode) where cells of the grid hold many, else nearest.

    One native cell of a hundred says little of the cell of the grid that it stands for; of one
    or two it is the cell itself, and its values stay those of the product.

    Parameters
    ----------
    whole : str
    native_m, grid_m : float
        Sides of the cells, m.
    """
    return whole if grid_m > WIDE * native_m else "nearest"


def native_m(study, product):
    """Return the side of the cells of a MODIS product, m; of a simulation that of its own."""
    cells = modis.PRODUCTS[product].cells
    if study["simulated"]:
        cells *= study["simulation"]["pixels_per_tile"] / CELLS
    return modis.TILE_SIDE_M / cells


def of_product(study, product):
    """Return how a MODIS product comes to the grid, a name of rasterio."""
    block, whole = OF_PRODUCT.get(product, OF_NDVI)
    given = study[block]["resampling"]
    if given != AUTO:
        return given
    return by_size(whole, native_m(study, product), study["grid"]["resolution_m"])


def of_ndvi(study):
    """Return how NDVI comes to the grid."""
    return of_product(study, study["ndvi"]["product"])


def reason(study, product):
    """Return why, such as ``a cell is 10.8 cells of the product wide``; empty where it was said."""
    block, _ = OF_PRODUCT.get(product, OF_NDVI)
    if study[block]["resampling"] != AUTO:
        return ""
    wide = study["grid"]["resolution_m"] / native_m(study, product)
    return f"a cell is {wide:.1f} cells of the product wide"
