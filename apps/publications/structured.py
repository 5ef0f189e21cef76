"""What a page is about, said to search engines and catalogues: schema.org as JSON-LD.

A block of data, which the content security policy lets stand: nothing of it is run.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.cases.kinds import RecordKind, listed_record_kinds
from apps.cases.models import Record, Release
from apps.publications.citing import city
from apps.publications.opendata.describing import MEDIA_TYPES
from apps.registry.models import District, Indicator

Data = dict[str, Any]


def _absolute(path: str) -> str:
    return settings.SITE_URL + path


def _with(kind: str, **values: Any) -> Data:
    """Return a thing of schema.org's type ``kind`` without what has no value."""
    return {"@type": kind, **{name: value for name, value in values.items() if value}}


def _page(data: Data) -> Data:
    return {"@context": "https://schema.org", **data}


def _publisher() -> Data | None:
    """Return the city's bureau. One query an edition."""
    bureau = city()
    if bureau is None:
        return None
    return _with("GovernmentOrganization", name=bureau.name, alternateName=bureau.name_en)


def _downloads(path: str, forms: Iterable[str], filters: str = "") -> list[Data]:
    return [
        _with(
            "DataDownload",
            encodingFormat=MEDIA_TYPES[form],
            contentUrl=_absolute(f"{path}?{filters}_export={form}"),
        )
        for form in forms
    ]


def _dataset(name: str, path: str, **values: Any) -> Data:
    """Return a data set that anyone may read."""
    publisher = _publisher()
    return _with(
        "Dataset",
        name=name,
        url=_absolute(path),
        inLanguage=get_language(),
        isAccessibleForFree=True,
        creator=publisher,
        publisher=publisher,
        **values,
    )


def _listing(kind: RecordKind, release: Release | None) -> Data:
    path = reverse("publications:listing", args=[kind.code])
    name = capfirst(str(kind.label_plural))
    return _dataset(
        name,
        path,
        identifier=kind.code,
        description=_("Published %(list)s: reviewed by the bureau, whole, with every correction.")
        % {"list": kind.label_plural},
        distribution=_downloads(path, MEDIA_TYPES),
        dateModified=release.published_at.isoformat() if release else None,
        version=release.number if release else None,
    )


def of_listing(kind: RecordKind, release: Release | None) -> Data:
    """Describe a listing as a data set in its forms, as of the newest release."""
    return _page(_listing(kind, release))


def of_catalogue(release: Release | None) -> Data:
    """Describe the page of open data: a catalogue of all listings."""
    return _page(
        _with(
            "DataCatalog",
            name=_("Open data"),
            url=_absolute(reverse("publications:data")),
            publisher=_publisher(),
            dataset=[_listing(kind, release) for kind in listed_record_kinds()],
        )
    )


def of_release(release: Release) -> Data:
    """Describe a release: a data set that never changes, with its manifest."""
    path = reverse("publications:release", args=[release.number])
    files = {
        "application/zip": reverse("publications:release_package", args=[release.number]),
        "application/json": reverse("publications:manifest", args=[release.number]),
    }
    name = _("Release %(number)s") % {"number": release.number}
    return _page(
        _dataset(
            name,
            path,
            identifier=release.number,
            version=release.number,
            description=release.reason or name,
            datePublished=release.published_at.isoformat(),
            distribution=[
                _with("DataDownload", encodingFormat=form, contentUrl=_absolute(file))
                for form, file in files.items()
            ],
        )
    )


def of_indicator(indicator: Indicator, periods: Sequence[str], release: Release | None) -> Data:
    """Describe an indicator: the data set of its published figures."""
    listing = reverse("publications:listing", args=["indicator-values"])
    name = str(indicator)
    return _page(
        _dataset(
            name,
            reverse("publications:indicator", args=[indicator.code]),
            identifier=indicator.code,
            description=indicator.definition or name,
            alternateName=list(indicator.aliases),
            variableMeasured=_with(
                "PropertyValue", name=name, unitText=", ".join(map(str, indicator.units))
            ),
            temporalCoverage=f"{min(periods)}/{max(periods)}" if periods else None,
            isPartOf=_with("Dataset", name=capfirst(_("figures")), url=_absolute(listing)),
            distribution=_downloads(listing, MEDIA_TYPES, f"indicator={indicator.code}&"),
            dateModified=release.published_at.isoformat() if release else None,
        )
    )


def of_record(
    kind: RecordKind, row: Record, title: str, path: str, organisations: Mapping[str, str]
) -> Data:
    """Describe a row: its page, and what the row itself is as far as its kind says so.

    ``organisations`` are those that it names, with the paths of their pages.
    """
    release = row.revision.release_item.release
    list_path = reverse("publications:listing", args=[kind.code])
    thing = _with(
        kind.thing,
        name=title,
        **{name: _plain(getattr(row, field)) for name, field in kind.thing_fields},
    )
    return _page(
        _with(
            "WebPage",
            name=title,
            url=_absolute(path),
            identifier=str(row.uid),
            inLanguage=get_language(),
            datePublished=release.published_at.isoformat(),
            version=release.number,
            publisher=_publisher(),
            isPartOf=_with(
                "Dataset", name=capfirst(str(kind.label_plural)), url=_absolute(list_path)
            ),
            mainEntity=thing,
            mentions=[
                _with("Organization", name=name, url=_absolute(page))
                for name, page in organisations.items()
            ],
        )
    )


def _plain(value: Any) -> Any:
    """Return a value of a row as JSON holds it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [str(item) for item in value]
    return None if value is None else str(value)


def of_organisation(name: str, others: Sequence[str], path: str) -> Data:
    """Describe an organisation by the names that are printed."""
    return _page(_with("Organization", name=name, alternateName=list(others), url=_absolute(path)))


def of_district(district: District, path: str) -> Data:
    """Describe a district."""
    return _page(
        _with(
            "AdministrativeArea",
            name=district.name,
            alternateName=district.name_en,
            identifier=district.code,
            url=_absolute(path),
        )
    )


def of_site() -> Data:
    """Describe the site and how it is searched."""
    search = _absolute(f"{reverse('publications:search')}?q={{q}}")
    return _page(
        _with(
            "WebSite",
            name=_("Yongke"),
            url=_absolute(reverse("publications:home")),
            inLanguage=get_language(),
            publisher=_publisher(),
            potentialAction=_with(
                "SearchAction",
                target=_with("EntryPoint", urlTemplate=search),
                **{"query-input": "required name=q"},
            ),
        )
    )
