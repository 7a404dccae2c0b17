"""Asking the hub as everybody in turn: every route and verb, and nothing is left behind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from string import Template
from typing import Any

from django.contrib.messages import ERROR, get_messages
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.bodies import OF_API
from tests.access.world import World

ROOT = "api/v1/"
NOWHERE = "api/<path:rest>"  # what is no address of the API: 404 for every verb
SIGN_IN, REFUSED = "in", "told"  # of what is led on: to sign in, or back with a refusal
SYSTEM = Client()  # of every key: a new one would read all static files again
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def routes(resolver: Any = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Every route as (name or path, path), the administration's left out."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from routes(entry, path)
        elif isinstance(entry, URLPattern):
            yield entry.name or path, path


PATHS = {name: path for name, path in routes() if path != NOWHERE}


def in_api(name: str) -> bool:
    return PATHS[name].startswith(ROOT)


def short(name: str) -> str:
    """As the table of the API calls a route."""
    return name.removeprefix(ROOT)


@dataclass(frozen=True)
class Answer:
    """What is said, and everything that was shown on the way to it."""

    cell: str  # the status, or `in`
    text: str


def address(world: World, name: str) -> str:
    """Where the route is, about the thing that the world has for it."""
    ids = {**world.ids, **world.own_ids.get(name, {})}

    def filled(found: re.Match[str]) -> str:
        parameter = found[1] or found[2]
        assert parameter in ids, (
            f"{name} is about a {parameter}: put one into tests/access/world.py"
        )
        return str(ids[parameter])

    return "/" + _PARAMETER.sub(filled, PATHS[name]).strip("^$")


def ask(
    world: World, who: str, name: str, verb: str, *, follow: bool = False
) -> Answer:
    """One request of one of the cast; whatever it did is undone."""
    if in_api(name):
        client, sent = _system(world, who, name, verb)
    else:
        client, sent = _person(world, who, name, verb)
    cookies = SimpleCookie(client.cookies)
    try:
        with transaction.atomic():
            found = _answer(client, verb, address(world, name), sent, follow=follow)
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies  # nobody stays signed out
    return found


def _system(
    world: World, who: str, name: str, verb: str
) -> tuple[Client, dict[str, Any]]:
    """With a key; Staff have none, and come with the session of their browser."""
    key = world.keys[who]
    client = world.browsers[who] if key is None else SYSTEM
    body, media_type = OF_API.get(f"{short(name)} {verb}", ("", "text/plain"))
    body = Template(body).safe_substitute(world.ids)
    signed = {"Authorization": f"Bearer {key}"} if key else {}
    return client, {"data": body, "content_type": media_type, "headers": signed}


def _person(
    world: World, who: str, name: str, verb: str
) -> tuple[Client, dict[str, Any]]:
    if verb != "POST":
        return world.browsers[who], {}
    made = world.bodies.get(f"{name} {verb}")
    body = made(who) if made else {}
    data = encode_multipart(BOUNDARY, body)
    return world.browsers[who], {"data": data, "content_type": MULTIPART_CONTENT}


def _answer(
    client: Client, verb: str, where: str, sent: dict[str, Any], *, follow: bool
) -> Answer:
    response: Any = client.generic(verb, where, **sent)
    location = response.headers.get("Location", "")
    cell, text = _cell(response, location), _text(response)
    if follow and response.status_code == 302:
        text += location + _text(client.get(location))
    return Answer(cell, text)


def _cell(response: Any, location: str) -> str:
    if response.status_code != 302:
        return str(response.status_code)
    if location.startswith("/sign-in?"):
        return SIGN_IN
    said = get_messages(response.wsgi_request)
    return REFUSED if any(each.level == ERROR for each in said) else "302"


def _text(response: Any) -> str:
    whole: bytes = response.getvalue() if response.streaming else response.content
    return whole.decode()
