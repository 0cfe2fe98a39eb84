"""The list of layers agrees with the rules, and what a run needs is asked for, results or not."""

import re

import pytest
import yaml
from copies import TINY, Workflow
from nepflow.study import downloads, files, load, modis, products

FIGURE = {"title": "t", "caption": "c"}
MEAN = FIGURE | {"name": "nep_mean", "kind": "map", "layer": "pixel/nep_mean"}
OWN = {
    "title": "t",
    "citation": "c",
    "period": [2001, 2009],
    "tiles": ["h26v05"],
    "npp": {
        "source": "rasters",
        "compare": "mod17",
        "rasters": {"file": "npp_{year}.tif", "unit": "g C m-2 yr-1"},
    },
    "respiration": {"model": "gsmsr"},
    "soil_carbon": {"file": "soc.tif", "unit": "kg C m-2", "depth_cm": [0, 20]},
    "climate": {
        "variables": ["temperature", "precipitation"],
        "grids": [
            {"variable": "temperature", "file": "t_{year}.tif", "unit": "degC"}
            | {"first_month": "{year}-01"},
            {"variable": "precipitation", "file": "p.nc", "layer": "p", "unit": "mm month-1"}
            | {"first_month": "2001-01"},
        ],
        "downscaling": {"lapse_rate_k_per_km": -6.5, "elevation": "z.tif"},
    },
    "zones": [
        {"name": "part", "kind": "area"},
        {"name": "park", "kind": "file", "file": "park.shp", "name_field": "name"},
    ],
    "detectors": [
        {
            "name": "d",
            "of": "pixel/nep_mean",
            "factors": [{"name": "soil", "file": "soil.tif"}, {"name": "slope", "layer": "slope"}],
        }
    ],
    "restoration": {"file": "projects.gpkg"},
    "figures": [
        MEAN,
        FIGURE | {"name": "maps", "kind": "classes", "layer": "landcover/landcover_2009"},
    ],
}
# what the rules make and no study can name: raw inputs, and rasters that are removed again
NO_LAYER = re.compile(
    r"acquired/(\w+|\{raster\})|npp/rasters/native/(missing_reason_)?\d{4}|bands/.*"
)


def loaded(workflow, name):
    place = workflow.folder / "config", workflow.folder / "workflow/schemas/study.schema.yaml"
    return load.load_study(name, *place, "data", "results")


def bring_all(workflow, settings):
    """A byte for every raw file of a study; return the paths that were written."""
    written = [path for _, path in files.raw_files(settings)]
    written += [
        path[:-3] + end for path in written if path[-4:] == ".shp" for end in ("shx", "dbf")
    ]
    for name, years in downloads.tile_years(settings).items():
        product, _, collection = name.upper().rpartition("_")
        for year in years:
            for day in modis.begins_of(product, year):
                name = f"{product}.A{year}{day:03d}.h26v05.{collection}.2024001000000.hdf"
                written.append(f"{settings['files']['tiles']}/{name}")
    for path in written:
        file = workflow.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x")
    return written


@pytest.fixture(scope="module")
def studies(root, tmp_path_factory):
    """Studies that make every layer between them, and the workflow that has them."""
    npp = {"year_2000": "collection_006_harmonised", "overlap": [2001, 2008]}
    harmonised = TINY | {"npp": npp}
    workflow = Workflow(root, tmp_path_factory.mktemp("layers") / "copy", own=OWN)
    workflow.study(own=OWN, harmonised=harmonised)
    names = [path.stem for path in (root / "config/studies").glob("*_simulated.yaml")]
    site = {"studies": [*names, "own", "harmonised"], "raw": "data"}
    (workflow.folder / "config/config.yaml").write_text(yaml.safe_dump(site))
    found = {name: loaded(workflow, name) for name in site["studies"]}
    bring_all(workflow, found["own"])
    return workflow, found


def test_the_layers_of_every_study_can_be_planned_and_none_is_forgotten(studies, tmp_path):
    """One dry run of all that is listed; what studies make by themselves is on the list."""
    workflow, found = studies
    layers = {name: products.layers_of(settings) for name, settings in found.items()}
    targets = [f"results/{name}/{layer}.tif" for name in found for layer in layers[name]]
    assert len(targets) == len(set(targets)) > 1500
    said = workflow.run("-n", *targets, *(f"results/{name}/manifest.csv" for name in found))
    outputs = set(re.findall(r"results/(?!simulated/)(\w+)/([\w/-]+)\.tif\b", said))
    assert len(outputs) >= len(targets)
    forgotten = {
        (name, layer)
        for name, layer in outputs
        if layer not in layers[name] and not NO_LAYER.fullmatch(layer)
    }
    assert not forgotten


def test_every_raster_of_a_rule_is_on_the_list(root, studies):
    """A new output needs its line in `study/products.py`."""
    listed = "\n".join({layer for s in studies[1].values() for layer in products.layers_of(s)})
    special = {"keyed": r"(keys/\w+/)?", "climate": "climate(/grids)?", "year": r"\d{4}"}
    special |= {"collection": r"\d{3}", "limits": r"(_own|_own_upper|_zhu2007)?"}
    patterns = set()
    for path in (root / "workflow/rules").glob("*.smk"):
        for block in re.findall(r"    output:\n((?:        .*\n)+)", path.read_text()):
            patterns |= set(re.findall(r'"<(?:study|banded)>/([^"]+)\.tif"', block))
    assert len(patterns) > 60
    for pattern in patterns:
        parts = re.split(r"\{(\w+)\}", pattern)
        words = [special.get(p, r"\w+") if n % 2 else re.escape(p) for n, p in enumerate(parts)]
        example = pattern.replace("{year}", "2001")
        assert NO_LAYER.fullmatch(example) or re.search(f"(?m)^{''.join(words)}$", listed), pattern


def test_every_raw_file_that_rules_read_is_looked_for(root, tmp_path):
    """Whatever a rule reads of the raw folder is on the list, or is a tile."""
    workflow = Workflow(root, tmp_path / "copy", own=OWN)
    for path in (workflow.folder / "workflow/rules").glob("*.smk"):
        bare = re.sub(r"^ +message:\n( {8,}.*\n)+", "", path.read_text(), flags=re.M)
        path.write_text(bare)  # jobs without a message are shown with their inputs
    bring_all(workflow, loaded(workflow, "own"))
    said = workflow.run("-n", "results/own/manifest.csv")
    lines = re.findall(r"^ +input: (.*)$", said, re.M)
    read = {path for line in lines for path in line.split(", ") if path.startswith("data/")}
    assert len(read) > 30
    known = {path for _, path in files.raw_files(loaded(workflow, "own"))}
    assert {path for path in read - known if "/modis/" not in path} == set()
    assert known <= read, "and all that is looked for is read"


LOST = [
    "npp_2005.tif",
    "t_2009.tif",
    "modis/MOD17A3HGF.A2004001.h26v05.061.2024001000000.hdf",
    "dem.tif",
    "projects.gpkg",
    "soc.tif",
]


@pytest.mark.parametrize("lost", LOST)
def test_a_lost_raw_file_is_not_silent_once_results_exist(root, tmp_path, lost):
    """Snakemake takes a result that cannot be made any more for a given file."""
    workflow = Workflow(root, tmp_path / "copy", own=OWN)
    bring_all(workflow, loaded(workflow, "own"))
    targets = (
        "npp/compared/npp_own",
        "climate/temperature_difference",
        "nep/nep",
        "pixel/nep_mean",
    )
    targets = [f"results/own/{name}.tif" for name in targets] + [
        "results/own/tables/restoration_effects.csv"
    ]
    said = workflow.run("-n", *targets)
    for path in re.findall(r"results/own/[\w/.]+\.\w+", said):
        (workflow.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (workflow.folder / path).write_bytes(b"x")
    (workflow.folder / "data/own" / lost).unlink()
    said = workflow.run("-n", *targets, fails=True)
    name = lost.rpartition("/")[2]
    assert "MissingRawFiles: config/studies/own.yaml" in said
    assert name in said or ("MissingTiles" in said and "2004 for h26v05" in said)
    assert "Traceback" not in said
    if lost == LOST[0]:  # plans, downloads and what does not need the file go on
        workflow.run("-n", "downloads")
        workflow.run("-n", "results/own/zones/area.tif")
        workflow.run("results/own/study.yaml")
        assert workflow.run(*targets, fails=True).count("MissingRawFiles") == 1
        (workflow.folder / "data/own" / lost).touch()
        assert "an empty file (0 bytes)" in workflow.run("-n", *targets, fails=True)
