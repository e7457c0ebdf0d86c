"""Landing in Dagster: one asset per extract table, and the loads that a build may use with the checks on them.

What belongs here: how landing is shown and started. What does not: how a file lands (`pipelines.landing`), how a
delivery is judged (`quality`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines.contracts import Contract, Contracts
from pipelines.landing import Load
from pipelines.refresh import Check, Refresh

ACCEPTED_LOADS = dg.AssetKey(["landing", "accepted_loads"])
USABLE = "usable"
AS_EXPECTED = "as_expected"


def extract_key(contract: Contract) -> dg.AssetKey:
    """Return the asset key of an extract: family, table."""
    return dg.AssetKey([contract.family, contract.table])


def extract_assets(contracts: Contracts, *, pool: str) -> dg.AssetsDefinition:
    """Return the assets that land everything in the inbox in one step: one per extract table, senders as metadata."""
    specs = [
        dg.AssetSpec(
            extract_key(contract),
            description=f"{contract.description}\n\nSent by: {contract.owner}",
            group_name="extracts",
            owners=[f"team:{contract.family}"],
            kinds={"parquet"},
            metadata={"contract": contract.contract_hash, "delivery": contract.delivery},
        )
        for contract in contracts
    ]

    @dg.multi_asset(name="land_inbox", specs=specs, pool=pool)
    def land_inbox(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.MaterializeResult[None]]:
        """Land every file of the inbox that is ready; what cannot be read is kept and reported, the rest goes on."""
        report = refresh.land_inbox()
        for contract in contracts:
            loads = [load for load in report.loads if load.name == contract.name]
            yield dg.MaterializeResult(asset_key=extract_key(contract), metadata=_counts(loads))

    return land_inbox


def accepted_loads_asset(contracts: Contracts, *, pool: str) -> dg.AssetsDefinition:
    """Return the asset of the loads that a build uses, with two checks on every extract.

    `usable` fails when a delivery is held; it does not stop the run, because the build then uses the sender's last
    accepted delivery. `as_expected` only warns.
    """
    checks = [
        dg.AssetCheckSpec(name, asset=extract_key(contract), description=description)
        for contract in contracts
        for name, description in (
            (USABLE, "Every delivery can be believed as a whole; one that cannot is held and its predecessor used."),
            (AS_EXPECTED, "Every delivery looks as its contract expects; the sender is told where it does not."),
        )
    ]
    spec = dg.AssetSpec(
        ACCEPTED_LOADS,
        deps=[extract_key(contract) for contract in contracts],
        description="The deliveries that this build uses: judged, and not held.",
        group_name="landing",
        owners=["team:warehouse"],
        kinds={"parquet", "greatexpectations"},
    )

    @dg.multi_asset(name="judge_loads", specs=[spec], check_specs=checks, pool=pool, allow_arbitrary_check_specs=True)
    def judge_loads(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        """Judge every delivery, record new holds, open the build."""
        loads = refresh.judge_loads()
        for contract in contracts:
            results = refresh.verdict.of_extract(contract.name) if refresh.verdict else []
            for name, severity in ((USABLE, "hold"), (AS_EXPECTED, "warn")):
                yield _check_result(contract, name, [one for one in results if one.severity == severity])
        yield dg.MaterializeResult(
            asset_key=ACCEPTED_LOADS, metadata={**_counts(loads), "held": len(refresh.held_loads), "loads": len(loads)}
        )

    return judge_loads


def _counts(loads: Sequence[Load]) -> dict[str, int | list[str]]:
    return {
        "loads": len(loads),
        "senders": sorted({load.sender for load in loads}),
        "rows_read": sum(load.rows_read for load in loads),
        "rows_accepted": sum(load.rows_accepted for load in loads),
        "rows_rejected": sum(load.rows_rejected for load in loads),
        "cells_refused": sum(load.cells_refused for load in loads),
    }


def _check_result(contract: Contract, name: str, results: Sequence[Check]) -> dg.AssetCheckResult:
    failed = [result.sentence for result in results if not result.success]
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=extract_key(contract),
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if name == USABLE else dg.AssetCheckSeverity.WARN,
        metadata={"checks": sum(result.loads_judged > 0 for result in results), "failed": failed},
    )
