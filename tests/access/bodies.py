"""What is sent to the routes of the matrix that take something."""

import json
from collections.abc import Callable, Mapping

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.accounts.models import User
from sharing.agreements.models import Grant, Version
from sharing.agreements.texts import DOCUMENT
from tests.access.walled import FRAUD
from tests.cast import authenticator_of, home_of
from tests.coalition import collection

Body = Callable[[str], dict[str, object]]  # what this one of the cast sends
Bodies = Mapping[str, Body]  # by "route VERB"

BLINDED = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
MEMBER = {"kind": "bank", "jurisdiction": "GB"}
INVITED = "ridge"  # to join the coalition

HIT = "1:" + "5e" * 16  # of a clause that only answers questions

NOTICE = "notice.%s.4000000000000000"  # of the inbox, seen late
NOWHERE = "00000000-0000-4000-8000-000000000000"  # a release that never was

FILTER = json.dumps({"name": "New", "where": {"confidence": 50}})

# Text, and its media type. What begins with a dollar is an id of the world.
OF_API = {
    "submissions POST": ("other.example", "text/plain"),
    "submissions/check POST": ("other.example", "text/plain"),
    "submissions/<uuid:held_id>/refuse POST": (
        '{"reason":""}',
        "application/json",
    ),
    "collections/<uuid:collection_id>/oprf/evaluate POST": (
        json.dumps({"generation": 1, "scheme": 2, "blinded": [BLINDED]}),
        "application/json",
    ),
    "collections/<uuid:collection_id>/details POST": (
        f'{{"tokens":["{HIT}"]}}',
        "application/json",
    ),
    "inbox/decisions POST": (
        f'{{"entries":["{NOTICE % "$notice_id"}"],"outcome":"done"}}',
        "application/json",
    ),
    "watchlists POST": ('{"name":"New","values":["x.example"]}', "application/json"),
    "release-filters POST": (FILTER, "application/json"),
    "release-filters/<uuid:filter_id> PUT": (FILTER, "application/json"),
    "feedback POST": (
        json.dumps({"lines": [{"release": NOWHERE, "kind": "helpful"}]}),
        "application/json",
    ),
    "lookups POST": ('{"values":["other.example"]}', "application/json"),
    "collections/<uuid:collection_id>/receipts POST": (
        '{"cursor":"1.0"}',
        "application/json",
    ),
}


def of_pages(people: dict[str, User], versions: dict[str, Version]) -> Bodies:
    codes = {
        who: authenticator_of(people[who]) for who in ("alice", "signatory", "erin")
    }

    def code(who: str) -> str:
        return codes.get(who, codes["signatory"]).now()  # good once, and then undone

    draft, proposed = versions["draft"], versions["proposed"]
    said = {key: part for key, part in draft.text.items() if key != DOCUMENT}
    source = yaml.safe_dump(said)
    home = home_of(people["alice"]).pk
    fraud = collection(FRAUD)
    notice = Grant.objects.get(recipient=home, notice__isnull=False).notice
    batch: dict[str, object] = {
        "lines": "other.example",
        "scam_type": "other",
        "role": "perpetrator",
        "tlp": "amber",
        "confidence": "50",
    }
    return {
        "submissions POST": lambda _: batch,
        "submission-check POST": lambda _: batch,
        "inbox-decide POST": lambda _: {"entry": NOTICE % notice, "outcome": "done"},
        "watchlists POST": lambda _: {"name": "New", "lines": "x.example"},
        "submission-mend POST": lambda _: {
            "line-1": "a.example",
            "line-2": "b.example",
        },
        "release-filters POST": lambda _: {"name": "New", "confidence": "50"},
        "release-filter POST": lambda _: {"name": "New", "confidence": "50"},
        "look-up POST": lambda _: {"lines": "other[.]example"},
        "feedback-of-many POST": lambda _: {"release": NOWHERE, "kind": "helpful"},
        "collection-details POST": lambda _: {"tokens": HIT},
        "sharing-acknowledge POST": lambda _: {"cursor": "1.0"},
        "claims POST": lambda _: {"value": "claimed[.]example"},
        "submission-approve POST": lambda who: {"code": code(who)},
        "submission-refuse POST": lambda who: {"reason": "Why."},
        "staff-new POST": lambda _: {**MEMBER, "name": "New Bank"},
        "staff-details POST": lambda _: {**MEMBER, "name": "Meadow"},
        "staff-people POST": lambda _: {"email": "s@x.example", "role": "signatory"},
        "staff-vouch POST": lambda who: {"code": code(who)},
        "staff-rotation POST": lambda who: {"reason": "Why.", "code": code(who)},
        "staff-quota POST": lambda who: {
            "collection": fraud,
            "kind": "domain",
            "most": "5",
            "reason": "Why.",
            "code": code(who),
        },
        "staff-retry POST": lambda _: {"row": "1"},
        "staff-give-up POST": lambda who: {"row": "1", "code": code(who)},
        "agreement-draft POST": lambda who: {"source": source},
        "agreement-check POST": lambda who: {"source": source},
        "agreement-amend POST": lambda who: {"source": source},
        "agreement-edit POST": lambda who: {"source": source, "was": draft.text_sha256},
        "agreement-invite POST": lambda who: {"slug": "northline"},
        "agreement-invite-withdraw POST": lambda who: {"slug": INVITED},
        "agreement-document POST": lambda _: {
            "document": SimpleUploadedFile("b.txt", b"Another.")
        },
        "agreement-sign POST": lambda who: {
            "text_sha256": proposed.text_sha256,
            "read": "on",
            "code": code(who),
        },
        "agreement-suspend POST": lambda who: {"reason": "Why.", "code": code(who)},
        "agreement-resume POST": lambda who: {"code": code(who)},
        "agreement-leave POST": lambda who: {"reason": "Why.", "code": code(who)},
        "agreement-terminate POST": lambda who: {"reason": "Why.", "code": code(who)},
        "members POST": lambda who: {"email": "new@x.example", "role": "analyst"},
        "member-role POST": lambda who: {"role": "auditor"},
        "credentials POST": lambda who: {
            "name": "New",
            "role": "analyst",
            "scopes": "read",
        },
        "view-save POST": lambda _: {
            "place": "agreements",
            "name": "Mine",
            "query": "state=active",
        },
        "switch-organization POST": lambda who: {"organization": home},
    }
