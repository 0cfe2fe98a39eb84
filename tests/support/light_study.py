"""Coarse simulations of a study that models NPP from NDVI."""

FACTORS = [
    *(
        {"name": name, "layer": f"pixel/{name}_mean"}
        for name in ("temperature", "precipitation", "radiation")
    ),
    {"name": "elevation", "layer": "dem"},
    {"name": "land_cover", "layer": "landcover/keys/igbp17/landcover_2002"},
    {"name": "karst", "file": "karst.gpkg", "name_field": "name", "outside": "non-karst"},
    {"name": "population", "file": "population.tif", "unit": "km-2"},
]
DETECTORS = [{"name": "mean_nep", "of": "pixel/nep_mean", "factors": FACTORS}]
# Three years, from tiles to the report
LIGHT = {
    "based_on": "indochina_karst_simulated",
    "title": "A tiny simulation that grows by light",
    "period": [2001, 2003],
    "grid": {"resolution_m": 40000},
    "climate": {"standard_error_years": [2002]},
    "landcover": {"transitions": [2001, 2003]},
    "specification": {"choices": []},
    "land_use_effect": {"quantities": ["nep"], "years": 1, "min_years": 1},
    "detectors": DETECTORS,
    "detector": {"sample": None, "draws": 19, "scale_steps": [1]},
    "simulation": {"region": "indochina", "pixels_per_tile": 60, "stations": 60, "seed": 2},
    "zones": [
        {"name": "country", "kind": "area"},
        {
            "name": "karst",
            "kind": "file",
            "file": "karst.gpkg",
            "name_field": "name",
            "outside": "non-karst",
        },
        {"name": "sink", "kind": "sink", "cuts": [0]},
    ],
    "figures": [
        {
            "name": "ndvi_filled",
            "kind": "map",
            "layer": "ndvi/filled_share",
            "title": "Filled",
            "caption": "Share.",
        },
        {
            "name": "npp_comparison",
            "kind": "panels",
            "columns": 2,
            "title": "Two sources",
            "caption": "Means.",
            "panels": [
                {"kind": "map", "layer": "npp/compared/npp_difference", "title": "Difference"},
                {
                    "kind": "scatter",
                    "layer": "npp/compared/npp_own",
                    "against": "npp/compared/npp_other",
                    "title": "Cells",
                },
            ],
        },
    ],
}
# Ten years, of which only the comparison with the truth is made
PLANTED = LIGHT | {
    "title": "A coarse simulation whose planted decline and change of land are to be found",
    "period": [2001, 2010],
    "grid": {"resolution_m": 10000},
    "npp": {"compare": None},
    "landcover": {"transitions": [2001, 2010]},
    "land_use_effect": {
        "quantities": ["nep"],
        "years": 3,
        "neighbourhood_km": 300,
        "min_stable_cells": 10,
    },
    "simulation": {"region": "indochina", "pixels_per_tile": 240, "stations": 80, "seed": 2},
    "figures": [],
}
RECOVERY = ("recovery", "recovery_factors_mean_nep", "recovery_land_use_nep")
