"""Savings of members (กลุ่มออมทรัพย์): resolved rules, pledges, monthly sheets, withdrawals, balances."""
