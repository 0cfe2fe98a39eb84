"""The register: closed, complete, agreeing with what the code knows of the products."""

import re
from urllib.parse import urlsplit

import pytest
import yaml
from nepflow.study import datasets as study_datasets
from nepflow.study import modis


def test_register_is_valid_and_every_dataset_complete():
    datasets = study_datasets.load()
    assert len(datasets) >= 11
    for name, dataset in datasets.items():
        assert bool(dataset["retired"]) == (dataset["addresses"] == {}), name
        assert dataset["licence"] and dataset["citation"] and dataset["documentation"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"adress": "x"}, "adress"),
        ({"checked_live": "yesterday"}, "checked_live"),
        ({"addresses": {"file": "http://plain"}}, "http://plain"),
        ({"licence": ""}, "licence"),
        ({"years": [2001]}, "years"),
        ({"file_mb": 0}, "file_mb"),
        ({"name": "gsod"}, "used twice"),
    ],
)
def test_a_fault_in_the_register_is_named(tmp_path, change, message):
    content = yaml.safe_load(study_datasets.FILE.read_text())
    content["datasets"][0] |= change
    path = tmp_path / "datasets.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(study_datasets.BadRegister, match=re.escape(message)):
        study_datasets.load(path)


def test_dates_stay_text(tmp_path):
    path = tmp_path / "datasets.yaml"
    path.write_text(
        study_datasets.FILE.read_text().replace("checked_live: never", "checked_live: 2026-11-23")
    )
    assert study_datasets.load(path)["gsod"]["checked_live"] == "2026-11-23"


def test_years_agree_with_the_products_of_the_workflow():
    datasets = study_datasets.load()
    for product in modis.PRODUCTS.values():
        for collection, year in product.first_year.items():
            entry = datasets.get(f"{product.name.lower()}_{collection}")
            if entry:
                assert entry["years"][0] == year
                assert (entry["product"], entry["version"]) == (product.name, collection)


def test_addresses_stand_nowhere_else(root):
    hosts = set()
    for dataset in study_datasets.load().values():
        for address in [*dataset["addresses"].values(), dataset["mirror"] or ""]:
            hosts.add(urlsplit(address).hostname)
    hosts -= {None}
    assert len(hosts) > 8
    files = [*(root / "workflow").rglob("*.py"), *(root / "workflow").rglob("*.smk")]
    files += [
        *(root / "config/studies").glob("*.yaml"),
        root / "config/defaults.yaml",
        root / "Makefile",
    ]
    for path in files:
        named = {host for host in hosts if host in path.read_text()}
        assert not named, f"{path} names {named}"


def test_addresses_are_filled_and_a_retired_dataset_says_what_to_do():
    datasets = study_datasets.load()
    file = study_datasets.address(datasets["gsod"], "file", year=2001, station="51463099999")
    assert file.endswith("/access/2001/51463099999.csv")
    with pytest.raises(study_datasets.BadRegister, match="Bring the tiles"):
        study_datasets.address(datasets["mod17a3hgf_006"], "file")
    with pytest.raises(study_datasets.BadRegister, match="needs year"):
        study_datasets.address(datasets["gsod"], "file", station="1")
    assert study_datasets.has_year(datasets["mod17a3hgf_061"], 2024)
    assert not study_datasets.has_year(datasets["mod17a3hgf_061"], 2000)
    assert not study_datasets.has_year(datasets["mod17a3hgf_006"], 2021)
