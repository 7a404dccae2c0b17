"""A partner's system: everything it does goes over HTTP with its own key."""

import json
import time
from collections.abc import Iterator
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

    def errors(self, submission_id: str) -> Iterator[dict[str, Any]]:
        """Lines that were rejected or stopped, in line order."""
        after = 0
        while True:
            answer = self._http.get(
                f"/submissions/{submission_id}/errors",
                params={"after": after, "limit": PAGE},
                headers={"Accept": NDJSON},
            )
            _check(answer, 200)
            rows = _rows(answer)
            yield from rows
            if not rows:
                return
            after = rows[-1]["line"]

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
        cursor = ""
        path = f"/collections/{collection['id']}"
        while True:
            answer = self._http.get(
                f"{path}/releases",
                params={"after": cursor, "limit": PAGE},
                headers={"Accept": NDJSON},
            )
            _check(answer, 200)
            rows = _rows(answer)
            records += rows
            following = answer.headers["Accord-Cursor"]
            if following == cursor or not rows:
                break
            cursor = following
        if cursor:
            answer = self._http.post(f"{path}/receipts", json={"cursor": cursor})
            _check(answer, 200, 201, 202, 204)
        return Stream(collection, records, cursor)

    def refused(self, path: str) -> bool:
        """Whether a direct request gets the answer that a stranger gets: 404."""
        return self._http.get(path).status_code == 404

    def _get(self, path: str) -> dict[str, Any]:
        answer = self._http.get(path)
        _check(answer, 200)
        found: dict[str, Any] = answer.json()
        return found


def _check(answer: httpx2.Response, *expected: int) -> None:
    if answer.status_code not in expected:
        problem = answer.text[:300]
        message = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {problem}"
        raise RefusedError(message)


def _rows(answer: httpx2.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.content.split(b"\n") if line]


def answers(address: str) -> bool:
    """Whether the hub is up and reaches its servers."""
    try:
        return httpx2.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        time.sleep(0.05)
        return False
