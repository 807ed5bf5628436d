"""What makes a cooperative exist for its federation: its identity, its yearly adhésion, its mandataire's engagement.

An `Adhesion` belongs to one school year of a cooperative and is made of
sheets: the first declares everyone, each later one (an amendment) declares the
whole again and is worth the difference, so that nothing is overwritten. What a
sheet costs is computed from the tariff of the AD and year, frozen into the
sheet when it is sent; once the AD has validated it, no act changes it.
"""
