"""Refusals about reminders."""

from shared.errors import Conflict, NotFound


class ReminderNotFound(NotFound):
    """No reminder of this id in the caller's areas."""

    code = "reminder_not_found"
    title_th, title_en = "ไม่พบการแจ้งเตือนนี้", "There is no such reminder"


class ReminderNotSent(Conflict):
    """A reminder that was not sent has no message to deliver again."""

    code = "reminder_not_sent"
    title_th, title_en = "การแจ้งเตือนนี้ยังไม่ได้ส่ง", "The reminder was not sent"
    detail_th = "ส่งซ้ำได้เฉพาะการแจ้งเตือนที่ส่งแล้ว"
    detail_en = "Only a reminder that was sent is delivered again"
