"""Sightings and verdicts: what one organization said about one release."""

from django.db import models

from orgs.models import Organization
from sharing.agreements.models import Collection


class Said(models.Model):
    """Of either kind: who says it, about what, and who was promised to see it."""

    giver = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", db_index=False
    )
    release = models.UUIDField()  # the id that left: the same in every generation
    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(  # of the claim; internal
        Organization, models.PROTECT, related_name="+", db_index=False
    )
    indicator = models.UUIDField()  # internal
    shared = (
        models.BooleanField()
    )  # with other recipients, by the clause of that moment
    unnamed = models.BooleanField()  # without its giver's name
    given_at = models.DateTimeField()

    class Meta:
        abstract = True


class Verdict(Said):
    """What it makes of the release, and what the release said then."""

    kind = models.CharField(max_length=24)
    revision = models.PositiveIntegerField()
    scam_type = models.CharField(max_length=20, null=True)  # noqa: DJ001 - not told
    role = models.CharField(max_length=20, null=True)  # noqa: DJ001 - not told
    status = models.CharField(max_length=20, null=True)  # noqa: DJ001 - not told
    last_seen = models.DateTimeField(null=True)
    note_sealed = models.BinaryField(null=True)  # for the owner of the claim alone

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["release", "giver"], name="one_verdict_per_giver"
            )
        ]
        indexes = [
            models.Index(fields=["indicator"], name="verdict_of_claim"),
            models.Index(fields=["owner", "id"], name="verdict_of_owner"),
            models.Index(fields=["owner", "-given_at", "-id"], name="verdict_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.release}"


class Sighting(Said):
    """How often and when it met the observable, or acted on it, in all it told so far."""

    kind = models.CharField(max_length=24)
    count = models.BigIntegerField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["release", "giver", "kind"], name="one_sighting_per_kind"
            )
        ]
        indexes = [
            models.Index(fields=["indicator"], name="sighting_of_claim"),
            models.Index(fields=["owner", "id"], name="sighting_of_owner"),
            models.Index(fields=["owner", "-given_at", "-id"], name="sighting_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.count} times: {self.release}"
