"""The linkage model: Fellegi and Sunter's, estimated by Splink on DuckDB and applied there too, the same on every run.

What belongs here: from two tables, comparisons and blocking to scored pairs and the parameters used. What does not:
which comparisons are made for people (`comparisons`), what a score leads to (`rules_then_model`), scoring on another
engine with the parameters estimated here (`pipelines.scale.scoring`).

Why the same input gives the same scores, with any number of threads:

* the samples for training are taken by a hash of the record's number (Splink 5 does so when given a seed);
* training runs on one thread, because sums of floating-point numbers depend on their order;
* parameters are rounded before they are used, and scores before they are compared with a threshold;
* scoring a pair needs that pair only, so there the threads are free.

Splink on DuckDB gets a database of its own in memory: nothing of it is left in the build.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Any, Protocol

import duckdb

if TYPE_CHECKING:
    from splink import Linker as SplinkLinker

SEED = 20_260_930
# Splink puts the data sets of a pair in the order of their names, and the comparisons have a left and a right side.
LEFT, RIGHT = "a_", "b_"
FEWEST_PAIRS = 50  # fewer teach nothing, and the design's expectations stand
PARAMETER_DIGITS = 6
WEIGHT_DIGITS = 4


@dataclass(frozen=True)
class Level:
    """One way in which two values can agree.

    Attributes:
        name: How results call it.
        condition: SQL on columns with the suffixes `_l` and `_r`; "else" for the last level.
        m: Expected share of this level among pairs of one person, used as a prior of `PRIOR_PAIRS` pairs.
        u: The same among pairs of different people.
        frequency_of: The column whose rarity counts: agreeing on a rare name says more than on a common one.
    """

    name: str
    condition: str
    m: float
    u: float
    frequency_of: str | None = None


@dataclass(frozen=True)
class Comparison:
    """What is compared, and its levels from the strongest agreement to none.

    Attributes:
        name: How results call it.
        missing: SQL for "one side does not say": such a pair counts neither for nor against.
        levels: The levels in the order in which they are asked; shares of m, and of u, add up to 1.
    """

    name: str
    missing: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class ModelDesign:
    """A model before it has seen data.

    Attributes:
        comparisons: What is compared.
        training: Conditions on `l` and `r`, each of which selects pairs among which both kinds are common. The
            comparisons that a condition does not touch are estimated from it.
        blocking_column: The list column of keys; only pairs that share a key are scored.
        expected_share: Share of right-hand records expected to have a partner on the left, for the prior probability.
        prior_pairs: How many pairs the levels' expected shares weigh; they steady the estimate in small data.
        training_pairs: About how many pairs each training session looks at, and the sample for `u`.
    """

    comparisons: tuple[Comparison, ...]
    training: tuple[str, ...]
    blocking_column: str = "block_keys"
    expected_share: float = 0.5
    prior_pairs: int = 200
    training_pairs: int = 1_000_000


@dataclass(frozen=True)
class Parameter:
    """One level as the model used it; `weight` is log2(m / u)."""

    comparison: str
    level: str
    rank: int
    m: float
    u: float
    weight: float


@dataclass(frozen=True)
class Scoring:
    """What is to be scored: the pairs of two tables that share a key.

    Attributes:
        settings: Splink's, of the trained model.
        left: Name of the one table; Splink's name of it has `LEFT` before.
        right: Name of the other; Splink's name of it has `RIGHT` before.
        least_weight: Pairs of a smaller weight are left out.
    """

    settings: dict[str, Any]
    left: str
    right: str
    least_weight: float


# Returns Splink's predictions for a scoring, a relation of the database that holds its two tables.
Predictor = Callable[[duckdb.DuckDBPyConnection, Scoring], duckdb.DuckDBPyRelation]


class Scores(Protocol):
    """What `score` returns."""

    @property
    def pairs(self) -> duckdb.DuckDBPyRelation:
        """`left_id, right_id, weight` and, per comparison, `gamma_<name>` (level) and `mw_<name>` (weight)."""

    @property
    def parameters(self) -> Sequence[Parameter]:
        """Every level."""

    @property
    def prior_weight(self) -> float:
        """log2 of the odds that two records drawn at random are of one person."""


@dataclass(frozen=True)
class _Scores:
    pairs: duckdb.DuckDBPyRelation
    parameters: Sequence[Parameter]
    prior_weight: float


def predict_here(database: duckdb.DuckDBPyConnection, scoring: Scoring) -> duckdb.DuckDBPyRelation:
    """Apply a trained model in the database itself; a `Predictor`."""
    linker = _linker(database, scoring.settings, scoring.left, scoring.right)
    predicted = linker.inference.predict(threshold_match_weight=scoring.least_weight, warning_mode="never")
    return database.table(predicted.physical_name)


def score(  # noqa: PLR0913 - two tables, a model, and what to do with them
    database: duckdb.DuckDBPyConnection,
    design: ModelDesign,
    *,
    left: str,
    right: str,
    least_weight: float,
    predict: Predictor = predict_here,
) -> Scores:
    """Train the design on two tables and score the pairs that share a key.

    Args:
        database: A connection of its own in memory that holds both tables; Splink's tables stay in it.
        design: What is compared, and how.
        left: Name of a table with `unique_id` (integer), the blocking column and every column of the comparisons.
        right: Name of the other table, with the same columns.
        least_weight: Pairs of a smaller weight are left out.
        predict: What scores the pairs; the training is here in any case.

    Returns:
        The scored pairs, a relation of `database`, with the parameters that were used.
    """
    with _quiet_splink():
        trained = _train(database, design, left, right)
        predicted = predict(database, Scoring(trained, left, right, least_weight))
        return _scores(predicted, design, trained, LEFT + left)


def _train(database: duckdb.DuckDBPyConnection, design: ModelDesign, left: str, right: str) -> dict[str, Any]:
    """Return Splink's settings with m and u estimated, blended with the design's expectations, and rounded."""
    threads = database.execute("select current_setting('threads')").fetchone()
    database.execute("set threads = 1")
    try:
        counted = database.execute(f"select (select count(*) from {left}), (select count(*) from {right})").fetchone()
        lefts, rights = counted if counted else (0, 0)
        settings = _settings(design, max(1e-9, min(0.5, design.expected_share / max(1, lefts))))
        if not lefts or not rights:
            return settings
        # What is not observed keeps the design's share, so a small table trains as far as it can.
        linker = _linker(database, settings, left, right)
        # Splink stops early when it has seen enough of every level; in a small table steps cost more.
        steps = 10 if lefts * rights > design.training_pairs else 1
        linker.training.estimate_u_using_random_sampling(max_pairs=design.training_pairs, seed=SEED, num_chunks=steps)
        seen_u = float(min(design.training_pairs, lefts * rights))
        seen_m = 0.0
        for rule in design.training:
            blocked = database.execute(f"select count(*) from {left} as l inner join {right} as r on {rule}").fetchone()
            seen_m += _session(linker, rule, blocked[0] if blocked else 0, design)
        return _blended(settings, linker.misc.save_model_to_json(), design, seen_u, seen_m)
    finally:
        database.execute(f"set threads = {threads[0] if threads else 1}")


def _session(linker: SplinkLinker, rule: str, pairs: int, design: ModelDesign) -> float:
    """Run one training session on the pairs that a rule selects; return about how many of them are of one person."""
    if pairs < FEWEST_PAIRS:
        return 0.0
    from splink.blocking_rule_library import CustomRule  # noqa: PLC0415 - loaded with Splink, when first needed

    session = linker.training.estimate_parameters_using_expectation_maximisation(
        CustomRule(rule),
        estimate_without_term_frequencies=True,
        max_pairs=design.training_pairs,
        record_sample_proportion=1.0,
    )
    share = session.core_model_settings.probability_two_random_records_match
    return float(share) * min(design.training_pairs, pairs)


def _blended(
    design_settings: Mapping[str, Any], trained: Mapping[str, Any], design: ModelDesign, seen_u: float, seen_m: float
) -> dict[str, Any]:
    """Return the design's settings with each share a weighted mean of what was expected and what was estimated."""
    settings = dict(design_settings)
    estimated = {one["output_column_name"]: one["comparison_levels"] for one in trained["comparisons"]}
    comparisons = []
    for comparison in design_settings["comparisons"]:
        levels = [dict(level) for level in comparison["comparison_levels"]]
        asked = [level for level in levels if not level.get("is_null_level")]
        found = [level for level in estimated[comparison["output_column_name"]] if not level.get("is_null_level")]
        for share, seen in (("m_probability", seen_m), ("u_probability", seen_u)):
            mixed = [
                (design.prior_pairs * one[share] + seen * (other.get(share) or 0.0)) / (design.prior_pairs + seen)
                for one, other in zip(asked, found, strict=True)
            ]
            for level, value in zip(asked, mixed, strict=True):
                level[share] = max(10.0**-PARAMETER_DIGITS / 10, round(value / sum(mixed), PARAMETER_DIGITS + 2))
        comparisons.append({**comparison, "comparison_levels": levels})
    settings["comparisons"] = comparisons
    return settings


def _scores(predicted: duckdb.DuckDBPyRelation, design: ModelDesign, settings: Mapping[str, Any], left: str) -> _Scores:
    """Return Splink's pairs with the left record on the left, and every number rounded."""
    parts = ", ".join(
        f"gamma_{one.name}, round(mw_{one.name}{_frequency_term(one)}, {WEIGHT_DIGITS}) as mw_{one.name}"
        for one in design.comparisons
    )
    pairs = predicted.project(
        f"""
        case when source_dataset_l = '{left}' then unique_id_l else unique_id_r end as left_id,
        case when source_dataset_l = '{left}' then unique_id_r else unique_id_l end as right_id,
        round(match_weight, {WEIGHT_DIGITS}) as weight, {parts}
        """
    )
    prior = settings["probability_two_random_records_match"]
    return _Scores(pairs, tuple(_parameters(design, settings)), round(log2(prior / (1 - prior)), WEIGHT_DIGITS))


def _frequency_term(comparison: Comparison) -> str:
    return f" + mw_tf_adj_{comparison.name}" if any(level.frequency_of for level in comparison.levels) else ""


def _parameters(design: ModelDesign, settings: Mapping[str, Any]) -> Iterator[Parameter]:
    for comparison, trained in zip(design.comparisons, settings["comparisons"], strict=True):
        levels = [level for level in trained["comparison_levels"] if not level.get("is_null_level")]
        for rank, (level, found) in enumerate(zip(comparison.levels, levels, strict=True)):
            m, u = found["m_probability"], found["u_probability"]
            # Splink numbers levels from 0, the weakest, upwards: the same number is in `gamma_<comparison>`.
            number = len(levels) - 1 - rank
            yield Parameter(comparison.name, level.name, number, m, u, round(log2(m / u), WEIGHT_DIGITS))


def _settings(design: ModelDesign, prior: float) -> dict[str, Any]:
    """Return the design as Splink's settings."""
    key = design.blocking_column
    return {
        "link_type": "link_only",
        "probability_two_random_records_match": prior,
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "em_convergence": 1e-5,
        "max_iterations": 50,
        "linker_uid": "lasting_homes",
        "blocking_rules_to_generate_predictions": [{"blocking_rule": f"l.{key} = r.{key}", "arrays_to_explode": [key]}],
        "comparisons": [_comparison(one) for one in design.comparisons],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.missing, "label_for_charts": "not known", "is_null_level": True}
    ]
    for level in comparison.levels:
        one: dict[str, Any] = {
            "sql_condition": "ELSE" if level.condition == "else" else level.condition,
            "label_for_charts": level.name,
            "m_probability": level.m,
            "u_probability": level.u,
        }
        if level.frequency_of:
            one["tf_adjustment_column"] = level.frequency_of
            one["disable_tf_exact_match_detection"] = True
        levels.append(one)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _linker(database: duckdb.DuckDBPyConnection, settings: dict[str, Any], left: str, right: str) -> SplinkLinker:
    # Splink takes a second to load, which a command that links nobody need not wait for.
    from splink import DuckDBAPI, SettingsCreator  # noqa: PLC0415
    from splink import Linker as SplinkLinker  # noqa: PLC0415

    api = DuckDBAPI(connection=database)
    frames = [
        api.register(table, dataset_display_name=place + table) for place, table in ((LEFT, left), (RIGHT, right))
    ]
    return SplinkLinker(frames, SettingsCreator.from_path_or_dict(settings), log_level=None, validate_settings=False)


@contextmanager
def _quiet_splink() -> Iterator[None]:
    """Keep Splink's advice on training out of the refresh's output; errors still raise."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            # An SQL parser that Splink can use, not the one it does use, warns of its own retirement when loaded.
            warnings.filterwarnings("ignore", message="sqlglotrs is deprecated", category=DeprecationWarning)
            yield
    finally:
        logger.setLevel(before)
