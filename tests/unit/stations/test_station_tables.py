"""Station tables as they come: each form is read as the plain one, or refused with its line."""

import datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest
from nepflow.stations import archives
from nepflow.stations import records as stations_records
from nepflow.stations.records import BadStations

VALUES = ["temperature_degc", "precipitation_mm"]
SITES = pd.DataFrame(
    {
        "station": ["51463", "51467", "51573"],
        "lon": [87.65, 86.6, 89.2],
        "lat": [43.8, 42.85, 42.95],
        "elevation_m": [935.0, 1739.0, 35.0],
    }
)


def days():
    """Six days of three stations."""
    parts = [
        SITES.assign(
            date=f"2001-01-{day:02d}",
            temperature_degc=[-14.2 + day, -8.5, 0.5 * day],
            precipitation_mm=[0.0, 1234.5 if day == 20 else 0.3, 12.5],
        )
        for day in (1, 2, 3, 13, 20, 31)
    ]
    return pd.concat(parts, ignore_index=True)


def months():
    return days().assign(date=[f"2001-{1 + k // 3:02d}" for k in range(18)])


def read(path, time_step="daily", missing=(), **table):
    return archives.read_stations(
        str(path), "tidy", VALUES, time_step, missing=missing, table=table
    )


def same(found, path, table=None, time_step="daily"):
    """Whether records are those of the plain table."""
    plain = path.with_name("plain.csv")
    (days() if table is None else table).to_csv(plain, index=False)
    expected = read(plain, time_step)
    order = ["station", *stations_records.DOORS[time_step][2]]
    one, two = (
        records.astype({"station": str})[sorted(records.columns)]
        .sort_values(order)
        .reset_index(drop=True)
        for records in (found, expected)
    )
    pd.testing.assert_frame_equal(one, two, check_exact=False, rtol=1e-12)
    return " / ".join(found.attrs["said"])


def text(table, separator=",", decimal=".", **options):
    return table.to_csv(index=False, sep=separator, decimal=decimal, **options)


CHINESE = {
    "station": "区站号", "lon": "经度", "lat": "纬度", "elevation_m": "海拔高度(m)", "date": "日期",
    "temperature_degc": "平均气温(℃)", "precipitation_mm": "降水量(mm)",
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(tmp_path, encoding, separator):
    path = tmp_path / "站.csv"
    path.write_bytes(text(days().rename(columns=CHINESE), separator).encode(encoding))
    said = same(read(path), path)
    assert "3 stations, 2001-01-01 to 2001-01-31" in said


@pytest.mark.parametrize("ends", ["\r\n", "\r", "mixed"])
def test_line_ends_comments_and_further_headers(tmp_path, ends):
    path, lines = tmp_path / "a.csv", text(days()).splitlines()
    lines[5:5] = ["# moved to the airport", "", ",,,,,,", lines[0]]
    joined = {"mixed": "\r\n".join(lines[:7]) + "\n" + "\n".join(lines[7:])}.get(
        ends, ends.join(lines)
    )
    path.write_bytes(("\n\n# from the office\n" + joined).encode())
    said = same(read(path), path)
    assert "header in line 4" in said and "further headers" in said and "comment" in said


@pytest.mark.parametrize(
    ("form", "settings"),
    [
        ("%Y/%#m/%#d", {}), ("%Y.%m.%d", {}), ("%Y%m%d", {}), ("%Y年%#m月%#d日", {}),
        ("%d/%m/%Y", {}), ("%m/%d/%Y", {}), ("%#d.%#m.%Y", {}), ("%d-%b-%Y", {}),
        ("%Y-%m-%d 00:00:00", {}), ("%Y-%m-%dT00:00:00Z", {}), ("%Y%j", {}), ("%b %d, %Y", {}),
    ],
)  # fmt: skip
def test_dates(tmp_path, form, settings):
    path, table = tmp_path / "a.csv", days()
    stamps = pd.to_datetime(table["date"])
    table["date"] = [stamp.strftime(form.replace("%#", "%-")) for stamp in stamps]
    path.write_text(text(table), encoding="utf-8")
    same(read(path, **settings), path)


def test_dates_in_parts_and_of_months(tmp_path):
    path, stamps = tmp_path / "a.csv", pd.to_datetime(days()["date"])
    table = days().drop(columns="date")
    table = table.assign(Year=stamps.dt.year, Mon=stamps.dt.month, 日=stamps.dt.day)
    path.write_text(text(table), encoding="utf-8")
    same(read(path), path)
    for form in ("{}-15", "{}/1", "{}-01 00:00"):
        path.write_text(text(months().assign(date=lambda t, f=form: t["date"].map(f.format))))
        same(read(path, "monthly"), path, months(), "monthly")


def test_ambiguous_dates_are_declared(tmp_path):
    path = tmp_path / "a.csv"
    table = days().iloc[:6].assign(date=["03/04/2001"] * 3 + ["05/04/2001"] * 3)
    path.write_text(text(table))
    with pytest.raises(BadStations, match=r"days or months stand first.*day_first"):
        read(path)
    assert set(read(path, dates="day_first")["month"]) == {4}
    assert set(read(path, dates="month_first")["month"]) == {3, 5}


def test_serial_numbers_of_a_spreadsheet_are_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text(days().assign(date=36892)))
    with pytest.raises(BadStations, match=r"line 2: column date holds '36892'.*Excel keeps days"):
        read(path)


def minutes(degrees):
    whole = int(degrees)
    return whole, round((degrees - whole) * 60)


@pytest.mark.parametrize(
    "form",
    ["{0}°{1:02d}'{side}", "{0}°{1:02d}′00″{side}", "{0}-{1:02d}", "{0} {1:02d} 0",
     "{0}:{1:02d}:00", "{side}{0}°{1:02d}'", "{0}度{1:02d}分", "{0}{1:02d}", "{0}{1:02d}00"],
)  # fmt: skip
def test_degrees_and_minutes(tmp_path, form):
    path, table = tmp_path / "a.csv", days().astype({"lon": str, "lat": str})
    for name, side in (("lon", "E"), ("lat", "N")):
        table[name] = [form.format(*minutes(float(v)), side=side) for v in table[name]]
    path.write_text(text(table), encoding="utf-8")
    assert "degrees and minutes" in same(read(path), path)


def test_minutes_as_decimals_are_declared(tmp_path):
    path, rng = tmp_path / "a.csv", np.random.default_rng(1)
    lon, lat = rng.integers(95, 110, 40) * 60.0, rng.integers(33, 40, 40) * 60.0
    lon, lat = lon + rng.integers(0, 60, 40), lat + rng.integers(0, 60, 40)
    sites = pd.DataFrame(
        {
            "station": [f"{50000 + k}" for k in range(40)],
            "lon": [f"{int(v // 60)}.{int(v % 60):02d}" for v in lon],
            "lat": [f"{int(v // 60)}.{int(v % 60):02d}" for v in lat],
            "elevation_m": 1000,
        }
    )
    path.write_text(text(sites.assign(date="2001-01-01", temperature_degc=1, precipitation_mm=0)))
    with pytest.raises(BadStations, match=r"decimals of 60 or more.*positions: degrees_minutes"):
        read(path)
    found = read(path, positions="degrees_minutes").sort_values("station")
    assert found["lon"].to_numpy() == pytest.approx(lon / 60)
    assert read(path, positions="degrees")["lon"].max() == sites["lon"].astype(float).max()


def test_longitudes_to_360_and_swapped_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text(days().assign(lon=lambda t: 360 - t["lon"])))
    assert read(path)["lon"].min() == pytest.approx(-89.2)
    path.write_text(text(days().rename(columns={"lon": "lat", "lat": "lon"})))
    path.write_text(path.read_text().replace("87.65", "107.65").replace("86.6", "106.6"))
    with pytest.raises(BadStations, match=r"swapped.*lon: lat, lat: lon"):
        read(path)
    path.write_text(text(days().assign(lon=lambda t: 5e5 + 10 * t["lon"], lat=4.1e6)))
    with pytest.raises(BadStations, match=r"degrees are needed"):
        read(path)


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_decimal_commas_and_separators_of_thousands(tmp_path, separator):
    path = tmp_path / "a.csv"
    path.write_text(text(days(), separator, ","))
    same(read(path), path)
    rain = [f"{v:,.1f}" for v in days()["precipitation_mm"]]
    path.write_text(text(days().assign(precipitation_mm=rain), separator))
    same(read(path), path)


def test_commas_that_may_be_either_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text(days().assign(precipitation_mm="1,234"), ";"))
    with pytest.raises(BadStations, match=r"line 2: .*'1,234'; that may be 1234 or 1\.234"):
        read(path)
    mixed = ["0,5", *["0.5"] * 17]
    path.write_text(text(days().assign(precipitation_mm=mixed), ";"))
    with pytest.raises(
        BadStations, match=r"line 3: .*'0.5'; other cells of the column have a decimal comma"
    ):
        read(path)


def test_numbers_as_text_and_words_for_missing_values(tmp_path):
    path, words = (
        tmp_path / "a.csv",
        ["", " ", "NA", "NULL", "/", "--", "缺测", "T", "'0.3", " 0.3 "],
    )
    table = days().astype({"precipitation_mm": str})
    table.loc[: len(words) - 1, "precipitation_mm"] = words
    path.write_text(text(table, quoting=1), encoding="utf-8")
    found = read(path)
    assert found["precipitation_mm"].isna().sum() == 7
    assert found["precipitation_mm"].iloc[7:10].tolist() == [0, 0.3, 0.3]
    assert "1 'T' are a trace (0)" in " ".join(found.attrs["said"])
    path.write_text(text(days().assign(temperature_degc="T")))
    with pytest.raises(BadStations, match=r"line 2: column temperature_degc holds 'T'"):
        read(path)


@pytest.mark.parametrize("word", ["warm", "1e999", "inf", "12.5 mm", "#REF!", "1.2.3", "0x10"])
def test_text_where_a_number_belongs_is_refused_with_its_line(tmp_path, word):
    path, table = tmp_path / "a.csv", days().astype({"precipitation_mm": str})
    table.loc[7, "precipitation_mm"] = word
    lines = text(table).splitlines()
    lines[3:3] = ["# a comment", ""]
    path.write_text("\n".join(lines))
    with pytest.raises(BadStations, match=f"line 11: column precipitation_mm holds '{word}'"):
        read(path)


def test_one_name_a_station(tmp_path):
    path, table = tmp_path / "a.csv", days()
    table["station"] = "0" + table["station"].str[1:]
    forms = [lambda s: s, lambda s: f"{s} ", lambda s: f"{s}.0", lambda s: f"'{s}", lambda s: s[1:]]
    spelled = [forms[k // 3 % 5](name) for k, name in enumerate(table["station"])]
    path.write_text(text(table.assign(station=spelled)), encoding="utf-8")
    assert "are one station" in same(read(path), path, table)
    path.write_text(text(table.assign(station=["5.1463E+4"] * 18)))
    with pytest.raises(BadStations, match=r"line 2: .*a spreadsheet has cut the number"):
        read(path)
    path.write_text(text(table.assign(station=["51463", *[""] * 17])))
    with pytest.raises(BadStations, match=r"line 3: .*merged cells"):
        read(path)


def test_zeros_in_front_tell_stations_apart_elsewhere(tmp_path):
    path = tmp_path / "a.csv"
    table = days().replace({"station": {"51467": "051463"}})
    path.write_text(text(table))
    assert set(read(path)["station"]) == {"51463", "051463", "51573"}


def test_units_by_header_and_by_declaration(tmp_path):
    path, table = tmp_path / "a.csv", days()
    other = table.assign(
        temperature_degf=table["temperature_degc"] * 1.8 + 32,
        rain=(table["precipitation_mm"] * 10).round(),
        elevation_ft=table["elevation_m"] / 0.3048,
    ).rename(columns={"rain": "降水量(0.1mm)"})
    path.write_text(text(other.drop(columns=["elevation_m", *VALUES])), encoding="utf-8")
    said = same(read(path), path)
    assert "0.1mm becomes precipitation_mm" in said and "ft becomes m" in said
    own = table.assign(precipitation_mm=(table["precipitation_mm"] * 10).round().astype(int))
    own.loc[[0, 3], "precipitation_mm"] = [32700, 32766]
    path.write_text(text(own))
    found = read(path, units={"precipitation": "0.1 mm"})
    assert found["precipitation_mm"].iloc[0] == 0 and np.isnan(found["precipitation_mm"].iloc[3])
    with pytest.raises(BadStations, match=r"no unit of precipitation"):
        read(path, units={"precipitation": "degC"})


def test_contradicting_units_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text(days().rename(columns={"temperature_degc": "气温(℃)"})), encoding="utf-8")
    with pytest.raises(BadStations, match=r"says the unit '°C', the study 'degF'"):
        read(path, units={"temperature": "degF"})


def test_column_map(tmp_path):
    path, names = (
        tmp_path / "a.csv",
        {"temperature_degc": "T2", "precipitation_mm": "P", "lon": "x"},
    )
    path.write_text(text(days().rename(columns=names)))
    given = {"temperature": "T2", "precipitation": "P", "lon": "x"}
    same(read(path, columns=given), path)
    with pytest.raises(BadStations, match=r"no column T3, but station, x, .*\{temperature"):
        read(path, columns=given | {"temperature": "T3"})


def test_doubled_columns_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    lines = text(days().assign(again=1)).splitlines()
    lines[0] = lines[0].replace("again", "precipitation_mm")
    path.write_text("\n".join(lines))
    with pytest.raises(BadStations, match=r"line 1: the column precipitation_mm stands 2 times"):
        read(path)


def test_workbooks(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet, table = book.active, days()
    sheet.append(["Records of the bureau"])
    sheet.append([])
    sheet.append(list(table.columns))
    for row in table.itertuples(index=False):
        cells = list(row)
        cells[0], cells[4] = int(row.station), datetime.datetime.fromisoformat(row.date)
        sheet.append(cells)
    book.save(path)
    assert "sheet Sheet of a workbook / header in line 3" in same(read(path), path)
    sheet["F6"] = "warm"
    book.save(path)
    with pytest.raises(BadStations, match=r"\(sheet Sheet\), row 6: column temperature_degc"):
        read(path)
    sheet["F6"] = "=A1+1"
    book.save(path)
    with pytest.raises(BadStations, match=r"row 6: the formula '=A1.1' has no value"):
        read(path)
    other = book.create_sheet("notes")
    other.append(["a"])
    other.append(["b"])
    book.save(path)
    with pytest.raises(BadStations, match=r"2 sheets with rows .Sheet, notes.*sheet: "):
        read(path)


def test_a_column_a_month_or_a_station_and_lists(tmp_path):
    table = months().query("date < '2001-13'")
    rows = [
        site
        | {"year": 2001}
        | {f"{name}{k}": float(10 * k + n) for k in range(1, 13) for name in "tp"}
        for n, site in enumerate(SITES.to_dict("records"))
    ]
    path = tmp_path / "wide.csv"
    path.write_text(text(pd.DataFrame(rows)))
    settings = {"columns": {"temperature": "t{month}", "precipitation": "p{month}"}}
    found = read(path, "monthly", **settings)
    assert len(found) == 36 and (found["temperature_degc"] == found["precipitation_mm"]).all()
    one = found[(found["station"] == "51467") & (found["month"] == 7)]
    assert one["temperature_degc"].tolist() == [71.0]
    with pytest.raises(
        BadStations, match=r'a column for each month.*temperature: "{month}"|"t{month}"'
    ):
        read(path, "monthly")
    # a column a station, a file a variable, places in a list
    folder = tmp_path / "by_variable"
    folder.mkdir()
    for name, column in (("t", VALUES[0]), ("p", VALUES[1])):
        table.pivot_table(index="date", columns="station", values=column).to_csv(
            folder / f"{name}.csv"
        )
    (tmp_path / "list.csv").write_text(text(SITES.rename(columns={"station": "站号"})))
    settings = {
        "columns": {"temperature": "{station}", "precipitation": "{station}"},
        "files": {"temperature": "t.csv", "precipitation": "p.csv"},
        "list": str(tmp_path / "list.csv"),
    }
    found = read(folder, "monthly", **settings)
    same(found, path, table, "monthly")


def test_quotes_that_swallow_rows_are_refused(tmp_path):
    path, lines = tmp_path / "a.csv", text(days().assign(remark="x")).splitlines()
    lines[4] = lines[4][:-1] + '"open'
    lines[9] = lines[9][:-1] + 'closed"'
    path.write_text("\n".join(lines))
    with pytest.raises(BadStations, match=r"line 5: a quote is opened"):
        read(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(100), "Excel 97-2003"),
        (b"PK\x03\x04broken", "cannot be opened"),
        (b"<html><body>login</body></html>", "web page"),
        (b"", "empty file"),
        (b"station,lon\x00,lat", "bytes of 0"),
        (b"1,2,3\n4,5,6\n", "no header is found"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, words):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BadStations, match=words):
        read(path)


def mutated(content, rng):
    """A file with bytes changed, lost, doubled or put in, or with cells of other rows."""
    for _ in range(rng.integers(1, 4)):
        place = int(rng.integers(0, max(1, len(content))))
        length = int(rng.choice([1, 2, 8, 60, 400]))
        kind = rng.integers(0, 7)
        part = content[place : place + length]
        if kind == 0:
            content = content[:place] + rng.bytes(length) + content[place + length :]
        elif kind == 1:
            content = content[:place] + content[place + length :]
        elif kind == 2:
            content = content[:place] + part + content[place:]
        elif kind == 3:
            word = rng.choice(
                [b'"', b",", b";", b"\n", b"\r", b"NaN", b"-9999", b"1e400", b"\x00", b"#"]
            )
            content = content[:place] + word + content[place:]
        elif kind == 4:
            content = content[: place + 1]
        elif kind == 5:
            old = rng.choice([b",", b".", b"-", b"0", b"1", b"\n", b"station", b"lat"])
            new = rng.choice([b",", b";", b".", b"", b"9", b"x", b"\t", b'"'])
            content = content.replace(old, new, int(rng.choice([1, 5, 1000])))
        else:
            lines = content.split(b"\n")
            content = b"\n".join(lines[k] for k in rng.permutation(len(lines)))
    return content


def corpus(folder):
    """Files of several forms, whose mutations are read."""
    path = folder / "a.csv"
    book = openpyxl.Workbook()
    for row in [list(days().columns), *days().itertuples(index=False)]:
        book.active.append(list(row))
    book.save(folder / "a.xlsx")
    return [
        ("daily", text(days()).encode()),
        ("daily", text(days().rename(columns=CHINESE), ";", ",").encode("gbk")),
        ("daily", text(days(), "\t").encode("utf-16")),
        ("monthly", text(months(), quoting=1).encode()),
        ("normals", text(months().assign(month=1).drop(columns="date")).encode()),
        ("daily", (folder / "a.xlsx").read_bytes()),
    ], path


def outcome(path, content, time_step):
    """Whether a file is read or refused by name; anything else is raised."""
    path.write_bytes(content)
    try:
        found = read(path, time_step)
    except BadStations as error:
        assert str(path.name) in str(error) and len(str(error)) < 2000
        return "refused"
    assert not np.isinf(found.select_dtypes("number")).to_numpy().any()
    return "read"


def test_mutated_files_are_read_or_refused_by_name(tmp_path):
    files, path = corpus(tmp_path)
    rng = np.random.default_rng(1)
    for number in range(240):
        time_step, content = files[number % len(files)]
        outcome(path, mutated(content, rng), time_step)
