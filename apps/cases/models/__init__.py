"""The case and everything that is true of every case, whatever its kind.

A case 案卷 is what one bureau hands in about one subject for one year. Its content lives in
records 条目 of a revision; what was done to it in events; what was said about it in findings 问题;
what became public in releases 发布. Nothing here knows of awards or platforms.
"""

from apps.cases.models.case import Case, CaseQuerySet, ReasonCode, Revision, RevisionQuerySet
from apps.cases.models.deadline import Extension, ExtensionStatus, Reminder
from apps.cases.models.event import Event, Notification
from apps.cases.models.evidence import Evidence, StoredFile
from apps.cases.models.finding import (
    FIELD_LENGTH,
    SETTLED,
    ExplanationCategory,
    Finding,
    FindingStatus,
    Remark,
    Severity,
)
from apps.cases.models.long_change import UNDER_WAY, ChangeState, LongChange
from apps.cases.models.look import Look
from apps.cases.models.operation import Operation, OperationKind
from apps.cases.models.queue import Assignment, SavedView
from apps.cases.models.record import Mention, Record, RecordQuerySet
from apps.cases.models.release import Release, ReleaseItem
from apps.cases.models.request import CorrectionRequest, RequestStatus
from apps.cases.models.states import ENDED, OPEN, WRITABLE, State
from apps.cases.models.twin import Twin, TwinAnswer

__all__ = [
    "ENDED",
    "FIELD_LENGTH",
    "OPEN",
    "SETTLED",
    "UNDER_WAY",
    "WRITABLE",
    "Assignment",
    "Case",
    "CaseQuerySet",
    "ChangeState",
    "CorrectionRequest",
    "Event",
    "Evidence",
    "ExplanationCategory",
    "Extension",
    "ExtensionStatus",
    "Finding",
    "FindingStatus",
    "LongChange",
    "Look",
    "Mention",
    "Notification",
    "Operation",
    "OperationKind",
    "ReasonCode",
    "Record",
    "RecordQuerySet",
    "Release",
    "ReleaseItem",
    "Remark",
    "Reminder",
    "RequestStatus",
    "Revision",
    "RevisionQuerySet",
    "SavedView",
    "Severity",
    "State",
    "StoredFile",
    "Twin",
    "TwinAnswer",
]
