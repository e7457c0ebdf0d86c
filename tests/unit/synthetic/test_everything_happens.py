"""Each kind of home, each event that a measure counts and each awkward truth happens, small as the run may be."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from generated_run import Run

from pipelines.project_files import dbt_project

DAY_28 = timedelta(days=28)


def codes(name: str) -> set[str]:
    """Codes of a list."""
    seed = pl.read_csv(dbt_project() / "seeds" / "codes" / f"{name}.csv", infer_schema=False)
    return set(seed["code"])


def test_every_kind_of_home_is_recorded(three_hundred: Run) -> None:
    snapshots = set(three_hundred.accepted("ssd_care_leavers")["clea_care_leaver_accommodation"].drop_nulls())
    forms = set(three_hundred.accepted("accommodation")["accommodation_code"].drop_nulls())
    tenures = set(three_hundred.accepted("accommodation")["tenure"].drop_nulls())

    assert snapshots | forms >= codes("accommodation") - {"H"}  # deportation is rarer than one in six hundred
    assert tenures == codes("tenure")


def test_every_status_and_most_activities_are_recorded(three_hundred: Run) -> None:
    rows = three_hundred.accepted("ssd_care_leavers")

    assert set(rows["clea_care_leaver_eligibility"].drop_nulls()) == codes("eligibility")
    assert set(rows["clea_care_leaver_in_touch"].drop_nulls()) >= codes("in_touch") - {"DIED"}
    assert set(rows["clea_care_leaver_activity"].drop_nulls()) >= codes("activity") - {"0", "P1", "P4", "F3", "P3"}


def test_lettings_of_known_people_come_by_every_route_in_both_counties(three_hundred: Run) -> None:
    offers = three_hundred.latest("offers", "offer_ref").filter(pl.col("person").is_not_null())
    let = offers.filter((pl.col("response") == "accepted") & pl.col("tenancy_start").is_not_null())

    assert set(let["route"].drop_nulls()) == codes("letting_route")
    assert set(let["needs_type"].drop_nulls()) >= {"general_needs", "supported"}
    assert set(let["person"].str.head(4)) == {"kent", "lanc"}
    assert set(offers["response"].drop_nulls()) == codes("offer_response")


def test_homelessness_of_known_people_goes_every_way_that_a_measure_counts(three_hundred: Run) -> None:
    cases = three_hundred.latest("cases", "case_ref").filter(pl.col("person").is_not_null())

    assert {"threatened", "already_homeless"} <= set(cases["initial_assessment"].drop_nulls())
    assert cases["initial_assessment"].is_null().any()
    assert "secured_alternative" in set(cases["prevention_end_reason"])
    assert {"secured", "expired_56_days"} <= set(cases["relief_end_reason"])
    assert "accepted" in set(cases["main_duty_decision"])
    assert set(cases["person"].str.head(4)) == {"kent", "lanc"}


def test_bed_and_breakfast_of_both_tiers_in_both_counties(three_hundred: Run) -> None:
    placements = three_hundred.latest("placements", "case_ref", "placement_ref")
    district = placements.filter(pl.col("person").is_not_null() & (pl.col("accommodation_type") == "bed_and_breakfast"))
    forms = three_hundred.latest("accommodation", "record_id").filter(pl.col("accommodation_code") == "W")

    assert set(district["person"].str.head(4)) == {"kent", "lanc"}
    assert district.height >= 10
    assert {"county", "district"} <= set(forms["placed_by"])


def test_cases_are_reopened_and_people_apply_in_two_districts(three_hundred: Run) -> None:
    cases = three_hundred.latest("cases", "case_ref").filter(pl.col("person").is_not_null())
    districts = cases.group_by("person").agg(pl.col("sender").n_unique())
    origins = cases.filter(pl.col("reopened_from").is_not_null()).join(
        cases, left_on=["sender", "person", "reopened_from"], right_on=["sender", "person", "case_ref"], how="semi"
    )

    assert origins.height >= 1
    assert (districts["sender"] > 1).any()


def test_a_letting_meets_a_form_spell_within_and_beyond_28_days(three_hundred: Run) -> None:
    let = three_hundred.latest("offers", "offer_ref").filter(pl.col("tenancy_start").is_not_null())
    spells = three_hundred.latest("accommodation", "record_id").filter(pl.col("accommodation_code") == "U")
    apart = let.join(spells, on="person").select((pl.col("tenancy_start") - pl.col("start_date")).dt.total_days().abs())
    days = apart.to_series()

    assert (days == 0).any()
    assert days.is_between(1, 28).any()


def test_the_turn_of_the_year_both_sides(three_hundred: Run) -> None:
    homes = pl.read_parquet(three_hundred.truth / "lives" / "homes.parquet")
    starts = homes["start"]

    for month, day in ((3, 31), (4, 1)):
        assert ((starts.dt.month() == month) & (starts.dt.day() == day)).sum() > (starts.len() / 365)


def test_forms_are_corrected_and_withdrawn(three_hundred: Run) -> None:
    forms = three_hundred.accepted("accommodation")
    told = pl.col("start_date", "accommodation_code").n_unique()
    starts = forms.group_by("sender", "record_id").agg(told)

    assert forms["withdrawn"].any()
    assert ((starts["start_date"] > 1) | (starts["accommodation_code"] > 1)).any()


def test_looked_after_placements_vanish_or_change_their_start(three_hundred: Run) -> None:
    rows = three_hundred.accepted("ssd_cla_placement")
    starts = rows.group_by("sender", "clap_cla_placement_id").agg(pl.col("clap_cla_placement_start_date").n_unique())
    by_id = rows.group_by("sender", "clap_cla_placement_id", "person").agg(pl.col("data_date").max())
    latest_of_person = rows.group_by("person").agg(pl.col("data_date").max().alias("last"))

    assert (starts["clap_cla_placement_start_date"] > 1).any()
    assert by_id.join(latest_of_person, on="person").filter(pl.col("data_date") < pl.col("last")).height > 0


def test_spells_and_lettings_reach_the_files_late(three_hundred: Run) -> None:
    homes = pl.read_parquet(three_hundred.truth / "lives" / "homes.parquet").filter(pl.col("came_by") != "crisis")
    lag = (homes["recorded"] - homes["start"]).dt.total_days()

    assert 0.07 < (lag > 7).mean() < 0.13
    assert lag.max() <= 60


def test_people_leave_the_snapshots_at_25(three_hundred: Run) -> None:
    rows = three_hundred.accepted("ssd_person").join(three_hundred.people, on="person")
    months = rows["data_date"].unique().sort()
    seen = rows.group_by("person", "date_of_birth").agg(pl.col("data_date").max())
    gone = seen.filter(pl.col("data_date") < months[-1])

    assert gone.height > 10
    assert rows.filter(pl.col("data_date") >= pl.col("date_of_birth").dt.offset_by("25y1d")).is_empty()


def test_some_are_born_on_29_february_and_some_known_to_both_counties(three_hundred: Run) -> None:
    born = three_hundred.people["date_of_birth"]
    counties = three_hundred.people.group_by("person").agg(pl.col("authority").n_unique())

    assert ((born.dt.month() == 2) & (born.dt.day() == 29)).sum() >= 2
    assert (counties["authority"] == 2).any()


def test_several_rows_a_person_and_new_row_ids_in_each_snapshot(three_hundred: Run) -> None:
    rows = three_hundred.accepted("ssd_care_leavers")
    a_snapshot = rows.filter(pl.col("data_date") == date(2026, 9, 30))
    the_one_before = rows.filter(pl.col("data_date") == date(2026, 8, 31))

    assert a_snapshot["clea_person_id"].n_unique() < a_snapshot.height
    assert not set(a_snapshot["clea_table_id"]) & set(the_one_before["clea_table_id"])


def test_every_id_application_and_case_has_its_link(three_hundred: Run) -> None:
    links = three_hundred.links
    keys = {"case_system": ("ssd_person", "pers_person_id"), "lettings": ("applications", "application_ref")}
    keys["homelessness"] = ("cases", "case_ref")

    assert links.filter(pl.col("person").is_null() != pl.col("authority").is_null()).is_empty()
    for family, (table, ref) in keys.items():
        rows = three_hundred.accepted(table).select("sender", pl.col(ref).alias("source_ref"), "person").unique()
        known = links.filter(pl.col("family") == family).select("sender", "source_ref", "person")
        assert known.select("sender", "source_ref").is_unique().all()
        assert rows.join(known, on=["sender", "source_ref", "person"], nulls_equal=True, how="anti").is_empty()


def test_overlapping_placements(three_hundred: Run) -> None:
    stays = three_hundred.latest("placements", "case_ref", "placement_ref").drop_nulls(["exit_on"])
    pairs = stays.join(stays, on=["sender", "case_ref"]).filter(
        (pl.col("placement_ref") < pl.col("placement_ref_right"))
        & (pl.col("entry_on_right") < pl.col("exit_on"))
        & (pl.col("entry_on") < pl.col("exit_on_right"))
    )

    assert pairs.height >= 1
