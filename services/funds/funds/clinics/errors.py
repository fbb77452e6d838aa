"""Refusals about clinics."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class ClinicNotFound(NotFound):
    """No clinic of this id in a district of the caller's."""

    code = "clinic_not_found"
    title_th, title_en = "ไม่พบคลินิกนี้", "There is no such clinic"


class ClinicExists(Conflict):
    """The id is taken."""

    code = "clinic_exists"
    title_th, title_en = "มีคลินิกนี้แล้ว", "The clinic exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านคลินิกเดิม"
    detail_en = "Use another id, or read the clinic that is there"


class ClinicNotPlanned(Conflict):
    """It was held or cancelled: its stops stay as they are."""

    code = "clinic_not_planned"
    title_th, title_en = "คลินิกจัดแล้วหรือยกเลิกแล้ว", "The clinic was held or cancelled"
    detail_th = "แก้ไขได้เฉพาะคลินิกที่ยังไม่จัด ให้วางแผนครั้งใหม่"
    detail_en = "Only a planned clinic changes: plan another"


class ClinicCancelled(Conflict):
    """Nobody was advised at a clinic that was cancelled."""

    code = "clinic_cancelled"
    title_th, title_en = "คลินิกถูกยกเลิกแล้ว", "The clinic was cancelled"
    detail_th = "วางแผนคลินิกครั้งใหม่"
    detail_en = "Plan another clinic"


class ClinicNotYet(Conflict):
    """Its day has not come."""

    code = "clinic_not_yet"
    title_th, title_en = "ยังไม่ถึงวันจัดคลินิก", "The day of the clinic has not come"
    detail_th = "บันทึกคำแนะนำได้ตั้งแต่วันจัดเป็นต้นไป"
    detail_en = "Record advice on the day of the clinic or later"


class TeamNotOfTheDay(InvalidField):
    """The team is not the district's, or does not stand on the day."""

    code = "team_not_of_the_day"
    title_th, title_en = "ทีมไม่ได้ปฏิบัติหน้าที่ในอำเภอนี้ในวันดังกล่าว", "The team does not stand there on that day"
    detail_th = "เลือกทีมของอำเภอที่ปฏิบัติหน้าที่ในวันนั้น"
    detail_en = "Choose a team of the district that stands on that day"


class CaseNotForClinic(InvalidField):
    """No open case of the district with a plan."""

    code = "case_not_for_clinic"
    title_th, title_en = "ไม่ใช่กองทุนที่มีแผนแก้ไขปัญหาในอำเภอนี้", "No planned case of this district"
    detail_th = "เลือกกองทุนที่มีปัญหาของอำเภอนี้ซึ่งวางแผนแก้ไขแล้ว"
    detail_en = "Choose problem cases of this district that have a plan"


class CaseAtTwoStops(InvalidField):
    """A fund comes to one stop."""

    code = "case_at_two_stops"
    title_th, title_en = "กองทุนซ้ำในมากกว่าหนึ่งจุด", "A fund stands at two stops"
    detail_th = "ระบุกองทุนหนึ่งที่จุดเดียว"
    detail_en = "Name a fund at one stop only"


class NotAtClinic(NotFound):
    """The fund is at no stop of this clinic."""

    code = "not_at_clinic"
    title_th, title_en = "กองทุนนี้ไม่อยู่ในคลินิก", "The fund is not at this clinic"


CONSTRAINTS: dict[str, type[Refusal]] = {"pk_clinics": ClinicExists, "pk_clinic_cases": CaseAtTwoStops}
