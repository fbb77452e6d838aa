"""Applications for loans and grants: decided step by step, money kept back on approval."""
