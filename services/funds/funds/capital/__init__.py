"""Money that a fund was given to lend: contributions of capital, dated, with their documents."""
