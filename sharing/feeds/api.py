"""Streams over the API: which there are, their records, their keys, receipts."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from hub.api import answers
from hub.api.answers import JsonRenderer, NdjsonRenderer, Piece
from hub.api.views import ApiView
from hub.lib.errors import Malformed
from hub.lib.paging import Cursor, parse_limit
from sharing.distribution import notices
from sharing.distribution import services as receipts
from sharing.distribution.selectors import Page
from sharing.feeds import openapi, selectors
from sharing.feeds import openapi_notices as described

CURSOR = "Accord-Cursor"
PIECE_ROWS = 5_000  # records per transaction while everything is streamed


class Collections(ApiView):
    @openapi.listed
    def get(self, request: Request) -> HttpResponse:
        return answers.answer({"collections": selectors.collections(self.actor)})


class Collection(ApiView):
    @openapi.one
    def get(self, request: Request, collection_id: UUID) -> HttpResponse:
        return answers.answer(selectors.collection(self.actor, collection_id))


class Releases(ApiView):
    """With `limit` one page; as NDJSON without it the whole stream, page by page."""

    renderer_classes = [JsonRenderer, NdjsonRenderer]
    known = {"GET": frozenset({"after", "limit"})}

    @openapi.releases
    def get(self, request: Request, collection_id: UUID) -> HttpResponseBase:
        start = Cursor.parse(self.said.get("after"))
        limit = parse_limit(self.said.get("limit"))
        streams = answers.wants_ndjson(request)
        if streams and not self.said.get("limit"):
            return answers.ndjson(self._all(collection_id, start))
        page = selectors.page(self.actor, collection_id, start, limit)
        headers = {CURSOR: str(page.next)}
        if streams:
            piece = _piece(page)
            return answers.ndjson(iter([piece]), headers)
        more = b"true" if page.more else b"false"
        body = b'{"records":[%b],"next":"%b","more":%b}' % (
            b",".join(page.records),
            str(page.next).encode(),
            more,
        )
        return answers.raw(body, headers=headers)

    def head(self, request: Request, collection_id: UUID) -> HttpResponse:
        """Whether it can be read; a page that nobody gets must not count as served."""
        Cursor.parse(self.said.get("after"))
        selectors.check_readable(self.actor, collection_id)
        return HttpResponse(content_type=request.accepted_renderer.media_type)

    def _all(self, collection_id: UUID, start: Cursor) -> Iterator[Piece]:
        cursor, more = start, True
        while more:
            page = selectors.page(self.actor, collection_id, cursor, PIECE_ROWS)
            cursor, more = page.next, page.more
            yield _piece(page)


def _piece(page: Page) -> Piece:
    lines = b"".join([line + b"\n" for line in page.records])
    return Piece(lines, str(page.next), page.more)


class Keys(ApiView):
    @openapi.keys
    def get(self, request: Request, collection_id: UUID) -> HttpResponse:
        return answers.answer({"keys": selectors.keys(self.actor, collection_id)})


class Receipts(ApiView):
    @openapi.receipts
    def post(self, request: Request, collection_id: UUID) -> HttpResponse:
        receipt = receipts.acknowledge(
            actor=self.actor,
            collection_id=collection_id,
            cursor=_cursor(self.text_of("cursor")),
        )
        body = {
            "collection": collection_id,
            "acknowledged": str(Cursor(receipt.generation, receipt.acked_seq)),
            "acknowledged_at": receipt.acked_at,
            "delivered": str(Cursor(receipt.generation, receipt.delivered_seq)),
        }
        return answers.answer(body)


class Notices(ApiView):
    @described.listed
    def get(self, request: Request) -> HttpResponse:
        return answers.answer({"notices": notices.notices(self.actor)})


class NoticeAck(ApiView):
    @described.acknowledged
    def post(self, request: Request, notice_id: UUID) -> HttpResponse:
        found = notices.acknowledge(actor=self.actor, notice_id=notice_id)
        return answers.answer(found)


def _cursor(text: str) -> Cursor:
    try:
        return Cursor.parse(text)
    except Malformed as bad:
        raise Malformed(
            bad.detail,
            code=bad.problem_code,
            errors=[{"field": "cursor", "code": bad.problem_code}],
        ) from None
