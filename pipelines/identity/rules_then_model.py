"""The linker of the pipeline: exact rules first, the model for what they leave open, people for what neither settles.

What belongs here: the order of the two, and what a score leads to. What does not: the rules (`rules`), the model
(`model`, `comparisons`), what people decide (`decisions`).
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass

import duckdb
import polars as pl

from pipelines.identity.comparisons import COUNTY_MODEL, NEVER_ALONE
from pipelines.identity.evidence import gather_evidence
from pipelines.identity.exact_rules import ask_the_rules, confirm_by_ni_number, withdraw_contradicted
from pipelines.identity.model import Predictor, Scores, predict_here, score
from pipelines.identity.model_tables import PERSON_SIDE, RECORD_SIDE, fill_model_tables
from pipelines.identity.second_ids import compare_ids

MODEL, REVIEW = "model", "review"
CANDIDATES_KEPT = 3
# Pairs below this weight (odds of 1 to 1,000) change no decision.
LEAST_WEIGHT = -10.0


@dataclass(frozen=True)
class Thresholds:
    """From which probability (0 to 1) a record is linked by the model, and from which a person is asked.

    `docs/identity.md` shows what other thresholds would give.
    """

    link: float = 0.95
    review: float = 0.2


class RulesThenModel:
    """Exact rules, then Splink; see `rules.RULES` and `comparisons.COUNTY_MODEL`.

    Methods of a decision are those of `ExactRules`, and `model` (linked, with a probability), `review` (people are
    asked, with the probability of the likeliest person) or `no_match`.

    An application or a case belongs to one person at most, and a person may have many: a record's probabilities over
    all its candidates and "somebody else" add up to 1. So of two candidates who are equally alike neither is linked.
    """

    name = "rules_then_model"

    def __init__(
        self, thresholds: Thresholds | None = None, threads: int | None = None, predict: Predictor = predict_here
    ) -> None:
        self.thresholds = thresholds or Thresholds()
        self._threads = threads or os.cpu_count() or 1
        self._predict = predict

    def same_person(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return pairs of ids of one person, and put those that people must judge on the list (`second_ids`)."""
        compare_ids(connection)
        connection.execute(
            """
            insert into linkage_id_candidate
            select authority, person_id, other_authority, other_person_id, reason
            from linkage_id_pair
            where verdict = 'review'
            """
        )
        return connection.sql(
            """
            select authority, person_id, other_authority, other_person_id
            from linkage_id_pair
            where verdict = 'same'
            """
        )

    def decide(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Return each record's person by rule, by model, or the wish to ask; see `Linker.decide`."""
        gather_evidence(connection)
        ask_the_rules(connection)
        withdraw_contradicted(connection)
        confirm_by_ni_number(connection)
        self._score_the_rest(connection)
        self._decide_by_score(connection)
        return connection.sql("select record, person, method, probability from linkage_decision")

    def _score_the_rest(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make `linkage_scored (record, person, weight, …)`: each candidate's best pair of names and birthdays."""
        with closing(duckdb.connect()) as database:
            database.execute(f"set threads = {self._threads}")
            fill_model_tables(connection, database)
            scores = score(
                database,
                COUNTY_MODEL,
                left=PERSON_SIDE,
                right=RECORD_SIDE,
                least_weight=LEAST_WEIGHT,
                predict=self._predict,
            )
            _bring_scores(connection, database, scores)
        connection.register(
            "linkage_estimates",
            pl.DataFrame(
                [(one.comparison, one.level, one.rank, one.m, one.u, one.weight) for one in scores.parameters]
                + [("prior", "two records drawn at random", 0, None, None, scores.prior_weight)],
                {
                    "comparison": pl.String,
                    "level": pl.String,
                    "rank": pl.Int64,
                    "m": pl.Float64,
                    "u": pl.Float64,
                    "weight": pl.Float64,
                },
                orient="row",
            ),
        )
        connection.execute("insert into linkage_parameter select * from linkage_estimates")
        connection.unregister("linkage_estimates")

    def _decide_by_score(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Add the model's decisions to `linkage_decision`, and the candidates with their reasons."""
        guarded = ", ".join(f"'{level}'" for level in NEVER_ALONE)
        connection.execute(
            f"""
            insert into linkage_candidate
            with odds as (
                select record, person, weight, least(pow(2, weight), 1e15) as odds
                from linkage_scored
                anti join linkage_barred using (record, person)
            ),
            shares as (
                select record, person, weight,
                    round(odds / (1 + sum(odds order by person) over (partition by record)), 6) as probability
                from odds
            )
            select
                record, person, row_number() over (partition by record order by weight desc, person) as place, weight,
                probability
            from shares
            qualify place <= {CANDIDATES_KEPT}
            """
        )
        connection.execute(
            f"""
            create or replace temp table linkage_modelled as
            with judged as (
                select
                    record, person, probability,
                    probability >= {self.thresholds.link} and name_level not in ({guarded})
                        and record not in (select record from linkage_open) as certain
                from linkage_candidate
                inner join linkage_scored using (record, person)
                where place = 1
            )
            select
                candidate.record,
                case when certain then candidate.person end as person,
                case when certain then '{MODEL}' else '{REVIEW}' end as method,
                candidate.probability
            from judged as candidate
            left join linkage_decision using (record)
            where linkage_decision.person is null and candidate.probability >= {self.thresholds.review}
            """
        )
        connection.execute("delete from linkage_decision where record in (select record from linkage_modelled)")
        connection.execute(
            "insert into linkage_decision select record, person, method, probability, false from linkage_modelled"
        )
        confirm_by_ni_number(connection)
        connection.execute(
            f"""
            delete from linkage_candidate
            where record not in (select record from linkage_decision where method in ('{MODEL}', '{REVIEW}'))
                and record not in (select record from linkage_open)
            """
        )
        _give_reasons(connection)


def _bring_scores(connection: duckdb.DuckDBPyConnection, database: duckdb.DuckDBPyConnection, scores: Scores) -> None:
    """Make `linkage_scored`: of all names and birthdays that a person has held, the pair that agrees best."""
    scores.pairs.create_view("scored_pairs")
    parts = ", ".join(f"gamma_{one.name}, mw_{one.name}" for one in COUNTY_MODEL.comparisons)
    best = database.sql(
        f"""
        select {RECORD_SIDE}.owner as record, {PERSON_SIDE}.owner as person, weight, {parts}
        from scored_pairs
        inner join {PERSON_SIDE} on {PERSON_SIDE}.unique_id = left_id
        inner join {RECORD_SIDE} on {RECORD_SIDE}.unique_id = right_id
        qualify row_number() over (partition by record, person order by weight desc, left_id) = 1
        order by record, person
        """
    ).to_arrow_table()
    connection.register("linkage_best", best)
    levels = " ".join(
        f"when gamma_name = {one.rank} then '{one.level}'" for one in scores.parameters if one.comparison == "name"
    )
    connection.execute(
        f"""
        create or replace temp table linkage_scored as
        select *, case {levels} else 'not known' end as name_level
        from linkage_best
        """
    )
    connection.unregister("linkage_best")


def _give_reasons(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill `linkage_reason`: from the weight of chance, one step per comparison, to the candidate's weight."""
    steps = " union all ".join(
        f"select record, person, {step} as step, '{one.name}' as comparison, gamma_{one.name} as rank, "
        f"mw_{one.name} as weight from linkage_scored"
        for step, one in enumerate(COUNTY_MODEL.comparisons, start=1)
    )
    connection.execute(
        f"""
        insert into linkage_reason
        with steps as (
            select record, person, 0 as step, 'prior' as comparison, 0 as rank,
                (select weight from linkage_parameter where comparison = 'prior') as weight
            from linkage_scored
            union all
            {steps}
        )
        select record, person, step, steps.comparison, coalesce(level, 'not known'), steps.weight
        from steps
        semi join linkage_candidate using (record, person)
        left join linkage_parameter
            on linkage_parameter.comparison = steps.comparison and linkage_parameter.rank = steps.rank
        """
    )
