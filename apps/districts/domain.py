"""What can be done to a return beyond what can be done to any case."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from apps.accounts.models import User
from apps.cases.domain.records import save_record
from apps.cases.errors import StaleRecord
from apps.cases.models import Revision
from apps.districts.kind import INDICATOR_VALUE
from apps.districts.models import Blank, FigureStatus, IndicatorValue, Scope
from apps.registry.models import Indicator


@transaction.atomic
def save_figure(
    actor: User,
    revision_id: int,
    indicator: Indicator,
    values: Mapping[str, Any],
    *,
    scope: str = Scope.WHOLE,
    uid: uuid.UUID | None = None,
    version: int | None = None,
) -> IndicatorValue:
    """Store the bureau's own figure for ``indicator`` in the return's year and return it.

    ``values`` holds value, blank and qualifier; ``scope`` is that of a first entry. Two people who enter the same figure for the
    first time meet here: the second is told, as for any stale save. Raises as ``save_record``.
    """
    revision = (
        Revision.objects.visible_to(actor)
        .select_related("case__bureau__district")
        .get(pk=revision_id)
    )
    cleaned = dict(values)
    if cleaned.get("value") is None:
        cleaned["blank"] = cleaned.get("blank") or Blank.MISSING
    else:
        cleaned["blank"] = ""
    if uid is None:
        with connection.cursor() as cursor:
            # One first entry of a figure at a time; the row to lock does not exist yet.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s::int, %s::int)", [revision_id, indicator.pk]
            )
        identity = {
            "indicator": indicator,
            "unit": indicator.unit,
            "reporting_unit": revision.case.bureau.district,
            "subject": "",
            "period": str(revision.case.year),
            "status": FigureStatus.ACTUAL,
        }
        present = IndicatorValue.objects.filter(revision=revision, **identity).first()
        if present is not None:
            if all(getattr(present, name) == value for name, value in cleaned.items()):
                return present
            raise StaleRecord(present, cleaned)
        cleaned = {**identity, "scope": scope, **cleaned}
    record = save_record(actor, revision_id, INDICATOR_VALUE, cleaned, uid=uid, version=version)
    assert isinstance(record, IndicatorValue)
    return record
