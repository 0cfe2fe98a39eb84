"""No secret reaches a log."""

import logging
import sys

import pytest
import requests
from nepflow_acquire import redaction


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://me:pw@host.org/a?b=1", "https://host.org/a?b=1"),
        ("https://host.org:8443/a?X-Amz-Signature=abc&year=2001", "https://host.org:8443/a?X-Amz-Signature=(hidden)&year=2001"),
        ("https://host.org/a?access_token=abc", "https://host.org/a?access_token=(hidden)"),
        ("https://host.org/a?Expires=1&Key-Pair-Id=2&Signature=x~y-", "https://host.org/a?Expires=1&Key-Pair-Id=2&Signature=(hidden)"),
        ("https://host.org/a?parameters=T2M,PS&latitude=36.0", "https://host.org/a?parameters=T2M,PS&latitude=36.0"),
    ],
)  # fmt: skip
def test_addresses(address, expected):
    assert redaction.shown(address) == expected


def test_texts():
    text = "Authorization: Bearer eyJ0.eXA-iOi_J and basic dXNlcjpwdw== "
    text += "at https://u:p@h.org/x?token=t end"
    shown = redaction.redacted(text, ["iOi"])
    assert (
        "eyJ0" not in shown
        and "dXNl" not in shown
        and "u:p@" not in shown
        and "token=t" not in shown
    )
    assert shown.endswith("end")


def test_the_terminal(monkeypatch, capsys):
    """What an error of a library says may hold the header that it refuses."""
    monkeypatch.setenv("EARTHDATA_TOKEN", "tok-with-an-end\n")
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    redaction.keep_secrets_out()
    session = requests.Session()
    session.headers["Authorization"] = "Bearer tok-with-an-end\n"
    try:
        session.get("https://archive.example.org")
    except requests.exceptions.InvalidHeader as error:
        print(f"InvalidHeader: {error}", file=sys.stderr)
    said = capsys.readouterr().err
    assert "InvalidHeader" in said and "tok-with" not in said


def test_records_tracebacks_and_arguments(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine urs login me password from-the-netrc\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("EARTHDATA_TOKEN", "tok-of-the-environment")
    path = tmp_path / "job.log"
    logging.basicConfig(filename=path, force=True, level=logging.INFO)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    redaction.keep_secrets_out()
    redaction.keep_secrets_out()
    log = logging.getLogger("any.library")
    log.info("sent %s", {"Authorization": "Bearer tok-of-the-environment"})
    try:
        raise RuntimeError("answer: from-the-netrc is wrong")
    except RuntimeError:
        log.exception("failed with from-the-netrc")
    logging.basicConfig(force=True)
    text = path.read_text()
    assert "tok-of-the-environment" not in text and "from-the-netrc" not in text
    assert "Traceback" in text and text.count("(hidden)") == 4
