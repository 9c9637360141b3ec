"""What `make mutants` breaks is still there to be broken, and so is where it should be noticed."""

import pytest

from scripts.mutants import ROOT, Mutant, mutants


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.what)
def test_what_is_broken_is_there_once(mutant: Mutant):
    assert (ROOT / "src" / "tidings" / mutant.file).read_text("utf-8").count(mutant.old) == 1
    assert [test for test in mutant.tests if not (ROOT / test).exists()] == []
