"""A partner's program in tests; every answer is held against the OpenAPI document."""

import copy
import json
import re
from functools import cache
from typing import Any

import jsonschema
from django.http import HttpResponseBase
from django.test import Client

from hub.api.openapi import document
from orgs.accounts.models import User
from tests.cast import key_of

ROOT = "/api/v1/"
NDJSON = "application/x-ndjson"
PROBLEM = "application/problem+json"


class Caller:
    """Calls the API with a key of a person's organization; `None` calls without."""

    def __init__(self, person: User | None, **credential: Any) -> None:
        self.http = Client(raise_request_exception=False)
        self.key = key_of(person, **credential) if person else None

    def get(self, path: str, accept: str = "*/*", **said: str):
        return self.call("GET", path, accept=accept, query=said)

    def post(self, path: str, body: Any, media_type: str = "application/json", **more):
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.call("POST", path, data=data, content_type=media_type, **more)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        accept: str = "*/*",
        headers: dict[str, str] | None = None,
        **body: Any,
    ):
        signed = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        response = self.http.generic(
            method,
            ROOT + path,
            headers={"Accept": accept, **signed, **(headers or {})},
            query_params=query or {},
            **body,
        )
        hold(method, path, response)
        return response


def rows(response: HttpResponseBase) -> list[Any]:
    """The values of an NDJSON answer, its end included."""
    return [json.loads(line) for line in text(response).splitlines()]


def text(response: Any) -> str:
    """The whole body, streamed or not; a stream can be asked again."""
    if response.streaming and not hasattr(response, "whole"):
        response.whole = response.getvalue()
    return (response.whole if response.streaming else response.content).decode()


def hold(method: str, path: str, response: Any) -> None:
    """Every answer is as documented, is not stored on the way, and names its request."""
    assert response.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r"[0-9a-f-]{36}", response.headers["X-Request-ID"])
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if method == "HEAD":
        return
    if response.status_code >= 400:
        assert media_type == PROBLEM
        _valid(json.loads(text(response)), {"$ref": "#/components/schemas/Problem"})
    if method not in ("GET", "POST"):
        return
    operation = _operation(method, path)
    if operation is None or response.status_code == 405:
        return
    answers = operation["responses"]
    assert str(response.status_code) in answers, response.status_code
    if response.status_code == 304:
        assert not response.content
        return
    content = answers[str(response.status_code)]["content"]
    schema = content[media_type]["schema"]
    values = rows(response) if media_type == NDJSON else [json.loads(text(response))]
    for value in values:
        _valid(value, schema)
    if response.status_code >= 400:
        documented = [
            each["value"]["code"] for each in content[PROBLEM]["examples"].values()
        ]
        assert values[0]["code"] in documented


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, methods in strict()["paths"].items():
        if re.fullmatch(re.sub(r"\\?\{.*?\}", "[0-9a-f-]{36}", template), ROOT + path):
            return methods.get(method.lower())
    return None


@cache
def strict() -> dict[str, Any]:
    """The document, with shapes that allow no field they do not name."""
    found = copy.deepcopy(document())
    for shape in found["components"]["schemas"].values():
        if "properties" in shape:
            shape["additionalProperties"] = False
    return found


def _valid(value: Any, schema: dict[str, Any]) -> None:
    whole = {**schema, "components": strict()["components"]}
    validator = jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.FormatChecker()
    )
    errors = [
        f"{each.json_path}: {each.message}" for each in validator.iter_errors(value)
    ]
    assert not errors, errors
