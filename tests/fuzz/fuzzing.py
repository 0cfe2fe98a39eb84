"""What a damaged input does to its reader: read right, refused by name, or something worse.

A kind of input (`Kind`) makes damaged files from a `random.Random` and gives each to the reader of
the workflow. `hypothesis` draws from such a generator in tests, `survey.py` seeds one in counts.
"""

import functools
import os
import resource
import shutil
import signal
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECONDS = 30  # of processor, after which an input hangs
LONGEST = 20 * SECONDS  # of the clock: what waits for nothing uses no processor
MEMORY = 8 << 30  # bytes of address space that a reader may ask for
BATCH = 25  # inputs that a process reads
GOOD = ("accepted", "named")
OUTCOMES = (*GOOD, "unnamed", "foreign", "infinite", "impossible", "signal", "hang")


class Impossible(Exception):
    """A value that was accepted and cannot be."""


@dataclass(frozen=True)
class Kind:
    """A kind of input.

    Attributes
    ----------
    name : str
    prepare : callable
        folder -> world: what the reader needs besides, such as a grid; made once.
    mutated : callable
        (folder, chance, world) -> (label, path): writes a damaged input.
    read : callable
        (label, path, folder, world) -> arrays that were accepted. Raises what the reader raises,
        and `Impossible`.
    examples : int
        Inputs of the quick test.
    """

    name: str
    prepare: Callable
    mutated: Callable
    read: Callable
    examples: int = 40


def is_ours(error):
    """Tell whether an error is one that the project raises for its users."""
    return any(
        one.__module__.startswith("nepflow.") for one in type(error).__mro__ if one is not object
    )


def outcome(kind, label, path, folder, world):
    """Return what a reader makes of an input, and what was said."""
    said = f"{kind.name}, {label}"
    try:
        accepted = kind.read(label, path, folder, world)
    except Impossible as error:
        return "impossible", f"{said}: {error}"
    except BaseException as error:
        text = f"{said}: {type(error).__name__}: {str(error)[:1000]}"
        if not is_ours(error):
            return "foreign", text
        return ("named" if Path(path).name in str(error) else "unnamed"), text
    for values in accepted:
        if np.isinf(np.asarray(values, float)).any():
            return "infinite", said
    return "accepted", said


@contextmanager
def damaged(kind, chance, world):
    """Give label, path and folder of an input damaged by chance, while the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz_"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            label, path = kind.mutated(folder, chance, world)
        yield label, path, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tried(kind, chance, world):
    """Return what a reader makes of an input damaged by chance, and what was said."""
    with damaged(kind, chance, world) as (label, path, folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return outcome(kind, label, path, folder, world)


def _serve(pipe, tasks):
    """Try inputs one after another in a process that may die, and say so before each."""
    silent = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(silent, number)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, whatever code it is in
    for task in tasks:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        pipe.send(None)
        pipe.send(task())
    pipe.close()


def _answers(tasks):
    """Return what the first of some tasks gave: all, or up to one that ends the process."""
    fork = get_context("fork")
    here, there = fork.Pipe(duplex=False)
    job = fork.Process(target=_serve, args=(there, tasks))
    job.start()
    there.close()
    answers, begun, what = [], False, "signal"
    try:
        while here.poll(LONGEST) or not (what := "hang"):
            answer = here.recv()
            begun = answer is None
            answers += [] if begun else [answer]
    except EOFError:
        pass
    if what == "hang":
        job.kill()
    job.join()
    what = "hang" if job.exitcode == -signal.SIGPROF else what
    if begun:
        answers.append((what, f"exit {job.exitcode}"))
    return answers


def apart(tasks):
    """Yield what tasks give, (outcome, what was said), done in other processes.

    A process does `BATCH` of them; the next one goes on behind a task that ends one, by a signal
    or because it hangs.

    Parameters
    ----------
    tasks : list of callable
    """
    while tasks:
        answers = _answers(tasks[:BATCH])
        if not answers:
            raise RuntimeError("no process could be started")
        yield from answers
        tasks = tasks[len(answers) :]


def survey(kind, world, chances):
    """Return {outcome: inputs} of damaged inputs, and what was said of the wrong ones."""
    counts, wrong = Counter(), []
    tasks = [functools.partial(tried, kind, chance, world) for chance in chances]
    for number, (what, text) in enumerate(apart(tasks)):
        counts[what] += 1
        if what not in GOOD:
            wrong.append(f"{number}: {what}: {text}")
    return counts, wrong


def damage_test(kind):
    """Return a test that damages inputs of a kind: the same ones each time, others by `make fuzz`.

    ``NEPFLOW_FUZZ`` is how many times as many inputs are drawn, at random then.
    """
    times = int(os.environ.get("NEPFLOW_FUZZ", "0"))

    @settings(
        max_examples=kind.examples * max(times, 1),
        derandomize=not times,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(chance=st.randoms(use_true_random=False))
    def test(worlds, chance):
        world = worlds(kind)
        with damaged(kind, chance, world) as (label, path, folder):
            [(what, text)] = apart([lambda: outcome(kind, label, path, folder, world)])
        assert what in GOOD, f"{kind.name}, {label}: {what}: {text}"

    test.__doc__ = f"Damaged {kind.name} are read right or refused by name, and soon."
    return test
