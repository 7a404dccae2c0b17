"""How the toolkit takes what a hub, or something in its place, may answer."""

import json
from collections.abc import Callable

import httpx2
import pytest

from hub.client.errors import Ending, LaterError, RefusedError, UnverifiedError
from hub.client.remote import Hub
from hub.client.settings import ApiKey, Settings

KEY = "accord_test_verysecretindeed"
END = {"kind": "end", "next": "1.2", "more": False}


def hub(
    answer: Callable[[httpx2.Request], httpx2.Response], waited: list[float]
) -> Hub:
    given = Settings("https://hub.example", ApiKey(KEY))
    return Hub(given, transport=httpx2.MockTransport(answer), sleep=waited.append)


def answering(*answers: httpx2.Response) -> tuple[Hub, list[float]]:
    waited: list[float] = []
    waiting = iter(answers)
    return hub(lambda request: next(waiting), waited), waited


def lines(*records: object) -> httpx2.Response:
    return httpx2.Response(200, text="".join(json.dumps(r) + "\n" for r in records))


def problem(status: int, **said: object) -> httpx2.Response:
    retry = {"Retry-After": str(said.pop("after"))} if "after" in said else {}
    return httpx2.Response(status, json=said, headers=retry)


def test_page_is_whole_when_its_end_says_so():
    found, _ = answering(lines({"kind": "release", "id": 1}, END))
    assert found.page("/x") == ([{"kind": "release", "id": 1}], "1.2", False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"kind":"release"}\n',
        '{"kind":"rel',
        "[1]\n",
        '{"kind":"end"}\n',
        "<html>\n",
    ],
)
def test_answer_that_is_cut_off_is_not_used(text):
    for ask in (lambda h: h.page("/x"), lambda h: list(h.lines("/x"))):
        found, _ = answering(httpx2.Response(200, text=text))
        with pytest.raises(UnverifiedError) as caught:
            ask(found)
        assert caught.value.ending == Ending.UNVERIFIED


def test_end_with_a_problem_is_a_refusal():
    end = END | {"problem": {"code": "not-found", "detail": "Gone."}}
    found, _ = answering(lines(end))
    with pytest.raises(RefusedError, match=r"Gone\."):
        found.page("/x")


def test_hub_is_asked_again_after_the_wait_that_it_wants():
    busy = problem(503, title="Busy", after=7)
    found, waited = answering(busy, problem(503, title="Busy"), lines(END))
    found.page("/x")
    assert waited == [7.0, 3.0]


def test_long_wait_is_told_instead_of_waited():
    found, waited = answering(problem(429, detail="Used up.", after=7200))
    with pytest.raises(LaterError, match=r"Used up\."):
        found.get("/x")
    assert waited == []


def test_fault_of_the_hub_is_told_with_its_instance_at_once():
    found, waited = answering(problem(500, title="Fault", instance="urn:1"))
    with pytest.raises(LaterError, match="Fault urn:1"):
        found.get("/x")
    assert waited == []


def test_redirect_is_not_followed():
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(307, headers={"Location": "https://evil.example/"})

    with pytest.raises(RefusedError, match="307"):
        hub(answer, []).get("/x")
    assert asked == ["https://hub.example/api/v1/x"]


def test_refusal_names_the_place_and_holds_no_sign_that_a_terminal_obeys():
    said = {"detail": "No\x1b[31m\u202e good", "errors": [{"line": 7}]}
    found, _ = answering(problem(422, **said))
    with pytest.raises(RefusedError) as caught:
        found.get("/x")
    assert str(caught.value) == "The hub answered 422: No [31m  good (7)"


@pytest.mark.parametrize(
    "error", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.RemoteProtocolError]
)
def test_broken_connection_is_told_by_its_kind_alone(error):
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise error(f"while sending {KEY}")

    with pytest.raises(LaterError) as caught:
        hub(answer, []).get("/x")
    assert KEY not in str(caught.value)


def test_key_goes_in_the_header_alone():
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        assert KEY not in str(request.url)
        return httpx2.Response(401, json={"code": "unauthenticated"})

    with pytest.raises(RefusedError) as caught:
        hub(answer, []).get("/x")
    assert KEY not in str(caught.value)
