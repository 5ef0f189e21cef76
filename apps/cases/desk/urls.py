"""Addresses of the desk. They are the same for every kind of case."""

from django.urls import path

from apps.cases.desk.views import (
    bulk,
    cases,
    changes,
    evidence,
    extensions,
    findings,
    home,
    notifications,
    organisations,
    publishing,
    queue,
    receipts,
    requests,
    review,
    rows,
    steps,
    timeliness,
    twins,
)

app_name = "desk"

ROW = "cases/<int:case_id>/rows/<slug:code>/<uuid:uid>/"
EVIDENCE = "cases/<int:case_id>/evidence/<uuid:uid>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("queue/", queue.queue, name="queue"),
    path("queue/together/", bulk.bulk, name="bulk"),
    path("queue/views/", queue.view_new, name="view_new"),
    path("queue/views/<int:view_id>/", queue.view_edit, name="view"),
    path("requests/", requests.request_list, name="requests"),
    path("requests/<int:request_id>/", requests.request_page, name="request"),
    path("timeliness/", timeliness.timeliness, name="timeliness"),
    path("timeliness/reports/", timeliness.timeliness_cases, name="timeliness_cases"),
    path("extensions/", extensions.extension_list, name="extensions"),
    path("extensions/new/", extensions.extension_new, name="extension_new"),
    path("extensions/<int:extension_id>/", extensions.extension, name="extension"),
    path("reminders/", extensions.reminder_list, name="reminders"),
    path("cases/", cases.case_list, name="cases"),
    path("cases/new/", cases.case_new, name="case_new"),
    path("cases/publish/", publishing.publish_many, name="publish"),
    path("cases/<int:case_id>/", cases.case_page, name="case"),
    path("cases/<int:case_id>/check/", cases.case_check, name="check"),
    path("cases/<int:case_id>/review/", review.review, name="review"),
    path("cases/<int:case_id>/seen/", review.seen, name="seen"),
    path("cases/<int:case_id>/findings/new/", findings.finding_new, name="finding_new"),
    path("cases/<int:case_id>/findings/<int:finding_id>/", findings.finding, name="finding"),
    path("cases/<int:case_id>/evidence/", evidence.evidence, name="evidence"),
    path(EVIDENCE, evidence.evidence_file, name="evidence_file"),
    path(f"{EVIDENCE}remove/", evidence.evidence_remove, name="evidence_remove"),
    path("cases/<int:case_id>/rows/<slug:code>/new/", rows.row_new, name="row_new"),
    path(ROW, rows.row, name="row"),
    path(f"{ROW}remove/", rows.row_remove, name="row_remove"),
    path(f"{ROW}restore/", rows.row_restore, name="row_restore"),
    path(f"{ROW}history/", rows.row_history, name="row_history"),
    path("cases/<int:case_id>/receipts/<int:event_id>/", receipts.receipt, name="receipt"),
    path(
        "cases/<int:case_id>/receipts/<int:event_id>/file/",
        receipts.receipt_file,
        name="receipt_file",
    ),
    path("cases/<int:case_id>/<int:number>/", cases.case_page, name="revision"),
    path("cases/<int:case_id>/<int:number>/changes/", changes.case_changes, name="changes"),
    path("cases/<int:case_id>/<int:number>/<slug:name>/", steps.step, name="step"),
    path("organisations/", organisations.organisation_list, name="organisations"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path(
        "organisations/<int:pk>/join/<int:other_pk>/",
        organisations.join,
        name="organisation_join",
    ),
    path("organisations/<int:pk>/split/", organisations.split, name="organisation_split"),
    path(
        "organisations/decisions/<int:decision_id>/undo/",
        organisations.undo,
        name="organisation_undo",
    ),
    path("organisations/doubles/<int:double_id>/", organisations.double, name="double"),
    path("twins/", twins.twin_list, name="twins"),
    path("twins/<int:twin_id>/", twins.twin, name="twin"),
    path("notifications/", notifications.notification_list, name="notifications"),
    path("notifications/read/", notifications.notifications_read, name="notifications_read"),
    path(
        "notifications/<int:notification_id>/",
        notifications.notification_open,
        name="notification",
    ),
]
