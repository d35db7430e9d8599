"""When prerequisites would wait for each other. Pure: plain values in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def needs(lessons: Mapping[int, Iterable[int]], waits: Iterable[tuple[int, int, int]]) -> dict[int, set[int]]:
    """What each activity needs before it can be fulfilled.

    `lessons` are those of each course, `waits` triples of course, what waits in it, and what comes first. A course
    needs its lessons; what a course waits for, its lessons wait for.
    """
    found: dict[int, set[int]] = {course: set(parts) for course, parts in lessons.items()}
    for course, waiting, first in waits:
        for one in lessons.get(course, ()) if waiting == course else (waiting,):
            found.setdefault(one, set()).add(first)
        found.setdefault(waiting, set()).add(first)
    return found


def would_close_a_ring(
    lessons: Mapping[int, Iterable[int]], waits: Iterable[tuple[int, int, int]], new: tuple[int, int, int]
) -> bool:
    """Whether the new triple would have something wait for itself, directly or by way of others."""
    graph = needs(lessons, [*waits, new])
    course, waiting, first = new
    targets = {waiting, *(lessons.get(course, ()) if waiting == course else ())}
    seen: set[int] = set()
    left = [first]
    while left:
        one = left.pop()
        if one in targets:
            return True
        if one not in seen:
            seen.add(one)
            left.extend(graph.get(one, ()))
    return False
