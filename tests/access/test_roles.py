"""Who may do what: every role and every right, asked at the routes that take the right."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction
from django.test import Client

from orgs.accounts.actor import RIGHTS, SCOPES, Right, Role
from orgs.accounts.models import User
from tests.access.asking import ROOT, ask, in_api
from tests.access.bodies import Body
from tests.access.rows import rows
from tests.access.treaties import work_off
from tests.access.world import VALUE, World, one_transaction, one_world
from tests.cast import key_of

__all__ = ["one_transaction", "one_world"]  # fixtures: `db` and `world`

# The manager is Alice, staff is Erin. What is not said is refused.
TABLE = """
             analyst  alice  signatory  auditor  erin
read         yes      yes    -          -        -     # look up, read, give feedback
submit       yes      yes    -          -        -
check        yes      yes    -          -        -     # a body: to read and to submit
withdraw     -        yes    -          -        -     # let stopped lines through too
decide       -        yes    -          -        yes   # about what is held
waiting      -        -      -          -        yes   # what is held, in counts
staff        -        -      -          -        yes   # health, queues, onboarding
keys         -        yes    -          -        -     # of streams
members      -        yes    -          -        -     # see and invite
appoint      -        yes    -          -        yes   # or remove; staff onboard
credentials  -        yes    -          -        -
sign         -        -      yes        -        -     # and leave
suspend      -        -      yes        -        yes   # and resume
end          -        -      -          -        yes   # for everybody
audit        -        yes    yes        yes      yes   # agreements, no values
draft        -        yes    -          -        yes   # propose and invite too
contract     -        yes    yes        yes      -     # its legal document
attach       -        yes    -          -        -     # one, to a draft
insights     yes      yes    yes        yes      yes   # staff: of the hub, in rough
receipts     -        yes    yes        yes      -     # of recipients
sharing      yes      yes    yes        yes      -     # how far everybody is
notices      yes      yes    yes        yes      yes   # staff: which are overdue
inbox        yes      yes    yes        yes      -     # each what it may see
belong       yes      yes    yes        yes      -     # choose for whom one acts
own          yes      yes    yes        yes      yes
mine         -        yes    -          -        -     # of one person: hers
said         -        -      -          -        -     # take back: of who said it, Bob
"""
MAY = {
    (right, who): cell == "yes"
    for names, *lines in [[line.split() for line in TABLE.strip().splitlines()]]
    for right, *cells in lines
    for who, cell in zip(names, cells, strict=False)
}
ROLES = tuple(dict.fromkeys(who for _, who in MAY))
TAKEN = tuple(dict.fromkeys(right for right, _ in MAY))
DONE, REFUSED = {"200", "202", "204", "286", "302"}, {"403", "404"}
ROWS = rows()


def routes_of(right: str) -> Iterator[tuple[str, str]]:
    for name, row in ROWS.items():
        for verb, taken in row.rights.items():
            if taken == right:
                yield name, verb


def test_every_route_takes_a_right_of_the_table() -> None:
    known = {*TAKEN, "open"}
    wrong = {
        f"{name} {verb} takes “{right}”"
        for name, row in ROWS.items()
        for verb, right in row.rights.items()
        if right not in known
    }
    assert not wrong, wrong
    for right in TAKEN:
        assert any(routes_of(right)), right


@pytest.mark.parametrize("right", TAKEN)
def test_person_does_what_the_role_may_and_is_refused_the_rest(
    world: World, right: str
) -> None:
    wrong = []
    for name, verb in routes_of(right):
        if in_api(name):
            continue
        for who in ROLES:
            cell = ask(world, who, name, verb).cell
            if cell not in (DONE if MAY[right, who] else REFUSED):
                wrong.append(f"{verb} {name} as {who}: {cell}")
    assert not wrong, wrong


def test_roles_have_the_rights_of_the_table() -> None:
    columns = {"alice": Role.MANAGER, **{str(role): role for role in Role}}
    for (right, who), may in MAY.items():
        if right in {str(each) for each in Right} and who != "erin":
            assert may is (Right(right) in RIGHTS[columns[who]]), (right, who)


@pytest.mark.parametrize("lacks", sorted(SCOPES))
def test_key_is_refused_just_what_takes_the_scope_it_lacks(
    world: World, lacks: str
) -> None:
    alice = User.objects.get(name="Alice")
    world = replace(world, keys={"narrow": key_of(alice, scopes=SCOPES - {lacks})})
    also = {"read": ["keys", "check"], "submit": ["check"]}  # of what is read, or sent
    refused = {lacks, *also.get(lacks, [])}
    for name, row in ROWS.items():
        for verb, right in row.rights.items() if in_api(name) else ():
            cell = ask(world, "narrow", name, verb).cell
            assert (cell == "403") is (right in refused), (verb, name, cell)


KEYS = {
    "alice": "withdrawn",
    "withdraw and submit": "withdrawn",
    "submit": "rejected",
    "analyst": "rejected",
}


@pytest.mark.parametrize("whose", KEYS)
def test_line_that_takes_back_needs_the_right(world: World, whose: str) -> None:
    key = world.keys.get(whose)
    if key is None:
        key = key_of(User.objects.get(name="Alice"), scopes=whose.split(" and "))
    with transaction.atomic():
        outcome = outcome_of({"op": "withdraw", "value": VALUE}, key, world)
        transaction.set_rollback(True)
    assert outcome == KEYS[whose]


def outcome_of(line: dict[str, str], key: str, world: World) -> str:
    client, where = Client(), f"/{ROOT}submissions"
    sent = client.post(
        where,
        json.dumps(line),
        content_type="application/x-ndjson",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert sent.status_code == 202
    work_off()
    told = client.get(
        f"{where}/{sent.json()['id']}/results",
        headers={"Authorization": f"Bearer {world.keys['alice']}"},
    )
    [result] = told.json()["results"]
    return str(result["outcome"])


def test_signatory_does_nothing_that_binds_without_a_code(world: World) -> None:
    for name in ("agreement-sign", "agreement-suspend", "agreement-leave"):
        whole = world.bodies[f"{name} POST"]
        unproven = replace(world, bodies={f"{name} POST": without_code(whole)})
        assert ask(unproven, "signatory", name, "POST").cell == "422"


def without_code(body: Body) -> Body:
    return lambda who: {**body(who), "code": ""}
