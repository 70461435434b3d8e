"""What a source said, as JSON that can be kept, and read back as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import polars as pl
from msgspec import Struct

from cimkit.checks.contract import FINDING_ROWS, no_rows
from cimkit.errors import CimkitError
from cimkit.report.model import SUBJECTS, SourceSummary, Verdict
from cimkit.run.across import AcrossRun
from cimkit.run.assemble import SourceJudgements
from cimkit.run.cache import AnswerCache, cimkit_state, key_of
from cimkit.run.engine import Judgement
from cimkit.run.looking import Look, Looked, Plan
from cimkit.run.lookups import Lookups
from cimkit.sources.source import Source

__all__ = ["Keeper"]

#: Smaller sources are checked faster than their digest, the packs' and the kept answer are read.
_WORTH_KEEPING = 1_000_000
#: What a source could not be read for today, it may be tomorrow.
_PASSING = frozenset({"sources.unreadable", "sources.out_of_memory", "sources.not_found"})
_PEOPLE = {"sid": pl.Int32, **SUBJECTS}


class Keeper(Struct, frozen=True):
    """Finds and keeps what the sources of one run said. asked: digest of all that was asked of them."""

    cache: AnswerCache
    look: Look
    asked: str

    @classmethod
    def of(cls, look: Look, cache: AnswerCache | None) -> Keeper | None:
        """None where nothing is to be kept: no cache, pictures wanted, or someone who must see the facts themselves."""
        if cache is None or look.pictures or look.across is not None:
            return None
        noted = "" if look.noter is None else look.noter.key
        if noted is None:
            return None
        try:
            return cls(cache, look, _asked(look.plan, look.lang, f"{look.limits.depth} {noted}"))
        except (CimkitError, TypeError):
            return None  # a pack that can't be read says so elsewhere; a parameter that is no JSON has no digest

    def find(self, source: Source, index: int) -> Looked | None:
        """What the source said when it was asked the same before. index: its place in this run."""
        key = self._key(source)
        kept = self.cache.find(key) if key is not None else None
        if kept is None:
            return None
        try:
            return _read(kept, index, self.look.plan)
        except (LookupError, TypeError, ValueError, pl.exceptions.PolarsError):
            return None  # of another make

    def keep(self, source: Source, looked: Looked) -> None:
        """Keep it for the next run, unless it may be another then: other files have a say in it, which may change by
        themselves, or it left too much for rules across sources."""
        told = looked.summary.facts
        if looked.faults or looked.summary.error_key in _PASSING or "textures" in told:
            return
        if not looked.pairs.is_empty:
            from cimkit.run.across_keeping import is_worth_keeping

            if not is_worth_keeping(looked.pairs):
                return
        key = self._key(source, looked.summary.sha256)
        if key is not None:
            self.cache.keep(key, _written(looked))

    def _key(self, source: Source, digest: str | None = None) -> str | None:
        if source.error is not None or source.address is not None or (source.size or 0) < _WORTH_KEEPING:
            return None
        try:
            digest = digest or source.digest(self.look.limits)
        except CimkitError:
            return None
        return key_of(asked=self.asked, name=source.name, sha256=digest, format=source.format)


def _asked(plan: Plan, lang: str, depth: str) -> str:
    from cimkit.rules.load import pack_digests

    packs = []
    for pack in plan.packs:
        folder = getattr(pack, "folder", None)
        packs.append([pack.id, pack.sha256, pack_digests(folder) if folder is not None else []])
    return key_of(
        cimkit=cimkit_state(),
        lang=lang,
        depth=depth,
        packs=packs,
        parameters=plan.parameters,
        settings=dict(plan.settings),
        ids=[[ids["path"], ids["sha256"]] for ids in plan.ids],
        rules=[(rule.pack, rule.code, str(rule.severity)) for rule in plan.rules],
        formats={pack: sorted(formats) for pack, formats in plan.formats.items()},
        stage=plan.stage,
    )


def _written(looked: Looked) -> bytes:
    from cimkit.report.formats.json import as_bytes

    told = looked.told
    return as_bytes(
        {
            "summary": {each.name: getattr(looked.summary, each.name) for each in fields(SourceSummary)},
            "people": None if told is None else told.people.to_dict(as_series=False),
            "note": looked.note,
            "lookups": looked.lookups.told(),
            "pairs": _pairs(looked.pairs),
            "judgements": [] if told is None else [_judgement(key, one) for key, one in told.judgements.items()],
        }
    )


def _pairs(left: AcrossRun) -> list[dict[str, Any]]:
    if left.is_empty:
        return []
    from cimkit.run.across_keeping import pairs_written

    return pairs_written(left)


def _judgement(key: tuple[str, str], judgement: Judgement) -> dict[str, Any]:
    return {
        "rule": key,
        "verdict": judgement.verdict,
        "applicable": judgement.applicable,
        "failed": judgement.failed,
        "reason": judgement.reason,
        "reason_values": dict(judgement.reason_values),
        "rows": judgement.rows.to_dict(as_series=False) if judgement.rows.height else None,
    }


def _read(kept: Mapping[str, Any], index: int, plan: Plan) -> Looked:
    names = {each.name for each in fields(SourceSummary)}
    given = {name: value for name, value in kept["summary"].items() if name in names}
    verdict = given.pop("verdict")
    summary = SourceSummary(**given, verdict=Verdict(verdict) if verdict else None)
    looked = Looked(summary, None, AcrossRun(plan.missing_parameters))
    looked.note = kept["note"]
    looked.lookups = Lookups.of_told(kept["lookups"], index)
    if kept["pairs"]:
        from cimkit.run.across_keeping import pairs_read

        looked.pairs = pairs_read(kept["pairs"], index, plan.rules, plan.missing_parameters)
    if kept["people"] is not None:
        people = pl.DataFrame(kept["people"], schema=_PEOPLE)
        people = people.with_columns(pl.lit(index, dtype=pl.Int32).alias("source"))
        by_rule = {(str(one["rule"][0]), str(one["rule"][1])): _judged(one) for one in kept["judgements"]}
        looked.told = SourceJudgements(index, by_rule, people)
    return looked


def _judged(kept: Mapping[str, Any]) -> Judgement:
    return Judgement(
        Verdict(kept["verdict"]),
        int(kept["applicable"]),
        int(kept["failed"]),
        no_rows() if kept["rows"] is None else pl.DataFrame(kept["rows"], schema=FINDING_ROWS),
        kept["reason"],
        kept["reason_values"],
    )
