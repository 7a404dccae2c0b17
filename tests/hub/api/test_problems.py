"""Whatever goes wrong under /api/ is a problem, and no problem tells what was sent."""

import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, UnreadablePostError
from django.test import Client
from rest_framework.exceptions import Throttled

from hub import problems
from hub.lib.errors import Conflict, TooMany
from orgs.members import selectors
from tests.hub.api.caller import PROBLEM, Caller

SECRET = "+447700900123"


def problem_at(path: str, **more):
    response = Client(raise_request_exception=False).get(path, **more)
    assert response.headers["Content-Type"] == PROBLEM
    assert response.headers["Cache-Control"] == "no-store"
    return response


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v2/me", "/api/v1/nothing", "/api/v1/me/", "/api/v1/"]
)
def test_address_that_is_none_is_a_problem(path):
    answer = problem_at(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert answer.json()["type"].startswith("http")


@pytest.mark.parametrize("method", ["POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    ("path", "status"), [("nothing", 404), ("schema", 405), ("docs", 405)]
)
def test_refusal_is_a_problem_when_the_method_changes_things(method, path, status):
    client = Client(enforce_csrf_checks=True)
    answer = client.generic(method, f"/api/v1/{path}")
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["submissions/x", "collections/1/releases"])
def test_address_with_a_bad_id_is_a_problem(path):
    assert problem_at(f"/api/v1/{path}").status_code == 404


def test_page_that_is_none_stays_a_page(db):
    assert Client().get("/nothing").headers["Content-Type"].startswith("text/html")


def test_host_that_is_not_ours_is_a_problem():
    answer = problem_at("/api/v1/me", headers={"host": "evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.django_db
class TestRequests:
    def test_method_is_refused_when_the_address_has_no_such(self, alice):
        answer = Caller(alice).call("DELETE", "me")
        assert (answer.status_code, answer.json()["code"]) == (
            405,
            "method-not-allowed",
        )
        assert "GET" in answer.headers["Allow"]

    def test_media_type_is_refused_when_nothing_acceptable_exists(self, alice):
        answer = Caller(alice).get("me", "text/html")
        assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")

    @pytest.mark.parametrize(
        ("accept", "chosen"),
        [
            ("*/*", "application/json"),
            ("application/x-ndjson", "application/x-ndjson"),
            ("application/x-ndjson, application/json;q=0.9", "application/x-ndjson"),
            ("application/x-ndjson;q=0.5, */*", "application/json"),
        ],
    )
    def test_media_type_goes_by_the_weights_of_the_caller(self, alice, accept, chosen):
        answer = Caller(alice).get("indicators", accept)
        assert answer.headers["Content-Type"] == chosen

    @pytest.mark.parametrize(
        "header", ["Bearer accord_000000000000_x", "Bearer", "Digest x", "Basic !!"]
    )
    def test_key_is_refused_alike_whatever_is_wrong_with_it(self, header):
        answer = problem_at("/api/v1/me", headers={"authorization": header})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == (
            'Bearer realm="accord", Basic realm="accord"'
        )

    def test_session_of_a_person_opens_no_api(self, alice):
        client = Client()
        client.force_login(alice)
        assert client.get("/api/v1/me").status_code == 401

    def test_options_say_what_an_address_can(self, alice):
        answer = Caller(alice).call("OPTIONS", "submissions")
        assert answer.status_code == 204
        assert set(answer.headers["Allow"].split(", ")) >= {"GET", "POST", "HEAD"}

    @pytest.mark.parametrize("name", ["limit", SECRET, "x" * 41, "UPPER"])
    def test_parameter_is_refused_when_it_is_not_known(self, alice, name):
        answer = Caller(alice).get("me", **{name: SECRET})
        assert answer.json()["code"] == "unknown-parameter"
        shown = name if name == "limit" else "(unreadable)"
        assert answer.json()["errors"][0]["field"] == shown
        assert SECRET not in answer.content.decode()

    def test_unforeseen_failure_is_a_problem_with_an_id_that_is_logged(
        self, alice, monkeypatch, caplog, capfd
    ):
        def broken(actor):
            raise RuntimeError(SECRET)

        monkeypatch.setattr(selectors, "organization_of", broken)
        answer = Caller(alice).get("me")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        incident = answer.json()["instance"].removeprefix("urn:uuid:")
        logged = capfd.readouterr().err + caplog.text
        assert re.fullmatch(r"[0-9a-f-]{36}", incident)
        assert incident in logged
        assert SECRET not in answer.content.decode()

    def test_database_that_is_away_asks_to_come_back(self, alice, monkeypatch):
        def away(actor):
            raise OperationalError(SECRET)

        monkeypatch.setattr(selectors, "organization_of", away)
        answer = Caller(alice).get("me")
        assert (answer.status_code, answer.json()["retry"]) == (503, True)
        assert int(answer.headers["Retry-After"]) > 0
        assert SECRET not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(SECRET), 404, "not-found"),
        (PermissionDenied(SECRET), 403, "forbidden"),
        (SuspiciousOperation(SECRET), 400, "malformed"),
        (UnreadablePostError(SECRET), 400, "malformed"),
        (Conflict("Said."), 409, "conflict"),
        (Conflict("Said.", code="busy"), 409, "busy"),
        (KeyError(SECRET), 500, "internal"),
    ],
)
def test_exception_is_the_problem_it_means(error, status, code):
    answer = problems.handle(error)
    assert answer.status_code == status
    assert code in answer.content.decode()
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "seconds"),
    [(Throttled(wait=3.2), "4"), (TooMany(), problems.RETRY_AFTER)],
)
def test_quota_says_when_to_come_back(error, seconds):
    answer = problems.handle(error)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, seconds)


def test_members_of_a_problem_cannot_be_replaced_by_extra_ones():
    body = problems.body_of(Conflict("Said.", status=200, type="x", since="today"))
    assert (body["status"], body["since"]) == (409, "today")
    assert body["type"].endswith("/problems/conflict")
