"""The addresses of this room."""

from django.urls import path

from retkoop.identity.views import account, login

urlpatterns = [
    path("", login.root, name="root"),
    path("debut.php", login.old_address, name="old-address"),
    path("connexion/", login.login, name="login"),
    path("connexion/oubli/", login.forgotten, name="forgotten"),
    path("connexion/oubli/envoye/", login.forgotten_sent, name="forgotten-sent"),
    path("deconnexion/", login.logout, name="logout"),
    path("au-revoir/", login.goodbye, name="goodbye"),
    path("choisir/", login.choose, name="choose"),
    path("acces/<str:token>/", login.access, name="access"),
    path("compte/", account.account, name="account"),
    path("compte/mot-de-passe/", account.password, name="account-password"),
    path("compte/adresse/", account.email, name="account-email"),
    path("compte/adresse/<str:token>/", account.confirm, name="account-email-confirm"),
    path("compte/preference/", account.preference, name="account-preference"),
    path("compte/rappels/", account.reminders, name="account-reminders"),
]
