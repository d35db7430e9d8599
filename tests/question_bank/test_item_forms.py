"""The form of each type and the item's body are the same thing both ways."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, render_template
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from question_bank import item_types, words
from question_bank.forms import kinds
from question_bank.forms.items import ItemForm
from question_bank.forms.rows import is_filled
from question_bank.views import authoring
from tests.question_bank.bodies import EACH, SOUND
from tests.question_bank.conftest import both

ABOUT = {
    "about": {"module": "pain", "competency": "symptom", "level": "apply", "difficulty": 3, "review_by": "2027-06-30"},
    "source": "教材",
    "explanation": both("because"),
}


def lean(value: Any) -> Any:
    """A body without what says nothing: empty texts, lists and the weights that are none."""
    if isinstance(value, dict):
        found = {name: lean(inner) for name, inner in value.items()}
        return {name: inner for name, inner in found.items() if is_filled(inner) or isinstance(inner, bool)}
    return [lean(inner) for inner in value] if isinstance(value, list) else value


def sent(form: ItemForm) -> MultiDict[str, str]:
    """What a browser would send for the form as it is shown."""
    values: MultiDict[str, str] = MultiDict()
    for field in leaves(form):
        if field.type == "BooleanField":
            values.update({field.name: "y"} if field.data else {})
        elif field.type == "SelectMultipleField":
            values.update({field.name: field.data} if field.data else {})
        elif hasattr(field, "_value"):
            values.add(field.name, field._value())
        else:
            values.add(field.name, str(field.data or ""))
    return values


def leaves(form: Any) -> Any:
    for field in form:
        if field.type == "Rows":
            for entry in field.entries:
                yield from leaves(entry.form)
        elif field.type == "FormField":
            yield from leaves(field.form)
        elif field.name != "csrf_token":
            yield field


def test_every_type_has_a_form_a_purpose_and_a_place_in_the_choice() -> None:
    grouped = [name for _group, names in kinds.GROUPS for name in names]
    assert set(item_types.names()) <= set(kinds.FORMS) == set(kinds.PURPOSES) == set(grouped)
    assert len(grouped) == len(set(grouped))


@pytest.mark.parametrize(("name", "body"), EACH)
def test_a_body_goes_through_its_form_and_the_browser_unchanged(app: Flask, name: str, body: dict[str, Any]) -> None:
    body = {**body, **ABOUT}
    with app.test_request_context():
        if name == "judgement":  # both answers are worded alike in every item
            body["options"] = [{**one, "text": words.true_and_false()[one["id"]]} for one in body["options"]]
        shown = kinds.form_for(name, body)
        assert lean(shown.body()) == lean(body)
    with app.test_request_context(method="POST", data=sent(shown)):
        assert lean(kinds.form_for(name).body()) == lean(body)


JUNK = ["", "1", "-1", "²", "1e9", "{dose}", "{dose", "[[1]] [[2", "![x.png]", "dose / 0", "dose * 2", "((", "9" * 60]
TYPED = st.sampled_from([*JUNK, "b", "dose", "<b>", "\x00", "长" * 501, "1, 2, 3", "1:b"]) | st.text(max_size=8)


@pytest.mark.parametrize("name", item_types.names())
def test_a_preview_never_fails_whatever_is_typed(app: Flask, name: str) -> None:
    """Fields of a sound body are overwritten with anything, or left empty."""
    with app.test_request_context():
        start = sent(kinds.form_for(name, SOUND[name][-1]))

    @settings(max_examples=15, deadline=None, derandomize=True)
    @given(st.dictionaries(st.sampled_from(sorted(start)), TYPED, max_size=12))
    def typing(changes: dict[str, str]) -> None:
        with app.test_request_context(
            f"/items/preview?type={name}", method="POST", data={**start.to_dict(), **changes}
        ):
            form = kinds.form_for(name)
            form.offer([])
            form.validate()
            form.tell(item_types.get(name).validate(form.body()))
            assert all(one.message for one in form.complaints())
            shown = render_template("question_bank/item_preview.html", **authoring.preview_values(name, form))
            assert "phone" in shown

    typing()


@pytest.mark.one_database
def test_an_item_from_elsewhere_with_more_rows_than_the_button_adds_is_kept_whole(app: Flask) -> None:
    body = {**SOUND["short"][0], "accepted": [{"text": f"answer {number}"} for number in range(30)]}
    with app.test_request_context():
        form = kinds.form_for("short", body)
        assert not form.accepted.may_grow
        values = sent(form)
    with app.test_request_context(method="POST", data=values):
        assert len(kinds.form_for("short").body()["accepted"]) == 30
