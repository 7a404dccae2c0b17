"""Which generations have a root of their own, and since when."""

from uuid import UUID

from django.db.models import QuerySet

from sharing.tokens.models import GenerationRoot


def generations() -> QuerySet[GenerationRoot]:
    """Every generation that ever had a root, without it; destroyed ones too."""
    return GenerationRoot.objects.defer("wrapped").order_by("collection", "number")


def with_otags_before(scheme: int) -> list[tuple[UUID, int]]:
    """The generations whose otags are of an earlier scheme, as collection and number."""
    found = generations().filter(destroyed_at=None, otag_scheme__lt=scheme)
    made = found.exclude(wrapped_oprf=None)
    return list(made.values_list("collection", "number"))


def undestroyed() -> list[tuple[UUID, int]]:
    """The generations whose roots are there, as collection and number."""
    found = generations().filter(destroyed_at=None)
    return list(found.values_list("collection", "number"))
