"""Earthdata on loopback: login, catalogue, protected files, signed links.

Shapes
------
login      Earthdata Login API, "User token": POST api/users/find_or_create_token with basic
           authorisation -> access_token, token_type, expiration_date
catalogue  CMR Search API, granules.umm_json: hits, items of meta and umm (UMM-G 1.6.6:
           RelatedUrls, DataGranule.ArchiveAndDistributionInformation), headers CMR-Hits and
           CMR-Search-After; readable_granule_name[] with options[...][pattern]. A token that is
           sent must be valid: 401 with errors otherwise (CMR API Client Developer Guide)
files      Thin Egress App (LP DAAC Cloud): a bearer token gives 303 to a signed CloudFront
           link; without it 302 to oauth/authorize of Earthdata Login, which answers 401
"""

import fnmatch
import hashlib
import json
import re

from archives import Reply, ranged

URS, CMR = "urs.earthdata.nasa.gov", "cmr.earthdata.nasa.gov"
FILES, CDN = "data.lpdaac.earthdatacloud.nasa.gov", "d1nklfio7vscoe.cloudfront.net"
TOKEN, USER, PASSWORD = "eyJ0-test-token", "researcher", "pass-word-of-the-test"
BASIC = "Basic cmVzZWFyY2hlcjpwYXNzLXdvcmQtb2YtdGhlLXRlc3Q="


class Earthdata:
    """Tiles {file name: bytes}; ``changed`` holds keys of an entry of the catalogue to change."""

    def __init__(self, tiles, checksum="MD5"):
        self.tiles, self.checksum = tiles, checksum
        self.busy = 0  # answers 503 so many times before each kind of answer
        self.refusal = 401  # of the catalogue, to a wrong token

    @property
    def answers(self):
        """Functions by host, for `archives.Archives`."""
        return {URS: self.login, CMR: self.catalogue, FILES: self.file, CDN: self.signed}

    def login(self, request):
        """Answer of Earthdata Login."""
        if request.path == "/api/users/find_or_create_token" and request.method == "POST":
            if request.headers.get("Authorization") == BASIC:
                body = {
                    "access_token": TOKEN,
                    "token_type": "Bearer",
                    "expiration_date": "10/31/2030",
                }
                return Reply(json.dumps(body), Content_Type="application/json")
            body = {"error": "invalid_credentials", "error_description": "Invalid user credentials"}
            return Reply(
                json.dumps(body),
                401,
                Content_Type="application/json",
                WWW_Authenticate="Basic realm=x",
            )
        return Reply("<html>HTTP Basic: Access denied.</html>", 401, Content_Type="text/html")

    def catalogue(self, request):
        """Answer of the CMR."""
        assert request.path == "/search/granules.umm_json", request.path
        if self.busy:
            self.busy -= 1
            return Reply('{"errors": ["busy"]}', 503)
        if request.headers.get("Authorization", f"Bearer {TOKEN}") != f"Bearer {TOKEN}":
            return Reply('{"errors": ["Token does not exist"]}', self.refusal)
        patterns = request.query.get("readable_granule_name[]", ["*"])
        name, version = request.query["short_name"][0], request.query["version"][0]
        found = [
            file
            for file in sorted(self.tiles)
            if file.startswith(f"{name}.")
            and f".{version}." in file
            and any(fnmatch.fnmatchcase(file, pattern) for pattern in patterns)
        ]
        size = int(request.query["page_size"][0])
        items = [self.entry(file) for file in found][:size]
        body = {"hits": len(found), "took": 12, "items": items}
        kind = "application/vnd.nasa.cmr.umm_results+json;version=1.6.6; charset=utf-8"
        return Reply(json.dumps(body), Content_Type=kind, CMR_Hits=str(len(found)))

    def entry(self, file):
        """A granule of the catalogue."""
        body, granule = self.tiles[file], file.removesuffix(".hdf")
        product, _, _, version, _ = granule.split(".")
        below = f"lp-prod-protected/{product}.{version}/{granule}"
        archived = {
            "Name": file,
            "SizeInBytes": len(body),
            "Size": len(body) / 2**20,
            "SizeUnit": "MB",
        }
        if self.checksum:
            value = hashlib.new(self.checksum.replace("-", ""), body).hexdigest()
            archived["Checksum"] = {"Value": value, "Algorithm": self.checksum}
        return {
            "meta": {
                "concept-type": "granule",
                "concept-id": "G1-LPCLOUD",
                "provider-id": "LPCLOUD",
                "native-id": granule,
            },
            "umm": {
                "GranuleUR": granule,
                "CollectionReference": {"ShortName": product, "Version": version},
                "DataGranule": {"ArchiveAndDistributionInformation": [archived]},
                "RelatedUrls": [
                    {"URL": f"https://{FILES}/{below}/{file}", "Type": "GET DATA"},
                    {"URL": f"s3://{below}/{file}", "Type": "GET DATA VIA DIRECT ACCESS"},
                    {
                        "URL": f"https://{FILES}/{below}/{granule}.cmr.xml",
                        "Type": "VIEW RELATED INFORMATION",
                    },
                    {"URL": f"https://{FILES}/s3credentials", "Type": "VIEW RELATED INFORMATION"},
                ],
            },
        }

    def file(self, request):
        """Answer of the archive's gate."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            there = f"https://{URS}/oauth/authorize?client_id=lp&response_type=code&state=abcdef"
            return Reply(b"", 302, Location=there)
        name = request.path.rpartition("/")[2]
        assert re.fullmatch(r"/lp-prod-protected/\w+\.\d{3}/[^/]+/[^/]+\.hdf", request.path)
        there = f"https://{CDN}/{name}?Expires=1&Key-Pair-Id=K&Signature=sIgNaTuRe~"
        return Reply(b"", 303, Location=there)

    def signed(self, request):
        """Answer of the object store."""
        if "Authorization" in request.headers or "Signature" not in request.query:
            return Reply(b"<Error><Code>InvalidArgument</Code></Error>", 400)
        body = self.tiles[request.path.removeprefix("/")]
        return ranged(request, body, tag=f'"{hashlib.md5(body).hexdigest()}"')


def log_in(monkeypatch, way="token", folder=None, password=PASSWORD):
    """Give this process a login: token, environment or netrc."""
    if way == "token":
        monkeypatch.setenv("EARTHDATA_TOKEN", TOKEN)
    elif way == "environment":
        monkeypatch.setenv("EARTHDATA_USERNAME", USER)
        monkeypatch.setenv("EARTHDATA_PASSWORD", password)
    else:
        line = f"machine {URS} login {USER} password {password}\n"
        (folder / "netrc").write_text(line)
        (folder / "netrc").chmod(0o600)
