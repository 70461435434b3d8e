"""A folder of text files becomes a frozen `Pack`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cimkit.rules.extending import extended, refuse_narrowing, refuse_unsetting
from cimkit.rules.faults import broken, fault_at, in_pack
from cimkit.rules.lists import read_lists
from cimkit.rules.load import LoadedPack
from cimkit.rules.manifest import read_manifest
from cimkit.rules.manifest_model import Manifest
from cimkit.rules.model import Rule
from cimkit.rules.pack_files import PackFiles, read_pack_files
from cimkit.rules.packs import extended_folder
from cimkit.rules.parameters import read_parameters, with_values
from cimkit.rules.rules_reading import read_rule
from cimkit.rules.scope import Scope
from cimkit.rules.tables import read_tables
from cimkit.rules.texts import read_texts

__all__ = ["read_pack"]


def read_pack(folder: Path, given: Mapping[str, Any], inside: tuple[Path, ...] = ()) -> LoadedPack:
    """Read a pack's files, and those of the packs it extends. inside: folders of the packs that extend it.

    Raises PackError.
    """
    with in_pack(folder):
        return _read(folder, given, inside)


def _read(folder: Path, given: Mapping[str, Any], inside: tuple[Path, ...]) -> LoadedPack:
    files = read_pack_files(folder)
    manifest = read_manifest(files.yaml_mapping("pack.yaml"))
    parameters, lists = read_parameters(files), read_lists(files)
    # What this pack and its caller say of parameters holds for the rules of the pack below it too.
    base = _base(files, manifest, parameters, given, inside)
    if base is not None:
        parameters = {**base.parameters, **parameters}
        lists = {**base.lists, **lists}
    known_here = given if not inside else {name: value for name, value in given.items() if name in parameters}
    parameters = with_values(parameters, known_here, "parameters.yaml")
    scope = Scope("pack.yaml", lists, parameters, files.yaml_mapping("conditions.yaml"))
    texts, templates = read_texts(files)

    own: list[Rule] = []
    flags: dict[str, set[str]] = {"self_consistency": set(), "complete_source": set()}
    for path in files.under("rules"):
        for data in _rules_in(files, path):
            own.append(read_rule(data, scope.in_file(path), manifest.id, texts))
            for flag, codes in flags.items():
                if data.get(flag):
                    codes.add(own[-1].code)
    own += read_tables(files, scope, manifest.id, templates)
    _refuse_twice(own)
    rules = tuple(own)
    if base is not None:
        refuse_narrowing(manifest, base.applies_to)
        rules = extended(base.rules, rules, manifest)
        flags["self_consistency"] |= base.self_consistent
        flags["complete_source"] |= base.complete_source
    return LoadedPack(
        id=manifest.id,
        prefix=manifest.prefix,
        edition=manifest.edition,
        sha256=files.sha256 if base is None else _joint_digest(files.sha256, base.sha256),
        rules=tuple(sorted(rules, key=lambda rule: rule.code)),
        title=manifest.title,
        authority=manifest.authority,
        notice=manifest.notice,
        applies_to=manifest.applies_to or (base.applies_to if base else frozenset()),
        stages=manifest.stages or (base.stages if base else ()),
        in_force=manifest.in_force,
        extends=manifest.extends,
        default=manifest.default,
        documents=manifest.documents,
        parameters=parameters,
        lists=lists,
        status=manifest.status,
        folder=folder,
        self_consistent=frozenset(flags["self_consistency"]),
        complete_source=frozenset(flags["complete_source"]),
        removed=manifest.removed,
        watch=manifest.watch,
    )


def _base(
    files: PackFiles,
    manifest: Manifest,
    parameters: Mapping[str, Any],
    given: Mapping[str, Any],
    inside: tuple[Path, ...],
) -> LoadedPack | None:
    """The pack that this one extends: a shipped one by id, or a folder beside it."""
    if manifest.extends is None:
        return None
    here = files.folder.resolve()
    if here in inside:
        raise fault_at("extends_itself", "pack.yaml", None, id=manifest.id)
    folder = extended_folder(files.folder, manifest.extends)
    refuse_unsetting(parameters, read_parameters(read_pack_files(folder)))
    return read_pack(folder, {**parameters, **given}, (*inside, here))


def _joint_digest(*digests: str) -> str:
    import hashlib

    return hashlib.sha256("\0".join(digests).encode()).hexdigest()


def _rules_in(files: PackFiles, path: str) -> list[Any]:
    data = files.yaml(path)
    if data is None:
        return []
    if not isinstance(data, list):
        raise broken("rules_not_list", path, data)
    return data


def _refuse_twice(rules: list[Rule]) -> None:
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.code in seen:
            first = seen[rule.code]
            raise fault_at("code_used", rule.file or "", rule.line, code=rule.code, other=f"{first.file}:{first.line}")
        seen[rule.code] = rule
