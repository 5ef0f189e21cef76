"""Every address of the application, and who gets what answer there.

``routes()`` walks the resolver; the tables below name each route once. A route in no table fails
``test_every_route_has_an_entry``: say who may go there before it goes out.
"""

from collections.abc import Iterator

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from apps.accounts.models import Role

ANONYMOUS = "anonymous"
ROLES = (ANONYMOUS, *(str(role) for role in Role))
DISTRICT = {Role.DISTRICT_FILLER, Role.DISTRICT_SIGNATORY}
DESK = set(Role) - {Role.ADMINISTRATOR}
RAISES = {Role.CITY_REVIEWER, Role.CITY_PUBLISHER}

# Who looks at whose case: a district's own, another district's, the city's list.
OWN, FOREIGN, CITY = "own return", "foreign return", "city list"
NEVER_REPORTED = {"draft", "checking"}


def routes() -> Iterator[tuple[str, str]]:
    """Yield name and address pattern of every route; a route without a name by its pattern."""
    yield from _walk(get_resolver(), (), "")


def _walk(
    resolver: URLResolver, namespaces: tuple[str, ...], prefix: str
) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name or path)), path
        else:
            own = (entry.namespace,) if entry.namespace else ()
            yield from _walk(entry, (*namespaces, *own), path)


def sees(role: str, whose: str, state: str) -> bool:
    """Say whether a role sees a case at the desk. Written out from DESIGN §1, not from the code."""
    if role not in DESK:
        return False
    if role == Role.AUDITOR:
        return True
    if role in DISTRICT:
        return whose == OWN
    if whose == CITY:
        return True
    return role in RAISES and state not in NEVER_REPORTED


# Open to everyone, whatever the state of any case.
PUBLIC = {
    "healthz": 200,
    "readyz": 200,
    "publications:home": 200,
    "publications:search": 200,
    "publications:suggest": 200,
    # Who may know of which report: tests/publications/test_verify.py.
    "publications:verify": 200,
    "publications:districts": 200,
    "publications:releases": 200,
    "publications:feed": 200,
    "publications:notices": 200,
    "publications:data": 200,
    "publications:catalogue": 200,
    "publications:dictionary": 200,
    "publications:indicators": 200,
    "publications:indicators_csv": 200,
    "publications:indicators_json": 200,
    "publications:robots": 200,
    "publications:sitemap": 200,
    "publications:sitemap_part": 200,
    "publications:listing": 200,
    "publications:corrections": 200,
    "publications:indicator": 200,
    "publications:feed_of_kind": 200,
    "api:root": 200,
    "api:docs": 200,
    "api:changes": 200,
    "api:schema": 200,
    # What the intake's interface is, not what is in it.
    "intake-api:schema": 200,
    "api:awards": 200,
    "api:laureates": 200,
    "api:certifications": 200,
    "api:roster-entries": 200,
    "api:indicator-values": 200,
    "api:policies": 200,
    "api:events": 200,
    r"api:api/v1/^(?P<rest>[\s\S]*)$": 404,
    # Leads back to where the reader was; a language is chosen by POST.
    "set_language": 302,
}

# Public once its case is: state -> answer, the same for everyone; 404 in every other state.
WITH_CASE = {"published": 200, "superseded": 200, "withdrawn": 410}
PUBLIC_OF_CASE = {
    "publications:revision": WITH_CASE,
    "publications:record": WITH_CASE,
    # What a correction changed: a revision before it has to be public too.
    "publications:changes": {"withdrawn": 410},
    "publications:content_json": WITH_CASE,
    "publications:content_canonical": WITH_CASE,
    # A release keeps its page and its bytes, whatever becomes of its cases.
    "publications:release": {"published": 200, "superseded": 200, "withdrawn": 200},
    "publications:manifest": {"published": 200, "superseded": 200, "withdrawn": 200},
    "publications:notice": {"on_notice": 200},
    "publications:release_package": {"published": 200, "superseded": 200, "withdrawn": 200},
    "publications:release_file": WITH_CASE,
    "publications:programme": {"published": 200, "superseded": 200},
    # Only what stands published now can be asked to be corrected.
    "publications:correction_new": {"published": 200, "superseded": 200},
    # The receipt of a request outlives its row.
    "publications:correction": {"published": 200, "superseded": 200, "withdrawn": 200},
    "publications:organisation": {"published": 200, "superseded": 200},
    # Of a year of which nothing at all is public there is no page; in these tests it is one case.
    "publications:district": {"published": 200, "superseded": 200},
    "api:awards-row": WITH_CASE,
    "api:indicator-values-row": WITH_CASE,
}
# The same view for another kind of row: what is true of awards is true of them.
LIKE_AWARDS = {
    "api:laureates-row",
    "api:certifications-row",
    "api:roster-entries-row",
    "api:policies-row",
    "api:events-row",
}

# The reviewers' queue; what each bureau has reported; what does not exist or asks for a choice.
QUEUE = {Role.CITY_REVIEWER: 200, Role.CITY_PUBLISHER: 200, Role.AUDITOR: 200, "others": 404}
# What the city's officials and the auditor read.
REGISTRY = {
    Role.CITY_EDITOR: 200,
    Role.CITY_REVIEWER: 200,
    Role.CITY_PUBLISHER: 200,
    Role.AUDITOR: 200,
    "others": 404,
}
REPORTS = {Role.ADMINISTRATOR: 404, "others": 200}
NO_STEP = 404

# The intake's interface: by token alone, whoever is signed in. Its answers with one are in
# tests/intake/api/.
BY_TOKEN = {
    "intake-api:root": [],
    "intake-api:cases": [],
    "intake-api:imports": [],
    "intake-api:import": [1],
    "intake-api:comparison": [1],
    "intake-api:accept": [1],
    "intake-api:undo": [1],
    "intake-api:cancel": [1],
}

# Signed in, about no case: role -> answer to GET. Everyone else gets the last one.
DESK_PAGES = {
    "desk:home": 200,
    "desk:cases": 200,
    "desk:case_new": 200,
    "desk:notifications": 200,
    "desk:queue": QUEUE,
    "desk:bulk": NO_STEP,
    "desk:view_new": 405,
    "desk:view": NO_STEP,
    "desk:requests": QUEUE,
    "desk:request": NO_STEP,
    "desk:timeliness": REPORTS,
    "desk:timeliness_cases": REPORTS,
    "districts:completeness": REPORTS,
    # What districts claim, once handed on: the city's officials and the auditor.
    "districts:claims": {
        Role.CITY_EDITOR: 200,
        Role.CITY_REVIEWER: 200,
        Role.CITY_PUBLISHER: 200,
        Role.AUDITOR: 200,
        "others": 404,
    },
    "desk:extensions": REPORTS,
    # Without a kind and a year there is nothing to ask for.
    "desk:extension_new": NO_STEP,
    "desk:extension": NO_STEP,
    "desk:organisations": REGISTRY,
    "desk:organisation": NO_STEP,
    "desk:organisation_join": NO_STEP,
    "desk:organisation_split": NO_STEP,
    "desk:organisation_undo": NO_STEP,
    "desk:double": 405,
    "desk:twins": REGISTRY,
    "desk:twin": NO_STEP,
    "desk:reminders": REGISTRY,
    # Without a choice the publisher is led back; the others may not publish.
    "desk:publish": {Role.CITY_PUBLISHER: 302, "others": 403},
    "desk:notifications_read": 405,
    "desk:notification": 405,
    "security_events": 200,
    # Who fills cases has them.
    "tokens:tokens": {Role.DISTRICT_FILLER: 200, Role.CITY_EDITOR: 200, "others": 404},
    "tokens:revoke": 405,
    "audit:audit": {Role.AUDITOR: 200, "others": 404},
    "audit:verify": 405,
}
# Of a case, at the desk: 404 out of scope; in scope these.
DESK_OF_CASE = {
    "desk:case",
    "desk:revision",
    "desk:changes",
    "desk:review",
    "desk:seen",
    "desk:finding",
    "desk:finding_new",
    "desk:row_new",
    "desk:row",
    "desk:row_remove",
    "desk:row_history",
    "desk:list",
    "desk:list_cell",
    "desk:list_view_new",
    "desk:list_duplicates",
    "desk:list_many",
    "desk:list_paste",
    "desk:list_operations",
    "desk:list_undo",
    "desk:long_change",
    "desk:step",
    "desk:check",
    "desk:evidence",
    "desk:evidence_file",
    "desk:evidence_remove",
    "desk:row_restore",
    "districts:return",
    "districts:section",
    "districts:derived",
    "districts:entry",
    "districts:save_field",
    "districts:hear",
    "districts:preview_paste",
    "desk:receipt",
    "desk:receipt_file",
    "districts:lists",
    "districts:list_add",
    "districts:list_row_new",
    "districts:list_row_added",
    "districts:list_dispute",
    "districts:claim",
    "districts:claim_file",
    "districts:narrative_new",
    "districts:narrative",
    "districts:narrative_versions",
    "districts:workbook",
    "districts:workbook_file",
    "districts:workbook_marked",
    "districts:workbook_accept",
    "districts:workbook_discard",
    "intake:list_file",
    "intake:start",
    "intake:import",
    "intake:cancel",
    "intake:table",
    "intake:row",
    "intake:organisations",
    "intake:organisation",
    "intake:unedit",
    "intake:compare",
    "intake:accept",
    "intake:undo",
}

# allauth's own pages: signing in is open, the rest needs a signed-in person.
OPEN_ACCOUNTS = {
    "account_login": {ANONYMOUS: 200, "others": 302},
    "account_logout": {ANONYMOUS: 302, "others": 200},
    "account_inactive": {ANONYMOUS: 200, "others": 200},
    # Nobody sets a first password himself.
    "account_set_password": {ANONYMOUS: 403, "others": 403},
    # Without a sign-in under way there is nothing to confirm.
    "mfa_authenticate": {ANONYMOUS: 302, "others": 302},
}
OWN_ACCOUNT = {
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
}

# The administration site: the administrator alone; 302 leads anonymous to sign in.
ADMIN_PREFIX = "admin:"
ADMIN_MODELS = (
    "accounts_user",
    "accounts_bureau",
    "registry_district",
    "registry_reportingyear",
    "registry_noticerule",
    "registry_formversion",
    "districts_derivation",
    "registry_reportingterm",
    "registry_calendarday",
    "registry_indicator",
    "registry_indicatorversion",
    "registry_organisation",
    "registry_organisationname",
    "registry_indicatorrelation",
    "registry_truthstatement",
    "registry_narrativelimit",
)
ADMIN = {
    "admin:index",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "admin:autocomplete",
    "admin:jsi18n",
    "admin:view_on_site",
    "admin:auth_user_password_change",
    "admin:app_list",
    "admin:admin/(?P<url>.*)$",
    *(
        f"admin:{model}_{page}"
        for model in ADMIN_MODELS
        for page in ("changelist", "add", "history", "delete", "change")
    ),
}

NAMED = {
    *PUBLIC,
    *PUBLIC_OF_CASE,
    *LIKE_AWARDS,
    *DESK_PAGES,
    *BY_TOKEN,
    "intake-api:api/intake/v1/^(?P<rest>.*)$",
    *DESK_OF_CASE,
    *OPEN_ACCOUNTS,
    *OWN_ACCOUNT,
    *ADMIN,
}
