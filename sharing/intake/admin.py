"""Staff see how submissions fare, not what is in them."""

from django.contrib import admin

from hub.lib.readonly import ReadOnlyAdmin
from sharing.intake.models import Submission


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "state", "lines", "chunks_open", "created_at")
    list_filter = ("state", "format")
    list_select_related = ("owner",)
    ordering = ("-ordinal",)
    fields = (
        "id",
        "owner",
        "format",
        "state",
        "lines",
        "chunks_open",
        "created_at",
        "done_at",
    )
