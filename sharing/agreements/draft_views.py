"""Writing agreements on the screen: draft, amend, change a draft, lay it before its parties."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from hub.lib.errors import Conflict, FieldError, Forbidden, Invalid
from orgs.accounts.requests import actor_of, told
from sharing.agreements import catalogue, preview, reading, services, shown
from sharing.agreements.forms import DraftForm

CHANGED = "Somebody changed this draft since you opened it; open it again."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """A new agreement, from nothing or from one of the templates."""
    shown.enter_to_draft(actor_of(request))
    about = {"heading": "Draft an agreement", "templates": catalogue.templates()}
    if name := request.GET.get("template"):
        return _editor(request, about, catalogue.template(name).source)
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
    """The part of the editor beside the text, for what was written so far."""
    source = request.POST.get("source", "")
    found = {"preview": preview.preview(actor_of(request), source)}
    return render(request, "sharing/agreements/_preview.html", found)


@login_required
@require_POST
def propose(request: HttpRequest, version_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    shown.enter_to_draft(actor)
    version = shown.version(actor, version_id)
    with told(request, "The version lies before its parties; they can sign it now."):
        services.propose(actor=actor, version_id=version_id)
    return redirect("agreement-version", version.pk)


def _editor(request: HttpRequest, about: dict[str, Any], source: str) -> HttpResponse:
    """The text beside what it says; `check` shows it again, everything else stores it."""
    version = about.get("version")
    was = version.text_sha256 if version else ""
    form = DraftForm(request.POST or None, initial={"source": source, "was": was})
    errors: list[FieldError] = []
    if request.method == "POST" and form.is_valid() and "check" not in request.POST:
        try:
            saved = _save(request, about, form.cleaned_data)
        except (Conflict, Forbidden, Invalid) as problem:
            errors = problem.errors or [{"field": "text", "detail": problem.detail}]
        else:
            messages.success(request, f"Stored as a draft: version {saved.number}.")
            return redirect("agreement-version", saved.pk)
    written = form.data.get("source", source)
    beside = preview.preview(actor_of(request), written)
    page = {**about, "form": form, "preview": beside, "refused": errors}
    status = 422 if errors or form.errors else 200
    return render(request, "sharing/agreements/editor.html", page, status=status)


def _save(request: HttpRequest, about: dict[str, Any], said: dict[str, str]) -> Any:
    actor, text = actor_of(request), preview.parse(said["source"])
    if version := about.get("version"):
        if said["was"] != version.text_sha256:
            raise Conflict(CHANGED)
        return services.redraft(actor=actor, version_id=version.pk, text=text)
    known = about.get("agreement")
    return services.draft(
        actor=actor, text=text, agreement_id=known.pk if known else None
    )
