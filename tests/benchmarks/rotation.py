"""New keys for a stream while one recipient follows it and another one looks things up.

    ./run bench rotation [N]     (100,000 tokens; 1,000,000 take some ten minutes)

No value that is there may be missed or found twice, nothing may arrive twice in one
generation, and both are served the new one within a second. The last line is JSON with "ok".
"""

import json
import logging

SERVERS = True


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 100_000
    from django.test.utils import setup_test_environment

    from hub.demo import casting
    from hub.demo.keychain import Keychain
    from orgs.accounts.models import User
    from sharing.agreements.models import Agreement
    from sharing.events import services as outbox
    from tests.coalition import work_off
    from tests.flows import rotation

    if Agreement.objects.exists():
        raise SystemExit("This needs a database of its own: empty ACCORD_HOME first.")
    logging.disable(logging.WARNING)
    setup_test_environment()
    outbox.ring = lambda shard: None
    casting.create(Keychain.load())
    work_off()
    people = ("alice@meadow.example", "bob@harbour.example", "frank@sentry.example")
    giver, follows, matches = (User.objects.get(email=email) for email in people)
    found = rotation.run(giver, follows, matches, count)
    for name, figure in found.items():
        print(f"{name:<26}{figure!s:>16}")
    print(json.dumps({**found, "ok": rotation.right(found, count)}))
