"""`project.yaml`: the form as a text file."""

from __future__ import annotations

from typing import Any

from cimkit.errors import PackError, SourceError
from cimkit.projects.form import Form, Record, form_of
from cimkit.rules.marks import MarkedDict, MarkedList, line_of
from cimkit.rules.yaml_reading import parse_yaml

__all__ = ["read_yaml_form"]


def read_yaml_form(content: bytes, file: str) -> Form:
    """The form. Raises SourceError, with the line, for what is no YAML mapping."""
    try:
        data = parse_yaml(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        raise SourceError("projects.form_encoding", file=file, offset=error.start) from error
    except PackError as error:  # the same sentence, but of a source
        raise SourceError(error.key, **error.values) from error
    if not isinstance(data, MarkedDict):
        raise SourceError("projects.form_no_mapping", file=file)
    return form_of(_record(data, file), file, content)


def _record(data: MarkedDict, file: str) -> Record:
    return Record(
        f"{file}:{data.line}",
        ((key, _value(value, file), f"{file}:{line_of(data, key)}") for key, value in data.items()),
    )


def _value(value: Any, file: str) -> Any:
    if isinstance(value, MarkedDict):
        return _record(value, file)
    if isinstance(value, MarkedList):
        return [_value(item, file) for item in value]
    return value
