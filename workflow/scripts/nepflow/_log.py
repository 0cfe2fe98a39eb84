"""The frame of a job: its log, its progress bar, one thread for linear algebra."""

import logging
import resource
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from nepflow import _scarce


@contextmanager
def logged_to(path):
    """Send this job's log records, warnings and traceback to ``path``, and what it took.

    Linear algebra runs on one thread meanwhile: Snakemake gives BLAS as many as the job has,
    and a product over two threads differs from one over one thread in its last bits.

    A job is tried again (``retries``) for want of memory; a fault of an input would be the same.
    """
    fault = Path(f"{path}.fault_of_input")
    if fault.exists() and _attempt() > 1:
        fault.unlink()
        sys.exit(1)
    fault.unlink(missing_ok=True)
    logging.basicConfig(
        filename=path,
        filemode="w",
        encoding="utf-8",
        level=logging.INFO,
        force=True,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.captureWarnings(True)
    begin = time.perf_counter()
    try:
        with threadpool_limits(limits=1):
            yield
        logging.getLogger(__name__).info(_taken(time.perf_counter() - begin))
    except Exception as error:
        # Snakemake shows only stderr on the terminal; the reader needs the sentence, not the file.
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        if is_of_input(error):
            logging.getLogger(__name__).error("%s: %s", type(error).__name__, error)
            fault.touch()
            sys.exit(1)
        logging.getLogger(__name__).exception("job failed")
        if short := _scarce.reason(error, path):
            logging.getLogger(__name__).error("%s", short)
            print(short, file=sys.stderr)
        raise


def _attempt():
    """Return how often Snakemake has tried this job, this time included (profiles/)."""
    job = vars(sys.modules["__main__"]).get("snakemake")
    return job.resources.get("attempt", 1) if job else 1


def is_of_input(error):
    """Tell whether an error is one of ours that says what to change: its place helps nobody."""
    kinds = [kind for kind in type(error).__mro__ if kind.__module__.startswith("nepflow.")]
    return bool(kinds) and isinstance(error, ValueError)


def _taken(seconds):
    """Time, memory and bytes of this process so far, as a sentence."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak_mb = used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    busy = used.ru_utime + used.ru_stime
    return f"took {seconds:.1f} s, {busy:.1f} s of processor, {peak_mb:.0f} MB at most{_moved()}"


def _moved():
    """What this process read and wrote, from the cache of files too, where the system counts it."""
    counts = Path("/proc/self/io")
    if not counts.is_file():
        return ""
    moved = dict(line.split(": ") for line in counts.read_text(encoding="utf-8").splitlines())
    read, written = (int(moved[name]) / 1e6 for name in ("rchar", "wchar"))
    return f", {read:.0f} MB read, {written:.0f} MB written"


def progress(iterable, total, label):
    """Wrap ``iterable`` in a bar on the terminal, silent where nobody looks.

    Parameters
    ----------
    iterable : iterable
        What is worked through.
    total : int
        Number of items.
    label : str
        What is counted, shown before the bar.
    """
    return tqdm(
        iterable, total=total, desc=label, disable=None, leave=False, delay=2, mininterval=1
    )
