"""API keys in requests: Bearer, Token, or the password of Basic."""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from orgs.accounts.actor import Actor
from orgs.accounts.address import client_address
from orgs.credentials import services
from orgs.credentials.models import Credential

CHALLENGE = 'Bearer realm="accord", Basic realm="accord"'
REFUSED = "No valid credential was sent."


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is behind a request to the API: a partner's system, never a person."""

    actor: Actor
    is_authenticated: bool = True
    is_active: bool = True
    is_staff: bool = False

    @property
    def pk(self) -> UUID | None:
        return self.actor.credential_id


class CredentialAuthentication(BaseAuthentication):
    """All refusals are alike: they do not tell whether a key exists."""

    def authenticate(self, request: Request) -> tuple[Principal, Credential] | None:
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        key = _key_in(header)
        verified = key and services.verify(key, address=client_address(request))
        if not verified:
            raise AuthenticationFailed(REFUSED)
        credential, actor = verified
        return Principal(actor), credential

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def _key_in(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    match scheme.lower():
        case "bearer" | "token":
            return rest.strip()
        case "basic":
            return _password_in(rest.strip())
        case _:
            return ""


def _password_in(encoded: str) -> str:
    """The password of a Basic header; its user name does not matter."""
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return decoded.partition(":")[2]
