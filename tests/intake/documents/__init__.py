"""A generator of documents: one truth, written in every format, with what offices do to tables.

A ``Truth`` holds rows by field. ``lay_out`` prints it as pages of paragraphs and tables, with any
set of nastinesses; ``WRITERS`` write those as bytes. ``compare`` counts what came back.
"""

from collections.abc import Callable

from tests.intake.documents.comparing import Score, compare
from tests.intake.documents.from_the_pack import (
    PACK,
    awards,
    firms,
    institutions,
    laureates,
    makerspaces,
    policies,
    provincial,
    top50,
)
from tests.intake.documents.lines import LINE_WRITERS, write_lines
from tests.intake.documents.made_up import (
    made_up_awards,
    made_up_events,
    made_up_figures,
    made_up_firms,
    made_up_policies,
)
from tests.intake.documents.made_up_across import made_up_by_district, made_up_by_year
from tests.intake.documents.made_up_more import (
    made_up_amounts,
    made_up_glued,
    made_up_laureates,
    made_up_platforms,
)
from tests.intake.documents.printing import NASTY, as_written, lay_out
from tests.intake.documents.truth import Matrix, Truth
from tests.intake.documents.writing import (
    as_csv,
    as_docx,
    as_gbk_text,
    as_html,
    as_text,
    as_xls,
    as_xlsx,
)
from tests.intake.documents.writing_pdf import as_pdf

WRITERS: dict[str, Callable[[list], bytes]] = {
    "text": as_text,
    "gbk": as_gbk_text,
    "csv": as_csv,
    "html": as_html,
    "docx": as_docx,
    "xlsx": as_xlsx,
    "xls": as_xls,
    "pdf": as_pdf,
}

LINE_MAKERS: tuple[Callable[[int], Truth], ...] = (
    made_up_awards,
    made_up_firms,
    made_up_events,
    made_up_policies,
    made_up_platforms,
    made_up_laureates,
)
"""Lists that offices write as lines."""

__all__ = [
    "LINE_MAKERS",
    "LINE_WRITERS",
    "NASTY",
    "PACK",
    "WRITERS",
    "Matrix",
    "Score",
    "Truth",
    "as_docx",
    "as_pdf",
    "as_text",
    "as_written",
    "as_xls",
    "awards",
    "compare",
    "firms",
    "institutions",
    "laureates",
    "lay_out",
    "made_up_amounts",
    "made_up_awards",
    "made_up_by_district",
    "made_up_by_year",
    "made_up_events",
    "made_up_figures",
    "made_up_firms",
    "made_up_glued",
    "made_up_laureates",
    "made_up_platforms",
    "made_up_policies",
    "makerspaces",
    "policies",
    "provincial",
    "top50",
    "write_lines",
]
