"""Which measures there are and how each is added up.

What belongs here: readings 33, 45 to 47 and the ends of 50 to 74 as lists. What does not: titles, clauses and the
values of breakdowns, which the seeds hold.
"""

from __future__ import annotations

from dataclasses import dataclass

FLOW, STOCK, NIGHTS, SPAN, DURATION, SHARE, FORECAST = (
    "flow",
    "stock",
    "nights",
    "span",
    "duration",
    "share",
    "forecast",
)
TOTAL = "total"
COMMON = ("age_band", "eligibility", "former_uasc", "sex", "ethnic_group", "disability", "home_area")

STATISTICS = {
    FLOW: ("people", "events"),
    STOCK: ("people",),
    NIGHTS: ("nights", "people"),
    SPAN: ("people",),
    DURATION: ("median", "p90", "events", "people"),
    SHARE: ("share", "events", "people"),
    FORECAST: ("people", "events"),
}
QUARTERS_AND_YEARS = ("quarter", "ytd", "rolling_4q")


@dataclass(frozen=True)
class Measure:
    """How a measure is added up; `own` are its breakdowns beside the common ones."""

    counted_as: str
    own: tuple[str, ...] = ()
    about_people: bool = True
    monthly: bool = False
    on_quarter_ends: bool = False
    """Of a share: whether its rows are a stock's."""
    with_events: bool = False
    """Of a stock: whether it lists events, which are applications."""
    counts_only: frozenset[str] = frozenset()
    """Breakdowns for which share, median and p90 are not listed."""
    as_found: frozenset[str] = frozenset()
    """Breakdowns of which the county row lists only values that occur."""

    @property
    def is_stock(self) -> bool:
        """Whether its rows stand on the last days of periods."""
        return self.counted_as == STOCK or self.on_quarter_ends

    @property
    def period_kinds(self) -> tuple[str, ...]:
        """The kinds of period that it lists (reading 46)."""
        kinds = ("quarter",) if self.is_stock or self.counted_as == FORECAST else QUARTERS_AND_YEARS
        return (*kinds, "month") if self.monthly else kinds

    @property
    def breakdowns(self) -> tuple[str, ...]:
        """Its breakdowns beside the total (reading 47)."""
        return (*COMMON, *self.own) if self.about_people else self.own

    def statistics(self, breakdown: str) -> tuple[str, ...]:
        """What is listed for a breakdown (readings 45, 47 and 72, ambiguities P8 and P9)."""
        listed = STATISTICS[self.counted_as] + (("events",) if self.with_events else ())
        if not self.about_people:
            listed = tuple(name for name in listed if name != "people")
        plain = breakdown in self.counts_only
        if self.counted_as == DURATION:
            plain = breakdown != "counted_from"
        return tuple(name for name in listed if name in {"events", "people"}) if plain else listed


def _flow(*own: str) -> Measure:
    return Measure(FLOW, own)


def _stock(*own: str) -> Measure:
    return Measure(STOCK, own)


def _share_on_quarter_ends(*own: str, counts_only: frozenset[str] = frozenset()) -> Measure:
    return Measure(SHARE, own, on_quarter_ends=True, counts_only=counts_only)


MEASURES = {
    "private_sector_moves": _flow("agreement"),
    "supported_moves": _flow("agreement"),
    "social_moves": _flow("agreement", "route", "scheme"),
    "tenure_not_known_moves": _flow("agreement"),
    "student_home_moves": _flow("agreement"),
    "homeless_presentations": _flow("agreement", "category"),
    "homeless_presentations_case_system_only": _flow("agreement"),
    "bnb_nights": Measure(NIGHTS, ("agreement", "tier", "ordinal"), monthly=True),
    "bnb_stays": Measure(FLOW, ("agreement", "tier", "ordinal"), monthly=True),
    "bnb_people": Measure(SPAN, ("agreement", "tier", "ordinal"), monthly=True),
    "bnb_now": Measure(STOCK, ("agreement", "tier"), monthly=True),
    "bnb_over_limit": Measure(
        FLOW, ("agreement", "tier", "ordinal", "limit_nights", "dependent_children"), monthly=True
    ),
    "temporary_accommodation_nights": Measure(NIGHTS, ("agreement", "tier", "placement_type")),
    "temporary_accommodation_now": _stock("tier", "placement_type"),
    "no_fixed_abode_nights": Measure(NIGHTS, monthly=True),
    "no_fixed_abode_now": Measure(STOCK, monthly=True),
    "accommodation_now": _stock("kind_of_home", "suitability"),
    "days_to_home": Measure(DURATION, ("counted_from",)),
    "days_to_home_still_waiting": _stock("days_waiting"),
    "tenancies_sustained": Measure(
        SHARE, ("months_after", "outcome", "kind_of_home"), counts_only=frozenset({"outcome"})
    ),
    "tenancies_ended": _flow("reason", "kind_of_home"),
    "settled_12_months": _share_on_quarter_ends("kind_of_home"),
    "addresses_since_leaving": _share_on_quarter_ends("homes_begun", counts_only=frozenset({"homes_begun"})),
    "staying_put_share": _share_on_quarter_ends(),
    "ready_and_waiting": _stock("days_waiting"),
    "homeless_from_care": _flow("care_reason", "category"),
    "presenters_without_adviser": _flow("category"),
    "duties_owed": _flow("duty"),
    "duty_outcomes": Measure(FLOW, ("duty", "outcome", "into_private_sector"), as_found=frozenset({"outcome"})),
    "no_priority_need": _flow(),
    "duties_ended_for_refusal": _flow("duty", "refusal"),
    "intentional_decisions": _flow("told_before"),
    "on_register": Measure(
        STOCK,
        ("scheme", "band", "rank", "at_care_leaver_band", "bedroom_need"),
        with_events=True,
        as_found=frozenset({"band", "rank"}),
    ),
    "flagged_on_register": _share_on_quarter_ends("scheme"),
    "adviser_named_on_register": _share_on_quarter_ends("scheme"),
    "bidding_people": _flow("scheme"),
    "direct_offers": _flow("scheme"),
    "offers_refused": _flow("scheme", "reasonable"),
    "backdated_registrations": _flow("scheme"),
    "agency_assessments": _flow(),
    "other_area_registrations": _flow("registration", "since_tests_lifted"),
    "other_authority_care_leavers": Measure(FLOW, ("whose", "register"), about_people=False),
    "in_touch": _stock("in_touch", "last_contact"),
    "turning_18": Measure(FORECAST, ("planned_destination",)),
    "releases_with_address": Measure(SHARE),
    "second_chances": _flow("outcome", "rebanded", "arrears_plan"),
    "breakdown_alerts": _flow("severity", "raised_by", "resolution"),
    "home_survey_share": Measure(SHARE),
    "home_survey_feels_safe": Measure(SHARE),
    "home_survey_rates_positively": Measure(SHARE),
    "escalations": _flow("stage_reached", "resolution"),
    "protocol_coverage": Measure(SHARE, about_people=False, on_quarter_ends=True),
    "partner_returns_received": Measure(SHARE, about_people=False, on_quarter_ends=True),
}
"""Every measure that is no obligation."""

OBLIGATION_IDS = (
    "pathway_plan_review",
    "housing_contact_before_leaving",
    "consent_recorded",
    "landlord_consent",
    "identity_documents",
    "tenancy_training",
    "adviser_at_viewing",
    "risk_meeting",
    "panel_at_16",
    "panel_before_release",
    "housing_options_meeting",
    "register_application",
    "both_registers",
    "host_authority_approached",
    "plan_shared",
    "register_renewed",
    "top_band",
    "duty_to_refer",
    "personal_housing_plan",
    "bnb_approval",
    "bnb_told_adviser",
    "bnb_move_on",
    "resettlement_review",
    "intentionality_notice",
    "spoc_named",
    "protocol_review",
)
_ABOUT_NOBODY = {"spoc_named", "protocol_review"}

ALL = MEASURES | {
    obligation_id: Measure(
        SHARE,
        ("obligation_status",),
        about_people=obligation_id not in _ABOUT_NOBODY,
        counts_only=frozenset({"obligation_status"}),
    )
    for obligation_id in OBLIGATION_IDS
}
"""Every measure, obligations among them (reading 74)."""
