"""Reads CityJSON files and CityJSON text sequences into facts."""
