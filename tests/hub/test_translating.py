"""Texts are ready to be translated: none is forgotten where a template is called done."""

import gettext as catalogues
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from hub.pages import PLACES
from tests.cast import browser_of

FOLDER = settings.BASE_DIR / "templates"
# Rooms of which every text is marked, and those that wait; a new one is marked at once.
WHOLE = (".", "components", "orgs", "sharing/lookup")
WAITING = (
    *("hub", "hub/docs", "hub/staff"),
    *("orgs/accounts", "orgs/credentials", "orgs/members", "orgs/mine"),
    *("sharing/agreements", "sharing/distribution", "sharing/dossier"),
    *("sharing/feedback", "sharing/feeds", "sharing/inbox", "sharing/insights"),
    *("sharing/intake", "sharing/notices"),
)


def templates(room: str) -> list[str]:
    found = (FOLDER / room).glob("*.html")
    return sorted(str(path.relative_to(FOLDER)) for path in found)


DONE = (
    *(name for room in WHOLE for name in templates(room)),
    *("orgs/accounts/sign_in.html", "orgs/accounts/sign_in_code.html"),
)
NAMES = {"Accord", "Ctrl", "K", "·"}  # the same in every language
MARKED = re.compile(r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}", re.DOTALL)
CODE = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
SEEN = re.compile(
    r'\s(?:alt|aria-label|placeholder|title|data-[a-z-]*help)="([^"]*)"', re.DOTALL
)
WORD = re.compile(r"[^\W\d_]+")


def unmarked(source: str) -> list[str]:
    """Words that a reader sees, and no translator."""
    left = CODE.sub(" ", MARKED.sub(" ", source))
    left = re.sub(r"<!doctype.*?>|<script.*?</script>", " ", left, flags=re.DOTALL)
    texts = [re.sub(r"<[^>]*>", " ", left), *SEEN.findall(left)]
    return [word for text in texts for word in WORD.findall(text) if word not in NAMES]


def test_every_room_is_whole_or_waits_for_a_reason():
    rooms = {str(path.parent.relative_to(FOLDER)) for path in FOLDER.rglob("*.html")}
    assert rooms == {*WHOLE, *WAITING}
    for room in WAITING:
        assert any(unmarked((FOLDER / name).read_text()) for name in templates(room))


@pytest.mark.parametrize("name", DONE)
def test_template_has_no_text_that_is_not_marked(name):
    assert unmarked((FOLDER / name).read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<a title="Go on">{{ x }}</a>', ["Go", "on"]),
        ('{% translate "Hello" %}<b>{# note #}</b>', []),
        (
            "{% blocktranslate %}Hello <b>you</b>{% endblocktranslate %} there",
            ["there"],
        ),
    ],
)
def test_forgotten_text_is_found(source, found):
    assert unmarked(source) == found


# A language of its own: every marked text in brackets, so that the others stand out.
PSEUDO = "en-gb"
BRACKETED = re.compile(r"\[[^\]]*\]")


def marked() -> Iterator[str]:
    """Every text that templates and forms of what is done have marked."""
    said = re.compile(r"""gettext\(\s*(?:u|r)?(["'])(.*?)(?<!\\)\1\s*\)""", re.DOTALL)
    blocks = re.compile(
        r"{%\s*blocktranslate(?!.*\bcount\b)[^%]*%}(.*?){%\s*end", re.DOTALL
    )
    for name in DONE:
        source = (FOLDER / name).read_text()
        yield from (found[1] for found in said.findall(templatize(source)))
        for text in blocks.findall(source):
            yield re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", text)
    for path in ("sharing/lookup/forms.py", "orgs/accounts/forms.py"):
        source = (settings.BASE_DIR / path).read_text()
        yield from re.findall(r'\b_\(\s*"([^"]*)"\s*\)', source)
    yield from (place.label for place in PLACES)
    yield "API documentation"


def catalogue(folder: Path) -> None:
    """A compiled catalogue (the format of GNU gettext) of the bracketed texts."""
    texts = {text: f"[{text}]" for text in marked()}
    texts[""] = "Content-Type: text/plain; charset=UTF-8\n"
    keys = sorted(texts, key=str.encode)
    start, pool, places = 28 + 16 * len(keys), b"", []
    for part in (keys, [texts[key] for key in keys]):
        for text in part:
            raw = text.encode()
            places.append((len(raw), start + len(pool)))
            pool += raw + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(keys), 28, 28 + 8 * len(keys), 0, 0)
    table = b"".join(struct.pack("<2I", *place) for place in places)
    place = folder / "en_GB" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "django.mo").write_bytes(head + table + pool)


@pytest.fixture
def pseudo(tmp_path, settings):
    catalogue(tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), (PSEUDO, "Bracketed")]
    forget()
    yield
    forget()


def forget() -> None:
    translation.deactivate()
    real: Any = trans_real
    real._translations.clear()
    real._default = None
    for each in vars(trans_real).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()
    catalogues._translations.clear()  # type: ignore[attr-defined]


def left_in_english(page: str) -> list[str]:
    main = re.sub(
        r"<(script|style|textarea|select|title).*?</\1>", " ", page, flags=re.DOTALL
    )
    main = re.sub(r'\b(aria-label|title|placeholder)="\[[^"]*"', " ", main)
    text = re.sub(r"<[^>]*>", " ", main.partition("<body")[2].partition(">")[2])
    words = WORD.findall(BRACKETED.sub(" ", text))
    return [word for word in words if word not in NAMES]


@pytest.mark.django_db
def test_page_is_whole_in_the_language_of_the_browser(pseudo, alice):
    sent = {"Accept-Language": "en-GB,en;q=0.5"}
    page = Client().get(reverse("sign-in"), headers=sent)
    assert page.headers["Content-Language"] == PSEUDO
    assert left_in_english(page.content.decode()) == []
    shown = browser_of(alice).get(reverse("look-up"), headers=sent).content.decode()
    assert "[Look up]" in shown
    who = {"Meadow", "Social", "manager", "Alice", "alice", "meadow", "example"}
    assert [word for word in left_in_english(shown) if word not in who] == []


@pytest.mark.django_db
def test_language_that_is_not_there_is_answered_in_english(alice):
    page = Client().get(reverse("sign-in"), headers={"Accept-Language": "fr, de"})
    assert page.headers["Content-Language"] == "en"
    assert "E-mail address" in page.content.decode()
