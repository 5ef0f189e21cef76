"""What the addresses that scripts call have in common: POST, JSON, and whose page it is."""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse

from apps.cases.desk.views.base import DeskRequest
from apps.cases.errors import Invalid, NotAllowed, WorkflowError

View = Callable[..., HttpResponse]


def for_scripts(view: View) -> View:
    """Let a view answer POST of the signed-in person whose page it is; 401 for anyone else."""

    @functools.wraps(view)
    def answer(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_signed_in = request.user.is_authenticated
        if request.method != "POST":
            if is_signed_in:
                return HttpResponseNotAllowed(["POST"])
            return redirect_to_login(request.get_full_path())
        person = str(request.user.pk)
        if not is_signed_in or request.headers.get("X-Person", person) != person:
            return JsonResponse({"login": settings.LOGIN_URL}, status=401)
        return view(request, *args, **kwargs)

    return answer


def script_status(refusal: WorkflowError) -> int:
    """Return the status of a refusal for scripts: 403 duty, 422 the value, 423 the case."""
    if isinstance(refusal, NotAllowed):
        return 403
    return 422 if isinstance(refusal, Invalid) else 423
