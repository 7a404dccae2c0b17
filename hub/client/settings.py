"""Where the hub is and how one signs in: from options, the environment or a file."""

import ipaddress
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from hub.client.errors import ToolError

URL, KEY = "ACCORD_URL", "ACCORD_API_KEY"
DEMO_KEY = "ACCORD_KEY"  # as the demo and the examples with curl call it
CONFIG = "ACCORD_CONFIG"
KNOWN = frozenset({"url", "api_key", "api_key_file", "allow_http"})
_KEY = re.compile(r"[\x21-\x7e]+")


class ApiKey:
    """A key that shows itself to nobody but who asks for it by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not _KEY.fullmatch(text):
            raise ToolError("The API key holds signs that no key has.")
        self._text = text

    def __repr__(self) -> str:
        return "<ApiKey>"

    def reveal(self) -> str:
        return self._text


@dataclass(frozen=True, slots=True)
class Settings:
    url: str  # in its one spelling
    key: ApiKey

    @property
    def local(self) -> bool:
        return _loopback(urlsplit(self.url).hostname or "")


@dataclass(frozen=True, slots=True)
class Given:
    """What the options say; None leaves it to the environment and the file."""

    url: str | None = None
    key_file: Path | None = None
    config: Path | None = None
    allow_http: bool = False


def read(given: Given, environment: Mapping[str, str] | None = None) -> Settings:
    """Options beat the environment, which beats the file; ToolError says what is missing."""
    env = os.environ if environment is None else environment
    file = _file(given.config or _named(env.get(CONFIG)), env)
    url = given.url or env.get(URL) or _text(file, "url")
    if not url:
        raise ToolError(f"Say where the hub is: --url, {URL}, or url in a file.")
    allow = given.allow_http or file.get("allow_http") is True
    return Settings(_checked(url, allow_http=allow), _key(given, env, file))


def one_spelling(url: str) -> str:
    """An address as all its spellings are written: what is pinned of a hub is under it.

    Scheme and host in small letters, no default port, no slash at the end.
    """
    try:
        found = httpx2.URL(urlsplit(url).geturl())
        if ":" in found.host:
            found = found.copy_with(host=ipaddress.ip_address(found.host).compressed)
    except (httpx2.InvalidURL, ValueError):
        return url
    return str(found).rstrip("/")


def config_place(env: Mapping[str, str]) -> Path:
    base = env.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "accord" / "config.toml"


def _named(text: str | None) -> Path | None:
    return Path(text) if text else None


def _file(named: Path | None, env: Mapping[str, str]) -> dict[str, Any]:
    path = named or config_place(env)
    if named is None and not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ToolError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:  # its message would show the line
        raise ToolError(f"{path} is not valid TOML.") from None
    if unknown := sorted(found.keys() - KNOWN):
        raise ToolError(f"{path} names {unknown[0]}, which is not known there.")
    if "api_key" in found:
        _check_private(path)
    return found


def _text(file: Mapping[str, Any], name: str) -> str:
    said = file.get(name, "")
    if not isinstance(said, str):
        raise ToolError(f"{name} in the configuration file must be a text.")
    return said


def _key(given: Given, env: Mapping[str, str], file: Mapping[str, Any]) -> ApiKey:
    if given.key_file is not None:
        return _key_in(given.key_file)
    if text := env.get(KEY) or env.get(DEMO_KEY) or _text(file, "api_key"):
        return ApiKey(text.strip())
    if named := _text(file, "api_key_file"):
        return _key_in(Path(named))
    raise ToolError(
        f"An API key is needed: in {KEY}, in a file that --key-file names, or as api_key"
        " in the configuration file."
    )


def _key_in(path: Path) -> ApiKey:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise ToolError(f"{path} cannot be read.") from None
    _check_private(path)
    return ApiKey(text.strip())


def _check_private(path: Path) -> None:
    if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ToolError(f"Others may read {path}, and it holds a key: chmod 600 it.")


def _checked(url: str, *, allow_http: bool) -> str:
    host = _host(url)
    if not host:
        raise ToolError("The address of the hub begins with https:// and names a host.")
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ToolError("The address of the hub holds no user, query or fragment.")
    if parts.scheme == "http" and not (allow_http or _loopback(host)):
        raise ToolError(
            f"http:// would show your API key to everybody on the way to {host}."
            " Use https://, or say --allow-http."
        )
    return one_spelling(url)


def _host(url: str) -> str:
    with suppress(ValueError):  # a port that is no number, a bracket too few
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.port != 0:
            return parts.hostname or ""
    return ""


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
