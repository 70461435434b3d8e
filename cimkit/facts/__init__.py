"""The one shape that all data takes: tables that every reader fills and every rule reads."""
