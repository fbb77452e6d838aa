"""Refusals about resolutions."""

from households.cases.errors import CaseNotFound, CaseTwice, WrongState
from households.registry.errors import HouseholdNotActive
from households.resolutions.rules import Obstacle
from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class ResolutionNotFound(NotFound):
    """The meeting has no resolution of this id."""

    code = "resolution_not_found"
    title_th, title_en = "ไม่พบมติที่ประชุม", "There is no such resolution"


class QuorumMissing(Conflict):
    """The members present who may decide make no quorum."""

    code = "quorum_missing"
    title_th, title_en = "ไม่ครบองค์ประชุม", "There is no quorum"
    detail_th = "ลงมติได้เมื่อกรรมการที่ไม่มีส่วนได้เสียเข้าประชุมครบองค์"
    detail_en = "Decide when members without a stake make a quorum"


class ProposerCannotCertify(Forbidden):
    """Who proposed a case has no hand in its decision."""

    code = "proposer_cannot_certify"
    title_th, title_en = "ผู้เสนอรับรองเองไม่ได้", "Who proposes does not certify"
    detail_th = "ให้กรรมการที่ไม่ได้เสนอเป็นผู้ลงมติ"
    detail_en = "Let members decide who did not propose it"


class OwnHousehold(Forbidden):
    """Nobody decides on her own household."""

    code = "own_household"
    title_th, title_en = "ตัดสินครัวเรือนของตนเองไม่ได้", "Nobody decides on her own household"
    detail_th = "ให้กรรมการคนอื่นลงมติ"
    detail_en = "Let other members decide"


class ConflictOfInterest(Forbidden):
    """Who declared a conflict of interest does not decide."""

    code = "conflict_of_interest"
    title_th, title_en = "ผู้มีส่วนได้เสียตัดสินไม่ได้", "There is a conflict of interest"
    detail_th = "ให้กรรมการที่ไม่มีส่วนได้เสียลงมติ"
    detail_en = "Let members decide who have no stake in it"


class WrongCommitteeLevel(Conflict):
    """District committees certify; appeals go before the province's."""

    code = "wrong_committee_level"
    title_th, title_en = "คณะกรรมการระดับนี้ไม่มีอำนาจรับรอง", "A committee of this level does not decide on it"
    detail_th = "อำเภอรับรอง จังหวัดพิจารณาอุทธรณ์"
    detail_en = "The district certifies, the province hears appeals"


class WrongCommitteeArea(Conflict):
    """The household lives outside the committee's area."""

    code = "wrong_committee_area"
    title_th, title_en = "ครัวเรือนอยู่นอกพื้นที่ของคณะกรรมการ", "The household is outside the committee's area"
    detail_th = "ส่งเรื่องให้คณะกรรมการของพื้นที่ที่ครัวเรือนอยู่"
    detail_en = "Bring it before the committee where the household lives"


class ReasonRequired(InvalidField):
    """Rejecting and returning take a reason."""

    code = "reason_required"
    title_th, title_en = "ต้องระบุเหตุผล", "A reason is required"
    detail_th = "ระบุเหตุผลเมื่อไม่รับรองหรือส่งคืน"
    detail_en = "Give a reason when rejecting or returning"


class ResolutionNumberTaken(Conflict):
    """The meeting has a resolution of this number."""

    code = "resolution_number_taken"
    title_th, title_en = "เลขที่มตินี้ใช้แล้วในการประชุม", "The resolution number is taken"
    detail_th = "ใช้เลขที่มติอื่น"
    detail_en = "Use another number for the resolution"


class DecisionsRefused(Conflict):
    """Decisions of one resolution are refused for different reasons; none was taken."""

    code = "decisions_refused"
    title_th, title_en = "บางครัวเรือนลงมติไม่ได้ ไม่มีการเปลี่ยนแปลงใด", "Some decisions were refused; none was taken"
    detail_th = "ดูเหตุผลของแต่ละรายใน errors แก้แล้วส่งใหม่ทั้งหมด"
    detail_en = "See each one's reason in `errors`, correct it and send all again"


REFUSALS: dict[Obstacle, type[Refusal]] = {
    Obstacle.WRONG_STATE: WrongState,
    Obstacle.NOT_ACTIVE: HouseholdNotActive,
    Obstacle.WRONG_COMMITTEE_LEVEL: WrongCommitteeLevel,
    Obstacle.WRONG_COMMITTEE_AREA: WrongCommitteeArea,
    Obstacle.PROPOSER: ProposerCannotCertify,
    Obstacle.OWN_HOUSEHOLD: OwnHousehold,
    Obstacle.CONFLICT: ConflictOfInterest,
    Obstacle.REASON: ReasonRequired,
    Obstacle.QUORUM: QuorumMissing,
}
"""The refusal of each obstacle, when all refused decisions of a resolution share it."""

KNOWN: tuple[type[Refusal], ...] = (CaseNotFound, CaseTwice, *REFUSALS.values())

CONSTRAINTS: dict[str, type[Refusal]] = {"uq_resolutions_meeting_id": ResolutionNumberTaken}
