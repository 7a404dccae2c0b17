"""Two ways into the hub that answer alike: its services, and HTTP with a key."""

import json
from base64 import b64decode
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.lib.errors import Conflict, Forbidden, NotFound
from hub.lib.paging import Cursor
from sharing.distribution import explaining, notices
from sharing.distribution import why as reasons
from sharing.distribution.explaining import ByClause
from sharing.feeds import selectors as feeds
from sharing.intake import services as intake
from sharing.lookup import details, filters
from sharing.tokens import rice
from tests.oracle.stage import Member, Stage

Doc = dict[str, Any]
LINES = "application/x-ndjson"


@dataclass
class Page:
    records: list[Doc]
    next: str
    more: bool


class Services:
    """What the pages and the API call."""

    def page(self, member: Member, stream: str, after: str, limit: int) -> Page:
        found = feeds.page(member.manages, UUID(stream), Cursor.parse(after), limit)
        records = [json.loads(line) for line in found.records]
        return Page(records, str(found.next), found.more)

    def keys(self, member: Member, stream: str) -> list[Doc]:
        found = feeds.keys(member.manages, UUID(stream))
        return [{"generation": each.generation, "key": each.key} for each in found]

    def filter(self, member: Member, stream: str) -> set[int]:
        found = filters.read(
            actor=member.manages, collection_id=UUID(stream), since=None
        )
        assert isinstance(found, filters.Filter)
        return set(rice.decode(found.additions))

    def details(self, member: Member, stream: str, tokens: list[str]) -> list[Doc]:
        found = details.details(
            actor=member.manages, collection_id=UUID(stream), body={"tokens": tokens}
        )
        return [json.loads(x) for some in found.records.values() for x in some]

    def collections(self, member: Member) -> list[Doc]:
        return [
            {
                "id": str(each.id),
                "can_read": each.can_read,
                "can_contribute": each.can_contribute,
                "releases": each.releases,
            }
            for each in feeds.collections(member.manages)
        ]

    def why(self, member: Member, release: str) -> Doc:
        found = reasons.why(actor=member.manages, release_id=UUID(release))
        return {
            "state": str(found.state),
            "clause": {"id": str(found.clause.id)},
            "originator": found.originator,
            "terms": {"purposes": list(found.terms.purposes)},
        }

    def visibility(self, member: Member, claim: str) -> list[Doc]:
        found = explaining.visibility(actor=member.manages, claim_id=UUID(claim))
        return [_plain(each) for each in found.clauses]

    def notices(self, member: Member) -> list[Doc]:
        return [
            {
                "id": str(each.id),
                "collection": str(each.collection),
                "acknowledged_at": each.acknowledged_at,
            }
            for each in notices.notices(member.manages)
        ]

    def acknowledge(self, member: Member, notice: str) -> None:
        notices.acknowledge(actor=member.manages, notice_id=UUID(notice))

    def submit(self, member: Member, lines: list[Doc]) -> None:
        intake.submit(actor=member.manages, stream=[_body(lines)], content_type=LINES)


class Http:
    """The API as a partner's system calls it."""

    def __init__(self, stage: Stage) -> None:
        self.client = stage.http

    def page(self, member: Member, stream: str, after: str, limit: int) -> Page:
        said = {"after": after, "limit": str(limit)}
        found = self._get(member, f"collections/{stream}/releases", said)
        return Page(found["records"], found["next"], found["more"])

    def keys(self, member: Member, stream: str) -> list[Doc]:
        return self._get(member, f"collections/{stream}/keys")["keys"]

    def filter(self, member: Member, stream: str) -> set[int]:
        found = self._get(member, f"collections/{stream}/filter")
        return set(rice.decode(b64decode(found["additions"])))

    def details(self, member: Member, stream: str, tokens: list[str]) -> list[Doc]:
        how = {"data": {"tokens": tokens}, "content_type": "application/json"}
        found = self._call("post", member, f"collections/{stream}/details", **how)
        return [x for line in found["results"] for x in line["releases"]]

    def collections(self, member: Member) -> list[Doc]:
        return self._get(member, "collections")["collections"]

    def why(self, member: Member, release: str) -> Doc:
        return self._get(member, f"releases/{release}/why")

    def visibility(self, member: Member, claim: str) -> list[Doc]:
        return self._get(member, f"indicators/{claim}/visibility")["clauses"]

    def notices(self, member: Member) -> list[Doc]:
        return self._get(member, "notices")["notices"]

    def acknowledge(self, member: Member, notice: str) -> None:
        self._call("post", member, f"notices/{notice}/ack")

    def submit(self, member: Member, lines: list[Doc]) -> None:
        body = {"data": _body(lines), "content_type": LINES}
        self._call("post", member, "submissions", **body)

    def _get(self, member: Member, path: str, said: Doc | None = None) -> Any:
        return self._call("get", member, path, query_params=said or {})

    def _call(self, verb: str, member: Member, path: str, **how: Any) -> Any:
        response = getattr(self.client, verb)(
            f"/api/v1/{path}",
            headers={"Authorization": f"Bearer {member.key}"},
            **how,
        )
        if response.status_code in (401, 404):  # nobody acts for an inactive member
            raise NotFound
        if response.status_code == 403:
            raise Forbidden
        if response.status_code == 409:
            raise Conflict
        assert response.status_code < 300, (path, response.status_code)
        return json.loads(response.getvalue())


def _body(lines: list[Doc]) -> bytes:
    return "\n".join(json.dumps(line) for line in lines).encode()


def _plain(clause: ByClause) -> Doc:
    """As JSON has it, as far as it is looked at."""
    payload = clause.payload
    return {
        "collection": {"id": str(clause.collection.id)},
        "standing": str(clause.standing),
        "payload": None if payload is None else json.loads(payload),
        "recipients": [
            {"organization": {"id": str(each.organization.id)}}
            for each in clause.recipients
        ],
    }
