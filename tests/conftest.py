"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    """Tests of the tiny study run on one worker, which builds it; others file by file."""
    for item in items:
        group = "tiny" if "tiny" in item.fixturenames else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def root():
    """Return the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def reference_data():
    """Return the folder of real tiles, stations and R references, or skip."""
    folder = Path(os.environ.get("NEPFLOW_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("reference data not found: set NEPFLOW_REFERENCE_DATA")
    return folder
