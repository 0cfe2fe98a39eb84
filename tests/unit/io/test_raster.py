"""The loop over space."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from nepflow.io import raster
from pyproj import CRS

WKT = CRS.from_user_input("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +datum=WGS84").to_wkt()
GRID = raster.Grid(WKT, Affine(1000, 0, 5000, 0, -1000, 900000), 600, 301)


@pytest.fixture
def cube(tmp_path):
    values = np.random.default_rng(1).normal(size=(4, 600, 301))
    values[:, 10:20, 5:9] = np.nan
    path = str(tmp_path / "cube.tif")
    raster.write(values, raster.Output(path, "g", "cube", ("2001", "2002", "2003", "2004")), GRID)
    return path


def test_what_is_written_is_read(cube):
    assert raster.years_of(cube) == [2001, 2002, 2003, 2004]
    assert raster.tags_of(cube)["unit"] == "g"
    assert np.isnan(raster.read(cube)[10:20, 5:9]).all()
    assert raster.grid_of(cube).bounds == (5000, 300000, 306000, 900000)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_blocks_and_threads_change_nothing(cube, tmp_path, threads):
    def digest(mem_mb, threads):
        output = raster.Output(str(tmp_path / "out.tif"), "g", "out")
        raster.map_blocks(
            lambda values, x, y: values.mean(axis=0) + x / y,
            [cube],
            output,
            coordinates=True,
            mem_mb=mem_mb,
            threads=threads,
        )
        return raster.digest(output.path)

    assert len({digest(mem_mb, threads) for mem_mb in (1, 7, 60, 3000)} | {digest(5, 1)}) == 1


def test_coordinates_are_cell_centres(cube, tmp_path):
    output = raster.Output(str(tmp_path / "xy.tif"), "m", "xy", ("x", "y"))

    def places(values, x, y):
        return np.stack(np.broadcast_arrays(x + 0 * y, y + 0 * x))

    raster.map_blocks(places, [cube], output, coordinates=True, mem_mb=2)
    assert raster.read(output.path, 1)[0, :2].tolist() == [5500, 6500]
    assert raster.read(output.path, 2)[-1, 0] == 300500


def test_other_grid_is_refused(cube, tmp_path):
    other = str(tmp_path / "other.tif")
    shifted = raster.Grid(WKT, Affine(1000, 0, 5100, 0, -1000, 900000), 600, 301)
    raster.write(np.zeros((600, 301)), raster.Output(other, "1", "other"), shifted)
    output = raster.Output(str(tmp_path / "out.tif"), "1", "out")
    with pytest.raises(raster.GridMismatch, match=r"other\.tif: 301 x 600 cells"):
        raster.map_blocks(lambda a, b: a[0] + b[0], [cube, other], output)
    assert list(tmp_path.glob("*out*")) == []


def test_failure_leaves_no_file_and_keeps_the_old_one(cube, tmp_path):
    output = raster.Output(str(tmp_path / "out.tif"), "1", "out")
    raster.map_blocks(lambda values: values[0], [cube], output)
    before = raster.digest(output.path)

    def fails(values):
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        raster.map_blocks(fails, [cube], output)
    assert raster.digest(output.path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cube.tif", "out.tif"]


def test_classes_carry_names_colours_and_missing_reason(cube, tmp_path):
    path = str(tmp_path / "classes.tif")
    output = raster.Output(
        path,
        "1",
        "sign",
        dtype="uint8",
        classes={1: "minus", 2: "plus"},
        colours={1: "#aa0000", 2: "#0000aa"},
    )
    sign = lambda v: np.where(np.isnan(v[0]), np.nan, 1 + (v[0] > 0))  # noqa: E731
    raster.map_blocks(sign, [cube], output)
    assert raster.classes_of(path) == {1: "minus", 2: "plus"}
    assert np.isnan(raster.read(path)[10:20, 5:9]).all()
    layer = raster.layer(path, max_pixels=10_000)
    assert layer.size <= 10_000 and layer.attrs["colours"][1] == "#aa0000"
    assert layer.rio.bounds()[0] == 5000 and layer.rio.bounds()[3] == 900000


def test_simulated_is_inherited(cube, tmp_path):
    source, derived = str(tmp_path / "simulation.tif"), str(tmp_path / "derived.tif")
    tags = {"simulated": "simulated"}
    raster.write(np.ones((600, 301)), raster.Output(source, "1", "simulated", tags=tags), GRID)
    raster.map_blocks(lambda a, b: a[0] * b[0], [cube, source], raster.Output(derived, "1", "d"))
    assert raster.tags_of(derived)["simulated"] == "simulated"


def test_digest_sees_values_tags_and_names(tmp_path):
    values = np.arange(GRID.height * GRID.width, dtype="float64").reshape(GRID.height, -1)

    def digest(values, unit="g", band="1"):
        path = str(tmp_path / "d.tif")
        raster.write(values, raster.Output(path, unit, "d", (band,)), GRID)
        return raster.digest(path)

    changed = values.copy()
    changed[0, 0] += 1
    digests = {digest(values), digest(changed), digest(values, "kg"), digest(values, band="2")}
    assert len(digests) == 4
    assert digest(values) == digest(values)


def test_killed_job_leaves_nothing_under_its_final_name(cube, tmp_path):
    """SIGKILL in the middle of writing, as a scheduler does it."""
    code = (
        "import sys, time\n"
        "from nepflow.io import raster\n"
        "def slow(values):\n"
        "    print('strip', flush=True)\n"
        "    time.sleep(0.3)\n"
        "    return values[0]\n"
        "raster.map_blocks(slow, [sys.argv[1]], raster.Output(sys.argv[2], '1', 'out'), mem_mb=1)\n"
    )
    target = tmp_path / "killed.tif"
    path = str(Path(raster.__file__).parents[2])
    job = subprocess.Popen(
        [sys.executable, "-c", code, cube, str(target)],
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(3):
        assert job.stdout.readline() == "strip\n"
    job.kill()
    job.wait()
    assert not target.exists()
    left = [file.name for file in tmp_path.iterdir() if file.name != "cube.tif"]
    assert left and all(name.startswith(".killed.") for name in left)


def test_cubes_of_other_years_are_refused_by_name(cube, tmp_path):
    """Of each other, of the study, and beside another number of annual files."""

    def written(name, *years):
        path = str(tmp_path / f"{name}.tif")
        raster.write(np.ones((len(years), 600, 301)), raster.Output(path, "g", name, years), GRID)
        return path

    later = written("later", "2002", "2003", "2004", "2005")
    longer = written("longer", "2001", "2002", "2003", "2004", "2005")
    annual = [written(f"npp_{year}", "NPP") for year in range(2001, 2006)]
    for inputs, path in (
        ([cube, later], later),
        ([longer, cube], cube),
        ([annual, cube], "npp_2001"),
    ):
        with pytest.raises(raster.WrongYears, match=f"{path}.*another `period`. Delete it"):
            list(raster.blocks(inputs))
    for inputs in ([cube], [longer, annual], [annual]):
        with pytest.raises(raster.WrongYears, match=r"the study has 3 years .2002 to 2004."):
            list(raster.blocks(inputs, years=[2002, 2003, 2004]))
    output = raster.Output(str(tmp_path / "out.tif"), "g", "out")
    with pytest.raises(raster.WrongYears):
        raster.map_blocks(lambda a: a[0], [cube], output, years=[2001, 2002])
    assert not (tmp_path / "out.tif").exists()
    mask = written("mask", "inside")
    read = raster.blocks([annual, longer, mask], years=[2001, 2002, 2003, 2004, 2005])
    assert next(iter(read))[2][0].shape[0] == 5
