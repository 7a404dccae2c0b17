"""Lists whose filters are in their address, so that a view of one can be kept."""

from django.urls import NoReverseMatch, reverse

from hub.lib.errors import Invalid


def address(place: str) -> str:
    """Where the list of this name is; Invalid for what is no page without parameters."""
    try:
        return reverse(place)
    except NoReverseMatch:
        raise Invalid("There is no such list.", code="no-such-list") from None
