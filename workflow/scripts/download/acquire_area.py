"""Bring administrative boundaries and choose the polygons of the area.

Reads   geoBoundaries
Writes  area (GeoPackage, column name), list of the files; these go into the study's raw folder
"""

import re
from pathlib import Path

from nepflow._log import logged_to
from nepflow.download import boundaries, records, transfer
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.download.transfer import Wanted
from nepflow.io import vectors
from nepflow.study import datasets


def acquire_area(dataset, country, level, names, folder, area_path, list_path, **options):
    """The licence of the record is that of these boundaries, as the archive says it."""
    entry, folder = datasets.load()[dataset], Path(folder)
    with Session() as session:
        question = Wanted(
            datasets.address(entry, "search", country=country, level=level),
            folder / "boundaries" / transfer.file_name(f"{country}_{level}.json", "acquire"),
            "json",
            accept=boundaries.described,
        )
        rows = [(question.path, records.bring(session, question, entry, **options))]
        answer = boundaries.described(question.path)
        licence = f"{answer['boundaryLicense']} ({answer['boundarySource']})"
        years = re.sub(r"[ ,;]+", "-", str(answer["boundaryYearRepresented"]))  # 2010 to 2015
        name = transfer.file_name(f"{country}_{level}_{years}.geojson", question.path)
        path = question.path.with_name(name)
        polygons = Wanted(answer["gjDownloadURL"], path, "geojson", accept=boundaries.polygons_of)
        record = records.bring(session, polygons, entry | {"licence": licence}, **options)
    rows.append((path, record))
    vectors.write(boundaries.chosen(path, names), area_path, layer="area")
    records.write_list(rows, list_path, folder)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_area(
            dataset=snakemake.params.acquire["area"],
            country=snakemake.params.acquire["country"],
            level=snakemake.params.acquire["level"],
            names=snakemake.params.acquire.get("names"),
            folder=snakemake.params.folder,
            area_path=snakemake.output.area,
            list_path=snakemake.output.files,
        )
