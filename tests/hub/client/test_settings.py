"""Where the toolkit finds its hub and its key, and what it refuses."""

from pathlib import Path

import pytest

from hub.client import settings
from hub.client.errors import ToolError
from hub.client.settings import Given
from tests.hub.client.running import accord

KEY = "accord_test_verysecretindeed"
ENV = {"ACCORD_URL": "https://env.example/", "ACCORD_API_KEY": KEY}


def file(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "config.toml"
    path.touch(mode)
    path.chmod(mode)
    path.write_text(text)
    return path


def test_options_beat_the_environment_which_beats_the_file(tmp_path):
    path = file(tmp_path, f'url = "https://file.example"\napi_key = "{KEY}-file"\n')
    env = {"ACCORD_CONFIG": str(path)}
    assert settings.read(Given(), env).url == "https://file.example"
    assert settings.read(Given(), env).key.reveal() == f"{KEY}-file"
    both = settings.read(Given(), env | ENV)
    assert (both.url, both.key.reveal()) == ("https://env.example", KEY)
    key_file = tmp_path / "key"
    key_file.touch(0o600)
    key_file.write_text(f"{KEY}-option\n")
    given = Given(url="https://option.example", key_file=key_file)
    found = settings.read(given, env | ENV)
    assert (found.url, found.key.reveal()) == (
        "https://option.example",
        f"{KEY}-option",
    )


def test_file_is_found_where_such_files_are(tmp_path):
    place = settings.config_place({"XDG_CONFIG_HOME": str(tmp_path)})
    place.parent.mkdir()
    file(place.parent, f'url = "https://file.example"\napi_key = "{KEY}"\n')
    found = settings.read(Given(), {"XDG_CONFIG_HOME": str(tmp_path)})
    assert found.url == "https://file.example"


def test_key_shows_itself_to_nobody():
    found = settings.read(Given(), ENV)
    assert "secret" not in f"{found} {found!r} {found.key} {[found.key]!r}"


@pytest.mark.parametrize(
    "url",
    ["http://hub.example", "http://10.0.0.7:8000", "http://127.0.0.1.evil.example"],
)
def test_http_to_another_machine_is_refused_unless_told(url):
    with pytest.raises(ToolError, match="--allow-http"):
        settings.read(Given(url=url), ENV)
    assert settings.read(Given(url=url, allow_http=True), ENV).url == url


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_http_to_this_machine_is_fine(host):
    assert settings.read(Given(url=f"http://{host}"), ENV).local


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hub.example",
        "hub.example",
        "https://",
        "https://u:p@hub.example",
        "https://hub.example?x=1",
        "https://[broken",
        "https://hub.example:port",
    ],
)
def test_address_that_is_none_is_refused(url):
    with pytest.raises(ToolError, match="address of the hub"):
        settings.read(Given(url=url), ENV)


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("https://Hub.Example", "https://hub.example"),
        ("HTTPS://hub.example:443/", "https://hub.example"),
        ("https://hub.example//", "https://hub.example"),
        ("https://hub.example/Accord/", "https://hub.example/Accord"),
        ("https://hub.example:8443", "https://hub.example:8443"),
        ("http://LOCALHOST:80/", "http://localhost"),
        ("http://[0:0::1]:80", "http://[::1]"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_address_is_the_same_however_it_is_spelled(url, spelled):
    assert settings.read(Given(url=url), ENV).url == spelled
    assert settings.one_spelling(spelled) == spelled


def test_file_with_a_key_is_refused_when_others_may_read_it(tmp_path):
    path = file(tmp_path, f'api_key = "{KEY}"\n', 0o640)
    for given in (Given(config=path), Given(key_file=path)):
        with pytest.raises(ToolError, match="chmod 600"):
            settings.read(given, {"ACCORD_URL": "https://hub.example"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'api_key = "{KEY}', "not valid TOML"),
        ("apikey = 1", "names apikey"),
        ("url = 7", "must be a text"),
    ],
)
def test_file_that_cannot_be_used_is_named_and_not_quoted(tmp_path, text, said):
    path = file(tmp_path, text)
    found = accord("--config", path, "collections")
    assert found.code == 2
    assert said in found.err
    assert KEY not in found.err


def test_missing_settings_are_named():
    assert "ACCORD_URL" in accord("collections").err
    found = accord("--url", "https://hub.example", "collections")
    assert (found.code, "ACCORD_API_KEY" in found.err) == (2, True)


def test_key_that_would_break_a_header_is_refused_unquoted(monkeypatch):
    monkeypatch.setenv("ACCORD_API_KEY", "two words\u2028secret")
    found = accord("--url", "https://hub.example", "collections")
    assert (found.code, "secret" in found.err) == (2, False)
