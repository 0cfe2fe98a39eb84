"""Comparison of the products of two versions."""

import sys

import pytest

HEAD = "file,digest_of,sha256\n"


@pytest.fixture(scope="module")
def command(root):
    folder = str(root / "workflow/scripts/commands")
    sys.path.append(folder)
    import compare_manifests

    yield compare_manifests.main
    sys.path.remove(folder)


@pytest.fixture
def written(tmp_path):
    def write(name, **digests):
        rows = "".join(f"{file},bytes,{digest}\n" for file, digest in digests.items())
        (tmp_path / name).write_text(HEAD + rows, encoding="utf-8")
        return tmp_path / name

    return write


def test_each_difference_needs_its_reason(command, written, tmp_path, capsys):
    old = written("old.csv", **{"a.tif": "1", "b.tif": "2", "pixel/x/mean.tif": "3", "c.csv": "4"})
    same = written("same.csv", **{"a.tif": "1", "report.html": "0", "b.tif": "2"})
    moved = written("new.csv", **{"a.tif": "9", "pixel/x/x_mean.tif": "3", "d.csv": "5"})
    table = tmp_path / "table.csv"
    table.write_text("old,new,digest_changes,reason\n", encoding="utf-8")
    found = [str(old), str(moved), "--table", str(table)]
    assert command([str(same), str(same), "--table", str(table)]) == 0
    assert command(found) == 6
    said = capsys.readouterr().out
    assert "changed   a.tif" in said and "vanished  c.csv" in said and "new       d.csv" in said
    table.write_text(
        "old,new,digest_changes,reason\na.tif,a.tif,yes,a formula\nb.tif,,,went\n"
        "pixel/x/*.tif,pixel/x/x_*.tif,,its name\nc.csv,,,went\n,d.csv,,came\n",
        encoding="utf-8",
    )
    assert command(found) == 0
    assert "1 products are equal" in capsys.readouterr().out
