"""Rules of a return: one function, one file, one test each. A rule reads and never writes."""

from apps.districts.checks.figure_told_twice import figure_told_twice
from apps.districts.checks.forecast_in_a_closed_year import forecast_in_a_closed_year
from apps.districts.checks.narrative_missing import narrative_missing
from apps.districts.checks.negative_count import negative_count
from apps.districts.checks.unit_not_in_dictionary import unit_not_in_dictionary
from apps.districts.checks.unlike_last_year import unlike_last_year

FIGURE_CHECKS = (
    figure_told_twice,
    forecast_in_a_closed_year,
    negative_count,
    unit_not_in_dictionary,
    unlike_last_year,
)
RETURN_CHECKS = (*FIGURE_CHECKS, narrative_missing)
