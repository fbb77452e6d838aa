"""Poverty status by edition: what deprives whom, counted for every area."""
