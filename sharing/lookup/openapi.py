"""Describes look-ups."""

from rest_framework import serializers

from hub.api.openapi import Shape, answer, describe
from sharing import vocabulary as v
from sharing.distribution.shapes import ID, RELEASE, Correlation, FoundRelease

TAG = "Looking up"
KINDS = list(v.IndicatorKind)


class Digest(Shape):
    """A value that stays with you: its digest, or the plain SHA-256 of its normal form."""

    type = serializers.ChoiceField(choices=KINDS)
    digest = serializers.CharField(
        required=False, help_text="Of the token scheme: 64 hexadecimal digits."
    )
    sha256 = serializers.CharField(
        required=False, help_text="With `nv`: of the value in its normal form."
    )
    nv = serializers.IntegerField(
        required=False, help_text="The version of the normal form."
    )


class Question(Shape):
    """Exactly one of `values`, `digests` and `tokens`, of at most 10,000 lines."""

    values = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="As people write them; may be defanged.",
    )
    digests = Digest(many=True, required=False)
    tokens = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="`generation:hex`, of the generation that is live.",
    )
    type = serializers.ChoiceField(
        choices=KINDS, required=False, help_text="Of all values; else it is guessed."
    )
    region = serializers.CharField(
        required=False, help_text="ISO 3166 code for telephone numbers."
    )
    collections = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        help_text="Where to look; all that you may read if none is named.",
    )


class LineFault(Shape):
    code = serializers.CharField(help_text="A stable word for programs.")
    detail = serializers.CharField(help_text="A sentence; never the line itself.")


class Result(Shape):
    """What is known of one line. No release: unknown, or not for you."""

    line = serializers.IntegerField(help_text="Its place in the request, from 1.")
    type = serializers.ChoiceField(choices=KINDS, required=False)
    guessed = serializers.BooleanField(required=False)
    error = LineFault(required=False, help_text="Why the line could not be read.")
    releases = FoundRelease(many=True, help_text="One entry per release.")
    cut = serializers.BooleanField(
        required=False, help_text="Of a hit: there are more than are shown."
    )
    correlation = Correlation(required=False, help_text="Of a hit.")


class Results(Shape):
    asked = serializers.IntegerField()
    hits = serializers.IntegerField(help_text="Lines with a release.")
    unreadable = serializers.IntegerField(help_text="Lines with an error.")
    collections = serializers.ListField(
        child=serializers.UUIDField(), help_text="Where was looked."
    )
    cut = serializers.BooleanField(
        help_text="Whether any line is cut: ask for fewer at once."
    )
    results = Result(many=True, help_text="One for each line, in order.")


asked = describe(
    "look_up",
    "Look up",
    "Which releases that your organization may read now are about these observables. Ask by"
    " value, by digest (the hub does not see the value, but could try all telephone numbers)"
    " or by token. What is unknown and what is not for you are answered alike."
    "\n\nA line that cannot be read gets an error and harms no other. What was asked is not"
    " stored; how often, is: 1,000,000 look-ups a day for each type and collection, 250,000"
    " where all numbers there are could be gone through (telephone, IPv4). Beyond that the"
    " whole request is refused with 429 and does not count."
    "\n\nOf a line at most 100 releases are shown, of all lines together at most 32 MiB; a"
    " line with more says `cut`. `correlation` counts the organizations (or pseudonyms) that"
    " these releases name; whoever a clause hides is not counted."
    "\n\nCollections whose clause says `query` are not among them.",
    answer(
        Results,
        "What is known.",
        {
            "asked": 2,
            "hits": 1,
            "unreadable": 0,
            "collections": [ID],
            "cut": False,
            "results": [
                {
                    "line": 1,
                    "type": "domain",
                    "guessed": True,
                    "releases": [{"collection": ID, **RELEASE}],
                    "cut": False,
                    "correlation": {
                        "originators": "fewer than 5",
                        "over_correlating": False,
                        "reason": None,
                    },
                },
                {"line": 2, "type": "domain", "guessed": True, "releases": []},
            ],
        },
    ),
    tag=TAG,
    fails=(
        "bad-json not-found length-required too-large unsupported-type invalid too-many"
    ).split(),
    request=Question,
)
