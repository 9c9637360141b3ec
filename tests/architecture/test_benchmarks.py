"""The benchmarks stand on the product's own tables: a change of these must not break what they are compared with."""

import subprocess
import sys

from tests.architecture.source import ROOT

# In a process of its own: mappers are set up once for all that is loaded.
SET_UP = """
from sqlalchemy.orm import configure_mappers
import benchmarks.baselines.models
configure_mappers()
"""


def test_the_baselines_models_fit_the_tables() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SET_UP], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
