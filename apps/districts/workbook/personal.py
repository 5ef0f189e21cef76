"""No workbook with personal numbers is kept, not even for a day and not in a hidden sheet."""

from apps.cases.evidence.checking import hits_sentence
from apps.cases.evidence.containers import cells
from apps.cases.evidence.verdict import Refusal
from apps.cases.personal_data import scan
from apps.districts.workbook.errors import Refused

MOST_NAMED = 10


def refuse_personal_data(data: bytes) -> None:
    """Raise ``Refused`` with each cell whose text holds an ID, mobile or bank card number.

    ``data`` has passed ``check_container``. Numbers are left out: a figure may have any digits.
    """
    hits = []
    try:
        for passage in cells(data, only_texts=True):
            for hit in scan(passage.text):
                hits.append(
                    {"kind": hit.kind, "shown": hit.shown, "place": "cell", "at": passage.at}
                )
    except Refusal:
        # What one library reads and another does not is for the reader of the sheet to refuse.
        return
    if hits:
        raise Refused(hits_sentence(hits[:MOST_NAMED]))
