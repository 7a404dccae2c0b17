"""A key file of its own for each test."""

import pytest

from sharing.tokens import providers


@pytest.fixture
def keys_file(tmp_path, settings):
    settings.KEYS_FILE = tmp_path / "keys" / "hub.json"
    settings.LOCAL = False
    return settings.KEYS_FILE


@pytest.fixture
def keys(keys_file):
    providers.create(keys_file)
    return providers.provider_for(keys_file)
