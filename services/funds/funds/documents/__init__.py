"""Papers that people sign and keep: contract, receipt, demand letter and statement as PDF, books as Excel.

Functions from plain facts to bytes; they read no table. The routes that gather the facts stand at the
things themselves (loans, repayments, demand, ledger).
"""
