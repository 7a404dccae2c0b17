"""Roots of generations are wrapped, and the configured keys are found or refused."""

import json
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from hub.lib.clock import now
from hub.lib.errors import Gone, NotFound
from hub.lib.sealed import SealBrokenError
from orgs.audit.models import AuditEvent
from sharing.tokens import providers, roots, scheme, selectors, services, voprf
from sharing.tokens.models import GenerationRoot
from sharing.tokens.providers import Purpose

D = bytes(range(32))


def test_token_maker_makes_tokens_of_the_key_that_recipients_get(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    key = bytes.fromhex(services.token_key_hex(collection, 1))
    expected = scheme.token(key, "phone", D)
    assert services.token_maker(collection, 1)("phone", D) == expected


def test_tokens_do_not_join_across_generations_and_collections(db, keys):
    places = [(uuid4(), 1), (uuid4(), 1)]
    places.append((places[0][0], 2))
    for place in places:
        services.create_generation_root(*place)
    tokens = {services.token_maker(*place)("phone", D) for place in places}
    assert len(tokens) == 3


def test_root_does_not_open_when_its_row_was_moved(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    GenerationRoot.objects.filter(collection=collection).update(number=2)
    for use in (services.token_maker, services.otag_maker):
        with pytest.raises(SealBrokenError):
            use(collection, 2)


def test_root_does_not_open_for_another_use(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    GenerationRoot.objects.update(wrapped=F("wrapped_oprf"))
    with pytest.raises(SealBrokenError):
        services.token_maker(collection, 1)


def test_otag_is_what_a_client_ends_with_who_asked_obliviously(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    oprf = services.oprf(collection, 1)
    asked = [("phone", D), ("email", bytes(32))]
    values = [scheme.otag_input(oprf.otag_scheme, *each) for each in asked]
    hidden = [voprf.blind(value) for value in values]
    answer = oprf.evaluate([h.element for h in hidden])
    make = services.otag_maker(collection, 1)
    outputs = voprf.finalize(values, hidden, answer, oprf.public)
    otags = [scheme.otag(y) for y in outputs]
    assert otags == [make(*each) for each in asked]
    assert all(len(otag) == scheme.OTAG_BYTES for otag in otags)


def test_otag_of_one_type_is_that_of_no_other(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    make = services.otag_maker(collection, 1)
    assert make("phone", D) != make("email", D)


@pytest.fixture
def made_before(db, keys, monkeypatch):
    """A generation whose otags are of the digest alone."""
    collection = uuid4()
    with monkeypatch.context() as earlier:
        earlier.setattr(scheme, "OTAG_SCHEME", scheme.BARE)
        services.create_generation_root(collection, 1)
    return collection


def test_generation_of_before_goes_on_with_its_otags(made_before):
    make = services.otag_maker(made_before, 1)
    secret = services.oprf(made_before, 1)._key.secret
    assert make("phone", D) == scheme.otag(voprf.output(secret, D)) == make("email", D)
    assert selectors.with_otags_before(scheme.TYPED) == [(made_before, 1)]
    services.create_generation_root(made_before, 2)
    assert selectors.with_otags_before(scheme.TYPED) == [(made_before, 1)]
    services.destroy_root(made_before, 1)
    assert selectors.with_otags_before(scheme.TYPED) == []


def test_row_without_a_scheme_is_one_of_before(made_before):
    """As programs of before still write it, and as the migration finds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sharing_generationroot"
            " (collection, number, wrapped, wrapped_oprf, oprf_pinned, wrap_epoch, created_at)"
            " SELECT collection, 2, wrapped, wrapped_oprf, oprf_pinned, wrap_epoch, created_at"
            " FROM sharing_generationroot"
        )
    assert GenerationRoot.objects.get(number=2).otag_scheme == scheme.BARE


@pytest.mark.parametrize("scheme_", [scheme.BARE, scheme.TYPED])
def test_root_does_not_open_when_its_scheme_was_changed(db, keys, monkeypatch, scheme_):
    collection = uuid4()
    monkeypatch.setattr(scheme, "OTAG_SCHEME", scheme_)
    services.create_generation_root(collection, 1)
    assert services.oprf(collection, 1).otag_scheme == scheme_
    other = scheme.BARE + scheme.TYPED - scheme_
    GenerationRoot.objects.update(otag_scheme=other)
    with pytest.raises(SealBrokenError):
        services.otag_maker(collection, 1)


@pytest.mark.parametrize("scheme_", [scheme.BARE, scheme.TYPED])
def test_root_of_each_scheme_is_wrapped_anew(keys_file, db, monkeypatch, scheme_):
    providers.create(keys_file)
    monkeypatch.setattr(scheme, "OTAG_SCHEME", scheme_)
    collection = uuid4()
    services.create_generation_root(collection, 1)
    public = services.oprf(collection, 1).public
    providers.renew(keys_file, None, Purpose.WRAP)
    assert services.rewrap_roots() == (1, [])
    assert services.oprf(collection, 1).public == public


def test_otags_do_not_join_across_generations_and_collections(db, keys):
    places = [(uuid4(), 1), (uuid4(), 1)]
    places.append((places[0][0], 2))
    for place in places:
        services.create_generation_root(*place)
    assert len({services.otag_maker(*place)("phone", D) for place in places}) == 3


def test_public_key_of_a_generation_is_pinned_when_it_is_made(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    event = AuditEvent.objects.get(verb="tokens:oprf-key:pin")
    key = services.oprf(collection, 1).public.hex()
    assert event.subject == str(collection)
    assert event.detail == {"generation": 1, "public_key": key}
    pinned = services.oprf_pinned(collection, 1)
    assert pinned == (bytes.fromhex(key), scheme.TYPED, event.pk, event.at)


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "members:member:add"},
        {"subject": str(uuid4())},
        {"detail": {"generation": 2, "public_key": "KEY"}},
        {"detail": {"generation": 1, "public_key": "00" * 32}},
    ],
)
def test_key_is_not_told_when_another_one_is_on_record(db, keys, change):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    key = services.oprf(collection, 1).public.hex()
    right = {
        "verb": "tokens:oprf-key:pin",
        "subject": str(collection),
        "detail": {"generation": 1, "public_key": key},
    }
    change = json.loads(json.dumps(change).replace("KEY", key))
    other = AuditEvent.objects.create(at=now(), **{**right, **change})
    GenerationRoot.objects.update(oprf_pinned=other.pk)
    with pytest.raises(roots.PinBrokenError):
        services.oprf_pinned(collection, 1)


def test_generation_of_before_gets_one_oprf_root_and_one_pin(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    token = services.token_key_hex(collection, 1)
    old = services.oprf(collection, 1).public
    GenerationRoot.objects.update(wrapped_oprf=None, oprf_pinned=None, otag_scheme=1)
    key = services.oprf(collection, 1).public
    assert key != old
    assert services.oprf(collection, 1).public == key, "made once"
    assert services.oprf(collection, 1).otag_scheme == scheme.TYPED, "none was made yet"
    assert services.token_key_hex(collection, 1) == token
    event = AuditEvent.objects.latest("pk")
    assert event.detail["public_key"] == key.hex()
    assert services.oprf_pinned(collection, 1).event == event.pk


def test_late_comer_takes_the_root_that_another_made(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    stale = GenerationRoot.objects.get(collection=collection)
    stale.wrapped_oprf = stale.oprf_pinned = None  # as it was read a moment ago
    found = roots._with_oprf(keys, stale)
    assert found.oprf_pinned == services.oprf_pinned(collection, 1).event
    assert AuditEvent.objects.filter(verb="tokens:oprf-key:pin").count() == 1


def test_destroyed_generation_of_before_gets_no_root(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    stale = GenerationRoot.objects.get(collection=collection)
    stale.wrapped_oprf = None
    services.destroy_root(collection, 1)
    with pytest.raises(Gone):
        roots._with_oprf(keys, stale)


def test_unknown_generation_is_not_found(db, keys):
    with pytest.raises(NotFound):
        services.token_maker(uuid4(), 1)


def test_destroyed_root_is_gone_for_good(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    services.destroy_root(collection, 1)
    services.destroy_root(collection, 1)
    row = GenerationRoot.objects.get(collection=collection)
    assert (row.wrapped, row.wrapped_oprf) == (None, None)
    for use in (services.token_key_hex, services.otag_maker, services.oprf):
        with pytest.raises(Gone):
            use(collection, 1)


def test_root_is_never_stored_in_the_clear(db, keys):
    collection = uuid4()
    services.create_generation_root(collection, 1)
    key = services.token_key_hex(collection, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM sharing_generationroot t")
        stored = "".join(row[0] for row in cursor)
    secret = services.oprf(collection, 1)._key.secret.hex()
    assert not [each for each in (key, secret) if each in stored]
    assert keys.current(Purpose.WRAP).secret.hex() not in stored


def test_index_is_the_schemes_under_the_current_epoch(keys):
    root = keys.current(Purpose.INDEX)
    found = services.indexer()
    assert found.epoch == root.epoch == 1
    key = scheme.index_key(root.secret, 1)
    assert found.index(D) == scheme.index(key, D)
    assert root.secret.hex() not in repr(found)


def test_missing_file_is_refused_with_the_command_that_helps(keys_file):
    with pytest.raises(ImproperlyConfigured, match=r"\./run manage keys init"):
        services.vault()
    assert not keys_file.exists()


def test_unset_file_is_refused_with_the_setting_that_helps(settings):
    settings.KEYS_FILE = None
    with pytest.raises(ImproperlyConfigured, match="ACCORD_KEYS_FILE"):
        services.indexer()


def test_missing_file_is_created_when_the_hub_is_local(keys_file, settings):
    settings.LOCAL = True
    services.vault()
    assert keys_file.exists()


@pytest.mark.django_db
def test_keys_command_creates_and_shows_without_a_key(keys_file, capsys):
    call_command("keys", "init")
    call_command("keys", "init")
    collection = uuid4()
    for number in (1, 2):
        services.create_generation_root(collection, number)
    services.destroy_root(collection, 1)
    call_command("keys")
    out = capsys.readouterr().out
    lines = [line.split() for line in out.splitlines() if str(collection) in line]
    assert [(line[1], line[3]) for line in lines] == [("1", "destroyed"), ("2", "0")]
    assert "nothing was changed" in out
    assert all(purpose in out for purpose in Purpose)
    for root in services.key_provider().roots():
        assert root.secret.hex() not in out


def test_keys_command_wraps_under_a_key_from_elsewhere(
    keys, keys_file, tmp_path, settings, capsys
):
    kek_file = tmp_path / "elsewhere" / "kek"
    call_command("keys", "kek", "--kek", str(kek_file))
    call_command("keys", "wrap", "--kek", str(kek_file))
    with pytest.raises(CommandError, match="ACCORD_KEK_FILE"):
        call_command("keys", "show")
    settings.KEK_FILE = kek_file
    assert services.key_provider().roots() == keys.roots()
    out = capsys.readouterr().out
    secrets = [root.secret.hex() for root in keys.roots()]
    assert not [s for s in [*secrets, kek_file.read_text().strip()] if s in out]


@pytest.mark.parametrize("action", ["kek", "wrap"])
def test_keys_command_wants_the_name_of_the_key_file_to_wrap_under(keys, action):
    with pytest.raises(CommandError, match="--kek"):
        call_command("keys", action)


@pytest.mark.parametrize("action", ["show"])
def test_keys_command_says_what_to_do_when_there_is_no_file(keys_file, action):
    with pytest.raises(CommandError, match="keys init"):
        call_command("keys", action)
