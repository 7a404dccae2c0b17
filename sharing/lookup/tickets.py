"""Tickets for asking the very same again: to take an answer along counts no second time.

An answer is kept nowhere. Whoever wants it as a file sends the question again, with the
ticket that came with the answer; it tells nothing of the question.
"""

from datetime import timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from orgs.accounts.actor import Actor
from sharing.lookup.asking import Question

VALID = timedelta(hours=1)
SALT = "sharing.lookup.tickets"
_SIGNER = signing.TimestampSigner(salt=SALT)


def ticket(actor: Actor, question: Question) -> str:
    return _SIGNER.sign(_mark(actor, question))


def holds(actor: Actor, question: Question, said: str) -> bool:
    """Whether the actor asked exactly this within the hour."""
    try:
        mark = _SIGNER.unsign(said, max_age=VALID)
    except signing.BadSignature:
        return False
    return constant_time_compare(mark, _mark(actor, question))


def _mark(actor: Actor, question: Question) -> str:
    """Of whoever asks, and of all that is counted."""
    asked = [
        f"{each.kind}:{(each.digest or b'').hex()}"
        for each in question.lines
        if each.fault is None
    ]
    said = [str(actor.organization_id), str(actor.user_id), *asked]
    return salted_hmac(SALT, "\n".join(said), algorithm="sha256").hexdigest()
