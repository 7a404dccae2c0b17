"""The API keys of the acting organization."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hub.lib.clock import now
from hub.lib.errors import Invalid
from orgs.accounts.actor import Right
from orgs.accounts.requests import actor_of, told
from orgs.accounts.rights import need
from orgs.credentials import selectors, services
from orgs.credentials.forms import CredentialForm
from orgs.members.selectors import organization_of


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def credentials(request: HttpRequest) -> HttpResponse:
    """All keys; a POST makes one and this answer alone shows it."""
    actor = actor_of(request)
    need(actor, Right.CREDENTIALS)
    organization = organization_of(actor)
    form, made, key = CredentialForm(request.POST or None), None, ""
    if form.is_valid():
        try:
            made, key = services.create_credential(
                actor=actor, organization=organization, **form.wanted()
            )
        except Invalid as error:
            form.add_error(None, error.detail)
        else:
            form = CredentialForm()
    found = {
        "form": form,
        "made": made,
        "key": key,
        "credentials": selectors.credentials_of(organization.pk),
        "now": now(),
    }
    return render(request, "orgs/credentials/credentials.html", found)


@login_required
@require_POST
def credential_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    with told(request, "The key is revoked; its next request is refused."):
        services.revoke_credential(actor=actor_of(request), credential_id=pk)
    return redirect("credentials")
