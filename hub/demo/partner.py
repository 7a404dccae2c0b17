"""A partner's system: everything it does goes over HTTP with its own key."""

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx2

from hub.demo.errors import RefusedError
from hub.demo.reader import Body

API = "/api/v1"
PAGE = 10_000
NDJSON = "application/x-ndjson"
TIMEOUT = 120.0  # seconds; a page of 10,000 releases on a busy laptop


@dataclass(frozen=True, slots=True)
class Stream:
    """A collection as it was pulled: its records in order, and where it ended."""

    collection: dict[str, Any]
    records: list[dict[str, Any]]
    cursor: str


class Partner:
    """One organization's client."""

    def __init__(self, slug: str, address: str, key: str) -> None:
        self.slug = slug
        self._http = httpx2.Client(
            base_url=address + API,
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT,
        )

    def close(self) -> None:
        self._http.close()

    def submit(self, body: Body, defaults: dict[str, str]) -> str:
        """Send one submission; returns its id."""
        headers = {"Content-Type": body.content_type}
        if body.gzipped:
            headers["Content-Encoding"] = "gzip"
        answer = self._http.post(
            "/submissions", params=defaults, headers=headers, content=body.data
        )
        _check(answer, 202)
        return str(answer.json()["id"])

    def submission(self, submission_id: str) -> dict[str, Any]:
        return self._get(f"/submissions/{submission_id}")

    def errors(self, submission_id: str) -> list[dict[str, Any]]:
        """Lines that were rejected or stopped, in line order."""
        rows, _ = self._lines(f"/submissions/{submission_id}/errors", {})
        return rows

    def collections(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._get("/collections")["collections"]
        return found

    def keys(self, collection_id: str) -> dict[int, str]:
        """The token keys, hexadecimal, by generation."""
        keys = self._get(f"/collections/{collection_id}/keys")["keys"]
        return {key["generation"]: key["key"] for key in keys}

    def pull(self, collection: dict[str, Any]) -> Stream:
        """The whole stream from its beginning, page after page, acknowledged."""
        records: list[dict[str, Any]] = []
        cursor, more = "", True
        path = f"/collections/{collection['id']}"
        while more:
            asked = {"after": cursor, "limit": str(PAGE)}
            rows, end = self._lines(f"{path}/releases", asked)
            records += rows
            cursor, more = end["next"], end["more"]
        answer = self._http.post(f"{path}/receipts", json={"cursor": cursor})
        _check(answer, 200)
        return Stream(collection, records, cursor)

    def refused(self, path: str) -> bool:
        """Whether a direct request gets what a stranger (404) or contributor (403) gets."""
        return self._http.get(path).status_code in (403, 404)

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._http.get(path)
        _check(answer, 200)
        found: dict[str, Any] = answer.json()
        return found

    def _lines(
        self, path: str, asked: dict[str, str]
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The records of an NDJSON answer, and its last line, which says it is whole."""
        answer = self._http.get(path, params=asked, headers={"Accept": NDJSON})
        _check(answer, 200)
        rows = [json.loads(line) for line in answer.content.split(b"\n") if line]
        if not rows or rows[-1].get("kind") != "end" or "problem" in rows[-1]:
            message = f"GET {path}: the stream was cut off."
            raise RefusedError(message)
        return rows[:-1], rows[-1]


def _check(answer: httpx2.Response, *expected: int) -> None:
    if answer.status_code not in expected:
        problem = answer.text[:300]
        message = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {problem}"
        raise RefusedError(message)


def answers(address: str) -> bool:
    """Whether the hub is up and reaches its servers."""
    try:
        return httpx2.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        time.sleep(0.05)
        return False
