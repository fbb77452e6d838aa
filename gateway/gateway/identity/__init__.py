"""Who may come in: clients, users, their grants, and the tokens made for them."""
