"""Submissions: the batch, its sealed chunks, and one result per line."""

import uuid

from django.db import models

from orgs.models import Credential, Organization, User


class Submission(models.Model):
    class State(models.TextChoices):
        ACCEPTING = "accepting"
        HELD = "held"  # until a second person decides
        REFUSED = "refused"
        DONE = "done"

    ordinal = models.BigAutoField(primary_key=True)  # the order of arrival
    id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Organization, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT, null=True)
    credential = models.ForeignKey(Credential, models.PROTECT, null=True)
    format = models.CharField(max_length=10)  # ndjson, json, csv, list
    defaults = models.JSONField(default=dict)  # no values in it
    names_audiences = models.BooleanField(default=False)  # itself, or a line of it
    may_withdraw = models.BooleanField(default=False)  # the sender's right, as it was
    idempotency_key = models.BinaryField(null=True)  # HMAC of the header
    fingerprint = models.BinaryField()  # HMAC of body and parameters
    state = models.CharField(max_length=10, choices=State, default=State.ACCEPTING)
    lines = models.PositiveIntegerField(default=0)
    chunks_open = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=400, default="", blank=True)
    undo_until = models.DateTimeField(null=True)  # set when it is done the first time
    passes_open = models.PositiveIntegerField(default=0)  # what is still being released

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"], name="a_repeat_is_harmless"
            )
        ]
        indexes = [
            models.Index(fields=["owner", "-ordinal"], name="submission_own"),
            models.Index(  # of what is on its way, waits or was refused
                fields=["owner", "state", "-ordinal"],
                name="submission_not_done",
                condition=~models.Q(state="done"),
            ),
            models.Index(  # of what people sent themselves, which is little
                fields=["user", "-done_at"],
                name="submission_settled",
                condition=models.Q(user__isnull=False, done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def held_reason(self) -> str | None:
        """Why it waits for a second person, as long as it does."""
        return self.held.reason if self.state == self.State.HELD else None

    @property
    def sent_by(self) -> int | None:
        """The person behind it: who sent it, or who made the key that did."""
        if self.credential is not None:
            return self.credential.created_by_id
        return self.user_id


class HeldBatch(models.Model):
    """A submission that waits, or waited, for a second person: ids and counts only.

    Not walled as the submission is: hub staff see all that wait, and nothing of them.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        REFUSED = "refused"
        LAPSED = "lapsed"  # nobody decided in time

    id = models.UUIDField(primary_key=True)  # the submission's
    submission = models.OneToOneField(Submission, models.CASCADE, related_name="held")
    owner = models.ForeignKey(Organization, models.PROTECT)
    maker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    cause = models.CharField(max_length=10)
    reason = models.CharField(max_length=300)
    lines = models.PositiveIntegerField()  # without those that take back
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    held_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        verbose_name_plural = "held batches"
        indexes = [
            models.Index(
                fields=["held_at"],
                name="held_waiting",
                condition=models.Q(state="waiting"),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class DayCount(models.Model):
    """Lines that one organization brought on one day, by how they got through."""

    owner = models.ForeignKey(Organization, models.PROTECT)
    day = models.DateField()
    passed = models.PositiveBigIntegerField(default=0)
    approved = models.PositiveBigIntegerField(default=0)  # by a second person

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["owner", "day"], name="one_count_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.day}"


class Chunk(models.Model):
    """Lines waiting to be accepted: one sealed bytea, deleted when they are."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()
    overruled = models.BooleanField(default=False)  # warninglists were overruled

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "number"], name="chunks_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}/{self.number}"


class ChunkResult(models.Model):
    """One byte per line: what became of it; and one: what it was read as."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="results")
    number = models.PositiveIntegerField()
    first_line = models.PositiveIntegerField()
    outcomes = models.BinaryField()
    counts = models.JSONField(default=dict)
    seen = models.BinaryField(default=b"")  # bytes that point into the legend
    legend = models.JSONField(default=list)  # `intake.legend`: no values in it

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "number"], name="one_result_per_chunk"
            )
        ]

    def __str__(self) -> str:
        return f"results {self.submission_id}/{self.number}"


class LineProblem(models.Model):
    """Why a line was rejected or stopped; the line itself is sealed and kept 7 days."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="problems")
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10)  # rejected or stopped
    field = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    detail = models.CharField(max_length=400)  # a sentence without the value
    type = models.CharField(
        max_length=20, default="", blank=True
    )  # that it was read as
    guessed = models.BooleanField(default=False)
    sealed_line = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    overruled_by = models.ForeignKey(User, models.PROTECT, null=True)
    overruled_at = models.DateTimeField(null=True)
    mended_in = models.ForeignKey(
        Submission, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "line"], name="one_problem_per_line"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} line {self.line}: {self.code}"


class UndoRecord(models.Model):
    """What the claims that a chunk touched were before: sealed, and kept for the window.

    Of a submission that was undone `left` is what stands behind words that came later.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="undoable")
    number = models.PositiveIntegerField()  # of the chunk
    sealed = models.BinaryField()
    left = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"undo {self.submission_id}/{self.number}"


class Undo(models.Model):
    """A submission that was undone, or is being: by whom, and what came of it."""

    submission = models.OneToOneField(
        Submission, models.CASCADE, primary_key=True, related_name="undo"
    )
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    credential = models.ForeignKey(
        Credential, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    withdrawn = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    without_text = models.PositiveIntegerField(default=0)
    later = models.PositiveIntegerField(default=0)
    frozen = models.PositiveIntegerField(default=0)
    # Who was served how many of them before: [collection, recipient, count].
    fetched = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"undo of {self.submission_id}"


class Reach(models.Model):
    """What left by one collection because of one submission: counted as it leaves.

    Of generations in effect alone, so that what is built ahead does not count twice.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="reached")
    collection = models.UUIDField()
    released = models.PositiveIntegerField(default=0)
    revised = models.PositiveIntegerField(default=0)
    recalled = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "reaches"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "collection"], name="one_reach_per_collection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} by {self.collection}"
