"""The made-up schools, and who keeps their books. No real school, no real person."""

ASSOCIATIONS = (
    ("009", "OCCE de l’Ariège", "Ariège", "05 00 00 09 09", "ad09@occe.example"),
    ("038", "OCCE de l’Isère", "Isère", "04 00 00 38 38", "ad38@occe.example"),
    ("055", "OCCE de la Meuse", "Meuse", "03 00 00 55 55", "ad55@occe.example"),
    ("085", "OCCE de la Vendée", "Vendée", "02 00 00 85 85", "ad85@occe.example"),
)
"""Code, name, département, phone, e-mail (addresses that cannot exist)."""

OFFICE_HOURS = "lundi au jeudi, 9 h – 12 h et 13 h 30 – 17 h"

NAMES = (
    "Jacques-Prévert", "Louise-Michel", "Jules-Verne", "Les Tilleuls", "Le Petit Bois", "Marie-Curie",
    "Les Coquelicots", "Anatole-France", "La Source", "Aimé-Césaire", "Les Quatre Vents", "Pauline-Kergomard",
)  # fmt: skip
TOWNS = {
    "009": ("Valserre", "Montaillou-le-Bas", "Castelrives", "Saint-Lary-du-Pré"),
    "038": ("Vaulnoir", "Le Pont-de-Brens", "Chamrolles", "Saint-Égrève-le-Haut"),
    "055": ("Varennes-la-Claire", "Étainval", "Clermont-sur-Meuse", "Void-les-Prés"),
    "085": ("Saint-Florent-des-Marais", "Les Herbiers-Neufs", "La Tranchée", "Beauvoir-le-Vieux"),
}
FIRST_NAMES = ("Anne", "Karim", "Sophie", "Yann", "Inès", "Paul", "Maëlle", "Hugo", "Farida", "Luc", "Élise", "Noé")
LAST_NAMES = ("Martin", "Bernard", "Petit", "Moreau", "Lefèvre", "Garcia", "Roux", "Fontaine", "Chevalier", "Gauthier")
NUMBERS = {
    "009": ("001", "002", "004", "007", "011", "016", "020", "023"),
    "038": ("012", "015", "021", "027", "033", "040", "046", "052"),
    "055": ("003", "005", "008", "014", "018", "022", "031", "037"),
    "085": ("099", "100", "101", "102", "105", "110", "117", "123", "130", "142"),
}
"""The cooperatives of each AD; the ones that the documentation names are told in docs/demo.md."""
