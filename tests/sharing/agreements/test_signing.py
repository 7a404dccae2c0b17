"""Signing takes a second factor; the hub's own command line signs without and says so."""

from pathlib import Path

import pytest
import redis
from django.urls import reverse

from hub.lib.errors import Forbidden
from orgs.accounts import attempts, second_factor
from orgs.accounts.models import User
from orgs.accounts.second_factor import proven
from orgs.audit.models import AuditEvent
from orgs.audit.verbs import Verb
from sharing.agreements import services
from sharing.agreements.models import Signature, Version
from tests.cast import acting, authenticator_of, browser_of
from tests.sharing.agreements.conftest import Enact, clause

Signers = dict[str, User]


def test_person_without_a_second_factor_does_not_sign(
    signers: Signers, propose: Enact
) -> None:
    version = propose()
    actor = acting(signers["meadow"], second_factor=False)
    with pytest.raises(Forbidden) as refused:
        services.sign(actor=actor, version_id=version.pk)
    assert refused.value.problem_code == "second-factor"
    assert not Signature.objects.exists()
    assert not AuditEvent.objects.filter(verb=Verb.AGREEMENT_SIGN).exists()


def test_person_signs_with_a_code_and_the_signature_tells(
    signers: Signers, propose: Enact, broker: redis.Redis
) -> None:
    version, person = propose(), signers["meadow"]
    code = authenticator_of(person).now()
    actor = proven(acting(person, second_factor=False), code)
    signature = services.sign(actor=actor, version_id=version.pk)
    assert signature.second_factor
    event = AuditEvent.objects.get(verb=Verb.AGREEMENT_SIGN)
    assert event.detail["second_factor"] is True
    assert event.detail["on_command_line"] is False


def test_used_code_does_not_sign_for_a_second_agreement(
    signers: Signers, broker: redis.Redis
) -> None:
    person = signers["meadow"]
    code = authenticator_of(person).now()
    proven(acting(person), code)
    with pytest.raises(Forbidden):
        proven(acting(person), code)


def test_file_is_applied_by_nobody_who_is_signed_in(
    signers: Signers, erin: User
) -> None:
    for person in (erin, signers["meadow"]):
        with pytest.raises(Forbidden):
            services.apply_file(Path("agreement.yaml"), actor=acting(person))


def page_signs(person: User, version: Version, code: str) -> int:
    body = {"text_sha256": version.text_sha256, "read": "on", "code": code}
    path = reverse("agreement-sign", args=[version.pk])
    return browser_of(person).post(path, body).status_code


def test_page_refuses_whoever_has_no_second_factor(
    signers: Signers, propose: Enact, broker: redis.Redis
) -> None:
    version = propose()
    assert page_signs(signers["meadow"], version, "000000") == 422
    assert not Signature.objects.exists()


def test_page_refuses_used_and_recovery_codes(
    signers: Signers, propose: Enact, broker: redis.Redis
) -> None:
    version, person = propose(), signers["meadow"]
    totp = authenticator_of(person)
    [recovery, *_] = second_factor.renew_recovery_codes(person)
    code = totp.now()
    second_factor.verify(person, code)  # at sign-in, say
    for said in (code, recovery):
        assert page_signs(person, version, said) == 422
    assert not Signature.objects.exists()


def test_page_ends_guessing(
    signers: Signers, propose: Enact, broker: redis.Redis
) -> None:
    version, person = propose(), signers["meadow"]
    totp = authenticator_of(person)
    for _ in range(attempts.PER_PAIR):
        page_signs(person, version, "000000x")
    assert page_signs(person, version, totp.now()) == 429
    assert not Signature.objects.exists()


def test_party_that_one_amendment_leaves_out_still_signs_the_next(
    signers: Signers, enact: Enact, propose: Enact
) -> None:
    enact()
    own = clause(**{"continues": "Fraud", "from": ["meadow"]})
    without = propose(own, parties=["meadow", "harbour"])
    again = propose(clause(continues="Fraud"))
    for slug in ("meadow", "harbour"):
        services.sign(actor=acting(signers[slug]), version_id=without.pk)
    services.sign(actor=acting(signers["sentry"]), version_id=again.pk)
    assert again.signatures.get().organization.slug == "sentry"
