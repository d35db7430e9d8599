"""Where a learner goes next; plain values."""

from datetime import UTC, datetime
from decimal import Decimal

from courses.reading import OutlineLine, beside, next_after, resume_at


def line(number: int, *, done: bool = False, read_on: int | None = None) -> OutlineLine:
    at = datetime(2026, 1, read_on, tzinfo=UTC) if read_on else None
    return OutlineLine(number * 10, 1, number, "课", "lesson", 20, Decimal(1), done, "s-a" if at else None, at)


def test_reading_resumes_at_the_lesson_left_last_else_at_the_first_open_one() -> None:
    assert resume_at([]) is None
    assert resume_at([line(1, done=True, read_on=9)]) is None
    assert resume_at([line(1, done=True), line(2), line(3)]) == line(2)
    assert resume_at([line(1), line(2, read_on=3), line(3, read_on=5)]) == line(3, read_on=5)


def test_after_a_lesson_comes_the_next_open_one_and_then_those_left_out() -> None:
    lines = [line(1), line(2, done=True), line(3)]
    assert next_after(lines, 20) == line(3)
    assert next_after(lines, 30) == line(1)
    assert next_after([line(1, done=True)], 10) is None


def test_neighbours_stand_beside() -> None:
    lines = [line(1), line(2), line(3)]
    assert beside(lines, 20) == (line(1), line(3))
    assert beside(lines, 10) == (None, line(2))
    assert beside(lines, 30) == (line(2), None)
    assert beside(lines, 99) == (None, None)
