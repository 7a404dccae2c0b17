"""A Version that narrows clear values to tokens, over many releases that everybody reads.

    ./run bench narrowing [N] [SECONDS]     (100,000 releases; signed SECONDS ahead, or 0)

From the second in which it takes effect no path may show a value, and who follows with an
old cursor must end where a fresh reader ends. The last line is JSON with "ok".
"""

import json
import logging

SERVERS = True


def main(arguments: list[str]) -> None:
    count = int(arguments[0]) if arguments else 100_000
    ahead = float(arguments[1]) if len(arguments) > 1 else 0.0
    from django.test.utils import setup_test_environment

    from hub.demo import casting
    from hub.demo.keychain import Keychain
    from orgs.accounts.models import User
    from sharing.agreements.models import Agreement
    from sharing.events import services as outbox
    from tests.coalition import work_off
    from tests.flows import narrowing

    if Agreement.objects.exists():
        raise SystemExit("This needs a database of its own: empty ACCORD_HOME first.")
    logging.disable(logging.WARNING)
    setup_test_environment()  # for the test client, which takes the paths
    outbox.ring = lambda shard: None
    casting.create(Keychain.load())
    work_off()
    people = ("alice@meadow.example", "dana@liaison.example")
    giver, reader = (User.objects.get(email=email) for email in people)
    found = narrowing.run(narrowing.Narrowing(giver, reader), count, ahead)
    for name, figure in found.items():
        print(f"{name:<26}{figure!s:>16}")
    print(json.dumps({**found, "ok": narrowing.right(found, count)}))
