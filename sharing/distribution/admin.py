"""Staff see that releases exist and where they stand, never what they say."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from hub.lib.readonly import ReadOnlyAdmin
from sharing.distribution.models import ControlRecord, Release, ReleaseBatch

RELEASE_FIELDS = (
    "id",
    "generation",
    "seq",
    "first_seq",
    "state",
    "version",
    "date_added",
    "expires_at",
    "retain_until",
)


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """No payload, token, index, owner or indicator: they are not even fetched."""

    list_display = ("id", "generation", "seq", "state", "date_added", "expires_at")
    list_filter = ("state",)
    list_select_related = ("generation__collection",)
    ordering = ("-date_added",)
    fields = RELEASE_FIELDS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        found: QuerySet[Release] = Release.objects.select_related(
            "generation__collection", "version__agreement"
        )
        related = ("generation__number", "generation__collection__title")
        named = ("version__number", "version__agreement__title")
        return found.only(*RELEASE_FIELDS, *related, *named).order_by(*self.ordering)


@admin.register(ReleaseBatch)
class ReleaseBatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "generation", "version", "first_seq", "n", "created_at")
    list_select_related = ("generation__collection", "version__agreement")
    ordering = ("-id",)
    fields = ("generation", "version", "first_seq", "n", "created_at")


@admin.register(ControlRecord)
class ControlRecordAdmin(ReadOnlyAdmin):
    list_display = ("generation", "seq", "kind", "date_added")
    list_filter = ("kind",)
    list_select_related = ("generation__collection",)
    fields = ("generation", "seq", "kind", "date_added")
