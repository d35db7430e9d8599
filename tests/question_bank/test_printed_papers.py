"""A paper on paper: what a seed lays out, its answer sheet and its key, as PDF."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pypdf
import pytest
from flask import Flask

from question_bank.blueprints import laying_out, printed
from question_bank.queries import quizzes as stored
from tests.client import CheckingClient, main_text
from tests.question_bank import drawn
from tests.question_bank.conftest import Bench
from tests.question_bank.drawn import EASY, HARD, TWO, compose, retire

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]


@pytest.fixture
def bank(app: Flask) -> Bench:
    return drawn.bank(app)


def test_paper_answer_sheet_and_key_of_one_seed_bear_one_check(bank: Bench, as_: As) -> None:
    version = compose(bank, EASY, HARD, sections=TWO)
    instructor = as_(bank.people["instructor.jn"], "en")
    with bank.looking():
        laid = laying_out.paper_of(stored.rules_of(bank.quiz_id, version), 123)
        mark = printed.mark_of(laid)
        assert mark != printed.mark_of(laying_out.paper_of(stored.rules_of(bank.quiz_id, version), 124))
    for part, head in (("paper", "Paper B"), ("answers", "Answer sheet of paper B"), ("key", "Key of paper B")):
        found = instructor.get(f"/quizzes/{bank.quiz_id}/printed.pdf?letter=B&seed=123&part={part}")
        assert found.status_code == 200
        assert found.headers["Content-Type"] == "application/pdf"
        with pikepdf.open(io.BytesIO(found.data)) as document:
            assert len(document.pages) >= 1
            assert head in str(document.docinfo.get("/Title", ""))
        assert said(found.data, mark)


def said(content: bytes, words: str) -> bool:
    """Whether the document's pages print those words, read back as a reader of PDF would."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    return all(words in page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("wrong", ["letter=Z", "part=all", "seed=abc", "seed=1234567890", "seed=-1", "seed=%00"])
def test_a_paper_that_there_is_not_is_refused_with_a_sentence(bank: Bench, as_: As, wrong: str) -> None:
    found = as_(bank.people["instructor.jn"], "en").get(f"/quizzes/{bank.quiz_id}/printed.pdf?{wrong}")
    assert found.status_code == 422
    assert "paper" in main_text(found) or "seed" in main_text(found)


def test_a_paper_that_cannot_be_drawn_is_not_printed(bank: Bench, as_: As) -> None:
    compose(bank, HARD, sections=TWO)
    for code in ("D-8", "D-9"):
        retire(bank, code)
    assert as_(bank.people["instructor.jn"]).get(f"/quizzes/{bank.quiz_id}/printed.pdf").status_code == 409
    assert as_(bank.people["instructor.qd"]).get(f"/quizzes/{bank.quiz_id}/printed.pdf").status_code == 404
