"""What every page shares: header and navigation, the landing page, error pages."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from hub.lib.errors import Problem, Unauthenticated
from orgs.accounts.actor import Actor, Right
from orgs.accounts.requests import actor_of
from orgs.members import selectors as members
from sharing.inbox import selectors as inbox

STYLESHEETS = tuple(
    f"hub/css/{name}.css"
    for name in ("tokens", "shell", "parts", "form", "table", "contrast")
)


CONTRAST, CONTRASTS = "contrast", frozenset({"more", "normal"})  # a cookie


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation, shown to those who have the right."""

    name: str  # of the URL
    label: str
    icon: str
    right: Right | None = None
    other: Right | None = None  # opens it as well
    staff: bool = False  # hub staff come in without it, and alone if it is none
    key: str = ""  # leads here from any page
    counted: Callable[[Actor], str] | None = None  # how much waits there
    within: str = ""  # of this place: shown in it, and beside it where it is not open


PLACES = (
    Place("look-up", _("Look up"), "search", Right.READ, key="/"),
    Place(
        "inbox",
        _("Inbox"),
        "inbox",
        Right.READ,
        Right.AUDIT,
        key="i",
        counted=inbox.count,
    ),
    Place("submissions", _("My submissions"), "clipboard-list", Right.READ),
    Place("claims", _("My claims"), "eye-off", Right.READ),
    Place("staff", _("Hub staff"), "settings", staff=True),
    Place("agreements", _("Agreements"), "shield-check", Right.AUDIT, staff=True),
    Place("sharing", _("Sharing"), "send", Right.READ, Right.AUDIT),
    Place("received", _("Received"), "download", Right.READ, within="sharing"),
    Place(
        "notices",
        _("Notices"),
        "alert-triangle",
        Right.READ,
        Right.AUDIT,
        staff=True,
        within="sharing",
    ),
    Place("insights", _("Insights"), "chart-bar", Right.READ, Right.AUDIT, staff=True),
    Place("held", _("Held batches"), "lock", staff=True),
    Place("lookup-alarms", _("Look-up alarms"), "alert-triangle", staff=True),
    Place("connect", _("Connect"), "plug-connected", Right.READ),
    Place("members", _("Members"), "users", Right.MEMBERS),
    Place("credentials", _("API keys"), "key", Right.CREDENTIALS),
)
DOCUMENTATION = Place("api-docs", _("API documentation"), "book")
STAFF = Place("admin:index", _("Administration"), "settings")


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    label: str
    icon: str
    url: str
    here: bool
    key: str
    count: str  # what waits there; "" says nothing
    parts: tuple["Item", ...] = ()

    @property
    def inside(self) -> bool:
        """Whether one is there, or at a part of it."""
        return self.here or any(part.here for part in self.parts)


def context(request: HttpRequest) -> dict[str, Any]:
    """For templates: who acts for whom, where one may go, which style sheets."""
    actor = actor_of(request)
    found: dict[str, Any] = {
        "actor": actor,
        "signed_in": signed_in(request),
        "stylesheets": STYLESHEETS,
        "contrast": _contrast(request),
    }
    if found["signed_in"]:
        found["nav"] = _nav(request, actor)
        found["look_up"] = actor.may(Right.READ)
        found |= _organizations(request, actor.organization_id)
    return found


def _contrast(request: HttpRequest) -> str:
    """What the reader chose; the empty text leaves it to the system."""
    chosen = request.COOKIES.get(CONTRAST, "")
    return chosen if chosen in CONTRASTS else ""


def signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user is not None and user.is_authenticated)


def _open_to(actor: Actor) -> list[Place]:
    """The places that this actor may enter, in the order of the table."""
    places = [each for each in PLACES if _opens(each, actor)]
    if actor.is_staff:
        places.append(STAFF)
    return [*places, DOCUMENTATION]


def _opens(place: Place, actor: Actor) -> bool:
    if place.staff and actor.is_staff:
        return True
    if place.right is None:
        return not place.staff
    return actor.may(place.right) or (
        place.other is not None and actor.may(place.other)
    )


def _nav(request: HttpRequest, actor: Actor) -> list[Item]:
    """What is open, each with its parts."""
    places = _open_to(actor)
    names = {each.name for each in places}
    parts: dict[str, list[Item]] = {}
    for place in places:
        if place.within in names:
            item = _item(place, request, actor)
            parts.setdefault(place.within, []).append(item)
    return [
        _item(place, request, actor, tuple(parts.get(place.name, ())))
        for place in places
        if place.within not in names
    ]


def _item(
    place: Place, request: HttpRequest, actor: Actor, parts: tuple[Item, ...] = ()
) -> Item:
    url = reverse(place.name)
    here = request.path == url or request.path.startswith(f"{url.rstrip('/')}/")
    count = place.counted(actor) if place.counted else ""
    label = gettext(place.label)
    return Item(place.name, label, place.icon, url, here, place.key, count, parts)


def _organizations(request: HttpRequest, acting: UUID | None) -> dict[str, Any]:
    """The acting organization, and the choices when there is more than one."""
    mine = [each.organization for each in members.memberships_of(request.user)]
    return {
        "organization": next((each for each in mine if each.pk == acting), None),
        "choices": mine if len(mine) > 1 or (mine and acting is None) else [],
    }


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "hub/landing.html")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """After sign-in: the first page that the person's role opens, beside the inbox."""
    places = _open_to(actor_of(request)) if signed_in(request) else []
    first = next(
        (each for each in places if each is not DOCUMENTATION and not each.counted),
        None,
    )
    return redirect(first.name if first else "landing")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Pages that name no icon (the administration, the API's description) get ours."""
    return redirect(static("hub/img/accord.svg"))


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A Problem raised in a view, as a page with its own status."""
    if isinstance(problem, Unauthenticated):
        return redirect("sign-in")
    return render(
        request,
        "hub/problem.html",
        {"problem": problem, "status": problem.status},
        status=problem.status,
    )


class ProblemMiddleware:
    """Turns a Problem that leaves a page's view into a page; the API has its own way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, Problem) and not request.path.startswith("/api/"):
            return problem_page(request, exception)
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "hub/400.html", status=HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "hub/403.html", status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "hub/404.html", status=HTTPStatus.NOT_FOUND)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "hub/csrf.html", status=HTTPStatus.FORBIDDEN)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever is broken must not break this too."""
    page = render_to_string("hub/500.html", {"stylesheets": STYLESHEETS})
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)
