"""Staff look at agreements, what they promise, and who may read what."""

from django.contrib import admin

from hub.lib.readonly import ReadOnlyAdmin, ReadOnlyInline
from sharing.agreements.models import (
    Agreement,
    Clause,
    Collection,
    Generation,
    Grant,
    Party,
    Signature,
    Version,
)


class VersionInline(ReadOnlyInline):
    model = Version
    fk_name = "agreement"
    fields = ("number", "state", "effective_from", "effective_until", "activated_at")


class PartyInline(ReadOnlyInline):
    model = Party
    fields = ("organization", "hidden", "acceding", "left_at")


class SignatureInline(ReadOnlyInline):
    model = Signature
    fields = ("organization", "user", "text_sha256", "signed_at", "second_factor")


class ClauseInline(ReadOnlyInline):
    model = Clause
    fields = ("position", "name", "collection")


class GenerationInline(ReadOnlyInline):
    model = Generation
    fields = ("number", "state", "rotation", "effective_from", "version")


class GrantInline(ReadOnlyInline):
    model = Grant
    fields = ("recipient", "clause", "valid_from", "valid_until", "reason")


@admin.register(Agreement)
class AgreementAdmin(ReadOnlyAdmin):
    list_display = ("title", "slug", "state", "active_version", "created_at")
    list_filter = ("state",)
    list_select_related = ("active_version__agreement",)
    fields = (
        "id",
        "title",
        "slug",
        "state",
        "state_reason",
        "state_since",
        "suspended_by",
        "active_version",
        "created_at",
    )
    search_fields = ("title", "slug")
    inlines = (VersionInline,)


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    list_display = ("agreement", "number", "state", "effective_from", "activated_at")
    list_filter = ("state",)
    list_select_related = ("agreement",)
    fields = (
        "id",
        "agreement",
        "number",
        "state",
        "effective_from",
        "effective_until",
        "activated_at",
        "text_sha256",
        "text",
    )
    inlines = (PartyInline, SignatureInline, ClauseInline)


@admin.register(Clause)
class ClauseAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "position", "collection")
    list_filter = ("version__state",)
    list_select_related = ("version__agreement", "collection")
    fields = ("id", "version", "position", "name", "collection", "terms")


@admin.register(Party)
class PartyAdmin(ReadOnlyAdmin):
    list_display = ("organization", "version", "hidden", "acceding", "left_at")
    list_select_related = ("organization", "version__agreement")
    fields = ("organization", "version", "hidden", "acceding", "left_at")


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    list_display = ("organization", "version", "user", "signed_at")
    list_select_related = ("organization", "version__agreement", "user")
    fields = (
        "organization",
        "version",
        "user",
        "text_sha256",
        "signed_at",
        "second_factor",
    )


@admin.register(Collection)
class CollectionAdmin(ReadOnlyAdmin):
    list_display = ("title", "agreement", "disclosure", "state", "created_at")
    list_filter = ("state", "disclosure")
    list_select_related = ("agreement",)
    fields = ("id", "title", "agreement", "disclosure", "state", "created_at")
    inlines = (GenerationInline, GrantInline)


@admin.register(Generation)
class GenerationAdmin(ReadOnlyAdmin):
    list_display = ("collection", "number", "state", "effective_from", "version")
    list_filter = ("state",)
    list_select_related = ("collection", "version__agreement")
    fields = (
        "collection",
        "number",
        "state",
        "effective_from",
        "version",
        "created_at",
    )


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    list_display = ("recipient", "collection", "clause", "valid_from", "valid_until")
    list_select_related = ("recipient", "collection", "clause")
    fields = (
        "recipient",
        "collection",
        "clause",
        "valid_from",
        "valid_until",
        "reason",
        "until_generation",
        "until_seq",
        "purge_by",
        "acked_at",
    )
