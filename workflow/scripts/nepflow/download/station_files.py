"""The lists of a station archive and the records of its stations, kept as long as they serve."""

import logging
from functools import partial

from nepflow._log import progress
from nepflow.download import gathering, records, stations
from nepflow.download.transfer import NotThere, Wanted
from nepflow.study import datasets

log = logging.getLogger(__name__)


def lists(session, dataset, years, folder, **options):
    """Bring the lists of an archive; one that ends before the study does is asked for again.

    Parameters
    ----------
    session : session.Session
    dataset : {"gsod", "ghcn_daily"}
    years : list of int
    folder : Path
        Raw folder of the study.
    **options
        Of `transfer.fetch`.

    Returns
    -------
    sites : dict of {str: station_index.Site}
    completeness : dict of {str: float}
        %.
    rows : list of (Path, dict)
        Files and their records.

    Raises
    ------
    transfer.TransferFailed, station_index.StationIndexChanged
    """
    sites_of, completeness_of = stations.INDEXES[dataset]
    readers = {"stations": sites_of, "inventory": partial(completeness_of, years=years)}
    paths = {p: folder / "stations" / f"{dataset}_{p}.txt" for p in readers}
    ends = paths["inventory"].exists() and stations.last_year(paths["inventory"], dataset)
    anew = any(outdated(path, years, ends) for path in paths.values())
    entry, rows = datasets.load()[dataset], []
    for purpose, path in paths.items():
        reader = partial(stations.read, reader=readers[purpose])
        want = Wanted(datasets.address(entry, purpose), path, "text", accept=reader)
        rows.append((path, records.bring(session, want, entry, anew=anew, **options)))
    found = [stations.read(paths[purpose], readers[purpose]) for purpose in readers]
    return *found, rows


def outdated(path, years, ends=None):
    """Tell whether a file that was brought before today cannot hold all of some years.

    Parameters
    ----------
    path : Path
    years : list of int
        That it must hold.
    ends : int, optional
        Last year that it holds, where that is known.
    """
    day = records.brought_on(path)
    if day is None or day == records.today():
        return False
    return int(day[:4]) <= max(years) or bool(ends and ends < max(years))


def days(session, dataset, ranking, years, folder, **options):
    """Bring the records of the chosen stations; a year that the archive lacks is left out.

    Parameters
    ----------
    ranking : list
        Of `station_index.ranked`; the others as in `lists`.

    Returns
    -------
    list of (Path, dict)

    Raises
    ------
    transfer.TransferFailed, nepflow.station_file.BadStations
    """
    entry, rows = datasets.load()[dataset], []
    readable = partial(gathering.read, kind=dataset)
    wanted = stations.files(ranking, dataset, entry, years, folder / "stations")
    for address, path, held in progress(wanted, len(wanted), "stations"):
        want = Wanted(address, path, entry["format"], accept=readable)
        try:
            record = records.bring(session, want, entry, anew=outdated(path, held), **options)
            rows.append((path, record))
        except NotThere as error:
            log.info("left out: %s", error)
    return rows
