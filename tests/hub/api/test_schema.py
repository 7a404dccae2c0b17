"""The document tells all operations, no others, and nothing that is not so."""

import ast
import json
import re
from pathlib import Path

import jsonschema
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern

from hub import urls
from hub.api.catalogue import KINDS
from hub.api.openapi import document
from tests.hub.api.caller import NDJSON, PROBLEM, strict

UNDESCRIBED = {"/api/v1/schema", "/api/v1/docs"}  # they are the description
METHODS = {"get", "post", "put", "patch", "delete"}
DOCS = settings.BASE_DIR / "docs" / "problems.md"
# Rooms whose problems reach the API.
ROOMS = (
    *("hub/lib", "hub/api"),
    *(
        f"sharing/{room}"
        for room in "intake indicators tokens distribution feeds".split()
    ),
)


def path_of(pattern: URLPattern) -> str:
    return "/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))


def operations():
    for path, methods in document()["paths"].items():
        for method in METHODS & set(methods):
            yield path, method, methods[method]


def test_every_route_is_described_and_every_description_has_a_route():
    routes = {path_of(pattern) for pattern in urls.api} - UNDESCRIBED
    assert routes == set(document()["paths"])


def test_every_method_of_a_route_is_described():
    for pattern in urls.api:
        view = getattr(pattern.callback, "cls", None)
        if view is not None:
            served = {name for name in METHODS if hasattr(view, name)}
            assert served == METHODS & set(document()["paths"][path_of(pattern)])


def test_document_is_valid_and_made_without_a_warning(tmp_path):
    call_command(
        "spectacular", "--fail-on-warn", "--validate", "--file", tmp_path / "schema"
    )


def test_document_is_served_as_json():
    answer = Client().get("/api/v1/schema")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    assert json.loads(answer.content) == json.loads(json.dumps(document()))


def test_operations_have_names_summaries_and_keys():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names)) == 45
    for _, _, operation in operations():
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"] == [{"bearer": []}, {"basic": []}]
        assert {"400", "401", "403", "406", "500", "503"} <= set(operation["responses"])


def test_every_field_of_every_example_is_described():
    checked = 0
    for path, method, operation in operations():
        for status, answer in operation["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                assert content["examples"], (path, method, status)
                for example in content["examples"].values():
                    for value in values(media_type, example["value"]):
                        check(value, content["schema"])
                        checked += 1
    assert checked > 100


def values(media_type: str, example):
    if media_type == NDJSON:
        return [json.loads(line) for line in example.splitlines()]
    return [example]


def check(value, schema) -> None:
    whole = {**schema, "components": strict()["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def test_every_problem_of_the_document_is_explained_by_its_own_page(db):
    for code, kind in KINDS.items():
        page = Client().get(f"/problems/{code}")
        assert page.status_code == 200
        assert str(kind.status) in page.content.decode()
    assert Client().get("/problems/none-such").status_code == 404


def test_documented_problems_can_all_be_met():
    told = {
        example["value"]["code"]
        for _, _, operation in operations()
        for answer in operation["responses"].values()
        for example in answer.get("content", {})
        .get(PROBLEM, {})
        .get("examples", {})
        .values()
    }
    general = {"method-not-allowed", "gone"}
    assert set(KINDS) - told == general


def codes_in(path: Path):
    """Codes of problems and of faults, as the source spells them."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        place = {"BadValue": 0, "BadFieldError": 1, "Refusal": 1, "Trouble": 3}.get(
            name
        )
        if place is not None and len(node.args) > place:
            yield "fault", node.args[place]
        for keyword in node.keywords:
            if keyword.arg == "code":
                yield "problem", keyword.value


def spelled(kind: str) -> set[str]:
    return {
        str(node.value)
        for room in ROOMS
        for path in (settings.BASE_DIR / room).rglob("*.py")
        for found, node in codes_in(path)
        if found == kind and isinstance(node, ast.Constant)
    }


def test_every_code_that_is_raised_is_in_the_catalogue():
    assert spelled("problem")
    assert spelled("problem") - set(KINDS) - {"not-kept"} == set()  # a page's


@pytest.mark.parametrize("kind", ["problem", "fault"])
def test_every_code_is_in_the_manual(kind):
    rows = re.findall(r"^\| (`[^|]+`) \|", DOCS.read_text(), re.MULTILINE)
    told = {code for row in rows for code in re.findall(r"`([a-z0-9-]+)`", row)}
    codes = set(KINDS) if kind == "problem" else spelled("fault")
    assert codes
    assert codes - told == set()


def test_manual_tells_the_status_and_the_advice_of_every_problem():
    for kind in KINDS.values():
        assert f"| `{kind.code}` | {kind.status} | {kind.advice} |" in DOCS.read_text()
