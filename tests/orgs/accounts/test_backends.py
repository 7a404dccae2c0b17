"""Sign-in by e-mail address."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from orgs.accounts.backends import EmailBackend
from orgs.accounts.models import User
from tests.cast import PASSWORD


def test_backend_knows_the_address_in_any_case(alice: User) -> None:
    assert authenticate(username=" Alice@MEADOW.example ", password=PASSWORD) == alice


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper()])
def test_backend_refuses_a_wrong_password(alice: User, password: str) -> None:
    assert authenticate(username=alice.email, password=password) is None


def test_backend_refuses_an_inactive_person(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert authenticate(username=alice.email, password=PASSWORD) is None
    assert EmailBackend().get_user(alice.pk) is None


def test_backend_refuses_an_account_without_a_password(db: None) -> None:
    user = User.objects.create_user("new@meadow.example", name="New")
    assert authenticate(username=user.email, password="") is None
    assert authenticate(username=user.email, password=user.password) is None


def test_backend_hashes_as_often_for_an_unknown_address(
    alice: User, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASSWORD_HASHERS = [  # type: ignore[attr-defined]
        "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    ]
    alice.set_password(PASSWORD)
    alice.save()
    calls = []
    encode = PBKDF2PasswordHasher.encode

    def counted(*args: object, **kwargs: object) -> object:
        calls.append(args)
        return encode(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    authenticate(username=alice.email, password="wrong")
    assert len(calls) == 1
    authenticate(username="nobody@meadow.example", password="wrong")
    assert len(calls) == 2


def test_backend_gives_no_model_permissions(alice: User) -> None:
    assert not alice.has_perm("sharing.view_agreement")
    assert alice.get_all_permissions() == set()
