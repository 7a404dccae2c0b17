"""Describes the operations that explain and simulate."""

from typing import Any
from uuid import UUID

from hub.api.openapi import answer, describe, limit, query
from sharing.distribution import duties, shapes
from sharing.distribution.shapes import Simulation, Visibility, Why
from sharing.vocabulary import Tlp

RELATED = 25  # in a page
MEADOW = {"id": "a6f1c2de-0c7f-4a4e-8f7e-3d5c1b2a4f60", "name": "Meadow Social"}
BANK = {"id": "b7a2d3ef-1d80-4b5f-9a8f-4e6d2c3b5a71", "name": "Harbour Bank"}
POLICE = {"id": "c8b3e4f0-2e91-4c60-8b90-5f7e3d4c6b82", "name": "Liaison Office"}
AGREEMENT = {
    "id": "d9c4f501-3fa2-4d71-9ca1-608f4e5d7c93",
    "name": "Coalition against scams",
}
CLAUSE = {"id": "e2b0a9c8-7d6e-4f5a-8b9c-0d1e2f3a4b5c", "name": "Fraud prevention"}
COLLECTION = {"id": "c3b7d6de-6c5e-4b0e-9c0c-6f6e2b9f7d44", "name": "Fraud prevention"}
RELEASE = "0d4f6a58-58c4-4f6b-a2b4-6d1f6f2a1b9c"
PLACE = "Clause “Fraud prevention” of “Coalition against scams”, version 1,"
FROM, UNTIL = "2026-11-01T00:00:00.000000Z", "2027-05-23T09:30:02.000000Z"
AT, ADDED = "2026-11-24T09:40:00.000000Z", "2026-11-24T09:30:02.000000Z"
PAYLOAD: dict[str, Any] = {
    "type": "domain",
    "token": "1:" + "5e" * 32,
    "originator": MEADOW,
    "scam_type": "investment",
    "tlp": "amber",
    "confidence": 80,
    "clause": CLAUSE["id"],
    "revision": 1,
    "may_train": False,
}
NOT_NAMED = {
    "organization": POLICE,
    "reasons": [
        f"{PLACE} does not admit it: Liaison Office is not among its recipients."
    ],
}

visibility = describe(
    "explain_visibility",
    "See who sees a claim",
    "For one of your own claims, at this moment: which clause gives it to whom, for which"
    " purposes and since when, and exactly what leaves (`payload`: its bytes are those that"
    " recipients are served); and who does not get it, with every reason."
    "\n\nParties that are hidden from you are neither named nor counted.",
    answer(
        Visibility,
        "Who sees what, and why.",
        {
            "indicator": "1c0e5f5a-2f1d-4f7f-9d8f-2a4f3a6f8f10",
            "type": "domain",
            "revision": 1,
            "state": "active",
            "at": AT,
            "clauses": [
                {
                    "agreement": AGREEMENT,
                    "version": 1,
                    "clause": CLAUSE,
                    "collection": COLLECTION,
                    "disclosure": "token",
                    "standing": "released",
                    "reasons": [f"{PLACE} permits it as token."],
                    "release": {
                        "id": RELEASE,
                        "cursor": "1.41",
                        "date_added": ADDED,
                        "retain_until": UNTIL,
                    },
                    "payload": PAYLOAD,
                    "recipients": [
                        {
                            "organization": BANK,
                            "purposes": ["detection", "disruption"],
                            "since": FROM,
                            "reasons": [f"{PLACE} names Harbour Bank as a recipient."],
                        }
                    ],
                    "refused": [NOT_NAMED],
                }
            ],
            "unseen_by": [NOT_NAMED],
        },
    ),
    tag="Submitting",
    fails=("not-found",),
)
why = describe(
    "explain_release",
    "See why you have a release",
    "For a release or tombstone that your organization may read now: the agreement and the"
    " clause behind it, why you may read it, what was redacted, and what you must do."
    "\n\nA tombstone says that it was taken back, and what is left to do.",
    answer(
        Why,
        "The reasons and the duties.",
        {
            "release": RELEASE,
            "state": "live",
            "cursor": "1.41",
            "date_added": ADDED,
            "agreement": AGREEMENT,
            "version": 1,
            "clause": CLAUSE,
            "collection": COLLECTION,
            "in_force_since": FROM,
            "readable_since": FROM,
            "decided_under": 1,
            "reasons": [f"{PLACE} names Harbour Bank as a recipient."],
            "terms": {
                "purposes": ["detection", "disruption"],
                "legal_basis": "Legitimate interest in the prevention of fraud.",
                "disclosure": "token",
                "originator": "shown",
                "tlp_ceiling": "amber",
                "retention_days": 180,
                "may_train": False,
            },
            "onward_sharing": duties.ONWARD[Tlp.AMBER],
            "retain_until": UNTIL,
            "redactions": [
                {
                    "field": "value",
                    "rule": "drop",
                    "meaning": "not handed over: you get a token",
                }
            ],
            "originator": MEADOW,
            "duties": ["Use it for detection and disruption, and for nothing else."],
        },
    ),
    tag="Receiving",
    fails=("not-found",),
)
related = describe(
    "list_related",
    "See what else is about the same",
    "Other releases that your organization may read now about the observable of a release,"
    " by their ids: of the same collection, and of others where both show the value itself."
    " Tokens of different collections do not join, not here either."
    "\n\nOf what so many share that it joins nothing (`over_correlating`) and of a tombstone"
    " none are listed.",
    answer(
        shapes.Related,
        "A page of them.",
        {
            "release": RELEASE,
            "correlation": {
                "originators": "fewer than 5",
                "over_correlating": False,
                "reason": None,
            },
            "releases": [
                {
                    "collection": shapes.ID,
                    **shapes.RELEASE,
                    "id": "7a1f0f0e-3c55-4d0e-9a53-0a2b8b7c6d5e",
                    "cursor": "1.40",
                    "seq": 40,
                }
            ],
            "next": None,
            "more": False,
            "cut": False,
        },
    ),
    tag="Receiving",
    fails=("bad-parameter", "bad-limit", "not-found"),
    parameters=[
        query("after", "An id, as the page before gave it.", UUID),
        limit(RELATED),
    ],
)
simulation = describe(
    "simulate_version",
    "Simulate a version",
    "What a version of an agreement would release of your own claims if every party signed"
    " it as it is, compared with the version in force; with up to five samples for each"
    " clause, exactly as they would leave. Nothing is stored, nobody is told."
    "\n\nNeeds the scope `audit`. Samples are your own claims if the key may `read`, and made"
    " up otherwise (`synthetic`). At most 50,000 claims are read; `cut` says that there are"
    " more.",
    answer(
        Simulation,
        "What would be released.",
        {
            "version": "f0d5a612-40b3-4e82-8db2-719a5f6e8da4",
            "agreement": AGREEMENT,
            "number": 2,
            "against": 1,
            "at": AT,
            "claims": 1200,
            "cut": False,
            "synthetic": False,
            "clauses": [
                {
                    "clause": CLAUSE,
                    "continues": COLLECTION,
                    "disclosure": "token",
                    "contributes": True,
                    "recipients": [BANK],
                    "void": [],
                    "not_before": None,
                    "released": 900,
                    "refused": 300,
                    "reasons": [
                        {
                            "cause": "confidence",
                            "sentence": "Confidence is below 50.",
                            "count": 300,
                        }
                    ],
                    "newly": 0,
                    "no_longer": 240,
                    "changed": 0,
                    "samples": [PAYLOAD],
                    "own_tokens": False,
                }
            ],
            "closing": [],
        },
    ),
    tag="Agreements",
    fails=("not-found",),
)
