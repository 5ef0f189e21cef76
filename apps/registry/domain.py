"""What can be done to the shared vocabulary."""

from collections.abc import Iterable

from django.db import transaction

from apps.registry.models import FormVersion, Organisation, OrganisationName
from apps.registry.names import organisation_key


def form_of(kind: str, year: int) -> FormVersion | None:
    """Return the head of the form that asks for cases of ``kind`` in a report year. One query."""
    return FormVersion.objects.filter(kind=kind, from_year__lte=year).order_by("-from_year").first()


@transaction.atomic
def names_for(printed: Iterable[str]) -> dict[str, OrganisationName]:
    """Return the organisation name of each printed name, making those that are new.

    Names are equal by ``organisation_key``; a new one gets an organisation of its own. Whether
    two differently named organisations are one is for a person to decide. Four queries at most,
    however many names. Two callers may bring the same new name at once: the key decides.
    """
    wanted = {name: organisation_key(name) for name in printed}
    known = {row.key: row for row in OrganisationName.objects.filter(key__in=set(wanted.values()))}
    new = {key: name for name, key in sorted(wanted.items(), reverse=True) if key not in known}
    if new:
        organisations = Organisation.objects.bulk_create(
            Organisation(name=new[key]) for key in sorted(new)
        )
        OrganisationName.objects.bulk_create(
            (
                OrganisationName(organisation=organisation, name=organisation.name, key=key)
                for key, organisation in zip(sorted(new), organisations, strict=True)
            ),
            ignore_conflicts=True,
        )
        known |= {row.key: row for row in OrganisationName.objects.filter(key__in=set(new))}
        # Where another caller was first, the organisation made here for the same name is unused.
        Organisation.objects.filter(
            pk__in=[o.pk for o in organisations], names__isnull=True
        ).delete()
    return {name: known[key] for name, key in wanted.items()}
