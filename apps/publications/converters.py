"""Parts of addresses: the path of a listing, the number of a release."""

from django.urls import register_converter
from django.urls.converters import StringConverter

from apps.cases.kinds import listed_record_kinds, record_kinds


class ListingConverter:
    """Turns a listing's path, such as ``awards/laureates/``, into a record kind's code and back."""

    # All paths, the longer ones first. The kinds are found before any address is declared.
    regex = "|".join(sorted((kind.path for kind in listed_record_kinds()), key=len, reverse=True))

    def to_python(self, value: str) -> str:
        """Return the code of the record kind that is listed at ``value``."""
        return next(kind.code for kind in listed_record_kinds() if kind.path == value)

    def to_url(self, value: str) -> str:
        """Return the path at which the record kind with code ``value`` is listed."""
        kind = record_kinds.get(value)
        if kind is None or not kind.is_listed:
            raise ValueError(f"no listing of {value}")
        return kind.path


class ReleaseNumberConverter(StringConverter):
    """The number of a release: its year and its serial number."""

    regex = r"[0-9]{4}-[0-9]{3,7}"


register_converter(ListingConverter, "listing")
register_converter(ReleaseNumberConverter, "release")
