"""Refusals about teams."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class FundTeamNotFound(NotFound):
    """No team of this id in a district of the caller's."""

    code = "fund_team_not_found"
    title_th, title_en = "ไม่พบทีมนี้", "There is no such team"


class FundTeamExists(Conflict):
    """The id is taken."""

    code = "fund_team_exists"
    title_th, title_en = "มีทีมนี้แล้ว", "The team exists already"


class FundTeamStands(Conflict):
    """The district has a standing team; it ends before another begins."""

    code = "fund_team_stands"
    title_th, title_en = "อำเภอนี้มีทีมอยู่แล้ว", "The district has a standing team"


class FundTeamIncomplete(InvalidField):
    """A team has all four roles, each once."""

    code = "fund_team_incomplete"
    title_th, title_en = "ทีมต้องมีครบสี่บทบาท บทบาทละหนึ่งคน", "A team has four roles, each once"


class TeamPersonTwice(InvalidField):
    """Four roles are four persons."""

    code = "team_person_twice"
    title_th, title_en = "บุคคลเดียวอยู่ในทีมสองบทบาทไม่ได้", "One person stands in the team twice"


class FundTeamEndsBeforeStart(InvalidField):
    """The last day lies before the first."""

    code = "fund_team_ends_before_start"
    title_th, title_en = "วันสิ้นสุดอยู่ก่อนวันเริ่ม", "The last day is before the first"


class DistrictNotYours(Forbidden):
    """Only who has the whole district says who its team is and where its clinics go."""

    code = "district_not_yours"
    title_th, title_en = "อำเภอนี้อยู่นอกพื้นที่ของท่าน", "The district is not wholly yours"


class UnknownDistrict(InvalidField):
    """The register has no district of this code."""

    code = "unknown_district"
    title_th, title_en = "ไม่มีอำเภอตามรหัสนี้", "There is no district of this code"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_teams": FundTeamExists,
    "uq_fund_teams_area_code_standing": FundTeamStands,
    "ck_fund_teams_valid_to": FundTeamEndsBeforeStart,
}
