"""A second factor for people: one-time codes of an authenticator, and recovery codes.

A code works once: its time step and all before it are used up under the row's lock, so
neither a replay nor an older code is taken. The secret rests sealed under a key derived
from Django's secret key; a recovery code rests as a digest.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

import pyotp
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from hub.lib.clock import now
from hub.lib.errors import Conflict, Forbidden
from hub.lib.sealed import SealBrokenError, seal, unseal
from orgs.accounts import attempts
from orgs.accounts.actor import Actor
from orgs.accounts.models import RecoveryCode, SecondFactor, User

ACTION = "second-factor"
ISSUER = "Accord"
STEP = 30  # seconds a code is shown
DRIFT = 1  # steps that a clock may be early or late
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits: a plain digest cannot be tried out
CONFIRM_WITHIN = timedelta(minutes=15)
WRONG = "This code is wrong or used up. Wait for the next one."
NONE = "Set up a second factor first."


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the person's authenticator needs; shown once."""

    secret: str  # base32
    uri: str  # otpauth://


def is_on(user: User) -> bool:
    """Whether sign-in asks this person for a code."""
    return _confirmed(user.pk) is not None


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(factor__user=user).count()


def verify(user: User, code: str) -> None:
    """Use up a code of the person's authenticator, or Forbidden; TooMany after ten."""
    _verify(user, code, recovery=False)


def verify_any(user: User, code: str) -> bool:
    """Use up a code of the authenticator or a recovery code; whether it was the latter."""
    return _verify(user, code, recovery=True)


def proven(actor: Actor, code: str) -> Actor:
    """The actor with a verified second factor, for one call of a service.

    Not inside a transaction: where that is rolled back the code could be used again.
    """
    pk = actor.user_id
    user = User.objects.filter(pk=pk, is_active=True).first() if pk else None
    if user is None:
        raise Forbidden(NONE, code="second-factor")
    verify(user, code)
    return replace(actor, second_factor=True)


@transaction.atomic
def begin(user: User) -> Enrolment:
    """A new secret, in force once a code of it was given; the caller asked the password."""
    if is_on(user):
        raise Conflict("You have a second factor already; remove it first.")
    secret = pyotp.random_base32()
    SecondFactor.objects.update_or_create(
        user=user,
        confirmed_at=None,
        defaults={
            "secret": seal(_sealing_key(), secret.encode(), aad=_place(user.pk)),
            "created_at": now(),
            "last_step": 0,
        },
    )
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Enrolment(secret, uri)


@transaction.atomic
def confirm(user: User, code: str) -> list[str]:
    """Put a begun factor in force by its first code; returns the recovery codes, once."""
    attempts.count_person(ACTION, user.email)
    fresh = SecondFactor.objects.filter(
        user=user, confirmed_at=None, created_at__gt=now() - CONFIRM_WITHIN
    )
    factor = fresh.select_for_update().first()
    if factor is None:
        raise Conflict("Begin again: nothing waits for a code any more.")
    if not _use_code(factor, code):
        raise Forbidden(WRONG, code="second-factor")
    factor.confirmed_at = now()
    factor.save(update_fields=["confirmed_at"])
    attempts.forget(ACTION, None, user.email)
    return renew_recovery_codes(user)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """Ten new codes; the old ones end."""
    RecoveryCode.objects.filter(factor__user=user).delete()
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor_id=user.pk, digest=_digest(user.pk, code)) for code in codes
    )
    return codes


def remove(user: User) -> bool:
    """Drop secret and recovery codes; whether there was anything."""
    return bool(SecondFactor.objects.filter(user=user).delete()[0])


def _verify(user: User, code: str, *, recovery: bool) -> bool:
    if not is_on(user):
        raise Forbidden(NONE, code="second-factor")
    attempts.count_person(ACTION, user.email)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        # First, for it opens also where the secret can no longer be read.
        spent = recovery and _use_recovery_code(user.pk, code)
        right = spent or (factor is not None and _use_code(factor, code))
    if not right:
        raise Forbidden(WRONG, code="second-factor")
    attempts.forget(ACTION, None, user.email)
    return spent


def _use_code(factor: SecondFactor, code: str) -> bool:
    """Use up the step whose code this is; the caller holds the row's lock."""
    said = "".join(code.split()).encode()
    totp = pyotp.TOTP(_secret_of(factor))
    current = int(now().timestamp()) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        right = hmac.compare_digest(totp.generate_otp(step).encode(), said)
        if right and step > factor.last_step:
            factor.last_step = step
            factor.save(update_fields=["last_step"])
            return True
    return False


def _use_recovery_code(user_id: int, code: str) -> bool:
    own = RecoveryCode.objects.filter(factor=user_id, digest=_digest(user_id, code))
    return own.delete()[0] == 1


def _confirmed(user_id: int) -> SecondFactor | None:
    found = SecondFactor.objects.filter(user=user_id, confirmed_at__isnull=False)
    return found.first()


def _secret_of(factor: SecondFactor) -> str:
    try:
        plain = unseal(_sealing_key(), bytes(factor.secret), aad=_place(factor.user_id))
    except SealBrokenError as error:  # moved, or the secret key of the hub is another
        unreadable = "Your second factor cannot be read; hub staff can reset it."
        raise Forbidden(unreadable, code="second-factor") from error
    return plain.decode()


def _sealing_key() -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"accord/v1/second-factor")
    return derived.derive(settings.SECRET_KEY.encode())


def _place(user_id: int) -> bytes:
    return f"second-factor:{user_id}".encode()


def _new_recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _digest(user_id: int, code: str) -> bytes:
    plain = "".join(c for c in code.lower() if c.isalnum())
    text = f"accord/v1/recovery-code|{user_id}|{plain}"
    return hashlib.sha256(text.encode()).digest()
