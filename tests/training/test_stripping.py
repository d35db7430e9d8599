"""Pictures are kept without what cameras note beside them; their pixels, colours and way up stay."""

from __future__ import annotations

import io
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps, ImageStat

from tests import media_files as made
from training.core import file_types, storage, stripping

PROFILE = b"a colour profile" * 9
KINDS = ("JPEG", "PNG", "WEBP")
pytestmark = pytest.mark.one_database


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def is_clean(data: bytes) -> bool:
    picture = opened(data)
    noted = {"exif", "xmp", "comment", "Author", "Comment", "XML:com.adobe.xmp", "photoshop", "mp"} & set(picture.info)
    return not (noted or dict(picture.getexif()) or any(secret in data for secret in made.SECRETS))


def differs(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of the pixels (0 to 255) in the colour that differs most."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize("kind", KINDS)
def test_place_and_device_go_and_the_pixels_stay(kind: str) -> None:
    photograph = made.photograph(kind, icc_profile=PROFILE)
    before = opened(photograph)
    assert before.getexif().get_ifd(0x8825)[2] == (36.0, 40.0, 12.0)
    assert not is_clean(photograph)
    kept = stripping.without_notes(photograph)
    assert is_clean(kept)
    assert opened(kept).tobytes() == before.tobytes()
    assert opened(kept).info["icc_profile"] == PROFILE
    assert stripping.without_notes(kept) == kept


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_blocks": 1}, {"keep_rgb": True}])
def test_every_way_of_packing_a_photograph_keeps_its_pixels(options: dict[str, Any]) -> None:
    photograph = made.photograph(**options)
    kept = stripping.without_notes(photograph)
    assert is_clean(kept)
    assert opened(kept).tobytes() == opened(photograph).tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_turned_photograph_stays_the_right_way_up(kind: str, orientation: int) -> None:
    photograph = made.photograph(kind, orientation, icc_profile=PROFILE)
    upright = ImageOps.exif_transpose(opened(photograph))
    kept = stripping.without_notes(photograph)
    assert is_clean(kept)
    assert opened(kept).size == upright.size == ((48, 32) if orientation < 5 else (32, 48))
    assert differs(opened(kept), upright) < 4, "packed anew: nearly the same"
    assert differs(upright, upright.rotate(180)) > 20, "the other way round it would be another picture"
    assert opened(kept).info["icc_profile"] == PROFILE


def test_a_turned_picture_that_was_packed_without_loss_is_again() -> None:
    photograph = made.photograph("WEBP", 6, lossless=True)
    assert differs(opened(stripping.without_notes(photograph)), ImageOps.exif_transpose(opened(photograph))) == 0


def test_what_moves_and_what_is_transparent_stay_so() -> None:
    frames = [Image.new("RGBA", (8, 6), (shade, 0, 0, shade)) for shade in (10, 90, 200)]
    exif = Image.Exif()
    exif[0x0110] = "SecretCam"
    for kind in ("PNG", "WEBP"):
        held = io.BytesIO()
        frames[0].save(held, kind, save_all=True, append_images=frames[1:], exif=exif, duration=90, lossless=True)
        kept = stripping.without_notes(held.getvalue())
        assert is_clean(kept)
        assert getattr(opened(kept), "n_frames", 1) == 3
        assert opened(kept).convert("RGBA").tobytes() == frames[0].tobytes()


def test_pictures_behind_a_photograph_go_with_their_notes() -> None:
    behind = Image.new("RGB", (48, 32), "red")
    photograph = made.photograph("MPO", save_all=True, append_images=[behind])
    assert file_types.detect_bytes(photograph).media_type == "image/jpeg"
    for data in (photograph, made.photograph() + made.photograph()):
        kept = stripping.without_notes(data)
        assert opened(kept).format == "JPEG"
        assert kept.count(b"\xff\xd8\xff") == 1
        assert is_clean(kept)


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_no_notes_comes_back_byte_for_byte(kind: str) -> None:
    held = io.BytesIO()
    Image.new("RGB", (20, 10), "green").save(held, kind)
    assert stripping.without_notes(held.getvalue()) == held.getvalue()


@given(st.sampled_from([made.photograph(kind) for kind in KINDS]), st.data())
def test_damaged_pictures_are_refused_or_clean_and_nothing_hangs(photograph: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(2, len(photograph) - 1))
    wrong = data.draw(st.binary(max_size=8))
    broken = photograph[:place] + wrong + photograph[place + data.draw(st.integers(0, 9)) :]
    with suppress(stripping.Damaged):
        assert len(stripping.without_notes(broken)) <= len(broken) * 4 + 20_000


@pytest.mark.parametrize("kind", KINDS)
def test_no_picture_is_kept_with_its_notes(app: Flask, kind: str) -> None:
    photograph = made.photograph(kind, 6)
    with app.test_request_context():
        kept = storage.keep(photograph, "ward.jpg", families=("image", "video"))
        lying = storage.path_of(kept.sha256).read_bytes()
        assert is_clean(lying)
        assert kept.size == len(lying)
        assert (kept.type.width, kept.type.height) == opened(lying).size
        assert storage.keep(photograph, "again.jpg", families=("image",)).sha256 == kept.sha256
        assert [one.name for one in storage.folder().rglob("*") if one.is_file()] == [kept.sha256[2:]]


def test_a_photograph_whose_end_is_missing_is_kept_as_far_as_it_goes_and_one_torn_before_is_refused() -> None:
    photograph = made.photograph()
    assert is_clean(stripping.without_notes(photograph[:-2]) + b"\xff\xd9")
    with pytest.raises(stripping.Damaged):
        stripping.without_notes(photograph[:60])
