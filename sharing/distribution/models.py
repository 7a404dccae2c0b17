"""Releases: what leaves. The seam everything that reads builds on (docs/decisions.md)."""

import uuid

from django.db import models
from django.db.models import Q

from orgs.models import Credential, Organization
from sharing.agreements.models import Collection, Generation, Version


class ReleaseBatch(models.Model):
    """Append-only: what one transaction added to a stream, as hashes in order."""

    generation = models.ForeignKey(Generation, models.PROTECT)
    version = models.ForeignKey(Version, models.PROTECT)
    first_seq = models.BigIntegerField()
    n = models.PositiveIntegerField()
    commitments = models.BinaryField()  # n x SHA-256(nonce, release id, payload)
    nonces = models.BinaryField(null=True)  # n x 16 bytes; erasable
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "release batches"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "first_seq"], name="batches_follow_each_other"
            )
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}.{self.first_seq}+{self.n}"


class Release(models.Model):
    """The latest state of one indicator in one generation of a collection."""

    class State(models.TextChoices):
        LIVE = "live"
        TOMBSTONE = "tombstone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    public_id = models.UUIDField(editable=False)  # leaves; the same in every generation
    generation = models.ForeignKey(Generation, models.PROTECT)
    indicator = models.UUIDField()  # internal, never in a payload
    owner = models.ForeignKey(Organization, models.PROTECT)  # internal as well
    index = models.BinaryField()  # internal: joins claims about one observable
    token = models.BinaryField(null=True)  # null: lost with an earlier generation
    payload = models.BinaryField(null=True)  # JSON as it leaves; null in a tombstone
    sealed = models.BooleanField(default=False)  # the clause discloses values
    fingerprint = models.BinaryField()  # HMAC of the payload: did anything change
    seq = models.BigIntegerField()
    first_seq = models.BigIntegerField()
    batch = models.ForeignKey(ReleaseBatch, models.PROTECT)
    ordinal = models.PositiveIntegerField()  # in the batch, from 0
    state = models.CharField(max_length=10, choices=State)
    version = models.ForeignKey(Version, models.PROTECT)
    date_added = models.DateTimeField()
    retain_until = models.DateTimeField()  # fixed at the first release
    expires_at = models.DateTimeField()  # not served as live after this

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "indicator"], name="one_release_per_indicator"
            ),
            models.UniqueConstraint(
                fields=["public_id", "generation"], name="one_release_per_public_id"
            ),
            models.UniqueConstraint(
                fields=["generation", "seq"], name="seq_is_unique_in_a_generation"
            ),
        ]
        indexes = [
            models.Index(fields=["indicator"], name="release_of_indicator"),
            models.Index(  # alone enough for a filter: nothing else is read
                fields=["generation", "token"],
                name="release_live_tokens",
                condition=Q(state="live"),
                include=["owner", "expires_at", "retain_until"],
            ),
            models.Index(
                fields=["retain_until"],
                name="release_retained",
                condition=Q(state="live"),
            ),
            models.Index(
                fields=["generation", "seq"],
                name="release_tombstones",
                condition=Q(state="tombstone"),
            ),
            models.Index(
                fields=["generation", "token"],
                name="release_tokens_taken_back",
                condition=Q(state="tombstone"),
            ),
            models.Index(
                fields=["generation"],
                name="release_full",
                condition=Q(payload__isnull=False),
            ),
            models.Index(
                fields=["generation", "retain_until"],
                name="release_emptied",
                condition=Q(payload__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Retained(models.Model):
    """What the first release of a claim promised to retain, when its rows are gone."""

    collection = models.ForeignKey(Collection, models.CASCADE, db_index=False)
    indicator = models.UUIDField()  # internal
    owner = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    retain_until = models.DateTimeField()
    keep_until = models.DateTimeField()  # until when the claim is valid, or longer

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "indicator"], name="one_promise_per_claim"
            )
        ]
        indexes = [
            models.Index(fields=["owner", "keep_until"], name="retained_until"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} until {self.retain_until:%Y-%m-%d}"


class ControlRecord(models.Model):
    """A whole-collection event in the stream: one record, not a tombstone per row."""

    class Kind(models.TextChoices):
        SUSPENDED = "suspended"
        RESUMED = "resumed"
        CLOSED = "closed"
        GENERATION_BEGINS = "generation_begins"
        BUILD_COMPLETE = "build_complete"

    generation = models.ForeignKey(Generation, models.PROTECT)
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    occurred_at = models.DateTimeField(null=True)  # internal: orders what comes late
    date_added = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "seq"], name="a_control_record_per_seq"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.generation_id}.{self.seq}"


class Backfill(models.Model):
    """Releasing what was there before a clause: where it stands, contributor by contributor."""

    collection = models.ForeignKey(Collection, models.CASCADE)
    generation = models.ForeignKey(Generation, models.CASCADE)
    contributor = models.ForeignKey(Organization, models.PROTECT)
    cursor = models.UUIDField(null=True)  # the last indicator done
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"backfill of {self.collection_id}"


class Receipt(models.Model):
    """What a recipient was served (the hub's record) and what it acknowledged (its word)."""

    collection = models.ForeignKey(Collection, models.CASCADE)
    recipient = models.ForeignKey(Organization, models.PROTECT)
    generation = models.PositiveIntegerField()  # its number
    delivered_seq = models.BigIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    acked_seq = models.BigIntegerField(default=0)
    acked_at = models.DateTimeField(null=True)
    # Asked for, whether or not there was anything new; to the minute.
    fetched_at = models.DateTimeField(null=True)
    credential = models.ForeignKey(
        Credential, models.SET_NULL, null=True, db_index=False, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "recipient", "generation"],
                name="one_receipt_per_generation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient_id} at {self.generation}.{self.delivered_seq}"


class Departure(models.Model):
    """What left on one day of one owner's claims: a count, kept while it is written.

    Releases are the latest state alone; what left twice, or left and was taken back, is
    only here. Rows of one kind stand between `first_seq` and `last_seq`.
    """

    class Event(models.TextChoices):
        RELEASED = "released"
        REVISED = "revised"
        RECALLED = "recalled"
        RENEWED = "renewed"  # again, in a generation that follows another

    day = models.DateField()  # UTC
    generation = models.ForeignKey(Generation, models.PROTECT, db_index=False)
    version = models.ForeignKey(Version, models.PROTECT, db_index=False)
    owner = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    type = models.CharField(max_length=20)  # empty: lost with a generation
    scam_type = models.CharField(max_length=20)
    event = models.CharField(max_length=10, choices=Event)
    n = models.BigIntegerField()
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("generation", "day", "owner", "version"),
                    *("type", "scam_type", "event"),
                ],
                name="departures_are_counted_once",
            )
        ]
        indexes = [models.Index(fields=["owner", "day"], name="departures_of_owner")]

    def __str__(self) -> str:
        return f"{self.n} {self.event} on {self.day}"


class ShareTime(models.Model):
    """How long one owner's claims took, on one day: a histogram, bucket by bucket."""

    class Stage(models.TextChoices):
        RELEASED = "released"  # from being accepted
        FETCHED = "fetched"  # from being released, by the first who is not the owner

    day = models.DateField()  # UTC: of the release
    generation = models.ForeignKey(Generation, models.PROTECT, db_index=False)
    owner = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    stage = models.CharField(max_length=10, choices=Stage)
    bucket = models.PositiveSmallIntegerField()  # of `counting.EDGES`
    n = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "day", "generation", "stage", "bucket"],
                name="share_times_are_counted_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.n} {self.stage} in bucket {self.bucket}"


class Fetch(models.Model):
    """A recipient was served further than before; kept until it is counted."""

    generation = models.ForeignKey(Generation, models.CASCADE)
    recipient = models.ForeignKey(Organization, models.PROTECT, db_index=False)
    until_seq = models.BigIntegerField()
    at = models.DateTimeField()
    counted = models.BooleanField(default=False)  # the last one of each stays

    class Meta:
        verbose_name_plural = "fetches"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.recipient_id} had {self.generation_id}.{self.until_seq}"
