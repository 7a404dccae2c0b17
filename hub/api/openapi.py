"""How operations describe themselves: shapes, answers, problems, keys; one document."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers

from hub import problems
from hub.api.answers import JSON, NDJSON
from hub.api.catalogue import KINDS

View = TypeVar("View", bound=Callable[..., Any])

# What every operation with a key can answer.
EVERYWHERE = (
    "unknown-parameter",
    "unauthenticated",
    "forbidden",
    "not-acceptable",
    "internal",
    "unavailable",
)


# A body as it is documented; tests hold every answer against it. (No docstring: shapes
# without one of their own would inherit it as their description.)
class Shape(serializers.Serializer):  # type: ignore[type-arg]
    pass


class Fault(Shape):
    """One thing that is wrong, and where. It never repeats what was sent."""

    line = serializers.IntegerField(required=False, help_text="Line of the body.")
    field = serializers.CharField(required=False, help_text="Name of the field.")
    code = serializers.CharField(help_text="A stable word for programs.")
    detail = serializers.CharField(required=False, help_text="A sentence for people.")


class Problem(Shape):
    """RFC 9457 problem details."""

    type = serializers.URLField(help_text="Names the kind of problem and explains it.")
    title = serializers.CharField(help_text="The kind of problem, in a sentence.")
    status = serializers.IntegerField(help_text="The HTTP status once more.")
    detail = serializers.CharField(help_text="What is the matter this time.")
    code = serializers.CharField(help_text="The last part of `type`.")
    retry = serializers.BooleanField(
        help_text="Whether the same request can succeed later."
    )
    instance = serializers.CharField(
        required=False, help_text="Of a failure of the hub: the id it is logged under."
    )
    errors = Fault(many=True, required=False)  # type: ignore[assignment]


@extend_schema_field({"type": ["string", "integer", "null"]})
class _Position(serializers.Field):  # type: ignore[type-arg]
    """A cursor, an id or a line number, whatever the list goes by."""


class End(Shape):
    """The last line of every NDJSON answer. An answer without it was cut off."""

    kind = serializers.ChoiceField(choices=["end"])
    next = _Position(help_text="Where to go on, as in a JSON page.")
    more = serializers.BooleanField(help_text="Whether there was more already.")
    problem = Problem(required=False, help_text="Why the stream ended early.")


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "orgs.credentials.authentication.CredentialAuthentication"
    name = ["bearer", "basic"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]  # one of them

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "An API key of the organization. `Token` works as well.",
            },
            {
                "type": "http",
                "scheme": "basic",
                "description": "The API key as password; the user name does not matter.",
            },
        ]


def lines_of(name: str, *shapes: type[Shape], kind: str | None = None) -> Any:
    """One line of an NDJSON answer: any of these shapes, or the end."""
    return _union(name, (*shapes, End), kind, many=False)


def list_of(name: str, *shapes: type[Shape], kind: str) -> serializers.Field:  # type: ignore[type-arg]
    """A field that holds a list of any of these shapes."""
    union = _union(name, shapes, kind, many=True)

    class Listed(serializers.Field):  # type: ignore[type-arg]
        pass

    field: Any = extend_schema_field(union)(Listed)
    return field()  # type: ignore[no-any-return]


def _union(
    name: str, shapes: Sequence[type[Shape]], kind: str | None, *, many: bool
) -> PolymorphicProxySerializer:
    """Either of the shapes; with `kind` the field that holds their names in lower case."""
    named: Any = {shape.__name__.lower(): shape for shape in shapes}
    return PolymorphicProxySerializer(
        component_name=name,
        serializers=named if kind else list(shapes),
        resource_type_field_name=kind,
        many=many,
    )


def query(
    name: str, text: str, kind: Any = str, *, words: Iterable[str] | None = None
) -> OpenApiParameter:
    if words:  # as a schema, since the word `enum` of the library would sort them
        kind = {"type": "string", "enum": list(map(str, words))}
    return OpenApiParameter(name, kind, description=text)


def limit(default: int) -> OpenApiParameter:
    return query("limit", f"Rows in a page, 1 to 10000; {default} if not given.", int)


def answer(
    shape: Any, text: str, example: Any, status: int = 200, media_type: str = JSON
) -> dict[Any, OpenApiResponse]:
    """What a good answer is."""
    shown = [
        OpenApiExample(
            "Answer", example, media_type=media_type, status_codes=[str(status)]
        )
    ]
    return {
        (status, media_type): OpenApiResponse(shape, description=text, examples=shown)
    }


def stream(line: Any, text: str, example: Sequence[Any]) -> dict[Any, OpenApiResponse]:
    """What a good answer in NDJSON is; the shape is that of one line."""
    return answer(line, text, lines(example), media_type=NDJSON)


def lines(values: Iterable[Any]) -> str:
    """NDJSON as an example shows it."""
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values)


def describe(
    name: str,
    summary: str,
    text: str,
    answers: Mapping[Any, OpenApiResponse],
    *,
    tag: str,
    fails: Sequence[str] = (),
    parameters: Sequence[OpenApiParameter] = (),
    request: Any = None,
) -> Callable[[View], View]:
    """Describe an operation; `fails` are the codes of its own problems."""
    decorate: Callable[[View], View] = extend_schema(
        operation_id=name,
        summary=summary,
        description=text,
        tags=[tag],
        parameters=list(parameters),
        request=request,
        responses={**answers, **_failures((*EVERYWHERE, *fails))},
    )
    return decorate


def _failures(codes: Sequence[str]) -> dict[Any, OpenApiResponse]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[KINDS[code].status].append(code)
    return {
        (status, problems.MEDIA_TYPE): OpenApiResponse(
            Problem,
            description=" ".join(f"`{code}`" for code in sorted(found)),
            examples=[_failure(code) for code in sorted(found)],
        )
        for status, found in sorted(by_status.items())
    }


def _failure(code: str) -> OpenApiExample:
    kind = KINDS[code]
    return OpenApiExample(
        code,
        problems.body_of(kind.base(code=code)),
        media_type=problems.MEDIA_TYPE,
        status_codes=[str(kind.status)],
    )


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document of the API, as this process serves it."""
    generator: Any = SchemaGenerator
    found: dict[str, Any] = generator().get_schema(public=True)
    return found
