"""The addresses of the yearly report."""

from django.urls import path

from retkoop.yearend.views import activity, archives, crf, hub, papers, quitus, submission, verifier

urlpatterns = [
    path("compte-rendu/", hub.hub, name="report"),
    path("compte-rendu/transmettre/", submission.submit, name="report-submit"),
    path("compte-rendu/reprendre/", submission.take_back, name="report-take-back"),
    path("compte-rendu/cra/", activity.questions, name="cra"),
    path("compte-rendu/cra/projets/", activity.projects, name="cra-projects"),
    path("compte-rendu/crf/", crf.crf, name="crf"),
    path("compte-rendu/crf/verifications/", crf.checks, name="crf-checks"),
    path("compte-rendu/quitus/", quitus.quitus, name="quitus"),
    path("compte-rendu/quitus/imprimer/", quitus.printed, name="quitus-print"),
    path("compte-rendu/quitus/verificateurs/", quitus.invited, name="quitus-invite"),
    path("compte-rendu/quitus/verificateurs/<int:verifier_id>/lien/", quitus.another_link, name="quitus-link"),
    path("compte-rendu/quitus/questions/<int:question_id>/", quitus.answered, name="quitus-answer"),
    path("compte-rendu/quitus/<int:quitus_id>/quitus.pdf", quitus.as_pdf, name="quitus-pdf"),
    path("compte-rendu/quitus/<int:quitus_id>/signer/", quitus.signed, name="quitus-sign"),
    path("compte-rendu/quitus/<int:quitus_id>/retirer/", quitus.withdrawn, name="quitus-withdraw"),
    path("compte-rendu/documents/", papers.papers, name="papers"),
    path("compte-rendu/documents/deposer/", papers.handed_in, name="paper-hand-in"),
    path("compte-rendu/documents/courrier/", papers.by_post, name="paper-by-post"),
    path("compte-rendu/documents/refuser/", papers.refuse, name="paper-refuse"),
    path("compte-rendu/documents/<int:paper_id>/retirer/", papers.removed, name="paper-remove"),
    path("quitus/<str:token>/", verifier.page, name="verifier"),
    path("quitus/<str:token>/vu/", verifier.seen, name="verifier-seen"),
    path("quitus/<str:token>/question/", verifier.question, name="verifier-question"),
    path("quitus/<str:token>/code/", verifier.code, name="verifier-code"),
    path("quitus/<str:token>/decision/", verifier.decision, name="verifier-decision"),
    path("quitus/<str:token>/document/<int:pk>/<int:number>.jpg", verifier.document, name="verifier-document"),
    path("archives/", archives.archives, name="archives"),
    path("archives/<str:slug>/", archives.archive, name="archive"),
    path("archives/<str:slug>/document/", archives.document, name="archive-document"),
    path("archives/<str:slug>/conseil-d-ecole.pdf", archives.council, name="archive-council"),
    path("archives/<str:slug>/eleves.pdf", archives.pupils, name="archive-pupils"),
]
