"""counties, institutions that end, alliances."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "training_012"
down_revision = "training_011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = "kind IN ('province', 'city')"
AFTER = "kind IN ('province', 'city', 'county')"
NEW_COLUMNS = ("county_code", "ended_on", "successor_id")


def upgrade() -> None:
    """Go up; the counties themselves come with `anning init-db` or `anning serve`."""
    _allow_regions(AFTER)
    with op.batch_alter_table("institution") as batch_op:
        batch_op.add_column(sa.Column("county_code", sa.String(length=6), nullable=True))
        batch_op.add_column(sa.Column("ended_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("successor_id", BIG, nullable=True))
        batch_op.create_index(batch_op.f("ix_institution_county_code"), ["county_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_institution_successor_id"), ["successor_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_institution_county_code_region"), "region", ["county_code"], ["code"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_institution_successor_id_institution"), "institution", ["successor_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_institution_successor_after_end"), sa.text("successor_id IS NULL OR ended_on IS NOT NULL")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_institution_successor_is_another"), sa.text("successor_id <> id")
        )
    _create_alliances()


def _allow_regions(kinds: str) -> None:
    with op.batch_alter_table("region") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_region_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_region_kind"), sa.text(kinds))


def _create_alliances() -> None:
    op.create_table(
        "alliance",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("lead_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["institution.id"], name=op.f("fk_alliance_lead_id_institution")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alliance")),
        sa.UniqueConstraint("code", name=op.f("uq_alliance_code")),
    )
    op.create_index(op.f("ix_alliance_lead_id"), "alliance", ["lead_id"], unique=False)
    op.create_table(
        "alliance_member",
        sa.Column("alliance_id", BIG, nullable=False),
        sa.Column("institution_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["alliance_id"], ["alliance.id"], name=op.f("fk_alliance_member_alliance_id_alliance")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_alliance_member_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("alliance_id", "institution_id", name=op.f("pk_alliance_member")),
    )
    op.create_index(op.f("ix_alliance_member_institution_id"), "alliance_member", ["institution_id"], unique=False)


def downgrade() -> None:
    """Go back; what lies below a county goes below its city, and anything else that needs a county stops it."""
    op.drop_table("alliance_member")
    op.drop_table("alliance")
    with op.batch_alter_table("institution") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_institution_successor_is_another"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_institution_successor_after_end"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_institution_successor_id_institution"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_institution_county_code_region"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_institution_successor_id"))
        batch_op.drop_index(batch_op.f("ix_institution_county_code"))
        for column in NEW_COLUMNS:
            batch_op.drop_column(column)
    _take_counties_away()
    _allow_regions(BEFORE)


def _take_counties_away() -> None:
    connection = op.get_bind()
    scope = sa.table("scope", sa.column("id"), sa.column("parent_id"), sa.column("path", sa.String))
    region = sa.table("region", sa.column("kind"), sa.column("scope_id"))
    counties = sa.select(scope).join(region, region.c.scope_id == scope.c.id).where(region.c.kind == "county")
    found = connection.execute(counties).all()
    connection.execute(region.delete().where(region.c.kind == "county"))
    for number, city, path in found:
        above = path.removesuffix(f"{number}/")
        children = scope.update().where(scope.c.parent_id == number)
        connection.execute(children.values(parent_id=city))
        below = scope.update().where(scope.c.path.startswith(path), scope.c.id != number)
        connection.execute(below.values(path=above + sa.func.substr(scope.c.path, len(path) + 1)))
        connection.execute(scope.delete().where(scope.c.id == number))
