"""The base of every view of the API."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from hub.api import parameters
from hub.api.bodies import length_of
from hub.lib.errors import FieldError, Invalid
from orgs.accounts.actor import Actor


class ApiView(APIView):
    """Parse, ask a service or selector, show: refusals are raised by those."""

    metadata_class = None
    known: ClassVar[Mapping[str, frozenset[str]]] = {}  # query parameters by method

    @property
    def actor(self) -> Actor:
        actor = getattr(self.request.user, "actor", None)
        return actor if isinstance(actor, Actor) else Actor()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = "GET" if request.method == "HEAD" else str(request.method)
        self.said = parameters.read(request, self.known.get(method, frozenset()))

    def options(self, *_: Any, **__: Any) -> HttpResponse:  # type: ignore[override]
        return HttpResponse(status=204)  # the framework adds Allow

    def text_of(self, field: str) -> str:
        """The only field of a small JSON body, a text."""
        length_of(self.request)
        body: Any = self.request.data
        if not isinstance(body, dict) or not isinstance(body.get(field), str):
            raise _invalid(field, "missing", "A text is needed here.")
        if len(body) > 1:
            raise _invalid("body", "unknown-field", f"Only “{field}” is read here.")
        return str(body[field])


def _invalid(field: str, code: str, detail: str) -> Invalid:
    error: FieldError = {"field": field, "code": code, "detail": detail}
    return Invalid(f"{field}: {detail}", errors=[error])
