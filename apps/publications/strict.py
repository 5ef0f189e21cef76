"""What the interface refuses before it asks anything: one rule for every parameter.

A parameter that is given has a value, as the schema writes it. A blank one is refused and not
passed over: whoever sends ``since=`` meant some day, and must not take the whole list for what
came since. The pages forgive blanks, because a form sends its empty fields along.
"""

import re
from collections.abc import Collection

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.settings import api_settings

from apps.publications.asking import shown

# So many unknown parameters are named in one answer.
MOST_SAID = 5
# Parameters that take names of a list, separated by commas.
LISTS = frozenset({"fields", "sort", "kind"})
# Anything but control characters and the blanks of any script.
_SOMETHING = r"[^\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
_HAS_SOMETHING = re.compile(_SOMETHING)
# The same for the schema; the database holds no null character.
TEXT = rf"^[^\x00]*{_SOMETHING}[^\x00]*$"


def refuse_what_says_nothing(
    request: Request,
    known: Collection[str],
    *,
    text: Collection[str] = (),
    many: Collection[str] = (),
) -> None:
    """Raise ``ValidationError`` for a parameter that nothing would be asked by.

    That is one that is not ``known``, has no value, has blanks around a value that is not free
    ``text``, or is given twice and takes not ``many`` values.
    """
    errors: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name != api_settings.URL_FORMAT_OVERRIDE and name not in known:
            words = {"known": ", ".join(sorted(known))}
            errors[shown([name])] = [
                _("There is no parameter of this name. There is: %(known)s.") % words
            ]
            continue
        parts = [part for value in values for part in value.split(",")]
        for part in parts if name in LISTS else values:
            if not _HAS_SOMETHING.search(part):
                errors[name] = [_("This has no value. Give one, or leave the parameter out.")]
            elif name not in text and part != part.strip():
                errors.setdefault(name, [_("Take away the blanks around the value.")])
        if len(values) > 1 and name not in {*many, *LISTS}:
            errors.setdefault(name, [_("This takes one value. Give the parameter once.")])
    if errors:
        raise ValidationError(dict(list(errors.items())[:MOST_SAID]))
