"""What is true of following borrowers."""

from enum import StrEnum


class ProjectState(StrEnum):
    """How a borrower's project was found on a visit (สถานะโครงการ)."""

    AS_PLANNED = "as_planned"
    DELAYED = "delayed"
    STOPPED = "stopped"
    FINISHED = "finished"
    OTHER_USE = "other_use"
    """The money was used for something else (ใช้เงินผิดวัตถุประสงค์)."""
