"""Rules of a return: one function, one file, one test each. A rule reads and never writes."""

from collections.abc import Iterator

from apps.cases.kinds import Problem
from apps.cases.models import Revision
from apps.districts.checks.figure_missing import figure_missing
from apps.districts.checks.figure_told_twice import figure_told_twice
from apps.districts.checks.forecast_in_a_closed_year import forecast_in_a_closed_year
from apps.districts.checks.growth_in_words import growth_in_words
from apps.districts.checks.last_year_restated import last_year_restated
from apps.districts.checks.list_claim_without_evidence import list_claim_without_evidence
from apps.districts.checks.list_rows_open import list_rows_open
from apps.districts.checks.narrative_length import narrative_length
from apps.districts.checks.narrative_missing import narrative_missing
from apps.districts.checks.negative_count import negative_count
from apps.districts.checks.number_not_in_figures import number_not_in_figures
from apps.districts.checks.out_of_range import out_of_range
from apps.districts.checks.part_beyond_whole import part_beyond_whole
from apps.districts.checks.quoted_without_source import quoted_without_source
from apps.districts.checks.ratio_unlike_its_parts import ratio_unlike_its_parts
from apps.districts.checks.reading import Reading
from apps.districts.checks.stock_and_flow import stock_and_flow
from apps.districts.checks.sum_of_parts import sum_of_parts
from apps.districts.checks.unit_not_in_dictionary import unit_not_in_dictionary
from apps.districts.checks.unit_slip import unit_slip
from apps.districts.checks.unknown_reference import unknown_reference
from apps.districts.checks.unlike_last_year import unlike_last_year
from apps.districts.checks.valid_certificates import valid_certificates
from apps.districts.checks.wrong_precision import wrong_precision

# What each figure is by itself, what figures are to one another, and to the years before.
FIGURE_RULES = (
    unit_not_in_dictionary,
    wrong_precision,
    negative_count,
    out_of_range,
    quoted_without_source,
    figure_told_twice,
    forecast_in_a_closed_year,
    figure_missing,
    sum_of_parts,
    part_beyond_whole,
    ratio_unlike_its_parts,
    stock_and_flow,
    valid_certificates,
    unlike_last_year,
    unit_slip,
    last_year_restated,
    growth_in_words,
)
RETURN_RULES = (
    *FIGURE_RULES,
    narrative_missing,
    narrative_length,
    unknown_reference,
    number_not_in_figures,
    list_rows_open,
    list_claim_without_evidence,
)


def figure_rules(revision: Revision) -> Iterator[Problem]:
    """Yield what all rules for figures find, from one reading."""
    reading = Reading(revision)
    for rule in FIGURE_RULES:
        yield from rule(reading)


def return_rules(revision: Revision) -> Iterator[Problem]:
    """Yield what all rules of a return find, from one reading."""
    reading = Reading(revision)
    for rule in RETURN_RULES:
        yield from rule(reading)


# One entry each: the reading is shared by the rules of a run and never outlives it.
FIGURE_CHECKS = (figure_rules,)
RETURN_CHECKS = (return_rules,)
