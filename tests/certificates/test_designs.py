"""Designs: written, looked at on hard names, approved by somebody else, printed with; hostile ones come nowhere."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certificates import tasks
from certificates.design import Design, house_design
from certificates.designs import proofs, rules, trial
from certificates.designs.models import CertificateDesign, DesignState, PrintedWith
from certificates.designs.rules import Problem
from certificates.fields import CertificateFields
from certificates.models import Certificate, CertificateDocument
from tests.certificates.conftest import Class
from tests.client import main_text
from tests.pages import form_of
from training.core import fonts
from training.core.db import db, reading, transaction
from training.core.fonts import Typefaces
from training.core.scopes import Scope
from training.places.models import Region, TrainingBase

ROOT = Path(__file__).parents[2]
COORDINATOR = "13900000011"
STRANGER = "13900000021"
OFFICER = "13900000002"
CITY_OFFICER = "13900000003"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.fixture(scope="module")
def typefaces() -> Typefaces:
    """The fonts of this machine."""
    return fonts.find_typefaces(ROOT / "node_modules", ROOT / "build" / "fonts")


def changed(page: str = "", sheet: str = "", frame: str = "") -> Design:
    """The house's design with something more in it."""
    house = house_design()
    return Design(
        house.page.replace("</body>", f"{page}</body>"),
        f"{house.sheet}\n{sheet}",
        house.frame.replace(b"</svg>", f"{frame}</svg>".encode()),
    )


def test_the_houses_own_design_is_sound() -> None:
    assert rules.faults(house_design()) == []


@pytest.mark.parametrize(
    "page",
    [
        "{% for a in range(10**9) %}x{% endfor %}",
        "{{ 'a' * 999999999 }}",
        "{{ 2 ** 999999999 }}",
        "{{ 'a'|center(999999999) }}",
        "{{ c.person_name.format }}",
        "{{ c.person_name.ljust(999999999) }}",
        "{{ c.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in facts recursive %}{{ loop(facts) }}{% endfor %}",
        "{% for a in facts %}{% for b in facts %}{% for d in facts %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% set a = 'x' ~ 'y' %}",
        "{% set a %}x{% endset %}",
        "{% include 'x' %}",
        "{% import 'x' as x %}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{% set c = 1 %}",
        "{{ c.nothing }}",
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    ],
)
def test_a_page_that_could_run_or_reach_too_far_is_refused_unrun(page: str) -> None:
    assert rules.page_faults(page)


def test_macros_that_grow_tenfold_with_each_other_are_counted_before_they_run() -> None:
    page = "{% macro a0() %}xxxxxxxxxx{% endmacro %}"
    for number in range(1, 9):
        page += f"{{% macro a{number}() %}}" + f"{{{{ a{number - 1}() }}}}" * 10 + "{% endmacro %}"
    assert [one.problem for one in rules.page_faults(page + "{{ a8() }}")] == [Problem.TOO_MUCH]


def test_a_fault_names_its_line() -> None:
    [fault] = rules.page_faults("<p>\n<p>\n{% if %}")
    assert (fault.problem, fault.line) == (Problem.SYNTAX, 3)
    [fault] = rules.page_faults("<p>\n{{ c.person_nam }}")
    assert (fault.problem, fault.line, fault.detail) == (Problem.UNKNOWN, 2, "c.person_nam")


@pytest.mark.parametrize(
    "sheet",
    [
        "@import 'x.css';",
        "@font-face { font-family: x; src: local(x) }",
        "a { background: url(http://example.org/x.png) }",
        "a { background: url(anning:photo.jpg) }",
        "a { background: u\\72l(file:///etc/passwd) }",
        'a { background: url("data:image/png;base64,AAAA") }',
        "a { background: image-set('x' 1x) }",
        "a { --b: 1; width: var(--b) }",
    ],
)
def test_a_style_sheet_that_fetches_is_refused(sheet: str) -> None:
    assert rules.sheet_faults(sheet)


@pytest.mark.parametrize(
    "frame",
    [
        SVG.format("<script>1</script>"),
        SVG.format('<image href="file:///etc/passwd"/>'),
        SVG.format('<g onclick="x"/>'),
        SVG.format('<use xlink:href="#a"/>'),
        SVG.format('<rect fill="url(http://example.org/x)"/>'),
        SVG.format("<style>@import 'x'</style>"),
        SVG.format("<text>甲</text>"),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format(""),
        "<svg",
        "",
        "<html/>",
        SVG.format("<g/>" * (rules.MOST_ELEMENTS + 1)),
    ],
)
def test_a_frame_that_is_more_than_lines_is_refused(frame: str) -> None:
    assert rules.frame_faults(frame.encode())


def test_a_part_that_is_too_large_is_not_even_read() -> None:
    [fault] = rules.faults(changed(page="x" * rules.LONGEST["page"]))
    assert (fault.problem, fault.part) == (Problem.TOO_LARGE, "page")


def test_every_hard_name_is_printed_and_shown(typefaces: Typefaces) -> None:
    proved = proofs.prove(house_design(), typefaces)
    assert proved.sound
    assert [one.kind for one in proved.proofs] == [*proofs.hard_names(), proofs.BARE, proofs.DUPLICATE]
    assert all(one.picture.startswith(b"\xff\xd8") for one in proved.proofs if not one.fault)


@pytest.mark.parametrize(
    ("design", "problem"),  # here and not in a process of its own, which would take four seconds each
    [
        (changed(page='<img src="data:image/png;base64,AAAA">'), Problem.RESOURCE),
        (changed(page='<img src="file:///etc/passwd">'), Problem.RESOURCE),
        (changed(page='<a href="https://example.org/">x</a>'), Problem.RESOURCE),
        (changed(page='<link rel="stylesheet" href="x.css">'), Problem.ELEMENT),
        (changed(page='<p style="color: red">x</p>'), Problem.NOT_OFFERED),
        (changed(page='<p>{{ c.photo }}</p><img src="anning:photo.jpg" alt="">'), Problem.RESOURCE),
        (changed(page="<p>\U000323a0</p>"), Problem.GLYPH),
        (changed(sheet='h1 span::after { content: "\U000323a0" }'), Problem.GLYPH),
        (changed(sheet=".statement { padding-top: 150mm }"), Problem.OVERFLOW),
    ],
)
def test_what_goes_wrong_on_paper_is_told(design: Design, problem: Problem, typefaces: Typefaces) -> None:
    assert rules.faults(design) == []
    ordinary = CertificateFields.from_dict(proofs.example("王敏"))
    assert trial.tried(ordinary, design, typefaces)["problem"] == problem.value


@pytest.mark.parametrize(
    ("sheet", "kind", "told"),
    [
        (".check { display: none }", "ordinary", "AN-2026-7K3-M9Q-XB4"),
        (".facts { display: none }", proofs.DUPLICATE, "补发"),
    ],
)
def test_a_design_prints_the_number_and_that_a_paper_is_a_duplicate(
    sheet: str, kind: str, told: str, typefaces: Typefaces
) -> None:
    house, design = house_design(), changed(sheet=sheet)
    people = {one: CertificateFields.from_dict(fields) for one, fields in proofs.people_of(house)}
    answer = trial.tried(people[kind], design, typefaces)
    assert (answer["problem"], answer["detail"]) == (Problem.LACKING.value, told)
    assert "picture" in trial.tried(people[kind], house, typefaces)


@pytest.mark.parametrize(
    ("design", "patience"),
    [
        (changed(page="<p>" * 5000), 1),  # it would take half a minute
        (changed(sheet="@page { size: 1000000mm 1000000mm; background-size: 0.01mm; background-repeat: repeat }"), 30),
    ],
)
def test_what_takes_too_long_or_too_much_memory_is_stopped(
    design: Design, patience: float, typefaces: Typefaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "PATIENCE", patience)
    proved = proofs.prove(design, typefaces)
    assert not proved.sound
    fault = proved.proofs[-1].fault
    assert fault is not None
    assert fault.problem is Problem.TOO_LONG


# ---- kept, approved, printed with ----


def base_scope(app: Flask) -> int:
    """The scope of the base `jn`."""
    with app.app_context(), reading():
        return db.session.scalars(select(TrainingBase.scope_id).where(TrainingBase.code == "B-jn")).one()


def province_scope(app: Flask) -> int:
    """The scope of the province."""
    with app.app_context(), reading():
        return db.session.scalars(
            select(Scope.id).join(Region, Region.scope_id == Scope.id).where(Region.code == "370000")
        ).one()


def begin(client: Any, scope_id: int) -> str:
    """Begin a design as the page does; returns its address."""
    answer = client.post("/certificates/designs/", data={"scope_id": scope_id})
    assert answer.status_code == 303
    return str(answer.location)


def put(client: Any, address: str, design: Design) -> None:
    """Save a draft as the page does."""
    data = {"page": design.page, "sheet": design.sheet, "frame": design.frame.decode()}
    assert client.post(address, data=data).status_code == 303


@pytest.mark.world
def test_a_design_is_approved_by_another_and_printed_with_from_then_on(group: Class, app: Flask, as_):
    group.enrol("王敏")
    group.enrol("李强")
    before = group.issue("王敏")
    writer, other = as_(COORDINATOR, "en"), as_(OFFICER, "en")
    address = begin(writer, base_scope(app))
    put(writer, address, changed(page="<p class='own'>本基地式样</p>", sheet=".own { position: absolute; top: 0 }"))
    answer = writer.post(f"{address}/approve")
    assert answer.status_code == 409
    assert "somebody else approves it" in main_text(answer)
    assert other.post(f"{address}/approve").status_code == 303
    after = group.issue("李强")
    assert _design_of(app, after) == int(address.rsplit("/", 1)[1]) != _design_of(app, before)
    assert "本基地式样" in _printed(app, after)
    assert "本基地式样" not in _printed(app, before)
    put_again = writer.post(address, data={"page": "x", "sheet": "x", "frame": "x"})
    assert put_again.status_code == 409


def _design_of(app: Flask, certificate: Certificate) -> int | None:
    with app.app_context(), reading():
        found = db.session.get(PrintedWith, certificate.id)
        return found.design_id if found else None


def _printed(app: Flask, certificate: Certificate) -> str:
    with app.app_context():
        tasks.render_document(certificate.id)
        with reading():
            kept = db.session.get_one(CertificateDocument, certificate.id).pdf
    return "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(kept)).pages)


@pytest.mark.world
def test_the_nearest_approved_design_is_in_force_else_the_houses_own(group: Class, app: Flask, as_):
    with app.app_context(), transaction():
        province = _approved(group, province_scope_inside(), 90)
        db.session.add(province)
        db.session.flush()
        own = db.session.scalars(
            select(CertificateDesign.id).where(
                CertificateDesign.state == DesignState.APPROVED, CertificateDesign.scope_id != province.scope_id
            )
        ).first()
    for name, address, wanted in (("甲", own, own), ("乙", province.id, province.id), ("丙", None, None)):
        group.enrol(name)
        assert _design_of(app, group.issue(name)) == wanted
        if address:
            assert as_(OFFICER).post(f"/certificates/designs/{address}/retire").status_code == 303


def _approved(group: Class, scope_id: int, version: int) -> CertificateDesign:
    from training.core import clock

    house = house_design()
    return CertificateDesign(
        scope_id=scope_id,
        version=version,
        state=DesignState.APPROVED,
        page=house.page,
        sheet=house.sheet,
        frame=house.frame.decode(),
        written_by_id=group.actor("coordinator.jn").id,
        written_at=clock.now(),
        approved_by_id=group.actor("officer").id,
        approved_at=clock.now(),
    )


@pytest.mark.world
@pytest.mark.parametrize("change", ["page = 'x'", "state = 'draft'", "approved_at = '2020-01-01'", "version = 5"])
def test_the_database_keeps_what_was_approved(group: Class, app: Flask, change: str):
    with app.app_context():
        with transaction():
            db.session.add(_approved(group, province_scope_inside(), 91))
        for statement in (
            f"UPDATE certificate_design SET {change} WHERE version = 91",
            "DELETE FROM certificate_design",
        ):
            with pytest.raises(DBAPIError), transaction():
                db.session.execute(text(statement))


def province_scope_inside() -> int:
    """The province's scope, within a transaction."""
    return db.session.scalars(
        select(Scope.id).join(Region, Region.scope_id == Scope.id).where(Region.code == "370000")
    ).one()


@pytest.mark.world
def test_the_design_of_a_certificate_never_changes(group: Class, app: Flask):
    group.enrol("王敏")
    assert _design_of(app, group.issue("王敏"))
    with app.app_context():
        for statement in ("UPDATE certificate_printed_with SET design_id = 1", "DELETE FROM certificate_printed_with"):
            with pytest.raises(DBAPIError, match="append-only"), transaction():
                db.session.execute(text(statement))


@pytest.mark.world
def test_the_preview_shows_pictures_and_keeps_nothing(app: Flask, as_):
    client = as_(CITY_OFFICER, "en")
    address = begin(client, base_scope(app))
    house = house_design()
    data = {"page": house.page, "sheet": house.sheet, "frame": house.frame.decode()}
    answer = client.post(f"{address}/preview", data=data)
    assert answer.status_code == 200
    assert "Every name is printed right." in main_text(answer)
    assert answer.get_data(as_text=True).count("data:image/jpeg;base64,") == len(proofs.hard_names()) + 2
    data["page"] = "<p>\n{{ c.nobody }}</p>"
    words = main_text(client.post(f"{address}/preview", data=data))
    assert "Page, line 2: there is no field “c.nobody”" in words
    assert "{{ nothing }}" in form_of(client.get(address), address).values["page"]


@pytest.mark.world
def test_a_frame_may_come_as_a_file(app: Flask, as_):
    client = as_(COORDINATOR, "en")
    address = begin(client, base_scope(app))
    data = {"page": "<p>x</p>", "sheet": "p { color: red }", "frame": "", "frame_file": (BytesIO(b"<svg/>"), "a.svg")}
    assert client.post(address, data=data, content_type="multipart/form-data").status_code == 303
    data = {"page": "<p>x</p>", "sheet": "p { color: red }", "frame": "", "frame_file": (BytesIO(b"\xff\xfe"), "a.svg")}
    assert client.post(address, data=data, content_type="multipart/form-data").status_code == 422


@pytest.mark.world
def test_designs_of_other_places_are_not_there(app: Flask, as_):
    address = begin(as_(COORDINATOR), base_scope(app))
    assert as_(STRANGER).get(address).status_code == 404
    assert as_(COORDINATOR).post("/certificates/designs/", data={"scope_id": province_scope(app)}).status_code == 422
    assert begin(as_(COORDINATOR), base_scope(app)) == address  # begun twice it is one draft
