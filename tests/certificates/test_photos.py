"""Photos: any bytes become one form or are refused; whose a file is; who sees it; what is printed, shown and erased."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from certificates import pdf
from certificates.fields import CertificateFields
from certificates.pdf import PhotoMissing
from certificates.photos import rules
from certificates.photos.drawing import silhouette
from certificates.photos.rules import Doubt, Known, Problem, Unfit
from tests.certificates.conftest import NAMES
from training.core import stripping
from training.core.fonts import CannotPrint, Typefaces


def picture(size: tuple[int, int] = (600, 840), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose upper left is red, whose upper right is blue, and whose lower half is green."""
    drawn = Image.new("RGB", size, "green")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 0, size[0] // 2, size[1] // 2), fill="red")
    pen.rectangle((size[0] // 2, 0, size[0], size[1] // 2), fill="blue")
    kept = io.BytesIO()
    drawn.convert(mode).save(kept, kind, **options)
    return kept.getvalue()


def opened(form: bytes) -> Any:
    """The normal form, unpacked."""
    found = Image.open(io.BytesIO(form))
    found.load()
    return found


def refused(data: bytes) -> Problem:
    """Why a picture is refused."""
    with pytest.raises(Unfit) as unfit:
        rules.normal_form(data)
    return unfit.value.problem


# ---- the normal form ----


@given(st.binary(max_size=400), st.sampled_from([b"", *rules.STARTS, b"RIFF\x20\x00\x00\x00WEBPVP8 ", b"....ftypheic"]))
def test_whatever_comes_is_refused_in_words(data: bytes, start: bytes) -> None:
    assert refused(start + data) in rules.Problem


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@given(data=st.data())
def test_a_picture_that_was_changed_somewhere_is_taken_or_refused(kind: str, data: st.DataObject) -> None:
    whole = bytearray(_WHOLE[kind])
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        whole[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    for changed in (bytes(whole), bytes(whole[:cut])):
        try:
            form = rules.normal_form(changed)
        except Unfit:
            continue
        width, height = opened(form).size  # which a changed byte may have made smaller
        assert rules.NARROWEST <= width <= rules.WIDTH
        assert height == round(width * rules.HEIGHT / rules.WIDTH)


_WHOLE = {kind: picture((300, 420), kind) for kind in ("JPEG", "PNG", "WEBP")}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "P", "RGBA", "LA", "1"])
def test_every_way_to_store_colours_comes_out_the_same_way(kind: str, mode: str) -> None:
    if (kind, mode) in {("JPEG", "P"), ("JPEG", "RGBA"), ("JPEG", "LA"), ("PNG", "CMYK")}:
        return
    form = rules.normal_form(picture(kind=kind, mode=mode))
    found = opened(form)
    assert (found.format, found.mode, found.size) == ("JPEG", "RGB", (295, 413))
    assert set(found.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    assert rules.normal_form(picture(kind=kind, mode=mode)) == form
    assert stripping.without_notes(form) == form, "so that storing it leaves it as it is"


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_upright_however_the_camera_was_held(turn: int, kind: str) -> None:
    from PIL.Image import Transpose

    back = {
        **{1: None, 2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM},
        **{5: Transpose.TRANSPOSE, 6: Transpose.ROTATE_90, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_270},
    }[turn]
    lying: Any = Image.open(io.BytesIO(picture((1000, 1400), "PNG")))
    lying = lying if back is None else lying.transpose(back)
    notes = Image.Exif()
    notes[rules.ORIENTATION], notes[0x010F] = turn, "a camera"
    kept = io.BytesIO()
    lying.save(kept, kind, exif=notes)
    form = rules.normal_form(kept.getvalue())
    red, blue, green = (opened(form).getpixel(at) for at in ((60, 80), (230, 80), (150, 350)))
    assert red[0] > 200 > red[2]
    assert blue[2] > 200 > blue[0]
    assert green[1] > 100 > green[0]
    assert b"a camera" not in form


def test_what_can_be_seen_through_is_white() -> None:
    clear = Image.new("RGBA", (300, 420), (0, 0, 0, 0))
    kept = io.BytesIO()
    clear.save(kept, "PNG")
    assert opened(rules.normal_form(kept.getvalue())).getpixel((150, 200)) == (255, 255, 255)


@given(st.integers(200, 1400), st.integers(200, 1400))
def test_it_is_cut_to_5_by_7_and_never_enlarged(width: int, height: int) -> None:
    across = min(width, height * 295 / 413)
    data = picture((width, height), "PNG")
    if round(across) < 200:
        assert refused(data) is Problem.TOO_SMALL
        return
    found = opened(rules.normal_form(data))
    assert found.width == min(295, round(across))
    assert abs(found.height - found.width * 1.4) <= 0.5


def test_what_is_cut_is_cut_at_the_sides_and_more_below_than_above() -> None:
    wide = opened(rules.normal_form(picture((2000, 700), "PNG")))
    assert wide.getpixel((10, 10))[0] > 200
    assert wide.getpixel((285, 10))[2] > 200
    tall = opened(rules.normal_form(picture((500, 2000), "PNG")))
    edge = next(y for y in range(413) if tall.getpixel((20, y))[1] > 90 and tall.getpixel((20, y))[0] < 128)
    assert edge > 413 // 2, "the middle of the picture stands below the middle of what is left of it"


def test_a_photo_of_a_telephone_is_small_and_soon_done() -> None:
    noise = Image.effect_noise((300, 400), 20).resize((4000, 3000)).convert("RGB")
    kept = io.BytesIO()
    noise.save(kept, "JPEG", quality=90)
    form = rules.normal_form(kept.getvalue())
    assert opened(form).size == (295, 413)
    assert len(form) < 60_000


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", Problem.EMPTY),
        (b"GIF89a" + bytes(50), Problem.NO_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Problem.NO_PICTURE),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", Problem.NO_PICTURE),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", Problem.HEIF),
        (bytes(rules.LARGEST + 1), Problem.TOO_LARGE),
        (picture((199, 400)), Problem.TOO_SMALL),
        (picture((400, 270)), Problem.TOO_SMALL),
        (picture()[:-300], Problem.DAMAGED),
        (picture(kind="PNG")[:-40], Problem.DAMAGED),
        (picture(kind="WEBP")[:-40], Problem.DAMAGED),
        (picture() + b"\xff\xda" * 200 + b"\xff\xd9", Problem.DAMAGED),
    ],
    ids=range(12),
)
def test_each_fault_has_its_own_word(data: bytes, problem: Problem) -> None:
    assert refused(data) is problem


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_moving_picture_is_none(kind: str) -> None:
    frames = [Image.new("RGB", (300, 420), colour) for colour in ("red", "blue")]
    kept = io.BytesIO()
    frames[0].save(kept, kind, save_all=True, append_images=frames[1:])
    assert refused(kept.getvalue()) is Problem.MOVING


@pytest.mark.parametrize("size", [(6000, 5000), (20000, 20000)])
def test_far_too_many_pixels_are_refused_before_they_are_unpacked(size: tuple[int, int]) -> None:
    small = bytearray(picture((300, 420), "PNG"))
    small[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    with pytest.raises(Unfit) as unfit:
        rules.normal_form(bytes(small))
    assert unfit.value.problem in {Problem.TOO_MANY_PIXELS, Problem.DAMAGED}


# ---- whose it is ----

PEOPLE = [
    Known(1, "王敏", "13800000001", "index of 1"),
    Known(2, "李䶮", "13800000002"),
    Known(3, "阿卜杜拉·买买提", "13800000003"),
    Known(4, "王芳", "13800000004"),
    Known(5, "王芳", "13800000005"),
    Known(6, "Margaret O’Connell-Fitzgerald"),
]
NUMBER = "11010519491231002X"


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("王敏.jpg", 1),
        ("C:\\照片\\王敏.JPG", 1),
        ("王敏 (1).jpg", 1),
        ("护士_王敏_一寸.jpeg", 1),
        ("１３８００００００02.png", 2),
        ("13800000004王芳.jpg", 4),
        ("王芳-13800000005.jpg", 5),
        ("王芳.jpg", Doubt.NAME_OF_SEVERAL),
        (f"{NUMBER}.jpg", 1),
        (f"{NUMBER.lower()}_王敏.jpg", 1),
        (f"{NUMBER}-13800000001.jpg", 1),
        (f"{NUMBER}-13800000002.jpg", Doubt.NUMBERS_DIFFER),
        ("13800000001-13800000002.jpg", Doubt.NUMBERS_DIFFER),
        ("13900000000王敏.jpg", Doubt.NUMBER_UNKNOWN),
        ("阿卜杜拉.买买提.jpg", 3),
        ("阿卜杜拉·买买提.jpg", 3),
        ("margaret o'connell fitzgerald.webp", 6),
        ("王敏李䶮.jpg", Doubt.NAME_UNKNOWN),
        ("王敏 李䶮.jpg", Doubt.NAME_OF_SEVERAL),
        ("IMG_20260101_120000.jpg", Doubt.NAME_UNKNOWN),
        ("138000000011.jpg", Doubt.NAME_UNKNOWN),
        ("", Doubt.NAME_UNKNOWN),
        (".jpg", Doubt.NAME_UNKNOWN),
    ],
)
def test_the_name_of_a_file_says_whose_photo_it_is(file_name: str, expected: int | Doubt) -> None:
    said = rules.named(file_name)
    assert rules.whose(said, [f"index of {1 if one == NUMBER else 0}" for one in said.id_numbers], PEOPLE) == expected


@given(st.text(max_size=60))
def test_any_name_of_a_file_is_of_one_or_of_nobody(file_name: str) -> None:
    found = rules.whose(rules.named(file_name), [], PEOPLE)
    assert isinstance(found, Doubt) or any(one.id == found for one in PEOPLE)


# ---- on paper ----


@pytest.mark.parametrize("name", NAMES)
def test_the_photo_stands_in_the_file_byte_for_byte(
    name: str, certificate: CertificateFields, typefaces: Typefaces
) -> None:
    photo = silhouette()
    fields = replace(certificate, person_name=name, photo=hashlib.sha256(photo).hexdigest())
    printed = pdf.render(fields, typefaces, photo=photo)
    assert pdf.render(fields, typefaces, photo=photo) == printed
    assert len(printed) < 70_000 - 10_000 + len(photo) + 3_000
    with pikepdf.open(io.BytesIO(printed)) as document:
        assert len(document.pages) == 1
        images = [
            one for one in document.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]
        (image,) = images
        assert str(image.Filter) == "/DCTDecode"
        assert image.read_raw_bytes() == photo
        assert not image.Interpolate
        figures = [
            str(one.Alt)
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]
        assert "持证人照片 Photo of the holder" in figures
        assert len(figures) == 2


def test_without_a_photo_the_paper_is_as_it_was(certificate: CertificateFields, typefaces: Typefaces) -> None:
    with pikepdf.open(io.BytesIO(pdf.render(certificate, typefaces))) as document:
        assert not [
            one for one in document.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]


def test_a_lost_or_another_photo_is_an_error_and_no_paper_without(
    certificate: CertificateFields, typefaces: Typefaces
) -> None:
    fields = replace(certificate, photo=hashlib.sha256(silhouette()).hexdigest())
    for photo in (None, silhouette(1)):
        with pytest.raises(PhotoMissing, match=certificate.number):
            pdf.render(fields, typefaces, photo=photo)
    assert issubclass(PhotoMissing, CannotPrint)


def test_fields_frozen_before_there_were_photos_read_on(certificate: CertificateFields) -> None:
    frozen = certificate.as_dict()
    del frozen["photo"]
    assert CertificateFields.from_dict(frozen) == certificate
