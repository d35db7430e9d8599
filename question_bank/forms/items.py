"""The form of an item of each type, and the way between its flat fields and the item's body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from question_bank import item_types, words
from question_bank.item_types import Fault
from question_bank.item_types.texts import LONGEST
from training.core.forms import Form, SeenVersion, long_text, text

JUDGEMENT = item_types.Judgement.name
OPTION_IDS = ("a", "b", "c", "d", "e", "f")


class ItemForm(Form):
    """What every type of item has. Only the shape is checked here; `item_types` says what is missing, all at once."""

    scope_id = SelectField(_l("Belongs to"), coerce=int)
    code = text(_l("Item code"), maximum=40)
    version = SeenVersion()
    stem_zh = long_text(_l("Stem, Chinese"), maximum=LONGEST["stem"], required=False)
    stem_en = long_text(_l("Stem, English"), maximum=LONGEST["stem"], required=False)
    explanation_zh = long_text(_l("Explanation, Chinese"), maximum=LONGEST["explanation"], required=False)
    explanation_en = long_text(_l("Explanation, English"), maximum=LONGEST["explanation"], required=False)
    source = text(_l("Source"), maximum=LONGEST["source"], required=False)

    def offer(self, scopes: list[tuple[int, str]]) -> None:
        """Fill the choice of whose bank a new item joins."""
        self.scope_id.choices = [SelectChoice(value, label) for value, label in scopes]

    def body(self) -> dict[str, Any]:
        """The item's body as typed."""
        return {
            "stem": self._text("stem"),
            "options": list(self._options()),
            "key": self._key(),
            "explanation": self._text("explanation"),
            "source": self.source.data or "",
        }

    def tell(self, faults: list[Fault]) -> None:
        """Put each fault beside its field; a field that has an error already keeps that one."""
        for fault in faults:
            found = self._field_of(fault)
            if found is None:
                self.form_errors.append(words.sentence(fault))
            elif not found.errors:
                found.errors = [words.reason(fault)]

    def _field_of(self, fault: Fault) -> Field | None:
        parts = [fault.part, fault.option, fault.language]
        return self._fields.get("_".join(part for part in parts if part))

    def _text(self, name: str) -> dict[str, str]:
        return {language: self._fields[f"{name}_{language}"].data or "" for language in item_types.LANGUAGES}

    def _options(self) -> Iterator[dict[str, Any]]:
        """None here; the forms below have theirs."""
        return iter(())

    def _key(self) -> list[str]:
        """Empty here; the forms below have theirs."""
        return []


class ChoiceForm(ItemForm):
    """Up to six options, any of them marked as right; `_add_option_fields` adds their fields below."""

    option_ids = OPTION_IDS

    def _options(self) -> Iterator[dict[str, Any]]:
        for one in OPTION_IDS:
            option: dict[str, Any] = {
                "id": one,
                "text": self._text(f"text_{one}"),
                "explanation": self._text(f"explanation_{one}"),
            }
            if any(option["text"].values()) or any(option["explanation"].values()):
                yield option

    def _key(self) -> list[str]:
        return [one for one in OPTION_IDS if self._fields[f"right_{one}"].data]


class JudgementForm(ItemForm):
    """True or false, each with its explanation."""

    option_ids = item_types.Judgement.option_ids
    key = RadioField(
        _l("Answer key"),
        choices=[SelectChoice("true", _l("True")), SelectChoice("false", _l("False"))],
        validate_choice=False,
        default="",
    )

    def _options(self) -> Iterator[dict[str, Any]]:
        for one, label in words.true_and_false().items():
            yield {"id": one, "text": label, "explanation": self._text(f"explanation_{one}")}

    def _key(self) -> list[str]:
        return [self.key.data] if self.key.data else []


def _add_option_fields(form: type[ItemForm], one: str, letter: Any, *, with_text: bool) -> None:
    labels = {
        "zh": _l("Option %(letter)s, Chinese", letter=letter),
        "en": _l("Option %(letter)s, English", letter=letter),
    }
    reasons = {
        "zh": _l("Why option %(letter)s is right or wrong, Chinese", letter=letter),
        "en": _l("Why option %(letter)s is right or wrong, English", letter=letter),
    }
    for language in item_types.LANGUAGES:
        if with_text:
            field = long_text(labels[language], maximum=LONGEST["text"], required=False)
            setattr(form, f"text_{one}_{language}", field)
        field = long_text(reasons[language], maximum=LONGEST["explanation"], required=False)
        setattr(form, f"explanation_{one}_{language}", field)
    if with_text:
        setattr(form, f"right_{one}", BooleanField(_l("Option %(letter)s is right", letter=letter)))


for _id in OPTION_IDS:
    _add_option_fields(ChoiceForm, _id, _id.upper(), with_text=True)
for _id, _label in (("true", _l("True")), ("false", _l("False"))):
    _add_option_fields(JudgementForm, _id, _label, with_text=False)


def form_for(type_name: str, body: dict[str, Any] | None = None, **values: Any) -> ItemForm:
    """The form of a type, filled from the request, else from a body."""
    made = JudgementForm if type_name == JUDGEMENT else ChoiceForm
    form: ItemForm = made(data={**_flat(body), **values} if body else values)
    return form


def _flat(body: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {"source": body.get("source", "")}
    for name in ("stem", "explanation"):
        flat |= {f"{name}_{language}": text for language, text in body[name].items()}
    for option in body["options"]:
        for name in ("text", "explanation"):
            flat |= {f"{name}_{option['id']}_{language}": text for language, text in option[name].items()}
        flat[f"right_{option['id']}"] = option["id"] in body["key"]
    flat["key"] = next(iter(body["key"]), "")
    return flat
