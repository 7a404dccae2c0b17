"""Key file and audit log are two places: in which order what happens to a key is written.

First, committed, that an epoch is about to come or go; then the file, durably; then that
it has. Wherever a crash falls there is no key without a record, and no record that says
more than is so. What a crash left unsaid at the end the next command says.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from orgs.accounts.actor import SYSTEM
from orgs.audit import selectors
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from sharing.tokens import providers
from sharing.tokens.providers import KeyProvider, Purpose

RENEWED = (Purpose.VAULT, Purpose.WRAP)


@contextmanager
def around(verb: Verb, purpose: Purpose, epoch: int) -> Iterator[None]:
    """What is written before the key file changes, and after; under the file's lock."""
    _told(Verb.KEY_PREPARE, purpose, epoch, act=verb)
    yield
    _told(verb, purpose, epoch)


def settle(path: Path) -> None:
    """Record what is so in the key file and was never said to be done."""
    with providers.still(path, settings.KEK_FILE) as provider:
        for verb, purpose, epoch in list(_unsaid(provider)):
            _told(verb, purpose, epoch, late=True)


def _unsaid(provider: KeyProvider) -> Iterator[tuple[Verb, Purpose, int]]:
    there = {(root.purpose, root.epoch) for root in provider.roots()}
    for purpose in RENEWED:
        renewed = _epochs(Verb.KEY_RENEW, purpose)
        epochs = {epoch for each, epoch in there if each is purpose}
        for epoch in sorted(epochs - renewed - {1}):  # 1 came with the file
            yield Verb.KEY_RENEW, purpose, epoch
        dropping = _epochs(Verb.KEY_PREPARE, purpose, act=Verb.KEY_DROP)
        for epoch in sorted(dropping - epochs - _epochs(Verb.KEY_DROP, purpose)):
            yield Verb.KEY_DROP, purpose, epoch


def _epochs(verb: Verb, purpose: Purpose, **more: str) -> set[int]:
    found = selectors.details(verb, purpose)
    return {each["epoch"] for each in found if more.items() <= each.items()}


def _told(verb: Verb, purpose: Purpose, epoch: int, **more: Any) -> None:
    """In a transaction of its own: the file must not wait for one that may roll back."""
    with transaction.atomic(durable=True):
        audit.record(actor=SYSTEM, verb=verb, subject=purpose, epoch=epoch, **more)
