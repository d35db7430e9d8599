"""Signed certificates beside WeasyPrint as one would use it at first, and a thousand of them on both cores."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import psutil
from weasyprint import CSS, HTML

from benchmarks.servers import cpu_seconds, peak_mb
from certificates import pdf
from certificates.crew import Crew
from certificates.design import house_design
from certificates.fields import Bilingual, CertificateFields
from certificates.making import Needs, Order, Tools, make
from certificates.serials import new_number
from certificates.signing import codes
from certificates.signing.keys import CodeKey, DocumentKey, development_key, own_code_key
from training.core import fonts
from training.core.fonts import Typefaces
from training.core.press import OwnResources
from training.settings import ROOT

TURNS = 12
MANY = 1000
CORES = 2
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建玉红梅春秋文斌宇浩晨雪"
SYSTEMS = "Noto Serif CJK SC"  # Debian's package fonts-noto-cjk, which `make bench` installs
NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'


@dataclass(frozen=True)
class Spent:
    """CPU of one certificate in milliseconds, both ways."""

    naive_ms: float
    own_ms: float


@dataclass(frozen=True)
class Run:
    """A thousand: certificates a second of one core, and the peak of resident memory of the largest process, in MB."""

    per_core: float
    peak_mb: float


def fields(number: int) -> CertificateFields:
    """The certificate of somebody with another name each time."""
    given = GIVEN[number % len(GIVEN)] + GIVEN[number // len(GIVEN) % len(GIVEN)]
    serial = new_number(2026)
    return CertificateFields(
        number=serial,
        person_name=SURNAMES[number % len(SURNAMES)] + given,
        institution=Bilingual("济南市历下区人民医院", "Lixia District People’s Hospital, Jinan"),
        profession=Bilingual("护士", "Nurse"),
        programme=Bilingual("山东省安宁疗护骨干护士培训项目", "Shandong Core Nurse Training in Palliative Care"),
        cohort_name="2026 年春季班",
        base=Bilingual("省立医院安宁疗护培训基地", "Palliative Care Training Base, Provincial Hospital"),
        class_hours=Decimal("60.0"),
        started_on=date(2026, 3, 2),
        completed_on=date(2026, 5, 20),
        issued_on=date(2026, 5, 28),
        valid_until=date(2029, 5, 27),
        issuer=Bilingual("山东省安宁疗护培训中心", "Shandong Palliative Care Training Centre"),
        verify_url=f"https://anning.example.org/verify/{serial}",
        result=Bilingual("合格", "Passed"),
    )


@lru_cache(maxsize=1)
def typefaces() -> Typefaces:
    """The faces of this machine."""
    return fonts.find_typefaces(ROOT / "node_modules", ROOT / "build" / "fonts")


@dataclass(frozen=True)
class Keys:
    """A key for documents and one for codes, made in a folder."""

    document: DocumentKey
    code: CodeKey

    @classmethod
    def made_in(cls, folder: str) -> Keys:
        """Both, as a new place makes them for itself."""
        return cls(development_key(Path(folder) / "d.pem"), own_code_key(Path(folder) / "c.pem"))

    def order(self, number: int) -> Order:
        """What the worker orders for one certificate."""
        of = fields(number)
        code = codes.mint(
            of.number,
            of.person_name,
            issued_on=of.issued_on,
            valid_until=of.valid_until,
            place=number,
            key=self.code,
        )
        return Order(of, None, None, code, datetime.now(UTC), self.document.fingerprint)


def naive(certificate: CertificateFields) -> bytes:
    """The same page by WeasyPrint alone, unsigned: the system's Chinese face, pictures as SVG, nothing kept."""
    design, qr = house_design(), pdf.qr_code(certificate.verify_url)
    runs = [line.split() for line in qr._runs.decode().splitlines() if line.endswith("re")]
    path = "".join(f"M{x} {y}h{width}v{height}h-{width}z" for x, y, width, height, _re in runs)
    square = f'<svg {NAMESPACE} viewBox="0 0 {qr.side} {qr.side}"><path fill="#12292b" d="{path}"/></svg>'
    pictures = {"anning:qr.svg": square.encode(), "anning:frame.svg": design.frame}
    fetch = OwnResources(pictures)
    sheet = CSS(string=design.sheet.replace('"Anning Everyday"', f'"{SYSTEMS}"'), url_fetcher=fetch)
    page = HTML(string=pdf.document_html(certificate, design), url_fetcher=fetch)
    printed: bytes = page.write_pdf(stylesheets=[sheet], pdf_variant="pdf/a-3a")
    return printed


def spent() -> Spent:
    """The CPU of both ways, in turns, after one warm-up each."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Keys.made_in(folder)
        tools = Tools(typefaces(), keys.document)
        ways: tuple[Callable[[int], bytes], ...] = (
            lambda number: naive(fields(number)),
            lambda number: make(keys.order(number), tools),
        )
        sums = [0.0, 0.0]
        for turn in range(TURNS + 1):
            for place, way in enumerate(ways):
                began = time.process_time()
                way(turn)
                sums[place] += (time.process_time() - began) * (turn > 0)
    return Spent(*(1000 * one / TURNS for one in sums))


def thousand() -> Run:
    """A thousand by the crew that prints large batches, a process for each core; their start is counted in."""
    typefaces()
    made: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        keys = Keys.made_in(folder)
        crew = Crew(Needs(str(ROOT / "node_modules"), str(ROOT / "build" / "fonts"), f"{folder}/d.pem"), CORES)
        for number in range(MANY):
            crew.order(keys.order(number), lambda document: made.append(len(document)))
        crew.settle()
        processes = [one.process.pid for one in crew._members]
        cpu = cpu_seconds(*map(psutil.Process, processes))
        peak = max(map(peak_mb, processes))
        crew.close()
    if len(made) != MANY:
        raise RuntimeError(f"{len(made)} certificates were made of {MANY}")
    return Run(MANY / cpu, peak)


if __name__ == "__main__":
    print(spent())
    if sys.argv[1:]:
        print(thousand())
