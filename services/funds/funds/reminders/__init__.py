"""Reminders (แจ้งเตือนก่อนครบกำหนด): 30, 15 and 7 days before each due date, once each."""
