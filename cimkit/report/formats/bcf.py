"""BCF 2.1 (buildingSMART): an issue for each failed rule and model, its elements selected and coloured.

One topic a rule, not one a finding, so that nobody is flooded; the topic says how many findings there are in all. A
topic's GUID comes from rule and file: importing a later report updates the issue. The second element of a finding
(the wall that a door sits in) has a colour of its own. Needs the extra `bcf`.
"""

from __future__ import annotations

import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import IO, Any

import polars as pl

from cimkit.errors import UsageError
from cimkit.report.model import Report, Result, SourceSummary, Verdict
from cimkit.report.outline import by_importance
from cimkit.report.reading import with_messages
from cimkit.report.views import Plan
from cimkit.report.wording import Words, rule_reason

__all__ = ["write"]

_GUIDS = uuid.UUID("5f2f2c9e-0f43-5d0b-9a52-6a1d5f0c7a11")
_GLOBAL_ID = r"^[0-3][0-9A-Za-z_$]{21}$"
_COLOURS = {"error": "FFD92D20", "warning": "FFF79009", "info": "FF2E90FA"}
_RELATED_COLOUR = "FF7A5AF8"
#: Sentences quoted in a topic's comment; the elements themselves are all selected, up to the cap.
_QUOTED = 20
#: What XML 1.0 cannot hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write(report: Report, stream: IO[bytes], max_findings: int) -> None:
    """Write the archive. Raises UsageError when bcf-client is not installed."""
    try:
        from bcf.v2 import model
        from bcf.xml_parser import XmlParserSerializer
    except ImportError as missing:
        raise UsageError("report.extra_missing", format="bcf", extra="bcf") from missing
    maker = _Topics(report, model, max_findings)
    serializer = XmlParserSerializer()
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in maker.files():
            stamped = zipfile.ZipInfo(name, date_time=maker.created.timetuple()[:6])
            stamped.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(stamped, serializer.serialize(content))
    stream.write(made.getvalue())


class _Topics:
    def __init__(self, report: Report, model: Any, max_findings: int) -> None:
        self.report = report
        self.model = model
        self.max_findings = max_findings
        self.words = Words(report.lang)
        self.created = datetime.fromisoformat(report.created)

    def files(self) -> Iterator[tuple[str, Any]]:
        """Names and contents of the archive's files."""
        model = self.model
        yield "bcf.version", model.Version(detailed_version="2.1", version_id="2.1")
        results = by_importance(self.report)
        for result in results:
            if result.verdict is Verdict.FAILED:
                for index, source in enumerate(self.report.sources):
                    rows = result.findings.rows.filter((pl.col("source") == index) & pl.col("state").is_null())
                    if rows.height:
                        yield from self._topic(result, index, source, rows)
        undecided = [result for result in results if result.verdict in (Verdict.MANUAL, Verdict.BLOCKED)]
        if undecided:
            yield from self._undecided(undecided)

    def _topic(
        self, result: Result, index: int, source: SourceSummary, rows: pl.DataFrame
    ) -> Iterator[tuple[str, Any]]:
        words = self.words
        guid = self._guid(result.code, result.pack, source.path)
        frame = with_messages(self.report, result, rows.head(self.max_findings))
        description = [words.local(result.why), words("fix_line", fix=fix) if (fix := words.local(result.fix)) else ""]
        description.append(words("bcf_total", total=words.number(rows.height), path=source.path))
        if rows.height > frame.height:
            description.append(words("capped", shown=words.number(frame.height), total=words.number(rows.height)))
        quoted = frame["message"].head(_QUOTED).to_list()
        if rows.height > len(quoted):
            quoted.append(words("capped", shown=words.number(len(quoted)), total=words.number(rows.height)))
        view = self._view(result, index, frame, guid)
        markup = self.model.Markup(
            header=self.model.Header(file=[self.model.HeaderFile(filename=_clean(source.path), is_external=True)]),
            topic=self._head(
                guid,
                title=f"{result.code} {words.title(result)}",
                description=description,
                labels=[result.code, result.pack, words.known("evidence", result.evidence)],
                kind=words.severity(result.severity),
            ),
            comment=[self._comment(guid, quoted, view)],
            viewpoints=[self.model.ViewPoint(viewpoint="viewpoint.bcfv", guid=view.guid)] if view else [],
        )
        yield f"{guid}/markup.bcf", markup
        if view:
            yield f"{guid}/viewpoint.bcfv", view

    def _undecided(self, results: list[Result]) -> Iterator[tuple[str, Any]]:
        """One topic for all that is left to a person: an archive of failures alone would look as if that were all."""
        words = self.words
        guid = self._guid("undecided", *(source.path for source in self.report.sources))
        lines = [
            f"{words.verdict(result.verdict)} · {result.code} {words.title(result)} {rule_reason(words, result)}"
            for result in results
        ]
        title = words("bcf_undecided", count=len(results))
        topic = self._head(guid, title=title, description=lines, labels=[], kind=words.verdict(Verdict.MANUAL))
        yield f"{guid}/markup.bcf", self.model.Markup(topic=topic)

    def _head(self, guid: str, *, title: str, description: list[str], labels: list[str], kind: str) -> Any:
        return self.model.Topic(
            guid=guid,
            title=_clean(title),
            description=_clean("\n".join(filter(None, description))),
            labels=[_clean(label) for label in labels],
            topic_type=kind,
            topic_status="Open",
            creation_date=self._date(),
            creation_author="cimkit",
            stage=_clean(self.report.stage[0]) or None,
        )

    def _comment(self, topic: str, lines: list[str], view: Any) -> Any:
        return self.model.Comment(
            guid=self._guid(topic, "comment"),
            date=self._date(),
            author="cimkit",
            comment=_clean("\n".join(lines)),
            viewpoint=self.model.CommentViewpoint(guid=view.guid) if view else None,
        )

    def _view(self, result: Result, source: int, frame: pl.DataFrame, topic: str) -> Any:
        """The failing elements selected and coloured; None where no finding names an element."""
        failing = _global_ids(frame["s_id"])
        numbers = frame["related"].drop_nulls().explode().drop_nulls()
        others = (
            self.report.subjects.select(pl.col("id").gather(numbers))["id"]
            if len(numbers)
            else pl.Series("id", [], pl.String)
        )
        related = [key for key in _global_ids(others) if key not in set(failing)]
        if not failing:
            return None
        model = self.model
        colours = [(_COLOURS.get(result.severity, _COLOURS["info"]), failing), (_RELATED_COLOUR, related)]
        return model.VisualizationInfo(
            guid=self._guid(topic, "viewpoint"),
            components=model.Components(
                selection=model.ComponentSelection(component=self._components(failing)),
                visibility=model.ComponentVisibility(default_visibility=True),
                coloring=model.ComponentColoring(
                    color=[
                        model.ComponentColoringColor(color=colour, component=self._components(keys))
                        for colour, keys in colours
                        if keys
                    ]
                ),
            ),
            orthogonal_camera=self._camera(source, set(failing)),
        )

    def _components(self, keys: Iterable[str]) -> list[Any]:
        return [self.model.Component(ifc_guid=key) for key in keys]

    def _camera(self, source: int, keys: set[str]) -> Any:
        """From above on the elements, where a plan knows the place; else the viewer zooms to the selection."""
        points = [
            (*point, plan.elevation or 0.0)
            for plan in self.report.views
            if isinstance(plan, Plan) and plan.source == source
            for outline in plan.outlines
            if outline.id in keys
            for ring in outline.rings
            for point in ring
        ]
        if not points:
            return None
        xs, ys, zs = zip(*points, strict=True)
        model = self.model
        return model.OrthogonalCamera(
            camera_view_point=model.Point(x=(min(xs) + max(xs)) / 2, y=(min(ys) + max(ys)) / 2, z=max(zs) + 50.0),
            camera_direction=model.Direction(x=0.0, y=0.0, z=-1.0),
            camera_up_vector=model.Direction(x=0.0, y=1.0, z=0.0),
            view_to_world_scale=max(max(xs) - min(xs), max(ys) - min(ys), 2.0) * 1.3,
        )

    def _date(self) -> Any:
        from xsdata.models.datatype import XmlDateTime

        return XmlDateTime.from_datetime(self.created)

    def _guid(self, *parts: str) -> str:
        return str(uuid.uuid5(_GUIDS, "\n".join(parts)))


def _global_ids(keys: pl.Series) -> list[str]:
    """Each GlobalId once, in order; keys of other kinds of data are no GlobalIds."""
    return keys.drop_nulls().filter(keys.drop_nulls().str.contains(_GLOBAL_ID)).unique(maintain_order=True).to_list()


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
