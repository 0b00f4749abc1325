"""The list of mutants that are no wrongs names mutants that there are, and says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutation.areas import ROOT
from tests.mutation.explained import Explained, listed
from tests.mutation.operators import mutants_of


@pytest.mark.parametrize("explained", listed(), ids=lambda each: f"{each.path}: {each.line}")
def test_each_mutant_on_the_list_is_there_still(explained: Explained) -> None:
    mutants = mutants_of(ROOT / Path(explained.path), ROOT)
    assert any(explained.is_of(mutant) for mutant in mutants)


@pytest.mark.parametrize("explained", listed(), ids=lambda each: f"{each.path}: {each.line}")
def test_each_mutant_on_the_list_says_why_nobody_can_tell(explained: Explained) -> None:
    assert len(explained.why.split()) >= 5
