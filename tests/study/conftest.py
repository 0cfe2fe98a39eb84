"""The tiny study, built once for all tests of this folder."""

import pytest
from copies import TINY, Workflow


@pytest.fixture(scope="session")
def tiny(root, tmp_path_factory):
    """The tiny simulation, built once, in a folder with a space and Chinese characters."""
    folder = tmp_path_factory.mktemp("workflows") / "my study 西北"
    workflow = Workflow(root, folder, tiny=TINY)
    workflow.said = workflow.run()
    return workflow
