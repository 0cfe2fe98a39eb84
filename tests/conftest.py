"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# one long test each, which no other worker can share: first, so that the others run beside them
LONGEST = ("test_slurm", "test_interruption")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.stem not in LONGEST)


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
