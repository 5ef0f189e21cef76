"""The translation catalogues, without GNU gettext: Babel reads and writes them.

    script/messages             update locale/*/LC_MESSAGES/django.po from the sources
    script/messages --check     fail when a catalogue misses a text, or has one untranslated
    script/messages --compile   write the .mo files, which are not committed

Texts are found in Python (``gettext`` and its relatives, also as ``_``) and in templates, which
Django itself turns into something a gettext reader understands (``templatize``).
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
# The source texts are English: the English catalogue holds only plural forms and rewordings,
# and may leave the rest empty. The Chinese one is complete.
LANGUAGES = {"zh_Hans": True, "en": False}
SOURCES = {"apps": (".py", ".html", ".txt"), "config": (".py",), "templates": (".html", ".txt")}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "ngettext_noop": (1, 2),
}


def path_of(language: str, suffix: str = ".po") -> Path:
    """Return the path of a language's catalogue."""
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django{suffix}"


def sources() -> Iterator[Path]:
    """Yield the files that may hold texts, in a steady order."""
    for folder, endings in SOURCES.items():
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings and "migrations" not in path.parts and path.is_file():
                yield path


def extracted() -> Catalog:
    """Return the catalogue of all texts in the sources, with the files they stand in."""
    import django
    from babel.messages.extract import extract
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    catalog = Catalog(charset="utf-8")
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Made for xgettext, which does not mind indentation; Babel reads it as Python.
            text = "\n".join(map(str.lstrip, templatize(text, origin=name).splitlines()))
        found = extract(
            "python",
            io.BytesIO(text.encode()),
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            options={"encoding": "utf-8"},
        )
        for _line, message, comments, context in found:
            if message and (message if isinstance(message, str) else message[0]):
                # No line numbers: they change with every edit and make every commit touch this.
                catalog.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def kept(language: str) -> Catalog:
    """Return the committed catalogue of a language, or an empty one."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Write the catalogues anew: translations kept, new texts empty, texts not used dropped."""
    template = extracted()
    for language in LANGUAGES:
        old = kept(language)
        new = Catalog(
            locale=language,
            charset="utf-8",
            project="Yongke",
            header_comment=f"# Yongke: {language}. Written by script/messages.",
            fuzzy=False,
        )
        empty = 0
        for message in template:
            if not message.id:
                continue
            before = old.get(message.id, context=message.context)
            string = before.string if before else ""
            flags = [flag for flag in (before.flags if before else ()) if flag == "fuzzy"]
            new.add(
                message.id,
                string,
                locations=sorted(set(message.locations)),
                auto_comments=message.auto_comments,
                flags=[*flags, *message.flags],
                context=message.context,
            )
            empty += not is_translated(new.get(message.id, context=message.context))
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = io.BytesIO()
        write_po(text, new, sort_output=True, width=98, include_lineno=False, ignore_obsolete=True)
        # The date of writing would make two equal catalogues differ.
        lines = text.getvalue().decode().splitlines(keepends=True)
        path.write_text(
            "".join(
                line
                for line in lines
                if not line.startswith(
                    ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator')
                )
            ),
            encoding="utf-8",
        )
        print(f"{path.relative_to(ROOT)}: {len(new)} texts, {empty} of them empty")


def is_translated(message: Message | None) -> bool:
    """Say whether every form of the message has a text, and none is marked doubtful."""
    if message is None or message.fuzzy:
        return False
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(forms)


def check() -> int:
    """Print what is missing from the catalogues; return how many faults there are."""
    template = extracted()
    faults = 0
    for language, must_be_complete in LANGUAGES.items():
        catalog = kept(language)
        name = path_of(language).relative_to(ROOT)
        for message in template:
            if not message.id:
                continue
            found = catalog.get(message.id, context=message.context)
            where = ", ".join(sorted({location[0] for location in message.locations}))
            if found is None:
                faults += 1
                print(f"{name}: {message.id!r} is missing (used in {where})")
            elif found.fuzzy or (must_be_complete and not is_translated(found)):
                faults += 1
                print(f"{name}: {message.id!r} is not translated (used in {where})")
        for message in catalog:
            for error in message.check(catalog) if message.id else ():
                faults += 1
                print(f"{name}: {message.id!r}: {error}")
    if faults:
        print(f"{faults} texts to see to: run script/messages, then translate in locale/.")
    return faults


def compile_catalogues() -> None:
    """Write the .mo files that are older than their .po file."""
    for language in LANGUAGES:
        source, target = path_of(language), path_of(language, ".mo")
        if not source.exists() or (
            target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
        ):
            continue
        part = target.with_suffix(".mo.part")
        with part.open("wb") as file:
            write_mo(file, kept(language))
        part.replace(target)


def main(arguments: list[str]) -> int:
    """Do what the command line says; return the exit status."""
    if arguments == ["--check"]:
        return 1 if check() else 0
    if arguments == ["--compile"]:
        compile_catalogues()
        return 0
    if arguments:
        print(__doc__)
        return 2
    update()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
