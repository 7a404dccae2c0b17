"""The API described: for programs (OpenAPI), for people (a page), problem by problem."""

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hub.api import reading
from hub.api.catalogue import KINDS
from hub.api.introduction import SECTIONS
from hub.api.openapi import document


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON."""
    body = orjson.dumps(document(), option=orjson.OPT_INDENT_2)
    return HttpResponse(body, content_type="application/vnd.oai.openapi+json")


@require_safe
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
