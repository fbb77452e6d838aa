"""Kinds of money that funds give, with dated terms: loans, interest-free loans, grants, savings."""
