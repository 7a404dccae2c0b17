"""What the people of an organization do with the entries of its inbox: ids alone."""

import uuid

from django.db import models

from orgs.models import Organization, User


class Handling(models.Model):
    """Who is on an entry, and what was decided about it as it was at `upto`."""

    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    kind = models.CharField(max_length=12)
    subject = models.UUIDField()
    claimed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    claimed_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, default="", blank=True)
    upto = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(  # null: a system did
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    touched_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "kind", "subject"], name="one_handling_each"
            )
        ]
        indexes = [
            models.Index(fields=["organization", "touched_at"], name="handling_touched")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Watchlist(models.Model):
    """A list of observables of an organization, about which it wants to be told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="watchlists_have_names"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class WatchLine(models.Model):
    """One observable of a watchlist, as a mark that only the hub can make."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    watchlist = models.ForeignKey(Watchlist, models.CASCADE, related_name="lines")
    mark = models.BinaryField()
    label_sealed = models.BinaryField(null=True)  # the owner's word for it, if any
    added_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "mark", "watchlist"], name="a_line_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class WatchCount(models.Model):
    """Lines that an organization added on one day, removed ones included."""

    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    day = models.DateField()
    added = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "day"], name="one_count_of_lines_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.day}"


class Match(models.Model):
    """A release is about a line of a watchlist; which one is sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    watchlist = models.ForeignKey(Watchlist, models.CASCADE)
    release_mark = models.BinaryField()
    sealed = models.BinaryField()  # collection, release and line: 16 bytes each
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "release_mark", "watchlist"],
                name="a_match_once",
            )
        ]
        indexes = [
            models.Index(fields=["organization", "-at", "-id"], name="match_newest")
        ]

    def __str__(self) -> str:
        return str(self.id)


class SavedFilter(models.Model):
    """Releases that an organization, or one person in it, wants to be told of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    user = models.ForeignKey(  # null: everybody's in the organization
        User, models.CASCADE, null=True, related_name="+"
    )
    name = models.CharField(max_length=80)
    wanted = models.JSONField()  # as `wanting.Wanted.stored` writes it; no values in it
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user", "name"],
                name="filters_have_names",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class FilterHit(models.Model):
    """A release came that a saved filter asked for: its id alone, nothing of it."""

    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    filter = models.ForeignKey(SavedFilter, models.CASCADE, db_index=False)
    collection = models.UUIDField()
    release = models.UUIDField()  # the id that left
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["filter", "release"], name="a_filter_is_hit_once"
            )
        ]
        indexes = [
            models.Index(fields=["filter", "-at", "-id"], name="filter_hit_newest"),
            models.Index(fields=["organization", "at"], name="filter_hit_age"),
        ]

    def __str__(self) -> str:
        return f"{self.filter_id} {self.release}"
