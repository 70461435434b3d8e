"""Folders of OSGB tiles: meshes from oblique photogrammetry."""
