"""Certificate numbers: unguessable, self-checking, forgiving to type."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import serials

SEEDS = st.integers(min_value=0, max_value=2**32)


def number_from(seed: int, year: int = 2026) -> str:
    """A number that a test can draw again."""
    return serials.new_number(year, choose=random.Random(seed).choice)


def test_the_check_character_agrees_with_a_published_example() -> None:
    # The ISBT 128 donation number that python-stdnum gives for ISO 7064 MOD 37-2.
    assert serials.check_character("G123489654321") == "Y"


def test_a_number_reads_in_groups_of_three_after_the_year() -> None:
    assert re.fullmatch(r"AN-2026-[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{3}){2}", serials.new_number(2026))


def test_numbers_are_drawn_from_the_systems_secret_source_and_do_not_repeat() -> None:
    assert len({serials.new_number(2026) for _ in range(5000)}) == 5000


def test_a_year_outside_this_millennium_is_refused() -> None:
    with pytest.raises(ValueError, match="1999"):
        serials.new_number(1999)


@given(SEEDS)
def test_every_fresh_number_is_valid_and_already_canonical(seed: int) -> None:
    number = number_from(seed)
    assert serials.is_valid(number)
    assert serials.normalise(number) == number


@given(SEEDS)
def test_every_single_wrong_character_is_caught(seed: int) -> None:
    number = number_from(seed)
    for place, right in enumerate(number):
        for wrong in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*-":
            if wrong != right:
                assert not serials.is_valid(number[:place] + wrong + number[place + 1 :])


@given(SEEDS)
def test_every_exchange_of_neighbours_is_caught_hyphens_between_them_or_not(seed: int) -> None:
    compact = number_from(seed).replace("-", "")
    for place in range(len(compact) - 1):
        first, second = compact[place], compact[place + 1]
        exchanged = compact[:place] + second + first + compact[place + 2 :]
        if first != second:
            assert not serials.is_valid(serials.normalise(exchanged))


def test_the_method_itself_catches_all_such_errors_at_every_place() -> None:
    body = "AN2026" + "0" * serials.RANDOM_LENGTH
    for place in range(len("AN2026"), len(body)):
        for first in serials.ALPHABET:
            checks = {serials.check_character(body[:place] + c + body[place + 1 :]) for c in serials.ALPHABET}
            assert len(checks) == len(serials.ALPHABET)
            for second in serials.ALPHABET:
                if place + 1 < len(body) and first != second:
                    one = body[:place] + first + second + body[place + 2 :]
                    other = body[:place] + second + first + body[place + 2 :]
                    assert serials.check_character(one) != serials.check_character(other)


def full_width(text: str) -> str:
    """The same text as a Chinese input method in full-width mode would write it."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@pytest.mark.parametrize(
    "write",
    [
        str.lower,
        full_width,
        lambda number: full_width(number.lower()),
        lambda number: number.replace("-", ""),
        lambda number: number.replace("-", " "),
        lambda number: number.replace("-", "—"),
        lambda number: number.replace("-", "－"),
        lambda number: f"  {number}\n",
        lambda number: "\u200b".join(number),
        lambda number: number.replace("0", "O").replace("1", "I"),
        lambda number: number.replace("0", "o").replace("1", "l"),
    ],
)
@given(seed=SEEDS)
def test_a_number_is_understood_however_it_is_written(write: Callable[[str], str], seed: int) -> None:
    number = number_from(seed)
    assert serials.normalise(write(number)) == number


@pytest.mark.parametrize("text", ["", "AN-2026", "安宁疗护", "AN-2026-UUU-UUU-UUU", "XX-2026-7K3-M9Q-XB4", "AN" * 40])
def test_what_is_no_number_is_not_valid(text: str) -> None:
    assert not serials.is_valid(serials.normalise(text))


@given(st.text())
def test_no_text_breaks_the_reading_of_numbers(text: str) -> None:
    tidied = serials.normalise(text)
    assert not serials.is_valid(tidied) or serials.normalise(tidied) == tidied


def test_text_of_absurd_length_is_not_looked_at() -> None:
    assert serials.normalise("7" * 65) == ""
