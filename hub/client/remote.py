"""The hub over HTTP: questions, answers, streams that say when they are whole."""

import importlib.metadata
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self

import httpx2
import msgspec

from hub.client import shapes
from hub.client.errors import LaterError, RefusedError, ToolError, UnverifiedError
from hub.client.settings import Settings

NDJSON = "application/x-ndjson"
JSON = "application/json"
TIMEOUT = httpx2.Timeout(120, connect=20)  # seconds
TRIES = 4
PATIENCE = 30.0  # seconds that are waited for at most before the next try
NOT_NOW = float("inf")  # another try at once would end the same
PASSING = frozenset({429, 502, 503, 504})
DETAIL = 500  # characters of what the hub says that are passed on


class Hub:
    """One partner's connection. What fails is said in sentences, never with the key."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = settings.url
        self._sleep = sleep
        self._http = httpx2.Client(
            base_url=f"{settings.url}/api/v1",
            headers={
                "Authorization": f"Bearer {settings.key.reveal()}",
                "User-Agent": f"accord/{version()}",
            },
            timeout=TIMEOUT,
            trust_env=not settings.local,  # no proxy on the way to this machine
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, shape: Any = shapes.Something, /, **asked: str) -> Any:
        """A JSON answer of a shape."""
        answer = self._again(lambda: self._ask("GET", path, params=asked))
        return _json(answer, shape)

    def raw(self, path: str, **asked: str) -> bytes:
        """An answer as it is."""
        return self._again(lambda: self._ask("GET", path, params=asked)).content

    def post(self, path: str, body: Any, shape: Any = shapes.Something) -> Any:
        """Send JSON that may safely be sent again; a JSON answer of a shape."""
        return _json(self._again(lambda: self._ask("POST", path, json=body)), shape)

    def send(
        self,
        path: str,
        body: Callable[[], Iterable[bytes]],
        headers: Mapping[str, str],
        params: Mapping[str, str],
    ) -> Any:
        """Send a body of any size; the same again if it failed, so name it in a header."""
        answer = self._again(
            lambda: self._ask(
                "POST", path, content=body(), headers=headers, params=params
            )
        )
        return _json(answer, shapes.Taken)

    def page(self, path: str, **asked: str) -> tuple[list[dict[str, Any]], str, bool]:
        """The records of one answer in NDJSON, where it ended, and whether there is more."""
        answer = self._again(
            lambda: self._ask("GET", path, params=asked, headers={"Accept": NDJSON})
        )
        records = [_record(line) for line in answer.content.split(b"\n") if line]
        end = _end(records.pop() if records else None)
        if not isinstance(end["next"], str):
            raise UnverifiedError("The hub's answer does not say where it ended.")
        return records, end["next"], end["more"] is True

    def lines(self, path: str, shape: Any = shapes.Something) -> Iterator[Any]:
        """All records of a list, one after the other; UnverifiedError if it was cut off."""
        last: dict[str, Any] | None = None
        try:
            with self._http.stream("GET", path, headers={"Accept": NDJSON}) as answer:
                if answer.status_code != httpx2.codes.OK:
                    answer.read()
                    _check(answer)
                for line in answer.iter_lines():
                    if last is not None:
                        yield shapes.shaped(last, shape)
                    last = _record(line.encode())
        except httpx2.HTTPError as error:
            raise _unreached(error) from None
        _end(last)

    def _ask(self, method: str, path: str, **said: Any) -> httpx2.Response:
        try:
            answer = self._http.request(method, path, **said)
        except httpx2.HTTPError as error:
            raise _unreached(error) from None
        _check(answer)
        return answer

    def _again(self, ask: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Ask, and ask again while it may help and the hub does not want a long wait."""
        for pause in (1.0, 3.0, 9.0)[: TRIES - 1]:
            try:
                return ask()
            except LaterError as later:
                wait = pause if later.wait is None else later.wait
                if wait > PATIENCE:
                    raise
                self._sleep(wait)
        return ask()


def version() -> str:
    try:
        return importlib.metadata.version("accord")
    except importlib.metadata.PackageNotFoundError:  # from a checkout
        return "0"


def plain(text: object) -> str:
    """What somebody else wrote, without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text))


def _json(answer: httpx2.Response, shape: Any) -> Any:
    try:
        found = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UnverifiedError("The hub's answer is not JSON.") from None
    return shapes.shaped(found, shape)


def _record(line: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UnverifiedError("The hub's answer was cut off.") from None
    if not isinstance(found, dict):
        raise UnverifiedError("The hub's answer holds something unknown.")
    return found


def _end(last: dict[str, Any] | None) -> dict[str, Any]:
    """The line that says an answer is whole."""
    if last is None or last.get("kind") != "end" or not {"next", "more"} <= last.keys():
        raise UnverifiedError("The hub's answer was cut off.")
    if isinstance(problem := last.get("problem"), dict):
        detail = plain(problem.get("detail") or problem.get("title") or "")[:DETAIL]
        if problem.get("status") in PASSING:
            raise LaterError(f"The hub broke off: {detail}")
        raise RefusedError(f"The hub broke off: {detail}", str(problem.get("code")))
    return last


def _check(answer: httpx2.Response) -> None:
    status = answer.status_code
    if status < 300:
        return
    problem = _problem(answer)
    code = str(problem.get("code") or "")
    detail = plain(problem.get("detail") or problem.get("title") or "")[:DETAIL]
    said = f"The hub answered {status}: {detail}" if detail else _bare(status)
    if status == httpx2.codes.UNAUTHORIZED:
        raise RefusedError(
            "The hub does not take this API key: unknown, revoked, expired, or not for"
            " this address.",
            code,
        )
    if status in PASSING:
        raise LaterError(said, _wait(answer.headers.get("Retry-After")))
    if status >= 500:
        instance = plain(problem.get("instance") or "")[:DETAIL]
        raise LaterError(f"{said} {instance}".strip(), NOT_NOW)
    raise RefusedError(_with_places(said, problem), code)


def _bare(status: int) -> str:
    if status < 400:
        return (
            f"The hub answered {status} and wants to lead elsewhere; check its address."
        )
    return f"The hub answered {status}; is this the address of a hub?"


def _problem(answer: httpx2.Response) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(answer.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _with_places(said: str, problem: Mapping[str, Any]) -> str:
    """With the line or field at fault, where the problem names one."""
    errors = problem.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return said
    place = first.get("line") or first.get("field")
    return f"{said} ({plain(place)[:80]})" if place else said


def _wait(header: str | None) -> float | None:
    if header and header.isascii() and header.isdigit():
        return float(header)
    return None


def _unreached(error: httpx2.HTTPError) -> ToolError:
    """By its kind alone: the message of a library might quote what was sent."""
    if isinstance(error, httpx2.ConnectError):
        return LaterError("The hub cannot be reached at this address.", NOT_NOW)
    if isinstance(error, httpx2.TimeoutException):
        return LaterError("The hub did not answer in time.")
    return LaterError(f"The connection to the hub broke ({type(error).__name__}).")
