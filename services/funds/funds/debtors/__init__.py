"""The debtor register (ทะเบียนลูกหนี้) of a fund on any day, from its books."""
