"""Django looks for the admin only here: every room's, and who may open the door."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from orgs.audit import admin as audit
from orgs.credentials import admin as credentials
from orgs.members import admin as members


def sign_in(request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
    """The admin has no door of its own: people sign in where attempts are counted."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next") or request.get_full_path())


admin.site.login = sign_in  # type: ignore[method-assign]
admin.site.unregister(Group)  # the Groups of roles belong to `orgs.access`

__all__ = ["audit", "credentials", "members"]
