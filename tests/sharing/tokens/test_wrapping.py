"""Root keys under a key-encryption key: two files, and neither alone opens anything."""

import json
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from sharing.tokens import kek, providers, services
from sharing.tokens.keyfiles import KeyFileError
from sharing.tokens.providers import Purpose


@pytest.fixture
def kek_file(tmp_path, settings) -> Path:
    path = tmp_path / "elsewhere" / "kek"
    kek.create(path)
    settings.KEK_FILE = path
    return path


@pytest.fixture
def wrapped(keys_file, kek_file) -> providers.KeyProvider:
    providers.create(keys_file, kek_file)
    return providers.provider_for(keys_file, kek_file)


def test_file_holds_no_key_in_clear(wrapped, keys_file):
    text = keys_file.read_text()
    assert json.loads(text)["format"] == 2
    for root in wrapped.roots():
        assert root.secret.hex() not in text


def test_file_opens_with_its_key_alone(wrapped, keys_file, kek_file):
    with pytest.raises(KeyFileError, match="ACCORD_KEK_FILE"):
        providers.provider_for(keys_file)
    kek_file.write_text("ab" * 32)
    with pytest.raises(KeyFileError, match="another key-encryption key"):
        providers.provider_for(keys_file, kek_file)


def test_clear_file_is_refused_where_it_should_be_wrapped(keys, keys_file, kek_file):
    with pytest.raises(KeyFileError, match="clear keys"):
        providers.provider_for(keys_file, kek_file)


def test_wrapped_key_opens_in_its_own_place_only(wrapped, keys_file, kek_file):
    content = json.loads(keys_file.read_text())
    roots = content["roots"]
    roots["index"], roots["vault"] = roots["vault"], roots["index"]
    keys_file.write_text(json.dumps(content))
    with pytest.raises(KeyFileError):
        providers.provider_for(keys_file, kek_file)


def test_roots_stay_the_same_when_they_are_wrapped(keys, keys_file, kek_file, settings):
    before = keys.roots()
    providers.rewrap(keys_file, None, kek_file)
    assert providers.provider_for(keys_file, kek_file).roots() == before


def test_roots_stay_the_same_under_another_key(wrapped, keys_file, kek_file, tmp_path):
    new = tmp_path / "third" / "kek"
    kek.create(new)
    providers.rewrap(keys_file, kek_file, new)
    assert providers.provider_for(keys_file, new).roots() == wrapped.roots()
    with pytest.raises(KeyFileError):
        providers.provider_for(keys_file, kek_file)


def test_nothing_is_changed_when_the_old_key_is_wrong(wrapped, keys_file, tmp_path):
    before = keys_file.read_bytes()
    other, new = tmp_path / "one" / "kek", tmp_path / "two" / "kek"
    kek.create(other)
    kek.create(new)
    with pytest.raises(KeyFileError):
        providers.rewrap(keys_file, other, new)
    assert keys_file.read_bytes() == before


def test_both_in_one_folder_are_refused(keys_file):
    kek.create(keys_file.parent / "kek")
    with pytest.raises(KeyFileError, match="another place"):
        providers.create(keys_file, keys_file.parent / "kek")
    assert not keys_file.exists()


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31, "ab" * 33])
def test_damaged_key_is_refused_without_quoting_it(
    wrapped, keys_file, kek_file, content
):
    kek_file.write_text(content)
    with pytest.raises(KeyFileError, match="is damaged") as caught:
        providers.provider_for(keys_file, kek_file)
    assert not content or content not in str(caught.value)
    assert caught.value.__cause__ is None


def test_key_that_others_can_read_is_refused(wrapped, keys_file, kek_file):
    kek_file.chmod(0o640)
    with pytest.raises(KeyFileError, match="key-encryption key can be read by others"):
        providers.provider_for(keys_file, kek_file)


def test_key_is_made_once(kek_file):
    before = kek_file.read_bytes()
    assert not kek.create(kek_file)
    assert kek_file.read_bytes() == before


def test_missing_key_is_told_with_what_helps(wrapped, kek_file):
    services.vault()
    kek_file.unlink()
    with pytest.raises(ImproperlyConfigured, match="no file of the key-encryption"):
        services.vault()


def test_what_was_sealed_before_opens_after_wrapping(
    keys, keys_file, kek_file, settings
):
    settings.KEK_FILE = None
    sealed = services.seal_blob("note", b"here", b"text")
    providers.rewrap(keys_file, None, kek_file)
    settings.KEK_FILE = kek_file
    assert services.open_blob("note", b"here", sealed) == b"text"


def test_every_purpose_has_a_root(wrapped):
    assert {root.purpose for root in wrapped.roots()} == set(Purpose)


def test_clear_keys_are_gone_when_a_linked_file_is_wrapped(
    keys, keys_file, kek_file, tmp_path
):
    real = tmp_path / "volume" / "hub.json"
    real.parent.mkdir(mode=0o700)
    keys_file.rename(real)
    keys_file.symlink_to(real)
    before = keys.roots()
    providers.rewrap(keys_file, None, kek_file)
    assert keys_file.is_symlink()
    assert providers.provider_for(keys_file, kek_file).roots() == before
    text = "".join(path.read_text() for path in real.parent.iterdir())
    assert not [root for root in before if root.secret.hex() in text]
