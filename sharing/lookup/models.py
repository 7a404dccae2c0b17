"""How often was asked, for quotas and alarms; and what filters were made of."""

from django.db import models

from orgs.models import Organization, User
from sharing.agreements.models import Collection, Generation, Version


class LookupCount(models.Model):
    """One organization's look-ups of one type in one collection on one day (UTC)."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    collection = models.ForeignKey(Collection, models.CASCADE)
    kind = models.CharField(max_length=20)  # a type of indicator, or "token"
    day = models.DateField()
    asked = models.BigIntegerField()
    hits = models.BigIntegerField()
    dry = models.BigIntegerField()  # asked since the last hit

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "collection", "kind", "day"],
                name="one_count_of_lookups_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked} look-ups of {self.kind} on {self.day}"


class LookupLimit(models.Model):
    """What hub staff let one organization look up a day, instead of what a type has."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    collection = models.ForeignKey(Collection, models.CASCADE)
    kind = models.CharField(max_length=20)  # as it is counted
    most = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "collection", "kind"],
                name="one_limit_of_lookups",
            )
        ]

    def __str__(self) -> str:
        return f"{self.most} look-ups of {self.kind} a day"


class FilterSnapshot(models.Model):
    """The prefixes of a stream's tokens at a moment, good as long as its ties hold."""

    generation = models.ForeignKey(Generation, models.CASCADE)
    number = models.BigIntegerField()  # rises; Unix time, or one more than the last
    version = models.ForeignKey(Version, models.CASCADE)  # in force when it was taken
    contributors = models.BinaryField()  # SHA-256 of their ids in order
    next_seq = models.BigIntegerField()  # of the stream, before it was read
    taken_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True)  # the first of what it holds ends then
    count = models.BigIntegerField()
    checksum = models.BinaryField()
    prefixes = models.BinaryField()  # 6 bytes each, in order
    coded = models.BinaryField(null=True)  # the same, Rice-coded; of the newest alone

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "number"], name="filters_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"filter {self.number} of {self.generation_id}"
