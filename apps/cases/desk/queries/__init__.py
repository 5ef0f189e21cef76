"""What the desk asks: a person's work, the cases in his scope, their rows and their history.

Everything starts from ``revisions_for``; what is not in it does not exist for the person.
"""

from apps.cases.desk.queries.findings import findings_of as findings_of
from apps.cases.desk.queries.findings import open_findings_of as open_findings_of
from apps.cases.desk.queries.findings import thread_of as thread_of
from apps.cases.desk.queries.findings import titles_of_findings as titles_of_findings
from apps.cases.desk.queries.revisions import DESK_ROLES as DESK_ROLES
from apps.cases.desk.queries.revisions import PEOPLE as PEOPLE
from apps.cases.desk.queries.revisions import Missing as Missing
from apps.cases.desk.queries.revisions import bureaus_with_cases as bureaus_with_cases
from apps.cases.desk.queries.revisions import due_on as due_on
from apps.cases.desk.queries.revisions import find_revision as find_revision
from apps.cases.desk.queries.revisions import kinds_filled_by as kinds_filled_by
from apps.cases.desk.queries.revisions import latest_revisions as latest_revisions
from apps.cases.desk.queries.revisions import missing_cases as missing_cases
from apps.cases.desk.queries.revisions import notice_days as notice_days
from apps.cases.desk.queries.revisions import notifications_for as notifications_for
from apps.cases.desk.queries.revisions import recent_events as recent_events
from apps.cases.desk.queries.revisions import reporting_years as reporting_years
from apps.cases.desk.queries.revisions import revisions_for as revisions_for
from apps.cases.desk.queries.revisions import to_publish as to_publish
from apps.cases.desk.queries.revisions import visible_revisions as visible_revisions
from apps.cases.desk.queries.revisions import waiting_for as waiting_for
from apps.cases.desk.queries.revisions import years_with_cases as years_with_cases
from apps.cases.desk.queries.rows import file_count as file_count
from apps.cases.desk.queries.rows import files_of_rows as files_of_rows
from apps.cases.desk.queries.rows import find_row as find_row
from apps.cases.desk.queries.rows import history_of_row as history_of_row
from apps.cases.desk.queries.rows import is_removed as is_removed
from apps.cases.desk.queries.rows import people_by_id as people_by_id
from apps.cases.desk.queries.rows import removed_rows as removed_rows
from apps.cases.desk.queries.rows import row_counts as row_counts
from apps.cases.desk.queries.rows import row_titles as row_titles
from apps.cases.desk.queries.rows import rows_and_named as rows_and_named
from apps.cases.desk.queries.rows import rows_of as rows_of
from apps.cases.desk.queries.rows import with_relations as with_relations
