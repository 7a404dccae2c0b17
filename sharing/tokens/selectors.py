"""Which generations have a root of their own, and since when."""

from django.db.models import QuerySet

from sharing.tokens.models import GenerationRoot


def generations() -> QuerySet[GenerationRoot]:
    """Every generation that ever had a root, without it; destroyed ones too."""
    return GenerationRoot.objects.defer("wrapped").order_by("collection", "number")
