"""What is sent to the routes of the matrix that take something."""

from collections.abc import Callable, Mapping

import yaml

from orgs.accounts.models import User
from sharing.agreements.models import Version
from tests.cast import authenticator_of, home_of

Bodies = Mapping[str, Callable[[], dict[str, object]]]  # by "route VERB"

# Text, and its media type.
OF_API = {
    "submissions POST": ("other.example", "text/plain"),
    "collections/<uuid:collection_id>/receipts POST": (
        '{"cursor":"1.0"}',
        "application/json",
    ),
}


def of_pages(people: dict[str, User], versions: dict[str, Version]) -> Bodies:
    code = authenticator_of(people["signatory"]).now  # good once, and then undone
    draft, proposed = versions["draft"], versions["proposed"]
    source = yaml.safe_dump(draft.text)
    home = home_of(people["alice"]).pk
    return {
        "submissions POST": lambda: {
            "lines": "other.example",
            "scam_type": "other",
            "role": "perpetrator",
            "tlp": "amber",
            "confidence": "50",
        },
        "agreement-draft POST": lambda: {"source": source},
        "agreement-check POST": lambda: {"source": source},
        "agreement-amend POST": lambda: {"source": source},
        "agreement-edit POST": lambda: {"source": source, "was": draft.text_sha256},
        "agreement-invite POST": lambda: {"slug": "northline"},
        "agreement-sign POST": lambda: {
            "text_sha256": proposed.text_sha256,
            "read": "on",
            "code": code(),
        },
        "agreement-suspend POST": lambda: {"reason": "Why.", "code": code()},
        "agreement-resume POST": lambda: {"code": code()},
        "agreement-leave POST": lambda: {"reason": "Why.", "code": code()},
        "agreement-terminate POST": lambda: {"reason": "Why.", "code": code()},
        "members POST": lambda: {"email": "new@x.example", "role": "analyst"},
        "member-role POST": lambda: {"role": "auditor"},
        "credentials POST": lambda: {
            "name": "New",
            "role": "analyst",
            "scopes": "read",
        },
        "switch-organization POST": lambda: {"organization": home},
    }
