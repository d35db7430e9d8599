"""Texts of forms are bounded before anything looks at them closely."""

from __future__ import annotations

import pytest
from flask import Flask
from wtforms import StringField

from training.core import forms


class Typed(forms.Form):
    """One text."""

    class Meta:
        """Nothing is sent here."""

        csrf = False

    title: StringField = forms.text("Title", maximum=10)


@pytest.mark.one_database
@pytest.mark.parametrize(("typed", "looked_at"), [("x" * 100_000, 0), ("x" * 10, 10), ("  ", 0)])
def test_a_text_far_too_long_is_refused_without_a_look_at_its_characters(
    app: Flask, monkeypatch: pytest.MonkeyPatch, typed: str, looked_at: int
) -> None:
    seen: list[str] = []

    def unprintable(character: str) -> bool:
        seen.append(character)
        return False

    monkeypatch.setattr(forms, "is_unprintable", unprintable)
    with app.test_request_context(method="POST", data={"title": typed}):
        form = Typed()
        assert form.validate() is (looked_at > 0)
        assert len(form.title.errors) == (0 if looked_at else 1)
    assert len(seen) == looked_at
