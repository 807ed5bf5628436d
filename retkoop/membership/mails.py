"""The e-mails of the adhésion: one link, nothing that a page does not say too."""

from django.conf import settings

from retkoop.core import mail
from retkoop.core.schoolyear import SchoolYear
from retkoop.membership.models import Sheet


def sent(sheet: Sheet, *, engaged: bool) -> None:
    """To the AD: a cooperative sent its adhésion, or an amendment."""
    cooperative = sheet.cooperative
    year = SchoolYear(sheet.adhesion.first).slug
    what = "Adhésion" if sheet.number == 1 else f"Avenant {sheet.number - 1} de l’adhésion"
    mail.send(
        to=cooperative.association.email,
        subject=f"{what} {year} : {cooperative.identifier} {cooperative.name}",
        template="membership/mail/sent",
        context={
            "sheet": sheet,
            "cooperative": cooperative,
            "association": cooperative.association,
            "year": year,
            "what": what,
            "engaged": engaged,
            "link": f"{settings.BASE_URL}/ad/adhesions/",
        },
    )
