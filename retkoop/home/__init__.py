"""The page where a cooperative lands (« Accueil ») and what it says is missing, with minutes."""
