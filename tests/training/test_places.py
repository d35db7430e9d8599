"""Regions, institutions, training bases and alliances: who keeps them, what is refused, and what an end means."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import world
from tests.client import CheckingClient, client_for
from tests.counting import counting
from tests.pages import main_text
from training.accounts import queries as accounts
from training.core import clock
from training.core.audit import AuditLine
from training.core.db import db, reading, transaction
from training.core.errors import Conflict, Invalid
from training.core.scopes import Scope
from training.places import queries, services
from training.places.models import Alliance, AllianceMember, Institution, Region, TrainingBase
from training.reports import catalogue

NEW = {
    "name_zh": "历下区安宁护理院",
    "name_en": "Lixia Nursing Home",
    "kind": "nursing_home",
    "place": "370102",
    "beds": "12",
    "code": "LX-1",
}


@pytest.fixture
def officer(app: Flask) -> CheckingClient:
    return client_for(app, world.people(app)["officer"])


def anning(app: Flask, *words: str) -> str:
    """What a command prints; it must be done."""
    with app.app_context():
        result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 0, result.output
    return result.output


def of_code(app: Flask, model: Any, code: str) -> Any:
    with app.app_context(), reading():
        return db.session.scalars(select(model).where(model.code == code)).one_or_none()


def verbs(app: Flask) -> list[str]:
    with app.app_context(), reading():
        return list(db.session.scalars(select(AuditLine.verb).order_by(AuditLine.id.desc()).limit(6)))


def path_of(app: Flask, base: TrainingBase) -> str:
    with app.app_context(), reading():
        return db.session.get_one(Scope, base.scope_id).path


@pytest.mark.one_database
def test_the_table_of_regions_is_whole() -> None:
    with files("training.places").joinpath("regions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert Counter(one["kind"] for one in rows) == {"province": 1, "city": 16, "county": 136}
    by_code = {one["code"]: one for one in rows}
    assert len(by_code) == len(rows)
    for one in rows:
        if one["kind"] == "county":
            assert one["parent_code"] == one["code"][:4] + "00"
            assert by_code[one["parent_code"]]["kind"] == "city"
            assert one["name_en"].endswith({"区": " District", "县": " County", "市": " City"}[one["name_zh"][-1]])
    names = {one["name_zh"]: one["name_en"] for one in rows}
    for zh, en in {
        "乐陵市": "Laoling City",
        "莘县": "Shen County",
        "单县": "Shan County",
        "莒县": "Ju County",
        "曲阜市": "Qufu City",
        "阳谷县": "Yanggu County",
        "临朐县": "Linqu County",
        "郯城县": "Tancheng County",
        "长清区": "Changqing District",
        "蓬莱区": "Penglai District",
        "东阿县": "Dong'e County",
        "台儿庄区": "Tai'erzhuang District",
        "莱芜区": "Laiwu District",
    }.items():
        assert names[zh] == en


def test_init_db_brings_the_regions_once_and_what_came_later(app: Flask) -> None:
    assert "153 regions added" in anning(app, "init-db")
    with app.app_context(), transaction():
        last = db.session.get_one(Region, "371728")
        scope = db.session.get_one(Scope, last.scope_id)
        assert (scope.name_zh, scope.name_en) == ("菏泽市东明县", "Dongming County, Heze")
        db.session.delete(last)
        db.session.flush()
        db.session.delete(scope)
    assert "1 regions added" in anning(app, "init-db")
    assert "All regions are there" in anning(app, "init-db")
    with app.app_context(), reading():
        paths = db.session.scalars(select(Scope.path).join(Region, Region.scope_id == Scope.id))
        assert len(set(paths)) == 153


def test_the_sample_still_goes_into_a_database_that_holds_only_regions(app: Flask) -> None:
    anning(app, "init-db")
    anning(app, "sample-data", "--small")
    with app.app_context():
        assert app.test_cli_runner().invoke(args=["sample-data"]).exit_code == 1


@pytest.mark.world
def test_an_institution_is_added_changed_and_found_again(app: Flask, officer: CheckingClient) -> None:
    answer = officer.post("/places/new", data=NEW)
    assert answer.status_code == 303, main_text(answer)
    page = main_text(officer.get(answer.location))
    assert "济南市 · 历下区" in page
    assert "护理院" in page
    answer = officer.post(f"{answer.location}/edit", data={**NEW, "place": "370100", "beds": "0"})
    made = of_code(app, Institution, "LX-1")
    assert (made.city_code, made.county_code, made.beds) == ("370100", None, 0)
    assert {"institution.add", "institution.change"} <= set(verbs(app))
    for asked, there in {
        "?q=历下": True,
        "?q=lixia": True,
        "?q=LX-1": True,
        "?city=370100": True,
        "?city=370200": False,
        "?kind=hospital": False,
        "?ended=y": False,
        "?q=历下&kind=nursing_home&city=370100": True,
    }.items():
        assert (NEW["name_zh"] in main_text(officer.get(f"/places/{asked}"))) is there, asked


@pytest.mark.world
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"name_en": "x" * 201}, "name_en"),
        ({"kind": "palace"}, "kind"),
        ({"place": "110101"}, "place"),
        ({"place": "370000"}, "place"),
        ({"beds": "-1"}, "beds"),
        ({"beds": "many"}, "beds"),
        ({"beds": "99999999999"}, "beds"),
        ({"code": ""}, "code"),
        ({"code": "W-qd"}, "code"),
    ],
)
def test_a_bad_institution_is_told_beside_the_field(
    app: Flask, officer: CheckingClient, changed: dict[str, str], field: str
) -> None:
    answer = officer.post("/places/new", data=NEW | changed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert of_code(app, Institution, "LX-1") is None


@pytest.mark.world
def test_what_is_sent_twice_is_there_once(app: Flask, officer: CheckingClient) -> None:
    sent = {"name_zh": "新基地", "name_en": "New Base", "institution": "W-jn", "code": "NB"}
    allied = {"name_zh": "新联盟", "name_en": "New Alliance", "lead": "W-jn", "code": "NA"}
    for address, data in (("/places/new", NEW), ("/places/bases/new", sent), ("/places/alliances/new", allied)):
        assert officer.post(address, data=data).status_code == 303
        again = officer.post(address, data=data)
        assert again.status_code == 422
        assert "重复提交" in main_text(again)
    with app.app_context(), reading():
        assert db.session.scalar(select(func.count()).where(Institution.code == "LX-1")) == 1


@pytest.mark.world
def test_a_county_lies_in_its_city(app: Flask) -> None:
    asked: dict[str, Any] = {"code": "X", "name_zh": "某院", "name_en": "X", "kind": "hospital", "beds": 1}
    with app.app_context():
        for city, county in (("370200", "370102"), ("370100", "370200"), ("370100", "999999"), ("370000", None)):
            with pytest.raises(Invalid), transaction():
                services.add_institution(**asked, city_code=city, county_code=county)
        with transaction():
            made = services.add_institution(**asked, city_code="370100", county_code="370102")
        with pytest.raises(Conflict), transaction():
            services.add_institution(**asked, city_code="370100")
        assert made.county_code == "370102"


@pytest.mark.world
def test_a_base_moves_into_another_county_with_all_below_and_its_city_keeps_its_figures(
    app: Flask, officer: CheckingClient
) -> None:
    base, there = of_code(app, TrainingBase, "B-jn"), of_code(app, Institution, "W-jn")
    facts = {"name_zh": "jn医院", "name_en": "Hospital jn", "kind": "hospital", "beds": "10", "code": "W-jn"}
    before = path_of(app, base)
    assert officer.post(f"/places/{there.id}/edit", data=facts | {"place": "370102"}).status_code == 303
    after = path_of(app, base)
    with app.app_context(), reading():
        county = queries.scope_of_region("370102").path
        assert after == f"{county}{base.scope_id}/"
        paths = list(db.session.scalars(select(Scope.path).where(Scope.path.contains(f"/{base.scope_id}/"))))
        assert len(paths) > 1
        assert all(one.startswith(after) for one in paths)
        seen = catalogue.load((county,))
        assert seen.offered["city"] == frozenset()
        assert seen.sight.bases == {base.id}
        city = catalogue.load((queries.scope_of_region("370100").path,))
        assert city.offered["city"] == {"370100"}
        assert city.sight.bases == frozenset()
    assert before != after
    assert client_for(app, world.people(app)["coordinator.jn"]).get("/cohorts/").status_code == 200
    moved = officer.post(f"/places/{there.id}/edit", data=facts | {"place": "370200"})
    assert moved.status_code == 409
    assert "培训基地" in main_text(moved)
    assert of_code(app, Institution, "W-jn").city_code == "370100"


@pytest.mark.world
def test_a_base_gets_other_names_where_roles_are_given_too(app: Flask, officer: CheckingClient) -> None:
    base = of_code(app, TrainingBase, "B-jn")
    sent = {"name_zh": "济南新名基地", "name_en": "Base of a New Name"}
    assert officer.post(f"/places/bases/{base.id}/edit", data=sent).status_code == 303
    assert "济南新名基地" in main_text(officer.get("/places/bases/"))
    with app.app_context(), reading():
        assert db.session.get_one(Scope, base.scope_id).name_en == "Base of a New Name"
    assert verbs(app)[0] == "base.change"
    assert officer.post(f"/places/bases/{base.id}/edit", data={**sent, "name_zh": ""}).status_code == 422


@pytest.mark.world
def test_an_alliance_gathers_members_and_changes_its_lead(app: Flask, officer: CheckingClient) -> None:
    assert officer.post("/places/new", data=NEW).status_code == 303
    alliance, member = of_code(app, Alliance, "A-jn"), of_code(app, Institution, "LX-1")
    here = f"/places/alliances/{alliance.id}"
    for _twice in range(2):
        assert officer.post(f"{here}/members", data={"institution": NEW["name_zh"]}).status_code == 303
    assert verbs(app).count("alliance.join") == 1
    lead = of_code(app, Institution, "W-jn")
    assert officer.post(f"{here}/members/{lead.id}/remove").status_code == 409
    sent = {"name_zh": "联盟", "name_en": "Alliance", "lead": "lx-1"}
    assert officer.post(f"{here}/edit", data=sent).status_code == 303
    for _twice in range(2):
        assert officer.post(f"{here}/members/{lead.id}/remove").status_code == 303
    with app.app_context(), reading():
        kept = select(AllianceMember.institution_id).where(AllianceMember.alliance_id == alliance.id)
        assert list(db.session.scalars(kept)) == [member.id]
    unknown = officer.post(f"{here}/members", data={"institution": "历下"})
    assert unknown.status_code == 422
    assert f"{NEW['name_zh']} (LX-1)" in main_text(unknown)
    assert "联盟" in main_text(officer.get(f"/places/{member.id}"))


@pytest.mark.world
def test_what_has_ended_is_offered_nowhere_and_keeps_its_people(app: Flask, officer: CheckingClient) -> None:
    assert officer.post("/places/new", data=NEW).status_code == 303
    ended, people = of_code(app, Institution, "LX-1"), world.people(app)
    with app.app_context(), transaction():
        accounts.person(people["candidate"].id).institution_id = ended.id
    sent = {"ended_on": clock.today().isoformat(), "successor": "W-jn"}
    assert officer.post(f"/places/{ended.id}/end", data=sent).status_code == 303
    assert officer.post(f"/places/{ended.id}/end", data=sent).status_code == 409
    name, administrator = NEW["name_zh"], client_for(app, people["administrator"])
    assert name not in administrator.get("/people/add").get_data(as_text=True)
    assert name in main_text(administrator.get(f"/people/{people['candidate'].id}"))
    assert name not in main_text(administrator.get("/places/"))
    assert name in main_text(administrator.get("/places/?ended=y"))
    door = client_for(app)
    assert name not in main_text(door.get(f"/institution?q={name[:3]}"))
    assert door.post("/institution", data={"institution_id": ended.id}).status_code == 422
    own = client_for(app, people["candidate"]).get("/account/data/correction").get_data(as_text=True)
    assert f'selected value="{ended.id}"' in own
    with app.app_context(), reading():
        assert ended.id not in {one.id for one in queries.institutions()}
        assert queries.institution_called(name) is None
    base = {"name_zh": "新基地", "name_en": "New", "institution": "LX-1", "code": "NB"}
    assert officer.post("/places/bases/new", data=base).status_code == 422
    shown = main_text(officer.get(f"/places/{ended.id}"))
    assert "jn医院" in shown
    assert officer.post(f"/places/{ended.id}/reopen").status_code == 303
    assert officer.post(f"/places/{ended.id}/reopen").status_code == 409
    assert name in administrator.get("/people/add").get_data(as_text=True)
    assert {"institution.end", "institution.reopen"} <= set(verbs(app))


@pytest.mark.world
def test_what_it_holds_goes_to_a_successor_in_its_city(app: Flask, officer: CheckingClient) -> None:
    assert officer.post("/places/new", data=NEW).status_code == 303
    old, new = of_code(app, Institution, "W-jn"), of_code(app, Institution, "LX-1")
    today = clock.today()
    for successor, status in (("", 409), ("W-qd", 422), ("W-jn", 422), ("没有", 422), ("LX-1", 303)):
        sent = {"ended_on": today.isoformat(), "successor": successor}
        assert officer.post(f"/places/{old.id}/end", data=sent).status_code == status, successor
    base = of_code(app, TrainingBase, "B-jn")
    assert base.institution_id == new.id
    assert of_code(app, Alliance, "A-jn").lead_id == new.id
    with app.app_context(), reading():
        assert path_of(app, base).startswith(queries.scope_of_region("370102").path)
    assert NEW["name_zh"] in main_text(officer.get("/places/bases/"))
    assert client_for(app, world.people(app)["coordinator.jn"]).get("/cohorts/").status_code == 200


@pytest.mark.world
def test_an_end_to_come_is_no_end_yet(app: Flask, officer: CheckingClient) -> None:
    assert officer.post("/places/new", data=NEW).status_code == 303
    made = of_code(app, Institution, "LX-1")
    sent = {"ended_on": (clock.today() + timedelta(days=1)).isoformat()}
    assert officer.post(f"/places/{made.id}/end", data=sent).status_code == 303
    with app.app_context(), reading():
        assert made.id in {one.id for one in queries.institutions()}


@pytest.mark.world
def test_an_officer_of_another_city_finds_nothing_and_adds_nothing_here(app: Flask) -> None:
    stranger = client_for(app, world.people(app)["officer.qd"])
    here, base = of_code(app, Institution, "W-jn"), of_code(app, TrainingBase, "B-jn")
    alliance = of_code(app, Alliance, "A-jn")
    for address in (f"/places/{here.id}", f"/places/bases/{base.id}/edit", f"/places/alliances/{alliance.id}"):
        assert stranger.get(address).status_code == 404
    assert "jn医院" not in main_text(stranger.get("/places/"))
    assert stranger.post("/places/new", data=NEW).status_code == 422
    sent = {"name_zh": "新基地", "name_en": "New", "institution": "W-jn", "code": "NB"}
    assert stranger.post("/places/bases/new", data=sent).status_code == 422
    own = of_code(app, Alliance, "A-qd")
    assert stranger.post(f"/places/alliances/{own.id}/members", data={"institution": "W-jn"}).status_code == 422


@pytest.mark.world
@pytest.mark.one_database
def test_no_role_has_more_than_seven_entries_in_its_menu(app: Flask) -> None:
    for name, (_mobile, role, _where) in world.PEOPLE.items():
        if role is not None:
            page = client_for(app, world.people(app)[name]).get("/welcome").get_data(as_text=True)
            menu = page[page.index('<nav class="menu"') :].partition("</nav>")[0]
            assert menu.count("<li>") <= 7, name
            assert ("/places/" in menu) is (name.startswith(("officer", "administrator"))), name


@pytest.mark.world
def test_the_list_asks_no_more_for_more_institutions(app: Flask, officer: CheckingClient) -> None:
    with counting(app) as few:
        officer.get("/places/")
    with app.app_context(), transaction():
        for number, city in enumerate(queries.cities()):
            made = services.add_institution(
                code=f"N{number}", name_zh=f"院{number}", name_en=f"N {number}", city_code=city.code, kind="x", beds=1
            )
            services.add_base(made, code=f"NB{number}", name_zh=f"基地{number}", name_en=f"NB {number}")
            services.add_alliance(code=f"NA{number}", name_zh=f"盟{number}", name_en=f"NA {number}", lead=made)
    with counting(app, exactly=len(few)):
        page = main_text(officer.get("/places/"))
    assert "其他机构" in page
    assert "盟15" in page
    for address in ("/places/bases/", "/places/alliances/"):
        with counting(app, at_most=3):
            officer.get(address)
