"""Bring population density of countries and keep what lies round the area.

Reads   the archive's map of each country, grid (for its place)
Writes  population (people km-2, in the archive's CRS), list of the files, which go into the raw
folder
"""

from pathlib import Path

from nepflow._log import logged_to, progress
from nepflow.download import clip, records, transfer
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.download.transfer import Wanted
from nepflow.io import raster
from nepflow.study import datasets, downloads


def acquire_population(
    dataset, countries, year, grid_path, folder, population_path, list_path, **options
):
    """Densities, since a count of cells of degrees changes with latitude and resampling."""
    entry, folder, rows = datasets.load()[dataset], Path(folder), []
    with Session() as session:
        for country in progress(countries, len(countries), "population"):
            names = {"year": year, "country": country.lower(), "COUNTRY": country}
            address = datasets.address(entry, "file", **names)
            path = folder / "population" / transfer.file_name(address.rpartition("/")[2], dataset)
            want = Wanted(address, path, entry["format"])
            rows.append((path, records.bring(session, want, entry, **options)))
    tags = {"source": f"{entry['title']}, {year}; {entry['citation']}"}
    unit = downloads.POPULATION_UNIT
    output = raster.Output(population_path, unit, f"population density of {year}", tags=tags)
    clip.write([path for path, _ in rows], grid_path, output)
    records.write_list(rows, list_path, folder)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        keep_secrets_out()
        acquire_population(
            dataset=snakemake.params.dataset,
            countries=snakemake.params.countries,
            year=snakemake.params.year,
            grid_path=snakemake.input.grid,
            folder=snakemake.params.folder,
            population_path=snakemake.output.population,
            list_path=snakemake.output.files,
        )
