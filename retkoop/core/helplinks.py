"""Which chapter of the guide speaks of which screen: where each « ? » leads.

The longest prefix of the path that is listed wins; any other page leads to
the contents. A test of the guide opens every one of them.
"""

CONTENTS = "/aide/"

CHAPTER_OF: dict[str, str] = {
    "/connexion/": "se-connecter/",
    "/connexion/controle/": "second-controle/",
    "/compte/confirmer/": "second-controle/",
    "/compte/securite/": "second-controle/",
    "/compte/sessions/": "second-controle/",
    "/ad/acces/": "second-controle/",
    "/federation/acces/": "second-controle/",
    "/mot-de-passe/": "securite-et-mot-de-passe/",
    "/accueil/": "page-d-accueil/",
    "/ecritures/": "creer-une-ecriture/",
    "/aide/ventilation/": "aide-a-la-ventilation/",
    "/cahier/": "cahier/",
    "/pointage/": "pointage/",
    "/caisse/": "arrete-de-caisse/",
    "/subventions/": "subventions/",
    "/inventaire/": "inventaire/",
    "/actions/": "actions/",
    "/documents/": "justificatifs/",
    "/justificatifs/": "justificatifs/",
    "/importation/": "imprimer-exporter-importer/",
    "/bilan/": "bilan/",
    "/propositions/": "creer-une-ecriture/",
    "/cloture/": "cloturer/",
    "/archives/": "archives/",
    "/ad/archives/": "archives/",
    "/compte-rendu/": "transmettre-le-compte-rendu/",
    "/compte-rendu/transmettre/": "transmettre-le-compte-rendu/",
    "/compte-rendu/reprendre/": "transmettre-le-compte-rendu/",
    "/ad/adhesions/": "adhesions-de-l-ad/",
    "/federation/parts/": "adhesions-de-l-ad/",
    "/archives/adhesions/": "attestation-et-certificat/",
    "/ad/comptes-rendus/": "controler-les-comptes-rendus/",
    "/calendrier/": "calendrier/",
    "/ad/reglages/calendrier/": "calendrier/",
    "/ad/reglages/compte-rendu/": "controler-les-comptes-rendus/",
    "/compte-rendu/crf/": "compte-rendu-financier/",
    "/compte-rendu/cra/": "compte-rendu-d-activite/",
    "/compte-rendu/quitus/": "quitus/",
    "/compte-rendu/documents/": "documents-du-compte-rendu/",
    "/quitus/": "quitus/",
    "/identite/": "identite-de-la-coop/",
    "/ad/cooperatives/": "creer-des-cooperatives/",
    "/ad/cooperatives/modifications/": "identite-de-la-coop/",
    "/adhesion/": "adhesion/",
    "/personnes/": "personnes-et-mandats/",
    "/depuis-ma-visite/": "personnes-et-mandats/",
    "/invitation/": "personnes-et-mandats/",
    "/annees-servies/": "personnes-et-mandats/",
    "/ad/personnes/": "personnes-et-mandats/",
    "/federation/personnes/": "personnes-et-mandats/",
    "/ad/": "votre-ad-et-vous/",
}


def help_path(path: str) -> str:
    """The chapter for a screen's path: « /pointage/12/ » → « /aide/pointage/ »."""
    known = [prefix for prefix in CHAPTER_OF if path.startswith(prefix)]
    return CONTENTS + CHAPTER_OF[max(known, key=len)] if known else CONTENTS
