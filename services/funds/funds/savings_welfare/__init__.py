"""Welfare that a savings group pays its members (สวัสดิการสมาชิก): asked for, decided by another, paid."""
