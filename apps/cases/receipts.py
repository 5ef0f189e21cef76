"""The receipt 报送回执 of a report: what was signed, by whom, when, and how anyone can check it.

It is made from the event alone, in the city's own language, so that the same report always gives
the same receipt, byte for byte, whoever asks for it and whatever became of the case since.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from apps.cases.kinds import kinds, record_kinds
from apps.cases.models import Event
from apps.registry.domain import form_of

SIGNED = "submit"
TEMPLATE = Path(__file__).parent / "typst" / "receipt.typ"


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


def verification_url(digest: str) -> str:
    """Return the address at which anyone can ask who reported the content with this hash."""
    return f"{settings.SITE_URL}/verify/?hash={digest}"


def receipt_of(event: Event) -> Receipt:
    """Return the receipt of a report. ``event`` comes with its revision, case and bureau."""
    revision = event.revision
    case = revision.case
    local = timezone.localtime(event.at)
    with override(settings.LANGUAGE_CODE):
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


def receipt_pdf(event: Event) -> bytes:
    """Return the receipt as PDF: the same bytes for the same event. Raises ``NoChineseFont``."""
    fonts = chinese_fonts()
    if not fonts:
        raise NoChineseFont
    receipt = receipt_of(event)
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
            },
            ensure_ascii=False,
        )
    )


@lru_cache(maxsize=64)
def _compiled(data: str) -> bytes:
    """Return the PDF of what ``data`` says. Kept for a while: several people ask for one receipt."""
    made: Any = typst.compile(TEMPLATE.read_bytes(), sys_inputs={"receipt": data}, format="pdf")
    return bytes(made)
