"""Drawing a paper: items that meet every cell of a blueprint at once. Exact, and pure.

Items that say nearly the same are a group, of which a paper has one at most, and none that resembles one of its fixed
items. So a draw is a matching in a bipartite graph: each place of a cell takes a group that has an item fitting it.
Augmenting paths find one wherever there is one (Kuhn 1955), in an order that chance decides; then chance takes an item
of each group. Where there is none, Hall's theorem (1935) says why: some cells ask together for more than fits any of
them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random


@dataclass(frozen=True)
class Cell:
    """So many places, and the ids of the items that fit them."""

    id: int
    count: int
    eligible: frozenset[int]


@dataclass(frozen=True)
class Shortage:
    """Cells that ask together for `wanted` items where only `fitting` can be had; leave one out, and it is none."""

    cells: tuple[int, ...]
    wanted: int
    fitting: int


class CannotBeMet(Exception):
    """No paper meets the blueprint; the shortage says why."""

    def __init__(self, shortage: Shortage) -> None:
        super().__init__(f"cells {shortage.cells} ask for {shortage.wanted} items, {shortage.fitting} fit")
        self.shortage = shortage


class Plan:
    """Cells with what may fill them, made once and drawn from by as many people as there are.

    `fixed` are the items that every paper has, `alike` the groups of items that exclude one another: disjoint, an item
    in none of them is alone.
    """

    def __init__(
        self, cells: Sequence[Cell], fixed: Collection[int] = (), alike: Iterable[Collection[int]] = ()
    ) -> None:
        """Sort what may be drawn into groups."""
        self.cells = tuple(cells)
        self._counts = {one.id: one.count for one in cells}
        self._places = sum(self._counts.values())
        group_of = {item: min(group) for group in alike for item in group}
        barred = {group_of.get(item, item) for item in fixed}
        self._members: dict[int, dict[int, list[int]]] = {}
        for cell in cells:
            members: dict[int, list[int]] = {}
            for item in sorted(cell.eligible):
                group = group_of.get(item, item)
                if group not in barred:
                    members.setdefault(group, []).append(item)
            self._members[cell.id] = members
        self._groups = {cell: list(members) for cell, members in self._members.items()}

    @property
    def fitting(self) -> Mapping[int, int]:
        """How many places each cell could fill if it were alone."""
        return {cell: len(groups) for cell, groups in self._groups.items()}

    @cached_property
    def shortages(self) -> tuple[Shortage, ...]:
        """Why no paper meets the blueprint; empty where one does.

        Every cell that is too short by itself, or else one smallest set of cells that are too short together.
        """
        alone = [
            Shortage((one.id,), one.count, fits) for one in self.cells if (fits := self.fitting[one.id]) < one.count
        ]
        if alone:
            return tuple(alone)
        seating = _Seating({cell: groups[: self._places] for cell, groups in self._groups.items()})
        for cell in self.cells:
            if not seating.fill(cell.id, cell.count):
                return (self._smallest(sorted(seating.searched)),)
        return ()

    def _smallest(self, cells: list[int]) -> Shortage:
        """What is left of cells that are too short together when each that can be spared is left out."""
        smaller: list[int] | None = cells
        while smaller is not None:
            cells = smaller
            rests = ([cell for cell in cells if cell != one] for one in cells)
            smaller = next((rest for rest in rests if self._asked(rest) > len(self._had(rest))), None)
        return Shortage(tuple(cells), self._asked(cells), len(self._had(cells)))

    def _asked(self, cells: Iterable[int]) -> int:
        return sum(self._counts[one] for one in cells)

    def _had(self, cells: Iterable[int]) -> set[int]:
        return {group for one in cells for group in self._groups[one]}

    def draw(self, chance: Random) -> dict[int, list[int]]:
        """The items of one paper by cell, the same for the same state of `chance`; raises `CannotBeMet`.

        A cell with as many groups as the paper has places finds one that is free, whatever the others take: it needs
        to look at no more of them.
        """
        if self.shortages:
            raise CannotBeMet(self.shortages[0])
        seating = _Seating(
            {
                cell: chance.sample(groups, min(len(groups), self._places)) if self._counts[cell] else []
                for cell, groups in self._groups.items()
            }
        )
        for cell in chance.sample(self.cells, len(self.cells)):
            seating.fill(cell.id, cell.count)
        drawn: dict[int, list[int]] = {one.id: [] for one in self.cells}
        for group, cell_id in seating.holder.items():
            drawn[cell_id].append(chance.choice(self._members[cell_id][group]))
        return drawn


class _Seating:
    """Which cell holds which group; the places of one cell are all alike, so a path goes from cell to cell."""

    def __init__(self, lists: Mapping[int, Sequence[int]]) -> None:
        self.lists = lists
        self.holder: dict[int, int] = {}
        self.searched: set[int] = set()

    def fill(self, cell: int, count: int) -> bool:
        """Give a cell so many groups; False, with the cells `searched` in vain, where that cannot be."""
        for _place in range(count):
            self.searched = set()
            if not self._augment(cell):
                return False
        return True

    def _augment(self, cell: int) -> bool:
        """Give a cell one group more: a free one, else one of another cell that can find itself another."""
        self.searched.add(cell)
        for group in self.lists[cell]:
            if group not in self.holder:
                self.holder[group] = cell
                return True
        for group in self.lists[cell]:
            other = self.holder[group]
            if other not in self.searched and self._augment(other):
                self.holder[group] = cell
                return True
        return False
