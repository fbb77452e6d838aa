"""Repayment schedules: every usual convention by its name, exact to the satang, nothing stored."""
