"""Staff see what waited for a second person and who decided, not what was in it."""

from django.contrib import admin

from hub.lib.readonly import ReadOnlyAdmin
from sharing.intake.models import HeldBatch


@admin.register(HeldBatch)
class HeldBatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "lines", "cause", "state", "held_at", "decided_by")
    list_filter = ("state", "cause")
    list_select_related = ("owner", "decided_by")
    ordering = ("-held_at",)
    fields = (
        "id",
        "owner",
        "lines",
        "cause",
        "reason",
        "state",
        "held_at",
        "decided_at",
        "decided_by",
    )
