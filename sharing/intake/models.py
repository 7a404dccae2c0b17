"""Submissions: the batch, its sealed chunks, and one result per line."""

import uuid

from django.db import models

from orgs.models import Credential, Organization, User


class Submission(models.Model):
    class State(models.TextChoices):
        ACCEPTING = "accepting"
        DONE = "done"

    ordinal = models.BigAutoField(primary_key=True)  # the order of arrival
    id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(Organization, models.PROTECT)
    user = models.ForeignKey(User, models.PROTECT, null=True)
    credential = models.ForeignKey(Credential, models.PROTECT, null=True)
    format = models.CharField(max_length=10)  # ndjson, json, csv, list
    defaults = models.JSONField(default=dict)  # no values in it
    may_withdraw = models.BooleanField(default=False)  # the sender's right, as it was
    idempotency_key = models.BinaryField(null=True)  # HMAC of the header
    fingerprint = models.BinaryField()  # HMAC of body and parameters
    state = models.CharField(max_length=10, choices=State, default=State.ACCEPTING)
    lines = models.PositiveIntegerField(default=0)
    chunks_open = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"], name="a_repeat_is_harmless"
            )
        ]
        indexes = [models.Index(fields=["owner", "-ordinal"], name="submission_own")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def sent_by(self) -> int | None:
        """The person behind it: who sent it, or who made the key that did."""
        if self.credential is not None:
            return self.credential.created_by_id
        return self.user_id


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
    """One byte per line: what became of it (`intake.results.Outcome`)."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="results")
    number = models.PositiveIntegerField()
    first_line = models.PositiveIntegerField()
    outcomes = models.BinaryField()
    counts = models.JSONField(default=dict)

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
    sealed_line = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    overruled_by = models.ForeignKey(User, models.PROTECT, null=True)
    overruled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "line"], name="one_problem_per_line"
            )
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} line {self.line}: {self.code}"
