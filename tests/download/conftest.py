"""The loopback archives of this folder's tests."""

import logging
from contextlib import ExitStack

import pytest
from archives import Archives


@pytest.fixture
def archives(tmp_path, monkeypatch):
    """Function that opens archives; this process's clients are led to them."""
    with ExitStack() as stack:

        def opened(**answers):
            served = Archives(tmp_path, **answers)
            stack.enter_context(served.open())
            for name in ("EARTHDATA_TOKEN", "EARTHDATA_USERNAME", "EARTHDATA_PASSWORD"):
                monkeypatch.delenv(name, raising=False)
            for name in ("NO_PROXY", "no_proxy"):
                monkeypatch.delenv(name, raising=False)
            for name, value in served.environment.items():
                if "PROXY" in name.upper() or name in ("REQUESTS_CA_BUNDLE", "NETRC"):
                    monkeypatch.setenv(name, value)
            return served

        yield opened


@pytest.fixture
def log(caplog):
    """All records of the test, as text."""
    caplog.set_level(logging.INFO)
    return caplog
