"""Lists of stations and their ranking, worked out by hand.

Shapes: isd-history.csv and isd-inventory.csv of NCEI (GSOD readme.txt names both);
ghcnd-stations.txt and
ghcnd-inventory.txt as the fixed columns of the GHCN-Daily readme.txt, sections IV and VII.
"""

import numpy as np
import pytest
from nepflow.download import stations as index
from nepflow.download import transfer
from nepflow.study import datasets

HISTORY = (
    '"USAF","WBAN","STATION NAME","CTRY","STATE","ICAO","LAT","LON","ELEV(M)","BEGIN","END"\n'
    '"514630","99999","URUMQI","CH","","ZWWW","+43.783","+087.650","+0935.0","19560820","20250825"\n'
    '"007018","99999","WXPOD 7018","","","","+00.000","+000.000","+7018.0","20110309","20130730"\n'
    '"007005","99999","CWOS 07005","","","","","","","20120127","20120127"\n'
    '"518280","99999","HOTAN","CH","","ZWTN","+37.133","+079.933","-0999.0","19560820","20250825"\n'
)
HEAD = (
    '"USAF","WBAN","YEAR","JAN","FEB","MAR","APR","MAY","JUN","JUL","AUG","SEP","OCT","NOV","DEC"\n'
)


def inventory(station, year, *months):
    return f'"{station}","99999","{year}",' + ",".join(f'"{count}"' for count in months) + "\n"


def test_history_of_gsod():
    sites = index.gsod_sites(HISTORY)
    assert set(sites) == {"51463099999", "51828099999"}
    assert sites["51463099999"] == index.Site("51463099999", "URUMQI", 87.65, 43.783, 935.0)
    assert np.isnan(sites["51828099999"].elevation_m)


def test_completeness_of_gsod_counts_days_of_four_observations():
    text = (
        HEAD + inventory("514630", 2001, *[31 * 24] * 12) + inventory("518280", 2001, 62, *[0] * 11)
    )
    found = index.gsod_completeness(text, [2001])
    assert found["51463099999"] == pytest.approx(100)  # hourly reports count no more than a day
    assert found["51828099999"] == pytest.approx(100 * (62 / 4) / 365)
    both = index.gsod_completeness(text, [2001, 2004])  # 2004 is a leap year
    assert both["51463099999"] == pytest.approx(100 * 365 / (365 + 366))


def test_a_changed_header_is_a_named_error():
    with pytest.raises(
        index.StationIndexChanged, match=r"isd-history.csv: lacks the columns ELEV\(M\)"
    ):
        index.gsod_sites(HISTORY.replace("ELEV(M)", "ELEVATION"))
    with pytest.raises(
        index.StationIndexChanged, match=r"isd-inventory.csv: lacks the columns YEAR"
    ):
        index.gsod_completeness(HEAD.replace("YEAR", "ANNEE"), [2001])
    with pytest.raises(index.StationIndexChanged, match=r"ghcnd-stations.txt, line 2"):
        index.ghcn_sites(STATIONS.replace("37.1300", "37,1300"))
    with pytest.raises(index.StationIndexChanged, match=r"ghcnd-inventory.txt, line 1"):
        index.ghcn_completeness("CHM00051463 some new layout", [2001])


STATIONS = (
    "CHM00051463  43.8000   87.6500  935.0    URUMQI                         GSN     51463\n"
    "CHM00051828  37.1300   79.9300 -999.9    HOTAN                                  51828\n"
)
SPANS = (
    "CHM00051463  43.8000   87.6500 TMAX 1951 2025\n"
    "CHM00051463  43.8000   87.6500 TMIN 1951 2002\n"
    "CHM00051463  43.8000   87.6500 PRCP 2001 2025\n"
    "CHM00051828  37.1300   79.9300 TAVG 1951 2025\n"
    "CHM00051828  37.1300   79.9300 PRCP 2004 2025\n"
)


def test_lists_of_ghcn():
    sites = index.ghcn_sites(STATIONS)
    assert sites["CHM00051463"] == index.Site("CHM00051463", "URUMQI", 87.65, 43.8, 935.0)
    assert np.isnan(sites["CHM00051828"].elevation_m)
    found = index.ghcn_completeness(SPANS, [2000, 2001, 2002, 2003])
    assert found == {"CHM00051463": 50.0, "CHM00051828": 0.0}


SITES = {
    name: index.Site(name, name, lon, 40.0, 0.0)
    for name, lon in zip("abcd", (80, 81, 82, 120), strict=True)
}
COMPLETE = {"a": 70.0, "b": 90.0, "c": 90.0, "d": 100.0}


def near(lon, lat):
    return lon < 100


def test_ranking_is_by_completeness_then_name():
    rows = index.ranked(SITES, COMPLETE, near, most=2, least_percent=50)
    assert [(site.station, chosen) for site, _, chosen in rows] == [
        ("b", True),
        ("c", True),
        ("a", False),
    ]
    rows = index.ranked(SITES, COMPLETE, near, most=9, least_percent=80)
    assert [chosen for *_, chosen in rows] == [True, True, False]
    assert len(index.ranked(SITES, {"a": 60}, near, 9, 50)) == 3  # unknown completeness counts 0


def test_no_station_is_a_named_error():
    with pytest.raises(index.NoStations, match="3 stations lie near the area, the best has 90 %"):
        index.ranked(SITES, COMPLETE, near, most=2, least_percent=95)
    with pytest.raises(index.NoStations, match="0 stations"):
        index.ranked(SITES, COMPLETE, lambda lon, lat: lon > 200, most=2, least_percent=1)


def test_a_list_without_a_line_is_refused(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("")
    with pytest.raises(index.StationIndexChanged, match=r"list\.txt: has no line"):
        index.read(path, index.ghcn_sites)


WRONG_NAMES = [
    "../../../evil",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "..",
    ".",
    "",
    ".hidden",
    "a..b",
    "a.",
    "a b",
    "a\n",
    "a\x00",
    "a%2Fb",
    "a:b",
    "~a",
    "-a",
    "a?b",
    "a#b",
    "ü",
    "٣",
    "a" * 200,
    None,
    "a\u202eb",
]


@pytest.mark.parametrize("identity", WRONG_NAMES)
@pytest.mark.parametrize("dataset", ["gsod", "ghcn_daily"])
def test_an_identity_of_a_list_is_no_path(tmp_path, identity, dataset):
    """It would be part of a path and of an address; nothing of the list is taken."""
    entry = datasets.load()[dataset]
    sites = [index.Site(name, "x", 0.0, 0.0, 0.0) for name in ("51463099999", identity)]
    ranking = [(site, 100.0, True) for site in sites]
    with pytest.raises(transfer.NameRefused, match=rf"list of stations of {dataset}: names"):
        index.files(ranking, dataset, entry, [2001], tmp_path)
    ranking[1] = (sites[1], 0.0, False)  # one that is not chosen becomes no path
    assert len(index.files(ranking, dataset, entry, [2001], tmp_path)) == 1


@pytest.mark.parametrize(
    "name", ["51463099999", "A0735500241", "CHM00051463", "US1FLSL0019", "a_b-c.d", "1"]
)
def test_identities_that_archives_have(name):
    assert transfer.file_name(name, "here") == name
