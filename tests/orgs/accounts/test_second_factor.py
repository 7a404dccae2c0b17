"""A code works once; recovery codes too; nothing rests in clear."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.db import connection

from hub.lib.errors import Conflict, Forbidden, TooMany
from orgs.accounts import attempts, second_factor
from orgs.accounts.actor import SYSTEM, Actor
from orgs.accounts.models import RecoveryCode, SecondFactor, User
from tests.cast import acting, authenticator_of

pytestmark = pytest.mark.usefixtures("broker")

NOON = datetime(2026, 11, 24, 12, 0, 1, tzinfo=UTC)


def refused(person: User, code: str) -> bool:
    try:
        second_factor.verify(person, code)
    except Forbidden as problem:
        return problem.problem_code == "second-factor"
    return False


def test_code_works_once(alice: User) -> None:
    code = authenticator_of(alice).now()
    assert not refused(alice, f" {code[:3]} {code[3:]} ")
    assert refused(alice, code)


def test_code_is_taken_a_step_early_or_late_and_no_further(alice: User) -> None:
    totp = authenticator_of(alice)
    with time_machine.travel(NOON, tick=False):
        found = {
            steps: refused(alice, totp.at(NOON + timedelta(seconds=30 * steps)))
            for steps in (-3, -2, -1, 0, 1, 2, 3)
        }
    assert found == {
        -3: True,
        -2: True,
        -1: False,
        0: False,
        1: False,
        2: True,
        3: True,
    }


def test_older_code_is_refused_when_a_newer_one_was_used(alice: User) -> None:
    totp = authenticator_of(alice)
    with time_machine.travel(NOON, tick=False):
        assert not refused(alice, totp.at(NOON))
        assert refused(alice, totp.at(NOON - timedelta(seconds=30)))


def test_code_of_somebody_else_is_refused(alice: User, bob: User) -> None:
    authenticator_of(alice)
    assert refused(alice, authenticator_of(bob).now())


@pytest.mark.parametrize("code", ["", "000000x", "\uff11" * 6, "-1", "0" * 40])
def test_code_that_is_none_is_refused(alice: User, code: str) -> None:
    authenticator_of(alice)
    assert refused(alice, code)


def test_guessing_ends_even_with_the_right_code(alice: User) -> None:
    totp = authenticator_of(alice)
    for _ in range(attempts.PER_PAIR):
        assert refused(alice, "no code")
    with pytest.raises(TooMany):
        second_factor.verify(alice, totp.now())


def test_guessing_starts_over_with_the_right_code(alice: User) -> None:
    totp = authenticator_of(alice)
    for _ in range(attempts.PER_PAIR - 1):
        refused(alice, "no code")
    assert not refused(alice, totp.now())
    assert refused(alice, "no code")


def test_nothing_is_verified_without_a_factor_in_force(alice: User) -> None:
    assert refused(alice, "000000")
    secret = second_factor.begin(alice).secret
    assert refused(alice, pyotp.TOTP(secret).now())


def test_confirming_takes_a_code_and_gives_recovery_codes(alice: User) -> None:
    totp = pyotp.TOTP(second_factor.begin(alice).secret)
    with pytest.raises(Forbidden):
        second_factor.confirm(alice, "000000x")
    code = totp.now()
    codes = second_factor.confirm(alice, code)
    assert second_factor.is_on(alice)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert refused(alice, code)
    with pytest.raises(Conflict):
        second_factor.begin(alice)


def test_secret_can_be_confirmed_only_for_a_while_and_only_the_last_one(
    alice: User,
) -> None:
    first = pyotp.TOTP(second_factor.begin(alice).secret)
    last = pyotp.TOTP(second_factor.begin(alice).secret)
    with pytest.raises(Forbidden):
        second_factor.confirm(alice, first.now())
    later = datetime.now(UTC) + second_factor.CONFIRM_WITHIN + timedelta(seconds=1)
    with time_machine.travel(later), pytest.raises(Conflict):
        second_factor.confirm(alice, last.now())


def test_recovery_code_works_once_for_its_owner_and_never_as_a_code(
    alice: User, bob: User
) -> None:
    authenticator_of(alice)
    authenticator_of(bob)
    code, *rest = second_factor.renew_recovery_codes(alice)
    assert refused(alice, code)
    with pytest.raises(Forbidden):
        second_factor.verify_any(bob, code)
    assert second_factor.verify_any(alice, code.upper().replace("-", " "))
    with pytest.raises(Forbidden):
        second_factor.verify_any(alice, code)
    assert second_factor.recovery_codes_left(alice) == len(rest)


def test_renewing_ends_the_old_recovery_codes(alice: User) -> None:
    authenticator_of(alice)
    [old, *_] = second_factor.renew_recovery_codes(alice)
    second_factor.renew_recovery_codes(alice)
    with pytest.raises(Forbidden):
        second_factor.verify_any(alice, old)


def test_secret_and_recovery_codes_are_nowhere_in_the_database(alice: User) -> None:
    secret = second_factor.begin(alice).secret
    codes = second_factor.confirm(alice, pyotp.TOTP(secret).now())
    stored = bytes(SecondFactor.objects.get().secret)
    digests = b"".join(bytes(each.digest) for each in RecoveryCode.objects.all())
    for clear in (secret, *codes, *(code.replace("-", "") for code in codes)):
        for form in (clear.encode(), clear.lower().encode(), clear.upper().encode()):
            assert form not in stored + digests
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(f)::text FROM orgs_secondfactor f")
        assert secret not in str(cursor.fetchall())


def test_secret_is_refused_when_moved_to_another_person(alice: User, bob: User) -> None:
    totp = authenticator_of(alice)
    authenticator_of(bob)
    SecondFactor.objects.filter(user=bob).update(
        secret=SecondFactor.objects.get(user=alice).secret
    )
    assert refused(bob, totp.now())


def test_secret_is_refused_when_the_key_of_the_hub_is_another(
    alice: User, settings: object
) -> None:
    totp = authenticator_of(alice)
    [recovery, *_] = second_factor.renew_recovery_codes(alice)
    settings.SECRET_KEY = "another" * 10  # type: ignore[attr-defined]
    assert refused(alice, totp.now())
    assert second_factor.verify_any(alice, recovery)


def test_proven_actor_is_the_same_with_the_factor(alice_signs: User) -> None:
    totp = authenticator_of(alice_signs)
    actor = acting(alice_signs, second_factor=False)
    proven = second_factor.proven(actor, totp.now())
    assert proven == acting(alice_signs)
    assert not actor.second_factor


def test_nobody_and_inactive_people_prove_nothing(alice: User) -> None:
    totp = authenticator_of(alice)
    User.objects.update(is_active=False)
    for actor in (SYSTEM, Actor(), Actor(user_id=alice.pk)):
        with pytest.raises(Forbidden):
            second_factor.proven(actor, totp.now())


def test_removal_leaves_nothing(alice: User) -> None:
    authenticator_of(alice)
    second_factor.renew_recovery_codes(alice)
    assert second_factor.remove(alice)
    assert not second_factor.remove(alice)
    assert not RecoveryCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_code_works_once_when_it_is_sent_many_times_at_once(alice: User) -> None:
    code = authenticator_of(alice).now()

    def send(_: int) -> bool:
        try:
            return not refused(alice, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(send, range(8))) == 1
