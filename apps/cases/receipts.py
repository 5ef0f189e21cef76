"""The receipt 报送回执 of a report: what was signed, by whom, when, and how anyone can check it.

It is made from the event and from the rows as their history has them at its moment, in the city's
own language, so that the same report always gives the same receipt, byte for byte, whoever asks for
it and whatever became of the case since. That the rows are those that were signed is proven by
their hash; where it is not, they are not printed, and the receipt says so.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from apps.cases.kinds import PrintedPart, kinds, record_kinds
from apps.cases.models import Event
from apps.cases.reported import Explained, content_at, explained_of
from apps.registry.domain import form_of

SIGNED = "submit"
TEMPLATE = Path(__file__).parent / "typst" / "receipt.typ"
COMPILER = TEMPLATE.with_name("compile.py")


class NoChineseFont(Exception):
    """None of the fonts in ``settings.PDF_FONTS`` is installed: a PDF would show boxes for words."""


@dataclass(frozen=True)
class Receipt:
    """What a receipt says, in the city's language; ``lines`` are pairs of label and value."""

    title: str
    subject: str
    bureau: str
    lines: tuple[tuple[str, str], ...]
    statement_label: str
    statement: str
    hash_label: str
    hash: str
    how: str
    url: str
    # The head of the form as it was when this was reported (统计法 art. 16).
    header: tuple[str, ...]
    file_name: str
    # The rows as reported, of a kind that prints them; none where they do not give the hash any more.
    parts: tuple[PrintedPart, ...]
    explained: tuple[Explained, ...]
    # Why the rows are not printed, where they should be.
    warning: str

    @property
    def row_count(self) -> int:
        """Return how many rows are printed."""
        return sum(len(part.rows) for part in self.parts)


def verification_url(digest: str) -> str:
    """Return the address at which anyone can ask who reported the content with this hash."""
    return f"{settings.SITE_URL}/verify/?hash={digest}"


def receipt_of(event: Event) -> Receipt:
    """Return the receipt of a report. ``event`` comes with its revision, case and bureau."""
    revision = event.revision
    case = revision.case
    local = timezone.localtime(event.at)
    content = content_at(revision, event.at) if case.kind_spec.printed else None
    is_proven = content is not None and content.hash[0] == event.content_hash
    with override(settings.LANGUAGE_CODE):
        printed = case.kind_spec.printed
        url = verification_url(event.content_hash)
        counts = [
            _("%(count)s %(rows)s")
            % {
                "count": count,
                "rows": record_kinds[code].label if count == 1 else record_kinds[code].label_plural,
            }
            for code, count in event.row_counts.items()
        ]
        lines = (
            (_("Bureau"), event.bureau_name),
            (_("Case"), f"{kinds[case.kind].label} · {case.subject or case.bureau.name}"),
            (_("Year of the report"), str(case.year)),
            (_("Revision"), str(revision.number)),
            (_("Content"), pgettext("between items", ", ").join(counts)),
            (_("Signed by"), event.actor_name),
            (_("Official title"), event.actor_title or "—"),
            (_("Role"), str(event.get_actor_role_display())),
            (_("Time"), f"{local:%Y-%m-%d %H:%M:%S} (UTC{local:%z})"),
            (_("Receipt number"), f"{case.pk}-{revision.number}-{event.from_version}"),
        )
        version = (
            _("version %(number)s") % {"number": event.statement_version}
            if event.statement_version
            else ""
        )
        return Receipt(
            title=_("Receipt of a report"),
            subject=f"{case.year} · {case.subject or case.bureau.name}",
            bureau=event.bureau_name,
            lines=tuple((str(label), str(value)) for label, value in lines if value),
            statement_label=" ".join(filter(None, [_("Signed statement"), version])),
            statement=event.statement,
            hash_label=_("SHA-256 of the reported content"),
            hash=event.content_hash,
            how=_(
                "To check this receipt, open %(url)s. The page says by whom and when the content "
                "with this hash was reported: to everyone once it is published, before that to "
                "those who may see the case."
            )
            % {"url": url},
            url=url,
            header=_head_of_form(event),
            parts=tuple(printed(content)) if printed and content and is_proven else (),
            explained=tuple(explained_of(event, content.titles if content else {})),
            warning=""
            if content is None or is_proven
            else _(
                "The rows on record do not give the hash of this report any more, so they are not printed here. Tell the administrator."
            ),
            file_name=f"receipt-{case.bureau.slug}-{case.year}-{revision.number}-{event.from_version}.pdf",
        )


def _head_of_form(event: Event) -> tuple[str, ...]:
    case = event.revision.case
    head = form_of(case.kind, case.year, event.at)
    if head is None:
        return ()
    return tuple(f"{line['label']}: {line['value']}" for line in head.lines)


def chinese_fonts() -> list[str]:
    """Return those of ``settings.PDF_FONTS`` that this machine has, in their order."""
    installed = set(typst.Fonts().families())
    return [name for name in settings.PDF_FONTS if name in installed]


def receipt_pdf(event: Event, receipt: Receipt | None = None) -> bytes:
    """Return the receipt as PDF: the same bytes for the same event. Raises ``NoChineseFont``.

    ``receipt`` is what ``receipt_of`` returned, where it was asked already.
    """
    fonts = chinese_fonts()
    if not fonts:
        raise NoChineseFont
    receipt = receipt or receipt_of(event)
    local = timezone.localtime(event.at)
    return _compiled(
        json.dumps(
            {
                "title": receipt.title,
                "subject": receipt.subject,
                "author": receipt.bureau,
                "bureau": receipt.bureau,
                "fonts": fonts,
                "at": list(local.timetuple()[:6]),
                "header": receipt.header,
                "lines": receipt.lines,
                "statement_label": receipt.statement_label,
                "statement": receipt.statement,
                "hash_label": receipt.hash_label,
                "hash": receipt.hash,
                "how": receipt.how,
                "footer": receipt.url,
                "warning": receipt.warning,
                "parts": [
                    {
                        "heading": part.heading,
                        "rows": [[row.code, row.name, row.value] for row in part.rows],
                    }
                    for part in receipt.parts
                ],
                "explained": [
                    {
                        "where": each.where,
                        "finding": each.finding,
                        "text": _said(each),
                    }
                    for each in receipt.explained
                ],
                "words": _words(receipt),
            },
            ensure_ascii=False,
        )
    )


def _said(each: Explained) -> str:
    """Return an explanation with its kind and who gave it, in the city's language."""
    return "".join(
        (f"〔{each.category}〕" if each.category else "", each.text, f"（{each.author}）")
    )


def _words(receipt: Receipt) -> dict[str, str]:
    """Return the fixed words of the PDF in the city's language."""
    with override(settings.LANGUAGE_CODE):
        return {
            "figures": _("Figures as reported"),
            "count": str(receipt.row_count),
            "code": pgettext("of an indicator", "Code"),
            "name": _("Indicator"),
            "value": _("Value"),
            "explained": _("Explained findings"),
            # 第 2 页，共 5 页
            "page": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        }


# A receipt of 200 figures is some 230 kB; a few are kept, for several people ask for one.
@lru_cache(maxsize=8)
def _compiled(data: str) -> bytes:
    """Return the PDF of what ``data`` says. Kept for a while: several people ask for one receipt."""
    made = subprocess.run(  # noqa: S603 - our own program, its data on standard input
        [sys.executable, "-I", str(COMPILER), str(TEMPLATE), "receipt"],
        input=data.encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    return made.stdout
