"""The place for a signature, kept free while a document is written, so that it is signed without being written anew.

An invisible field (a rectangle without extent) that is tagged as a form and named for screen readers, and a
certification signature that forbids every later change (DocMDP, ISO 32000-1, 12.8.2.2). What the signature says
stands in plain: number, name and code can be read without reading the rest of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import pydyf

RANGE = b"/ByteRange [0 0000000000 0000000000 0000000000]"
MOMENT = b"/M (D:00000000000000+00'00')"
_PRINTED_AND_LOCKED = 4 + 128
_SIGNED_AND_APPEND_ONLY = 3
_NAME = "数字签名 Digital signature"


@dataclass(frozen=True)
class Claim:
    """What the signature is about, in plain beside it."""

    number: str
    name: str
    code: str = ""


class _Signature(pydyf.Object):
    """The signature's dictionary; never packed, since its bytes are written over."""

    compressible = False

    def __init__(self, claim: Claim, reserved: int) -> None:
        super().__init__()
        self._claim, self._reserved = claim, reserved

    @property
    def data(self) -> bytes:
        """The dictionary, its contents all zero."""
        claim = self._claim
        return b"".join(
            (
                b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n",
                RANGE + b"\n/Contents <" + b"00" * self._reserved + b">\n" + MOMENT,
                b"\n/AnningNumber " + pydyf.String(claim.number).data,
                b"\n/AnningName " + pydyf.String(claim.name).data,
                b"\n/AnningCode " + pydyf.String(claim.code).data,
                b"\n/Reference [<</Type /SigRef /TransformMethod /DocMDP"
                b" /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>]>>",
            )
        )


def reserve(claim: Claim, reserved: int) -> Any:
    """A finisher for the press that keeps so many bytes free."""
    return partial(_seat, claim=claim, reserved=reserved)


def _seat(pdf: pydyf.PDF, *, claim: Claim, reserved: int) -> None:
    signature = _Signature(claim, reserved)
    pdf.add_object(signature)
    page: pydyf.Dictionary = _object(pdf, pdf.page_references[0])
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String("Signature"),
            "TU": pydyf.String(_NAME),
            "F": _PRINTED_AND_LOCKED,
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "P": page.reference,
            "V": signature.reference,
        }
    )
    pdf.add_object(field)
    page["Annots"] = pydyf.Array([*page.get("Annots", []), field.reference])
    _tag(pdf, field, page)
    pdf.catalog["AcroForm"] = pydyf.Dictionary(
        {"Fields": pydyf.Array([field.reference]), "SigFlags": _SIGNED_AND_APPEND_ONLY}
    )
    pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": signature.reference})


def _tag(pdf: pydyf.PDF, field: pydyf.Dictionary, page: pydyf.Dictionary) -> None:
    """Hang the field into the tree of tags as a form, as PDF/UA asks of every widget."""
    root = _object(pdf, pdf.catalog["StructTreeRoot"])
    document, parents = _object(pdf, root["K"][0]), _object(pdf, root["ParentTree"])
    place = pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page.reference})
    pdf.add_object(place)
    form = pydyf.Dictionary(
        {
            "Type": "/StructElem",
            "S": "/Form",
            "K": pydyf.Array([place.reference]),
            "Pg": page.reference,
            "P": document.reference,
            "Alt": pydyf.String(_NAME),
        }
    )
    pdf.add_object(form)
    document["K"].append(form.reference)
    field["StructParent"] = max(parents["Nums"][::2]) + 1
    parents["Nums"] += [field["StructParent"], form.reference]


def _object(pdf: pydyf.PDF, reference: bytes) -> pydyf.Dictionary:
    return pdf.objects[int(reference.split()[0])]
