"""Holding a dialogue: turn by turn, interrupted, sent twice, from two tabs; and writing one on its pages."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from courses.dialogues import kind, queries, scoring, services
from courses.dialogues.models import DIALOGUE, DialogueAttempt, DialogueStep
from courses.dialogues.samples import SCENES, source_of
from tests import world
from tests.client import CheckingClient, client_for, main_text
from tests.counting import counting
from tests.courses.dialogue_files import SMALL, changed, dialogue
from training.accounts.models import Person
from training.activities.kinds import Facts
from training.activities.models import Activity
from training.core.db import db, reading, transaction
from training.programmes.models import EnrolmentPin
from training.progress.models import LedgerLine

pytestmark = pytest.mark.world
SCENE = dialogue(source_of(SCENES[1]))
BEST = scoring.best_path(SCENE)


@dataclass
class Talk:
    """The second trainee of a place, who stands at the second turn of the dialogue there."""

    app: Flask
    people: dict[str, Person]
    dialogue_id: int
    attempt_id: int

    @property
    def client(self) -> CheckingClient:
        return client_for(self.app, self.people["other_trainee.jn"])

    @property
    def url(self) -> str:
        return f"/dialogues/attempts/{self.attempt_id}"

    def say(self, step: int, turn: str, choice: int, client: CheckingClient | None = None) -> str:
        data = {"step": step, "turn": turn, "reply": choice}
        answer = (client or self.client).post(self.url, data=data)
        assert answer.status_code == 303, answer.status_code
        return str(answer.location)

    def path(self) -> list[tuple[str, int]]:
        with self.app.app_context(), reading():
            return queries.steps_of(self.attempt_id)

    def lines(self) -> list[LedgerLine]:
        person = self.people["other_trainee.jn"].id
        with self.app.app_context(), reading():
            statement = select(LedgerLine).where(
                LedgerLine.person_id == person, LedgerLine.activity_id == self.dialogue_id
            )
            return list(db.session.scalars(statement.order_by(LedgerLine.id)))


@pytest.fixture
def talk(app: Flask) -> Talk:
    people = world.people(app)
    with app.app_context(), reading():
        attempt = db.session.scalars(
            select(DialogueAttempt).where(
                DialogueAttempt.person_id == people["other_trainee.jn"].id, DialogueAttempt.finished_at.is_(None)
            )
        ).one()
    return Talk(app, people, attempt.dialogue_id, attempt.id)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_conversation_is_resumed_held_to_its_end_passed_and_reviewed(talk: Talk, language: str) -> None:
    client = client_for(talk.app, talk.people["other_trainee.jn"], language)
    landing = client.get(f"/dialogues/{talk.dialogue_id}")
    assert {"zh": "继续对话", "en": "Go on with the conversation"}[language] in main_text(landing)
    page = main_text(client.get(talk.url))
    assert SCENE.turns["bedside"].replies[0].says[language] in page
    assert SCENE.turns["uncle"].says[language] in page
    for step, (turn, choice) in enumerate(BEST[1:], start=2):
        answer = client.submit(talk.url, {"reply": choice})
        assert answer.location == (f"{talk.url}#now" if step < len(BEST) else f"{talk.url}/review"), turn
    assert talk.path() == BEST
    review = main_text(client.get(f"{talk.url}/review"))
    assert SCENE.endings["relief"][language] in review
    assert "100%" in review
    assert [(one.outcome, one.measure, one.sign, one.score_percent) for one in talk.lines()] == [
        ("courses:dialogue_passed", "passed", 1, Decimal(100))
    ]
    assert client.get(talk.url).location == f"{talk.url}/review"


def test_a_poor_conversation_shows_the_better_turn_with_its_reason_and_can_be_held_again(talk: Talk) -> None:
    client = client_for(talk.app, talk.people["other_trainee.jn"], "en")
    for step, (turn, choice) in enumerate([("uncle", 0), ("lost", 0)], start=2):
        talk.say(step, turn, choice, client)
    review = main_text(client.get(f"{talk.url}/review"))
    better, chosen = SCENE.turns["lost"].replies[1], SCENE.turns["lost"].replies[0]
    assert chosen.harm_reason is not None
    for words in (better.says, better.why, chosen.why, chosen.harm_reason, SCENE.endings["refused"]):
        assert words["en"] in review
    assert "One of the replies does serious harm" in review
    line = talk.lines()[0]
    assert (line.outcome, line.sign) == ("courses:dialogue_failed", 0)
    again = client.post(f"/dialogues/{talk.dialogue_id}/start").location
    assert again != talk.url
    assert client.post(f"/dialogues/{talk.dialogue_id}/start").location == again
    landing = main_text(client.get(f"/dialogues/{talk.dialogue_id}"))
    assert "Conversation 1" in landing
    assert "Go on with the conversation" in landing
    with talk.app.app_context(), reading():
        assert [one.number for one in queries.attempts_at(talk.people["other_trainee.jn"].id, talk.dialogue_id)] == [
            1,
            2,
        ]


def test_a_double_click_the_back_button_and_a_second_tab_are_harmless(talk: Talk) -> None:
    client = talk.client
    for _click in range(2):
        assert talk.say(2, "uncle", 2, client) == f"{talk.url}#now"
    assert talk.path() == BEST[:2]
    assert talk.say(2, "uncle", 0, client) == talk.url  # back, and another choice
    told = client.get(talk.url)
    assert "对话在那之后已经往下走了" in main_text(told)
    assert SCENE.turns["how-long"].says["zh"] in main_text(told)
    assert talk.say(3, "uncle", 2, client) == talk.url  # a turn that is not the present one
    assert talk.say(9, "how-long", 1, client) == talk.url
    assert talk.path() == BEST[:2]


@pytest.mark.parametrize(
    "sent", [{}, {"step": "x", "turn": "uncle", "reply": "1"}, {"step": "2", "turn": "uncle", "reply": "7"}]
)
def test_what_is_no_reply_changes_nothing(talk: Talk, sent: dict[str, str]) -> None:
    assert talk.client.post(talk.url, data=sent).status_code in {303, 422}
    assert talk.path() == BEST[:1]


def test_replies_are_shown_in_the_recorded_order_each_time(talk: Talk) -> None:
    order = scoring.order("uncle", SCENE.turns["uncle"], 1)
    shown = [SCENE.turns["uncle"].replies[place].says["zh"] for place in order]
    for _look in range(2):
        page = talk.client.get(talk.url).get_data(as_text=True)
        places = [page.index(one) for one in shown]
        assert places == sorted(places)


def test_pages_ask_the_database_little(talk: Talk) -> None:
    client = talk.client
    done = client_for(talk.app, talk.people["trainee.jn"])
    with talk.app.app_context(), reading():
        finished = db.session.scalars(
            select(DialogueAttempt.id).where(DialogueAttempt.person_id == talk.people["trainee.jn"].id)
        ).one()
    author = client_for(talk.app, talk.people["instructor.jn"])
    pages = [
        (client, f"/dialogues/{talk.dialogue_id}"),
        (client, talk.url),
        (done, f"/dialogues/attempts/{finished}/review"),
        (author, "/teaching/dialogues"),
        (author, f"/teaching/dialogues/{talk.dialogue_id}"),
        (author, f"/teaching/dialogues/{talk.dialogue_id}/preview?path=0.2"),
    ]
    for who, page in pages:
        with counting(talk.app, at_most=6):
            assert who.get(page).status_code == 200


def test_only_whoever_is_required_to_may_begin(talk: Talk) -> None:
    stranger = client_for(talk.app, talk.people["trainee.qd"])
    assert stranger.get(f"/dialogues/{talk.dialogue_id}").status_code == 404
    assert stranger.post(f"/dialogues/{talk.dialogue_id}/start").status_code == 404
    assert stranger.get(talk.url).status_code == 404
    assert stranger.post(talk.url, data={"step": 2, "turn": "uncle", "reply": 2}).status_code == 404


def test_steps_and_versions_cannot_be_changed(talk: Talk) -> None:
    for table, column in (("dialogue_step", "reply"), ("dialogue_version", "source")):
        with talk.app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction():
            db.session.execute(text(f"UPDATE {table} SET {column} = {column}"))


def test_who_is_enrolled_keeps_the_version_and_an_author_publishes_the_next(talk: Talk) -> None:
    author = client_for(talk.app, talk.people["instructor.jn"], "en")
    page = f"/teaching/dialogues/{talk.dialogue_id}/edit"
    answer = author.submit(page, {"source": SMALL, "do": "publish"}, action=page)
    assert (answer.status_code, answer.location) == (303, f"/teaching/dialogues/{talk.dialogue_id}")
    assert "A small dialogue" in main_text(author.get(answer.location))
    assert SCENE.turns["uncle"].says["zh"] in main_text(talk.client.get(talk.url))
    with talk.app.app_context(), reading():
        pins = db.session.scalars(select(EnrolmentPin.version).where(EnrolmentPin.activity_id == talk.dialogue_id))
        assert set(pins) == {1}
    stale = author.post(page, data={"source": SMALL.replace("minutes: 5", "minutes: 6"), "version": 1})
    assert stale.status_code == 409
    assert "minutes: 6" in stale.get_data(as_text=True)
    files = [author.get(f"/teaching/dialogues/{talk.dialogue_id}/versions/{one}/file").get_data() for one in (1, 2)]
    assert files == [source_of(SCENES[1]).encode(), SMALL.encode()]


def test_a_file_is_sent_refused_with_its_lines_mended_and_published_to_the_letter(talk: Talk) -> None:
    author = client_for(talk.app, talk.people["instructor.jn"], "en")
    with talk.app.app_context(), reading():
        scope = db.session.get_one(Activity, talk.dialogue_id).scope_id
    wrong = changed("speaker: son", "speaker: cousin")
    refused = author.post("/teaching/dialogues/new", data={"scope_id": scope, "source": wrong, "do": "publish"})
    assert refused.status_code == 422
    assert "Line 11, column 14" in main_text(refused)
    assert "“cousin” is not known here" in main_text(refused)
    checked = author.post("/teaching/dialogues/new", data={"scope_id": scope, "source": SMALL, "do": "check"})
    assert "It is not published yet" in main_text(checked)
    raw = ("\ufeff" + SMALL).replace("\n", "\r\n").encode()
    found = []
    for _click in range(2):
        data = {"scope_id": scope, "do": "publish", "file": (io.BytesIO(raw), "small.yaml")}
        found.append(author.post("/teaching/dialogues/new", data=data).location)
    assert found[0] == found[1]
    assert author.get(f"{found[0]}/versions/1/file").get_data() == raw
    latin = {"scope_id": scope, "file": (io.BytesIO("format: 1\ntitle: 沟通".encode("gb18030")), "small.yaml")}
    told = author.post("/teaching/dialogues/new", data=latin)
    assert (told.status_code, "not UTF-8" in main_text(told)) == (422, True)
    bad = author.post("/teaching/dialogues/new", data={"scope_id": scope, "source": "a\x00b\x0bc\ufdd0"})
    assert bad.status_code == 422


def test_a_preview_is_played_to_its_end_and_records_nothing(talk: Talk) -> None:
    author = client_for(talk.app, talk.people["instructor.jn"], "en")
    page = f"/teaching/dialogues/{talk.dialogue_id}/preview"
    whole = ".".join(str(choice) for _turn, choice in BEST)
    assert SCENE.turns["bedside"].says["en"] in main_text(author.get(page))
    assert "This would pass." in main_text(author.get(f"{page}?path={whole}"))
    for odd in ("9", "0.9", "x", "0." * 300, "٣", f"{whole}.1"):
        assert author.get(page, query_string={"path": odd}).status_code == 200
    with talk.app.app_context(), reading():
        assert db.session.scalar(select(func.count()).select_from(DialogueAttempt)) == 4


def test_a_seed_is_drawn_for_each_conversation(talk: Talk) -> None:
    person = talk.people["trainee.jn"]
    with talk.app.app_context(), transaction():
        attempt = services.start(talk.dialogue_id, person)
        assert attempt.seed != scoring.AS_WRITTEN
        assert scoring.is_fair(SCENE, attempt.seed)
        assert db.session.scalar(select(func.count()).where(DialogueStep.attempt_id == attempt.id)) == 0


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("language", "words"), [("zh", "已对话 2 次，最好 55 分"), ("en", "2 conversations, best score 55.")]
)
def test_why_it_is_not_passed_is_said(app: Flask, language: str, words: str) -> None:
    from training.activities import kinds

    assert kind.explain(Facts(7, 1)).word == "not_tried"
    failed = kind.explain(Facts(7, 1, outcomes=(kind.FAILED.name,) * 2, scores=(20.0, 55.5)))
    with app.test_request_context(f"/?lang={language}"):
        assert words in kinds.get(DIALOGUE).words[failed.word](failed.figures)
        assert kinds.get(DIALOGUE).words["not_tried"]({})
