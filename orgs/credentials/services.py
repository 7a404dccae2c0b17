"""Make, revoke and verify API keys: shown once, kept as a digest."""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from hub.lib.clock import now
from hub.lib.errors import Forbidden, Invalid, NotFound
from orgs.accounts.actor import RIGHTS, SCOPES, Actor, Right, Role
from orgs.accounts.address import Address
from orgs.accounts.models import Organization
from orgs.accounts.rights import is_hub, need_at
from orgs.audit import services as audit
from orgs.audit.verbs import Verb
from orgs.credentials import selectors
from orgs.credentials.models import Credential

MARK = "accord"  # secret scanners find keys by it
PREFIX_BYTES = 6
SECRET_BYTES = 32
USE_NOTED_EVERY = timedelta(minutes=1)
_NOBODY = hashlib.sha512(secrets.token_bytes(SECRET_BYTES)).digest()


@transaction.atomic
def create_credential(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    role: Role = Role.MANAGER,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    addresses: Iterable[str] = (),
) -> tuple[Credential, str]:
    """A new key and its clear text, which exists nowhere else from here on.

    Hub staff cannot make keys: they never see what an organization sees.
    """
    if not is_hub(actor):
        need_at(actor, Right.CREDENTIALS, organization.pk)
        if not RIGHTS[role] <= actor.rights:
            raise Forbidden("A key cannot do more than the person who makes it.")
    prefix = secrets.token_hex(PREFIX_BYTES)
    key = f"{MARK}_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    credential = Credential.objects.create(
        organization=organization,
        name=_name(name),
        prefix=prefix,
        digest=_digest(key),
        role=role,
        scopes=_scopes(scopes, role),
        addresses=_networks(addresses),
        created_by_id=actor.user_id,
        created_at=now(),
        expires_at=_future(expires_at),
    )
    audit.record(
        actor=actor,
        verb=Verb.CREDENTIAL_CREATE,
        subject=credential,
        organization_id=organization.pk,
        role=role,
        scopes=credential.scopes,
    )
    return credential, key


@transaction.atomic
def revoke_credential(*, actor: Actor, credential_id: UUID) -> Credential:
    """End a key now; its next request is refused. Revoking twice changes nothing."""
    keys = Credential.objects.select_for_update().filter(pk=credential_id)
    credential = keys.first()
    if credential is None or not _knows(actor, credential):
        raise NotFound
    if not is_hub(actor):
        need_at(actor, Right.CREDENTIALS, credential.organization_id)
    if credential.revoked_at is None:
        credential.revoked_at = now()
        credential.save(update_fields=["revoked_at"])
        audit.record(
            actor=actor,
            verb=Verb.CREDENTIAL_REVOKE,
            subject=credential,
            organization_id=credential.organization_id,
        )
    return credential


def verify(key: str, *, address: Address | None) -> tuple[Credential, Actor] | None:
    """The key's credential and actor if it is valid here and now, else None.

    An unknown prefix costs the same comparison as a known one.
    """
    mark, _, rest = key.partition("_")
    prefix, _, secret = rest.partition("_")
    readable = mark == MARK and prefix.isalnum() and bool(secret)
    credential = selectors.by_prefix(prefix) if readable else None
    stored = bytes(credential.digest) if credential else _NOBODY
    if not hmac.compare_digest(_digest(key), stored) or credential is None:
        return None
    if not _valid(credential, address):
        return None
    _note_use(credential)
    return credential, actor_of(credential)


def actor_of(credential: Credential) -> Actor:
    """Who acts when this key is used: scopes only ever narrow what its role may do."""
    role = Role(credential.role)
    return Actor(
        organization_id=credential.organization_id,
        role=role,
        rights=frozenset(map(Right, credential.scopes)) & SCOPES & RIGHTS[role],
        credential_id=credential.pk,
    )


def _knows(actor: Actor, credential: Credential) -> bool:
    return is_hub(actor) or actor.organization_id == credential.organization_id


def _valid(credential: Credential, address: Address | None) -> bool:
    moment = now()
    return (
        credential.revoked_at is None
        and (credential.expires_at is None or moment < credential.expires_at)
        and credential.organization.is_active
        and _from_here(credential, address)
    )


def _from_here(credential: Credential, address: Address | None) -> bool:
    if not credential.addresses:
        return True
    return address is not None and any(
        address in ipaddress.ip_network(network) for network in credential.addresses
    )


def _note_use(credential: Credential) -> None:
    """Write the last use at most once a minute: a read stays a read."""
    moment = now()
    before = moment - USE_NOTED_EVERY
    if credential.last_used_at is None or credential.last_used_at < before:
        Credential.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lt=before), pk=credential.pk
        ).update(last_used_at=moment)


def _digest(key: str) -> bytes:
    return hashlib.sha512(key.encode()).digest()


def _name(name: str) -> str:
    stripped = name.strip()
    if not 0 < len(stripped) <= 80:
        raise Invalid("A key has a name of up to 80 characters.", code="bad-name")
    return stripped


def _scopes(scopes: Iterable[str], role: Role) -> list[str]:
    asked = {str(scope) for scope in scopes}
    if not asked:
        raise Invalid("A key needs at least one scope.", code="no-scope")
    if not asked <= {str(right) for right in SCOPES & RIGHTS[role]}:
        raise Invalid("A scope goes beyond what this role may do.", code="bad-scope")
    return sorted(asked)


def _networks(addresses: Iterable[str]) -> list[str]:
    try:
        return sorted({str(ipaddress.ip_network(each.strip())) for each in addresses})
    except ValueError as error:
        raise Invalid(
            "An address is written 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.",
            code="bad-address",
        ) from error


def _future(expires_at: datetime | None) -> datetime | None:
    if expires_at is not None and expires_at <= now():
        raise Invalid("A key cannot expire in the past.", code="bad-expiry")
    return expires_at
