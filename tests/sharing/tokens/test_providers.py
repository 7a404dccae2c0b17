"""The key file: private, whole, created once, and silent about its content."""

import json
import os
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from sharing.tokens import providers, services
from sharing.tokens.keyfiles import KeyFileError
from sharing.tokens.providers import FileKeyProvider, Purpose


def test_file_is_private_when_created(keys_file):
    assert providers.create(keys_file)
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys_file.parent.stat().st_mode) == 0o700


def test_file_is_left_alone_when_it_is_there(keys, keys_file):
    before = keys_file.read_bytes()
    assert not providers.create(keys_file)
    assert keys_file.read_bytes() == before


def test_file_is_created_once_when_several_processes_want_it(keys_file):
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        created = list(pool.map(providers.create, [keys_file] * 8))
    assert created.count(True) == 1
    assert len(FileKeyProvider(keys_file).roots()) == len(Purpose)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_file_is_refused_when_others_can_read_it(keys, keys_file, mode):
    keys_file.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        providers.provider_for(keys_file)


def test_file_is_refused_when_anybody_may_replace_it(keys, keys_file):
    keys_file.parent.chmod(0o777)
    with pytest.raises(KeyFileError, match="replace"):
        providers.provider_for(keys_file)
    keys_file.parent.chmod(0o1777)
    providers.provider_for(keys_file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_file_is_refused_when_somebody_else_put_it_there(keys, keys_file):
    os.chown(keys_file, 65534, -1)
    with pytest.raises(KeyFileError, match="somebody else"):
        providers.provider_for(keys_file)


def test_folder_or_device_is_refused_in_place_of_a_file(keys_file):
    keys_file.parent.mkdir()
    link = keys_file.parent / "link.json"
    link.symlink_to("/dev/null")
    with pytest.raises(KeyFileError, match="not a file"):
        providers.provider_for(link)
    keys_file.mkdir()
    with pytest.raises(KeyFileError, match="cannot be read"):
        providers.provider_for(keys_file)


def test_every_purpose_has_a_root_of_its_own(keys):
    secrets = {keys.current(purpose).secret for purpose in Purpose}
    assert len(secrets) == len(Purpose)
    assert all(len(secret) == 32 for secret in secrets)


def test_newest_epoch_is_current_and_older_ones_stay(keys, keys_file):
    content = json.loads(keys_file.read_text())
    entry = {"key": "ab" * 32, "created_at": "2026-01-01T00:00:00.000000Z"}
    content["roots"]["vault"]["2"] = entry
    keys_file.write_text(json.dumps(content))
    found = providers.provider_for(keys_file)
    assert found.current(Purpose.VAULT).epoch == 2
    assert found.root(Purpose.VAULT, 1) == keys.root(Purpose.VAULT, 1)
    assert found.current(Purpose.INDEX).epoch == 1


def of_an_earlier_version(keys_file) -> None:
    content = json.loads(keys_file.read_text())
    del content["roots"]["sign"]
    keys_file.write_text(json.dumps(content))


def test_file_of_an_earlier_version_serves_all_but_what_came_later(keys, keys_file):
    of_an_earlier_version(keys_file)
    found = providers.provider_for(keys_file)
    assert found.current(Purpose.VAULT) == keys.current(Purpose.VAULT)
    assert found.lacks() == {Purpose.SIGN}
    with pytest.raises(KeyFileError, match="keys init"):
        found.current(Purpose.SIGN)


def test_file_of_an_earlier_version_gets_what_it_lacks_once(keys, keys_file):
    of_an_earlier_version(keys_file)
    assert providers.complete(keys_file) == [Purpose.SIGN]
    assert providers.complete(keys_file) == []
    found = providers.provider_for(keys_file)
    assert found.root(Purpose.WRAP, 1) == keys.root(Purpose.WRAP, 1)
    assert found.current(Purpose.SIGN).secret != keys.current(Purpose.SIGN).secret


@pytest.mark.parametrize("local", [True, False])
def test_only_a_checkout_of_its_own_completes_its_file(
    keys, keys_file, settings, *, local
):
    of_an_earlier_version(keys_file)
    settings.LOCAL = local
    assert bool(services.key_provider().lacks()) is not local


def test_unknown_epoch_is_refused(keys):
    with pytest.raises(KeyFileError, match="epoch 7"):
        keys.root(Purpose.WRAP, 7)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda text: text.replace('"key": "', '"key": "zz'),
        lambda text: text.replace('"vault"', '"other"'),
        lambda text: text.replace('"format": 1', '"format": 9'),
        lambda _: "[]",
        lambda _: "",
    ],
)
def test_damaged_file_is_refused_without_quoting_it(keys, keys_file, damage):
    text = keys_file.read_text()
    keys_file.write_text(damage(text))
    with pytest.raises(KeyFileError) as caught:
        FileKeyProvider(keys_file)
    secret = keys.current(Purpose.VAULT).secret.hex()
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_root_shows_no_key_in_its_repr(keys):
    root = keys.current(Purpose.VAULT)
    shown = repr(root) + repr(keys) + repr([root])
    assert root.secret.hex() not in shown
    assert repr(root.secret) not in shown
