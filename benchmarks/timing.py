"""Wall times of what is measured beside something else."""

import statistics
import time


def timed(function, repeats):
    """Return the last result, the median and the range of wall times, s."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - start)
    return result, statistics.median(times), (min(times), max(times))
