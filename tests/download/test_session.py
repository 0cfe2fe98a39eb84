"""Who sees a login: only https hosts of its domains, whoever named the address."""

import base64
import json
import re
from pathlib import Path

import pytest
import requests
from archives import Reply
from earthdata_archive import BASIC, CDN, CMR, FILES, TOKEN, URS, USER, Earthdata, log_in
from nepflow.download import earthdata, redaction, session, transfer
from nepflow.study import datasets
from test_granules import QUICK, bring, contents, name_of, tiles  # noqa: F401

EVIL, BELOW = "collector.example.org", f"{FILES}.example.org"
LIKE = "notearthdata.nasa.gov"
SECRETS = ("authorization", "proxy-authorization", "cookie")
NETRC = "default login somebody password of-the-netrc\n"


def silent(request):
    """A host that only listens."""
    return Reply(b"", 404)


def seen(served, host):
    """What a host saw of credentials."""
    return [
        (name, value)
        for request in served.asked
        if request.host == host
        for name, value in request.headers.items()
        if name.lower() in SECRETS
    ]


@pytest.fixture
def everywhere(tmp_path, monkeypatch):
    """A netrc file whose login is for any host."""
    (tmp_path / "netrc").write_text(NETRC)
    (tmp_path / "netrc").chmod(0o600)


def lock_with(folder, where, **fields):
    """A lock file of one tile at an address."""
    row = dict.fromkeys(earthdata.LOCK_COLUMNS, "") | {
        "file": name_of("h25v04"),
        "address": where,
        "sha256": "0" * 64,
    }
    earthdata.write_list([row | fields], folder / "lock.csv")
    return folder / "lock.csv"


def at(host, scheme="https", name=name_of("h25v04")):  # noqa: B008
    return f"{scheme}://{host}/x/{name}"


ELSEWHERE = [
    at(EVIL),
    at(EVIL, "http"),
    at(FILES, "http"),
    at(FILES, "HTTP"),
    at(FILES, "ftp"),
    at("127.0.0.1:8080", "http"),
    at("localhost"),
    at("[::1]"),
    at(BELOW),
    at(LIKE),
    at(f"{FILES}:8443"),
    at(f"{FILES}:443@{EVIL}"),
    at(f"{USER}:x@{FILES}"),
    at(f"{EVIL}\\@{FILES}"),
    at(f"{EVIL}#@{FILES}"),
    at(f"{FILES}."),
    at(f"{FILES}%00.example.org"),
    at("e\u0430rthdata.nasa.gov"),
    at(f" {FILES}"),
    at(f"{FILES}:port"),
    at("[half"),
    f"//{FILES}/{name_of('h25v04')}",
    name_of("h25v04"),
    "",
    at("nasa.gov"),
    at("earthdatacloud.nasa.gov.cn"),
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_lock_file_sends_no_login_elsewhere(tmp_path, archives, tiles, monkeypatch, address):  # noqa: F811
    served = archives(**Earthdata(tiles).answers, **{EVIL: silent, BELOW: silent, LIKE: silent})
    log_in(monkeypatch)
    lock = lock_with(tmp_path, address)
    with pytest.raises(transfer.AddressRefused, match=r"lock.csv, line 2 \(MOD17A3HGF") as error:
        bring(tmp_path, tiles=["h25v04"], lock_path=lock)
    assert "https" in str(error.value)
    assert served.asked == [] and contents(tmp_path) == []


def test_the_host_that_is_refused_and_those_that_are_not_are_named(tmp_path, archives, monkeypatch):
    archives(**{EVIL: silent})
    log_in(monkeypatch)
    with pytest.raises(transfer.AddressRefused) as error:
        bring(tmp_path, tiles=["h25v04"], lock_path=lock_with(tmp_path, at(EVIL)))
    for word in (EVIL, "earthdatacloud.nasa.gov", "config/datasets.yaml"):
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"file": "../../evil.hdf"}, "cannot be the name of a file"),
        ({"file": "/etc/" + name_of("h25v04")}, "cannot be the name of a file"),
        ({"file": name_of("h25v04") + "\n"}, "cannot be the name of a file"),
        ({"file": "notes.txt"}, "is not that of notes.txt"),
        ({"file": name_of("h25v05")}, "the address is not that of"),
        ({"address": at(FILES) + "?sig=abc"}, "the address has a query"),
        ({"address": f"https://{FILES}/x?y=/" + name_of("h25v04")}, "the address has a query"),
        ({"size": "-5"}, "no size"),
        ({"size": "1e9"}, "no size"),
        ({"sha256": ""}, "no SHA-256"),
        ({"sha256": "../x"}, "no SHA-256"),
        ({"checksum": "abc"}, "do not stand together"),
    ],
)
def test_fields_of_a_lock_file(tmp_path, fields, message):
    lock = lock_with(tmp_path, at(FILES), **fields)
    with pytest.raises(transfer.TransferFailed, match=message) as error:
        earthdata.read_lock(lock)
    assert "lock.csv, line" in str(error.value)


def test_lock_files_of_other_programs(tmp_path):
    lock = lock_with(tmp_path, at(FILES))
    text = lock.read_text()
    lock.write_text(text, encoding="utf-8-sig")  # a spreadsheet's
    assert [row["file"] for row in earthdata.read_lock(lock)] == [name_of("h25v04")]
    for content, message in (
        (text.replace("address", "url"), "has no column address"),
        (text + text.splitlines()[1] + "\n", "line 3: .* stands there twice"),
        (text + "a,b\n", "line 3: has not the 6 columns"),
        (text.replace("\n", ",more\n").replace("sha256,more", "sha256"), "has not the 6 columns"),
        ("", "has no column"),
    ):
        lock.write_text(content)
        with pytest.raises(earthdata.BadLock, match=message):
            earthdata.read_lock(lock)
    lock.write_bytes(text.encode("utf-16"))
    with pytest.raises(earthdata.BadLock, match=r"lock.csv: is no table of text in UTF-8"):
        earthdata.read_lock(lock)


class Changed(Earthdata):
    """A catalogue with other links."""

    links = ()

    def entry(self, file):
        item = super().entry(file)
        links = [{"URL": link.format(file=file), "Type": "GET DATA"} for link in self.links]
        item["umm"]["RelatedUrls"][:0] = links
        if not self.keep:
            item["umm"]["RelatedUrls"] = links
        return item

    keep = False


@pytest.mark.parametrize("base", [f"https://{EVIL}", f"http://{FILES}", f"https://{BELOW}"])
def test_the_catalogue_sends_no_login_elsewhere(tmp_path, archives, tiles, monkeypatch, base):  # noqa: F811
    catalogue = Changed(tiles)
    catalogue.links = [base + "/x/{file}"]
    served = archives(**catalogue.answers, **{EVIL: silent, BELOW: silent})
    log_in(monkeypatch)
    with pytest.raises(transfer.AddressRefused, match="link of the catalogue"):
        bring(tmp_path)
    assert {request.host for request in served.asked} == {CMR}
    catalogue.keep = True  # the archive's own link stands there too
    assert len(bring(tmp_path)) == 2
    assert not served.count(EVIL) and not served.count(BELOW)


@pytest.mark.parametrize(
    "file", ["..%2F..%2Fevil.hdf", ".hdf", "a..b.hdf", "-.hdf", "%00.hdf", "MOD17.hdf"]
)
def test_names_of_the_catalogue_that_are_no_tiles(tmp_path, archives, tiles, monkeypatch, file):  # noqa: F811
    catalogue = Changed(tiles)
    catalogue.links = [f"https://{FILES}/x/{file}"]
    archives(**catalogue.answers)
    log_in(monkeypatch)
    with pytest.raises(transfer.TransferFailed, match=r"cannot be the name|is no tile"):
        bring(tmp_path)
    assert contents(tmp_path) == []


@pytest.mark.parametrize("way", ["token", "environment", "default"])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_carries_no_login_elsewhere(tmp_path, archives, tiles, monkeypatch, way, code):  # noqa: F811
    """Signed links are followed, without token, password, cookies and the netrc file."""
    own = Earthdata(tiles)

    def gate(request):
        reply = Reply(b"", code, Location=at(EVIL, name=request.path.rpartition("/")[2]))
        reply.headers["Set-Cookie"] = "session=of-the-gate-of-files; Path=/"
        return reply

    def elsewhere(request):
        return Reply(tiles[request.path.rpartition("/")[2]])

    served = archives(**own.answers | {FILES: gate, EVIL: elsewhere})
    (tmp_path / "netrc").write_text(NETRC)
    (tmp_path / "netrc").chmod(0o600)
    log_in(monkeypatch, "token" if way == "default" else way)
    assert len(bring(tmp_path)) == 2
    assert served.count(EVIL) == 2 and seen(served, EVIL) == []
    assert {value for _, value in seen(served, FILES)} >= {f"Bearer {TOKEN}"}


def test_a_redirect_to_plain_http_is_refused(tmp_path, archives, tiles, monkeypatch):  # noqa: F811
    for host in (FILES, URS, EVIL, "127.0.0.1"):
        target = at(host, "http")
        answers = Earthdata(tiles).answers
        served = archives(**answers | {FILES: lambda r, t=target: Reply(b"", 302, Location=t)})
        log_in(monkeypatch)
        with pytest.raises(transfer.AddressRefused, match=f"h25v04.*http://{host}"):
            bring(tmp_path)
        assert served.strays == []  # the proxy saw no question for it
    assert contents(tmp_path) == []


def test_the_catalogue_that_moves(tmp_path, archives, tiles, monkeypatch, everywhere):  # noqa: F811
    own = Earthdata(tiles)

    def moved(request):
        return Reply(b"", 302, Location=f"https://{EVIL}/search/granules.umm_json?{'x=1'}")

    empty = Reply(json.dumps({"hits": 0, "items": []}), CMR_Hits="0")
    served = archives(**own.answers | {CMR: moved, EVIL: lambda r: empty})
    log_in(monkeypatch)
    with pytest.raises(earthdata.NoSuchGranules):
        bring(tmp_path)
    assert served.count(EVIL) and seen(served, EVIL) == []
    served.answers[CMR] = lambda r: Reply(b"", 302, Location=f"http://{CMR}/search")
    asked = served.count(CMR)
    with pytest.raises(transfer.AddressRefused, match=r"catalogue of MOD17A3HGF.*http://"):
        bring(tmp_path)
    assert served.count(CMR) == asked + 1, "it is not asked again"


def test_a_token_does_not_come_back_after_a_detour(archives, monkeypatch):
    """Files -> elsewhere -> files: who redirects there chooses the path."""

    def gate(request):
        return Reply(b"", 302, Location=f"https://{EVIL}/") if request.path == "/a" else Reply("b")

    def back(request):
        return Reply(b"", 302, Location=f"https://{FILES}/b")

    served = archives(**{FILES: gate, EVIL: back})
    with earthdata.login_session(TOKEN) as opened:
        assert opened.get(f"https://{FILES}/a").text == "b"
    assert [r.headers.get("Authorization") for r in served.asked] == [f"Bearer {TOKEN}", None, None]


def test_user_and_password_go_to_the_gate_only(archives):
    def files(request):
        return Reply(b"", 302, Location=f"https://{URS}/oauth/authorize")

    def gate(request):
        return Reply(b"", 302, Location=f"https://{CDN}/file")

    served = archives(**{FILES: files, URS: gate, CDN: lambda r: Reply("x")})
    with earthdata.login_session(TOKEN, USER, "päss:wörd") as opened:
        assert opened.get(f"https://{FILES}/a").text == "x"
    basic = base64.b64encode(f"{USER}:päss:wörd".encode()).decode()
    assert seen(served, FILES) == [("Authorization", f"Bearer {TOKEN}")]
    assert seen(served, URS) == [("Authorization", f"Basic {basic}")]
    assert seen(served, CDN) == []
    assert basic not in redaction.redacted(f"sent {basic}")


def test_a_login_of_one_host_is_not_that_of_the_next(archives):
    """The gate sends back to the files: they see no password, and the gate no token."""

    def files(request):
        there = f"https://{URS}/oauth/authorize"
        return Reply("x") if request.path == "/back" else Reply(b"", 302, Location=there)

    back = Reply(b"", 302, Location=f"https://{FILES}/back?code=1")
    served = archives(**{FILES: files, URS: lambda r: back})
    for password, at_gate in (("pw", [("Authorization", "Basic bWU6cHc=")]), (None, [])):
        served.asked.clear()
        with earthdata.login_session(TOKEN, "me", password) as opened:
            assert opened.get(f"https://{FILES}/a").text == "x"
        assert seen(served, URS) == at_gate
        assert seen(served, FILES) == [("Authorization", f"Bearer {TOKEN}")]


def test_cookies_of_a_login_stay_with_its_hosts(archives):
    wide = "edl=of-the-login-page; Domain=nasa.gov; Path=/"
    served = archives(
        **{
            URS: lambda r: Reply("x", Set_Cookie=wide),
            FILES: lambda r: Reply("x"),
            "power.larc.nasa.gov": lambda r: Reply("x"),
        }
    )
    with earthdata.login_session(TOKEN) as opened:
        for host in (URS, FILES, "power.larc.nasa.gov"):
            opened.get(f"https://{host}/")
    assert ("Cookie", "edl=of-the-login-page") in seen(served, FILES)
    assert seen(served, "power.larc.nasa.gov") == []
    assert "of-the-login-page" not in redaction.redacted("edl is of-the-login-page")


def test_a_session_without_login_sends_none(archives, everywhere):
    """Neither the netrc file nor what a caller sets, at a first question or a redirected one."""
    served = archives(
        **{
            FILES: lambda r: Reply(b"", 302, Location=f"https://{EVIL}/b"),
            EVIL: lambda r: Reply("x"),
        }
    )
    with session.Session() as opened:
        opened.headers["Authorization"] = "Bearer mine"
        opened.get(f"https://{FILES}/a", auth=("me", "pw"))
        opened.get(f"https://{EVIL}/a", headers={"Authorization": "mine"})
        with pytest.raises(transfer.AddressRefused):
            opened.get(f"https://me:pw@{EVIL}/a")
        for address in ("http://127.0.0.1/a", f"http://{EVIL}/", "ftp://x/y"):
            with pytest.raises((transfer.AddressRefused, requests.exceptions.InvalidSchema)):
                opened.get(address)
    assert seen(served, FILES) == seen(served, EVIL) == []


def test_the_password_of_a_proxy_stays_with_the_proxy(archives, monkeypatch):
    served = archives(**{FILES: lambda r: Reply("x")})
    place = served.environment["HTTPS_PROXY"].replace("http://", "http://me:of-the-proxy@")
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, place)
    with earthdata.login_session(TOKEN) as opened:
        opened.get(f"https://{FILES}/a", headers={"Proxy-Authorization": "Basic eDp5"})
    assert seen(served, FILES) == [("Authorization", f"Bearer {TOKEN}")]
    assert "of-the-proxy" not in redaction.redacted("of-the-proxy", redaction.known_secrets())


@pytest.mark.parametrize("token", ["a b", "a\nb", "tok“en”", "a\x00b", "令牌"])
def test_a_token_that_is_none_is_not_shown(token):
    with pytest.raises(transfer.LoginRefused, match="set EARTHDATA_TOKEN") as error:
        earthdata.login_session(token)
    assert token not in str(error.value)


def test_a_token_with_a_line_break_and_a_blank_one(tmp_path, archives, tiles, monkeypatch):  # noqa: F811
    served = archives(**Earthdata(tiles).answers)
    monkeypatch.setenv("EARTHDATA_TOKEN", f" {TOKEN}\n")
    assert len(bring(tmp_path)) == 2
    log_in(monkeypatch, "environment")
    monkeypatch.setenv("EARTHDATA_TOKEN", " ")
    assert len(bring(tmp_path / "other")) == 2
    assert ("Authorization", BASIC) in seen(served, URS)


def test_a_fetched_token_is_hidden(archives, tiles, monkeypatch):  # noqa: F811
    fresh = "fresh/token+of=this-run"
    own = Earthdata(tiles)
    body = {"access_token": fresh, "token_type": "Bearer", "expiration_date": "10/31/2030"}
    archives(**own.answers | {URS: lambda r: Reply(json.dumps(body))})
    log_in(monkeypatch, "environment")
    auth = earthdata.login()
    assert fresh not in redaction.redacted(f"got {fresh}")
    assert "fresh%2F" not in redaction.redacted("u=fresh%2Ftoken%2Bof%3Dthis-run")
    assert fresh not in repr(auth.get_session().login)


def test_only_the_session_asks(root):
    """No other module makes a question of its own; that is what the rule rests on."""
    own = re.compile(
        r"requests\.(Session|session|sessions|get|post|put|head|request|api|adapters)\b(?!`)"
        r"|\burllib3?\.request|urlopen|http\.client|earthaccess\.(login|Auth\(|download|open"
        r"|Store|get_|search_)|trust_env|verify=False"
    )
    for path in (root / "workflow/scripts").rglob("*.py"):
        if path.name != "session.py":
            assert not own.search(path.read_text(encoding="utf-8")), path


def test_the_domains_stand_in_the_register(tmp_path):
    assert datasets.login_domains("earthdata") == (
        "earthdata.nasa.gov",
        "earthdatacloud.nasa.gov",
        "ladsweb.modaps.eosdis.nasa.gov",
    )
    text = Path(datasets.FILE).read_text(encoding="utf-8")
    path = tmp_path / "datasets.yaml"
    for old, new, message in (
        ("earthdatacloud.nasa.gov, ", "", "mod17a3hgf_061 needs the earthdata login at data"),
        ("[earthdata.nasa.gov", "[gov", "domains"),
        ("[earthdata.nasa.gov", "['*.nasa.gov'", "domains"),
        ("[earthdata.nasa.gov", "['https://earthdata.nasa.gov'", "domains"),
        ("https://cmr.earthdata", "https://cmr-earthdata", "at cmr-earthdata.nasa.gov"),
    ):
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(datasets.BadRegister, match=re.escape(message)):
            datasets.load(path)


@pytest.mark.parametrize(
    "address",
    [f"https://{FILES}/a?b=c", f"HTTPS://{FILES.upper()}/a", f"https://{FILES}:443/a@b"],
)
def test_plain_addresses_have_a_host(address):
    assert session.host_of(address) == FILES
    session.admit(address, "earthdata", "here")
    session.admit("https://ladsweb.modaps.eosdis.nasa.gov/a", "earthdata", "here")
