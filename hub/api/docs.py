"""The API described: for programs (OpenAPI), for people (a page), problem by problem."""

from collections.abc import Callable
from functools import wraps

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from hub import problems
from hub.api import reading
from hub.api.catalogue import KINDS
from hub.api.introduction import SECTIONS
from hub.api.openapi import document

View = Callable[[HttpRequest], HttpResponse]


def readable(view: View) -> View:
    """For GET and HEAD; other methods get a problem, as everywhere in the API."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        return problems.answer(problems.MethodNotAllowed(), {"Allow": "GET, HEAD"})

    return answer


@readable
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON."""
    body = orjson.dumps(document(), option=orjson.OPT_INDENT_2)
    return HttpResponse(body, content_type="application/vnd.oai.openapi+json")


@readable
def documentation(request: HttpRequest) -> HttpResponse:
    """Works without JavaScript and without a network."""
    return render(
        request,
        "hub/docs/page.html",
        {
            "sections": SECTIONS,
            "groups": reading.groups(),
            "shapes": reading.shapes(),
            "problems": KINDS.values(),
        },
    )


@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Where the `type` of a problem leads."""
    kind = KINDS.get(code)
    if kind is None:
        raise Http404
    return render(request, "hub/docs/problem.html", {"kind": kind})
