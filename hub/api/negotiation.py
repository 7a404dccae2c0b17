"""Which media type an answer has: by the caller's weights, JSON when it does not care."""

from collections.abc import Iterable

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class Negotiation(DefaultContentNegotiation):
    """As RFC 9110 has it; Django REST framework leaves out the weights (q)."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        by_type = {str(each.media_type): each for each in renderers}
        chosen = request.get_preferred_type(list(by_type))
        if chosen is None:
            raise NotAcceptable
        return by_type[chosen], chosen
