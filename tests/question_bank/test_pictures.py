"""Pictures of items: sent and kept through every refusal, seen by whoever may, pinned by versions, swept at last."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from question_bank.changes.rules import Act
from question_bank.item_types import hotspot
from question_bank.models import AttemptItem, Item, ItemVersion
from question_bank.pictures import showing, tasks
from question_bank.pictures.models import ItemPicture, SentPicture
from question_bank.pictures.services import FORGOTTEN_AFTER
from question_bank.services import items
from tests import media_files as made
from tests.answering import answer
from tests.client import CheckingClient, main_text
from tests.counting import counting
from tests.question_bank import bodies, conftest
from tests.question_bank.conftest import NOW, Bench
from tests.question_bank.test_authoring import typed
from tests.question_bank.test_changes import done
from tests.question_bank.test_sitting import hand_in
from tests.question_bank.test_writing_types import send_picture
from training.core import clock, file_types, storage
from training.core.db import db
from training.core.errors import Invalid
from training.core.storage import StoredFile

pytestmark = pytest.mark.world
As = Callable[..., CheckingClient]
PUMP = made.png(40, 30, shade=90)
PUMP_HASH = hashlib.sha256(PUMP).hexdigest()


@pytest.fixture
def instructor(bench: Bench, as_: As) -> CheckingClient:
    return as_(bench.people["instructor.jn"], "en")


def send(client: CheckingClient, page: str, *contents: bytes, name: str = "pump 1.png", **fields: str) -> TestResponse:
    """Send pictures with the form of an item, as its own button does."""
    files = [(io.BytesIO(one), name) for one in contents]
    form = {**typed(), "do": "send", **fields, "sent": files}
    return client.submit(page, form, content_type="multipart/form-data")


def count(bench: Bench, model: Any) -> int:
    with bench.looking():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def row(sha256: str = PUMP_HASH, name: str = "pump.png", **more: str) -> dict[str, str]:
    """The fields of a picture's row in the form."""
    alt = {"pictures-0-alt_zh": "输液泵", "pictures-0-alt_en": "A pump"}
    return {"pictures-0-file": sha256, "pictures-0-name": name, **alt, **more}


def save(client: CheckingClient, page: str = "/items/new?type=A1", **fields: str) -> TestResponse:
    form = {**typed(), "stem_zh": "看图\n![pump.png]", "stem_en": "Look\n![pump.png]", **row(), **fields}
    return client.submit(page, form)


def newest(bench: Bench) -> tuple[Item, dict[str, Any]]:
    with bench.looking():
        statement = select(Item, ItemVersion.body).join(ItemVersion, ItemVersion.item_id == Item.id)
        item, body = db.session.execute(statement.order_by(ItemVersion.id.desc()).limit(1)).one()
        return item, body


def test_a_picture_is_sent_described_and_saved_with_its_item(bench: Bench, instructor: CheckingClient) -> None:
    shown = send(instructor, "/items/new?type=A1", PUMP)
    assert shown.status_code == 200
    assert f'value="{PUMP_HASH}"' in shown.text
    assert "![pump-1.png]" in main_text(shown), "the page says how texts show it"
    assert "text a" in shown.text, "what was typed stays"
    assert instructor.get(f"/items/pictures/{PUMP_HASH}").data == PUMP, "the sender sees it before anything is saved"
    saved = save(instructor)
    assert saved.status_code == 302
    item, body = newest(bench)
    assert body["pictures"] == [{"name": "pump.png", "file": PUMP_HASH, "alt": {"zh": "输液泵", "en": "A pump"}}]
    page = instructor.get(f"/items/{item.id}")
    assert f'src="/items/pictures/{PUMP_HASH}" alt="A pump" width="40" height="30" loading="lazy"' in page.text
    assert "![" not in main_text(page)
    assert item.stem_en == "Look", "lists show the words alone"
    assert instructor.submit(f"/items/{item.id}/edit").status_code == 302, "the form of a saved item saves the same"
    assert newest(bench)[1] == body


def test_a_photograph_is_shown_without_the_place_where_it_was_taken(bench: Bench, instructor: CheckingClient) -> None:
    photograph = made.photograph(orientation=6)
    assert send(instructor, "/items/new?type=A1", photograph, name="ward.jpg").status_code == 200
    kept = instructor.get(f"/items/pictures/{hashlib.sha256(file_types.without_notes(photograph)).hexdigest()}")
    assert kept.status_code == 200
    assert not any(secret in kept.data for secret in made.SECRETS)
    assert file_types.detect_bytes(kept.data) == file_types.FileType("image/jpeg", 32, 48), "upright"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>no picture</html>", "web page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (made.PDF, "a document"),
        (made.png()[:-20], "cut off or damaged"),
        (made.png(9000, 1), "9,000"),
        (b"\xff\xd8\xff" + b"0" * 5_300_000, "larger than 5 MB"),
    ],
)
@pytest.mark.one_database
def test_what_is_no_sound_picture_is_refused_and_everything_typed_stays(
    bench: Bench, instructor: CheckingClient, content: bytes, words: str
) -> None:
    before = count(bench, Item)
    for button in ("send", "save"):
        answer = send(instructor, "/items/new?type=A1", content, PUMP, do=button)
        assert answer.status_code == 422
        assert "pump 1.png: " in main_text(answer)
        assert words.replace("9,000", "9000") in main_text(answer).replace(",", "")  # however numbers are written
        assert "text a" in answer.text
        assert f'value="{PUMP_HASH}"' in answer.text, "the sound one has come in"
        assert instructor.get(f"/items/pictures/{PUMP_HASH}").status_code == 200
    assert count(bench, Item) == before


def test_pictures_stay_when_the_form_is_refused_for_another_reason(bench: Bench, instructor: CheckingClient) -> None:
    refused = send(instructor, "/items/new?type=A1", PUMP, do="save", source="x" * 300)
    assert refused.status_code == 422
    assert f'value="{PUMP_HASH}"' in refused.text
    assert instructor.get(f"/items/pictures/{PUMP_HASH}").status_code == 200, "it is kept apart from the form's act"
    assert save(instructor).status_code == 302


def test_a_picture_is_taken_out_by_its_button_and_nothing_chosen_is_told(
    bench: Bench, instructor: CheckingClient
) -> None:
    send(instructor, "/items/new?type=A1", PUMP)
    shown = instructor.submit("/items/new?type=A1", {**typed(), **row(), "do": "drop-pictures-0"})
    assert shown.status_code == 200
    assert PUMP_HASH not in shown.text
    nothing = send(instructor, "/items/new?type=A1")
    assert nothing.status_code == 422
    assert "Choose a file." in main_text(nothing)


def test_more_pictures_than_an_item_takes_are_named(bench: Bench, instructor: CheckingClient) -> None:
    shown = send(instructor, "/items/new?type=A1", *(made.png(shade=one) for one in range(9)))
    assert shown.status_code == 422
    assert "at most 8 pictures" in main_text(shown)
    assert shown.text.count('class="thumb"') == 8
    assert len({f"{number}-pump-1.png" in shown.text for number in range(2, 9)}) == 1, "each has a name of its own"


def test_a_strangers_picture_can_neither_be_seen_nor_used(bench: Bench, instructor: CheckingClient, as_: As) -> None:
    send(instructor, "/items/new?type=A1", PUMP)
    stranger = as_(bench.people["instructor.qd"], "en")
    assert stranger.get(f"/items/pictures/{PUMP_HASH}").status_code == 404
    assert save(stranger).status_code == 302, "a draft is saved as typed"
    item, body = newest(bench)
    assert "file" not in body["pictures"][0] or not body["pictures"][0]["file"]
    assert "choose the file again" in main_text(stranger.get(f"/items/{item.id}"))
    assert stranger.get(f"/items/pictures/{PUMP_HASH}").status_code == 404
    colleague = as_(bench.people["reviewer.jn"])
    assert colleague.get(f"/items/pictures/{PUMP_HASH}").status_code == 404, "sent, but in no item yet"
    save(instructor, code="N-2")
    assert colleague.get(f"/items/pictures/{PUMP_HASH}").status_code == 200
    assert as_(bench.trainee).get(f"/items/pictures/{PUMP_HASH}").status_code == 403
    for wrong in ("0" * 64, "..%2f..%2fanning.db", "x"):
        assert instructor.get(f"/items/pictures/{wrong}").status_code == 404


def test_an_attempt_shows_its_pictures_to_its_own_person_alone(bench: Bench, as_: As) -> None:
    send_picture(bench)
    with bench.writing():
        item = db.session.get_one(Item, bench.item_ids[0])
        body = {**conftest.a1("b"), "pictures": bodies.hotspot()["pictures"]}
        body["stem"] = {"zh": "看图\n![pump.png]", "en": "Look\n![pump.png]"}
        items.append_version(item, body, None)
        item.state, item.approved_version = item.state.APPROVED, item.version
    attempt = bench.start()
    assert item.stem_en == "Look", "lists show the words alone"
    sha256 = hashlib.sha256(bodies.PICTURE).hexdigest()
    address = f"/quiz/attempts/{attempt}/pictures/{sha256}"
    trainee = as_(bench.trainee, "en")
    with counting(bench.app) as seen:
        page = trainee.get(f"/quiz/attempts/{attempt}")
    assert sum("stored_file" in one for one in seen.statements) == 1, "one query for all pictures of a paper"
    assert f'src="{address}" alt="a pump" width="40" height="30"' in page.text
    answer = trainee.get(address)
    assert answer.data == bodies.PICTURE
    assert answer.headers["Cache-Control"] == "no-cache, private"
    assert trainee.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    other = as_(bench.people["other_trainee.jn"])
    assert other.get(address).status_code == 404
    assert trainee.get(f"/quiz/attempts/{attempt}/pictures/{'0' * 64}").status_code == 404
    hand_in(bench, attempt)
    assert address in trainee.get(f"/quiz/attempts/{attempt}/result").text
    assert trainee.get(address).status_code == 200


@pytest.fixture
def spots(app: Any, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A quiz of a hot-spot, and of an item with pictures in an option and in its explanation."""
    from tests import world

    bench = Bench(app, 0, [], world.people(app))
    send_picture(bench)
    seen = conftest.a1("b")
    seen["pictures"] = bodies.hotspot()["pictures"]
    seen["options"][0]["text"]["en"] = "this one\n![pump.png]"
    seen["explanation"]["en"] = "![pump.png]\nas shown"
    monkeypatch.setattr(conftest, "BODIES", [("hotspot", bodies.hotspot()), ("A1", seen)])
    return conftest.build(app)


def test_a_hot_spot_is_sat_by_radio_buttons_and_told_in_words_and_lines(spots: Bench, as_: As) -> None:
    attempt = spots.start()
    with spots.looking():
        position = db.session.scalars(
            select(AttemptItem.position).where(AttemptItem.attempt_id == attempt, AttemptItem.type == "hotspot")
        ).one()
    trainee = as_(spots.trainee, "en")
    page = trainee.get(f"/quiz/attempts/{attempt}").text
    assert 'viewBox="0 0 1000 750"' in page
    assert page.count("data-region=") == 3
    assert 'd="M400 375a100 100' in page, "a circle's centre is scaled to the picture's shape"
    assert "regions.js" in page
    assert page.count('-choice" value="') == 3 + 5
    assert trainee.post(f"/quiz/attempts/{attempt}/answers", data=answer(position, "a")).status_code == 302
    assert 'class="region chosen" data-region="a"' in trainee.get(f"/quiz/attempts/{attempt}").text
    hand_in(spots, attempt)
    result = trainee.get(f"/quiz/attempts/{attempt}/result")
    assert 'class="region chosen wrong" data-region="a"' in result.text
    assert 'class="region right" data-region="b"' in result.text
    assert "your answer" in main_text(result)
    assert "right answer" in main_text(result)
    assert result.text.count("<img") >= 3, "the option and the explanation show theirs"


def test_a_hot_spot_is_written_with_its_regions_drawn_in_the_preview(bench: Bench, instructor: CheckingClient) -> None:
    page = "/items/new?type=hotspot"
    assert "Place in a picture" in main_text(instructor.get("/items/new"))
    shown = send(instructor, page, PUMP)
    assert '<option selected value="pump-1.png">' in shown.text, "the first picture is the one to be pointed into"
    regions = {
        "picture": "pump.png",
        "regions-0-label_en": "top",
        "regions-0-shape": "rect",
        "regions-0-at": "0, 0, 1000, 200",
        "regions-1-label_en": "dial",
        "regions-1-shape": "circle",
        "regions-1-at": "500, 500, 100",
        "regions-1-right": "y",
        "regions-2-at": "not, a, place",
    }
    preview = instructor.submit(page, {**typed(), **row(), **regions, "do": "preview"})
    assert preview.status_code == 200
    assert preview.text.count('data-region="a"') >= 1
    assert 'data-region="c"' not in preview.text, "what is no region is not drawn"
    assert instructor.submit(page, {**typed(), **row(), **regions}).status_code == 302


def test_a_changed_picture_is_seen_in_the_difference(bench: Bench, instructor: CheckingClient) -> None:
    other = made.png(40, 30, shade=10)
    send(instructor, "/items/new?type=A1", PUMP, other)
    save(instructor)
    item, _body = newest(bench)
    changed = hashlib.sha256(other).hexdigest()
    assert save(instructor, f"/items/{item.id}/edit", **row(changed)).status_code == 302
    difference = instructor.get(f"/items/{item.id}/difference").text
    for sha256 in (PUMP_HASH, changed):
        assert f'src="/items/pictures/{sha256}"' in difference


def test_what_was_sent_and_never_used_is_forgotten(bench: Bench, instructor: CheckingClient) -> None:
    unused = made.png(40, 30, shade=11)
    send(instructor, "/items/new?type=A1", PUMP, unused)
    save(instructor)
    stored = count(bench, StoredFile)
    with bench.app.app_context():
        assert tasks.forget_what_was_abandoned() == 0
        with clock.frozen(NOW + FORGOTTEN_AFTER + timedelta(days=2)):
            assert tasks.forget_what_was_abandoned() == 1
            assert tasks.forget_what_was_abandoned() == 0
    assert count(bench, StoredFile) == stored - 1
    assert instructor.get(f"/items/pictures/{PUMP_HASH}").status_code == 200, "an item shows it"
    assert instructor.get(f"/items/pictures/{hashlib.sha256(unused).hexdigest()}").status_code == 404


def test_each_version_says_which_files_it_shows(bench: Bench, instructor: CheckingClient) -> None:
    before = count(bench, ItemPicture)
    send(instructor, "/items/new?type=A1", PUMP)
    save(instructor)
    item, _body = newest(bench)
    assert instructor.submit(f"/items/{item.id}/edit", {"pictures-0-name": "", "stem_zh": "无图"}).status_code == 302
    assert count(bench, ItemPicture) == before + 1, "the second version has none"
    assert count(bench, SentPicture) > 0
    assert f"/items/pictures/{PUMP_HASH}" in instructor.get(f"/items/{item.id}?version=1").text


@pytest.mark.one_database
@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", made.png()[:33], b"\xff\xd8\xff\xe1", b"RIFF\x10\0\0\0WEBP", PUMP])
)
def test_no_bytes_make_looking_at_a_picture_fail(content: bytes, head: bytes) -> None:
    with suppress(Invalid):
        assert file_types.detect_bytes(head + content).media_type


REGION = st.fixed_dictionaries(
    {
        "id": st.text(max_size=3),
        "number": st.text(max_size=2),
        "shape": st.sampled_from(["rect", "circle", "polygon", "", None, 3]),
        "at": st.one_of(st.none(), st.lists(st.one_of(st.integers(-10, 1010), st.floats(allow_nan=True), st.text()))),
    }
)


@pytest.mark.one_database
@settings(max_examples=300, deadline=None)
@given(st.lists(REGION, max_size=5), st.integers(1, 8000), st.integers(1, 8000))
def test_only_regions_within_the_picture_are_drawn(regions: list[dict[str, Any]], width: int, height: int) -> None:
    picture = showing.Picture("a", "/a", width=width, height=height)
    drawn = showing.drawn(regions, picture, [], [])
    assert len(drawn) == sum(hotspot.geometry_fault(one["shape"], one["at"]) is None for one in regions)
    for one in drawn:
        assert 0 <= one.x <= 1000
        assert 0 <= one.y <= picture.tall


@pytest.mark.one_database
@given(st.text(alphabet="ab![].\n "), st.sets(st.sampled_from(["a", "b", "a.b"])))
def test_a_text_is_told_whole_around_its_pictures(text: str, names: set[str]) -> None:
    pictures = {name: showing.Picture(name, f"/{name}") for name in names}
    found = list(showing.pieces(text, pictures))
    said = "".join(one if isinstance(one, str) else f"![{one.name}]" for one in found)
    assert "".join(said.split()) == "".join(text.split())


@pytest.mark.one_database
def test_a_photograph_taken_upright_has_its_sides_as_it_is_shown(app: Any) -> None:
    from PIL import Image

    held = io.BytesIO()
    exif = Image.Exif()
    exif[file_types.ORIENTATION] = 6
    Image.new("L", (40, 30)).save(held, "JPEG", exif=exif)
    with app.app_context():
        kept = storage.keep(held.getvalue(), "photo.jpg", families=("image",))
    assert (kept.type.width, kept.type.height) == (30, 40)


def test_a_change_of_many_items_leaves_them_their_pictures(bench: Bench, instructor: CheckingClient) -> None:
    send(instructor, "/items/new?type=A1", PUMP)
    save(instructor)
    item, _body = newest(bench)
    done(bench, Act.MODULE, "pain", [item.id])
    with bench.looking():
        versions = select(ItemVersion.version).join(ItemPicture, ItemPicture.item_version_id == ItemVersion.id)
        assert set(db.session.scalars(versions.where(ItemVersion.item_id == item.id))) == {1, 2}
