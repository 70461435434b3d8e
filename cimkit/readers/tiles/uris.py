"""What a URI in a tileset refers to, without ever leaving the source: a file of it, data inside the URI, or neither."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote, unquote_to_bytes

__all__ = ["Target", "TargetKind", "resolve"]

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
#: Any path segment that ends so is an archive, and what follows lies inside it (MAXAR_content_3tz).
_ARCHIVE = re.compile(r"^(.+?(?:\.3tz|\.3dtiles\.zip))(?:/(.*))?$")

TargetKind = str  # file, archive, data, remote, outside, broken


@dataclass(frozen=True, slots=True)
class Target:
    """kind: `file` (name, relative to the source), `archive` (name, and `inner`, the file inside it), `data` (its
    bytes), `remote` (another scheme or host), `outside` (above the source), `broken` (no URI)."""

    kind: TargetKind
    name: str = ""
    inner: str = ""
    data: bytes = b""


def resolve(uri: str, base: str) -> Target:
    """What `uri` refers to in the file `base` (a name relative to the source). Source: RFC 3986, RFC 2397."""
    if uri[:5].lower() == "data:":
        return _data(uri)
    if _SCHEME.match(uri) or uri.startswith("//"):
        return Target("remote", uri)
    path = unquote(uri.split("#", 1)[0].split("?", 1)[0])
    if path.startswith("/"):
        return Target("remote", uri)
    if not path or "\0" in path:
        return Target("broken", uri)
    steps = [step for step in base.split("/")[:-1] if step not in ("", ".", "..")]
    for step in path.split("/"):
        if step == "..":
            if not steps:
                return Target("outside", uri)
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    name = "/".join(steps)
    archive = _ARCHIVE.match(name)
    if archive:
        return Target("archive", archive[1], archive[2] or "tileset.json")
    return Target("file", name)


def _data(uri: str) -> Target:
    head, comma, body = uri[5:].partition(",")
    if not comma:
        return Target("broken", uri[:40])
    if not head.lower().endswith(";base64"):
        return Target("data", "data:", data=unquote_to_bytes(body))
    try:
        return Target("data", "data:", data=base64.b64decode(unquote_to_bytes(body), validate=True))
    except (binascii.Error, ValueError):
        return Target("broken", uri[:40])
