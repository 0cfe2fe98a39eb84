"""What readers need beside the damaged input, once a kind."""

import pytest


@pytest.fixture(scope="session")
def worlds(tmp_path_factory):
    """Return a function that prepares what a kind of input needs, and keeps it."""
    made = {}

    def world(kind):
        if kind.name not in made:
            made[kind.name] = kind.prepare(tmp_path_factory.mktemp("fuzz"))
        return made[kind.name]

    return world
