"""The printed certificate: right characters, our own fonts, one page, the same bytes, or a refusal."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pikepdf
import pypdf
import pytest
import segno

from certificates import pdf
from certificates.fields import Bilingual, CertificateFields, CharactersMissing, require_printable
from tests.certificates.conftest import NAMES, NODE_MODULES, ROOT
from training.core import fonts
from training.core.fonts import CannotPrint, Typefaces


def text_of(printed: bytes) -> str:
    """What a reader can select and copy, without the breaks of lines."""
    pages = pypdf.PdfReader(BytesIO(printed)).pages
    return re.sub(r"\s+", " ", "".join(page.extract_text() for page in pages))


@contextmanager
def opened(printed: bytes) -> Iterator[pikepdf.Pdf]:
    """The document, open while it is looked at."""
    with pikepdf.open(BytesIO(printed)) as document:
        yield document


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_printed_selectable_on_one_small_page(
    name: str, certificate: CertificateFields, typefaces: Typefaces
) -> None:
    printed = pdf.render(replace(certificate, person_name=name), typefaces)
    reader = pypdf.PdfReader(BytesIO(printed))
    assert name in text_of(printed)
    assert len(reader.pages) == 1
    assert len(printed) < 70_000 - 10_000, "a signature comes on top"
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [297, 210]


def test_every_printed_field_can_be_read_in_both_languages(
    certificate: CertificateFields, typefaces: Typefaces
) -> None:
    text = text_of(pdf.render(certificate, typefaces))
    for expected in certificate.texts():
        if expected != certificate.sex:
            assert expected in text
    for expected in ("女", "Female", "60", "2026年3月2日", "20 May 2026", "2029年5月27日", "盖章处 / Seal"):
        assert expected in text


@pytest.mark.parametrize("name", NAMES)
def test_all_fonts_are_ours_embedded_and_subset(
    name: str, certificate: CertificateFields, typefaces: Typefaces
) -> None:
    with opened(pdf.render(replace(certificate, person_name=name), typefaces)) as document:
        used = list(document.pages[0].Resources.Font.as_dict().values())
        assert len(used) >= 2
        for font in used:
            descriptor = font.DescendantFonts[0].FontDescriptor
            assert re.match(r"/[A-Z]{6}\+Anning-", str(font.BaseFont))
            assert len(descriptor.FontFile2.read_bytes()) < 500_000
            assert "/ToUnicode" in font


def test_the_document_is_tagged_titled_and_says_its_language(
    certificate: CertificateFields, typefaces: Typefaces
) -> None:
    with opened(pdf.render(certificate, typefaces)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "zh-CN"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert "王敏" in str(document.docinfo["/Title"])
        kinds = [str(element.S) for element in document.objects if _is_element(element)]
        assert {"/H1", "/P", "/Table", "/TH", "/TD", "/Figure", "/Link"} <= set(kinds)
        figure = next(e for e in document.objects if _is_element(e) and e.S == "/Figure")
        assert certificate.verify_url in str(figure.Alt)


def _is_element(thing: pikepdf.Object) -> bool:
    """Whether this is an element of the tag tree."""
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/StructElem"


def test_the_link_leads_to_the_verification_page(certificate: CertificateFields, typefaces: Typefaces) -> None:
    with opened(pdf.render(certificate, typefaces)) as document:
        assert [str(note.A.URI) for note in document.pages[0].Annots] == [certificate.verify_url]


def test_the_same_fields_give_the_same_bytes(certificate: CertificateFields, typefaces: Typefaces) -> None:
    other = replace(certificate, person_name="陈𠮷")
    first = pdf.render(certificate, typefaces)
    pdf.render(other, typefaces)
    assert pdf.render(certificate, typefaces) == first


def test_another_process_prints_the_same_bytes(certificate: CertificateFields, typefaces: Typefaces) -> None:
    script = (
        "import json, sys; from pathlib import Path; from certificates import pdf; from training.core import fonts\n"
        "from certificates.fields import CertificateFields\n"
        "found = fonts.find_typefaces(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "sys.stdout.buffer.write(pdf.render(CertificateFields.from_dict(json.load(sys.stdin)), found))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(NODE_MODULES), str(ROOT / "build" / "fonts")],
        input=json.dumps(certificate.as_dict()).encode(),
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    assert ran.stdout == pdf.render(certificate, typefaces)


def test_fields_survive_freezing_as_json(certificate: CertificateFields) -> None:
    bare = replace(certificate, sex=None, valid_until=None, institution=Bilingual(), class_hours=Decimal("7.5"))
    for fields in (certificate, bare):
        assert CertificateFields.from_dict(json.loads(json.dumps(fields.as_dict()))) == fields


def test_fields_frozen_before_there_were_replacements_read_on(certificate: CertificateFields) -> None:
    frozen = certificate.as_dict()
    for name in ("replaced_as", "replaces", "first_issued_on"):
        del frozen[name]
    assert CertificateFields.from_dict(frozen) == certificate


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [("duplicate", "补发", "Duplicate"), ("correction", "更正换发", "Re-issued"), ("renewal", "续期换发", "Renewed")],
)
def test_a_certificate_in_the_place_of_another_says_so_and_since_when(
    kind: Any,
    zh: str,
    en: str,
    certificate: CertificateFields,
    typefaces: Typefaces,
) -> None:
    old = "AN-2024-7K3-M9Q-XB4"
    again = replace(certificate, replaced_as=kind, replaces=old, first_issued_on=date(2024, 2, 9))
    text = text_of(pdf.render(again, typefaces))
    for printed in (zh, en, old, "2024年2月9日", "9 February 2024"):
        assert printed in normalize("NFKC", text)
    assert zh not in text_of(pdf.render(certificate, typefaces))
    assert CertificateFields.from_dict(again.as_dict()) == again


def test_frozen_fields_that_are_not_ours_are_refused(certificate: CertificateFields) -> None:
    with pytest.raises(TypeError):
        CertificateFields.from_dict(certificate.as_dict() | {"grade": "A"})


def test_what_was_not_recorded_leaves_no_empty_row(certificate: CertificateFields, typefaces: Typefaces) -> None:
    bare = replace(certificate, sex=None, valid_until=None, institution=Bilingual(), profession=Bilingual())
    text = text_of(pdf.render(bare, typefaces))
    for label in ("性别", "有效期至", "工作单位", "职业"):
        assert label not in text


def test_markup_in_a_name_is_printed_and_not_obeyed(certificate: CertificateFields, typefaces: Typefaces) -> None:
    for name in ("<b>王敏</b>", '<img src="http://x.org/a.png">', "{{ c.number }}", "&amp;lt;"):
        assert name in text_of(pdf.render(replace(certificate, person_name=name), typefaces))


@pytest.mark.parametrize(
    ("character", "shown"), [("\U0010fffd", "U+10FFFD"), ("\u202e", "U+202E"), ("𐎀", "𐎀 (U+10380)")]
)
def test_a_character_without_a_glyph_is_refused_with_the_persons_name(
    character: str, shown: str, certificate: CertificateFields, typefaces: Typefaces
) -> None:
    if ord(character) in typefaces.coverage():
        pytest.fail(f"{character} has a glyph after all: choose another one")
    with pytest.raises(CharactersMissing, match=re.escape(shown)) as refusal:
        require_printable(replace(certificate, person_name=f"王敏{character}"), typefaces)
    assert refusal.value.person_name == f"王敏{character}"
    assert "王敏" not in str(refusal.value)  # it is logged
    assert refusal.value.characters == [character]


def test_a_missing_glyph_that_slips_through_is_an_error(
    certificate: CertificateFields, typefaces: Typefaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "require_printable", lambda *_: None)
    with pytest.raises(CannotPrint, match=r"notdef|not ours"):
        pdf.render(replace(certificate, person_name="王\U0003fffd敏"), typefaces)


def test_a_font_of_the_system_is_never_used(
    certificate: CertificateFields, typefaces: Typefaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Typefaces, "needed_for", lambda self, _: self.everyday)
    with pytest.raises(CannotPrint, match=r"not ours|notdef"):
        pdf.render(replace(certificate, person_name="陈𠮷"), typefaces)


@pytest.mark.parametrize(
    "address",
    ["http://example.org/a.png", "file:///etc/passwd", "data:image/png;base64,AAAA", "anning:other.svg"],
)
def test_a_foreign_resource_stops_the_document(
    address: str, certificate: CertificateFields, typefaces: Typefaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest: Callable[..., str] = pdf.document_html

    def smuggled(*given: Any) -> str:
        return honest(*given).replace("</h1>", f'</h1><img alt="" src="{address}">')

    monkeypatch.setattr(pdf, "document_html", smuggled)
    with pytest.raises(CannotPrint, match=re.escape(f"may not load {address}")):
        pdf.render(certificate, typefaces)


def test_long_texts_are_set_closer_and_absurd_ones_refused(
    certificate: CertificateFields, typefaces: Typefaces
) -> None:
    long = Bilingual(
        "山东第一医科大学附属省立医院安宁疗护中心" * 3,
        "Palliative Care Centre of the Provincial Hospital " * 3,
    )
    fields = replace(certificate, institution=long, base=long, programme=long, person_name=NAMES[6])
    printed = pdf.render(fields, typefaces)
    assert len(pypdf.PdfReader(BytesIO(printed)).pages) == 1
    with pytest.raises(CannotPrint, match="one page"):
        pdf.render(replace(certificate, programme=Bilingual("安宁疗护" * 400, "")), typefaces)


def test_nothing_is_printed_outside_the_frame_or_over_the_foot(
    certificate: CertificateFields, typefaces: Typefaces
) -> None:
    long = Bilingual("山东第一医科大学附属省立医院安宁疗护中心" * 2, "Palliative-Care-Centre" * 6)
    fields = replace(certificate, institution=long, person_name="W" * 120)
    lines: list[tuple[float, float, str]] = []

    def note(text: str, _: object, matrix: list[float], *__: object) -> None:
        if text.strip():
            lines.append((matrix[4] / 96 * 25.4, matrix[5] / 96 * 25.4, text.strip()))

    pypdf.PdfReader(BytesIO(pdf.render(fields, typefaces))).pages[0].extract_text(visitor_text=note)
    foot = next(place for place, (_, _, text) in enumerate(lines) if text.startswith("证书编号"))
    assert foot > 20
    assert all(32.9 < left < 264 and 19 < down < 157 for left, down, _ in lines[:foot])
    assert all(32.9 < left < 264 and 157 < down < 195 for left, down, _ in lines[foot:])


def test_the_qr_code_is_the_verification_address(certificate: CertificateFields, typefaces: Typefaces) -> None:
    expected = segno.make_qr(certificate.verify_url, error="m", mask=2, boost_error=False)
    drawn = [bytearray(len(expected.matrix)) for _row in expected.matrix]
    with opened(pdf.render(certificate, typefaces)) as document:
        for tag, operator, operands in marked_content(document):
            if tag == "/Figure" and operator == "re":
                left, top, length, _height = map(float, operands)
                for column in range(int(left), int(left + length)):
                    drawn[int(top) - 4][column - 4] = 1
    assert drawn == list(expected.matrix)


def marked_content(document: pikepdf.Pdf) -> Iterator[tuple[str, str, list[Any]]]:
    """Each operator of the page that draws, with the tag it stands under (empty for none) and its operands."""
    under: list[str] = []
    for one in pikepdf.parse_content_stream(document.pages[0]):
        name, operands = str(one.operator), one.operands
        if name in {"BMC", "BDC"}:
            under.append(str(operands[0]))
        elif name == "EMC":
            under.pop()
        elif name not in {"q", "Q", "cm", "gs", "rg", "RG", "w", "W", "n", "BT", "ET", "Tf", "Tm", "Tr", "J", "j", "d"}:
            yield under[-1] if under else "", name, list(operands)


def test_everything_drawn_is_tagged_or_an_artifact(certificate: CertificateFields, typefaces: Typefaces) -> None:
    with opened(pdf.render(certificate, typefaces)) as document:
        drawn = list(marked_content(document))
        tagged = {tag for tag, operator, _operands in drawn if operator not in {"re"}}
        assert tagged == {"/Artifact", "/Span", "/Figure"}
        assert {tag for tag, operator, _operands in drawn if operator == "TJ"} == {"/Span"}
        frame = [tag for tag, operator, _operands in drawn if operator == "Do"]
        assert frame == ["/Artifact"]
        parents = document.Root.StructTreeRoot.ParentTree.Nums
        assert len(parents[1]) == sum(1 for _ in marks_of(document)), "each marked piece has its element"


def marks_of(document: pikepdf.Pdf) -> Iterator[Any]:
    """What the page's pieces of marked content say of themselves."""
    for one in pikepdf.parse_content_stream(document.pages[0]):
        if str(one.operator) == "BDC":
            yield one.operands[1]


def test_the_file_says_that_it_is_pdf_a_3a_and_pdf_ua_1(certificate: CertificateFields, typefaces: Typefaces) -> None:
    with opened(pdf.render(certificate, typefaces)) as document:
        packet = bytes(document.Root.Metadata.read_bytes())
        assert packet.count(b"<rdf:RDF") == 1
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3A"
            assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
            assert metadata["dc:title"] == str(document.docinfo["/Title"])
        assert b"<pdfaProperty:name>part</pdfaProperty:name>" in packet, "PDF/A asks what pdfuaid is"
        (intent,) = document.Root.OutputIntents
        assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
        assert bytes(intent.DestOutputProfile.read_bytes())[36:40] == b"acsp"
        assert document.trailer.ID is not None
        assert "/AcroForm" not in document.Root
        assert "/AA" not in document.Root
        assert "/OpenAction" not in document.Root


def test_links_and_cells_tell_screen_readers_what_they_are(
    certificate: CertificateFields, typefaces: Typefaces
) -> None:
    with opened(pdf.render(certificate, typefaces)) as document:
        page = document.pages[0]
        assert page.Tabs == "/S"
        (link,) = page.Annots
        assert str(link.Contents) == certificate.verify_url
        assert link.F == 4
        elements = [element for element in document.objects if _is_element(element)]
        cells = [element for element in elements if element.S == "/TD"]
        heads = {str(element.ID) for element in elements if element.S == "/TH"}
        assert heads
        assert {str(one) for cell in cells for one in cell.A.Headers} <= heads


def test_english_text_is_marked_as_english(certificate: CertificateFields, typefaces: Typefaces) -> None:
    printed = pdf.render(replace(certificate, person_name="Elena Marsh"), typefaces)
    with opened(printed) as document:
        marks = list(marks_of(document))
        assert {str(mark.Lang) for mark in marks if "/Lang" in mark} == {"en"}
        english = sum("/Lang" in mark for mark in marks)
    assert 15 < english < len(marks) - 15, "both languages stand on the page"


def test_every_name_of_the_requirements_is_covered(typefaces: Typefaces) -> None:
    for name in NAMES:
        assert typefaces.missing_characters(name) == []
        assert normalize("NFC", name) == name
    assert typefaces.needed_for("王敏") == typefaces.everyday
    assert typefaces.needed_for("王䶮") != typefaces.everyday


def test_absent_fonts_are_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontsMissing, match=r"NotoSerifSC_400Regular\.ttf is missing; install the npm package"):
        fonts.find_typefaces(tmp_path, tmp_path)


def test_two_processes_may_cut_the_subset_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        one, other = (pool.submit(fonts.find_typefaces, NODE_MODULES, tmp_path) for _ in range(2))
        assert one.result(timeout=120) == other.result(timeout=120)
    left = sorted(path.suffix for path in tmp_path.iterdir())
    assert left == [".ttf", ".ttf"]
    assert len(fonts.code_points(one.result().everyday[0].path)) > 7000
