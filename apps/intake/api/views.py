"""The intake's interface: hand a file in, see what was understood, accept or undo. Thin.

Every write goes through the functions that the pages call, with the same scope, guards and limits.
"""

from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import authentication
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.cases import scope
from apps.cases.domain.long_changes import ensure_free, is_lost
from apps.cases.errors import Locked, WrongState
from apps.cases.models import WRITABLE, LongChange, Revision
from apps.intake.api import answers, serializers
from apps.intake.api.deliveries import LONGEST_KEY, deliver
from apps.intake.formats import LARGEST_FILE
from apps.intake.imports import undoing
from apps.intake.imports.accepting import accept_or_queue
from apps.intake.imports.comparing import compare
from apps.intake.imports.scope import imports_for, kinds_of
from apps.intake.imports.starting import cancel
from apps.intake.models import ApiToken, Import, ImportState
from apps.intake.tokens import BadToken, holder_of


class TokenAuthentication(authentication.BaseAuthentication):
    """The holder of the token in the header ``Authorization: Bearer …``; no cookie counts."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken]:
        """Return the person and the token. Raises ``BadToken``, ``TooMany``."""
        scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise BadToken
        return holder_of(key.strip())


class IntakeView(APIView):
    """What all addresses have in common."""

    authentication_classes = (TokenAuthentication,)
    parser_classes = (JSONParser, MultiPartParser)

    def get_exception_handler(self) -> Any:
        """Answer with a code, a sentence and its cure."""
        return answers.answer_problem

    @property
    def person(self) -> User:
        """Return who the token speaks for."""
        return cast(User, self.request.user)

    @property
    def token(self) -> ApiToken:
        """Return the token."""
        return cast(ApiToken, self.request.auth)

    def part(self, name: str) -> Any:
        """Return one value of what was sent; None where it is not there."""
        sent = self.request.data
        return sent.get(name) if isinstance(sent, dict) else None

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Let nothing be kept on the way."""
        final: Response = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final

    def find(self, import_id: int) -> Import:
        """Return an import in the scope of the token. Raises ``Http404``."""
        found = (
            imports_for(self.person)
            .select_related("revision__case__bureau")
            .filter(pk=import_id)
            .first()
        )
        if found is None:
            raise Http404
        return found


class Root(IntakeView):
    """Who the token speaks for."""

    @extend_schema(responses=serializers.Holder)
    def get(self, request: Request) -> Response:
        """Return the account, role and bureau of the token, and until when it is valid."""
        token = self.token
        return Response(
            {
                "account": self.person.username,
                "role": token.role,
                "bureau": token.bureau.slug,
                "expires_at": token.expires_at.isoformat(),
            }
        )


class Cases(IntakeView):
    """The cases that may take tables in now."""

    @extend_schema(responses=serializers.Case(many=True))
    def get(self, request: Request) -> Response:
        """Return the open cases that the token's person fills."""
        found = (
            Revision.objects.visible_to(self.person)
            .filter(state__in=WRITABLE, case__bureau=self.person.bureau_id)
            .select_related("case__bureau")
            .order_by("-case__year", "case__kind", "case__subject", "pk")
        )
        return Response(
            [
                {
                    "case": revision.case_id,
                    "kind": revision.case.kind,
                    "year": revision.case.year,
                    "subject": revision.case.subject,
                    "bureau": revision.case.bureau.slug,
                    "state": revision.state,
                    "rows": kinds_of(revision),
                }
                for revision in found
                if scope.may_fill(self.person, revision.case.kind_spec, revision.case.bureau_id)
                and kinds_of(revision)
            ]
        )


class Imports(IntakeView):
    """Files handed in."""

    @extend_schema(
        request={"multipart/form-data": serializers.NewImport},
        responses={202: serializers.Import, 200: serializers.Import},
        parameters=[serializers.KEY],
    )
    def post(self, request: Request) -> Response:
        """Take a file in: 202 with its address; 200 where the same key made it before."""
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key or len(key) > LONGEST_KEY or not key.isprintable():
            raise answers.Problem(
                "bad_request",
                _(
                    "Send a header Idempotency-Key of up to %(most)s characters, a new one for each file."
                )
                % {"most": LONGEST_KEY},
            )
        file, case = self.part("file"), str(self.part("case") or "")
        if not isinstance(file, UploadedFile) or file.size is None:
            raise answers.Problem("bad_request", _("Send the table as a file in the part “file”."))
        if file.size > LARGEST_FILE:
            raise answers.Problem(
                "bad_request",
                _("The file is larger than %(megabytes)s MB; split it.")
                % {"megabytes": LARGEST_FILE // 2**20},
                413,
            )
        intake, is_new = deliver(
            self.person,
            self.token,
            key,
            _case_to_fill(self.person, case),
            file.name or "",
            file.read(),
            str(self.part("kind") or ""),
        )
        intake = self.find(intake.pk)
        response = Response(
            answers.status_of_import(request, intake), status=202 if is_new else 200
        )
        response["Location"] = answers.import_url(request, intake)
        return response


def _case_to_fill(user: User, number: str) -> Revision:
    """Return the newest revision of a case that ``user`` fills. Raises ``Http404``."""
    if not number.isdecimal() or len(number) > 18:
        raise answers.Problem("bad_request", _("Send the number of the case in the part “case”."))
    found = (
        Revision.objects.visible_to(user)
        .select_related("case__bureau")
        .filter(case_id=int(number))
        .order_by("-number")
        .first()
    )
    if found is None or not scope.may_fill(user, found.case.kind_spec, found.case.bureau_id):
        raise Http404
    return found


class OneImport(IntakeView):
    """Where an import stands."""

    @extend_schema(responses=serializers.Import)
    def get(self, request: Request, import_id: int) -> Response:
        """Return its state, the rows read, its tables, and what is wrong with the file."""
        return Response(answers.status_of_import(request, self.find(import_id)))


def _ensure_read(intake: Import) -> None:
    if not intake.is_open:
        raise WrongState(_("This import is %(state)s.") % {"state": intake.get_state_display()})


class ComparisonView(IntakeView):
    """What accepting would do."""

    @extend_schema(responses=serializers.Comparison)
    def get(self, request: Request, import_id: int) -> Response:
        """Return new, changed, unchanged and missing rows, every fault, and the digest to accept."""
        intake = self.find(import_id)
        _ensure_read(intake)
        return Response(answers.comparison_as_json(compare(intake)))


class Accept(IntakeView):
    """Store what the comparison showed."""

    @extend_schema(
        request=serializers.Digest,
        responses={200: serializers.Import, 202: serializers.Import},
    )
    def post(self, request: Request, import_id: int) -> Response:
        """Store the rows, all or none: 200; 202 where a long list is stored by the task queue."""
        intake = self.find(import_id)
        _ensure_read(intake)
        digest = str(self.part("digest") or "")
        if not digest:
            raise answers.Problem("bad_request", _("Send the digest of the comparison to accept."))
        if intake.revision.state not in WRITABLE:
            raise Locked(
                _("This case is %(state)s and cannot be written. Ask for it to be sent back first.")
                % {"state": intake.revision.get_state_display()}
            )
        if intake.is_open:
            ensure_free(intake.revision_id)
        done = accept_or_queue(self.person, intake, digest)
        answer = answers.status_of_import(request, self.find(import_id))
        if done is not None:
            answer["stored"] = done.counts
        return Response(answer, status=200 if done is not None else 202)


class Undo(IntakeView):
    """Take a stored import back."""

    @extend_schema(
        request=None, responses={200: serializers.Undone, 202: serializers.UndoingUnderWay}
    )
    def post(self, request: Request, import_id: int) -> Response:
        """Undo it while the case is a draft; name what stays because it was saved since: 200.

        202 with its address where the task queue undoes many rows; asked twice, it is one undoing.
        """
        intake = self.find(import_id)
        change = undoing.long_undoing_of(intake)
        if change is None or not change.is_under_way or is_lost(change):
            done = undoing.undo_or_queue(self.person, intake, None)
            if not isinstance(done, LongChange):
                return Response(
                    {"removed": done.added, "as_before": done.changed, "left": done.left[:100]}
                )
            change = done
        response = Response(answers.undoing_as_json(change), status=202)
        response["Location"] = answers.import_url(request, intake, "undo")
        return response

    @extend_schema(responses=serializers.UndoingUnderWay)
    def get(self, request: Request, import_id: int) -> Response:
        """Return how far the undoing of many rows is, or how it came out."""
        change = undoing.long_undoing_of(self.find(import_id))
        if change is None:
            raise Http404
        return Response(answers.undoing_as_json(change))


class Cancel(IntakeView):
    """Give an import up before it is stored."""

    @extend_schema(request=None, responses=serializers.Import)
    def post(self, request: Request, import_id: int) -> Response:
        """Stop reading, or discard what was read. Twice is once."""
        intake = self.find(import_id)
        if intake.state != ImportState.CANCELLED:
            cancel(self.person, intake)
        return Response(answers.status_of_import(request, self.find(import_id)))


@extend_schema(exclude=True)
class Nothing(IntakeView):
    """Any other address of the interface."""

    def get(self, request: Request, rest: str = "") -> Response:
        """Say so, in JSON."""
        raise Http404

    post = put = patch = delete = get
