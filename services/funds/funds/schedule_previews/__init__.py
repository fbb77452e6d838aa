"""Schedules computed for whoever asks, nothing of them stored."""
