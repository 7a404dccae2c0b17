"""Describes what left on a day."""

from datetime import date

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe, query
from sharing.distribution.openapi import AGREEMENT, BANK, CLAUSE, COLLECTION
from sharing.distribution.outgoing import DAYS
from sharing.distribution.shapes import Name


class Departed(Shape):
    """How many claims left, by what happened to them; a claim counts each time it left."""

    released = serializers.IntegerField(help_text="For the first time.")
    revised = serializers.IntegerField()
    recalled = serializers.IntegerField(help_text="Taken back: tombstones.")
    renewed = serializers.IntegerField(
        help_text="Again, in a new generation of the stream."
    )


class DepartedOfType(Shape):
    type = serializers.CharField(
        help_text="Empty: taken back with an earlier generation, of whichever type."
    )
    numbers = Departed()


class LeavingRedaction(Shape):
    field = serializers.CharField()
    rule = serializers.CharField()
    meaning = serializers.CharField()


class LeftByClause(Shape):
    """What left by one clause of one Version."""

    agreement = Name()
    version = serializers.IntegerField()
    clause = Name()
    collection = Name()
    disclosure = serializers.CharField()
    redactions = LeavingRedaction(many=True)
    recipients = Name(many=True, help_text="Who could read the collection on that day.")
    types = DepartedOfType(many=True)


class OutgoingDay(Shape):
    day = serializers.DateField()
    clauses = LeftByClause(many=True)


EXAMPLE = {
    "day": "2026-11-24",
    "clauses": [
        {
            "agreement": AGREEMENT,
            "version": 1,
            "clause": CLAUSE,
            "collection": COLLECTION,
            "disclosure": "token",
            "redactions": [
                {
                    "field": "value",
                    "rule": "drop",
                    "meaning": "not handed over: you get a token",
                }
            ],
            "recipients": [BANK],
            "types": [
                {
                    "type": "domain",
                    "numbers": {
                        "released": 40,
                        "revised": 2,
                        "recalled": 1,
                        "renewed": 0,
                    },
                }
            ],
        }
    ],
}
outgoing = describe(
    "list_outgoing",
    "See what left on a day",
    "Of your own claims, on a UTC day of the last 30: by which clause, how many of each"
    " type, to which organizations, in which shape. Counted as it left, so it does not"
    " change when claims change later."
    "\n\nParties that are hidden from you are neither named nor counted. Keys with the"
    " scope `read` or `audit` may ask.",
    answer(OutgoingDay, "The day.", EXAMPLE),
    tag="Submitting",
    fails=("bad-parameter",),
    parameters=[query("day", f"One of the last {DAYS}; today if not given.", date)],
)
