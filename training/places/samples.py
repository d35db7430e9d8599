"""The sample's places: the regions, a few invented institutions, two training bases."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from training.core import clock, sample
from training.core.db import db
from training.core.scopes import Scope
from training.places import alliances, services
from training.places.models import Region

PROVINCE = "370000"


@sample.step("places", 10)
def add_places(shared: dict[str, Any]) -> None:
    """Leave `institutions` and `bases` by code, `province_scope`, and `now`, from which all steps count back.

    `serves` names by base code the institutions whose people a base trains.
    """
    content = json.loads(files("training.places").joinpath("sample.json").read_text(encoding="utf-8"))
    shared["now"] = clock.now()
    services.load_regions()
    shared["province_scope"] = db.session.scalars(
        select(Scope).join(Region, Region.scope_id == Scope.id).where(Region.code == PROVINCE)
    ).one()
    shared["institutions"] = {
        one["code"]: services.add_institution(
            code=one["code"],
            name_zh=one["name"]["zh"],
            name_en=one["name"]["en"],
            city_code=one["city_code"],
            kind=one["kind"],
            beds=one["beds"],
        )
        for one in content["institutions"]
    }
    shared["bases"] = {
        one["code"]: services.add_base(
            shared["institutions"][one["institution_code"]],
            code=one["code"],
            name_zh=one["name"]["zh"],
            name_en=one["name"]["en"],
        )
        for one in content["bases"]
    }
    about = content["alliance"]
    alliances.add_alliance(
        code=about["code"],
        name_zh=about["name"]["zh"],
        name_en=about["name"]["en"],
        lead=shared["institutions"][about["lead"]],
        members=[shared["institutions"][code] for code in about["members"]],
    )
    shared["serves"] = {
        base: [one for one in shared["institutions"].values() if one.city_code in cities]
        for base, cities in content["serves"].items()
    }
