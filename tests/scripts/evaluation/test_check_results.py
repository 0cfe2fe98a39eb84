"""Checks of results, and the warnings that zones and projects give."""

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from check_results import check_results
from nepflow.io import raster, tables
from nepflow.report import notes

GRID = raster.Grid(
    pyproj.CRS.from_epsg(6933).to_wkt(), Affine(1000, 0, 0, 0, -1000, 3000), 3, 4
)  # fmt: skip


def checked(folder, nep):
    npp = np.full((3, 4), 300.0)
    paths = {}
    for name, values in {"npp": npp, "rh": npp - nep, "nep": nep}.items():
        paths[name] = str(folder / f"{name}.tif")
        raster.write(values, raster.Output(paths[name], "g C m-2 yr-1", name, ("2001",)), GRID)
    series = [("region", "all", 2001, "nep_total", 1.0, "Tg C yr-1")]
    series += [("part", "a", 2001, "nep_total", 1.0, "Tg C yr-1")]
    tables.write(series, folder / "series.csv")
    tables.write([("region", "all", 2001, "valid_share", 100, "%")], folder / "missing_reason.csv")
    tags = raster.warning_tags(["area.gpkg: zones without a cell: 1 (speck)"])
    zones = raster.Output(str(folder / "zones.tif"), "1", "z", dtype="uint16", tags=tags)
    raster.write(np.ones((3, 4)), zones, GRID)
    projects = [("p1", 0, 2), ("p2", 9, 0)]
    columns = ["project", "cells", "cells_of_earlier_projects"]
    tables.write(projects, folder / "projects.csv", columns)
    known = np.isfinite(nep)
    fluxes = {"nep": nep, "npp": npp, "rh": npp - nep}
    sums = [("part", 1, 2001, n, v[known].sum(), known.sum()) for n, v in fluxes.items()]
    columns = ["zones", "code", "year", "quantity", "total", "cells"]
    pd.DataFrame(sums, columns=columns).to_parquet(folder / "sums.parquet")
    given = {name: str(folder / f"{name}.csv") for name in ("series", "missing_reason")}
    given |= {"sums": str(folder / "sums.parquet"), "variation": [], "networks": [], "steps": []}
    given |= {"suspects": [], "definitions": []}
    said = [
        ("dem", "5 to 5 m", None),
        ("npp.rasters", "2001 to 2002", "many zeros"),
        ("climate.grids", "24 months", "p.tif: as in deserts"),
    ]
    tables.write(said, folder / "checked.csv", ["input", "understood", "warning"])
    given |= {"inputs": [str(folder / "checked.csv")]}
    given |= {"defects": [], "casa": [], "plots": [], "detectors": [], "fits": {}}
    given |= {"polygons": [zones.path, zones.path], "projects": [str(folder / "projects.csv")]}
    outputs = {name: folder / f"{name}.csv" for name in ("checks", "warnings")}
    study = {"simulated": 0, "npp": {"source": "mod17"}}
    check_results([paths["npp"]], paths["rh"], paths["nep"], given, outputs, study, 100)
    checks, warnings = (pd.read_csv(path) for path in outputs.values())
    return checks.set_index("check")["passed"], warnings.set_index("topic")["warning"]


@pytest.fixture(autouse=True)
def no_choices(monkeypatch):
    monkeypatch.setattr(notes, "warnings", lambda study: [])


def test_zones_and_projects_without_a_cell_are_in_the_report(tmp_path):
    passed, warnings = checked(tmp_path, np.full((3, 4), 50.0))
    assert passed.all() and len(passed) == 7
    assert warnings["polygons"] == "area.gpkg: zones without a cell: 1 (speck)"
    assert "1 of 2 projects have no cell" in warnings["restoration"]
    assert warnings["climate.grids"] == "p.tif: as in deserts" and "npp.rasters" not in warnings


def test_no_value_passes_no_check(tmp_path):
    """Each comparison with NaN is false, so that none may be the one that raises the alarm."""
    passed, warnings = checked(tmp_path, np.full((3, 4), np.nan))
    assert not passed[["NPP - Rh - NEP, largest", "NEP, lowest", "NEP, highest"]].any()
    assert not passed["NPP - Rh - NEP, zones and years, largest"]
    assert len(warnings.loc[["check failed"]]) == 4
