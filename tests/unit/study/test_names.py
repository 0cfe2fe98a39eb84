"""Names that a user chooses: none is another, none is the workflow's own."""

import re

import pytest
import yaml
from nepflow.study import load as study_load
from nepflow.study import names
from nepflow.study.settings_file import BadStudy

BASE = {
    "title": "t",
    "citation": "c",
    "period": [2001, 2003],
    "npp": {"source": "rasters", "rasters": {"file": "npp_{year}.tif", "unit": "g C m-2 yr-1"}},
    "climate": {"variables": ["temperature", "precipitation"]},
    "zones": [{"name": "county", "kind": "area"}],
}
FIGURE = {"kind": "map", "layer": "pixel/nep_mean", "title": "t", "caption": "c"}
FACTORS = [{"name": "elevation", "layer": "dem"}, {"name": "slope", "layer": "slope"}]
CONTRAST = {"name": "wet", "zones": "county", "of": "a", "match": ["dem"]}


def load(root, folder, name="own", **keys):
    """Load a study of these keys, over the settings of `BASE`."""
    (folder / "studies").mkdir(exist_ok=True)
    (folder / "defaults.yaml").write_text((root / "config/defaults.yaml").read_text("utf-8"))
    text = yaml.safe_dump(BASE | keys, allow_unicode=True)
    (folder / f"studies/{name}.yaml").write_text(text, encoding="utf-8")
    schema = root / "workflow/schemas/study.schema.yaml"
    return study_load.load_study(name, folder, schema, "data", "results")


def area(name):
    return {"zones": [{"name": name, "kind": "area"}]}


@pytest.mark.parametrize(
    "name",
    [
        "region",
        "all",
        "area",
        "rest",
        "tiles",
        "sums",
        "outlines",
        "trend_persistence_class_nep",
        "soil_class_a",
    ],
)
def test_zones_do_not_take_names_of_the_workflow(root, tmp_path, name):
    with pytest.raises(BadStudy, match=f"own.yaml: zones: the name {name} is taken.*Rename it"):
        load(root, tmp_path, **area(name))


@pytest.mark.parametrize("name", ["con", "nul", "aux", "com1", "a" * 61])
@pytest.mark.parametrize("key", ["zones", "figures"])
def test_names_are_files_everywhere(root, tmp_path, key, name):
    keys = area(name) if key == "zones" else {"figures": [FIGURE | {"name": name}]}
    with pytest.raises(BadStudy, match=f"{key}: .* cannot be the name of a file everywhere"):
        load(root, tmp_path, **keys)


@pytest.mark.parametrize("key", ["zones", "figures"])
def test_a_line_break_is_no_part_of_a_name(root, tmp_path, key):
    """`$` of a pattern would let it pass."""
    keys = area("county\n") if key == "zones" else {"figures": [FIGURE | {"name": "county\n"}]}
    with pytest.raises(BadStudy, match=rf"{key}.0.name: .* does not match"):
        load(root, tmp_path, **keys)


def test_names_that_are_fine(root, tmp_path):
    """What only looks like a name of the workflow."""
    for name in ("regions", "province", "landcover", "areas", "nep", "all_counties", "class_a"):
        assert load(root, tmp_path, **area(name))["zones"][0]["name"] == name
    figure = FIGURE | {"name": "region"}
    assert load(root, tmp_path, figures=[figure])["figures"] == [figure]


@pytest.mark.parametrize(
    "keys",
    [
        {"zones": [{"name": "a", "kind": "area"}, {"name": "a", "kind": "sink", "cuts": [0]}]},
        {"figures": [FIGURE | {"name": "a"}] * 2},
        {"detectors": [{"name": "a", "of": "dem", "factors": FACTORS}] * 2},
        {"detectors": [{"name": "b", "of": "dem", "factors": [{"name": "a", "layer": "dem"}] * 2}]},
        {"contrasts": [CONTRAST | {"name": "a"}, CONTRAST | {"name": "a", "of": "b"}]},
    ],
)
def test_no_name_stands_twice(root, tmp_path, keys):
    with pytest.raises(BadStudy, match="the name a is used twice"):
        load(root, tmp_path, **keys)


def test_a_factor_is_not_all_of_them(root, tmp_path):
    factors = [{"name": "all", "layer": "dem"}, FACTORS[1]]
    with pytest.raises(BadStudy, match="detector d: factors: the name all is taken"):
        load(root, tmp_path, detectors=[{"name": "d", "of": "dem", "factors": factors}])


@pytest.mark.parametrize(
    ("classes", "fault"),
    [
        (["forest", "Forest"], "'forest' and 'Forest' cannot be told apart"),
        (["forest", "changed"], "the name 'changed' is taken"),
        (["forest", "ALL "], "the name 'ALL ' is taken"),
        (["no_data", "b"], "the name 'no_data' is taken"),
        (["forest", " "], "an empty text says nothing"),
    ],
)
def test_classes_of_land_cover(root, tmp_path, classes, fault):
    listed = [
        {"name": name, "codes": [place], "colour": "#000000"}
        for place, name in enumerate(classes, start=1)
    ]
    with pytest.raises(BadStudy, match=re.escape(fault)):
        load(root, tmp_path, landcover={"classes": listed})


@pytest.mark.parametrize(
    ("inside", "fault"),
    [
        (["Gansu", "gansu"], "'Gansu' and 'gansu' cannot be told apart"),
        (["Gansu", "Gansu "], "cannot be told apart"),
        (["New York", "New_York"], "cannot be told apart"),
        (["甘肃A", "甘肃Ａ"], "cannot be told apart"),  # the letter in full width
        (["Caf\u00e9", "Cafe\u0301"], "cannot be told apart"),  # composed and not
        (["All", "b"], "the name 'All' is taken"),
        (["", "b"], "a name is blank"),
    ],
)
def test_names_inside_a_set(inside, fault):
    with pytest.raises(BadStudy, match=re.escape(fault)) as error:
        names.check_inside(inside, "data/a.gpkg: column county", "Rename one.")
    assert "data/a.gpkg: column county" in str(error.value)


def test_names_inside_a_set_that_are_fine():
    inside = ["Shanxi", "Shaanxi", "甘肃", "甘南", "region", "a, b", "7"]
    names.check_inside(inside, "a.gpkg", "Rename one.")


@pytest.mark.parametrize(
    ("studies", "fault"),
    [
        (["simulated"], "the name simulated is taken"),
        (["Simulated"], "the name Simulated is taken"),
        (["index"], "the name index is taken"),
        (["mine", "Mine"], "mine and Mine are one file name"),
        (["mine", "mine"], "the name mine is used twice"),
        (["my/region"], "cannot be the name of a file"),
        (["my region"], "cannot be the name of a file"),
        (["a.b"], "cannot be the name of a file"),
        (["../a"], "cannot be the name of a file"),
        (["nul"], "cannot be the name of a file"),
        ("my_region", "must be a list of names"),
        ([2001], "must be a list of names"),
        (None, "must be a list of names"),
    ],
)
def test_studies_of_a_site(studies, fault):
    with pytest.raises(BadStudy, match=re.escape(fault)):
        names.check_studies(studies, "config/config.yaml")


def test_studies_that_are_fine():
    names.check_studies(
        ["northwest_china", "my-region", "西北", "2001", "simulated_of_mine"], "c.yaml"
    )


def test_a_study_file_by_itself_has_a_name_too(root, tmp_path):
    with pytest.raises(BadStudy, match=r"simulated.*is taken"):
        load(root, tmp_path, name="simulated")


# Tiles


@pytest.mark.parametrize(
    ("keys", "reader"),
    [
        ({"npp": {"source": "mod17"}}, "npp.source: mod17"),
        ({"npp": BASE["npp"] | {"compare": "mod17"}}, "npp.compare: mod17"),
        ({"zones": [*BASE["zones"], {"name": "cover", "kind": "landcover"}]}, "land cover"),
        ({"landcover": {"transitions": [2001, 2003]}}, "landcover.transitions"),
        ({"figures": [FIGURE | {"name": "a", "layer": "landcover/landcover_2001"}]}, "land cover"),
        (
            {"land_use_effect": {"quantities": ["nep"], "years": 1, "min_years": 1}},
            "land cover",
        ),
    ],
)
def test_tiles_are_needed_where_something_reads_one(root, tmp_path, keys, reader):
    with pytest.raises(BadStudy, match=f"`tiles` is missing.*{re.escape(reader)}.*tiles: \\[h26"):
        load(root, tmp_path, **keys)
    assert load(root, tmp_path, tiles=["h26v05"], **keys)["reads_tiles"]


def test_light_use_needs_tiles(root, tmp_path):
    drivers = {"variables": ["temperature", "precipitation", "radiation"]}
    with pytest.raises(BadStudy, match=r"`tiles` is missing.*npp\.source: casa"):
        load(root, tmp_path, npp={"source": "casa"}, climate=drivers)


def test_tiles_are_free_where_nothing_reads_one(root, tmp_path):
    loaded = load(root, tmp_path)
    assert loaded["tiles"] == [] and not loaded["reads_tiles"]
    # they still say how large the study is
    loaded = load(root, tmp_path, tiles=["h26v05"])
    assert loaded["tiles"] == ["h26v05"] and not loaded["reads_tiles"]


def test_what_reads_tiles_is_what_the_plan_lists(root):
    """The two ways to know it agree on every study that ships."""
    from nepflow.study import downloads

    schema = root / "workflow/schemas/study.schema.yaml"
    for path in (root / "config/studies").glob("*.yaml"):
        loaded = study_load.load_study(path.stem, root / "config", schema, "data", "results")
        assert loaded["reads_tiles"] == bool(downloads.tile_years(loaded)), path.stem


@pytest.mark.parametrize(
    ("entry", "new"),
    [
        ({"quantity": "coupling_share", "of": "continuous increase"}, "trend_persistence_share"),
        ({"quantity": "nep_slope_part", "of": "rest"}, "residual"),
    ],
)
def test_published_numbers_of_an_older_version_are_refused(entry, new):
    """They would stand in the report as "not computed here"."""
    study = {"published": [{"id": "a", "value": 1, **entry}]}
    with pytest.raises(BadStudy, match=f"published a: .* is now {new}"):
        names.check(study, "f.yaml")
