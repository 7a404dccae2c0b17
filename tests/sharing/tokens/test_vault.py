"""The vault opens only what was sealed, and only in its own place."""

import json
from uuid import UUID

import pytest

from hub.lib.sealed import SealBrokenError
from sharing.tokens import providers
from sharing.tokens.vault import Vault

ID, OTHER = UUID(int=1), UUID(int=2)
D = bytes(range(32))


@pytest.fixture
def vault(keys):
    return Vault(keys)


def test_digest_opens_as_it_was_sealed(vault):
    sealed, epoch = vault.seal_digest(ID, "phone", D)
    assert vault.open_digest(ID, "phone", sealed, epoch) == D
    assert D not in sealed


def test_digest_is_sealed_differently_each_time(vault):
    assert vault.seal_digest(ID, "phone", D) != vault.seal_digest(ID, "phone", D)


@pytest.mark.parametrize(("place", "kind"), [(OTHER, "phone"), (ID, "email")])
def test_digest_stays_closed_when_moved_to_another_row(vault, place, kind):
    sealed, epoch = vault.seal_digest(ID, "phone", D)
    with pytest.raises(SealBrokenError):
        vault.open_digest(place, kind, sealed, epoch)


def test_blob_opens_as_it_was_sealed(vault):
    sealed = vault.seal_blob("chunk", b"here", b"evil.example")
    assert vault.open_blob("chunk", b"here", sealed) == b"evil.example"
    assert vault.open_blob("chunk", b"here", memoryview(sealed)) == b"evil.example"


@pytest.mark.parametrize(
    ("purpose", "aad"), [("line", b"here"), ("chunk", b"there"), ("chunk", b"")]
)
def test_blob_stays_closed_in_another_place(vault, purpose, aad):
    sealed = vault.seal_blob("chunk", b"here", b"evil.example")
    with pytest.raises(SealBrokenError):
        vault.open_blob(purpose, aad, sealed)


@pytest.mark.parametrize("at", [4, 5, -1])
def test_blob_stays_closed_when_a_bit_was_changed(vault, at):
    sealed = bytearray(vault.seal_blob("chunk", b"here", b"evil.example"))
    sealed[at] ^= 1
    with pytest.raises(SealBrokenError):
        vault.open_blob("chunk", b"here", bytes(sealed))


@pytest.mark.parametrize("length", [4, 5, 10, 16])
def test_blob_stays_closed_when_it_was_cut(vault, length):
    sealed = vault.seal_blob("chunk", b"here", b"evil.example")
    with pytest.raises(SealBrokenError):
        vault.open_blob("chunk", b"here", sealed[:length])


def test_old_blobs_open_after_a_rotation(vault, keys_file):
    blob = vault.seal_blob("value", b"", b"evil.example")
    digest, epoch = vault.seal_digest(ID, "phone", D)
    content = json.loads(keys_file.read_text())
    entry = {"key": "ab" * 32, "created_at": "2026-01-01T00:00:00.000000Z"}
    content["roots"]["vault"]["2"] = entry
    keys_file.write_text(json.dumps(content))
    rotated = Vault(providers.provider_for(keys_file))
    assert rotated.open_blob("value", b"", blob) == b"evil.example"
    assert rotated.open_digest(ID, "phone", digest, epoch) == D
    assert rotated.seal_digest(ID, "phone", D)[1] == 2


def test_fingerprint_tells_same_from_different_by_purpose(vault):
    first = vault.fingerprint("body", b"+442079460958")
    assert len(first) == 32
    assert vault.fingerprint("body", b"+442079460958") == first
    assert vault.fingerprint("payload", b"+442079460958") != first
    assert vault.fingerprint("body", b"+442079460959") != first
