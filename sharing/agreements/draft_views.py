"""Writing agreements on the screen: draft, amend, change a draft, lay it before its parties."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hub.lib.errors import Conflict, FieldError, Forbidden, Invalid
from orgs.accounts.requests import actor_of, told
from sharing.agreements import (
    catalogue,
    documents,
    editor,
    preview,
    reading,
    services,
    shown,
)
from sharing.agreements import sheet as sheets
from sharing.agreements.files import as_file
from sharing.agreements.forms import DocumentForm, DraftForm

SOURCE = "source"  # of the text; a form has fields instead


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """A new agreement, from nothing or from one of the templates."""
    shown.enter_to_draft(actor_of(request))
    about = {"heading": "Draft an agreement", "templates": catalogue.templates()}
    if name := request.GET.get("template"):
        place, slug = request.GET.get("place", ""), request.GET.get("party", "")
        return _editor(request, about, catalogue.filled(name, place, slug))
    return _editor(request, about, preview.source_of_nothing())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """The next Version of an agreement, written over the one in force."""
    actor = actor_of(request)
    shown.enter_to_draft(actor)
    known = shown.agreement(actor, agreement_id)
    source, base = preview.source_of_amendment(actor, known)
    about = {"heading": "Draft an amendment", "base": base, "agreement": known}
    return _editor(request, about, source)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """A Version that nobody has signed yet."""
    actor = actor_of(request)
    shown.enter_to_draft(actor)
    version = shown.version(actor, version_id)
    if not reading.page(actor, version).may_edit:
        raise Conflict("This text cannot be changed here; draft another version.")
    about = {"heading": "Change the draft", "version": version}
    return _editor(request, about, preview.source_of(actor, version))


@login_required
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What was written so far says, and what is wrong with it: for either editor."""
    actor = actor_of(request)
    if SOURCE in request.POST:
        found = {"preview": preview.preview(actor, request.POST[SOURCE])}
        return render(request, "sharing/agreements/_preview.html", found)
    shown.enter_to_draft(actor)
    sheet = editor.sheet(actor, _sent(request), None)
    page = {"sheet": sheet, "oob": True}
    return render(request, "sharing/agreements/_checked.html", page)


@login_required
@require_POST
def propose(request: HttpRequest, version_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    shown.enter_to_draft(actor)
    version = shown.version(actor, version_id)
    with told(request, "The version lies before its parties; they can sign it now."):
        seen = request.POST.get("text_sha256")  # of the page that had the button
        services.propose(actor=actor, version_id=version_id, text_sha256=seen)
    return redirect("agreement-version", version.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The attached document: its parties fetch it, whoever drafts attaches or removes it."""
    actor = actor_of(request)
    if request.method != "POST":
        return as_file(*documents.read(actor=actor, version_id=version_id))
    shown.enter_to_draft(actor)
    shown.version(actor, version_id)
    if "remove" in request.POST:
        with told(request, "The document is removed; the text has a new hash."):
            documents.remove(actor=actor, version_id=version_id)
        return redirect("agreement-version", version_id)
    form = DocumentForm(request.POST, request.FILES)
    with told(request, "Attached: the text holds its hash now."):
        if not form.is_valid():
            raise Invalid("Choose a file.")
        sent = form.cleaned_data["document"]
        documents.attach(
            actor=actor, version_id=version_id, name=sent.name, content=sent.read()
        )
    return redirect("agreement-version", version_id)


def _editor(request: HttpRequest, about: dict[str, Any], source: str) -> HttpResponse:
    """A form and a text for the same draft; whichever was sent is shown again or stored."""
    if request.method != "POST":
        if request.GET.get("as") == "text":
            return _text(request, about, source)
        return _form(request, about, sheets.data_of(preview.parse(source)))
    if SOURCE in request.POST:
        return _text_sent(request, about, request.POST[SOURCE])
    return _form_sent(request, about, _sent(request))


def _text_sent(
    request: HttpRequest, about: dict[str, Any], source: str
) -> HttpResponse:
    act = "check" if "check" in request.POST else request.POST.get("do", "save")
    if act == "form" and not preview.preview(actor_of(request), source).errors:
        return _form(request, about, sheets.data_of(preview.parse(source)))
    if act != "save" or not DraftForm(request.POST).is_valid():
        return _text(request, about, source)
    stored, errors = _stored(request, about, lambda: preview.parse(source))
    return stored or _text(request, about, source, errors)


def _form_sent(
    request: HttpRequest, about: dict[str, Any], data: sheets.Data
) -> HttpResponse:
    act = request.POST.get("do", "save")
    if act == "text":
        return _text(request, about, preview.written(sheets.text_of(data)))
    if act != "save":
        return _form(request, about, sheets.changed(data, act))
    stored, errors = _stored(
        request, about, lambda: preview.plain(sheets.text_of(data))
    )
    return stored or _form(request, about, data, errors)


def _stored(
    request: HttpRequest, about: dict[str, Any], text: Callable[[], Any]
) -> tuple[HttpResponse | None, list[FieldError]]:
    """Where to go when it is stored; else why it is not."""
    try:
        saved = _save(request, about, text())
    except (Conflict, Forbidden, Invalid) as problem:
        return None, problem.errors or [{"field": "text", "detail": problem.detail}]
    messages.success(request, f"Stored as a draft: version {saved.number}.")
    return redirect("agreement-version", saved.pk), []


def _save(request: HttpRequest, about: dict[str, Any], text: Any) -> Any:
    actor = actor_of(request)
    if version := about.get("version"):
        was = request.POST.get("was", "")
        return services.redraft(actor=actor, version_id=version.pk, text=text, was=was)
    known = about.get("agreement")
    return services.draft(
        actor=actor, text=text, agreement_id=known.pk if known else None
    )


def _text(
    request: HttpRequest,
    about: dict[str, Any],
    source: str,
    errors: Sequence[FieldError] = (),
) -> HttpResponse:
    initial = {"source": source, "was": _was(request, about)}
    saves = "check" not in request.POST and request.POST.get("do", "save") == "save"
    bound = request.POST if request.method == "POST" and saves else None
    form = DraftForm(bound, initial=initial)
    found = preview.preview(actor_of(request), source)
    page = {**about, "form": form, "source": source, "was": initial["was"]}
    page |= {"preview": found, "refused": errors}
    status = 422 if errors or form.errors else 200
    return render(request, "sharing/agreements/editor.html", page, status=status)


def _form(
    request: HttpRequest,
    about: dict[str, Any],
    data: sheets.Data,
    errors: Sequence[FieldError] = (),
) -> HttpResponse:
    version = about.get("version")
    agreement = about.get("agreement") or (version.agreement if version else None)
    sheet = editor.sheet(actor_of(request), data, agreement, errors)
    page = {**about, "sheet": sheet, "was": _was(request, about)}
    status = 422 if errors else 200
    return render(request, "sharing/agreements/sheet.html", page, status=status)


def _was(request: HttpRequest, about: dict[str, Any]) -> str:
    """The hash of the text that it was written over, kept from when it was opened."""
    version = about.get("version")
    opened: str = version.text_sha256 if version else ""
    return request.POST.get("was", opened)


def _sent(request: HttpRequest) -> sheets.Data:
    return dict(request.POST.lists())
