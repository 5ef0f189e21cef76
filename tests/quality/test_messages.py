"""The catalogues' own tool finds texts where they stand, and sees what is missing."""

from pathlib import Path

import pytest

from script import messages

TEMPLATE = """{% load i18n %}{# a note #}
    <p>
  indented unevenly
{% translate "Hand over" %}{% trans "Sent" context "mail" %}
{% blocktranslate count n=n %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
"""
MODULE = '''"""Texts."""
from django.utils.translation import gettext_lazy as _
LABEL = _("District")
'''


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project with texts in a module and a template."""
    for folder in ("apps/cases", "config", "templates"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "apps/cases/models.py").write_text(MODULE)
    (tmp_path / "templates/page.html").write_text(TEMPLATE)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    return tmp_path


def chinese(project: Path) -> Path:
    """Return the project's Chinese catalogue."""
    return project / "locale/zh_Hans/LC_MESSAGES/django.po"


def test_texts_are_found_in_modules_and_templates(project: Path) -> None:
    found = {(m.id, m.context) for m in messages.extracted() if m.id}

    assert found == {
        ("District", None),
        ("Hand over", None),
        ("Sent", "mail"),
        (("%(n)s row", "%(n)s rows"), None),
    }


def test_check_names_what_is_missing_and_untranslated(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert messages.check() == 8  # four texts, missing from two catalogues
    messages.update()
    capsys.readouterr()

    assert messages.check() == 4  # now all are there; the Chinese ones are empty
    assert "'District' is not translated (used in apps/cases/models.py)" in capsys.readouterr().out


def test_update_keeps_translations_and_drops_what_is_not_used(project: Path) -> None:
    messages.update()
    text = chinese(project).read_text()
    chinese(project).write_text(
        text.replace('msgid "District"\nmsgstr ""', 'msgid "District"\nmsgstr "区县"')
        + '\nmsgid "Gone"\nmsgstr "没了"\n'
    )

    messages.update()

    assert 'msgstr "区县"' in chinese(project).read_text()
    assert "Gone" not in chinese(project).read_text()


def test_update_twice_changes_nothing(project: Path) -> None:
    messages.update()
    first = chinese(project).read_text()

    messages.update()

    assert chinese(project).read_text() == first


def test_doubtful_translation_counts_as_missing(project: Path) -> None:
    messages.update()
    text = chinese(project).read_text()
    chinese(project).write_text(
        text.replace('msgid "District"\nmsgstr ""', '#, fuzzy\nmsgid "District"\nmsgstr "区"')
    )

    assert messages.check() == 4


def test_compiled_catalogue_is_written_once(project: Path) -> None:
    messages.update()
    messages.compile_catalogues()
    compiled = chinese(project).with_suffix(".mo")
    written = compiled.stat().st_mtime_ns

    messages.compile_catalogues()

    assert compiled.stat().st_mtime_ns == written
