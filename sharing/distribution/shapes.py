"""The bodies that explain and simulate, as they are documented; and the payload itself."""

from enum import StrEnum

from rest_framework import serializers

from hub.api.openapi import Shape
from sharing import vocabulary as v


def _word(words: type[StrEnum]) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=list(words), required=False)


def _sentences(text: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=text)


class Originator(Shape):
    id = serializers.CharField(help_text="Of the organization, or a pseudonym.")
    name = serializers.CharField(required=False)


class Payload(Shape):
    """The part of a release that its clause decides on."""

    type = serializers.ChoiceField(choices=list(v.IndicatorKind))
    token = serializers.CharField(required=False, help_text="`generation:hex`")
    value = serializers.CharField(
        required=False, help_text="Only if the clause says so."
    )
    value_absent = serializers.ChoiceField(
        choices=["not_kept", "hash_only", "redacted"],
        required=False,
        help_text="`hash_only`: the contributor gave a hash in place of the value.",
    )
    originator = Originator(required=False)
    scam_type = _word(v.ScamType)
    role = _word(v.Role)
    status = _word(v.Status)
    review_status = _word(v.ReviewStatus)
    confidence = serializers.IntegerField(required=False)
    severity = _word(v.Severity)
    tlp = _word(v.Tlp)
    first_seen = serializers.DateTimeField(required=False)
    last_seen = serializers.DateTimeField(required=False)
    valid_until = serializers.DateTimeField(required=False)
    labels = serializers.ListField(child=serializers.CharField(), required=False)
    note = serializers.CharField(required=False)
    shared_infrastructure = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Warninglists: beware."
    )
    clause = serializers.UUIDField(help_text="The clause that it came under.")
    revision = serializers.IntegerField()
    may_train = serializers.BooleanField(help_text="Whether models may learn from it.")


class Name(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()


class Reader(Shape):
    """An organization that is served the claim."""

    organization = Name()
    purposes = serializers.ListField(child=serializers.ChoiceField(list(v.Purpose)))
    since = serializers.DateTimeField(help_text="Its access to the collection.")
    reasons = _sentences("Why it may.")


class Refused(Shape):
    """An organization that is not."""

    organization = Name()
    reasons = _sentences("Everything that stands in its way.")


class PlacedRelease(Shape):
    id = serializers.UUIDField()
    cursor = serializers.CharField()
    date_added = serializers.DateTimeField()
    retain_until = serializers.DateTimeField()


class ByClause(Shape):
    """What one clause makes of the claim."""

    agreement = Name()
    version = serializers.IntegerField()
    clause = Name()
    collection = Name()
    disclosure = serializers.ChoiceField(choices=list(v.Disclosure))
    standing = serializers.ChoiceField(
        choices=["released", "due", "withheld"],
        help_text="In the stream, about to enter it, or kept out of it.",
    )
    reasons = _sentences("Of the clause, about the claim.")
    release = PlacedRelease(allow_null=True)
    payload = Payload(allow_null=True)
    recipients = Reader(many=True)
    refused = Refused(many=True)


class Visibility(Shape):
    indicator = serializers.UUIDField()
    type = serializers.ChoiceField(choices=list(v.IndicatorKind))
    revision = serializers.IntegerField()
    state = serializers.ChoiceField(choices=list(v.State))
    at = serializers.DateTimeField(help_text="The moment that this holds for.")
    clauses = ByClause(many=True)
    unseen_by = Refused(many=True, help_text="Parties that see it by no clause.")


class PlainTerms(Shape):
    """What the clause in force says to its recipients."""

    purposes = serializers.ListField(child=serializers.ChoiceField(list(v.Purpose)))
    legal_basis = serializers.CharField()
    disclosure = serializers.ChoiceField(choices=list(v.Disclosure))
    originator = serializers.ChoiceField(choices=["shown", "hidden"])
    tlp_ceiling = serializers.ChoiceField(choices=list(v.Tlp), allow_null=True)
    retention_days = serializers.IntegerField()
    may_train = serializers.BooleanField()


class Redaction(Shape):
    field = serializers.CharField()
    rule = serializers.ChoiceField(choices=list(v.FieldRule))
    meaning = serializers.CharField()


class Why(Shape):
    release = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["live", "tombstone"])
    cursor = serializers.CharField(
        allow_null=True, help_text="None where the clause only answers questions."
    )
    date_added = serializers.DateTimeField()
    agreement = Name()
    version = serializers.IntegerField()
    clause = Name()
    collection = Name()
    in_force_since = serializers.DateTimeField(help_text="This version.")
    readable_since = serializers.DateTimeField(help_text="By your organization.")
    decided_under = serializers.IntegerField(
        help_text="The version under which this release was made."
    )
    reasons = _sentences("Why your organization may read it.")
    terms = PlainTerms()
    onward_sharing = serializers.CharField(
        allow_null=True, help_text="TLP 2.0 in words."
    )
    retain_until = serializers.DateTimeField(allow_null=True)
    redactions = Redaction(many=True)
    originator = Originator(allow_null=True)
    duties = _sentences("What to do with it.")


class Cause(Shape):
    """Why claims stay where they are; one claim can count under several."""

    cause = serializers.CharField()
    sentence = serializers.CharField()
    count = serializers.IntegerField()


class Outcome(Shape):
    """What one clause would do with the claims that were read."""

    clause = Name()
    continues = Name(allow_null=True)
    disclosure = serializers.ChoiceField(choices=list(v.Disclosure))
    contributes = serializers.BooleanField(help_text="Whether you contribute to it.")
    recipients = Name(many=True)
    void = _sentences("Why the clause permits nothing at all.")
    not_before = serializers.DateTimeField(allow_null=True)
    released = serializers.IntegerField()
    refused = serializers.IntegerField()
    reasons = Cause(many=True)
    newly = serializers.IntegerField()
    no_longer = serializers.IntegerField()
    changed = serializers.IntegerField(
        help_text="Released before and after, but in another shape."
    )
    samples = Payload(many=True)
    own_tokens = serializers.BooleanField(
        help_text="Whether tokens are those of the stream, or of a made-up key."
    )


class Closing(Shape):
    """A clause in force that the draft does not go on with."""

    clause = Name()
    collection = Name()
    no_longer = serializers.IntegerField()


class Simulation(Shape):
    version = serializers.UUIDField()
    agreement = Name()
    number = serializers.IntegerField()
    against = serializers.IntegerField(
        allow_null=True, help_text="The version in force that it is compared with."
    )
    at = serializers.DateTimeField()
    claims = serializers.IntegerField(help_text="How many were read.")
    cut = serializers.BooleanField(help_text="There are more than were read.")
    synthetic = serializers.BooleanField(help_text="The samples are made up.")
    clauses = Outcome(many=True)
    closing = Closing(many=True)


class Placed(Shape):
    """Where a record stands."""

    cursor = serializers.CharField(
        help_text="Read on `after` it; keep it exactly as it came."
    )
    seq = serializers.IntegerField(help_text="Rises, with holes.")
    date_added = serializers.DateTimeField()


class Release(Placed, Payload):
    """A claim as far as the clause releases it; absent fields are not released."""

    kind = serializers.ChoiceField(choices=["release"])
    id = serializers.UUIDField(help_text="Kept over revisions: the newest counts.")


class FoundRelease(Release):
    """A release as its stream has it, and the collection where it stands."""

    collection = serializers.UUIDField()


class Correlation(Shape):
    """How many organizations the releases that you may see name, each once."""

    originators = serializers.CharField(
        help_text="`fewer than 5`, a number, or `100 or more`."
    )
    over_correlating = serializers.BooleanField(
        help_text="So many share it that it joins nothing."
    )
    reason = serializers.CharField(allow_null=True, help_text="Why it does.")


class Related(Shape):
    release = serializers.UUIDField()
    correlation = Correlation()
    releases = FoundRelease(
        many=True, help_text="The others, by id; none of what over-correlates."
    )
    next = serializers.UUIDField(allow_null=True, help_text="For `after`; null: none.")
    more = serializers.BooleanField()
    cut = serializers.BooleanField(help_text="Beyond 100 there are more, on no page.")


ID = "c3b7d6de-6c5e-4b0e-9c0c-6f6e2b9f7d44"
RELEASE = {
    "kind": "release",
    "id": "0d4f6a58-58c4-4f6b-a2b4-6d1f6f2a1b9c",
    "cursor": "1.41",
    "seq": 41,
    "date_added": "2026-11-24T09:30:02.000000Z",
    "type": "domain",
    "token": "1:" + "5e" * 32,
    "originator": {
        "id": "a6f1c2de-0c7f-4a4e-8f7e-3d5c1b2a4f60",
        "name": "Meadow Social",
    },
    "scam_type": "investment",
    "tlp": "amber",
    "confidence": 80,
    "clause": "e2b0a9c8-7d6e-4f5a-8b9c-0d1e2f3a4b5c",
    "revision": 1,
    "may_train": False,
}
