"""Staff see that claims exist: whose, of which type and state; nothing that tells what."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from hub.lib.readonly import ReadOnlyAdmin
from sharing.indicators.models import Indicator

FIELDS = (
    "id",
    "owner",
    "type",
    "state",
    "revision",
    "valid_until",
    "created_at",
    "updated_at",
)


@admin.register(Indicator)
class IndicatorAdmin(ReadOnlyAdmin):
    """No index, digest, value or note: they are not even fetched."""

    list_display = ("id", "owner", "type", "state", "created_at", "updated_at")
    list_filter = ("type", "state")
    ordering = ("-created_at",)
    fields = FIELDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Indicator]:
        found: QuerySet[Indicator] = Indicator.objects.select_related("owner")
        return found.only(*FIELDS, "owner__name").order_by(*self.ordering)
