"""The form of each type and the item's body are the same thing both ways."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from question_bank import item_types, words
from question_bank.forms import kinds
from question_bank.forms.items import ItemForm
from question_bank.forms.rows import is_filled
from tests.question_bank.bodies import EACH
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
