"""What the strict content policy and the icon sprite ask of every template."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
VENDOR = settings.BASE_DIR / "hub" / "static" / "vendor"
TOOLS = settings.BASE_DIR / "tests" / "browser" / "vendor"
FORBIDDEN = re.compile(
    r"""\sstyle=|\son[a-z]+=|<style\b|<script(?![^>]*\ssrc=)|https?://|javascript:"""
)
ICON = re.compile(r"""{%\s*icon\s+"([a-z0-9-]+)"\s*%}""")


def name_of(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR / "templates"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_stays_within_the_content_policy_when_it_is_rendered(path):
    assert FORBIDDEN.findall(path.read_text()) == []


def test_icons_are_in_the_sprite_when_a_template_names_them():
    sprite = (VENDOR / "icons.svg").read_text()
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    named = {icon for path in TEMPLATES for icon in ICON.findall(path.read_text())}
    assert named <= there


@pytest.mark.parametrize("folder", [VENDOR, TOOLS], ids=["served", "tests"])
def test_vendored_files_are_what_the_manifest_says_when_they_are_read(folder):
    manifest = json.loads((folder / "VENDOR.json").read_text())
    for name, about in manifest.items():
        assert (
            hashlib.sha256((folder / name).read_bytes()).hexdigest()
            == (about["sha256"])
        )
        assert about["license"]
        assert b"sourceMappingURL=" not in (folder / name).read_bytes()
    there = {path.name for path in folder.iterdir()}
    assert there == manifest.keys() | {"VENDOR.json"}


def test_npm_files_name_no_registry_when_they_are_read():
    for name in ("package-lock.json", "package.json", ".npmrc"):
        text = (settings.BASE_DIR / name).read_text()
        assert "resolved" not in text.replace("omit-lockfile-registry-resolved", "")
        assert "registry=" not in text
