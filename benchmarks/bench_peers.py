"""Mosaic, warp and pixel statistics beside what people would use instead, on the same data.

A time counts only after the results agree. The peers are the pinned test references of
envs/requirements-dev.txt and, for the tiles, GDAL's command line (Debian gdal-bin, with HDF4).

python benchmarks/bench_peers.py [--run benchmarks/runs/2400_24] [--repeats 3]
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from readme import machine, replace_part
from timing import timed

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "workflow/scripts")]

from nepflow.io import raster  # noqa: E402
from nepflow.npp import mod17  # noqa: E402
from nepflow.pixel import (  # noqa: E402
    correlation,
    persistence,
    trend,
)
from nepflow.study import modis  # noqa: E402

YEARS = np.arange(24)
PIXELS = 200_000
CORES = 2  # as GDAL gets
FIELD = modis.PRODUCTS["MOD17A3HGF"].fields["npp"]
DEFLATE = ["-co", "COMPRESS=DEFLATE", "-co", "ZLEVEL=1", "-co", "TILED=YES"]


def require(name, agree, what):
    if not agree:
        sys.exit(f"{name}: {what}; no time counts")


def seconds(times):
    middle, (low, high) = times
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"


def row(what, ours, peer, theirs, note="", scale=1.0):
    """A line of the table; ``scale`` brings the peer's sample to the size of ours."""
    shown = seconds(theirs) if scale == 1 else f"{theirs[0] * scale:.0f} (scaled)"
    ratio = theirs[0] * scale / ours[0]
    return f"| {what} | {seconds(ours)} | {peer} | {shown} | {ratio:.1f} | {note} |"


def call(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def warp_options(grid):
    albers = raster.grid_of(grid)
    west, south, east, north = albers.bounds
    return [
        "-q",
        "-overwrite",
        "-multi",
        "-wo",
        "NUM_THREADS=2",
        "-wm",
        "500",
        "-t_srs",
        albers.crs,
        "-te",
        west,
        south,
        east,
        north,
        "-tr",
        albers.resolution_m,
        albers.resolution_m,
    ]


def of_tiles(run, folder, repeats):
    """One year of MOD17A3HGF by nearest: GDAL warps NPP only, ours NPP, quality and reasons."""
    tiles = sorted(
        str(path) for path in run.glob("results/simulated/*/modis/MOD17A3HGF.A2005*.hdf")
    )
    grid = next(run.glob("results/study/grid.tif"), None) or next(run.glob("results/*/grid.tif"))
    names = [f'HDF4_EOS:EOS_GRID:"{path}":MOD_Grid_MOD17A3H:{FIELD.name}' for path in tiles]
    (folder / "names.txt").write_text("\n".join(names), encoding="utf-8")
    outputs = [str(folder / name) for name in ("npp.tif", "qc.tif", "missing_reason.tif")]

    def gdal(*more):
        call(
            "gdalbuildvrt",
            "-q",
            "-overwrite",
            "-srcnodata",
            FIELD.fill,
            "-input_file_list",
            folder / "names.txt",
            folder / "tiles.vrt",
        )
        call(
            "gdalwarp",
            *warp_options(grid),
            "-s_srs",
            modis.SINUSOIDAL,
            *DEFLATE,
            *more,
            "-r",
            "near",
            folder / "tiles.vrt",
            folder / "gdal.tif",
        )

    def ours():
        mod17.sample(tiles, str(grid), outputs, "2005", mem_mb=1500, threads=2)

    ours()  # compiles
    _, *mine = timed(ours, repeats)
    gdal("-et", "0")
    codes, inside = raster.read(folder / "gdal.tif"), raster.read(grid) == 1
    theirs = np.where((codes > FIELD.valid_range[1]) | ~inside, np.nan, codes * 0.1)
    same = np.isclose(theirs, raster.read(outputs[0]), rtol=1e-6, equal_nan=True)
    require("GDAL", (~same).sum() <= 1e-6 * same.size, f"{(~same).sum()} cells differ")
    note = f"{(~same).sum()} of {same.size / 1e6:.0f} million cells differ (GDAL with -et 0)"
    _, *peer = timed(gdal, repeats)
    lines = [
        row(
            f"mosaic and warp of {len(tiles)} tiles, nearest",
            mine,
            "gdalbuildvrt + gdalwarp -multi, NPP only",
            peer,
            note,
        )
    ]
    return [*lines, of_average(tiles, grid, folder, repeats)]


def of_average(tiles, grid, folder, repeats):
    """Averages over valid native cells, from the same decoded mosaic; both make the same layers.

    Ours also leaves out cells less than half valid and closes the reasons to the area. As in the
    workflow, two years are made at once, each on one core: the time is that of a year.
    """
    flux, reasons = folder / "flux.tif", folder / "reasons.tif"
    mod17.write_npp(tiles, raster.grid_of(grid), str(flux), str(reasons))
    mosaics = str(flux), str(reasons)
    years = [
        [str(folder / f"{name}_{copy}.tif") for name in ("mean", "qc_mean", "why")]
        for copy in range(CORES)
    ]
    with ProcessPoolExecutor(CORES) as pool:

        def ours_at_once():
            of_year = partial(mod17.warp, mosaics, str(grid))
            rest = ["2005"] * CORES, ["average"] * CORES, [1500] * CORES
            list(pool.map(of_year, years, *rest))

        _, middle, (low, high) = timed(ours_at_once, repeats)
    mine = middle / CORES, (low / CORES, high / CORES)

    def gdal():
        apart = "-wo", "UNIFIED_SRC_NODATA=NO"  # bands are masked one by one
        call(
            "gdalwarp",
            *warp_options(grid),
            *DEFLATE,
            "-r",
            "average",
            "-et",
            "0",
            *apart,
            flux,
            folder / "mean_gdal.tif",
        )
        call(
            "gdalwarp",
            *warp_options(grid),
            *DEFLATE,
            "-r",
            "mode",
            "-et",
            "0",
            reasons,
            folder / "why_gdal.tif",
        )

    _, *peer = timed(gdal, repeats)
    ours, theirs = raster.read(years[0][0]), raster.read(folder / "mean_gdal.tif")
    valid = np.isfinite(ours)
    near = np.isclose(ours, theirs, rtol=1e-5)[valid].mean()
    require("GDAL, average", near > 0.99, f"only {near:.2%} of the cells agree")
    apart = np.abs(ours - theirs)[valid].max()
    return row(
        "warp of a decoded mosaic: NPP, quality, valid share by average, reasons by mode; "
        f"{CORES} years at once, time of one",
        mine,
        "gdalwarp -multi, twice",
        peer,
        f"{near:.2%} of our valid cells agree to 1e-5, all within {apart:.2g} g C m-2",
    )


def cubes(run):
    """Complete series of NEP and the climate of a run, (4, year, PIXELS, 1), from its middle."""
    below = run / "results/study"
    paths = [below / "nep/nep.tif"]
    paths += [
        below / f"climate/{name}.tif" for name in ("temperature", "precipitation", "radiation")
    ]
    grid, found, count = raster.grid_of(paths[0]), [], 0
    for _, _, arrays in raster.blocks(paths, within=(grid.height // 2, grid.height)):
        series = np.stack(arrays).reshape(4, len(YEARS), -1)
        found.append(series[:, :, np.isfinite(series).all(axis=(0, 1))])
        count += found[-1].shape[-1]
        if count >= PIXELS:
            return np.concatenate(found, axis=-1)[..., :PIXELS, None].copy()
    sys.exit(f"{run}: fewer than {PIXELS} complete series south of its middle")


def numpy_trend(series):
    """Theil-Sen slope and Z of Mann and Kendall without ties, with arrays of all pairs."""
    later, earlier = np.triu_indices(len(series), 1)[::-1]
    difference = series[later] - series[earlier]
    slope = np.median(difference / (later - earlier)[:, None], axis=0)
    s, n = np.sign(difference).sum(axis=0), len(series)
    return slope, (s - np.sign(s)) / np.sqrt(n * (n - 1) * (2 * n + 5) / 18)


def of_pixels(run, repeats):
    """Statistics of a cube; peers that work series by series are measured on a sample."""
    import nolds
    import pingouin
    import pymannkendall

    nep, *drivers = cubes(run)
    lines, few = [], range(500)

    def ours():
        return trend.theil_sen_mann_kendall(nep, YEARS, 8)

    ours()
    (slope, _, z, *_), *mine = timed(ours, repeats)
    (slopes, zs), *plain = timed(lambda: numpy_trend(nep[:, :, 0]), repeats)
    untied = (np.diff(np.sort(nep[:, :, 0], axis=0), axis=0) > 0).all(axis=0)
    agree = np.allclose(slope[:, 0], slopes) and np.allclose(z[untied, 0], zs[untied])
    require("NumPy", agree and untied.mean() > 0.99, "trend differs")
    lines.append(row("Theil-Sen and Mann-Kendall", mine, "NumPy, all pairs", plain))
    found, *peer = timed(lambda: [pymannkendall.original_test(nep[:, i, 0]) for i in few], repeats)
    agree = np.allclose(slope[few, 0], [f.slope for f in found]) and np.allclose(
        z[few, 0], [f.z for f in found]
    )
    require("pymannkendall", agree, "trend differs")
    lines.append(row("", mine, "pymannkendall", peer, scale=PIXELS / len(few)))

    def partial_r():
        return correlation.partial_correlation(nep, drivers, YEARS, 8)

    partial_r()
    (r, _), *mine = timed(partial_r, repeats)
    tables = [
        pd.DataFrame(
            {"y": nep[:, i, 0], **{k: d[:, i, 0] for k, d in zip("abc", drivers, strict=True)}}
        )
        for i in few[:100]
    ]
    found, *peer = timed(
        lambda: [pingouin.partial_corr(t, x="a", y="y", covar=["b", "c"]) for t in tables], repeats
    )
    theirs = [table.iloc[0]["r"] for table in found]
    require("pingouin", np.allclose(r[0, : len(tables), 0], theirs, atol=1e-10), "r differs")
    lines.append(
        row(
            "partial correlation, three drivers",
            mine,
            "pingouin",
            peer,
            scale=3 * PIXELS / len(tables),
        )
    )

    sizes = [n for n in persistence.BLOCK_SIZES if 2 * n <= len(YEARS)] + [len(YEARS)]

    def hurst():
        return persistence.hurst(nep, 8, "blocks")

    hurst()
    exponents, *mine = timed(hurst, repeats)
    options = {"nvals": sizes, "fit": "poly", "unbiased": False, "corrected": False}
    found, *peer = timed(lambda: [nolds.hurst_rs(nep[:, i, 0], **options) for i in few], repeats)
    require("nolds", np.allclose(exponents[few, 0], found, atol=1e-10), "Hurst exponent differs")
    lines.append(row("Hurst exponent, blocks", mine, "nolds", peer, scale=PIXELS / len(few)))
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=HERE / "runs/2400_24")
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    head = [
        f"{machine()}, {date.today()}, median of "
        f"{chosen.repeats} runs (range). Statistics: {PIXELS:,} series of {len(YEARS)} years of "
        "that run on one core; what works series by series is measured on a sample and scaled.",
        "",
        "| what | ours, s | beside | s | ratio | agreement |",
        "|---|--:|---|--:|--:|---|",
    ]
    run = chosen.run.resolve()
    if not (run / "results/study/nep/nep.tif").is_file():
        sys.exit(f"{run}: no run of bench_workflow.py or bench_scaling.py. Make one first.")
    if shutil.which("gdalwarp"):
        with tempfile.TemporaryDirectory(dir=run) as folder:
            lines = of_tiles(run, Path(folder), chosen.repeats)
    else:
        lines = ["| mosaic and warp | | no gdalwarp here (Debian gdal-bin) | | | not measured |"]
    lines += of_pixels(run, chosen.repeats)
    print("\n".join(head + lines))
    replace_part("peers", head + lines)


if __name__ == "__main__":
    main()
