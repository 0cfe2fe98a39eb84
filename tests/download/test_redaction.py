"""No secret reaches a log."""

import base64
import html
import json
import logging
import sys
import time
from urllib.parse import quote, quote_plus

import pytest
import requests
from nepflow.download import redaction


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://me:pw@host.org/a?b=1", "https://host.org/a?b=1"),
        (
            "https://host.org:8443/a?X-Amz-Signature=abc&year=2001",
            "https://host.org:8443/a?X-Amz-Signature=(hidden)&year=2001",
        ),
        ("https://host.org/a?access_token=abc", "https://host.org/a?access_token=(hidden)"),
        (
            "https://host.org/a?Expires=1&Key-Pair-Id=2&Signature=x~y-",
            "https://host.org/a?Expires=1&Key-Pair-Id=2&Signature=(hidden)",
        ),
        (
            "https://host.org/a?parameters=T2M,PS&latitude=36.0",
            "https://host.org/a?parameters=T2M,PS&latitude=36.0",
        ),
    ],
)
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
    monkeypatch.setattr(sys, "stdout", sys.stdout)
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
    monkeypatch.setattr(sys, "stdout", sys.stdout)
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


TOKEN = "eyJ0/of+this=run"


@pytest.fixture
def remembered(monkeypatch):
    """Secrets of the run, forgotten after the test."""
    monkeypatch.setattr(redaction, "_fetched", set())
    monkeypatch.setattr(redaction, "_pairs", set())
    redaction.remember(TOKEN)
    redaction.remember("pass/wörd?1", user="me")


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        quote(TOKEN, safe=""),
        quote(TOKEN, safe="").replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"),
        quote(quote(TOKEN, safe=""), safe=""),
        quote_plus(TOKEN),
        json.dumps(TOKEN).replace("/", r"\/"),
        html.escape(TOKEN),
        base64.b64encode(TOKEN.encode()).decode(),
        "pass/wörd?1",
        quote("pass/wörd?1", safe=""),
        json.dumps("pass/wörd?1"),
        base64.b64encode("me:pass/wörd?1".encode()).decode(),
        base64.b64encode("me:pass/wörd?1".encode("latin-1")).decode(),
        base64.b64encode("me:pass/wörd?1".encode()).decode().rstrip("="),
        quote(base64.b64encode("me:pass/wörd?1".encode()).decode(), safe=""),
    ],
)
def test_every_spelling_of_a_known_secret(remembered, text):
    shown = redaction.redacted(f"sent ({text}) there")
    assert text.strip('"') not in shown and shown.endswith(") there")
    assert len(shown.replace(redaction.HIDDEN, "")) < 20


@pytest.mark.parametrize(
    "text",
    [
        "https://h.org/a?sv=2020&sig=S3CRET%2Fx%3D&se=1",
        "https://h.org/a?X-Amz-Credential=S3CRET&X-Amz-Date=1",
        "https://h.org/a?x-goog-signature=S3CRET",
        "https://h.org/a?token=S3CRET",
        "https://h.org/a?AWSAccessKeyId=1&Signature=S3CRET",
        "https://h.org/a?code=S3CRET&state=x",
        "https://h.org/a?x=1&amp;sig=S3CRET",
        "https://h.org/a#access_token=S3CRET",
        "login?redirect=https%3A%2F%2Fh.org%2Fa%3Fsig%3DS3CRET%26x%3D1",
        "login?redirect=https%253A%252F%252Fh.org%253Fsig%253DS3CRET",
        "Max retries exceeded with url: /a?Signature=S3CRET~x- (Caused by X)",
        "sig=S3CRET",
        "EARTHDATA_TOKEN=S3CRET",
        "the password=S3CRET of it",
        '{"access_token": "S3CRET and more S3CRET", "token_type": "Bearer"}',
        '{"access_token":"S3CRET"}',
        "{'Authorization': b'Bearer S3CRET', 'Cookie': 'a=S3CRET'}",
        "Authorization: Bearer S3CRET",
        "authorization=Token S3CRET",
        "Proxy-Authorization: Digest S3CRET",
        "x-amz-security-token: S3CRET",
        "Set-Cookie: session=S3CRET; Path=/",
        "Bearer%20S3CRET",
        "basic S3CRET==",
        "https://me:S3CRET@h.org/a",
        "https://me:S3/S3CRET@h.org/a",
        "https://me:S3?S3CRET@h.org/a",
        "https://me:S3#S3CRET@h.org/a",
        "https://me:S3'S3CRET)@h.org/a",
        "https://me:S3@S3CRET@h.org/a",
        "https://me:80/S3CRET@h.org/a",
        "https://S3CRET@h.org/a",
        "https://h.org/a,https://me:S3CRET@h.org/a",
        "ftp://me:S3CRET@h.org/a",
        "//me:S3CRET@h.org/a",
        "https%3A%2F%2Fme%3AS3CRET%40h.org",
        "https://me:S3CRET@host:port/x",
        "https://me:S3CRET@[half/x",
    ],
)
def test_unknown_secrets_by_their_place(text):
    shown = redaction.redacted(text)
    assert "S3CRET" not in shown and "S3CRET" not in redaction.shown(text)
    assert redaction.redacted(shown).count("(hidden)") == shown.count("(hidden)")


@pytest.mark.parametrize(
    "text",
    [
        "https://h.org:8443/tiles/MOD17A3HGF.A2001001.h25v04.061.hdf (try 1 of 6)",
        "https://power.larc.nasa.gov/api?parameters=T2M,PS&latitude=36.0&format=JSON",
        "https://h.org/a?mail=me@h.org",
        "MOD17A3HGF: answer 503 (try 2 of 3); exit code=1, state=done, key=7",
        "design=2, 3 tiles, signal=9",
        "No Earthdata login: set EARTHDATA_TOKEN, or EARTHDATA_USERNAME and EARTHDATA_PASSWORD",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redaction.redacted(text) == text


class Mute:
    """Its text cannot be had."""

    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


@pytest.mark.parametrize(
    "text",
    [
        "https://host:port/x",
        "https://[half",
        "https://[::1",
        "http://",
        "https://h:99999/",
        "https://\ud800/",
        "",
        None,
        7,
        b"\xff",
        Mute(),
        "%",
        "%s %d",
        "https://ⅷ.org:x/",
        "https://" + "a:" * 3000 + "@",
        "token=" * 3000,
        "\x00",
    ],
)
def test_nothing_raises(text):
    assert isinstance(redaction.redacted(text), str)
    assert isinstance(redaction.shown(text), str)
    record = logging.LogRecord("x", logging.INFO, "f", 1, text, (), None)
    assert redaction._Quiet().filter(record) and isinstance(record.msg, str)


def test_long_texts_take_no_time():
    began = time.perf_counter()
    for text in (
        "x" * 100_000,
        "sig" * 30_000,
        "%3A%2F%2F" * 10_000,
        "a://" * 20_000,
        "'" * 50_000,
    ):
        redaction.redacted(text)
    assert time.perf_counter() - began < 20


@pytest.mark.parametrize(
    ("message", "arguments"),
    [("%d tiles", ("many",)), ("%s and %s", ("one",)), ("%(a)s", ({"b": 1},)), ("%", ("x",))],
)
def test_arguments_that_do_not_fit_are_still_told(message, arguments, monkeypatch):
    monkeypatch.setenv("EARTHDATA_TOKEN", "tok-of-the-environment")
    record = logging.LogRecord("x", logging.INFO, "f", 1, message, arguments, None)
    record.stack_info = "Stack: tok-of-the-environment"
    assert redaction._Quiet().filter(record)
    assert message in record.getMessage() and "tok-of" not in record.stack_info


@pytest.mark.parametrize(
    "content",
    [
        b"machine urs login me password pw-of-netrc\n",
        b"machine urs login me password pw-of-netrc\nmachine\n",
        b"# \xb5\xc7\xc2\xbc\nmachine urs login me password pw-of-netrc\n",
        b"default login me password pw-of-netrc\n",
    ],
)
def test_netrc_files_of_every_kind(tmp_path, monkeypatch, content):
    (tmp_path / "netrc").write_bytes(content)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert "pw-of-netrc" in redaction.known_secrets()
    monkeypatch.setenv("NETRC", str(tmp_path))  # a folder
    assert isinstance(redaction.known_secrets(), list)


def test_bytes_of_the_environment_that_are_no_text(monkeypatch):
    monkeypatch.setenv("EARTHDATA_PASSWORD", "pw-\udcff-x")
    assert redaction.redacted("a pw-\udcff-x b", redaction.known_secrets()) == "a (hidden) b"


def test_lines_of_the_terminal(monkeypatch, capsys):
    monkeypatch.setenv("EARTHDATA_TOKEN", "tok-of-the-environment")
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    redaction.keep_secrets_out()
    sys.stderr.writelines(["a tok-of-the-environment\n"])
    print("b tok-of-the-environment")
    said = capsys.readouterr()
    assert said.err == "a (hidden)\n" and said.out == "b (hidden)\n"
