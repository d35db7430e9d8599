"""One item of Moodle on its way into the bank: its texts, pictures, and what the bank makes of each kind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from question_bank import item_types, words
from question_bank.exchange import languages, plain
from question_bank.exchange.figures import written
from question_bank.exchange.parsed import Parsed
from question_bank.exchange.said import Said
from question_bank.exchange.said import gettext as _
from question_bank.item_types import about
from training.core import file_types
from training.core.errors import Invalid

Text = dict[str, str]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LONGEST_CATEGORY, LONGEST_TAG, MOST_TAGS = 80, 40, 30
FULL = Decimal(100)
TRUE_AND_FALSE = {"true": {"zh": "对", "en": "True"}, "false": {"zh": "错", "en": "False"}}


@dataclass(frozen=True)
class Raw:
    """A text as a file has it: its form (`html`, `markdown`, `plain`, `moodle`) and the files embedded beside it."""

    text: str
    form: str = "html"
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """An answer as Moodle writes one: what it says, its weight in percent, the comment on it."""

    text: Raw
    weight: Decimal
    comment: Raw


EMPTY = Raw("")


class Draft:
    """Fills a `Parsed`; texts are kept in the languages of the stem."""

    def __init__(self, parsed: Parsed, language: str, stem: Raw) -> None:
        self.parsed = parsed
        self.languages = languages.spoken(stem.text, language)
        self._pictures: dict[str, Text] = {}
        self._shown: set[str] = set()
        self.body: dict[str, Any] = {"stem": self.text(stem)}

    def text(self, raw: Raw) -> Text:
        """A text in plain words; its pictures become the item's, other media are named as lost."""
        if not raw.text.strip():
            return {}
        self._shown = set()
        text = {one: self._plain(raw, one) for one in self.languages}
        for name in sorted(raw.files.keys() - self._shown):
            self.parsed.lose(_("The file %(name)s was left out: no text shows it as a picture.", name=name[:80]))
        return text

    def verbatim(self, text: str) -> str:
        """An answer that is compared letter by letter, so never rendered; in the first language of the item."""
        return plain.tidy(languages.pick(text, self.languages[0]))

    def option(self, number: int, answer: Answer) -> dict[str, Any]:
        """An option with its comment."""
        option: dict[str, Any] = {"id": LETTERS[number], "text": self.text(answer.text)}
        return option | self.comment(answer.comment)

    def comment(self, raw: Raw) -> dict[str, Text]:
        """A comment on an answer as its explanation, if there is one."""
        text = self.text(raw)
        return {"explanation": text} if any(text.values()) else {}

    def explain(self, raw: Raw) -> None:
        """The general feedback as the explanation of the item."""
        self.body |= self.comment(raw)

    def finish(self, type_name: str, original: str) -> Parsed:
        """The item as that type, with everything named that its author must still mend."""
        parsed, parsed.original_type = self.parsed, original
        if parsed.refusals:
            return parsed
        if self._pictures:
            self.body["pictures"] = [
                {"name": name, "file": hashlib.sha256(parsed.media[name]).hexdigest(), "alt": alt}
                for name, alt in self._pictures.items()
            ]
        parsed.type, parsed.body = type_name, self.body
        if type_name in item_types.names():
            for fault in item_types.get(type_name).validate(self.body):
                parsed.lose(Said(words.sentence, fault))
        return parsed

    def _plain(self, raw: Raw, language: str) -> str:
        rendered = plain.render(languages.pick(raw.text, language), raw.form)
        text = rendered.text
        for name, (source, alt) in rendered.pictures.items():
            self._shown.add(path_of(source))
            kept = self._keep(name, source, raw.files)
            if kept is None:
                text = plain.tidy(text.replace(f"![{name}]", alt))
            else:
                text = text.replace(f"![{name}]", f"![{kept}]")
                self._pictures.setdefault(kept, {})[language] = alt
        for kind in sorted(rendered.lost):
            if kind == "a":
                self.parsed.lose(_("A link was left out; its words stayed."))
            elif kind == "img":
                self.parsed.lose(_("A picture that lies elsewhere, not in the file, was left out."))
            else:
                self.parsed.lose(_("The text shows what cannot be kept (%(kind)s), which was left out.", kind=kind))
        return text

    def _keep(self, name: str, source: str, files: Mapping[str, bytes]) -> str | None:
        """The name under which an embedded picture is kept; None for one that cannot be."""
        data = embedded(source, files)
        if data is None:
            self.parsed.lose(_("The picture %(name)s is not in the file and was left out.", name=name))
            return None
        try:
            data = self._picture(data)
        except Invalid as error:
            self.parsed.lose(_("The picture %(name)s was left out: %(reason)s", name=name, reason=error.message))
            return None
        free, number = name, 1
        while self.parsed.media.get(free, data) != data:
            number += 1
            free = f"{number}-{name}"[: plain.LONGEST_NAME]
        self.parsed.media[free] = data
        return free

    def _picture(self, data: bytes) -> bytes:
        """The picture as it is kept; raises `Invalid` for what is none by its content, too large, or one too many."""
        if file_types.detect_bytes(data).family != "image":
            raise Invalid(_("It is no picture."))
        if len(data) > file_types.LARGEST["image"]:
            raise Invalid(_("It is too large."))
        kept = file_types.without_notes(data)
        media = self.parsed.media
        if len(media) >= about.MOST_PICTURES and kept not in media.values():
            raise Invalid(_("An item has at most %(max)s pictures.", max=about.MOST_PICTURES))
        return kept


def embedded(source: str, files: Mapping[str, bytes]) -> bytes | None:
    """The bytes behind `@@PLUGINFILE@@/name` or a `data:` address."""
    if source.startswith("data:"):
        return plain.data_of(source)
    return files.get(path_of(source))


def path_of(source: str) -> str:
    """The path of an embedded file, as `@@PLUGINFILE@@/a%20b.png` names it."""
    return unquote(source.removeprefix("@@PLUGINFILE@@").split("?")[0]).lstrip("/")


def categories(path: str) -> tuple[str, ...]:
    """Moodle's `$course$/top/Pain//opioids/Doses` as names from the top down; `//` is a stroke within a name."""
    names = [one.replace("\x00", "/").strip() for one in path.replace("\x00", "").replace("//", "\x00").split("/")]
    if names and len(names[0]) > 2 and names[0].startswith("$") and names[0].endswith("$"):
        names = names[1:]
        if names and names[0] == "top":
            names = names[1:]
    return tuple(plain.tidy(one)[:LONGEST_CATEGORY].strip() for one in names if one)


def tags_of(parsed: Parsed, tags: Sequence[str]) -> None:
    """Tags that fit; of the others it is said that they were left out."""
    found = list(dict.fromkeys(one for one in map(plain.tidy, tags) if one))
    fitting = [one for one in found if len(one) <= LONGEST_TAG][:MOST_TAGS]
    parsed.tags = tuple(fitting)
    for one in found:
        if one not in fitting:
            parsed.lose(_("The tag “%(tag)s…” is too long or one too many, and was left out.", tag=one[:20]))


def choice(draft: Draft, answers: Sequence[Answer], *, single: bool) -> str:
    """A question with options: A1 where it is one, else `choice` with what Moodle would score."""
    if len(answers) > len(LETTERS):
        draft.parsed.refuse(_("The question has more than %(max)s options.", max=len(LETTERS)))
        return ""
    weights = [one.weight for one in answers]
    draft.body["options"] = [draft.option(number, one) for number, one in enumerate(answers)]
    right = [LETTERS[number] for number, weight in enumerate(weights) if (weight == FULL if single else weight > 0)]
    draft.body["key"] = right[:1] if single else right
    plain_key = single and sorted(weights) == [Decimal(0)] * (len(weights) - 1) + [FULL]
    if plain_key and 4 <= len(answers) <= 6:
        return "A1"
    draft.body["multiple"] = not single
    if not plain_key:
        draft.body["weights"] = {LETTERS[number]: written(weight) for number, weight in enumerate(weights)}
    return "choice"


def judgement(draft: Draft, *, right: bool, if_true: Raw, if_false: Raw) -> str:
    """A statement that is true or false."""
    comments = {"true": if_true, "false": if_false}
    draft.body["options"] = [
        {"id": name, "text": {one: text[one] for one in draft.languages}} | draft.comment(comments[name])
        for name, text in TRUE_AND_FALSE.items()
    ]
    draft.body["key"] = ["true" if right else "false"]
    return "judgement"


def short(draft: Draft, answers: Sequence[Answer], *, case: bool = False) -> str:
    """A short answer: the first that fits counts, `*` stands for anything."""
    draft.body["case"] = case
    draft.body["accepted"] = [
        {"text": draft.verbatim(one.text.text), "weight": written(one.weight)} | draft.comment(one.comment)
        for one in answers
    ]
    return "short"


def matching(draft: Draft, pairs: Sequence[tuple[Raw, str]]) -> str:
    """Questions and their answers; equal answers are one option, an answer without a question only distracts."""
    answers = list(dict.fromkeys(plain.tidy(answer) for _question, answer in pairs))
    if len(answers) > len(LETTERS):
        draft.parsed.refuse(_("The question has more than %(max)s options.", max=len(LETTERS)))
        return ""
    draft.body["options"] = [
        {"id": LETTERS[number], "text": draft.text(Raw(one, "moodle"))} for number, one in enumerate(answers)
    ]
    parts = [(draft.text(question), answer) for question, answer in pairs if question.text.strip()]
    draft.body["parts"] = [
        {"id": str(number), "stem": stem, "key": [LETTERS[answers.index(plain.tidy(answer))]]}
        for number, (stem, answer) in enumerate(parts, 1)
    ]
    return "matching"
