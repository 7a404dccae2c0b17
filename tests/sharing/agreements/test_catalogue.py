"""Every template that ships can be read, filled in and put into force as it stands."""

from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError

from hub.lib.clock import now
from hub.lib.errors import Invalid, NotFound
from orgs.accounts.actor import SYSTEM, Role
from sharing.agreements import catalogue, facts, policy, services
from sharing.agreements.catalogue import Template
from sharing.agreements.models import Version
from sharing.agreements.texts import canonical_text
from sharing.vocabulary import LOW_ENTROPY, Disclosure
from tests.cast import organization, person_in

NAMES = {
    "bilateral_platform_bank",
    "multilateral_coalition",
    "platform_to_law_enforcement",
    "vendor_feed",
}
CAST = {
    "PLATFORM": "meadow",
    "BANK": "harbour",
    "TELECOM": "northline",
    "VENDOR": "sentry",
    "AGENCY": "liaison",
    "CUSTOMER": "harbour",
}

every_template = pytest.mark.parametrize(
    "template", catalogue.templates(), ids=lambda each: each.name
)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("agreement", *arguments, stdout=out)
    return out.getvalue()


def enacted(template: Template, folder: Path) -> Version:
    """The template with the cast as its parties, applied."""
    source = template.source
    for placeholder in template.parties:
        slug = CAST[placeholder]
        source = source.replace(placeholder, slug)
        person_in(organization(slug), f"{slug}-signs", Role.SIGNATORY)
    path = folder / "filled.yaml"
    path.write_text(source)
    return services.apply_file(path, actor=SYSTEM).version


def test_the_templates_are_those_that_are_promised() -> None:
    assert {each.name for each in catalogue.templates()} == NAMES


@every_template
def test_template_is_a_valid_text_with_placeholders(template: Template) -> None:
    text = canonical_text(yaml.safe_load(template.source), drafted_at=now())
    assert text["title"]
    assert template.about.endswith(".")
    assert set(template.parties) <= CAST.keys()
    for each in text["clauses"]:  # every term is written out
        assert {"disclosure", "originator", "government_recipients"} <= each.keys()


@every_template
@pytest.mark.django_db
def test_template_is_refused_as_long_as_nobody_filled_it_in(
    template: Template,
) -> None:
    with pytest.raises(Invalid) as refused:
        services.draft(actor=SYSTEM, text=yaml.safe_load(template.source))
    assert template.parties[0] in str(refused.value)


@every_template
@pytest.mark.django_db
def test_template_permits_what_it_says_and_needs_no_warning(
    template: Template, tmp_path: Path
) -> None:
    version = enacted(template, tmp_path)
    assert version.state == Version.State.ACTIVE
    parties = facts.signatories([version.pk])[version.pk]
    for clause in version.clauses.all():
        terms = facts.terms_of(clause, version.agreement, version.number, parties)
        assert not terms.void
        assert terms.recipients
        assert not policy.warnings(terms)
        if terms.disclosure is Disclosure.TOKEN:
            assert not terms.types & LOW_ENTROPY


@pytest.mark.django_db
def test_template_for_law_enforcement_answers_questions_only(tmp_path: Path) -> None:
    template = catalogue.template("platform_to_law_enforcement")
    version = enacted(template, tmp_path)
    said = [clause.terms for clause in version.clauses.all()]
    assert [each["disclosure"] for each in said] == ["query"]
    assert [each["government_recipients"] for each in said] == [True]


def test_command_lists_and_prints_templates() -> None:
    listed = run("templates")
    assert {line.split()[0] for line in listed.splitlines()} == NAMES
    printed = run("template", "vendor_feed")
    assert printed == (catalogue.FOLDER / "vendor_feed.yaml").read_text()


@pytest.mark.parametrize("name", ["", "nothing", "../vendor_feed", "vendor_feed.yaml"])
def test_template_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(NotFound):
        catalogue.template(name)
    with pytest.raises(CommandError):
        run("template", name)
