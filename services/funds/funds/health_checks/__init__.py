"""Yearly governance checks of funds (ตรวจสุขภาพกองทุน) by instruments that are loadable data."""
