"""The OpenAPI document arranged for a page that people read."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from hub import problems
from hub.api import introduction
from hub.api.openapi import document

Schema = dict[str, Any]
_METHODS = ("post", "get", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a shape."""

    name: str
    kind: str
    shape: str  # the shape it leads to, or nothing
    needed: bool
    text: str
    words: list[str]
    place: str = ""  # of a parameter: path, query, header


@dataclass(frozen=True, slots=True)
class Content:
    """A body that is sent or answered, in one media type."""

    media_type: str
    kind: str
    shape: str
    example: str
    status: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    status: str
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list[Field]
    bodies: list[Content]
    answers: list[Content]
    refusals: list[Refusal]
    call: str


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    text: str
    operations: list[Operation]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    text: str
    fields: list[Field]
    either: list[str]  # of a union: the shapes it may be


@cache
def groups() -> list[Group]:
    """Operations by tag, in the order of their addresses."""
    found: dict[str, list[Operation]] = {name: [] for name in introduction.TAGS}
    for path, methods in document()["paths"].items():
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                said = _operation(path, method, operation)
                found[operation["tags"][0]].append(said)
    return [Group(name, text, found[name]) for name, text in introduction.TAGS.items()]


@cache
def shapes() -> list[Shape]:
    """Every named shape, by name."""
    components = document()["components"]["schemas"]
    return [_shape(name, components[name]) for name in sorted(components)]


def _operation(path: str, method: str, said: Schema) -> Operation:
    bodies = list(_contents(said.get("requestBody", {})))
    answers: list[Content] = []
    refusals: list[Refusal] = []
    for status, answer in said["responses"].items():
        content = answer.get("content", {})
        if problems.MEDIA_TYPE in content:
            examples = content[problems.MEDIA_TYPE].get("examples", {}).values()
            codes = [each["value"]["code"] for each in examples]
            refusals.append(Refusal(status, codes))
        else:
            answers += _contents(answer, status)
    parameters = [_parameter(each) for each in said.get("parameters", ())]
    return Operation(
        name=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        text=said["description"],
        parameters=sorted(parameters, key=lambda each: each.place != "path"),
        bodies=bodies,
        answers=answers,
        refusals=refusals,
        call=_call(path, method, bodies),
    )


def _contents(holder: Schema, status: str = "") -> Iterator[Content]:
    for media_type, content in holder.get("content", {}).items():
        kind, shape = _kind(content["schema"])
        examples = list(content.get("examples", {}).values())
        value = examples[0]["value"] if examples else None
        text = holder.get("description", "")
        yield Content(media_type, kind, shape, _written(value), status, text)


def _written(value: Any) -> str:
    """An example as its bytes would look."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False)


def _call(path: str, method: str, bodies: list[Content]) -> str:
    """A curl command to copy; parts in braces are to be filled in."""
    words = ['curl -H "Authorization: Bearer $ACCORD_KEY"']
    if bodies:
        words.append(f'-H "Content-Type: {bodies[0].media_type}" --data-binary @FILE')
    elif method != "get":
        words.append(f"-X {method.upper()}")
    return " \\\n  ".join([*words, f'"$ACCORD_URL{path}"'])


def _parameter(said: Schema) -> Field:
    kind, shape = _kind(said["schema"])
    return Field(
        name=said["name"],
        kind=kind,
        shape=shape,
        needed=said.get("required", False),
        text=said.get("description", ""),
        words=[str(word) for word in said["schema"].get("enum", ())],
        place=said["in"],
    )


def _shape(name: str, said: Schema) -> Shape:
    needed = said.get("required", ())
    fields = [
        _field(field, schema, needed=field in needed)
        for field, schema in said.get("properties", {}).items()
    ]
    either = [_target(each) for each in said.get("oneOf", ())]
    return Shape(name, said.get("description", ""), fields, either)


def _field(name: str, said: Schema, *, needed: bool) -> Field:
    kind, shape = _kind(said)
    words = said.get("enum") or said.get("items", {}).get("enum") or ()
    shown = [str(word) for word in words if word is not None]
    return Field(name, kind, shape, needed, said.get("description", ""), shown)


def _kind(said: Schema) -> tuple[str, str]:
    """What a schema allows in a few words, and the named shape it leads to."""
    for holder in (said, *said.get("allOf", ())):
        if shape := _target(holder):
            return shape, shape
    kinds = said.get("type", "any")
    if kinds == "array":
        kind, shape = _kind(said["items"])
        return f"list of {kind}", shape
    words = [kinds] if isinstance(kinds, str) else list(kinds)
    return said.get("format", "") or " or ".join(words), ""


def _target(said: Schema) -> str:
    return str(said.get("$ref", "")).rpartition("/")[2]
