"""The pages of photos: one's own, and for a training base those of a cohort, together or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import queries as register
from certificates.designs import queries as designs
from certificates.permissions import Permission
from certificates.photos import forms, queries, services, words
from certificates.photos.forms import PhotoForm, PhotosForm
from certificates.photos.services import Outcome, Sent
from training.core import paging
from training.core.access import actor, requires
from training.core.errors import NotFound
from training.programmes import queries as programmes
from training.programmes.models import Cohort

bp = Blueprint("photos", __name__)


@bp.url_value_preprocessor
def admit_photos(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the body of a request be as large as its photos, of somebody signed in alone."""
    room = {"own_post": forms.LARGEST_BODY, "person_post": forms.LARGEST_BODY}
    room["cohort_post"] = forms.LARGEST_BODY_OF_SEVERAL
    name = (endpoint or "").rpartition(".")[2]
    if name in room and "_user_id" in session:
        request.max_content_length = room[name]


# ---- one's own ----


@bp.get("/photo")
@requires(Permission.READ_OWN)
def own() -> ResponseReturnValue:
    """The photo that one's certificates are printed with, what it is for, and the form."""
    return _own_page(PhotoForm())


@bp.post("/photo")
@requires(Permission.READ_OWN, prepare=forms.receive)
def own_post(prepared: Sent | None) -> ResponseReturnValue:
    """Put it; sent twice it is put once."""
    form = PhotoForm()
    picture = _fit(form, prepared)
    if picture is None:
        return _own_page(form), 422
    services.put(actor().id, picture, put_by=actor())
    flash(_("Your photo is saved. Certificates that are issued from now on are printed with it."), "good")
    return redirect(url_for(".own"), 303)


@bp.post("/photo/withdraw")
@requires(Permission.READ_OWN)
def own_withdraw() -> ResponseReturnValue:
    """Take it out of use."""
    if services.withdraw(actor().id, by=actor()):
        flash(_("Your photo is withdrawn."), "good")
    return redirect(url_for(".own"), 303)


@bp.get("/photo.jpg")
@requires(Permission.READ_OWN)
def own_picture() -> ResponseReturnValue:
    """The picture itself."""
    return _picture(actor().id)


def _own_page(form: PhotoForm) -> str:
    return render_template("certificates/photos/own.html", form=form, photo=queries.in_use(actor().id))


def _fit(form: PhotoForm, sent: Sent | None) -> bytes | None:
    """What is to be put, in the normal form; None with the reason in the form of the page."""
    if not form.validate():
        return None
    if sent is None:
        form.photo.errors = [_("Choose a photo first.")]
        return None
    if sent.problem is not None:
        form.photo.errors = [words.PROBLEMS[sent.problem]]
    return sent.form


def _picture(person_id: int) -> Response:
    """A browser may keep it but asks each time whether it still may."""
    photo = queries.in_use(person_id, with_picture=True)
    if photo is None:
        raise NotFound(_("There is no photo."))
    response = Response(photo.jpeg, mimetype="image/jpeg")
    response.set_etag(photo.sha256)
    response.cache_control.private = response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


# ---- a training base ----


@bp.get("/cohorts/<int:cohort_id>/photos")
@requires(Permission.ISSUE)
def cohort(cohort_id: int) -> ResponseReturnValue:
    """Who of a cohort has a photo, and the form for several at once."""
    return _cohort_page(programmes.cohort_visible_to(actor(), cohort_id), PhotosForm())


@bp.post("/cohorts/<int:cohort_id>/photos")
@requires(Permission.ISSUE, prepare=forms.receive_several)
def cohort_post(cohort_id: int, prepared: Sequence[Sent]) -> ResponseReturnValue:
    """Put those whose files say whose they are, and say of each what became of it."""
    of, form = programmes.cohort_visible_to(actor(), cohort_id), PhotosForm()
    if not form.validate():
        return _cohort_page(of, form), 422
    if not prepared:
        form.photos.errors = [_("Choose the photos first.")]
        return _cohort_page(of, form), 422
    outcomes = services.put_several(register.candidates_of(actor(), of.id), prepared, put_by=actor())
    left = len([one for one in request.files.getlist("photos") if one.filename]) - len(prepared)
    return _cohort_page(of, form, outcomes, left)


def _cohort_page(of: Cohort, form: PhotosForm, outcomes: Sequence[Outcome] = (), left: int = 0) -> str:
    candidates = register.candidates_of(actor(), of.id)
    having = queries.having([one.person.id for one in candidates])
    candidates.sort(key=lambda one: one.person.id in having)  # who has none stands first, each part by name
    number = paging.number_asked()
    rows = candidates[paging.offset(number) :][: paging.SIZE]
    return render_template(
        "certificates/photos/cohort.html",
        cohort=of,
        form=form,
        page=paging.Page(rows, number, len(candidates)),
        having=having,
        outcomes=outcomes,
        taken=sum(one.person is not None for one in outcomes),
        left=left,
        is_printed=not candidates or designs.prints_photo(candidates[0].scope_path),
    )


@bp.get("/enrolments/<int:enrolment_id>/photo")
@requires(Permission.ISSUE)
def person(enrolment_id: int) -> ResponseReturnValue:
    """The photo of somebody in a cohort, and the form."""
    return _person_page(register.candidate_for(actor(), enrolment_id), PhotoForm())


@bp.post("/enrolments/<int:enrolment_id>/photo")
@requires(Permission.ISSUE, prepare=forms.receive)
def person_post(enrolment_id: int, prepared: Sent | None) -> ResponseReturnValue:
    """Put it; sent twice it is put once."""
    candidate, form = register.candidate_for(actor(), enrolment_id), PhotoForm()
    picture = _fit(form, prepared)
    if picture is None:
        return _person_page(candidate, form), 422
    services.put(candidate.person.id, picture, put_by=actor(), scope_path=candidate.scope_path)
    flash(_("The photo of %(name)s is saved.", name=candidate.person.name), "good")
    return redirect(url_for(".cohort", cohort_id=candidate.cohort.id), 303)


@bp.post("/enrolments/<int:enrolment_id>/photo/withdraw")
@requires(Permission.ISSUE)
def person_withdraw(enrolment_id: int) -> ResponseReturnValue:
    """Take it out of use: it may be somebody else's."""
    candidate = register.candidate_for(actor(), enrolment_id)
    if services.withdraw(candidate.person.id, by=actor(), scope_path=candidate.scope_path):
        flash(_("The photo of %(name)s is taken out of use.", name=candidate.person.name), "good")
    return redirect(url_for(".cohort", cohort_id=candidate.cohort.id), 303)


@bp.get("/enrolments/<int:enrolment_id>/photo.jpg")
@requires(Permission.ISSUE)
def person_picture(enrolment_id: int) -> ResponseReturnValue:
    """The picture itself."""
    return _picture(register.candidate_for(actor(), enrolment_id).person.id)


def _person_page(candidate: register.Candidate, form: PhotoForm) -> str:
    photo = queries.in_use(candidate.person.id)
    return render_template("certificates/photos/person.html", candidate=candidate, form=form, photo=photo)
