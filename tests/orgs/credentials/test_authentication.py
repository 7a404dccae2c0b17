"""How a key arrives in a request."""

import base64
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from orgs.accounts.models import User
from orgs.credentials.authentication import CHALLENGE, CredentialAuthentication
from tests.cast import home_of, key_of


class Door(APIView):
    authentication_classes = [CredentialAuthentication]
    permission_classes = [IsAuthenticated]

    def get_exception_handler(self) -> object:  # type: ignore[override]
        return exception_handler

    def get(self, request: Request) -> Response:
        principal: Any = request.user
        return Response(str(principal.actor.organization_id))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def knock(header: str | None) -> Response:
    request = RequestFactory().get("/")
    if header is not None:
        request.META["HTTP_AUTHORIZATION"] = header
    response: Response = Door.as_view()(request)
    return response


def test_key_is_accepted_as_bearer_token_and_password(alice: User) -> None:
    key = key_of(alice)
    for header in (
        f"Bearer {key}",
        f"bearer {key}",
        f"Token {key}",
        basic("anybody", key),
        basic("", key),
    ):
        assert knock(header).data == str(home_of(alice).pk)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer accord_aaaaaaaaaaaa_bbbb",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        basic("alice@meadow.example", "correct horse battery staple"),
        "Digest abc",
        "Bearer \x00",
    ],
)
def test_request_is_told_how_to_sign_in_when_its_key_is_bad(
    alice: User, header: str | None
) -> None:
    response = knock(header)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == CHALLENGE


def test_refusal_does_not_repeat_the_key(db: None) -> None:
    request = RequestFactory().get("/", headers={"authorization": "Bearer accord_a_b"})
    with pytest.raises(AuthenticationFailed) as refusal:
        CredentialAuthentication().authenticate(Request(request))
    assert "accord_a_b" not in str(refusal.value)
