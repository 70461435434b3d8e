"""What the reader of OSGB folders can stumble on."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["OSGB_DEFECTS"]

#: Every kind of defect -> what it means. The folder layout and metadata.xml have no published standard: they are what
#: reconstruction software writes and what converters and platforms read.
OSGB_DEFECTS: Mapping[str, str] = {
    "osgb_no_metadata": "no metadata.xml beside the tiles, so that nothing places them",
    "osgb_metadata": "metadata.xml that cannot be read, or is not what it should be",
    "osgb_system": "the reference system is missing, local, or cannot be told",
    "osgb_origin": "the origin is missing, is not two or three numbers, or lies where the system does not apply",
    "osgb_no_tiles": "no tile at all",
    "osgb_root_missing": "a tile's folder without the file that a viewer begins with",
    "osgb_file": "a file that is empty or no OpenSceneGraph binary",
    "osgb_child_missing": "a tile refers to a file that is not there",
    "osgb_orphan": "a file that no tile refers to",
    "osgb_stray": "tiles outside the folder of the tiles",
    "osgb_not_judged": "files that were not opened, so that their references are not known",
}
