"""The collector of garbage is given back, whatever happens meanwhile."""

from __future__ import annotations

import gc

import pytest

from training.core.garbage import uncollected


def test_the_collector_is_given_back_on_an_error_and_by_the_outermost_alone() -> None:
    with uncollected():
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="a file"), uncollected():
        raise ValueError("a file that cannot be read")
    assert gc.isenabled()
