"""The tile map of the cities: where each lies, how dark it is, and when there is no map."""

from __future__ import annotations

import pytest

from training.reports import tiles
from training.reports.completion import Row


def city(code: str, enrolled: int, completed: int) -> Row:
    return Row(code=code, name_zh=code, name_en=code, enrolled=enrolled, completed=completed)


def test_every_city_has_a_place_of_its_own() -> None:
    assert len(set(tiles.PLACES.values())) == len(tiles.PLACES) == 16
    assert all(0 <= column < tiles.COLUMNS and 0 <= row < tiles.ROWS for column, row in tiles.PLACES.values())


@pytest.mark.parametrize(
    ("percent", "shade"), [(None, None), (0.0, 0), (19.9, 0), (20.0, 1), (59.9, 2), (60.0, 3), (80.0, 4), (100.0, 4)]
)
def test_a_share_on_a_border_has_the_darker_shade(percent: float | None, shade: int | None) -> None:
    assert tiles.shade(percent) == shade


def test_there_is_no_map_of_few_cities_or_of_other_places() -> None:
    codes = list(tiles.PLACES)
    assert [one.shade for one in tiles.tiles([city(code, 4, 3) for code in codes[:4]])] == [3, 3, 3, 3]
    assert tiles.tiles([city(code, 4, 3) for code in codes[:3]]) == []
    assert tiles.tiles([city(code, 4, 3) for code in [*codes[:4], "500100"]]) == []
