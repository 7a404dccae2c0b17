"""Warninglists stop exactly what they must and annotate the rest."""

import gzip
import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from sharing.indicators import listdigests, warninglists
from sharing.indicators.types import read_value
from sharing.tokens import scheme

TOP = "Top 10K most-used sites from Nowhere"
BANKS = "List of known bank domains"
HOSTS = ["domain", "hostname", "url"]


def misp(name, entries, kind="hostname", attributes=HOSTS):
    return {
        "name": name,
        "type": kind,
        "list": entries,
        "matching_attributes": attributes,
        "version": 1,
        "description": "",
    }


LISTS = [
    misp(TOP, ["popular-zz.example", "www.portal-zz.example"]),
    misp(BANKS, [".Bank-ZZ.example"]),
    misp("Top 20 001 sites", [f"s{n}.rank-zz.example" for n in range(20_001)]),
    misp("Link pages", ["bio-zz.example"]),
    misp("Ranges", ["198.51.100.0/25", "2001:db8:5::/48", "odd"], "cidr", ["ip-src"]),
    misp("Throw-away mail", ["trash-zz.example"], "substring", ["email-src"]),
    misp("Numbers", ["+442079460958"], "string", ["phone-number"]),
    misp("Expressions", ["/(a+)+$/"], "regex"),
    misp("Hashes", ["d41d8cd98f00b204e9800998ecf8427e"], "string", ["md5"]),
]


@pytest.fixture
def folder(tmp_path, settings):
    for number, found in enumerate(LISTS):
        (tmp_path / f"{number}.json").write_text(json.dumps(found))
    settings.WARNINGLISTS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def check(folder, monkeypatch):
    """Check against the folder alone: the package's lists are tested where they count."""
    monkeypatch.setattr(warninglists, "package_lists", lambda: iter(()))
    forget()
    yield lambda text: warninglists.check(read_value(text, kind=None))
    forget()


def forget():
    warninglists._loaded.cache_clear()
    warninglists._digests.cache_clear()


def by_digest(text):
    found = read_value(text, kind=None)
    digest = scheme.digest(found.kind, found.nv, found.canonical)
    return warninglists.check_digest(found.kind, found.nv, digest)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("popular-zz.example", TOP),
        ("POPULAR-zz[.]example", TOP),
        ("http://popular-zz.example", TOP),
        ("https://popular-zz.example/", TOP),
        ("www.portal-zz.example", TOP),
        ("bank-zz.example", BANKS),
    ],
)
def test_line_stops_when_it_equals_an_entry(check, text, name):
    verdict = check(text)
    assert verdict.stop is not None
    assert name in verdict.stop
    assert "zz.example" not in verdict.stop
    assert name in verdict.annotations


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("http://popular-zz.example/scam", (TOP,)),
        ("http://popular-zz.example/?q=scam", (TOP,)),
        ("http://popular-zz.example:8443/", (TOP,)),
        ("scam.popular-zz.example", (TOP,)),
        ("login.bank-zz.example", (BANKS,)),
        ("s7.rank-zz.example", ("Top 20 001 sites",)),
        ("bio-zz.example", ("Link pages",)),
        ("http://bio-zz.example/", ("Link pages",)),
        ("198.51.100.7", ("Ranges",)),
        ("http://198.51.100.7/x", ("Ranges",)),
        ("2001:db8:5::7", ("Ranges",)),
        ("http://[2001:db8:5::7]:8080/", ("Ranges",)),
        ("scam@trash-zz.example", ("Throw-away mail",)),
        ("scam@mx.trash-zz.example", ("Throw-away mail",)),
        ("+44 20 7946 0958", ("Numbers",)),
    ],
)
def test_line_is_only_annotated_when_no_stopping_list_has_it(check, text, names):
    assert check(text) == (None, names)


@pytest.mark.parametrize(
    "text",
    [
        "evil.example",
        "notpopular-zz.example",
        "http://evil.example/popular-zz.example",
        "scam@popular-zz.example",
        "198.51.100.200",
        "2001:db8:6::7",
        "+442079460959",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
    ],
)
def test_line_is_clean_when_no_list_has_it(check, text):
    assert check(text) == warninglists.CLEAN


@pytest.mark.parametrize(
    "text",
    [
        "popular-zz.example",
        "http://popular-zz.example",
        "https://popular-zz.example/",
        "www.portal-zz.example",
        "bank-zz.example",
        "s7.rank-zz.example",
        "http://bio-zz.example/",
        "+44 20 7946 0958",
        "evil.example",
        "+442079460959",
    ],
)
def test_digest_is_known_as_its_value_is_when_that_is_an_entry(check, text):
    assert by_digest(text) == check(text)


def test_digest_of_an_address_is_known_when_it_is_an_entry_alone(check, folder):
    single = misp("Single", ["203.0.113.9/32"], "cidr", ["ip-src"])
    (folder / "single.json").write_text(json.dumps(single))
    assert by_digest("203.0.113.9") == check("203.0.113.9")
    assert by_digest("203.0.113.9").annotations == ("Single",)
    assert by_digest("203.0.113.8") == warninglists.CLEAN


@pytest.mark.parametrize(
    "text",
    [
        "scam.popular-zz.example",
        "http://popular-zz.example/scam",
        "198.51.100.7",
        "scam@trash-zz.example",
    ],
)
def test_digest_tells_nothing_when_its_value_is_only_below_an_entry(check, text):
    assert check(text).annotations
    assert by_digest(text) == warninglists.CLEAN


def test_digests_of_a_list_of_a_million_are_made_from_its_file(
    check, folder, monkeypatch
):
    monkeypatch.setattr("sharing.indicators.listindex.BIG", 20_001)
    monkeypatch.setattr(listdigests, "BIG", 20_001)
    assert by_digest("s7.rank-zz.example").annotations == ("Top 20 001 sites",)
    assert by_digest("s7.rank-zz.example") == check("s7.rank-zz.example")
    assert by_digest("t7.rank-zz.example") == warninglists.CLEAN


def test_digest_of_a_contact_address_is_stopped_when_the_list_spells_it_out(
    check, folder
):
    contacts = misp("Contacts", ["Help@desk-zz.example"], "string", ["email-src"])
    (folder / "common-contact-emails.json").write_text(json.dumps(contacts))
    assert "Contacts" in (by_digest("help@desk-zz.example").stop or "")


def test_summary_counts_lists_and_names_those_left_out(check):
    check("evil.example")
    found = warninglists.summary()
    assert found.lists == 7
    assert [name for name, _ in found.skipped] == ["Expressions"]


def test_contact_address_stops_when_its_name_is_a_common_one(check, folder):
    (folder / "common-contact-emails.json").write_text(
        json.dumps(
            misp(
                "Contacts",
                ["/^(security|noc|abuse)\\@.*\\..*$/i"],
                "regex",
                ["email-src"],
            )
        )
    )
    assert "Contacts" in (check("Abuse@evil.example").stop or "")
    assert check("abuser@evil.example").stop is None


def test_zipped_list_is_read_like_any_other(check, folder):
    content = json.dumps(misp("Top 3 websites", ["zipped-zz.example"])).encode()
    (folder / "more.json.gz").write_bytes(gzip.compress(content))
    assert check("zipped-zz.example").stop


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"name": 1}'])
def test_damaged_list_is_refused_by_its_file_name(check, folder, content):
    (folder / "damaged.json").write_text(content)
    with pytest.raises(ImproperlyConfigured, match=r"damaged\.json"):
        check("evil.example")


def test_missing_folder_is_refused(check, folder, settings):
    settings.WARNINGLISTS_DIR = folder / "nowhere"
    with pytest.raises(ImproperlyConfigured, match="does not exist"):
        check("evil.example")


def test_lists_of_the_package_stop_and_annotate(settings):
    settings.WARNINGLISTS_DIR = None
    check = warninglists.checker()
    assert check(read_value("metamask.io", kind=None)).stop
    assert check(read_value("security@evil.example", kind=None)).stop
    page = check(read_value("www.facebook.com/wceiclub", kind=None))
    assert page.stop is None
    assert page.annotations
    assert check(read_value("1.1.1.1", kind=None)).annotations


def test_real_list_stops_at_three_lines(shared_data, settings):
    settings.WARNINGLISTS_DIR = shared_data / "warninglists"
    check = warninglists.checker()
    path = shared_data / "domains" / "pigbutchering_gaso.txt.gz"
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    stopped = {line for line in lines if check(read_value(line, kind=None)).stop}
    assert stopped == {"US.COM", "apps.apple.com", "metamask.io"}
